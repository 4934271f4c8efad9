//! A game whose rules are a program that changes while it runs: each frame calls `tick`;
//! when the text has changed, a new instance takes the state over.

use std::error::Error;

use beskid_host::embed::{Caller, Catch, Config, Engine, Imports, Instance};
use beskid_plugin_api::artifact::CodegenArtifact;

/// What the rules change, through host functions.
#[derive(Debug, Default)]
struct World {
    position: i64,
    said: Vec<i64>,
}

/// Rules, with the step of each frame.
fn rules(step: &str) -> String {
    format!(
        "[Extern(Abi: \"C\", Library: \"game\")]\n\
         contract Game {{\n    i64 position();\n    unit move_to(i64 position);\n    unit say(i64 word);\n}}\n\n\
         [Export(Abi: \"C\")]\n\
         pub unit tick(i64 frame) {{\n    Game.move_to(Game.position() + {step});\n    Game.say(frame);\n}}\n"
    )
}

/// An instance of rules that are understood, with the world as it is.
fn load(
    engine: &Engine,
    artifact: &CodegenArtifact,
    world: World,
) -> Result<Instance<World>, Box<dyn Error>> {
    let imports = Imports::with(world)
        .function("position", |world: &mut Caller<'_, World>| world.position)
        .function("move_to", |world: &mut Caller<'_, World>, position: i64| {
            world.position = position;
        })
        .function("say", |world: &mut Caller<'_, World>, word: i64| {
            world.said.push(word);
        });
    Ok(engine.compile(artifact, imports)?)
}

/// Plays nine frames. The rules change at the third and at the sixth, and are wrong once.
pub fn main() -> Result<(), Box<dyn Error>> {
    let engine = Engine::new(Config::new().catch(Catch::Faults))?;
    let first = engine.artifact_of_source("rules.bd", &rules("1"))?;
    let mut instance = load(&engine, &first, World::default())?;
    for frame in 0..9_i64 {
        // As if somebody had saved the file.
        let changed = match frame {
            3 => Some(rules("10")),
            5 => Some(rules("nonsense")),
            6 => Some(rules("100 / (6 - frame)")),
            _ => None,
        };
        if let Some(text) = changed {
            // The old rules stay until the new ones are understood.
            match engine.artifact_of_source("rules.bd", &text) {
                Err(error) => println!("frame {frame}: the old rules stay: {error}"),
                Ok(artifact) => instance = load(&engine, &artifact, instance.into_state())?,
            }
        }
        let ticked = instance.function::<(i64,), ()>("tick")?.call((frame,));
        if let Err(trap) = ticked {
            println!("frame {frame}: {trap}");
        }
    }
    let world = instance.into_state();
    println!("{world:?}");
    // Three steps of 1, three of 10, and one division by zero instead of a step.
    assert_eq!(world.position, 3 + 30 - 100 - 50);
    assert_eq!(world.said, [0, 1, 2, 3, 4, 5, 7, 8]);
    Ok(())
}

//! A calculator that compiles: each expression becomes a function of `x`, and is called for
//! some values.

use std::error::Error;

use beskid_host::embed::{Config, Engine, Imports};

/// What an expression is for each of these values, or why it is none.
fn table(engine: &Engine, expression: &str, xs: &[f64]) -> Result<Vec<f64>, Box<dyn Error>> {
    let text = format!("[Export(Abi: \"C\")]\npub f64 value(f64 x) {{ return {expression}; }}\n");
    let artifact = engine.artifact_of_source("expression", &text)?;
    let instance = engine.compile(&artifact, Imports::new())?;
    let value = instance.function::<(f64,), f64>("value")?;
    let values = xs.iter().map(|x| value.call((*x,)));
    Ok(values.collect::<Result<_, _>>()?)
}

/// Answers a few expressions, as a loop over lines of input would.
pub fn main() -> Result<(), Box<dyn Error>> {
    let engine = Engine::new(Config::new())?;
    let xs = [0.0, 1.0, 2.5];
    for expression in ["x * x + 1.0", "(x - 1.0) / 2.0", "x +", "y"] {
        match table(&engine, expression, &xs) {
            Ok(values) => println!("{expression} = {values:?}"),
            Err(error) => println!("{expression}: {error}"),
        }
    }
    let squares = table(&engine, "x * x + 1.0", &xs)?;
    assert_eq!(squares, [1.0, 2.0, 7.25]);
    assert!(table(&engine, "y", &xs).is_err());
    Ok(())
}

//! What the tests embed.

use beskid_host::embed::{Catch, Config, Engine, Imports, Instance};

/// An engine of the usual configuration.
pub fn engine() -> Engine {
    Engine::new(Config::new()).unwrap()
}

/// An instance of CLIF text.
pub fn clif(engine: &Engine, text: &str) -> Instance {
    let artifact = engine.artifact_of_clif(text).unwrap();
    engine.compile(&artifact, Imports::new()).unwrap()
}

/// An instance of a Beskid program.
pub fn beskid(engine: &Engine, text: &str) -> Instance {
    let artifact = engine.artifact_of_source("program.bd", text).unwrap();
    engine.compile(&artifact, Imports::new()).unwrap()
}

/// An engine that catches faults.
pub fn catching() -> Engine {
    Engine::new(Config::new().catch(Catch::Faults)).unwrap()
}

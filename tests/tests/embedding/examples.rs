//! The examples do what they say.

#[path = "../../../examples/embedding/expressions.rs"]
mod expressions;
#[path = "../../../examples/embedding/game.rs"]
mod game;
#[path = "../../../examples/embedding/pool.rs"]
mod pool;

#[test]
fn expressions_are_compiled_and_called() {
    expressions::main().unwrap();
}

#[test]
fn a_game_takes_new_rules_while_it_runs() {
    game::main().unwrap();
}

#[test]
fn a_pool_goes_on_after_jobs_that_are_late() {
    pool::main().unwrap();
}

//! The collector, by C programs that do what compiled code does.

use std::process::{Command, Output};
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::program::{Binding, compile};
use crate::recipe;

const OBJECTS: &str = concat!(include_str!("cells.h"), include_str!("collector.c"));
const OTHERS: &str = concat!(include_str!("cells.h"), include_str!("collected.c"));

/// A program that is compiled once, with its folder.
struct Program {
    folder: TempDir,
    binding: Binding,
}

impl Program {
    fn new(source: &str, binding: Binding) -> Self {
        let folder = recipe::folder();
        compile(folder.path(), source, binding);
        Self { folder, binding }
    }

    /// Runs it with one argument, after a command of the shell.
    fn run(&self, before: &str, argument: &str, is_stressed: bool) -> Output {
        let mut shell = Command::new("sh");
        shell.current_dir(self.folder.path());
        shell.args(["-c", &format!("{before} exec ./program {argument}")]);
        shell.env_remove("BESKID_GC_STRESS");
        if is_stressed {
            shell.env("BESKID_GC_STRESS", "1");
        }
        shell.output().unwrap()
    }

    /// It must do all it checks, with and without collections at every allocation.
    #[track_caller]
    fn passes(&self, argument: &str) {
        for is_stressed in [false, true] {
            let output = self.run("", argument, is_stressed);
            let what = format!("{argument}, {:?}, {is_stressed}: {output:?}", self.binding);
            assert!(output.status.success(), "{what}");
            assert!(
                output.stdout.is_empty() && output.stderr.is_empty(),
                "{what}"
            );
        }
    }

    /// It must end with this panic.
    #[track_caller]
    fn panics(&self, before: &str, argument: &str, message: &str) {
        let output = self.run(before, argument, false);
        assert_eq!(output.status.code(), Some(101), "{output:?}");
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(error, format!("panic: {message}\n"));
    }
}

fn objects() -> &'static Program {
    static PROGRAM: OnceLock<Program> = OnceLock::new();
    PROGRAM.get_or_init(|| Program::new(OBJECTS, Binding::Static))
}

fn others() -> &'static Program {
    static PROGRAM: OnceLock<Program> = OnceLock::new();
    PROGRAM.get_or_init(|| Program::new(OTHERS, Binding::Static))
}

#[test]
fn gc_a_list_of_ten_million_nodes_is_marked_without_recursion() {
    objects().passes("list");
}

#[test]
fn gc_trees_survive_beside_their_garbage() {
    objects().passes("trees");
}

#[test]
fn gc_cycles_are_freed() {
    objects().passes("cycles");
}

#[test]
fn gc_what_only_old_objects_refer_to_survives() {
    objects().passes("old");
}

#[test]
fn gc_handles_and_registered_variables_keep_objects_until_they_are_taken_away() {
    objects().passes("handles");
}

#[test]
fn gc_large_objects_are_zeroed_and_freed() {
    objects().passes("large");
}

#[test]
fn gc_cells_of_every_size_are_zeroed_and_do_not_overlap() {
    objects().passes("sizes");
}

#[test]
fn gc_arrays_keep_alive_what_they_are_filled_with() {
    objects().passes("filled");
}

#[test]
fn gc_memory_is_bounded_by_what_lives() {
    objects().passes("churn500");
}

/// So that the tests above would see a root or a barrier that is missing.
#[test]
fn gc_stress_overwrites_what_no_root_or_barrier_has_kept() {
    for argument in ["unrooted", "lost"] {
        let output = objects().run("", argument, true);
        assert!(output.status.success(), "{output:?}");
        assert_eq!(output.stdout, b"lost\n", "{argument}");
    }
    let output = objects().run("", "unrooted", false);
    assert_eq!(output.stdout, b"kept\n", "{output:?}");
}

#[test]
fn gc_too_many_roots_are_a_stack_overflow() {
    objects().panics("", "deep", "stack overflow");
}

#[test]
fn gc_the_heap_takes_what_addresses_there_are_and_then_is_out_of_memory() {
    objects().panics("ulimit -v 200000;", "endless", "out of memory");
    let output = objects().run("ulimit -v 200000;", "churn100", false);
    assert!(output.status.success(), "{output:?}");
    objects().panics("ulimit -v 20000;", "list", "out of memory");
}

#[test]
fn gc_appending_takes_time_in_proportion_and_changes_no_other_string() {
    others().passes("append");
}

#[test]
fn gc_strings_and_arrays_of_symbols_without_a_context_are_collected() {
    others().passes("strings");
}

#[test]
fn gc_events_keep_their_handlers() {
    others().passes("events");
}

#[test]
fn gc_threads_that_are_inside_share_the_heap() {
    others().passes("threads");
    others().passes("shared");
}

#[test]
fn gc_a_thread_that_is_not_inside_has_memory_that_stays() {
    others().passes("foreign");
    others().passes("late");
}

#[test]
fn gc_works_in_a_shared_object_that_is_opened() {
    let program = Program::new(OTHERS, Binding::Opened);
    for argument in ["append", "strings", "events", "threads"] {
        program.passes(argument);
    }
}

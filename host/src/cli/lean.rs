//! The commands that people wait for, parsed without the tree of all others.
//!
//! It takes what the whole tree takes, in the same way, or nothing: help and
//! whatever is wrong are left to that tree.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, FromArgMatches};

use super::args::{Cli, Command, Global, RunArgs};
use super::build_args::{BuildArgs, LinkFlags, MAIN, StripArg};
use super::debug_args::DebugFlags;
use super::lint_args::LintFlags;
use super::project_args::{ProgramArgs, ProjectArgs};

/// What the arguments ask for, if it is a `run`, a `build` or what isolated plugins
/// are started with, and nothing is wrong with it.
pub(super) fn parse(args: &[OsString]) -> Option<Cli> {
    if let Some(command) = without_options(args) {
        let global = Global::default();
        return Some(Cli { global, command });
    }
    // Where the word is the value of an option, the tree refuses the rest.
    args.iter().skip(1).find_map(|arg| match arg.to_str() {
        Some("run") => Some(parse_as(args, "run", Command::Run)),
        Some("build") => Some(parse_as(args, "build", Command::Build)),
        Some("plugin-serve") => Some(parse_as(args, "plugin-serve", Command::PluginServe)),
        _ => None,
    })?
}

/// The plainest lines, which need no tree: `run FILE ARGUMENT…`, `build FILE`
/// and `build FILE -o PATH`.
fn without_options(args: &[OsString]) -> Option<Command> {
    let is_option = |arg: &OsString| arg.as_encoded_bytes().starts_with(b"-");
    let (_, [command, input, rest @ ..]) = args.split_first()? else {
        return None;
    };
    if input.is_empty() || is_option(input) {
        return None;
    }
    match (command.to_str()?, rest) {
        ("run", rest) if !rest.iter().any(is_option) => {
            let run = plain_run(input, rest);
            Some(Command::Run(run))
        }
        ("build", []) => Some(Command::Build(plain_build(input, None))),
        ("build", [option, path]) if option == "-o" && !path.is_empty() && !is_option(path) => {
            let build = plain_build(input, Some(path));
            Some(Command::Build(build))
        }
        _ => None,
    }
}

fn program(input: &OsString) -> ProgramArgs {
    ProgramArgs {
        input: Some(input.into()),
        project: ProjectArgs::default(),
    }
}

fn plain_run(input: &OsString, arguments: &[OsString]) -> RunArgs {
    RunArgs {
        program: program(input),
        no_input: false,
        entrypoint: None,
        runtime_library: None,
        link: LinkFlags::default(),
        exit_code: false,
        profile: None,
        gc_stress: false,
        debug: DebugFlags::default(),
        lints: LintFlags::default(),
        report: None,
        arguments: arguments.to_vec(),
    }
}

fn plain_build(input: &OsString, output: Option<&OsString>) -> BuildArgs {
    BuildArgs {
        program: program(input),
        kind: None,
        output: output.map(PathBuf::from),
        object_output: None,
        release: false,
        entrypoint: MAIN.to_owned(),
        target_triple: None,
        runtime_archive: None,
        runtime_abi_version: None,
        runtime_library: None,
        standalone: false,
        export: Vec::new(),
        export_all: false,
        lints: LintFlags::default(),
        prefer_static: false,
        prefer_dynamic: false,
        link: LinkFlags::default(),
        link_arg: Vec::new(),
        strip: StripArg::None,
        debug: DebugFlags::default(),
        verbose_link: false,
        print_link_plan: false,
    }
}

fn parse_as<A: Args>(args: &[OsString], name: &'static str, of: fn(A) -> Command) -> Option<Cli> {
    let bare = |name| {
        let command = clap::Command::new(name);
        command.disable_help_flag(true).disable_version_flag(true)
    };
    let tree = Global::augment_args(bare("beskid"))
        .disable_help_subcommand(true)
        .subcommand_required(true)
        .subcommand(A::augment_args(bare(name)));
    let mut matches = tree.try_get_matches_from(args).ok()?;
    let (_, mut own) = matches.remove_subcommand()?;
    Some(Cli {
        command: of(A::from_arg_matches_mut(&mut own).ok()?),
        global: Global::from_arg_matches_mut(&mut matches).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[test]
    fn what_is_taken_is_what_the_whole_tree_makes_of_it() {
        let taken = [
            "run x.bd",
            "run run",
            "run x.bd a b help run",
            "run x.bd a -- --help",
            "run -v x.bd a b",
            "--isolate run x.bd",
            "--isolate=no build x.bd",
            "-vv --plugin p.so --plugin run run x.bd --jobs 3",
            "--message-format json run --exit-code --optimize speed x.bd",
            "run -g x.bd",
            "run -g=none x.bd",
            "build --debug-info=full x.bd",
            "run --link-lib z --link-search a --link-search b x.bd --plain",
            "run x.bd --entrypoint f --extern-dlopen run",
            "run",
            "run --project p --target t --workspace-member m --frozen --locked",
            "build --project p -o y",
            "--parent 3 --backend aot run x.bd --report y",
            "--parent 3 plugin-serve --memory 5 --id x --library a --library b -- y.so",
            "build x.bd",
            "build x.bd -o y",
            "build build -o build",
            "build x.bd -o y --kind shared --export a --export b -j2",
            "build --release --target-triple t --verbose-link x.bd --linker l",
            "--plugin-dir run build x.bd --prefer-static --standalone",
        ];
        for line in taken {
            let args = words(line);
            let whole = Cli::try_parse_from(&args).unwrap();
            let lean = parse(&args).map(|cli| format!("{cli:?}"));
            // A word before the command may hide it, and then nothing is taken.
            if line.contains("plugin-dir run") {
                assert_eq!(lean, None, "{line}");
            } else {
                assert_eq!(lean, Some(format!("{whole:?}")), "{line}");
            }
        }
    }

    #[test]
    fn all_else_is_left_to_the_whole_tree() {
        let left = [
            "",
            "run --help",
            "run -h x.bd",
            "run --version",
            "help run",
            "--help run",
            "--version build",
            "run x.bd --nonsense",
            "run x.bd --help",
            "run x.bd --plain --message-format json",
            "run x.bd --jobs 0",
            "build x.bd --kind nonsense",
            "build x.bd --release --optimize size",
            "build x.bd --runtime-abi-version 2",
            "build x.bd y.bd",
            "build x.bd -o",
            "build x.bd -o -v",
            "build --target",
            "trust run",
            "analyze run",
            "explain build",
        ];
        for line in left {
            assert!(parse(&words(line)).is_none(), "{line}");
        }
    }

    fn words(line: &str) -> Vec<OsString> {
        let words = line.split_whitespace().map(OsString::from);
        [OsString::from("beskid")]
            .into_iter()
            .chain(words)
            .collect()
    }
}

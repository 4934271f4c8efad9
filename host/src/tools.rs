//! Running what plugins have the host run: what is refused, and the command.

pub(crate) mod response;

use std::path::Path;
use std::process::Command;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::tools::ToolCall;

/// Programs that run other text than their arguments.
const SHELLS: [&str; 9] = [
    "ash", "bash", "busybox", "cmd.exe", "dash", "fish", "ksh", "sh", "zsh",
];

/// Whose choice a program is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chosen {
    /// The user's: it may be anything.
    ByUser,
    /// The plugin's.
    ByPlugin,
}

/// Looks at a call before it is made.
///
/// # Errors
/// What is wrong with it, to be read behind a name of the call.
pub(crate) fn check(call: &ToolCall, chosen: Chosen) -> Result<(), String> {
    let ToolCall {
        role,
        program,
        args,
        env,
        ..
    } = call;
    if program.trim().is_empty() {
        return Err(format!("has no program for the {role}"));
    }
    let texts = [role, program].into_iter().chain(args);
    let texts = texts.chain(env.keys()).chain(env.values());
    for text in texts {
        if text.contains('\0') {
            return Err(format!("passes a NUL to the {role}: {text:?}"));
        }
    }
    if let Some(name) = env
        .keys()
        .find(|name| name.is_empty() || name.contains('='))
    {
        return Err(format!("sets the variable {name:?} for the {role}"));
    }
    if chosen == Chosen::ByUser {
        return Ok(());
    }
    if program.contains('/') && !Path::new(program).is_absolute() {
        return Err(format!(
            "runs `{program}`, which is another file in every folder"
        ));
    }
    let name = Path::new(program)
        .file_name()
        .and_then(|name| name.to_str());
    let is_shell = name.is_some_and(|name| SHELLS.contains(&name));
    if is_shell && args.iter().any(|arg| is_command(arg)) {
        return Err(format!("has the shell `{program}` run a command"));
    }
    Ok(())
}

/// Whether the argument of a shell says that the next one is a command: `-c`,
/// among other letters too.
fn is_command(arg: &str) -> bool {
    let letters = arg.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
    letters.is_some_and(|letters| letters.contains('c')) || arg.eq_ignore_ascii_case("/c")
}

/// The process of a call, with other arguments if they are in a file. Messages are
/// searched for causes, by their English wording.
pub(crate) fn command<'a>(call: &ToolCall, args: impl IntoIterator<Item = &'a String>) -> Command {
    let mut command = Command::new(&call.program);
    command.args(args).envs(&call.env);
    command.env("LC_ALL", "C").env("LANG", "C");
    command
}

/// E4020 for a program that the system does not start.
pub(crate) fn unavailable(role: &str, program: &str, error: &std::io::Error) -> Diagnostic {
    let reason = match error.kind() {
        std::io::ErrorKind::NotFound if program.contains('/') => "it does not exist".to_owned(),
        std::io::ErrorKind::NotFound => "it is not in `PATH`".to_owned(),
        _ => error.to_string(),
    };
    Diagnostic::new(
        Code::E4020,
        format!("the {role} `{program}` cannot be run: {reason}"),
    )
    .help(
        "install it, or name another program: under `[tools]` in the configuration (`cc`, `ar`, \
         `ranlib`, `libtool`, `link`), or with `CC`, `AR` and `RANLIB`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(call: &ToolCall) -> String {
        check(call, Chosen::ByPlugin).err().unwrap_or_default()
    }

    fn call(program: &str, args: &[&str]) -> ToolCall {
        ToolCall::new("tool", [program], args.iter().copied())
    }

    #[test]
    fn what_no_plugin_may_have_run_is_named() {
        for (call, reason) in [
            (call("", &[]), "has no program for the tool"),
            (call(" ", &[]), "has no program"),
            (call("l\0d", &[]), "passes a NUL"),
            (
                call("ld", &["a", "b\0"]),
                "passes a NUL to the tool: \"b\\0\"",
            ),
            (call("ld", &[]).with_env("A", "\0"), "passes a NUL"),
            (
                call("ld", &[]).with_env("A=B", "c"),
                "sets the variable \"A=B\"",
            ),
            (call("ld", &[]).with_env("", "c"), "sets the variable \"\""),
            (call("./ld", &[]), "another file in every folder"),
            (call("tools/ld", &[]), "another file in every folder"),
            (call("sh", &["-c", "rm -r /"]), "has the shell `sh` run"),
            (call("/bin/bash", &["-ec", "x"]), "has the shell"),
        ] {
            assert!(
                refused(&call).contains(reason),
                "{reason}: {}",
                refused(&call)
            );
        }
        for call in [
            call("ld", &["-c"]),
            call("/usr/bin/ld", &["-o", "/tmp/a b"]),
            call("sh", &["script"]),
            call("ld", &[]).with_env("ZERO_AR_DATE", "1"),
        ] {
            assert_eq!(check(&call, Chosen::ByPlugin), Ok(()), "{call:?}");
        }
    }

    #[test]
    fn the_user_may_choose_what_a_plugin_may_not() {
        for call in [call("./ld", &[]), call("sh", &["-c", "ld \"$@\""])] {
            assert!(check(&call, Chosen::ByUser).is_ok());
        }
        assert!(check(&call("", &[]), Chosen::ByUser).is_err());
    }
}

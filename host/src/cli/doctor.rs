//! `beskid doctor`: what works here. It is found out by doing it, in other
//! processes of this program and in a folder that goes afterwards.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::manifest::TARGET;
use beskid_plugin_api::runtime_abi::BESKID_RUNTIME_ABI_VERSION;
use serde_json::{Value, json};

use super::args::Global;
use super::environment::Environment;
use super::render;
use crate::cache;
use crate::child::{Ended, Ending, run_self, run_tool};
use crate::failure::Failure;
use crate::plugins::{Place, State};
use crate::scratch::Scratch;

/// How long one attempt may take.
const TIMEOUT: Duration = Duration::from_secs(60);
/// What is compiled.
const PROGRAM: &str = "i32 main() { return 42; }\n";
/// Status of an executable of it.
const RESULT: i32 = 42;

/// Targets besides this machine's for which a link is tried.
const TARGETS: [&str; 5] = [
    "x86_64-unknown-linux-gnu",
    "aarch64-unknown-linux-gnu",
    "riscv64gc-unknown-linux-gnu",
    "x86_64-pc-windows-gnu",
    "x86_64-pc-windows-msvc",
];

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Health {
    Ok,
    /// It does not work, and nobody needs it who does not know.
    Missing,
    Wrong,
}

impl Health {
    const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Missing => "missing",
            Self::Wrong => "wrong",
        }
    }
}

/// One thing that was tried.
struct Check {
    what: String,
    health: Health,
    found: String,
    fix: Option<String>,
}

impl Check {
    fn ok(what: &str, found: impl Into<String>) -> Self {
        Self {
            what: what.to_owned(),
            health: Health::Ok,
            found: found.into(),
            fix: None,
        }
    }

    fn not(what: &str, health: Health, error: &Diagnostic) -> Self {
        Self {
            what: what.to_owned(),
            health,
            found: format!("{}: {}", error.code, error.message),
            fix: error.help.as_deref().map(str::to_owned),
        }
    }
}

/// Tries what works, and says how to mend what does not; exit status 1 if
/// something is wrong.
pub(super) fn doctor(environment: &Environment, global: &Global) -> Result<u8, Failure> {
    let mut worst = Health::Ok;
    let mut show = |check: Check| {
        if check.health == Health::Wrong {
            worst = Health::Wrong;
        }
        say(environment, &check)
    };
    show(Check::ok("beskid", env!("CARGO_PKG_VERSION")))?;
    show(cache_folder())?;
    for check in plugins(environment) {
        show(check)?;
    }
    let scratch = Scratch::new()?;
    let workbench = Workbench::new(scratch.path(), global)?;
    show(workbench.in_memory()?)?;
    let built = workbench.executable()?;
    let can_link = built.health == Health::Ok;
    show(built)?;
    for kind in ["shared", "static"] {
        let args = ["--kind", kind, "-o", &format!("library.{kind}")];
        show(workbench.build(&format!("{kind} library"), Health::Wrong, &args)?)?;
    }
    if can_link {
        let runtime = format!("ABI version {BESKID_RUNTIME_ABI_VERSION}, for {TARGET}");
        show(Check::ok("runtime", runtime))?;
    }
    for target in TARGETS.iter().filter(|target| **target != TARGET) {
        let args = ["--standalone", "--target-triple", target, "-o", "other"];
        let what = format!("target {target}");
        show(workbench.build(&what, Health::Missing, &args)?)?;
    }
    Ok(u8::from(worst == Health::Wrong))
}

fn say(environment: &Environment, check: &Check) -> Result<(), Diagnostic> {
    let value = json!({
        "check": check.what,
        "state": check.health.name(),
        "found": check.found,
        "fix": check.fix,
    });
    render::value(environment.format, &value, || {
        let mut text = format!("{:8} {}: {}", check.health.name(), check.what, check.found);
        if let Some(fix) = &check.fix {
            text = format!("{text}\n         fix: {fix}");
        }
        text
    })
}

fn cache_folder() -> Check {
    match cache::folder("plugins") {
        Ok(folder) => Check::ok("cache", folder.display().to_string()),
        Err(error) => Check::not("cache", Health::Wrong, &error),
    }
}

/// Each plugin that is used or refused; what was switched off or has another
/// before it is how somebody wants it.
fn plugins(environment: &Environment) -> Vec<Check> {
    let rows = match environment.registry.rows(environment.config.jobs) {
        Ok(rows) => rows,
        Err(error) => return vec![Check::not("plugins", Health::Wrong, &error)],
    };
    let mut checks = Vec::new();
    for row in rows {
        let path = row.path.as_ref().map(|path| path.display().to_string());
        let path = path.unwrap_or_else(|| Place::Builtin.to_string());
        let what = match row.id.is_empty() {
            true => format!("plugin {path}"),
            false => format!("{} {}@{}", row.kind, row.id, row.version),
        };
        match &row.state {
            State::Refused(error) | State::Failed(error) => {
                checks.push(Check::not(&what, Health::Wrong, error))
            }
            State::Active | State::Available => checks.push(Check::ok(&what, path)),
            State::Disabled | State::Same | State::Shadowed => {}
        }
    }
    checks
}

/// A folder with a program, and how other processes are told what this one was.
struct Workbench<'a> {
    folder: &'a Path,
    global: Vec<OsString>,
}

impl<'a> Workbench<'a> {
    fn new(folder: &'a Path, global: &Global) -> Result<Self, Diagnostic> {
        let file = folder.join("program.bd");
        fs::write(&file, PROGRAM).map_err(|error| {
            let message = format!("cannot write `{}`: {error}", file.display());
            Diagnostic::new(Code::E4040, message).path(file.display().to_string())
        })?;
        let mut arguments = vec!["--message-format".into(), "json".into()];
        arguments.extend(global.arguments());
        Ok(Self {
            folder,
            global: arguments,
        })
    }

    fn beskid(&self, arguments: &[OsString]) -> Result<Ended, Diagnostic> {
        let arguments = self.global.iter().chain(arguments);
        run_self(arguments.cloned(), TIMEOUT)
    }

    fn program(&self) -> OsString {
        self.folder.join("program.bd").into()
    }

    fn in_memory(&self) -> Result<Check, Diagnostic> {
        let ended = self.beskid(&["run".into(), self.program()])?;
        let what = "run in memory";
        Ok(match failure(&ended) {
            None => Check::ok(what, "a program ran"),
            Some(error) => Check::not(what, Health::Wrong, &error),
        })
    }

    fn executable(&self) -> Result<Check, Diagnostic> {
        let what = "executable";
        let built = self.build(what, Health::Wrong, &["-o", "program"])?;
        if built.health != Health::Ok {
            return Ok(built);
        }
        let program = &mut Command::new(self.folder.join("program"));
        let status = run_tool(program).map(|ended| ended.status);
        let reason = match status {
            Ok(status) if status.code() == Some(RESULT) => {
                return Ok(Check::ok(what, "a program was linked and ran"));
            }
            Ok(status) => format!("the program that was linked ended with {status}"),
            Err(error) => format!("the program that was linked does not start: {error}"),
        };
        let error = Diagnostic::new(Code::E4043, reason)
            .help("set `TMPDIR` to a folder from which programs can be run");
        Ok(Check::not(what, Health::Wrong, &error))
    }

    /// Builds something; the last one of the arguments is its name in the folder.
    fn build(&self, what: &str, otherwise: Health, args: &[&str]) -> Result<Check, Diagnostic> {
        let mut arguments = vec!["build".into(), self.program()];
        arguments.extend(args.iter().map(OsString::from));
        if let Some(name) = arguments.last_mut() {
            *name = self.folder.join(&*name).into();
        }
        let ended = self.beskid(&arguments)?;
        Ok(match failure(&ended) {
            None => Check::ok(what, "was linked"),
            Some(error) => Check::not(what, otherwise, &error),
        })
    }
}

/// Why a process of this program failed, if it did.
fn failure(ended: &Ended) -> Option<Diagnostic> {
    if ended.ending == Ending::Exited(0) {
        return None;
    }
    let said = String::from_utf8_lossy(&ended.stderr);
    let mut lines = said.lines().rev();
    let said = lines.find_map(|line| {
        let value = serde_json::from_str::<Value>(line).ok()?;
        let text = |key: &str| value[key].as_str().map(str::to_owned);
        let error = Diagnostic::new(text("code")?, text("message")?);
        Some(match text("help") {
            Some(help) => error.help(help),
            None => error,
        })
    });
    Some(said.unwrap_or_else(|| {
        let message = format!("another process of beskid ended with {}", ended.ending);
        Diagnostic::new(Code::E5118, message).help("run it with `-v` to see how far it comes")
    }))
}

//! The machine and the peers of a run.

use std::path::Path;
use std::process::Command;

use serde::{Deserialize, Serialize};

/// Where and with what a run was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    /// Day of the run, `YYYY-MM-DD`.
    pub date: String,
    /// The commit that was measured.
    pub commit: String,
    /// The processor's name and the number of cores.
    pub processor: String,
    /// Peers and tools, with their versions.
    pub peers: Vec<String>,
}

/// Tool, and what prints its version.
const PEERS: &[(&str, &str)] = &[
    ("rustc", "--version"),
    ("clang", "--version"),
    ("gcc", "--version"),
    ("tcc", "-v"),
    ("ld", "--version"),
    ("mold", "--version"),
];

pub fn describe(root: &Path) -> Result<Machine, String> {
    let mut peers = vec![cranelift(root)?];
    peers.extend(PEERS.iter().map(|(tool, flag)| {
        first_line(Command::new(tool).arg(flag)).unwrap_or_else(|| format!("no {tool}"))
    }));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find(|line| line.starts_with("model name"));
    let model = model.and_then(|line| line.split_once(": "));
    let model = model.map_or("unknown processor", |(_, model)| model);
    let commit = first_line(
        Command::new("git")
            .args(["describe", "--always", "--dirty"])
            .current_dir(root),
    );
    Ok(Machine {
        date: first_line(Command::new("date").args(["-u", "+%Y-%m-%d"])).unwrap_or_default(),
        commit: commit.unwrap_or_else(|| "no commit".to_owned()),
        processor: format!("{model}, {cores} cores"),
        peers,
    })
}

/// What makes figures doubtful: other work.
pub fn busy() -> Option<String> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    let load: f64 = text.split(' ').next()?.parse().ok()?;
    (load > 0.5).then(|| format!("the machine is busy (load {load}): times will wobble"))
}

fn cranelift(root: &Path) -> Result<String, String> {
    let path = root.join("Cargo.lock");
    let lock = std::fs::read_to_string(&path);
    let lock = lock.map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let mut lines = lock.lines();
    lines.find(|line| *line == "name = \"cranelift-codegen\"");
    let version = lines.next().and_then(|line| line.split('"').nth(1));
    Ok(format!("Cranelift {}", version.unwrap_or("unknown")))
}

fn first_line(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().next()?.trim().to_owned();
    (!line.is_empty()).then_some(line)
}

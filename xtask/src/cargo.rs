//! Cargo, as the chores start it.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// The cargo that runs this, in a folder.
pub fn cargo(folder: &Path) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command.current_dir(folder);
    command
}

/// Whether it ends well.
pub fn succeeds(command: &mut Command) -> Result<bool, String> {
    let status = command
        .status()
        .map_err(|error| format!("cannot start cargo: {error}"))?;
    Ok(status.success())
}

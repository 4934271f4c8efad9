//! Records what the plugin manifest must say about this build: target and
//! toolchain.

use std::env;
use std::error::Error;
use std::process::Command;

/// Version of the plugin interface, as three numbers. abi_stable compares the
/// versions of the packages that define the types at the boundary; what counts is
/// the interface's, which is not this package's.
const INTERFACE: &str = "1.0.0";

fn main() -> Result<(), Box<dyn Error>> {
    let rustc = env::var_os("RUSTC").ok_or("cargo sets RUSTC")?;
    let version = Command::new(rustc).arg("--version").output()?;
    let version = String::from_utf8(version.stdout)?;
    println!("cargo::rustc-env=CARGO_PKG_VERSION={INTERFACE}");
    println!("cargo::rustc-env=BESKID_TARGET={}", env::var("TARGET")?);
    println!("cargo::rustc-env=BESKID_TOOLCHAIN={}", version.trim());
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}

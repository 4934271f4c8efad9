//! Records what the plugin manifest must say about this build: target,
//! toolchain, and a hash of the interface's source text.

use std::env;
use std::error::Error;
use std::fs;
use std::process::Command;

/// The files whose text is the binary contract between host and plugins.
const CONTRACT: [&str; 2] = ["src/abi/modules.rs", "src/abi/reply.rs"];

fn main() -> Result<(), Box<dyn Error>> {
    let mut hasher = blake3::Hasher::new();
    for file in CONTRACT {
        println!("cargo::rerun-if-changed={file}");
        hasher.update(&fs::read(file)?);
    }
    let contract = hasher.finalize().to_hex();
    let rustc = env::var_os("RUSTC").ok_or("cargo sets RUSTC")?;
    let version = Command::new(rustc).arg("--version").output()?;
    let version = String::from_utf8(version.stdout)?;
    println!("cargo::rustc-env=BESKID_CONTRACT={}", &contract[..16]);
    println!("cargo::rustc-env=BESKID_TARGET={}", env::var("TARGET")?);
    println!("cargo::rustc-env=BESKID_TOOLCHAIN={}", version.trim());
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}

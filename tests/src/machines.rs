//! Machines whose programs are run here, those of others under QEMU.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use crate::command::end;
use crate::workshop::Workshop;

/// A machine whose programs are run here.
#[derive(Debug, Clone, Copy)]
pub struct Machine {
    /// Its triple.
    pub target: &'static str,
    /// Its C compiler.
    pub cc: &'static str,
    /// Runs its programs, and where it finds the machine's loader.
    emulator: Option<[&'static str; 3]>,
}

/// Those of the tests.
pub const MACHINES: [Machine; 3] = [
    Machine {
        target: "x86_64-unknown-linux-gnu",
        cc: "cc",
        emulator: None,
    },
    Machine {
        target: "aarch64-unknown-linux-gnu",
        cc: "aarch64-linux-gnu-gcc",
        emulator: Some(["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"]),
    },
    Machine {
        target: "riscv64gc-unknown-linux-gnu",
        cc: "riscv64-linux-gnu-gcc",
        emulator: Some(["qemu-riscv64", "-L", "/usr/riscv64-linux-gnu"]),
    },
];

impl Machine {
    /// A folder, if the machine's tools are here.
    pub fn workshop(&self) -> Option<Workshop> {
        let tools = [Some(self.cc), self.emulator.map(|words| words[0])];
        Workshop::with(&tools.into_iter().flatten().collect::<Vec<_>>())
    }

    /// What a program for the machine says, which succeeds.
    #[track_caller]
    pub fn run(&self, workshop: &Workshop, program: &Path) -> String {
        match self.emulator {
            None => end(&mut Command::new(program)).succeeds(),
            Some([emulator, args @ ..]) => {
                let args = args.map(OsString::from);
                workshop.run(emulator, args.into_iter().chain([program.into()]))
            }
        }
    }
}

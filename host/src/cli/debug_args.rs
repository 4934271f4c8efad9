//! The flag of the commands that can tell debuggers about a program.

use clap::Args;

/// What debuggers are told.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct DebugFlags {
    /// Tell debuggers which places of the source the code is of, and where its locals are
    #[arg(short = 'g', long)]
    pub debug_info: bool,
}

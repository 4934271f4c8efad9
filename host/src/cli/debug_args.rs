//! The flag of the commands that can tell debuggers about a program.

use clap::{Args, ValueEnum};

use crate::config::OptLevel;

/// What debuggers are told.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct DebugFlags {
    /// Tell debuggers which places of the source the code is of, and where its locals are
    /// [default: `full` where `run`, `build` and `artifact` optimize nothing, else `none`]
    #[arg(
        short = 'g',
        long,
        value_name = "HOW_MUCH",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "full"
    )]
    debug_info: Option<HowMuch>,
}

/// How much debuggers are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum HowMuch {
    /// Nothing
    None,
    /// All that is known
    Full,
}

impl DebugFlags {
    /// Whether the user asks for it.
    pub fn is_asked(self) -> bool {
        self.debug_info == Some(HowMuch::Full)
    }

    /// Whether debuggers are told of what is optimized so much.
    pub fn at(self, level: OptLevel) -> bool {
        match self.debug_info {
            None => level == OptLevel::None,
            Some(_) => self.is_asked(),
        }
    }

    /// The same, of what is stripped if `is_stripped`.
    pub fn at_unless(self, level: OptLevel, is_stripped: bool) -> bool {
        self.is_asked() || !is_stripped && self.at(level)
    }
}

//! The flag of the commands that can tell debuggers about a program.

use clap::{Args, ValueEnum};

use crate::config::OptLevel;
use crate::source::DebugPaths;

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

    /// What debuggers are told if the user asks for it: the working directory too.
    pub fn if_asked(self) -> Option<DebugPaths> {
        self.is_asked().then_some(DebugPaths::FromFolder)
    }

    /// What debuggers are told of what is optimized so much. Who does not ask gets an
    /// artifact that does not depend on where it is made.
    pub fn at(self, level: OptLevel) -> Option<DebugPaths> {
        match self.debug_info {
            None => (level == OptLevel::None).then_some(DebugPaths::AsGiven),
            Some(_) => self.if_asked(),
        }
    }

    /// The same, of what is stripped if `is_stripped`.
    pub fn at_unless(self, level: OptLevel, is_stripped: bool) -> Option<DebugPaths> {
        match is_stripped {
            true => self.if_asked(),
            false => self.at(level),
        }
    }
}

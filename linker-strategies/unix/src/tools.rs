//! The tools of the plans: which program each is, for which target.

use beskid_plugin_api::linker::{LinkRequest, LinkStep, ResponseFile};
use beskid_plugin_api::manifest::TARGET;

/// A tool, by its part in a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    /// The C compiler as a linker.
    Driver,
    /// `ar`.
    Archiver,
    /// `ranlib`.
    Indexer,
}

impl Tool {
    /// What messages call it.
    const fn role(self) -> &'static str {
        match self {
            Self::Driver => "C driver",
            Self::Archiver => "archiver",
            Self::Indexer => "archive indexer",
        }
    }

    /// Its name under `[tools]` in the configuration.
    const fn key(self) -> &'static str {
        match self {
            Self::Driver => "cc",
            Self::Archiver => "ar",
            Self::Indexer => "ranlib",
        }
    }

    /// Its name where nobody has chosen another: this machine's own, or the
    /// one of the target's toolchain as distributions name it.
    fn default_program(self, target: &str) -> String {
        let suffix = match self {
            Self::Driver if target != TARGET => "gcc",
            tool => tool.key(),
        };
        match cross_prefix(target) {
            Some(prefix) if target != TARGET => format!("{prefix}{suffix}"),
            _ => self.key().to_owned(),
        }
    }
}

/// `aarch64-linux-gnu-` for `aarch64-unknown-linux-gnu`.
fn cross_prefix(target: &str) -> Option<String> {
    let parts = target.split('-').collect::<Vec<_>>();
    let (architecture, system) = match parts[..] {
        [architecture, _, os, environment] => (architecture, format!("{os}-{environment}")),
        _ => return None,
    };
    let architecture = match architecture {
        "riscv64gc" => "riscv64",
        other => other,
    };
    Some(format!("{architecture}-{system}-"))
}

/// A step that runs a tool.
pub(crate) fn run(
    request: &LinkRequest,
    tool: Tool,
    args: Vec<String>,
    response_file: Option<ResponseFile>,
) -> LinkStep {
    let chosen = request.tools.get(tool.key()).map(String::as_str);
    let chosen = chosen.filter(|words| !words.trim().is_empty());
    let words = chosen.map_or_else(|| tool.default_program(&request.target), str::to_owned);
    // A choice may hold arguments, as in `ccache gcc`.
    let mut words = words.split_whitespace().map(str::to_owned);
    LinkStep::Run {
        role: tool.role().to_owned(),
        program: words.next().unwrap_or_default(),
        args: words.chain(args).collect(),
        response_file,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_target_has_its_own_toolchain() {
        let program = |tool: Tool, target| tool.default_program(target);
        assert_eq!(program(Tool::Driver, TARGET), "cc");
        assert_eq!(program(Tool::Archiver, TARGET), "ar");
        let target = "powerpc64-unknown-linux-gnu";
        assert_eq!(program(Tool::Driver, target), "powerpc64-linux-gnu-gcc");
        assert_eq!(program(Tool::Archiver, target), "powerpc64-linux-gnu-ar");
        let target = "riscv64gc-unknown-linux-gnu";
        if target != TARGET {
            assert_eq!(program(Tool::Indexer, target), "riscv64-linux-gnu-ranlib");
        }
    }
}

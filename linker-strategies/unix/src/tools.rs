//! The tools of the plans: which program each is, for which target.

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{LinkRequest, LinkStep, ResponseFile, ToolCall, ToolDescription};
use beskid_plugin_api::target::{Environment, System, Target};

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

    /// For the strategy's description.
    pub(crate) fn description(self) -> ToolDescription {
        let help = match self {
            Self::Driver => "C driver, which links",
            Self::Archiver => "archiver, for static libraries",
            Self::Indexer => "indexer of archives, for static libraries",
        };
        let cross = match self {
            Self::Driver => "gcc",
            tool => tool.key(),
        };
        let key = self.key();
        let default = format!("{key}; for another Linux ARCH-linux-ENV-{cross}");
        ToolDescription::new(key, help, default)
    }

    /// Its name where nobody has chosen another: this machine's own for this
    /// machine's target, or the one of the target's toolchain as distributions
    /// name it. `None`: there is no such name, and this machine's tool would
    /// make programs for another system.
    fn default_program(self, triple: &str) -> Option<String> {
        let target = Target::of(triple);
        if target.is_host() {
            return Some(self.key().to_owned());
        }
        let tool = match self {
            Self::Driver => "gcc",
            tool => tool.key(),
        };
        Some(format!("{}{tool}", cross_prefix(triple, &target)?))
    }

    /// E4020, with what to set.
    fn unnamed(self, triple: &str) -> Diagnostic {
        let (role, key) = (self.role(), self.key());
        let message = format!("there is no {role} of a known name for `{triple}`");
        let example = match self {
            Self::Driver => format!("clang --target={triple} --sysroot=FOLDER -fuse-ld=lld"),
            Self::Archiver => "llvm-ar".to_owned(),
            Self::Indexer => "llvm-ranlib".to_owned(),
        };
        let variable = key.to_uppercase();
        Diagnostic::new(Code::E4020, message)
            .note("the tools of this machine make files for its own system")
            .help(format!(
                "name one that is for the target with `{key}` under `[tools]`, or with \
                 `{variable}`, such as `{example}`"
            ))
    }
}

/// `aarch64-linux-gnu-` for `aarch64-unknown-linux-gnu`; there are such names
/// for Linux.
fn cross_prefix(triple: &str, target: &Target) -> Option<String> {
    let known = matches!(target.environment(), Environment::Gnu | Environment::Musl);
    if *target.system() != System::Linux || !known {
        return None;
    }
    let (_, environment) = triple.rsplit_once('-')?;
    let architecture = match target.architecture() {
        arm if arm.starts_with("arm") => "arm",
        "i386" | "i586" => "i686",
        other => other,
    };
    Some(format!("{architecture}-linux-{environment}-"))
}

/// A step that runs a tool.
///
/// # Errors
/// E4020 if nobody has chosen one and none is known for the target.
pub(crate) fn run(
    request: &LinkRequest,
    tool: Tool,
    args: Vec<String>,
    response_file: Option<ResponseFile>,
) -> Result<LinkStep, Diagnostic> {
    let words = request.tool(tool.key());
    let default = || Some(vec![tool.default_program(&request.target)?]);
    let words = words.or_else(default);
    let words = words.ok_or_else(|| tool.unnamed(&request.target))?;
    let mut call = ToolCall::new(tool.role(), words, args);
    call.response_file = response_file;
    Ok(match tool {
        Tool::Driver => LinkStep::Drive(call),
        Tool::Archiver | Tool::Indexer => LinkStep::Run(call),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use beskid_plugin_api::manifest::TARGET;

    #[test]
    fn another_target_has_its_own_toolchain() {
        let program = |tool: Tool, target| tool.default_program(target).unwrap();
        assert_eq!(program(Tool::Driver, TARGET), "cc");
        assert_eq!(program(Tool::Archiver, TARGET), "ar");
        for (target, driver) in [
            ("powerpc64-unknown-linux-gnu", "powerpc64-linux-gnu-gcc"),
            ("mips64-linux-gnuabi64", "mips64-linux-gnuabi64-gcc"),
            ("armv7-unknown-linux-gnueabihf", "arm-linux-gnueabihf-gcc"),
            ("s390x-alpine-linux-musl", "s390x-linux-musl-gcc"),
        ] {
            assert_eq!(program(Tool::Driver, target), driver);
        }
        let target = "powerpc64-unknown-linux-gnu";
        assert_eq!(program(Tool::Archiver, target), "powerpc64-linux-gnu-ar");
        let target = "riscv64gc-unknown-linux-gnu";
        if target != TARGET {
            assert_eq!(program(Tool::Indexer, target), "riscv64-linux-gnu-ranlib");
        }
    }

    #[test]
    fn a_target_whose_tools_have_no_known_name_has_none() {
        for target in [
            "x86_64-unknown-freebsd",
            "aarch64-unknown-netbsd",
            "x86_64-unknown-openbsd",
            "s390x-unknown-linux",
            "riscv64-linux-android",
        ] {
            for tool in [Tool::Driver, Tool::Archiver, Tool::Indexer] {
                assert_eq!(tool.default_program(target), None, "{target}");
            }
            let refused = Tool::Driver.unnamed(target);
            assert!(refused.help.unwrap().contains("`CC`"));
        }
    }
}

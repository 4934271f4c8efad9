//! The programs of the plans, and what the user chose for them.

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{LinkRequest, LinkStep, ResponseFile, ToolCall};
use beskid_plugin_api::target::Target;

/// The linker that the driver calls: the key `linker`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Linker {
    Mold,
    Lld,
}

impl Linker {
    /// The user's choice, or mold.
    pub(crate) fn chosen(request: &LinkRequest) -> Result<Self, Diagnostic> {
        match choice(request, "linker") {
            None | Some("mold") => Ok(Self::Mold),
            Some("lld") => Ok(Self::Lld),
            Some(other) => {
                let message = format!("linker strategy `mold` does not link with `{other}`");
                Err(Diagnostic::new(Code::E4041, message).help(
                    "set `linker` under `[tools]`, or `BESKID_TOOLS_LINKER`, to `mold` or `lld`",
                ))
            }
        }
    }

    /// What makes the driver call it.
    pub(crate) const fn flag(self) -> &'static str {
        match self {
            Self::Mold => "-fuse-ld=mold",
            Self::Lld => "-fuse-ld=lld",
        }
    }
}

/// A program that a step runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Program {
    /// The C compiler, which knows the C library and its start files.
    Driver,
    Archiver,
    Indexer,
}

impl Program {
    /// Its key in the request's tools, which is also its name on Linux.
    const fn key(self) -> &'static str {
        match self {
            Self::Driver => "cc",
            Self::Archiver => "ar",
            Self::Indexer => "ranlib",
        }
    }

    /// What the host's messages call it.
    const fn role(self) -> &'static str {
        match self {
            Self::Driver => "C driver",
            Self::Archiver => "archiver",
            Self::Indexer => "archive indexer",
        }
    }
}

/// The step that runs a program.
pub(crate) fn run(
    request: &LinkRequest,
    program: Program,
    args: Vec<String>,
    response_file: Option<ResponseFile>,
) -> Result<LinkStep, Diagnostic> {
    let words = match request.tool(program.key()) {
        Some(words) => words,
        None if Target::of(&request.target).is_host() => vec![program.key().to_owned()],
        None => return Err(unnamed(request, program)),
    };
    let mut call = ToolCall::new(program.role(), words, args);
    call.response_file = response_file;
    Ok(LinkStep::Run(call))
}

/// What the user chose for a key. Blank is no choice.
fn choice<'r>(request: &'r LinkRequest, key: &str) -> Option<&'r str> {
    let chosen = request.tools.get(key).map(|value| value.trim());
    chosen.filter(|value| !value.is_empty())
}

fn unnamed(request: &LinkRequest, program: Program) -> Diagnostic {
    let (role, key, target) = (program.role(), program.key(), &request.target);
    let message = format!("linker strategy `mold` needs the name of the {role} for `{target}`");
    let help = match program {
        Program::Driver => {
            "set `cc` under `[tools]`, or `BESKID_TOOLS_CC`, to a driver that finds the linker, \
             such as `aarch64-linux-gnu-gcc -B/usr/bin`"
                .to_owned()
        }
        _ => format!(
            "set `{key}` under `[tools]`, or `BESKID_TOOLS_{}`",
            key.to_uppercase()
        ),
    };
    Diagnostic::new(Code::E4020, message).help(help)
}

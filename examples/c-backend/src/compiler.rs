//! The C compiler, which the host runs.

use std::fs;
use std::path::Path;

use beskid_plugin_api::backend::{CompileRequest, Optimization, OptionDescription};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::services::Services;
use beskid_plugin_api::tools::ToolCall;

/// The option that names the compiler.
const CC: &str = "cc";

/// The options of the backend.
pub fn options() -> Vec<OptionDescription> {
    let help = "the C compiler: gcc or clang";
    vec![OptionDescription::new(CC, help, "a program; `cc`")]
}

/// A C compiler and how it is called.
pub struct Compiler {
    program: String,
    level: &'static str,
}

impl Compiler {
    /// The one that the request's options name.
    pub fn of(request: &CompileRequest) -> Result<Self, Diagnostic> {
        if let Some(key) = request.options.keys().find(|key| *key != CC) {
            let message = format!("backend `c` has no option `{key}`");
            return Err(Diagnostic::new(Code::E4004, message).help("it has the option `cc`"));
        }
        let program = request.options.get(CC).map_or("cc", String::as_str);
        if program.is_empty() {
            let message = "option `cc` of backend `c` is empty";
            return Err(Diagnostic::new(Code::E4004, message).help("name a C compiler"));
        }
        let level = match request.optimization {
            Optimization::Speed => "-O2",
            Optimization::SpeedAndSize => "-Os",
            _ => "-O0",
        };
        Ok(Self {
            program: program.to_owned(),
            level,
        })
    }

    /// The object of a text.
    pub fn compile(&self, text: &str, services: &Services) -> Result<Vec<u8>, Diagnostic> {
        let scratch = services.scratch()?;
        let unit = Path::new(&scratch).join("unit.c");
        let object = Path::new(&scratch).join("unit.o");
        let failed = |what: &str| {
            let program = &self.program;
            Diagnostic::new(Code::E4002, format!("the C compiler `{program}` {what}"))
                .help("set the option `cc` of backend `c` to gcc or clang")
        };
        fs::write(&unit, text).map_err(|error| {
            let path = unit.display();
            Diagnostic::new(Code::E4040, format!("`{path}` is not written: {error}"))
                .help("make room, or name another folder by `TMPDIR`")
        })?;
        let object_name = object.display().to_string();
        let mut args = vec![
            "-std=gnu11",
            "-w",
            self.level,
            "-fPIC",
            "-fwrapv",
            "-fno-strict-aliasing",
            "-ffp-contract=off",
            "-fno-math-errno",
            "-fno-delete-null-pointer-checks",
            "-fno-builtin",
            "-fno-semantic-interposition",
            "-fno-stack-protector",
            "-ffunction-sections",
            "-fdata-sections",
            "-fno-ident",
        ];
        // Nothing of the folder gets into the object.
        let map = format!("-ffile-prefix-map={scratch}=.");
        let unit_name = unit.display().to_string();
        args.extend([&*map, "-c", "-o", &object_name, &unit_name]);
        let call = ToolCall::new("C compiler", [&*self.program], args);
        let ended = services.run(&call)?;
        if !ended.succeeded() {
            let said = ended.stderr.lines().take(3).collect::<Vec<_>>().join("; ");
            let how = match ended.status {
                Some(status) => format!("ends with status {status}"),
                None => "is ended by a signal".to_owned(),
            };
            return Err(failed(&format!("{how}: {said}")));
        }
        fs::read(&object).map_err(|error| failed(&format!("makes no object: {error}")))
    }
}

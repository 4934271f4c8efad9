//! The C compiler.

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

use beskid_plugin_api::backend::{CompileRequest, Optimization};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

/// A C compiler and how it is called.
pub struct Compiler {
    program: String,
    level: &'static str,
}

impl Compiler {
    /// The one that the request's options name.
    pub fn of(request: &CompileRequest) -> Result<Self, Diagnostic> {
        let mut program = "cc".to_owned();
        for (key, value) in &request.options {
            match key.as_str() {
                "cc" if !value.is_empty() => program.clone_from(value),
                "cc" => {
                    let message = "option `cc` of backend `c` is empty";
                    return Err(Diagnostic::new(Code::E4004, message).help("name a C compiler"));
                }
                other => {
                    let message = format!("backend `c` has no option `{other}`");
                    return Err(Diagnostic::new(Code::E4004, message).help("it has: cc"));
                }
            }
        }
        let level = match request.optimization {
            Optimization::Speed => "-O2",
            Optimization::SpeedAndSize => "-Os",
            _ => "-O0",
        };
        Ok(Self { program, level })
    }

    /// The object of a text. The text comes by a pipe, so that no path gets into the object.
    pub fn compile(&self, text: &str) -> Result<Vec<u8>, Diagnostic> {
        let failed = |what: &str| {
            let program = &self.program;
            Diagnostic::new(Code::E4002, format!("the C compiler `{program}` {what}"))
                .help("set the option `cc` of backend `c` to gcc or clang")
        };
        let folder =
            tempfile::tempdir().map_err(|error| failed(&format!("has no room: {error}")))?;
        let object = folder.path().join("unit.o");
        let mut command = Command::new(&self.program);
        command
            .args(["-x", "c", "-std=gnu11", "-w", self.level, "-c", "-o"])
            .arg(&object)
            .args([
                "-fPIC",
                "-fwrapv",
                "-fno-strict-aliasing",
                "-ffp-contract=off",
            ])
            .args(["-fno-math-errno", "-fno-delete-null-pointer-checks"])
            .args([
                "-fno-builtin",
                "-fno-semantic-interposition",
                "-fno-stack-protector",
            ])
            .args(["-ffunction-sections", "-fdata-sections", "-fno-ident", "-"])
            .env("LANG", "C")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .map_err(|error| failed(&format!("cannot be started: {error}")))?;
        let (input, messages) = (child.stdin.take(), child.stderr.take());
        let reader = std::thread::spawn(move || {
            let mut said = Vec::new();
            // A compiler that says without end is not listened to any longer.
            let read = messages.map(|messages| messages.take(1 << 20).read_to_end(&mut said));
            read.map(|read| read.map(|_| said)).transpose()
        });
        let written = input.map(|mut input| input.write_all(text.as_bytes()));
        let status = child
            .wait()
            .map_err(|error| failed(&format!("is lost: {error}")))?;
        let said = reader
            .join()
            .ok()
            .and_then(Result::ok)
            .flatten()
            .unwrap_or_default();
        if !status.success() {
            let said = String::from_utf8_lossy(&said);
            let said = said.lines().take(3).collect::<Vec<_>>().join("; ");
            return Err(failed(&format!("ends with {status}: {said}")));
        }
        if let Some(Err(error)) = written {
            return Err(failed(&format!("does not read its input: {error}")));
        }
        std::fs::read(&object).map_err(|error| failed(&format!("makes no object: {error}")))
    }
}

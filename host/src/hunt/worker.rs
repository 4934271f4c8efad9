//! The process of one engine: it takes artifacts from its standard input, a socket,
//! and answers there. What programs and plugins print goes elsewhere.

use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use beskid_clif::interpret::{Interpretable, Interpreted};
use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::INTERPRETER;
use super::wire::{Answer, receive, send};
use crate::entrypoint::entrypoint;
use crate::foreign::Extra;
use crate::run::{Capture, Invocation, execute};
use crate::toolchain::Toolchain;

/// Answers until nothing comes any more. `toolchain` gives the engine by its name.
///
/// # Errors
/// E4040 if standard input is no socket, or the socket fails.
pub fn serve<'t>(
    engine: &str,
    toolchain: impl Fn(&str) -> Result<Toolchain<'t>, Diagnostic>,
) -> Result<(), Diagnostic> {
    let failed = |error: io::Error| {
        let message = format!("cannot speak with the process that hunts: {error}");
        Diagnostic::new(Code::E4040, message)
    };
    let stream = io::stdin().as_fd().try_clone_to_owned().map_err(failed)?;
    let mut stream = UnixStream::from(stream);
    while let Some(bytes) = receive(&mut stream).map_err(failed)? {
        let answer = match engine {
            INTERPRETER => interpreted(bytes),
            _ => toolchain(engine).and_then(|tools| compiled(tools, bytes)),
        };
        let answer = answer.unwrap_or_else(Answer::Refused);
        let answer = serde_json::to_vec(&answer).map_err(|error| failed(error.into()))?;
        send(&mut stream, &answer).map_err(failed)?;
    }
    Ok(())
}

fn compiled(tools: Toolchain<'_>, bytes: Vec<u8>) -> Result<Answer, Diagnostic> {
    let artifact = CodegenArtifact::decode(bytes)?;
    let invocation = Invocation {
        arguments: &[],
        runtime: None,
        extra: &Extra::default(),
        capture: Capture::Result,
    };
    let finished = execute(tools, &artifact, &tools.settings()?, invocation)?;
    Ok(Answer::Returned(finished.text))
}

fn interpreted(bytes: Vec<u8>) -> Result<Answer, Diagnostic> {
    let artifact = CodegenArtifact::decode(bytes)?;
    let start = entrypoint(&artifact)?.symbol;
    let functions = Interpretable::read(&artifact)?;
    Ok(match functions.call(start, &[]) {
        Interpreted::Returned(values) => Answer::Returned(match values.first() {
            Some(value) => value.to_string(),
            None => "ok".to_owned(),
        }),
        Interpreted::Trapped(_) => Answer::Trapped,
        Interpreted::GaveUp(reason) => Answer::GaveUp(reason),
    })
}

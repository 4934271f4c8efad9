//! The JSON messages. Readers ignore unknown fields, and every field added
//! later must have a default.

use std::collections::BTreeMap;

use abi_stable::std_types::RVec;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::reply::Reply;
use crate::backend::CompileRequest;
use crate::codes::Code;
use crate::diagnostic::Diagnostic;
use crate::digest::Digest;
use crate::linker::OutputKind;

/// Question of `compile`. Addresses are no part of the public JSON of a request, so
/// that nobody makes some up without saying so.
#[derive(Debug, Serialize)]
pub struct CompileQuestion<'r> {
    /// The request.
    #[serde(flatten)]
    pub request: &'r CompileRequest,
    /// Its imports.
    pub imports: &'r BTreeMap<String, u64>,
}

/// What a request does not read of a [`CompileQuestion`].
#[derive(Deserialize)]
struct AskedImports {
    #[serde(default)]
    imports: BTreeMap<String, u64>,
}

/// Unpacks a [`CompileQuestion`]: the request with its imports.
///
/// # Safety
/// As for [`CompileRequest::with_imports`]: the message comes from whoever promised
/// that.
///
/// # Errors
/// As for [`from_json`].
pub unsafe fn compile_asked(json: &[u8]) -> Result<CompileRequest, Diagnostic> {
    // Reading twice is less work than `flatten`, which reads into values first.
    let request = from_json::<CompileRequest>(json)?;
    let AskedImports { imports } = from_json(json)?;
    // SAFETY: the caller's promise.
    Ok(unsafe { request.with_imports(imports) })
}

/// Answer to `compile`.
#[derive(Debug, Serialize, Deserialize)]
pub struct CompileReply {
    /// Digest of the artifact that was compiled.
    pub digest: Digest,
    /// Number of the session, if one was made.
    pub session: Option<u64>,
}

/// Question of `supports`.
#[derive(Debug, Serialize, Deserialize)]
pub struct SupportQuery {
    /// Target triple.
    pub target: String,
    /// What is to be made.
    pub kind: OutputKind,
}

/// Packs an answer.
pub fn pack<T: Serialize>(result: Result<(T, Vec<u8>), Diagnostic>) -> Reply {
    let (result, payload) = match result {
        Ok((value, payload)) => (Ok(value), payload),
        Err(diagnostic) => (Err(diagnostic), Vec::new()),
    };
    let message = to_json(&result).unwrap_or_else(|error| {
        let diagnostic = malformed("reply", &error);
        // Strings always serialize.
        to_json(&Err::<(), _>(diagnostic)).unwrap_or_default()
    });
    Reply {
        message: RVec::from(message),
        payload: RVec::from(payload),
    }
}

/// Unpacks an answer.
///
/// # Errors
/// The plugin's diagnostic, or E5113 if the answer is not well-formed.
pub fn unpack<T: DeserializeOwned>(reply: Reply) -> Result<(T, Vec<u8>), Diagnostic> {
    let result = serde_json::from_slice::<Result<T, Diagnostic>>(&reply.message);
    let value = result.map_err(|error| malformed("reply", &error))??;
    Ok((value, reply.payload.into()))
}

/// Packs a question.
///
/// # Errors
/// E5113; no type of this crate causes it.
pub fn to_json<T: Serialize>(value: &T) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(value)
}

/// Unpacks a question.
///
/// # Errors
/// E5113 if it is not well-formed.
pub fn from_json<T: DeserializeOwned>(json: &[u8]) -> Result<T, Diagnostic> {
    serde_json::from_slice(json).map_err(|error| malformed("request", &error))
}

/// A message that cannot be read or written.
pub fn malformed(what: &str, error: &serde_json::Error) -> Diagnostic {
    Diagnostic::new(
        Code::E5113,
        format!("malformed {what} at the plugin boundary: {error}"),
    )
    .help("report this to the author of the plugin")
}

/// What a host says that does not do `what` for plugins.
pub(crate) fn not_offered(what: &str) -> Diagnostic {
    Diagnostic::new(
        Code::E5181,
        format!("the backend asks for {what}, which this host does not offer"),
    )
    .help("use a release of beskid as new as the plugin")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_and_requests_that_are_no_messages_are_told_apart() {
        for message in ["", "{", "{\"Ok\": \"text\"}", "{\"Yes\": 1}", "\u{0}"] {
            let reply = Reply {
                message: RVec::from(message.as_bytes().to_vec()),
                payload: RVec::new(),
            };
            let error = unpack::<u64>(reply).unwrap_err();
            assert_eq!(error.code, "E5113", "{message}");
            assert!(error.message.contains("malformed reply"), "{error:?}");
        }
        let error = from_json::<SupportQuery>(b"{}").err().unwrap();
        assert_eq!(error.code, "E5113");
        assert!(error.message.contains("malformed request"), "{error:?}");
    }
}

//! Answers that are errors.

use lsp_server::ErrorCode;

/// Why a request is not answered as it wishes.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The code of the protocol.
    pub(super) code: i32,
    /// What is wrong.
    pub(super) message: String,
}

impl Refusal {
    /// A refusal of a code.
    pub(super) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code: code as i32,
            message: message.into(),
        }
    }
}

/// An answer, as JSON.
pub(super) type Reply = Result<serde_json::Value, Refusal>;

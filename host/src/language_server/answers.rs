//! Which part of the server answers which request.

use lsp_server::ErrorCode;
use lsp_types::request::{
    Formatting, GotoDeclaration, GotoDefinition, PrepareRenameRequest, References, Rename, Request,
};
use serde_json::Value;

use super::formatting;
use super::navigation;
use super::renaming;
use super::reply::{Refusal, Reply};
use super::workspace::Workspace;

/// The answer to a request.
pub(super) fn answer(workspace: &mut Workspace, method: &str, params: Value) -> Reply {
    let part = match method {
        GotoDefinition::METHOD | GotoDeclaration::METHOD => navigation::definition,
        References::METHOD => navigation::references,
        PrepareRenameRequest::METHOD => renaming::prepare,
        Rename::METHOD => renaming::rename,
        Formatting::METHOD => formatting::formatting,
        _ => {
            let message = format!("there is no `{method}` here");
            return Err(Refusal::new(ErrorCode::MethodNotFound, message));
        }
    };
    part(workspace, params)
}

//! Which part of the server answers which request.

use lsp_server::ErrorCode;
use lsp_types::request::{
    CodeActionRequest, Completion, DocumentSymbolRequest, Formatting, GotoDeclaration,
    GotoDefinition, HoverRequest, PrepareRenameRequest, References, Rename, Request,
    SemanticTokensFullRequest, SignatureHelpRequest, WorkspaceSymbolRequest,
};
use serde_json::Value;

use super::actions;
use super::calls;
use super::colours;
use super::completion;
use super::formatting;
use super::hover;
use super::navigation;
use super::renaming;
use super::reply::{Refusal, Reply};
use super::symbols;
use super::workspace::Workspace;

/// The answer to a request.
pub(super) fn answer(workspace: &mut Workspace, method: &str, params: Value) -> Reply {
    let part = match method {
        GotoDefinition::METHOD | GotoDeclaration::METHOD => navigation::definition,
        References::METHOD => navigation::references,
        PrepareRenameRequest::METHOD => renaming::prepare,
        Rename::METHOD => renaming::rename,
        Formatting::METHOD => formatting::formatting,
        Completion::METHOD => completion::completion,
        HoverRequest::METHOD => hover::hover,
        SignatureHelpRequest::METHOD => calls::signature_help,
        DocumentSymbolRequest::METHOD => symbols::of_document,
        WorkspaceSymbolRequest::METHOD => symbols::of_workspace,
        CodeActionRequest::METHOD => actions::code_actions,
        SemanticTokensFullRequest::METHOD => colours::semantic_tokens,
        _ => {
            let message = format!("there is no `{method}` here");
            return Err(Refusal::new(ErrorCode::MethodNotFound, message));
        }
    };
    part(workspace, params)
}

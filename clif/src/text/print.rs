//! From an artifact to CLIF text.

use std::borrow::Cow;
use std::collections::BTreeSet;

use beskid_plugin_api::artifact::{CodegenArtifact, SymbolId};
use cranelift_codegen::ir::{ExternalName, GlobalValueData, UserExternalName, UserFuncName};
use cranelift_codegen::isa::CallConv;
use target_lexicon::Triple;

use super::debug::Numbered;
use super::print_symbols::{clif_names, comments};
use crate::conventions::stand_in;
use crate::decode::Decoder;
use crate::error::ClifError;

/// The functions of an artifact as CLIF text. Names become `%name`, with `_`
/// for what CLIF's names cannot hold. The target's own calling convention is the
/// one that is not written; in an artifact that has all others too it is shown
/// as this machine's. What CLIF has no form for, such as data objects, is in
/// comments, which [`parse`](super::parse()) understands.
///
/// # Errors
/// As for [`Decoder::new`] and [`Decoder::function`].
pub fn print(artifact: &CodegenArtifact) -> Result<String, ClifError> {
    let unwritten = stand_in(artifact);
    let platform = unwritten.unwrap_or_else(|| CallConv::triple_default(&Triple::host()));
    let decoder = Decoder::new(artifact, platform)?;
    let clif_names = clif_names(artifact);
    let numbered = Numbered::of(artifact);
    let mut text = String::new();
    let mut mentioned = BTreeSet::new();
    for function in artifact.functions() {
        let external = |symbol: SymbolId| UserExternalName::new(0, symbol);
        let function = match &numbered {
            Some(numbered) => Cow::Owned(numbered.function(function)),
            None => Cow::Borrowed(function),
        };
        let mut func = decoder.function(&function, &external)?;
        let names = func.params.user_named_funcs().clone();
        mentioned.extend(names.values().map(|name| name.index));
        let clif_name = |symbol: SymbolId| &clif_names[symbol as usize];
        let rename = |name: &mut ExternalName| {
            if let ExternalName::User(reference) = name {
                let symbol = names[*reference].index;
                *name = ExternalName::testcase(clif_name(symbol));
            }
        };
        func.dfg
            .ext_funcs
            .values_mut()
            .for_each(|callee| rename(&mut callee.name));
        for value in func.global_values.values_mut() {
            if let GlobalValueData::Symbol { name, .. } = value {
                rename(name);
            }
        }
        func.name = UserFuncName::testcase(clif_name(function.body.symbol));
        let written = match unwritten {
            Some(unwritten) => without(unwritten, &func.to_string()),
            None => func.to_string(),
        };
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&written);
    }
    let comments = comments(artifact, &clif_names, &mentioned, numbered.as_ref());
    Ok(match comments.is_empty() {
        true => text,
        false => format!("{comments}\n{text}"),
    })
}

/// The text of a function without a convention that stands for another.
fn without(convention: CallConv, text: &str) -> String {
    let word = format!(" {convention}");
    let head = format!("{word} {{");
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let is_signature = line.trim_start().starts_with("sig");
        if let Some(start) = line.strip_suffix(&head) {
            out.push_str(start);
            out.push_str(" {");
        } else if let Some(start) = line.strip_suffix(&word).filter(|_| is_signature) {
            out.push_str(start);
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}

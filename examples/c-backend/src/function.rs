//! A function: its values are variables, its blocks labels.

use std::fmt::Write as _;

use beskid_plugin_api::artifact::{Outline, SymbolKind};
use beskid_plugin_api::backend::CompileRequest;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::tree::FunctionTree;

use crate::names::attributes;
use crate::operation;
use crate::scalar::{c_type, function_type, unsupported};
use crate::writer::Writer;

/// Writes a function's definition.
pub fn define(
    outline: &Outline,
    tree: &FunctionTree<'_>,
    request: &CompileRequest,
    text: &mut String,
) -> Result<(), Diagnostic> {
    let module = outline.module();
    let id = tree.body().symbol;
    let symbol = module.symbols.get(id as usize);
    let symbol = symbol.ok_or_else(|| unsupported("a function without a symbol"))?;
    let SymbolKind::Function { signature } = symbol.kind else {
        return Err(unsupported("code for data"));
    };
    let signature = module.signatures.get(signature as usize);
    let signature = signature.ok_or_else(|| unsupported("a function without a type"))?;
    if tree.body().stack_limit.is_some() {
        return Err(unsupported("stack limits"));
    }
    let writer = Writer {
        outline,
        tree,
        signature,
    };
    let attributes = attributes(symbol, request);
    write(&writer, id, attributes, text)
}

fn write(
    writer: &Writer<'_>,
    id: u32,
    attributes: &str,
    text: &mut String,
) -> Result<(), Diagnostic> {
    let (_, params) = function_type(writer.signature)?;
    let types = params.trim_matches(['(', ')']).split(", ");
    let named = types.enumerate().map(|(index, ty)| match ty {
        "void" => ty.to_owned(),
        ty => format!("{ty} p{index}"),
    });
    let named = named.collect::<Vec<_>>().join(", ");
    let _ = writeln!(text, "{attributes} r{id} s{id}({named}) {{");
    for value in 0..writer.tree.body().values {
        let _ = writeln!(text, "{} v{value};", c_type(writer.ty(value)?)?);
    }
    for (slot, data) in writer.tree.body().stack_slots.iter().enumerate() {
        let (size, align) = (data.size.max(1), 1_u32 << data.align_shift);
        let _ = writeln!(
            text,
            "u8 k{slot}[{size}] __attribute__((aligned({align})));"
        );
    }
    let entry = writer.tree.blocks.first();
    for (index, value) in entry
        .into_iter()
        .flat_map(|entry| entry.params.clone())
        .enumerate()
    {
        let _ = writeln!(text, "v{value} = p{index};");
    }
    // A block that goes back to the entry jumps behind the parameters.
    for (index, block) in writer.tree.blocks.iter().enumerate() {
        let _ = writeln!(text, "b{index}:;");
        for instruction in &block.instructions {
            let written = operation::write(writer, instruction)?;
            text.push_str(&written);
            text.push('\n');
        }
    }
    text.push_str("}\n");
    Ok(())
}

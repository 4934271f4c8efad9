//! Writing a decoded artifact again, through the builder.

use beskid_plugin_api::artifact::{
    ArtifactBuilder, ArtifactError, CodegenArtifact, Function, InstructionWriter, OperandKind,
    StreamError,
};

/// The artifact, written again from its decoded parts; `None` if the builder
/// would number them anew, because it shares what is equal.
pub fn rewrite(artifact: &CodegenArtifact) -> Option<Result<CodegenArtifact, ArtifactError>> {
    let mut builder = ArtifactBuilder::new(artifact.header().clone());
    let module = artifact.module();
    for (index, signature) in (0..).zip(&module.signatures) {
        if builder.signature(signature) != index {
            return None;
        }
    }
    for (index, form) in (0..).zip(artifact.forms()) {
        if builder.form(form.clone()) != index {
            return None;
        }
    }
    if let Some(debug) = artifact.debug() {
        builder.set_debug(debug.clone());
    }
    for symbol in &module.symbols {
        builder.add_symbol(symbol.clone());
    }
    for data in &module.data {
        builder.add_data(data.clone());
    }
    for function in artifact.functions() {
        let code = instructions(artifact, function).ok()?;
        builder.add_function(function.body.clone(), code);
    }
    Some(builder.finish())
}

fn instructions(
    artifact: &CodegenArtifact,
    function: &Function,
) -> Result<InstructionWriter, StreamError> {
    let mut reader = function.instructions();
    let mut writer = InstructionWriter::default();
    let mut values = Vec::new();
    for block in &function.body.blocks {
        reader.define_values(block.params.len() as u32);
        writer.define_values(block.params.len() as u32);
        for _ in 0..block.instructions {
            let id = reader.form()?;
            writer.form(id);
            let form = &artifact.forms()[id as usize];
            for kind in &form.operands {
                match kind {
                    OperandKind::Value => writer.value(reader.value()?),
                    OperandKind::ValueList => {
                        values.clear();
                        reader.value_list(&mut values)?;
                        writer.value_list(values.iter().copied());
                    }
                    OperandKind::BlockCall => {
                        let call = reader.block_call()?;
                        writer.block_call(call.block, call.args.into_iter());
                    }
                    OperandKind::Imm64 | OperandKind::Offset32 => writer.signed(reader.signed()?),
                    _ => writer.unsigned(reader.unsigned()?),
                }
            }
            reader.define_values(form.results.len() as u32);
            writer.define_values(form.results.len() as u32);
        }
    }
    Ok(writer)
}

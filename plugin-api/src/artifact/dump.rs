//! Artifacts as text, for people.

use std::fmt::{self, Write};

use super::body::{BlockArg, BlockCall, Body, GlobalValue, NameRef};
use super::form::{ATOMIC_OPERATIONS, FLOAT_CONDITIONS, INT_CONDITIONS, OperandKind};
use super::module::{DataInit, DataObject, ImportSource, Linkage, Symbol, SymbolKind};
use super::stream::{InstructionReader, StreamError};
use super::types::Signature;
use super::{CodegenArtifact, Function};

/// Most bases of a global value that are shown in its place.
const MOST_BASES: usize = 4;

impl fmt::Display for CodegenArtifact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = self.header();
        writeln!(f, "artifact {}", self.digest())?;
        writeln!(
            f,
            "producer {} {}",
            header.producer.name, header.producer.version
        )?;
        writeln!(
            f,
            "pointers {} bits, {:?} endian",
            header.pointer_width, header.endianness
        )?;
        if let Some(version) = header.runtime_abi {
            writeln!(f, "runtime ABI {version}")?;
        }
        if let Some(entrypoint) = &header.entrypoint {
            let (name, symbol) = (&entrypoint.name, entrypoint.symbol);
            writeln!(
                f,
                "entrypoint {name} = s{symbol}, result {:?}",
                entrypoint.result
            )?;
        }
        let features = header.features.iter().map(|feature| feature.name());
        writeln!(f, "features [{}]", features.collect::<Vec<_>>().join(", "))?;
        if !self.settings().is_empty() {
            let settings = self.settings().iter().map(|setting| setting.name());
            writeln!(f, "settings [{}]", settings.collect::<Vec<_>>().join(", "))?;
        }
        for (id, symbol) in self.module().symbols.iter().enumerate() {
            write!(f, "s{id} = ")?;
            self.symbol(f, symbol)?;
        }
        for data in &self.module().data {
            dump_data(f, data)?;
        }
        for function in self.functions() {
            self.function(f, function)?;
        }
        if let Some(debug) = self.debug() {
            write!(f, "\n{debug}")?;
        }
        Ok(())
    }
}

impl CodegenArtifact {
    fn symbol(&self, f: &mut fmt::Formatter<'_>, symbol: &Symbol) -> fmt::Result {
        match &symbol.linkage {
            Linkage::Import(ImportSource::Runtime) => write!(f, "import runtime ")?,
            Linkage::Import(ImportSource::Extern { library, abi }) => {
                write!(f, "import extern {abi:?} {library:?} ")?;
            }
            Linkage::Import(ImportSource::Plain) => write!(f, "import ")?,
            linkage => write!(f, "{} ", format!("{linkage:?}").to_lowercase())?,
        }
        let name = symbol.name.as_deref();
        let name = name.map_or_else(|| "(anonymous)".to_owned(), shown);
        match symbol.kind {
            SymbolKind::Function { signature } => {
                write!(f, "function {name}")?;
                match self.module().signatures.get(signature as usize) {
                    Some(signature) => f.write_str(&signature_text(signature))?,
                    None => write!(f, "?")?,
                }
            }
            SymbolKind::Data { writable, tls } => {
                write!(f, "data {name}")?;
                if writable {
                    write!(f, " writable")?;
                }
                if tls {
                    write!(f, " tls")?;
                }
            }
        }
        writeln!(f)
    }

    fn function(&self, f: &mut fmt::Formatter<'_>, function: &Function) -> fmt::Result {
        writeln!(f, "\nfunction s{} {{", function.body.symbol)?;
        let mut reader = function.instructions();
        let mut next = 0;
        for (index, block) in function.body.blocks.iter().enumerate() {
            let params = block.params.iter().enumerate();
            let params = params.map(|(at, ty)| format!("v{}: {ty}", next + at));
            let cold = if block.cold { " cold" } else { "" };
            writeln!(
                f,
                "block{index}({}){cold}:",
                params.collect::<Vec<_>>().join(", ")
            )?;
            next += block.params.len();
            reader.define_values(block.params.len() as u32);
            for _ in 0..block.instructions {
                match self.instruction(&function.body, &mut reader, &mut next) {
                    Ok(text) => writeln!(f, "    {text}")?,
                    // Verification has read the same stream before.
                    Err(error) => return writeln!(f, "    ({})", error.reason),
                }
            }
        }
        writeln!(f, "}}")
    }

    fn instruction(
        &self,
        body: &Body,
        reader: &mut InstructionReader<'_>,
        next: &mut usize,
    ) -> Result<String, StreamError> {
        let form = reader.form()? as usize;
        let Some(form) = self.forms().get(form) else {
            return Ok("(unknown form)".to_owned());
        };
        let mut text = String::new();
        for (index, ty) in form.results.iter().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            let _ = write!(text, "{comma}v{}: {ty}", *next + index);
        }
        if !form.results.is_empty() {
            text.push_str(" = ");
        }
        text.push_str(&form.mnemonic);
        for (index, kind) in form.operands.iter().enumerate() {
            text.push_str(if index > 0 { ", " } else { " " });
            let (prefix, meaning) = match kind {
                OperandKind::Callee => ("fn", Self::callee as fn(&Self, &Body, u64) -> _),
                OperandKind::GlobalValue => ("gv", Self::global_value as _),
                OperandKind::Signature => ("sig", Self::local_signature as _),
                kind => {
                    text.push_str(&operand(reader, *kind)?);
                    continue;
                }
            };
            let index = reader.unsigned()?;
            let _ = write!(text, "{prefix}{index}");
            if let Some(meaning) = meaning(self, body, index) {
                let _ = write!(text, " <{meaning}>");
            }
        }
        *next += form.results.len();
        reader.define_values(form.results.len() as u32);
        Ok(text)
    }

    /// What is called, by its name.
    fn callee(&self, body: &Body, index: u64) -> Option<String> {
        let callee = body.callees.get(usize::try_from(index).ok()?)?;
        Some(self.name(&callee.target))
    }

    fn name(&self, name: &NameRef) -> String {
        match name {
            NameRef::Symbol(id) => {
                let symbol = self.module().symbols.get(*id as usize);
                let name = symbol.and_then(|symbol| symbol.name.as_deref());
                name.map_or_else(|| format!("s{id}"), shown)
            }
            NameRef::LibCall(name) | NameRef::Known(name) => format!("%{}", shown(name)),
        }
    }

    fn global_value(&self, body: &Body, index: u64) -> Option<String> {
        self.computed(body, index, MOST_BASES)
    }

    /// What is computed, down to the name or the context that it begins with,
    /// or so many bases.
    fn computed(&self, body: &Body, index: u64, bases: usize) -> Option<String> {
        let base = |index: u32| {
            let bases = bases.checked_sub(1);
            let value = bases.and_then(|bases| self.computed(body, index.into(), bases));
            value.unwrap_or_else(|| format!("gv{index}"))
        };
        Some(
            match body.global_values.get(usize::try_from(index).ok()?)? {
                GlobalValue::VmContext => "vmctx".to_owned(),
                GlobalValue::Symbol { name, offset, .. } => match offset {
                    0 => self.name(name),
                    offset => format!("{}{offset:+}", self.name(name)),
                },
                GlobalValue::Load {
                    base: from,
                    offset,
                    ty,
                    ..
                } => format!("load.{ty}({}{offset:+})", base(*from)),
                GlobalValue::AddImm {
                    base: from, offset, ..
                } => format!("({}{offset:+})", base(*from)),
                GlobalValue::DynamicScale { vector } => format!("scale of {vector}"),
            },
        )
    }

    fn local_signature(&self, body: &Body, index: u64) -> Option<String> {
        let id = *body.signatures.get(usize::try_from(index).ok()?)?;
        let signature = self.module().signatures.get(id as usize)?;
        Some(signature_text(signature))
    }
}

/// A name on one line.
fn shown(name: &str) -> String {
    name.replace('\n', "\\n")
}

fn operand(reader: &mut InstructionReader<'_>, kind: OperandKind) -> Result<String, StreamError> {
    let named = |prefix: &str, reader: &mut InstructionReader<'_>| {
        reader.unsigned().map(|index| format!("{prefix}{index}"))
    };
    let coded = |names: &[&str], reader: &mut InstructionReader<'_>| {
        let code = reader.unsigned32()? as usize;
        Ok(names
            .get(code)
            .map_or_else(|| format!("?{code}"), |name| (*name).to_owned()))
    };
    match kind {
        OperandKind::Value => reader.value().map(|value| format!("v{value}")),
        OperandKind::ValueList => {
            let mut values = Vec::new();
            reader.value_list(&mut values)?;
            let values = values.iter().map(|value| format!("v{value}"));
            Ok(format!("({})", values.collect::<Vec<_>>().join(", ")))
        }
        OperandKind::BlockCall => reader.block_call().map(|call| block_call(&call)),
        OperandKind::Imm64 | OperandKind::Offset32 => {
            reader.signed().map(|value| value.to_string())
        }
        OperandKind::Ieee16 | OperandKind::Ieee32 => {
            reader.unsigned().map(|bits| format!("{bits:#x}"))
        }
        OperandKind::Ieee64 => {
            let bits = reader.unsigned()?;
            Ok(format!("{bits:#x} ({})", f64::from_bits(bits)))
        }
        OperandKind::IntCondition => coded(&INT_CONDITIONS, reader),
        OperandKind::FloatCondition => coded(&FLOAT_CONDITIONS, reader),
        OperandKind::AtomicOperation => coded(&ATOMIC_OPERATIONS, reader),
        OperandKind::Block => named("block", reader),
        OperandKind::Callee | OperandKind::Signature | OperandKind::GlobalValue => {
            named("", reader)
        }
        OperandKind::StackSlot => named("ss", reader),
        OperandKind::DynamicStackSlot => named("dss", reader),
        OperandKind::JumpTable => named("jt", reader),
        OperandKind::ExceptionTable => named("et", reader),
        OperandKind::Constant => named("const", reader),
        OperandKind::Immediate => named("imm", reader),
        OperandKind::MemoryFlags => named("flags ", reader),
        OperandKind::TrapCode => named("trap ", reader),
        OperandKind::Imm8 => named("", reader),
    }
}

fn block_call(call: &BlockCall) -> String {
    let args = call.args.iter().map(|arg| match arg {
        BlockArg::Value(value) => format!("v{value}"),
        BlockArg::CallResult(index) => format!("ret{index}"),
        BlockArg::ExceptionPayload(index) => format!("exn{index}"),
    });
    format!(
        "block{}({})",
        call.block,
        args.collect::<Vec<_>>().join(", ")
    )
}

fn signature_text(signature: &Signature) -> String {
    let list = |params: &[super::AbiParam]| {
        let types = params.iter().map(|param| param.ty.to_string());
        types.collect::<Vec<_>>().join(", ")
    };
    let mut text = format!("({})", list(&signature.params));
    if !signature.returns.is_empty() {
        let _ = write!(text, " -> {}", list(&signature.returns));
    }
    let _ = write!(text, " {:?}", signature.call_conv);
    text
}

fn dump_data(f: &mut fmt::Formatter<'_>, data: &DataObject) -> fmt::Result {
    write!(f, "data s{}", data.symbol)?;
    if let Some(align) = data.align {
        write!(f, " align {align}")?;
    }
    match &data.init {
        DataInit::Zeroes(size) => write!(f, " zeroes {size}")?,
        DataInit::Bytes(bytes) => write!(f, " \"{}\"", bytes.escape_ascii())?,
    }
    for relocation in &data.relocations {
        let (offset, target, addend) = (relocation.offset, relocation.target, relocation.addend);
        write!(f, " [{offset}: s{target} + {addend}]")?;
    }
    writeln!(f)
}

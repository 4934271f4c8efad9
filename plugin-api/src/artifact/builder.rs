//! Making artifacts.

use std::collections::{BTreeSet, HashMap};

use super::body::Body;
use super::container::{self, Section};
use super::debug::{self, DebugInfo};
use super::error::{ArtifactError, Result};
use super::form::{Form, FormId};
use super::header::{Entrypoint, Feature, Header};
use super::module::{
    DataObject, ImportSource, Linkage, Module, SignatureId, Symbol, SymbolId, SymbolKind,
};
use super::outline::{Contents, Outline};
use super::settings::{self, Setting};
use super::stream::InstructionWriter;
use super::types::Signature;
use super::{BODY, CodegenArtifact, FORM, Function, HEAD, MODU, features, verify};
use crate::digest::Digest;
use crate::runtime_abi::BESKID_RUNTIME_ABI_VERSION;

/// Collects a program and writes it as an artifact. The
/// [module page](super#example) has an example.
///
/// The same calls in the same order give the same bytes. Functions and data may
/// come in any order, and before or after symbols that they refer to.
///
/// Two things of the header are filled in: `runtime_abi`, if it is `None` and
/// the runtime is imported, and the features that are used. What was set there
/// before is kept.
#[derive(Debug)]
pub struct ArtifactBuilder {
    header: Header,
    module: Module,
    signatures: HashMap<Signature, SignatureId>,
    forms: Vec<Form>,
    form_ids: HashMap<Form, FormId>,
    functions: Vec<Function>,
    settings: BTreeSet<Setting>,
    debug: Option<DebugInfo>,
}

impl ArtifactBuilder {
    /// Starts an artifact without symbols.
    pub fn new(header: Header) -> Self {
        Self {
            header,
            module: Module::default(),
            signatures: HashMap::new(),
            forms: Vec::new(),
            form_ids: HashMap::new(),
            functions: Vec::new(),
            settings: BTreeSet::new(),
            debug: None,
        }
    }

    /// Sets the function where execution starts, in place of the one before.
    pub fn set_entrypoint(&mut self, entrypoint: Entrypoint) {
        self.header.entrypoint = Some(entrypoint);
    }

    /// Adds a feature that the contents do not show by themselves.
    pub fn require(&mut self, feature: Feature) {
        self.header.features.insert(feature);
    }

    /// Changes the meaning of all functions.
    pub fn set(&mut self, setting: Setting) {
        self.settings.insert(setting);
    }

    /// Says what debuggers are told, in place of what was said before.
    pub fn set_debug(&mut self, debug: DebugInfo) {
        self.debug = Some(debug);
    }

    /// The number of a signature; equal signatures share one.
    pub fn signature(&mut self, signature: &Signature) -> SignatureId {
        if let Some(id) = self.signatures.get(signature) {
            return *id;
        }
        let id = self.module.signatures.len() as SignatureId;
        self.module.signatures.push(signature.clone());
        self.signatures.insert(signature.clone(), id);
        id
    }

    /// Adds a symbol and returns its number, the next one. A definition also
    /// needs [`Self::add_function`] or [`Self::add_data`].
    pub fn add_symbol(&mut self, symbol: Symbol) -> SymbolId {
        self.module.symbols.push(symbol);
        self.module.symbols.len() as SymbolId - 1
    }

    /// A symbol that was added; it may be changed until [`Self::finish`].
    pub fn symbol_mut(&mut self, id: SymbolId) -> Option<&mut Symbol> {
        self.module.symbols.get_mut(id as usize)
    }

    /// The signature of a symbol that was added, if it is a function.
    pub fn signature_of(&self, id: SymbolId) -> Option<&Signature> {
        match self.module.symbols.get(id as usize)?.kind {
            SymbolKind::Function { signature } => self.module.signatures.get(signature as usize),
            SymbolKind::Data { .. } => None,
        }
    }

    /// Defines a data symbol, once.
    pub fn add_data(&mut self, data: DataObject) {
        self.module.data.push(data);
    }

    /// A data object that was added, by its symbol.
    pub fn data_mut(&mut self, symbol: SymbolId) -> Option<&mut DataObject> {
        self.module
            .data
            .iter_mut()
            .find(|data| data.symbol == symbol)
    }

    /// The number of an instruction form; equal forms share one.
    pub fn form(&mut self, form: Form) -> FormId {
        if let Some(id) = self.form_ids.get(&form) {
            return *id;
        }
        let id = self.forms.len() as FormId;
        self.forms.push(form.clone());
        self.form_ids.insert(form, id);
        id
    }

    /// Defines a function symbol, once. `body.values` is set to the number of
    /// values that the writer defined.
    pub fn add_function(&mut self, mut body: Body, instructions: InstructionWriter) {
        body.values = instructions.values();
        self.functions.push(Function {
            body,
            stream: instructions.into_bytes(),
            types: Vec::new(),
        });
    }

    /// Verifies the program and writes the artifact.
    ///
    /// # Errors
    /// [`ArtifactError::Invalid`] (E5007) if the calls do not make up a consistent
    /// program; it names the symbol, or the function and instruction.
    pub fn finish(mut self) -> Result<CodegenArtifact> {
        self.module.data.sort_by_key(|data| data.symbol);
        self.functions.sort_by_key(|function| function.body.symbol);
        let uses_runtime = self
            .module
            .symbols
            .iter()
            .any(|symbol| symbol.linkage == Linkage::Import(ImportSource::Runtime));
        if uses_runtime && self.header.runtime_abi.is_none() {
            self.header.runtime_abi = Some(BESKID_RUNTIME_ABI_VERSION);
        }
        let mut contents = Contents {
            header: self.header,
            module: self.module,
            forms: self.forms,
            settings: self.settings,
            debug: self.debug,
        };
        let mut functions = self.functions;
        let used = features::of(&contents, &functions);
        contents.header.features.extend(used);
        // Decoding what is written gives these contents again.
        verify::check(&contents, &mut functions)?;
        let (bytes, digest) = write(&contents, &functions)?;
        let outline = Outline {
            bytes: bytes.into(),
            digest,
            contents,
        };
        Ok(CodegenArtifact { outline, functions })
    }
}

pub(super) fn write(contents: &Contents, functions: &[Function]) -> Result<(Vec<u8>, Digest)> {
    let head = encode(&contents.header, "HEAD")?;
    let module = encode(&contents.module, "MODU")?;
    let forms = encode(&contents.forms, "FORM")?;
    let mut bodies = Vec::new();
    put(&mut bodies, functions.len() as u64);
    let mut size = Vec::new();
    let mut body = Vec::new();
    for (index, function) in functions.iter().enumerate() {
        body.clear();
        body =
            postcard::to_extend(&function.body, body).map_err(|error| refused("BODY", &error))?;
        size.clear();
        put(&mut size, body.len() as u64);
        let length = size.len() + body.len() + function.stream.len();
        if u32::try_from(length).is_err() {
            return Err(ArtifactError::Invalid {
                section: "BODY",
                place: format!("function {index}"),
                reason: format!("{length} bytes are more than a function may have"),
            });
        }
        put(&mut bodies, length as u64);
        for part in [&size, &body, &function.stream] {
            bodies.extend_from_slice(part);
        }
    }
    let section = |tag, payload| Section {
        tag,
        required: true,
        payload,
    };
    let settings = settings::names(&contents.settings);
    let settings = settings.map(|names| encode(&names, "SETT")).transpose()?;
    let mut sections = vec![
        section(HEAD, &head),
        section(MODU, &module),
        section(FORM, &forms),
        section(BODY, &bodies),
    ];
    sections.extend(
        settings
            .as_ref()
            .map(|names| section(settings::SETT, names)),
    );
    let debug = contents.debug.as_ref();
    let debug = debug.map(|info| encode(info, "DBUG")).transpose()?;
    sections.extend(debug.as_ref().map(|info| Section {
        required: false,
        ..section(debug::DBUG, info)
    }));
    Ok(container::write(&sections))
}

fn put(into: &mut Vec<u8>, number: u64) {
    let mut writer = InstructionWriter::default();
    writer.unsigned(number);
    into.extend(writer.into_bytes());
}

fn encode<T: serde::Serialize>(value: &T, section: &'static str) -> Result<Vec<u8>> {
    postcard::to_stdvec(value).map_err(|error| refused(section, &error))
}

fn refused(section: &'static str, error: &postcard::Error) -> ArtifactError {
    ArtifactError::Invalid {
        section,
        place: "encoding".to_owned(),
        reason: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::{
        AbiParam, Block, CallConv, Form, InstructionWriter, Linkage, LocatedArtifact, OperandKind,
        Setting, Symbol, Type,
    };

    #[test]
    fn what_the_builder_knows_is_what_a_reader_finds() {
        let mut builder = ArtifactBuilder::new(Header::new("test", "1"));
        builder.set(Setting::FramePointers);
        let signature = builder.signature(&Signature {
            call_conv: CallConv::Platform,
            params: vec![AbiParam::new(Type::I64)],
            returns: vec![AbiParam::new(Type::I64)],
        });
        let symbol = builder.add_symbol(Symbol {
            name: Some("f".to_owned()),
            kind: SymbolKind::Function { signature },
            linkage: Linkage::Export,
        });
        let form = builder.form(Form {
            mnemonic: "return".to_owned(),
            operands: vec![OperandKind::ValueList],
            results: Vec::new(),
        });
        let mut code = InstructionWriter::default();
        code.define_values(1);
        code.form(form);
        code.value_list([0].into_iter());
        let entry = Block {
            params: vec![Type::I64],
            cold: true,
            instructions: 1,
        };
        let body = Body {
            symbol,
            blocks: vec![entry],
            positions: vec![(0, 7)],
            ..Body::default()
        };
        builder.add_function(body, code);
        let written = builder.finish().unwrap();
        let read = CodegenArtifact::decode(written.bytes()).unwrap();
        assert_eq!(written.contents, read.contents);
        assert_eq!(written.functions, read.functions);
        assert_eq!(written.digest, read.digest);
        let located = LocatedArtifact::locate(written.bytes()).unwrap();
        assert_eq!(located.function_count(), 1);
        assert_eq!(located.function_symbol(0), Some(symbol));
        assert_eq!(located.function(0).as_ref(), Ok(&read.functions[0]));
        assert_eq!(located.function(1).unwrap_err().code(), "E5007");
    }
}

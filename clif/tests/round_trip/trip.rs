//! The way of a function into an artifact's bytes and back.

use beskid_clif::decode::Decoder;
use beskid_clif::encode::{self, EncodeCache, SymbolNames};
use beskid_plugin_api::artifact::*;
use cranelift_codegen::ir::{self, UserExternalName};
use cranelift_codegen::isa::CallConv;
use cranelift_reader::parse_functions;

/// Symbol of each name that a function may mention; the rest is unknown.
const NAMES: [(u32, u32); 8] = [
    // The function itself, the only one that is defined.
    (0, 9),
    // Imported functions.
    (0, 0),
    (0, 1),
    (0, 2),
    (0, 3),
    // Imported data, data of this artifact, and the same for each thread.
    (1, 0),
    (1, 1),
    (1, 2),
];

struct Numbered;

impl SymbolNames for Numbered {
    fn user(&mut self, name: &UserExternalName) -> Option<SymbolId> {
        let name = (name.namespace, name.index);
        let symbol = NAMES.iter().position(|known| *known == name);
        symbol.map(|symbol| symbol as SymbolId)
    }

    fn textual(&mut self, _: &[u8]) -> Option<SymbolId> {
        None
    }
}

/// Declares all names; the functions have this signature.
fn builder_with(signature: &ir::Signature) -> ArtifactBuilder {
    let mut builder = ArtifactBuilder::new(Header::new("test", "1"));
    let signature = encode::signature(signature, None).unwrap();
    let signature = builder.signature(&signature);
    for (symbol, (namespace, index)) in NAMES.iter().enumerate() {
        let defined = matches!((namespace, index), (0, 9) | (1, 1..));
        builder.add_symbol(Symbol {
            name: Some(format!("name{namespace}_{index}")),
            kind: match namespace {
                0 => SymbolKind::Function { signature },
                _ => SymbolKind::Data {
                    writable: true,
                    tls: *index == 2,
                },
            },
            linkage: match defined {
                true => Linkage::Export,
                false => Linkage::Import(ImportSource::Plain),
            },
        });
        if defined && *namespace == 1 {
            builder.add_data(DataObject {
                symbol: symbol as SymbolId,
                init: DataInit::Zeroes(8),
                align: None,
                section: None,
                used: false,
                relocations: Vec::new(),
                role: DataRole::Plain,
            });
        }
    }
    builder
}

/// The artifact of one function, or why there is none.
pub fn encoded(func: &ir::Function) -> Result<CodegenArtifact, String> {
    encoded_as(func, &func.signature)
}

/// As [`encoded`], for a function that was declared with this signature.
pub fn encoded_as(
    func: &ir::Function,
    declared: &ir::Signature,
) -> Result<CodegenArtifact, String> {
    let mut builder = builder_with(declared);
    let mut cache = EncodeCache::default();
    encode::function(&mut builder, &mut cache, 0, func, None, &mut Numbered)
        .map_err(|error| error.to_string())?;
    builder.finish().map_err(|error| error.to_string())
}

/// The function of an artifact, or why there is none.
pub fn decoded(artifact: &CodegenArtifact) -> Result<ir::Function, String> {
    let decoder = Decoder::new(artifact, CallConv::SystemV).map_err(|error| error.to_string())?;
    let external = |symbol: SymbolId| {
        let (namespace, index) = NAMES[symbol as usize];
        UserExternalName::new(namespace, index)
    };
    decoder
        .function(&artifact.functions()[0], &external)
        .map_err(|error| error.to_string())
}

/// Text of a function without its name. Names that the text shows by their
/// place in the function's table are looked up there.
pub fn printed(func: &ir::Function) -> String {
    let text = func.to_string();
    let mut text = text.split_once('(').unwrap().1.to_owned();
    // From the last on, because the first ones' numbers begin those of others.
    for (reference, name) in func.params.user_named_funcs().iter().rev() {
        text = text.replace(&reference.to_string(), &name.to_string());
    }
    text
}

/// The first function of a text.
#[track_caller]
pub fn parsed(clif: &str) -> ir::Function {
    let functions = parse_functions(clif);
    let mut functions = functions.unwrap_or_else(|error| panic!("{error}: {clif}"));
    functions.remove(0)
}

/// What comes back of a function, through bytes that were read again. The way
/// back into an artifact must give the same bytes.
#[track_caller]
pub fn back(func: &ir::Function) -> ir::Function {
    let artifact = encoded(func).unwrap_or_else(|reason| panic!("{reason}: {func}"));
    let artifact = CodegenArtifact::decode(artifact.bytes().to_vec()).unwrap();
    let result = decoded(&artifact).unwrap_or_else(|reason| panic!("{reason}: {func}"));
    assert_eq!(encoded(&result).unwrap().bytes(), artifact.bytes());
    result
}

/// As [`back`], for a function whose blocks and values are numbered in layout
/// order: its text and the types of its results must be the same.
#[track_caller]
pub fn survives(func: &ir::Function) -> ir::Function {
    let result = back(func);
    assert_eq!(printed(&result), printed(func));
    assert_eq!(result_types(&result), result_types(func));
    result
}

fn result_types(func: &ir::Function) -> Vec<Vec<ir::Type>> {
    let types = instructions(func).map(|inst| {
        let results = func.dfg.inst_results(inst).iter();
        results.map(|value| func.dfg.value_type(*value)).collect()
    });
    types.collect()
}

/// The instructions of the layout, in order.
pub fn instructions(func: &ir::Function) -> impl Iterator<Item = ir::Inst> + '_ {
    let blocks = func.layout.blocks();
    blocks.flat_map(|block| func.layout.block_insts(block))
}

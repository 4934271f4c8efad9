//! Valid programs whose sections surround the one that the fuzzer makes up.

use std::collections::HashSet;
use std::str::FromStr;
use std::sync::OnceLock;

use beskid_clif::text;
use beskid_plugin_api::artifact::{
    ArtifactBuilder, ArtifactError, CodegenArtifact, DataInit, DataObject, DataRelocation,
    DataRole, Feature, Form, Header, Lane, Linkage, OperandKind, Symbol, SymbolKind, Type,
};
use cranelift_codegen::ir::instructions::InstructionFormat;
use cranelift_codegen::ir::{self, Opcode};

use crate::container::{DEBUG, TAGS, join, payload};

/// One valid program, taken apart.
#[derive(Debug)]
pub struct Shell {
    /// What it was made from.
    pub name: &'static str,
    /// The payloads, in the order of [`TAGS`].
    pub payloads: [Vec<u8>; 4],
    /// The payload that tells debuggers something, if there is one.
    pub debug: Option<Vec<u8>>,
    /// The form table.
    pub forms: Vec<Form>,
}

impl Shell {
    /// The program with another module section.
    pub fn with_module(&self, module: &[u8]) -> Vec<u8> {
        let [head, _, forms, bodies] = &self.payloads;
        join([head, module, forms, bodies], self.debug.as_deref())
    }

    /// The program with other function bodies.
    pub fn with_bodies(&self, bodies: &[u8]) -> Vec<u8> {
        let [head, module, forms, _] = &self.payloads;
        join([head, module, forms, bodies], self.debug.as_deref())
    }

    fn of(name: &'static str, bytes: &[u8]) -> Option<Self> {
        let forms = CodegenArtifact::decode(bytes).ok()?.forms().to_vec();
        let [head, module, table, bodies] = TAGS.map(|tag| payload(bytes, tag));
        let payloads = [head?, module?, table?, bodies?].map(<[u8]>::to_vec);
        Some(Self {
            name,
            payloads,
            debug: payload(bytes, DEBUG).map(<[u8]>::to_vec),
            forms,
        })
    }

    fn of_text(name: &'static str, text: &str) -> Option<Self> {
        let tests = text::tests::read(text).ok()?;
        let directives = (0..tests.count()).collect::<Vec<_>>();
        let artifact = tests.artifact(&directives).ok()?;
        Self::of(name, artifact.bytes())
    }
}

macro_rules! files {
    ($include:ident: $($path:literal),* $(,)?) => {
        [$(($path, &$include!(concat!("../../", $path))[..])),*]
    };
}

/// Every shell. An input chooses by its first byte; new ones go to the end,
/// so that old inputs keep their meaning.
pub fn shells() -> &'static [Shell] {
    static SHELLS: OnceLock<Vec<Shell>> = OnceLock::new();
    SHELLS.get_or_init(|| {
        let goldens = files![include_bytes:
            "tests/goldens/v1/arithmetic.bska",
            "tests/goldens/v1/collatz.bska",
            "tests/goldens/v1/features.bska",
            "tests/goldens/v1/hello.bska",
            "tests/goldens/v1/primes.bska",
            "tests/goldens/v1/strings.bska",
        ];
        let texts = files![include_str:
            "tests/cases/clif/wide_integers.clif",
            "tests/cases/clif/control.clif",
            "tests/cases/clif/integers.clif",
            "tests/cases/clif/floats.clif",
            "tests/cases/clif/vectors.clif",
            "tests/cases/clif/memory.clif",
            "tests/cases/clif/calls.clif",
        ];
        let goldens = goldens.iter().map(|(name, bytes)| Shell::of(name, bytes));
        let texts = texts.iter().map(|(name, text)| Shell::of_text(name, text));
        let plain = text::parse(include_str!("../shells/every_format.clif"), None);
        let plain = plain.ok();
        let every =
            plain.and_then(|plain| Shell::of("fuzz/shells/every_format.clif", plain.bytes()));
        let mut shells = goldens
            .chain(texts)
            .chain([every])
            .enumerate()
            .map(|(index, shell)| {
                assert!(shell.is_some(), "shell {index} is not a valid program");
                shell
            })
            .collect::<Option<Vec<_>>>()
            .unwrap_or_default();
        widen(&mut shells);
        let data = data().ok();
        shells.extend(data.and_then(|data| Shell::of("data objects of every kind", data.bytes())));
        let told = include_bytes!("../../tests/goldens/v1/debug.bska");
        shells.extend(Shell::of("tests/goldens/v1/debug.bska", told));
        shells
    })
}

/// Gives the last shell a form for every opcode of Cranelift, in every type
/// that is not scalable. Operand kinds are those that a shell has for the
/// opcode's instruction format.
fn widen(shells: &mut [Shell]) {
    let known = shells.iter().flat_map(|shell| &shell.forms);
    let operands = known
        .filter_map(|form| {
            let opcode = Opcode::from_str(&form.mnemonic).ok()?;
            Some((opcode.format(), form.operands.clone()))
        })
        .collect::<Vec<(InstructionFormat, Vec<OperandKind>)>>();
    let Some(last) = shells.last_mut() else {
        return;
    };
    let mut seen: HashSet<Form> = last.forms.iter().cloned().collect();
    for opcode in Opcode::all() {
        if *opcode == Opcode::ExtractVector {
            // Takes only scalable vectors.
            continue;
        }
        let mut operands = operands.iter();
        let Some((_, operands)) = operands.find(|(format, _)| *format == opcode.format()) else {
            continue;
        };
        for results in results(*opcode) {
            let form = Form {
                mnemonic: opcode.to_string(),
                operands: operands.clone(),
                results,
            };
            if seen.insert(form.clone()) {
                last.forms.push(form);
            }
        }
    }
    let mut header = Header::new("fuzz", "0");
    header.features = Feature::ALL.into_iter().collect();
    header.features.remove(&Feature::ScalableSimd);
    let tables = (
        postcard::to_stdvec(&header),
        postcard::to_stdvec(&last.forms),
    );
    if let (Ok(header), Ok(forms)) = tables {
        last.payloads[0] = header;
        last.payloads[2] = forms;
    }
}

/// A program without functions that defines data of every kind.
fn data() -> Result<CodegenArtifact, ArtifactError> {
    let mut builder = ArtifactBuilder::new(Header::new("fuzz", "0"));
    let kinds = [
        (DataInit::Zeroes(64), None, false),
        (DataInit::Zeroes(64), Some(".named"), false),
        (DataInit::Zeroes(64), None, true),
        (DataInit::Bytes(vec![7; 16]), None, false),
        (DataInit::Bytes(vec![7; 16]), Some(".named"), false),
        (DataInit::Bytes(vec![7; 16]), None, true),
    ];
    for (index, (init, section, tls)) in (0..).zip(kinds) {
        let symbol = builder.add_symbol(Symbol {
            name: Some(format!("data{index}")),
            kind: SymbolKind::Data {
                writable: index % 2 == 0,
                tls,
            },
            linkage: Linkage::Export,
        });
        builder.add_data(DataObject {
            symbol,
            init,
            align: Some(16),
            section: section.map(str::to_owned),
            used: index % 3 == 0,
            relocations: vec![DataRelocation {
                offset: 8,
                target: 0,
                addend: -8,
            }],
            role: DataRole::Plain,
        });
    }
    builder.finish()
}

/// The result types that an opcode can have.
fn results(opcode: Opcode) -> Vec<Vec<Type>> {
    if opcode.is_call() {
        let types = [Lane::I8, Lane::I32, Lane::I64, Lane::F64].map(Type::scalar);
        let one = types.map(|ty| vec![ty]);
        return one
            .into_iter()
            .chain([Vec::new(), types.to_vec()])
            .collect();
    }
    let constraints = opcode.constraints();
    let count = constraints.num_fixed_results();
    let all = |controlling: ir::Type| {
        let types =
            (0..count).map(|index| artifact_type(constraints.result_type(index, controlling)));
        types.collect::<Option<Vec<_>>>()
    };
    match constraints.ctrl_typeset() {
        None => all(ir::types::INVALID).into_iter().collect(),
        Some(set) => LANES
            .iter()
            .flat_map(|(_, lane)| [0, 1, 2, 3, 4].map(|log2| lane.by(1 << log2)))
            .flatten()
            .filter(|ty| ty.lane_count() == 1 || matches!(ty.bits(), 64 | 128))
            .filter(|ty| set.contains(*ty))
            .filter_map(all)
            .collect(),
    }
}

const LANES: [(Lane, ir::Type); 9] = [
    (Lane::I8, ir::types::I8),
    (Lane::I16, ir::types::I16),
    (Lane::I32, ir::types::I32),
    (Lane::I64, ir::types::I64),
    (Lane::I128, ir::types::I128),
    (Lane::F16, ir::types::F16),
    (Lane::F32, ir::types::F32),
    (Lane::F64, ir::types::F64),
    (Lane::F128, ir::types::F128),
];

fn artifact_type(ty: ir::Type) -> Option<Type> {
    let lane = LANES.iter().find(|(_, lane)| *lane == ty.lane_type());
    let log2 = u8::try_from(ty.log2_lane_count()).ok()?;
    Type::vector(lane?.0, log2, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_is_a_valid_program() {
        for shell in shells() {
            let whole = shell.with_bodies(&shell.payloads[3]);
            assert_eq!(shell.with_module(&shell.payloads[1]), whole);
            let decoded = CodegenArtifact::decode(whole);
            assert!(decoded.is_ok(), "{}: {decoded:?}", shell.name);
        }
    }

    #[test]
    fn one_shell_has_every_instruction_that_is_not_scalable() {
        let forms = shells().iter().flat_map(|shell| &shell.forms);
        let forms = forms.collect::<Vec<_>>();
        let named = |mnemonic: &str| {
            let forms = forms.iter();
            forms.filter(|form| form.mnemonic == mnemonic).count()
        };
        for opcode in Opcode::all() {
            let scalable = [Opcode::ExtractVector, Opcode::DynamicStackAddr];
            assert_eq!(
                named(&opcode.to_string()) == 0,
                scalable.contains(opcode),
                "{opcode}"
            );
        }
    }
}

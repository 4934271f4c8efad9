//! `CodegenArtifact`: a program in a stable, versioned form that names no
//! backend.
//!
//! An artifact is a byte string with an identity, its [digest](crate::digest::Digest). Frontends
//! make one with an [`ArtifactBuilder`]; every backend receives the identical
//! bytes (BK-2) and decodes them with [`CodegenArtifact::decode`], which verifies
//! them. The program is in CLIF, Cranelift's intermediate language, but neither a
//! Cranelift type nor a Cranelift version is in the format.
//!
//! This page is the model. `docs/artifact-format.md` describes the bytes, for
//! readers and writers in other languages.
//!
//! # The model
//!
//! | part | type | what |
//! |---|---|---|
//! | header | [`Header`] | producer, pointer width, byte order, entrypoint, features: what a backend must know before it compiles |
//! | module | [`Module`] | [`Signature`]s, [`Symbol`]s, [`DataObject`]s |
//! | forms | list of [`Form`] | the instructions in use: mnemonic, operand kinds, result types |
//! | functions | list of [`Function`] | a [`Body`] and an instruction stream for each function definition |
//! | settings | set of [`Setting`] | what changes the meaning of all functions; most programs have none |
//! | debug information | [`DebugInfo`](debug::DebugInfo) | what debuggers show; optional |
//!
//! Everything is referred to by its index in its list. Symbols and module
//! signatures count through the whole artifact ([`SymbolId`], [`SignatureId`]);
//! all other indices are local to one body.
//!
//! A **symbol** is a function or data. Its [`Linkage`] says whether it is
//! imported, and from where, or defined, and for whom to see. Each function
//! definition has one body, each data definition one data object.
//!
//! A **body** has blocks in layout order; the first is the entry, and its
//! parameters are the function's. A block has parameters instead of phi nodes: a
//! branch passes an argument for each.
//!
//! **Values** have no definition lists. They are numbered densely in creation
//! order: block by block in layout order, first the block's parameters, then the
//! results of its instructions, one after the other. Instructions are numbered
//! the same way. So a reader knows the number of every value from where it
//! stands, and [`Function::value_types`] has the type of each.
//!
//! The **instruction stream** holds the instructions of all blocks without gaps:
//! for each the index of its form, then its operands in the form's order. A
//! [`Form`] is a mnemonic as CLIF's text spells it, without a type suffix, the
//! kinds of its operands and the types of its results. [`OperandKind`] says what
//! is in the stream for each kind. So a reader can walk past an instruction that
//! it has never heard of, and refuse it by name.
//!
//! Values in the stream are distances from the next value number. The writer and
//! the reader count along: each calls `define_values` for the parameters of a
//! block before its first instruction, and for the results of an instruction
//! after its operands.
//!
//! An instruction means what its mnemonic means in CLIF. What CLIF's text does not
//! show:
//!
//! - The immediate of an `iconst` narrower than 64 bits is zero-extended: -1 as
//!   `i8` is 255.
//! - A direct call has a callee and its arguments; an indirect call has a
//!   signature and a list that begins with the address.
//! - A call that may throw ends with its exception table. `try_call_indirect` has
//!   no operand for the signature: that of the table counts.
//! - Memory flags come before the other operands of loads, stores and atomics.
//!
//! [`Form`] lists the operand kinds of every mnemonic of CLIF.
//!
//! # What verification guarantees
//!
//! Decoding refuses what breaks one of these rules, with an [`ArtifactError`]. So
//! a backend may rely on them without checks of its own.
//!
//! - *Header*: the pointer width is 32 or 64. The entrypoint is a function
//!   defined here, takes no parameters, and returns the machine type of its
//!   [`ResultKind`]. `features` has all that the program uses; [`Feature`] says
//!   what counts as use. `runtime_abi` is given if a function of the runtime is
//!   imported.
//! - *Symbols*: names are unique, not empty, without NUL and `@`; a symbol without
//!   a name is local. A runtime function that [`runtime_abi`](crate::runtime_abi) lists
//!   is imported with the signature listed there (ABI-002); other names pass, as
//!   they may belong to a newer runtime.
//! - *Data*: alignments are powers of two up to 65536; relocations lie inside
//!   their object and name a symbol; all zeroes together take at most 4 GiB.
//! - *Definitions*: functions and data objects stand in symbol order, exactly one
//!   for each definition, none for an import.
//! - *Bodies*: there is a block; the entry's parameters have the types of the
//!   signature. Every index exists: signatures, callees (which are functions),
//!   global values, alias regions, stack slots, tables, blocks, values,
//!   instructions. The base of a global value is an earlier one. Nothing imported
//!   is `colocated`. Functions of the runtime and of libraries are called with the
//!   types of their import's signature. Stack slots are aligned to at most 2^16
//!   bytes. Source positions ascend.
//! - *Streams*: each block has as many instructions as it declares, the stream
//!   ends with the last, and the body has as many values as it declares. Every
//!   operand is well-formed for its kind and in range.
//! - *Types*: a branch passes values of the types of the block's parameters. The
//!   arguments of a call have the types of its signature, and so have its
//!   results, if its form has any.
//!
//! Not guaranteed, because it takes CLIF's rules to tell: that a mnemonic exists
//! and its form has the operands and results that CLIF gives it; that operands
//! other than those above have fitting types; that a block ends with a branch, a
//! return or a trap, and has none before; that definitions dominate uses (a
//! value may be used before the walk reaches it); that `return` fits the
//! signature; that constants and immediates have the length their user wants;
//! that names of library routines are known; that the target has the types; that
//! the entrypoint can be called from C, which
//! [`accept`](crate::backend::accept) checks. A backend refuses an
//! unknown instruction with E5006 and a broken rule with E5007, before it runs
//! anything.
//!
//! # Identity and determinism
//!
//! The digest is BLAKE3 of all that stands before it in the file. The same calls
//! of a builder in the same order give the same bytes: nothing depends on time,
//! paths, hash order or the machine. A backend reports the digest of what it
//! compiled, and the host compares it (BK-2).
//!
//! # Versions
//!
//! Each file carries [`FORMAT_VERSION`]. Any change of the bytes of a structure
//! makes a new one; readers read the current version and every earlier one. A
//! file with a newer version is refused as newer (E5002), before anything else
//! is looked at. Additions come as new sections: readers skip sections that they
//! do not know, unless these are marked as required (E5005).
//!
//! # Example
//!
//! `main` returns 42: the sum of the numbers up to 8, from a loop, and 6.
//!
//! ```
//! use beskid_plugin_api::artifact::*;
//!
//! let form = |mnemonic: &str, operands: &[OperandKind], results: &[Type]| Form {
//!     mnemonic: mnemonic.into(),
//!     operands: operands.into(),
//!     results: results.into(),
//! };
//! let block = |params: &[Type], instructions| Block {
//!     params: params.into(),
//!     cold: false,
//!     instructions,
//! };
//! let mut builder = ArtifactBuilder::new(Header::new("example", "1"));
//!
//! // Signatures and symbols. Symbol 0 is `main`, symbol 1 `sum_to`.
//! let i64s = |count| vec![AbiParam::new(Type::I64); count];
//! let [nullary, unary] = [0, 1].map(|params| {
//!     builder.signature(&Signature {
//!         call_conv: CallConv::Platform,
//!         params: i64s(params),
//!         returns: i64s(1),
//!     })
//! });
//! let mut function = |name: &str, signature, linkage| {
//!     builder.add_symbol(Symbol {
//!         name: Some(name.into()),
//!         kind: SymbolKind::Function { signature },
//!         linkage,
//!     })
//! };
//! let main = function("main", nullary, Linkage::Export);
//! let sum_to = function("sum_to", unary, Linkage::Local);
//! builder.set_entrypoint(Entrypoint {
//!     symbol: main,
//!     name: "main".into(),
//!     result: ResultKind::I64,
//! });
//!
//! // The forms: what instructions there are.
//! use OperandKind as Op;
//! let iconst = builder.form(form("iconst", &[Op::Imm64], &[Type::I64]));
//! let iadd = builder.form(form("iadd", &[Op::Value, Op::Value], &[Type::I64]));
//! let call = builder.form(form("call", &[Op::Callee, Op::ValueList], &[Type::I64]));
//! let jump = builder.form(form("jump", &[Op::BlockCall], &[]));
//! let brif = builder.form(form("brif", &[Op::Value, Op::BlockCall, Op::BlockCall], &[]));
//! let ret = builder.form(form("return", &[Op::ValueList], &[]));
//!
//! // `main`: one block. Each instruction is its form, its operands, and the
//! // number of its results.
//! let mut code = InstructionWriter::default();
//! code.form(iconst);
//! code.signed(8);
//! code.define_values(1); // v0
//! code.form(call);
//! code.unsigned(0); // the body's callee 0
//! code.value_list([0].into_iter());
//! code.define_values(1); // v1
//! code.form(iconst);
//! code.signed(6);
//! code.define_values(1); // v2
//! code.form(iadd);
//! code.value(1);
//! code.value(2);
//! code.define_values(1); // v3
//! code.form(ret);
//! code.value_list([3].into_iter());
//! let callee = Callee {
//!     target: NameRef::Symbol(sum_to),
//!     signature: 0, // of the body's signatures
//!     colocated: true,
//!     patchable: false,
//! };
//! let body = Body {
//!     symbol: main,
//!     signatures: vec![unary],
//!     callees: vec![callee],
//!     blocks: vec![block(&[], 5)],
//!     ..Body::default()
//! };
//! builder.add_function(body, code);
//!
//! // `sum_to(n)`: a loop with two variables, what is left and the sum so far.
//! let value = BlockArg::Value;
//! let mut code = InstructionWriter::default();
//! code.define_values(1); // block0's parameter: v0
//! code.form(iconst);
//! code.signed(0);
//! code.define_values(1); // v1
//! code.form(jump);
//! code.block_call(1, [value(0), value(1)].into_iter());
//! code.define_values(2); // block1's parameters: v2, v3
//! code.form(brif);
//! code.value(2);
//! code.block_call(2, [].into_iter());
//! code.block_call(3, [].into_iter());
//! code.form(iadd);
//! code.value(3);
//! code.value(2);
//! code.define_values(1); // v4
//! code.form(iconst);
//! code.signed(-1);
//! code.define_values(1); // v5
//! code.form(iadd);
//! code.value(2);
//! code.value(5);
//! code.define_values(1); // v6
//! code.form(jump);
//! code.block_call(1, [value(6), value(4)].into_iter());
//! code.form(ret);
//! code.value_list([3].into_iter());
//! let pair = [Type::I64; 2];
//! let body = Body {
//!     symbol: sum_to,
//!     blocks: vec![block(&pair[..1], 2), block(&pair, 1), block(&[], 4), block(&[], 1)],
//!     ..Body::default()
//! };
//! builder.add_function(body, code);
//!
//! // The artifact displays as text, below its digest.
//! let artifact = builder.finish()?;
//! let text = artifact.to_string();
//! let (digest, dump) = text.split_once('\n').unwrap();
//! assert_eq!(digest, format!("artifact {}", artifact.digest()));
//! assert_eq!(dump, "\
//! producer example 1
//! pointers 64 bits, Little endian
//! entrypoint main = s0, result I64
//! features []
//! s0 = export function main() -> i64 Platform
//! s1 = local function sum_to(i64) -> i64 Platform
//!
//! function s0 {
//! block0():
//!     v0: i64 = iconst 8
//!     v1: i64 = call fn0 <sum_to>, (v0)
//!     v2: i64 = iconst 6
//!     v3: i64 = iadd v1, v2
//!     return (v3)
//! }
//!
//! function s1 {
//! block0(v0: i64):
//!     v1: i64 = iconst 0
//!     jump block1(v0, v1)
//! block1(v2: i64, v3: i64):
//!     brif v2, block2(), block3()
//! block2():
//!     v4: i64 = iadd v3, v2
//!     v5: i64 = iconst -1
//!     v6: i64 = iadd v2, v5
//!     jump block1(v6, v4)
//! block3():
//!     return (v3)
//! }
//! ");
//!
//! // A reader walks the instructions without knowing what they mean.
//! let artifact = CodegenArtifact::decode(artifact.bytes())?;
//! let mut mnemonics = Vec::new();
//! for function in artifact.functions() {
//!     let mut code = function.instructions();
//!     for block in &function.body.blocks {
//!         code.define_values(block.params.len() as u32);
//!         for _ in 0..block.instructions {
//!             let form = &artifact.forms()[code.form()? as usize];
//!             for kind in &form.operands {
//!                 match kind {
//!                     Op::Value => drop(code.value()?),
//!                     Op::ValueList => code.value_list(&mut Vec::new())?,
//!                     Op::BlockCall => drop(code.block_call()?),
//!                     Op::Imm64 | Op::Offset32 => drop(code.signed()?),
//!                     _ => drop(code.unsigned()?),
//!                 }
//!             }
//!             code.define_values(form.results.len() as u32);
//!             mnemonics.push(form.mnemonic.as_str());
//!         }
//!     }
//!     assert!(code.is_at_end());
//! }
//! assert_eq!(mnemonics[..5], ["iconst", "call", "iconst", "iadd", "return"]);
//! assert_eq!(mnemonics.len(), 5 + 8);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod body;
mod builder;
mod container;
pub mod debug;
mod dump;
mod error;
mod features;
mod form;
mod function;
mod header;
mod json;
mod located;
mod module;
mod outline;
mod sections;
mod settings;
mod stream;
mod trace;
mod types;
mod verify;

pub use body::*;
pub use builder::ArtifactBuilder;
pub use container::{FORMAT_VERSION, MAGIC};
pub use error::ArtifactError;
pub use form::*;
pub use function::{Function, LocatedFunction};
pub use header::*;
pub use located::LocatedArtifact;
pub use module::*;
pub use outline::Outline;
pub use settings::Setting;
pub use stream::{InstructionReader, InstructionWriter, StreamError};
pub use types::*;

use std::ops::Deref;
use std::sync::Arc;

use error::Result;
use sections::read_bodies;

const HEAD: [u8; 4] = *b"HEAD";
const MODU: [u8; 4] = *b"MODU";
const FORM: [u8; 4] = *b"FORM";
const BODY: [u8; 4] = *b"BODY";

/// A verified artifact and the bytes it was decoded from. What is not about its
/// functions is in its [`Outline`].
///
/// Displays as text for people, as `beskid artifact dump` prints it: header,
/// symbols, data, and the blocks of each function. The text leaves out some of
/// the tables; nothing reads it back: [`to_json`](Self::to_json) is complete.
#[derive(Debug, Clone)]
pub struct CodegenArtifact {
    outline: Outline,
    functions: Vec<Function>,
}

impl Deref for CodegenArtifact {
    type Target = Outline;

    fn deref(&self) -> &Outline {
        &self.outline
    }
}

impl CodegenArtifact {
    /// Decodes and verifies. Any bytes may be given: the answer is an artifact
    /// or an error, never a panic. Memory stays within 64 times the size of
    /// `bytes`.
    ///
    /// # Errors
    /// [`ArtifactError`] for anything but a complete, undamaged, consistent
    /// artifact of a known version; its codes are E5001 to E5005 and E5007.
    pub fn decode(bytes: impl Into<Arc<[u8]>>) -> Result<Self> {
        let (outline, mut functions) =
            Outline::read(bytes.into(), |payload, _| read_bodies(payload))?;
        verify::check(&outline.contents, &mut functions)?;
        Ok(Self { outline, functions })
    }

    /// The artifact without its functions.
    pub fn into_outline(self) -> Outline {
        self.outline
    }

    /// The function definitions, in the order of their symbols. Not by symbol
    /// id: imports and data have none.
    pub fn functions(&self) -> &[Function] {
        &self.functions
    }
}

//! From one function of an artifact to its machine code.

mod desk;
mod division;
mod in_order;
mod inline;
mod kept;

pub(crate) use desk::Desk;
pub(crate) use in_order::in_order;
pub(crate) use kept::Kept;
pub use kept::KeptCode;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU32;

use beskid_plugin_api::artifact::{Body, LocatedArtifact, LocatedFunction, SymbolId};
use beskid_plugin_api::panics::contain_panic;
use cranelift_codegen::Context;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::incremental_cache::serialize_compiled;
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::settings::OptLevel;
use cranelift_codegen::{ir, verify_function};
use cranelift_module::{FuncId, ModuleReloc};

use crate::debug::Places;
use crate::decode::{Buffers, Decoder};
use crate::defined::Defined;
use crate::error::ClifError;
use crate::function;
use crate::refusal::{self, Refusal};
use crate::threads::Threads;
use crate::throw::{self, Row};
use crate::unwind::{Frame, Unwind, saved};
use kept::Text;

/// The machine code of a function, before it has a place.
pub(crate) struct Code {
    pub(crate) id: FuncId,
    pub(crate) bytes: Vec<u8>,
    /// In bytes.
    pub(crate) alignment: u64,
    pub(crate) relocations: Vec<ModuleReloc>,
    pub(crate) handlers: Vec<Row>,
    pub(crate) frame: Frame,
    /// What of it is kept for later compilations.
    pub(crate) kept: Option<Kept>,
}

/// Compiles functions of one artifact for one target, on any number of threads
/// at once; what comes out depends on neither thread nor order.
#[derive(Clone, Copy)]
pub(crate) struct Compiler<'a> {
    pub(crate) artifact: &'a LocatedArtifact,
    /// Instructions of each function that somebody has counted; 0 before.
    pub(crate) sizes: &'a [AtomicU32],
    pub(crate) decoder: &'a Decoder<'a>,
    pub(crate) defined: &'a Defined,
    pub(crate) threads: &'a Threads,
    pub(crate) isa: &'a dyn TargetIsa,
    /// The scopes of functions, if debuggers are told of any.
    pub(crate) described: Option<&'a BTreeMap<SymbolId, u32>>,
    /// What earlier compilations made.
    pub(crate) kept: Option<&'a KeptCode>,
}

impl Compiler<'_> {
    /// Decodes, checks and compiles function number `index`; `None` if it is none of
    /// the module's.
    ///
    /// # Errors
    /// What [`define`](crate::define()) says of a function.
    pub(crate) fn function(self, desk: &mut Desk, index: usize) -> Result<Option<Code>, ClifError> {
        let located = self.artifact.body(index)?;
        let symbol = located.body.symbol;
        let Some(id) = self.defined.function(symbol) else {
            return Ok(None);
        };
        let mut context = desk.take();
        // Cranelift panics on some combinations that its verifier accepts and
        // the target does not have.
        let compiled = contain_panic(|| {
            self.decode(index, &located, &mut context.func, &mut desk.buffers)?;
            let id = self.threads.enter(symbol, id, &mut context.func);
            self.improve(&mut context, &mut desk.buffers, &located.body)?;
            self.compile(&mut context, id, symbol, &mut desk.text)
        });
        let code = compiled.unwrap_or_else(|panic| {
            let refusal = refusal::of_text(&panic, &context.func, self.isa);
            Err(self.refused(symbol, refusal))
        })?;
        desk.put(context);
        Ok(Some(code))
    }

    /// Decodes a function that breaks no rule. What the decoder cannot say of it by one
    /// look, both verifiers say.
    fn decode(
        self,
        index: usize,
        located: &LocatedFunction<'_>,
        func: &mut ir::Function,
        buffers: &mut Buffers,
    ) -> Result<(), ClifError> {
        let external = |symbol| self.defined.external(symbol);
        let decoder = self.decoder;
        if decoder
            .checked_into(located, &external, func, buffers)
            .is_ok()
        {
            return self.verify_again(located.body.symbol, func);
        }
        let function = self.artifact.function(index)?;
        decoder.function_into(&function, &external, func, buffers)?;
        self.verify(located.body.symbol, func)
    }

    /// Asks Cranelift's verifier of what is known to be sound, if it is to be asked.
    fn verify_again(self, symbol: SymbolId, func: &ir::Function) -> Result<(), ClifError> {
        match function::is_verified_again(self.isa) {
            true => self.verify(symbol, func),
            false => Ok(()),
        }
    }

    fn verify(self, symbol: SymbolId, func: &ir::Function) -> Result<(), ClifError> {
        verify_function(func, self.isa).map_err(|errors| ClifError::Verifier {
            function: self.decoder.symbol_name(symbol),
            reason: errors.to_string().trim_end().to_owned(),
        })
    }

    fn compile(
        self,
        context: &mut Context,
        id: FuncId,
        symbol: SymbolId,
        text: &mut Text,
    ) -> Result<Code, ClifError> {
        let key = self
            .kept
            .map(|kept| (kept, KeptCode::key(&context.func, self.isa, text)));
        let known = key.and_then(|(kept, key)| kept.code(key, &context.func));
        let (code, kept) = match known {
            Some((code, kept)) => (code, Some(kept)),
            None => {
                let compiled = context.compile_stencil(self.isa, &mut ControlPlane::default());
                let compiled = compiled.map_err(|error| {
                    let refusal = refusal::of_error(&error, &context.func, self.isa);
                    self.refused(symbol, refusal)
                })?;
                match key {
                    None => (compiled.apply_params(&context.func.params), None),
                    Some((_, key)) => {
                        let (compiled, entry) = serialize_compiled(compiled);
                        let kept = entry.ok().map(|entry| Kept::new(key, entry));
                        (compiled.apply_params(&context.func.params), kept)
                    }
                }
            }
        };
        let relocations = code.buffer.relocs().iter();
        let relocations =
            relocations.map(|reloc| ModuleReloc::from_mach_reloc(reloc, &context.func, id));
        let unwind = Unwind::of(&code, self.isa).map_err(|error| {
            let refusal = refusal::of_error(&error, &context.func, self.isa);
            self.refused(symbol, refusal)
        })?;
        Ok(Code {
            id,
            bytes: code.code_buffer().to_vec(),
            alignment: self.alignment().max(code.buffer.alignment.into()),
            relocations: relocations.collect(),
            handlers: throw::rows(id, &code),
            frame: Frame {
                function: id,
                length: code.code_info().total_size,
                unwind,
                saved: saved(&code, self.isa),
                places: self.described.map(|scopes| {
                    let scope = scopes.get(&symbol).copied();
                    Places::of(&code, self.isa, scope)
                }),
            },
            kept,
        })
    }

    /// Changes a function for speed.
    fn improve(
        self,
        context: &mut Context,
        buffers: &mut Buffers,
        body: &Body,
    ) -> Result<(), ClifError> {
        inline::inline(self, context, buffers, body).map_err(|error| {
            let refusal = refusal::of_error(&error, &context.func, self.isa);
            self.refused(body.symbol, refusal)
        })?;
        division::shorten(&mut context.func, self.isa);
        match self.isa.flags().opt_level() {
            OptLevel::Speed => self.verify_again(body.symbol, &context.func),
            OptLevel::None | OptLevel::SpeedAndSize => Ok(()),
        }
    }

    /// Where a function may begin, in bytes. A loop at its begin runs at half the
    /// speed if it lies badly, and Cranelift does not say so of its own accord.
    fn alignment(self) -> u64 {
        let alignment = self.isa.function_alignment();
        u64::from(match self.isa.flags().opt_level() {
            OptLevel::SpeedAndSize => alignment.minimum,
            OptLevel::None | OptLevel::Speed => alignment.preferred,
        })
    }

    fn refused(self, symbol: u32, refusal: Refusal) -> ClifError {
        ClifError::Refused {
            function: self.decoder.symbol_name(symbol),
            reason: refusal.reason,
            advice: refusal.advice,
        }
    }
}

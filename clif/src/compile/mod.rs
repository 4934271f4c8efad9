//! From one function of an artifact to its machine code.

mod division;
mod in_order;
mod inline;

pub(crate) use in_order::in_order;

use std::sync::atomic::AtomicU32;

use beskid_plugin_api::artifact::{Body, Function, LocatedArtifact};
use beskid_plugin_api::panics::contain_panic;
use cranelift_codegen::Context;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::settings::OptLevel;
use cranelift_module::{FuncId, ModuleReloc};

use crate::decode::Decoder;
use crate::defined::Defined;
use crate::error::ClifError;
use crate::refusal::{self, Refusal};
use crate::threads::Threads;
use crate::throw::{self, Row};

/// The machine code of a function, before it has a place.
pub(crate) struct Code {
    pub(crate) id: FuncId,
    pub(crate) bytes: Vec<u8>,
    /// In bytes.
    pub(crate) alignment: u64,
    pub(crate) relocations: Vec<ModuleReloc>,
    pub(crate) handlers: Vec<Row>,
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
}

impl Compiler<'_> {
    /// Decodes, checks and compiles; `None` if the function is none of the
    /// module's.
    ///
    /// # Errors
    /// What [`define`](crate::define()) says of a function.
    pub(crate) fn function(
        self,
        context: &mut Context,
        function: &Function,
    ) -> Result<Option<Code>, ClifError> {
        let symbol = function.body.symbol;
        let Some(id) = self.defined.function(symbol) else {
            return Ok(None);
        };
        // Cranelift panics on some combinations that its verifier accepts and
        // the target does not have.
        let compiled = contain_panic(|| {
            context.clear();
            let external = |symbol| self.defined.external(symbol);
            self.decoder
                .function_into(function, &external, &mut context.func)?;
            let id = self.threads.enter(symbol, id, &mut context.func);
            self.compile(context, id, &function.body)
        });
        let compiled = compiled.unwrap_or_else(|panic| {
            let refusal = refusal::of_text(&panic, &context.func, self.isa);
            Err(self.refused(symbol, refusal))
        });
        compiled.map(Some)
    }

    fn compile(self, context: &mut Context, id: FuncId, body: &Body) -> Result<Code, ClifError> {
        let symbol = body.symbol;
        context
            .verify(self.isa)
            .map_err(|errors| ClifError::Verifier {
                function: self.decoder.symbol_name(symbol),
                reason: errors.to_string().trim_end().to_owned(),
            })?;
        self.inline(context, body, symbol)?;
        division::shorten(&mut context.func, self.isa);
        let compiled = context.compile(self.isa, &mut ControlPlane::default());
        if let Err(error) = compiled {
            let refusal = refusal::of_error(&error.inner, &context.func, self.isa);
            return Err(self.refused(symbol, refusal));
        }
        let code = context.take_compiled_code();
        let code = code.ok_or_else(|| ClifError::Function {
            function: self.decoder.symbol_name(symbol),
            reason: "has no code after its compilation".to_owned(),
        })?;
        let relocations = code.buffer.relocs().iter();
        let relocations =
            relocations.map(|reloc| ModuleReloc::from_mach_reloc(reloc, &context.func, id));
        Ok(Code {
            id,
            bytes: code.code_buffer().to_vec(),
            alignment: self.alignment().max(code.buffer.alignment.into()),
            relocations: relocations.collect(),
            handlers: throw::rows(id, &code),
        })
    }

    fn inline(self, context: &mut Context, body: &Body, symbol: u32) -> Result<(), ClifError> {
        inline::inline(self, context, body).map_err(|error| {
            let refusal = refusal::of_error(&error, &context.func, self.isa);
            self.refused(symbol, refusal)
        })
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

//! Which calls become the called function's own instructions: of small functions
//! that call nothing, where the program is optimized for speed.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::Ordering;

use beskid_plugin_api::artifact::{self as art, Linkage, NameRef, SymbolId};
use cranelift_codegen::inline::{Inline, InlineCommand};
use cranelift_codegen::ir::{self, ArgumentPurpose, FuncRef, Inst, Opcode, Value};
use cranelift_codegen::settings::OptLevel;
use cranelift_codegen::verify_function;

use super::Compiler;

/// Most instructions of a function whose calls are replaced.
const MOST_OF_CALLEE: u32 = 40;
/// Most instructions that a function grows by.
const MOST_OF_CALLER: u32 = 2_000;

/// The policy, for the calls in one function.
pub(super) struct Policy<'a> {
    compiler: Compiler<'a>,
    body: &'a art::Body,
    /// Functions that were asked for before; `None`: they stay calls.
    known: HashMap<SymbolId, Option<Callee>>,
    grown: u32,
}

struct Callee {
    func: ir::Function,
    instructions: u32,
}

impl<'a> Policy<'a> {
    /// `None` where calls stay as they are.
    pub(super) fn new(compiler: Compiler<'a>, body: &'a art::Body) -> Option<Self> {
        let for_speed = compiler.isa.flags().opt_level() == OptLevel::Speed;
        (for_speed && !body.callees.is_empty()).then(|| Self {
            compiler,
            body,
            known: HashMap::new(),
            grown: 0,
        })
    }

    /// The function that a call calls, if it is one of this program.
    fn symbol(&self, callee: FuncRef) -> Option<SymbolId> {
        // What is imported later was none of the artifact's.
        match self.body.callees.get(callee.as_u32() as usize)?.target {
            NameRef::Symbol(symbol) if symbol != self.body.symbol => Some(symbol),
            _ => None,
        }
    }

    fn callee(&self, symbol: SymbolId) -> Option<Callee> {
        let artifact = self.compiler.artifact;
        // Another definition may take the place of one that is preemptible.
        if artifact.module().symbols[symbol as usize].linkage == Linkage::Preemptible {
            return None;
        }
        let index = artifact.function_index(symbol)?;
        let size = self.compiler.sizes.get(index)?;
        if size.load(Ordering::Relaxed) > MOST_OF_CALLEE {
            return None;
        }
        let function = artifact.function(index).ok()?;
        let blocks = function.body.blocks.iter();
        let instructions = blocks
            .map(|block| block.instructions)
            .fold(0, u32::saturating_add);
        size.store(instructions, Ordering::Relaxed);
        if instructions > MOST_OF_CALLEE || !is_plain(&function.body) {
            return None;
        }
        let external = |symbol| self.compiler.defined.external(symbol);
        let func = self.compiler.decoder.function(&function, &external).ok()?;
        // What is wrong with it is said where it is compiled itself.
        verify_function(&func, self.compiler.isa).ok()?;
        let blocks = func.layout.blocks();
        let mut insts = blocks.flat_map(|block| func.layout.block_insts(block));
        let all_move = insts.all(|inst| moves(func.dfg.insts[inst].opcode()));
        all_move.then_some(Callee { func, instructions })
    }
}

/// Whether a body stands on nothing of its function but its parameters.
fn is_plain(body: &art::Body) -> bool {
    body.stack_limit.is_none()
        && body.dynamic_stack_slots.is_empty()
        && body.exception_tables.is_empty()
        && body.debug_tags.is_empty()
        && body.value_labels.is_empty()
}

/// Whether an instruction means the same in another function.
fn moves(opcode: Opcode) -> bool {
    let frame = matches!(
        opcode,
        Opcode::GetFramePointer
            | Opcode::GetStackPointer
            | Opcode::GetReturnAddress
            | Opcode::GetExceptionHandlerAddress
            | Opcode::StackSwitch
            | Opcode::SequencePoint
            | Opcode::Debugtrap
    );
    !frame && !opcode.is_call()
}

impl Inline for Policy<'_> {
    fn inline(
        &mut self,
        caller: &ir::Function,
        _: Inst,
        opcode: Opcode,
        callee: FuncRef,
        _: &[Value],
    ) -> InlineCommand<'_> {
        let Some(symbol) = self.symbol(callee).filter(|_| opcode == Opcode::Call) else {
            return InlineCommand::KeepCall;
        };
        if !self.known.contains_key(&symbol) {
            let found = self.callee(symbol);
            self.known.insert(symbol, found);
        }
        let Some(Some(found)) = self.known.get(&symbol) else {
            return InlineCommand::KeepCall;
        };
        let signature = &caller.dfg.signatures[caller.dfg.ext_funcs[callee].signature];
        let is_plain = |param: &ir::AbiParam| param.purpose == ArgumentPurpose::Normal;
        let grown = self.grown + found.instructions;
        if *signature != found.func.signature
            || !signature.params.iter().all(is_plain)
            || grown > MOST_OF_CALLER
        {
            return InlineCommand::KeepCall;
        }
        self.grown = grown;
        InlineCommand::Inline {
            callee: Cow::Borrowed(&found.func),
            visit_callee: false,
        }
    }
}

//! Which calls become the called function's own instructions, where the program is
//! optimized for speed: of small functions that call nothing of the program, and of
//! small functions by themselves.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::Ordering;

use beskid_plugin_api::artifact::{self as art, Linkage, NameRef, SymbolId};
use cranelift_codegen::entity::EntityRef;
use cranelift_codegen::inline::{Inline, InlineCommand};
use cranelift_codegen::ir::{self, ArgumentPurpose, FuncRef, GlobalValue, Inst, Opcode, Value};
use cranelift_codegen::settings::OptLevel;
use cranelift_codegen::{CodegenResult, Context};

use super::Compiler;
use crate::decode::Buffers;

/// Most instructions of a function whose calls are replaced, without those that are
/// marked as cold.
const MOST_OF_CALLEE: u32 = 60;
/// Most instructions that a function grows by.
const MOST_OF_CALLER: u32 = 2_000;
/// How often a function that calls itself is put into itself: each time its calls
/// become fewer, and its frame larger.
const ROUNDS: u32 = 2;

/// Replaces calls in a function, whose body in the artifact is `body`.
///
/// # Errors
/// What Cranelift does not compile.
pub(super) fn inline(
    compiler: Compiler<'_>,
    context: &mut Context,
    buffers: &mut Buffers,
    body: &art::Body,
) -> CodegenResult<()> {
    let Some(mut policy) = Policy::new(compiler, body, buffers) else {
        return Ok(());
    };
    for _ in 0..ROUNDS {
        let globals = context.func.global_values.len();
        let blocks = context.func.dfg.num_blocks();
        context.inline(&mut policy)?;
        if compiler.described.is_some() {
            policy.place(&mut context.func, blocks);
        }
        let is_recursive = policy.replaced.contains(&body.symbol);
        policy.name_globals(&mut context.func, globals);
        if !is_recursive {
            break;
        }
    }
    Ok(())
}

/// The policy, for the calls in one function.
struct Policy<'a> {
    compiler: Compiler<'a>,
    body: &'a art::Body,
    buffers: &'a mut Buffers,
    /// Functions that were asked for before; `None`: they stay calls.
    known: HashMap<SymbolId, Option<Callee>>,
    grown: u32,
    /// What was called where there are instructions now, one after the other.
    replaced: Vec<SymbolId>,
}

struct Callee {
    func: ir::Function,
    instructions: u32,
}

impl<'a> Policy<'a> {
    /// `None` where calls stay as they are.
    fn new(compiler: Compiler<'a>, body: &'a art::Body, buffers: &'a mut Buffers) -> Option<Self> {
        let for_speed = compiler.isa.flags().opt_level() == OptLevel::Speed;
        let entrypoint = compiler.artifact.header().entrypoint.as_ref();
        // What runs once is not worth it, and hides what it calls from backtraces.
        let runs_once = entrypoint.is_some_and(|entrypoint| entrypoint.symbol == body.symbol)
            && body.blocks.len() == 1;
        (for_speed && !runs_once && !body.callees.is_empty()).then(|| Self {
            compiler,
            body,
            buffers,
            known: HashMap::new(),
            grown: 0,
            replaced: Vec::new(),
        })
    }

    /// The function that a call calls, if it is one of this program.
    fn symbol(&self, caller: &ir::Function, callee: FuncRef) -> Option<SymbolId> {
        match self.body.callees.get(callee.as_u32() as usize) {
            Some(callee) => match callee.target {
                NameRef::Symbol(symbol) => Some(symbol),
                NameRef::LibCall(_) | NameRef::Known(_) => None,
            },
            // Came with another function's instructions, if it is not the runtime's.
            None => self.is_itself(caller, callee).then_some(self.body.symbol),
        }
    }

    fn is_itself(&self, caller: &ir::Function, callee: FuncRef) -> bool {
        let ir::ExternalName::User(name) = caller.dfg.ext_funcs[callee].name else {
            return false;
        };
        let name = &caller.params.user_named_funcs()[name];
        *name == self.compiler.defined.external(self.body.symbol)
    }

    fn callee(&mut self, symbol: SymbolId) -> Option<Callee> {
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
        let located = artifact.body(index).ok()?;
        let hot = located.body.blocks.iter().filter(|block| !block.cold);
        let instructions = hot
            .map(|block| block.instructions)
            .fold(0, u32::saturating_add);
        size.store(instructions, Ordering::Relaxed);
        if instructions > MOST_OF_CALLEE
            || !is_plain(&located.body)
            || !self.calls_outside(&located.body)
        {
            return None;
        }
        let mut func = ir::Function::new();
        // What is wrong with it is said where it is compiled itself.
        let decoded = self
            .compiler
            .decode(index, &located, &mut func, self.buffers);
        decoded.ok()?;
        let blocks = func.layout.blocks();
        let mut insts = blocks.flat_map(|block| func.layout.block_insts(block));
        let all_move = insts.all(|inst| moves(func.dfg.insts[inst].opcode()));
        all_move.then_some(Callee { func, instructions })
    }
}

impl Policy<'_> {
    /// Cranelift leaves instructions that it has put in nowhere: they are where they are in
    /// the function that was called, or else where it was called. `blocks` is how many
    /// blocks there were before.
    fn place(&self, func: &mut ir::Function, blocks: usize) {
        let mut replaced = self.replaced.iter();
        let order = func.layout.blocks().collect::<Vec<_>>();
        let mut order = order.into_iter().peekable();
        // Each call ends its block; behind that are the blocks of the function, in its own
        // order, and then what was behind the call.
        while let Some(block) = order.next() {
            if order.peek().is_none_or(|next| next.index() < blocks) {
                continue;
            }
            let Some(Some(callee)) = replaced.next().map(|symbol| &self.known[symbol]) else {
                return;
            };
            let call = func.layout.last_inst(block).map(|jump| func.srcloc(jump));
            for (inside, block) in callee.func.layout.blocks().zip(&mut order) {
                let from = callee.func.layout.block_insts(inside);
                let to = func.layout.block_insts(block).collect::<Vec<_>>();
                for (from, to) in from.zip(to) {
                    let own = Some(callee.func.srcloc(from)).filter(|own| !own.is_default());
                    if let Some(place) = own.or(call) {
                        func.set_srcloc(to, place);
                    }
                }
            }
        }
    }

    /// Cranelift copies the symbols of a function's global values as they are, with
    /// the numbers that their names have in that function: these are put right here.
    /// `first` is the number of the first copy.
    fn name_globals(&mut self, func: &mut ir::Function, first: usize) {
        let callees = self.replaced.drain(..);
        let callees = callees.filter_map(|symbol| self.known.get(&symbol)?.as_ref());
        let globals = callees.flat_map(|callee| {
            let values = callee.func.global_values.values();
            values.map(|global| (&callee.func, global))
        });
        for (copy, (callee, global)) in (first..).map(GlobalValue::new).zip(globals) {
            if let ir::GlobalValueData::Symbol {
                name: ir::ExternalName::User(name),
                ..
            } = global
            {
                let name = callee.params.user_named_funcs()[*name].clone();
                let renamed = func.declare_imported_user_function(name);
                if let ir::GlobalValueData::Symbol { name, .. } = &mut func.global_values[copy] {
                    *name = ir::ExternalName::User(renamed);
                }
            }
        }
    }

    /// Whether a body calls nothing of the program but, if it is the caller's own,
    /// itself: what is called in other functions may become instructions there.
    fn calls_outside(&self, body: &art::Body) -> bool {
        let symbols = &self.compiler.artifact.module().symbols;
        body.callees.iter().all(|callee| match callee.target {
            NameRef::Symbol(symbol) if symbol == body.symbol => symbol == self.body.symbol,
            NameRef::Symbol(symbol) => !symbols[symbol as usize].linkage.is_definition(),
            NameRef::LibCall(_) | NameRef::Known(_) => true,
        })
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
    let leaves = opcode.is_call() && !matches!(opcode, Opcode::Call | Opcode::CallIndirect);
    !frame && !leaves
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
        let Some(symbol) = self
            .symbol(caller, callee)
            .filter(|_| opcode == Opcode::Call)
        else {
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
        self.replaced.push(symbol);
        InlineCommand::Inline {
            callee: Cow::Borrowed(&found.func),
            visit_callee: false,
        }
    }
}

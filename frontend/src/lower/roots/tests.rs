//! The roots of small functions, by the text of what becomes of them.

use cranelift_codegen::ir::{
    AbiParam, Block, ExtFuncData, ExternalName, FuncRef, Function, InstBuilder, Signature,
    StackSlotData, StackSlotKind, UserExternalName, UserFuncName, Value, types,
};
use cranelift_codegen::isa::CallConv;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};

use super::super::function::{Roots, ShownValue};

/// A function of a context and a number that is being built. What it calls takes a
/// context and an object, and returns an object.
struct Draft<'f> {
    builder: FunctionBuilder<'f>,
    roots: Roots,
    callee: FuncRef,
    context: Value,
    number: Value,
}

impl Draft<'_> {
    /// Calls what may collect; the result is an object.
    fn call(&mut self, object: Value) -> Value {
        let call = self
            .builder
            .ins()
            .call(self.callee, &[self.context, object]);
        self.roots.safepoints.insert(call);
        let result = self.builder.inst_results(call)[0];
        self.roots.managed.insert(result);
        result
    }

    /// An object that is there when the function begins.
    fn object(&mut self) -> Value {
        let null = self.builder.ins().iconst(types::I64, 0);
        self.call(null)
    }

    /// Something of an object that never changes.
    fn read(&mut self, object: Value) -> Value {
        let flags = super::super::memory::constant_flags();
        self.builder.ins().load(types::I64, flags, object, 8)
    }

    fn block(&mut self) -> Block {
        self.builder.create_block()
    }

    /// Goes to one block or another, by the number.
    fn fork(&mut self, one: Block, other: Block) {
        self.builder.ins().brif(self.number, one, &[], other, &[]);
    }

    /// Uses objects without a call that may collect.
    fn give(&mut self, values: &[Value]) {
        let sum = values.iter().copied();
        let sum = sum.reduce(|left, right| self.builder.ins().iadd(left, right));
        let sum = sum.unwrap_or(self.context);
        self.builder.ins().return_(&[sum]);
    }
}

/// The text of each block of a function with its roots.
fn with_roots(fill: impl FnOnce(&mut Draft<'_>)) -> Vec<String> {
    let mut signature = Signature::new(CallConv::SystemV);
    signature.params = vec![AbiParam::new(types::I64); 2];
    signature.returns = vec![AbiParam::new(types::I64)];
    let mut func = Function::with_name_signature(UserFuncName::default(), signature.clone());
    let mut frontend = FunctionBuilderContext::new();
    let mut builder = FunctionBuilder::new(&mut func, &mut frontend);
    let entry = builder.create_block();
    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    let params = builder.block_params(entry).to_vec();
    let signature = builder.import_signature(signature);
    let name = UserExternalName::new(0, 1);
    let name = builder.func.declare_imported_user_function(name);
    let callee = builder.import_function(ExtFuncData {
        name: ExternalName::user(name),
        signature,
        colocated: false,
        patchable: false,
    });
    let mut draft = Draft {
        builder,
        roots: Roots::default(),
        callee,
        context: params[0],
        number: params[1],
    };
    fill(&mut draft);
    let Draft {
        mut builder, roots, ..
    } = draft;
    builder.seal_all_blocks();
    let isa = beskid_clif::isa::for_objects(
        "x86_64-unknown-linux-gnu",
        beskid_plugin_api::backend::Optimization::None,
        &Default::default(),
    )
    .unwrap();
    builder.finalize(isa.frontend_config());
    let moved = super::Moved::find(&mut func);
    super::add(&mut func, params[0], roots, &moved);
    cranelift_codegen::verify_function(&func, &*isa).unwrap();
    let text = func.display().to_string();
    let blocks = text.split("\nblock").skip(1);
    blocks.map(str::to_owned).collect()
}

/// Whether a block reads or writes where the root stack ends.
fn moves_stack(block: &str) -> bool {
    block.contains("v0+16")
}

#[test]
fn what_lives_across_a_call_has_a_word_while_the_function_runs() {
    let blocks = with_roots(|draft| {
        let first = draft.object();
        let second = draft.call(first);
        draft.give(&[first, second]);
    });
    // Of the two objects, the first one alone is wanted behind a call.
    assert_eq!(blocks[0].matches("v0+16").count(), 3, "{}", blocks[0]);
    assert!(blocks[0].contains("iconst.i64 8"), "{}", blocks[0]);
}

#[test]
fn what_lives_across_no_call_has_none() {
    let blocks = with_roots(|draft| {
        let first = draft.object();
        let second = draft.call(first);
        draft.give(&[second]);
    });
    assert!(!moves_stack(&blocks[0]), "{}", blocks[0]);
}

#[test]
fn values_that_do_not_meet_share_a_word() {
    let blocks = with_roots(|draft| {
        for _ in 0..3 {
            let object = draft.object();
            let other = draft.object();
            draft.call(object);
            draft.call(other);
        }
        draft.give(&[]);
    });
    assert!(blocks[0].contains("iconst.i64 16"), "{}", blocks[0]);
    assert!(!blocks[0].contains("iconst.i64 24"), "{}", blocks[0]);
}

#[test]
fn calls_in_cold_blocks_cost_nothing_elsewhere() {
    let blocks = with_roots(|draft| {
        let object = draft.object();
        let (cold, end) = (draft.block(), draft.block());
        draft.builder.set_cold_block(cold);
        draft.fork(cold, end);
        draft.builder.switch_to_block(cold);
        draft.object();
        draft.builder.ins().jump(end, &[]);
        draft.builder.switch_to_block(end);
        draft.give(&[object]);
    });
    let moving = blocks.iter().map(|block| moves_stack(block));
    assert_eq!(moving.collect::<Vec<_>>(), [false, true, false]);
}

#[test]
fn ways_that_need_no_frame_make_none() {
    let blocks = with_roots(|draft| {
        let (short, long) = (draft.block(), draft.block());
        draft.fork(short, long);
        draft.builder.switch_to_block(short);
        draft.give(&[]);
        draft.builder.switch_to_block(long);
        let object = draft.object();
        draft.object();
        draft.give(&[object]);
    });
    let moving = blocks.iter().map(|block| moves_stack(block));
    assert_eq!(moving.collect::<Vec<_>>(), [false, false, true]);
}

#[test]
fn loops_make_their_frame_before_they_begin() {
    let blocks = with_roots(|draft| {
        let (turn, end) = (draft.block(), draft.block());
        draft.builder.ins().jump(turn, &[]);
        draft.builder.switch_to_block(turn);
        let object = draft.object();
        draft.call(object);
        draft.call(object);
        draft.fork(turn, end);
        draft.builder.switch_to_block(end);
        draft.give(&[]);
    });
    let moving = blocks.iter().map(|block| moves_stack(block));
    assert_eq!(moving.collect::<Vec<_>>(), [true, false, true]);
}

#[test]
fn what_others_hold_lives_as_long_as_the_call() {
    let held = |held: bool| {
        with_roots(|draft| {
            let object = draft.object();
            let call = draft
                .builder
                .ins()
                .call(draft.callee, &[draft.context, object]);
            draft.roots.safepoints.insert(call);
            if held {
                draft.roots.held.push((call, object));
            }
            draft.give(&[]);
        })
    };
    assert!(moves_stack(&held(true)[0]));
    assert!(!moves_stack(&held(false)[0]));
}

#[test]
fn what_debuggers_are_shown_lives_on() {
    let shown = |shown: bool| {
        with_roots(|draft| {
            let object = draft.object();
            let data = StackSlotData::new(StackSlotKind::ExplicitSlot, 8, 3);
            let slot = draft.builder.create_sized_stack_slot(data);
            let ins = draft.builder.ins();
            let store = ins.stack_store(types::I64, object, slot, 0);
            if shown {
                let value = object;
                let shown = ShownValue { store, slot, value };
                draft.roots.shown.push(shown);
            }
            draft.object();
            draft.give(&[]);
        })
    };
    let (kept, free) = (shown(true), shown(false));
    assert!(moves_stack(&kept[0]), "{}", kept[0]);
    assert!(!moves_stack(&free[0]), "{}", free[0]);
}

#[test]
fn a_block_gets_objects_from_before_by_its_parameters() {
    let blocks = with_roots(|draft| {
        let object = draft.object();
        let next = draft.block();
        let param = draft.builder.append_block_param(next, types::I64);
        draft.builder.ins().jump(next, &[object.into()]);
        draft.builder.switch_to_block(next);
        draft.object();
        draft.give(&[param]);
    });
    assert!(blocks.iter().any(|block| moves_stack(block)), "{blocks:?}");
}

#[test]
fn an_object_lives_as_long_as_what_is_read_of_it_is_wanted() {
    let stored = |reads: bool| {
        with_roots(|draft| {
            let object = draft.object();
            let read = match reads {
                true => draft.read(object),
                false => draft.builder.ins().iconst(types::I64, 7),
            };
            let more = draft.builder.ins().iadd(read, draft.number);
            let other = draft.object();
            let flags = super::super::memory::flags();
            draft.builder.ins().store(flags, more, draft.context, 64);
            draft.give(&[other]);
        })
    };
    let (kept, free) = (stored(true), stored(false));
    assert!(
        moves_stack(&kept[0]) && !moves_stack(&free[0]),
        "{kept:?} {free:?}"
    );
    assert!(kept[0].contains("can_move"), "{}", kept[0]);
}

#[test]
fn what_is_read_for_another_function_is_read_in_its_place() {
    let returned = with_roots(|draft| {
        let object = draft.object();
        let read = draft.read(object);
        draft.object();
        draft.give(&[read]);
    });
    assert!(!returned[0].contains("can_move"), "{}", returned[0]);
    let passed = with_roots(|draft| {
        let object = draft.object();
        let read = draft.read(object);
        let other = draft.call(read);
        draft.give(&[other]);
    });
    assert!(!passed[0].contains("can_move"), "{}", passed[0]);
}

//! Functions around an instruction of each opcode, of all types that it takes.

mod instruction;

use cranelift_codegen::ir::instructions::ResolvedConstraint;
use cranelift_codegen::ir::{
    AbiParam, Block, DynamicStackSlotData, DynamicTypeData, ExtFuncData, ExternalName, FuncRef,
    Function, GlobalValueData, InstructionData, Opcode, SigRef, Signature, StackSlotData,
    StackSlotKind, TrapCode, Type, UserExternalName, UserFuncName, Value, types,
};
use cranelift_codegen::isa::CallConv;

/// Most choices of the types that an opcode does not bind to the controlling
/// one.
const CHOICES: usize = 3;

/// Functions of one instruction with this opcode, and what it cannot be
/// without: one or more for each controlling type.
pub fn functions(opcode: Opcode) -> Vec<Function> {
    let controlling = match opcode.constraints().ctrl_typeset() {
        None => vec![types::INVALID],
        Some(set) => all_types(|ty| set.contains(ty) && has_result(opcode, ty)),
    };
    let mut functions = Vec::new();
    for ty in controlling {
        for operands in operand_types(opcode, ty) {
            functions.push(Frame::new(&operands).around(opcode, ty));
        }
    }
    functions
}

/// The sets of some opcodes have types from which Cranelift cannot compute a
/// result.
fn has_result(opcode: Opcode, ty: Type) -> bool {
    use Opcode::{ExtractVector, SwidenHigh, SwidenLow, UwidenHigh, UwidenLow};
    match opcode {
        ExtractVector => ty.is_dynamic_vector(),
        SwidenHigh | SwidenLow | UwidenHigh | UwidenLow if ty.is_dynamic_vector() => {
            ty.min_lane_count() > 2
        }
        _ => true,
    }
}

/// A function of an instruction whose controlling type is `ty`, whether it may
/// have it or not; `None` if the opcode has no such type.
pub fn of_any_type(opcode: Opcode, ty: Type) -> Option<Function> {
    let constraints = opcode.constraints();
    let set = constraints.ctrl_typeset()?;
    if constraints.requires_typevar_operand() {
        let operands = vec![ty; constraints.num_fixed_value_arguments()];
        return Some(Frame::new(&operands).around(opcode, types::INVALID));
    }
    let legal = *all_types(|ty| set.contains(ty)).first()?;
    let operands = operand_types(opcode, legal);
    let mut func = Frame::new(operands.first()?).around(opcode, legal);
    let inst = func.layout.first_inst(func.layout.entry_block()?)?;
    let result = *func.dfg.inst_results(inst).first()?;
    func.dfg.replace_result(result, ty);
    Some(func)
}

/// All types that values can have.
pub fn all_types(wanted: impl Fn(Type) -> bool) -> Vec<Type> {
    let lanes = [
        types::I8,
        types::I16,
        types::I32,
        types::I64,
        types::I128,
        types::F16,
        types::F32,
        types::F64,
        types::F128,
    ];
    let mut all = Vec::new();
    for lane in lanes {
        for count in [1, 2, 4, 8, 16, 32, 64, 128, 256] {
            let fixed = lane.by(count);
            all.extend(fixed);
            let dynamic = fixed.filter(|_| count > 1);
            all.extend(dynamic.and_then(Type::vector_to_dynamic));
        }
    }
    all.retain(|ty| wanted(*ty));
    all
}

/// The types of the operands; several lists where a type is free.
fn operand_types(opcode: Opcode, controlling: Type) -> Vec<Vec<Type>> {
    let constraints = opcode.constraints();
    let operands = 0..constraints.num_fixed_value_arguments();
    let candidates =
        operands.map(
            |operand| match constraints.value_argument_constraint(operand, controlling) {
                ResolvedConstraint::Bound(ty) => vec![ty],
                ResolvedConstraint::Free(set) if opcode == Opcode::Bitcast => {
                    all_types(|ty| set.contains(ty) && ty.bits() == controlling.bits())
                }
                ResolvedConstraint::Free(set) => all_types(|ty| set.contains(ty)),
            },
        );
    let candidates = candidates.collect::<Vec<_>>();
    let most = candidates.iter().map(Vec::len).max().unwrap_or(1);
    if candidates.iter().any(Vec::is_empty) {
        return Vec::new();
    }
    // The first, the last, and one between.
    let choices = most.min(CHOICES);
    let choose = |types: &Vec<Type>, choice: usize| match choice {
        0 => types[0],
        1 => types[types.len() - 1],
        _ => types[types.len() / 2],
    };
    (0..choices)
        .map(|choice| {
            candidates
                .iter()
                .map(|types| choose(types, choice))
                .collect()
        })
        .collect()
}

/// A function with one of everything that an operand may refer to.
struct Frame {
    func: Function,
    /// One value for each operand, of the types asked for.
    operands: Vec<Value>,
    pointer: Value,
    index: Value,
    signature: SigRef,
    callee: FuncRef,
    /// Blocks besides the entry, whose parameters are `TARGETS`.
    targets: [Block; 3],
}

const TARGETS: [&[Type]; 3] = [&[types::I32], &[types::I64], &[types::I64, types::I64]];

impl Frame {
    fn new(operands: &[Type]) -> Self {
        let mut params = operands.to_vec();
        params.extend([types::I64, types::I32]);
        let mut signature = Signature::new(CallConv::Tail);
        signature.params = params.iter().copied().map(AbiParam::new).collect();
        signature.returns = vec![AbiParam::new(types::I32)];
        let mut func = Function::with_name_signature(UserFuncName::user(0, 9), signature);
        let mut callee = Signature::new(CallConv::Tail);
        callee.params = vec![AbiParam::new(types::I64)];
        callee.returns = vec![AbiParam::new(types::I32)];
        let signature = func.import_signature(callee);
        let name = func.declare_imported_user_function(UserExternalName::new(0, 1));
        let callee = func.import_function(ExtFuncData {
            name: ExternalName::user(name),
            signature,
            colocated: false,
            patchable: false,
        });
        let entry = func.dfg.make_block();
        let params = params
            .iter()
            .map(|ty| func.dfg.append_block_param(entry, *ty));
        let mut params = params.collect::<Vec<_>>();
        let targets = [(); 3].map(|()| func.dfg.make_block());
        func.layout.append_block(entry);
        let (index, pointer) = (params.pop().unwrap(), params.pop().unwrap());
        let mut frame = Self {
            func,
            operands: params,
            pointer,
            index,
            signature,
            callee,
            targets,
        };
        frame.memory();
        frame
    }

    /// Stack slots and global values.
    fn memory(&mut self) {
        let func = &mut self.func;
        let slot = StackSlotData::new(StackSlotKind::ExplicitSlot, 16, 3);
        func.create_sized_stack_slot(slot);
        let name = func.declare_imported_user_function(UserExternalName::new(1, 2));
        func.create_global_value(GlobalValueData::Symbol {
            name: ExternalName::user(name),
            offset: 0.into(),
            colocated: true,
            tls: true,
        });
        let vector_type = types::I32X4;
        let scale = GlobalValueData::DynScaleTargetConst { vector_type };
        let scale = func.create_global_value(scale);
        let ty = DynamicTypeData::new(vector_type, scale);
        let ty = func.dfg.make_dynamic_ty(ty);
        let slot = DynamicStackSlotData::new(StackSlotKind::ExplicitDynamicSlot, ty);
        func.create_dynamic_stack_slot(slot);
    }

    /// Finishes the function: the instruction, and blocks that it branches to.
    /// Without the controlling type that it needs it has no results.
    fn around(mut self, opcode: Opcode, controlling: Type) -> Function {
        let data = self.data(opcode, controlling);
        let entry = self.func.layout.entry_block().unwrap();
        let inst = self.func.dfg.make_inst(data);
        let calls = self.func.dfg.call_signature(inst).is_some();
        if calls || !opcode.constraints().is_polymorphic() || !controlling.is_invalid() {
            self.func.dfg.make_inst_results(inst, controlling);
        }
        self.func.layout.append_inst(inst, entry);
        let branches = opcode.is_branch() || opcode == Opcode::GetExceptionHandlerAddress;
        if !opcode.is_terminator() {
            match branches {
                true => self.jump(entry),
                false => self.trap(entry),
            }
        }
        if !branches {
            return self.func;
        }
        for (block, params) in self.targets.into_iter().zip(TARGETS) {
            for ty in params {
                self.func.dfg.append_block_param(block, *ty);
            }
            self.func.layout.append_block(block);
            if opcode == Opcode::GetExceptionHandlerAddress && block == self.targets[0] {
                // Only a block that ends in such a call has handlers.
                let data = self.try_call(Opcode::TryCall);
                self.append(block, data);
            } else {
                self.trap(block);
            }
        }
        self.func
    }

    fn append(&mut self, block: Block, data: InstructionData) {
        let inst = self.func.dfg.make_inst(data);
        self.func.layout.append_inst(inst, block);
    }

    fn trap(&mut self, block: Block) {
        let (opcode, code) = (Opcode::Trap, TrapCode::unwrap_user(1));
        self.append(block, InstructionData::Trap { opcode, code });
    }

    fn jump(&mut self, block: Block) {
        let destination = self.target(0);
        let opcode = Opcode::Jump;
        self.append(
            block,
            InstructionData::Jump {
                opcode,
                destination,
            },
        );
    }
}

//! A function that is being generated: its builder, the values that it has
//! computed, and its checksum.

use cranelift_codegen::ir::condcodes::FloatCC;
use cranelift_codegen::ir::{
    ConstantData, Endianness, Inst, InstBuilder, MemFlagsData, Opcode, Type, Value, types,
};
use cranelift_frontend::{FunctionBuilder, Variable};

use super::place::{Again, Callee, Expanse, Place};
use super::profile::Profile;
use super::random::Random;

/// Bits of the NaN that stands for all others.
const NAN_32: u32 = 0x7fc0_0000;
const NAN_64: u64 = 0x7ff8_0000_0000_0000;

/// A function that is being generated. Every value that is computed is an operand
/// of another one, or goes into the checksum before the block ends in which it is
/// known.
pub(super) struct Frame<'f> {
    pub(super) builder: FunctionBuilder<'f>,
    pub(super) random: &'f mut Random,
    pub(super) profile: &'f Profile,
    /// Values that the current block may use.
    pool: Vec<Live>,
    checksum: Variable,
    variables: Vec<(Variable, Type)>,
    /// Memory that it can reach.
    pub(super) places: Vec<Place>,
    /// Functions that it can call.
    pub(super) callees: Vec<Callee>,
    /// Types of its results, the checksum's first.
    pub(super) returns: Vec<Type>,
    /// Types of its parameters, the checksum's first.
    pub(super) params: Vec<Type>,
    /// Whether it may end by a call in place of a return.
    pub(super) is_tail: bool,
    /// Set if it goes on with itself.
    pub(super) again: Option<Again>,
    /// Words of its own far from one another.
    pub(super) expanse: Option<Expanse>,
    /// How many instructions a call takes at most, as far as it is written.
    pub(super) cost: u64,
    /// How often the current block runs at most.
    pub(super) weight: u64,
}

#[derive(Debug, Clone, Copy)]
struct Live {
    value: Value,
    ty: Type,
    is_used: bool,
}

impl<'f> Frame<'f> {
    /// A function whose entry block is the current one; `start` is what its checksum
    /// starts from, if that is a parameter.
    pub(super) fn new(
        mut builder: FunctionBuilder<'f>,
        random: &'f mut Random,
        profile: &'f Profile,
        start: Option<Value>,
    ) -> Self {
        let checksum = builder.declare_var(types::I64);
        let start = start.unwrap_or_else(|| builder.ins().iconst(types::I64, 0));
        builder.def_var(checksum, start);
        Self {
            builder,
            random,
            profile,
            pool: Vec::new(),
            checksum,
            variables: Vec::new(),
            places: Vec::new(),
            callees: Vec::new(),
            returns: vec![types::I64],
            params: Vec::new(),
            is_tail: false,
            again: None,
            expanse: None,
            cost: 0,
            weight: 1,
        }
    }

    /// Makes a value one that others may use; it must reach the checksum.
    pub(super) fn push(&mut self, value: Value) {
        let ty = self.builder.func.dfg.value_type(value);
        self.cost += self.weight;
        self.pool.push(Live {
            value,
            ty,
            is_used: false,
        });
    }

    /// The results of an instruction, each pushed.
    pub(super) fn push_results(&mut self, inst: Inst) {
        for value in self.builder.inst_results(inst).to_vec() {
            self.push(value);
        }
    }

    /// A value of a type: one that was computed, or a variable, or a constant.
    pub(super) fn value(&mut self, ty: Type) -> Value {
        // What nothing uses yet need not be mixed into the checksum once it is used.
        let unused = |live: &&mut Live| live.ty == ty && !live.is_used;
        if self.random.below(2) == 0
            && let Some(live) = self.pool.iter_mut().rfind(unused)
        {
            live.is_used = true;
            return live.value;
        }
        let fitting = |live: &Live| live.ty == ty;
        let count = self.pool.iter().filter(|live| fitting(live)).count();
        let last = self.random.below(3) != 0;
        if count > 0 && self.random.below(8) != 0 {
            // The latest ones make long chains.
            let skipped = match last {
                true => count - 1 - self.random.below(count.min(3)),
                false => self.random.below(count),
            };
            let mut found = self.pool.iter_mut().filter(|live| fitting(live));
            if let Some(live) = found.nth(skipped) {
                live.is_used = true;
                return live.value;
            }
        }
        let variables = self.variables.iter().filter(|(_, own)| *own == ty);
        let variables = variables.map(|(variable, _)| *variable).collect::<Vec<_>>();
        if !variables.is_empty() && self.random.below(3) != 0 {
            let variable = self.random.pick(&variables);
            return self.builder.use_var(variable);
        }
        self.constant(ty)
    }

    /// A value of one of some types that was computed, with its type.
    pub(super) fn of(&mut self, of: &[Type]) -> (Value, Type) {
        let ty = self.random.pick(of);
        (self.value(ty), ty)
    }

    /// An instruction that makes a constant.
    pub(super) fn constant(&mut self, ty: Type) -> Value {
        let number = self.random.integer();
        let float = self.random.float();
        match ty {
            types::I128 => {
                let high = self.random.integer();
                let [low, high] = [number, high].map(|half| self.integer(types::I64, half));
                self.builder.ins().iconcat(low, high)
            }
            types::F32 => self.builder.ins().f32const(float as f32),
            types::F64 => self.builder.ins().f64const(float),
            ty if ty.is_vector() => self.vector(ty),
            ty => self.integer(ty, number),
        }
    }

    fn vector(&mut self, ty: Type) -> Value {
        let mut bytes = Vec::new();
        for _ in 0..ty.lane_count() {
            let float = self.random.float();
            let bits = match ty.lane_type() {
                types::F32 => u64::from((float as f32).to_bits()),
                types::F64 => float.to_bits(),
                _ => self.random.integer(),
            };
            bytes.extend(&bits.to_le_bytes()[..ty.lane_type().bytes() as usize]);
        }
        let data = ConstantData::from(bytes);
        let constant = self.builder.func.dfg.constants.insert(data);
        self.builder.ins().vconst(ty, constant)
    }

    /// An integer constant of at most 64 bits: the low bits of a number.
    pub(super) fn integer(&mut self, ty: Type, number: u64) -> Value {
        let mask = u64::MAX >> (64 - ty.bits().min(64));
        let bits = (number & mask).cast_signed();
        self.builder.ins().iconst(ty, bits)
    }

    /// A variable of a type starts with a value.
    pub(super) fn declare(&mut self, ty: Type) {
        let value = self.value(ty);
        let variable = self.builder.declare_var(ty);
        self.builder.def_var(variable, value);
        self.variables.push((variable, ty));
    }

    /// Some variable becomes something else.
    pub(super) fn assign(&mut self) {
        if self.variables.is_empty() {
            return;
        }
        let (variable, ty) = self.random.pick(&self.variables.clone());
        let value = self.value(ty);
        self.builder.def_var(variable, value);
    }

    /// Two operands, and the result of their type.
    pub(super) fn binary(&mut self, opcode: Opcode, ty: Type) {
        let (a, b) = (self.value(ty), self.value(ty));
        self.push_binary(opcode, ty, a, b);
    }

    /// An instruction with two operands.
    pub(super) fn push_binary(&mut self, opcode: Opcode, ty: Type, a: Value, b: Value) {
        let (inst, _) = self.builder.ins().Binary(opcode, ty, a, b);
        self.push_results(inst);
    }

    /// One operand, and the result of its type, or of one that it decides.
    pub(super) fn unary(&mut self, opcode: Opcode, ty: Type) {
        let operand = self.value(ty);
        self.push_unary(opcode, ty, operand);
    }

    /// An instruction with one operand; the type is what Cranelift goes by, mostly
    /// that of the result.
    pub(super) fn push_unary(&mut self, opcode: Opcode, ty: Type, operand: Value) {
        let (inst, _) = self.builder.ins().Unary(opcode, ty, operand);
        self.push_results(inst);
    }

    /// How many values there are to use, for [`Self::settle`].
    pub(super) fn mark(&self) -> usize {
        self.pool.len()
    }

    /// Has every value since a mark reach the checksum that nothing has used, and
    /// forgets all of them: the block ends in which they are known.
    pub(super) fn settle(&mut self, mark: usize) {
        for live in self.pool.split_off(mark) {
            if !live.is_used {
                self.fold(live.value);
            }
        }
    }

    /// Has every value reach the checksum that nothing has used; they can still be
    /// used.
    pub(super) fn settle_all(&mut self) {
        let values = self.pool.clone();
        for live in values.iter().filter(|live| !live.is_used) {
            self.fold(live.value);
        }
    }

    /// Mixes a value into the checksum.
    pub(super) fn fold(&mut self, value: Value) {
        let word = self.word(value);
        let before = self.builder.use_var(self.checksum);
        let amount = self.random.below(63) as u64 + 1;
        let amount = self.integer(types::I32, amount);
        let ins = |frame: &mut Self, opcode, a, b| {
            let (inst, _) = frame.builder.ins().Binary(opcode, types::I64, a, b);
            frame.builder.inst_results(inst)[0]
        };
        let turned = ins(self, Opcode::Rotl, before, amount);
        let opcode = self
            .random
            .pick(&[Opcode::Bxor, Opcode::Iadd, Opcode::Isub]);
        let after = ins(self, opcode, turned, word);
        self.builder.def_var(self.checksum, after);
        self.cost += self.weight * 4;
    }

    /// Mixes every variable into the checksum, which is the result.
    pub(super) fn total(&mut self) -> Value {
        for (variable, _) in self.variables.clone() {
            let value = self.builder.use_var(variable);
            self.fold(value);
        }
        self.builder.use_var(self.checksum)
    }

    /// The checksum so far.
    pub(super) fn checksum(&mut self) -> Value {
        self.builder.use_var(self.checksum)
    }

    /// A value as 64 bits that are the same wherever it was computed.
    fn word(&mut self, value: Value) -> Value {
        let ty = self.builder.func.dfg.value_type(value);
        let value = self.canonical(value);
        match ty {
            types::I64 => value,
            types::I128 => {
                let (low, high) = self.builder.ins().isplit(value);
                let amount = self.integer(types::I32, 7);
                let high = self.builder.ins().rotr(high, amount);
                self.builder.ins().bxor(low, high)
            }
            types::F32 => {
                let bits = self.bitcast(types::I32, value);
                self.builder.ins().uextend(types::I64, bits)
            }
            types::F64 => self.bitcast(types::I64, value),
            ty if ty.is_vector() => {
                let halves = match ty {
                    types::I64X2 => value,
                    _ => self.bitcast(types::I64X2, value),
                };
                let low = self.builder.ins().extractlane(halves, 0);
                let high = self.builder.ins().extractlane(halves, 1);
                let amount = self.integer(types::I32, 11);
                let high = self.builder.ins().rotr(high, amount);
                self.builder.ins().isub(low, high)
            }
            _ => self.builder.ins().uextend(types::I64, value),
        }
    }

    /// The same bits as another type.
    pub(super) fn bitcast(&mut self, ty: Type, value: Value) -> Value {
        let of = self.builder.func.dfg.value_type(value);
        // Where lanes become others it must be said in which order.
        let flags = match of.lane_count() == ty.lane_count() {
            true => MemFlagsData::new(),
            false => MemFlagsData::new().with_endianness(Endianness::Little),
        };
        self.builder.ins().bitcast(ty, flags, value)
    }

    /// A float without the bits of a NaN that nothing decides: they must not be seen
    /// by what looks at bits. Any other value is given back.
    pub(super) fn canonical(&mut self, value: Value) -> Value {
        let ty = self.builder.func.dfg.value_type(value);
        if !ty.lane_type().is_float() {
            return value;
        }
        let is_nan = self.builder.ins().fcmp(FloatCC::Unordered, value, value);
        match ty {
            types::F32 => {
                let nan = self.builder.ins().f32const(f32::from_bits(NAN_32));
                self.builder.ins().select(is_nan, nan, value)
            }
            types::F64 => {
                let nan = self.builder.ins().f64const(f64::from_bits(NAN_64));
                self.builder.ins().select(is_nan, nan, value)
            }
            _ => {
                let lane = match ty.lane_type() {
                    types::F32 => NAN_32.to_le_bytes().to_vec(),
                    _ => NAN_64.to_le_bytes().to_vec(),
                };
                let data = ConstantData::from(lane.repeat(ty.lane_count() as usize));
                let constant = self.builder.func.dfg.constants.insert(data);
                let bits = ty.as_truthy();
                let nan = self.builder.ins().vconst(bits, constant);
                let plain = self.builder.ins().bitcast(bits, MemFlagsData::new(), value);
                let chosen = self.builder.ins().bitselect(is_nan, nan, plain);
                self.builder.ins().bitcast(ty, MemFlagsData::new(), chosen)
            }
        }
    }
}

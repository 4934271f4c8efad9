//! Instructions as C statements.
//!
//! Arithmetic is done on 64 or 128 bits without a sign and cut to the type: C's own
//! rules for narrow and for signed numbers never come into play.

use beskid_plugin_api::artifact::Type;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::tree::{
    AtomicOperation, BinaryOp, Instruction, LoadOp, NullaryOp, Operation, StoreOp, TernaryOp,
    UnaryOp, Value,
};

use crate::compare;
use crate::names::address;
use crate::scalar::{c_type, signed, unsigned};
use crate::writer::Writer;

/// An instruction as a statement.
pub fn write(writer: &Writer<'_>, instruction: &Instruction<'_>) -> Result<String, Diagnostic> {
    let operation = &instruction.operation;
    let unknown = || writer.unknown(operation);
    let result = instruction.result();
    // What gives no value is never asked for its type.
    let ty = result.map_or(Ok(Type::I64), |value| writer.ty(value))?;
    let c = c_type(ty)?;
    let set = |value: String| match result {
        Some(result) => format!("v{result} = ({c})({value});"),
        None => format!("{value};"),
    };
    Ok(match operation {
        Operation::Nullary(op) => match op {
            NullaryOp::Nop | NullaryOp::SequencePoint => ";".to_owned(),
            NullaryOp::Fence => "__atomic_thread_fence(__ATOMIC_SEQ_CST);".to_owned(),
            NullaryOp::GetFramePointer => set("(u64)__builtin_frame_address(0)".to_owned()),
            NullaryOp::GetReturnAddress => set("(u64)__builtin_return_address(0)".to_owned()),
            _ => return Err(unknown()),
        },
        Operation::Integer(value) => set(format!("{:#x}ul", *value as u64)),
        Operation::Float32(bits) => set(format!("f32_of({bits:#x}u)")),
        Operation::Float64(bits) => set(format!("f64_of({bits:#x}ul)")),
        Operation::Unary(UnaryOp::Isplit, value) => {
            let (low, high) = (instruction.results.start, instruction.results.start + 1);
            format!("v{low} = v{value}; v{high} = v{value} >> 64;")
        }
        Operation::Unary(op, value) => set(unary(writer, *op, *value, ty)?.ok_or_else(unknown)?),
        Operation::Binary(op, [a, b]) => {
            binary(writer, *op, [*a, *b], instruction)?.ok_or_else(unknown)?
        }
        Operation::Ternary(op, values) => {
            ternary(writer, *op, *values, instruction)?.ok_or_else(unknown)?
        }
        Operation::CompareIntegers(condition, [a, b]) => {
            set(compare::integers(writer.ty(*a)?, *condition, *a, *b))
        }
        Operation::CompareFloats(condition, [a, b]) => set(compare::floats(*condition, *a, *b)),
        Operation::AddOrTrap { values: [a, b], .. } => {
            let result = instruction.results.start;
            format!("if (__builtin_add_overflow(v{a}, v{b}, &v{result})) TRAP();")
        }
        Operation::Bitcast { value, .. } => set(from_bits(ty, &bits(writer.ty(*value)?, *value))),
        Operation::Load {
            op,
            flags,
            address,
            offset,
        } => {
            let at = format!("v{address} + {offset}L");
            let (bits, is_signed) = loaded(*op, ty).ok_or_else(unknown)?;
            let value = writer.load(integer(bits, ty), *flags, &at)?;
            set(match is_signed {
                true => format!("({})(i{bits})({value})", signed(ty)),
                false => value,
            })
        }
        Operation::Store {
            op,
            flags,
            value,
            address,
            offset,
        } => {
            let at = format!("v{address} + {offset}L");
            let ty = match op {
                StoreOp::Store => writer.ty(*value)?,
                StoreOp::Istore8 => Type::I8,
                StoreOp::Istore16 => Type::I16,
                StoreOp::Istore32 => Type::I32,
                _ => return Err(unknown()),
            };
            let value = format!("({})v{value}", c_type(ty)?);
            writer.store(ty, *flags, &at, &value)?
        }
        Operation::AtomicLoad { address, .. } if ty.bits() <= 64 => set(format!(
            "__atomic_load_n(({c} *)v{address}, __ATOMIC_SEQ_CST)"
        )),
        Operation::AtomicStore { value, address, .. } if writer.ty(*value)?.bits() <= 64 => {
            let c = c_type(writer.ty(*value)?)?;
            format!("__atomic_store_n(({c} *)v{address}, v{value}, __ATOMIC_SEQ_CST);")
        }
        Operation::AtomicUpdate {
            operation,
            address,
            value,
            ..
        } if ty.bits() <= 64 => atomic_update(*operation, ty, *address, *value, &set),
        Operation::AtomicCompareExchange {
            address,
            expected,
            replacement,
            ..
        } if ty.bits() <= 64 => {
            let result = instruction.results.start;
            format!(
                "{{ {c} y = v{expected}; __atomic_compare_exchange_n(({c} *)v{address}, &y, \
                 v{replacement}, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); v{result} = y; }}"
            )
        }
        Operation::StackAddress { slot, offset } => set(format!("(u64)k{slot} + {offset}L")),
        Operation::GlobalValue(value) => set(writer.global_value(*value)?),
        Operation::FunctionAddress(callee) => {
            set(format!("(u64){}", address(writer.outline, &callee.target)?))
        }
        Operation::TrapIf { is_zero, value, .. } => {
            let not = if *is_zero { "!" } else { "" };
            format!("if ({not}v{value}) TRAP();")
        }
        Operation::Call {
            callee,
            signature,
            arguments,
        } => {
            let address = address(writer.outline, &callee.target)?;
            writer.call(&address, signature, arguments, instruction.results.clone())?
        }
        Operation::CallIndirect {
            address,
            signature,
            arguments,
        } => {
            let address = format!("v{address}");
            writer.call(&address, signature, arguments, instruction.results.clone())?
        }
        Operation::Jump(target) => writer.goto(target)?,
        Operation::Branch {
            value,
            nonzero,
            zero,
        } => {
            let (nonzero, zero) = (writer.goto(nonzero)?, writer.goto(zero)?);
            format!("if (v{value}) {nonzero} else {zero}")
        }
        Operation::BranchTable { index, table } => {
            let mut cases = String::new();
            for (case, target) in table.entries.iter().enumerate() {
                cases += &format!("case {case}: {}\n", writer.goto(target)?);
            }
            let default = writer.goto(&table.default)?;
            format!("switch (v{index}) {{ {cases}default: {default} }}")
        }
        Operation::Return(values) => writer.give_back(values)?,
        Operation::Trap(_) => "TRAP();".to_owned(),
        _ => return Err(unknown()),
    })
}

/// The bits of a value as an integer without a sign.
fn bits(ty: Type, value: Value) -> String {
    match ty {
        Type::F32 => format!("of_f32(v{value})"),
        Type::F64 => format!("of_f64(v{value})"),
        _ => format!("v{value}"),
    }
}

/// The value of a type that has these bits.
fn from_bits(ty: Type, bits: &str) -> String {
    match ty {
        Type::F32 => format!("f32_of({bits})"),
        Type::F64 => format!("f64_of({bits})"),
        _ => bits.to_owned(),
    }
}

/// The type in which numbers of a type are computed.
fn wide(ty: Type) -> &'static str {
    if ty.bits() > 64 { "u128" } else { "u64" }
}

fn unary(
    writer: &Writer<'_>,
    op: UnaryOp,
    value: Value,
    ty: Type,
) -> Result<Option<String>, Diagnostic> {
    let from = writer.ty(value)?;
    let (size, s, w) = (ty.bits(), signed(ty), wide(ty));
    let f = c_type(from)?;
    Ok(Some(match op {
        UnaryOp::Ineg => format!("-({w})v{value}"),
        UnaryOp::Iabs => format!("({s})v{value} < 0 ? -({w})v{value} : v{value}"),
        UnaryOp::Bnot => from_bits(ty, &format!("({})~{}", unsigned(ty), bits(from, value))),
        UnaryOp::Bitrev => format!("bitrev(v{value}, {size})"),
        UnaryOp::Bswap => format!("bswap(v{value}, {})", ty.bytes()),
        UnaryOp::Clz => format!("clz(v{value}, {size})"),
        UnaryOp::Ctz => format!("ctz(v{value}, {size})"),
        UnaryOp::Cls => {
            let c = c_type(ty)?;
            format!(
                "clz(({c})(v{value} ^ (({s})v{value} >> {})), {size}) - 1",
                size - 1
            )
        }
        UnaryOp::Popcnt => format!("popcnt(v{value})"),
        UnaryOp::Bmask => format!("v{value} ? -({w})1 : 0"),
        UnaryOp::Ireduce | UnaryOp::Uextend => format!("v{value}"),
        UnaryOp::Sextend => format!("({s})({})v{value}", signed(from)),
        UnaryOp::Fneg => from_bits(ty, &format!("{} ^ {}", bits(from, value), sign(ty))),
        UnaryOp::Fabs => format!("abs_{f}(v{value})"),
        UnaryOp::Sqrt => match ty {
            Type::F32 => format!("__builtin_sqrtf(v{value})"),
            _ => format!("__builtin_sqrt(v{value})"),
        },
        UnaryOp::Ceil => format!("ceil_{f}(v{value})"),
        UnaryOp::Floor => format!("floor_{f}(v{value})"),
        UnaryOp::Trunc => format!("trunc_{f}(v{value})"),
        UnaryOp::Nearest => format!("nearest_{f}(v{value})"),
        UnaryOp::Fpromote | UnaryOp::Fdemote => format!("v{value}"),
        UnaryOp::FcvtFromUint if from.bits() <= 64 => format!("v{value}"),
        UnaryOp::FcvtFromSint if from.bits() <= 64 => format!("({})v{value}", signed(from)),
        UnaryOp::FcvtToUint | UnaryOp::FcvtToSint if size <= 64 => {
            let (low, high) = limits(op == UnaryOp::FcvtToSint, size);
            let number = number(op == UnaryOp::FcvtToSint, ty);
            format!(
                "({{ {f} y = trunc_{f}(v{value}); if (!(y >= {low} && y < {high})) TRAP(); \
                 ({number})y; }})"
            )
        }
        UnaryOp::FcvtToUintSat | UnaryOp::FcvtToSintSat if size <= 64 => {
            let is_signed = op == UnaryOp::FcvtToSintSat;
            let (low, high) = limits(is_signed, size);
            let number = number(is_signed, ty);
            let (least, most) = match is_signed {
                true => (
                    format!("(u64)1 << {}", size - 1),
                    format!("((u64)1 << {}) - 1", size - 1),
                ),
                false => ("0".to_owned(), "-(u64)1".to_owned()),
            };
            format!(
                "({{ {f} y = trunc_{f}(v{value}); y != y ? (u64)0 : y < {low} ? {least} : \
                 y >= {high} ? {most} : (u64)({number})y; }})"
            )
        }
        _ => return Ok(None),
    }))
}

/// The sign of a float.
fn sign(ty: Type) -> &'static str {
    match ty {
        Type::F32 => "0x80000000u",
        _ => "0x8000000000000000ul",
    }
}

/// The least integer of so many bits, and the first one above them, as floats.
fn limits(is_signed: bool, bits: u32) -> (String, String) {
    match is_signed {
        true => (format!("-0x1p{}", bits - 1), format!("0x1p{}", bits - 1)),
        false => ("0.0".to_owned(), format!("0x1p{bits}")),
    }
}

fn number(is_signed: bool, ty: Type) -> String {
    if is_signed { signed(ty) } else { unsigned(ty) }
}

fn binary(
    writer: &Writer<'_>,
    op: BinaryOp,
    [a, b]: [Value; 2],
    instruction: &Instruction<'_>,
) -> Result<Option<String>, Diagnostic> {
    let result = instruction.results.start;
    let ty = writer.ty(result)?;
    let (c, s, w, size) = (c_type(ty)?, signed(ty), wide(ty), ty.bits());
    let f = c;
    let amount = format!("((u64)v{b} & {})", size - 1);
    let plain = |sign: &str| format!("({w})v{a} {sign} ({w})v{b}");
    let logic = |sign: &str| {
        let (left, right) = (bits(ty, a), bits(ty, b));
        from_bits(ty, &format!("({})({left} {sign} {right})", unsigned(ty)))
    };
    let chosen = |sign: &str, cast: &str| format!("({cast})v{a} {sign} ({cast})v{b} ? v{a} : v{b}");
    let checked = format!("if (!v{b}) TRAP(); ");
    let overflow = |operation: &str, cast: &str| {
        let flag = result + 1;
        format!(
            "{{ {cast} y; v{flag} = __builtin_{operation}_overflow(({cast})v{a}, ({cast})v{b}, &y); \
             v{result} = y; }}"
        )
    };
    let value = match op {
        BinaryOp::Iadd => plain("+"),
        BinaryOp::Isub => plain("-"),
        BinaryOp::Imul => plain("*"),
        BinaryOp::Umulhi if size <= 64 => format!("((u128)v{a} * (u128)v{b}) >> {size}"),
        BinaryOp::Smulhi if size <= 64 => {
            format!("((i128)({s})v{a} * (i128)({s})v{b}) >> {size}")
        }
        BinaryOp::Udiv => return Ok(Some(format!("{checked}v{result} = v{a} / v{b};"))),
        BinaryOp::Urem => return Ok(Some(format!("{checked}v{result} = v{a} % v{b};"))),
        BinaryOp::Sdiv => {
            return Ok(Some(format!(
                "{checked}if (({s})v{b} == -1 && v{a} == ({c})(({w})1 << {})) TRAP(); \
                 v{result} = ({s})v{a} / ({s})v{b};",
                size - 1
            )));
        }
        BinaryOp::Srem => {
            return Ok(Some(format!(
                "{checked}v{result} = ({s})v{b} == -1 ? 0 : ({s})v{a} % ({s})v{b};"
            )));
        }
        BinaryOp::UaddOverflow => return Ok(Some(overflow("add", c))),
        BinaryOp::SaddOverflow => return Ok(Some(overflow("add", &s))),
        BinaryOp::UsubOverflow => return Ok(Some(overflow("sub", c))),
        BinaryOp::SsubOverflow => return Ok(Some(overflow("sub", &s))),
        BinaryOp::UmulOverflow => return Ok(Some(overflow("mul", c))),
        BinaryOp::SmulOverflow => return Ok(Some(overflow("mul", &s))),
        BinaryOp::Band => logic("&"),
        BinaryOp::Bor => logic("|"),
        BinaryOp::Bxor => logic("^"),
        BinaryOp::Ishl => format!("({w})v{a} << {amount}"),
        BinaryOp::Ushr => format!("v{a} >> {amount}"),
        BinaryOp::Sshr => format!("({s})v{a} >> {amount}"),
        BinaryOp::Rotl | BinaryOp::Rotr => {
            let (to, back) = match op {
                BinaryOp::Rotl => ("<<", ">>"),
                _ => (">>", "<<"),
            };
            let rest = format!("(({size} - {amount}) & {})", size - 1);
            format!("({c})(({w})v{a} {to} {amount}) | ({c})(({w})v{a} {back} {rest})")
        }
        BinaryOp::Smin => chosen("<", &s),
        BinaryOp::Umin => chosen("<", c),
        BinaryOp::Smax => chosen(">", &s),
        BinaryOp::Umax => chosen(">", c),
        BinaryOp::Fadd => format!("v{a} + v{b}"),
        BinaryOp::Fsub => format!("v{a} - v{b}"),
        BinaryOp::Fmul => format!("v{a} * v{b}"),
        BinaryOp::Fdiv => format!("v{a} / v{b}"),
        BinaryOp::Fmin => format!("min_{f}(v{a}, v{b})"),
        BinaryOp::Fmax => format!("max_{f}(v{a}, v{b})"),
        BinaryOp::Fcopysign => format!("copysign_{f}(v{a}, v{b})"),
        BinaryOp::Iconcat if size == 128 => format!("(u128)v{b} << 64 | v{a}"),
        _ => return Ok(None),
    };
    Ok(Some(format!("v{result} = ({c})({value});")))
}

fn ternary(
    writer: &Writer<'_>,
    op: TernaryOp,
    [a, b, third]: [Value; 3],
    instruction: &Instruction<'_>,
) -> Result<Option<String>, Diagnostic> {
    let result = instruction.results.start;
    let ty = writer.ty(result)?;
    let (c, s) = (c_type(ty)?, signed(ty));
    let carried = |operation: &str, cast: &str, both: &str| {
        let flag = result + 1;
        format!(
            "{{ {cast} y, z; u8 o = __builtin_{operation}_overflow(({cast})v{a}, ({cast})v{b}, &y); \
             v{flag} = o {both} __builtin_{operation}_overflow(y, ({cast})!!v{third}, &z); \
             v{result} = z; }}"
        )
    };
    Ok(Some(match op {
        TernaryOp::Select | TernaryOp::SelectSpectreGuard => {
            format!("v{result} = v{a} ? v{b} : v{third};")
        }
        TernaryOp::Bitselect => {
            let (mask, yes, no) = (bits(ty, a), bits(ty, b), bits(ty, third));
            let chosen = format!("({})(({mask} & {yes}) | (~{mask} & {no}))", unsigned(ty));
            format!("v{result} = {};", from_bits(ty, &chosen))
        }
        TernaryOp::Fma => {
            let routine = if ty == Type::F32 {
                "l_FmaF32"
            } else {
                "l_FmaF64"
            };
            format!("v{result} = (({c} (*)({c}, {c}, {c})){routine})(v{a}, v{b}, v{third});")
        }
        // Two overflows of signed numbers in a row undo one another.
        TernaryOp::UaddOverflowCin => carried("add", c, "|"),
        TernaryOp::SaddOverflowCin => carried("add", &s, "^"),
        TernaryOp::UsubOverflowBin => carried("sub", c, "|"),
        TernaryOp::SsubOverflowBin => carried("sub", &s, "^"),
        _ => return Ok(None),
    }))
}

/// How many bits a load reads, and whether it extends them by their sign.
fn loaded(op: LoadOp, ty: Type) -> Option<(u32, bool)> {
    Some(match op {
        LoadOp::Load => (ty.bits(), false),
        LoadOp::Uload8 => (8, false),
        LoadOp::Sload8 => (8, true),
        LoadOp::Uload16 => (16, false),
        LoadOp::Sload16 => (16, true),
        LoadOp::Uload32 => (32, false),
        LoadOp::Sload32 => (32, true),
        _ => return None,
    })
}

/// The type that a load reads for a result of this type.
fn integer(bits: u32, ty: Type) -> Type {
    match bits {
        bits if bits == ty.bits() => ty,
        8 => Type::I8,
        16 => Type::I16,
        _ => Type::I32,
    }
}

fn atomic_update(
    operation: AtomicOperation,
    ty: Type,
    address: Value,
    value: Value,
    set: &dyn Fn(String) -> String,
) -> String {
    let (u, s) = (unsigned(ty), signed(ty));
    let fetch = |name: &str| {
        set(format!(
            "__atomic_{name}(({u} *)v{address}, v{value}, __ATOMIC_SEQ_CST)"
        ))
    };
    let choose = |cast: &str, sign: &str| {
        set(format!(
            "({{ {u} y = __atomic_load_n(({u} *)v{address}, __ATOMIC_SEQ_CST); \
             while (!__atomic_compare_exchange_n(({u} *)v{address}, &y, \
             ({cast})y {sign} ({cast})v{value} ? y : v{value}, 0, __ATOMIC_SEQ_CST, \
             __ATOMIC_SEQ_CST)); y; }})"
        ))
    };
    match operation {
        AtomicOperation::Add => fetch("fetch_add"),
        AtomicOperation::Sub => fetch("fetch_sub"),
        AtomicOperation::And => fetch("fetch_and"),
        AtomicOperation::Nand => fetch("fetch_nand"),
        AtomicOperation::Or => fetch("fetch_or"),
        AtomicOperation::Xor => fetch("fetch_xor"),
        AtomicOperation::Exchange => fetch("exchange_n"),
        AtomicOperation::UnsignedMin => choose(&u, "<"),
        AtomicOperation::UnsignedMax => choose(&u, ">"),
        AtomicOperation::SignedMin => choose(&s, "<"),
        AtomicOperation::SignedMax => choose(&s, ">"),
    }
}

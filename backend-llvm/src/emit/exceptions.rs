//! Calls that may throw, and throwing.
//!
//! `__cranelift_throw` unwinds the stack by the compiler's library, as C does it when a
//! thread is cancelled. A call with handlers is an `invoke`, whose landing pad looks at what
//! was thrown: it goes to the handler of its tag, or on unwinding.

use std::fmt::Write as _;

use beskid_plugin_api::artifact::{
    ExceptionItem, ExceptionTable, ImportSource, Linkage, Purpose, Signature, Symbol, SymbolId,
    THROW, Type,
};
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::target::Format;
use beskid_plugin_api::tree::{FunctionTree, NullaryOp, Operation, Value};

use super::calls;
use super::control::{Passed, jump_with};
use super::unit::Unit;
use super::writer::Writer;
use crate::refusal::{broken, unsupported};
use crate::target::Architecture;

/// The C library's personality: it runs what is to be run while the stack is unwound.
const PERSONALITY: &str = "__gcc_personality_v0";
/// Tells the exceptions here from those of C++ and others: `BESKID`, and a NUL twice.
const CLASS: u64 = 0x4245_534b_4944_0000;
/// What the unwinder knows of an exception: class, function that frees it, two words.
const HEADER: u64 = 32;
/// Offsets of the outermost frame, of the frame that throws, of tag and payload.
const OUTERMOST: u64 = HEADER;
const FRAME: u64 = 40;
const TAG: u64 = 48;
const PAYLOAD: u64 = 56;
/// Bytes of all.
const SIZE: u64 = 72;
/// `_UA_END_OF_STACK`.
const END_OF_STACK: u32 = 16;
/// The type of what a landing pad is given.
const PAD: &str = "{ ptr, i32 }";

/// Whether a symbol is the function that throws, which a backend defines.
pub(super) fn is_throw(symbol: &Symbol) -> bool {
    let is_plain = symbol.linkage == Linkage::Import(ImportSource::Plain);
    is_plain && symbol.name.as_deref() == Some(THROW)
}

/// What stands at the end of a definition's first line: who has to know of its handlers.
pub(super) fn personality(unit: &Unit<'_>, tree: &FunctionTree<'_>) -> String {
    let instructions = tree.blocks.iter().flat_map(|block| &block.instructions);
    let mut tables = instructions.filter_map(|one| match &one.operation {
        Operation::TryCall { table, .. } | Operation::TryCallIndirect { table, .. } => Some(table),
        _ => None,
    });
    match tables.any(|table| has_handlers(table)) {
        true => {
            let name = unit.outside(PERSONALITY, "i32", "...");
            format!(" personality ptr {name}")
        }
        false => String::new(),
    }
}

/// What a function needs that looks at its own frame, which throwing begins at: that it has
/// one.
pub(super) fn frame(tree: &FunctionTree<'_>) -> &'static str {
    let mut instructions = tree.blocks.iter().flat_map(|block| &block.instructions);
    let looks = instructions.any(|one| {
        matches!(
            one.operation,
            Operation::Nullary(NullaryOp::GetFramePointer | NullaryOp::GetReturnAddress)
        )
    });
    if looks {
        " noinline \"disable-tail-calls\"=\"true\""
    } else {
        ""
    }
}

fn has_handlers(table: &ExceptionTable) -> bool {
    let mut items = table.items.iter();
    items.any(|item| !matches!(item, ExceptionItem::Context(_)))
}

fn check(unit: &Unit<'_>) -> Result<(), Diagnostic> {
    if unit.machine.format == Format::Coff {
        let target = &unit.machine.written;
        return Err(unsupported(format_args!("exceptions for `{target}`")));
    }
    Ok(())
}

/// Writes a call that may throw, and what leads from it to its handlers.
pub(super) fn try_call(
    w: &mut Writer<'_>,
    pointer: &str,
    signature: &Signature,
    values: &[Value],
    table: &ExceptionTable,
) -> Result<(), Diagnostic> {
    check(w.unit)?;
    let ty = w.unit.function_type(signature)?;
    let arguments = calls::arguments(w, signature, &ty, values)?;
    let is_caught = has_handlers(table);
    let verb = if is_caught { "invoke" } else { "call" };
    let mut call = format!("{verb} {} {pointer}({arguments}) #1", ty.of_call());
    let (next, pad) = (w.fresh_label(), w.fresh_label());
    if is_caught {
        let _ = write!(call, " to label %{next} unwind label %{pad}");
    }
    let all = match signature.returns.is_empty() {
        true => {
            w.line(call);
            None
        }
        false => Some(w.op(call)),
    };
    if is_caught {
        w.begin(next);
    }
    let results = match (all, signature.returns.len()) {
        (None, _) => Vec::new(),
        (Some(one), 1) => vec![one],
        (Some(all), count) => (0..count)
            .map(|index| w.op(format_args!("extractvalue {} {all}, {index}", ty.result)))
            .collect(),
    };
    let payload = Vec::new();
    jump_with(w, &table.normal, &Passed { results, payload })?;
    match is_caught {
        true => handlers(w, pad, table),
        false => Ok(()),
    }
}

/// Writes a landing pad.
fn handlers(w: &mut Writer<'_>, pad: String, table: &ExceptionTable) -> Result<(), Diagnostic> {
    let [own, inside, on] = [(); 3].map(|()| w.fresh_label());
    w.begin(pad);
    let given = w.op(format_args!("landingpad {PAD} cleanup"));
    let thrown = w.op(format_args!("extractvalue {PAD} {given}, 0"));
    let class = w.op(format_args!("load i64, ptr {thrown}"));
    let is_own = w.op(format_args!("icmp eq i64 {class}, {CLASS}"));
    w.line(format_args!("br i1 {is_own}, label %{own}, label %{on}"));
    w.begin(own);
    // The frame that throws has no part in it.
    let frame = field(w, &thrown, FRAME, "i64");
    let here = w.intrinsic("llvm.frameaddress.p0", "ptr", &[("i32", "0")]);
    let here = w.op(format_args!("ptrtoint ptr {here} to i64"));
    let is_outside = w.op(format_args!("icmp ugt i64 {here}, {frame}"));
    w.line(format_args!(
        "br i1 {is_outside}, label %{inside}, label %{on}"
    ));
    w.begin(inside);
    let tag = field(w, &thrown, TAG, "i32");
    let passed = Passed {
        results: Vec::new(),
        payload: [PAYLOAD, PAYLOAD + 8]
            .map(|at| field(w, &thrown, at, "i64"))
            .into(),
    };
    for item in &table.items {
        let (fits, target) = match item {
            ExceptionItem::Tag(wanted, target) => {
                let wanted = wanted.cast_signed();
                let fits = w.op(format_args!("icmp eq i32 {tag}, {wanted}"));
                (fits, target)
            }
            ExceptionItem::Default(target) => ("true".to_owned(), target),
            ExceptionItem::Context(_) => continue,
        };
        let (caught, next) = (w.fresh_label(), w.fresh_label());
        w.line(format_args!("br i1 {fits}, label %{caught}, label %{next}"));
        w.begin(caught);
        let free = routine(w.unit, "free", "void", "ptr")?;
        let free = w.op(free);
        w.line(format_args!("call void {free}(ptr {thrown}) #1"));
        jump_with(w, target, &passed)?;
        w.begin(next);
    }
    w.line(format_args!("br label %{on}"));
    w.begin(on);
    w.line(format_args!("resume {PAD} {given}"));
    Ok(())
}

/// A word of what was thrown.
fn field(w: &mut Writer<'_>, thrown: &str, at: u64, ty: &str) -> String {
    let place = w.op(format_args!("getelementptr i8, ptr {thrown}, i64 {at}"));
    w.op(format_args!("load {ty}, ptr {place}"))
}

/// A routine of the C library, as the operand of a call that hides how the program has
/// declared it.
fn routine(unit: &Unit<'_>, name: &str, result: &str, params: &str) -> Result<String, Diagnostic> {
    let mut symbols = unit.outline.module().symbols.iter();
    let own = symbols.find(|symbol| symbol.name.as_deref() == Some(name));
    match own.is_some_and(|symbol| symbol.linkage.is_definition()) {
        true => Err(unsupported(format_args!(
            "exceptions in a program with a `{name}` of its own"
        ))),
        false => {
            let name = unit.outside(name, result, params);
            Ok(format!("call ptr asm \"\", \"=r,0\"(ptr {name})"))
        }
    }
}

/// Writes the function that throws.
///
/// # Errors
/// E5007 if its signature is another one than the format says; E4002 where nothing is thrown.
pub(super) fn define_throw(
    unit: &Unit<'_>,
    id: SymbolId,
    text: &mut String,
) -> Result<(), Diagnostic> {
    check(unit)?;
    let signature = unit.signature(id)?;
    let params = &signature.params;
    let wanted = [
        Type::I64,
        Type::I64,
        Type::I64,
        Type::I32,
        Type::I64,
        Type::I64,
    ];
    let is_plain = params.iter().all(|param| param.purpose == Purpose::Normal);
    let fits = params.iter().map(|param| param.ty).eq(wanted) && signature.returns.is_empty();
    if !fits || !is_plain {
        let what =
            format_args!("the parameters of `{THROW}` are not (i64, i64, i64, i32, i64, i64)");
        return Err(broken(what));
    }
    let malloc = routine(unit, "malloc", "ptr", "i64")?;
    let unwind = unit.outside("_Unwind_ForcedUnwind", "i32", "ptr, ptr, ptr");
    let place = unit.outside("_Unwind_GetCFA", "i64", "ptr");
    unit.declare("llvm.trap", "declare void", "()");
    let (name, ty, stop) = (
        unit.name(id)?,
        unit.function_type(signature)?,
        unit.own("stop"),
    );
    let params = ty.params.iter().enumerate();
    let params = params.map(|(index, param)| format!("{param} %p{index}"));
    let params = params.collect::<Vec<_>>().join(", ");
    let convention = ty.convention;
    let fields = [
        (0, "i64", CLASS.to_string()),
        (OUTERMOST, "i64", "%p0".to_owned()),
        (FRAME, "i64", "%p1".to_owned()),
        (TAG, "i32", "%p3".to_owned()),
        (PAYLOAD, "i64", "%p4".to_owned()),
        (PAYLOAD + 8, "i64", "%p5".to_owned()),
    ];
    let _ = writeln!(
        text,
        "define internal {convention}void {name}({params}) #0 {{\nentry:\n  \
           %m = {malloc}\n  \
           %e = call ptr %m(i64 {SIZE}) #1\n  \
           %none = icmp eq ptr %e, null\n  \
           br i1 %none, label %trap, label %fill\n\
         fill:\n  \
           store [{HEADER} x i8] zeroinitializer, ptr %e"
    );
    for (at, ty, operand) in fields {
        let _ = writeln!(
            text,
            "  %f{at} = getelementptr i8, ptr %e, i64 {at}\n  store {ty} {operand}, ptr %f{at}"
        );
    }
    // Where the stack pointer of a frame is beyond the outermost one that is searched.
    let beyond = match unit.machine.architecture {
        Architecture::X86_64 | Architecture::Aarch64 => "ugt",
        // Its frame pointers are what the stack pointer of the frame outside is.
        Architecture::Riscv64 => "uge",
    };
    let _ = writeln!(
        text,
        "  %r = call i32 {unwind}(ptr %e, ptr {stop}, ptr %e) #1\n  \
           br label %trap\n\
         trap:\n  call void @llvm.trap()\n  unreachable\n}}\n\
         define internal i32 {stop}(i32 %v, i32 %a, i64 %c, ptr %e, ptr %context, ptr %s) #0 {{\n\
         entry:\n  \
           %at = call i64 {place}(ptr %context) #1\n  \
           %field = getelementptr i8, ptr %e, i64 {OUTERMOST}\n  \
           %outermost = load i64, ptr %field\n  \
           %beyond = icmp {beyond} i64 %at, %outermost\n  \
           %bit = and i32 %a, {END_OF_STACK}\n  \
           %end = icmp ne i32 %bit, 0\n  \
           %over = or i1 %beyond, %end\n  \
           br i1 %over, label %trap, label %go\n\
         go:\n  ret i32 0\n\
         trap:\n  call void @llvm.trap()\n  unreachable\n}}"
    );
    Ok(())
}

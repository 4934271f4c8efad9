//! The function that reaches the entrypoint from outside.

use std::fmt::Write as _;

use beskid_plugin_api::artifact::Type;
use beskid_plugin_api::backend::{EntryPlan, EntryResult, RuntimeStart};
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::runtime_abi::START_SYMBOL;

use super::types;
use super::unit::Unit;

/// Room for the digits of the version that was found.
const DIGITS: usize = 10;

/// Writes what a plan says.
pub(super) fn define(
    unit: &Unit<'_>,
    plan: &EntryPlan<'_>,
    text: &mut String,
) -> Result<(), Diagnostic> {
    let id = plan.entrypoint.symbol;
    let signature = unit.signature(id)?;
    let (ty, target) = (unit.function_type(signature)?, unit.name(id)?);
    let call = format!("call {} {target}() #1", ty.of_call());
    let name = plan.name;
    if plan.result == EntryResult::Same {
        let (extension, result) = (ty.extension, &ty.result);
        let _ = match signature.returns.is_empty() {
            true => writeln!(
                text,
                "define void @{name}() #0 {{\n  {call}\n  ret void\n}}"
            ),
            false => writeln!(
                text,
                "define {extension}{result} @{name}() #0 {{\n  %r = {call}\n  ret {result} %r\n}}"
            ),
        };
        return Ok(());
    }
    if let Some(required) = plan.required {
        check(unit, required, text);
    }
    let _ = writeln!(text, "define i32 @{name}(i32 %n, i64 %a) #0 {{\nentry:");
    if plan.required.is_some() {
        let _ = writeln!(text, "  call void {}() #1", unit.own("check"));
    }
    let args = "i64, i64";
    match plan.start {
        RuntimeStart::Linked | RuntimeStart::IfLoaded => {
            let start = match plan.start {
                RuntimeStart::IfLoaded => unit.outside_weak(START_SYMBOL, "void", args),
                _ => unit.outside(START_SYMBOL, "void", args),
            };
            let _ = writeln!(
                text,
                "  %is = icmp ne ptr {start}, null\n  br i1 %is, label %start, label %go\nstart:\n  \
                 %count = sext i32 %n to i64\n  call void {start}(i64 %count, i64 %a) #1\n  \
                 br label %go\ngo:"
            );
        }
        _ => {}
    }
    let result = signature.returns.first().map(|result| result.ty);
    let _ = match (plan.result, result) {
        (EntryResult::Low, Some(Type::I32)) => {
            writeln!(text, "  %r = {call}\n  ret i32 %r\n}}")
        }
        (EntryResult::Low, Some(_)) => {
            let result = &ty.result;
            writeln!(
                text,
                "  %r = {call}\n  %low = trunc {result} %r to i32\n  ret i32 %low\n}}"
            )
        }
        (_, Some(_)) => writeln!(text, "  %r = {call}\n  ret i32 0\n}}"),
        (_, None) => writeln!(text, "  {call}\n  ret i32 0\n}}"),
    };
    Ok(())
}

/// A function that ends the program if the runtime has another version.
fn check(unit: &Unit<'_>, required: u32, text: &mut String) {
    let message = EntryPlan::mismatch(required);
    let (behind, check) = (unit.own("mismatch"), unit.own("check"));
    let version = unit.outside("beskid_runtime_abi_version", "i32", "");
    let panic = unit.outside("panic", "void", "i64, i64");
    let (size, all) = (message.len(), message.len() + DIGITS);
    let bytes = types::escaped(message.as_bytes());
    unit.declare(
        "llvm.memcpy.p0.p0.i64",
        "declare void",
        "(ptr, ptr, i64, i1)",
    );
    let _ = writeln!(
        text,
        "{behind} = private constant [{size} x i8] c\"{bytes}\"\n\
         define internal void {check}() #0 {{\nentry:\n  \
           %found = call i32 {version}() #1\n  \
           %same = icmp eq i32 %found, {required}\n  \
           br i1 %same, label %end, label %other\n\
         end:\n  ret void\n\
         other:\n  \
           %all = alloca [{all} x i8]\n  \
           %behind = getelementptr i8, ptr %all, i64 {DIGITS}\n  \
           call void @llvm.memcpy.p0.p0.i64(ptr %behind, ptr {behind}, i64 {size}, i1 false)\n  \
           br label %digit\n\
         digit:\n  \
           %at = phi i64 [ {DIGITS}, %other ], [ %before, %digit ]\n  \
           %rest = phi i32 [ %found, %other ], [ %less, %digit ]\n  \
           %before = sub i64 %at, 1\n  \
           %low = urem i32 %rest, 10\n  \
           %code = add i32 %low, 48\n  \
           %byte = trunc i32 %code to i8\n  \
           %to = getelementptr i8, ptr %all, i64 %before\n  \
           store i8 %byte, ptr %to\n  \
           %less = udiv i32 %rest, 10\n  \
           %more = icmp ne i32 %less, 0\n  \
           br i1 %more, label %digit, label %say\n\
         say:\n  \
           %length = sub i64 {all}, %before\n  \
           %text = ptrtoint ptr %to to i64\n  \
           call void {panic}(i64 %text, i64 %length) #1\n  \
           unreachable\n}}"
    );
}

//! The function that reaches the entrypoint from outside.

use std::fmt::Write as _;

use beskid_plugin_api::backend::{EntryPlan, EntryResult, RuntimeStart};

use crate::names::escaped;

/// Writes what a plan says.
pub fn define(plan: &EntryPlan<'_>, text: &mut String) {
    let target = plan.entrypoint.symbol;
    if plan.result == EntryResult::Same {
        let name = plan.name;
        let _ = writeln!(text, "r{target} {name}(void) {{ return s{target}(); }}");
        return;
    }
    if let Some(required) = plan.required {
        let message = EntryPlan::mismatch(required);
        let message = message.bytes().map(escaped).collect::<String>();
        let _ = writeln!(
            text,
            "extern u32 e_version(void) __asm__(\"beskid_runtime_abi_version\");\n\
             extern void e_panic(const char *, u64) __asm__(\"panic\");\n\
             static void check_version(void) {{\n\
             u32 found = e_version(); if (found == {required}u) return;\n\
             static char message[] = \"0000000000{message}\"; int start = 10;\n\
             do {{ message[--start] = '0' + found % 10; found /= 10; }} while (found);\n\
             e_panic(message + start, sizeof message - 1 - start); TRAP(); }}"
        );
    }
    let weak = match plan.start {
        RuntimeStart::IfLoaded => "__attribute__((weak)) ",
        _ => "",
    };
    let starts = matches!(plan.start, RuntimeStart::Linked | RuntimeStart::IfLoaded);
    if starts {
        let _ = writeln!(
            text,
            "extern {weak}void e_start(i64, char **) __asm__(\"rt_start\");"
        );
    }
    let _ = writeln!(text, "int main(int count, char **arguments) {{");
    if plan.required.is_some() {
        text.push_str("check_version();\n");
    }
    if starts {
        text.push_str("if (e_start) e_start(count, arguments);\n");
    }
    let _ = match plan.result {
        EntryResult::Low => writeln!(text, "return (int)s{target}(); }}"),
        _ => writeln!(text, "s{target}(); return 0; }}"),
    };
}

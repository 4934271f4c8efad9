//! An artifact as a module in LLVM's text.

mod atomics;
mod calls;
mod control;
mod data;
mod debug;
mod entry;
mod exceptions;
mod floats;
mod function;
mod integers;
mod logic;
mod memory;
mod threads;
mod types;
mod unit;
mod vectors;
mod writer;

use std::fmt::Write as _;

use beskid_plugin_api::artifact::{CodegenArtifact, Feature, Linkage, Setting, SymbolKind};
use beskid_plugin_api::backend::{CompileRequest, EntryPlan, Optimization, OutputForm};
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::services::Services;
use beskid_plugin_api::target::Format;
use beskid_plugin_api::tree::{LIBCALLS, Trees};

use crate::refusal::cancelled;
use crate::target::{Architecture, Machine};
use threads::Threads;
use unit::Unit;

/// What LLVM may put in place of a loop.
const IDIOMS: [&str; 6] = ["memcpy", "memset", "memmove", "memcmp", "bcmp", "strlen"];

/// A module's text.
pub(crate) struct Text {
    /// The text, with a NUL behind it.
    pub(crate) text: String,
    /// The name by which a session finds the entrypoint.
    pub(crate) entrypoint: Option<String>,
}

/// Writes an artifact.
///
/// # Errors
/// E5006, E5007 and E4002 for what cannot be written; E4044 if the user wants to stop.
pub(crate) fn text(
    artifact: &CodegenArtifact,
    request: &CompileRequest,
    machine: &Machine,
    plan: Option<&EntryPlan<'_>>,
    services: &Services,
) -> Result<Text, Diagnostic> {
    let unit = Unit::new(artifact, request, machine);
    let mut text = String::new();
    for (id, symbol) in (0..).zip(&artifact.module().symbols) {
        if let (SymbolKind::Function { .. }, Linkage::Import(_)) = (&symbol.kind, &symbol.linkage) {
            if exceptions::is_throw(symbol) {
                exceptions::define_throw(&unit, id, &mut text)?;
                continue;
            }
            let ty = unit.function_type(unit.signature(id)?)?;
            let (name, params) = (unit.name(id)?, ty.params.join(", "));
            let _ = writeln!(text, "declare {} {name}({params})", ty.of_call());
        }
    }
    data::write(&unit, &mut text)?;
    let trees = Trees::of(artifact)?;
    let threads = Threads::new(&unit, &trees, &mut text);
    for tree in &trees {
        if services.is_cancelled() {
            return Err(cancelled());
        }
        let enter = threads.enter(tree.body().symbol);
        function::define(&unit, tree, enter, &mut text)?;
    }
    if let Some(plan) = plan {
        entry::define(&unit, plan, &mut text)?;
    }
    let entrypoint = match (&artifact.header().entrypoint, request.output) {
        (Some(entrypoint), OutputForm::Session) => {
            let target = unit.name(entrypoint.symbol)?;
            let alias = unit.own("entrypoint");
            let ty = "void ()";
            let _ = writeln!(text, "{alias} = alias {ty}, ptr {target}");
            Some(unit.own_plain("entrypoint"))
        }
        _ => None,
    };
    text.push_str(&unit.declarations());
    attributes(&unit, &mut text);
    if let Some(debug) = &unit.debug {
        debug.write(&mut text);
    }
    text.push('\0');
    Ok(Text { text, entrypoint })
}

fn attributes(unit: &Unit<'_>, text: &mut String) {
    let request = unit.request;
    let symbols = &unit.outline.module().symbols;
    let throws = unit
        .outline
        .header()
        .features
        .contains(&Feature::Exceptions)
        || symbols.iter().any(exceptions::is_throw);
    let unwind = if throws { "" } else { "nounwind" };
    let mut attributes = vec![unwind, "null_pointer_is_valid", "uwtable"];
    if request.optimization == Optimization::SpeedAndSize {
        attributes.push("optsize");
    }
    if unit.machine.format != Format::Coff {
        attributes.push("\"probe-stack\"=\"inline-asm\"");
    }
    let is_debugged = unit.debug.is_some() && request.optimization == Optimization::None;
    // By a frame pointer debuggers know where the parameters are ready.
    if unit.has(Setting::FramePointers) || is_debugged {
        attributes.push("\"frame-pointer\"=\"all\"");
    } else {
        // The runtime follows the frames to tell what a panic came through.
        attributes.push("\"frame-pointer\"=\"non-leaf\"");
    }
    // A program's own `memset` is not to be made of calls of `memset`.
    let mut own = symbols
        .iter()
        .filter(|symbol| symbol.linkage.is_definition());
    let is_routine = |name: &str| {
        IDIOMS.contains(&name) || LIBCALLS.iter().any(|routine| routine.symbol == name)
    };
    if own.any(|symbol| symbol.name.as_deref().is_some_and(is_routine)) {
        attributes.push("\"no-builtins\"");
    }
    let attributes = attributes.join(" ");
    let _ = writeln!(text, "attributes #0 = {{ {attributes} }}");
    // A function of the C library's name need not be the C library's.
    let _ = writeln!(text, "attributes #1 = {{ {unwind} nobuiltin }}");
    text.push_str("!0 = !{!\"branch_weights\", i32 1, i32 1048575}\n!1 = !{}\n");
    let mut flags = vec![
        "!{i32 8, !\"PIC Level\", i32 2}",
        "!{i32 7, !\"uwtable\", i32 2}",
    ];
    if unit.machine.architecture == Architecture::Riscv64 {
        flags.push("!{i32 1, !\"target-abi\", !\"lp64d\"}");
    }
    if unit.debug.is_some() {
        flags.push("!{i32 7, !\"Dwarf Version\", i32 5}");
        flags.push("!{i32 2, !\"Debug Info Version\", i32 3}");
    }
    let names = (2..).zip(&flags).map(|(number, _)| format!("!{number}"));
    let _ = writeln!(
        text,
        "!llvm.module.flags = !{{{}}}",
        names.collect::<Vec<_>>().join(", ")
    );
    for (number, flag) in (2..).zip(flags) {
        let _ = writeln!(text, "!{number} = {flag}");
    }
}

//! Where a block goes on.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use beskid_plugin_api::artifact::{BlockArg, BlockCall, JumpTable};
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::tree::Value;

use super::types;
use super::writer::Writer;
use crate::refusal::broken;

/// What a call that may throw gives a block besides values: operands by their index.
#[derive(Debug, Default)]
pub(super) struct Passed {
    pub(super) results: Vec<String>,
    pub(super) payload: Vec<String>,
}

/// Notes the arguments for a block, from the block with this label.
fn arrive(w: &mut Writer<'_>, target: &BlockCall, from: String) -> Result<(), Diagnostic> {
    arrive_with(w, target, from, &Passed::default())
}

fn arrive_with(
    w: &mut Writer<'_>,
    target: &BlockCall,
    from: String,
    passed: &Passed,
) -> Result<(), Diagnostic> {
    let operands = target.args.iter().map(|argument| {
        let operand = match argument {
            BlockArg::Value(value) => Some(format!("%v{value}")),
            BlockArg::CallResult(index) => passed.results.get(*index as usize).cloned(),
            BlockArg::ExceptionPayload(index) => passed.payload.get(*index as usize).cloned(),
        };
        operand.ok_or_else(|| broken("a block gets what its call does not give"))
    });
    let operands = operands.collect::<Result<Vec<_>, Diagnostic>>()?;
    w.edges
        .entry(target.block)
        .or_default()
        .push((from, operands));
    Ok(())
}

/// Labels for targets of one branch. What is reached twice, or with arguments among
/// others, is reached through blocks of their own, which stand behind the branch.
struct Targets {
    seen: BTreeSet<u32>,
    behind: Vec<(String, BlockCall)>,
}

impl Targets {
    const fn new() -> Self {
        Self {
            seen: BTreeSet::new(),
            behind: Vec::new(),
        }
    }

    fn label(&mut self, w: &mut Writer<'_>, target: &BlockCall) -> Result<String, Diagnostic> {
        let is_first = self.seen.insert(target.block);
        if is_first {
            arrive(w, target, w.label.clone())?;
            return Ok(format!("b{}", target.block));
        }
        if target.args.is_empty() {
            return Ok(format!("b{}", target.block));
        }
        let label = w.fresh_label();
        self.behind.push((label.clone(), target.clone()));
        Ok(label)
    }

    fn write(self, w: &mut Writer<'_>) -> Result<(), Diagnostic> {
        for (label, target) in self.behind {
            w.begin(label.clone());
            w.line(format_args!("br label %b{}", target.block));
            arrive(w, &target, label)?;
        }
        Ok(())
    }
}

/// Writes `jump`.
pub(super) fn jump(w: &mut Writer<'_>, target: &BlockCall) -> Result<(), Diagnostic> {
    jump_with(w, target, &Passed::default())
}

/// As [`jump`], with what a call that may throw gives.
pub(super) fn jump_with(
    w: &mut Writer<'_>,
    target: &BlockCall,
    passed: &Passed,
) -> Result<(), Diagnostic> {
    arrive_with(w, target, w.label.clone(), passed)?;
    let jump = format!("br label %b{}", target.block);
    if target.block == w.block + 1 {
        // Other backends have no instruction for it, at which a debugger would stop.
        let _ = writeln!(w.text, "  {jump}");
    } else {
        w.line(jump);
    }
    Ok(())
}

/// Writes `brif`.
pub(super) fn branch(
    w: &mut Writer<'_>,
    value: Value,
    [nonzero, zero]: [&BlockCall; 2],
) -> Result<(), Diagnostic> {
    let condition = w.truth(value)?;
    let mut targets = Targets::new();
    let nonzero = targets.label(w, nonzero)?;
    let zero = targets.label(w, zero)?;
    w.line(format_args!(
        "br i1 {condition}, label %{nonzero}, label %{zero}"
    ));
    targets.write(w)
}

/// Writes `br_table`.
pub(super) fn table(w: &mut Writer<'_>, index: Value, table: &JumpTable) -> Result<(), Diagnostic> {
    let ty = w.ty(index)?;
    let name = types::name(ty)?;
    let mut targets = Targets::new();
    let default = targets.label(w, &table.default)?;
    // An index of few bits never names what is beyond them.
    let most = 1_u64.checked_shl(ty.bits()).unwrap_or(u64::MAX);
    let mut cases = String::new();
    for (case, target) in (0_u64..most).zip(&table.entries) {
        let label = targets.label(w, target)?;
        let case = types::constant(ty, case.into());
        cases.push_str(&format!(" {name} {case}, label %{label}"));
    }
    w.line(format_args!(
        "switch {name} %v{index}, label %{default} [{cases} ]"
    ));
    targets.write(w)
}

//! A function that is being written: its blocks, its values, traps.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use beskid_plugin_api::artifact::{Setting, Signature, Type};
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::tree::{FunctionTree, Value};

use super::debug::Locals;
use super::types;
use super::unit::Unit;
use crate::refusal::broken;

/// Where a phi's value comes from: the block, and an operand for each parameter.
pub(super) type Edge = (String, Vec<String>);

/// A function that is being written.
pub(super) struct Writer<'a> {
    pub(super) unit: &'a Unit<'a>,
    pub(super) tree: &'a FunctionTree<'a>,
    pub(super) signature: &'a Signature,
    /// The text of the block that is being written.
    pub(super) text: String,
    /// The number of the block, in the order in which they lie.
    pub(super) block: u32,
    /// Its label.
    pub(super) label: String,
    /// Those that lead to each block.
    pub(super) edges: BTreeMap<u32, Vec<Edge>>,
    /// Addresses in the function's own stack, as pointers.
    pub(super) stack: BTreeMap<Value, String>,
    /// How often each value is used.
    pub(super) uses: Vec<u32>,
    pub(super) traps: bool,
    /// What debuggers are told of it.
    locals: Option<Locals<'a>>,
    /// What each instruction has behind it.
    behind: String,
    count: u32,
}

impl<'a> Writer<'a> {
    pub(super) fn new(
        unit: &'a Unit<'a>,
        tree: &'a FunctionTree<'a>,
        signature: &'a Signature,
    ) -> Self {
        let mut uses = vec![0_u32; tree.body().values as usize];
        let instructions = tree.blocks.iter().flat_map(|block| &block.instructions);
        for value in instructions.flat_map(|one| one.operation.uses()) {
            if let Some(count) = uses.get_mut(value as usize) {
                *count = count.saturating_add(1);
            }
        }
        let debug = unit.debug.as_ref();
        let mut locals = debug.and_then(|debug| Locals::of(debug, tree));
        let behind = locals.as_mut().map(Locals::nowhere);
        Self {
            unit,
            tree,
            signature,
            text: String::new(),
            block: 0,
            label: "entry".to_owned(),
            edges: BTreeMap::new(),
            stack: BTreeMap::new(),
            uses,
            traps: false,
            locals,
            behind: behind.unwrap_or_default(),
            count: 0,
        }
    }

    /// The type of a value.
    pub(super) fn ty(&self, value: Value) -> Result<Type, Diagnostic> {
        let ty = self.tree.value_type(value);
        ty.ok_or_else(|| broken("a value has no type"))
    }

    /// The type of a value in LLVM's text.
    pub(super) fn name(&self, value: Value) -> Result<String, Diagnostic> {
        types::name(self.ty(value)?)
    }

    fn fresh(&mut self) -> u32 {
        self.count += 1;
        self.count
    }

    /// A label that no block has.
    pub(super) fn fresh_label(&mut self) -> String {
        format!("c{}", self.fresh())
    }

    /// What follows is made of an instruction of this number.
    pub(super) fn at(&mut self, instruction: u32) {
        if let Some(locals) = &mut self.locals {
            self.behind = locals.at(self.tree.body(), instruction);
        }
    }

    /// Says which variables are in the stack's slots.
    pub(super) fn tell_slots(&mut self) {
        let calls = self.locals.as_ref();
        let calls = calls.map(|locals| locals.slots(self.tree.body()));
        self.tell("llvm.dbg.declare", calls);
    }

    /// Says which variables these values are.
    pub(super) fn tell_values(&mut self, values: Range<Value>) -> Result<(), Diagnostic> {
        for value in values {
            let ty = self.name(value)?;
            let calls = self.locals.as_ref();
            let calls = calls.map(|locals| locals.value(value, &ty));
            self.tell("llvm.dbg.value", calls);
        }
        Ok(())
    }

    fn tell(&mut self, function: &str, calls: Option<Vec<String>>) {
        let Some(calls) = calls.filter(|calls| !calls.is_empty()) else {
            return;
        };
        let params = "(metadata, metadata, metadata)";
        self.unit.declare(function, "declare void", params);
        for call in calls {
            let _ = writeln!(self.text, "  {call}");
        }
    }

    /// An instruction without a result.
    pub(super) fn line(&mut self, instruction: impl std::fmt::Display) {
        let _ = writeln!(self.text, "  {instruction}{}", self.behind);
    }

    /// An instruction with a result, which it gives.
    pub(super) fn op(&mut self, instruction: impl std::fmt::Display) -> String {
        let name = format!("%t{}", self.fresh());
        let _ = writeln!(self.text, "  {name} = {instruction}{}", self.behind);
        name
    }

    /// A value is what this instruction gives.
    pub(super) fn is(&mut self, value: Value, instruction: impl std::fmt::Display) {
        let _ = writeln!(self.text, "  %v{value} = {instruction}{}", self.behind);
    }

    /// A value is this operand.
    pub(super) fn set(&mut self, value: Value, operand: &str) -> Result<(), Diagnostic> {
        let ty = self.name(value)?;
        self.is(value, format_args!("bitcast {ty} {operand} to {ty}"));
        Ok(())
    }

    /// A call of an intrinsic; arguments are types and operands.
    pub(super) fn intrinsic(&mut self, name: &str, result: &str, args: &[(&str, &str)]) -> String {
        let call = self.intrinsic_call(name, result, args);
        self.op(call)
    }

    /// As [`intrinsic`](Self::intrinsic), without a result.
    pub(super) fn intrinsic_line(&mut self, name: &str, args: &[(&str, &str)]) {
        let call = self.intrinsic_call(name, "void", args);
        self.line(call);
    }

    fn intrinsic_call(&mut self, name: &str, result: &str, args: &[(&str, &str)]) -> String {
        let params = args
            .iter()
            .map(|(ty, _)| *ty)
            .collect::<Vec<_>>()
            .join(", ");
        let before = format!("declare {result}");
        self.unit.declare(name, &before, &format!("({params})"));
        let args = args.iter().map(|(ty, operand)| format!("{ty} {operand}"));
        let args = args.collect::<Vec<_>>().join(", ");
        format!("call {result} @{name}({args})")
    }

    /// An intrinsic of one type, which all of its operands and its result have.
    pub(super) fn same(
        &mut self,
        name: &str,
        ty: Type,
        args: &[&str],
    ) -> Result<String, Diagnostic> {
        let (text, suffix) = (types::name(ty)?, types::suffix(ty));
        let args = args.iter().map(|arg| (text.as_str(), *arg));
        let args = args.collect::<Vec<_>>();
        Ok(self.intrinsic(&format!("llvm.{name}.{suffix}"), &text, &args))
    }

    /// Traps if a condition, an `i1`, holds.
    pub(super) fn trap_if(&mut self, condition: &str) {
        let next = self.fresh_label();
        self.traps = true;
        self.line(format_args!(
            "br i1 {condition}, label %trap, label %{next}, !prof !0"
        ));
        self.begin(next);
    }

    /// Goes on in another block.
    pub(super) fn begin(&mut self, label: String) {
        let _ = writeln!(self.text, "{label}:");
        self.label = label;
    }

    /// Whether a value is not 0: an `i1`.
    pub(super) fn truth(&mut self, value: Value) -> Result<String, Diagnostic> {
        let ty = self.name(value)?;
        Ok(self.op(format_args!("icmp ne {ty} %v{value}, 0")))
    }

    /// A float, or the one NaN of a program that has one only.
    pub(super) fn rounded(&mut self, ty: Type, operand: String) -> Result<String, Diagnostic> {
        if !self.unit.has(Setting::CanonicalNans) {
            return Ok(operand);
        }
        let (name, truth) = (types::name(ty)?, types::truth(ty));
        let quiet: i128 = match ty.lane().bits() {
            16 => 0x7e00,
            32 => 0x7fc0_0000,
            64 => 0x7ff8_0000_0000_0000,
            _ => 0x7fff_8000 << 96,
        };
        let bits = types::bits(ty)?;
        let (bits_name, quiet) = (types::name(bits)?, types::constant(bits, quiet));
        let quiet = self.op(format_args!("bitcast {bits_name} {quiet} to {name}"));
        let is_nan = self.op(format_args!("fcmp uno {name} {operand}, {operand}"));
        Ok(self.op(format_args!(
            "select {truth} {is_nan}, {name} {quiet}, {name} {operand}"
        )))
    }
}

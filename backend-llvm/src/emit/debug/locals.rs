//! A function's positions, and its variables where they are.

use std::collections::BTreeMap;

use beskid_plugin_api::artifact::Body;
use beskid_plugin_api::artifact::debug::{Location, NO_POSITION, Piece, Scope, Storage, Variable};
use beskid_plugin_api::tree::{FunctionTree, Operation};

use super::{Debug, Table};

/// What a function that is being written tells debuggers.
pub(in crate::emit) struct Locals<'a> {
    debug: &'a Debug<'a>,
    /// The function's scope.
    own: u32,
    /// The first instruction behind those that make the parameters ready, which have the
    /// line of the declaration. LLVM has no other word for where a function begins, to a
    /// debugger, than its first line.
    begin: u32,
    /// The last position of the function's own.
    around: Option<u32>,
    /// What instructions have behind them, by position.
    places: BTreeMap<(Option<u32>, u32), String>,
    /// What ends a call that tells of a variable, by value label.
    labels: BTreeMap<u32, Vec<String>>,
    /// The labels of values.
    values: BTreeMap<u32, Vec<u32>>,
}

impl<'a> Locals<'a> {
    /// What is told of a function; nothing, if it has no scope.
    pub(in crate::emit) fn of(debug: &'a Debug<'a>, tree: &FunctionTree<'_>) -> Option<Self> {
        let body = tree.body();
        let own = debug.scope_of(body.symbol)?;
        let mut locals = Self {
            debug,
            own,
            begin: begin(debug, own, tree),
            around: None,
            places: BTreeMap::new(),
            labels: BTreeMap::new(),
            values: BTreeMap::new(),
        };
        for label in &body.value_labels {
            let labels = locals.values.entry(label.value).or_default();
            if !labels.contains(&label.label) {
                labels.push(label.label);
            }
        }
        for (id, variable) in locals.variables() {
            for piece in &variable.pieces {
                if let Storage::Label(label) = piece.storage {
                    let shown = debug.shown(id, variable, piece);
                    locals.labels.entry(label).or_default().push(shown);
                }
            }
        }
        Some(locals)
    }

    /// The function's parameters and other variables.
    fn variables(&self) -> impl Iterator<Item = (usize, &'a Variable)> + use<'a> {
        let debug = self.debug;
        let own = debug.variables.get(&self.own).into_iter().flatten();
        own.filter_map(|&id| Some((id, debug.info.variables.get(id)?)))
    }

    /// What an instruction of this number has behind it.
    pub(in crate::emit) fn at(&mut self, body: &Body, instruction: u32) -> String {
        let next = body
            .positions
            .partition_point(|(first, _)| *first <= instruction);
        let position = next.checked_sub(1).and_then(|at| body.positions.get(at));
        match position {
            _ if instruction < self.begin => String::new(),
            Some((_, position)) => self.place(*position),
            None => self.nowhere(),
        }
    }

    fn place(&mut self, position: u32) -> String {
        if let Some(found) = self.places.get(&(self.around, position)) {
            return found.clone();
        }
        let around = self.around;
        let node = self.debug.place(self.own, position, &mut self.around);
        let text = format!(", !dbg !{node}");
        self.places.insert((around, position), text.clone());
        text
    }

    /// What an instruction without a position has behind it.
    pub(in crate::emit) fn nowhere(&mut self) -> String {
        self.place(NO_POSITION)
    }

    /// Calls that say which of the function's variables are in its stack slots.
    pub(in crate::emit) fn slots(&self, body: &Body) -> Vec<String> {
        let mut calls = Vec::new();
        for (id, variable) in self.variables() {
            for piece in &variable.pieces {
                let (Storage::Slot(key) | Storage::Behind { key, .. }) = piece.storage else {
                    continue;
                };
                let slot = body
                    .stack_slots
                    .iter()
                    .position(|slot| slot.key == Some(key));
                if let Some(slot) = slot {
                    let shown = self.debug.shown(id, variable, piece);
                    calls.push(format!(
                        "call void @llvm.dbg.declare(metadata ptr %k{slot}, {shown}"
                    ));
                }
            }
        }
        calls
    }

    /// Calls that say which variables a value, of a type of LLVM's, is.
    pub(in crate::emit) fn value(&self, value: u32, ty: &str) -> Vec<String> {
        let labels = self.values.get(&value).into_iter().flatten();
        let places = labels.filter_map(|label| self.labels.get(label)).flatten();
        let calls = places
            .map(|shown| format!("call void @llvm.dbg.value(metadata {ty} %v{value}, {shown}"));
        calls.collect()
    }
}

impl Debug<'_> {
    /// What ends a call that tells of a variable. It has a place in the variable's scope,
    /// by which LLVM knows what the variable lies in.
    fn shown(&self, id: usize, variable: &Variable, piece: &Piece) -> String {
        let node = self.node(Table::Variable, id);
        let expression = self.expression(variable, piece);
        let scope = variable
            .scope
            .map_or_else(|| self.unit(), |scope| self.scope(scope));
        let place = self.add(format_args!("!DILocation(line: 0, scope: !{scope})"));
        format!("metadata !{node}, metadata {expression}), !dbg !{place}")
    }
}

/// See [`Locals::begin`]. No call is before it: each must have a place.
fn begin(debug: &Debug<'_>, own: u32, tree: &FunctionTree<'_>) -> u32 {
    let declared = match debug.info.scopes.get(own as usize) {
        Some(Scope::Function(function)) => function.declared,
        _ => return 0,
    };
    let Some(entry) = tree.blocks.first() else {
        return 0;
    };
    let all = entry.instructions.len() as u32;
    let first_where = |differs: fn(Location, Location) -> bool| {
        let mut positions = tree.body().positions.iter();
        let found = positions.find(|(_, position)| {
            let position = debug.info.positions.get(*position as usize);
            position.is_some_and(|position| differs(position.at, declared))
        });
        found.map(|found| found.0).filter(|first| *first < all)
    };
    // What is on one line with its declaration differs by the column.
    let first = first_where(|at, declared| at.line != declared.line)
        .or_else(|| first_where(|at, declared| at != declared));
    let mut instructions = entry.instructions.iter();
    let call = instructions.find(|one| is_call(&one.operation));
    let call = call.map(|call| call.number);
    first.map_or(0, |first| call.map_or(first, |call| first.min(call)))
}

const fn is_call(operation: &Operation<'_>) -> bool {
    matches!(
        operation,
        Operation::Call { .. }
            | Operation::CallIndirect { .. }
            | Operation::ReturnCall { .. }
            | Operation::ReturnCallIndirect { .. }
            | Operation::TryCall { .. }
            | Operation::TryCallIndirect { .. }
    )
}

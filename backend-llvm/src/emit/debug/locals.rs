//! A function's positions, and its variables where they are.

use std::collections::BTreeMap;

use beskid_plugin_api::artifact::Body;
use beskid_plugin_api::artifact::debug::{NO_POSITION, Storage, Variable};

use super::{Debug, Table};

/// What a function that is being written tells debuggers.
pub(in crate::emit) struct Locals<'a> {
    debug: &'a Debug<'a>,
    /// The function's scope.
    own: u32,
    /// The last position of the function's own.
    around: Option<u32>,
    /// What instructions have behind them, by position.
    places: BTreeMap<(Option<u32>, u32), String>,
    /// Node of the variable and text of the expression, by value label.
    labels: BTreeMap<u32, Vec<(usize, String)>>,
    /// The labels of values.
    values: BTreeMap<u32, Vec<u32>>,
}

impl<'a> Locals<'a> {
    /// What is told of a function; nothing, if it has no scope.
    pub(in crate::emit) fn of(debug: &'a Debug<'a>, body: &Body) -> Option<Self> {
        let own = debug.scope_of(body.symbol)?;
        let mut locals = Self {
            debug,
            own,
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
                    let node = debug.node(Table::Variable, id);
                    let expression = debug.expression(variable, piece);
                    let labels = locals.labels.entry(label).or_default();
                    labels.push((node, expression));
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

    /// What an instruction at a position has behind it.
    pub(in crate::emit) fn place(&mut self, position: u32) -> String {
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
                    let node = self.debug.node(Table::Variable, id);
                    let expression = self.debug.expression(variable, piece);
                    calls.push(format!(
                        "call void @llvm.dbg.declare(metadata ptr %k{slot}, metadata !{node}, \
                         metadata {expression})"
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
        let calls = places.map(|(node, expression)| {
            format!(
                "call void @llvm.dbg.value(metadata {ty} %v{value}, metadata !{node}, \
                 metadata {expression})"
            )
        });
        calls.collect()
    }
}

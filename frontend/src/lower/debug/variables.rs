//! Where the locals are.

use beskid_plugin_api::artifact::debug::{self, Piece, Storage};
use cranelift_codegen::ir::{InstBuilder, StackSlot, StackSlotData, StackSlotKey, StackSlotKind};
use cranelift_codegen::ir::{Value, types};
use cranelift_frontend::Variable;

use super::tables::Tables;
use crate::hir::{Function, LocalId};
use crate::lower::function::{Lowering, Place, ShownValue};
use crate::lower::plan::Parts;
use crate::types::{Layout, StructId, Ty, WORD};

/// The type of a local, and its parts.
type Described = Option<(u32, Vec<Piece>)>;

impl Lowering<'_, '_, '_> {
    /// Gives the locals that have names slots, when their places are made.
    pub(in crate::lower) fn show_places(&mut self, function: &Function) {
        if self.shown.is_none() {
            return;
        }
        for (index, named) in function.named.iter().enumerate() {
            let described = match named.name.is_empty() {
                true => None,
                false => self.described(function, index),
            };
            let program = self.unit.program;
            let (Some(shown), Some(tables)) = (&mut self.shown, &mut self.unit.debug) else {
                return;
            };
            let variable = described.and_then(|(ty, pieces)| {
                Some(debug::Variable {
                    name: named.name.to_string(),
                    ty,
                    scope: None,
                    declared: tables.location(program, named.span)?,
                    parameter: function.params.contains(&(index as LocalId)),
                    pieces,
                })
            });
            shown.hidden.push(variable);
        }
    }

    fn described(&mut self, function: &Function, index: usize) -> Described {
        let ty = function.locals[index].ty;
        let size = self.types.size(ty);
        let whole = |storage| {
            vec![Piece {
                offset: 0,
                size,
                storage,
            }]
        };
        let pieces = match self.places[index] {
            Place::None => return None,
            Place::Variable(variable) => whole(Storage::Slot(self.slot_of(variable, size)?.1)),
            Place::Slot(_, slot) => {
                let key = self.tables()?.key();
                let slots = &mut self.builder.func.sized_stack_slots;
                slots[slot].key = Some(StackSlotKey::new(key));
                whole(Storage::Slot(key))
            }
            Place::Cell(_, variable, offset) => {
                let (slot, key) = self.slot_of(variable, WORD)?;
                let cell = self.builder.use_var(variable);
                self.store_shown(slot, cell);
                let offset = offset as u32;
                whole(Storage::Behind { key, offset })
            }
            Place::Parts(first, _) => match self.plan.parts[index] {
                Parts::Fields(id) => return self.scattered_struct(ty, id, first),
                // Nothing of the source stands for it.
                Parts::Object | Parts::Captures(_) => return None,
            },
        };
        let program_types = self.types;
        let ty = self.tables()?.ty(program_types, ty)?;
        Some((ty, pieces))
    }

    /// A struct whose fields are variables, the first of them at this place.
    fn scattered_struct(&mut self, ty: Ty, id: StructId, first: usize) -> Described {
        let layout = Layout::of_struct(self.types, id);
        let fields = &self.types.structure(id).fields;
        let mut pieces = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            let Some(variable) = self.scattered[first + index] else {
                continue;
            };
            let size = self.types.size(field.ty);
            let (_, key) = self.slot_of(variable, size)?;
            pieces.push(Piece {
                offset: layout.offsets[index],
                size,
                storage: Storage::Slot(key),
            });
        }
        let program_types = self.types;
        Some((self.tables()?.object(program_types, ty)?, pieces))
    }

    fn tables(&mut self) -> Option<&mut Tables> {
        self.unit.debug.as_deref_mut()
    }

    /// The slot in which a variable's values are stored too, and its key.
    fn slot_of(&mut self, variable: Variable, size: u32) -> Option<(StackSlot, u64)> {
        let shown = self.shown.as_mut()?;
        if let Some(known) = shown.slots[variable] {
            return Some(known);
        }
        let key = self.unit.debug.as_mut()?.key();
        let align = size.trailing_zeros() as u8;
        let kind = StackSlotKind::ExplicitSlot;
        let data = StackSlotData::new_with_key(kind, size, align, StackSlotKey::new(key));
        let slot = self.builder.create_sized_stack_slot(data);
        shown.slots[variable] = Some((slot, key));
        Some((slot, key))
    }

    /// From here on, in a scope that begins here, a local is seen.
    pub(in crate::lower) fn show_local(&mut self, id: LocalId) {
        let shown = self.shown.as_mut();
        let hidden = shown.and_then(|shown| shown.hidden.get_mut(id as usize));
        let Some(variable) = hidden.and_then(Option::take) else {
            return;
        };
        if !variable.parameter {
            self.open_scope();
        }
        if let (Some(shown), Some(tables)) = (&self.shown, &mut self.unit.debug) {
            let scope = match variable.parameter {
                true => shown.scopes.first().copied(),
                false => shown.scopes.last().copied(),
            };
            tables.info.variable(debug::Variable { scope, ..variable });
        }
    }

    /// A variable has this value now.
    pub(in crate::lower) fn show_value(&mut self, variable: Variable, value: Value) {
        let shown = self.shown.as_ref();
        if let Some((slot, _)) = shown.and_then(|shown| shown.slots[variable]) {
            self.store_shown(slot, value);
        }
    }

    /// Stores a value in a slot that debuggers read. If it is an object, it lives on.
    fn store_shown(&mut self, slot: StackSlot, value: Value) {
        let store = self.builder.ins().stack_store(types::I64, value, slot, 0);
        let shown = ShownValue { store, slot, value };
        self.roots.shown.push(shown);
    }
}

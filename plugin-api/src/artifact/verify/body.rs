//! Checks one function body and its instruction stream.

use super::super::body::{BlockCall, DebugTag, ExceptionItem, GlobalValue, NameRef};
use super::super::module::SymbolKind;
use super::super::types::{Signature, Type};
use super::super::{Function, error::Result, outline::Contents};
use super::scope::{Check, Scope, within};
use super::walk::Walk;
use super::{imports, invalid};

/// Checks function number `index`; returns the types of its values.
pub(super) fn check(contents: &Contents, index: usize, function: &Function) -> Result<Vec<Type>> {
    let scope = Scope {
        contents,
        body: &function.body,
    };
    check_entities(&scope, index, function.stream.len())?;
    let types = Walk::new(&scope, &function.stream).types();
    let types = types.map_err(|(instruction, reason)| {
        let place = format!("function {index}, instruction {instruction}");
        invalid("BODY", place, reason)
    })?;
    let jumps = scope.tables(&types);
    jumps.map_err(|reason| invalid("BODY", format!("function {index}"), reason))?;
    Ok(types)
}

/// Checks all but the instructions and the tables of what they branch to.
pub(super) fn check_entities(scope: &Scope<'_>, index: usize, stream: usize) -> Result<()> {
    let entities = scope
        .size(stream)
        .and_then(|()| scope.entities())
        .and_then(|()| scope.entry());
    entities.map_err(|reason| invalid("BODY", format!("function {index}"), reason))
}

/// Most values for each byte of a function. Calls with many results come
/// nowhere near it; without it, one row with thousands of results would let a
/// small file fill the memory.
const VALUES_PER_BYTE: usize = 16;

impl<'a> Scope<'a> {
    fn size(&self, stream: usize) -> Check {
        let params = self
            .body
            .blocks
            .iter()
            .map(|block| block.params.len())
            .sum::<usize>();
        let most = (stream + params).saturating_mul(VALUES_PER_BYTE);
        if self.body.values as usize <= most {
            Ok(())
        } else {
            Err("declares more values than its size allows".to_owned())
        }
    }

    fn entities(&self) -> Check {
        let body = self.body;
        let signatures = self.contents.module.signatures.len();
        for id in &body.signatures {
            within("module signature", *id, signatures)?;
        }
        for callee in &body.callees {
            self.name(&callee.target)?;
            within("signature", callee.signature, body.signatures.len())?;
            if let NameRef::Symbol(id) = callee.target {
                let symbol = &self.contents.module.symbols[id as usize];
                if !matches!(symbol.kind, SymbolKind::Function { .. }) {
                    return Err(format!("a callee refers to symbol {id}, which is data"));
                }
                let called = body.signatures[callee.signature as usize];
                imports::check(&self.contents.module, symbol, called)?;
            }
            self.distance(&callee.target, callee.colocated)?;
        }
        for (index, value) in body.global_values.iter().enumerate() {
            match value {
                // A base comes before its user, so that there are no cycles.
                GlobalValue::Load { base, flags, .. } => {
                    within("earlier global value", *base, index)?;
                    self.flags(*flags)?;
                }
                GlobalValue::AddImm { base, .. } => within("earlier global value", *base, index)?,
                GlobalValue::Symbol {
                    name, colocated, ..
                } => {
                    self.name(name)?;
                    self.distance(name, *colocated)?;
                }
                GlobalValue::VmContext | GlobalValue::DynamicScale { .. } => {}
            }
        }
        for slot in &body.stack_slots {
            if slot.align_shift > 16 {
                return Err(format!(
                    "stack slot alignment 2^{} is too large",
                    slot.align_shift
                ));
            }
        }
        for ty in &body.dynamic_types {
            within("global value", ty.scale, body.global_values.len())?;
        }
        for ty in &body.dynamic_stack_slots {
            within("dynamic type", *ty, body.dynamic_types.len())?;
        }
        if let Some(limit) = body.stack_limit {
            within("global value", limit, body.global_values.len())?;
        }
        self.annotations()
    }

    fn annotations(&self) -> Check {
        let body = self.body;
        let instructions = body
            .blocks
            .iter()
            .map(|block| u64::from(block.instructions))
            .sum::<u64>();
        let instructions = usize::try_from(instructions).unwrap_or(usize::MAX);
        for (instruction, _) in &body.positions {
            within("instruction", *instruction, instructions)?;
        }
        if !body.positions.is_sorted_by(|(a, _), (b, _)| a < b) {
            return Err("source positions are not in ascending order".to_owned());
        }
        for entry in &body.stack_maps {
            within("instruction", entry.instruction, instructions)?;
            within("stack slot", entry.slot, body.stack_slots.len())?;
        }
        for tag in &body.debug_tags {
            within("instruction", tag.instruction, instructions)?;
            if let DebugTag::StackSlot(slot) = tag.tag {
                within("stack slot", slot, body.stack_slots.len())?;
            }
        }
        for label in &body.value_labels {
            within("value", label.value, body.values as usize)?;
        }
        Ok(())
    }

    fn entry(&self) -> Check {
        let symbol = &self.contents.module.symbols[self.body.symbol as usize];
        let (SymbolKind::Function { signature }, Some(entry)) =
            (&symbol.kind, self.body.blocks.first())
        else {
            return Err("has no blocks".to_owned());
        };
        let signature = &self.contents.module.signatures[*signature as usize];
        let params = signature.params.iter().map(|param| param.ty);
        if params.eq(entry.params.iter().copied()) {
            Ok(())
        } else {
            Err("the entry block's parameters are not the signature's".to_owned())
        }
    }

    fn name(&self, name: &NameRef) -> Check {
        match name {
            NameRef::Symbol(id) => within("symbol", *id, self.contents.module.symbols.len()),
            NameRef::LibCall(_) | NameRef::Known(_) => Ok(()),
        }
    }

    /// An import may be anywhere in memory, so no short relocation may be
    /// used for it.
    fn distance(&self, name: &NameRef, colocated: bool) -> Check {
        match name {
            NameRef::Symbol(id) if colocated => {
                let symbol = &self.contents.module.symbols[*id as usize];
                if symbol.linkage.is_definition() {
                    Ok(())
                } else {
                    Err(format!("imported symbol {id} is marked as colocated"))
                }
            }
            _ => Ok(()),
        }
    }

    fn tables(&self, types: &[Type]) -> Check {
        for table in &self.body.jump_tables {
            for call in std::iter::once(&table.default).chain(&table.entries) {
                self.block_call(call, types, None)?;
            }
        }
        for table in &self.body.exception_tables {
            within("signature", table.signature, self.body.signatures.len())?;
            let signature = self.signature(table.signature);
            self.block_call(&table.normal, types, Some(signature))?;
            for item in &table.items {
                match item {
                    ExceptionItem::Tag(_, call) | ExceptionItem::Default(call) => {
                        self.block_call(call, types, Some(signature))?;
                    }
                    ExceptionItem::Context(value) => within("value", *value, types.len())?,
                }
            }
        }
        Ok(())
    }

    fn block_call(&self, call: &BlockCall, types: &[Type], callee: Option<&Signature>) -> Check {
        self.passes(call.block, &call.args, types, callee)
    }
}

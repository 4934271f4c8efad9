//! What a function declares before its first block.

use std::str::FromStr;

use beskid_plugin_api::artifact as art;
use beskid_plugin_api::artifact::SymbolId;
use cranelift_codegen::entity::EntityRef;
use cranelift_codegen::ir::immediates::{Imm64, Offset32};
use cranelift_codegen::ir::{
    self, ConstantData, DynamicTypeData, ExternalName, GlobalValueData, KnownSymbol, LibCall,
};

use super::{BodyDecoder, Decoded, type_of};

type External<'e> = &'e dyn Fn(SymbolId) -> ir::UserExternalName;

/// Most global values between the stack limit and what it is computed from.
const MOST_BASES: usize = 1000;

impl BodyDecoder<'_, '_> {
    pub(super) fn entities(&mut self, external: External<'_>) -> Decoded<()> {
        let body = self.body;
        for id in &body.signatures {
            let signature = self.decoder.signatures[*id as usize].clone();
            self.func.import_signature(signature);
        }
        for region in &body.alias_regions {
            self.func.dfg.alias_regions.push(ir::AliasRegionData {
                user_id: region.id,
                description: region.description.clone().into(),
            });
        }
        for callee in &body.callees {
            let name = self.name(&callee.target, external)?;
            self.func.import_function(ir::ExtFuncData {
                name,
                signature: ir::SigRef::new(callee.signature as usize),
                colocated: callee.colocated,
                patchable: callee.patchable,
            });
        }
        for value in &body.global_values {
            let data = self.global_value(value, external)?;
            self.func.create_global_value(data);
        }
        self.stack_limit_depth()?;
        self.func.stack_limit = body.stack_limit.map(|value| EntityRef::new(value as usize));
        for slot in &body.stack_slots {
            self.func.create_sized_stack_slot(ir::StackSlotData {
                kind: ir::StackSlotKind::ExplicitSlot,
                size: slot.size,
                align_shift: slot.align_shift,
                key: slot.key.map(ir::StackSlotKey::new),
            });
        }
        for ty in &body.dynamic_types {
            let base = type_of(ty.base)?;
            if !base.is_vector() {
                return Err(format!(
                    "a dynamic type is made of {base}, which is no vector"
                ));
            }
            let scale = EntityRef::new(ty.scale as usize);
            self.func
                .dfg
                .make_dynamic_ty(DynamicTypeData::new(base, scale));
        }
        for ty in &body.dynamic_stack_slots {
            let kind = ir::StackSlotKind::ExplicitDynamicSlot;
            let ty = EntityRef::new(*ty as usize);
            self.func
                .create_dynamic_stack_slot(ir::DynamicStackSlotData::new(kind, ty));
        }
        for (index, constant) in body.constants.iter().enumerate() {
            // Equal constants keep their numbers.
            let constants = &mut self.func.dfg.constants;
            constants.set(EntityRef::new(index), constant.clone().into());
        }
        for immediate in &body.immediates {
            self.func
                .dfg
                .immediates
                .push(ConstantData::from(immediate.clone()));
        }
        for _ in &body.blocks {
            self.func.dfg.make_block();
        }
        for table in &body.jump_tables {
            let default = self.block_call(&table.default)?;
            let entries = table.entries.iter().map(|call| self.block_call(call));
            let entries = entries.collect::<Decoded<Vec<_>>>()?;
            self.func
                .create_jump_table(ir::JumpTableData::new(default, &entries));
        }
        for table in &body.exception_tables {
            let data = self.exception_table(table)?;
            self.func.dfg.exception_tables.push(data);
        }
        Ok(())
    }

    fn name(&mut self, name: &art::NameRef, external: External<'_>) -> Decoded<ExternalName> {
        Ok(match name {
            art::NameRef::Symbol(symbol) => {
                let name = external(*symbol);
                ExternalName::user(self.func.declare_imported_user_function(name))
            }
            art::NameRef::LibCall(call) => ExternalName::LibCall(
                LibCall::from_str(call)
                    .map_err(|()| format!("library call `{call}` is unknown"))?,
            ),
            art::NameRef::Known(symbol) => ExternalName::KnownSymbol(
                KnownSymbol::from_str(symbol)
                    .map_err(|()| format!("known symbol `{symbol}` is unknown"))?,
            ),
        })
    }

    fn global_value(
        &mut self,
        value: &art::GlobalValue,
        external: External<'_>,
    ) -> Decoded<GlobalValueData> {
        Ok(match value {
            art::GlobalValue::VmContext => GlobalValueData::VMContext,
            art::GlobalValue::Load {
                base,
                offset,
                ty,
                flags,
            } => GlobalValueData::Load {
                base: EntityRef::new(*base as usize),
                offset: Offset32::new(*offset),
                global_type: type_of(*ty)?,
                flags: self.memory_flags(*flags)?,
            },
            art::GlobalValue::AddImm { base, offset, ty } => GlobalValueData::IAddImm {
                base: EntityRef::new(*base as usize),
                offset: Imm64::new(*offset),
                global_type: type_of(*ty)?,
            },
            art::GlobalValue::Symbol {
                name,
                offset,
                colocated,
                tls,
            } => GlobalValueData::Symbol {
                name: self.name(name, external)?,
                offset: Imm64::new(*offset),
                colocated: *colocated,
                tls: *tls,
            },
            art::GlobalValue::DynamicScale { vector } => GlobalValueData::DynScaleTargetConst {
                vector_type: type_of(*vector)?,
            },
        })
    }

    /// Cranelift computes the stack limit by recursion from base to base.
    fn stack_limit_depth(&self) -> Decoded<()> {
        let values = &self.body.global_values;
        let mut next = self.body.stack_limit;
        for _ in 0..MOST_BASES {
            let value = next.and_then(|value| values.get(value as usize));
            next = match value {
                Some(
                    art::GlobalValue::Load { base, .. } | art::GlobalValue::AddImm { base, .. },
                ) => Some(*base),
                _ => return Ok(()),
            };
        }
        Err("the stack limit hangs on too many global values".to_owned())
    }

    fn exception_table(&mut self, table: &art::ExceptionTable) -> Decoded<ir::ExceptionTableData> {
        let normal = self.block_call(&table.normal)?;
        let mut items = Vec::with_capacity(table.items.len());
        for item in &table.items {
            items.push(match item {
                art::ExceptionItem::Tag(tag, call) => {
                    let tag = ir::ExceptionTag::from_u32(*tag);
                    ir::ExceptionTableItem::Tag(tag, self.block_call(call)?)
                }
                art::ExceptionItem::Default(call) => {
                    ir::ExceptionTableItem::Default(self.block_call(call)?)
                }
                art::ExceptionItem::Context(value) => {
                    ir::ExceptionTableItem::Context(ir::Value::from_u32(*value))
                }
            });
        }
        if table.signature as usize >= self.body.signatures.len() {
            return Err("an exception table has a signature that does not exist".to_owned());
        }
        let signature = EntityRef::new(table.signature as usize);
        Ok(ir::ExceptionTableData::new(signature, normal, items))
    }
}

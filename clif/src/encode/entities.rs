//! What a function declares before its first block.

use beskid_plugin_api::artifact as art;
use beskid_plugin_api::artifact::{ArtifactBuilder, SymbolId};
use cranelift_codegen::ir::{self, ExternalName, GlobalValueData};
use cranelift_codegen::isa::CallConv;

use super::encoded::Encoded;
use super::{Encoder, SymbolNames, index_of, type_of};
use crate::conventions::from_clif_signature;
use crate::memory_flags;

impl Encoder<'_> {
    pub(super) fn entities(
        &self,
        builder: &mut ArtifactBuilder,
        symbol: SymbolId,
        platform: Option<CallConv>,
        names: &mut dyn SymbolNames,
    ) -> Encoded<art::Body> {
        let dfg = &self.func.dfg;
        let mut body = art::Body {
            symbol,
            ..art::Body::default()
        };
        let numbers = &self.numbers;
        if let Some(limit) = self.func.stack_limit {
            body.stack_limit = Some(numbers.global_values.number(limit)?);
        }
        for signature in dfg.signatures.values() {
            let signature = from_clif_signature(signature, platform)
                .ok_or_else(|| format!("signature {signature} cannot be written"))?;
            body.signatures.push(builder.signature(&signature));
        }
        for callee in numbers.callees.iter() {
            let callee = &dfg.ext_funcs[callee];
            let target = self.name(&callee.name, names)?;
            let mut signature = index_of(callee.signature);
            if is_called_by_the_platforms(&target, builder) {
                let call = &dfg.signatures[callee.signature];
                // Whatever C convention the call writes for it.
                let c = [CallConv::Fast, CallConv::SystemV].contains(&call.call_conv);
                let platform = if c { Some(call.call_conv) } else { platform };
                let call = from_clif_signature(call, platform)
                    .ok_or_else(|| format!("signature {call} cannot be written"))?;
                let call = builder.signature(&call);
                if body.signatures[signature as usize] != call {
                    signature = body.signatures.len() as u32;
                    body.signatures.push(call);
                }
            }
            body.callees.push(art::Callee {
                target,
                signature,
                colocated: callee.colocated,
                patchable: callee.patchable,
            });
        }
        for value in numbers.global_values.iter() {
            let data = &self.func.global_values[value];
            body.global_values.push(self.global_value(data, names)?);
        }
        for (_, region) in dfg.alias_regions.iter() {
            body.alias_regions.push(art::AliasRegion {
                id: region.user_id,
                description: region.description.to_string(),
            });
        }
        for slot in self.func.sized_stack_slots.values() {
            body.stack_slots.push(art::StackSlot {
                size: slot.size,
                align_shift: slot.align_shift,
                key: slot.key.map(|key| key.bits()),
            });
        }
        for ty in dfg.dynamic_types.values() {
            body.dynamic_types.push(art::DynamicType {
                base: type_of(ty.base_vector_ty)?,
                scale: numbers.global_values.number(ty.dynamic_scale)?,
            });
        }
        for slot in self.func.dynamic_stack_slots.values() {
            body.dynamic_stack_slots.push(index_of(slot.dyn_ty));
        }
        for constant in numbers.constants.iter() {
            let bytes = dfg.constants.get(constant).as_slice();
            body.constants.push(bytes.to_vec());
        }
        for immediate in dfg.immediates.values() {
            body.immediates.push(immediate.as_slice().to_vec());
        }
        for table in numbers.jump_tables.iter() {
            let table = &dfg.jump_tables[table];
            let entries = table.as_slice().iter().map(|call| self.block_call(call));
            body.jump_tables.push(art::JumpTable {
                default: self.block_call(&table.default_block())?,
                entries: entries.collect::<Encoded<_>>()?,
            });
        }
        for table in numbers.exception_tables.iter() {
            let table = self.exception_table(&dfg.exception_tables[table])?;
            body.exception_tables.push(table);
        }
        Ok(body)
    }

    fn name(&self, name: &ExternalName, names: &mut dyn SymbolNames) -> Encoded<art::NameRef> {
        let unknown = || {
            format!(
                "`{}` is not declared",
                name.display(Some(&self.func.params))
            )
        };
        Ok(match name {
            ExternalName::User(reference) => {
                let user = self.func.params.user_named_funcs().get(*reference);
                let symbol = user.and_then(|user| names.user(user));
                art::NameRef::Symbol(symbol.ok_or_else(unknown)?)
            }
            ExternalName::TestCase(text) => {
                art::NameRef::Symbol(names.textual(text.raw()).ok_or_else(unknown)?)
            }
            ExternalName::LibCall(call) => art::NameRef::LibCall(call.to_string()),
            ExternalName::KnownSymbol(symbol) => art::NameRef::Known(symbol.to_string()),
        })
    }

    fn global_value(
        &self,
        data: &GlobalValueData,
        names: &mut dyn SymbolNames,
    ) -> Encoded<art::GlobalValue> {
        Ok(match data {
            GlobalValueData::VMContext => art::GlobalValue::VmContext,
            GlobalValueData::Load {
                base,
                offset,
                global_type,
                flags,
            } => art::GlobalValue::Load {
                base: self.numbers.global_values.number(*base)?,
                offset: (*offset).into(),
                ty: type_of(*global_type)?,
                flags: memory_flags::pack(self.func.dfg.mem_flags[*flags]),
            },
            GlobalValueData::IAddImm {
                base,
                offset,
                global_type,
            } => art::GlobalValue::AddImm {
                base: self.numbers.global_values.number(*base)?,
                offset: offset.bits(),
                ty: type_of(*global_type)?,
            },
            GlobalValueData::Symbol {
                name,
                offset,
                colocated,
                tls,
            } => art::GlobalValue::Symbol {
                name: self.name(name, names)?,
                offset: offset.bits(),
                colocated: *colocated,
                tls: *tls,
            },
            GlobalValueData::DynScaleTargetConst { vector_type } => {
                art::GlobalValue::DynamicScale {
                    vector: type_of(*vector_type)?,
                }
            }
        })
    }

    fn exception_table(&self, table: &ir::ExceptionTableData) -> Encoded<art::ExceptionTable> {
        let items = table.items().map(|item| {
            Ok(match item {
                ir::ExceptionTableItem::Tag(tag, call) => {
                    art::ExceptionItem::Tag(tag.as_u32(), self.block_call(&call)?)
                }
                ir::ExceptionTableItem::Default(call) => {
                    art::ExceptionItem::Default(self.block_call(&call)?)
                }
                ir::ExceptionTableItem::Context(value) => {
                    art::ExceptionItem::Context(self.value(value)?)
                }
            })
        });
        Ok(art::ExceptionTable {
            signature: index_of(table.signature()),
            normal: self.block_call(table.normal_return())?,
            items: items.collect::<Encoded<_>>()?,
        })
    }
}

/// Whether what is called is declared with the platform's convention.
fn is_called_by_the_platforms(target: &art::NameRef, builder: &ArtifactBuilder) -> bool {
    let art::NameRef::Symbol(symbol) = target else {
        return false;
    };
    let declared = builder.signature_of(*symbol);
    declared.is_some_and(|declared| declared.call_conv == art::CallConv::Platform)
}

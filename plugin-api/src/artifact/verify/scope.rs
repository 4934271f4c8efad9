//! What is checked against: a body and its artifact.

use super::super::body::{BlockArg, Body, MemoryFlags};
use super::super::outline::Contents;
use super::super::types::{Signature, Type};

pub(super) type Check = Result<(), String>;

pub(super) struct Scope<'a> {
    pub(super) contents: &'a Contents,
    pub(super) body: &'a Body,
}

impl<'a> Scope<'a> {
    pub(super) fn flags(&self, bits: u32) -> Check {
        let flags = MemoryFlags::unpack(bits);
        let flags = flags.ok_or_else(|| format!("memory flags {bits:#x} are not valid"))?;
        match flags.region {
            Some(region) => within("alias region", region, self.body.alias_regions.len()),
            None => Ok(()),
        }
    }

    pub(super) fn signature(&self, local: u32) -> &'a Signature {
        &self.contents.module.signatures[self.body.signatures[local as usize] as usize]
    }

    /// Whether a branch to `block` passes what it takes.
    pub(super) fn passes(
        &self,
        block: u32,
        args: &[BlockArg],
        types: &[Type],
        callee: Option<&Signature>,
    ) -> Check {
        within("block", block, self.body.blocks.len())?;
        let params = &self.body.blocks[block as usize].params;
        if params.len() != args.len() {
            let (found, expected) = (args.len(), params.len());
            return Err(format!(
                "block {block} takes {expected} arguments, not {found}"
            ));
        }
        for (arg, param) in args.iter().zip(params) {
            let ty = match (arg, callee) {
                (BlockArg::Value(value), _) => {
                    within("value", *value, self.body.values as usize)?;
                    types[*value as usize]
                }
                (BlockArg::CallResult(index), Some(signature)) => {
                    within("call result", *index, signature.returns.len())?;
                    signature.returns[*index as usize].ty
                }
                // The payload's type belongs to the calling convention.
                (BlockArg::ExceptionPayload(_), Some(_)) => *param,
                (_, None) => {
                    return Err("a call's result is passed outside an exception table".to_owned());
                }
            };
            if ty != *param {
                return Err(format!("block {block} takes {param}, not {ty}"));
            }
        }
        Ok(())
    }
}

pub(super) fn within(what: &str, index: u32, count: usize) -> Check {
    if (index as usize) < count {
        Ok(())
    } else {
        Err(format!("{what} {index} does not exist, there are {count}"))
    }
}

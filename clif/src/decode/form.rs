//! The forms of an artifact, as Cranelift knows them.

use std::str::FromStr;
use std::sync::atomic::AtomicU16;

use beskid_plugin_api::artifact as art;
use cranelift_codegen::ir::{self, Opcode};

use super::row::{self, Rule};
use crate::conventions::to_clif_type;
use crate::error::ClifError;
use crate::shapes::operand_kinds;

/// A form whose opcode there is.
#[derive(Debug)]
pub(super) struct ResolvedForm {
    pub(super) opcode: Opcode,
    pub(super) results: Vec<ir::Type>,
    pub(super) controlling: Controlling,
    pub(super) is_terminator: bool,
    pub(super) rule: Rule,
    /// The type, by its code in the artifact, of which the form was last found to
    /// exist with these results; [`NONE_FOUND`] before.
    pub(super) found: AtomicU16,
}

/// What decides an instruction's types.
#[derive(Debug, Clone, Copy)]
pub(super) enum Controlling {
    /// Nothing: there is one form.
    Nothing,
    /// The type of an operand.
    Operand,
    /// The type of the first result, if there is one.
    Result,
}

/// No type has this code.
const NONE_FOUND: u16 = u16::MAX;
/// Stands for the type of a form that no operand decides.
pub(super) const OF_THE_FORM: u16 = u16::MAX - 1;

impl ResolvedForm {
    /// # Errors
    /// As for [`Decoder::new`](super::Decoder::new).
    pub(super) fn new(form: &art::Form) -> Result<Self, ClifError> {
        let unknown = || ClifError::UnknownMnemonic {
            mnemonic: form.mnemonic.clone(),
        };
        let opcode = Opcode::from_str(&form.mnemonic).map_err(|_| unknown())?;
        if operand_kinds(opcode.format()) != form.operands {
            return Err(unknown());
        }
        let results = form
            .results
            .iter()
            .map(|ty| to_clif_type(*ty).ok_or_else(unknown));
        let constraints = opcode.constraints();
        let controlling = if !constraints.is_polymorphic() {
            Controlling::Nothing
        } else if constraints.requires_typevar_operand() {
            Controlling::Operand
        } else {
            Controlling::Result
        };
        Ok(Self {
            opcode,
            results: results.collect::<Result<_, _>>()?,
            controlling,
            is_terminator: opcode.is_terminator(),
            rule: row::rule(opcode),
            found: AtomicU16::new(NONE_FOUND),
        })
    }
}

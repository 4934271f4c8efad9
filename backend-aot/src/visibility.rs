//! Exported functions of ELF objects are protected: whoever links or loads them finds them,
//! and calls from within go to no other function of the name, as in every other backend.
//! A function that others may replace is [`Linkage::Preemptible`].

use std::collections::BTreeSet;

use beskid_clif::Defined;
use beskid_plugin_api::artifact::{Linkage, Outline};
use cranelift_object::ObjectProduct;
use object::elf::{STB_GLOBAL, STT_FUNC, STV_PROTECTED};
use object::{BinaryFormat, SymbolFlags};

/// Protects the functions that stay exported.
pub(crate) fn protect(
    product: &mut ObjectProduct,
    artifact: &Outline,
    defined: &Defined,
    exports: Option<&BTreeSet<String>>,
) {
    if product.object.format() != BinaryFormat::Elf {
        return;
    }
    for (id, symbol) in (0..).zip(&artifact.module().symbols) {
        let name = symbol.name.as_ref();
        let stays = exports.is_none_or(|exports| name.is_some_and(|name| exports.contains(name)));
        if symbol.linkage != Linkage::Export || !stays {
            continue;
        }
        if let Some(function) = defined.function(id) {
            let symbol = product.function_symbol(function);
            product.object.symbol_mut(symbol).flags = SymbolFlags::Elf {
                st_info: (STB_GLOBAL << 4) | STT_FUNC,
                st_other: STV_PROTECTED,
            };
        }
    }
}

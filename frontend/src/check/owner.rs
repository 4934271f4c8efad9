//! Who has methods.

use crate::resolve::ItemId;
use crate::types::Ty;

/// Who has methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Owner {
    Item(ItemId),
    Primitive(Ty),
}

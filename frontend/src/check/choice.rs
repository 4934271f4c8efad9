//! Which of several methods of one name a call means.

use super::callable::CallableId;

/// What was chosen for a call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice {
    pub(super) method: CallableId,
    /// Others fit as well.
    pub(super) is_ambiguous: bool,
}

impl Choice {
    pub(super) const fn of(method: CallableId) -> Self {
        Self {
            method,
            is_ambiguous: false,
        }
    }
}

//! The user's folder of plugins: what was added to it, from where, and what is
//! switched off.

mod add;
mod busy;
mod change;
mod interrupted;
mod record;
mod rivals;
mod turn_off;

pub(crate) use busy::Turn;
pub(crate) use change::{Change, Done, Installer};
pub(super) use record::{Added, Record};
pub(crate) use rivals::refuse_rivals;

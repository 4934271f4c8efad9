//! The tests of linker strategies.

mod bench;
mod identity;
mod inputs;
mod links;
mod odd;
mod plans;
mod pure;
mod quiet;
mod requests;

use super::case::Test;

/// Every test.
pub(super) fn tests() -> Vec<Test> {
    let mut all = identity::tests();
    all.extend(quiet::tests());
    all.extend(plans::tests());
    all.extend(inputs::tests());
    all.extend(odd::tests());
    all.extend(pure::tests());
    all.extend(links::tests());
    all
}

/// What tests ask in processes of their own; no list shows it.
pub(super) fn questions() -> Vec<Test> {
    pure::questions()
}

//! The codes of the language's warnings.

use super::code::{Code, Meaning, Section, codes};

codes! {
    WARNINGS = "Warnings of the language";

    /// A local hides another one, or an item.
    W1103;

    /// An integer becomes a narrower one, and keeps its low bits.
    W1203;

    /// Nothing reaches this code, or this arm.
    W1403;

    /// An import is not used.
    W1503;

    /// A private item is not used.
    W1504;

    /// The documentation names an argument that does not exist.
    W1610;

    /// The documentation names an argument twice.
    W1611;

    /// The documentation of something that is not called names arguments or a result.
    W1612;

    /// The documentation names the result of something that returns unit.
    W1613;

    /// The documentation has an unknown directive.
    W1614;

    /// The documentation refers to something that does not exist.
    W1615;

    /// The documentation of something that is no enum names variants.
    W1620;

    /// The documentation names a variant that does not exist.
    W1621;

    /// The documentation names a variant twice.
    W1622;

    /// The documentation names a type parameter of something that has none.
    W1623;

    /// The documentation names a type parameter that does not exist.
    W1624;

    /// The documentation names a type parameter twice.
    W1625;

    /// `?` in a function that returns no `Result` ends the program on an error.
    W1704;
}

//! Comparisons: 1 or 0.

use beskid_plugin_api::artifact::Type;
use beskid_plugin_api::tree::{FloatCondition, IntCondition, Value};

use crate::scalar::{signed, unsigned};

/// A comparison of integers of this type, as an expression.
pub fn integers(ty: Type, condition: IntCondition, a: Value, b: Value) -> String {
    let (cast, sign) = match condition {
        IntCondition::Equal => (unsigned(ty), "=="),
        IntCondition::NotEqual => (unsigned(ty), "!="),
        IntCondition::SignedLess => (signed(ty), "<"),
        IntCondition::SignedLessOrEqual => (signed(ty), "<="),
        IntCondition::SignedGreater => (signed(ty), ">"),
        IntCondition::SignedGreaterOrEqual => (signed(ty), ">="),
        IntCondition::UnsignedLess => (unsigned(ty), "<"),
        IntCondition::UnsignedLessOrEqual => (unsigned(ty), "<="),
        IntCondition::UnsignedGreater => (unsigned(ty), ">"),
        IntCondition::UnsignedGreaterOrEqual => (unsigned(ty), ">="),
    };
    format!("({cast})v{a} {sign} ({cast})v{b}")
}

/// A comparison of floats, as an expression.
pub fn floats(condition: FloatCondition, a: Value, b: Value) -> String {
    let with = |sign: &str| format!("v{a} {sign} v{b}");
    let unless = |sign: &str| format!("!(v{a} {sign} v{b})");
    let (differ, unordered) = (
        format!("v{a} < v{b} || v{a} > v{b}"),
        format!("v{a} != v{a} || v{b} != v{b}"),
    );
    match condition {
        FloatCondition::Ordered => format!("!({unordered})"),
        FloatCondition::Unordered => unordered,
        FloatCondition::Equal => with("=="),
        FloatCondition::NotEqual => with("!="),
        FloatCondition::OrderedNotEqual => differ,
        FloatCondition::UnorderedOrEqual => format!("!({differ})"),
        FloatCondition::Less => with("<"),
        FloatCondition::LessOrEqual => with("<="),
        FloatCondition::Greater => with(">"),
        FloatCondition::GreaterOrEqual => with(">="),
        FloatCondition::UnorderedOrLess => unless(">="),
        FloatCondition::UnorderedOrLessOrEqual => unless(">"),
        FloatCondition::UnorderedOrGreater => unless("<="),
        FloatCondition::UnorderedOrGreaterOrEqual => unless("<"),
    }
}

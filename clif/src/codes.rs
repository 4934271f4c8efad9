//! Conditions and atomic operations by their codes in the artifact, which has
//! numbers of its own.

use cranelift_codegen::ir::AtomicRmwOp;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};

pub(crate) const INT: [IntCC; 10] = [
    IntCC::Equal,
    IntCC::NotEqual,
    IntCC::SignedLessThan,
    IntCC::SignedGreaterThanOrEqual,
    IntCC::SignedGreaterThan,
    IntCC::SignedLessThanOrEqual,
    IntCC::UnsignedLessThan,
    IntCC::UnsignedGreaterThanOrEqual,
    IntCC::UnsignedGreaterThan,
    IntCC::UnsignedLessThanOrEqual,
];

pub(crate) const FLOAT: [FloatCC; 14] = [
    FloatCC::Ordered,
    FloatCC::Unordered,
    FloatCC::Equal,
    FloatCC::NotEqual,
    FloatCC::OrderedNotEqual,
    FloatCC::UnorderedOrEqual,
    FloatCC::LessThan,
    FloatCC::LessThanOrEqual,
    FloatCC::GreaterThan,
    FloatCC::GreaterThanOrEqual,
    FloatCC::UnorderedOrLessThan,
    FloatCC::UnorderedOrLessThanOrEqual,
    FloatCC::UnorderedOrGreaterThan,
    FloatCC::UnorderedOrGreaterThanOrEqual,
];

pub(crate) const ATOMIC: [AtomicRmwOp; 11] = [
    AtomicRmwOp::Add,
    AtomicRmwOp::Sub,
    AtomicRmwOp::And,
    AtomicRmwOp::Nand,
    AtomicRmwOp::Or,
    AtomicRmwOp::Xor,
    AtomicRmwOp::Xchg,
    AtomicRmwOp::Umin,
    AtomicRmwOp::Umax,
    AtomicRmwOp::Smin,
    AtomicRmwOp::Smax,
];

#[cfg(test)]
mod tests {
    use beskid_plugin_api::artifact::{ATOMIC_OPERATIONS, FLOAT_CONDITIONS, INT_CONDITIONS};

    use super::*;

    #[test]
    fn the_codes_are_those_of_the_format() {
        assert_eq!(INT.map(|code| code.to_string()), INT_CONDITIONS);
        assert_eq!(FLOAT.map(|code| code.to_string()), FLOAT_CONDITIONS);
        assert_eq!(ATOMIC.map(|code| code.to_string()), ATOMIC_OPERATIONS);
    }
}

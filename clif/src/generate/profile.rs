//! What one artifact is made of: some of all that it may be made of, so that each
//! artifact has more of it.

use std::collections::BTreeSet;

use beskid_plugin_api::artifact::Feature;
use cranelift_codegen::ir::{Type, types};

use super::random::Random;

/// Integers.
pub(super) const INTS: [Type; 5] = [types::I8, types::I16, types::I32, types::I64, types::I128];
/// Those that fit a register of a 64-bit processor.
pub(super) const WORDS: [Type; 4] = [types::I8, types::I16, types::I32, types::I64];
/// Floats.
pub(super) const FLOATS: [Type; 2] = [types::F32, types::F64];
/// Vectors of integers.
pub(super) const INT_VECTORS: [Type; 4] = [types::I8X16, types::I16X8, types::I32X4, types::I64X2];
/// Vectors of floats.
pub(super) const FLOAT_VECTORS: [Type; 2] = [types::F32X4, types::F64X2];

/// What one artifact is made of.
#[derive(Debug, Clone)]
pub(super) struct Profile {
    /// Types of values.
    pub(super) types: Vec<Type>,
    /// Conventions of the target besides C's, and calls that replace the caller.
    pub(super) has_tail_calls: bool,
    /// Calls that say where to go on if something is thrown, which nothing is.
    pub(super) has_exceptions: bool,
    /// Atomic access to memory.
    pub(super) has_atomics: bool,
    /// Whether there are data objects besides stack slots.
    pub(super) has_data: bool,
    /// Whether one of them has the addresses of functions.
    pub(super) has_table: bool,
    /// Whether functions have large frames.
    pub(super) has_large_frames: bool,
    /// Whether traps may be reached.
    pub(super) may_trap: bool,
    /// Number of functions besides `main`.
    pub(super) functions: usize,
    /// How many statements a function has at most, those in blocks of their own apart.
    pub(super) statements: usize,
}

impl Profile {
    /// A profile within these features.
    pub(super) fn new(random: &mut Random, features: &BTreeSet<Feature>) -> Self {
        let mut types = WORDS.to_vec();
        if features.contains(&Feature::I128) && random.below(2) == 0 {
            types.push(types::I128);
        }
        if random.below(2) == 0 {
            types.extend(FLOATS);
        }
        if features.contains(&Feature::Simd) && random.below(3) == 0 {
            types.extend(INT_VECTORS);
            if types.contains(&types::F64) {
                types.extend(FLOAT_VECTORS);
            }
        }
        // Small ones are soon done, and large ones show what registers run out for.
        let size = match random.below(8) {
            0 => (1 + random.below(4), 12 + random.below(40)),
            1 | 2 => (1 + random.below(3), 8 + random.below(16)),
            _ => (1 + random.below(2), 5 + random.below(10)),
        };
        let has_data = random.below(2) == 0;
        Self {
            types,
            has_tail_calls: features.contains(&Feature::TailCalls) && random.below(2) == 0,
            has_exceptions: features.contains(&Feature::Exceptions) && random.one_in(4),
            has_atomics: features.contains(&Feature::Atomics) && random.one_in(3),
            has_data,
            has_table: has_data && random.below(2) == 0,
            has_large_frames: random.one_in(8),
            may_trap: random.one_in(16),
            functions: size.0,
            statements: size.1,
        }
    }

    /// Those of some types that the artifact has.
    pub(super) fn among(&self, of: &[Type]) -> Vec<Type> {
        let of = of.iter().copied();
        of.filter(|ty| self.types.contains(ty)).collect()
    }

    /// Whether it has floats.
    pub(super) fn has_floats(&self) -> bool {
        self.types.contains(&types::F64)
    }

    /// Whether it has vectors.
    pub(super) fn has_vectors(&self) -> bool {
        self.types.contains(&types::I8X16)
    }
}

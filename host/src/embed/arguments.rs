//! The registers that arguments and results of a call travel in, by the platform's C
//! convention, as far as there are registers for them.

use std::mem::MaybeUninit;

/// Integers that have a register.
const INTEGERS: usize = if cfg!(target_arch = "x86_64") { 6 } else { 8 };
/// Floating-point numbers that have one.
const FLOATS: usize = 8;

/// The arguments of a call, each in the next register of its kind. What nobody has
/// filled is not loaded.
pub struct Arguments {
    /// Some platforms have fewer.
    pub(super) integers: [MaybeUninit<u64>; 8],
    pub(super) floats: [MaybeUninit<f64>; FLOATS],
    taken: [usize; 2],
}

/// What the registers of results hold when a call is over.
#[derive(Clone, Copy)]
pub struct Returned {
    pub(super) integer: u64,
    pub(super) float: f64,
}

/// What travels in a register of its own, or is nothing.
pub trait Register: Copy + 'static {
    /// Takes the next register.
    fn pass(self, to: &mut Arguments);
    /// What came back.
    fn returned(by: Returned) -> Self;
}

impl Arguments {
    #[inline(always)]
    pub(super) const fn new() -> Self {
        Self {
            integers: [MaybeUninit::uninit(); 8],
            floats: [MaybeUninit::uninit(); FLOATS],
            taken: [0; 2],
        }
    }

    /// Whether there is a register for each of them.
    #[inline(always)]
    pub(super) const fn have_registers(&self) -> bool {
        self.taken[0] <= INTEGERS && self.taken[1] <= FLOATS
    }
}

/// Fills the next register of a kind, if there is one.
#[inline(always)]
fn fill<T>(registers: &mut [MaybeUninit<T>], taken: &mut usize, value: T) {
    if let Some(register) = registers.get_mut(*taken) {
        register.write(value);
    }
    *taken += 1;
}

impl Register for u64 {
    #[inline(always)]
    fn pass(self, to: &mut Arguments) {
        fill(&mut to.integers, &mut to.taken[0], self);
    }
    #[inline(always)]
    fn returned(by: Returned) -> Self {
        by.integer
    }
}

impl Register for f64 {
    #[inline(always)]
    fn pass(self, to: &mut Arguments) {
        fill(&mut to.floats, &mut to.taken[1], self);
    }
    #[inline(always)]
    fn returned(by: Returned) -> Self {
        by.float
    }
}

/// In the lower half of its register; all ones above it are what RISC-V wants.
impl Register for f32 {
    #[inline(always)]
    fn pass(self, to: &mut Arguments) {
        f64::from_bits(u64::from(self.to_bits()) | !u64::from(u32::MAX)).pass(to);
    }
    #[inline(always)]
    fn returned(by: Returned) -> Self {
        Self::from_bits(by.float.to_bits() as u32)
    }
}

impl Register for () {
    #[inline(always)]
    fn pass(self, _: &mut Arguments) {}
    #[inline(always)]
    fn returned(_: Returned) {}
}

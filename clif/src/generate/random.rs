//! Numbers that look random and are the same for a seed on every machine.

/// SplitMix64: small, fast, and defined by its few lines, which never change.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    /// The numbers of one artifact of a seed.
    pub(super) fn new(seed: u64, index: u64) -> Self {
        let mut first = Self(seed);
        let mixed = first.next();
        Self(mixed ^ index.wrapping_mul(0xd134_2543_de82_ef95))
    }

    /// Any number.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 if that is 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        let end = end.max(1) as u64;
        (self.next() % end) as usize
    }

    /// True once in so many times.
    pub(super) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of these; there is at least one.
    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// The bits of an integer: often one at which code goes wrong.
    pub(super) fn integer(&mut self) -> u64 {
        match self.below(8) {
            0 => self.pick(&[0, 1, u64::MAX, 2]),
            1 => 1 << self.below(64),
            2 => (1_u64 << self.below(64)).wrapping_sub(1),
            3 => !(1 << self.below(64)),
            4 | 5 => (self.below(512) as u64).wrapping_sub(256),
            6 => self.pick(&[
                0x7f,
                0x80,
                0x7fff,
                0x8000,
                0x7fff_ffff,
                0x8000_0000,
                i64::MAX as u64,
                1 << 63,
            ]),
            _ => self.next(),
        }
    }

    /// A float: often one at which code goes wrong, and no NaN but the usual one.
    pub(super) fn float(&mut self) -> f64 {
        match self.below(6) {
            0 => self.pick(&[0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, f64::NAN]),
            1 => self.pick(&[
                f64::INFINITY,
                f64::NEG_INFINITY,
                f64::MAX,
                f64::MIN_POSITIVE,
                5e-324,
                1e-40,
            ]),
            2 => self.pick(&[
                2_147_483_647.0,
                -2_147_483_648.0,
                4_294_967_296.0,
                9_223_372_036_854_775_808.0,
                18_446_744_073_709_551_616.0,
                16_777_217.0,
                9_007_199_254_740_993.0,
            ]),
            3 => self.below(2000) as f64 - 1000.0,
            _ => {
                let found = f64::from_bits(self.next());
                if found.is_nan() { 0.25 } else { found }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_these_numbers_for_ever() {
        let mut random = Random::new(7, 3);
        let found = [random.next(), random.next(), random.next()];
        assert_eq!(found, EXPECTED);
        assert_ne!(Random::new(7, 4).next(), EXPECTED[0]);
        assert_ne!(Random::new(8, 3).next(), EXPECTED[0]);
    }

    const EXPECTED: [u64; 3] = [
        0x100d_3db9_b776_9042,
        0x16b5_072a_2111_168e,
        0xf9f9_720b_95a8_4bc4,
    ];

    #[test]
    fn bounds_hold() {
        let mut random = Random::new(1, 1);
        for end in [0, 1, 2, 3, 100] {
            for _ in 0..100 {
                assert!(random.below(end) < end.max(1));
            }
        }
        let is_usual = |float: f64| !float.is_nan() || float.to_bits() == f64::NAN.to_bits();
        assert!((0..1000).all(|_| is_usual(random.float())));
    }
}

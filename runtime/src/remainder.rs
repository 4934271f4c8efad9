//! The remainder of a division of floats.

/// The remainder of a division of the floats with these bits, by its bits: exact, with
/// the sign of the dividend, as C's `fmod`.
#[unsafe(no_mangle)]
pub extern "C" fn f64_remainder(left: i64, right: i64) -> i64 {
    remainder(f64::from_bits(left as u64), f64::from_bits(right as u64)).to_bits() as i64
}

/// Bits of the fraction of a float.
const FRACTION: u32 = 52;

/// Long division in base two. It uses integers alone: the operator would call C's
/// library of mathematics.
fn remainder(left: f64, right: f64) -> f64 {
    if left.is_nan() || right.is_nan() || left.is_infinite() || right == 0.0 {
        return f64::NAN;
    }
    let sign = left.to_bits() & 1 << 63;
    let (mut rest, exponent) = parts(left);
    let (divisor, least) = parts(right);
    if right.is_infinite() || exponent < least {
        return left;
    }
    rest %= divisor;
    for _ in least..exponent {
        rest <<= 1;
        if rest >= divisor {
            rest -= divisor;
        }
    }
    f64::from_bits(sign | bits(rest, least))
}

/// The digits and the exponent of a float's magnitude: digits · 2^exponent, where
/// denormal numbers have fewer digits.
fn parts(value: f64) -> (u64, u32) {
    let bits = value.to_bits() & !(1 << 63);
    let exponent = (bits >> FRACTION) as u32;
    let fraction = bits & ((1 << FRACTION) - 1);
    match exponent {
        0 => (fraction, 1),
        exponent => (fraction | 1 << FRACTION, exponent),
    }
}

/// The bits of digits · 2^exponent.
fn bits(digits: u64, exponent: u32) -> u64 {
    if digits == 0 {
        return 0;
    }
    let lead = digits.leading_zeros().saturating_sub(63 - FRACTION);
    let shift = lead.min(exponent - 1);
    let digits = digits << shift;
    let exponent = exponent - shift;
    match digits >> FRACTION {
        0 => digits,
        _ => digits & ((1 << FRACTION) - 1) | u64::from(exponent) << FRACTION,
    }
}

#[cfg(test)]
mod tests {
    use super::remainder;

    #[test]
    fn it_is_that_of_the_machine() {
        let mut values = std::vec![
            0.0,
            -0.0,
            1.0,
            -1.5,
            7.5,
            2.0,
            1e300,
            5e-324,
            f64::MIN_POSITIVE,
            f64::MAX,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NAN,
        ];
        let mut bits = 0x9E37_79B9_7F4A_7C15_u64;
        for _ in 0..100 {
            bits = bits.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
            values.push(f64::from_bits(bits));
        }
        for left in &values {
            for right in &values {
                let (expected, found) = (left % right, remainder(*left, *right));
                let same = expected.to_bits() == found.to_bits();
                assert!(
                    same || expected.is_nan() && found.is_nan(),
                    "{left} % {right}: {found}"
                );
            }
        }
    }
}

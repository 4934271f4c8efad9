//! Integers, strings, sequences and options.

use std::collections::BTreeSet;

pub struct Bytes<'a> {
    bytes: &'a [u8],
    pub at: usize,
}

impl<'a> Bytes<'a> {
    pub fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub fn is_at_end(&self) -> bool {
        self.at == self.bytes.len()
    }

    pub fn take(&mut self, count: usize) -> &'a [u8] {
        let taken = &self.bytes[self.at..self.at + count];
        self.at += count;
        taken
    }

    /// Seven bits a byte, the least significant first; bit 7 says that another
    /// byte follows.
    pub fn leb128(&mut self) -> u64 {
        let mut value = 0;
        for group in 0.. {
            let byte = self.take(1)[0];
            value |= u64::from(byte & 0x7f) << (7 * group);
            if byte < 0x80 {
                assert!(byte > 0 || group == 0, "the shortest spelling");
                break;
            }
        }
        value
    }

    /// 0, 1, 2, 3 … stand for 0, -1, 1, -2 …
    pub fn zigzag(&mut self) -> i64 {
        unzigzag(self.leb128())
    }
}

pub fn unzigzag(value: u64) -> i64 {
    let half = (value / 2) as i64;
    if value.is_multiple_of(2) {
        half
    } else {
        -half - 1
    }
}

/// What a structure's bytes say.
pub trait Read {
    fn read(bytes: &mut Bytes<'_>) -> Self;
}

macro_rules! integers {
    ($($ty:ty: $read:ident;)*) => {
        $(impl Read for $ty {
            fn read(bytes: &mut Bytes<'_>) -> Self {
                bytes.$read().try_into().expect("the integer fits its type")
            }
        })*
    };
}

integers! { u16: leb128; u32: leb128; u64: leb128; i32: zigzag; i64: zigzag; }

impl Read for u8 {
    fn read(bytes: &mut Bytes<'_>) -> Self {
        bytes.take(1)[0]
    }
}

impl Read for bool {
    fn read(bytes: &mut Bytes<'_>) -> Self {
        match u8::read(bytes) {
            0 => false,
            1 => true,
            byte => panic!("{byte} is no bool"),
        }
    }
}

impl Read for String {
    fn read(bytes: &mut Bytes<'_>) -> Self {
        Self::from_utf8(Vec::read(bytes)).expect("strings are UTF-8")
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(bytes: &mut Bytes<'_>) -> Self {
        let length = bytes.leb128();
        (0..length).map(|_| T::read(bytes)).collect()
    }
}

impl<T: Read + Ord> Read for BTreeSet<T> {
    fn read(bytes: &mut Bytes<'_>) -> Self {
        let elements = Vec::<T>::read(bytes);
        assert!(elements.is_sorted_by(|a, b| a < b), "sets ascend");
        elements.into_iter().collect()
    }
}

impl<T: Read> Read for Option<T> {
    fn read(bytes: &mut Bytes<'_>) -> Self {
        bool::read(bytes).then(|| T::read(bytes))
    }
}

impl<A: Read, B: Read> Read for (A, B) {
    fn read(bytes: &mut Bytes<'_>) -> Self {
        (A::read(bytes), B::read(bytes))
    }
}

//! Values that cross the boundary, as both languages write them.

/// The kinds of values that cross the boundary (FFI-3).
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Bool,
    U8,
    I32,
    I64,
    F64,
    /// `ref u8`.
    Ref,
}

impl Kind {
    /// Those that a `CLayout` type may have as fields (FFI-4).
    pub const PRIMITIVES: [Self; 5] = [Self::Bool, Self::U8, Self::I32, Self::I64, Self::F64];

    pub const fn beskid(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::U8 => "u8",
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::F64 => "f64",
            Self::Ref => "ref u8",
        }
    }

    pub const fn c(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::U8 => "uint8_t",
            Self::I32 => "int32_t",
            Self::I64 => "int64_t",
            Self::F64 => "double",
            Self::Ref => "uint8_t *",
        }
    }

    /// Size in bytes, and alignment.
    pub const fn size(self) -> u64 {
        match self {
            Self::Bool | Self::U8 => 1,
            Self::I32 => 4,
            Self::I64 | Self::F64 | Self::Ref => 8,
        }
    }
}

/// A value that is no struct.
#[derive(Clone, Copy)]
pub enum Value {
    Bool(bool),
    U8(u8),
    I32(i32),
    I64(i64),
    /// In quarters, so that every value is exact.
    F64(i32),
    /// The address of a byte of this value.
    Ref(u8),
}

impl Value {
    pub const fn kind(self) -> Kind {
        match self {
            Self::Bool(_) => Kind::Bool,
            Self::U8(_) => Kind::U8,
            Self::I32(_) => Kind::I32,
            Self::I64(_) => Kind::I64,
            Self::F64(_) => Kind::F64,
            Self::Ref(_) => Kind::Ref,
        }
    }

    /// The value in Beskid; of a reference, the byte that it is to.
    pub fn beskid(self) -> String {
        match self {
            Self::Bool(value) => value.to_string(),
            Self::U8(value) | Self::Ref(value) => value.to_string(),
            Self::I32(value) => value.to_string(),
            Self::I64(value) => value.to_string(),
            Self::F64(quarters) => format!("{:?}", f64::from(quarters) / 4.0),
        }
    }

    /// The value in C; a reference is into `bytes`, where each byte is its own
    /// index.
    pub fn c(self) -> String {
        match self {
            Self::I32(value) => format!("(int32_t){value}LL"),
            Self::I64(i64::MIN) => "INT64_MIN".to_owned(),
            Self::I64(value) => format!("{value}LL"),
            Self::Ref(value) => format!("(bytes + {value})"),
            Self::Bool(_) | Self::U8(_) | Self::F64(_) => self.beskid(),
        }
    }

    /// The value as the C side folds it into a sum.
    pub const fn folded(self) -> u64 {
        match self {
            Self::Bool(value) => value as u64,
            Self::U8(value) | Self::Ref(value) => value as u64,
            Self::I32(value) => value as i64 as u64,
            Self::I64(value) => value as u64,
            Self::F64(quarters) => quarters as i64 as u64,
        }
    }
}

/// Numbers that are the same in every run.
pub struct Numbers(pub u64);

impl Numbers {
    pub fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        self.0 >> 33
    }

    /// One of several.
    pub fn of<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.next() as usize % items.len()].clone()
    }

    pub fn value(&mut self, kind: Kind) -> Value {
        let wide = (self.next() << 33 | self.next() << 2 | self.next() & 3) as i64;
        match kind {
            Kind::Bool => Value::Bool(wide & 1 == 0),
            Kind::U8 => Value::U8(wide as u8),
            Kind::I32 => Value::I32(self.of(&[wide as i32, i32::MIN, -1])),
            Kind::I64 => Value::I64(self.of(&[wide, i64::MIN, i64::MAX])),
            Kind::F64 => Value::F64(wide as i32 >> 8),
            Kind::Ref => Value::Ref(wide as u8),
        }
    }

    pub fn primitive(&mut self) -> Value {
        let kind = self.of(&Kind::PRIMITIVES);
        self.value(kind)
    }
}

/// Items as text, with commas between them.
pub fn list<T>(items: &[T], mut text: impl FnMut(usize, &T) -> String) -> String {
    let items = items.iter().enumerate();
    items
        .map(|(index, item)| text(index, item))
        .collect::<Vec<_>>()
        .join(", ")
}

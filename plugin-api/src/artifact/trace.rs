//! Where in the schema a value stands that cannot be read.
//!
//! Postcard says at which byte it stopped; a producer wants the name of the
//! field. Refused contents are read a second time, and the way into them is
//! written down: sound artifacts pay nothing.

use std::fmt::Write as _;

use postcard::de_flavors::Slice;
use postcard::{Error, Result};
use serde::de::value::U32Deserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, SeqAccess,
    VariantAccess, Visitor,
};
use serde::{Deserialize, forward_to_deserialize_any};

/// The field below `root` at which reading a `T` from `bytes` fails, such as
/// `module.symbols[3].linkage`; `root` if nothing fails.
pub(super) fn field<T: DeserializeOwned>(bytes: &[u8], root: &str) -> String {
    let mut tracer = Tracer {
        postcard: postcard::Deserializer::from_bytes(bytes),
        path: root.to_owned(),
    };
    // A step is taken back when its value was read, so that the path to what
    // cannot be read is left.
    let _ = T::deserialize(&mut tracer);
    tracer.path
}

/// Reads what has parts by itself, and leaves the rest to postcard.
struct Tracer<'de> {
    postcard: postcard::Deserializer<'de, Slice<'de>>,
    path: String,
}

impl<'de> Tracer<'de> {
    fn plain<T: Deserialize<'de>>(&mut self) -> Result<T> {
        T::deserialize(&mut self.postcard)
    }
}

macro_rules! leave_to_postcard {
    ($($method:ident)+) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
            self.postcard.$method(visitor)
        })+
    };
}

impl<'de> Deserializer<'de> for &mut Tracer<'de> {
    type Error = Error;

    leave_to_postcard! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32
        deserialize_i64 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_str deserialize_string
    }

    // The schema has none of these; postcard says that it cannot tell them.
    forward_to_deserialize_any! {
        i128 u128 f32 f64 char bytes byte_buf unit unit_struct map identifier ignored_any
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        match self.plain::<u8>()? {
            0 => visitor.visit_none(),
            1 => visitor.visit_some(self),
            _ => Err(Error::DeserializeBadOption),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value> {
        let count = self.plain::<usize>()?;
        visitor.visit_seq(Elements::numbered(self, count))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, count: usize, visitor: V) -> Result<V::Value> {
        visitor.visit_seq(Elements::numbered(self, count))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        count: usize,
        visitor: V,
    ) -> Result<V::Value> {
        visitor.visit_seq(Elements::numbered(self, count))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        visitor.visit_seq(Elements::named(self, fields))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        visitor.visit_enum(self)
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

impl<'de> EnumAccess<'de> for &mut Tracer<'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self)> {
        let number: U32Deserializer<Error> = self.plain::<u32>()?.into_deserializer();
        Ok((seed.deserialize(number)?, self))
    }
}

impl<'de> VariantAccess<'de> for &mut Tracer<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<()> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, count: usize, visitor: V) -> Result<V::Value> {
        visitor.visit_seq(Elements::numbered(self, count))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value> {
        visitor.visit_seq(Elements::named(self, fields))
    }
}

/// The parts of a value: fields with names, or elements with numbers.
struct Elements<'t, 'de> {
    tracer: &'t mut Tracer<'de>,
    names: Option<&'static [&'static str]>,
    count: usize,
    next: usize,
}

impl<'t, 'de> Elements<'t, 'de> {
    const fn numbered(tracer: &'t mut Tracer<'de>, count: usize) -> Self {
        Self {
            tracer,
            names: None,
            count,
            next: 0,
        }
    }

    const fn named(tracer: &'t mut Tracer<'de>, names: &'static [&'static str]) -> Self {
        Self {
            tracer,
            names: Some(names),
            count: names.len(),
            next: 0,
        }
    }
}

impl<'de> SeqAccess<'de> for Elements<'_, 'de> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>> {
        if self.next == self.count {
            return Ok(None);
        }
        let length = self.tracer.path.len();
        // Writing to a string never fails.
        let _ = match self.names.and_then(|names| names.get(self.next)) {
            Some(name) => write!(self.tracer.path, ".{name}"),
            None => write!(self.tracer.path, "[{}]", self.next),
        };
        let value = seed.deserialize(&mut *self.tracer)?;
        self.tracer.path.truncate(length);
        self.next += 1;
        Ok(Some(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::{
        BlockArg, BlockCall, Body, DataInit, DataObject, DataRelocation, DataRole, ExceptionItem,
        ExceptionTable, ImportSource, Linkage, Module, Symbol, SymbolKind,
    };

    fn module() -> Module {
        let symbol = |linkage| Symbol {
            name: Some("name".to_owned()),
            kind: SymbolKind::Data {
                writable: true,
                tls: false,
            },
            linkage,
        };
        let library = ImportSource::Extern {
            library: "libx".to_owned(),
            abi: "C".to_owned(),
        };
        Module {
            signatures: Vec::new(),
            symbols: vec![symbol(Linkage::Local), symbol(Linkage::Import(library))],
            data: vec![DataObject {
                symbol: 0,
                init: DataInit::Bytes(vec![1, 2]),
                align: Some(300),
                section: None,
                used: false,
                relocations: vec![DataRelocation {
                    offset: 0,
                    target: 1,
                    addend: 0,
                }],
                role: DataRole::Plain,
            }],
        }
    }

    /// The fields that a file names that is cut after each byte.
    fn cut<T: DeserializeOwned + serde::Serialize>(value: &T) -> Vec<String> {
        let bytes = postcard::to_stdvec(value).unwrap();
        let cuts = (0..bytes.len()).map(|length| field::<T>(&bytes[..length], "root"));
        let mut fields = cuts.collect::<Vec<_>>();
        assert_eq!(field::<T>(&bytes, "root"), "root", "all of it is read");
        fields.dedup();
        fields
    }

    #[test]
    fn each_cut_of_a_module_names_the_field_that_is_not_whole() {
        let expected = [
            "root.signatures",
            "root.symbols",
            "root.symbols[0].name",
            "root.symbols[0].kind",
            "root.symbols[0].kind.writable",
            "root.symbols[0].kind.tls",
            "root.symbols[0].linkage",
            "root.symbols[1].name",
            "root.symbols[1].kind",
            "root.symbols[1].kind.writable",
            "root.symbols[1].kind.tls",
            "root.symbols[1].linkage",
            "root.symbols[1].linkage.library",
            "root.symbols[1].linkage.abi",
            "root.data",
            "root.data[0].symbol",
            "root.data[0].init",
            "root.data[0].init[0]",
            "root.data[0].init[1]",
            "root.data[0].align",
            "root.data[0].section",
            "root.data[0].used",
            "root.data[0].relocations",
            "root.data[0].relocations[0].offset",
            "root.data[0].relocations[0].target",
            "root.data[0].relocations[0].addend",
            "root.data[0].role",
        ];
        assert_eq!(cut(&module()), expected);
    }

    #[test]
    fn parts_without_names_are_numbered() {
        let call = BlockCall {
            block: 1,
            args: vec![BlockArg::Value(7)],
        };
        let body = Body {
            positions: vec![(0, 1)],
            exception_tables: vec![ExceptionTable {
                signature: 0,
                normal: call.clone(),
                items: vec![ExceptionItem::Tag(4, call)],
            }],
            ..Body::default()
        };
        let fields = cut(&body);
        for field in [
            "root.positions[0][1]",
            "root.exception_tables[0].normal.args[0]",
            "root.exception_tables[0].items[0][0]",
            "root.exception_tables[0].items[0][1].block",
            "root.value_labels",
        ] {
            assert!(fields.contains(&field.to_owned()), "{field}: {fields:#?}");
        }
    }
}

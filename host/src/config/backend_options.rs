//! Options of backends: for whichever is used, and for one by its name.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// First part of the options of the Cranelift backends. A key that is not quoted
/// makes a table of it, which is not one for a backend of this name.
const CRANELIFT: &str = "cranelift";

/// The table `backend-options`. In it, `KEY = VALUE` is for the backend that is used,
/// and a table for the one that it is named after.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct BackendOptions {
    #[serde(flatten)]
    any: BTreeMap<String, String>,
    #[serde(flatten)]
    own: BTreeMap<String, BTreeMap<String, String>>,
}

impl BackendOptions {
    /// Options for whichever backend is used; a key may begin with a backend's name
    /// and a dot.
    pub(super) fn new(any: BTreeMap<String, String>) -> Self {
        Self {
            any,
            own: BTreeMap::new(),
        }
    }

    /// The options for a backend, of which there are those that `is_backend` knows.
    /// What is for it by its name wins.
    pub fn for_backend(
        &self,
        id: &str,
        is_backend: impl Fn(&str) -> bool,
    ) -> BTreeMap<String, String> {
        let mut options = BTreeMap::new();
        let mut own = self.own.get(id).cloned().unwrap_or_default();
        for (key, value) in &self.any {
            match key.split_once('.') {
                Some((name, key)) if name == id => {
                    own.insert(key.to_owned(), value.clone());
                }
                Some((name, _)) if is_backend(name) => {}
                _ => {
                    options.insert(key.clone(), value.clone());
                }
            }
        }
        options.extend(own);
        options
    }
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a text, a number or a boolean, under a quoted key"
)]
enum Scalar {
    Flag(bool),
    Number(i64),
    Text(String),
}

impl Scalar {
    fn text(self) -> String {
        match self {
            Self::Flag(flag) => flag.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text,
        }
    }
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a text, a number, a boolean, or a table of them for a backend"
)]
enum Written {
    Scalar(Scalar),
    Table(BTreeMap<String, Written>),
}

/// The keys of a table, those of tables in it behind a dot.
fn flatten(before: &str, table: BTreeMap<String, Written>, to: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let key = format!("{before}{key}");
        match value {
            Written::Scalar(value) => {
                to.insert(key, value.text());
            }
            Written::Table(table) => flatten(&format!("{key}."), table, to),
        }
    }
}

impl<'d> Deserialize<'d> for BackendOptions {
    fn deserialize<D: Deserializer<'d>>(deserializer: D) -> Result<Self, D::Error> {
        struct Table;

        impl<'d> Visitor<'d> for Table {
            type Value = BackendOptions;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table of options")
            }

            fn visit_map<M: MapAccess<'d>>(self, mut map: M) -> Result<BackendOptions, M::Error> {
                let mut read = BackendOptions::default();
                while let Some(key) = map.next_key::<String>()? {
                    if key == CRANELIFT {
                        let value = map.next_value::<Scalar>()?.text();
                        read.any.insert(key, value);
                        continue;
                    }
                    match map.next_value()? {
                        Written::Scalar(value) => {
                            read.any.insert(key, value.text());
                        }
                        Written::Table(table) => {
                            flatten("", table, read.own.entry(key).or_default());
                        }
                    }
                }
                Ok(read)
            }
        }

        deserializer.deserialize_map(Table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use figment::Figment;
    use figment::providers::{Format, Serialized, Toml};

    fn read(text: &str) -> BackendOptions {
        Figment::from(Toml::string(text)).extract().unwrap()
    }

    fn shown(options: &BackendOptions, id: &str) -> Vec<String> {
        let options = options.for_backend(id, |name| ["jit", "mine"].contains(&name));
        let options = options.iter().map(|(key, value)| format!("{key}={value}"));
        options.collect()
    }

    #[test]
    fn options_are_for_the_backend_that_is_used_or_for_one_by_name() {
        let options = read(
            "\"cranelift.a\" = true\n\"cranelift.b\" = 1\n\"jit.x\" = 2\n\"other.y\" = 3\n\
             [jit]\n\"cranelift.b\" = 5\ncranelift.c = \"speed\"\n\
             [mine]\nlevel = 3\n[absent]\nlevel = 4\n",
        );
        let any = ["cranelift.a=true", "cranelift.b=1", "other.y=3"];
        assert_eq!(shown(&options, "aot"), any);
        assert_eq!(
            shown(&options, "jit"),
            [
                "cranelift.a=true",
                "cranelift.b=5",
                "cranelift.c=speed",
                "other.y=3",
                "x=2"
            ]
        );
        assert_eq!(
            shown(&options, "mine"),
            ["cranelift.a=true", "cranelift.b=1", "level=3", "other.y=3"]
        );
    }

    #[test]
    fn layers_are_merged_key_by_key() {
        let file = Toml::string("a = 1\nb = 1\n[jit]\nc = 1\n");
        let flags = [
            ("b".to_owned(), "2".to_owned()),
            ("jit.c".to_owned(), "2".to_owned()),
        ];
        let flags = BackendOptions::new(flags.into());
        let merged = Figment::from(file).merge(Serialized::defaults(flags));
        let merged = merged.extract::<BackendOptions>().unwrap();
        assert_eq!(shown(&merged, "jit"), ["a=1", "b=2", "c=2"]);
    }
}

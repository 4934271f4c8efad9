//! What `beskid config` prints.

use figment::Figment;
use serde::Serialize;

use super::Config;

/// One setting, its value and its origin.
#[derive(Debug, Serialize)]
pub struct Setting {
    /// Its key.
    pub key: String,
    /// Its value, as JSON.
    pub value: serde_json::Value,
    /// Where it was set.
    pub origin: String,
}

/// Every setting in force.
pub fn report(config: &Config, figment: &Figment) -> Vec<Setting> {
    let Ok(serde_json::Value::Object(values)) = serde_json::to_value(config) else {
        return Vec::new();
    };
    let settings = values.into_iter().flat_map(|(key, value)| match value {
        serde_json::Value::Object(table) if !table.is_empty() => {
            let inner = table.into_iter();
            let inner = inner.map(|(name, value)| (format!("{key}.{name}"), value));
            inner.collect::<Vec<_>>()
        }
        value => vec![(key, value)],
    });
    let settings = settings.map(|(key, value)| {
        let origin = figment.find_metadata(&key).map(|metadata| {
            let source = metadata.source.as_ref().map(ToString::to_string);
            match (metadata.name.as_ref(), source) {
                (name, _) if name.contains("Config") => "default".to_owned(),
                (name, _) if name.contains("Flags") => "command line".to_owned(),
                (name, Some(source)) => format!("{name} {source}"),
                (name, None) => name.to_owned(),
            }
        });
        Setting {
            key,
            value,
            origin: origin.unwrap_or_else(|| "default".to_owned()),
        }
    });
    settings.collect()
}

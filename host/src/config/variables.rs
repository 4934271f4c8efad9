//! Settings of the environment.

use std::ffi::OsString;
use std::num::NonZeroU32;
use std::path::PathBuf;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use figment::value::{Dict, Map, Value};
use figment::{Metadata, Profile, Provider};

use super::tools;

/// Prefix of the variables.
const PREFIX: &str = "BESKID_";
/// Prefix of those that choose tools.
const TOOLS: &str = "BESKID_TOOLS_";
/// The variables that have a meaning, to whoever reads them.
const KNOWN: [&str; 17] = [
    "BESKID_BACKEND",
    "BESKID_BACKTRACE",
    "BESKID_BUILD_CACHE",
    "BESKID_CORELIB_ROOT",
    "BESKID_DIRECT_LINK",
    "BESKID_EXTERN_ALLOW",
    "BESKID_EXTERN_DENY",
    "BESKID_EXTERN_DLOPEN",
    "BESKID_GC_STRESS",
    "BESKID_ISOLATE",
    "BESKID_JOBS",
    "BESKID_LINKER",
    "BESKID_LOG",
    "BESKID_OPTIMIZE",
    "BESKID_PLUGIN",
    "BESKID_PLUGIN_DIR",
    "BESKID_SYSTEM_PLUGIN_DIR",
];

/// One variable, and the setting that it is.
#[derive(Debug)]
pub(super) struct Variable {
    name: String,
    key: String,
    value: Value,
}

impl Provider for Variable {
    fn metadata(&self) -> Metadata {
        Metadata::named(format!("`{}`", self.name))
    }

    fn data(&self) -> figment::error::Result<Map<Profile, Dict>> {
        let mut value = self.value.clone();
        let mut keys = self.key.split('.').rev().collect::<Vec<_>>();
        let first = keys.pop().unwrap_or_default();
        for key in keys {
            value = Dict::from([(key.to_owned(), value)]).into();
        }
        let dict = Dict::from([(first.to_owned(), value)]);
        Ok(Profile::Default.collect(dict))
    }
}

/// `CC`, `AR` and `RANLIB` name tools, as they do everywhere.
///
/// # Errors
/// E5301 names the variable.
pub(super) fn usual_tools() -> Result<Vec<Variable>, Diagnostic> {
    let set = ["CC", "AR", "RANLIB"].map(|name| Some((name, text(name).transpose()?)));
    let tools = set.into_iter().flatten();
    tools
        .map(|(name, value)| tool(name, name, value?))
        .collect()
}

/// Those of these variables that are settings.
///
/// # Errors
/// E5301 names the variable.
pub(super) fn own(names: &[String]) -> Result<Vec<Variable>, Diagnostic> {
    let mut found = Vec::new();
    if names.is_empty() {
        return Ok(found);
    }
    for (name, key) in [
        ("BESKID_BACKEND", "backend"),
        ("BESKID_LINKER", "linker"),
        ("BESKID_OPTIMIZE", "optimize"),
    ] {
        if let Some(value) = text(name)? {
            found.push(Variable::new(name, key, value));
        }
    }
    if let Some(value) = text("BESKID_JOBS")? {
        let jobs = value.trim().parse::<NonZeroU32>();
        let reason = "a number of threads is wanted, 1 or more";
        let jobs = jobs.map_err(|_| invalid("BESKID_JOBS", reason))?;
        found.push(Variable::new("BESKID_JOBS", "jobs", jobs.get()));
    }
    for (name, key) in [
        ("BESKID_BUILD_CACHE", "build-cache"),
        ("BESKID_DIRECT_LINK", "direct-link"),
        ("BESKID_EXTERN_DLOPEN", "extern.dlopen"),
        ("BESKID_ISOLATE", "isolate"),
    ] {
        if let Some(value) = text(name)? {
            found.push(Variable::new(name, key, boolean(name, &value)?));
        }
    }
    for (name, key) in [
        ("BESKID_PLUGIN", "plugin"),
        ("BESKID_PLUGIN_DIR", "plugin-dir"),
    ] {
        let paths = paths(name);
        if !paths.is_empty() {
            let value =
                Value::serialize(paths).map_err(|error| invalid(name, &error.to_string()))?;
            found.push(Variable::new(name, key, value));
        }
    }
    for name in names {
        // What the others mean is for whoever reads them to say.
        if is_tool(name)
            && let Some(role) = name.strip_prefix(TOOLS)
            && let Some(value) = text(name)?
        {
            found.push(tool(name, role, value)?);
        }
    }
    Ok(found)
}

/// A warning for each of these variables that means nothing.
pub(super) fn warnings(names: &[String]) -> Vec<Diagnostic> {
    let others = names.iter().filter(|name| !is_tool(name));
    others.filter_map(|name| unknown_variable(name)).collect()
}

/// Whether a variable chooses a tool: it names one.
fn is_tool(name: &str) -> bool {
    name.len() > TOOLS.len() && name.starts_with(TOOLS)
}

fn unknown_variable(name: &str) -> Option<Diagnostic> {
    if KNOWN.contains(&name) {
        return None;
    }
    let near = KNOWN
        .iter()
        .map(|known| (strsim::levenshtein(name, known), known));
    let near = near.chain(
        name.starts_with("BESKID_TOOLS")
            .then_some((1, &"BESKID_TOOLS_CC")),
    );
    let nearest = near.min().filter(|(distance, _)| *distance <= 4);
    let help = nearest.map_or_else(
        || format!("beskid reads {}", KNOWN.join(", ")),
        |(_, known)| format!("did you mean `{known}`?"),
    );
    let message = format!("the variable `{name}` means nothing to beskid");
    Some(Diagnostic::new(Code::E5303, message).help(help))
}

impl Variable {
    fn new(name: &str, key: &str, value: impl Into<Value>) -> Self {
        Self {
            name: name.to_owned(),
            key: key.to_owned(),
            value: value.into(),
        }
    }
}

fn tool(name: &str, role: &str, value: String) -> Result<Variable, Diagnostic> {
    let key = format!("tools.{}", role.to_ascii_lowercase().replace('_', "-"));
    Ok(Variable::new(name, &key, tools::quoted(name, value)?))
}

/// The names of all variables that begin with `BESKID_`, sorted.
pub(super) fn names() -> Vec<String> {
    let is_ours = |name: &OsString| name.as_encoded_bytes().starts_with(PREFIX.as_bytes());
    let all = std::env::vars_os().map(|(name, _)| name).filter(is_ours);
    let mut names = all
        .filter_map(|name| name.into_string().ok())
        .collect::<Vec<_>>();
    names.sort();
    names
}

/// A variable's text; one that is blank says nothing.
fn text(name: &str) -> Result<Option<String>, Diagnostic> {
    let Some(value) = std::env::var_os(name) else {
        return Ok(None);
    };
    let value = value
        .into_string()
        .map_err(|_| invalid(name, "it is not UTF-8"))?;
    Ok(Some(value).filter(|value| !value.trim().is_empty()))
}

/// A list of paths, separated as in `PATH`.
fn paths(name: &str) -> Vec<PathBuf> {
    let value = std::env::var_os(name).unwrap_or_default();
    let paths = std::env::split_paths(&value);
    paths.filter(|path| !path.as_os_str().is_empty()).collect()
}

fn boolean(name: &str, value: &str) -> Result<bool, Diagnostic> {
    match value.trim().to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "0" | "false" | "no" | "off" => Ok(false),
        _ => Err(
            invalid(name, &format!("`{value}` is neither true nor false"))
                .help("write `1`, `true`, `yes` or `on`, or `0`, `false`, `no` or `off`"),
        ),
    }
}

fn invalid(name: &str, reason: &str) -> Diagnostic {
    Diagnostic::new(Code::E5301, format!("the variable `{name}`: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans_have_four_spellings_each() {
        let read = |value: &str| boolean("X", value);
        for value in ["1", "true", "Yes", "ON"] {
            assert_eq!(read(value), Ok(true));
        }
        for value in ["0", "False", "no", " off "] {
            assert_eq!(read(value), Ok(false));
        }
        assert_eq!(read("2").unwrap_err().code, "E5301");
    }

    #[test]
    fn an_unknown_variable_is_told_the_nearest_one() {
        assert_eq!(unknown_variable("BESKID_BACKEND"), None);
        let near = unknown_variable("BESKID_BACKND").unwrap();
        assert_eq!(near.help.as_deref(), Some("did you mean `BESKID_BACKEND`?"));
        let far = unknown_variable("BESKID_WHATEVER_ELSE").unwrap();
        assert!(far.help.unwrap().contains("BESKID_LOG"));
        assert!(is_tool("BESKID_TOOLS_CC") && !is_tool("BESKID_TOOLS_"));
        let nameless = unknown_variable("BESKID_TOOLS_").unwrap();
        let help = nameless.help.as_deref();
        assert_eq!(help, Some("did you mean `BESKID_TOOLS_CC`?"));
    }
}

//! What the terminal can show, and what its user wants to see.

use std::env;
use std::io::IsTerminal;

/// Whether text on standard error has colours: `NO_COLOR`, then
/// `CLICOLOR_FORCE` decide, then whether a terminal that has colours is there.
pub(super) fn colours() -> bool {
    let variable = |name: &str| {
        let value = env::var_os(name)?;
        Some(value.to_string_lossy().into_owned())
    };
    wanted(variable, std::io::stderr().is_terminal())
}

/// Whether the terminal shows letters only.
pub(super) fn is_dumb() -> bool {
    env::var_os("TERM").is_some_and(|term| term == "dumb")
}

fn wanted(variable: impl Fn(&str) -> Option<String>, terminal: bool) -> bool {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    if set("NO_COLOR").is_some() {
        return false;
    }
    if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
        return true;
    }
    let refused = set("CLICOLOR").is_some_and(|value| value == "0");
    let dumb = set("TERM").is_some_and(|term| term == "dumb");
    terminal && !refused && !dumb
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_decides_before_the_terminal() {
        let with = |variables: &[(&str, &str)], terminal| {
            let find = |name: &str| {
                let found = variables.iter().find(|(key, _)| *key == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            wanted(find, terminal)
        };
        assert!(with(&[], true) && !with(&[], false));
        assert!(!with(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], true));
        assert!(with(&[("NO_COLOR", "")], true));
        assert!(with(&[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")], false));
        assert!(!with(&[("CLICOLOR_FORCE", "0")], false));
        assert!(!with(&[("TERM", "dumb")], true));
        assert!(!with(&[("CLICOLOR", "0")], true));
    }
}

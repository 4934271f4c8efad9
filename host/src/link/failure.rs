//! What a failed tool's messages mean.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Output;

use beskid_plugin_api::diagnostic::Diagnostic;

/// Most symbols that are named one by one.
const MOST_SYMBOLS: usize = 20;

/// A command as one would type it into a shell.
pub(super) fn command_line(program: &str, args: &[String]) -> String {
    let mut line = quoted(program);
    for arg in args {
        line.push(' ');
        line.push_str(&quoted(arg));
    }
    line
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,+:@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// E4021 for a tool that ran and failed.
pub(super) fn failed(role: &str, line: &str, output: &Output) -> Diagnostic {
    // Microsoft's linker writes its messages to standard output.
    let messages = [&output.stderr, &output.stdout].map(|bytes| String::from_utf8_lossy(bytes));
    let stderr = messages.concat();
    let mut diagnostic = Diagnostic::new("E4021", format!("the {role} failed: {}", output.status));
    let (facts, help) = classify(&stderr);
    diagnostic.notes.extend(facts);
    diagnostic.notes.push(format!("command: {line}"));
    if !stderr.trim().is_empty() {
        diagnostic
            .notes
            .push(format!("its messages:\n{}", stderr.trim_end()));
    }
    if let Some(path) = save(line, &stderr) {
        diagnostic
            .notes
            .push(format!("command and messages are kept in {path}"));
    }
    diagnostic.help(help)
}

/// Facts read out of the messages of GNU ld, gold, lld and mold, of the
/// linkers of Apple and Microsoft, and advice.
fn classify(stderr: &str) -> (Vec<String>, &'static str) {
    let undefined = undefined_symbols(stderr);
    if !undefined.is_empty() {
        let mut facts = Vec::new();
        for symbol in undefined.iter().take(MOST_SYMBOLS) {
            facts.push(format!("undefined symbol: {symbol}"));
        }
        if undefined.len() > MOST_SYMBOLS {
            facts.push(format!("and {} more", undefined.len() - MOST_SYMBOLS));
        }
        return (
            facts,
            "link the library that defines it: `--link-lib`, `--link-search`",
        );
    }
    let rules = [
        (
            "multiple definition",
            "two inputs define the same symbol; rename one or make it private",
        ),
        (
            "duplicate symbol",
            "two inputs define the same symbol; rename one or make it private",
        ),
        (
            "cannot find -l",
            "the library was not found; name its folder with `--link-search`",
        ),
        (
            "unable to find library",
            "the library was not found; name its folder with `--link-search`",
        ),
        (
            "library not found",
            "the library was not found; name its folder with `--link-search`",
        ),
        (
            "file format not recognized",
            "an input is not an object for this target",
        ),
        (
            "could not open '",
            "the library was not found; name its folder with `--link-search`",
        ),
        (
            "cannot open input file",
            "the library was not found; name its folder with `--link-search`",
        ),
        ("incompatible with", "an input is for another architecture"),
        (
            "file in wrong format",
            "an input is for another architecture",
        ),
        ("No space left on device", "make room on the disk"),
        (
            "Permission denied",
            "choose an output that can be written with `--output`",
        ),
    ];
    let found = rules.iter().find(|(text, _)| stderr.contains(text));
    let help = found.map_or("read the tool's messages above", |(_, help)| help);
    (Vec::new(), help)
}

fn undefined_symbols(stderr: &str) -> Vec<String> {
    let mut symbols = Vec::new();
    for line in stderr.lines() {
        let symbol = if let Some((_, rest)) = line.split_once("undefined reference to ") {
            rest.trim_matches(|c: char| "`'\"; ".contains(c))
        } else if let Some((_, rest)) = line.split_once("undefined symbol: ") {
            rest.trim()
        } else if let Some((_, rest)) = line.split_once("unresolved external symbol ") {
            rest.split(' ').next().unwrap_or(rest)
        } else if let Some((symbol, _)) = line.split_once("\", referenced from:") {
            symbol.trim().trim_start_matches('"')
        } else {
            continue;
        };
        if !symbols.iter().any(|known| known == symbol) {
            symbols.push(symbol.to_owned());
        }
    }
    symbols
}

/// Keeps the command and the messages for the user; gives the path.
fn save(line: &str, stderr: &str) -> Option<String> {
    let mut text = String::new();
    let _ = write!(text, "{line}\n\n{stderr}");
    let mut file = tempfile::Builder::new()
        .prefix("beskid-link-")
        .suffix(".log")
        .tempfile()
        .ok()?;
    file.write_all(text.as_bytes()).ok()?;
    let (_, path) = file.keep().ok()?;
    Some(path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lk_6_undefined_symbols_are_named_once() {
        let stderr = "a.o: in function `f':\nx.c:(.text+0x5): undefined reference to `missing'\n\
                      x.c:(.text+0x9): undefined reference to `missing'\n\
                      ld.lld: error: undefined symbol: other\n";
        assert_eq!(undefined_symbols(stderr), ["missing", "other"]);
        let (facts, help) = classify(stderr);
        assert_eq!(facts.len(), 2);
        assert!(help.contains("--link-lib"));
    }

    #[test]
    fn lk_6_undefined_symbols_are_found_in_every_linkers_messages() {
        let apple = "Undefined symbols for architecture arm64:\n  \"_missing\", referenced from:\n";
        assert_eq!(undefined_symbols(apple), ["_missing"]);
        let microsoft = "a.obj : error LNK2019: unresolved external symbol missing referenced in \
                         function main\na.exe : fatal error LNK1120: 1 unresolved externals\n";
        assert_eq!(undefined_symbols(microsoft), ["missing"]);
        let alone = "a.obj : error LNK2001: unresolved external symbol missing\n";
        assert_eq!(undefined_symbols(alone), ["missing"]);
    }

    #[test]
    fn lk_6_the_command_can_be_pasted_into_a_shell() {
        let args = ["-o".to_owned(), "a b".to_owned(), "it's".to_owned()];
        assert_eq!(command_line("cc", &args), "cc -o 'a b' 'it'\\''s'");
    }
}

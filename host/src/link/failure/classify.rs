//! What the messages of linkers mean: GNU ld, gold, lld, mold, Apple's ld,
//! and the Windows linkers.

use std::collections::BTreeMap;

/// Causes of failed links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cause {
    UndefinedSymbol,
    DuplicateSymbol,
    // A library that is there is not found either if it is of a wrong format.
    WrongFormat,
    LibraryNotFound,
    ToolMissing,
    NoSpace,
    Permission,
}

impl Cause {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::UndefinedSymbol => "undefined symbol",
            Self::DuplicateSymbol => "duplicate symbol",
            Self::LibraryNotFound => "library not found",
            Self::WrongFormat => "input of a wrong format",
            Self::ToolMissing => "missing tool",
            Self::NoSpace => "no space left",
            Self::Permission => "permission denied",
        }
    }

    pub(super) const fn help(self) -> &'static str {
        match self {
            Self::UndefinedSymbol => {
                "link the library that defines it: `--link-lib`, `--link-search`"
            }
            Self::DuplicateSymbol => {
                "two inputs define the same symbol; rename one or make it private"
            }
            Self::LibraryNotFound => "install the library, or name its folder with `--link-search`",
            Self::WrongFormat => "an input is no object, or is for another architecture",
            Self::ToolMissing => {
                "install the tool that the C driver calls, or choose another driver"
            }
            Self::NoSpace => "make room on the disk, or choose another with `--output`",
            Self::Permission => "choose an output that can be written with `--output`",
        }
    }
}

/// What the messages say of one symbol, library or file: who is concerned.
pub(super) type Subjects = BTreeMap<String, Vec<String>>;

/// The causes named in the messages, each with its subjects, which may be
/// none.
pub(super) fn classify(messages: &str) -> BTreeMap<Cause, Subjects> {
    let mut found = BTreeMap::<Cause, Subjects>::new();
    let mut lines = messages.lines().peekable();
    // What the last lines were about.
    let mut function = None;
    while let Some(line) = lines.next() {
        if let Some((_, rest)) = line.split_once("in function `") {
            function = rest.split_once('\'').map(|(name, _)| name.to_owned());
        }
        let Some((cause, subject)) = fact(line) else {
            continue;
        };
        let concerned = found.entry(cause).or_default();
        let Some(subject) = subject else {
            continue;
        };
        let concerned = concerned.entry(subject.to_owned()).or_default();
        let mut concern = |who: String| {
            if !concerned.contains(&who) {
                concerned.push(who);
            }
        };
        if cause == Cause::UndefinedSymbol && line.contains("undefined reference to") {
            function
                .iter()
                .for_each(|name| concern(format!("function `{name}`")));
        }
        // Lines of lld and mold that go on with this message.
        while let Some(more) = lines.next_if(|line| line.starts_with(">>>")) {
            if let Some((_, place)) = more.rsplit_once(":(") {
                concern(format!("function `{}`", place.trim_end_matches(')')));
            }
        }
    }
    found
}

/// What one line says.
fn fact(line: &str) -> Option<(Cause, Option<&str>)> {
    /// A text, and what follows it is the subject up to one of these.
    const RULES: [(&str, &str, Cause); 19] = [
        ("undefined reference to ", "", Cause::UndefinedSymbol),
        ("undefined symbol: ", "", Cause::UndefinedSymbol),
        ("unresolved external symbol ", " ", Cause::UndefinedSymbol),
        ("\", referenced from:", "\"", Cause::UndefinedSymbol),
        ("multiple definition of ", ";", Cause::DuplicateSymbol),
        ("duplicate symbol: ", "", Cause::DuplicateSymbol),
        ("duplicate symbol '", "'", Cause::DuplicateSymbol),
        ("skipping incompatible ", " when ", Cause::WrongFormat),
        ("cannot find -l", ": ", Cause::LibraryNotFound),
        ("unable to find library -l", "", Cause::LibraryNotFound),
        ("library not found: ", "", Cause::LibraryNotFound),
        ("library not found for -l", "", Cause::LibraryNotFound),
        ("could not open '", "'", Cause::LibraryNotFound),
        ("cannot open input file '", "'", Cause::LibraryNotFound),
        ("cannot find 'ld'", "", Cause::ToolMissing),
        ("cannot execute 'ld'", "", Cause::ToolMissing),
        ("invalid linker name in", "", Cause::ToolMissing),
        ("No space left on device", "", Cause::NoSpace),
        ("Permission denied", "", Cause::Permission),
    ];
    const FORMATS: [&str; 8] = [
        "file too short",
        "file format not recognized",
        "file in wrong format",
        "incompatible with",
        "incompatible file type",
        "unknown file type",
        "Relocations in generic ELF",
        "building for ",
    ];
    for (text, end, cause) in RULES {
        let Some((before, after)) = line.split_once(text) else {
            continue;
        };
        let subject = match (text, end) {
            ("\", referenced from:", _) => before.rsplit('"').next().unwrap_or_default(),
            (_, "") => after,
            (_, end) => after.split_once(end).map_or(after, |(subject, _)| subject),
        };
        let subject = match cause {
            Cause::ToolMissing | Cause::NoSpace | Cause::Permission => "",
            // mold names the files first.
            Cause::DuplicateSymbol => subject.rsplit(": ").next().unwrap_or(subject),
            _ => subject,
        };
        let subject = subject.trim_matches(|c: char| "`'\";: ".contains(c));
        return Some((cause, Some(subject).filter(|subject| !subject.is_empty())));
    }
    let wrong_format = FORMATS.iter().any(|text| line.contains(text));
    wrong_format.then_some((Cause::WrongFormat, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(messages: &str) -> Vec<String> {
        let mut lines = Vec::new();
        for (cause, subjects) in classify(messages) {
            if subjects.is_empty() {
                lines.push(cause.name().to_owned());
            }
            for (subject, concerned) in subjects {
                lines.push(format!("{} {subject} {concerned:?}", cause.name()));
            }
        }
        lines
    }

    #[test]
    fn lk_6_undefined_symbols_are_named_once_with_who_needs_them() {
        let gnu = "/usr/bin/ld: a.o: in function `f':\nx.c:(.text+0x5): undefined reference to \
                   `missing'\n/usr/bin/ld: x.c:(.text+0x9): undefined reference to `missing'\n";
        assert_eq!(shown(gnu), [r#"undefined symbol missing ["function `f`"]"#]);
        let lld = "ld.lld: error: undefined symbol: missing\n>>> referenced by x.c\n\
                   >>>               a.o:(f)\n";
        assert_eq!(shown(lld), [r#"undefined symbol missing ["function `f`"]"#]);
        let apple = "Undefined symbols for architecture arm64:\n  \"_missing\", referenced \
                     from:\n      _f in a.o\n";
        assert_eq!(shown(apple), ["undefined symbol _missing []"]);
        let windows = "a.obj : error LNK2019: unresolved external symbol missing referenced in \
                       function f";
        assert_eq!(shown(windows), ["undefined symbol missing []"]);
        let gold = "a.o:x.c:function f: error: undefined reference to 'missing'";
        assert_eq!(shown(gold), ["undefined symbol missing []"]);
    }

    #[test]
    fn lk_6_each_cause_is_recognised_in_the_words_of_each_linker() {
        for (message, expected) in [
            (
                "/usr/bin/ld: b.o:b.c:(.text+0x0): multiple definition of `f'; a.o:a.c:(.text+0x0): first defined here",
                "duplicate symbol f []",
            ),
            (
                "mold: error: duplicate symbol: a.o: b.o: f",
                "duplicate symbol f []",
            ),
            ("duplicate symbol '_f' in:", "duplicate symbol _f []"),
            (
                "/usr/bin/ld: cannot find -lnope: No such file or directory",
                "library not found nope []",
            ),
            (
                "/usr/bin/ld: cannot find -l:libnope.so.1: No such file or directory",
                "library not found libnope.so.1 []",
            ),
            (
                "ld.lld: error: unable to find library -lnope",
                "library not found nope []",
            ),
            (
                "mold: fatal: library not found: nope",
                "library not found nope []",
            ),
            (
                "ld: library not found for -lnope",
                "library not found nope []",
            ),
            (
                "lld-link: error: could not open 'nope.lib': no such file or directory",
                "library not found nope.lib []",
            ),
            (
                "/usr/bin/ld: a.o: file not recognized: file format not recognized",
                "input of a wrong format",
            ),
            (
                "/usr/bin/ld: skipping incompatible ./libx.so when searching for -l:libx.so",
                "input of a wrong format ./libx.so []",
            ),
            (
                "/usr/bin/ld: error: ./cut.so: file too short",
                "input of a wrong format",
            ),
            (
                "ld.lld: error: a.o is incompatible with elf_x86_64",
                "input of a wrong format",
            ),
            ("collect2: fatal error: cannot find 'ld'", "missing tool"),
            (
                "/usr/bin/ld: final link failed: No space left on device",
                "no space left",
            ),
            (
                "/usr/bin/ld: cannot open output file x: Permission denied",
                "permission denied",
            ),
        ] {
            assert_eq!(shown(message), [expected], "{message}");
        }
        assert_eq!(shown("something else altogether"), [""; 0]);
    }
}

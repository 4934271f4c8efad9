//! The grammar for editors has the words and marks of the lexer, and regular
//! expressions that compile.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::collections::BTreeSet;
use std::fs;
use std::iter::Peekable;
use std::str::Chars;

use beskid_tests::built::root;
use serde_json::{Map, Value};

/// Where the lexer's tables are.
const TOKENS: &str = "syntax/src/kinds/token.rs";

fn text(path: &str) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"))
}

fn json(name: &str) -> Value {
    serde_json::from_str(&text(&format!("editors/{name}"))).unwrap()
}

/// Visits every object in a value.
fn objects(value: &Value, visit: &mut impl FnMut(&Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            visit(object);
            object.values().for_each(|part| objects(part, visit));
        }
        Value::Array(parts) => parts.iter().for_each(|part| objects(part, visit)),
        _ => {}
    }
}

#[test]
fn every_regular_expression_compiles_and_has_the_groups_that_are_named() {
    let mut count = 0;
    objects(&json("beskid.tmLanguage.json"), &mut |rule| {
        for (key, captures) in [
            ("match", &["captures"][..]),
            ("begin", &["captures", "beginCaptures"][..]),
            ("end", &["captures", "endCaptures"][..]),
        ] {
            let Some(expression) = rule.get(key).and_then(Value::as_str) else {
                continue;
            };
            let groups = groups(expression).unwrap_or_else(|wrong| panic!("{expression}: {wrong}"));
            count += 1;
            let named = captures
                .iter()
                .filter_map(|name| rule.get(*name)?.as_object());
            for number in named.flat_map(Map::keys) {
                assert!(
                    number.parse::<usize>().unwrap() <= groups,
                    "{expression}: {number}"
                );
            }
        }
    });
    assert!(count > 50, "{count}");
}

#[test]
fn what_is_included_is_there_and_used() {
    let grammar = json("beskid.tmLanguage.json");
    let rooms = grammar["repository"].as_object().unwrap();
    let mut used = BTreeSet::new();
    objects(&grammar, &mut |rule| {
        if let Some(Value::String(included)) = rule.get("include") {
            let name = included
                .strip_prefix('#')
                .unwrap_or_else(|| panic!("{included}"));
            assert!(rooms.contains_key(name), "{name}");
            used.insert(name.to_owned());
        }
    });
    assert_eq!(used, rooms.keys().cloned().collect());
}

#[test]
fn lex_4_the_words_are_those_of_the_lexer() {
    let mut words = BTreeSet::new();
    for expression in matches("words") {
        let inner = expression
            .strip_prefix("\\b(?:")
            .and_then(|rest| rest.strip_suffix(")\\b"));
        let inner = inner.unwrap_or_else(|| panic!("{expression}"));
        words.extend(inner.split('|').map(str::to_owned));
    }
    assert_eq!(words, of_the_lexer("words {"));
}

#[test]
fn lex_14_the_marks_are_those_of_the_lexer() {
    let mut marks = BTreeSet::new();
    for expression in matches("operators")
        .into_iter()
        .chain(matches("punctuation"))
    {
        marks.extend(alternatives(&expression));
    }
    assert_eq!(marks, of_the_lexer("punctuation {"));
}

#[test]
fn the_extension_refers_to_files_that_are_there() {
    let package = json("package.json");
    let contributed = &package["contributes"];
    let (language, grammar) = (&contributed["languages"][0], &contributed["grammars"][0]);
    for file in [&language["configuration"], &grammar["path"]] {
        json(file.as_str().unwrap().strip_prefix("./").unwrap());
    }
    let scope = &json("beskid.tmLanguage.json")["scopeName"];
    assert_eq!(&grammar["scopeName"], scope);
    let brackets = json("language-configuration.json")["brackets"].clone();
    let expected = serde_json::json!([["{", "}"], ["[", "]"], ["(", ")"]]);
    assert_eq!(brackets, expected);
}

#[test]
fn what_is_no_regular_expression_is_found() {
    for wrong in [
        "(a", "a)", "[a", "*a", "a**", "(?<=a*)b", "\\", "(?a)", "a{2}", "[b-a]",
    ] {
        assert!(groups(wrong).is_err(), "{wrong}");
    }
    assert_eq!(groups(r"(?<!\.)\b(a|[^\]b-d])+(?:x)(\s*)$"), Ok(2));
}

/// The expressions of the rules of one room.
fn matches(room: &str) -> Vec<String> {
    let grammar = json("beskid.tmLanguage.json");
    let rules = grammar["repository"][room]["patterns"]
        .as_array()
        .unwrap()
        .clone();
    let expressions = rules
        .iter()
        .map(|rule| rule["match"].as_str().unwrap().to_owned());
    expressions.collect()
}

/// What stands between the bars, without backslashes.
fn alternatives(expression: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut letters = expression.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '|' => found.push(String::new()),
            '\\' => found.last_mut().unwrap().extend(letters.next()),
            _ => found.last_mut().unwrap().push(letter),
        }
    }
    found
}

/// The spellings in a part of the lexer's table.
fn of_the_lexer(part: &str) -> BTreeSet<String> {
    let source = text(TOKENS);
    let (_, table) = source.split_once("token_kinds! {").unwrap();
    let (_, table) = table.split_once(part).unwrap();
    let (table, _) = table.split_once("\n    }\n").unwrap();
    table
        .split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// Reads an expression of the part of Oniguruma's syntax that the grammar
/// keeps to, and counts its groups.
fn groups(expression: &str) -> Result<usize, String> {
    let mut reader = Expression {
        rest: expression.chars().peekable(),
        groups: 0,
    };
    reader.choice(false)?;
    match reader.rest.next() {
        None => Ok(reader.groups),
        Some(letter) => Err(format!("`{letter}` closes nothing")),
    }
}

struct Expression<'t> {
    rest: Peekable<Chars<'t>>,
    groups: usize,
}

impl Expression<'_> {
    /// Alternatives up to a `)` or the end. Those of a look behind have a length
    /// that is known: nothing is repeated in them.
    fn choice(&mut self, behind: bool) -> Result<(), String> {
        while let Some(letter) = self.rest.peek().copied() {
            if letter == ')' {
                break;
            }
            self.rest.next();
            let repeats = match letter {
                '|' | '^' | '$' => false,
                '(' => self.group(behind)?,
                '[' => self.class()?,
                '\\' => self.escape()?,
                '*' | '+' | '?' | '{' | '}' | ']' => return Err(format!("a bare `{letter}`")),
                _ => true,
            };
            if self.rest.next_if(|next| "*+?".contains(*next)).is_some() {
                if !repeats {
                    return Err("nothing to repeat".to_owned());
                }
                if behind {
                    return Err("a repetition in a look behind".to_owned());
                }
            }
        }
        Ok(())
    }

    /// The rest of a group; whether it may be repeated.
    fn group(&mut self, behind: bool) -> Result<bool, String> {
        let mut inner = behind;
        let mut repeats = true;
        if self.rest.next_if_eq(&'?').is_some() {
            match (self.rest.next(), self.rest.peek()) {
                (Some(':'), _) => {}
                (Some('=' | '!'), _) => repeats = false,
                (Some('<'), Some('=' | '!')) => {
                    self.rest.next();
                    (inner, repeats) = (true, false);
                }
                _ => return Err("an unknown group".to_owned()),
            }
        } else {
            self.groups += 1;
        }
        self.choice(inner)?;
        match self.rest.next() {
            Some(')') => Ok(repeats),
            _ => Err("a group is open".to_owned()),
        }
    }

    /// The rest of a class.
    fn class(&mut self) -> Result<bool, String> {
        self.rest.next_if_eq(&'^');
        let mut before = None;
        loop {
            let letter = self.rest.next().ok_or("a class is open")?;
            match letter {
                ']' => return Ok(true),
                '[' | '&' => return Err(format!("`{letter}` in a class")),
                '\\' => {
                    self.escape()?;
                    before = None;
                }
                '-' if before.is_some() && self.rest.peek() != Some(&']') => {
                    let last = self.rest.next().ok_or("a class is open")?;
                    if before > Some(last) || !last.is_ascii_alphanumeric() {
                        return Err(format!("a range to `{last}`"));
                    }
                    before = None;
                }
                _ => before = Some(letter),
            }
        }
    }

    /// What follows a backslash; whether it may be repeated.
    fn escape(&mut self) -> Result<bool, String> {
        match self.rest.next() {
            Some('b') => Ok(false),
            Some('s' | 'd' | 'w') => Ok(true),
            Some(mark) if mark.is_ascii_punctuation() => Ok(true),
            _ => Err("an unknown escape".to_owned()),
        }
    }
}

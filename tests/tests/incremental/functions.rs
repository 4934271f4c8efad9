//! A changed function: what depends on it is compiled again, and the output is that of a
//! build without a cache.

use std::fmt::Write;
use std::fs;

use super::workplace::Workplace;

/// Functions of the program, besides `main`.
const FUNCTIONS: usize = 300;

/// A program whose functions call one another in a chain; one in the middle adds this.
/// Functions that differ in what they call alone have the same code.
fn source(added: usize) -> String {
    let mut text = "i64 F0(i64 x)\n{\n    return x;\n}\n".to_owned();
    for index in 1..FUNCTIONS {
        let (before, own) = (index - 1, if index == 150 { added } else { index });
        writeln!(
            text,
            "i64 F{index}(i64 x) {{\n    i64 mut sum = x;\n    for i in range(0, 3) {{\n        \
             if i % 2 == 0 {{ sum = sum + i * {own}; }} else {{ sum = sum - 1; }}\n    }}\n    \
             while sum > 1000 {{ sum = sum - {own}; }}\n    return F{before}(sum);\n}}"
        )
        .unwrap();
    }
    let last = FUNCTIONS - 1;
    writeln!(text, "i64 main() {{ return F{last}(1) % 50; }}").unwrap();
    text
}

/// How many functions were known, and how many there are, as the log says.
#[track_caller]
fn known(place: &Workplace, line: &str) -> Option<(usize, usize)> {
    let ended = place.run(&format!("-vv --plain {line}"));
    assert!(ended.stderr.contains("digest="), "{ended:#?}");
    let end = ended.stderr.find(" functions are known")?;
    let words = ended.stderr[..end].rsplit(' ').take(3).collect::<Vec<_>>();
    Some((words[2].parse().ok()?, words[0].parse().ok()?))
}

#[test]
fn one_changed_function_is_compiled_and_the_others_are_known() {
    let place = Workplace::new();
    let write = |added| place.site.write("a/x/p.bd", &source(added));
    for options in ["", "--release"] {
        let build = format!("build x/p.bd -o p {options}");
        write(150);
        let first = known(&place, &build).unwrap();
        assert_eq!(first.0, 0, "{options}");
        write(7000);
        let (now, all) = known(&place, &build).unwrap();
        assert_eq!(all, first.1);
        // Optimized, a small function may be part of its caller.
        assert!(now < all && now + 3 >= all, "{options}: {now} of {all}");
        let output = fs::read(place.site.path("a/p")).unwrap();
        place.run(&format!("--no-cache {build}")).succeeds();
        assert!(
            output == fs::read(place.site.path("a/p")).unwrap(),
            "{options}"
        );
        // A function more, before all: every other one has another number.
        let more = format!("i64 More() {{ return 1; }}\n{}", source(7000));
        place.site.write("a/x/p.bd", &more);
        let (now, all) = known(&place, &build).unwrap();
        assert!(now + 3 >= all, "{options}: {now} of {all}");
        let output = fs::read(place.site.path("a/p")).unwrap();
        place.run(&format!("--no-cache {build}")).succeeds();
        assert!(
            output == fs::read(place.site.path("a/p")).unwrap(),
            "{options}"
        );
    }
}

#[test]
fn functions_in_memory_are_known_too() {
    let place = Workplace::new();
    place.site.write("a/x/p.bd", &source(150));
    let first = known(&place, "run x/p.bd").unwrap();
    assert_eq!(first.0, 0);
    place.site.write("a/x/p.bd", &source(7000));
    let (now, all) = known(&place, "run x/p.bd").unwrap();
    assert_eq!(now + 1, all);
    let expected = place.run("--no-cache run x/p.bd").succeeds();
    assert_eq!(place.run("run x/p.bd").succeeds(), expected);
}

#[test]
fn machine_code_that_is_damaged_is_made_again() {
    let place = Workplace::new();
    place.site.write("a/x/p.bd", &source(150));
    let build = "build x/p.bd -o p";
    known(&place, build).unwrap();
    let mut kept = place.kept().into_iter();
    let file = kept.find(|file| file.extension().unwrap() == "functions");
    let file = file.unwrap();
    let whole = fs::read(&file).unwrap();
    for damage in [
        &whole[..whole.len() / 2],
        b"",
        &[whole.as_slice(), b"x"].concat(),
    ] {
        fs::write(&file, damage).unwrap();
        place.site.write("a/x/p.bd", &source(9000 + damage.len()));
        assert_eq!(known(&place, build).unwrap().0, 0);
    }
    // A small program is compiled faster than it is looked for.
    assert_eq!(known(&place, "build"), None);
}

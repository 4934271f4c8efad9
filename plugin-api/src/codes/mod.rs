//! The error codes of the platform, with what each means.
//!
//! Each code is a constant of [`Code`]. Its comment in the table is its meaning,
//! from which [`page`] writes `docs/errors.md` and `beskid explain` answers.

mod artifacts;
mod building;
mod code;
mod configuration;
mod images;
mod language;
mod plugins;

pub use code::{Code, Meaning, Section};

/// Every section, in the order of the page.
pub static SECTIONS: [&Section; 6] = [
    &language::LANGUAGE,
    &building::BUILDING,
    &artifacts::ARTIFACTS,
    &plugins::PLUGINS,
    &images::IMAGES,
    &configuration::CONFIGURATION,
];

/// What a code means, if it is one of the platform's.
pub fn meaning(code: &str) -> Option<&'static Meaning> {
    let all = SECTIONS.iter().flat_map(|section| section.codes);
    all.into_iter().find(|meaning| *meaning.code() == *code)
}

/// The page that lists all codes, as Markdown.
pub fn page() -> String {
    let mut page = "# Error codes\n\nEvery error has one of these codes. \
        `--message-format json` prints it in the field `code`.\n"
        .to_owned();
    for section in SECTIONS {
        page.push_str(&format!("\n## {}\n\n", section.title));
        for meaning in section.codes {
            page.push_str(&format!("- **{}** {meaning}\n", meaning.code()));
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = &'static Meaning> {
        SECTIONS.iter().flat_map(|section| section.codes)
    }

    #[test]
    fn dia_4_codes_have_four_digits_and_each_is_there_once() {
        for section in SECTIONS {
            let codes = section.codes.iter().map(|meaning| meaning.code().as_str());
            assert!(codes.is_sorted(), "{}", section.title);
        }
        let codes = all().map(|meaning| meaning.code().as_str());
        let once = codes.collect::<std::collections::BTreeSet<_>>();
        assert_eq!(once.len(), all().count());
        for meaning in all() {
            let code = meaning.code().as_str();
            let digits = code.strip_prefix(['E', 'W']).unwrap();
            assert!(digits.len() == 4 && digits.parse::<u16>().is_ok(), "{code}");
        }
    }

    #[test]
    fn a_meaning_is_sentences() {
        for meaning in all() {
            let (summary, help) = (meaning.summary(), meaning.help());
            assert!(summary.ends_with('.'), "{}: {summary}", meaning.code());
            assert!(help.is_empty() || help.ends_with('.'), "{help}");
            assert!(!meaning.to_string().contains("  "), "{meaning}");
        }
        let meaning = meaning("E5001").unwrap();
        assert_eq!(meaning.help(), "");
        assert_eq!(super::meaning("E9999").map(Meaning::code), None);
    }

    #[test]
    fn a_code_crosses_the_boundary_as_its_text() {
        let json = serde_json::to_string(&Code::E4022).unwrap();
        assert_eq!(json, "\"E4022\"");
        assert_eq!(serde_json::from_str::<Code>(&json).unwrap(), Code::E4022);
        assert_eq!(Code::from("TINY-7".to_owned()), "TINY-7");
    }

    #[test]
    fn the_page_is_written_from_the_tables() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/errors.md");
        if std::env::var_os("BESKID_BLESS").is_some() {
            std::fs::write(path, page()).unwrap();
        }
        let written = std::fs::read_to_string(path).unwrap();
        assert!(
            written == page(),
            "run `cargo xtask bless -p beskid-plugin-api`"
        );
    }
}

//! Markdown of documentation, and what becomes of it in HTML.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// A link to an item.
pub(super) fn link(written: &str, target: &str) -> String {
    match target.contains(['<', '>', '\n']) {
        true => code(written),
        false => format!("[{}](<{target}>)", code(written)),
    }
}

/// A reference to nothing (DOC-6).
pub(super) fn unresolved(written: &str) -> String {
    format!("{} *(unresolved)*", code(written))
}

/// Code in a line, whatever it is.
pub(super) fn code(text: &str) -> String {
    match text.contains('`') || text.trim().is_empty() {
        false => format!("`{text}`"),
        true => text.chars().map(escaped).collect(),
    }
}

fn escaped(c: char) -> String {
    match c.is_ascii_punctuation() {
        true => format!("\\{c}"),
        false => c.to_string(),
    }
}

/// Markdown as HTML. What was HTML in it is text, pictures are their descriptions, and
/// links lead only where a reader expects: a page loads nothing, and runs nothing.
pub(super) fn to_html(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events = Parser::new_ext(markdown, options).filter_map(safe);
    let mut out = String::new();
    html::push_html(&mut out, events);
    out
}

fn safe(event: Event<'_>) -> Option<Event<'_>> {
    Some(match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::HtmlBlock | Tag::Image { .. })
        | Event::End(TagEnd::HtmlBlock | TagEnd::Image) => return None,
        Event::Start(Tag::Heading { level, .. }) => Event::Start(Tag::Heading {
            level: below(level),
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        }),
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(below(level))),
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) => Event::Start(Tag::Link {
            link_type,
            dest_url: match is_harmless(&dest_url) {
                true => dest_url,
                false => CowStr::Borrowed("#"),
            },
            title,
            id,
        }),
        event => event,
    })
}

/// Headings of a page's own are above those of documentation.
const fn below(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H4,
        HeadingLevel::H2 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    }
}

/// Whether a link is of this site, or of the web.
fn is_harmless(link: &str) -> bool {
    // A browser leaves control characters out, and then finds another scheme.
    if link.chars().any(char::is_control) {
        return false;
    }
    let link = link.trim();
    let scheme = link.split_once(':').map(|(scheme, _)| scheme);
    let scheme = scheme.filter(|scheme| !scheme.contains(['/', '?', '#']));
    scheme.is_none_or(|scheme| {
        let known = ["http", "https", "mailto"];
        known.iter().any(|known| scheme.eq_ignore_ascii_case(known))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doc_1_markdown_becomes_html() {
        assert_eq!(to_html("a *b* `c`"), "<p>a <em>b</em> <code>c</code></p>\n");
        assert_eq!(to_html("# T"), "<h4>T</h4>\n");
        let link = to_html(&link("A.b", "m.html#A::b"));
        assert_eq!(
            link,
            "<p><a href=\"m.html#A::b\"><code>A.b</code></a></p>\n"
        );
    }

    #[test]
    fn doc_6_what_a_reference_does_not_find_stays_and_is_marked() {
        assert_eq!(
            to_html(&unresolved("A.b")),
            "<p><code>A.b</code> <em>(unresolved)</em></p>\n"
        );
        assert!(!to_html(&unresolved("`<b>[x](y)")).contains("<b>"));
    }

    #[test]
    fn nothing_in_documentation_runs_or_is_loaded() {
        let hostile = [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "![a](http://x/y.png)",
            "[a](javascript:alert(1))",
            "[a](JaVaScRiPt:alert(1))",
            "[a](<java\tscript:alert(1)>)",
            "[a](&#106;avascript:alert(1))",
            "[a](data:text/html,x)",
            "<javascript:alert(1)>",
            "[a]: javascript:alert(1)\n[a]",
            "[a](x 'y\" onclick=\"z')",
        ];
        for markdown in hostile {
            let html = to_html(markdown);
            let lower = html.to_lowercase();
            for bad in [
                "<script",
                "<img",
                "href=\"java",
                "href=\"data",
                "\" onclick",
            ] {
                assert!(!lower.contains(bad), "{markdown}: {html}");
            }
        }
        assert!(to_html("[a](https://x.y)").contains("href=\"https://x.y\""));
        assert!(to_html("[a](#b:c)").contains("href=\"#b:c\""));
    }
}

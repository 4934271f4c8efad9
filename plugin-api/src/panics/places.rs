//! Where in whose sources: paths of the machine that built a program, shortened
//! to what they say to its user.

use std::borrow::Cow;

/// What stands before the crate in the path of a source file, and how many
/// folders follow that say nothing.
const ROOTS: [(&str, usize); 5] = [
    ("/registry/src/", 1),
    ("/git/checkouts/", 0),
    ("/rustlib/src/rust/library/", 0),
    ("/rustc/", 2),
    ("/build/", 0),
];

/// The same text, in which a source file of a dependency goes by its crate:
/// `cranelift-codegen/src/isa/x64/abi.rs` instead of a path into the registry
/// of whoever built it. Other paths stay as they are.
///
/// ```
/// use beskid_plugin_api::panics::shorten_places;
///
/// let place = "/home/a/.cargo/registry/src/mirror-6f17d22bba15001f/goblin-0.10.7/src/lib.rs:3:9";
/// assert_eq!(shorten_places(place), "goblin/src/lib.rs:3:9");
/// ```
pub fn shorten_places(text: &str) -> Cow<'_, str> {
    let mut short = String::new();
    let mut rest = text;
    while let Some(end) = end_of_source(rest) {
        let start = start_of_path(&rest[..end]);
        short.push_str(&rest[..start]);
        short.push_str(&shortened(&rest[start..end]));
        rest = &rest[end..];
    }
    if short.is_empty() {
        return Cow::Borrowed(text);
    }
    short.push_str(rest);
    Cow::Owned(short)
}

/// Behind the first name of a source file.
fn end_of_source(text: &str) -> Option<usize> {
    let names = [".rs", ".isle"].into_iter();
    let ends = names.flat_map(|name| text.match_indices(name).map(|(at, name)| at + name.len()));
    let stands_alone = |end: &usize| {
        let next = text[*end..].chars().next();
        next.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '.' | '_' | '-' | '/' | '\\'))
    };
    ends.filter(stands_alone).min()
}

/// Where the path begins that a text ends with. A folder's name may have
/// spaces, so it begins at the last sign of an absolute path.
fn start_of_path(text: &str) -> usize {
    let line = text.rfind('\n').map_or(0, |at| at + 1);
    let begins = |at: usize| {
        let before = text[line..at].chars().next_back();
        before.is_none_or(|c| c.is_whitespace() || "\"'`(<[{=,;:|".contains(c))
    };
    let is_drive = |at: usize| {
        let mut chars = text.get(at..).unwrap_or_default().chars();
        chars.next().is_some_and(|c| c.is_ascii_alphabetic())
            && chars.next() == Some(':')
            && matches!(chars.next(), Some('/' | '\\'))
    };
    let mut signs = text[line..].char_indices().map(|(at, _)| line + at);
    let absolute = |at: &usize| begins(*at) && (text[*at..].starts_with('/') || is_drive(*at));
    // The `:` of a drive is followed by what looks like a root.
    match signs.rfind(absolute) {
        Some(at) if at >= line + 2 && is_drive(at - 2) => at - 2,
        Some(at) => at,
        None => text.len(),
    }
}

fn shortened(path: &str) -> Cow<'_, str> {
    let slashes = path.replace('\\', "/");
    let found = ROOTS.iter().find_map(|(root, folders)| {
        let (_, below) = slashes.rsplit_once(root)?;
        let mut below = below.splitn(folders + 2, '/').skip(*folders);
        let (part, inside) = (below.next()?, below.next()?);
        let (part, inside) = match *root {
            "/git/checkouts/" => (unhashed(part)?, inside.split_once('/')?.1),
            "/build/" => (unhashed(part)?, inside.strip_prefix("out/")?),
            "/registry/src/" => (unversioned(part)?, inside),
            _ => (part, inside),
        };
        Some(format!("{part}/{inside}"))
    });
    found.map_or(Cow::Borrowed(path), Cow::Owned)
}

/// `md-5` of `md-5-0.10.6`.
fn unversioned(folder: &str) -> Option<&str> {
    let versions = folder.match_indices('-').filter(|(at, _)| {
        let version = &folder[at + 1..];
        let major = version.split('.').next().unwrap_or(version);
        major.len() < version.len() && major.parse::<u64>().is_ok()
    });
    versions.map(|(at, _)| &folder[..at]).next()
}

/// `cranelift-codegen` of `cranelift-codegen-46db864b9ebc4ebc`.
fn unhashed(folder: &str) -> Option<&str> {
    let (name, hash) = folder.rsplit_once('-')?;
    let is_hash = hash.len() == 16 && hash.chars().all(|c| c.is_ascii_hexdigit());
    is_hash.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_of_dependencies_go_by_their_crate() {
        for (long, short) in [
            (
                "no (at /home/a/.cargo/registry/src/mirror-1949cf8c6b5b557f/cranelift-codegen-0.135.0/src/isa/x64/abi.rs:7:1)",
                "no (at cranelift-codegen/src/isa/x64/abi.rs:7:1)",
            ),
            (
                "at /a b/.cargo/registry/src/i/md-5-0.10.6/src/lib.rs, then /c/registry/src/i/d-1.0.0-rc.1/e.isle line 4",
                "at md-5/src/lib.rs, then d/e.isle line 4",
            ),
            (
                "/w/target/debug/build/cranelift-codegen-46db864b9ebc4ebc/out/isle_x64.rs:12",
                "cranelift-codegen/isle_x64.rs:12",
            ),
            (
                "/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/core/src/option.rs:1:2",
                "core/src/option.rs:1:2",
            ),
            (
                "~x: /h/.rustup/toolchains/s/lib/rustlib/src/rust/library/std/src/io.rs",
                "~x: std/src/io.rs",
            ),
            (
                "/h/.cargo/git/checkouts/wasmtime-0123456789abcdef/1234567/cranelift/x.rs:3",
                "wasmtime/cranelift/x.rs:3",
            ),
            (
                r"(at C:\Users\a b\.cargo\registry\src\i\goblin-0.10.7\src\lib.rs:3)",
                "(at goblin/src/lib.rs:3)",
            ),
        ] {
            assert_eq!(shorten_places(long), short);
        }
    }

    #[test]
    fn what_users_name_stays() {
        for text in [
            "",
            "cannot read /h/.cargo/registry/src/i/cranelift-filetests-0.135.0/f/x.clif",
            "/h/registry/src/i/c-1.0.0/a.rs.bak",
            "clif/src/define.rs:12:4",
            "/home/me/project/build/own.rs",
            "/tmp/x.o: in function `f`: größe.rs",
        ] {
            assert_eq!(shorten_places(text), text);
        }
    }
}

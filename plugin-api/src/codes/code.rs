//! What an error code is, and what the tables of them are made of.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A stable code: `E`, or `W` of a warning, and four digits. Programs match it, people read the
/// message.
///
/// The constants are the codes of this platform. A plugin whose errors are none
/// of these has codes of its own, which are any text:
///
/// ```
/// use beskid_plugin_api::codes::Code;
/// use beskid_plugin_api::diagnostic::Diagnostic;
///
/// let ours = Diagnostic::new(Code::E5008, "the backend lacks `tail-calls`");
/// let own = Diagnostic::new("TINY-7", "the licence server does not answer");
/// assert_eq!(ours.code, "E5008");
/// assert_eq!(own.code.as_str(), "TINY-7");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Code(Cow<'static, str>);

impl Code {
    pub(super) const fn known(code: &'static str) -> Self {
        Self(Cow::Borrowed(code))
    }

    /// The code as it is printed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&'static str> for Code {
    fn from(code: &'static str) -> Self {
        Self::known(code)
    }
}

impl From<String> for Code {
    fn from(code: String) -> Self {
        Self(Cow::Owned(code))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl PartialEq<str> for Code {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Code {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

/// Codes that belong together.
#[derive(Debug)]
pub struct Section {
    /// What they are about.
    pub title: &'static str,
    /// The codes, by number.
    pub codes: &'static [Meaning],
}

/// What a code means.
#[derive(Debug)]
pub struct Meaning {
    pub(super) code: Code,
    /// As written above the code in its table.
    pub(super) lines: &'static [&'static str],
}

impl Meaning {
    /// The code.
    pub const fn code(&self) -> &Code {
        &self.code
    }

    /// What is wrong, in one sentence.
    pub fn summary(&self) -> String {
        let lines = self.lines.iter().take_while(|line| !line.is_empty());
        join(lines)
    }

    /// How to mend it, and what else there is to know; empty if the message of
    /// each error says it.
    pub fn help(&self) -> String {
        let lines = self.lines.iter().skip_while(|line| !line.is_empty());
        join(lines.skip(1))
    }
}

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.summary())?;
        match self.help() {
            help if help.is_empty() => Ok(()),
            help => write!(f, " {help}"),
        }
    }
}

fn join<'l>(lines: impl Iterator<Item = &'l &'static str>) -> String {
    let lines = lines.map(|line| line.trim()).collect::<Vec<_>>();
    lines.join(" ")
}

/// Declares the codes of a section. The comment of each is its meaning: the
/// summary, and behind an empty line the help.
macro_rules! codes {
    ($section:ident = $title:literal; $($(#[doc = $line:literal])+ $code:ident;)+) => {
        #[doc = concat!($title, ".")]
        impl Code {
            $($(#[doc = $line])+ pub const $code: Self = Self::known(stringify!($code));)+
        }

        pub(super) static $section: Section = Section {
            title: $title,
            codes: &[$(Meaning { code: Code::$code, lines: &[$($line),+] }),+],
        };
    };
}
pub(super) use codes;

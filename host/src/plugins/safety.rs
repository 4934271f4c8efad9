//! What would make it unsafe to have the loader open a file, however it is used.

use super::elf::ElfFacts;

/// The C library by its parts, the compiler's own and the loader: what every
/// plugin may need.
const PLATFORM: &[&str] = &[
    #[cfg(target_env = "gnu")]
    "libc.so.6",
    #[cfg(target_env = "gnu")]
    "libm.so.6",
    #[cfg(target_env = "gnu")]
    "libdl.so.2",
    #[cfg(target_env = "gnu")]
    "libpthread.so.0",
    #[cfg(target_env = "gnu")]
    "librt.so.1",
    #[cfg(target_env = "gnu")]
    "libutil.so.1",
    #[cfg(target_env = "musl")]
    "libc.so",
    #[cfg(all(target_env = "musl", target_arch = "x86_64"))]
    "libc.musl-x86_64.so.1",
    #[cfg(all(target_env = "musl", target_arch = "aarch64"))]
    "libc.musl-aarch64.so.1",
    #[cfg(all(target_env = "musl", target_arch = "riscv64"))]
    "libc.musl-riscv64.so.1",
    #[cfg(all(target_env = "gnu", target_arch = "x86_64"))]
    "ld-linux-x86-64.so.2",
    #[cfg(all(target_env = "gnu", target_arch = "aarch64"))]
    "ld-linux-aarch64.so.1",
    #[cfg(all(target_env = "gnu", target_arch = "riscv64"))]
    "ld-linux-riscv64-lp64d.so.1",
    "libgcc_s.so.1",
];

/// Why a file is unsafe to load, and what helps, if it is; `permitted` are the
/// libraries that the user lets it need.
pub(super) fn objection(facts: &ElfFacts, permitted: &[String]) -> Option<Objection> {
    let plain = |reason: String, help| Some(Objection { reason, help });
    if let Some(segment) = facts.writable_code {
        let reason = format!("segment {segment} is both writable and executable");
        return plain(reason, Help::Rebuild);
    }
    if !facts.has_plain_stack {
        let reason = "it wants an executable stack, or does not say that it wants none";
        return plain(reason.to_owned(), Help::Stack);
    }
    if !facts.hooks.is_empty() {
        let reason = format!("its dynamic section has {}", facts.hooks.join(", "));
        return plain(reason, Help::Rebuild);
    }
    if !facts.search_paths.is_empty() {
        let paths = facts.search_paths.join(", ");
        let reason = format!("it brings a library search path: {paths}");
        return plain(reason, Help::Rebuild);
    }
    let is_known = |name: &&String| PLATFORM.contains(&name.as_str()) || permitted.contains(name);
    let unknown = facts.needed.iter().filter(|name| !is_known(name));
    let unknown = unknown.cloned().collect::<Vec<_>>();
    if unknown.is_empty() {
        return None;
    }
    let reason = match unknown.as_slice() {
        [one] => format!("it needs the library `{one}`"),
        more => format!("it needs the libraries `{}`", more.join("`, `")),
    };
    plain(reason, Help::Libraries(unknown))
}

/// Why a file is unsafe to load.
pub(super) struct Objection {
    pub(super) reason: String,
    help: Help,
}

enum Help {
    Rebuild,
    Stack,
    Libraries(Vec<String>),
}

impl Objection {
    /// What can be done for the plugin of this id.
    pub(super) fn help(&self, id: &str) -> String {
        match &self.help {
            Help::Rebuild => "rebuild the plugin with the linker's usual options".to_owned(),
            Help::Stack => "link the plugin with `-z noexecstack`".to_owned(),
            Help::Libraries(names) => format!(
                "link them statically, or permit them: `[plugins.{id}] libraries = {names:?}` in \
                 your configuration"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needing(libraries: &[&str]) -> ElfFacts {
        ElfFacts {
            has_plain_stack: true,
            needed: libraries.iter().map(|name| (*name).to_owned()).collect(),
            ..ElfFacts::default()
        }
    }

    #[test]
    fn libraries_are_known_by_their_whole_names() {
        assert!(objection(&needing(PLATFORM), &[]).is_none());
        for name in [
            "libc.evil.so",
            "libm.so",
            "ld-linux-evil.so.2",
            "/lib/libgcc_s.so.1",
            "libgcc_s.so.1.so",
            "",
        ] {
            let found = objection(&needing(&[PLATFORM[0], name]), &[]).unwrap();
            assert_eq!(found.reason, format!("it needs the library `{name}`"));
        }
    }

    #[test]
    fn the_user_permits_others_one_by_one() {
        let facts = needing(&["libLLVM-14.so.1", "libz.so.1"]);
        let found = objection(&facts, &["libz.so.1".to_owned()]).unwrap();
        assert_eq!(found.reason, "it needs the library `libLLVM-14.so.1`");
        let help = found.help("llvm");
        let line = "`[plugins.llvm] libraries = [\"libLLVM-14.so.1\"]`";
        assert!(help.contains(line), "{help}");
        assert!(objection(&facts, &facts.needed.clone()).is_none());
    }

    #[test]
    fn each_entry_that_has_the_loader_do_more_is_named() {
        let mut facts = needing(&[]);
        facts.hooks = vec!["DT_AUDIT", "DF_TEXTREL"];
        let found = objection(&facts, &[]).unwrap();
        assert_eq!(found.reason, "its dynamic section has DT_AUDIT, DF_TEXTREL");
        let facts = ElfFacts::default();
        let found = objection(&facts, &[]).unwrap();
        assert!(found.reason.contains("executable stack"));
    }
}

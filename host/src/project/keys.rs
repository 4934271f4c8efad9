//! The blocks of manifests and their keys, in words (PRJ-5, WSP-1): for editors.

/// A block, or a key of one.
pub(crate) struct Key {
    /// The kind of the block.
    pub(crate) block: &'static str,
    /// The key; empty for the block itself.
    pub(crate) key: &'static str,
    /// What it says.
    pub(crate) meaning: &'static str,
    /// What it may be set to, if that is a list.
    pub(crate) values: &'static [&'static str],
}

const fn key(block: &'static str, key: &'static str, meaning: &'static str) -> Key {
    Key {
        block,
        key,
        meaning,
        values: &[],
    }
}

/// Every block and key.
pub(crate) const KEYS: &[Key] = &[
    key("project", "", "What the project is: one block"),
    key("project", "name", "Its name"),
    key("project", "version", "Its version, such as `1.0.0`"),
    key(
        "project",
        "root",
        "The folder of its sources, `Src` if nothing is said",
    ),
    key(
        "project",
        "root_namespace",
        "A name for tools, which means nothing to the compiler",
    ),
    key(
        "target",
        "",
        "What can be made of the project: a block for each",
    ),
    Key {
        values: &["App", "Lib", "Test"],
        ..key(
            "target",
            "kind",
            "`App` is a program, `Lib` a library, `Test` a program of tests",
        )
    },
    key(
        "target",
        "entry",
        "The file that it begins with, below the folder of the sources",
    ),
    key(
        "dependency",
        "",
        "Another project that this one needs, by the name of its label",
    ),
    Key {
        values: &["path", "git", "registry"],
        ..key(
            "dependency",
            "source",
            "Where it comes from; only `path` is supported",
        )
    },
    key("dependency", "path", "The folder of its manifest"),
    key("dependency", "url", "The repository, for `git`"),
    key("dependency", "rev", "What of the repository, for `git`"),
    key("dependency", "version", "The version, for `registry`"),
    key(
        "dependency",
        "registry",
        "The alias of the registry, for `registry`",
    ),
    key(
        "link",
        "",
        "Libraries that programs of the project are linked with",
    ),
    key("link", "libraries", "Names or paths of libraries"),
    key(
        "link",
        "search",
        "Folders in which libraries are looked for",
    ),
    key("workspace", "", "Projects that belong together: one block"),
    key("workspace", "name", "Its name"),
    Key {
        values: &["v1"],
        ..key("workspace", "resolver", "How dependencies are found: `v1`")
    },
    key("member", "", "A project of the workspace"),
    key("member", "path", "Its folder"),
    key(
        "override",
        "",
        "The version of a dependency, for all members",
    ),
    key("override", "version", "The version"),
    key("registry", "", "A registry, by an alias"),
    key("registry", "url", "Where it is"),
];

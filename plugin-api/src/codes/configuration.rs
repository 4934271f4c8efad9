//! The codes of projects and of configuration: manifests, locks, settings, trust, the
//! command line.

use super::code::{Code, Meaning, Section, codes};

codes! {
    CONFIGURATION = "Projects and configuration";

    /// There is no `Project.proj` or `Workspace.proj` where one was named, or at and above the
    /// folder; or a member of a workspace has none.
    ///
    /// Name a file, give the folder with `--project`, or make a project with `beskid new`.
    E3001;

    /// A manifest cannot be read; the cause is named.
    E3002;

    /// A manifest is not written as manifests are; the line is shown.
    ///
    /// A block is `KIND "LABEL" {`, lines `KEY = VALUE`, and a line `}`; values are `"TEXT"` or
    /// `["TEXT", "TEXT"]`, and words for `kind`, `source` and `resolver`.
    E3003;

    /// A manifest says what cannot be: a field is missing or wrong, a label is there twice, a path
    /// leads elsewhere, an alias or a member is unknown; or, as a warning, it has a key that nothing
    /// reads, or two projects have one name.
    E3004;

    /// A project has no such target; those that it has are named.
    E3005;

    /// There is no manifest where a dependency's `path` leads.
    E3006;

    /// Projects depend on one another in a circle, which is shown.
    ///
    /// Move what both need to a project of its own.
    E3007;

    /// A dependency comes from `git` or a registry; only `source = path` is supported.
    ///
    /// Take a copy of it, and depend on its folder.
    E3011;

    /// A `Project.lock` cannot be read; the cause is named.
    E3020;

    /// A `Project.lock` cannot be written; the cause is named.
    E3021;

    /// `Project.lock` is not what the manifests say, and `--locked` keeps it as it is.
    ///
    /// Run `beskid lock`, look at the difference, and commit it.
    E3022;

    /// There is no `Project.lock`, or it would have to change, and `--locked` or `--frozen` forbids
    /// that.
    ///
    /// Run `beskid lock`, and commit what it writes.
    E3023;

    /// The folder `obj/beskid`, where sources are gathered, cannot be made or replaced.
    E3030;

    /// A source cannot be copied to `obj/beskid`; from, to and cause are named.
    E3031;

    /// A setting is unknown or has the wrong type; file and key are named.
    E5301;

    /// A project's `beskid.toml` sets `plugin`, `plugin-dir`, `tools`, `backend-options` or
    /// `extern.dlopen`, which make beskid run or load something or generate other code, and is
    /// not trusted, or has changed since; or, as a warning, it belongs to another user and is
    /// left out.
    ///
    /// Read it and run `beskid trust FOLDER`, or use options, variables or your own
    /// configuration file.
    E5302;

    /// A warning: a variable `BESKID_…` is set that beskid does not read, or a filter of the log
    /// that it does not understand.
    ///
    /// The help names the nearest, or a filter.
    E5303;

    /// The command line is wrong; the exit status is 2.
    E5304;

    /// There is no such error code, or no such command, to be explained.
    E5305;

    /// A new project cannot be made: its name is none, or its folder is there and is not empty.
    E5306;
}

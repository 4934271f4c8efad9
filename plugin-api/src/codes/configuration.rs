//! The codes of configuration: settings, trust, the command line.

use super::code::{Code, Meaning, Section, codes};

codes! {
    CONFIGURATION = "Configuration";

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
}

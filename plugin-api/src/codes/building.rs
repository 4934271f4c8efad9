//! The codes of building and linking: targets, tools, files.

use super::code::{Code, Meaning, Section, codes};

codes! {
    BUILDING = "Building and linking";

    /// There is no right code for the target; the message says why.
    ///
    /// Give a triple such as `x86_64-unknown-linux-gnu`.
    E4001;

    /// Cranelift cannot compile or emit the program for this target.
    ///
    /// The function and the instruction are named with the types, and the help says what to
    /// write instead.
    E4002;

    /// The backend has no such option, or the option does not take the value.
    ///
    /// The help names the nearest options, or the values. They are listed in `docs/options.md`.
    E4004;

    /// The runtime archive or library does not exist, lacks symbols of the runtime, cannot be
    /// loaded, or is for another target.
    ///
    /// Give another, leave out `--runtime-archive` or `--runtime-library`, or build with
    /// `--standalone`.
    E4011;

    /// The runtime has another ABI version than the program requires; both numbers are named.
    ///
    /// Align the releases of the beskid CLI and of the runtime. An executable that finds such a
    /// shared runtime when it starts ends with status 101 before its `main`.
    E4012;

    /// A prebuilt runtime archive does not tell its ABI version: it defines no number
    /// `beskid_runtime_abi`.
    ///
    /// Say which it is with `--runtime-abi-version`. A shared library does not export the
    /// function at all.
    E4013;

    /// A tool of the linker strategy cannot be run, or is no such tool.
    ///
    /// Install it, or name another with `CC` or under `[tools]`.
    E4020;

    /// A tool of the linker strategy failed.
    ///
    /// The notes name the cause with its symbols, the command and the messages, and the path of
    /// a file that keeps both whole.
    E4021;

    /// The linker strategy does not make this kind of output for the target.
    E4022;

    /// No linker strategy is for this target or does what is asked for it, such as a static
    /// library for Windows; or an executable should start somewhere other than `main`.
    E4023;

    /// A program names a library in a folder that a loader would read as another one: with `:`
    /// or `$` in its path.
    ///
    /// Move it, or give the folder with `--link-search`.
    E4024;

    /// The entrypoint does not exist.
    ///
    /// Define `main`, or name a function with `--entrypoint`.
    E4030;

    /// A file cannot be read or written; the path and the cause are named.
    E4040;

    /// The request contradicts itself or the program; the help says how to mend it.
    E4041;

    /// `-` stands for standard output, and this output is not written there.
    ///
    /// Give a path.
    E4042;

    /// Nothing can be loaded from a folder because it is mounted `noexec`.
    ///
    /// Set the variable that the help names: `TMPDIR`.
    E4043;

    /// The user stopped the command by a signal.
    ///
    /// No message of it is shown; a backend returns it.
    E4044;

    /// The system gives no more memory.
    ///
    /// Compile with fewer threads (`--jobs 1`), or raise the limit of memory.
    E4045;

    /// An embedded program exports nothing of the name that is asked for.
    ///
    /// The help names the nearest of its exports.
    E4051;

    /// A function has another type than the embedder says, or one that cannot be called from
    /// there; both types are shown.
    E4052;

    /// A name is that of data where a function is asked for, or of a function where data is.
    E4053;

    /// An embedded program imports the name that is asked for, and does not define it.
    E4054;

    /// An embedded program imports functions that it is not given.
    ///
    /// Give them as host functions, under the names that the program has for them.
    E4055;
}

//! The codes of plugins: loading them, calling them, foreign functions in memory.

use super::code::{Code, Meaning, Section, codes};

codes! {
    PLUGINS = "Plugins";

    /// The file is no plugin: missing, empty, text, truncated, for another machine, or an
    /// executable.
    E5101;

    /// The library has no manifest, more than one, or a malformed one.
    ///
    /// Use `export_plugin!`.
    E5102;

    /// The plugin was built for another version of the plugin interface.
    ///
    /// Rebuild it.
    E5103;

    /// The plugin was built for another target.
    E5104;

    /// The plugin was built against another form of the same interface version.
    ///
    /// Rebuild it.
    E5105;

    /// The plugin was built with `panic=abort`.
    ///
    /// Build it with `panic=unwind`.
    E5106;

    /// Two plugin files have the same id; both are named.
    ///
    /// Load one of them.
    E5107;

    /// There is no plugin of this id.
    ///
    /// The help lists those in reach.
    E5108;

    /// The system's loader refuses the file.
    E5109;

    /// The types at the boundary are laid out differently.
    ///
    /// Rebuild the plugin.
    E5110;

    /// The plugin says something else of itself than its manifest does.
    E5111;

    /// The plugin panicked.
    ///
    /// Report it to its author.
    E5112;

    /// A message at the boundary is malformed.
    ///
    /// Report it to the plugin's author.
    E5113;

    /// The plugin cannot do what was asked: make objects, run code, or be of that kind.
    E5114;

    /// The backend compiled other bytes than it was given.
    E5115;

    /// Loading the file would be unsafe: writable code, an executable stack, a library search
    /// path, entries that have the loader do more, or unknown libraries.
    ///
    /// Rebuild the plugin, or permit the libraries under `[plugins.ID]`.
    E5117;

    /// The process that first loaded the plugin crashed, ended or did not come back; this one
    /// never loaded it.
    ///
    /// Rebuild the plugin on this machine, or report this to its author.
    E5118;

    /// Imports have no address in memory; each is listed.
    E5120;

    /// The compiled program cannot be loaded: the loader refuses it, or the system gives no
    /// memory for code (`ulimit -v`, `PR_SET_MDWE`, SELinux).
    ///
    /// Run it from a file with `--backend aot run`.
    E5121;

    /// The policy denies foreign functions; each is listed with the list that denies it.
    ///
    /// The lists are in `BESKID_EXTERN_ALLOW` and `BESKID_EXTERN_DENY`.
    E5130;

    /// The library of a foreign function cannot be loaded, or would end the process: a file
    /// that was cut, a pipe.
    ///
    /// Install it, or correct `Library`.
    E5131;

    /// The library does not define the function itself; where it was found, if anywhere, is
    /// named.
    ///
    /// Correct the method's name, its `Symbol` or `Library`.
    E5132;

    /// A policy is malformed, can match nothing, or is an empty allow list.
    ///
    /// Write `library:symbol`, `library:*`, `*:symbol` or `symbol`, separated by commas.
    E5133;

    /// A foreign symbol is data, not a function.
    ///
    /// Correct the method's name or its `Symbol`.
    E5134;

    /// This host loads no libraries of foreign functions while a program runs.
    ///
    /// Bind them at link time: build an executable, or run with `--backend aot`.
    E5135;

    /// A foreign function would be bound to another library than the program names, because
    /// that one comes first.
    ///
    /// Link them in another order.
    E5136;

    /// A plugin ended the process while it was at work; the plugin and what it was asked for
    /// are named.
    ///
    /// Report this to its author.
    E5140;

    /// The plugin's file is another than the one that was added, locked or signed; both
    /// digests are named.
    ///
    /// If you changed it on purpose, `beskid plugin update` takes one that was added again,
    /// and `beskid plugin lock` locks it as it is.
    E5141;

    /// Others may change a plugin's file, or the folder that it is in.
    ///
    /// `chmod o-w`, or add a copy with `beskid plugin add`.
    E5142;

    /// `--locked`, and the plugin is not in `plugins.lock`, or the file would have to be
    /// changed.
    ///
    /// `beskid plugin lock`.
    E5143;

    /// The version of a plugin that is locked is not in reach.
    ///
    /// Add that version, or lock another.
    E5144;

    /// The plugin's file is not signed by the key that the settings name.
    ///
    /// Get it and its `.minisig` from its author again.
    E5145;

    /// `plugins.lock`, or the record of what was added, is malformed or of a later version.
    ///
    /// Delete it, and write it anew.
    E5147;

    /// Another process has been changing the folder of plugins for too long.
    ///
    /// Wait until it is done, or end it.
    E5148;

    /// The plugin is switched off.
    ///
    /// `beskid plugin enable`.
    E5149;

    /// The system gives no sealed memory to load plugins from: `/proc` is not mounted,
    /// `memfd_create` is refused, or code may not be mapped from memory.
    ///
    /// Mount `/proc`, change the policy, or use built-in plugins.
    E5160;

    /// A backend that works in a process of its own cannot run programs in this one.
    ///
    /// Build an executable and run that, or run with `--isolate=no`.
    E5161;

    /// The process of an isolated plugin ended before it had answered; how, and what the
    /// plugin was asked for, are named.
    ///
    /// Report this to its author.
    E5162;

    /// The process of an isolated plugin took longer than it may, and was stopped.
    ///
    /// Set `time-limit` under `[plugins.ID]`, or report this to the plugin's author.
    E5163;

    /// The process of an isolated plugin sent what is no answer.
    ///
    /// Report this to its author.
    E5164;

    /// The file of a plugin that was added is gone from the user's folder, or is no plugin
    /// any more.
    ///
    /// `beskid plugin update` takes it from where it was added from again; `beskid plugin
    /// remove` forgets it.
    E5170;

    /// What a tool answered to a question of a link plan is no value: nothing, more than a
    /// line, more than 4096 bytes, or not UTF-8.
    ///
    /// Name another tool under `[tools]`, or report it to the strategy's author.
    E5180;

    /// A backend asks for something that this host does not do for plugins.
    ///
    /// Use a release of beskid as new as the plugin.
    E5181;

    /// `beskid plugin new` is given a name that no plugin can have or a built-in one has, or a
    /// folder in which something is already, or that cannot be written. Nothing is left there.
    ///
    /// Choose another name, or another folder with `--path`.
    E5182;

    /// A list of tests that are expected to fail is malformed, or names what is no test.
    ///
    /// `beskid plugin check PLUGIN --list` shows the names.
    E5183;

    /// The conformance kit has no such test.
    ///
    /// `beskid plugin check PLUGIN --list` shows the tests.
    E5184;

    /// The folder that `--corpus` names has no programs for the conformance kit, or the plugin
    /// is no backend.
    ///
    /// Programs are files `*.clif` with run directives, in the folder or in those in it.
    E5185;

    /// A hunt has compared nothing: no artifact was taken by two of the engines. Each one's
    /// last reason is named.
    ///
    /// Choose engines that have more in common, or fewer `--features`.
    E5190;

    /// LLVM is not installed, cannot be opened, is of another version than backend `llvm`
    /// needs, or lacks functions.
    ///
    /// Install LLVM 19, or name its library with `--backend-option llvm.library=PATH`.
    E5196;

    /// LLVM fails at a program; what it says is named.
    ///
    /// Use another backend, and report it with the program.
    E5197;
}

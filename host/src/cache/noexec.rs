//! Folders from which nothing is executed.

use std::path::Path;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use rustix::fs::{StatVfsMountFlags, statvfs};

/// E4043 if a file cannot be loaded as code because of where it is; `variable`
/// chooses its folder.
pub(crate) fn noexec(path: &Path, variable: &str) -> Option<Diagnostic> {
    let folder = crate::input::parent(path);
    let flags = statvfs(folder).ok()?.f_flag;
    if !flags.contains(StatVfsMountFlags::NOEXEC) {
        return None;
    }
    let shown = folder.display();
    let message = format!("no code can be loaded from `{shown}`: it is mounted `noexec`");
    let help = format!("set `{variable}` to a folder on a file system without `noexec`");
    Some(Diagnostic::new(Code::E4043, message).help(help))
}

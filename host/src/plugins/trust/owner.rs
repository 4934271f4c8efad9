//! Who may change a file: this user and root, and nobody else.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use crate::input::parent;

/// Everybody may write.
const BY_OTHERS: u32 = 0o002;
/// Of a folder: only who owns a file may rename or remove it.
const STICKY: u32 = 0o1000;

/// Refuses a file that others may change, or put another in the place of.
///
/// # Errors
/// E5142 names the file or folder, and how to mend it; E5101 if there is none.
pub(in crate::plugins) fn check_file(path: &Path) -> Result<(), Diagnostic> {
    let missing = |error: std::io::Error| {
        let message = format!("`{}` is not a plugin: {error}", path.display());
        Diagnostic::new(Code::E5101, message).path(path.display().to_string())
    };
    let link = path.symlink_metadata().map_err(missing)?;
    check_owner(path, &link)?;
    check_folder(parent(path))?;
    let meta = if link.is_symlink() {
        let target = path.canonicalize().map_err(missing)?;
        check_folder(parent(&target))?;
        path.metadata().map_err(missing)?
    } else {
        link
    };
    check_owner(path, &meta)?;
    if meta.mode() & BY_OTHERS != 0 {
        return Err(refusal(path, "everybody may write it", "chmod o-w"));
    }
    Ok(())
}

/// Refuses a folder in which others may put a file in the place of another.
///
/// # Errors
/// E5142 names the folder, and how to mend it.
pub(in crate::plugins) fn check_folder(path: &Path) -> Result<(), Diagnostic> {
    let Ok(meta) = fs::metadata(path) else {
        return Ok(());
    };
    let is_open = meta.mode() & BY_OTHERS != 0 && meta.mode() & STICKY == 0;
    match is_open {
        true => Err(refusal(
            path,
            "everybody may put files into it",
            "chmod o-w",
        )),
        false => Ok(()),
    }
}

fn check_owner(path: &Path, meta: &Metadata) -> Result<(), Diagnostic> {
    let user = rustix::process::geteuid().as_raw();
    if [user, 0].contains(&meta.uid()) {
        return Ok(());
    }
    let reason = format!("it belongs to another user, number {}", meta.uid());
    Err(refusal(path, &reason, "chown --no-dereference $(id -u)"))
}

fn refusal(path: &Path, reason: &str, command: &str) -> Diagnostic {
    let message = format!("`{}` is not safe to load from: {reason}", path.display());
    let shown = path.display().to_string();
    let quoted = shell_words::quote(&shown).into_owned();
    Diagnostic::new(Code::E5142, message)
        .path(shown)
        .help(format!(
            "if it is what you expect: `{command} {quoted}`; or add a copy with `beskid plugin add`"
        ))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, chown, lchown, symlink};

    use super::*;

    fn permit(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn files_and_folders_that_everybody_may_write_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        fs::create_dir(&inner).unwrap();
        let file = inner.join("file");
        fs::write(&file, "").unwrap();
        permit(&inner, 0o755);
        permit(&file, 0o644);
        assert_eq!(check_file(&file), Ok(()));
        permit(&file, 0o666);
        let refusal = check_file(&file).unwrap_err();
        assert_eq!(refusal.code, "E5142");
        let help = format!("chmod o-w {}", file.display());
        assert!(refusal.help.unwrap().contains(&help), "{help}");
        permit(&file, 0o644);
        permit(&inner, 0o777);
        assert_eq!(check_file(&file).unwrap_err().code, "E5142");
        // Through a link from a folder that is sound, too.
        let link = folder.path().join("link");
        symlink(&file, &link).unwrap();
        assert_eq!(check_file(&link).unwrap_err().code, "E5142");
        permit(&inner, 0o1777);
        assert_eq!(check_file(&link), Ok(()));
        fs::remove_file(&file).unwrap();
        assert_eq!(check_file(&file).unwrap_err().code, "E5101");
    }

    #[test]
    fn files_of_another_user_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        let link = folder.path().join("link");
        fs::write(&file, "").unwrap();
        symlink(&file, &link).unwrap();
        if lchown(&link, Some(65534), None).is_err() {
            println!("skipped: files cannot be given to another user here");
            return;
        }
        assert_eq!(check_file(&file), Ok(()));
        assert_eq!(check_file(&link).unwrap_err().code, "E5142");
        lchown(&link, Some(0), None).unwrap();
        chown(&file, Some(65534), None).unwrap();
        assert_eq!(check_file(&link).unwrap_err().code, "E5142");
    }
}

//! How outputs and libraries are called on a target.

use super::Target;
use crate::linker::OutputKind;

impl Target {
    /// The conventional file name of an output.
    pub fn file_name(&self, stem: &str, kind: OutputKind) -> String {
        let prefix = match kind {
            OutputKind::Shared | OutputKind::Static if !self.is_pe() => "lib",
            _ => "",
        };
        match self.extension(kind) {
            "" => format!("{prefix}{stem}"),
            extension => format!("{prefix}{stem}.{extension}"),
        }
    }

    /// What follows the dot in an output's conventional name; empty for none.
    pub fn extension(&self, kind: OutputKind) -> &'static str {
        match kind {
            OutputKind::Exe if self.is_efi() => "efi",
            OutputKind::Exe if self.is_pe() => "exe",
            OutputKind::Exe => "",
            OutputKind::Shared if self.is_pe() => "dll",
            OutputKind::Shared if self.is_apple() => "dylib",
            OutputKind::Shared => "so",
            OutputKind::Static if self.is_windows() => "lib",
            OutputKind::Static => "a",
            OutputKind::Object if self.is_windows() => "obj",
            OutputKind::Object => "o",
        }
    }

    /// A library by the name that `-l` takes, from its file name or from such a
    /// name. The linkers of ELF take a file name behind a colon; those of the
    /// others add prefix and extension themselves.
    pub fn linker_name(&self, file: &str) -> String {
        let without = |extensions: [&str; 2]| {
            let mut found = extensions.iter();
            found.find_map(|extension| file.strip_suffix(extension))
        };
        if self.is_apple() {
            let name = without([".dylib", ".a"]);
            let name = name.map(|name| name.strip_prefix("lib").unwrap_or(name));
            return name.unwrap_or(file).to_owned();
        }
        if self.is_pe() {
            return without([".dll", ".lib"]).unwrap_or(file).to_owned();
        }
        if is_file_name(file) {
            format!(":{file}")
        } else {
            file.to_owned()
        }
    }

    /// The file names under which the linkers of ELF look for a library, first
    /// the one that they prefer by default.
    pub fn library_files(&self, library: &str) -> Vec<String> {
        if is_file_name(library) {
            vec![library.to_owned()]
        } else {
            vec![format!("lib{library}.so"), format!("lib{library}.a")]
        }
    }

    fn is_pe(&self) -> bool {
        self.format() == super::Format::Coff
    }

    fn is_efi(&self) -> bool {
        *self.system() == super::System::Uefi
    }
}

/// Whether it is the file name of a library of ELF, and not what `-l` takes.
fn is_file_name(library: &str) -> bool {
    library.contains(".so") || library.ends_with(".a")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINUX: &str = "x86_64-unknown-linux-gnu";
    const APPLE: &str = "aarch64-apple-darwin";
    const WINDOWS: &str = "x86_64-pc-windows-msvc";

    #[test]
    fn outputs_have_their_platforms_names() {
        for (target, kind, expected) in [
            (LINUX, OutputKind::Exe, "hello"),
            (LINUX, OutputKind::Shared, "libhello.so"),
            (LINUX, OutputKind::Static, "libhello.a"),
            (LINUX, OutputKind::Object, "hello.o"),
            (APPLE, OutputKind::Exe, "hello"),
            (APPLE, OutputKind::Shared, "libhello.dylib"),
            (WINDOWS, OutputKind::Exe, "hello.exe"),
            (WINDOWS, OutputKind::Shared, "hello.dll"),
            (WINDOWS, OutputKind::Static, "hello.lib"),
            (WINDOWS, OutputKind::Object, "hello.obj"),
            ("x86_64-unknown-uefi", OutputKind::Exe, "hello.efi"),
            ("x86_64-unknown-windowsish", OutputKind::Exe, "hello"),
        ] {
            assert_eq!(Target::of(target).file_name("hello", kind), expected);
        }
    }

    #[test]
    fn ffi_2_each_system_names_a_library_in_its_own_way() {
        for (file, target, expected) in [
            ("libm.so.6", LINUX, ":libm.so.6"),
            ("libx.a", LINUX, ":libx.a"),
            ("m", LINUX, "m"),
            ("libz.dylib", APPLE, "z"),
            ("z", APPLE, "z"),
            ("user32.dll", WINDOWS, "user32"),
            ("user32", WINDOWS, "user32"),
        ] {
            assert_eq!(Target::of(target).linker_name(file), expected);
        }
    }
}

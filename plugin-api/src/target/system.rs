//! The system that a triple names, and the C library.

/// A system. Versions are no part of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum System {
    /// Linux, Android among it.
    Linux,
    /// FreeBSD.
    FreeBsd,
    /// NetBSD.
    NetBsd,
    /// OpenBSD.
    OpenBsd,
    /// DragonFly BSD.
    DragonFly,
    /// macOS.
    MacOs,
    /// iOS.
    Ios,
    /// tvOS.
    TvOs,
    /// watchOS.
    WatchOs,
    /// visionOS.
    VisionOs,
    /// Windows.
    Windows,
    /// Cygwin, which has Windows' files and its own ways.
    Cygwin,
    /// The firmware of UEFI.
    Uefi,
    /// WASI.
    Wasi,
    /// AIX.
    Aix,
    /// A machine without a system.
    None,
    /// Another, as the triple has it.
    Other(String),
}

/// Whose C library and tools, or which variant of the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Environment {
    /// GNU's: glibc, or MinGW-w64 on Windows.
    Gnu,
    /// musl.
    Musl,
    /// Microsoft's.
    Msvc,
    /// Android's.
    Android,
    /// A simulator of one of Apple's devices.
    Simulator,
    /// iOS on macOS.
    MacAbi,
    /// None that the triple names, or that is known.
    None,
}

impl System {
    /// Whether it is one of Apple's.
    pub const fn is_apple(&self) -> bool {
        matches!(
            self,
            Self::MacOs | Self::Ios | Self::TvOs | Self::WatchOs | Self::VisionOs
        )
    }

    fn known(word: &str) -> Option<Self> {
        // What follows a system's name is its version.
        let name = word.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
        Some(match name {
            "linux" => Self::Linux,
            "freebsd" => Self::FreeBsd,
            "netbsd" => Self::NetBsd,
            "openbsd" => Self::OpenBsd,
            "dragonfly" => Self::DragonFly,
            "darwin" | "macos" | "macosx" => Self::MacOs,
            "ios" => Self::Ios,
            "tvos" => Self::TvOs,
            "watchos" => Self::WatchOs,
            "visionos" | "xros" => Self::VisionOs,
            "windows" => Self::Windows,
            "cygwin" => Self::Cygwin,
            "uefi" => Self::Uefi,
            "wasi" | "wasip" => Self::Wasi,
            "aix" => Self::Aix,
            "none" => Self::None,
            _ => return None,
        })
    }
}

/// System and environment, from the words behind the processor.
pub(super) fn read(words: &[&str]) -> (System, Environment) {
    let mut known = words.iter().enumerate();
    let found = known.find_map(|(at, word)| Some((at, System::known(word)?)));
    let Some((at, system)) = found else {
        // The vendor comes first, if there is one.
        let name = words.get(1).or(words.first()).copied().unwrap_or_default();
        return (System::Other(name.to_owned()), Environment::None);
    };
    let environment = words.get(at + 1).copied().unwrap_or_default();
    let environment = match environment {
        text if text.starts_with("gnu") => Environment::Gnu,
        text if text.starts_with("musl") => Environment::Musl,
        text if text.starts_with("android") => Environment::Android,
        "msvc" => Environment::Msvc,
        "sim" | "simulator" => Environment::Simulator,
        "macabi" => Environment::MacAbi,
        _ => Environment::None,
    };
    (system, environment)
}

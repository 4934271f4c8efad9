//! The codes of artifacts: reading them, and what a backend can do with them.

use super::code::{Code, Meaning, Section, codes};

codes! {
    ARTIFACTS = "Artifacts";

    /// The file is no artifact: it does not start with `BSKA`.
    E5001;

    /// The artifact has a newer format version; both versions are named.
    ///
    /// Use a newer release.
    E5002;

    /// The artifact was cut or changed after it was written.
    ///
    /// Write it again.
    E5003;

    /// A section does not follow the schema; section, offset and field are named.
    ///
    /// Report it to the producer.
    E5004;

    /// A required section, or a setting in `SETT`, is not known to this release.
    ///
    /// Use a newer one.
    E5005;

    /// An instruction is not known to this backend's Cranelift.
    E5006;

    /// The contents contradict each other, or break CLIF's rules.
    ///
    /// Report it to the producer.
    E5007;

    /// The backend lacks a feature that the program uses; it is named before anything is
    /// compiled.
    E5008;

    /// The program needs more address space than a session can have.
    ///
    /// Build an executable.
    E5009;

    /// An artifact imports a foreign function with values that not every C compiler passes in
    /// the same way.
    E5010;
}

//! The codes of images: what objects and linked files are found to be.

use super::code::{Code, Meaning, Section, codes};

codes! {
    IMAGES = "Images";

    /// An object or a linked image is not what was asked for; each difference is listed.
    E5201;

    /// The file cannot be inspected: its format is unknown or it is malformed.
    E5202;

    /// A link plan has a step that the host does not allow or know.
    E5203;
}

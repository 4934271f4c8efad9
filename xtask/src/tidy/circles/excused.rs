//! The edges that still close a circle. Rows are only taken out.

/// An edge that may close a circle.
pub struct Excused {
    pub from: &'static str,
    pub to: &'static str,
    /// Why it is still there.
    #[expect(dead_code, reason = "it is for who reads the row")]
    pub reason: &'static str,
}

pub const EXCUSED: &[Excused] = &[];

//! Texts across a call. A `string` belongs to its program; what crosses is a
//! `CStringView`: an address and a length, two integers to Rust.

/// A text as the two arguments that a `CStringView` is. The program has it as long as the
/// call goes on, and copies what it wants to keep: `__str_new(view.ptr, view.len)`.
pub fn view(text: &str) -> (i64, i64) {
    (text.as_ptr().expose_provenance() as i64, text.len() as i64)
}

/// A copy of the text that a program gives a host function as a `CStringView`. What is not
/// UTF-8 is replaced; a length below 1 is that of no text.
///
/// # Safety
/// The two are a view that a program gives, which has not gone on since then.
pub unsafe fn text_of(address: i64, length: i64) -> String {
    let Some(length) = usize::try_from(length).ok().filter(|length| *length > 0) else {
        return String::new();
    };
    let start = std::ptr::with_exposed_provenance::<u8>(address as usize);
    // SAFETY: the caller's promise.
    let bytes = unsafe { std::slice::from_raw_parts(start, length) };
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_as_it_went() {
        for text in ["", "Ada", "Babia Góra\0"] {
            let (address, length) = view(text);
            // SAFETY: the text is there.
            assert_eq!(unsafe { text_of(address, length) }, text);
        }
        // SAFETY: nothing is read.
        assert_eq!(unsafe { text_of(0, -1) }, "");
    }
}

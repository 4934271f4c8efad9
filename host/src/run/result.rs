//! How a program's result is shown (BK-9).

use beskid_plugin_api::artifact::ResultKind;
use beskid_plugin_api::runtime_abi::BeskidStr;

/// What the entrypoint returned: its bits, and what they mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReturnValue {
    bits: u64,
    kind: ResultKind,
}

impl ReturnValue {
    /// A result with these bits.
    pub(super) const fn new(bits: u64, kind: ResultKind) -> Self {
        Self { bits, kind }
    }

    /// The exit status that the executable would end with: an integer result's
    /// low 8 bits, and 0 for everything else.
    pub const fn exit_status(self) -> u8 {
        match self.kind {
            ResultKind::I32 | ResultKind::I64 => self.bits as u8,
            _ => 0,
        }
    }

    /// The first `len` bytes of the memory that a pointer result points to.
    ///
    /// # Safety
    /// The bits are the address of at least `len` readable bytes, or `len` is
    /// 0.
    pub(super) unsafe fn memory(self, len: usize) -> Vec<u8> {
        if len == 0 {
            return Vec::new();
        }
        let start = self.bits as usize as *const u8;
        // SAFETY: the caller's promise.
        unsafe { std::slice::from_raw_parts(start, len) }.to_vec()
    }

    /// The formatted result.
    ///
    /// # Safety
    /// If the kind is [`ResultKind::Str`], the bits are a `BeskidStr` handle of
    /// this process whose memory is still there.
    pub(super) unsafe fn format(self) -> String {
        match self.kind {
            ResultKind::Unit => "ok".to_owned(),
            ResultKind::Bool => (self.bits & 1 != 0).to_string(),
            ResultKind::U8 => (self.bits as u8).to_string(),
            ResultKind::I32 => (self.bits as i32).to_string(),
            ResultKind::I64 => (self.bits as i64).to_string(),
            ResultKind::F64 => f64::from_bits(self.bits).to_string(),
            ResultKind::Char => {
                let scalar = char::from_u32(self.bits as u32);
                scalar.unwrap_or(char::REPLACEMENT_CHARACTER).to_string()
            }
            // SAFETY: the caller's promise.
            ResultKind::Str => unsafe { text(self.bits as usize as *const BeskidStr) },
            _ => format!("0x{:016x}", self.bits),
        }
    }
}

/// The text behind a string handle; a null handle is shown as its address.
///
/// # Safety
/// The handle is null or valid.
unsafe fn text(handle: *const BeskidStr) -> String {
    if handle.is_null() {
        return format!("0x{:016x}", 0);
    }
    // SAFETY: the handle is valid, and strings are immutable.
    let (ptr, len) = unsafe { ((*handle).ptr, (*handle).len) };
    if len == 0 {
        return String::new();
    }
    // SAFETY: a string of `len` bytes, `len` not 0, has that many at `ptr`.
    let bytes = unsafe { std::slice::from_raw_parts(ptr, len) };
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bits: u64, kind: ResultKind) -> String {
        // SAFETY: no kind in these tests is a string unless its bits are valid.
        unsafe { ReturnValue::new(bits, kind).format() }
    }

    #[test]
    fn bk_9_each_kind_is_shown_in_its_own_way() {
        assert_eq!(shown(7, ResultKind::Unit), "ok");
        assert_eq!(shown(0, ResultKind::Bool), "false");
        assert_eq!(shown(1, ResultKind::Bool), "true");
        assert_eq!(shown(255, ResultKind::U8), "255");
        assert_eq!(shown(0xffff_ffff, ResultKind::I32), "-1");
        assert_eq!(shown(u64::MAX, ResultKind::I64), "-1");
        assert_eq!(shown(1.5_f64.to_bits(), ResultKind::F64), "1.5");
        assert_eq!(shown('ž' as u64, ResultKind::Char), "ž");
        assert_eq!(shown(0xabc, ResultKind::Pointer), "0x0000000000000abc");
        let word = "šuma";
        let handle = BeskidStr {
            ptr: word.as_ptr(),
            len: word.len(),
        };
        let bits = &raw const handle as usize as u64;
        assert_eq!(shown(bits, ResultKind::Str), "šuma");
    }

    #[test]
    fn the_exit_status_is_the_low_byte_of_an_integer() {
        assert_eq!(ReturnValue::new(0x1_02, ResultKind::I64).exit_status(), 2);
        assert_eq!(ReturnValue::new(3, ResultKind::I32).exit_status(), 3);
        assert_eq!(ReturnValue::new(3, ResultKind::F64).exit_status(), 0);
        assert_eq!(ReturnValue::new(3, ResultKind::Unit).exit_status(), 0);
    }
}

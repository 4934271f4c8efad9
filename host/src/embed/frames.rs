//! The frames of a program, by the pointers with which each of them begins: to its
//! caller's, and to the code that it returns to.

const WORD: usize = size_of::<usize>();

/// Tells the addresses of code around a frame, the innermost first, until `more` says
/// no. `stack` is the part of this thread's stack that the frames are in; code that
/// keeps no frame pointers ends the walk.
///
/// # Safety
/// `stack` can be read.
pub(super) unsafe fn walk(
    code: usize,
    mut frame: usize,
    stack: std::ops::Range<usize>,
    mut more: impl FnMut(usize) -> bool,
) {
    if !more(code) {
        return;
    }
    let mut lowest = stack.start;
    while frame >= lowest && frame.is_multiple_of(WORD) && frame + 2 * WORD <= stack.end {
        let at = std::ptr::with_exposed_provenance::<usize>(frame);
        // SAFETY: both words are on the stack, as was just compared.
        let (outer, code) = unsafe { (at.read(), at.add(1).read()) };
        // A call may be the last instruction of a function.
        if code == 0 || !more(code - 1) {
            return;
        }
        lowest = frame + 2 * WORD;
        frame = outer;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walked(words: &[usize], first: usize) -> Vec<usize> {
        let start = words.as_ptr().expose_provenance();
        let stack = start..start + size_of_val(words);
        let mut codes = Vec::new();
        // SAFETY: the words are there.
        unsafe {
            walk(100, start + first * WORD, stack, |code| {
                codes.push(code);
                codes.len() < 5
            });
        };
        codes
    }

    #[test]
    fn a_walk_goes_outwards_and_stays_on_the_stack() {
        let mut words = [0_usize; 8];
        let start = words.as_ptr().expose_provenance();
        (words[0], words[1]) = (start + 4 * WORD, 201);
        (words[4], words[5]) = (start + 7 * WORD, 301);
        assert_eq!(walked(&words, 0), [100, 200, 300], "the last is not whole");
        words[4] = start;
        assert_eq!(walked(&words, 0), [100, 200, 300], "not inwards");
        words[5] = 0;
        assert_eq!(walked(&words, 0), [100, 200]);
        assert_eq!(walked(&words, 9), [100], "not beyond the stack");
    }
}

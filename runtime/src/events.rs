//! Events: lists of handlers, in the order of subscription.

use core::ptr;

use crate::collector::{gc_write_barrier, is_inside};
use crate::fail::fail;
use crate::layout::{BeskidArray, EventState, GC_KIND_REFERENCES, GcContext};
use crate::memory::{collector, object, zeroed};
use crate::roots::gc_register_root;

/// Subscribes a handler; returns the new number of handlers. Handlers may
/// repeat. `capacity` is the largest number of handlers, 0 for no limit; one
/// more ends the program, and so does a null handler.
///
/// The handlers are kept alive. If the event is part of an object, they live in a
/// cell of their own as long as that object, whose descriptor names the first word
/// of the event.
///
/// # Safety
/// `event` is null or a valid event that no other thread uses now.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn event_subscribe(
    event: *mut EventState,
    handler: *const u8,
    capacity: usize,
) -> i64 {
    // SAFETY: the caller's promise.
    let event = unsafe { state(event) };
    if handler.is_null() {
        fail(b"null event handler");
    }
    if capacity > 0 && event.len >= capacity {
        fail(b"event capacity exceeded");
    }
    if event.len == event.cap {
        grow(event);
    }
    // SAFETY: `len` is less than `cap`, the room at `handlers`, which are an object
    // if they are in the heap.
    unsafe {
        gc_write_barrier(event.handlers.cast(), handler);
        event.handlers.add(event.len).write(handler);
    }
    event.len += 1;
    event.len as i64
}

fn grow(event: &mut EventState) {
    let cap = (event.cap * 2).max(4);
    let Some(size) = cap.checked_mul(size_of::<*const u8>()) else {
        fail(b"event capacity exceeded");
    };
    let handlers = memory(event, size).cast::<*const u8>();
    if event.len > 0 {
        // SAFETY: both have room for `len` handlers, and `handlers` is fresh.
        unsafe {
            handlers.copy_from_nonoverlapping(event.handlers, event.len);
            // Nobody may be kept alive by what is used no more.
            event.handlers.write_bytes(0, event.len);
        }
    }
    event.handlers = handlers;
    event.cap = cap;
}

/// Zeroed memory for handlers.
fn memory(event: &EventState, size: usize) -> *mut u8 {
    if is_inside(ptr::from_ref(event).addr())
        && let Some(collector) = collector()
    {
        let words = (collector.words)(size);
        if !words.is_null() {
            return words;
        }
    }
    // Nobody knows how long this event lives, so each of its words is a root.
    let words = zeroed(size);
    for offset in (0..size).step_by(size_of::<usize>()) {
        gc_register_root(words.wrapping_add(offset));
    }
    words
}

/// Removes the first subscription of a handler; returns 1, or 0 if there is
/// none.
///
/// # Safety
/// As for [`event_subscribe`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn event_unsubscribe_first(
    event: *mut EventState,
    handler: *const u8,
) -> i64 {
    // SAFETY: the caller's promise.
    let event = unsafe { state(event) };
    let handlers = slice(event);
    let Some(index) = handlers.iter().position(|found| *found == handler) else {
        return 0;
    };
    // What moves is in the same memory, and so as old as before.
    handlers.copy_within(index + 1.., index);
    if let Some(last) = handlers.last_mut() {
        *last = ptr::null();
    }
    event.len -= 1;
    1
}

/// Number of handlers.
///
/// # Safety
/// As for [`event_subscribe`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn event_len(event: *mut EventState) -> i64 {
    // SAFETY: the caller's promise.
    unsafe { state(event) }.len as i64
}

/// The handler at an index; one that is out of bounds ends the program.
///
/// # Safety
/// As for [`event_subscribe`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn event_get_handler(event: *mut EventState, index: usize) -> *const u8 {
    // SAFETY: the caller's promise.
    let event = unsafe { state(event) };
    match slice(event).get(index) {
        Some(handler) => *handler,
        None => fail(b"event handler index out of bounds"),
    }
}

/// The handlers that there are now, an array of references: what handlers change
/// while an event is raised is for the next time.
///
/// # Safety
/// As for [`event_subscribe`]; the context is the thread's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn event_snapshot(
    context: *mut GcContext,
    event: *mut EventState,
) -> *mut BeskidArray {
    // Whether the thread is inside is known without it.
    let _ = context;
    const ELEMENTS: usize = size_of::<BeskidArray>();
    // SAFETY: the caller's promise.
    let handlers = slice(unsafe { state(event) });
    let len = handlers.len();
    let size = ELEMENTS + size_of_val(handlers);
    let array = object(size, GC_KIND_REFERENCES, false, |array| {
        // SAFETY: the memory is fresh and large enough.
        unsafe {
            let ptr = array.add(ELEMENTS);
            ptr.cast::<*const u8>()
                .copy_from_nonoverlapping(handlers.as_ptr(), len);
            let contents = BeskidArray { ptr, len, cap: len };
            array.cast::<BeskidArray>().write(contents);
        }
    });
    array.cast()
}

/// # Safety
/// As for [`event_subscribe`].
unsafe fn state<'a>(event: *mut EventState) -> &'a mut EventState {
    if event.is_null() {
        fail(b"null event");
    }
    // SAFETY: the event is valid and nobody else uses it.
    unsafe { &mut *event }
}

fn slice(event: &mut EventState) -> &mut [*const u8] {
    if event.len == 0 {
        return &mut [];
    }
    // SAFETY: `len` handlers have been written.
    unsafe { core::slice::from_raw_parts_mut(event.handlers, event.len) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handler(number: usize) -> *const u8 {
        ptr::without_provenance(number)
    }

    #[test]
    fn handlers_keep_their_order_and_the_first_match_goes() {
        let mut event = EventState {
            handlers: ptr::null_mut(),
            len: 0,
            cap: 0,
        };
        let event = &raw mut event;
        // SAFETY: the event is valid and local.
        unsafe {
            for (index, number) in [1, 2, 1, 3, 4].into_iter().enumerate() {
                assert_eq!(event_subscribe(event, handler(number), 0), index as i64 + 1);
            }
            assert_eq!(event_unsubscribe_first(event, handler(1)), 1);
            assert_eq!(event_unsubscribe_first(event, handler(9)), 0);
            assert_eq!(event_len(event), 4);
            let left = [0, 1, 2, 3].map(|index| event_get_handler(event, index) as usize);
            assert_eq!(left, [2, 1, 3, 4]);
        }
    }

    #[test]
    fn a_snapshot_is_what_was_there() {
        let mut event = EventState {
            handlers: ptr::null_mut(),
            len: 0,
            cap: 0,
        };
        let event = &raw mut event;
        // SAFETY: the event is valid and local, and the array as long as it says.
        unsafe {
            assert_eq!((*event_snapshot(ptr::null_mut(), event)).len, 0);
            for number in [1, 2, 3] {
                event_subscribe(event, handler(number), 0);
            }
            let array = *event_snapshot(ptr::null_mut(), event);
            event_unsubscribe_first(event, handler(2));
            let handlers = core::slice::from_raw_parts(array.ptr.cast::<usize>(), array.len);
            assert_eq!(handlers, [1, 2, 3]);
        }
    }
}

//! Events: lists of handlers, in the order of subscription.

use crate::fail::fail;
use crate::layout::EventState;
use crate::memory::zeroed;

/// Subscribes a handler; returns the new number of handlers. Handlers may
/// repeat. `capacity` is the largest number of handlers, 0 for no limit; one
/// more ends the program.
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
    if capacity > 0 && event.len >= capacity {
        fail(b"event capacity exceeded");
    }
    if event.len == event.cap {
        grow(event);
    }
    // SAFETY: `len` is less than `cap`, the room at `handlers`.
    unsafe { event.handlers.add(event.len).write(handler) };
    event.len += 1;
    event.len as i64
}

fn grow(event: &mut EventState) {
    let cap = (event.cap * 2).max(4);
    let Some(size) = cap.checked_mul(size_of::<*const u8>()) else {
        fail(b"event capacity exceeded");
    };
    let handlers = zeroed(size).cast::<*const u8>();
    if event.len > 0 {
        // SAFETY: both have room for `len` handlers, and `handlers` is fresh.
        unsafe { handlers.copy_from_nonoverlapping(event.handlers, event.len) };
    }
    event.handlers = handlers;
    event.cap = cap;
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
    handlers.copy_within(index + 1.., index);
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
    use core::ptr;

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
}

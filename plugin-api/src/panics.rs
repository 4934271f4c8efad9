//! Panics that end at a boundary: caught, and kept off standard error.

mod places;

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::Once;

pub use places::shorten_places;

thread_local! {
    static CONTAINED: Cell<bool> = const { Cell::new(false) };
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Calls a function of others that may panic, and makes the panic an error:
/// its message and its place in the source.
///
/// The panic is not reported on standard error; a debugger that stops at
/// `rust_panic` sees it. What `call` was changing when it panicked must not be
/// used again.
///
/// # Errors
/// The panic's message and place.
///
/// ```
/// use beskid_plugin_api::panics::contain_panic;
///
/// assert_eq!(contain_panic(|| 1), Ok(1));
/// let text = contain_panic(|| panic!("no such register")).unwrap_err();
/// assert!(text.starts_with("no such register (at "), "{text}");
/// ```
pub fn contain_panic<T>(call: impl FnOnce() -> T) -> Result<T, String> {
    install_hook();
    let outer = CONTAINED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(call));
    let result = result.map_err(|payload| {
        let text = text_of(payload.as_ref());
        // The payload's own destructor may panic too.
        if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            std::mem::forget(second);
        }
        match PLACE.take() {
            Some(place) => format!("{text} (at {place})"),
            None => text,
        }
    });
    CONTAINED.set(outer);
    result
}

fn text_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("the panic carries no text").to_owned()
}

/// The hook belongs to the whole process, so it stands aside for every panic
/// but the contained ones.
fn install_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if CONTAINED.get() {
                note_place(info);
            } else {
                previous(info);
            }
        }));
    });
}

/// The first panic's place is kept; a second one is of a destructor.
fn note_place(info: &PanicHookInfo<'_>) {
    PLACE.with_borrow_mut(|place| {
        if place.is_none() {
            let found = info.location().map(ToString::to_string);
            *place = found.map(|found| shorten_places(&found).into_owned());
        }
    });
}

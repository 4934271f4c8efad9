//! What each thread has of the collector: where it allocates, and its root stack.

use core::ffi::c_void;
use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};

use super::cell::{Hidden, word};
use crate::layout::{GC_HIDDEN_SIZE, GcContext, GcLimit};
use crate::pages::{self, PAGE};

/// Size of a root stack in bytes, with the context before it.
const STACK: usize = 16 << 20;
/// What no root stack may touch, behind it: more than the roots of one function.
const GUARD: usize = 1 << 20;

/// Any number of bytes.
pub(super) const UNLIMITED: GcLimit = GcLimit {
    most: 0,
    given: 0,
    over: ptr::null(),
};

/// Where a context takes cells of some sizes from.
#[derive(Clone, Copy)]
pub(super) struct Lane {
    /// The block, if there is one.
    pub(super) block: Option<usize>,
    /// The first bit behind the hole that was taken last.
    pub(super) bit: usize,
}

impl Lane {
    const NONE: Self = Self {
        block: None,
        bit: 0,
    };
}

/// A context; compiled code knows its begin.
#[repr(C)]
pub(super) struct Context {
    /// The hole for small cells, and the end of the root stack.
    pub(super) shared: GcContext,
    /// Where that hole is.
    pub(super) lane: Lane,
    /// The hole for medium cells, which begin where there is none for them, and
    /// where it is.
    pub(super) medium: (usize, usize, Lane),
    /// How often its thread is inside.
    pub(super) entries: usize,
    /// The heap has grown so far that it is to be collected.
    pub(super) is_due: bool,
    /// What its thread may have.
    pub(super) limit: GcLimit,
    /// A thread has it.
    pub(super) is_taken: bool,
    /// The next context in the list of all; it stays there.
    following: *mut Context,
}

/// The list of all contexts, the last one first.
static FIRST: AtomicPtr<Context> = AtomicPtr::new(ptr::null_mut());

impl Context {
    /// A new context, in the list; `None` if there is no memory.
    pub(super) fn new() -> Option<*mut Self> {
        let start = pages::reserve(STACK + GUARD)?;
        // SAFETY: it was just reserved.
        if !unsafe { pages::commit(start, STACK) } {
            // SAFETY: nobody knows of it.
            unsafe { pages::unmap(word(start).cast::<c_void>(), STACK + GUARD) };
            return None;
        }
        let context = ptr::with_exposed_provenance_mut::<Self>(start);
        let mut following = FIRST.load(Ordering::Acquire);
        loop {
            let shared = GcContext {
                next: 0,
                limit: 0,
                roots: start + PAGE,
            };
            let new = Self {
                shared,
                lane: Lane::NONE,
                medium: (0, 0, Lane::NONE),
                entries: 0,
                is_due: false,
                limit: UNLIMITED,
                is_taken: true,
                following,
            };
            // SAFETY: the memory is usable, aligned and large enough.
            unsafe { context.write(new) };
            let (success, failure) = (Ordering::AcqRel, Ordering::Acquire);
            match FIRST.compare_exchange(following, context, success, failure) {
                Ok(_) => return Some(context),
                Err(other) => following = other,
            }
        }
    }

    /// Every context there is.
    pub(super) fn all() -> impl Iterator<Item = *mut Self> {
        let mut next = FIRST.load(Ordering::Acquire);
        core::iter::from_fn(move || {
            let context = next;
            // SAFETY: contexts in the list stay, and `following` with them.
            next = unsafe { context.as_ref() }?.following;
            Some(context)
        })
    }

    /// The first word of the root stack.
    pub(super) fn bottom(this: *mut Self) -> usize {
        this.addr() + PAGE
    }

    /// An object in a cell of so many bytes from the front of the hole; `None` if
    /// that is too small.
    ///
    /// # Safety
    /// The context is the calling thread's.
    #[inline(always)]
    pub(super) unsafe fn cut(this: *mut Self, cell: usize, kind: u64) -> Option<usize> {
        // SAFETY: the caller's promise; the hole belongs to the context.
        unsafe {
            let shared = &mut (*this).shared;
            if cell > shared.limit - shared.next {
                return None;
            }
            let object = shared.next + GC_HIDDEN_SIZE;
            shared.next += cell;
            Hidden::small(cell, kind).write(object);
            Some(object)
        }
    }

    /// Keeps an object alive until [`Context::pop_root`].
    ///
    /// # Safety
    /// The context is the calling thread's.
    pub(super) unsafe fn push_root(this: *mut Self, object: *const u8) {
        // SAFETY: the caller's promise; a full stack faults at its guard.
        unsafe {
            let roots = &mut (*this).shared.roots;
            word(*roots).write(object.expose_provenance());
            *roots += size_of::<usize>();
        }
    }

    /// # Safety
    /// As for [`Context::push_root`], which was called before.
    pub(super) unsafe fn pop_root(this: *mut Self) {
        // SAFETY: the caller's promise.
        unsafe { (*this).shared.roots -= size_of::<usize>() };
    }

    /// Whether its thread may have so many bytes more than it has been given.
    ///
    /// # Safety
    /// As for [`Context::push_root`].
    pub(super) unsafe fn may_have(this: *mut Self, more: usize) -> bool {
        // SAFETY: the caller's promise.
        let limit = unsafe { (*this).limit };
        limit.most == 0 || limit.given.saturating_add(more) <= limit.most
    }

    /// Forgets the holes, which are about to be found anew.
    ///
    /// # Safety
    /// No thread allocates in this context now.
    pub(super) unsafe fn forget_holes(this: *mut Self) {
        // SAFETY: the caller's promise; contexts stay.
        let this = unsafe { &mut *this };
        (this.shared.next, this.shared.limit) = (0, 0);
        this.lane = Lane::NONE;
        this.medium = (0, 0, Lane::NONE);
        this.is_due = false;
    }
}

/// Whether an address is behind the end of a root stack.
pub fn is_guard(address: usize) -> bool {
    Context::all().any(|context| address.wrapping_sub(context.addr() + STACK) < GUARD)
}

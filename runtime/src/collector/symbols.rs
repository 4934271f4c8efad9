//! What compiled code calls: going inside and out again, and allocating.

use core::ffi::c_void;
use core::mem;
use core::ptr;
use core::sync::atomic::{AtomicUsize, Ordering};

use super::cell::{cell_size, word};
use super::context::{Context, UNLIMITED};
use super::heap::{HEAP, Heap, LARGE, Refused};
use crate::fail::{fail, out_of_memory};
use crate::layout::{
    BeskidArray, GC_HIDDEN_SIZE, GC_KIND_OBJECT, GC_KIND_PLAIN, GC_KIND_REFERENCES, GC_KIND_WORDS,
    GcContext, GcLimit, TypeDescriptor,
};
use crate::libc::{self, Key};
use crate::memory::{self, Collector, install};
use crate::roots;

const NO_MEMORY: &[u8] = b"out of memory";

/// The key of each thread's context, plus one; 0 before there is one.
static KEY: AtomicUsize = AtomicUsize::new(0);

static COLLECTOR: Collector = Collector {
    allocate: allocate_inside,
    settle: settle_inside,
    words: words_inside,
};

/// The context of the calling thread, null if it has none.
fn current() -> *mut Context {
    match KEY.load(Ordering::Acquire) {
        0 => ptr::null_mut(),
        // SAFETY: the key is never deleted.
        key => unsafe { libc::pthread_getspecific((key - 1) as Key) }.cast(),
    }
}

/// The context of the calling thread, if it is inside.
fn inside() -> Option<*mut Context> {
    let context = current();
    // SAFETY: a thread's context is its own, and contexts stay.
    (!context.is_null() && unsafe { (*context).entries } > 0).then_some(context)
}

/// The context of the calling thread, which is inside until it has called
/// [`gc_leave`] as often.
#[unsafe(no_mangle)]
pub extern "C" fn gc_enter() -> *mut GcContext {
    let mut context = current();
    if context.is_null() {
        context = give_context();
    }
    // SAFETY: a thread's context is its own, and contexts stay.
    unsafe {
        if (*context).entries == 0 {
            HEAP.with(|heap| heap.inside += 1);
        }
        (*context).entries += 1;
    }
    context.cast()
}

/// Gives this thread a context, until it ends.
#[cold]
fn give_context() -> *mut Context {
    install(&COLLECTOR);
    HEAP.with(|heap| {
        heap.prepare();
        if KEY.load(Ordering::Relaxed) == 0 {
            let mut key = Key::default();
            // SAFETY: `key` can be written, and `end` takes contexts.
            if unsafe { libc::pthread_key_create(&raw mut key, end) } != 0 {
                out_of_memory();
            }
            KEY.store(key as usize + 1, Ordering::Release);
        }
        // SAFETY: contexts stay, and who takes one holds the lock.
        let free = Context::all().find(|context| unsafe { !(**context).is_taken });
        let Some(context) = free.or_else(Context::new) else {
            out_of_memory();
        };
        let key = (KEY.load(Ordering::Relaxed) - 1) as Key;
        // SAFETY: as above; the key is never deleted.
        unsafe {
            (*context).is_taken = true;
            if libc::pthread_setspecific(key, context.cast()) != 0 {
                out_of_memory();
            }
        }
        context
    })
}

/// Called by the C library when a thread ends that has a context.
unsafe extern "C" fn end(context: *mut c_void) {
    let context = context.cast::<Context>();
    // SAFETY: the context was this thread's, which is about to end. Of a heap that cannot be
    // used any more nothing has to be kept.
    let _ = HEAP.if_whole(|heap| unsafe {
        if (*context).entries > 0 {
            heap.leave();
        }
        (*context).entries = 0;
        (*context).shared.roots = Context::bottom(context);
        Context::forget_holes(context);
        (*context).limit = UNLIMITED;
        (*context).is_taken = false;
    });
}

/// Undoes one [`gc_enter`].
///
/// # Safety
/// The context is the calling thread's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_leave(context: *mut GcContext) {
    let context = context.cast::<Context>();
    // SAFETY: the caller's promise.
    unsafe {
        if (*context).entries == 0 {
            fail(b"a context is left that was not entered");
        }
        (*context).entries -= 1;
        if (*context).entries == 0 {
            HEAP.with(|heap| heap.leave());
        }
    }
}

/// Writes down how often the calling thread is inside, and where its root stack ends: two
/// words, for [`gc_restore`].
///
/// # Safety
/// Two words can be written at `state`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_save(state: *mut usize) {
    let context = current();
    // SAFETY: the caller's promise; a thread's context is its own, and contexts stay.
    unsafe {
        let (entries, roots) = match context.as_ref() {
            Some(context) => (context.entries, context.shared.roots),
            None => (0, 0),
        };
        state.write(entries);
        state.add(1).write(roots);
    }
}

/// Takes the calling thread back to where it was at a [`gc_save`]: what it has entered since
/// is left, and its roots since then are gone. For who leaves a program's frames: if these
/// were changing the runtime's memory, nobody uses that any more.
///
/// # Safety
/// A `gc_save` of this thread wrote the words at `state`, and what it has entered or left
/// since then it does not leave again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_restore(state: *const usize) {
    memory::abandon();
    roots::abandon();
    HEAP.abandon();
    let context = current();
    if context.is_null() {
        return;
    }
    // SAFETY: the caller's promise; a thread's context is its own, and contexts stay.
    unsafe {
        let (entries, roots) = (state.read(), state.add(1).read());
        (*context).shared.roots = match roots {
            0 => Context::bottom(context),
            roots => roots,
        };
        if (*context).entries > 0 && entries == 0 {
            let _ = HEAP.if_whole(Heap::leave);
        }
        (*context).entries = entries;
    }
}

/// Exchanges what the calling thread may have of the collector's memory with what is at an
/// address.
///
/// # Safety
/// It is a limit, whose function is null or takes and returns nothing, and stays as long as
/// the limit holds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_limit(limit: *mut GcLimit) {
    // SAFETY: the caller's promise; a thread's context is its own, and contexts stay.
    unsafe {
        let mut context = current();
        if context.is_null() {
            if (*limit).most == 0 {
                return;
            }
            context = give_context();
        }
        ptr::swap(&raw mut (*context).limit, limit);
    }
}

/// Says that code is about to be freed: what it described is looked at no more. None of it
/// may be reachable.
pub fn forget_code() {
    let _ = HEAP.if_whole(Heap::forget_code);
}

/// Memory for an object of so many bytes, as it was before, but zeroed if it is
/// large.
///
/// # Safety
/// The context is that of the calling thread, which is inside.
#[inline]
unsafe fn allocate(context: *mut Context, size: usize, kind: u64, may_collect: bool) -> usize {
    // SAFETY: the caller's promise.
    unsafe {
        let Some(cell) = cell_size(size) else {
            if (*context).limit.most > 0 {
                over(context);
            }
            fail(NO_MEMORY);
        };
        if cell <= LARGE
            && let Some(object) = Context::cut(context, cell, kind)
        {
            return object;
        }
        match HEAP.with(|heap| heap.allocate(context, cell, kind, may_collect)) {
            Ok(object) => object,
            Err(Refused::OverLimit) => over(context),
            Err(Refused::NoMemory) => fail(NO_MEMORY),
        }
    }
}

/// Ends the program, whose thread has had what it may, unless who limits it leaves it.
///
/// # Safety
/// The context is that of the calling thread, which holds nothing.
#[cold]
unsafe fn over(context: *mut Context) -> ! {
    // SAFETY: the caller's promise; it is null, or what `gc_limit` was given, and `None`
    // has the form of null.
    unsafe {
        let told = (*context).limit.over;
        if let Some(told) = mem::transmute::<*const (), Option<unsafe extern "C" fn()>>(told) {
            told();
        }
    }
    fail(b"the limit of memory is reached")
}

/// The same, zeroed.
///
/// # Safety
/// As for [`allocate`].
#[inline]
unsafe fn zeroed(context: *mut Context, size: usize, kind: u64, may_collect: bool) -> usize {
    // SAFETY: the caller's promise; the object has at least one word.
    unsafe {
        let object = allocate(context, size, kind, may_collect);
        if size <= LARGE - GC_HIDDEN_SIZE {
            let size = size.max(size_of::<usize>());
            word(object).cast::<u8>().write_bytes(0, size);
        }
        object
    }
}

/// An object of so many bytes, zeroed but for its header; may collect.
///
/// # Safety
/// The context is that of the calling thread, which is inside; `size` is at least
/// what the descriptor says, if there is one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_alloc(
    context: *mut GcContext,
    size: i64,
    descriptor: *const TypeDescriptor,
) -> *mut u8 {
    let kind = if descriptor.is_null() {
        GC_KIND_PLAIN
    } else {
        GC_KIND_OBJECT
    };
    // A negative size is one that nothing has.
    // SAFETY: the caller's promise; every object has room for a header.
    unsafe {
        let object = zeroed(context.cast(), size as usize, kind, true);
        word(object)
            .cast::<*const TypeDescriptor>()
            .write(descriptor);
        word(object).cast()
    }
}

/// An array of `length` elements: zeroes of `kind` bytes each, or if that is 0
/// references to `fill`, which stays alive. May collect.
///
/// # Safety
/// The context is that of the calling thread, which is inside; `fill` is null or a
/// reference.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_array(
    context: *mut GcContext,
    kind: i64,
    length: i64,
    fill: *const u8,
) -> *mut BeskidArray {
    const ELEMENTS: usize = size_of::<BeskidArray>();
    let (Ok(element), Ok(len)) = (usize::try_from(kind), usize::try_from(length)) else {
        fail(b"array length is negative");
    };
    let (size, kind) = match element {
        0 => (size_of::<usize>(), GC_KIND_REFERENCES),
        size => (size, GC_KIND_PLAIN),
    };
    // More than there are addresses for is more than anybody has.
    let size = len.saturating_mul(size).saturating_add(ELEMENTS);
    let context = context.cast::<Context>();
    // SAFETY: the caller's promise; the elements are where `ptr` says.
    unsafe {
        Context::push_root(context, fill);
        let object = zeroed(context, size, kind, true);
        Context::pop_root(context);
        let array = word(object).cast::<BeskidArray>();
        let ptr = array.cast::<u8>().add(ELEMENTS);
        array.write(BeskidArray { ptr, len, cap: len });
        if element == 0 && !fill.is_null() {
            for index in 0..len {
                ptr.cast::<*const u8>().add(index).write(fill);
            }
        }
        array
    }
}

/// Collects everything, unless another thread is inside.
///
/// # Safety
/// The context is that of the calling thread, which is inside.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gc_collect(context: *mut GcContext) {
    // SAFETY: the caller's promise.
    HEAP.with(|heap| unsafe { heap.collect(context.cast(), true) });
}

fn allocate_inside(size: usize, kind: u64, is_zeroed: bool) -> *mut u8 {
    let Some(context) = inside() else {
        return ptr::null_mut();
    };
    // SAFETY: it is this thread's, which is inside.
    let object = unsafe {
        if is_zeroed {
            zeroed(context, size, kind, false)
        } else {
            allocate(context, size, kind, false)
        }
    };
    word(object).cast()
}

fn settle_inside(object: *mut u8) {
    let Some(context) = inside() else {
        return;
    };
    // SAFETY: it is this thread's, which is inside.
    unsafe {
        if (*context).is_due {
            Context::push_root(context, object);
            let is_within = HEAP.with(|heap| heap.settle(context));
            Context::pop_root(context);
            if !is_within {
                over(context);
            }
        }
    }
}

fn words_inside(size: usize) -> *mut u8 {
    // References up to the end of the cell: none of them may be what was there.
    let size = cell_size(size).map_or(size, |cell| cell - GC_HIDDEN_SIZE);
    let object = allocate_inside(size, GC_KIND_WORDS, true);
    if !object.is_null() {
        // SAFETY: it was just allocated.
        HEAP.with(|heap| unsafe { heap.make_old(object.expose_provenance()) });
    }
    object
}

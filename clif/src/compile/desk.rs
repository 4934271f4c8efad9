//! What a thread compiles with.

use std::cell::Cell;

use cranelift_codegen::Context;

use super::kept::Text;
use crate::decode::Buffers;

/// Instructions of a function that a thread keeps a context after, at most: what that has
/// grown to is a few hundred KiB.
const MOST_INSTRUCTIONS: usize = 1000;

thread_local! {
    /// The context of a thread that compiles nothing now: most of what a small function
    /// costs is memory that a new one asks for.
    static SPARE: Cell<Option<Box<Context>>> = const { Cell::new(None) };
}

/// What a thread compiles the functions of one artifact with, one after the other.
pub(crate) struct Desk {
    context: Option<Box<Context>>,
    pub(super) buffers: Buffers,
    pub(super) text: Text,
    is_small: bool,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self {
            context: SPARE.take(),
            buffers: Buffers::default(),
            text: Text::default(),
            is_small: true,
        }
    }

    /// The context for the next function; [`Self::put`] takes it back.
    pub(super) fn take(&mut self) -> Box<Context> {
        let mut context = self
            .context
            .take()
            .unwrap_or_else(|| Box::new(Context::new()));
        context.clear();
        context
    }

    /// Takes a context back, unless something broke with it.
    pub(super) fn put(&mut self, context: Box<Context>) {
        self.is_small &= context.func.dfg.num_insts() <= MOST_INSTRUCTIONS;
        self.context = Some(context);
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if self.is_small {
            SPARE.set(self.context.take());
        }
    }
}

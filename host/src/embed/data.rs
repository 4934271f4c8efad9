//! Data of an instance.

use std::fmt;
use std::marker::PhantomData;
use std::ptr;

use super::scalar::Scalar;

/// Exported data of an [`Instance`](super::Instance), which it borrows. The program
/// changes it in calls only, so what is read between them stays.
#[derive(Clone, Copy)]
pub struct Data<'i> {
    start: *mut u8,
    len: usize,
    is_writable: bool,
    of_instance: PhantomData<&'i ()>,
}

impl fmt::Debug for Data<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Data")
            .field("len", &self.len)
            .field("is_writable", &self.is_writable)
            .finish_non_exhaustive()
    }
}

impl Data<'_> {
    /// # Safety
    /// So many bytes are there for `'i`, which the program may write to if they are
    /// writable, and nobody writes to while the data is used.
    pub(super) const unsafe fn new(start: *mut u8, len: usize, is_writable: bool) -> Self {
        Self {
            start,
            len,
            is_writable,
            of_instance: PhantomData,
        }
    }

    /// Size in bytes.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether it has no bytes.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether the program may write to it, and so may [`Self::write`].
    pub const fn is_writable(&self) -> bool {
        self.is_writable
    }

    /// A copy of all of it.
    pub fn to_vec(&self) -> Vec<u8> {
        let mut bytes = vec![0; self.len];
        // SAFETY: so many bytes are there, and the copy is fresh.
        unsafe { ptr::copy_nonoverlapping(self.start, bytes.as_mut_ptr(), self.len) };
        bytes
    }

    /// The scalar at an offset in bytes; `None` if it would not lie inside.
    pub fn read<T: Scalar>(&self, offset: usize) -> Option<T> {
        let size = T::TYPE.bytes() as usize;
        self.has(offset, size).then(|| {
            // SAFETY: the bytes are there.
            unsafe { T::from_memory(self.start.add(offset)) }
        })
    }

    /// Writes a scalar at an offset in bytes. Whether it has: it must lie inside, and the
    /// data be writable.
    pub fn write<T: Scalar>(&self, offset: usize, value: T) -> bool {
        let size = T::TYPE.bytes() as usize;
        let may = self.is_writable && self.has(offset, size);
        if may {
            // SAFETY: the bytes are there, and writable.
            unsafe { value.to_memory(self.start.add(offset)) };
        }
        may
    }

    const fn has(&self, offset: usize, size: usize) -> bool {
        size <= self.len && offset <= self.len - size
    }
}

//! Numbers that JavaScript copies in and out.

use gossamer_rust_kit::{Refusal, zeroed};

const PAGE: usize = 4096;

/// A block of numbers in the middle of a memory page.
///
/// Arrays of JavaScript begin on a page, large blocks of this memory 8 bytes after the start of one; and `rep movsb`, by
/// which glibc copies, is ten times slower on some AMD processors when the source is a few bytes ahead of the target
/// within their pages.
pub(super) struct Block<T> {
    memory: Vec<T>,
    start: usize,
    length: usize,
}

impl<T: Copy + Default> Block<T> {
    pub(super) fn new(what: &str, length: usize) -> Result<Self, Refusal> {
        let memory: Vec<T> = zeroed(what, length + PAGE / size_of::<T>())?;
        let offset = (memory.as_ptr() as usize + PAGE / 2) % PAGE;
        Ok(Self { memory, start: (PAGE - offset) / size_of::<T>(), length })
    }

    pub(super) fn values(&mut self) -> &mut [T] {
        &mut self.memory[self.start..self.start + self.length]
    }

    /// As a byte offset into the memory.
    pub(super) fn address(&self) -> usize {
        self.memory[self.start..].as_ptr() as usize
    }
}

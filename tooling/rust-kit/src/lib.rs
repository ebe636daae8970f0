//! What the Rust cores of the Gossamer packages share. Compiled into each, never published.

mod alloc;
mod blocks;
mod refusal;

pub use alloc::{reserved, zeroed};
pub use blocks::Blocks;
pub use refusal::Refusal;

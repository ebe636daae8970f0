//! Seeds.

use crate::SeedSequence;
use js_sys::Uint32Array;

/// A seed as JavaScript hands it over: the words of its entropy, low word first, and of its spawn key.
pub(super) fn seed_of(words: &Uint32Array) -> SeedSequence {
    SeedSequence::new(words.to_vec())
}

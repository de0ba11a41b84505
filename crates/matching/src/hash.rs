//! Hashing that is the same on every machine and in every run.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

/// A map whose hashing is stable; nothing may depend on its order.
pub type Map<K, V> = HashMap<K, V, BuildHasherDefault<Stable>>;
/// A set whose hashing is stable; nothing may depend on its order.
pub type Set<K> = HashSet<K, BuildHasherDefault<Stable>>;

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// A fast multiplicative hasher without a seed.
#[derive(Debug, Default, Clone, Copy)]
pub struct Stable(u64);

impl Hasher for Stable {
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            let mut word = [0; 8];
            word.copy_from_slice(chunk);
            self.0 = join(self.0, u64::from_le_bytes(word));
        }
        let rest = chunks.remainder();
        if !rest.is_empty() {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            self.0 = join(self.0, u64::from_le_bytes(word) ^ ((rest.len() as u64) << 56));
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.0 = join(self.0, u64::from(value));
    }

    fn write_u32(&mut self, value: u32) {
        self.0 = join(self.0, u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = join(self.0, value);
    }

    fn finish(&self) -> u64 {
        spread(self.0)
    }
}

/// Takes one more value into a hash.
#[must_use]
pub fn join(hash: u64, value: u64) -> u64 {
    (hash.rotate_left(23) ^ value).wrapping_mul(FACTOR)
}

/// Spreads a value over all bits.
#[must_use]
pub fn spread(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// The hash of a text.
#[must_use]
pub fn text(text: &str) -> u64 {
    let mut hasher = Stable::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

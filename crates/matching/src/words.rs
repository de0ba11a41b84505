//! A dictionary of texts: each distinct text is kept once and has a number.

use crate::hash;

/// Distinct texts, numbered from 0 in the order they came.
#[derive(Debug, Clone)]
pub struct Words {
    text: String,
    ends: Vec<usize>,
    /// A piece of the text's hash in the upper half, its number in the lower.
    slots: Vec<u64>,
}

const FREE: u64 = u64::MAX;
const UPPER: u64 = 0xffff_ffff_0000_0000;

impl Default for Words {
    fn default() -> Self {
        Self { text: String::new(), ends: Vec::new(), slots: vec![FREE; 64] }
    }
}

impl Words {
    /// The number of a text; a new text gets the next one.
    pub fn number(&mut self, text: &str) -> u32 {
        let hash = hash::text(text);
        let mut slot = self.slot_of(text, hash);
        if self.slots[slot] != FREE {
            return lower(self.slots[slot]);
        }
        if self.ends.len() * 2 >= self.slots.len() {
            self.grow();
            slot = self.slot_of(text, hash);
        }
        let number = count(self.ends.len());
        self.text.push_str(text);
        self.ends.push(self.text.len());
        self.slots[slot] = hash & UPPER | u64::from(number);
        number
    }

    /// The number of a text that is known.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<u32> {
        let entry = self.slots[self.slot_of(text, hash::text(text))];
        (entry != FREE).then_some(lower(entry))
    }

    /// The text of a number.
    #[must_use]
    pub fn text(&self, number: u32) -> &str {
        let at = number as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.text[start..self.ends[at]]
    }

    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// All texts in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..count(self.len())).map(|number| self.text(number))
    }

    fn slot_of(&self, text: &str, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = home(hash, mask);
        loop {
            let entry = self.slots[slot];
            if entry == FREE || (entry ^ hash) & UPPER == 0 && self.text(lower(entry)) == text {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let entries = std::mem::take(&mut self.slots);
        self.slots = vec![FREE; entries.len() * 2];
        let mask = self.slots.len() - 1;
        for entry in entries.into_iter().filter(|entry| *entry != FREE) {
            // The upper half of the hash is kept, and the place depends on nothing else.
            let mut slot = home(entry, mask);
            while self.slots[slot] != FREE {
                slot = (slot + 1) & mask;
            }
            self.slots[slot] = entry;
        }
    }
}

fn home(hash: u64, mask: usize) -> usize {
    lower(hash >> 32) as usize & mask
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half is wanted")]
fn lower(entry: u64) -> u32 {
    entry as u32
}

/// A count as a number of 32 bits; there are never more records or texts than that.
pub fn count(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

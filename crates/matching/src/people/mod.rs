//! Records made ready to be compared: every field normalized, every distinct form numbered and counted.

mod prepare;
mod split;

use crate::distance::mask;
use crate::hash;
use crate::normalize::date::Date;
use crate::normalize::names::WORDS;
use crate::words::Words;

pub use prepare::prepare;

/// Most fields of the kind "other".
pub const OTHERS: usize = 4;

/// One record; 0 stands for "not known" in every field.
#[derive(Debug, Clone, Copy, Default)]
pub struct Person {
    pub given: u32,
    pub surname: u32,
    pub birth: u32,
    pub email: u32,
    pub phone: u32,
    pub street: u32,
    pub street_name: u32,
    pub street_number: u32,
    pub postcode: u32,
    pub city: u32,
    pub tax: u32,
    pub gender: u32,
    pub others: [u32; OTHERS],
    /// The local part of the e-mail address, numbered, and which letters it has.
    pub local: u32,
    pub phone_mask: u32,
    pub local_mask: u64,
}

/// Distinct forms of one field, from 1; how often each occurs.
#[derive(Debug, Default)]
pub struct Forms {
    pub words: Words,
    pub counts: Vec<u32>,
    pub hashes: Vec<u64>,
    /// The logarithm of how likely another record has the form by chance.
    pub logs: Vec<f32>,
    /// Which letters each form has.
    pub masks: Vec<u64>,
    pub present: u32,
}

/// What is compared of an e-mail address.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mail {
    pub domain: u64,
    /// The digits of the local part.
    pub digits: u64,
    /// What blocks are made by; 0 where the local part is too short.
    pub key: u64,
}

/// A name as a list of numbered words.
#[derive(Debug, Clone, Copy, Default)]
pub struct Name {
    pub words: [u32; WORDS],
    pub len: u8,
    /// All words joined.
    pub joined: u32,
    pub mask: u64,
}

/// What is known of a single word of a name.
#[derive(Debug, Clone, Copy, Default)]
pub struct Word {
    pub sound: u64,
    pub mask: u64,
    /// Its first letter and whether it has no other.
    pub first: u8,
    pub initial: bool,
    /// Names it may be a familiar form of.
    pub formal: [u32; 3],
    pub as_given: u32,
    pub as_surname: u32,
}

/// All records of both sides with the dictionaries of their forms.
#[derive(Debug, Default)]
pub struct People {
    pub people: Vec<Person>,
    /// How many of them are on the left; all of them when one file is compared with itself.
    pub left: usize,
    /// Where each stood in its table.
    pub places: Vec<u32>,
    pub words: Words,
    pub word_facts: Vec<Word>,
    pub joined: Words,
    pub given: Forms,
    pub given_names: Vec<Name>,
    pub surname: Forms,
    pub surnames: Vec<Name>,
    pub birth: Forms,
    pub dates: Vec<Date>,
    pub email: Forms,
    pub mails: Vec<Mail>,
    pub phone: Forms,
    pub street: Forms,
    pub street_name: Forms,
    pub street_numbers: Words,
    pub postcode: Forms,
    pub city: Forms,
    pub tax: Forms,
    pub others: [Forms; OTHERS],
}

/// What goes for all records of a run.
#[derive(Debug, Clone, Default)]
pub struct Customs {
    /// The country of phone numbers where a record names none.
    pub country: String,
    /// The order of parts of dates; found out where not given.
    pub date_order: Option<crate::normalize::date::DateOrder>,
}

impl Name {
    pub fn words(&self) -> &[u32] {
        &self.words[..usize::from(self.len)]
    }
}

impl Forms {
    pub(super) fn new() -> Self {
        let mut words = Words::default();
        words.number("");
        Self { words, ..Self::default() }
    }

    pub(super) fn seal(&mut self, used: impl Iterator<Item = u32>) {
        self.counts = vec![0; self.words.len()];
        for number in used {
            self.counts[number as usize] += 1;
        }
        self.counts[0] = 0;
        self.present = self.counts.iter().sum();
        self.hashes = self.words.iter().map(hash::text).collect();
        self.hashes[0] = 0;
        self.masks = self.words.iter().map(|text| mask(text.as_bytes())).collect();
        self.logs = self.counts.iter().map(|often| log_share(*often, self.present)).collect();
    }
}

/// The logarithm of the share of records that have a value by chance, when `often` of `present` have
/// it: one of them is the record itself.
pub fn log_share(often: u32, present: u32) -> f32 {
    let others = f64::from(often.saturating_sub(1).max(1));
    #[expect(clippy::cast_possible_truncation, reason = "seven digits are plenty")]
    let log = (others / f64::from(present.max(2))).ln() as f32;
    log
}

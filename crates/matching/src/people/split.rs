//! What is made of forms once all are known: the words of names, the parts of streets and addresses.

use super::{Forms, Mail, Name, People, Word};
use crate::distance::mask;
use crate::hash;
use crate::normalize::names::{WORDS, sound};
use crate::normalize::nicknames;
use crate::words::{Words, count};

impl People {
    pub(super) fn number_words(&mut self, given: Forms, surname: Forms) {
        self.words.number("");
        self.joined.number("");
        let name = |words: &mut Words, joined: &mut Words, text: &str| {
            let mut name = Name::default();
            for word in text.split(' ').filter(|word| !word.is_empty()).take(WORDS) {
                name.words[usize::from(name.len)] = words.number(word);
                name.len += 1;
            }
            let whole = text.replace(' ', "");
            name.mask = mask(whole.as_bytes());
            name.joined = joined.number(&whole);
            name
        };
        self.given_names =
            given.words.iter().map(|text| name(&mut self.words, &mut self.joined, text)).collect();
        self.surnames = surname
            .words
            .iter()
            .map(|text| name(&mut self.words, &mut self.joined, text))
            .collect();
        let forms = nicknames::forms();
        let known = self.words.len();
        let mut facts = Vec::with_capacity(known);
        for number in 0..known {
            let text = self.words.text(count(number)).to_owned();
            let mut fact = word(&text);
            for (slot, formal) in
                fact.formal.iter_mut().zip(forms.get(&*text).into_iter().flatten())
            {
                *slot = self.words.number(formal);
            }
            facts.push(fact);
        }
        for number in known..self.words.len() {
            facts.push(word(self.words.text(count(number))));
        }
        for (form, name) in self.given_names.iter().enumerate() {
            name.words()
                .iter()
                .for_each(|word| facts[*word as usize].as_given += given.counts[form]);
        }
        for (form, name) in self.surnames.iter().enumerate() {
            name.words()
                .iter()
                .for_each(|word| facts[*word as usize].as_surname += surname.counts[form]);
        }
        (self.word_facts, self.given, self.surname) = (facts, given, surname);
    }

    pub(super) fn split_streets(&mut self) {
        let mut names = Forms::new();
        self.street_numbers.number("");
        let mut split = |text: &str| {
            let (name, number) = text.rsplit_once(' ').unwrap_or((text, ""));
            (names.words.number(name), self.street_numbers.number(number))
        };
        let parts: Vec<(u32, u32)> = self.street.words.iter().map(&mut split).collect();
        for person in &mut self.people {
            (person.street_name, person.street_number) = parts[person.street as usize];
        }
        names.seal(self.people.iter().map(|person| person.street_name));
        self.street_name = names;
    }

    pub(super) fn split_mails(&mut self) {
        let mut locals = Words::default();
        locals.number("");
        let mut parts = Vec::with_capacity(self.email.words.len());
        for text in self.email.words.iter() {
            let (local, domain) = text.rsplit_once('@').unwrap_or((text, ""));
            let digits: String = local.chars().filter(char::is_ascii_digit).collect();
            let plain: String = local.chars().filter(|c| c.is_alphanumeric()).collect();
            let key = if plain.len() < 4 { 0 } else { hash::text(&plain) };
            self.mails.push(Mail { domain: hash::text(domain), digits: hash::text(&digits), key });
            parts.push((locals.number(local), mask(local.as_bytes())));
        }
        for person in &mut self.people {
            (person.local, person.local_mask) = parts[person.email as usize];
            let phone = self.phone.masks[person.phone as usize] >> 32 & 0xffff_ffff;
            person.phone_mask = count(usize::try_from(phone).unwrap_or(0));
        }
    }

    /// Whether one table is compared with itself.
    pub fn is_dedupe(&self) -> bool {
        self.left == self.people.len()
    }

    /// How many pairs there are in all.
    pub fn pairs(&self) -> f64 {
        let (all, left) = (self.people.len() as f64, self.left as f64);
        if self.is_dedupe() { all * (all - 1.0).max(1.0) / 2.0 } else { left * (all - left) }
    }
}

fn word(text: &str) -> Word {
    Word {
        sound: hash::text(&sound(text)),
        mask: mask(text.as_bytes()),
        first: text.bytes().next().unwrap_or(0),
        initial: text.len() == 1,
        ..Word::default()
    }
}

//! Sentences of the core in a reader's language: codes by their names, numbers, money and days as the locale writes them.

use std::collections::BTreeMap;

use lazo_domain::conversion::words::{Sentence, Word};
use lazo_domain::money::Currency;
use lazo_domain::time::Zone;

use crate::i18n::{Args, Locale};

/// Says sentences of merging.
pub struct Speaker<'a> {
    /// The language.
    pub locale: Locale,
    /// What codes are called, by code and language.
    pub names: &'a BTreeMap<String, BTreeMap<String, String>>,
    /// The currency of money.
    pub currency: Currency,
    /// The zone of days.
    pub zone: &'a Zone,
}

impl Speaker<'_> {
    /// One sentence.
    pub fn say(&self, sentence: &Sentence) -> String {
        let args = sentence
            .words
            .iter()
            .fold(Args::new(), |args, (name, word)| args.text(name, self.word(word)));
        self.locale.text(sentence.key, &args)
    }

    /// A heading, or any text without values.
    pub fn heading(&self, key: &str) -> String {
        self.locale.text(key, &Args::new())
    }

    /// What a code is called.
    pub fn name(&self, code: &str) -> String {
        let names = self.names.get(code).and_then(|names| self.locale.pick(names));
        names.unwrap_or(code).to_owned()
    }

    fn word(&self, word: &Word) -> String {
        match word {
            Word::Points(points, code) => {
                format!("{} {}", self.locale.number(*points, 0), self.name(code))
            }
            Word::Number(number) => self.locale.number(*number, 0),
            Word::Exact(exact) => self.locale.fraction(exact.num(), exact.den()),
            Word::Money(minor) => self.locale.money(*minor, self.currency),
            Word::Code(code) => self.name(code),
            Word::At(at) => self.locale.day(*at, self.zone),
            Word::Text(text) => text.clone(),
        }
    }
}

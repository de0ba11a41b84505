//! Given names and surnames: familiar forms, initials, one or two surnames in any order, columns
//! filled the wrong way around.

use super::{Agreement, DIFFERENT};
use crate::distance::{alike, may_be_alike, remotely_alike};
use crate::people::{Name, People, Person, log_share};

/// Equal but for a familiar form.
const FAMILIAR: u8 = 2;
/// One side has words that the other lacks, none against another.
const PART: u8 = 3;
/// A slip apart.
const ALIKE: u8 = 4;
/// Only an initial that fits.
const INITIAL: u8 = 5;
/// A word shared, another against it.
const SHARED: u8 = 6;

/// Both surnames equal, in any order.
const BOTH: u8 = 1;
/// The one surname of both is equal.
const SINGLE: u8 = 2;
/// One word equal, another differs.
const ONE_DIFFERS: u8 = 5;
/// One word alike, another differs.
const ONE_ALIKE: u8 = 6;

pub fn names(people: &People, a: &Person, b: &Person) -> (Agreement, Agreement) {
    let given = given(people, a.given, b.given);
    let surname = surname(people, a.surname, b.surname);
    if given.level == DIFFERENT
        && surname.level == DIFFERENT
        && let Some(swapped) = swapped(people, a, b)
    {
        return swapped;
    }
    (given, surname)
}

fn given(people: &People, a: u32, b: u32) -> Agreement {
    if a == 0 || b == 0 {
        return Agreement::MISSING;
    }
    let (x, y) = (&people.given_names[a as usize], &people.given_names[b as usize]);
    if a == b {
        let only_initial = x.len == 1 && people.words.text(x.words[0]).len() == 1;
        return if only_initial {
            Agreement::level(INITIAL)
        } else {
            Agreement::on(1, people.given.logs[a as usize])
        };
    }
    if x.joined == y.joined {
        let often = people.given.counts[a as usize].max(people.given.counts[b as usize]);
        return Agreement::on(1, log_share(often, people.given.present));
    }
    let (short, long) = if x.len <= y.len { (x, y) } else { (y, x) };
    let mut found = Found::default();
    for word in short.words() {
        found.count(people, *word, long);
    }
    let all = found.same == short.len;
    let chance = || log_share(found.often, people.given.present);
    if all && short.len == long.len {
        return Agreement::on(FAMILIAR, chance());
    }
    if found.same > 0 && found.same + found.initials == short.len {
        return Agreement::on(PART, chance());
    }
    if found.same + found.alike == short.len && found.alike > 0 || joined_alike(people, x, y) {
        return Agreement::level(ALIKE);
    }
    if found.initials > 0 && found.initials + found.same + found.alike == short.len {
        return Agreement::level(INITIAL);
    }
    Agreement::level(if found.same > 0 || remote(people, x, y) { SHARED } else { DIFFERENT })
}

#[derive(Default)]
struct Found {
    same: u8,
    alike: u8,
    initials: u8,
    often: u32,
}

impl Found {
    /// Looks one word of the shorter name up among the words of the longer.
    fn count(&mut self, people: &People, word: u32, long: &Name) {
        if let Some(other) = long.words().iter().find(|other| same(people, word, **other)) {
            self.same += 1;
            let often = formal_count(people, word).max(formal_count(people, *other));
            self.often = if self.often == 0 { often } else { self.often.min(often) };
            return;
        }
        let facts = &people.word_facts[word as usize];
        let mut near = false;
        for other in long.words() {
            let others = &people.word_facts[*other as usize];
            if (facts.initial || others.initial) && facts.first == others.first {
                self.initials += 1;
                return;
            }
            near |= words_alike(people, word, *other) || begins(people, word, *other);
        }
        self.alike += u8::from(near);
    }
}

/// How often a word or the name it stands for occurs.
fn formal_count(people: &People, word: u32) -> u32 {
    let facts = &people.word_facts[word as usize];
    let formal = facts.formal.iter().filter(|formal| **formal != 0);
    let often =
        formal.map(|formal| people.word_facts[*formal as usize].as_given).max().unwrap_or(0);
    often.max(facts.as_given)
}

fn same(people: &People, a: u32, b: u32) -> bool {
    if a == b {
        return true;
    }
    let (x, y) = (&people.word_facts[a as usize].formal, &people.word_facts[b as usize].formal);
    x[0] != 0 && (x.contains(&b) || x.iter().any(|formal| *formal != 0 && y.contains(formal)))
        || y[0] != 0 && y.contains(&a)
}

fn words_alike(people: &People, a: u32, b: u32) -> bool {
    may_be_alike(people.word_facts[a as usize].mask, people.word_facts[b as usize].mask)
        && alike(people.words.text(a).as_bytes(), people.words.text(b).as_bytes())
}

/// Whether one word is the beginning of the other: a short form nobody listed.
fn begins(people: &People, a: u32, b: u32) -> bool {
    let (x, y) = (&people.word_facts[a as usize], &people.word_facts[b as usize]);
    if x.first != y.first || x.mask & y.mask != x.mask && x.mask & y.mask != y.mask {
        return false;
    }
    let (a, b) = (people.words.text(a), people.words.text(b));
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    short.len() >= 3 && long.starts_with(short)
}

/// Whether two names have several slips between them.
fn remote(people: &People, a: &Name, b: &Name) -> bool {
    let text = |name: &Name| people.joined.text(name.joined).as_bytes();
    (a.mask ^ b.mask).count_ones() <= 6 && remotely_alike(text(a), text(b))
}

fn joined_alike(people: &People, a: &Name, b: &Name) -> bool {
    may_be_alike(a.mask, b.mask)
        && alike(people.joined.text(a.joined).as_bytes(), people.joined.text(b.joined).as_bytes())
}

fn surname(people: &People, a: u32, b: u32) -> Agreement {
    if a == 0 || b == 0 {
        return Agreement::MISSING;
    }
    let (x, y) = (&people.surnames[a as usize], &people.surnames[b as usize]);
    let chance =
        |word: u32| log_share(people.word_facts[word as usize].as_surname, people.surname.present);
    if a == b {
        let level = if x.len >= 2 { BOTH } else { SINGLE };
        return Agreement::on(level, x.words().iter().map(|word| chance(*word)).sum());
    }
    let (short, long) = if x.len <= y.len { (x, y) } else { (y, x) };
    let mut shared = 0;
    let mut log = 0.0;
    for word in short.words().iter().filter(|word| long.words().contains(word)) {
        shared += 1;
        log += chance(*word);
    }
    if shared == short.len {
        let level = if short.len < long.len {
            PART
        } else if shared >= 2 {
            BOTH
        } else {
            SINGLE
        };
        return Agreement::on(level, log);
    }
    if people.surnames[a as usize].joined == people.surnames[b as usize].joined
        || joined_alike(people, x, y)
    {
        return Agreement::level(ALIKE);
    }
    let close = |word: &&u32| {
        !long.words().contains(word)
            && long.words().iter().any(|other| words_alike(people, **word, *other))
    };
    let similar = short.words().iter().filter(close).count();
    if shared as usize + similar == usize::from(short.len) {
        return Agreement::level(ALIKE);
    }
    match (shared, similar) {
        (0, 0) if !remote(people, x, y) => Agreement::level(DIFFERENT),
        (0, _) => Agreement::level(ONE_ALIKE),
        _ => Agreement::on(ONE_DIFFERS, log),
    }
}

/// Given name and surname in each other's column.
fn swapped(people: &People, a: &Person, b: &Person) -> Option<(Agreement, Agreement)> {
    let given = |person: &Person| people.given_names[person.given as usize];
    let surname = |person: &Person| people.surnames[person.surname as usize];
    let crossed = |given: Name, surname: Name| {
        let word = given.words().first()?;
        surname.words().contains(word).then_some(*word)
    };
    let (one, two) = (crossed(given(a), surname(b))?, crossed(given(b), surname(a))?);
    let often = |word: u32| {
        let facts = &people.word_facts[word as usize];
        log_share(facts.as_given.max(facts.as_surname), people.surname.present)
    };
    Some((Agreement::on(ALIKE, often(one)), Agreement::on(ALIKE, often(two))))
}

//! How two records agree, field by field, in a few levels each.

pub mod fields;
pub use fields::made_of_name;
mod names;

use crate::people::{OTHERS, People, Person};

/// How many comparisons a pair consists of.
pub const COMPARISONS: usize = 9 + OTHERS;
/// Most levels of a comparison; 0 is "not known on one side", the last is "different".
pub const LEVELS: usize = 8;

/// Given names.
pub const GIVEN: usize = 0;
/// Surnames.
pub const SURNAME: usize = 1;
/// Dates of birth.
pub const BIRTH: usize = 2;
/// E-mail addresses.
pub const EMAIL: usize = 3;
/// Phone numbers.
pub const PHONE: usize = 4;
/// Streets with house numbers.
pub const STREET: usize = 5;
/// Postcodes and towns.
pub const AREA: usize = 6;
/// Tax numbers.
pub const TAX: usize = 7;
/// Genders, where given names do not tell them.
pub const GENDER: usize = 8;
/// The first of the other fields.
pub const OTHER: usize = 9;

/// Not known on at least one side.
pub const MISSING: u8 = 0;
/// The strongest agreement.
pub const EQUAL: u8 = 1;
/// Known on both sides, and nothing agrees.
pub const DIFFERENT: u8 = 7;

/// Names of the comparisons.
pub const NAMES: [&str; COMPARISONS] = [
    "given name",
    "surname",
    "birth date",
    "email",
    "phone",
    "street",
    "area",
    "tax id",
    "gender",
    "other 1",
    "other 2",
    "other 3",
    "other 4",
];

/// What each level of each comparison means.
pub const MEANINGS: [[&str; LEVELS]; 9] = [
    [
        "",
        "equal",
        "familiar form",
        "one has more names",
        "alike",
        "initial fits",
        "one name shared or remotely alike",
        "differs",
    ],
    [
        "",
        "both equal",
        "equal",
        "one has more surnames",
        "alike",
        "one shared, another differs",
        "one alike or remotely alike",
        "differs",
    ],
    ["", "equal", "one slip", "two parts equal", "year equal", "one part equal", "", "differs"],
    [
        "",
        "equal",
        "equal, made of the name",
        "equal but for the provider",
        "alike",
        "",
        "",
        "differs",
    ],
    ["", "equal", "one slip", "", "", "", "", "differs"],
    [
        "",
        "equal",
        "alike",
        "street equal, number not",
        "street alike, number not",
        "",
        "",
        "differs",
    ],
    ["", "postcode equal", "postcode alike", "town equal", "", "", "", "differs"],
    ["", "equal", "one slip", "", "", "", "", "differs"],
    ["", "equal", "", "", "", "", "", "differs"],
];

/// What the levels of another field mean.
pub const OTHER_MEANINGS: [&str; LEVELS] = ["", "equal", "alike", "", "", "", "", "differs"];

/// A level, and where it is an agreement on a certain value, the logarithm of how likely that is by
/// chance; not a number elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct Agreement {
    pub level: u8,
    pub log: f32,
}

impl Agreement {
    const MISSING: Self = Self { level: MISSING, log: 0.0 };

    const fn level(level: u8) -> Self {
        Self { level, log: f32::NAN }
    }

    const fn on(level: u8, log: f32) -> Self {
        Self { level, log }
    }
}

/// How two records agree.
pub type Comparison = [Agreement; COMPARISONS];

/// Compares two records.
pub fn compare(people: &People, a: &Person, b: &Person) -> Comparison {
    let mut all = [Agreement::MISSING; COMPARISONS];
    (all[GIVEN], all[SURNAME]) = names::names(people, a, b);
    all[BIRTH] = fields::birth(people, a.birth, b.birth);
    all[EMAIL] = fields::email(people, a, b);
    all[PHONE] = fields::phone(people, a, b);
    all[STREET] = fields::street(people, a, b);
    all[AREA] = fields::area(people, a, b);
    all[TAX] = fields::number(&people.tax, a.tax, b.tax);
    all[GENDER] = fields::gender(a.gender, b.gender, all[GIVEN].level);
    for index in 0..OTHERS {
        all[OTHER + index] = fields::other(&people.others[index], a.others[index], b.others[index]);
    }
    all
}

/// The levels of a comparison in one number, three bits each.
pub fn pattern(comparison: &Comparison) -> u64 {
    let bits = comparison.iter().enumerate();
    bits.fold(0, |pattern, (index, agreement)| pattern | u64::from(agreement.level) << (3 * index))
}

/// The level of one comparison in a pattern.
#[inline]
pub fn level(pattern: u64, index: usize) -> u8 {
    (pattern >> (3 * index) & 7) as u8
}

//! The compact form of what is packed: fields in a fixed order without their names, numbers as short as they are, and a
//! text or a long number that came before told by its place.
//!
//! What the values of the core look like in it stands in [`forms`].

mod forms;
#[cfg(test)]
pub(super) mod tests;

use std::collections::BTreeMap;

use lazo_domain::label::Label;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;

/// The most texts, and the most long numbers, that are remembered: whoever packs looks through all of them.
const REMEMBERED: usize = 64;

/// What can be packed.
pub(super) trait Packed: Sized {
    /// Appends it.
    fn put<'a>(&'a self, to: &mut Packer<'a>);
    /// Reads it back.
    fn take(from: &mut Unpacker<'_>) -> Result<Self, StoreError>;
    /// Anything, for tests.
    #[cfg(test)]
    fn any(dice: &mut tests::Dice) -> Self;
}

/// What is packed so far.
pub(super) struct Packer<'a> {
    octets: Vec<u8>,
    texts: Vec<&'a str>,
    marks: Vec<i64>,
    failed: Option<StoreError>,
}

impl<'a> Packer<'a> {
    /// Begins with an octet that names the form.
    pub fn new(form: u8) -> Self {
        let mut octets = Vec::with_capacity(512);
        octets.push(form);
        Self { octets, texts: Vec::with_capacity(16), marks: Vec::with_capacity(16), failed: None }
    }

    /// All of it.
    pub fn done(self) -> Result<Vec<u8>, StoreError> {
        match self.failed {
            None => Ok(self.octets),
            Some(error) => Err(error),
        }
    }

    /// One octet.
    pub fn octet(&mut self, octet: u8) {
        self.octets.push(octet);
    }

    /// Seven bits an octet, the lowest first; the last octet has its highest bit free.
    fn count(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.octets.push(low(number) | 0x80);
            number >>= 7;
        }
        self.octets.push(low(number));
    }

    fn length(&mut self, length: usize) {
        self.count(u64::try_from(length).unwrap_or(u64::MAX));
    }

    /// Small ones are short whichever their sign.
    fn number(&mut self, number: i64) {
        self.count(((number << 1) ^ (number >> 63)).cast_unsigned());
    }

    /// A text that came before by its place, twice and one more; another by its length, twice, and its octets.
    fn text(&mut self, text: &'a str) {
        if let Some(place) = self.texts.iter().position(|known| *known == text) {
            return self.length(place * 2 + 1);
        }
        if self.texts.len() < REMEMBERED {
            self.texts.push(text);
        }
        self.length(text.len() * 2);
        self.octets.extend_from_slice(text.as_bytes());
    }

    /// An id or an instant: one that came before by its place, counted from one.
    fn mark(&mut self, mark: i64) {
        if let Some(place) = self.marks.iter().position(|known| *known == mark) {
            return self.length(place + 1);
        }
        if self.marks.len() < REMEMBERED {
            self.marks.push(mark);
        }
        self.count(0);
        self.number(mark);
    }

    /// Something that is packed seldom: MessagePack, its length before it.
    pub fn foreign(&mut self, value: &impl Serialize) {
        match rmp_serde::encode::to_vec_named(value) {
            Ok(octets) => {
                self.length(octets.len());
                self.octets.extend_from_slice(&octets);
            }
            Err(error) => {
                let why = format!("an event cannot be packed: {error}");
                self.failed = Some(StoreError::Shape(why));
            }
        }
    }
}

fn low(number: u64) -> u8 {
    (number & 0x7f) as u8
}

/// What is still to be read.
pub(super) struct Unpacker<'a> {
    rest: &'a [u8],
    texts: Vec<&'a str>,
    marks: Vec<i64>,
}

impl<'a> Unpacker<'a> {
    /// Reads `octets`, which follow the octet that names the form.
    pub fn new(octets: &'a [u8]) -> Self {
        Self { rest: octets, texts: Vec::new(), marks: Vec::new() }
    }

    /// Nothing may follow.
    pub fn end(&self) -> Result<(), StoreError> {
        if self.rest.is_empty() { Ok(()) } else { Err(damaged("something follows it")) }
    }

    /// One octet.
    pub fn octet(&mut self) -> Result<u8, StoreError> {
        self.rest.split_off_first().copied().ok_or_else(|| damaged("it is cut off"))
    }

    fn count(&mut self) -> Result<u64, StoreError> {
        let mut number = 0;
        for place in 0..10 {
            let octet = self.octet()?;
            let bits = u64::from(octet & 0x7f);
            if place == 9 && bits > 1 {
                break;
            }
            number |= bits << (place * 7);
            if octet < 0x80 {
                return Ok(number);
            }
        }
        Err(damaged("a number is too long"))
    }

    /// How many follow, of which each takes an octet at least.
    fn length(&mut self) -> Result<usize, StoreError> {
        let length = usize::try_from(self.count()?).unwrap_or(usize::MAX);
        if length > self.rest.len() { Err(damaged("it is cut off")) } else { Ok(length) }
    }

    fn number(&mut self) -> Result<i64, StoreError> {
        let folded = self.count()?;
        Ok((folded >> 1).cast_signed() ^ -(folded & 1).cast_signed())
    }

    fn text(&mut self) -> Result<&'a str, StoreError> {
        let told = self.count()?;
        let half = usize::try_from(told / 2).unwrap_or(usize::MAX);
        if told % 2 == 1 {
            return self.texts.get(half).copied().ok_or_else(|| damaged("a text is not there"));
        }
        let octets = self.rest.split_off(..half).ok_or_else(|| damaged("a text is cut off"))?;
        let text = std::str::from_utf8(octets).map_err(|_| damaged("a text is no text"))?;
        if self.texts.len() < REMEMBERED {
            self.texts.push(text);
        }
        Ok(text)
    }

    fn mark(&mut self) -> Result<i64, StoreError> {
        let place = usize::try_from(self.count()?).unwrap_or(usize::MAX);
        if let Some(place) = place.checked_sub(1) {
            return self.marks.get(place).copied().ok_or_else(|| damaged("a number is not there"));
        }
        let mark = self.number()?;
        if self.marks.len() < REMEMBERED {
            self.marks.push(mark);
        }
        Ok(mark)
    }

    /// What [`Packer::foreign`] packed.
    pub fn foreign<T: DeserializeOwned>(&mut self) -> Result<T, StoreError> {
        let length = self.length()?;
        let octets = self.rest.split_off(..length).unwrap_or_default();
        rmp_serde::from_slice(octets).map_err(|e| damaged(&e.to_string()))
    }
}

fn damaged(why: &str) -> StoreError {
    StoreError::Corrupt(format!("an event's detail: {why}"))
}

impl Packed for i64 {
    fn put<'a>(&'a self, to: &mut Packer<'a>) {
        to.number(*self);
    }
    fn take(from: &mut Unpacker<'_>) -> Result<Self, StoreError> {
        from.number()
    }
    #[cfg(test)]
    fn any(dice: &mut tests::Dice) -> Self {
        dice.number()
    }
}

impl Packed for bool {
    fn put<'a>(&'a self, to: &mut Packer<'a>) {
        to.octet(u8::from(*self));
    }
    fn take(from: &mut Unpacker<'_>) -> Result<Self, StoreError> {
        match from.octet()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(damaged("neither yes nor no")),
        }
    }
    #[cfg(test)]
    fn any(dice: &mut tests::Dice) -> Self {
        dice.below(2) == 1
    }
}

impl Packed for String {
    fn put<'a>(&'a self, to: &mut Packer<'a>) {
        to.text(self);
    }
    fn take(from: &mut Unpacker<'_>) -> Result<Self, StoreError> {
        from.text().map(str::to_owned)
    }
    #[cfg(test)]
    fn any(dice: &mut tests::Dice) -> Self {
        dice.text()
    }
}

impl Packed for Label {
    fn put<'a>(&'a self, to: &mut Packer<'a>) {
        to.text(self);
    }
    fn take(from: &mut Unpacker<'_>) -> Result<Self, StoreError> {
        from.text().map(Self::from)
    }
    #[cfg(test)]
    fn any(dice: &mut tests::Dice) -> Self {
        dice.text().into()
    }
}

impl<T: Packed> Packed for Option<T> {
    fn put<'a>(&'a self, to: &mut Packer<'a>) {
        to.octet(u8::from(self.is_some()));
        if let Some(value) = self {
            value.put(to);
        }
    }
    fn take(from: &mut Unpacker<'_>) -> Result<Self, StoreError> {
        if bool::take(from)? { T::take(from).map(Some) } else { Ok(None) }
    }
    #[cfg(test)]
    fn any(dice: &mut tests::Dice) -> Self {
        bool::any(dice).then(|| T::any(dice))
    }
}

impl<T: Packed> Packed for Vec<T> {
    fn put<'a>(&'a self, to: &mut Packer<'a>) {
        to.length(self.len());
        self.iter().for_each(|value| value.put(to));
    }
    fn take(from: &mut Unpacker<'_>) -> Result<Self, StoreError> {
        (0..from.length()?).map(|_| T::take(from)).collect()
    }
    #[cfg(test)]
    fn any(dice: &mut tests::Dice) -> Self {
        (0..dice.below(4)).map(|_| T::any(dice)).collect()
    }
}

impl<K: Packed + Ord, V: Packed> Packed for BTreeMap<K, V> {
    fn put<'a>(&'a self, to: &mut Packer<'a>) {
        to.length(self.len());
        for (key, value) in self {
            key.put(to);
            value.put(to);
        }
    }
    fn take(from: &mut Unpacker<'_>) -> Result<Self, StoreError> {
        (0..from.length()?).map(|_| <(K, V)>::take(from)).collect()
    }
    #[cfg(test)]
    fn any(dice: &mut tests::Dice) -> Self {
        (0..dice.below(3)).map(|_| <(K, V)>::any(dice)).collect()
    }
}

impl<A: Packed, B: Packed> Packed for (A, B) {
    fn put<'a>(&'a self, to: &mut Packer<'a>) {
        self.0.put(to);
        self.1.put(to);
    }
    fn take(from: &mut Unpacker<'_>) -> Result<Self, StoreError> {
        Ok((A::take(from)?, B::take(from)?))
    }
    #[cfg(test)]
    fn any(dice: &mut tests::Dice) -> Self {
        (A::any(dice), B::any(dice))
    }
}

impl<A: Packed, B: Packed, C: Packed> Packed for (A, B, C) {
    fn put<'a>(&'a self, to: &mut Packer<'a>) {
        self.0.put(to);
        self.1.put(to);
        self.2.put(to);
    }
    fn take(from: &mut Unpacker<'_>) -> Result<Self, StoreError> {
        Ok((A::take(from)?, B::take(from)?, C::take(from)?))
    }
    #[cfg(test)]
    fn any(dice: &mut tests::Dice) -> Self {
        (A::any(dice), B::any(dice), C::any(dice))
    }
}

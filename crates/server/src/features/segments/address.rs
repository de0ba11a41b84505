//! A postal address from what is known of a member, checked and written as Spain and Mexico write it.

use lazo_matching::normalize::text::fold;
use sha2::{Digest, Sha256};

use super::facts::Person;

/// The attributes that an address is made of; `country` and `region` may be missing.
pub const ATTRIBUTES: [&str; 7] =
    ["given_name", "surname", "address", "postal_code", "city", "region", "country"];
/// The longest line that an envelope's window shows.
const MAX_LINE: usize = 60;
/// Words that say that what follows is a street: written or not, it is the same home.
const KINDS: [&str; 5] = ["c", "cl", "calle", "street", "st"];

/// Where a letter goes. Personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// To whom.
    pub name: String,
    /// Street, number and door.
    pub street: String,
    /// The postal code.
    pub postal_code: String,
    /// The place.
    pub city: String,
    /// The province or state; empty when it is not known.
    pub region: String,
    /// ISO 3166-1 code.
    pub country: String,
}

/// The address of somebody, in `home` unless another country is known; nothing when the post could not bring it.
#[must_use]
pub fn of(person: &Person, home: &str) -> Option<Address> {
    let known = |name: &str| {
        let found = person.attributes.get(name).map(String::as_str).unwrap_or_default();
        let one: Vec<&str> = found.split_whitespace().collect();
        one.join(" ")
    };
    let [given, surname, street, postal_code, city, region, country] = ATTRIBUTES.map(known);
    let name = format!("{given} {surname}").trim().to_owned();
    let country = if country.is_empty() { home.to_owned() } else { country.to_uppercase() };
    let postal_code = postal_code.to_uppercase();
    let found = Address { name, street, postal_code, city, region, country };
    found.is_whole().then_some(found)
}

impl Address {
    /// Is everything there that the post needs, and may the postal code be one of the country?
    fn is_whole(&self) -> bool {
        let lines = [&self.name, &self.street, &self.city];
        let fit = lines.iter().all(|line| (2..=MAX_LINE).contains(&line.chars().count()));
        let digits =
            self.postal_code.len() == 5 && self.postal_code.bytes().all(|b| b.is_ascii_digit());
        let code = match self.country.as_str() {
            "ES" => digits && ("01".."53").contains(&&self.postal_code[..2]),
            "MX" => digits && &self.postal_code[..2] > "00",
            "US" => digits || self.postal_code.len() == 10,
            _ => (3..=10).contains(&self.postal_code.len()),
        };
        let country =
            self.country.len() == 2 && self.country.bytes().all(|b| b.is_ascii_uppercase());
        fit && country && code && self.region.chars().count() <= MAX_LINE
    }

    /// The lines on the letter, for a sender in `home`.
    #[must_use]
    pub fn lines(&self, home: &str) -> Vec<String> {
        let Self { postal_code, city, region, .. } = self;
        let elsewhere = !region.is_empty() && fold(region) != fold(city);
        let place = match self.country.as_str() {
            "MX" if elsewhere => format!("C.P. {postal_code}, {city}, {region}"),
            "MX" => format!("C.P. {postal_code}, {city}"),
            _ if elsewhere => format!("{postal_code} {city} ({region})"),
            _ => format!("{postal_code} {city}"),
        };
        let mut lines = vec![self.name.clone(), self.street.clone(), place];
        if self.country != home {
            lines.push(match self.country.as_str() {
                "ES" => "ESPAÑA".to_owned(),
                "MX" => "MÉXICO".to_owned(),
                other => other.to_owned(),
            });
        }
        lines
    }

    /// What letters are sorted by for the post: country, postal code, street, name.
    #[must_use]
    pub fn sort(&self) -> String {
        let tail = format!("{} {}", fold(&self.street), fold(&self.name));
        format!("{} {} {tail}", self.country, self.postal_code)
    }

    /// The same for everybody who lives there, however the street is written.
    #[must_use]
    pub fn home(&self) -> Vec<u8> {
        let folded = fold(&self.street);
        let words = folded.split(' ').enumerate();
        let words = words.filter(|(at, word)| *at > 0 || !KINDS.contains(word));
        let street: String = words.map(|(_, word)| word).collect();
        Sha256::digest(format!("{}/{}/{street}", self.country, self.postal_code)).to_vec()
    }
}

//! Streets and places: kinds of street and particles go, number and name come apart.

use std::sync::OnceLock;

use super::names::is_particle;
use super::text::fold;
use crate::hash::Set;

/// A street in its parts, folded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Street {
    /// The name without its kind and its particles, words joined.
    pub name: String,
    /// The house number with its letter, or nothing.
    pub number: String,
}

/// Kinds of street and other words that tell no street from another, folded.
const KINDS: &[&str] = &[
    "c",
    "cl",
    "calle",
    "cll",
    "av",
    "avd",
    "avda",
    "avenida",
    "ave",
    "pl",
    "plz",
    "pza",
    "plza",
    "plaza",
    "placa",
    "po",
    "pso",
    "ps",
    "paseo",
    "passeig",
    "cno",
    "cmno",
    "cm",
    "cami",
    "camino",
    "ctra",
    "carretera",
    "trv",
    "trav",
    "travesia",
    "travessera",
    "rda",
    "ronda",
    "rua",
    "carrer",
    "cr",
    "crer",
    "via",
    "gta",
    "glorieta",
    "urb",
    "urbanizacion",
    "blvd",
    "bvd",
    "boulevard",
    "bulevar",
    "calz",
    "calzada",
    "priv",
    "privada",
    "cda",
    "cerrada",
    "andador",
    "prol",
    "prolongacion",
    "circ",
    "circuito",
    "callejon",
    "cjon",
    "col",
    "colonia",
    "fracc",
    "st",
    "street",
    "str",
    "strasse",
    "rd",
    "road",
    "avenue",
    "dr",
    "drive",
    "ln",
    "lane",
    "ct",
    "court",
    "pde",
    "parade",
    "cres",
    "crescent",
    "close",
    "cct",
    "way",
    "tce",
    "terrace",
    "place",
    "rue",
    "chemin",
    "allee",
    "viale",
    "piazza",
    "corso",
    "praca",
    "travessa",
    "estrada",
    "rodovia",
    "platz",
    "weg",
    "no",
    "num",
    "numero",
    "nro",
    "n",
    "s",
    "sn",
];

/// Takes a street apart: `C/ del Río 6, 2º B` is `rio` and `6`; `17 Wallaby Place` is `wallaby`, `17`.
#[must_use]
pub fn street(raw: &str) -> Street {
    let folded = fold(raw);
    let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    let starts_with_digit = |word: &&&str| word.starts_with(|c: char| c.is_ascii_digit());
    let at = words.iter().position(|word| starts_with_digit(&word));
    let (before, number, after) = match at {
        Some(at) => (&words[..at], words[at], &words[at + 1..]),
        None => (&words[..], "", &words[..0]),
    };
    let telling = telling(before);
    let (name, number) = match (telling.is_empty(), date_street(number, after)) {
        (false, _) => (telling, number),
        (true, Some((name, number))) => (name, number),
        (true, None) if after.is_empty() => (name_of(before), number),
        (true, None) => (name_of(after), number),
    };
    Street { name, number: number.to_owned() }
}

/// `16 de Septiembre 2`: a street named after a day, with its own number behind.
fn date_street<'a>(first: &str, after: &[&'a str]) -> Option<(String, &'a str)> {
    let at = after.iter().position(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let particle = after.first().is_some_and(|word| is_particle(word));
    particle.then(|| (format!("{first}{}", name_of(&after[..at])), after[at]))
}

/// The words that tell a street from another, joined.
fn telling(words: &[&str]) -> String {
    words.iter().filter(|word| !is_particle(word) && !is_kind(word)).copied().collect()
}

/// The same, or all words where none tells anything: `Calle Plaza` is a name, too.
fn name_of(words: &[&str]) -> String {
    let name = telling(words);
    if name.is_empty() { words.concat() } else { name }
}

fn is_kind(word: &str) -> bool {
    static SET: OnceLock<Set<&str>> = OnceLock::new();
    SET.get_or_init(|| KINDS.iter().copied().collect()).contains(word)
}

/// A place's name, folded, without particles: `Ciudad de México` is `ciudad mexico`.
#[must_use]
pub fn place(raw: &str) -> String {
    let folded = fold(raw);
    let words: Vec<&str> = folded.split(' ').filter(|word| !is_particle(word)).collect();
    match &*words.join(" ") {
        "cdmx" | "df" | "mexico df" | "d f" | "mexico d f" | "mexico city" => {
            "ciudad mexico".to_owned()
        }
        "" => folded,
        "coruna" | "a coruna" | "la coruna" => "coruna".to_owned(),
        joined => joined.to_owned(),
    }
}

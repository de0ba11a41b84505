//! Names of people: words without particles, in order, and how a word sounds.

use super::text::fold;

/// Most words of a name that are kept.
pub const WORDS: usize = 4;

/// Small words between names, folded; they come and go between files.
const PARTICLES: &[&str] = &[
    "de", "del", "la", "las", "los", "el", "y", "e", "i", "da", "das", "do", "dos", "di", "della",
    "van", "von", "der", "den", "ter", "zu", "le", "du", "des", "al", "bin", "ibn", "the", "of",
    "und", "et",
];

/// Titles and suffixes, folded.
const TITLES: &[&str] = &[
    "mr", "mrs", "ms", "miss", "dr", "dra", "don", "dona", "sr", "sra", "srta", "sir", "jr", "lic",
    "ing", "prof", "rev", "d", "herr", "frau",
];

/// Whether a folded word is a particle.
#[must_use]
pub fn is_particle(word: &str) -> bool {
    word.len() <= 5 && PARTICLES.contains(&word)
}

/// The words of a given name, folded, without particles and titles: `Mª del Carmen` is `ma`, `carmen`.
#[must_use]
pub fn given_words(raw: &str) -> Vec<String> {
    words(raw, |word| {
        is_particle(word) || (TITLES.contains(&word) && raw.trim().len() > word.len() + 2)
    })
}

/// The words of one or two surnames, folded, without particles: `de la O` is `o`.
#[must_use]
pub fn surname_words(raw: &str) -> Vec<String> {
    words(raw, is_particle)
}

fn words(raw: &str, leave_out: impl Fn(&str) -> bool) -> Vec<String> {
    let folded = fold(raw);
    let all = || folded.split(' ').filter(|word| !word.is_empty());
    let mut kept: Vec<String> = all().filter(|word| !leave_out(word)).map(str::to_owned).collect();
    if kept.is_empty() {
        kept = all().map(str::to_owned).collect();
    }
    kept.truncate(WORDS);
    kept
}

/// How a folded word sounds, roughly: Spanish spellings of one sound become one, vowels behind the
/// first letter go. Words that sound alike are looked at together; nothing is decided by it.
#[must_use]
pub fn sound(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut code = String::new();
    for (index, letter) in letters.iter().enumerate() {
        let next = letters.get(index + 1).copied().unwrap_or(' ');
        let heard = match letter {
            'h' | 'a' | 'e' | 'i' | 'o' | 'u' | 'y' if !code.is_empty() => continue,
            'h' => continue,
            'v' | 'w' => 'b',
            'c' if matches!(next, 'e' | 'i') => 's',
            'c' if next == 'h' => 'x',
            'c' | 'q' => 'k',
            'z' => 's',
            'g' if matches!(next, 'e' | 'i') => 'j',
            'x' => 'j',
            'y' => 'i',
            'p' if next == 'h' => 'f',
            other => *other,
        };
        if !code.ends_with(heard) {
            code.push(heard);
        }
        if code.chars().count() == 5 {
            break;
        }
    }
    code
}

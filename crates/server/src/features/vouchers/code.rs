//! Voucher codes: drawn at random, easy to read aloud, with a check character against slips of the finger.

use crate::secrets::Entropy;

/// No 0, O, 1, I, L, U or Z: nothing that is taken for something else. 29 letters, a prime, so that the check letter
/// tells any two apart; 11 of them random are 53 bits.
const ALPHABET: &[u8] = b"23456789ABCDEFGHJKMNPQRSTVWXY";
/// Random letters of a code.
const DRAWN: usize = 11;

/// Draws a code such as `7KQ4-M2XD-9RTB`.
pub fn draw(entropy: &dyn Entropy) -> String {
    let mut letters = Vec::with_capacity(DRAWN + 1);
    while letters.len() < DRAWN {
        let mut octets = [0; 16];
        entropy.fill(&mut octets);
        // Octets past the last whole multiple of the alphabet are dropped, so that every letter is as likely.
        let fair = octets
            .iter()
            .filter(|octet| usize::from(**octet) < 256 / ALPHABET.len() * ALPHABET.len());
        letters.extend(fair.map(|octet| ALPHABET[usize::from(*octet) % ALPHABET.len()]));
        letters.truncate(DRAWN);
    }
    letters.push(check(&letters));
    spelled(&letters)
}

/// The form in which a code is stored, from however it was typed; `None` when it cannot be one.
pub fn read(text: &str) -> Option<String> {
    let letters: Vec<u8> = text
        .bytes()
        .filter(|b| !matches!(b, b'-' | b' '))
        .map(|b| b.to_ascii_uppercase())
        .collect();
    let (check_letter, drawn) = letters.split_last()?;
    let known = letters.iter().all(|letter| ALPHABET.contains(letter));
    (drawn.len() == DRAWN && known && check(drawn) == *check_letter).then(|| spelled(&letters))
}

/// The check letter: a weighted sum modulo the prime length of the alphabet finds any one wrong letter and
/// any two neighbours swapped.
fn check(letters: &[u8]) -> u8 {
    let place = |letter: &u8| ALPHABET.iter().position(|a| a == letter).unwrap_or(0);
    let sum: usize = letters.iter().enumerate().map(|(n, letter)| (n + 2) * place(letter)).sum();
    ALPHABET[sum % ALPHABET.len()]
}

fn spelled(letters: &[u8]) -> String {
    let groups: Vec<_> = letters.chunks(4).map(String::from_utf8_lossy).collect();
    groups.join("-")
}

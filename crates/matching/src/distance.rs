//! How many typing slips lie between two short texts.

/// Longest text that is compared; what is longer is cut, as a slip shows before.
const MAX: usize = 64;

/// The number of insertions, deletions, replacements and swaps of neighbors that turn one text into
/// the other, or `limit + 1` when there are more than `limit`.
#[must_use]
pub fn slips(a: &[u8], b: &[u8], limit: usize) -> usize {
    let (a, b) = (&a[..a.len().min(MAX)], &b[..b.len().min(MAX)]);
    let (a, b) = trim(a, b);
    let over = limit.saturating_add(1);
    if a.len().abs_diff(b.len()) > limit {
        return over;
    }
    if a.is_empty() || b.is_empty() {
        return a.len().max(b.len());
    }
    bit_parallel(a, b).min(over)
}

/// Cuts what both begin and end with.
fn trim<'a>(mut a: &'a [u8], mut b: &'a [u8]) -> (&'a [u8], &'a [u8]) {
    while let ([x, a_rest @ ..], [y, b_rest @ ..]) = (a, b)
        && x == y
    {
        (a, b) = (a_rest, b_rest);
    }
    while let ([a_rest @ .., x], [b_rest @ .., y]) = (a, b)
        && x == y
    {
        (a, b) = (a_rest, b_rest);
    }
    (a, b)
}

/// Optimal string alignment with one machine word a row (Hyyrö 2003).
fn bit_parallel(a: &[u8], b: &[u8]) -> usize {
    let mut places = [0_u64; 256];
    for (index, byte) in a.iter().enumerate() {
        places[usize::from(*byte)] |= 1 << index;
    }
    let last = 1_u64 << (a.len() - 1);
    let (mut plus, mut minus, mut diagonal, mut before) = (u64::MAX, 0_u64, 0_u64, 0_u64);
    let mut distance = a.len();
    for byte in b {
        let here = places[usize::from(*byte)];
        let swap = ((!diagonal & here) << 1) & before;
        diagonal = ((here & plus).wrapping_add(plus) ^ plus) | here | minus | swap;
        let up = minus | !(diagonal | plus);
        let down = plus & diagonal;
        distance = distance + usize::from(up & last != 0) - usize::from(down & last != 0);
        let up = (up << 1) | 1;
        plus = (down << 1) | !(diagonal | up);
        minus = up & diagonal;
        before = here;
    }
    distance
}

/// Which letters a text has, roughly: texts with very different masks are not alike.
#[must_use]
pub fn mask(text: &[u8]) -> u64 {
    text.iter().fold(0, |mask, byte| mask | 1 << (byte & 63))
}

/// Whether texts with these masks can be alike at all: a slip changes two letters at most.
#[must_use]
pub fn may_be_alike(a: u64, b: u64) -> bool {
    (a ^ b).count_ones() <= 4
}

/// Whether two texts of five letters or more have at most a third of them wrong.
#[must_use]
pub fn remotely_alike(a: &[u8], b: &[u8]) -> bool {
    let shorter = a.len().min(b.len());
    let limit = (shorter + 1) / 3;
    shorter >= 5 && slips(a, b, limit) <= limit
}

/// Whether two texts differ by so few slips that one may be a mistyped other: one slip up to seven
/// letters, two beyond, none below four.
#[must_use]
pub fn alike(a: &[u8], b: &[u8]) -> bool {
    let shorter = a.len().min(b.len());
    let limit = match shorter {
        0..=2 => 0,
        3..=7 => 1,
        _ => 2,
    };
    limit > 0 && slips(a, b, limit) <= limit
}

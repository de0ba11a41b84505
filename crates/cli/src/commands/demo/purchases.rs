//! Invented purchases: the same ones from the same seed, dated back from today.

use std::fmt::Write as _;

use lazo_domain::points::decimal;
use lazo_domain::time::{DAY, SECOND, Timestamp};

use super::random::Random;

/// How many cards buy, the first with number [`FIRST_CARD`].
const CARDS: u64 = 240;
const FIRST_CARD: u64 = 1_001;
/// How many days back the first purchase lies.
const DAYS: i64 = 400;
/// Products with their category and a usual price in cents.
const SHELF: &[(&str, &str, u64)] = &[
    ("tomatoes", "fresh", 239),
    ("oranges", "fresh", 329),
    ("bread", "fresh", 110),
    ("hake", "fresh", 1_290),
    ("olive oil", "pantry", 899),
    ("rice", "pantry", 185),
    ("chickpeas", "pantry", 149),
    ("coffee", "pantry", 449),
    ("detergent", "home", 729),
    ("wine", "drinks", 650),
];

/// The file of purchases up to `now`, as CSV, in the order in which they happened.
pub fn invented(now: Timestamp) -> String {
    let mut random = Random::new(2_026);
    let mut baskets: Vec<(Timestamp, u64)> = Vec::new();
    for card in 0..CARDS {
        // Some come every few days, some every few weeks, as in any shop.
        let gap = 3 + random.below(40);
        let mut at = now.0 - DAYS * DAY + signed(random.below(40)) * DAY;
        while at < now.0 - DAY {
            let opening = 9 * 3_600 + signed(random.below(12 * 3_600));
            baskets
                .push((Timestamp(at - at.rem_euclid(DAY) + opening * SECOND), FIRST_CARD + card));
            at += signed(1 + random.below(2 * gap)) * DAY;
        }
    }
    baskets.sort_unstable();
    let mut text = String::from("card,receipt,at,store,product,category,quantity,net\n");
    for (number, (at, card)) in baskets.iter().enumerate() {
        let store = 1 + random.below(12);
        for _ in 0..=random.below(6) {
            let place = usize::try_from(random.below(SHELF.len() as u64)).unwrap_or(0);
            let (product, category, price) = SHELF[place];
            let quantity = 1 + random.below(3);
            let net = decimal(signed(price * quantity), 2);
            let _ = writeln!(
                text,
                "{card},A{number:06},{at},{store},{product},{category},{quantity},{net}"
            );
        }
    }
    text
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(0)
}

//! Invented purchases: the same ones from the same seed, dated back from today.

use std::fmt::Write as _;

use lazo_domain::points::decimal;
use lazo_domain::time::{DAY, SECOND, Timestamp};

use super::random::Random;

/// The first card's number; its holder is the demo's member.
pub const FIRST_CARD: u64 = 1_001;
/// How many days back the first purchase lies.
const DAYS: i64 = 400;

/// A company that sells.
pub struct Shop {
    /// What its numbers begin from.
    pub seed: u64,
    /// How many cards buy, the first with number [`FIRST_CARD`].
    pub cards: u64,
    /// Days between two purchases at the least.
    pub gap: u64,
    /// What receipts begin with.
    pub letter: char,
    /// Its stores.
    pub stores: &'static [&'static str],
    /// Products with their category and a usual price in cents.
    pub shelf: &'static [(&'static str, &'static str, u64)],
    /// What the demo's member bought last: days ago, store, product, category, cents.
    pub last: &'static [(i64, &'static str, &'static str, &'static str, u64)],
}

/// A grocer.
pub const AURORA: Shop = Shop {
    seed: 2_026,
    cards: 240,
    gap: 3,
    letter: 'A',
    stores: &["Aurora Centro", "Aurora Norte", "Aurora Puerto", "Aurora Gran Vía", "Aurora Web"],
    shelf: &[
        ("Tomates", "fresh", 239),
        ("Naranjas", "fresh", 329),
        ("Pan de pueblo", "fresh", 110),
        ("Merluza", "fresh", 1_290),
        ("Aceite de oliva", "pantry", 899),
        ("Arroz", "pantry", 185),
        ("Garbanzos", "pantry", 149),
        ("Café", "pantry", 449),
        ("Detergente", "home", 729),
        ("Vino", "drinks", 650),
    ],
    last: &[
        (3, "Aurora Norte", "Bolsa", "home", 15),
        (2, "Aurora Centro", "Merluza", "fresh", 2_580),
        (2, "Aurora Centro", "Aceite de oliva", "pantry", 1_798),
    ],
};

/// A hotel.
pub const BRISA: Shop = Shop {
    seed: 2_027,
    cards: 120,
    gap: 30,
    letter: 'B',
    stores: &["Brisa Cádiz", "Brisa Palma", "Brisa San Sebastián", "Brisa Veracruz"],
    shelf: &[
        ("Habitación", "room", 12_900),
        ("Habitación con vistas", "room", 16_900),
        ("Cena", "restaurant", 4_200),
        ("Desayuno", "restaurant", 1_400),
        ("Spa", "spa", 4_500),
        ("Tasa turística", "tax", 180),
    ],
    last: &[
        (20, "Brisa Cádiz", "Habitación con vistas", "room", 33_800),
        (20, "Brisa Cádiz", "Cena", "restaurant", 8_400),
        (18, "Brisa Cádiz", "Tasa turística", "tax", 360),
    ],
};

/// The file of a company's purchases up to `now`, as CSV, in the order in which they happened.
pub fn invented(shop: &Shop, now: Timestamp) -> String {
    let mut random = Random::new(shop.seed);
    let mut baskets: Vec<(Timestamp, u64)> = Vec::new();
    for card in 0..shop.cards {
        // Some come every few days, some every few weeks, as in any shop.
        let gap = shop.gap + random.below(40);
        let mut at = now.0 - DAYS * DAY + signed(random.below(40)) * DAY;
        while at < now.0 - DAY {
            let opening = 9 * 3_600 + signed(random.below(12 * 3_600));
            baskets
                .push((Timestamp(at - at.rem_euclid(DAY) + opening * SECOND), FIRST_CARD + card));
            at += signed(1 + random.below(2 * gap)) * DAY;
        }
    }
    baskets.sort_unstable();
    let mut receipts = last(shop, now);
    for (number, (at, card)) in baskets.iter().enumerate() {
        let mut text = String::new();
        let store = pick(&mut random, shop.stores);
        for _ in 0..=random.below(6) {
            let (product, category, price) = pick(&mut random, shop.shelf);
            let quantity = 1 + random.below(3);
            let net = decimal(signed(price * quantity), 2);
            let _ = writeln!(
                text,
                "{card},{}{number:06},{at},{store},{product},{category},{quantity},{net}",
                shop.letter
            );
        }
        receipts.push((*at, text));
    }
    receipts.sort_by_key(|(at, _)| *at);
    let head = "card,receipt,at,store,product,category,quantity,net\n".to_owned();
    receipts.into_iter().fold(head, |all, (_, text)| all + &text)
}

/// What the demo's member bought last, one receipt a day, the earliest first.
fn last(shop: &Shop, now: Timestamp) -> Vec<(Timestamp, String)> {
    let mut receipts: Vec<(Timestamp, String)> = Vec::new();
    for (days, store, product, category, cents) in shop.last {
        let noon = now.0 - now.0.rem_euclid(DAY) - days * DAY + 11 * 3_600 * SECOND;
        let at = Timestamp(noon);
        let (net, letter) = (decimal(signed(*cents), 2), shop.letter);
        let line =
            format!("{FIRST_CARD},{letter}9{days:05},{at},{store},{product},{category},1,{net}\n");
        match receipts.last_mut() {
            Some((before, text)) if *before == at => text.push_str(&line),
            _ => receipts.push((at, line)),
        }
    }
    receipts
}

fn pick<T: Copy>(random: &mut Random, of: &[T]) -> T {
    *random.one(of)
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(0)
}

//! Invented purchases: the same ones from the same seed, dated back from today.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use lazo_domain::points::decimal;
use lazo_domain::time::{DAY, SECOND, Timestamp};

use super::random::Random;

/// The first card's number; its holder is the demo's member.
pub const FIRST_CARD: u64 = 1_001;
/// How many days back the first purchase lies.
const DAYS: i64 = 400;

/// Of the cards that leave, each stops buying so many days ago.
const LEFT_DAYS: i64 = 100;

/// A company that sells.
pub struct Shop {
    /// Which cards leave: every card whose place among so many is the last; 0 for none.
    pub leave_every: u64,
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
    leave_every: 3,
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
    leave_every: 0,
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

impl Shop {
    /// Does the card at this place stop buying? The demo's member stays.
    pub fn leaves(&self, place: u64) -> bool {
        self.leave_every > 0 && place % self.leave_every == self.leave_every - 1
    }
}

/// The file of a company's purchases up to `now`, as CSV, in the order in which they happened; and when each card was
/// used first, which is when its holder joined.
pub fn invented(shop: &Shop, now: Timestamp) -> (String, BTreeMap<u64, Timestamp>) {
    let mut random = Random::new(shop.seed);
    let mut baskets: Vec<(Timestamp, u64)> = Vec::new();
    for card in 0..shop.cards {
        // Some come every few days, some every few weeks, as in any shop.
        let gap = shop.gap + random.below(40);
        // Two in five were there from the beginning, and whoever left again; the others joined in the months since.
        let joins = if card % 5 < 2 || shop.leaves(card) { 40 } else { signed_days(shop.gap) };
        let mut at = now.0 - DAYS * DAY + signed(random.below(joins)) * DAY;
        let until = now.0 - if shop.leaves(card) { LEFT_DAYS * DAY } else { DAY };
        while at < until {
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
    let mut joined = BTreeMap::new();
    for (at, card) in &baskets {
        joined.entry(*card).or_insert(*at);
    }
    let head = "card,receipt,at,store,product,category,quantity,net\n".to_owned();
    (receipts.into_iter().fold(head, |all, (_, text)| all + &text), joined)
}

/// Over how many days people join: late enough to be seen, early enough to buy something after.
fn signed_days(gap: u64) -> u64 {
    u64::try_from(DAYS).unwrap_or(400).saturating_sub(gap).saturating_sub(20)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_join_in_every_month_of_the_year_and_buy_from_then_on() {
        let now = Timestamp::parse("2026-11-22T12:00:00Z").unwrap();
        for shop in [&AURORA, &BRISA] {
            let (file, joined) = invented(shop, now);
            assert_eq!(joined.len() as u64, shop.cards);
            for month in 0..10 {
                let from = now.plus_micros(-(month + 1) * 30 * DAY - 60 * DAY);
                let until = from.plus_micros(30 * DAY);
                let some = joined.values().any(|at| *at >= from && *at < until);
                assert!(some, "{}: nobody joined in month {month}", shop.letter);
            }
            for line in file.lines().skip(1) {
                let cells: Vec<&str> = line.split(',').collect();
                let at = Timestamp::parse(cells[2]).unwrap();
                assert!(joined[&cells[0].parse().unwrap()] <= at, "{line}");
            }
            assert_eq!(invented(shop, now).0, file, "the same seed gives the same file");
        }
    }
}

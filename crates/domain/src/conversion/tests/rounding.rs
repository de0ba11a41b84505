//! Rounding once, shared out by largest remainder, with nothing lost.

use proptest::prelude::*;

use super::{flat, lot, optimum, rate};
use crate::conversion::{ConversionRule, Fraction, Part, Table};
use crate::rate::Rounding;

fn shares(rule: &ConversionRule, lots: &[i64]) -> Vec<i64> {
    let parts: Vec<Part> =
        lots.iter().enumerate().map(|(n, points)| lot(&format!("l{n}"), *points)).collect();
    rule.convert(&parts).unwrap().shares.iter().map(|share| share.points).collect()
}

#[test]
fn m18_golden_lots_round_once_and_share_the_rest() {
    let converted = flat("13/10")
        .convert(&[101, 57, 3, 1, 1].map(|points| lot(&format!("lot{points:03}"), points)))
        .unwrap();
    assert_eq!(converted.exact, Fraction::new(2_119, 10).unwrap());
    assert_eq!(converted.total, 212);
    assert_eq!(converted.rounding, Fraction::new(1, 10).unwrap());
    assert_eq!(shares(&flat("13/10"), &[101, 57, 3, 1, 1]), [132, 74, 4, 1, 1]);
}

/// The thousand balances of `random.seed(1); randint(0, 50)`, as Python's generator gives them.
fn python_balances() -> Vec<i64> {
    let mut twister = Twister::seeded(1);
    // randint(0, 50) draws 6 bits until the number is below 51.
    let mut next = || loop {
        let drawn = twister.next() >> 26;
        if drawn < 51 {
            return i64::from(drawn);
        }
    };
    (0..1_000).map(|_| next()).collect()
}

#[test]
fn m18_golden_thousand_balances_leave_366_on_the_rounding_account() {
    let balances = python_balances();
    assert_eq!(balances.iter().sum::<i64>(), 25_353);
    let third = |rounding| {
        let mut rule = flat("1/3");
        rule.rounding = rounding;
        let mut sums = (0, Fraction::ZERO, Fraction::ZERO);
        for points in &balances {
            let converted = rule.convert(&[lot("a", *points)]).unwrap();
            sums.0 += converted.total;
            sums.1 = sums.1.plus(converted.exact).unwrap();
            sums.2 = sums.2.plus(converted.rounding).unwrap();
        }
        sums
    };
    assert_eq!(third(Rounding::Floor).0, 8_106);
    assert_eq!(third(Rounding::HalfEven).0, 8_430);
    let (ceil, exact, rounding) = third(Rounding::Ceil);
    assert_eq!((ceil, exact, rounding), (8_817, Fraction::whole(8_451), Fraction::whole(366)));
}

#[test]
fn m18_ties_go_to_the_latest_end_then_to_the_first_name() {
    let mut parts = [lot("a", 1), lot("b", 1), lot("c", 1), lot("d", 1)];
    parts[1].expires_at = None;
    parts[2].expires_at = Some(super::at("2028-01-01"));
    let of = |parts: &[Part], text| -> Vec<i64> {
        flat(text).convert(parts).unwrap().shares.iter().map(|share| share.points).collect()
    };
    assert_eq!(of(&parts, "1/4"), [0, 1, 0, 0]);
    assert_eq!(of(&parts, "1/2"), [0, 1, 1, 0]);
    assert_eq!(of(&parts, "3/4"), [1, 1, 1, 0]);
}

#[test]
fn m21_a_debt_is_rounded_in_the_members_favor_and_never_becomes_points() {
    assert_eq!(shares(&flat("1/3"), &[-10]), [-3]);
    assert_eq!(shares(&flat("1/3"), &[-1]), [0]);
    // 100 and a debt of 30 at 1/3: 33.33 - 10 = 23.33, rounded once to 24.
    assert_eq!(shares(&flat("1/3"), &[100, -30]), [34, -10]);
    // Where the whole balance decides, what is owed converts at the lowest rate.
    assert_eq!(shares(&optimum(), &[22_000, -800]), [30_000, -1_000]);
}

#[test]
fn m14_amounts_beyond_exactness_are_refused_and_never_wrapped() {
    let huge = flat("9223372036854775807/3");
    assert!(huge.convert(&[lot("a", i64::MAX)]).is_err());
    let one = flat("1");
    assert!(one.convert(&[lot("a", i64::MAX), lot("b", 1)]).is_err());
    assert_eq!(one.convert(&[lot("a", i64::MAX)]).unwrap().total, i64::MAX);
}

proptest! {
    #[test]
    fn a2_what_converts_is_the_exact_sum_plus_the_rounding(
        lots in proptest::collection::vec(-500_i64..100_000, 1..12),
        num in 1_i64..50, den in 1_i64..50, mode in 0..4, cap in proptest::option::of(1_i64..50_000),
    ) {
        let mut rule = match mode {
            0 => flat(&format!("{num}/{den}")),
            1 => optimum(),
            2 => super::rule(Table::MarginalBands { bands: super::bands(&[(0, "1/3"), (500, "7/11")]) }),
            _ => super::rule(Table::LevelTable {
                levels: vec![crate::conversion::Level { from: 100, gives: 7 }], round_up: true,
            }),
        };
        rule.cap = cap;
        let parts: Vec<Part> =
            lots.iter().enumerate().map(|(n, points)| lot(&format!("l{n}"), *points)).collect();
        let converted = rule.convert(&parts).unwrap();
        let exact = converted.shares.iter().fold(Fraction::ZERO, |sum, share| sum.plus(share.exact).unwrap());
        prop_assert_eq!(exact, converted.exact.minus(converted.cut).unwrap());
        prop_assert_eq!(converted.shares.iter().map(|share| share.points).sum::<i64>(), converted.total);
        prop_assert_eq!(exact.plus(converted.rounding).unwrap(), Fraction::whole(converted.total));
        prop_assert!(!converted.rounding.is_negative() && converted.rounding < Fraction::whole(1));
        for (share, points) in converted.shares.iter().zip(&lots) {
            prop_assert!((Fraction::whole(share.points).minus(share.exact).unwrap()) < Fraction::whole(1));
            prop_assert!(share.points == 0 || (share.points > 0) == (*points > 0), "a sign turned");
        }
    }

    #[test]
    fn a4_shares_do_not_depend_on_the_order_of_lots(
        lots in proptest::collection::vec(1_i64..1_000, 2..10), turn in 0_usize..10,
    ) {
        let rule = flat("13/10");
        let mut parts: Vec<Part> =
            lots.iter().enumerate().map(|(n, points)| lot(&format!("l{n}"), *points)).collect();
        let named = |parts: &[Part]| {
            let converted = rule.convert(parts).unwrap();
            let mut named: Vec<(String, i64)> =
                parts.iter().zip(&converted.shares).map(|(p, s)| (p.name.clone(), s.points)).collect();
            named.sort();
            named
        };
        let before = named(&parts);
        parts.rotate_left(turn % lots.len());
        parts.swap(0, 1);
        prop_assert_eq!(named(&parts), before);
    }
}

#[test]
fn m18_a_half_even_rate_rounds_to_the_even_neighbour() {
    let mut rule = flat("1/2");
    rule.rounding = Rounding::HalfEven;
    assert_eq!([1, 3, 5].map(|n| super::total(&rule, n)), [0, 2, 2]);
    assert_eq!(rate("1/2").den(), 2);
}

/// MT19937 as Python seeds it from a small integer.
struct Twister {
    state: [u32; 624],
    place: usize,
}

impl Twister {
    fn seeded(seed: u32) -> Self {
        let mut state = [0_u32; 624];
        state[0] = 19_650_218;
        for n in 1..624_u32 {
            let before = state[n as usize - 1];
            state[n as usize] =
                (before ^ (before >> 30)).wrapping_mul(1_812_433_253).wrapping_add(n);
        }
        let mut place = 1;
        for _ in 0..624 {
            let before = state[place - 1];
            state[place] = (state[place] ^ (before ^ (before >> 30)).wrapping_mul(1_664_525))
                .wrapping_add(seed);
            place += 1;
            if place >= 624 {
                state[0] = state[623];
                place = 1;
            }
        }
        for _ in 0..623 {
            let before = state[place - 1];
            state[place] = (state[place] ^ (before ^ (before >> 30)).wrapping_mul(1_566_083_941))
                .wrapping_sub(u32::try_from(place).unwrap());
            place += 1;
            if place >= 624 {
                state[0] = state[623];
                place = 1;
            }
        }
        state[0] = 0x8000_0000;
        Self { state, place: 624 }
    }

    fn next(&mut self) -> u32 {
        if self.place >= 624 {
            for n in 0..624 {
                let y = (self.state[n] & 0x8000_0000) | (self.state[(n + 1) % 624] & 0x7fff_ffff);
                let odd = if y & 1 == 1 { 0x9908_b0df } else { 0 };
                self.state[n] = self.state[(n + 397) % 624] ^ (y >> 1) ^ odd;
            }
            self.place = 0;
        }
        let mut y = self.state[self.place];
        self.place += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }
}

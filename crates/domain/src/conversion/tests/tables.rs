//! Every kind of table, with its worked numbers.

use std::collections::BTreeMap;

use super::{at, bands, flat, lot, optimum, rate, rule, total};
use crate::conversion::redenominate::Redenomination;
use crate::conversion::table::Period;
use crate::conversion::{BadRule, ConversionRule, Fraction, Level, Step, Table};

#[test]
fn m14_the_published_bands_of_the_casebook_come_out() {
    let rule = optimum();
    let published =
        [(8_000, 10_000), (22_000, 30_000), (38_000, 60_000), (50_000, 85_000), (95_000, 170_000)];
    for (balance, points) in published {
        assert_eq!(total(&rule, balance), points);
    }
    assert_eq!(total(&rule, 21_999), 27_499);
}

#[test]
fn m14_marginal_bands_rate_each_stretch() {
    let rule =
        rule(Table::MarginalBands { bands: bands(&[(0, "1"), (1_000, "3/2"), (5_000, "2")]) });
    // 1000 × 1 + 4000 × 3/2 + 1000 × 2
    assert_eq!(total(&rule, 6_000), 9_000);
    assert_eq!(total(&rule, 999), 999);
    assert_eq!(total(&rule, 1_001), 1_002);
}

#[test]
fn m14_level_tables_give_the_level_reached() {
    let levels = vec![Level { from: 100, gives: 150 }, Level { from: 500, gives: 1_000 }];
    let down = rule(Table::LevelTable { levels: levels.clone(), round_up: false });
    let up = rule(Table::LevelTable { levels, round_up: true });
    assert_eq!([99, 100, 499, 500, 900].map(|n| total(&down, n)), [0, 150, 150, 1_000, 1_000]);
    assert_eq!([1, 100, 101, 500, 900].map(|n| total(&up, n)), [150, 150, 1_000, 1_000, 1_000]);
}

#[test]
fn m14_tiers_dates_and_kinds_choose_the_rate() {
    let by_tier = rule(Table::ByTier {
        rates: BTreeMap::from([("gold".into(), rate("1"))]),
        otherwise: rate("1/2"),
    });
    let mut gold = lot("a", 100);
    gold.tier = "gold".into();
    let both = by_tier.convert(&[gold, lot("b", 100)]).unwrap();
    assert_eq!(both.shares.iter().map(|share| share.points).collect::<Vec<_>>(), [100, 50]);

    let by_date = rule(Table::ByDate {
        periods: vec![Period { from: at("2026-04-01"), rate: rate("1/2") }],
        otherwise: rate("1"),
    });
    let mut early = lot("a", 100);
    early.rated_at = at("2026-03-31");
    assert_eq!(by_date.convert(&[early]).unwrap().total, 100);
    assert_eq!(total(&by_date, 100), 50);

    let by_kind = rule(Table::ByLotType {
        rates: BTreeMap::from([("bought".into(), rate("2"))]),
        otherwise: rate("1"),
    });
    let mut bought = lot("a", 10);
    bought.kind = "bought".into();
    assert_eq!(by_kind.convert(&[bought, lot("b", 10)]).unwrap().total, 30);
}

#[test]
fn m14_a_value_based_rate_keeps_what_points_buy() {
    // 2.6 and 2 hundredths of a unit: 13 for 10.
    let rule = rule(Table::ValueBased { from_value_minor: rate("2.6"), to_value_minor: rate("2") });
    assert_eq!(rule.table.rate_of("", "", at("2026-01-01")).unwrap(), Some(rate("13/10")));
    assert_eq!(total(&rule, 163), 212);
}

#[test]
fn m14_steps_caps_minimum_and_bonus_are_accounted_apart() {
    let mut rule = flat("1/2");
    rule.step = Some(Step { points: 100, round_up: false });
    let converted = rule.convert(&[lot("a", 250), lot("b", 50)]).unwrap();
    assert_eq!((converted.total, converted.left_behind), (150, 0));
    let converted = rule.convert(&[lot("a", 270)]).unwrap();
    assert_eq!((converted.total, converted.left_behind), (100, 70));
    rule.step = Some(Step { points: 100, round_up: true });
    let converted = rule.convert(&[lot("a", 270)]).unwrap();
    assert_eq!((converted.total, converted.left_behind), (150, -30));

    let mut rule = flat("2");
    (rule.cap, rule.bonus, rule.min) = (Some(500), Some(25), Some(100));
    let converted = rule.convert(&[lot("a", 300), lot("b", 100)]).unwrap();
    assert_eq!((converted.total, converted.cut, converted.gift), (500, Fraction::whole(300), 25));
    assert_eq!(converted.shares.iter().map(|share| share.points).collect::<Vec<_>>(), [375, 125]);
    let converted = rule.convert(&[lot("a", 10)]).unwrap();
    assert_eq!((converted.total, converted.gift), (20, 105));
    let nothing = rule.convert(&[lot("a", 0)]).unwrap();
    assert_eq!((nothing.total, nothing.gift), (0, 0));
}

#[test]
fn m14_what_is_no_rule_is_refused() {
    let refused = |table: Table| ConversionRule::plain("a", "b", "c", table).check().unwrap_err();
    assert_eq!(
        refused(Table::WholeBalanceBand { bands: bands(&[(5, "1")]) }),
        BadRule::Table("the first row must begin at 0")
    );
    assert_eq!(
        refused(Table::MarginalBands { bands: bands(&[(0, "1"), (0, "2")]) }),
        BadRule::Table("rows must rise")
    );
    assert_eq!(
        refused(Table::Flat { rate: rate("0") }),
        BadRule::Table("a rate must be more than 0")
    );
    let mut rule = flat("1");
    (rule.min, rule.cap) = (Some(5), Some(4));
    assert_eq!(rule.check(), Err(BadRule::MinAboveCap));
    rule.min = Some(0);
    assert_eq!(rule.check().unwrap_err().code(), "conversion_limit");
}

#[test]
fn m14_a_rule_is_read_from_a_document_and_written_back() {
    let text = r#"{"source":"old","point_type":"stars","to":"points","table":{"mode":"flat","rate":"13/10"},"rounding":"ceil"}"#;
    let read: ConversionRule = serde_json::from_str(text).unwrap();
    assert_eq!(read, flat("13/10"));
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
}

/// Rewards that could be had before can be had after, for ten thousand members; what is new to somebody is so only
/// because rounding went the member's way.
#[test]
fn m16_redenomination_keeps_what_is_affordable() {
    let mut seed = 20_260_222_u64;
    let mut next = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((seed >> 33) % below).unwrap()
    };
    let prices: Vec<i64> = (0..40).map(|_| next(5_000) + 1).collect();
    for text in ["1.6", "3", "13/10", "1/7"] {
        let new = Redenomination { rate: rate(text) };
        for _ in 0..10_000 / 4 {
            let balance = next(6_000);
            let after = new.held(balance).unwrap();
            for price in &prices {
                let asked = new.asked(*price).unwrap();
                if balance >= *price {
                    assert!(after >= asked, "{balance} {price} at {text}");
                } else if after >= asked && asked > 1 {
                    let missing = Fraction::whole(price - balance).at(rate(text)).unwrap();
                    assert!(missing < Fraction::whole(2), "{balance} {price} at {text}");
                }
            }
        }
    }
}

//! Random earning rules and rewards.

use std::collections::BTreeMap;

use lazo_domain::points::Points;
use lazo_domain::program::rewards::TierPrice;
use lazo_domain::program::{ProgramConfig, Reward, RewardKind};
use lazo_domain::rate::{Rate, Rounding};
use lazo_domain::rules::{Cap, EarningRule, LineFilter, Nth, Over, RuleEffect};
use lazo_domain::time::{DAY, Period, Term};

use super::setup::{BEGIN, small};
use crate::features::{Feature, Features};
use crate::rng::Rng;

/// Categories that lines may have.
pub const CATEGORIES: [&str; 3] = ["food", "toys", "books"];
/// Brands that lines may have.
pub const BRANDS: [&str; 2] = ["acme", "zenith"];
/// How many products there are, `p0` and so on.
pub const PRODUCTS: i64 = 5;
/// Names of custom events.
pub const CUSTOM: [&str; 2] = ["review", "visit"];

const PERIODS: [Period; 6] =
    [Period::Day, Period::Week, Period::Month, Period::Quarter, Period::Year, Period::Ever];
const ROUNDINGS: [Rounding; 4] =
    [Rounding::Floor, Rounding::Ceil, Rounding::HalfUp, Rounding::HalfEven];

/// Random earning rules for the program's point types.
pub(super) fn rules(rng: &mut Rng, features: Features, config: &ProgramConfig) -> Vec<EarningRule> {
    let mut rules =
        vec![plain("base", "points", per_amount(rng, Features::parse("").unwrap_or(features)))];
    if features.has(Feature::Qualifying) {
        let effect = per_amount(rng, features);
        rules.push(plain("status", "status", effect));
    }
    if features.has(Feature::Rules) {
        for n in 0..rng.within(0, 3) {
            let types: Vec<&str> = config.point_types.iter().map(|p| p.code.as_str()).collect();
            let point_type = rng.one(&types);
            let effect = base_effect(rng, features);
            rules.push(plain(&format!("rule{n}"), point_type, effect));
        }
    }
    if features.has(Feature::Custom) {
        for name in CUSTOM {
            let effect = RuleEffect::Fixed { points: rng.within(0, 60) };
            rules.push(EarningRule { on: name.into(), ..plain(name, "points", effect) });
        }
    }
    if features.has(Feature::Multipliers) {
        for n in 0..rng.within(0, 2) {
            let factor = Rate::new(rng.within(4, 16), 4).unwrap_or(Rate::ONE);
            let effect = RuleEffect::Multiplier { factor, rounding: rng.one(&ROUNDINGS) };
            rules.push(plain(&format!("times{n}"), "points", effect));
        }
    }
    for rule in &mut rules {
        dress(rng, features, rule);
    }
    rules
}

fn plain(code: &str, point_type: &str, effect: RuleEffect) -> EarningRule {
    EarningRule {
        code: code.to_owned(),
        name: BTreeMap::new(),
        on: "purchase".to_owned(),
        point_type: point_type.to_owned(),
        effect,
        when: None,
        lines: LineFilter::default(),
        from: None,
        until: None,
        priority: 0,
        exclusive: None,
        stackable: true,
        caps: Vec::new(),
        nth: None,
        budget: None,
    }
}

fn per_amount(rng: &mut Rng, features: Features) -> RuleEffect {
    let fancy = features.has(Feature::Rules);
    RuleEffect::PointsPerAmount {
        points: rng.within(1, 6),
        per_minor: rng.one(&[50, 100, 100, 150, 333]),
        rounding: if fancy { rng.one(&ROUNDINGS) } else { Rounding::Floor },
        over: if fancy && rng.chance(50) { Over::Line } else { Over::Purchase },
    }
}

fn base_effect(rng: &mut Rng, features: Features) -> RuleEffect {
    match rng.within(0, 2) {
        0 => per_amount(rng, features),
        1 => RuleEffect::PointsPerUnit { points: rng.within(0, 20) },
        _ => RuleEffect::Fixed { points: rng.within(0, 80) },
    }
}

/// Gives a rule the conditions and limits that the features allow.
fn dress(rng: &mut Rng, features: Features, rule: &mut EarningRule) {
    let multiplies = matches!(rule.effect, RuleEffect::Multiplier { .. });
    if features.has(Feature::Rules) {
        rule.priority = rng.within(-2, 2);
        rule.stackable = rng.chance(75);
        if rng.chance(20) {
            rule.from = Some(BEGIN.plus_micros(rng.within(0, 200) * DAY));
            rule.until = rule.from.map(|from| from.plus_micros(rng.within(1, 200) * DAY));
        }
    }
    if features.has(Feature::Exclusive) && rule.point_type == "points" && rng.chance(60) {
        rule.exclusive = Some(if multiplies { "times" } else { "bases" }.to_owned());
    }
    if features.has(Feature::LineFilters) && rule.on == "purchase" && rng.chance(50) {
        rule.lines = filter(rng);
    }
    if features.has(Feature::Caps) && rng.chance(50) {
        let points = rng.chance(70).then(|| rng.within(1, 400));
        let times = (points.is_none() || rng.chance(30)).then(|| rng.within(1, 5));
        rule.caps.push(Cap { per: rng.one(&PERIODS), points, times });
    }
    if features.has(Feature::Nth) && rng.chance(30) {
        rule.nth = Some(Nth { n: rng.within(1, 3), every: rng.chance(50), per: rng.one(&PERIODS) });
    }
    if features.has(Feature::Budgets) && rng.chance(50) {
        rule.budget = Some(rng.within(50, 3_000));
    }
}

fn filter(rng: &mut Rng) -> LineFilter {
    let mut filter = LineFilter::default();
    match rng.within(0, 4) {
        0 => filter.categories.push(rng.one(&CATEGORIES).to_owned()),
        1 => filter.products.push(format!("p{}", rng.within(0, PRODUCTS - 1))),
        2 => filter.brands.push(rng.one(&BRANDS).to_owned()),
        3 => filter.not_products.push(format!("p{}", rng.within(0, PRODUCTS - 1))),
        _ => filter.not_categories.push(rng.one(&CATEGORIES).to_owned()),
    }
    filter
}

/// Random rewards: things, part of a bill, places, credit, steps of a ladder.
pub(super) fn rewards(rng: &mut Rng, features: Features, config: &ProgramConfig) -> Vec<Reward> {
    let mut all = Vec::new();
    if features.has(Feature::Rewards) {
        all.push(thing(rng, "mug", "points", RewardKind::Product));
        all.push(thing(
            rng,
            "card",
            "points",
            RewardKind::Voucher { valid_for: None, value_minor: None },
        ));
        if features.has(Feature::PointTypes) {
            all.push(thing(rng, "seat", "miles", RewardKind::Product));
        }
        let starts_at = BEGIN.plus_micros(rng.within(10, 500) * DAY);
        all.push(thing(rng, "show", "points", RewardKind::Experience { starts_at }));
        let value_minor = rng.within(1, 900);
        all.push(thing(rng, "credit", "points", RewardKind::InvoiceCredit { value_minor }));
        if let Some(group) = rng.pick(&config.tier_groups)
            && let Some(tier) = rng.pick(&group.tiers)
        {
            let (group, tier) = (group.code.clone(), tier.code.clone());
            let lasts = Term::Hours(small(rng, 1, 4_000));
            all.push(thing(rng, "lift", "points", RewardKind::TierBoost { group, tier, lasts }));
        }
    }
    if features.has(Feature::PartPayment) {
        let minor_per_point = Rate::new(rng.within(1, 9), rng.within(1, 7)).unwrap_or(Rate::ONE);
        let min_minor = rng.within(0, 50);
        let max_minor = rng.chance(50).then(|| rng.within(50, 4_000));
        let kind = RewardKind::PartPayment { minor_per_point, min_minor, max_minor };
        all.push(thing(rng, "bill", "points", kind));
    }
    if features.has(Feature::Stock) {
        for reward in &mut all {
            limit(rng, config, reward);
        }
    }
    all
}

fn thing(rng: &mut Rng, code: &str, point_type: &str, kind: RewardKind) -> Reward {
    Reward {
        code: code.to_owned(),
        name: BTreeMap::new(),
        point_type: point_type.to_owned(),
        kind,
        price: Points(rng.within(1, 250)),
        price_by_tier: Vec::new(),
        stock: None,
        from: None,
        until: None,
        limit_per_member: None,
        hold: rng.chance(50).then(|| Term::Hours(small(rng, 1, 400))),
        cost_minor: None,
    }
}

fn limit(rng: &mut Rng, config: &ProgramConfig, reward: &mut Reward) {
    reward.stock = rng.chance(60).then(|| rng.within(1, 12));
    reward.limit_per_member = rng.chance(50).then(|| rng.within(1, 5));
    if rng.chance(25) {
        let from = BEGIN.plus_micros(rng.within(0, 100) * DAY);
        reward.from = Some(from);
        reward.until = Some(from.plus_micros(rng.within(1, 400) * DAY));
    }
    for group in &config.tier_groups {
        if let Some(tier) = rng.pick(&group.tiers) {
            let price = Points(rng.within(0, 200));
            reward.price_by_tier.push(TierPrice {
                group: group.code.clone(),
                tier: tier.code.clone(),
                price,
            });
        }
    }
}

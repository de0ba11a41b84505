//! Random programs: every policy the configuration knows, in several versions over time.

use std::collections::BTreeMap;

use lazo_domain::ids::{PointTypeId, ProgramId};
use lazo_domain::points::Points;
use lazo_domain::program::config::PointTypeConfig;
use lazo_domain::program::expiry::{Basis, TierTerm};
use lazo_domain::program::{
    AdjustmentPolicy, ExpiryPolicy, Measure, PointKind, ProgramConfig, ProgramState, ReturnPolicy,
    RewardKind, Shortfall, Tier, TierGroup, TransferPolicy, Window,
};
use lazo_domain::rate::Rate;
use lazo_domain::time::{DAY, Period, Term, Timestamp, Zone};

use super::offers;
use crate::features::{Feature, Features};
use crate::rng::Rng;

/// When every simulated world begins: 2024-01-01T00:00:00Z, a leap year.
pub const BEGIN: Timestamp = Timestamp(1_704_067_200_000_000);

/// One version of one program, as it is configured.
#[derive(Debug, Clone)]
pub struct Version {
    /// Which program.
    pub program: ProgramId,
    /// 1 for the first.
    pub number: i64,
    /// From when it counts.
    pub from: Timestamp,
    /// What it says.
    pub config: ProgramConfig,
    /// The ids of its point types by code.
    pub ids: BTreeMap<String, PointTypeId>,
}

/// The programs of one simulated tenant.
#[must_use]
pub fn programs(rng: &mut Rng, features: Features) -> Vec<Version> {
    let count = if features.has(Feature::Programs) { 2 } else { 1 };
    let mut all = Vec::new();
    for program in 1..=count {
        let mut config = first(rng, features, program);
        let versions = if features.has(Feature::Versions) { rng.within(1, 4) } else { 1 };
        let mut from = BEGIN;
        for number in 1..=versions {
            let ids = config.point_types.iter().enumerate();
            let ids = ids.map(|(at, p)| (p.code.clone(), type_id(program, at))).collect();
            all.push(Version {
                program: ProgramId(program),
                number,
                from,
                config: config.clone(),
                ids,
            });
            from = from.plus_micros(rng.within(1, 300) * DAY / 3);
            config = changed(rng, features, config);
        }
    }
    all
}

fn type_id(program: i64, at: usize) -> PointTypeId {
    PointTypeId(program * 10 + i64::try_from(at).unwrap_or(0))
}

fn first(rng: &mut Rng, features: Features, program: i64) -> ProgramConfig {
    let zones = ["Europe/Madrid", "America/Mexico_City", "America/New_York", "Australia/Lord_Howe"];
    let zone = if features.has(Feature::Zones) { rng.one(&zones) } else { "UTC" };
    let code = format!("club{program}");
    let mut config = ProgramConfig {
        code,
        name: BTreeMap::new(),
        state: ProgramState::Live,
        currency: "EUR".parse().unwrap_or(lazo_domain::money::Currency::EUR),
        time_zone: Zone::named(zone).unwrap_or_else(|_| Zone::utc()),
        point_types: Vec::new(),
        earning_rules: Vec::new(),
        tier_groups: Vec::new(),
        rewards: Vec::new(),
        returns: ReturnPolicy::default(),
        adjustments: AdjustmentPolicy::default(),
        transfers: TransferPolicy::default(),
    };
    if features.has(Feature::Tiers) {
        config.tier_groups =
            (0..rng.within(1, 3)).map(|n| ladder(rng, features, program, n)).collect();
    }
    config.point_types = point_types(rng, features, &config);
    fill(rng, features, &mut config);
    config
}

/// The parts that a later version may have otherwise.
fn fill(rng: &mut Rng, features: Features, config: &mut ProgramConfig) {
    config.earning_rules = offers::rules(rng, features, config);
    config.rewards = offers::rewards(rng, features, config);
    config.returns = returns(rng, features);
    config.adjustments.limit = Points(rng.within(50, 2_000));
    config.transfers = TransferPolicy {
        allowed: features.has(Feature::Transfers),
        min: Points(rng.within(1, 20)),
        max: Points(rng.within(20, 5_000)),
        max_per_year: Points(rng.within(100, 20_000)),
    };
}

fn changed(rng: &mut Rng, features: Features, mut config: ProgramConfig) -> ProgramConfig {
    fill(rng, features, &mut config);
    for point_type in &mut config.point_types {
        if point_type.kind == PointKind::Redeemable {
            point_type.pending = pending(rng, features);
        }
    }
    if rng.chance(10) {
        // A later version may drop a ladder that members stand on.
        config.tier_groups.pop();
    }
    let groups = config.tier_groups.clone();
    for point_type in config.point_types.iter_mut().filter(|p| p.kind == PointKind::Redeemable) {
        point_type.expiry = expiry(rng, features, &groups);
    }
    for group in &mut config.tier_groups {
        let factor = rng.within(1, 3);
        for tier in &mut group.tiers {
            tier.threshold = tier.threshold * factor / 2 + tier.threshold % 7 + 1;
        }
        group.tiers.sort_by_key(|tier| tier.threshold);
        group.tiers.dedup_by_key(|tier| tier.threshold);
        group.grace = grace(rng, features);
    }
    let kept: Vec<(String, String)> = config
        .tier_groups
        .iter()
        .flat_map(|g| g.tiers.iter().map(|t| (g.code.clone(), t.code.clone())))
        .collect();
    for point_type in &mut config.point_types {
        point_type.expiry.by_tier.retain(|t| kept.contains(&(t.group.clone(), t.tier.clone())));
    }
    for reward in &mut config.rewards {
        reward.price_by_tier.retain(|t| kept.contains(&(t.group.clone(), t.tier.clone())));
    }
    config.rewards.retain(|reward| match &reward.kind {
        RewardKind::TierBoost { group, tier, .. } => kept.contains(&(group.clone(), tier.clone())),
        _ => true,
    });
    if rng.chance(5) {
        config.state = ProgramState::Sunset;
    }
    config
}

fn point_types(rng: &mut Rng, features: Features, config: &ProgramConfig) -> Vec<PointTypeConfig> {
    let mut codes = vec![("points", PointKind::Redeemable)];
    if features.has(Feature::PointTypes) {
        codes.push(("miles", PointKind::Redeemable));
    }
    codes.push(("status", PointKind::Qualifying));
    let of = |(code, kind): (&str, PointKind)| PointTypeConfig {
        code: code.to_owned(),
        name: BTreeMap::new(),
        kind,
        scale: 0,
        expiry: ExpiryPolicy::default(),
        pending: None,
        value_minor: None,
    };
    let mut all: Vec<PointTypeConfig> = codes.into_iter().map(of).collect();
    for point_type in all.iter_mut().filter(|p| p.kind == PointKind::Redeemable) {
        point_type.expiry = expiry(rng, features, &config.tier_groups);
        point_type.pending = pending(rng, features);
    }
    all
}

fn pending(rng: &mut Rng, features: Features) -> Option<Term> {
    let on = features.has(Feature::Pending) && rng.chance(70);
    on.then(|| {
        if rng.chance(50) { Term::Days(small(rng, 1, 40)) } else { Term::Hours(small(rng, 1, 60)) }
    })
}

/// A random number of `i32`.
pub(super) fn small(rng: &mut Rng, low: i64, high: i64) -> i32 {
    i32::try_from(rng.within(low, high)).unwrap_or(1)
}

fn term(rng: &mut Rng) -> Term {
    match rng.within(0, 3) {
        0 => Term::Hours(small(rng, 1, 2_000)),
        1 => Term::Days(small(rng, 1, 400)),
        _ => Term::Months(small(rng, 1, 20)),
    }
}

fn expiry(rng: &mut Rng, features: Features, groups: &[TierGroup]) -> ExpiryPolicy {
    let ends = features.has(Feature::Expiry) && rng.chance(85);
    let lives = features.has(Feature::Activity) && rng.chance(60);
    let basis = match (lives, ends) {
        (true, _) => Basis::Activity,
        (_, true) => Basis::Earned,
        _ => Basis::Never,
    };
    let periods = [Period::Day, Period::Week, Period::Month, Period::Quarter, Period::Year];
    let round = features.has(Feature::RoundUp) && rng.chance(50);
    let special = features.has(Feature::TierExpiry);
    let by_tier = groups.iter().filter(|_| special).filter_map(|group| {
        let tier = rng.pick(&group.tiers)?.code.clone();
        let term = if rng.chance(85) { Some(term(rng)) } else { None };
        Some(TierTerm { group: group.code.clone(), tier, term })
    });
    let by_tier = by_tier.collect();
    ExpiryPolicy {
        basis,
        term: (basis != Basis::Never).then(|| term(rng)),
        round_up_to: round.then(|| rng.one(&periods)),
        by_tier,
        extend_on_upgrade: special && rng.chance(50),
    }
}

fn grace(rng: &mut Rng, features: Features) -> Option<Term> {
    let on = features.has(Feature::Grace) && rng.chance(60);
    on.then(|| {
        if rng.chance(50) { Term::Days(small(rng, 1, 90)) } else { Term::Months(small(rng, 1, 3)) }
    })
}

fn ladder(rng: &mut Rng, features: Features, program: i64, n: i64) -> TierGroup {
    let measures = [
        Measure::Points("points".into()),
        Measure::Points("status".into()),
        Measure::Spend,
        Measure::Visits,
    ];
    let measure = measures[rng.index(measures.len())].clone();
    let step = match measure {
        Measure::Visits => rng.within(1, 4),
        Measure::Spend => rng.within(2_000, 60_000),
        _ => rng.within(50, 2_000),
    };
    let window = match rng.within(0, 3) {
        0 => Window::CalendarYear,
        1 => Window::Rolling { months: small(rng, 1, 14) },
        2 => Window::Anniversary,
        _ => Window::Lifetime,
    };
    let names = ["silver", "gold", "platinum"];
    let tiers = names.iter().take(1 + rng.index(3)).enumerate().map(|(at, code)| Tier {
        code: (*code).to_owned(),
        name: BTreeMap::new(),
        threshold: step * (i64::try_from(at).unwrap_or(0) * 2 + 1),
        multiplier: multiplier(rng, features),
        benefits: Vec::new(),
    });
    let tiers = tiers.collect();
    TierGroup {
        code: format!("ladder{program}{n}"),
        name: BTreeMap::new(),
        measure,
        window,
        tiers,
        grace: grace(rng, features),
        soft_landing: features.has(Feature::Grace) && rng.chance(50),
    }
}

fn multiplier(rng: &mut Rng, features: Features) -> Option<Rate> {
    let on = features.has(Feature::Multipliers) && rng.chance(60);
    on.then(|| Rate::new(rng.within(4, 12), 4)).flatten()
}

fn returns(rng: &mut Rng, features: Features) -> ReturnPolicy {
    if !features.has(Feature::Shortfall) {
        return ReturnPolicy::default();
    }
    ReturnPolicy {
        shortfall: rng.one(&[Shortfall::Forgive, Shortfall::Others, Shortfall::Debt]),
        debt_limit: Points(rng.within(0, 120)),
    }
}

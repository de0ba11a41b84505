//! Points of one golden member: what converts with what, into which opening lots, ending when.

use std::collections::{BTreeMap, BTreeSet};

use super::exceptions::{Exception, ExceptionCode};
use super::rules::MergeRules;
use super::snapshot::{LotState, MemberSnapshot, SourceKey, SourceLot};
use crate::conversion::{ConversionRule, Converted, Fraction, Part, Table, TooLarge};
use crate::program::ExpiryPolicy;
use crate::program::expiry::Basis;
use crate::rate::Rounding;
use crate::time::{DAY, Term, Timestamp};

/// What becomes of a line's points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Disposition {
    /// They open in the target.
    Opens,
    /// A debt that waits for a decision, because it would be paid with another program's points.
    KeptApart,
    /// The member waits at the desk.
    HeldBack,
    /// The account was closed or erased and does not move.
    Left,
    /// They expired too long ago to come back.
    Expired,
}

impl Disposition {
    /// The name outside.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Opens => "opens",
            Self::KeptApart => "kept_apart",
            Self::HeldBack => "held_back",
            Self::Left => "left",
            Self::Expired => "expired",
        }
    }
}

/// One line of the journal: a lot of a source (or what of it is in one state), and what it became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Whose it was.
    pub key: SourceKey,
    /// What it was.
    pub lot: SourceLot,
    /// The tier of the account that held it.
    pub tier: String,
    /// The target's point type; empty where nothing converts.
    pub to: String,
    /// Before rounding.
    pub exact: Fraction,
    /// Whole target units.
    pub points: i64,
    /// When they end now; `None` is never.
    pub expires_at: Option<Timestamp>,
    /// What becomes of them.
    pub disposition: Disposition,
}

impl Line {
    /// In which state it opens: what was to be released or to lapse by the cut-over is available, and so is what
    /// comes back after expiry.
    #[must_use]
    pub fn opens_as(&self, cutover: Timestamp) -> LotState {
        match self.lot.state {
            LotState::Pending if self.lot.release_at.is_some_and(|at| at > cutover) => {
                LotState::Pending
            }
            LotState::Held if self.lot.hold_until.is_none_or(|at| at > cutover) => LotState::Held,
            _ => LotState::Available,
        }
    }
}

/// Everything one golden member had in one source point type, and what it became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversion {
    /// The source.
    pub source: String,
    /// Its point type.
    pub point_type: String,
    /// The target's.
    pub to: String,
    /// The sums.
    pub converted: Converted,
    /// When a gift ends.
    pub gift_expires_at: Option<Timestamp>,
    /// Opens, or is kept apart.
    pub disposition: Disposition,
}

/// Points on top, because the value after would be below the floor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compensation {
    /// The target's point type.
    pub to: String,
    /// How many.
    pub points: i64,
    /// When they end.
    pub expires_at: Option<Timestamp>,
}

/// The lots of a member that contradict themselves or the stated balances.
pub(super) fn check(snapshot: &MemberSnapshot, rules: &MergeRules) -> Vec<Exception> {
    let mut found = Vec::new();
    let key = &snapshot.key;
    let (mut names, mut sums) = (BTreeSet::new(), BTreeMap::<&str, i128>::new());
    for lot in &snapshot.lots {
        let about = |code| Exception::new(key, code).about(&lot.lot, lot.points);
        if !names.insert((&lot.lot, lot.state, &lot.hold)) {
            found.push(about(ExceptionCode::DuplicateLot));
        }
        let pending = lot.state == LotState::Pending;
        let ends_too_soon = lot.expires_at.is_some_and(|end| end < lot.earned_at);
        let odd = match lot.state {
            LotState::Available => false,
            LotState::Pending | LotState::Held | LotState::InTransit => lot.points < 0,
            LotState::Expired => lot.points < 0 || lot.expires_at.is_none(),
        };
        if odd || ends_too_soon || (pending && lot.release_at.is_none()) {
            found.push(about(ExceptionCode::ImpossibleLot));
        }
        if lot.state == LotState::InTransit && lot.points != 0 {
            found.push(about(ExceptionCode::InTransit));
        }
        if lot.state.is_in_balance() {
            *sums.entry(&lot.point_type).or_default() += i128::from(lot.points);
        }
        let converts = lot.state != LotState::Expired && lot.points != 0;
        if converts && rules.conversion(&key.source, &lot.point_type).is_none() {
            found.push(
                Exception::new(key, ExceptionCode::NoRule).about(&lot.point_type, lot.points),
            );
        }
    }
    for (point_type, stated) in &snapshot.balances {
        let sum = sums.get(point_type.as_str()).copied().unwrap_or(0);
        if sum != i128::from(*stated) {
            found.push(
                Exception::new(key, ExceptionCode::BalanceDiffers).about(point_type, *stated),
            );
        }
    }
    found
}

/// Does this lot convert: is it there, or did it expire so recently that it comes back?
fn comes(line: &Line, rules: &MergeRules) -> bool {
    let since = rules.cutover.0.saturating_sub(i64::from(rules.expiry.reinstate_days) * DAY);
    let back = rules.expiry.reinstate_days > 0
        && rules.conversion(&line.key.source, &line.lot.point_type).is_some()
        && line.lot.expires_at.is_some_and(|end| end.0 >= since);
    line.lot.state != LotState::Expired || back
}

/// Lines that do not convert, for members that do not move or wait.
pub(super) fn unconverted(snapshot: &MemberSnapshot, disposition: Disposition) -> Vec<Line> {
    let line = |lot: &SourceLot| Line {
        key: snapshot.key.clone(),
        lot: lot.clone(),
        tier: String::new(),
        to: String::new(),
        exact: Fraction::ZERO,
        points: 0,
        expires_at: lot.expires_at,
        disposition: if lot.state == LotState::Expired {
            Disposition::Expired
        } else {
            disposition
        },
    };
    snapshot.lots.iter().map(line).collect()
}

/// The tier that a conversion by tier looks at: of those held the one with the best rate.
pub(super) fn best_tier(
    rule: &ConversionRule,
    members: &[&MemberSnapshot],
    key: &SourceKey,
) -> String {
    let Table::ByTier { rates, otherwise } = &rule.table else { return String::new() };
    let held = members.iter().filter(|m| m.key == *key).flat_map(|m| &m.tiers);
    let rate = |tier: &str| Fraction::from(*rates.get(tier).unwrap_or(otherwise));
    let best = held.max_by(|a, b| rate(&a.tier).cmp(&rate(&b.tier)).then(b.tier.cmp(&a.tier)));
    best.map(|tier| tier.tier.clone()).unwrap_or_default()
}

/// What everybody's lots in the cluster become. `tier` tells the tier after the merge on a ladder.
pub(super) fn convert<'a>(
    members: &[&MemberSnapshot],
    rules: &MergeRules,
    tier: impl Fn(&str) -> &'a str + Copy,
) -> Result<(Vec<Line>, Vec<Conversion>), TooLarge> {
    let mut lines: Vec<Line> =
        members.iter().flat_map(|member| unconverted(member, Disposition::Opens)).collect();
    let mut groups = BTreeMap::<(String, String), Vec<usize>>::new();
    for (place, line) in lines.iter_mut().enumerate() {
        if comes(line, rules) {
            line.disposition = Disposition::Opens;
            let group = (line.key.source.clone(), line.lot.point_type.clone());
            groups.entry(group).or_default().push(place);
        }
    }
    let mut conversions = Vec::new();
    for ((source, point_type), places) in groups {
        let Some(rule) = rules.conversion(&source, &point_type) else { continue };
        for place in &places {
            lines[*place].tier = best_tier(rule, members, &lines[*place].key);
        }
        let parts: Vec<Part> =
            places.iter().map(|place| part(&lines[*place], rules.cutover)).collect();
        let converted = rule.convert(&parts)?;
        for (place, share) in places.iter().zip(&converted.shares) {
            let line = &mut lines[*place];
            line.to.clone_from(&rule.to);
            (line.exact, line.points) = (share.exact, share.points);
            line.expires_at = ends(rules, &rule.to, &line.lot, tier);
        }
        conversions.push(Conversion {
            source,
            point_type,
            to: rule.to.clone(),
            converted,
            gift_expires_at: gift_ends(rules, &rule.to, tier),
            disposition: Disposition::Opens,
        });
    }
    Ok((lines, conversions))
}

/// A line as a part of its conversion. The name is whole: ties must not depend on the order of a file.
pub(super) fn part(line: &Line, rated_at: Timestamp) -> Part {
    let (lot, state) = (&line.lot, line.lot.state.name());
    Part {
        name: [line.key.member.as_str(), &lot.lot, state, &lot.hold].join("\u{1f}"),
        points: lot.points,
        kind: lot.kind.clone(),
        tier: line.tier.clone(),
        rated_at,
        expires_at: lot.expires_at,
    }
}

/// When a lot ends in the target: never sooner than in the source, than the target's policy says, or than the grace.
pub(super) fn ends<'a>(
    rules: &MergeRules,
    to: &str,
    lot: &SourceLot,
    tier: impl Fn(&str) -> &'a str,
) -> Option<Timestamp> {
    let end = match lot.expires_at {
        // What never ended gets no less than others do: the policy and the grace count beside its own term.
        None => {
            let months = rules.expiry.never_becomes_months?;
            Term::Months(months).after(rules.cutover, &rules.zone)
        }
        Some(end) => match rules.expiry.freeze.filter(|(from, _)| end > *from) {
            Some((from, until)) => end.plus_micros(until.0 - from.0),
            None => end,
        },
    };
    let grace = rules.cutover.plus_micros(i64::from(rules.expiry.grace_days) * DAY);
    let policy = rules.point_types.get(to).map(|target| &target.expiry)?;
    let from = if policy.basis == Basis::Activity { rules.cutover } else { lot.earned_at };
    ExpiryPolicy::later(policy.ends(from, &rules.zone, tier), Some(end.max(grace)))
}

/// When points given at the cut-over end.
pub(super) fn gift_ends<'a>(
    rules: &MergeRules,
    to: &str,
    tier: impl Fn(&str) -> &'a str,
) -> Option<Timestamp> {
    let grace = rules.cutover.plus_micros(i64::from(rules.expiry.grace_days) * DAY);
    let policy = rules.point_types.get(to).map(|target| &target.expiry)?;
    ExpiryPolicy::later(policy.ends(rules.cutover, &rules.zone, tier), Some(grace))
}

/// Keeps a program's debt apart where it would be paid with another program's points.
pub(super) fn keep_debts_apart(
    rules: &MergeRules,
    lines: &mut [Line],
    conversions: &mut [Conversion],
) -> Vec<Exception> {
    let mut found = Vec::new();
    if rules.net_debts_across {
        return found;
    }
    let positive: BTreeSet<(String, String)> = conversions
        .iter()
        .filter(|conversion| conversion.converted.total > 0 || conversion.converted.gift > 0)
        .map(|conversion| (conversion.to.clone(), conversion.source.clone()))
        .collect();
    for conversion in conversions.iter_mut().filter(|c| c.converted.total < 0) {
        let others = positive
            .iter()
            .any(|(to, source)| *to == conversion.to && *source != conversion.source);
        if !others {
            continue;
        }
        conversion.disposition = Disposition::KeptApart;
        let mut key = SourceKey::default();
        for line in lines.iter_mut().filter(|line| {
            line.disposition == Disposition::Opens
                && line.key.source == conversion.source
                && line.lot.point_type == conversion.point_type
        }) {
            line.disposition = Disposition::KeptApart;
            key.clone_from(&line.key);
        }
        let subject = &conversion.point_type;
        let debt = conversion.converted.source;
        found.push(Exception::new(&key, ExceptionCode::DebtAcrossPrograms).about(subject, debt));
    }
    found
}

/// What the member's points were worth and are worth, in minor units, where every point type has a value.
pub(super) fn value(
    rules: &MergeRules,
    conversions: &[Conversion],
) -> Result<(Fraction, Fraction), TooLarge> {
    let (mut before, mut after) = (Fraction::ZERO, Fraction::ZERO);
    for conversion in conversions.iter().filter(|c| c.disposition == Disposition::Opens) {
        let from = rules.value(&conversion.source, &conversion.point_type);
        let to = rules.point_types.get(&conversion.to).and_then(|target| target.value_minor);
        let (Some(from), Some(to)) = (from, to) else { continue };
        let converted = &conversion.converted;
        before = before.plus(Fraction::whole(converted.source).at(from)?)?;
        let points = converted.total.checked_add(converted.gift).ok_or(TooLarge)?;
        after = after.plus(Fraction::whole(points).at(to)?)?;
    }
    Ok((before, after))
}

/// What lifts the value after to the floor, in points of the first conversion's target.
pub(super) fn compensate<'a>(
    rules: &MergeRules,
    conversions: &[Conversion],
    (before, after): (Fraction, Fraction),
    tier: impl Fn(&str) -> &'a str,
) -> Result<Option<Compensation>, TooLarge> {
    let Some(floor) = rules.value_floor else { return Ok(None) };
    let missing = before.at(floor)?.minus(after)?;
    let first = conversions.iter().find(|c| c.disposition == Disposition::Opens);
    let value = first.and_then(|first| rules.point_types.get(&first.to)?.value_minor);
    let (Some(first), Some(value)) = (first, value) else { return Ok(None) };
    let points =
        missing.times(i128::from(value.den()), i128::from(value.num()))?.rounded(Rounding::Ceil)?;
    let expires_at = gift_ends(rules, &first.to, tier);
    Ok((points > 0).then(|| Compensation { to: first.to.clone(), points, expires_at }))
}

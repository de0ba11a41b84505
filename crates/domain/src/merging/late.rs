//! What still arrives for a source after the cut-over: late points, cancelled awards, returns, price drops.

use super::member::MemberPlan;
use super::points::{Disposition, Line, best_tier, ends, part};
use super::rules::MergeRules;
use super::snapshot::{LotState, MemberSnapshot, SourceKey, SourceLot};
use crate::conversion::{Fraction, Part, TooLarge};
use crate::rate::{Rounding, div};
use crate::share::{cumulative, largest_remainder};
use crate::time::{DAY, Timestamp};

/// Why a late item is not taken in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LateRefusal {
    /// The account is not one of this golden member's.
    #[error("the account belongs to another golden member")]
    NotTheirs,
    /// It came after the window for late items.
    #[error("late items were taken in until {0}")]
    TooLate(Timestamp),
    /// Its point type never converted.
    #[error("there is no conversion rule for {0}")]
    NoRule(String),
    /// The lot is not in the journal, or nothing of it opened.
    #[error("the journal has no opened lot {0}")]
    NoLot(String),
    /// More comes back than there was.
    #[error("only {0} are left to come back")]
    TooMany(i64),
    /// The amount is too large.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
}

impl LateRefusal {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotTheirs => "late_not_theirs",
            Self::TooLate(_) => "late_too_late",
            Self::NoRule(_) => "late_no_rule",
            Self::NoLot(_) => "late_no_lot",
            Self::TooMany(_) => "late_too_many",
            Self::TooLarge(_) => "late_too_large",
        }
    }
}

/// A late piece and what it became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateLine {
    /// What it was, as the source names it.
    pub lot: SourceLot,
    /// Whole target units.
    pub points: i64,
    /// The target's point type.
    pub to: String,
    /// When they end.
    pub expires_at: Option<Timestamp>,
    /// What all of the member's points of this source and type come to now, before rounding.
    pub exact_before: Fraction,
    /// The same with this item.
    pub exact_after: Fraction,
}

/// Converts points of before the cut-over that arrive after it, or lots of an award that is cancelled after it.
///
/// They get what they would have got in time: everything of this source and point type, late items included, is
/// converted together and rounded once; the difference is theirs. `earlier` are the late lots already taken in of all the
/// member's accounts, in their order. Rates by date look at the lot's own date, tiers at the account's own in `accounts`.
pub fn late(
    rules: &MergeRules,
    plan: &MemberPlan,
    accounts: &[MemberSnapshot],
    key: &SourceKey,
    earlier: &[(SourceKey, SourceLot)],
    lots: &[SourceLot],
    received_at: Timestamp,
) -> Result<Vec<LateLine>, LateRefusal> {
    if !plan.accounts.iter().any(|account| account.key == *key && account.moves) {
        return Err(LateRefusal::NotTheirs);
    }
    let window = rules.cutover.plus_micros(i64::from(rules.late_days) * DAY);
    if received_at > window {
        return Err(LateRefusal::TooLate(window));
    }
    let Some(point_type) = lots.first().map(|lot| lot.point_type.clone()) else {
        return Ok(Vec::new());
    };
    let rule = rules
        .conversion(&key.source, &point_type)
        .filter(|_| lots.iter().all(|lot| lot.point_type == point_type))
        .ok_or_else(|| LateRefusal::NoRule(point_type.clone()))?;
    let ours = |line: &&Line| {
        line.key.source == key.source
            && line.lot.point_type == point_type
            && matches!(line.disposition, Disposition::Opens | Disposition::KeptApart)
    };
    let members: Vec<&MemberSnapshot> = accounts.iter().collect();
    let as_part = |key: &SourceKey, lot: &SourceLot| {
        let line = blank(key, lot, best_tier(rule, &members, key));
        part(&line, lot.earned_at)
    };
    let mut parts: Vec<Part> =
        plan.lines.iter().filter(ours).map(|line| part(line, rules.cutover)).collect();
    let same =
        earlier.iter().filter(|(of, lot)| of.source == key.source && lot.point_type == point_type);
    parts.extend(same.map(|(key, lot)| as_part(key, lot)));
    let before = rule.convert(&parts)?;
    parts.extend(lots.iter().map(|lot| as_part(key, lot)));
    let after = rule.convert(&parts)?;
    let gained = after.total.checked_sub(before.total).ok_or(TooLarge)?;
    let weights: Vec<i64> = lots.iter().map(|lot| lot.points.max(0)).collect();
    let standing = |group: &str| {
        plan.tiers.iter().find(|tier| tier.group == group).map_or("", |tier| tier.tier.as_str())
    };
    let shares = largest_remainder(gained.max(0), &weights);
    let lines = lots.iter().zip(shares).map(|(lot, points)| LateLine {
        lot: lot.clone(),
        points,
        to: rule.to.clone(),
        expires_at: ends(rules, &rule.to, lot, standing),
        exact_before: before.exact,
        exact_after: after.exact,
    });
    Ok(lines.collect())
}

fn blank(key: &SourceKey, lot: &SourceLot, tier: String) -> Line {
    Line {
        key: key.clone(),
        lot: lot.clone(),
        tier,
        to: String::new(),
        exact: Fraction::ZERO,
        points: 0,
        expires_at: None,
        disposition: Disposition::Opens,
    }
}

/// What a return takes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ClawBack {
    /// Target units of the lot that the purchase opened with.
    pub from_lot: i64,
    /// Target units for what had been spent before the merge: taken elsewhere, owed or let go by the program's policy.
    pub shortfall: i64,
}

/// Takes back what a purchase of before the merge gave: of the lot it left in the journal exactly what that part
/// became, and for what was spent before the merge the same rate, rounded in the member's favor.
///
/// `granted` is what the purchase gave in source units, `before` how many of them earlier returns took back, and
/// `returned` how many this one does. Pieces end where the whole would.
pub fn claw_back(
    plan: &MemberPlan,
    key: &SourceKey,
    lot: &str,
    granted: i64,
    before: i64,
    returned: i64,
) -> Result<ClawBack, LateRefusal> {
    let lines: Vec<&Line> = plan
        .lines
        .iter()
        .filter(|line| {
            line.key == *key && line.lot.lot == lot && line.disposition == Disposition::Opens
        })
        .filter(|line| line.lot.state != LotState::Expired && line.lot.points > 0)
        .collect();
    let source: i64 = lines.iter().map(|line| line.lot.points).sum();
    let points: i64 = lines.iter().map(|line| line.points).sum();
    if source == 0 {
        return Err(LateRefusal::NoLot(lot.to_owned()));
    }
    if returned <= 0 || before < 0 || before.saturating_add(returned) > granted {
        return Err(LateRefusal::TooMany(granted.saturating_sub(before)));
    }
    let after = before + returned;
    // What is there goes first: the rest of the purchase had been spent.
    let there = |so_far: i64| so_far.min(source);
    let from_lot =
        cumulative(points, there(after), source) - cumulative(points, there(before), source);
    let spent = |so_far: i64| {
        let gone = i128::from(so_far - there(so_far));
        div(gone * i128::from(points), i128::from(source), Rounding::Floor)
    };
    let shortfall = i64::try_from(spent(after) - spent(before)).map_err(|_| TooLarge)?;
    Ok(ClawBack { from_lot, shortfall })
}

/// Points given back when an award paid from `lots` (target units each) costs less than it did, lot by lot.
#[must_use]
pub fn reprice(lots: &[i64], new_price: i64) -> Vec<i64> {
    let paid: i64 = lots.iter().sum();
    largest_remainder(paid.saturating_sub(new_price.max(0)).max(0), lots)
}

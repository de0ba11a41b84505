//! Tiers of an account: counting, upgrades at once, reviews with grace and soft landing, grants by hand.

use std::sync::Arc;

use serde_json::json;

use super::draft::Draft;
use crate::account::{CounterChange, Standing};
use crate::event::{MAX_CREDITS, QualifyingCredit};
use crate::explain::Step;
use crate::ids::PointTypeId;
use crate::label::Label;
use crate::program::{Measure, Program, Provenance, TierGroup};
use crate::refusal::Refusal;
use crate::rules::Subject;
use crate::tiers::Ladder;
use crate::time::Timestamp;

/// What an event counts for on one ladder; `gave` tells how many points of a type it gave.
fn counts_for(
    program: &Program,
    group: &TierGroup,
    subject: Subject<'_>,
    gave: &dyn Fn(PointTypeId) -> i64,
) -> i64 {
    match (&group.measure, subject) {
        (Measure::Points(code), _) => program.point_type(code).map_or(0, |p| gave(p.id)),
        (Measure::Spend, Subject::Purchase(purchase))
            if purchase.currency == program.currency.code() =>
        {
            purchase.lines.iter().fold(0_i64, |sum, line| sum.saturating_add(line.net_minor)).max(0)
        }
        (Measure::Visits, Subject::Purchase(_)) => 1,
        (Measure::Expression(_), _) => program.rules.measure(&group.code, subject),
        _ => 0,
    }
}

/// Counts an event on every ladder of the program and moves the member up where a step is reached.
///
/// Answers the counters that a return takes back by net amount; ladders that count points are taken back by the
/// points themselves, see [`uncount_points`].
pub(super) fn count(
    draft: &mut Draft<'_>,
    program: &Arc<Program>,
    subject: Subject<'_>,
    gave: &dyn Fn(PointTypeId) -> i64,
) -> Result<Vec<CounterChange>, Refusal> {
    let mut counted = Vec::new();
    for group in program.tier_groups.values() {
        let by = counts_for(program, group, subject, gave);
        if by == 0 {
            continue;
        }
        let ladder = Ladder::of(program, group, draft.account.enrolled_at);
        let change = CounterChange {
            key: ladder.counter(),
            period: ladder.period_of(draft.at()).into(),
            by,
        };
        draft.account.counters.add(&change);
        draft.account.touched.state = true;
        if !matches!(group.measure, Measure::Points(_)) {
            counted.push(change);
        }
        upgrade(draft, program, group)?;
    }
    Ok(counted)
}

/// Takes points off the ladders that count them, in the period in which they were earned.
pub(super) fn uncount_points(
    draft: &mut Draft<'_>,
    program: &Program,
    earned_at: Timestamp,
    of: PointTypeId,
    points: i64,
) {
    for group in program.tier_groups.values() {
        let Measure::Points(code) = &group.measure else { continue };
        if program.point_type(code).is_some_and(|p| p.id == of) {
            let ladder = Ladder::of(program, group, draft.account.enrolled_at);
            let period = ladder.period_of(earned_at);
            draft.account.counters.add(&CounterChange {
                key: ladder.counter(),
                period: period.into(),
                by: -points,
            });
            draft.account.touched.state = true;
        }
    }
}

fn upgrade(
    draft: &mut Draft<'_>,
    program: &Arc<Program>,
    group: &TierGroup,
) -> Result<(), Refusal> {
    let ladder = Ladder::of(program, group, draft.account.enrolled_at);
    let measured = ladder.measured(&draft.account.counters, draft.at());
    let Some(reached) = group.reached(measured) else { return Ok(()) };
    let current = draft.account.standings.get(&group.code);
    let held = current.map_or("", |standing| standing.tier.as_str()).to_owned();
    let kept_until = ladder.kept_until(draft.at());
    if group.rank(&reached.code) > group.rank(&held) {
        let standing = standing(program, &reached.code, draft.at(), Provenance::Earned, kept_until);
        let change = (standing, draft.at(), "reached");
        return set(draft, program, group, change, (measured, reached.threshold));
    }
    // The step held as a present is now earned: it lasts as long as an earned one.
    let gifted =
        current.is_some_and(|s| !matches!(s.provenance, Provenance::Earned | Provenance::Lifetime));
    if held == reached.code
        && gifted
        && let Some(standing) = draft.account.standings.get_mut(&group.code)
    {
        standing.provenance = Provenance::Earned;
        standing.review_at = crate::program::ExpiryPolicy::later(standing.review_at, kept_until);
        draft.account.touched.state = true;
    }
    Ok(())
}

fn standing(
    program: &Program,
    tier: &str,
    since: Timestamp,
    provenance: Provenance,
    review_at: Option<Timestamp>,
) -> Standing {
    let tier = tier.to_owned();
    Standing {
        program: program.id,
        tier,
        since,
        provenance,
        review_at,
        protected_until: None,
        in_grace: false,
    }
}

/// Puts a member on a step at an instant, tells why, and lengthens points where the policy says so.
fn set(
    draft: &mut Draft<'_>,
    program: &Arc<Program>,
    group: &TierGroup,
    (standing, at, why): (Standing, Timestamp, &'static str),
    (measured, threshold): (i64, i64),
) -> Result<(), Refusal> {
    let from = draft.account.tier(&group.code).to_owned();
    let to = standing.tier.clone();
    if let Some(review) = standing.review_at {
        draft.account.due(review);
    }
    draft.account.standings.insert(group.code.clone(), standing);
    draft.account.touched.state = true;
    draft.say(|| Step::Tier {
        group: (&group.code).into(),
        from: (&from).into(),
        to: (&to).into(),
        why: Label::fixed(why),
        measured,
        threshold,
    });
    let rose = group.rank(&to) > group.rank(&from);
    if from != to {
        let name = if rose { "tier.upgraded" } else { "tier.downgraded" };
        draft.tell_of(
            name,
            || json!({ "tier_group": group.code, "from": from, "to": to, "why": why }),
        );
        draft.tiers.push((group.code.clone(), from, to));
    }
    if rose { super::earn::lengthen(draft, program, at, true) } else { Ok(()) }
}

/// Reviews a standing that is due at `at`; answers when it is due again.
pub(super) fn review(
    draft: &mut Draft<'_>,
    code: &str,
    at: Timestamp,
) -> Result<Option<Timestamp>, Refusal> {
    let Some(held) = draft.account.standings.get(code).cloned() else { return Ok(None) };
    let program = draft
        .programs
        .at(held.program, at)
        .or_else(|| draft.programs.latest(held.program))
        .cloned();
    let Some(program) = program else { return Ok(None) };
    let Some(group) = program.tier_groups.get(code) else {
        end(draft, code, &held);
        return Ok(None);
    };
    let ladder = Ladder::of(&program, group, draft.account.enrolled_at);
    let measured = ladder.reviewed(&draft.account.counters, at);
    let reached = group.reached(measured).map_or("", |tier| tier.code.as_str());
    let threshold = group.rank(&held.tier).map_or(0, |rank| group.tiers[rank].threshold);
    let next = ladder.next_review(at);
    // What was paid for lasts as long as was paid: no grace, and no step below it that nobody earned.
    let paid = held.provenance == Provenance::Paid;
    let (standing, why) = if let Some(until) = held.protected_until.filter(|until| *until > at) {
        (Standing { review_at: Some(until), ..held.clone() }, "protected")
    } else if group.rank(reached) >= group.rank(&held.tier) {
        let since = if reached == held.tier { held.since } else { at };
        let kept = Standing {
            since,
            review_at: next,
            ..standing(&program, reached, at, Provenance::Earned, next)
        };
        (kept, "reviewed_kept")
    } else if let Some(grace) = group.grace.filter(|_| !held.in_grace && !paid) {
        let until = grace.after(at, &program.zone);
        (Standing { in_grace: true, review_at: Some(until), ..held.clone() }, "grace")
    } else {
        let landed = landing(group, &held.tier, reached);
        let (to, why) = if paid { (reached, "reviewed_down") } else { landed };
        (standing(&program, to, at, Provenance::Earned, next.filter(|_| !to.is_empty())), why)
    };
    let again = standing.review_at;
    set(draft, &program, group, (standing, at, why), (measured, threshold))?;
    Ok(again)
}

/// The program has the ladder no longer: its tiers end with it.
fn end(draft: &mut Draft<'_>, code: &str, held: &Standing) {
    draft.account.standings.remove(code);
    draft.account.touched.state = true;
    let (group, from, to) = (code.to_owned(), held.tier.clone(), String::new());
    draft.say(|| Step::Tier {
        group: (&group).into(),
        from: (&from).into(),
        to: (&to).into(),
        why: Label::fixed("ladder_ended"),
        measured: 0,
        threshold: 0,
    });
    if from != to {
        draft.tell_of(
            "tier.downgraded",
            || json!({ "tier_group": code, "from": from, "to": to, "why": "ladder_ended" }),
        );
        draft.tiers.push((group, from, to));
    }
}

/// Where a review that takes `held` away puts the member.
fn landing<'a>(group: &'a TierGroup, held: &str, reached: &'a str) -> (&'a str, &'static str) {
    let below = group
        .rank(held)
        .and_then(|rank| rank.checked_sub(1))
        .map(|rank| group.tiers[rank].code.as_str());
    match below {
        Some(below) if group.soft_landing && group.rank(below) > group.rank(reached) => {
            (below, "soft_landing")
        }
        _ => (reached, "reviewed_down"),
    }
}

/// Counts what was brought from elsewhere, each credit in its own window, and moves the member up where that reaches.
pub(super) fn qualify(
    draft: &mut Draft<'_>,
    code: &str,
    credits: &[QualifyingCredit],
) -> Result<(), Refusal> {
    let invalid = |why: &str| Refusal::Invalid { field: "/credits", why: why.into() };
    let program = draft.program()?;
    let group = program
        .tier_groups
        .get(code)
        .ok_or(Refusal::Unknown { what: "tier group", code: code.to_owned() })?;
    if credits.is_empty() || credits.len() > MAX_CREDITS {
        return Err(invalid("must be 1 to 200 credits"));
    }
    let ladder = Ladder::of(&program, group, draft.account.enrolled_at);
    for credit in credits {
        if credit.amount == 0 || credit.counts_at > draft.at() {
            return Err(invalid("each must count something, and not after the event"));
        }
        let (key, period) = (ladder.counter(), ladder.period_of(credit.counts_at));
        let before = draft.account.counters.get(&key, &period);
        if before.checked_add(credit.amount).is_none_or(|after| after < 0) {
            return Err(invalid("takes more than counts in that window"));
        }
        let change = CounterChange { key, period: period.into(), by: credit.amount };
        draft.account.counters.add(&change);
        draft.account.touched.state = true;
        let QualifyingCredit { counts_at, amount } = *credit;
        draft.say(|| Step::Qualified { group: code.into(), amount, counts_at });
    }
    upgrade(draft, &program, group)
}

/// Gives a tier by hand.
pub(super) fn grant(
    draft: &mut Draft<'_>,
    code: &str,
    tier: &str,
    provenance: Provenance,
    until: Option<Timestamp>,
) -> Result<(), Refusal> {
    let program = draft.program()?;
    let group = program
        .tier_groups
        .get(code)
        .ok_or(Refusal::Unknown { what: "tier group", code: code.to_owned() })?;
    let rank = group.rank(tier).ok_or(Refusal::Unknown { what: "tier", code: tier.to_owned() })?;
    if until.is_some_and(|until| until <= draft.at()) {
        return Err(Refusal::Invalid { field: "/until", why: "must lie after the grant".into() });
    }
    let ladder = Ladder::of(&program, group, draft.account.enrolled_at);
    let measured = ladder.measured(&draft.account.counters, draft.at());
    let review_at = match provenance {
        Provenance::Lifetime => None,
        _ => until.or_else(|| ladder.kept_until(draft.at())),
    };
    let protected_until = until.filter(|_| provenance == Provenance::Protected);
    let standing =
        Standing { protected_until, ..standing(&program, tier, draft.at(), provenance, review_at) };
    let change = (standing, draft.at(), "granted");
    set(draft, &program, group, change, (measured, group.tiers[rank].threshold))
}

/// Refuses a step that is not above the one the member stands on.
pub(super) fn above(draft: &Draft<'_>, code: &str, tier: &str) -> Result<(), Refusal> {
    let program = draft.program()?;
    let unknown = |what, code: &str| Refusal::Unknown { what, code: code.to_owned() };
    let group = program.tier_groups.get(code).ok_or_else(|| unknown("tier group", code))?;
    let wanted = group.rank(tier).ok_or_else(|| unknown("tier", tier))?;
    match group.rank(draft.account.tier(code)) {
        Some(held) if held >= wanted => Err(Refusal::RewardInactive("tier_held".into())),
        _ => Ok(()),
    }
}

/// Ends a step that was paid for: what the member has earned decides, at once and without grace.
pub(super) fn take_paid(draft: &mut Draft<'_>, code: &str, tier: &str) -> Result<(), Refusal> {
    let at = draft.at();
    let Some(held) = draft.account.standings.get(code) else { return Ok(()) };
    if held.tier != tier || held.provenance != Provenance::Paid {
        return Ok(());
    }
    review(draft, code, at).map(drop)
}

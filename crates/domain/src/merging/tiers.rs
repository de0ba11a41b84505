//! Tiers and counters of one golden member: the best of what is mapped and what is requalified, without chains.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Span;
use jiff::civil::Date;

use super::exceptions::{Exception, ExceptionCode};
use super::rules::{Ladder, MergeRules, Mode};
use super::snapshot::{MemberSnapshot, SourceKey, SourceTier};
use crate::conversion::{Fraction, TooLarge};
use crate::program::Provenance;
use crate::rate::Rounding;
use crate::time::{Timestamp, Zone};

/// The most days a year has, without a leap day.
const DAYS_A_YEAR: i64 = 365;

/// Where the member stands on a ladder after the merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TierResult {
    /// The ladder.
    pub group: String,
    /// The step; empty is below the first.
    pub tier: String,
    /// How it was obtained, which goes on being known.
    pub provenance: Provenance,
    /// Since when.
    pub since: Timestamp,
    /// The account whose tier won; `None` when the counters of all together did.
    pub from: Option<SourceKey>,
    /// No review takes it before this instant; `None` is never.
    pub protected_until: Option<Timestamp>,
    /// What the counters alone would give; a lower step falls due when the protection ends.
    pub requalified: String,
}

/// What counts on a ladder in one period, all sources together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CounterResult {
    /// The ladder.
    pub group: String,
    /// The period.
    pub period: String,
    /// How much, rounded once in the member's favor.
    pub value: i64,
    /// What was counted in two programs and is counted once, in ladder units.
    pub counted_twice: i64,
}

impl CounterResult {
    /// When it counts from here on: at the last instant of its period, `YYYY`, `YYYY-MM` or `YYYY-MM-DD` in the zone of
    /// the program, and not after the cut-over; `None` when the period is none of these.
    ///
    /// The last instant and not the first, since a window that only reaches back to the middle of the period would
    /// otherwise count nothing of it.
    #[must_use]
    pub fn counts_at(&self, rules: &MergeRules) -> Option<Timestamp> {
        counts_at(&self.period, &rules.zone).map(|end| end.min(rules.cutover))
    }
}

/// The last instant of a period by its label.
fn counts_at(period: &str, zone: &Zone) -> Option<Timestamp> {
    let mut parts = period.split('-');
    let year: i16 = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let two = |part: &str| part.parse::<i8>().ok().filter(|_| part.len() == 2);
    let (month, day) = match (parts.next(), parts.next(), parts.next()) {
        (None, ..) => (None, None),
        (Some(month), None, _) => (Some(two(month)?), None),
        (Some(month), Some(day), None) => (Some(two(month)?), Some(two(day)?)),
        _ => return None,
    };
    let first = Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
    let span = match (month, day) {
        (None, _) => Span::new().years(1),
        (_, None) => Span::new().months(1),
        _ => Span::new().days(1),
    };
    let next = first.checked_add(span).ok()?;
    Some(zone.start_of(next).plus_micros(-1))
}

/// Tiers, counters, and what the desk should see.
pub(super) type Standings = (Vec<TierResult>, Vec<CounterResult>, Vec<Exception>);

/// What tiers and counters of the cluster become.
pub(super) fn standings(
    members: &[&MemberSnapshot],
    rules: &MergeRules,
) -> Result<Standings, TooLarge> {
    if matches!(rules.mode, Mode::SharedCurrency | Mode::LinkOnly) {
        return Ok((Vec::new(), Vec::new(), Vec::new()));
    }
    let (counters, mut found) = counters(members, rules)?;
    let mut tiers = Vec::new();
    for ladder in &rules.ladders {
        let requalified = requalified(ladder, &counters);
        let all: Vec<Candidate> = candidates(members, rules, ladder)
            .chain(requalified.map(|rank| Candidate::by_counters(rank, rules.cutover)))
            .collect();
        let best = all.iter().max_by(|a, b| {
            (a.rank, a.strength()).cmp(&(b.rank, b.strength())).then(b.key.cmp(&a.key))
        });
        if let Some(best) = best {
            // Whoever had the step for longer by a weaker title keeps it for as long.
            let until = all.iter().filter(|other| other.rank == best.rank);
            let until = until.filter_map(|other| other.until).max();
            tiers.push(best.result(ladder, until, requalified));
        }
    }
    for member in members {
        for held in &member.tiers {
            let known = rules
                .tiers
                .iter()
                .any(|map| map.source == member.key.source && map.tier == held.tier);
            if !known && !rules.ladders.is_empty() {
                found.push(
                    Exception::new(&member.key, ExceptionCode::TierUnmapped).about(&held.tier, 0),
                );
            }
        }
    }
    Ok((tiers, counters, found))
}

struct Candidate {
    rank: usize,
    provenance: Provenance,
    since: Timestamp,
    until: Option<Timestamp>,
    key: Option<SourceKey>,
}

impl Candidate {
    fn by_counters(rank: usize, at: Timestamp) -> Self {
        Self { rank, provenance: Provenance::Earned, since: at, until: None, key: None }
    }

    /// Of equal steps the one that lasts and travels best wins.
    fn strength(&self) -> u8 {
        match self.provenance {
            Provenance::Lifetime => 5,
            Provenance::Earned => 4,
            Provenance::Paid => 3,
            Provenance::Protected => 2,
            Provenance::Matched => 1,
            Provenance::Gifted => 0,
        }
    }

    /// The step, kept until the latest end of all that map to it.
    fn result(
        &self,
        ladder: &Ladder,
        until: Option<Timestamp>,
        requalified: Option<usize>,
    ) -> TierResult {
        let name = |rank: usize| ladder.tiers.get(rank).map(|(code, _)| code.clone());
        let protected_until = match self.provenance {
            Provenance::Lifetime => None,
            _ => Some(until.map_or(ladder.protected_until, |end| end.max(ladder.protected_until))),
        };
        TierResult {
            group: ladder.group.clone(),
            tier: name(self.rank).unwrap_or_default(),
            provenance: self.provenance,
            since: self.since,
            from: self.key.clone(),
            protected_until,
            requalified: requalified.and_then(name).unwrap_or_default(),
        }
    }
}

/// What each tier held maps to. One that was matched or given maps to its declared equivalent only, and stays so.
fn candidates<'a>(
    members: &'a [&MemberSnapshot],
    rules: &'a MergeRules,
    ladder: &'a Ladder,
) -> impl Iterator<Item = Candidate> {
    members.iter().flat_map(move |member| {
        member.tiers.iter().filter_map(move |held: &SourceTier| {
            Some(Candidate {
                rank: mapped(rules, ladder, &member.key.source, held)?,
                provenance: held.provenance,
                since: held.since,
                until: held.until,
                key: Some(member.key.clone()),
            })
        })
    })
}

/// The step that a tier held maps to on a ladder; none where nothing is said of it.
pub(super) fn mapped(
    rules: &MergeRules,
    ladder: &Ladder,
    source: &str,
    held: &SourceTier,
) -> Option<usize> {
    let map = rules
        .tiers
        .iter()
        .find(|map| map.source == source && map.tier == held.tier && map.group == ladder.group)?;
    let to = match held.provenance {
        Provenance::Matched | Provenance::Gifted => map.matched_to.as_ref()?,
        _ => &map.to,
    };
    ladder.rank(to)
}

/// The best step that one period alone reaches.
fn requalified(ladder: &Ladder, counters: &[CounterResult]) -> Option<usize> {
    let reached = |value: i64| ladder.tiers.iter().rposition(|(_, threshold)| value >= *threshold);
    counters
        .iter()
        .filter(|counter| counter.group == ladder.group)
        .filter(|counter| ladder.periods.is_empty() || ladder.periods.contains(&counter.period))
        .filter_map(|counter| reached(counter.value))
        .max()
}

/// Sums counters by ladder and period. A transaction that two programs credited counts once, at its larger credit.
fn counters(
    members: &[&MemberSnapshot],
    rules: &MergeRules,
) -> Result<(Vec<CounterResult>, Vec<Exception>), TooLarge> {
    let mut credits = BTreeMap::<(&str, &str), Vec<(Option<&str>, &SourceKey, Fraction)>>::new();
    let (mut days, mut found) = (BTreeSet::new(), Vec::new());
    for member in members {
        for counter in &member.counters {
            let maps = rules
                .counters
                .iter()
                .filter(|map| map.source == member.key.source && map.counter == counter.counter);
            for map in maps {
                let place = (map.group.as_str(), counter.period.as_str());
                let worth = Fraction::whole(counter.value).at(map.rate)?;
                credits.entry(place).or_default().push((
                    counter.reference.as_deref(),
                    &member.key,
                    worth,
                ));
                if map.days {
                    days.insert(place);
                }
            }
        }
    }
    let mut results = Vec::new();
    for (place, credits) in credits {
        if counts_at(place.1, &rules.zone).is_none() {
            let exception = Exception::new(credits[0].1, ExceptionCode::CounterPeriodUnknown);
            found.push(exception.about(place.1, 0));
        }
        let (sum, twice) = sum_once(&credits)?;
        let mut value = sum.rounded(Rounding::Ceil)?;
        if days.contains(&place) && value > DAYS_A_YEAR {
            let subject = format!("{}/{}", place.0, place.1);
            let exception = Exception::new(credits[0].1, ExceptionCode::CounterBeyondCalendar);
            found.push(exception.about(&subject, value));
            value = DAYS_A_YEAR;
        }
        results.push(CounterResult {
            group: place.0.to_owned(),
            period: place.1.to_owned(),
            value,
            counted_twice: twice.rounded(Rounding::Floor)?,
        });
    }
    Ok((results, found))
}

type Credit<'a> = (Option<&'a str>, &'a SourceKey, Fraction);

fn sum_once(credits: &[Credit<'_>]) -> Result<(Fraction, Fraction), TooLarge> {
    let (mut sum, mut all) = (Fraction::ZERO, Fraction::ZERO);
    // Several credits of one source under one reference belong together: nights of one booking.
    let mut by_reference = BTreeMap::<&str, BTreeMap<&str, Fraction>>::new();
    for (reference, key, worth) in credits {
        all = all.plus(*worth)?;
        match reference {
            None => sum = sum.plus(*worth)?,
            Some(reference) => {
                let of_source = by_reference.entry(reference).or_default();
                let so_far = of_source.entry(&key.source).or_default();
                *so_far = so_far.plus(*worth)?;
            }
        }
    }
    for of_source in by_reference.values() {
        sum = sum.plus(of_source.values().copied().max().unwrap_or(Fraction::ZERO))?;
    }
    Ok((sum, all.minus(sum)?))
}

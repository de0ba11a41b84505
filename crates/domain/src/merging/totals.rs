//! Control totals of a run: what went in by source and point type, what came out, and what explains the rest.

use std::collections::BTreeMap;

use super::csv::Row;
use super::member::MemberPlan;
use super::points::Disposition;
use super::snapshot::LotState;
use crate::conversion::{Fraction, TooLarge};
use crate::time::Timestamp;

/// Sums over all members of a run or a wave.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    /// By source and point type.
    pub points: BTreeMap<(String, String), PointTotals>,
    /// Numbers of things: `members`, `accounts`, `lots`, `vouchers`, …
    pub counts: BTreeMap<String, i64>,
    /// Exceptions by code.
    pub exceptions: BTreeMap<&'static str, i64>,
    /// Members whose tier falls when its protection ends, by ladder and instant.
    pub due_downgrades: BTreeMap<(String, Timestamp), i64>,
    /// Broken promises by name.
    pub breaches: BTreeMap<&'static str, i64>,
    /// Compensation by target point type.
    pub compensation: BTreeMap<String, i128>,
    /// What all points were worth, in minor units.
    pub value_before: Fraction,
    /// What they are worth, in minor units.
    pub value_after: Fraction,
}

/// Sums of one source point type.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PointTotals {
    /// The target's point type; empty while nothing of it converted.
    pub to: String,
    /// Source units in the snapshots by state and sign: `available`, `pending`, `held`, `expired`,
    /// `in_transit`, `debt`.
    pub opening: BTreeMap<&'static str, i128>,
    /// Source units by what became of them: `opens`, `kept_apart`, `held_back`, `left`, `expired`.
    pub source: BTreeMap<&'static str, i128>,
    /// Target units by the state in which they open: `available`, `pending`, `held`, `debt`, `reinstated`.
    pub target: BTreeMap<&'static str, i128>,
    /// Source units below a whole multiple, of what opens.
    pub left_behind: i128,
    /// What the tables make of it, of what opens.
    pub exact: Fraction,
    /// What caps took, of what opens.
    pub cut: Fraction,
    /// What rounding gave (or took), of what opens: the rounding account.
    pub rounding: Fraction,
    /// On top by `min` and `bonus`.
    pub gifts: i128,
    /// Target units of debts that are kept apart.
    pub kept_apart: i128,
}

impl PointTotals {
    /// Target units that open, gifts apart.
    #[must_use]
    pub fn opened(&self) -> i128 {
        self.target.values().sum()
    }

    /// Does the account close: is what opens exactly what the tables made, less caps, plus rounding?
    #[must_use]
    pub fn closes(&self) -> bool {
        let expected = self.exact.minus(self.cut).and_then(|sum| sum.plus(self.rounding));
        let opened = Fraction::new(self.opened(), 1);
        let moved = self.source.values().sum::<i128>() == self.opening.values().sum::<i128>();
        expected.is_ok() && expected == opened && moved
    }
}

/// The name of the state and sign under which control totals count a lot.
fn state_name(state: LotState, points: i64) -> &'static str {
    if points < 0 { "debt" } else { state.name() }
}

impl Totals {
    /// Adds one member.
    pub fn add(&mut self, plan: &MemberPlan) -> Result<(), TooLarge> {
        self.count(plan);
        for line in &plan.lines {
            let name = (line.key.source.clone(), line.lot.point_type.clone());
            let totals = self.points.entry(name).or_default();
            let points = i128::from(line.lot.points);
            *totals.opening.entry(state_name(line.lot.state, line.lot.points)).or_default() +=
                points;
            *totals.source.entry(line.disposition.name()).or_default() += points;
            match line.disposition {
                Disposition::Opens => {
                    let state = match line.lot.state {
                        LotState::Expired => "reinstated",
                        _ => state_name(line.opens_as(plan.cutover), line.lot.points),
                    };
                    *totals.target.entry(state).or_default() += i128::from(line.points);
                }
                Disposition::KeptApart => totals.kept_apart += i128::from(line.points),
                _ => {}
            }
        }
        for conversion in &plan.conversions {
            let name = (conversion.source.clone(), conversion.point_type.clone());
            let totals = self.points.entry(name).or_default();
            totals.to.clone_from(&conversion.to);
            if conversion.disposition == Disposition::Opens {
                let converted = &conversion.converted;
                totals.exact = totals.exact.plus(converted.exact)?;
                totals.cut = totals.cut.plus(converted.cut)?;
                totals.rounding = totals.rounding.plus(converted.rounding)?;
                totals.gifts += i128::from(converted.gift);
                totals.left_behind += i128::from(converted.left_behind);
            }
        }
        if let Some(given) = &plan.compensation {
            *self.compensation.entry(given.to.clone()).or_default() += i128::from(given.points);
        }
        self.value_before = self.value_before.plus(plan.value_before)?;
        self.value_after = self.value_after.plus(plan.value_after)?;
        Ok(())
    }

    /// Adds the sums of other members.
    pub fn join(&mut self, other: Self) -> Result<(), TooLarge> {
        for (name, more) in other.points {
            let own = self.points.entry(name).or_default();
            if own.to.is_empty() {
                own.to = more.to;
            }
            for (mine, theirs) in [
                (&mut own.opening, more.opening),
                (&mut own.source, more.source),
                (&mut own.target, more.target),
            ] {
                theirs.into_iter().for_each(|(state, by)| *mine.entry(state).or_default() += by);
            }
            own.left_behind += more.left_behind;
            own.exact = own.exact.plus(more.exact)?;
            own.cut = own.cut.plus(more.cut)?;
            own.rounding = own.rounding.plus(more.rounding)?;
            own.gifts += more.gifts;
            own.kept_apart += more.kept_apart;
        }
        other.counts.into_iter().for_each(|(name, by)| *self.counts.entry(name).or_default() += by);
        for (code, by) in other.exceptions {
            *self.exceptions.entry(code).or_default() += by;
        }
        for (due, by) in other.due_downgrades {
            *self.due_downgrades.entry(due).or_default() += by;
        }
        other
            .breaches
            .into_iter()
            .for_each(|(name, by)| *self.breaches.entry(name).or_default() += by);
        for (to, by) in other.compensation {
            *self.compensation.entry(to).or_default() += by;
        }
        self.value_before = self.value_before.plus(other.value_before)?;
        self.value_after = self.value_after.plus(other.value_after)?;
        Ok(())
    }

    fn count(&mut self, plan: &MemberPlan) {
        let more = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let moved = plan.accounts.iter().filter(|account| account.moves).count();
        let zero = !plan.lines.iter().any(|line| line.lot.points != 0);
        for (name, by) in [
            ("accounts", more(plan.accounts.len())),
            ("accounts_moved", more(moved)),
            ("aliases", more(plan.accounts.iter().map(|account| account.aliases.len()).sum())),
            ("lots", more(plan.lines.len())),
            ("tiers", more(plan.tiers.len())),
            ("counters", more(plan.counters.len())),
            ("vouchers", more(plan.vouchers.len())),
            ("orders", more(plan.orders.len())),
            ("consents", more(plan.consents.len())),
            ("plans", more(plan.plans.len())),
            ("zero_balance", i64::from(zero)),
        ] {
            *self.counts.entry(name.to_owned()).or_default() += by;
        }
        *self.counts.entry(format!("members_{}", plan.status.name())).or_default() += 1;
        if let Some(verdict) = plan.verdict() {
            *self.counts.entry("members".into()).or_default() += 1;
            *self.counts.entry(format!("{}s", verdict.name())).or_default() += 1;
        }
        for tier in plan.due_downgrades() {
            let due = (tier.group.clone(), tier.protected_until.unwrap_or(Timestamp::MAX));
            *self.due_downgrades.entry(due).or_default() += 1;
        }
        for exception in &plan.exceptions {
            *self.exceptions.entry(exception.code.name()).or_default() += 1;
        }
        for breach in &plan.breaches {
            *self.breaches.entry(breach.promise).or_default() += 1;
        }
    }

    /// May the run be approved: does every account close, and is no promise broken?
    #[must_use]
    pub fn approvable(&self) -> bool {
        self.breaches.is_empty() && self.points.values().all(PointTotals::closes)
    }
}

impl Totals {
    /// The first line of `control.csv`, with its end.
    pub const HEADING: &str = "code,source,point_type,num,den\n";

    /// The control totals as lines of `control.csv`: what `tools/audit.py` compares with its own sums.
    #[must_use]
    pub fn lines(&self) -> String {
        let mut text = String::new();
        for ((source, point_type), points) in &self.points {
            let mut line = |code: &str, value: Fraction| {
                let row = Row::default().text(code).text(source).text(point_type);
                text.push_str(&row.fraction(value).end());
            };
            let whole = |number: i128| {
                Fraction::new(number, 1).expect("a sum of fewer than 2^63 lots of 64 bits fits 127")
            };
            for (state, units) in &points.opening {
                line(&format!("opening_{state}"), whole(*units));
            }
            for (disposition, units) in &points.source {
                line(disposition, whole(*units));
            }
            line("exact", points.exact);
            line("cut", points.cut);
            line("rounding", points.rounding);
            line("gifts", whole(points.gifts));
            line("converted_in", whole(points.opened()));
        }
        for (to, points) in &self.compensation {
            let row = Row::default().text("compensation").text("").text(to);
            text.push_str(&row.number(*points).number(1).end());
        }
        text
    }
}

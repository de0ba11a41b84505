//! The sums of a backtest: what each side gave, and who would win or lose.

use std::collections::BTreeMap;
use std::time::Duration;

use lazo_domain::account::Account;
use lazo_domain::event::{self, Body, Event};
use lazo_domain::ids::{MemberId, PointTypeId};
use lazo_domain::points::Points;
use lazo_domain::program::{PointKind, Program, Programs};
use lazo_domain::rate::{Rate, Rounding};
use lazo_domain::replay::{Replay, Used};
use lazo_store::ledger::history::History;
use serde::Serialize;

use super::{Backtest, NAMED};

/// Attributes of members that rules may ask for.
pub(super) type Facts = BTreeMap<MemberId, BTreeMap<String, String>>;

/// What one rule set gave. Points are smallest units by point type, money is minor units.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Totals {
    /// Events replayed.
    pub events: i64,
    /// Events that this rule set refuses, such as a redemption it left no points for.
    pub refused: i64,
    /// Points given by rules less what returns took back.
    pub earned: BTreeMap<String, i64>,
    /// Points free to spend at the end.
    pub available: BTreeMap<String, i64>,
    /// Points given, at what a point is worth to a member: what the rules cost.
    pub cost_minor: i64,
    /// Points not yet spent at the end, at the same worth: what the brand owes.
    pub liability_minor: i64,
    /// Members by ladder and step at the end; the empty step is none.
    pub tiers: BTreeMap<String, BTreeMap<String, i64>>,
}

/// One member under both rule sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct MemberDifference {
    /// Who.
    pub member: MemberId,
    /// Redeemable points earned under the live rules, in smallest units.
    pub baseline: i64,
    /// The same under the candidate.
    pub candidate: i64,
}

/// Both sides and the difference, member by member.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Report {
    /// Under the live rules.
    pub baseline: Totals,
    /// Under the candidate.
    pub candidate: Totals,
    /// How many members have a history.
    pub members: i64,
    /// How many would have earned more.
    pub winners: i64,
    /// How many would have earned less.
    pub losers: i64,
    /// Those who gain most, at most [`NAMED`].
    pub most_gained: Vec<MemberDifference>,
    /// Those who lose most, at most [`NAMED`].
    pub most_lost: Vec<MemberDifference>,
    /// Were shared budgets used up account by account instead of by date?
    pub budgets_by_account: bool,
    /// Time the replays took on their threads together: under the live rules, and under the candidate.
    #[serde(skip)]
    pub busy: [Duration; 2],
}

/// One rule set with what it is applied to.
pub(super) struct Side<'a> {
    pub programs: &'a Programs,
    pub backtest: &'a Backtest,
}

/// One member under one rule set.
pub(super) struct MemberSide {
    pub events: i64,
    refused: i64,
    earned: BTreeMap<String, i64>,
    available: BTreeMap<String, i64>,
    redeemable: i64,
    cost_minor: i64,
    liability_minor: i64,
    tiers: BTreeMap<String, String>,
}

impl<'a> Side<'a> {
    /// Replays one member's history up to the instant asked for.
    pub fn replay(&self, history: &'a History, facts: &Facts, used: &mut Used) -> MemberSide {
        let tenant = self.backtest.tenant;
        let account = Account::new(tenant, history.account, history.member, history.enrolled_at);
        let mut replay = Replay::new(account, self.programs);
        let attributes = facts.get(&history.member).cloned().unwrap_or_default();
        let mut facts =
            event::Facts { member: history.member, attributes, ..event::Facts::default() };
        let mut side = MemberSide::new();
        let mut last: Option<&Event> = None;
        for event in &history.events {
            // Time passes by itself at the end; events of other programs are not this one's business.
            let own = event.program == self.backtest.program && event.body != Body::Elapse;
            if !own || event.effective_at > self.backtest.at {
                continue;
            }
            side.events += 1;
            match replay.step(event, &mut facts, used) {
                Ok(issued) => side.earn(self.programs, event, &issued),
                Err(_) => side.refused += 1,
            }
            last = Some(event);
        }
        if let Some(event) = last {
            replay.elapse(event, self.backtest.at, used);
        }
        side.close(
            self.programs.latest(self.backtest.program).map(AsRef::as_ref),
            replay.account(),
        );
        side
    }
}

impl MemberSide {
    fn new() -> Self {
        Self {
            events: 0,
            refused: 0,
            earned: BTreeMap::new(),
            available: BTreeMap::new(),
            redeemable: 0,
            cost_minor: 0,
            liability_minor: 0,
            tiers: BTreeMap::new(),
        }
    }

    /// Counts what rules gave and returns took: all that an event changes, except by expiry and redemption.
    fn earn(&mut self, programs: &Programs, event: &Event, issued: &BTreeMap<PointTypeId, Points>) {
        if !matches!(
            event.body,
            Body::Purchase(_) | Body::Custom(_) | Body::Return(_) | Body::Reverse { .. }
        ) {
            return;
        }
        for (point_type, points) in issued {
            let Some((_, kind)) = programs.point_type(*point_type, event.effective_at) else {
                continue;
            };
            *self.earned.entry(kind.code.clone()).or_default() += points.0;
            if kind.kind == PointKind::Redeemable {
                self.redeemable += points.0;
            }
        }
    }

    fn close(&mut self, program: Option<&Program>, account: &Account) {
        let Some(program) = program else { return };
        for point_type in program.point_types.values() {
            let balance = account.balance(point_type.id);
            let code = &point_type.code;
            *self.available.entry(code.clone()).or_default() += balance.available.0;
            let worth = |points: i64| worth(point_type.value_minor, point_type.scale, points);
            if point_type.kind == PointKind::Redeemable {
                let owed = [balance.available, balance.pending, balance.held];
                self.liability_minor += worth(owed.iter().map(|p| p.0).sum());
                self.cost_minor += worth(self.earned.get(code).copied().unwrap_or(0));
            }
        }
        for group in program.tier_groups.keys() {
            self.tiers.insert(group.clone(), account.tier(group).to_owned());
        }
    }
}

/// What smallest units are worth in minor units, rounded down once.
fn worth(value: Option<Rate>, scale: u8, points: i64) -> i64 {
    let whole = 10_i64.pow(u32::from(scale));
    let value = value.and_then(|v| Rate::new(v.num(), v.den().checked_mul(whole)?));
    value.and_then(|v| v.of(points, Rounding::Floor)).unwrap_or(0)
}

impl Totals {
    fn member(&mut self, side: &MemberSide) {
        self.events += side.events;
        self.refused += side.refused;
        self.cost_minor += side.cost_minor;
        self.liability_minor += side.liability_minor;
        sum(&mut self.earned, &side.earned);
        sum(&mut self.available, &side.available);
        for (group, tier) in &side.tiers {
            *self.tiers.entry(group.clone()).or_default().entry(tier.clone()).or_default() += 1;
        }
    }

    fn add(&mut self, other: Self) {
        self.events += other.events;
        self.refused += other.refused;
        self.cost_minor += other.cost_minor;
        self.liability_minor += other.liability_minor;
        sum(&mut self.earned, &other.earned);
        sum(&mut self.available, &other.available);
        for (group, tiers) in &other.tiers {
            sum(self.tiers.entry(group.clone()).or_default(), tiers);
        }
    }
}

fn sum(into: &mut BTreeMap<String, i64>, from: &BTreeMap<String, i64>) {
    for (key, value) in from {
        *into.entry(key.clone()).or_default() += value;
    }
}

impl Report {
    /// Adds one member's two sides.
    pub(super) fn member(&mut self, member: MemberId, baseline: MemberSide, candidate: MemberSide) {
        if baseline.events == 0 {
            return;
        }
        self.baseline.member(&baseline);
        self.candidate.member(&candidate);
        self.members += 1;
        let (baseline, candidate) = (baseline.redeemable, candidate.redeemable);
        self.winners += i64::from(candidate > baseline);
        self.losers += i64::from(candidate < baseline);
        let difference = MemberDifference { member, baseline, candidate };
        if candidate > baseline {
            self.most_gained.push(difference);
        } else if candidate < baseline {
            self.most_lost.push(difference);
        }
        if self.most_gained.len() + self.most_lost.len() > 8 * NAMED {
            self.name();
        }
    }

    /// Adds what another thread found.
    pub(super) fn add(&mut self, other: Self) {
        self.baseline.add(other.baseline);
        self.candidate.add(other.candidate);
        self.members += other.members;
        self.winners += other.winners;
        self.losers += other.losers;
        self.most_gained.extend(other.most_gained);
        self.most_lost.extend(other.most_lost);
        for (busy, more) in self.busy.iter_mut().zip(other.busy) {
            *busy += more;
        }
        self.name();
    }

    /// Keeps the largest differences; ties in the order of ids, so that two runs name the same.
    fn name(&mut self) {
        for list in [&mut self.most_gained, &mut self.most_lost] {
            list.sort_by_key(|d| (std::cmp::Reverse(d.candidate.abs_diff(d.baseline)), d.member));
            list.truncate(NAMED);
        }
    }
}

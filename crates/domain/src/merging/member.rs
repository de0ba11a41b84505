//! The plan of one golden member: a pure function of the rules and the snapshots of its accounts.

use std::cmp::Ordering;

use super::belongings::{self, PlanResult, PoolResult};
use super::commitments::{self, Breach};
use super::consents::{self, ConsentResult};
use super::exceptions::{Exception, ExceptionCode};
use super::orders::{self, OrderResult};
use super::points::{self, Compensation, Conversion, Disposition, Line};
use super::rules::{MergeRules, Mode};
use super::snapshot::{Consent, MemberSnapshot, SourceKey, SourceLot, SourceStatus, Unit};
use super::tiers::{self, CounterResult, TierResult};
use super::vouchers::{self, VoucherResult};
use crate::conversion::{Fraction, TooLarge};
use crate::program::Provenance;
use crate::time::Timestamp;

/// How the golden member stands after the merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GoldenStatus {
    /// In use.
    Active,
    /// In use, but nothing may be spent until somebody has looked into it.
    Quarantined,
    /// Nothing may be spent.
    Blocked,
    /// Waits at the desk: nothing is posted.
    HeldBack,
    /// None of its accounts moves: they were closed or erased.
    Left,
}

impl GoldenStatus {
    /// The name outside.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Quarantined => "quarantined",
            Self::Blocked => "blocked",
            Self::HeldBack => "held_back",
            Self::Left => "left",
        }
    }
}

/// Who gains and who loses by the merge, in what points are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Worth less.
    Loser,
    /// Worth the same.
    Neutral,
    /// Worth more.
    Winner,
}

impl Verdict {
    /// The name outside.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Loser => "loser",
            Self::Neutral => "neutral",
            Self::Winner => "winner",
        }
    }
}

/// How much can go wrong with a member: waves go from the least to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Complexity {
    /// One account.
    Single,
    /// Several accounts of one person.
    Matched,
    /// In a pool.
    Pool,
    /// A company.
    Company,
    /// With a tier for life or a paid plan.
    Premium,
}

/// An account of the cluster and whether it moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Which.
    pub key: SourceKey,
    /// How it stood.
    pub status: SourceStatus,
    /// Does it move?
    pub moves: bool,
    /// Its tokens, which resolve to the golden member for ever when it moves.
    pub aliases: Vec<String>,
}

/// What becomes of one golden member. Made by [`plan_member`] alone; the same input gives the same plan to the byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberPlan {
    /// The first of its accounts in the order of sources and numbers: its name in the run.
    pub golden: SourceKey,
    /// When the target begins to count.
    pub cutover: Timestamp,
    /// A person or a company.
    pub unit: Unit,
    /// How it stands.
    pub status: GoldenStatus,
    /// The earliest enrollment.
    pub enrolled_at: Timestamp,
    /// Its accounts.
    pub accounts: Vec<Account>,
    /// The journal: every lot of every account exactly once.
    pub lines: Vec<Line>,
    /// Sums by source and point type.
    pub conversions: Vec<Conversion>,
    /// What lifts it to the value floor.
    pub compensation: Option<Compensation>,
    /// Where it stands on ladders.
    pub tiers: Vec<TierResult>,
    /// What counts for ladders.
    pub counters: Vec<CounterResult>,
    /// Its vouchers.
    pub vouchers: Vec<VoucherResult>,
    /// Its open reward orders.
    pub orders: Vec<OrderResult>,
    /// What it may be sent, and what not.
    pub consents: Vec<ConsentResult>,
    /// Its paid plans.
    pub plans: Vec<PlanResult>,
    /// Its pools.
    pub pools: Vec<PoolResult>,
    /// What its points were worth, in minor units.
    pub value_before: Fraction,
    /// What they are worth, in minor units, compensation included.
    pub value_after: Fraction,
    /// For the desk.
    pub exceptions: Vec<Exception>,
    /// Promises that this plan would break.
    pub breaches: Vec<Breach>,
}

impl MemberPlan {
    /// Who gains and who loses; `None` for whoever waits or does not move.
    #[must_use]
    pub fn verdict(&self) -> Option<Verdict> {
        if matches!(self.status, GoldenStatus::HeldBack | GoldenStatus::Left) {
            return None;
        }
        Some(match self.value_after.cmp(&self.value_before) {
            Ordering::Less => Verdict::Loser,
            Ordering::Equal => Verdict::Neutral,
            Ordering::Greater => Verdict::Winner,
        })
    }

    /// In which kind of wave the member belongs.
    #[must_use]
    pub fn complexity(&self) -> Complexity {
        let for_life = self.tiers.iter().any(|tier| tier.provenance == Provenance::Lifetime);
        if for_life || !self.plans.is_empty() {
            Complexity::Premium
        } else if self.unit == Unit::Company {
            Complexity::Company
        } else if !self.pools.is_empty() {
            Complexity::Pool
        } else if self.accounts.iter().filter(|account| account.moves).count() > 1 {
            Complexity::Matched
        } else {
            Complexity::Single
        }
    }

    /// Tiers that fall to a lower step when their protection ends, unless the member gathers more until then.
    pub fn due_downgrades(&self) -> impl Iterator<Item = &TierResult> {
        self.tiers
            .iter()
            .filter(|tier| tier.protected_until.is_some() && tier.requalified != tier.tier)
    }

    /// Every number that resolves to the golden member for ever: the accounts' own and their tokens, by source.
    #[must_use]
    pub fn identifiers(&self) -> Vec<(&str, &str)> {
        let moving = self.accounts.iter().filter(|account| account.moves);
        let numbers = moving.flat_map(|account| {
            let tokens = account.aliases.iter().chain([&account.key.member]);
            tokens.map(|token| (account.key.source.as_str(), token.as_str()))
        });
        let mut all: Vec<(&str, &str)> = numbers.collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Plans one golden member from everything its accounts had. The order of `members` does not matter.
///
/// The rules must have passed [`MergeRules::check`].
#[must_use]
pub fn plan_member(rules: &MergeRules, members: &[MemberSnapshot]) -> MemberPlan {
    let mut sorted: Vec<MemberSnapshot> = members.to_vec();
    sorted.iter_mut().for_each(put_in_order);
    sorted.sort_by(|a, b| a.key.cmp(&b.key));
    let mut plan = blank(rules, &sorted);
    let moving: Vec<&MemberSnapshot> =
        sorted.iter().zip(&plan.accounts).filter(|(_, a)| a.moves).map(|(m, _)| m).collect();
    let staying: Vec<&MemberSnapshot> =
        sorted.iter().zip(&plan.accounts).filter(|(_, a)| !a.moves).map(|(m, _)| m).collect();
    for member in &staying {
        plan.lines.extend(points::unconverted(member, Disposition::Left));
    }
    plan.exceptions.extend(moving.iter().flat_map(|member| points::check(member, rules)));
    plan.exceptions.extend(moving.iter().flat_map(|member| orders::check(member)));
    if rules.mode == Mode::LinkOnly {
        plan.lines.extend(moving.iter().flat_map(|m| points::unconverted(m, Disposition::Left)));
    } else if !moving.is_empty()
        && !held_back(&plan)
        && let Err(TooLarge) = fill(&mut plan, rules, &moving, &staying)
    {
        plan.exceptions.push(Exception::new(&plan.golden, ExceptionCode::TooLarge));
    }
    if held_back(&plan) {
        let exceptions = std::mem::take(&mut plan.exceptions);
        plan = MemberPlan { exceptions, status: GoldenStatus::HeldBack, ..blank(rules, &sorted) };
        plan.exceptions.sort();
        plan.exceptions.dedup();
        for (member, account) in sorted.iter().zip(&plan.accounts) {
            let waits = if account.moves { Disposition::HeldBack } else { Disposition::Left };
            plan.lines.extend(points::unconverted(member, waits));
        }
    }
    plan.lines.sort_by(|a, b| {
        (&a.key, &a.lot.lot, a.lot.state, &a.lot.hold).cmp(&(
            &b.key,
            &b.lot.lot,
            b.lot.state,
            &b.lot.hold,
        ))
    });
    plan.exceptions.sort();
    plan.breaches = commitments::breaches(rules, &plan, &moving);
    plan
}

/// How a cluster of accounts is named in the run: after the first of those that move, else after the first of all.
#[must_use]
pub fn golden_of(rules: &MergeRules, members: &[MemberSnapshot]) -> SourceKey {
    let gone = |member: &&MemberSnapshot| {
        matches!(member.status, SourceStatus::Erased | SourceStatus::Closed)
            || erased_returns(rules, member)
    };
    let first = |keys: &mut dyn Iterator<Item = &SourceKey>| keys.min().cloned();
    let moving = first(&mut members.iter().filter(|m| !gone(m)).map(|m| &m.key));
    moving.or_else(|| first(&mut members.iter().map(|m| &m.key))).unwrap_or_default()
}

fn held_back(plan: &MemberPlan) -> bool {
    plan.exceptions.iter().any(|exception| exception.code.holds_back())
}

/// Files come in any order; plans do not.
fn put_in_order(member: &mut MemberSnapshot) {
    member.lots.sort_by(|a, b| {
        let order = |l: &SourceLot| (l.state, l.points, l.earned_at, l.expires_at);
        (&a.lot, &a.hold).cmp(&(&b.lot, &b.hold)).then(order(a).cmp(&order(b)))
    });
    member.plans.sort_by(|a, b| (&a.plan, a.paid_from).cmp(&(&b.plan, b.paid_from)));
    member.vouchers.sort_by(|a, b| a.code.cmp(&b.code));
    member.orders.sort_by(|a, b| (&a.order, a.ordered_at).cmp(&(&b.order, b.ordered_at)));
    member.tiers.sort_by(|a, b| (&a.tier, a.since).cmp(&(&b.tier, b.since)));
    member.consents.sort_by(|a, b| {
        let order = |c: &Consent| (c.purpose.clone(), c.channel.clone(), c.state, c.at);
        order(a).cmp(&order(b)).then_with(|| a.evidence.cmp(&b.evidence))
    });
    member.aliases.sort_unstable();
    member.aliases.dedup();
}

/// The plan before anything is converted: who moves, and how the golden member stands.
fn blank(rules: &MergeRules, sorted: &[MemberSnapshot]) -> MemberPlan {
    let mut exceptions = Vec::new();
    let mut accounts = Vec::new();
    for member in sorted {
        let returns = erased_returns(rules, member);
        let gone = matches!(member.status, SourceStatus::Erased | SourceStatus::Closed) || returns;
        let left: i64 = member.lots.iter().map(|lot| lot.points).fold(0, i64::saturating_add);
        let code = match member.status {
            SourceStatus::Erased if left != 0 => Some(ExceptionCode::ErasedWithPoints),
            SourceStatus::Closed if left != 0 => Some(ExceptionCode::ClosedWithPoints),
            SourceStatus::Deceased => Some(ExceptionCode::Deceased),
            _ if returns => Some(ExceptionCode::ErasedReturns),
            _ => None,
        };
        exceptions.extend(code.map(|code| Exception::new(&member.key, code).about("", left)));
        let doubts = member.doubts.iter().filter(|_| !gone);
        exceptions.extend(doubts.map(|code| Exception::new(&member.key, *code).about("", left)));
        accounts.push(Account {
            key: member.key.clone(),
            status: member.status,
            moves: !gone,
            // Nothing of an erased person is carried along.
            aliases: if gone { Vec::new() } else { member.aliases.clone() },
        });
    }
    let moving = || sorted.iter().zip(&accounts).filter(|(_, a)| a.moves).map(|(m, _)| m);
    let golden = moving().next().or(sorted.first()).map(|m| m.key.clone()).unwrap_or_default();
    let unit = moving().next().map(|m| m.unit).unwrap_or_default();
    if moving().any(|member| member.unit != unit) {
        exceptions.push(Exception::new(&golden, ExceptionCode::PersonWithCompany));
    }
    let any = |status| moving().any(|member| member.status == status);
    let status = match () {
        () if moving().next().is_none() => GoldenStatus::Left,
        () if any(SourceStatus::Blocked) => GoldenStatus::Blocked,
        () if any(SourceStatus::Investigated) => GoldenStatus::Quarantined,
        () => GoldenStatus::Active,
    };
    // Whoever joined nobody knows when is here since the cut-over at the latest.
    let enrolled_at = moving().filter_map(MemberSnapshot::enrollment).min();
    let enrolled_at = enrolled_at.unwrap_or(rules.cutover);
    MemberPlan {
        golden,
        cutover: rules.cutover,
        unit,
        status,
        enrolled_at,
        accounts,
        lines: Vec::new(),
        conversions: Vec::new(),
        compensation: None,
        tiers: Vec::new(),
        counters: Vec::new(),
        vouchers: Vec::new(),
        orders: Vec::new(),
        consents: Vec::new(),
        plans: Vec::new(),
        pools: Vec::new(),
        value_before: Fraction::ZERO,
        value_after: Fraction::ZERO,
        exceptions,
        breaches: Vec::new(),
    }
}

/// An erased person is not brought back by a source; enrolling again afterward is the person's own doing.
fn erased_returns(rules: &MergeRules, member: &MemberSnapshot) -> bool {
    let erased = member.identity_hashes.iter().filter_map(|hash| rules.erased.get(hash)).max();
    member.status != SourceStatus::Erased && erased.is_some_and(|at| member.enrolled_at <= *at)
}

fn fill(
    plan: &mut MemberPlan,
    rules: &MergeRules,
    moving: &[&MemberSnapshot],
    staying: &[&MemberSnapshot],
) -> Result<(), TooLarge> {
    let (tiers, counters, found) = tiers::standings(moving, rules)?;
    plan.exceptions.extend(found);
    let tier = |group: &str| {
        tiers.iter().find(|result| result.group == group).map_or("", |result| result.tier.as_str())
    };
    let (mut lines, mut conversions) = points::convert(moving, rules, tier)?;
    let debts = points::keep_debts_apart(rules, &mut lines, &mut conversions);
    plan.exceptions.extend(debts);
    let (before, after) = points::value(rules, &conversions)?;
    plan.compensation = points::compensate(rules, &conversions, (before, after), tier)?;
    let lift = plan
        .compensation
        .as_ref()
        .and_then(|given| Some((rules.point_types.get(&given.to)?.value_minor?, given.points)));
    plan.value_before = before;
    plan.value_after = match lift {
        None => after,
        Some((value, points)) => after.plus(Fraction::whole(points).at(value)?)?,
    };
    plan.lines.extend(lines);
    plan.conversions = conversions;
    plan.tiers = tiers;
    plan.counters = counters;
    let closed: Vec<&MemberSnapshot> =
        staying.iter().filter(|m| m.status == SourceStatus::Closed).copied().collect();
    plan.consents = consents::consents(moving, &closed, rules);
    if rules.mode != Mode::SharedCurrency {
        let (vouchers, unmapped) = vouchers::vouchers(moving, rules);
        let (plans, unknown) = belongings::plans(moving, rules);
        let (pools, conflicts) = belongings::pools(moving, rules);
        (plan.vouchers, plan.plans, plan.pools) = (vouchers, plans, pools);
        plan.orders = orders::orders(moving);
        plan.exceptions.extend(unmapped.into_iter().chain(unknown).chain(conflicts));
    }
    Ok(())
}

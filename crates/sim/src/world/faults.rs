//! Faults planted on purpose between the core and the shell: a simulator that does not find them proves nothing.
//!
//! The core itself stays as it is: a fault either lies to it about what there is, or changes what it answers.

use lazo_domain::account::{Account, RedemptionState};
use lazo_domain::decision::{Entry, Side};
use lazo_domain::event::{Body, Event, Facts, Kind};
use lazo_domain::ids::LotId;
use lazo_domain::points::Points;
use lazo_domain::program::{ProgramConfig, Programs};
use lazo_domain::rate::Rounding;
use lazo_domain::refusal::Refusal;
use lazo_domain::rules::RuleEffect;
use lazo_domain::time::{Timestamp, Zone};

use super::core::{Core, Decided, Real};
use super::vault::compiled;
use crate::generate::setup::Version;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Rules give ten times as much.
    EarnsTenfold,
    /// Amounts are rounded up where the rule says down.
    RoundsUp,
    /// One entry pair is a point too large; lots and balances are right.
    EntryOff,
    /// A purchase gives one point more, in entries, lot and balance alike.
    PointMore,
    /// A lot can be spent at its expiry instant, a microsecond too long.
    SpendsExpired,
    /// A new lot ends a microsecond early.
    EndsEarly,
    /// The lot that ends last is spent first.
    LastFirst,
    /// A return takes twice.
    ReturnsTwice,
    /// A return takes from other lots what had already expired.
    ExpiredTwice,
    /// Points arrive in a transfer without their end.
    TransferEndless,
    /// A cancelled redemption can be cancelled again.
    CancelsTwice,
    /// Keys are not remembered.
    ForgetsKeys,
    /// Caps are ignored.
    NoCaps,
    /// Budgets are ignored.
    NoBudgets,
    /// Stock is ignored.
    NoStock,
    /// Days and months count in UTC instead of the program's zone.
    NoZone,
    /// Pending points are free at once.
    NoPending,
    /// A debt may grow without limit.
    NoDebtLimit,
    /// A tier asks for one more than it says.
    TierLate,
    /// A purchase shortens a lot's expiry.
    Shortens,
    /// A decision forgets to say that standings and counters changed.
    Untouched,
}

impl Fault {
    /// Every fault with its name.
    pub const ALL: [(Self, &'static str); 21] = [
        (Self::EarnsTenfold, "a tenfold earn rate"),
        (Self::RoundsUp, "rounding up instead of down"),
        (Self::EntryOff, "one point too many in an entry pair"),
        (Self::PointMore, "one point too many in entries, lot and balance"),
        (Self::SpendsExpired, "a lot spendable at its expiry instant"),
        (Self::EndsEarly, "an expiry one microsecond early"),
        (Self::LastFirst, "lots spent latest expiry first"),
        (Self::ReturnsTwice, "a return that takes twice"),
        (Self::ExpiredTwice, "an expired share taken twice"),
        (Self::TransferEndless, "a transfer that loses the expiry"),
        (Self::CancelsTwice, "a redemption cancelled twice"),
        (Self::ForgetsKeys, "keys not remembered"),
        (Self::NoCaps, "caps ignored"),
        (Self::NoBudgets, "budgets ignored"),
        (Self::NoStock, "stock ignored"),
        (Self::NoZone, "the program's zone ignored"),
        (Self::NoPending, "pending time ignored"),
        (Self::NoDebtLimit, "the debt limit ignored"),
        (Self::TierLate, "a tier reached one point late"),
        (Self::Shortens, "an expiry shortened"),
        (Self::Untouched, "a change not marked for writing"),
    ];

    /// Is it a program that says something else than the one configured?
    fn rewrites(self, config: &mut ProgramConfig) {
        for rule in &mut config.earning_rules {
            if self == Self::NoCaps {
                rule.caps.clear();
            }
            match &mut rule.effect {
                RuleEffect::PointsPerAmount { points, rounding, .. } => match self {
                    Self::EarnsTenfold => *points *= 10,
                    Self::RoundsUp if *rounding == Rounding::Floor => *rounding = Rounding::Ceil,
                    _ => {}
                },
                RuleEffect::Fixed { points } if self == Self::EarnsTenfold => *points *= 10,
                _ => {}
            }
        }
        match self {
            Self::NoZone => config.time_zone = Zone::utc(),
            Self::NoPending => config.point_types.iter_mut().for_each(|p| p.pending = None),
            Self::NoDebtLimit => config.returns.debt_limit = Points(i64::MAX),
            Self::TierLate => {
                let tiers = config.tier_groups.iter_mut().flat_map(|g| &mut g.tiers);
                tiers.for_each(|tier| tier.threshold += 1);
            }
            _ => {}
        }
    }
}

/// A core with one fault.
#[derive(Debug, Clone)]
pub struct Faulty {
    fault: Fault,
    programs: Programs,
}

impl Faulty {
    /// The core with `fault`, in a world of these versions.
    #[must_use]
    pub fn new(fault: Fault, versions: &[Version]) -> Self {
        let mut versions = versions.to_vec();
        for version in &mut versions {
            fault.rewrites(&mut version.config);
        }
        Self { fault, programs: compiled(&versions) }
    }

    /// The account as the fault makes the core believe it is.
    fn lie(&self, account: &Account, event: &Event) -> Account {
        let mut account = account.clone();
        match (self.fault, &event.body) {
            (Fault::SpendsExpired, _) => {
                for lot in account.lots.values_mut() {
                    if lot.expires_at == Some(event.effective_at) {
                        lot.expires_at = Some(event.effective_at.plus_micros(1));
                    }
                }
            }
            (Fault::LastFirst, Body::Reserve(_)) => {
                if let Some((first, last)) = ends(&account, event) {
                    swap(&mut account, first, last);
                }
            }
            (Fault::ExpiredTwice, Body::Return(_)) => {
                let expired = |id: LotId| account.lots.get(&id).map_or(0, |lot| lot.expired.0);
                let mut grants = account.grants.clone();
                for lot in grants.values_mut().flat_map(|grant| &mut grant.lots) {
                    lot.waived += expired(lot.lot);
                }
                account.grants = grants;
            }
            (Fault::CancelsTwice, Body::Cancel { redemption }) => {
                if let Some(one) = account.redemptions.get_mut(redemption)
                    && one.state == RedemptionState::Cancelled
                {
                    one.state = RedemptionState::Captured;
                }
            }
            _ => {}
        }
        account
    }

    /// The answer as the fault makes it.
    fn distort(&self, decided: &mut Decided, before: &Account) {
        let event = decided.event.clone();
        match (self.fault, event.body.kind()) {
            (Fault::SpendsExpired, _) => {
                for (id, lot) in &mut decided.after.lots {
                    let was = before.lots.get(id).map(|lot| lot.expires_at);
                    lot.expires_at = match was {
                        Some(end) if end == Some(event.effective_at) => end,
                        _ => lot.expires_at,
                    };
                }
            }
            (Fault::LastFirst, Kind::Reserve) => {
                if let Some((first, last)) = ends(before, &event) {
                    swap(&mut decided.after, first, last);
                }
            }
            (Fault::EntryOff, _) => {
                if let [from, to, ..] = &mut decided.entries[..]
                    && from.points.0 == -to.points.0
                {
                    from.points.0 += from.points.0.signum();
                    to.points.0 += to.points.0.signum();
                }
            }
            (Fault::PointMore, Kind::Purchase) => add(decided, 1),
            (Fault::ReturnsTwice, Kind::Return) => take_again(decided),
            (Fault::EndsEarly, Kind::Purchase) => {
                for lot in decided.after.lots.values_mut().filter(|l| l.id.event == event.id) {
                    lot.expires_at = lot.expires_at.map(|end| Timestamp(end.0 - 1));
                }
            }
            (Fault::Shortens, Kind::Purchase) => {
                let old = decided.after.lots.values_mut().find(|l| l.id.event != event.id);
                if let Some(lot) = old {
                    lot.expires_at = lot.expires_at.map(|end| Timestamp(end.0 - 60_000_000));
                    decided.after.touched.lots.insert(lot.id);
                }
            }
            (Fault::Untouched, _) => decided.after.touched.state = false,
            _ => {}
        }
    }
}

/// The lots that end first and last among those that a redemption may spend.
fn ends(account: &Account, event: &Event) -> Option<(LotId, LotId)> {
    let mut lots: Vec<_> = account
        .lots
        .values()
        .filter(|lot| lot.available.0 > 0 && lot.expires_at.is_some_and(|e| e > event.effective_at))
        .map(|lot| (lot.point_type, lot.expires_at, lot.id))
        .collect();
    lots.sort_unstable();
    let (first, last) = (lots.first()?, lots.last()?);
    (first.0 == last.0 && first.1 != last.1).then_some((first.2, last.2))
}

fn swap(account: &mut Account, first: LotId, last: LotId) {
    let (a, b) = (account.lots.get(&first), account.lots.get(&last));
    let (Some(a), Some(b)) = (a.map(|l| l.expires_at), b.map(|l| l.expires_at)) else { return };
    for (id, end) in [(first, b), (last, a)] {
        if let Some(lot) = account.lots.get_mut(&id) {
            lot.expires_at = end;
        }
    }
}

/// Adds to a new lot everywhere, so that all the books agree.
fn add(decided: &mut Decided, more: i64) {
    let made = decided.entries.iter().position(|e| {
        e.side == Side::Available && e.lot.is_some_and(|lot| lot.event == decided.event.id)
    });
    let Some(at) = made.filter(|at| at + 1 < decided.entries.len()) else { return };
    decided.entries[at].points.0 += more;
    decided.entries[at + 1].points.0 -= more;
    let entry = decided.entries[at];
    if let Some(lot) = entry.lot.and_then(|id| decided.after.lots.get_mut(&id)) {
        lot.granted.0 += more;
        lot.available.0 += more;
    }
    if let Some(balance) = decided.after.balances.get_mut(&entry.point_type) {
        balance.available.0 += more;
    }
}

/// Takes a second time what a return took, as far as it is there.
fn take_again(decided: &mut Decided) {
    let taken = decided.entries.iter().find(|e| {
        let lot = e.lot.and_then(|id| decided.after.lots.get(&id));
        e.side == Side::Available
            && e.points.0 < 0
            && lot.is_some_and(|lot| lot.available.0 >= -e.points.0)
    });
    let Some(entry) = taken.copied() else { return };
    let position = i64::try_from(decided.entries.len()).unwrap_or(0);
    let back = Entry {
        position: position + 1,
        side: Side::Issued,
        lot: None,
        points: Points(-entry.points.0),
        ..entry
    };
    decided.entries.extend([Entry { position, ..entry }, back]);
    if let Some(lot) = entry.lot.and_then(|id| decided.after.lots.get_mut(&id)) {
        lot.available.0 += entry.points.0;
        lot.taken.0 -= entry.points.0;
    }
    if let Some(balance) = decided.after.balances.get_mut(&entry.point_type) {
        balance.available.0 += entry.points.0;
    }
}

impl Core for Faulty {
    fn apply(
        &self,
        account: &Account,
        event: &Event,
        facts: &Facts,
        _programs: &Programs,
        now: Timestamp,
    ) -> Result<Decided, Refusal> {
        let mut facts = facts.clone();
        let kind = event.body.kind();
        let unlimited = match self.fault {
            Fault::NoBudgets => kind != Kind::Reserve,
            Fault::NoStock => kind == Kind::Reserve,
            _ => false,
        };
        if unlimited {
            facts.resources.values_mut().for_each(|left| *left = i64::MAX);
        }
        let believed = self.lie(account, event);
        let mut decided = Real.apply(&believed, event, &facts, &self.programs, now)?;
        self.distort(&mut decided, account);
        Ok(decided)
    }

    fn transfer(
        &self,
        accounts: (&Account, &Account),
        events: (&Event, &Event),
        _programs: &Programs,
        now: Timestamp,
    ) -> Result<(Decided, Decided), Refusal> {
        let (out, mut into) = Real.transfer(accounts, events, &self.programs, now)?;
        if self.fault == Fault::TransferEndless {
            let new = into.after.lots.values_mut().filter(|lot| lot.id.event == into.event.id);
            new.for_each(|lot| lot.expires_at = None);
        }
        Ok((out, into))
    }

    fn remembers_keys(&self) -> bool {
        self.fault != Fault::ForgetsKeys
    }
}

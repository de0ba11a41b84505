//! What must hold after every step, whatever it meant: I1 to I22 as far as they live in the core.
//!
//! I5 and I6 are the auditor's (keys), I12 and I13 too (points and tiers are predicted); I7, I8 and I16's chain are
//! the store's; I14 is the merge's; I19 is the API's. I20 holds by type: `apply` only reads the account.

use std::collections::BTreeMap;

use lazo_domain::account::{LotKind, RedemptionState};
use lazo_domain::decision::{Entry, Side};
use lazo_domain::event::{Body, Kind};
use lazo_domain::explain::Step;
use lazo_domain::ids::{AccountId, LotId, PointTypeId, RedemptionId};
use lazo_domain::program::Program;
use lazo_domain::time::Timestamp;

use crate::world::World;
use crate::world::core::{Core, Decided};
use crate::world::vault::Rows;

/// Remembers what it has seen, to compare what comes next with.
#[derive(Debug, Clone, Default)]
pub struct Invariants {
    totals: BTreeMap<PointTypeId, i128>,
    folded: BTreeMap<(AccountId, PointTypeId), [i128; 3]>,
    ends: BTreeMap<(AccountId, LotId), Option<Timestamp>>,
    states: BTreeMap<(AccountId, RedemptionId), RedemptionState>,
}

impl Invariants {
    /// Checks one committed decision.
    pub fn check<C: Core>(&mut self, decided: &Decided, world: &World<C>) -> Result<(), String> {
        let rows = world.accounts.get(&decided.event.account).ok_or("I3: no such account")?;
        self.entries(decided)?;
        self.balances(decided, rows)?;
        self.lots(decided, rows)?;
        order_of_spending(decided, rows)?;
        self.redemptions(decided)?;
        limits(decided, world)?;
        due(decided, rows)
    }

    fn entries(&mut self, decided: &Decided) -> Result<(), String> {
        let mut sums: BTreeMap<PointTypeId, i128> = BTreeMap::new();
        for (at, entry) in decided.entries.iter().enumerate() {
            ensure(usize::try_from(entry.position) == Ok(at), "I16: positions must rise by one")?;
            ensure(entry.points.0 != 0, "I1: an entry of nothing")?;
            let late = entry.effective_at > decided.event.effective_at;
            ensure(!late, "I22: an entry counts later than its event")?;
            *sums.entry(entry.point_type).or_default() += i128::from(entry.points.0);
            *self.totals.entry(entry.point_type).or_default() += i128::from(entry.points.0);
        }
        ensure(sums.values().all(|sum| *sum == 0), "I1: a decision must sum to zero")?;
        ensure(self.totals.values().all(|sum| *sum == 0), "I2: all balances must sum to zero")?;
        let silent = !decided.entries.is_empty() && decided.effects.is_empty();
        ensure(!silent, "I18: points moved and nobody hears of it")
    }

    fn balances(&mut self, decided: &Decided, rows: &Rows) -> Result<(), String> {
        for entry in &decided.entries {
            let place = match entry.side {
                Side::Available => 0,
                Side::Pending => 1,
                Side::Held => 2,
                _ => continue,
            };
            let sums = self.folded.entry((rows.id, entry.point_type)).or_default();
            sums[place] += i128::from(entry.points.0);
        }
        for (of, balance) in &rows.balances {
            let stored =
                [balance.available, balance.pending, balance.held].map(|p| i128::from(p.0));
            let folded = self.folded.get(&(rows.id, *of)).copied().unwrap_or_default();
            ensure(stored == folded, "I3: a balance is not the sum of its entries")?;
            let open = rows.open.iter().filter_map(|id| rows.lots.get(id));
            let mut lots = open.filter(|lot| lot.point_type == *of).peekable();
            let has_lots = lots.peek().is_some();
            let (mut sums, mut owes) = ([0; 3], false);
            for lot in lots {
                owes |= lot.kind == LotKind::Debt;
                for (sum, n) in sums.iter_mut().zip([lot.available, lot.pending, lot.held]) {
                    *sum += i128::from(n.0);
                }
            }
            if has_lots {
                ensure(sums == stored, "I9: the open lots do not sum to the balance")?;
                ensure(owes || stored[0] >= 0, "I4: below zero without a debt")?;
                ensure(stored[1] >= 0 && stored[2] >= 0, "I4: pending or held below zero")?;
            }
        }
        Ok(())
    }

    fn lots(&mut self, decided: &Decided, rows: &Rows) -> Result<(), String> {
        for id in &decided.after.touched.lots {
            let lot = rows.lots.get(id).ok_or("I9: a touched lot is not there")?;
            let parts =
                [lot.available, lot.pending, lot.held, lot.redeemed, lot.expired, lot.taken];
            let sum: i128 = parts.iter().map(|p| i128::from(p.0)).sum();
            ensure(sum == i128::from(lot.granted.0), "I9: a lot's parts are not what was granted")?;
            let debt = lot.kind == LotKind::Debt;
            ensure(debt || parts.iter().all(|p| p.0 >= 0), "I9: a part of a lot is below zero")?;
            let before = self.ends.insert((rows.id, *id), lot.expires_at);
            let shorter = match (before, lot.expires_at) {
                (Some(Some(before)), Some(now)) => now < before,
                (Some(None), Some(_)) => true,
                _ => false,
            };
            ensure(!shorter, "R122: an expiry was shortened")?;
        }
        Ok(())
    }

    fn redemptions(&mut self, decided: &Decided) -> Result<(), String> {
        use RedemptionState::{Cancelled, Captured, Lapsed, Reserved};
        for id in &decided.after.touched.redemptions {
            let Some(now) = decided.after.redemptions.get(id).map(|r| r.state) else { continue };
            let before = self.states.insert((decided.after.id, *id), now);
            let fine = matches!(
                (before, now),
                (None, Reserved | Captured)
                    | (Some(Reserved), Reserved | Captured | Cancelled | Lapsed)
                    | (Some(Captured), Cancelled)
            );
            ensure(fine, "I10: a hold ended twice")?;
        }
        Ok(())
    }
}

/// I9: what is spent is not expired, and nothing that ends earlier is left behind.
fn order_of_spending(decided: &Decided, rows: &Rows) -> Result<(), String> {
    let takes = match &decided.event.body {
        Body::Adjust { points, .. } => points.0 < 0,
        body => matches!(body.kind(), Kind::Reserve | Kind::TransferOut),
    };
    if !takes {
        return Ok(());
    }
    let at = decided.event.effective_at;
    let spends = |entry: &&Entry| {
        entry.side == Side::Available && entry.points.0 < 0 && entry.effective_at == at
    };
    // What expires at this very instant leaves for another side, and what pays a debt was not spent by the member.
    let mut latest = None;
    let pairs = decided.entries.iter().zip(decided.entries.iter().skip(1));
    for (entry, to) in pairs.filter(|(entry, _)| spends(entry)) {
        let Some(lot) = entry.lot.and_then(|id| rows.lots.get(&id)) else { continue };
        if matches!(to.side, Side::Held | Side::Adjusted | Side::Transferred) {
            let end = lot.expires_at.unwrap_or(Timestamp::MAX);
            ensure(at < end, "I9: an expired lot was spent")?;
            latest = latest.max(Some((end, lot.point_type)));
        }
    }
    let Some((latest, of)) = latest else { return Ok(()) };
    let left = rows.open.iter().filter_map(|id| rows.lots.get(id)).filter(|lot| {
        lot.point_type == of && lot.available.0 > 0 && lot.expires_at.is_some_and(|end| end > at)
    });
    let earlier = left.filter_map(|lot| lot.expires_at).any(|end| end < latest);
    ensure(!earlier, "I9: a lot that ends earlier was left behind")
}

/// I11 and I17: shared limits and caps are never exceeded by what was just given.
fn limits<C: Core>(decided: &Decided, world: &World<C>) -> Result<(), String> {
    let event = &decided.event;
    let Some(program) = world.programs.at(event.program, event.effective_at) else {
        return Ok(());
    };
    let gives = matches!(event.body.kind(), Kind::Purchase | Kind::Custom | Kind::Reserve);
    for (key, used) in decided.resources.iter().filter(|(_, used)| gives && **used > 0) {
        let all = world.used.get(key).copied().unwrap_or(0);
        let limit = program.limits.get(key).copied().unwrap_or(i64::MAX);
        ensure(all <= limit, &format!("I11: {all} used of {limit} {key} after {used} more"))?;
    }
    ensure(world.used.values().all(|used| *used >= 0), "I11: more given back than was used")?;
    caps(decided, program)
}

fn caps(decided: &Decided, program: &Program) -> Result<(), String> {
    for step in &decided.outcome.steps {
        let (rule, given) = match step {
            Step::ForAmount { rule, points, .. }
            | Step::ForUnits { rule, points, .. }
            | Step::Fixed { rule, points, .. } => (rule, *points),
            _ => continue,
        };
        let counters = decided.after.counters.0.iter();
        let prefix = format!("rule:{}:{rule}:points:", program.code);
        let counted = counters.filter(|(key, _)| given > 0 && key.starts_with(&prefix));
        for (key, periods) in counted {
            let below = periods.values().all(|n| *n >= 0);
            ensure(below, &format!("I17: {key} counts below zero"))?;
        }
    }
    Ok(())
}

/// I22: nothing is due before the account says so, and time passed once passes no more.
fn due(decided: &Decided, rows: &Rows) -> Result<(), String> {
    let lots = rows.open.iter().filter_map(|id| rows.lots.get(id)).flat_map(|lot| {
        let ends = lot.expires_at.filter(|_| lot.available.0 > 0 || lot.pending.0 > 0);
        [ends, lot.release_at.filter(|_| lot.pending.0 > 0)]
    });
    let holds = rows.redemptions.values().filter(|r| r.state == RedemptionState::Reserved);
    let all = lots
        .chain(holds.map(|r| Some(r.hold_until)))
        .chain(rows.standings.values().map(|s| s.review_at));
    let earliest = all.flatten().min();
    let told = match (rows.next_at, earliest) {
        (Some(next), Some(earliest)) => next <= earliest,
        (None, Some(_)) => false,
        _ => true,
    };
    ensure(told, "I22: something is due before the account says so")?;
    let stuck = decided.event.body == Body::Elapse
        && rows.next_at.is_some_and(|next| next <= decided.event.effective_at);
    ensure(!stuck, "I22: time has passed and the same is due again")
}

fn ensure(holds: bool, why: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(why.to_owned()) }
}

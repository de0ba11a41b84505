//! Replaying an account's history: the same core, under the same or other programs, without any store.
//!
//! A backtest replays under another rule set. Nothing of it can be committed, so no reasons are written.

use std::collections::BTreeMap;

use crate::account::{Account, Grant, Lot, Needs, Original, Redemption, RedemptionState};
use crate::apply::{Trial, needs, resource_limit, try_out};
use crate::decision::{Entry, Outcome, Returned};
use crate::event::{Body, Event, Facts, PurchaseRef};
use crate::ids::{EventId, LotId, PointTypeId, RedemptionId};
use crate::layered::LayeredMap;
use crate::points::Points;
use crate::program::Programs;
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// Shared limits over all accounts of a replay, by resource key: how much was used so far.
pub type Used = BTreeMap<String, i64>;

/// One account's history on its way through the core.
///
/// Plays the store's part: what an event does not need stays out of the account it is decided on.
#[derive(Debug)]
pub struct Replay<'a> {
    programs: &'a Programs,
    account: Account,
    open: LayeredMap<LotId, Lot>,
    closed: BTreeMap<LotId, Lot>,
    reserved: LayeredMap<RedemptionId, Redemption>,
    ended: BTreeMap<RedemptionId, Redemption>,
    grants: BTreeMap<EventId, Grant>,
    by_source: BTreeMap<(&'a str, &'a str), EventId>,
    decided: BTreeMap<EventId, Decided<'a>>,
}

/// What a later reversal may ask for.
#[derive(Debug)]
struct Decided<'a> {
    event: &'a Event,
    entries: Vec<Entry>,
    returned: Option<Returned>,
}

impl<'a> Replay<'a> {
    /// Begins with an empty account.
    #[must_use]
    pub fn new(account: Account, programs: &'a Programs) -> Self {
        Self {
            programs,
            account,
            open: LayeredMap::new(),
            closed: BTreeMap::new(),
            reserved: LayeredMap::new(),
            ended: BTreeMap::new(),
            grants: BTreeMap::new(),
            by_source: BTreeMap::new(),
            decided: BTreeMap::new(),
        }
    }

    /// Balances, standings and counters as they stand; the lots are in [`Replay::lots`].
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// Lots with something left.
    pub fn lots(&self) -> impl Iterator<Item = &Lot> {
        self.open.values()
    }

    /// Decides one event on top of those before it; answers what rules gave, or a return took back, by point type.
    /// `facts` lends what the shell knows, and takes what is left of shared limits; `used` carries these from account
    /// to account.
    pub fn step(
        &mut self,
        event: &'a Event,
        facts: &mut Facts,
        used: &mut Used,
    ) -> Result<BTreeMap<PointTypeId, Points>, Refusal> {
        let Trial { entries, issued, returned, .. } = self.decide(event, facts, used)?;
        if reversible(&event.body) {
            if matches!(event.body, Body::Purchase(_) | Body::Custom(_)) {
                self.by_source.insert((&event.source, &event.source_ref), event.id);
            }
            self.decided.insert(event.id, Decided { event, entries, returned });
        }
        Ok(issued)
    }

    /// Lets time pass to the end of the replay.
    pub fn elapse(&mut self, like: &Event, until: Timestamp, used: &mut Used) {
        let event = Event {
            source: "clock".to_owned(),
            effective_at: until,
            recorded_at: until,
            body: Body::Elapse,
            ..like.clone()
        };
        // Nothing due is the usual answer and no fault.
        drop(self.decide(&event, &mut Facts::default(), used));
    }

    fn decide(
        &mut self,
        event: &Event,
        facts: &mut Facts,
        used: &mut Used,
    ) -> Result<Trial, Refusal> {
        let mut wanted = needs(event, &self.account, self.programs);
        let mut lent = self.supply(&wanted);
        // What a reversal needs is known once the event it undoes is there.
        if wanted.original.is_some() {
            wanted = needs(event, &self.account, self.programs);
            lent.extend(self.supply(&wanted));
        }
        for key in &wanted.resources {
            let limit = resource_limit(self.programs, event.program, event.effective_at, key);
            if let Some(limit) = limit {
                let left = limit - used.get(key).copied().unwrap_or(0);
                facts.resources.insert(key.clone(), left);
            }
        }
        let decided = try_out(&self.account, event, facts, self.programs, Timestamp::MAX);
        let decided = decided.map(|trial| self.absorb(trial, used));
        self.put_away(wanted.lots, lent);
        decided
    }

    /// Puts what an event needs where the core looks for it; answers the lots that are lent by name.
    fn supply(&mut self, wanted: &Needs) -> Vec<LotId> {
        let account = &mut self.account;
        if wanted.lots && !account.lots_loaded {
            std::mem::swap(&mut account.lots, &mut self.open);
            std::mem::swap(&mut account.redemptions, &mut self.reserved);
        }
        account.lots_loaded = wanted.lots;
        let mut lots: Vec<LotId> = wanted.lot.into_iter().collect();
        if let Some(redemption) = wanted.redemption.and_then(|id| self.ended.remove(&id)) {
            lots.extend(redemption.lots.iter().map(|(lot, _)| *lot));
            account.touched.redemptions.insert(redemption.id);
            account.redemptions.insert(redemption.id, redemption);
        }
        let named = match &wanted.grant {
            Some(PurchaseRef::Event(event)) => Some(*event),
            Some(PurchaseRef::Source { source, source_ref }) => {
                self.by_source.get(&(source.as_str(), source_ref.as_str())).copied()
            }
            None => None,
        };
        for event in [named, wanted.original].into_iter().flatten() {
            let Some(grant) = self.grants.remove(&event) else { continue };
            lots.extend(grant.lots.iter().map(|g| g.lot));
            account.grants.insert(event, grant);
        }
        if let Some(id) = wanted.original
            && let Some(decided) = self.decided.get(&id)
        {
            lots.extend(decided.entries.iter().filter_map(|e| e.lot));
            account.originals.insert(id, decided.original());
        }
        lots.retain(|id| match self.closed.remove(id) {
            Some(lot) => {
                account.lots.insert(*id, lot);
                true
            }
            None => false,
        });
        lots
    }

    fn absorb(&mut self, trial: Trial, used: &mut Used) -> Trial {
        for (key, by) in &trial.resources {
            *used.entry(key.clone()).or_default() += by;
        }
        let Trial { after, grant, entries, issued, returned, resources } = trial;
        self.account = after;
        if let Some(grant) = grant {
            self.account.grants.insert(grant.event, grant);
        }
        Trial { after: Account::default(), grant: None, entries, issued, returned, resources }
    }

    /// Takes out again what not every event needs: what was lent, and what has come to be.
    fn put_away(&mut self, loaded: bool, lent: Vec<LotId>) {
        let account = &mut self.account;
        let touched = std::mem::take(&mut account.touched);
        account.lots.settle();
        account.standings.settle();
        account.counters.0.settle();
        self.grants.extend(std::mem::take(&mut account.grants));
        account.originals.clear();
        for id in touched.lots.into_iter().chain(lent) {
            match account.lots.get(&id).map(Lot::is_closed) {
                Some(true) => self.closed.extend(account.lots.remove(&id).map(|lot| (id, lot))),
                Some(false) if !loaded => {
                    self.open.extend(account.lots.remove(&id).map(|lot| (id, lot)));
                }
                _ => {}
            }
        }
        for id in touched.redemptions {
            let ended = |r: &Redemption| r.state != RedemptionState::Reserved;
            if account.redemptions.get(&id).is_some_and(ended) {
                self.ended.extend(account.redemptions.remove(&id).map(|r| (id, r)));
            }
        }
        if loaded {
            std::mem::swap(&mut account.lots, &mut self.open);
            std::mem::swap(&mut account.redemptions, &mut self.reserved);
            account.lots_loaded = false;
        }
    }
}

impl Decided<'_> {
    fn original(&self) -> Original {
        Original {
            body: self.event.body.clone(),
            effective_at: self.event.effective_at,
            entries: self.entries.clone(),
            outcome: Outcome { returned: self.returned.clone(), ..Outcome::default() },
        }
    }
}

fn reversible(body: &Body) -> bool {
    matches!(
        body,
        Body::Purchase(_)
            | Body::Custom(_)
            | Body::Return(_)
            | Body::Adjust { .. }
            | Body::Opening { .. }
            | Body::Reinstate { .. }
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::event::{Line, Purchase, Return, ReturnLine};
    use crate::ids::{AccountId, MemberId, PointTypeId, ProgramId, TenantId};
    use crate::points::Points;

    fn programs(points: i64) -> Programs {
        let config: crate::program::ProgramConfig = serde_json::from_value(json!({
            "code": "club", "currency": "EUR", "time_zone": "UTC",
            "point_types": [{ "code": "points", "expiry": { "basis": "earned", "term": { "days": 180 } } }],
            "earning_rules": [{ "code": "base", "point_type": "points",
                "effect": { "type": "points_per_amount", "points": points, "per_minor": 100 } }],
        }))
        .unwrap();
        let ids = BTreeMap::from([("points".to_owned(), PointTypeId(1))]);
        Programs::new([config.compile(ProgramId(1), 1, Timestamp(0), &ids).unwrap()])
    }

    fn event(id: i64, day: i64, body: Body) -> Event {
        let at = Timestamp(day * crate::time::DAY);
        Event {
            id: EventId(id),
            tenant: TenantId(1),
            account: AccountId(7),
            program: ProgramId(1),
            source: "till".into(),
            source_ref: id.to_string(),
            effective_at: at,
            recorded_at: at,
            actor: "test".into(),
            import: None,
            body,
        }
    }

    #[test]
    fn r4_the_same_history_gives_each_version_its_own_documented_result() {
        let buy = |id, day, net_minor| {
            let line = Line { quantity_milli: 2_000, net_minor, ..Line::default() };
            let purchase =
                Purchase { currency: "EUR".into(), lines: vec![line], ..Purchase::default() };
            event(id, day, Body::Purchase(purchase))
        };
        let source = PurchaseRef::Source { source: "till".into(), source_ref: "2".into() };
        let half = vec![ReturnLine { line: 0, quantity_milli: 1_000 }];
        let history = [
            buy(1, 10, 5_000),
            buy(2, 100, 3_000),
            event(3, 110, Body::Return(Return { purchase: source, lines: half })),
            event(4, 120, Body::Reverse { event: EventId(1) }),
            buy(5, 130, 700),
        ];
        for (points, left) in [(1, 15 + 7), (3, 45 + 21)] {
            let programs = programs(points);
            let account = Account::new(TenantId(1), AccountId(7), MemberId(9), Timestamp(0));
            let mut replay = Replay::new(account, &programs);
            for event in &history {
                replay.step(event, &mut Facts::default(), &mut Used::new()).unwrap();
            }
            assert_eq!(replay.account().balance(PointTypeId(1)).available, Points(left));
            replay.elapse(&history[4], Timestamp(300 * crate::time::DAY), &mut Used::new());
            assert_eq!(replay.account().balance(PointTypeId(1)).available, Points(points * 7));
            assert_eq!(replay.lots().count(), 1);
        }
    }
}

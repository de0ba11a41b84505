//! Replaying an account's history: the same `apply`, under the same or other programs, without any store.
//!
//! A backtest replays under another rule set; a check replays under the rules each event met and must end at the
//! stored balances.

use std::collections::BTreeMap;

use crate::account::{Account, Grant, Lot, Needs, Original, Redemption, RedemptionState, Touched};
use crate::apply::{apply, needs, resource_limit};
use crate::decision::{Decision, Outcome};
use crate::event::{Body, Event, Facts, PurchaseRef};
use crate::ids::{EventId, LotId, RedemptionId};
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
    open: BTreeMap<LotId, Lot>,
    closed: BTreeMap<LotId, Lot>,
    redemptions: BTreeMap<RedemptionId, Redemption>,
    grants: BTreeMap<EventId, Grant>,
    by_source: BTreeMap<(String, String), EventId>,
    originals: BTreeMap<EventId, Original>,
}

impl<'a> Replay<'a> {
    /// Begins with an empty account.
    #[must_use]
    pub fn new(account: Account, programs: &'a Programs) -> Self {
        Self {
            programs,
            account,
            open: BTreeMap::new(),
            closed: BTreeMap::new(),
            redemptions: BTreeMap::new(),
            grants: BTreeMap::new(),
            by_source: BTreeMap::new(),
            originals: BTreeMap::new(),
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

    /// Decides one event on top of those before it. `used` carries shared limits from account to account.
    pub fn step(
        &mut self,
        event: &Event,
        facts: &Facts,
        used: &mut Used,
    ) -> Result<Outcome, Refusal> {
        let mut facts = facts.clone();
        let mut wanted = needs(event, &self.account, self.programs);
        self.supply(&wanted);
        // What a reversal needs is known once the event it undoes is there.
        let more = needs(event, &self.account, self.programs);
        if more != wanted {
            self.supply(&more);
            wanted = more;
        }
        for key in wanted.resources {
            let limit = resource_limit(self.programs, event.program, event.effective_at, &key);
            if let Some(limit) = limit {
                let left = limit - used.get(&key).copied().unwrap_or(0);
                facts.resources.insert(key, left);
            }
        }
        let decided = apply(&self.account, event, &facts, self.programs, Timestamp::MAX);
        let outcome = decided.map(|decision| self.absorb(decision, used));
        self.put_away();
        outcome
    }

    fn supply(&mut self, wanted: &Needs) {
        let account = &mut self.account;
        account.lots_loaded = wanted.lots;
        if wanted.lots {
            account.lots.append(&mut self.open);
            let reserved =
                self.redemptions.values().filter(|r| r.state == RedemptionState::Reserved);
            account.redemptions.extend(reserved.map(|r| (r.id, r.clone())));
        }
        let mut lots: Vec<LotId> = wanted.lot.into_iter().collect();
        if let Some(redemption) = wanted.redemption.and_then(|id| self.redemptions.get(&id)) {
            lots.extend(redemption.lots.iter().map(|(lot, _)| *lot));
            account.redemptions.insert(redemption.id, redemption.clone());
        }
        let named = match &wanted.grant {
            Some(PurchaseRef::Event(event)) => Some(*event),
            Some(PurchaseRef::Source { source, source_ref }) => {
                self.by_source.get(&(source.clone(), source_ref.clone())).copied()
            }
            None => None,
        };
        for grant in
            [named, wanted.original].into_iter().flatten().filter_map(|e| self.grants.get(&e))
        {
            lots.extend(grant.lots.iter().map(|g| g.lot));
            account.grants.insert(grant.event, grant.clone());
        }
        if let Some(original) = wanted.original.and_then(|event| self.originals.get(&event)) {
            lots.extend(original.entries.iter().filter_map(|e| e.lot));
            account.originals.extend(wanted.original.map(|event| (event, original.clone())));
        }
        account
            .lots
            .extend(lots.into_iter().filter_map(|id| self.closed.remove(&id).map(|lot| (id, lot))));
    }

    fn absorb(&mut self, decision: Decision, used: &mut Used) -> Outcome {
        let (event, entries, after, _, outcome, resources) = decision.into_parts();
        self.account = after;
        for (key, by) in resources {
            *used.entry(key).or_default() += by;
        }
        if let Some(grant) = &outcome.grant {
            self.grants.insert(grant.event, grant.clone());
        }
        if reversible(&event.body) {
            let Event { id, body, effective_at, source, source_ref, .. } = event;
            if matches!(body, Body::Purchase(_) | Body::Custom(_)) {
                self.by_source.insert((source, source_ref), id);
            }
            let outcome = outcome.clone();
            self.originals.insert(id, Original { body, effective_at, entries, outcome });
        }
        outcome
    }

    fn put_away(&mut self) {
        let account = &mut self.account;
        account.touched = Touched::default();
        account.grants.clear();
        account.originals.clear();
        self.redemptions.append(&mut account.redemptions);
        for (id, lot) in std::mem::take(&mut account.lots) {
            if lot.is_closed() { &mut self.closed } else { &mut self.open }.insert(id, lot);
        }
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
        drop(self.step(&event, &Facts::default(), used));
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
                replay.step(event, &Facts::default(), &mut Used::new()).unwrap();
            }
            assert_eq!(replay.account().balance(PointTypeId(1)).available, Points(left));
            replay.elapse(&history[4], Timestamp(300 * crate::time::DAY), &mut Used::new());
            assert_eq!(replay.account().balance(PointTypeId(1)).available, Points(points * 7));
            assert_eq!(replay.lots().count(), 1);
        }
    }
}

//! Whole stories through `apply`, with every number worked out by hand.

mod returns;
mod spending;
mod tiers;
mod time;
mod undoing;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{apply, needs, transfer};
use crate::account::{Account, Original};
use crate::decision::{Decision, Outcome, Side};
use crate::event::{Body, Event, Facts, Line, Purchase, PurchaseRef, Reserve, Return, ReturnLine};
use crate::ids::{AccountId, EventId, MemberId, PointTypeId, ProgramId, RedemptionId, TenantId};
use crate::points::Points;
use crate::program::{ProgramConfig, Programs};
use crate::refusal::Refusal;
use crate::time::Timestamp;

const POINTS: PointTypeId = PointTypeId(1);
const STATUS: PointTypeId = PointTypeId(2);

fn at(text: &str) -> Timestamp {
    let text = if text.contains('T') { text.to_owned() } else { format!("{text}T12:00:00Z") };
    Timestamp::parse(&text).unwrap()
}

/// A program of 1 point per whole euro, with `more` laid over the document.
fn program(more: Value) -> ProgramConfig {
    let mut document = json!({
        "code": "club", "currency": "EUR", "time_zone": "UTC",
        "point_types": [{ "code": "points", "expiry": { "basis": "earned", "term": { "days": 180 } } }],
        "earning_rules": [{ "code": "base", "point_type": "points",
            "effect": { "type": "points_per_amount", "points": 1, "per_minor": 100 } }],
    });
    for (key, value) in more.as_object().unwrap() {
        document[key] = value.clone();
    }
    serde_json::from_value(document).unwrap()
}

/// One member's story: every event is applied, and the store's part (loading originals and grants) is played.
struct Story {
    programs: Programs,
    account: Account,
    originals: BTreeMap<EventId, Original>,
    next: i64,
    sums: BTreeMap<(PointTypeId, Side), i64>,
}

impl Story {
    fn new(more: Value) -> Self {
        let ids = BTreeMap::from([("points".to_owned(), POINTS), ("status".to_owned(), STATUS)]);
        let program = program(more).compile(ProgramId(1), 1, Timestamp(0), &ids).unwrap();
        let account = Account::new(TenantId(1), AccountId(7), MemberId(9), at("2026-01-10"));
        let programs = Programs::new([program]);
        Self { programs, account, originals: BTreeMap::new(), next: 1, sums: BTreeMap::new() }
    }

    fn event(&mut self, when: &str, body: Body) -> Event {
        self.next += 1;
        Event {
            id: EventId(self.next),
            tenant: TenantId(1),
            account: self.account.id,
            program: ProgramId(1),
            source: "test".into(),
            source_ref: self.next.to_string(),
            effective_at: at(when),
            recorded_at: at(when),
            actor: "test".into(),
            import: None,
            body,
        }
    }

    fn try_do(&mut self, when: &str, body: Body) -> Result<Outcome, Refusal> {
        let event = self.event(when, body);
        self.account.originals = self.originals.clone().into();
        let decision =
            apply(&self.account, &event, &Facts::default(), &self.programs, Timestamp::MAX)?;
        Ok(self.commit(decision))
    }

    fn commit(&mut self, decision: Decision) -> Outcome {
        let (event, entries, after, _, outcome, _) = decision.into_parts();
        for entry in &entries {
            *self.sums.entry((entry.point_type, entry.side)).or_default() += entry.points.0;
        }
        if let Some(grant) = &outcome.grant {
            self.account.grants.insert(grant.event, grant.clone());
        }
        let grants = std::mem::take(&mut self.account.grants);
        self.account = after;
        self.account.grants = grants;
        let (body, effective_at) = (event.body, event.effective_at);
        let original = Original { body, effective_at, entries, outcome: outcome.clone() };
        self.originals.insert(event.id, original);
        for (point_type, balance) in &self.account.balances {
            for (side, held) in [
                (Side::Available, balance.available),
                (Side::Pending, balance.pending),
                (Side::Held, balance.held),
            ] {
                let sum = self.sums.get(&(*point_type, side)).copied().unwrap_or(0);
                assert_eq!(sum, held.0, "a balance must be the sum of its entries");
            }
        }
        outcome
    }

    fn act(&mut self, when: &str, body: Body) -> Outcome {
        self.try_do(when, body).unwrap()
    }

    fn buy(&mut self, when: &str, nets: &[i64]) -> EventId {
        self.act(when, purchase(nets));
        EventId(self.next)
    }

    fn bring_back(&mut self, when: &str, of: EventId, lines: &[(usize, i64)]) -> Outcome {
        self.act(when, back(of, lines))
    }

    fn elapse(&mut self, when: &str) -> Outcome {
        self.act(when, Body::Elapse)
    }

    fn available(&self) -> i64 {
        self.account.balance(POINTS).available.0
    }

    fn program_side(&self, side: Side) -> i64 {
        self.sums.get(&(POINTS, side)).copied().unwrap_or(0)
    }
}

fn purchase(nets: &[i64]) -> Body {
    let line = |net: &i64| Line { quantity_milli: 1_000, net_minor: *net, ..Line::default() };
    let lines = nets.iter().map(line).collect();
    Body::Purchase(Purchase { currency: "EUR".into(), lines, ..Purchase::default() })
}

fn back(of: EventId, lines: &[(usize, i64)]) -> Body {
    let lines = lines.iter().map(|&(line, quantity_milli)| ReturnLine { line, quantity_milli });
    Body::Return(Return { purchase: PurchaseRef::Event(of), lines: lines.collect() })
}

fn reserve(id: i64, reward: &str, capture: bool) -> Body {
    Body::Reserve(Reserve {
        redemption: RedemptionId(id),
        reward: reward.into(),
        quantity: 1,
        pay_minor: None,
        hold_until: None,
        capture,
    })
}

fn adjust(points: i64) -> Body {
    Body::Adjust { point_type: POINTS, points: Points(points), reason: "goodwill".into() }
}

fn mug() -> Value {
    json!({ "rewards": [
        { "code": "mug", "point_type": "points", "kind": { "type": "product" }, "price": 50, "stock": 2 },
    ] })
}

#[test]
fn i12_a_purchase_earns_by_its_rule_and_says_why() {
    let mut story = Story::new(json!({}));
    let outcome = story.act("2026-02-01", purchase(&[4_000, 2_050]));
    assert_eq!(story.available(), 60);
    assert_eq!(outcome.grant.unwrap().lots[0].shares, [40, 20]);
    assert_eq!(story.program_side(Side::Issued), -60);
    assert!(
        outcome
            .steps
            .iter()
            .any(|s| matches!(s, crate::explain::Step::ForAmount { points: 60, .. }))
    );
}

#[test]
fn i20_a_refusal_changes_nothing() {
    let mut story = Story::new(mug());
    story.buy("2026-02-01", &[4_000]);
    let before = story.account.clone();
    let refused = story.try_do("2026-02-02", reserve(1, "mug", true));
    assert_eq!(refused, Err(Refusal::InsufficientBalance { missing: Points(10) }));
    story.account.originals = before.originals.clone();
    assert_eq!(story.account, before);
}

#[test]
fn i22_nothing_counts_in_the_future() {
    let mut story = Story::new(json!({}));
    let event = story.event("2026-02-01", purchase(&[100]));
    let now = at("2026-01-31");
    let refused = apply(&story.account, &event, &Facts::default(), &story.programs, now);
    assert_eq!(refused, Err(Refusal::InFuture));
}

#[test]
fn i12_purchases_decide_the_same_with_and_without_lots_in_memory() {
    let mut story = Story::new(json!({}));
    story.buy("2026-02-01", &[4_000]);
    let event = story.event("2026-12-01", purchase(&[1_000]));
    let with =
        apply(&story.account, &event, &Facts::default(), &story.programs, Timestamp::MAX).unwrap();
    let mut bare = story.account.clone();
    bare.lots.clear();
    bare.lots_loaded = false;
    assert!(!needs(&event, &bare, &story.programs).lots);
    let without = apply(&bare, &event, &Facts::default(), &story.programs, Timestamp::MAX).unwrap();
    assert_eq!(with.entries(), without.entries());
    assert_eq!(with.outcome(), without.outcome());
}

#[test]
fn i1_transfers_keep_the_expiry_and_move_every_point() {
    let mut story = Story::new(json!({ "transfers": { "allowed": true, "max_per_year": 100 } }));
    story.buy("2026-02-01", &[4_000]);
    story.buy("2026-03-01", &[3_000]);
    let mut other = Account::new(TenantId(1), AccountId(8), MemberId(10), at("2026-01-01"));
    let send = |story: &mut Story, other: &Account, points: i64| {
        let to = other.id;
        let out = story.event(
            "2026-04-01",
            Body::TransferOut { point_type: POINTS, points: Points(points), to },
        );
        let body = Body::TransferIn { from: AccountId(7), pieces: vec![] };
        let into = Event { id: EventId(900), account: other.id, body, ..out.clone() };
        transfer(&story.account, other, &out, &into, &story.programs, Timestamp::MAX)
    };
    let (out, into) = send(&mut story, &other, 50).unwrap();
    story.commit(out);
    other = into.into_parts().2;
    assert_eq!((story.available(), other.balance(POINTS).available), (20, Points(50)));
    let ends: Vec<_> =
        other.lots.values().map(|lot| (lot.granted.0, lot.expires_at.unwrap())).collect();
    assert_eq!(ends, [(40, at("2026-07-31")), (10, at("2026-08-28"))]);
    assert_eq!(send(&mut story, &other, 51).unwrap_err(), Refusal::LimitReached(100));
}

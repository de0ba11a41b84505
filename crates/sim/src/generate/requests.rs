//! Random requests: mostly what a member or a till would ask for, sometimes nonsense.

use std::collections::BTreeMap;

use lazo_domain::account::{LotKind, RedemptionState};
use lazo_domain::event::{
    Body, Custom, Event, Line, Piece, Purchase, PurchaseRef, QualifyingCredit, Reserve, Return,
    ReturnLine,
};
use lazo_domain::ids::{AccountId, EventId, LotId, PointTypeId, RedemptionId};
use lazo_domain::points::Points;
use lazo_domain::program::{Provenance, RewardKind};
use lazo_domain::time::{DAY, Timestamp};

use super::offers::{BRANDS, CATEGORIES, CUSTOM, PRODUCTS};
use super::setup::Version;
use crate::features::{Feature, Features};
use crate::rng::Rng;
use crate::world::vault::Rows;

/// What may be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each asks for the body of its name")]
pub enum Request {
    Purchase,
    Return,
    Custom,
    Reserve,
    Capture,
    Cancel,
    Adjust,
    Transfer,
    Elapse,
    Reverse,
    Reinstate,
    Opening,
    GrantTier,
    Qualify,
}

impl Request {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Purchase,
        Self::Return,
        Self::Custom,
        Self::Reserve,
        Self::Capture,
        Self::Cancel,
        Self::Adjust,
        Self::Transfer,
        Self::Elapse,
        Self::Reverse,
        Self::Reinstate,
        Self::Opening,
        Self::GrantTier,
        Self::Qualify,
    ];

    /// The feature that must be on.
    #[must_use]
    pub fn feature(self) -> Option<Feature> {
        match self {
            Self::Purchase | Self::Elapse => None,
            Self::Return => Some(Feature::Returns),
            Self::Custom => Some(Feature::Custom),
            Self::Reserve | Self::Capture | Self::Cancel => Some(Feature::Rewards),
            Self::Adjust => Some(Feature::Adjust),
            Self::Transfer => Some(Feature::Transfers),
            Self::Reverse => Some(Feature::Reversals),
            Self::Reinstate => Some(Feature::Reinstate),
            Self::Opening => Some(Feature::Openings),
            Self::GrantTier => Some(Feature::GrantTier),
            Self::Qualify => Some(Feature::Qualify),
        }
    }

    /// How often, before each seed's own taste.
    #[must_use]
    pub fn weight(self) -> i64 {
        match self {
            Self::Purchase => 24,
            Self::Return | Self::Reserve => 10,
            Self::Custom | Self::Capture | Self::Cancel | Self::Elapse => 5,
            Self::Transfer | Self::Adjust | Self::Reverse => 4,
            Self::Reinstate | Self::Opening | Self::GrantTier | Self::Qualify => 2,
        }
    }
}

/// Makes bodies for one event to come.
pub(super) struct Maker<'a> {
    pub(super) rng: &'a mut Rng,
    pub(super) features: Features,
    pub(super) version: &'a Version,
    pub(super) event: &'a Event,
    /// The dearest line, in minor units.
    pub(super) most_minor: i64,
}

impl Maker<'_> {
    /// The body of a request on an account; `other` is another account, perhaps the same.
    pub(super) fn body(&mut self, request: Request, rows: &Rows, other: Option<AccountId>) -> Body {
        match request {
            Request::Purchase => Body::Purchase(self.purchase()),
            Request::Return => self.returned(rows),
            Request::Custom => self.custom(),
            Request::Reserve => self.reserve(),
            Request::Capture => Body::Capture { redemption: self.redemption(rows, true) },
            Request::Cancel => Body::Cancel { redemption: self.redemption(rows, false) },
            Request::Adjust => self.adjust(rows),
            Request::Transfer => {
                let to = other.filter(|to| *to != rows.id || self.nonsense());
                let to = to.unwrap_or(AccountId(1 + rows.id.0 % 4));
                Body::TransferOut {
                    point_type: self.point_type(),
                    points: Points(self.rng.within(1, 200)),
                    to,
                }
            }
            Request::Elapse => Body::Elapse,
            Request::Reverse => Body::Reverse { event: self.earlier(rows) },
            Request::Reinstate => self.reinstate(rows),
            Request::Opening => self.opening(),
            Request::GrantTier => self.grant_tier(),
            Request::Qualify => self.qualify(),
        }
    }

    fn nonsense(&mut self) -> bool {
        self.features.has(Feature::Nonsense) && self.rng.chance(10)
    }

    fn point_type(&mut self) -> PointTypeId {
        if self.nonsense() {
            return PointTypeId(99);
        }
        let all: Vec<PointTypeId> = self.version.ids.values().copied().collect();
        let qualifying = self.features.has(Feature::Qualifying) && self.rng.chance(15);
        let last = all.len() - 1;
        if qualifying { all[last] } else { all[self.rng.index(last)] }
    }

    fn purchase(&mut self) -> Purchase {
        let foreign = self.features.has(Feature::Foreign) && self.rng.chance(10);
        let count = if self.nonsense() { 0 } else { self.rng.within(1, 4) };
        Purchase {
            currency: if foreign { "USD" } else { "EUR" }.to_owned(),
            lines: (0..count).map(|_| self.line()).collect(),
            ..Purchase::default()
        }
    }

    fn line(&mut self) -> Line {
        let odd = self.features.has(Feature::OddLines) && self.rng.chance(30);
        let net_minor = if odd {
            self.rng.one(&[0, 0, -1, -99, -2_500])
        } else {
            self.rng.within(1, self.most_minor)
        };
        let units = self.rng.within(1, 5) * 1_000;
        let quantity_milli = if self.rng.chance(20) { self.rng.within(0, 3_000) } else { units };
        let wrong = self.nonsense() && self.rng.chance(20);
        Line {
            product: format!("p{}", self.rng.within(0, PRODUCTS - 1)),
            category: self.rng.one(&CATEGORIES).to_owned(),
            brand: self.rng.one(&BRANDS).to_owned(),
            quantity_milli: if wrong { -1 } else { quantity_milli },
            net_minor,
        }
    }

    fn returned(&mut self, rows: &Rows) -> Body {
        let grants: Vec<_> = rows.grants.values().collect();
        let recent = grants.len().saturating_sub(12);
        let pool = if self.rng.chance(70) { &grants[recent..] } else { &grants[..] };
        let Some(grant) = self.rng.pick(pool).filter(|_| !self.rng.clone().chance(2)) else {
            let purchase = PurchaseRef::Event(EventId(self.rng.within(1, self.event.id.0)));
            return Body::Return(Return { purchase, lines: Vec::new() });
        };
        let purchase = if self.rng.chance(50) {
            PurchaseRef::Event(grant.event)
        } else {
            grant.source.clone()
        };
        if self.rng.chance(35) {
            return Body::Return(Return { purchase, lines: Vec::new() });
        }
        let mut lines = Vec::new();
        for (line, (bought, back)) in grant.quantities.iter().zip(&grant.returned).enumerate() {
            let most = if self.nonsense() { bought - back + 1 } else { bought - back };
            if most > 0 && self.rng.chance(50) {
                let all = self.rng.chance(40);
                let part = if all { most } else { self.rng.within(1, most) };
                lines.push(ReturnLine { line, quantity_milli: part });
            }
        }
        if self.nonsense() {
            lines.push(ReturnLine { line: 9, quantity_milli: 1 });
        }
        Body::Return(Return { purchase, lines })
    }

    fn custom(&mut self) -> Body {
        let name = if self.nonsense() { "purchase" } else { self.rng.one(&CUSTOM) };
        let (numbers, attributes) = (BTreeMap::new(), BTreeMap::new());
        Body::Custom(Custom { name: name.to_owned(), numbers, attributes })
    }

    fn reserve(&mut self) -> Body {
        let rewards = &self.version.config.rewards;
        let reward = self.rng.pick(rewards);
        let part_payment = reward.is_some_and(|r| matches!(r.kind, RewardKind::PartPayment { .. }));
        let asks_amount = part_payment != self.nonsense();
        let code = reward.map_or("nothing", |r| r.code.as_str()).to_owned();
        let wrong = self.nonsense();
        Body::Reserve(Reserve {
            redemption: RedemptionId(
                self.event.id.0 * if wrong { 0 } else { 1 } + i64::from(wrong),
            ),
            reward: code,
            quantity: if self.nonsense() { 0 } else { self.rng.one(&[1, 1, 1, 1, 2, 3, 12]) },
            pay_minor: asks_amount.then(|| self.rng.within(0, 800)),
            hold_until: self.hold_until(),
            capture: self.rng.chance(40),
        })
    }

    fn hold_until(&mut self) -> Option<Timestamp> {
        let soon = if self.nonsense() { 0 } else { self.rng.within(1, 20 * DAY) };
        self.rng.chance(40).then(|| self.event.effective_at.plus_micros(soon))
    }

    fn redemption(&mut self, rows: &Rows, open: bool) -> RedemptionId {
        let open = open || self.rng.chance(50);
        let all: Vec<RedemptionId> = rows
            .redemptions
            .values()
            .filter(|r| !open || r.state == RedemptionState::Reserved)
            .map(|r| r.id)
            .collect();
        let recent = all.len().saturating_sub(8);
        self.rng.pick(&all[recent..]).copied().unwrap_or(RedemptionId(self.rng.within(1, 50)))
    }

    fn adjust(&mut self, rows: &Rows) -> Body {
        let limit = self.version.config.adjustments.limit.0;
        let most = if self.nonsense() { limit + 1 } else { limit.min(300) };
        let point_type = self.point_type();
        let all = rows.balances.get(&point_type).map_or(0, |balance| balance.available.0);
        let points = if all > 0 && self.rng.chance(25) {
            // Nothing left is where debts and refusals begin.
            Points(-all.min(limit))
        } else {
            Points(self.rng.within(1, most) * self.rng.one(&[1, 1, -1]))
        };
        let reason = if self.nonsense() { "whim" } else { "goodwill" };
        Body::Adjust { point_type, points, reason: reason.to_owned() }
    }

    /// An event worth undoing: mostly a recent one.
    fn earlier(&mut self, rows: &Rows) -> EventId {
        let undoes = |body: &Body| {
            matches!(
                body,
                Body::Purchase(_)
                    | Body::Custom(_)
                    | Body::Return(_)
                    | Body::Adjust { .. }
                    | Body::Opening { .. }
                    | Body::Reinstate { .. }
            )
        };
        if self.nonsense() {
            return EventId(self.rng.within(1, self.event.id.0 + 1));
        }
        let recent = if self.rng.chance(70) { 15 } else { 400 };
        let all = rows.originals.iter().rev().filter(|(_, original)| undoes(&original.body));
        let mut all: Vec<EventId> = all.take(recent).map(|(id, _)| *id).collect();
        if self.rng.chance(50) {
            // Rare kinds would otherwise drown among purchases.
            let rare = |id: &EventId| !matches!(rows.originals[id].body, Body::Purchase(_));
            let few: Vec<EventId> = all.iter().copied().filter(rare).collect();
            all = if few.is_empty() { all } else { few };
        }
        self.rng.pick(&all).copied().unwrap_or(EventId(1))
    }

    fn reinstate(&mut self, rows: &Rows) -> Body {
        let expired: Vec<(LotId, i64)> = rows
            .lots
            .values()
            .filter(|lot| lot.expired.is_positive())
            .map(|lot| (lot.id, lot.expired.0))
            .collect();
        let (lot, most) = self
            .rng
            .pick(&expired)
            .copied()
            .unwrap_or((LotId { event: EventId(self.rng.within(1, 20)), seq: 0 }, 10));
        let most = if self.nonsense() { most + 1 } else { most };
        let points = Points(if self.rng.chance(40) { most } else { self.rng.within(1, most) });
        let soon = if self.nonsense() { 0 } else { self.rng.within(1, 90 * DAY) };
        let expires_at = self.rng.chance(50).then(|| self.event.effective_at.plus_micros(soon));
        Body::Reinstate { lot, points, expires_at, reason: "goodwill".to_owned() }
    }

    fn opening(&mut self) -> Body {
        let count = self.rng.within(1, 3);
        Body::Opening { pieces: (0..count).map(|_| self.piece()).collect() }
    }

    fn piece(&mut self) -> Piece {
        let at = self.event.effective_at;
        let huge = self.features.has(Feature::Huge) && self.rng.chance(40);
        let most = if huge { i64::MAX - self.rng.within(0, 2) } else { self.rng.within(1, 500) };
        let sign = self.rng.one(&[1, 1, -1]);
        let points = if self.nonsense() { 0 } else { most * sign };
        let expires_at =
            self.rng.chance(60).then(|| Timestamp(at.0 + self.rng.within(-DAY, 200 * DAY)));
        Piece {
            point_type: self.point_type(),
            points: Points(points),
            earned_at: Timestamp(at.0 - self.rng.within(0, 300 * DAY)),
            expires_at,
            lot_kind: LotKind::Opening,
            from_lot: None,
            release_at: None,
            hold: None,
        }
    }

    fn qualify(&mut self) -> Body {
        let group = self.rng.pick(&self.version.config.tier_groups);
        let group = group.map_or("none", |g| g.code.as_str()).to_owned();
        let count = if self.nonsense() { 0 } else { self.rng.within(1, 3) };
        let credits = (0..count).map(|_| {
            let least = if self.nonsense() { -2 * DAY } else { 0 };
            let ago = self.rng.within(least, 500 * DAY);
            let sign = self.rng.one(&[1, 1, 1, -1]);
            let amount = if self.nonsense() { 0 } else { self.rng.within(1, 400) * sign };
            QualifyingCredit { counts_at: Timestamp(self.event.effective_at.0 - ago), amount }
        });
        let credits = credits.collect();
        Body::Qualify { group, credits }
    }

    fn grant_tier(&mut self) -> Body {
        let group = self.rng.pick(&self.version.config.tier_groups);
        let tier = group.and_then(|g| self.rng.pick(&g.tiers)).map(|t| t.code.clone());
        let kinds = [
            Provenance::Matched,
            Provenance::Gifted,
            Provenance::Paid,
            Provenance::Lifetime,
            Provenance::Protected,
        ];
        let soon = if self.nonsense() { 0 } else { self.rng.within(1, 300 * DAY) };
        Body::GrantTier {
            group: group.map_or("none", |g| g.code.as_str()).to_owned(),
            tier: tier.unwrap_or_else(|| "bronze".to_owned()),
            provenance: self.rng.one(&kinds),
            until: self.rng.chance(50).then(|| self.event.effective_at.plus_micros(soon)),
        }
    }
}

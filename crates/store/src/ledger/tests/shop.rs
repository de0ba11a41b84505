//! A tenant with one program and twenty accounts, for tests of the ledger and of what watches over it.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use lazo_domain::account::LotKind;
use lazo_domain::event::{
    Body, Event, Facts, Line, Piece, Purchase, PurchaseRef, Reserve, Return, ReturnLine,
};
use lazo_domain::ids::{
    AccountId, EventId, MemberId, PointTypeId, ProgramId, RedemptionId, TenantId,
};
use lazo_domain::points::Points;
use lazo_domain::program::{ProgramConfig, Programs};
use lazo_domain::time::Timestamp;
use serde_json::{Value, json};

use crate::clock::{Clock, ManualClock};
use crate::db::{Db, Options};
use crate::error::StoreError;
use crate::ids::IdGenerator;
use crate::ledger::{Command, Ledger, NewAccount, PostError, ProgramSource, Receipt};
use crate::testing::TestDb;

pub(crate) const TENANT: TenantId = TenantId(5);
pub(crate) const POINTS: PointTypeId = PointTypeId(1);

struct Fixed(Arc<Programs>);

impl ProgramSource for Fixed {
    fn programs(
        &self,
        tenant: TenantId,
    ) -> BoxFuture<'_, Result<Option<Arc<Programs>>, StoreError>> {
        Box::pin(async move { Ok((tenant == TENANT).then(|| Arc::clone(&self.0))) })
    }
}

/// A shop that gives a point per euro, for 180 days.
pub(crate) struct Shop {
    pub ledger: Ledger,
    pub clock: Arc<ManualClock>,
    programs: Arc<Programs>,
}

impl Shop {
    pub async fn open(test: &TestDb, more: Value) -> Self {
        let shop =
            Self::over(test.db.clone(), Arc::new(ManualClock::new(noon())), 1, programs(more));
        let accounts: Vec<_> = (1..=20)
            .map(|n| NewAccount {
                tenant: TENANT,
                account: AccountId(n),
                member: MemberId(n + 100),
                enrolled_at: noon(),
            })
            .collect();
        shop.ledger.open_accounts(&accounts).await.unwrap();
        shop
    }

    fn over(db: Db, clock: Arc<ManualClock>, node: i64, programs: Arc<Programs>) -> Self {
        let shared = Arc::clone(&clock) as Arc<dyn Clock>;
        let ids = Arc::new(IdGenerator::new(Arc::clone(&shared), node));
        let ledger = Ledger::start(db, ids, shared, Arc::new(Fixed(Arc::clone(&programs))));
        Self { ledger, clock, programs }
    }

    /// The same shop through connections of its own, as another process would have.
    pub async fn second_process(&self, test: &TestDb) -> Self {
        let db = Db::open(&test.url, Options::default()).await.unwrap();
        Self::over(db, Arc::clone(&self.clock), 2, Arc::clone(&self.programs))
    }

    pub fn event(&self, account: i64, key: &str, body: Body) -> Event {
        Event {
            id: EventId(0),
            tenant: TENANT,
            account: AccountId(account),
            program: ProgramId(1),
            source: "till".into(),
            source_ref: key.into(),
            // A retry names the same instant: callers keep it with their request.
            effective_at: self.clock.now(),
            recorded_at: Timestamp(0),
            actor: "test".into(),
            import: None,
            body,
        }
    }

    pub fn command(&self, account: i64, key: &str, body: Body) -> Command {
        let facts = Facts { member: MemberId(account + 100), ..Facts::default() };
        Command::One { event: self.event(account, key, body), facts }
    }

    pub async fn post(&self, account: i64, key: &str, body: Body) -> Result<Receipt, PostError> {
        self.ledger.post_one(self.command(account, key, body)).await
    }

    pub async fn transfer(
        &self,
        from: i64,
        to: i64,
        key: &str,
        points: i64,
    ) -> Result<Receipt, PostError> {
        let out =
            Body::TransferOut { point_type: POINTS, points: Points(points), to: AccountId(to) };
        let into = Body::TransferIn { from: AccountId(from), pieces: Vec::new() };
        let (out, into) = (self.event(from, key, out), self.event(to, key, into));
        self.ledger.post_one(Command::Transfer { out, into }).await
    }

    pub fn adjust(&self, points: i64) -> Body {
        Body::Adjust { point_type: POINTS, points: Points(points), reason: "goodwill".into() }
    }

    /// Available, pending, held.
    pub async fn balance(&self, account: i64) -> (i64, i64, i64) {
        let account = self.ledger.books().account(TENANT, AccountId(account)).await.unwrap();
        let balance = account.unwrap_or_default().balance(POINTS);
        (balance.available.0, balance.pending.0, balance.held.0)
    }

    pub async fn available(&self, account: i64) -> i64 {
        self.balance(account).await.0
    }

    pub async fn count(&self, table: &str) -> i64 {
        let sql = format!("select count(*) as n from {table}");
        self.ledger.db().query_one(&sql, &[]).await.unwrap().unwrap().int("n").unwrap()
    }
}

pub(crate) fn noon() -> Timestamp {
    Timestamp::parse("2026-03-01T12:00:00Z").unwrap()
}

fn programs(more: Value) -> Arc<Programs> {
    let mut document = json!({
        "code": "club", "currency": "EUR", "time_zone": "UTC",
        "point_types": [{ "code": "points", "expiry": { "basis": "earned", "term": { "days": 180 } } }],
        "earning_rules": [{ "code": "base", "point_type": "points",
            "effect": { "type": "points_per_amount", "points": 1, "per_minor": 100 } }],
        "rewards": [
            { "code": "coffee", "point_type": "points", "price": 100, "kind": { "type": "product" } },
            { "code": "mug", "point_type": "points", "price": 100, "stock": 3, "kind": { "type": "product" } }],
        "transfers": { "allowed": true, "min": 1, "max": 100_000, "max_per_year": 500_000 },
    });
    for (key, value) in more.as_object().unwrap() {
        document[key] = value.clone();
    }
    let config: ProgramConfig = serde_json::from_value(document).unwrap();
    let ids = BTreeMap::from([("points".to_owned(), POINTS)]);
    Arc::new(Programs::new([config.compile(ProgramId(1), 1, Timestamp(0), &ids).unwrap()]))
}

/// One thing for so many minor units.
pub(crate) fn buy(minor: i64) -> Body {
    let line =
        Line { product: "thing".into(), quantity_milli: 1000, net_minor: minor, ..Line::default() };
    Body::Purchase(Purchase { currency: "EUR".into(), lines: vec![line], ..Purchase::default() })
}

/// So many thousandths of the one thing come back.
pub(crate) fn back(purchase: PurchaseRef, quantity_milli: i64) -> Body {
    Body::Return(Return { purchase, lines: vec![ReturnLine { line: 0, quantity_milli }] })
}

pub(crate) fn reserve(id: i64, reward: &str) -> Body {
    Body::Reserve(Reserve {
        redemption: RedemptionId(id),
        reward: reward.into(),
        quantity: 1,
        pay_minor: None,
        hold_until: None,
        capture: false,
    })
}

pub(crate) fn opening(points: i64) -> Body {
    Body::Opening {
        pieces: vec![Piece {
            point_type: POINTS,
            points: Points(points),
            earned_at: noon(),
            expires_at: None,
            lot_kind: LotKind::Opening,
            from_lot: None,
            release_at: None,
            hold: None,
        }],
    }
}

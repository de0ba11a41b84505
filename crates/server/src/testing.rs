//! A small shop on a throw-away database with a clock that a test turns: what tests of several nouns begin with.

use std::sync::Arc;
use std::time::Duration;

use lazo_domain::event::{Body, Event, Facts, Line, Purchase};
use lazo_domain::ids::{AccountId, EventId, PointTypeId, ProgramId};
use lazo_domain::time::{DAY, Timestamp};
use lazo_store::testing::TestDb;
use lazo_store::{Command, ManualClock, Receipt};

use crate::app::App;
use crate::features::tenants::Tenant;
use crate::features::{configuration, members, programs, tenants};

/// 2026-03-01T12:00:00Z, when the clock of every test begins.
pub const NOON: Timestamp = Timestamp(1_772_366_400_000_000);

/// One point for every whole euro, good for 180 days.
pub const PROGRAM: &str = r#"
[tenant]
code = "shop"
name = "Shop"
country = "ES"
time_zone = "Europe/Madrid"
currency = "EUR"

[[programs]]
code = "club"
currency = "EUR"
time_zone = "Europe/Madrid"

[[programs.point_types]]
code = "points"
expiry = { basis = "earned", term = { days = 180 } }

[[programs.earning_rules]]
code = "base"
point_type = "points"
effect = { type = "points_per_amount", points = 1, per_minor = 100 }
"#;

/// Waits until something is so, for a minute at most: a machine that is busy with other tests is slow, not wrong. The
/// caller asserts what it waited for.
pub async fn until(so: impl AsyncFn() -> bool) {
    for _ in 0..1_200 {
        if so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The shop.
pub struct Shop {
    pub app: App,
    pub clock: Arc<ManualClock>,
    pub tenant: Tenant,
    pub program: ProgramId,
    pub points: PointTypeId,
}

impl Shop {
    /// Opens the shop with [`PROGRAM`].
    pub async fn open(test: &TestDb) -> Self {
        let clock = Arc::new(ManualClock::new(NOON));
        let app = App::over(test.db.clone(), Arc::clone(&clock) as _, "test").await.unwrap();
        let document = configuration::Document::parse(PROGRAM).unwrap();
        let plan = configuration::plan(&app.db, document).await.unwrap();
        plan.carry_out(&app.db, &app.ids, "ana", NOON).await.unwrap();
        let tenant = tenants::store::by_code(&app.db, "shop").await.unwrap().unwrap();
        let program =
            programs::store::by_code(&app.db, tenant.id, "club").await.unwrap().unwrap().id;
        let types = programs::store::point_types(&app.db, tenant.id, program).await.unwrap();
        Self { app, clock, tenant, program, points: types["points"] }
    }

    /// Lets days of 24 hours pass.
    pub fn days(&self, days: i64) {
        self.clock.advance(days * DAY);
    }

    /// The account of the member whose number in the source is `number`, enrolled if need be.
    pub async fn account(&self, number: &str) -> AccountId {
        let values = [number.to_owned()];
        let ensured = members::ensure(
            &self.app.db,
            &self.app.ids,
            &self.tenant,
            self.program,
            members::EXTERNAL,
            &values,
            NOON,
        );
        ensured.await.unwrap().found[number].1
    }

    /// The member buys for so many cents, now.
    pub async fn buy(&self, number: &str, reference: &str, net_minor: i64) -> Receipt {
        let line = Line { quantity_milli: 1_000, net_minor, ..Line::default() };
        let purchase =
            Purchase { currency: "EUR".into(), lines: vec![line], ..Purchase::default() };
        let now = lazo_store::Clock::now(&*self.clock);
        let event = Event {
            id: EventId(0),
            tenant: self.tenant.id,
            account: self.account(number).await,
            program: self.program,
            source: "till".into(),
            source_ref: reference.into(),
            effective_at: now,
            recorded_at: now,
            actor: "test".into(),
            import: None,
            body: Body::Purchase(purchase),
        };
        self.app.ledger.post_one(Command::One { event, facts: Facts::default() }).await.unwrap()
    }
}

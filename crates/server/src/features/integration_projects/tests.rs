//! Projects on a throw-away database with a clock that a test turns: undoing, late items, kills in the middle.

mod after;
mod bad_input;
mod by_api;
mod carried;
mod controlling;
mod drilling;
mod in_transit;
mod kills;
mod many;
mod orders;
mod partners;
mod pilot;
mod standing;
mod undoing;
mod walls;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lazo_domain::event::{Body, Event, Facts, Line, Purchase, Reserve};
use lazo_domain::ids::{AccountId, EventId, MemberId, RedemptionId};
use lazo_domain::time::Timestamp;
use lazo_store::testing::TestDb;
use lazo_store::{Clock as _, Command, ManualClock, Receipt};

use super::reconcile::SignerRole;
use super::store::projects::Project;
use super::workbench::Workbench;
use crate::app::App;
use crate::features::members::{Identifier, store as member_store};
use crate::features::{configuration, tenants};

/// 2026-02-10T12:00:00Z: after the cut-over of the example.
const NOON: Timestamp = Timestamp(1_770_724_800_000_000);

/// The example of two programs, with people at work.
pub(crate) struct Office {
    app: App,
    clock: Arc<ManualClock>,
    ana: Workbench,
    eva: Workbench,
    folder: tempfile::TempDir,
}

/// Nobody watches.
fn unseen(_: &'static str, _: u64, _: Option<u64>) {}

impl Office {
    async fn open(test: &TestDb) -> Self {
        let clock = Arc::new(ManualClock::new(NOON));
        let app = App::over(test.db.clone(), Arc::clone(&clock) as _, "test").await.unwrap();
        Self::over(app, clock).await
    }

    /// The office in an installation that is there already.
    pub(crate) async fn over(app: App, clock: Arc<ManualClock>) -> Self {
        let example =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/merging/two_programs");
        let folder = tempfile::tempdir().unwrap();
        for file in std::fs::read_dir(&example).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), folder.path().join(file.file_name())).unwrap();
        }
        let document = std::fs::read_to_string(example.join("program.toml")).unwrap();
        let document = configuration::Document::parse(&document).unwrap();
        let plan = configuration::plan(&app.db, document).await.unwrap();
        plan.carry_out(&app.db, &app.ids, "ana", NOON).await.unwrap();
        let tenant = tenants::store::by_code(&app.db, "example").await.unwrap().unwrap();
        let bench = |actor: &str| Workbench {
            app: app.clone(),
            tenant: tenant.clone(),
            actor: actor.to_owned(),
            patience: Duration::from_secs(3),
        };
        Self { ana: bench("ana"), eva: bench("eva"), app, clock, folder }
    }

    /// Somebody at work.
    fn bench(&self, actor: &str) -> Workbench {
        Workbench { actor: actor.to_owned(), ..self.ana.clone() }
    }

    /// The same office, where the published program has another text in the place of one: as another process sees it.
    async fn with_program(self, test: &TestDb, from: &str, to: &str) -> Self {
        let sql = format!(
            "update program_version set document = replace(document, '\"{from}\"', '\"{to}\"')"
        );
        test.tamper(&sql).await;
        let clock = Arc::clone(&self.clock);
        let app = App::over(test.db.clone(), clock as _, "another").await.unwrap();
        let bench = |bench: Workbench| Workbench { app: app.clone(), ..bench };
        Self {
            ana: bench(self.ana),
            eva: bench(self.eva),
            app,
            clock: self.clock,
            folder: self.folder,
        }
    }

    /// The project as it is now.
    async fn project(&self) -> Project {
        self.ana.project("uno").await.unwrap()
    }

    /// To a plan that a second person has approved, with the pair of the example merged.
    async fn to_approved(&self) {
        self.ana.init(&self.folder.path().join("project.toml")).await.unwrap();
        self.ana.profile(&self.project().await, &unseen).await.unwrap();
        self.ana.map(&self.project().await, &unseen).await.unwrap();
        self.ana.match_people(&self.project().await, &unseen).await.unwrap();
        let pair = (
            lazo_domain::merging::SourceKey::new("shop", "0001"),
            lazo_domain::merging::SourceKey::new("hotel", "B-1"),
        );
        self.ana.decide(&self.project().await, (&pair.0, &pair.1), "merge").await.unwrap();
        self.plan_and_approve().await;
    }

    async fn plan_and_approve(&self) {
        self.ana.dry_run(&self.project().await, &unseen).await.unwrap();
        self.eva.approve(&self.project().await).await.unwrap();
    }

    /// Posts, reconciles and signs a wave.
    async fn wave(&self, number: i64) {
        self.ana.run_wave(&self.project().await, number, &unseen).await.unwrap();
        let report = self.ana.reconcile(&self.project().await, number, &unseen).await.unwrap();
        assert!(report.agrees, "{report:?}");
        self.signed(number, &report.hash()).await;
    }

    /// Signs a report as finance and as the program's owner.
    async fn signed(&self, number: i64, hash: &str) {
        let project = self.project().await;
        let fin = self.bench("fin");
        fin.sign(&project, number, (SignerRole::FinanceController, hash)).await.unwrap();
        self.eva.sign(&project, number, (SignerRole::ProgramOwner, hash)).await.unwrap();
    }

    pub(crate) async fn whole(&self) {
        self.to_approved().await;
        self.wave(1).await;
        self.wave(2).await;
    }

    async fn member(&self, scheme: &str, value: &str) -> (MemberId, AccountId) {
        let name = Identifier::new(scheme, value, "ES").unwrap();
        let found = member_store::by_identifier(&self.app.db, self.ana.tenant.id, &name).await;
        let found = found.unwrap().unwrap_or_else(|| panic!("nobody has {scheme}:{value}"));
        (found.id, found.account)
    }

    /// Available, pending and held points of the program's own kind.
    async fn points(&self, scheme: &str, value: &str) -> i64 {
        let (_, account) = self.member(scheme, value).await;
        let books = self.app.ledger.books();
        let found = books.account(self.ana.tenant.id, account).await.unwrap().unwrap();
        found.balances.values().map(|b| b.available.0 + b.pending.0 + b.held.0).sum()
    }

    async fn post(&self, scheme: &str, value: &str, reference: &str, body: Body) -> Receipt {
        let (member, account) = self.member(scheme, value).await;
        let now = self.clock.now();
        let event = Event {
            id: EventId(0),
            tenant: self.ana.tenant.id,
            account,
            program: self.project().await.program,
            source: "till".into(),
            source_ref: reference.into(),
            effective_at: now,
            recorded_at: now,
            actor: "test".into(),
            import: None,
            body,
        };
        let facts = Facts { member, ..Facts::default() };
        self.app.ledger.post_one(Command::One { event, facts }).await.unwrap()
    }

    /// Buys for so many euros with a card of `via`.
    async fn buy(&self, (scheme, value): (&str, &str), reference: &str, euros: i64, via: &str) {
        let line = Line { quantity_milli: 1_000, net_minor: euros * 100, ..Line::default() };
        let mut purchase =
            Purchase { currency: "EUR".into(), lines: vec![line], ..Purchase::default() };
        if !via.is_empty() {
            purchase.attributes.insert("via".into(), via.into());
        }
        self.post(scheme, value, reference, Body::Purchase(purchase)).await;
    }

    /// Spends 100 points for each coffee.
    async fn coffee(&self, (scheme, value): (&str, &str), reference: &str, cups: i64) {
        let order = Reserve {
            redemption: RedemptionId(self.app.ids.next()),
            reward: "coffee".into(),
            quantity: cups,
            pay_minor: None,
            hold_until: None,
            capture: true,
        };
        self.post(scheme, value, reference, Body::Reserve(order)).await;
    }

    /// What the hotel's owner says is in its files.
    fn hotel_states(&self, totals: &str) {
        self.file("hotel-totals.csv", &format!("what,point_type,value\n{totals}\n"));
    }

    /// Writes a file beside the project.
    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

//! A backtest says what a fresh import under the other rules would say, and leaves the ledger alone.

use std::sync::Arc;

use lazo_domain::decision::Side;
use lazo_domain::event::{Body, Event, Facts, Line, Purchase, PurchaseRef, Return, ReturnLine};
use lazo_domain::ids::{AccountId, EventId, MemberId, ProgramId};
use lazo_domain::program::ProgramConfig;
use lazo_domain::time::{DAY, Timestamp};
use lazo_store::testing::on_both;
use lazo_store::{Books, Command, Db, ManualClock};

use super::{Backtest, Progress, Report, run};
use crate::app::App;
use crate::features::configuration::{Document, plan};
use crate::features::members::{EXTERNAL, ensure};
use crate::features::{programs, tenants};

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);

const BEFORE: &str = r#"
[tenant]
code = "shop"
name = "Shop"
country = "ES"
time_zone = "Europe/Madrid"
currency = "EUR"
[program]
code = "club"
currency = "EUR"
time_zone = "Europe/Madrid"
[[program.point_types]]
code = "points"
value_minor = "1"
expiry = { basis = "earned", term = { days = 180 } }
[[program.earning_rules]]
code = "base"
point_type = "points"
effect = { type = "points_per_amount", points = 1, per_minor = 100 }
"#;

/// Doubles weekends, forgets the small change differently and adds a ladder.
const AFTER: &str = r#"
[[program.earning_rules]]
code = "weekend"
point_type = "points"
when = "at.weekday >= 6"
effect = { type = "multiplier", factor = "3" }
[[program.tier_groups]]
code = "level"
measure = "spend"
window = "calendar_year"
tiers = [{ code = "silver", threshold = 20000 }, { code = "gold", threshold = 60000, multiplier = "2" }]
"#;

struct Shop {
    app: App,
    tenant: tenants::Tenant,
    program: ProgramId,
    members: Vec<(MemberId, AccountId)>,
}

async fn shop(db: &Db, document: &str) -> Shop {
    let clock = Arc::new(ManualClock::new(NOW));
    let app = App::over(db.clone(), clock, "test").await.unwrap();
    let steps = plan(db, Document::parse(document).unwrap()).await.unwrap();
    let applied = steps.carry_out(db, &app.ids, "test", NOW).await.unwrap();
    let tenant = tenants::store::by_id(db, applied.tenant).await.unwrap().unwrap();
    let program = programs::store::by_code(db, tenant.id, "club").await.unwrap().unwrap().id;
    let names: Vec<String> = (0..40).map(|n| format!("{n:03}")).collect();
    let enrolled_at = Timestamp(NOW.0 - 800 * DAY);
    let ensured =
        ensure(db, &app.ids, &tenant, program, EXTERNAL, &names, enrolled_at).await.unwrap();
    let members = names.iter().map(|name| ensured.found[name]).collect();
    Shop { app, tenant, program, members }
}

impl Shop {
    /// The same history in every shop: purchases over 600 days, every seventh brought back in part.
    async fn trade(&self) {
        let mut commands = Vec::new();
        for n in 0..800_i64 {
            let (member, account) = self.members[usize::try_from(n * 7 % 40).unwrap()];
            let at = Timestamp(NOW.0 - 700 * DAY + n * DAY * 3 / 4);
            let line = |net_minor| Line { quantity_milli: 2_000, net_minor, ..Line::default() };
            let lines = vec![line(n * 37 % 9_000), line(199)];
            let bought = Purchase { currency: "EUR".into(), lines, ..Purchase::default() };
            commands.push(self.command(
                member,
                account,
                at,
                format!("r{n}"),
                Body::Purchase(bought),
            ));
            if n % 7 == 0 {
                let source =
                    PurchaseRef::Source { source: "till".into(), source_ref: format!("r{n}") };
                let lines = vec![ReturnLine { line: 0, quantity_milli: 1_000 }];
                let back = Body::Return(Return { purchase: source, lines });
                commands.push(self.command(
                    member,
                    account,
                    at.plus_micros(DAY),
                    format!("b{n}"),
                    back,
                ));
            }
        }
        for answer in self.app.ledger.post(commands).await {
            answer.unwrap();
        }
    }

    fn command(
        &self,
        member: MemberId,
        account: AccountId,
        at: Timestamp,
        name: String,
        body: Body,
    ) -> Command {
        let event = Event {
            id: EventId(0),
            tenant: self.tenant.id,
            account,
            program: self.program,
            source: "till".into(),
            source_ref: name,
            effective_at: at,
            recorded_at: at,
            actor: "test".into(),
            import: None,
            body,
        };
        Command::One { event, facts: Facts { member, ..Facts::default() } }
    }

    async fn backtest(&self, candidate: &ProgramConfig) -> Report {
        let backtest = Backtest {
            tenant: self.tenant.id,
            program: self.program,
            candidate: candidate.clone(),
            since: crate::features::programs::BEGINNING,
            at: NOW,
        };
        run(&self.app.db, &self.app.programs, backtest, Arc::new(Progress::default()))
            .await
            .unwrap()
    }
}

fn config(document: &str) -> ProgramConfig {
    Document::parse(document).unwrap().programs.remove(0).config
}

#[tokio::test(flavor = "multi_thread")]
async fn r4_a_backtest_says_what_a_fresh_import_would() {
    on_both(async |test| {
        let db = &test.db;
        let before = shop(db, BEFORE).await;
        before.trade().await;
        let both = format!("{BEFORE}{AFTER}");
        let predicted = before.backtest(&config(&both)).await;
        assert_eq!((predicted.members, predicted.baseline.events), (40, 800 + 115));
        assert_eq!(predicted.candidate.refused, 0);
        assert!(predicted.winners > 0 && predicted.losers == 0);
        assert!(predicted.candidate.tiers["level"]["silver"] > 0);

        // A second tenant lives through the same under the other rules from the start.
        let after = shop(db, &both.replace("code = \"shop\"", "code = \"other\"")).await;
        after.trade().await;
        let lived = after.backtest(&config(&both)).await;
        assert_eq!(lived.baseline, lived.candidate);
        assert_eq!((lived.winners, lived.losers), (0, 0));
        assert_eq!(predicted.candidate, lived.baseline);

        // And the ledger itself, read without any replay, has what the backtest says.
        let points = Books::new(db.clone()).totals(after.tenant.id).await.unwrap();
        let issued: i64 = points
            .iter()
            .filter(|((_, side), _)| *side == Side::Issued)
            .map(|(_, sum)| sum.0)
            .sum();
        assert_eq!(-issued, predicted.candidate.earned["points"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r4_the_live_rules_against_themselves_differ_in_nothing() {
    on_both(async |test| {
        let db = &test.db;
        let shop = shop(db, BEFORE).await;
        shop.trade().await;
        let report = shop.backtest(&config(BEFORE)).await;
        assert_eq!(report.baseline, report.candidate);
        assert!(report.most_gained.is_empty() && report.most_lost.is_empty());
        let broken = BEFORE.replace("per_minor = 100", "per_minor = 100, rounding = \"ceil\"");
        let report = shop.backtest(&config(&broken)).await;
        assert!(report.winners == 40 && report.candidate.cost_minor > report.baseline.cost_minor);
    })
    .await;
}

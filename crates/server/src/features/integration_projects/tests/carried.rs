//! Everything besides points that a merge carries over: numbers, tiers, counters, vouchers, consents, what is held and
//! owed, and who was erased. The example with more of the hotel's and the shop's files; answers worked out by hand.

use lazo_domain::account::{Account, Lot, RedemptionState};
use lazo_domain::event::Body;
use lazo_domain::label::Label;
use lazo_domain::merging::SourceKey;
use lazo_domain::program::Provenance;
use lazo_domain::time::Timestamp;
use lazo_store::ledger::MAX_PAGE;
use lazo_store::testing::{TestDb, on_both};

use super::super::store::desk;
use super::super::workbench::Workbench;
use super::{Office, unseen};
use crate::features::vouchers;

/// The last instant of 2025 in Madrid belongs to 2025, and the cut-over to 2026.
const YEAR_2025: &str = "2025-01-01";
const YEAR_2026: &str = "2026-01-01";

/// Files, each with its mapping: kind, source, columns and rows.
const MORE: &[(&str, &str, &str, &str)] = &[
    (
        "counters",
        "hotel",
        "member counter period value reference",
        "B-1,nights,2025,12,\nB-1,nights,2026,3,\nB-2,nights,2025,30,\n",
    ),
    (
        "vouchers",
        "hotel",
        "member code kind value bought_for expires_at",
        "B-1,NOCHE-1,night,50.00,400,2026-06-30T00:00:00Z\n\
         B-1,SPA-1,spa,30.00,250,2026-06-30T00:00:00Z\n\
         B-2,NOCHE-2,night,40.00,400,2027-12-31T00:00:00Z\n",
    ),
    (
        "consents",
        "hotel",
        "member purpose channel state at controller specific evidence",
        "B-1,marketing,email,opted_out,2024-05-01T00:00:00Z,hotel,no,h-1\n\
         B-1,marketing,sms,opted_in,2025-03-01T00:00:00Z,shop,yes,h-2\n\
         B-1,marketing,post,opted_in,2025-03-01T00:00:00Z,hotel,no,h-3\n",
    ),
    (
        "consents",
        "shop",
        "member purpose channel state at controller specific evidence",
        "0001,marketing,email,opted_in,2025-01-01T00:00:00Z,shop,no,s-1\n\
         0001,marketing,sms,opted_out,2024-01-01T00:00:00Z,shop,no,s-2\n\
         0001,marketing,post,excluded,2020-01-01T00:00:00Z,shop,no,s-3\n",
    ),
    ("erased", "hotel", "scheme token at", "email,iria@example.com,2025-06-01T00:00:00Z\n"),
    (
        "lots",
        "hotel",
        "member lot point_type state points earned_at expires_at release_at hold hold_until",
        "B-4,p1,stars,available,60,2025-03-01T00:00:00Z,2026-03-01T00:00:00Z,,,\n\
         B-4,p2,stars,pending,30,2025-12-20T00:00:00Z,2027-06-01T00:00:00Z,2026-03-01T00:00:00Z,,\n\
         B-4,p3,stars,held,10,2025-04-01T00:00:00Z,2027-06-01T00:00:00Z,,h-1,2026-04-01T00:00:00Z\n\
         B-5,q1,stars,available,-20,2025-04-01T00:00:00Z,,,,\n",
    ),
];

const GUESTS: &str = "id,since,name,email,stars\n\
    B-4,2022-01-01T00:00:00Z,Nora Quiles,nora@example.org,100\n\
    B-5,2022-01-01T00:00:00Z,Omar Tello,omar@example.org,-20\n";

const RULES: &str = r#"
[[counters]]
source = "hotel"
counter = "nights"
group = "status"
rate = "1"
days = true

[[vouchers]]
source = "hotel"
kind = "night"
to = "coffee"
value_minor = 4500
least_days = 365
"#;

impl Office {
    /// The example with more in it.
    pub(super) async fn with_more(db: &TestDb) -> Self {
        let office = Self::open(db).await;
        let mut of = [("shop", String::new()), ("hotel", String::new())];
        let mut add = |source: &str, name: &str| {
            let file =
                format!("[[sources.files]]\nfile = \"{name}.csv\"\nmapping = \"{name}.toml\"\n");
            for (_, files) in of.iter_mut().filter(|(code, _)| *code == source) {
                files.push_str(&file);
            }
        };
        for (kind, source, columns, rows) in MORE {
            let name = format!("{source}-more-{kind}");
            let header = columns.replace(' ', ",");
            office.file(&format!("{name}.csv"), &format!("{header}\n{rows}"));
            let fields: Vec<String> =
                columns.split(' ').map(|column| format!("{column} = \"{column}\"")).collect();
            let mapping = format!(
                "kind = \"{kind}\"\nsource = \"{source}\"\nprogram = \"uno\"\n\n[fields]\n{}\n",
                fields.join("\n")
            );
            office.file(&format!("{name}.toml"), &mapping);
            add(source, &name);
        }
        office.file("hotel-guests.csv", GUESTS);
        office.file(
            "hotel-guests.toml",
            "kind = \"accounts\"\nsource = \"hotel\"\nprogram = \"uno\"\n\n[fields]\nmember = \"id\"\n\
             enrolled_at = \"since\"\n\n[balances]\nstars = \"stars\"\n\n[person]\nfull_name = \"name\"\n\
             email = \"email\"\n",
        );
        add("hotel", "hotel-guests");
        let path = office.folder.path().join("project.toml");
        let project = std::fs::read_to_string(&path).unwrap();
        let (before, after) = project.split_once("[[sources]]\ncode = \"hotel\"").unwrap();
        let (hotel, rest) = after.split_once("[[waves]]").unwrap();
        let project = format!(
            "{before}{}\n[[sources]]\ncode = \"hotel\"{hotel}{}\n[[waves]]{rest}",
            of[0].1, of[1].1
        );
        office.file("project.toml", &project);
        office.hotel_states("members,,5\nlots,,11\navailable,stars,343\ntiers,,2");
        let rules = std::fs::read_to_string(office.folder.path().join("rules.toml")).unwrap();
        office.file("rules.toml", &format!("{rules}\n{RULES}"));
        office
    }

    async fn account(&self, scheme: &str, value: &str) -> Account {
        let (_, account) = self.member(scheme, value).await;
        let found = self.app.ledger.books().account(self.ana.tenant.id, account).await;
        found.unwrap().unwrap()
    }

    async fn counted(&self, scheme: &str, value: &str) -> (i64, i64) {
        let account = self.account(scheme, value).await;
        let key = Label::from("tier:uno:status");
        (account.counters.get(&key, YEAR_2025), account.counters.get(&key, YEAR_2026))
    }

    async fn lots_of(&self, scheme: &str, value: &str) -> Vec<Lot> {
        let (_, account) = self.member(scheme, value).await;
        let books = self.app.ledger.books();
        books.lots(self.ana.tenant.id, account, true, None, MAX_PAGE).await.unwrap()
    }

    async fn agreed(&self, by: &Workbench, request: i64) {
        by.decide_request(&self.project().await, request, true, &unseen).await.unwrap();
    }
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// 12 nights of 2025 and 3 of 2026 come along; the hotel's gold of B-1 is the ladder's second step. B-2 was only matched to
/// the first step, and her 30 nights of 2025 earn the second. The nights go where the guest goes, and leave when the wave
/// is rolled back; posted anew they count once.
#[tokio::test(flavor = "multi_thread")]
async fn m22_m23_tiers_and_counters_come_along_are_divided_and_taken_back() {
    on_both(async |db| {
        let office = Office::with_more(db).await;
        office.whole().await;
        assert_eq!(office.counted("card", "0001").await, (12, 3));
        assert_eq!(office.counted("hotel", "B-2").await, (30, 0));
        let (petra, ana) =
            (office.account("hotel", "B-2").await, office.account("hotel", "B-1").await);
        assert_eq!(
            (petra.tier("status"), petra.standings.get("status").unwrap().provenance),
            ("oro", Provenance::Earned)
        );
        assert_eq!(ana.tier("status"), "oro");
        let leaving = [SourceKey::new("hotel", "B-1")];
        let project = office.project().await;
        let (request, _) = office.ana.ask_unmerge(&project, &leaving, false).await.unwrap();
        office.agreed(&office.eva, request.request).await;
        assert_eq!(office.counted("card", "0001").await, (0, 0));
        assert_eq!(office.counted("hotel", "B-1").await, (12, 3));
    })
    .await;
}

/// Nights that were counted by mistake once more by the target are not taken below zero by a rollback, and a wave posted
/// anew counts them once.
#[tokio::test(flavor = "multi_thread")]
async fn m23_m54_a_rollback_takes_counters_back_and_the_next_run_counts_them_once() {
    on_both(async |db| {
        let office = Office::with_more(db).await;
        office.to_approved().await;
        office.wave(1).await;
        assert_eq!(office.counted("hotel", "B-2").await, (30, 0));
        let request = office.ana.ask_rollback(&office.project().await, 1).await.unwrap();
        office.agreed(&office.eva, request.request).await;
        assert_eq!(office.counted("hotel", "B-2").await, (0, 0));
        office.plan_and_approve().await;
        office.wave(1).await;
        assert_eq!(office.counted("hotel", "B-2").await, (30, 0));
    })
    .await;
}

/// A night worth 50.00 stays worth 50.00 though the target's is worth 45.00, one of 40.00 becomes 45.00; each is valid to
/// the later of its own end and a year from the cut-over. What has no equivalent keeps worth, end and code.
#[tokio::test(flavor = "multi_thread")]
async fn m32_a8_vouchers_keep_worth_end_and_code() {
    on_both(async |db| {
        let office = Office::with_more(db).await;
        office.whole().await;
        let tenant = office.ana.tenant.id;
        let wanted = [
            ("NOCHE-1", "coffee", 5_000, "2027-02-01T00:00:00Z", ("card", "0001")),
            ("SPA-1", "spa", 3_000, "2026-06-30T00:00:00Z", ("card", "0001")),
            ("NOCHE-2", "coffee", 4_500, "2027-12-31T00:00:00Z", ("hotel", "B-2")),
        ];
        for (code, reward, value, until, (scheme, number)) in wanted {
            let found = vouchers::store::by_code(&office.app.db, tenant, code).await.unwrap();
            let found = found.unwrap_or_else(|| panic!("{code} does not work here"));
            assert_eq!((found.reward.as_str(), found.value_minor), (reward, Some(value)), "{code}");
            assert_eq!(found.valid_until, Some(at(until)), "{code}");
            assert_eq!(found.account, office.member(scheme, number).await.1, "{code}");
        }
    })
    .await;
}

/// The no to e-mail holds though the other program's yes is newer; the newer, specific yes to the controller that goes on
/// holds against its own old no; an exclusion from post holds against everything.
#[tokio::test(flavor = "multi_thread")]
async fn m45_a9_the_strictest_consent_holds() {
    on_both(async |db| {
        let office = Office::with_more(db).await;
        office.whole().await;
        let (member, _) = office.member("card", "0001").await;
        let held = desk::consents_of(&office.app.db, office.ana.tenant.id, member).await.unwrap();
        let told: Vec<(&str, &str, &str)> = held
            .iter()
            .map(|(_, c)| (c.channel.as_str(), c.state.as_str(), c.evidence.as_str()))
            .collect();
        let wanted = [
            ("email", "opted_out", "h-1"),
            ("post", "excluded", "s-3"),
            ("sms", "opted_in", "h-2"),
        ];
        assert_eq!(told, wanted);
    })
    .await;
}

/// Iria was erased by the hotel in 2025; the shop's account of 2022 does not bring her back, and her number finds nobody.
#[tokio::test(flavor = "multi_thread")]
async fn m46_a10_whoever_was_erased_is_not_brought_back() {
    on_both(async |db| {
        let office = Office::with_more(db).await;
        office.whole().await;
        for (scheme, value) in [("card", "0005"), ("shop", "0005"), ("email", "iria@example.com")] {
            let name = crate::features::members::Identifier::new(scheme, value, "ES").unwrap();
            let found = crate::features::members::store::by_identifier(
                &office.app.db,
                office.ana.tenant.id,
                &name,
            );
            assert!(found.await.unwrap().is_none(), "{scheme}:{value}");
        }
        // The others of her program are here.
        office.member("shop", "0003").await;
    })
    .await;
}

/// Every number of both programs finds the one member, and a purchase with an old one lands there.
#[tokio::test(flavor = "multi_thread")]
async fn m9_a17_old_numbers_find_the_member_for_ever() {
    on_both(async |db| {
        let office = Office::with_more(db).await;
        office.whole().await;
        let golden = office.member("card", "0001").await;
        for (scheme, value) in [("shop", "0001"), ("hotel", "B-1")] {
            assert_eq!(office.member(scheme, value).await, golden, "{scheme}/{value}");
        }
        let before = office.points("card", "0001").await;
        office.buy(("hotel", "B-1"), "old-number", 25, "").await;
        assert_eq!(office.points("card", "0001").await, before + 25);
    })
    .await;
}

/// Of 100 stars at 13/10: 60 available are 78, 30 pending are 39 and come on their day, 10 held are 13 and are captured
/// under the same promise. A debt of 20 is a debt of 26.
#[tokio::test(flavor = "multi_thread")]
async fn m20_m21_what_is_pending_held_and_owed_comes_along() {
    on_both(async |db| {
        let office = Office::with_more(db).await;
        office.whole().await;
        let nora = office.account("hotel", "B-4").await;
        let points = |account: &Account| {
            let balance = account.balances.values().find(|b| b.held.0 + b.available.0 != 0);
            balance.map(|b| (b.available.0, b.pending.0, b.held.0)).unwrap()
        };
        assert_eq!(points(&nora), (78, 39, 13));
        assert_eq!(points(&office.account("hotel", "B-5").await), (-26, 0, 0));
        let books = office.app.ledger.books();
        let (_, account) = office.member("hotel", "B-4").await;
        let held = books.redemptions(office.ana.tenant.id, account, None, MAX_PAGE).await.unwrap();
        let held = held.iter().find(|one| one.state == RedemptionState::Reserved).unwrap();
        office.post("hotel", "B-4", "c-1", Body::Capture { redemption: held.id }).await;
        assert_eq!(points(&office.account("hotel", "B-4").await), (78, 39, 0));
        office.clock.set(at("2026-03-02T00:00:00Z"));
        office.post("hotel", "B-4", "later", Body::Elapse).await;
        assert_eq!(points(&office.account("hotel", "B-4").await), (78 + 39, 0, 0));
        // Earning pays what is owed first.
        office.buy(("hotel", "B-5"), "pays", 30, "").await;
        assert_eq!(office.points("hotel", "B-5").await, 4);
    })
    .await;
}

/// Nothing ends sooner than it did: the lot of March 2026 gets the grace of 180 days after the cut-over or the program's own
/// 18 months, and what never ended does not end.
#[tokio::test(flavor = "multi_thread")]
async fn m19_a6_no_lot_ends_sooner_than_in_its_source() {
    on_both(async |db| {
        let office = Office::with_more(db).await;
        office.whole().await;
        let ends = |lots: &[Lot], points: i64| {
            let found: Vec<_> = lots.iter().filter(|lot| lot.granted.0 == points).collect();
            assert_eq!(found.len(), 1, "{points}");
            found[0].expires_at
        };
        let nora = office.lots_of("hotel", "B-4").await;
        // Earned on 2025-03-01 and ending after a year; 18 months in Madrid end at midnight of 2026-09-02 at the latest.
        assert!(ends(&nora, 78) >= Some(at("2026-08-30T00:00:00Z")), "{nora:?}");
        // Earned on 2025-12-20 at one in the morning in Madrid: the same time of day, 18 months on.
        assert_eq!(
            ends(&nora, 39),
            Some(at("2027-06-19T23:00:00Z")).max(Some(at("2027-06-01T00:00:00Z")))
        );
        assert_eq!(ends(&office.lots_of("hotel", "B-2").await, 52), None);
        assert_eq!(ends(&office.lots_of("card", "0003").await, 75), None);
    })
    .await;
}

/// The dry run posts nothing, says the same twice, and the waves open what it said: its hash covers every plan.
#[tokio::test(flavor = "multi_thread")]
async fn m35_a_dry_run_changes_nothing_and_the_real_run_does_what_it_said() {
    on_both(async |db| {
        let office = Office::with_more(db).await;
        office.to_approved().await;
        let (books, tenant) = (office.app.ledger.books(), office.ana.tenant.id);
        assert!(books.liability(tenant).await.unwrap().is_empty(), "nothing is posted");
        let first = office.ana.dry_run(&office.project().await, &unseen).await.unwrap();
        let second = office.ana.dry_run(&office.project().await, &unseen).await.unwrap();
        assert_eq!((&first.run_hash, &first.report), (&second.run_hash, &second.report));
        office.eva.approve(&office.project().await).await.unwrap();
        office.wave(1).await;
        office.wave(2).await;
        let again = office.ana.verify_statements(&office.project().await, &unseen).await.unwrap();
        assert_eq!((again.wrong, again.different), (0, 0), "{again:?}");
    })
    .await;
}

//! What stands before a wave besides its turn: what the pilot has shown, and what else happens on the day.

use lazo_domain::event::{Body, PurchaseRef, Return};
use lazo_domain::merging::SourceKey;
use lazo_domain::time::DAY;
use lazo_store::testing::on_both;

use super::super::fault::MergeFault;
use super::super::store::members::{Which, page};
use super::{Office, unseen};

impl Office {
    /// The example with more in its project file.
    fn with_project(self, change: impl Fn(String) -> String) -> Self {
        let path = self.folder.path().join("project.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, change(text)).unwrap();
        self
    }

    /// Is a wave run now? Else with which code it is refused, and what is said.
    async fn runs(&self, number: i64) -> Result<(), (&'static str, String)> {
        match self.ana.run_wave(&self.project().await, number, &unseen).await {
            Ok(_) => Ok(()),
            Err(MergeFault::Refused(why)) => Err((why.code, why.what)),
            Err(other) => panic!("{other}"),
        }
    }

    /// How far the pilot is, as `what seen/wanted`.
    async fn shown(&self) -> String {
        let status = self.ana.status(&self.project().await).await.unwrap();
        let all =
            status.pilot.iter().map(|one| format!("{} {}/{}", one.what, one.seen, one.wanted));
        all.collect::<Vec<_>>().join(", ")
    }
}

/// Goal: the second wave waits for a full cycle of the first wave's members, and for nobody else's. Method: seven days, two
/// purchases, a coffee and a return are asked for; each is done in its turn, and what is said counts along.
#[tokio::test(flavor = "multi_thread")]
async fn m38_the_second_wave_waits_until_the_pilot_has_shown_a_full_cycle() {
    on_both(async |db| {
        let asked = "[pilot]\ndays = 7\nearned = 2\nredeemed = 1\nundone = 1\n";
        let office = Office::open(db).await.with_project(|text| format!("{text}\n{asked}"));
        office.to_approved().await;
        assert_eq!(office.shown().await, "");
        office.wave(1).await;
        assert_eq!(office.shown().await, "days 0/7, earned 0/2, redeemed 0/1, undone 0/1");
        let jose = ("shop", "0002");
        office.clock.advance(DAY);
        office.buy(jose, "a", 20, "").await;
        office.buy(jose, "b", 30, "").await;
        office.coffee(jose, "c", 1).await;
        assert_eq!(office.shown().await, "days 1/7, earned 2/2, redeemed 1/1, undone 0/1");
        let (refused, what) = office.runs(2).await.unwrap_err();
        assert_eq!(refused, "merge_pilot_open");
        assert_eq!(what, "the pilot has not shown enough: days 1 of 7, undone 0 of 1");
        let purchase = PurchaseRef::Source { source: "till".into(), source_ref: "a".into() };
        let back = Return { purchase, lines: Vec::new() };
        office.post(jose.0, jose.1, "r", Body::Return(back)).await;
        office.clock.advance(6 * DAY - 1);
        assert_eq!(office.runs(2).await.unwrap_err().0, "merge_pilot_open");
        office.clock.advance(1);
        assert_eq!(office.shown().await, "days 7/7, earned 2/2, redeemed 1/1, undone 1/1");
        office.runs(2).await.unwrap();
    })
    .await;
}

/// Goal: somebody who waives the pilot says why beforehand, and the wave is run.
#[tokio::test(flavor = "multi_thread")]
async fn m38_a_pilot_is_waived_with_a_reason() {
    on_both(async |db| {
        let asked = "[pilot]\ndays = 7\n[accepted]\npilot = \"six people, all of them known\"\n";
        let office = Office::open(db).await.with_project(|text| format!("{text}\n{asked}"));
        office.to_approved().await;
        office.wave(1).await;
        office.runs(2).await.unwrap();
    })
    .await;
}

/// Goal: employees and rare cases are in the pilot whatever their kind. Method: of the example, the pair of two accounts is
/// of the second wave; named by either account it is in the first.
#[tokio::test(flavor = "multi_thread")]
async fn m38_whoever_is_named_is_in_the_wave() {
    on_both(async |db| {
        let named = "name = \"single\"\nmembers = [\"hotel/B-1\"]";
        let change = |text: String| text.replacen("name = \"single\"", named, 1);
        let office = Office::open(db).await.with_project(change);
        office.to_approved().await;
        let which = Which { wave: Some(1), state: None };
        let (project, start) = (office.project().await, SourceKey::new("", ""));
        let first = page(&office.app.db, &project, which, &start, 100).await.unwrap();
        let pair = first.iter().find(|one| one.accounts.len() == 2).unwrap();
        assert!(pair.accounts.contains(&SourceKey::new("hotel", "B-1")), "{pair:?}");
    })
    .await;
}

/// Goal: one change at a time. Method: new tills until the 10th, in Madrid's days; at 23:59 of the 10th a wave is refused,
/// a minute later it is run.
#[tokio::test(flavor = "multi_thread")]
async fn m41_no_wave_is_run_on_the_day_of_another_change() {
    on_both(async |db| {
        let asked = "[calendar]\npeaks = [\"ES\"]\n[[calendar.changes]]\nwhat = \"new tills\"\n\
            from = \"2026-02-09\"\nuntil = \"2026-02-10\"\n";
        let office = Office::open(db).await.with_project(|text| format!("{text}\n{asked}"));
        office.to_approved().await;
        // 12:00 in UTC is 13:00 in Madrid.
        office.clock.advance(DAY / 24 * 11 - 1);
        let (refused, what) = office.runs(1).await.unwrap_err();
        assert_eq!(refused, "merge_calendar");
        assert_eq!(what, "today, 2026-02-10, is in new tills (2026-02-09 to 2026-02-10)");
        office.clock.advance(1);
        office.runs(1).await.unwrap();
    })
    .await;
}

/// Goal: no wave on Black Friday, unless somebody lives with it and says why. Method: 27 November 2026.
#[tokio::test(flavor = "multi_thread")]
async fn m41_no_wave_is_run_at_the_peak_of_trade_unless_it_is_accepted() {
    on_both(async |db| {
        let day = |office: &Office| office.clock.advance(290 * DAY);
        let asked = "[calendar]\npeaks = [\"ES\"]\n";
        let office = Office::open(db).await.with_project(|text| format!("{text}\n{asked}"));
        office.to_approved().await;
        day(&office);
        let (refused, what) = office.runs(1).await.unwrap_err();
        assert_eq!(refused, "merge_calendar");
        assert!(
            what.contains("2026-11-27, is in Black Friday (2026-11-27 to 2026-11-30)"),
            "{what}"
        );
    })
    .await;
    on_both(async |db| {
        let asked =
            "[calendar]\npeaks = [\"ES\"]\n[accepted]\ncalendar = \"nobody buys here that day\"\n";
        let office = Office::open(db).await.with_project(|text| format!("{text}\n{asked}"));
        office.to_approved().await;
        office.clock.advance(290 * DAY);
        office.runs(1).await.unwrap();
    })
    .await;
}

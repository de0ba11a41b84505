//! Points on their way to or from a partner: whoever has them waits, and nobody who is posted has any.

use lazo_domain::merging::SourceKey;
use lazo_store::testing::{TestDb, on_both};

use super::super::TakenIn;
use super::super::fault::MergeFault;
use super::super::reconcile::ControlReport;
use super::super::settle::{ExceptionName, Settlement};
use super::super::state::State;
use super::{Office, unseen};

const LOTS: &str = r#"
kind = "lots"
source = "hotel"
program = "uno"

[fields]
member = "id"
lot = "lot"
point_type = { constant = "stars" }
state = "where"
points = "stars"
earned_at = "at"
"#;

const CHANGES: &str = r#"
kind = "changes"
source = "hotel"
program = "uno"

[fields]
member = "id"
transaction = "tx"
change = "what"
lot = "lot"
point_type = { constant = "stars" }
state = "where"
points = "stars"
earned_at = "at"
"#;

impl Office {
    /// The example, in which ten stars of `t1` are on their way between Petra's B-2 and an airline.
    async fn with_transfer(db: &TestDb) -> Self {
        let office = Self::open(db).await;
        office.file(
            "hotel-transfers.csv",
            "id,lot,where,stars,at\nB-2,t1,in_transit,10,2026-01-20T10:00:00Z\n",
        );
        office.file("hotel-transfers.toml", LOTS);
        let path = office.folder.path().join("project.toml");
        let project = std::fs::read_to_string(path).unwrap();
        let (before, after) = project.split_once("\n[[waves]]").unwrap();
        let more = "\n[[sources.files]]\nfile = \"hotel-transfers.csv\"\nmapping = \"hotel-transfers.toml\"\n";
        // Petra waits beside the one of six who waits in the example.
        let after =
            after.replacen("held_back_per_thousand = 200", "held_back_per_thousand = 400", 1);
        office.file("project.toml", &format!("{before}{more}\n[[waves]]{after}"));
        office.hotel_states(
            "members,,3\nlots,,8\navailable,stars,283\nin_transit,stars,10\ntiers,,2",
        );
        office
    }

    async fn told(&self, rows: &str) -> TakenIn {
        let mapping = self.file("transfer-changes.toml", CHANGES);
        let file =
            self.file("transfer-changes.csv", &format!("id,tx,what,lot,where,stars,at\n{rows}"));
        self.ana.take_in(&self.project().await, &file, &mapping, &unseen).await.unwrap()
    }

    /// What the desk has against B-2.
    async fn against_petra(&self) -> Vec<(String, String, i64)> {
        let after = (SourceKey::default(), String::new(), String::new());
        let project = self.project().await;
        let db = &self.app.db;
        let all = super::super::store::desk::page(db, &project, &after, "in_transit", 10).await;
        let own = all.unwrap().into_iter().filter(|item| item.key.member == "B-2");
        own.map(|item| (item.subject, item.state, item.points)).collect()
    }
}

/// The lines of a report by code, as source, subject, expected and actual.
fn lines<'a>(report: &'a ControlReport, code: &str) -> Vec<[&'a str; 4]> {
    let own = report.lines.iter().filter(|line| line.code == code);
    own.map(|line| [&line.source, &line.subject, &line.expected, &line.actual].map(String::as_str))
        .collect()
}

/// Petra's ten stars are on their way: she waits and nobody else does. Then the airline sends six and keeps four: 46 stars
/// at 13/10 are 59.8, so 60.
#[tokio::test(flavor = "multi_thread")]
async fn m31_points_on_their_way_hold_one_member_back_until_they_have_arrived_or_are_gone() {
    on_both(async |db| {
        let office = Office::with_transfer(db).await;
        office.to_approved().await;
        assert_eq!(office.against_petra().await, [("t1".to_owned(), "open".to_owned(), 10)]);
        let ran = office.ana.run_wave(&office.project().await, 1, &unseen).await.unwrap();
        assert_eq!(ran.posted, 4, "the shop's four who are alone: {ran:?}");
        let report = office.ana.reconcile(&office.project().await, 1, &unseen).await.unwrap();
        assert_eq!(lines(&report, "in_transit"), [["", "", "0", "0"]]);
        let whole = office.ana.reconcile_whole(&office.project().await, &unseen).await.unwrap();
        assert_eq!(lines(&whole, "opening_in_transit"), [["hotel", "stars", "10", "10"]]);
        assert_eq!(lines(&whole, "in_transit"), [["", "", "0", "0"]]);

        let rows = "B-2,c-1,arrived,t1,,6,\nB-2,c-2,gone,t1,,4,\nB-2,c-3,gone,t1,,1,\n";
        let done = office.told(rows).await;
        assert_eq!((done.items, done.caught_up), (3, 2), "{done:?}");
        assert_eq!(done.refused.keys().collect::<Vec<_>>(), ["delta_not_there"]);
        assert_eq!(office.told(rows).await.known, 3, "taken twice they count once");
        office.plan_and_approve().await;
        assert_eq!(office.against_petra().await, []);
        office.wave(1).await;
        office.wave(2).await;
        assert_eq!(office.points("hotel", "B-2").await, 60);
        let whole = office.ana.reconcile_whole(&office.project().await, &unseen).await.unwrap();
        assert_eq!(lines(&whole, "in_transit"), [["", "", "0", "0"]]);
        assert_eq!(lines(&whole, "opening_in_transit"), Vec::<[&str; 4]>::new());
        // Four stars less than the snapshot had.
        assert_eq!(
            lines(&whole, "caught_up"),
            [["hotel", "stars", "-4", "-4"], ["shop", "sellos", "0", "0"]]
        );
        assert!(whole.agrees, "{whole:?}");
    })
    .await;
}

/// Whoever still waits stands in the way of what comes next; two people may leave the points where they are.
#[tokio::test(flavor = "multi_thread")]
async fn m31_nothing_is_left_on_its_way_unless_two_people_say_so() {
    on_both(async |db| {
        let office = Office::with_transfer(db).await;
        office.whole().await;
        for to in [State::Frozen, State::Delta, State::Cutover] {
            office.ana.advance(&office.project().await, to).await.unwrap();
        }
        let settled = async |member: &str, code: &str, subject: &str| {
            let key = SourceKey::new("hotel", member);
            let name = ExceptionName { key, code: code.into(), subject: subject.into() };
            let said = Settlement {
                outcome: "waived".into(),
                note: "the airline pays it out".into(),
                ..Settlement::default()
            };
            for who in [&office.ana, &office.eva] {
                who.settle(&office.project().await, &name, &said).await.unwrap();
            }
        };
        settled("B-3", "balance_differs", "stars").await;
        let open = office.ana.advance(&office.project().await, State::Parallel).await;
        assert!(matches!(open, Err(MergeFault::Refused(why)) if why.code == "merge_desk_open"));
        settled("B-2", "in_transit", "t1").await;
        let after = office.ana.advance(&office.project().await, State::Parallel).await.unwrap();
        assert_eq!(after.state, State::Parallel);
    })
    .await;
}

/// Of a member who is posted nothing is on its way: such a row is refused and told, and changes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn m31_nothing_sets_out_of_a_member_who_is_posted() {
    on_both(async |db| {
        let office = Office::open(db).await;
        office.whole().await;
        let rows = "B-2,c-1,earned,t1,in_transit,10,2026-01-20T10:00:00Z\nB-2,c-2,gone,m1,,10,\n\
            B-2,c-3,arrived,m1,,10,\n";
        let done = office.told(rows).await;
        assert_eq!((done.items, done.posted), (3, 0));
        assert_eq!(done.refused.keys().collect::<Vec<_>>(), ["late_in_transit"]);
        assert_eq!(office.points("hotel", "B-2").await, 52);
    })
    .await;
}

//! The partners' cut-off calendar: rows in the old currency are taken in until each partner is confirmed on the new one.

use lazo_domain::merging::SourceKey;
use lazo_domain::time::Timestamp;
use lazo_store::testing::{TestDb, on_both};

use super::super::TakenIn;
use super::super::fault::MergeFault;
use super::super::state::State;
use super::super::store::desk::{self, DeskItem};
use super::super::workbench::PartnerStatus;
use super::{Office, unseen};

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
points = "stars"
earned_at = "at"
partner = "who"
"#;

/// The airline is confirmed on the new currency on 15 February; the car rental is not yet.
const CALENDAR: &str = r#"
[[partners]]
code = "air"
source = "hotel"
point_type = "stars"
until = "2026-02-15T00:00:00Z"

[[partners]]
code = "cars"
source = "hotel"
"#;

fn code<T>(answer: Result<T, MergeFault>) -> &'static str {
    match answer {
        Err(MergeFault::Refused(why)) => why.code,
        Err(fault) => panic!("{fault:?}"),
        Ok(_) => "done",
    }
}

impl Office {
    async fn with_partners(db: &TestDb) -> Self {
        let office = Self::open(db).await;
        office.calendar(CALENDAR);
        office
    }

    /// Writes the project file with another calendar.
    fn calendar(&self, calendar: &str) {
        let project = self.folder.path().join("project.toml");
        let project = std::fs::read_to_string(project).unwrap();
        let before = project.split("\n[[partners]]").next().unwrap();
        self.file("project.toml", &format!("{before}\n{calendar}"));
    }

    async fn sent(&self, rows: &str) -> TakenIn {
        let mapping = self.file("partner-changes.toml", CHANGES);
        let file =
            self.file("partner-changes.csv", &format!("id,tx,what,lot,stars,at,who\n{rows}"));
        self.ana.take_in(&self.project().await, &file, &mapping, &unseen).await.unwrap()
    }

    async fn partners(&self) -> Vec<PartnerStatus> {
        self.ana.status(&self.project().await).await.unwrap().partners
    }

    /// What the desk has of partners.
    async fn told_of_partners(&self) -> Vec<DeskItem> {
        let after = (SourceKey::default(), String::new(), String::new());
        let all = desk::page(&self.app.db, &self.project().await, &after, "", 50).await.unwrap();
        all.into_iter().filter(|item| item.code.starts_with("partner_")).collect()
    }

    fn at(&self, instant: &str) {
        self.clock.set(Timestamp::parse(instant).unwrap());
    }
}

/// What is known of a partner in the status: since when it is confirmed, rows taken in, refused, and waiting.
fn line(status: &PartnerStatus) -> (&str, &str, Option<String>, [i64; 3]) {
    let until = status.until.map(|at| at.to_string());
    let counts = [status.taken_in, status.refused, status.waiting];
    (&status.partner, &status.source, until, counts)
}

/// In time 3 stars of the airline make 163 + 3 = 166, worth 215.8, so 216: 4 more. After its date three more are refused,
/// while the car rental's 10 in the same file make 50 of Petra's 40, worth 65: 13 more. With the date moved the refused
/// three are taken in after all: 169 stars are 219.7, so 220.
#[tokio::test(flavor = "multi_thread")]
async fn m28_the_old_currency_is_taken_in_until_the_partner_is_confirmed_on_the_new_one() {
    on_both(async |db| {
        let office = Office::with_partners(db).await;
        office.whole().await;
        assert_eq!(office.points("hotel", "B-1").await, 140 + 212);
        let done = office.sent("B-1,t-1,earned,x1,3,2026-01-20T00:00:00Z,air\n").await;
        assert_eq!((done.posted, done.refused.len()), (1, 0), "{done:?}");
        assert_eq!(office.points("hotel", "B-1").await, 140 + 216);

        office.at("2026-02-16T00:00:00Z");
        let rows = "B-1,t-2,earned,x2,3,2026-01-25T00:00:00Z,air\n\
            B-2,t-2,earned,y1,10,2026-01-25T00:00:00Z,cars\n";
        let done = office.sent(rows).await;
        assert_eq!((done.items, done.posted), (2, 1), "{done:?}");
        assert_eq!(
            done.refused.into_iter().collect::<Vec<_>>(),
            [("partner_cut_off".to_owned(), 1)]
        );
        assert_eq!(office.points("hotel", "B-1").await, 140 + 216);
        assert_eq!(office.points("hotel", "B-2").await, 52 + 13, "nothing else is affected");
        let told = office.told_of_partners().await;
        assert_eq!(told.len(), 1, "{told:?}");
        let item = &told[0];
        assert_eq!(
            (item.key.member.as_str(), item.code.as_str(), item.points),
            ("B-1", "partner_cut_off", 3)
        );
        assert!(item.subject.starts_with("t-2 ") && item.subject.ends_with(" air"), "{item:?}");
        let note = item.note.as_deref().unwrap();
        assert!(note.contains("2026-02-15T00:00:00Z") && note.contains("[[partners]]"), "{note}");
        let all = office.partners().await;
        let until = Some("2026-02-15T00:00:00Z".to_owned());
        let lines: Vec<_> = all.iter().map(line).collect();
        assert_eq!(lines, [("air", "hotel", until, [1, 1, 0]), ("cars", "hotel", None, [1, 0, 0])]);

        // A plan made anew knows nothing of it, and the desk keeps it.
        office.ana.dry_run(&office.project().await, &unseen).await.unwrap();
        assert_eq!(office.told_of_partners().await.len(), 1);

        office.calendar(&CALENDAR.replace("2026-02-15", "2026-03-15"));
        let before = office.project().await.state;
        office.eva.init(&office.folder.path().join("project.toml")).await.unwrap();
        assert_eq!(office.project().await.state, before, "the waves go on");
        let done = office.sent(rows).await;
        assert_eq!((done.known, done.posted, done.refused.len()), (2, 1, 0), "{done:?}");
        assert_eq!(office.points("hotel", "B-1").await, 140 + 220);
        assert_eq!(office.told_of_partners().await, []);
        let counts: Vec<[i64; 3]> = office.partners().await.iter().map(|p| line(p).3).collect();
        assert_eq!(counts, [[2, 0, 0], [1, 0, 0]]);
    })
    .await;
}

/// Whoever is not in the calendar is told, by name, and so is one that sends another point type than the calendar says.
#[tokio::test(flavor = "multi_thread")]
async fn m28_a_partner_that_nobody_knows_is_told_and_changes_nothing() {
    on_both(async |db| {
        let office = Office::with_partners(db).await;
        office.whole().await;
        let rows = "B-1,t-1,earned,x1,3,2026-01-20T00:00:00Z,boats\n";
        let done = office.sent(rows).await;
        assert_eq!(
            done.refused.into_iter().collect::<Vec<_>>(),
            [("partner_unknown".to_owned(), 1)]
        );
        assert_eq!(office.points("hotel", "B-1").await, 140 + 212);
        assert_eq!(office.told_of_partners().await[0].code, "partner_unknown");
        let all = office.partners().await;
        assert_eq!(line(&all[1]), ("boats", "hotel", None, [0, 1, 0]));
        let known: Vec<bool> = all.iter().map(|partner| partner.known).collect();
        assert_eq!(known, [true, false, true]);

        office.calendar(&CALENDAR.replace("\"stars\"", "\"nights\""));
        office.ana.init(&office.folder.path().join("project.toml")).await.unwrap();
        let done = office.sent("B-1,t-1,earned,x1,3,2026-01-20T00:00:00Z,air\n").await;
        assert_eq!(
            done.refused.into_iter().collect::<Vec<_>>(),
            [("partner_unknown".to_owned(), 2)]
        );
        assert_eq!(office.points("hotel", "B-1").await, 140 + 212);
    })
    .await;
}

/// What came while the sources were frozen came in time, though it counts only after the partner's date.
#[tokio::test(flavor = "multi_thread")]
async fn m28_what_came_in_time_and_was_queued_is_taken_in_after_the_date() {
    on_both(async |db| {
        let office = Office::with_partners(db).await;
        office.to_approved().await;
        office.wave(1).await;
        office.ana.advance(&office.project().await, State::Frozen).await.unwrap();
        let done = office.sent("B-1,t-1,earned,x1,3,2026-01-20T00:00:00Z,air\n").await;
        assert_eq!((done.queued, done.posted), (1, 0));
        assert_eq!(line(&office.partners().await[0]).3, [0, 0, 1]);
        office.at("2026-02-16T00:00:00Z");
        office.ana.advance(&office.project().await, State::Delta).await.unwrap();
        assert_eq!(line(&office.partners().await[0]).3, [1, 0, 0]);
        office.plan_and_approve().await;
        office.wave(2).await;
        assert_eq!(office.points("hotel", "B-1").await, 140 + 216);
    })
    .await;
}

/// The calendar may change while waves run, and nothing else of the file.
#[tokio::test(flavor = "multi_thread")]
async fn m28_the_calendar_alone_may_change_while_waves_run() {
    on_both(async |db| {
        let office = Office::with_partners(db).await;
        let file = office.folder.path().join("project.toml");
        for (wrong, why) in [
            (
                "\n[[partners]]\ncode = \"air\"\nsource = \"ferry\"\n",
                "of a source that is not there",
            ),
            (&*format!("{CALENDAR}{CALENDAR}"), "twice"),
            ("\n[[partners]]\ncode = \" \"\nsource = \"hotel\"\n", "without a code"),
        ] {
            office.calendar(wrong);
            assert_eq!(code(office.ana.init(&file).await), "merge_document", "{why}");
        }
        office.calendar(CALENDAR);
        office.whole().await;
        let project = std::fs::read_to_string(&file).unwrap();
        let other =
            project.replacen("redeemed = { uno = \"17/20\"", "redeemed = { uno = \"1/2\"", 1);
        assert_ne!(project, other);
        office.file("project.toml", &other);
        assert_eq!(code(office.ana.init(&file).await), "merge_state");
        office.file("project.toml", &project.replace("2026-02-15", "2026-04-15"));
        let changed = office.ana.init(&file).await.unwrap();
        let until = changed.document.partners[0].until.unwrap();
        assert_eq!(until.to_string(), "2026-04-15T00:00:00Z");
        // What is approved stays approved: the plan has nothing of the calendar.
        assert!(office.ana.reconcile(&office.project().await, 2, &unseen).await.unwrap().agrees);
    })
    .await;
}

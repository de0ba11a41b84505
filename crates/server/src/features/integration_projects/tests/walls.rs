//! Nothing of a source's people stands in the ledger, in what it tells, in the audit trail or in the log.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use lazo_domain::merging::SourceKey;
use lazo_store::testing::{TestDb, on_both};
use tracing::field::{Field, Visit};
use tracing::span;

use super::{Office, unseen};

/// What names a person of the example: numbers, e-mails, phones, parts of names, lots and holds.
const PERSONAL: &[&str] = &[
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "B-1",
    "B-2",
    "B-3",
    "a1",
    "a2",
    "b1",
    "b2",
    "c1",
    "d1",
    "l1",
    "l2",
    "m1",
    "n1",
    "t-1",
    "ana",
    "garcia",
    "ana.garcia",
    "jose.pena",
    "petra",
    "612345678",
    "Ana",
    "María",
    "García",
    "López",
    "Petra",
    "Holm",
    "Tomás",
    "Rey",
    "Peña",
    "B-77",
];

/// Texts as words: a number inside a longer one is another number.
fn personal(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '.' | '@')));
    let parts = words.flat_map(|word| word.split('@').chain([word]));
    // The people at work are called ana and eva too; what they did bears their names.
    let found = parts.filter(|word| PERSONAL.contains(word) && *word != "ana");
    found.map(str::to_owned).collect()
}

/// Everything that the ledger, its outbox and the audit trail say.
async fn said(office: &Office) -> String {
    let mut text = String::new();
    let db = &office.app.db;
    let books = office.app.ledger.books();
    for row in db.query("select tenant, account from account", &[]).await.unwrap() {
        let (tenant, account) = (row.int("tenant").unwrap(), row.int("account").unwrap());
        let (tenant, account) =
            (lazo_domain::ids::TenantId(tenant), lazo_domain::ids::AccountId(account));
        for event in books.events(tenant, account, None, 500).await.unwrap() {
            let _ = writeln!(text, "{event:?}");
        }
    }
    for row in db.query("select name, data from outbox", &[]).await.unwrap() {
        let _ = writeln!(text, "{} {}", row.text("name").unwrap(), row.text("data").unwrap());
    }
    for row in db.query("select object, detail from audit_entry", &[]).await.unwrap() {
        let _ = writeln!(text, "{} {}", row.text("object").unwrap(), row.text("detail").unwrap());
    }
    text
}

/// Goal: erasing a person leaves nothing in rows that are for ever. Method: a whole merge with a hold, late items, a return
/// and an unmerge; then every event, message and deed is searched for what names the people of the sources.
#[tokio::test(flavor = "multi_thread")]
async fn no_number_code_or_name_of_a_source_stands_in_the_ledger_or_the_audit_trail() {
    on_both(async |db| {
        let office = Office::open(db).await;
        let hotel = std::fs::read_to_string(office.folder.path().join("hotel.json")).unwrap();
        // A star of B-2 is set aside for a booking with a number of its own.
        let held = hotel.replace(
            "\"id\": \"m1\",\n    \"stars\": 40,",
            "\"id\": \"m1\",\n    \"stars\": 40,\n    \"hold\": \"B-77\",\n    \"how\": \"held\",",
        );
        assert_ne!(hotel, held);
        std::fs::write(office.folder.path().join("hotel.json"), held).unwrap();
        office.hotel_states("members,,3\nlots,,7\navailable,stars,243\nheld,stars,40\ntiers,,2");
        let lots = std::fs::read_to_string(office.folder.path().join("hotel-lots.toml")).unwrap();
        let lots = lots.replace(
            "expires_at = \"lots.until\"\n",
            "expires_at = \"lots.until\"\nhold = \"lots.hold\"\nstate = { column = \"lots.how\", default = \"available\" }\n",
        );
        std::fs::write(office.folder.path().join("hotel-lots.toml"), lots).unwrap();
        office.whole().await;
        let mapping = office.file("changes.toml", super::undoing::CHANGES);
        let rows = "id,tx,what,lot,stars,granted,at,until\n\
            B-1,t-1,earned,x1,3,,2026-01-20T00:00:00Z,2027-05-02T00:00:00Z\n\
            B-1,t-2,returned,l2,19,57,,\n";
        let file = office.file("changes.csv", rows);
        office.ana.take_in(&office.project().await, &file, &mapping, &unseen).await.unwrap();
        let leaving = [SourceKey::new("hotel", "B-1")];
        let (request, _) =
            office.ana.ask_unmerge(&office.project().await, &leaving, false).await.unwrap();
        let project = office.project().await;
        office.eva.decide_request(&project, request.request, true, &unseen).await.unwrap();
        let text = said(&office).await;
        assert!(text.contains("merge:uno") && text.contains("Opening"), "the search sees events");
        assert_eq!(personal(&text), Vec::<String>::new());
    })
    .await;
}

/// Hears every event of the log as one line.
struct Ear(Arc<Mutex<String>>);

struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, "{}={value:?} ", field.name());
    }
}

impl tracing::Subscriber for Ear {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        attributes.record(&mut Line(&mut self.0.lock().unwrap()));
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut Line(&mut self.0.lock().unwrap()));
    }
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut Line(&mut self.0.lock().unwrap()));
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

/// A member whom the ledger refuses is told of in the log, and not by number.
#[tokio::test]
async fn the_log_tells_of_a_refused_member_and_not_whose_number_it_is() {
    let db = TestDb::sqlite().await;
    let office = Office::open(&db).await;
    office.to_approved().await;
    let office = office.with_program(&db, "plata", "plomo").await;
    let heard = Arc::new(Mutex::new(String::new()));
    let listening = tracing::subscriber::set_default(Ear(Arc::clone(&heard)));
    let run = office.ana.run_wave(&office.project().await, 1, &unseen).await.unwrap();
    drop(listening);
    assert_eq!(run.members_refused, 1);
    let heard = heard.lock().unwrap().clone();
    assert!(heard.contains("a member of a wave was refused"), "{heard}");
    assert_eq!(personal(&heard), Vec::<String>::new(), "{heard}");
}

/// Goal: whoever compares two people sees whether their addresses are one, and no address.
#[tokio::test(flavor = "multi_thread")]
async fn m65_addresses_are_masked_for_those_who_write_to_nobody() {
    use crate::api::bench::Bench;
    on_both(async |db| {
        let folder = tempfile::tempdir().unwrap();
        let mut bench = Bench::new(db).await.in_folder(folder.path());
        bench.add_manager("leo").await;
        super::by_api::matched(&bench, folder.path()).await;
        let pair = serde_json::json!({ "left": "a/1", "right": "b/9", "decision": "need_info" });
        let noted =
            bench.ask("manager", "POST", "/integration-projects/duo/links", Some(pair)).await;
        assert_eq!(noted.status, 200, "{}", noted.body);
        let path = "/console/integration-projects/duo/pairs?only=all";
        let masked = bench.page("leo", path).await;
        assert!(
            masked.contains("a…@example.com") && !masked.contains("ana@example.com"),
            "{masked}"
        );
        assert!(masked.contains("Vidal"), "what is compared is there: {masked}");
        let whole = bench.page("manager", path).await;
        assert!(whole.contains("ana@example.com"), "{whole}");
    })
    .await;
}

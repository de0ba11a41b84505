//! From every line of the control report down to members and journal: what they have together is the line.

use lazo_domain::conversion::Fraction;
use lazo_domain::ids::EventId;
use lazo_domain::merging::SourceKey;
use lazo_store::testing::on_both;

use super::super::fault::MergeFault;
use super::super::reconcile::{Behind, LineName, Reach};
use super::super::workbench::Workbench;
use super::Office;
use crate::api::bench::Bench;

/// `7`, or `-1/10`.
fn fraction(text: &str) -> Fraction {
    let (num, den) = text.split_once('/').unwrap_or((text, "1"));
    Fraction::new(num.parse().unwrap(), den.parse().unwrap()).unwrap()
}

fn sum<'a>(all: impl Iterator<Item = &'a String>) -> Fraction {
    all.fold(Fraction::ZERO, |sum, text| sum.plus(fraction(text)).unwrap())
}

/// All members behind a line, one at a time, so that every page has a next one but the last.
async fn all(bench: &Workbench, office: &Office, wave: i64, line: &LineName) -> Vec<Behind> {
    let (mut all, mut after) = (Vec::new(), SourceKey::default());
    loop {
        let page = bench.behind(&office.project().await, wave, line, &after, 1).await.unwrap();
        all.extend(page.members);
        match page.next {
            Some(next) => after = next,
            None => return all,
        }
    }
}

/// Goal: a controller can follow any line. Method: of both waves, each line's members are added up and must be the line;
/// each opening is read from the journal by the id that is told.
#[tokio::test(flavor = "multi_thread")]
async fn m58_the_members_behind_each_line_add_up_to_it_and_lead_to_the_journal() {
    on_both(async |db| {
        let office = Office::open(db).await;
        office.whole().await;
        let mut lines = 0;
        for wave in [1, 2] {
            let report = office.ana.control_report(&office.project().await, wave).await.unwrap();
            for line in &report.lines {
                let named = LineName {
                    code: line.code.clone(),
                    source: line.source.clone(),
                    subject: line.subject.clone(),
                };
                let behind = all(&office.ana, &office, wave, &named).await;
                let expected = sum(behind.iter().map(|member| &member.expected));
                let actual = sum(behind.iter().map(|member| &member.actual));
                assert_eq!(
                    (expected, actual),
                    (fraction(&line.expected), fraction(&line.actual)),
                    "{line:?}"
                );
                for event in behind.iter().filter_map(|member| member.event.as_ref()) {
                    let id: EventId = event.parse().unwrap();
                    let books = office.app.ledger.books();
                    let found = books.event(office.ana.tenant.id, id).await.unwrap().unwrap();
                    assert_eq!(found.event.source, "merge:uno");
                }
                lines += 1;
            }
        }
        assert!(lines > 12, "{lines} lines");
        // 163 stars of five lots are 212 points: the lots are told, and what each became.
        let stars =
            all(&office.ana, &office, 2, &LineName::parse("converted_in:hotel/stars")).await;
        assert_eq!(stars.len(), 1);
        let lots: Vec<(i64, i64)> =
            stars[0].lots.iter().map(|lot| (lot.source_points, lot.points)).collect();
        assert_eq!(lots, [(101, 132), (57, 74), (3, 4), (1, 1), (1, 1)]);
        let project = office.project().await;
        let (line, first) = (LineName::parse("nonsense"), SourceKey::default());
        let none = office.ana.behind(&project, 1, &line, &first, 9);
        assert!(matches!(none.await, Err(MergeFault::Refused(why)) if why.code == "merge_no_line"));
    })
    .await;
}

/// Goal: a controller sees members at once, not after empty pages. Method: guests of the hotel come before customers of the
/// shop; a line of the shop is asked for with an answer that compares one member and no more.
#[tokio::test(flavor = "multi_thread")]
async fn m58_members_of_other_sources_do_not_use_an_answer_up() {
    on_both(async |db| {
        let office = Office::open(db).await;
        office.whole().await;
        let (line, reach) = (LineName::parse("opens:shop/sellos"), Reach { compared: 1, step: 1 });
        let (project, first) = (office.project().await, SourceKey::default());
        let found = office.ana.behind_within(&project, (1, &line), &first, 9, reach).await.unwrap();
        let members: Vec<&str> = found.members.iter().map(|one| one.member.as_str()).collect();
        assert_eq!(members, ["shop/0002"]);
    })
    .await;
}

/// The same by the API: pages of one, and other tenants find nothing.
#[tokio::test(flavor = "multi_thread")]
async fn m58_the_members_behind_a_line_come_in_pages_by_the_api() {
    on_both(async |db| {
        let folder = tempfile::tempdir().unwrap();
        let bench = Bench::new(db).await.in_folder(folder.path());
        super::by_api::posted(&bench, folder.path()).await;
        let of = "/integration-projects/duo/waves/1/report/members?code=members&limit=1";
        let (mut members, mut path) = (Vec::new(), of.to_owned());
        loop {
            let page = bench.get("finance", &path).await;
            for item in page["items"].as_array().unwrap() {
                let event = item["event"].as_str().unwrap().to_owned();
                let found = bench.get("finance", &format!("/events/{event}")).await;
                assert_eq!(found["id"], event.as_str(), "{found}");
                members.push(item["member"].as_str().unwrap().to_owned());
            }
            match page["cursor"]["next"].as_str() {
                Some(next) => path = format!("{of}&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(members, ["a/1", "a/2", "b/8"]);
        assert_eq!(bench.ask("two", "GET", of, None).await.status, 404);
    })
    .await;
}

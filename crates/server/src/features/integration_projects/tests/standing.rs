//! How a wave and its members stand: who ran and signed it, who is refused, who is there in part, and when it stops.

use lazo_store::testing::on_both;

use super::super::fault::MergeFault;
use super::super::reconcile::SignerRole;
use super::super::state::State;
use super::super::store::waves::{self, Wave};
use super::{Office, unseen};

impl Office {
    async fn wave_row(&self, number: i64) -> Wave {
        let all = waves::all(&self.app.db, &self.project().await).await.unwrap();
        all.into_iter().find(|wave| wave.wave == number).unwrap()
    }
}

fn code<T: std::fmt::Debug>(answer: Result<T, MergeFault>) -> &'static str {
    match answer {
        Err(MergeFault::Refused(why)) => why.code,
        other => panic!("{other:?}"),
    }
}

/// Goal: a signature stays, and who ran a wave cannot be covered up. Method: ana runs, eva signs; then fin, and then ana,
/// run again although nothing is left; the row must not change, and ana must not be able to sign her own run.
#[tokio::test(flavor = "multi_thread")]
async fn m59_running_a_wave_again_that_is_whole_changes_neither_its_signature_nor_who_ran_it() {
    on_both(async |db| {
        let office = Office::open(db).await;
        office.to_approved().await;
        let project = office.project().await;
        office.ana.run_wave(&project, 1, &unseen).await.unwrap();
        // Before anything is signed: somebody else runs what is whole, so as to seem to be who ran it.
        let leo = office.bench("leo");
        let again = leo.run_wave(&office.project().await, 1, &unseen).await.unwrap();
        assert_eq!((again.posted, again.before), (0, 5));
        let report = office.ana.reconcile(&office.project().await, 1, &unseen).await.unwrap();
        let hash = report.hash();
        let own = (SignerRole::ProgramOwner, hash.as_str());
        assert_eq!(code(office.ana.sign(&office.project().await, 1, own).await), "four_eyes");
        office.signed(1, &hash).await;
        let signed = office.wave_row(1).await;
        assert_eq!((signed.state.as_str(), signed.run_by.as_deref()), ("signed", Some("ana")));
        for bench in [&leo, &office.ana] {
            bench.run_wave(&office.project().await, 1, &unseen).await.unwrap();
            assert_eq!(office.wave_row(1).await, signed);
        }
    })
    .await;
}

/// Goal: a member some of whose events are refused is neither posted nor refused, and a further run completes it. Method:
/// the program loses the level that B-2 is to be granted (40 stars open as 52 points all the same), and gets it back.
#[tokio::test(flavor = "multi_thread")]
async fn m37_a_member_posted_in_part_is_told_so_and_completed_by_the_next_run() {
    on_both(async |db| {
        let office = Office::open(db).await;
        office.to_approved().await;
        let lacking = office.with_program(db, "plata", "plomo").await;
        let run = lacking.ana.run_wave(&lacking.project().await, 1, &unseen).await.unwrap();
        assert_eq!((run.posted, run.members_refused), (4, 1), "{run:?}");
        assert!(run.stopped.is_some(), "none may be refused");
        assert_eq!(lacking.points("hotel", "B-2").await, 52);
        let report = lacking.ana.reconcile(&lacking.project().await, 1, &unseen).await.unwrap();
        assert_eq!((report.agrees, report.in_part, report.refused), (false, 1, 0), "{report:?}");
        assert!(report.differences.iter().any(|line| line.starts_with("hotel/B-2")), "{report:?}");
        let named = &report.not_posted_members;
        assert!(named.len() == 1 && named[0].starts_with("hotel/B-2: "), "{named:?}");
        let office = lacking.with_program(db, "plomo", "plata").await;
        let project = office.project().await;
        assert_eq!(project.state, State::Paused);
        office.ana.advance(&project, State::Approved).await.unwrap();
        let run = office.ana.run_wave(&office.project().await, 1, &unseen).await.unwrap();
        assert_eq!((run.posted, run.before, run.members_refused), (1, 4, 0), "{run:?}");
        assert_eq!(office.points("hotel", "B-2").await, 52);
        let report = office.ana.reconcile(&office.project().await, 1, &unseen).await.unwrap();
        assert!(report.agrees && report.in_part == 0 && report.members == 5, "{report:?}");
    })
    .await;
}

/// Somebody who was erased here is refused; when that was a mistake, running the wave again takes the person in.
#[tokio::test(flavor = "multi_thread")]
async fn m37_a_refused_member_is_tried_again_by_the_next_run() {
    on_both(async |db| {
        let office = Office::open(db).await;
        office.to_approved().await;
        let name = crate::features::members::Identifier::new("card", "0003", "ES").unwrap();
        let hash = name.suppression(office.ana.tenant.id);
        let hash: String = hash.iter().map(|octet| format!("{octet:02x}")).collect();
        let bytes = if db.url.starts_with("postgres") {
            format!("decode('{hash}', 'hex')")
        } else {
            format!("x'{hash}'")
        };
        let tenant = office.ana.tenant.id.0;
        db.tamper(&format!("insert into suppression values ({tenant}, {bytes}, 0)")).await;
        let run = office.ana.run_wave(&office.project().await, 1, &unseen).await.unwrap();
        assert_eq!((run.posted, run.members_refused), (4, 1), "{run:?}");
        let report = office.ana.reconcile(&office.project().await, 1, &unseen).await.unwrap();
        assert_eq!((report.agrees, report.refused, report.in_part), (false, 1, 0), "{report:?}");
        let line = report.lines.iter().find(|line| line.code == "members").unwrap();
        assert_eq!((line.expected.as_str(), line.actual.as_str()), ("5", "4"));
        // Who is not there, why, and how much: with it the sums close, and the hash that is signed has it.
        let [missing] = &report.not_posted[..] else { panic!("{report:?}") };
        assert_eq!((missing.members, missing.points.as_str()), (1, "75"), "{report:?}");
        let named = &report.not_posted_members;
        assert!(
            named.len() == 1 && named[0].contains("0003") && named[0].contains(&missing.reason),
            "{named:?}"
        );
        let line = report.lines.iter().find(|line| line.code == "not_posted").unwrap();
        assert_eq!(
            (line.expected.as_str(), line.actual.as_str(), line.difference.as_str()),
            ("75", "0", "-75")
        );
        let posted = report.lines.iter().filter(|line| line.code == "posted");
        let posted = posted.filter(|line| line.subject.starts_with(&missing.point_type));
        let posted: i64 = posted.map(|line| line.actual.parse::<i64>().unwrap()).sum();
        let whole = report
            .lines
            .iter()
            .find(|l| l.code == "planned" && l.subject == missing.point_type)
            .unwrap();
        assert_eq!(whole.expected.parse::<i64>().unwrap(), posted + 75, "{report:?}");
        assert_eq!(whole.expected, whole.actual);
        assert!(report.csv().contains("\"not_posted\"") && report.text().contains("0003"));
        db.tamper(&format!("delete from suppression where tenant = {tenant}")).await;
        office.ana.advance(&office.project().await, State::Approved).await.unwrap();
        let run = office.ana.run_wave(&office.project().await, 1, &unseen).await.unwrap();
        assert_eq!((run.posted, run.before, run.members_refused), (1, 4, 0), "{run:?}");
        assert_eq!(office.points("card", "0003").await, 75);
    })
    .await;
}

/// One of seven waits at the desk: more than 50 of a thousand. Of those who move nobody may lose, and one does.
#[tokio::test(flavor = "multi_thread")]
async fn m40_the_stop_rules_for_who_waits_and_who_loses_stand_in_the_way_of_approval() {
    on_both(async |db| {
        let office = Office::open(db).await;
        let project = office.folder.path().join("project.toml");
        let text = std::fs::read_to_string(&project).unwrap();
        let to_plan = async |text: String| {
            std::fs::write(&project, text).unwrap();
            office.ana.init(&project).await.unwrap();
            if office.project().await.state == State::Draft {
                office.ana.profile(&office.project().await, &unseen).await.unwrap();
                office.ana.map(&office.project().await, &unseen).await.unwrap();
                office.ana.match_people(&office.project().await, &unseen).await.unwrap();
            }
            office.ana.dry_run(&office.project().await, &unseen).await.unwrap()
        };
        let held = text.replace("held_back_per_thousand = 200", "held_back_per_thousand = 50");
        assert_ne!(held, text);
        let plan = to_plan(held.clone()).await;
        assert!(!plan.approvable && plan.blocking.len() == 1, "{:?}", plan.blocking);
        assert!(plan.blocking[0].starts_with("held_back: 1 of "), "{:?}", plan.blocking);
        let approve = office.eva.approve(&office.project().await).await;
        assert_eq!(code(approve), "merge_not_approvable");
        let accepted = format!("{held}\n[accepted]\nheld_back = \"one guest is written to\"\n");
        assert!(to_plan(accepted).await.approvable);
        // A star is worth a cent and a half: who has stars loses.
        let rules = office.folder.path().join("rules.toml");
        let dearer = std::fs::read_to_string(&rules).unwrap();
        let dearer =
            dearer.replace("hotel = { stars = \"13/10\" }", "hotel = { stars = \"15/10\" }");
        std::fs::write(&rules, dearer).unwrap();
        assert!(to_plan(text.clone()).await.approvable, "so many as there are may lose");
        let none = text.replace("[stop]\n", "[stop]\nlosers_per_thousand = 0\n");
        let plan = to_plan(none).await;
        assert!(plan.blocking.iter().any(|why| why.starts_with("losers: ")), "{:?}", plan.blocking);
    })
    .await;
}

/// Goal: vouchers, consents and the note of a member are one. Method: the wave is killed at ever later moments and given
/// again; each voucher is there once, of the account that the member has.
#[tokio::test(flavor = "multi_thread")]
async fn a3_vouchers_of_a_wave_killed_and_given_again_are_there_once() {
    on_both(async |db| {
        let office = Office::open(db).await;
        let project = office.folder.path().join("project.toml");
        let text = std::fs::read_to_string(&project).unwrap();
        let text = text.replace(
            "[[sources]]\ncode = \"hotel\"\n",
            "[[sources.files]]\nfile = \"vouchers.csv\"\nmapping = \"vouchers.toml\"\n\n[[sources]]\ncode = \"hotel\"\n",
        );
        std::fs::write(&project, text).unwrap();
        office.file("vouchers.csv", "id,code,what,worth,until\n0002,V-1,coffee,1.50,2027-01-01T00:00:00Z\n0002,V-2,coffee,2.00,2027-01-01T00:00:00Z\n0003,V-3,coffee,1.00,2027-01-01T00:00:00Z\n");
        office.file("vouchers.toml", "kind = \"vouchers\"\nsource = \"shop\"\nprogram = \"uno\"\n\n[fields]\nmember = \"id\"\ncode = \"code\"\nkind = \"what\"\nvalue = \"worth\"\nexpires_at = \"until\"\n");
        office.to_approved().await;
        for micros in (0..30).map(|n| n * n * 60) {
            let (bench, project) = (office.ana.clone(), office.project().await);
            if project.state != State::Approved {
                break;
            }
            let task = tokio::spawn(async move { bench.run_wave(&project, 1, &unseen).await });
            tokio::time::sleep(std::time::Duration::from_micros(micros)).await;
            task.abort();
            let _ = task.await;
            office.clock.advance(11 * lazo_domain::time::SECOND);
        }
        office.ana.run_wave(&office.project().await, 1, &unseen).await.unwrap();
        let rows = office.app.db.query("select code, account from voucher order by code", &[]).await;
        let rows = rows.unwrap();
        let told: Vec<(String, i64)> = rows
            .iter()
            .map(|row| (row.text("code").unwrap().to_owned(), row.int("account").unwrap()))
            .collect();
        let (two, three) =
            (office.member("card", "0002").await.1.0, office.member("card", "0003").await.1.0);
        assert_eq!(told, [("V-1".into(), two), ("V-2".into(), two), ("V-3".into(), three)]);
    })
    .await;
}

//! The control report: what it finds in ledger and tables, whom it counts, and what its signatures hold against.

use lazo_store::testing::on_both;

use super::super::fault::MergeFault;
use super::super::reconcile::{ControlReport, SignerRole};
use super::super::settle::{ExceptionName, Settlement};
use super::super::state::State;
use super::super::store::waves;
use super::{Office, unseen};

/// The lines that do not agree: `code source subject`.
fn wrong(report: &ControlReport) -> Vec<String> {
    let lines = report.lines.iter().filter(|line| line.expected != line.actual);
    let name = |line: &super::super::reconcile::Line| {
        format!("{} {} {}", line.code, line.source, line.subject).trim().to_owned()
    };
    lines.map(name).collect()
}

fn code<T: std::fmt::Debug>(answer: Result<T, MergeFault>) -> &'static str {
    match answer {
        Err(MergeFault::Refused(why)) => why.code,
        other => panic!("{other:?}"),
    }
}

/// Goal: the report reads the ledger, not the request. Method: a lot's row, a tier's grant and the owner's totals are each
/// changed behind its back, and each is told on its own line; put back, everything agrees.
#[tokio::test(flavor = "multi_thread")]
async fn m58_what_is_changed_behind_the_plan_is_told_on_its_line() {
    on_both(async |db| {
        let office = Office::open(db).await;
        office.whole().await;
        let wave = async || office.ana.reconcile(&office.project().await, 1, &unseen).await.unwrap();
        let whole = async || {
            let project = office.project().await;
            office.ana.reconcile_whole(&project, &unseen).await.unwrap()
        };
        assert_eq!((wrong(&wave().await), wave().await.different_members), (vec![], 0));
        let all = whole().await;
        assert!(all.agrees, "{:?} {:?}", wrong(&all), all.differences);
        // A lot of 52 points (of B-2's 40 stars) has a point more than was opened.
        db.tamper("update lot set granted = granted + 1, available = available + 1 where granted = 52").await;
        let told = wave().await;
        assert_eq!(told.different_members, 1, "{told:?}");
        assert!(!told.agrees && told.differences[0].starts_with("hotel/B-2"), "{told:?}");
        db.tamper("update lot set granted = granted - 1, available = available - 1 where granted = 53").await;
        // A lot is gone.
        db.tamper("delete from lot where granted = 52").await;
        assert_eq!(wrong(&wave().await), ["lots"]);
        // What the owner stated is another number: the sources' whole does not close.
        db.tamper("update integration_source set stated = replace(stated, '1965', '1966') where source = 'shop'").await;
        let told = wrong(&whole().await);
        assert_eq!(told, ["stated shop available sellos", "lots"]);
    })
    .await;
}

/// Goal: a source's whole reconciles, with whoever waits in no wave. Method: of the example, three guests have 283 stars,
/// of which 80 wait: they stand on their line, beside all accounts that were loaded.
#[tokio::test(flavor = "multi_thread")]
async fn m58_who_waits_at_the_desk_is_part_of_the_whole() {
    on_both(async |db| {
        let office = Office::open(db).await;
        office.whole().await;
        let project = office.project().await;
        let report = office.ana.reconcile_whole(&project, &unseen).await.unwrap();
        let line = |code: &str, source: &str, subject: &str| {
            let found = report
                .lines
                .iter()
                .find(|line| line.code == code && line.source == source && line.subject == subject);
            found.map(|line| (line.expected.clone(), line.actual.clone()))
        };
        let both = |text: &str| Some((text.to_owned(), text.to_owned()));
        assert_eq!(line("stated", "hotel", "available stars"), both("283"));
        assert_eq!(line("opening_available", "hotel", "stars"), both("283"));
        assert_eq!(line("held_back", "hotel", "stars"), both("80"));
        assert_eq!(line("opens", "hotel", "stars"), both("203"));
        assert_eq!(line("accounts", "hotel", ""), both("3"));
        assert_eq!(line("tiers", "", ""), both("2"));
        assert!(report.agrees && report.wave.is_none(), "{report:?}");
    })
    .await;
}

/// Goal: what was signed stays what was signed. Method: wave 1 is signed; another dry run makes another plan; reconciled
/// again, the report names the run that was posted and the row does not change. One signature is none.
#[tokio::test(flavor = "multi_thread")]
async fn m59_a_signed_report_is_never_replaced_and_names_the_run_that_was_posted() {
    on_both(async |db| {
        let office = Office::open(db).await;
        office.to_approved().await;
        office.ana.run_wave(&office.project().await, 1, &unseen).await.unwrap();
        let report = office.ana.reconcile(&office.project().await, 1, &unseen).await.unwrap();
        let row =
            async || waves::all(&office.app.db, &office.project().await).await.unwrap().remove(0);
        let posted = row().await.run_hash;
        assert_eq!(report.run_hash, posted);
        let (project, fin) = (office.project().await, office.bench("fin"));
        let hash = report.hash();
        for part in ["", &hash[..63]] {
            let signed = fin.sign(&project, 1, (SignerRole::FinanceController, part)).await;
            assert_eq!(code(signed), "merge_other_report", "{part}");
        }
        fin.sign(&project, 1, (SignerRole::FinanceController, &hash)).await.unwrap();
        let twice = office.eva.sign(&project, 1, (SignerRole::FinanceController, &hash)).await;
        assert_eq!(code(twice), "merge_signed_already");
        let alone = office.ana.run_wave(&office.project().await, 2, &unseen).await;
        assert_eq!(code(alone), "merge_wave_open");
        office.eva.sign(&project, 1, (SignerRole::ProgramOwner, &hash)).await.unwrap();
        let signed = row().await;
        let roles: Vec<(&str, &str, bool)> = signed
            .signatures
            .iter()
            .map(|s| (s.role.as_str(), s.by.as_str(), s.sha256 == hash))
            .collect();
        assert_eq!(roles, [("finance_controller", "fin", true), ("program_owner", "eva", true)]);
        // Another dry run, and with it another plan.
        office.ana.dry_run(&office.project().await, &unseen).await.unwrap();
        let again = office.ana.reconcile(&office.project().await, 1, &unseen).await.unwrap();
        assert_eq!((again.run_hash, row().await), (posted, signed.clone()));
        // Something is changed behind it: it is told, and the signed report stays.
        db.tamper(
            "update lot set granted = granted + 1, available = available + 1 where granted = 52",
        )
        .await;
        let told = office.ana.reconcile(&office.project().await, 1, &unseen).await.unwrap();
        assert!(!told.agrees);
        assert_eq!(row().await, signed);
    })
    .await;
}

/// Goal: nobody is left behind at the desk. Method: one guest waits; the programs may not run side by side before two
/// people have said what becomes of it.
#[tokio::test(flavor = "multi_thread")]
async fn m37_whoever_waits_at_the_desk_stands_in_the_way_until_two_people_settled_it() {
    on_both(async |db| {
        let office = Office::open(db).await;
        office.whole().await;
        for to in [State::Frozen, State::Delta, State::Cutover] {
            office.ana.advance(&office.project().await, to).await.unwrap();
        }
        let parallel = async || office.ana.advance(&office.project().await, State::Parallel).await;
        assert_eq!(code(parallel().await), "merge_desk_open");
        let project = office.project().await;
        let name = ExceptionName {
            key: lazo_domain::merging::SourceKey::new("hotel", "B-3"),
            code: "balance_differs".into(),
            subject: "stars".into(),
        };
        let waived = Settlement {
            outcome: "waived".into(),
            note: "paid in cash".into(),
            ..Settlement::default()
        };
        let owner = Settlement { owner: "leo".into(), ..Settlement::default() };
        let named = office.eva.settle(&project, &name, &owner).await.unwrap();
        assert_eq!((named.state.as_str(), named.owner.as_deref()), ("open", Some("leo")));
        let bare = Settlement { note: String::new(), ..waived.clone() };
        assert_eq!(code(office.ana.settle(&project, &name, &bare).await), "merge_settlement");
        let first = office.ana.settle(&project, &name, &waived).await.unwrap();
        assert_eq!(first.state, "waits:waived");
        assert_eq!(code(parallel().await), "merge_desk_open");
        assert_eq!(code(office.ana.settle(&project, &name, &waived).await), "four_eyes");
        let second = office.eva.settle(&project, &name, &waived).await.unwrap();
        assert_eq!(
            (second.state.as_str(), second.note.as_deref()),
            ("waived", Some("paid in cash"))
        );
        assert_eq!(parallel().await.unwrap().state, State::Parallel);
    })
    .await;
}

/// Goal: an erased person's hash can be made by nobody else. Method: the same file in two projects gives other hashes.
#[tokio::test(flavor = "multi_thread")]
async fn m46_identity_hashes_are_keyed_with_the_projects_secret() {
    let db = lazo_store::testing::TestDb::sqlite().await;
    let office = Office::open(&db).await;
    let loaded = async || {
        office.ana.init(&office.folder.path().join("project.toml")).await.unwrap();
        office.ana.profile(&office.project().await, &unseen).await.unwrap();
        let all = office.ana.map(&office.project().await, &unseen).await.unwrap();
        all.into_iter().map(|source| source.snapshot_hash).collect::<Vec<_>>()
    };
    let first = loaded().await;
    assert_eq!(loaded().await, first, "the same project gives the same");
    db.tamper("update integration_project set secret = 'another'").await;
    let other = loaded().await;
    assert!(first.iter().zip(&other).all(|(one, other)| one != other), "{first:?} {other:?}");
}

/// Goal: what can be exploited stops the plan. Method: the rules get a way back from points to stars at 1 to 1, where stars
/// convert at 13 to 10; nothing is approvable until somebody accepts it with a reason. Modes that are not run are refused.
#[tokio::test(flavor = "multi_thread")]
async fn m17_m2_a_way_round_stops_the_plan_and_a_mode_that_is_not_run_is_refused() {
    let db = lazo_store::testing::TestDb::sqlite().await;
    let office = Office::open(&db).await;
    let (project, rules) =
        (office.folder.path().join("project.toml"), office.folder.path().join("rules.toml"));
    let text = std::fs::read_to_string(&rules).unwrap();
    for mode in ["split", "redenominate", "absorb"] {
        std::fs::write(&rules, format!("mode = \"{mode}\"\n{text}")).unwrap();
        assert_eq!(code(office.ana.init(&project).await), "merge_mode", "{mode}");
    }
    let back = "\n[[routes]]\nfrom = \"uno\"\nto = \"hotel/stars\"\nrate = \"1\"\n";
    std::fs::write(&rules, text + back).unwrap();
    office.ana.init(&project).await.unwrap();
    office.ana.profile(&office.project().await, &unseen).await.unwrap();
    office.ana.map(&office.project().await, &unseen).await.unwrap();
    office.ana.match_people(&office.project().await, &unseen).await.unwrap();
    let plan = office.ana.dry_run(&office.project().await, &unseen).await.unwrap();
    assert!(!plan.approvable && plan.blocking.iter().any(|why| why == "loop"), "{plan:?}");
    let document = std::fs::read_to_string(&project).unwrap();
    let accepted = format!("{document}\n[accepted]\nloop = \"the way back ends with the month\"\n");
    std::fs::write(&project, accepted).unwrap();
    office.ana.init(&project).await.unwrap();
    let plan = office.ana.dry_run(&office.project().await, &unseen).await.unwrap();
    assert!(plan.approvable, "{:?}", plan.blocking);
}

/// Goal: nobody decides on an account of his or her own. Method: by the API a program manager whose login is the guest's
/// e-mail is refused, though no extract marks the guest as staff; a colleague decides.
#[tokio::test(flavor = "multi_thread")]
async fn m65_a_reviewer_is_known_by_the_login_and_not_by_an_id() {
    use crate::api::bench::Bench;
    let db = lazo_store::testing::TestDb::sqlite().await;
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::new(&db).await.in_folder(folder.path());
    bench.add_manager("ana@example.com").await;
    super::by_api::matched(&bench, folder.path()).await;
    let pair = serde_json::json!({ "left": "a/1", "right": "b/9", "decision": "merge" });
    let path = "/integration-projects/duo/links";
    let own = bench.ask("ana@example.com", "POST", path, Some(pair.clone())).await;
    assert_eq!(own.status, 409, "{}", own.body);
    assert!(own.body.to_string().contains("merge_own_account"), "{}", own.body);
    assert_eq!(bench.ask("manager", "POST", path, Some(pair)).await.status, 200);
}

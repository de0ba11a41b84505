//! The judge who shares no code: `tools/audit.py` agrees with a run, and names each planted fault.

mod approved;

use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::ledger_export;
use super::super::reconcile::PostedLot;
use super::super::snapshot::{LotState, SourceStatus};
use super::super::totals::Totals;
use super::super::{File, MergePlan, RunDigest, SnapshotHash, plan};
use super::*;
use crate::conversion::{Band, Level, Step};
use crate::program::expiry::TierTerm;
use crate::rate::Rounding;
use crate::time::{Period, Zone};

/// A folder that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("lazo-audit-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).unwrap();
    }

    /// Replaces the first `from` of a file, which must be there.
    fn forge(&self, name: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.0.join(name)).unwrap();
        assert!(text.contains(from), "{name} has no {from}:\n{text}");
        self.write(name, &text.replacen(from, to, 1));
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn export(folder: &Folder, rules: &MergeRules, people: &[MemberSnapshot], done: &MergePlan) {
    folder.write("rules.json", &rules.canonical());
    folder.write("manifest.sha256", &done.digest.manifest);
    for file in File::SNAPSHOT {
        let lines: String = people.iter().map(|member| member.lines(file)).collect();
        folder.write(file.name(), &(file.heading().to_owned() + &lines));
    }
    for file in File::PLAN {
        let lines: String = done.members.iter().map(|member| member.file_lines(file)).collect();
        folder.write(file.name(), &(file.heading().to_owned() + &lines));
    }
    folder.write("snapshot.sha256", &snapshots(people).manifest);
    folder.write("control.csv", &(Totals::HEADING.to_owned() + &done.totals.lines()));
    let mut ledger = ledger_export::HEADING.to_owned();
    for member in &done.members {
        let lots: Vec<PostedLot> = member
            .openings()
            .into_iter()
            .map(|o| PostedLot {
                to: o.to,
                points: o.points,
                state: o.state,
                earned_at: o.earned_at,
                expires_at: o.expires_at,
            })
            .collect();
        ledger.push_str(&ledger_export::lines(&member.golden, &lots));
    }
    folder.write("ledger-lots.csv", &ledger);
}

fn snapshots(people: &[MemberSnapshot]) -> RunDigest {
    let mut hash = SnapshotHash::default();
    people.iter().for_each(|account| hash.add(account));
    hash.finish()
}

/// Runs the audit; answers its exit code and what it said.
fn audit(folder: &Path, hashes: bool) -> (Option<i32>, String) {
    audited(folder, if hashes { &[] } else { &["--skip-hashes"] })
}

fn audited(folder: &Path, options: &[&str]) -> (Option<i32>, String) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tools/audit.py");
    let mut command = Command::new("python3");
    command.arg("-B").arg(script).arg(folder).args(options);
    let output = command.output().unwrap();
    let said =
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.code(), said)
}

/// Everything the rules can say at once, and people for whom it matters.
fn everything() -> (MergeRules, Vec<MemberSnapshot>, Vec<Vec<SourceKey>>) {
    let mut rules = with_ladder(rules());
    rules.zone = Zone::named("Europe/Madrid").unwrap();
    rules.expiry.reinstate_days = 60;
    rules.expiry.freeze = Some((at("2026-09-29"), at("2026-10-01")));
    rules.value_floor = Some(rate("1"));
    let expiry = &mut rules.point_types.get_mut("uno").unwrap().expiry;
    expiry.round_up_to = Some(Period::Month);
    let term = Some(Term::Months(30));
    expiry.by_tier.push(TierTerm { group: "status".into(), tier: "oro".into(), term });
    rules.conversions[0].table = Table::WholeBalanceBand {
        bands: vec![Band { from: 0, rate: rate("5/4") }, Band { from: 100, rate: rate("15/11") }],
    };
    rules.conversions[2].bonus = Some(5);
    rules.conversions[2].cap = Some(90);
    rules.conversions.push(ConversionRule {
        rounding: Rounding::HalfUp,
        step: Some(Step { points: 10, round_up: true }),
        ..flat("club", "sellos", "7/3")
    });
    rules.point_types.insert(
        "premio".into(),
        TargetPoints { value_minor: Some(rate("2")), ..TargetPoints::default() },
    );
    let levels = vec![Level { from: 50, gives: 60 }, Level { from: 200, gives: 300 }];
    rules.conversions.push(ConversionRule::plain(
        "club",
        "vales, \"raros\"",
        "premio",
        Table::LevelTable { levels, round_up: true },
    ));
    rules.values.insert(
        "club".into(),
        [("sellos".into(), rate("2")), ("vales, \"raros\"".into(), rate("1"))].into(),
    );
    rules.check().unwrap();

    let mut people = ana();
    people[0].tiers.push(tier("gold", Provenance::Earned));
    people[1].lots.push(SourceLot {
        state: LotState::Expired,
        earned_at: at("2024-03-01"),
        expires_at: Some(at("2026-09-01")),
        ..lot("a9", "puntos", 61)
    });
    for n in 0..40_i64 {
        let mut one = member(["pro", "club"][usize::from(n % 2 == 0)], &format!("N-{n:02}"));
        let point_type = if n % 2 == 1 {
            "credits"
        } else if n % 4 == 0 {
            "sellos"
        } else {
            "vales, \"raros\""
        };
        for l in 0..n % 5 {
            let mut some = lot(&format!("l{l}"), point_type, (n * 37 + l * 11) % 150 + 1);
            some.earned_at =
                at("2025-06-30").plus_micros((n * 9 + l) * crate::time::DAY + 1_500_000 * n);
            some.expires_at =
                (n % 7 != 0).then(|| some.earned_at.plus_micros((400 + n) * crate::time::DAY));
            some.state = [LotState::Available, LotState::Pending, LotState::Held]
                [usize::try_from(l % 3).unwrap()];
            some.release_at = (some.state == LotState::Pending).then(|| at("2026-10-09"));
            if some.state == LotState::Held {
                some.hold = format!("H{n}");
            }
            one.lots.push(some);
        }
        match n {
            11 => one.lots[0].points = -400,
            13 => one.status = SourceStatus::Blocked,
            17 => one.status = SourceStatus::Closed,
            19 => drop(one.balances.insert("credits".into(), 1)),
            _ => {}
        }
        people.push(one);
    }
    let key = |n: usize| people[n].key.clone();
    let clusters =
        vec![vec![key(0), key(1)], vec![key(13), key(2), key(6)], vec![key(3), key(19), key(21)]];
    (rules, people, clusters)
}

#[test]
fn a1_an_audit_that_shares_no_code_agrees_with_the_run() {
    let (rules, people, clusters) = everything();
    let done = plan(&rules, people.clone(), &clusters).unwrap();
    assert!(done.totals.approvable());
    let folder = Folder::new("agrees");
    export(&folder, &rules, &people, &done);
    let (code, said) = audit(&folder.0, true);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.ends_with(&format!(
            "{} members, {} lots, 0 findings\n",
            done.members.len(),
            people.iter().map(|p| p.lots.len()).sum::<usize>()
        )),
        "{said}"
    );
    assert!(
        said.contains("kept_apart") && said.contains("held_back") && said.contains("compensation"),
        "{said}"
    );
}

#[test]
fn m14_rules_and_snapshots_are_documents() {
    let (rules, people, _) = everything();
    let read: MergeRules = serde_json::from_str(&rules.canonical()).unwrap();
    assert_eq!(read, rules);
    for one in people {
        let text = serde_json::to_string(&one).unwrap();
        assert_eq!(serde_json::from_str::<MemberSnapshot>(&text).unwrap(), one);
    }
    let short = r#"{"cutover":"2026-10-01T00:00:00Z","zone":"Europe/Madrid","controller":"aurora",
        "point_types":{"uno":{}},"conversions":[{"source":"brisa","point_type":"stars","to":"uno",
        "table":{"mode":"flat","rate":"13/10"}}]}"#;
    let read: MergeRules = serde_json::from_str(short).unwrap();
    read.check().unwrap();
    assert_eq!((read.expiry.grace_days, read.late_days), (180, 396));
    let misspelled = short.replace("\"cutover\"", "\"rounding\":\"up\",\"cutover\"");
    assert!(serde_json::from_str::<MergeRules>(&misspelled).is_err());
}

/// Each fault is planted in files that are otherwise whole; the manifest is left out, because it tells any change of
/// the plan without saying what is wrong.
#[test]
fn a1_each_of_eighteen_planted_faults_is_named() {
    let (rules, people, clusters) = everything();
    let done = plan(&rules, people.clone(), &clusters).unwrap();
    let line = |start: &str| -> String {
        let all: String = done.members.iter().map(|m| m.file_lines(File::Journal)).collect();
        all.lines().find(|line| line.contains(start)).unwrap().to_owned() + "\n"
    };
    let l1 = line("brisa,B-1,l1,");
    let (l2, l3) = (line("brisa,B-1,l2,"), line("brisa,B-1,l3,"));
    let points = |text: &str, from: &str, to: &str| text.replace(from, to);
    type Forgery<'a> = Box<dyn Fn(&Folder) + 'a>;
    let faults: Vec<(&str, &str, Forgery<'_>)> = vec![
        (
            "one point more on a lot",
            "points: expected 132, found 133",
            Box::new(|f| {
                f.forge("journal.csv", &l1, &points(&l1, ",1313,10,132,", ",1313,10,133,"));
            }),
        ),
        (
            "a point moved between two lots",
            "points: expected 74, found 73",
            Box::new(|f| {
                f.forge("journal.csv", &l2, &points(&l2, ",741,10,74,", ",741,10,73,"));
                f.forge("journal.csv", &l3, &points(&l3, ",39,10,4,", ",39,10,5,"));
            }),
        ),
        (
            "a lot left out",
            "lot of the snapshot missing from the journal",
            Box::new(|f| {
                f.forge("journal.csv", &l3, "");
            }),
        ),
        (
            "a lot taken twice",
            "lot of the journal not in the snapshot",
            Box::new(|f| {
                f.forge("journal.csv", &l3, &(l3.clone() + &l3));
            }),
        ),
        (
            "an end one day sooner",
            "end: expected 2028-07-31T22:00:00Z, found 2028-07-30T22:00:00Z",
            Box::new(|f| {
                f.forge("journal.csv", &l1, &points(&l1, "2028-07-31T22", "2028-07-30T22"));
            }),
        ),
        (
            "a rounding account off by a tenth",
            "rounding account: expected 1/10, found 1/5",
            Box::new(|f| {
                f.forge("conversions.csv", ",2119,10,0,1,1,10,", ",2119,10,0,1,1,5,");
            }),
        ),
        (
            "a ledger balance one point short",
            "opening lot",
            Box::new(|f| {
                f.forge("ledger-lots.csv", ",uno,available,132,", ",uno,available,131,");
            }),
        ),
        (
            "a snapshot that says one more",
            "lot of the snapshot missing from the journal: expected once in each, found brisa B-1 l1 available stars earned 102",
            Box::new(|f| {
                f.forge(
                    "snapshot-lots.csv",
                    "brisa,B-1,l1,available,,stars,earned,101,",
                    "brisa,B-1,l1,available,,stars,earned,102,",
                );
            }),
        ),
        (
            "another rate in the rules",
            "exact share: expected 707/5, found 1313/10",
            Box::new(|f| {
                f.forge("rules.json", "\"13/10\"", "\"14/10\"");
            }),
        ),
        (
            "an account in a second golden member",
            "account in a second golden member",
            Box::new(|f| {
                f.forge(
                    "clusters.csv",
                    "aurora,0001,brisa,B-1,active,true,\n",
                    "aurora,0001,brisa,B-1,active,true,\naurora,0001,pro,N-39,active,true,\n",
                );
            }),
        ),
        (
            "a gift that nobody promised",
            "gift: expected 0, found 7",
            Box::new(|f| {
                f.forge("conversions.csv", ",2119,10,0,1,1,10,212,0,", ",2119,10,0,1,1,10,212,7,");
            }),
        ),
        (
            "a member withheld without a reason",
            "who is held back: expected an exception that holds back, found none",
            Box::new(|f| {
                f.forge(
                    "clusters.csv",
                    "pro,N-39,pro,N-39,active,",
                    "pro,N-39,pro,N-39,held_back,",
                );
            }),
        ),
        (
            "a member withheld for a reason that is not so",
            "held back for no_rule: expected something that is so, found nothing of pro/N-39",
            Box::new(|f| {
                f.forge(
                    "clusters.csv",
                    "pro,N-39,pro,N-39,active,",
                    "pro,N-39,pro,N-39,held_back,",
                );
                let path = f.0.join("exceptions.csv");
                let text = std::fs::read_to_string(path).unwrap();
                f.write("exceptions.csv", &(text + "pro,N-39,pro,N-39,no_rule,credits,1\n"));
            }),
        ),
        (
            "a million points of an account that is said to stay behind",
            "account that is neither closed nor erased: expected moves, found does not move",
            Box::new(|f| {
                f.forge(
                    "clusters.csv",
                    "pro,N-39,pro,N-39,active,true",
                    "pro,N-39,pro,N-39,left,false",
                );
            }),
        ),
        (
            "a tier that nobody holds",
            "tier of ('aurora', '0001'): expected ('oro', 'earned'), found ('platino', 'earned')",
            Box::new(|f| {
                f.forge("standings.csv", ",status,oro,earned,", ",status,platino,earned,")
            }),
        ),
        (
            "a tier that ends sooner",
            "how long ('aurora', '0001') keeps it: expected 2027-12-31T00:00:00Z",
            Box::new(|f| f.forge("standings.csv", "2027-12-31T00", "2027-11-30T00")),
        ),
        (
            "a source whose owner stated more",
            "available stars as the owner of brisa stated: expected 164, found 163",
            Box::new(|f| {
                let stated = "source,what,point_type,value,since\nbrisa,available,stars,164,0\n";
                f.write("stated.csv", stated);
            }),
        ),
        (
            "a control total one point off",
            "control total converted_in of brisa stars: expected 212, found 213",
            Box::new(|f| {
                f.forge(
                    "control.csv",
                    "converted_in,brisa,stars,212,1",
                    "converted_in,brisa,stars,213,1",
                );
            }),
        ),
    ];
    for (number, (fault, told, forge)) in faults.iter().enumerate() {
        let folder = Folder::new(&format!("fault-{number}"));
        export(&folder, &rules, &people, &done);
        forge(&folder);
        let (code, said) = audit(&folder.0, false);
        assert_eq!(code, Some(1), "{fault}: {said}");
        assert!(said.contains(told), "{fault}: expected `{told}` in:\n{said}");
    }
}

#[test]
fn a4_the_manifest_tells_any_change_and_a_folder_without_files_is_no_audit() {
    let (rules, people) = (rules(), ana());
    let done = plan(&rules, people.clone(), &[]).unwrap();
    let folder = Folder::new("manifest");
    export(&folder, &rules, &people, &done);
    folder.forge("exceptions.csv", "points\n", "points \n");
    let (code, said) = audit(&folder.0, true);
    assert_eq!(
        (code, said.contains("exceptions.csv: hash of the manifest")),
        (Some(1), true),
        "{said}"
    );
    std::fs::remove_file(folder.0.join("journal.csv")).unwrap();
    let (code, said) = audit(&folder.0, false);
    assert_eq!((code, said.contains("journal.csv is missing")), (Some(2), true), "{said}");
}

//! Merging through the binary: two programs become one, on both engines, with the same hashes; bad input is told.

use std::path::{Path, PathBuf};
use std::process::Command;

use lazo_store::testing::TestDb;
use serde_json::Value;

use crate::Lazo;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The example in a folder of its own, with a database.
struct Merge {
    lazo: Lazo,
    url: String,
}

impl Merge {
    fn open(url: &str) -> Self {
        let lazo = Lazo::new();
        let example = root().join("examples/merging/two_programs");
        for file in std::fs::read_dir(example).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), lazo.folder.path().join(file.file_name())).unwrap();
        }
        let merge = Self { lazo, url: url.to_owned() };
        merge.fine("ana", &["apply", "program.toml", "--yes"]);
        merge
    }

    fn path(&self, name: &str) -> PathBuf {
        self.lazo.folder.path().join(name)
    }

    /// Replaces `from`, which must be there, in a file of the example.
    fn change(&self, name: &str, from: &str, to: &str) {
        let bytes = std::fs::read(self.path(name)).unwrap();
        // Windows-1252 of the example is Latin-1.
        let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        assert!(text.contains(from), "{name} has no {from}");
        let text: Vec<u8> = text
            .replacen(from, to, 1)
            .chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap())
            .collect();
        std::fs::write(self.path(name), text).unwrap();
    }

    fn run(&self, who: &str, args: &[&str]) -> (i32, String, String) {
        self.lazo.run(&[&["--database", &self.url], args, &["--as", who]].concat())
    }

    fn fine(&self, who: &str, args: &[&str]) -> String {
        let (code, out, err) = self.run(who, args);
        assert_eq!(code, 0, "{args:?}: {err}{out}");
        out
    }

    /// Refused with this stable code.
    fn refused(&self, who: &str, args: &[&str], code: &str) -> String {
        let (exit, out, err) = self.run(who, args);
        assert!(exit == 1 && err.contains(&format!("({code})")), "{args:?}: {exit} {err}{out}");
        err
    }

    fn json(&self, who: &str, args: &[&str]) -> Value {
        let (code, out, err) = self.run(who, &[args, &["--format", "json"]].concat());
        assert!(code == 0, "{args:?}: {err}");
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}"))
    }

    fn status(&self) -> Value {
        let (_, out, _) =
            self.lazo.run(&["--database", &self.url, "merge", "status", "--format", "json"]);
        serde_json::from_str(&out).unwrap()
    }

    /// To a plan that a second person has approved. Answers the run's hash.
    fn to_approved(&self) -> String {
        self.fine("ana", &["merge", "init", "project.toml"]);
        for step in ["profile", "map", "match"] {
            self.fine("ana", &["merge", step]);
        }
        self.fine("ana", &["merge", "review", "shop/0001", "hotel/B-1", "--decide", "merge"]);
        let plan = self.json("ana", &["merge", "dry-run"]);
        assert_eq!(plan["approvable"], true, "{plan}");
        self.fine("eva", &["merge", "approve"]);
        plan["run_hash"].as_str().unwrap().to_owned()
    }

    fn wave(&self, number: &str) {
        self.fine("ana", &["merge", "run", "--wave", number]);
        let hash = self.reconciled(number);
        self.sign("fin", number, "finance_controller", &hash);
        self.sign("eva", number, "program_owner", &hash);
    }

    /// Compares a wave; answers the hash of the report.
    fn reconciled(&self, number: &str) -> String {
        let report = self.json("ana", &["merge", "reconcile", "--wave", number]);
        report["sha256"].as_str().unwrap().to_owned()
    }

    fn sign(&self, who: &str, number: &str, role: &str, hash: &str) {
        self.fine(who, &signing(number, role, hash));
    }

    fn balance(&self, scheme: &str, number: &str) -> i64 {
        let args = [
            "balances",
            "--at",
            "2026-02-02T00:00:00Z",
            "--program",
            "uno",
            "--scheme",
            scheme,
            "--member",
            number,
            "--format",
            "csv",
        ];
        let (code, out, err) =
            self.lazo.run(&[&["--database", self.url.as_str()], &args[..]].concat());
        assert_eq!(code, 0, "{err}");
        out.lines().nth(1).unwrap().rsplit(',').next().unwrap().parse().unwrap()
    }
}

/// The judge that shares no code with us.
fn audit(folder: &Path) -> (Option<i32>, String) {
    let script = root().join("tools/audit.py");
    let output = Command::new("python3").arg("-B").arg(script).arg(folder).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

async fn on_both(mut test: impl FnMut(&str)) {
    let sqlite = TestDb::sqlite().await;
    test(&sqlite.url);
    if let Some(postgres) = TestDb::postgres().await {
        test(&postgres.url);
    }
}

/// The command that signs a wave's report.
fn signing<'a>(number: &'a str, role: &'a str, hash: &'a str) -> [&'a str; 9] {
    ["merge", "reconcile", "--wave", number, "--sign", "--role", role, "--hash", hash]
}

/// Goal: two sources in different forms come in by mapping files alone and end reconciled to the last point. Method:
/// every number is worked out by hand; hotel stars are 13 to 10, rounded once for each member, shop stamps 1 to 1.
#[tokio::test(flavor = "multi_thread")]
async fn a1_m1_m58_two_programs_become_one_by_mapping_files_alone() {
    let mut hashes = Vec::new();
    on_both(|url| {
        let merge = Merge::open(url);
        let run = merge.to_approved();
        merge.wave("1");
        merge.wave("2");
        // 163 stars are 211.9, so 212, and 140 stamps; the blocked 500 come along; 40 stars are 52.
        for (scheme, number, points) in [
            ("hotel", "B-1", 352),
            ("shop", "0001", 352),
            ("card", "0001", 352),
            ("shop", "0002", 1_250),
            ("shop", "0003", 75),
            ("shop", "0004", 500),
            ("shop", "0005", 0),
            ("hotel", "B-2", 52),
        ] {
            assert_eq!(merge.balance(scheme, number), points, "{scheme}/{number}");
        }
        let status = merge.status();
        assert_eq!(status["waves"][0]["posted"], 5);
        assert_eq!(status["waves"][1]["posted"], 1);
        // Its lots do not add up to its balance: it waits, and nobody else does.
        assert_eq!(status["exceptions"][0]["code"], "balance_differs");
        merge.fine("ana", &["merge", "export", "out"]);
        let (code, said) = audit(&merge.path("out"));
        assert!(code == Some(0) && said.ends_with("7 members, 13 lots, 0 findings\n"), "{said}");
        let (code, _, err) = merge.lazo.run(&["--database", url, "verify"]);
        assert_eq!(code, 0, "{err}");
        hashes.push(run);
    })
    .await;
    assert!(hashes.windows(2).all(|pair| pair[0] == pair[1]), "engines differ: {hashes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a3_m26_a_wave_given_twice_posts_once_and_finance_signs_before_the_next() {
    on_both(|url| {
        let merge = Merge::open(url);
        merge.fine("ana", &["merge", "init", "project.toml"]);
        merge.refused("ana", &["merge", "match"], "merge_state");
        let merge = Merge::open(url);
        merge.to_approved();
        merge.refused("eva", &["merge", "run", "--wave", "1"], "four_eyes");
        merge.refused("ana", &["merge", "run", "--wave", "2"], "merge_wave_open");
        let first = merge.json("ana", &["merge", "run", "--wave", "1"]);
        assert_eq!((&first["posted"], &first["before"]), (&5.into(), &0.into()));
        let again = merge.json("ana", &["merge", "run", "--wave", "1"]);
        assert_eq!((&again["posted"], &again["before"]), (&0.into(), &5.into()));
        let (finance, owner) = ("finance_controller", "program_owner");
        merge.refused("fin", &signing("1", finance, "ffff"), "merge_not_reconciled");
        let hash = merge.reconciled("1");
        merge.refused("ana", &signing("1", finance, &hash), "four_eyes");
        merge.refused("fin", &signing("1", finance, &hash[..16]), "merge_other_report");
        merge.sign("fin", "1", finance, &hash);
        merge.refused("fin", &signing("1", owner, &hash), "four_eyes");
        merge.refused("ana", &["merge", "run", "--wave", "2"], "merge_wave_open");
        merge.sign("eva", "1", owner, &hash);
        merge.fine("ana", &["merge", "run", "--wave", "2"]);
        assert_eq!(merge.balance("shop", "0002"), 1_250);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a15_m36_a_member_reads_what_happened_in_two_languages() {
    let sqlite = TestDb::sqlite().await;
    let merge = Merge::open(&sqlite.url);
    merge.to_approved();
    merge.wave("1");
    merge.wave("2");
    let spanish = merge.fine("ana", &["merge", "statement", "B-1", "--lang", "es-ES"]);
    for said in [
        "¿Qué pasó con mis puntos?",
        "163 estrellas son exactamente 211,9. Redondeamos 0,1 a tu favor: 212 puntos Uno.",
        "En total: 352 puntos Uno.",
        "101 estrellas (lote l1) son ahora 132 puntos Uno, hasta el 2 may 2027.",
        "Tienes el nivel Oro por tu nivel en Hotel Mar",
        "Nada. Todo está hecho.",
    ] {
        assert!(spanish.contains(said), "{said}:\n{spanish}");
    }
    let english = merge.fine("ana", &["merge", "statement", "card:0001", "--lang", "en"]);
    assert!(english.contains("The Shop: 140 stamps are 140 Uno points now."), "{english}");
    let told = merge.json("ana", &["merge", "statement", "shop/0001", "--lang", "en"]);
    assert_eq!(told["adds_up"], true);
    merge.fine("ana", &["merge", "statement", "shop/0001", "--out", "s.html"]);
    let html = std::fs::read_to_string(merge.path("s.html")).unwrap();
    assert!(html.starts_with("<!doctype html>") && html.contains("lang=\"es-ES\""), "{html}");
    // On paper, for the member and for finance; and everybody's statement laid beside the ledger.
    merge.fine("ana", &["merge", "statement", "shop/0001", "--out", "s.pdf"]);
    merge.fine("ana", &["merge", "reconcile", "--wave", "1", "--out", "c.pdf", "--lang", "en"]);
    for name in ["s.pdf", "c.pdf"] {
        assert!(std::fs::read(merge.path(name)).unwrap().starts_with(b"%PDF-1.7"), "{name}");
    }
    let verified = merge.json("ana", &["merge", "statement", "--verify"]);
    assert_eq!((&verified["statements"], &verified["different"]), (&6.into(), &0.into()));
    let line = ["merge", "reconcile", "--wave", "2", "--line", "converted_in:hotel/stars"];
    let behind = merge.json("ana", &line);
    assert_eq!(behind["members"][0]["lots"][0]["points"], 132, "{behind}");
}

/// Each kind of bad input is told precisely and changes nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn m7_m5_m6_bad_input_stops_the_gate_and_says_why() {
    let sqlite = TestDb::sqlite().await;
    let cases: [(&str, &str, &str, &str, &str); 7] = [
        (
            "shop-totals.csv",
            "available,sellos,1965",
            "available,sellos,1966",
            "merge_totals_differ",
            "available sellos is stated as 1966, loaded were 1965, a difference of -1",
        ),
        (
            "shop-members.toml",
            "tienda = ",
            "tiendas = ",
            "merge_unexplained_columns",
            "column `tienda` is unexplained",
        ),
        (
            "shop-lots.csv",
            "0003;c1;75;24/12/2025;",
            "0003;c1;75;31/02/2025;",
            "merge_totals_differ",
            "lots is stated as 6, loaded were 5",
        ),
        (
            "shop-lots.csv",
            "0003;c1;75;",
            "0009;c1;75;",
            "merge_totals_differ",
            "lots is stated as 6, loaded were 5",
        ),
        (
            "shop-lots.csv",
            ";500;",
            ";99999999999999999999;",
            "merge_totals_differ",
            "lots is stated as 6",
        ),
        ("shop-members.csv", ";12\n0002", ";4111111111111111\n0002", "", ""),
        (
            "shop-totals.csv",
            "members,,5",
            "members,,6",
            "merge_totals_differ",
            "members is stated as 6, loaded were 5",
        ),
    ];
    let merge = Merge::open(&sqlite.url);
    merge.fine("ana", &["merge", "init", "project.toml"]);
    merge.fine("ana", &["merge", "profile"]);
    for (file, from, to, code, said) in cases {
        let before = std::fs::read(merge.path(file)).unwrap();
        merge.change(file, from, to);
        if code.is_empty() {
            // A card number in a column that is left out harms nobody; in one that is used it may not come in.
            merge.fine("ana", &["merge", "map"]);
            let mapping = std::fs::read(merge.path("shop-members.toml")).unwrap();
            merge.change("shop-members.toml", "[tokens]", "[tokens]\nstore = \"tienda\"");
            merge.change("shop-members.toml", "tienda = \"the", "tiendas = \"the");
            let err = merge.refused("ana", &["merge", "map"], "merge_card_numbers");
            assert!(err.contains("column `tienda` holds payment card numbers"), "{err}");
            std::fs::write(merge.path("shop-members.toml"), mapping).unwrap();
        } else {
            let err = merge.refused("ana", &["merge", "map"], code);
            assert!(err.contains(said), "{file}: {err}");
            // What is not loaded whole is not matched or planned.
            assert_ne!(merge.run("ana", &["merge", "dry-run"]).0, 0);
        }
        std::fs::write(merge.path(file), before).unwrap();
    }
    // Half a star can be read by nobody; the owner's totals leave it out, so that only its quality stands in the way.
    let totals = std::fs::read(merge.path("hotel-totals.csv")).unwrap();
    merge.change("hotel-totals.csv", "available,stars,283", "available,stars,182");
    merge.change("hotel-totals.csv", "lots,,7", "lots,,6");
    merge.change("hotel.json", "\"stars\": 101", "\"stars\": 101.5");
    let err = merge.refused("ana", &["merge", "map"], "merge_quality");
    assert!(err.contains("hotel: 1 unreadable_row"), "{err}");
    std::fs::write(merge.path("hotel-totals.csv"), totals).unwrap();
    merge.change("hotel.json", "\"stars\": 101.5", "\"stars\": 101");
    merge.fine("ana", &["merge", "map"]);
}

/// The bench of merges at a size, against the binary: `tools/merge-bench/<script>`.
fn bench(script: &str, folder: &Path, args: &[&str]) -> String {
    let output = Command::new("python3")
        .arg("-B")
        .arg(root().join("tools/merge-bench").join(script))
        .arg(folder)
        .args(["--lazo", env!("CARGO_BIN_EXE_lazo")])
        .args(args)
        .output()
        .unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{out}{}", String::from_utf8_lossy(&output.stderr));
    out
}

/// Goal: two programs of many members become one, end to end, and everything comes out as worked out beforehand by a
/// program that shares no code with us, with the same hash on both engines. `LAZO_MERGE_MEMBERS` and
/// `LAZO_MERGE_TRANSACTIONS` say how many members each program has, and transactions each of them; a million and
/// twenty million in `docs/evidence.md`.
#[tokio::test(flavor = "multi_thread")]
async fn a18_two_programs_of_many_members_come_out_as_worked_out_beforehand() {
    let size = |name: &str, few: &str| std::env::var(name).unwrap_or_else(|_| few.to_owned());
    let (members, transactions) =
        (size("LAZO_MERGE_MEMBERS", "1000"), size("LAZO_MERGE_TRANSACTIONS", "10"));
    let lazo = Lazo::new();
    let mut ends = Vec::new();
    on_both(|url| {
        let args =
            ["--database", url, "--members", &members, "--transactions", &transactions, "--export"];
        let said = bench("run.py", lazo.folder.path(), &args);
        eprintln!("{said}");
        ends.push(said.lines().last().unwrap().to_owned());
        std::fs::remove_dir_all(lazo.folder.path().join("out")).unwrap();
    })
    .await;
    assert!(ends.windows(2).all(|pair| pair[0] == pair[1]), "engines differ: {ends:?}");
}

/// Goal: a merge whose steps are killed by the system, each at any moment, ends as one that nobody kills, to the hash.
/// `LAZO_MERGE_KILLS` says how often; a few times otherwise.
#[tokio::test(flavor = "multi_thread")]
async fn a3_steps_killed_by_the_system_at_any_moment_end_the_same() {
    let kills = std::env::var("LAZO_MERGE_KILLS").ok();
    let some = match &kills {
        Some(kills) => vec!["--kills", kills],
        None => {
            vec!["--kills", "2", "--workers", "2", "--members", "30", "--steps", "run,rollback"]
        }
    };
    let on = |engine: &[&str]| {
        let lazo = Lazo::new();
        let said = bench("kills.py", lazo.folder.path(), &[&some, engine].concat());
        eprintln!("{said}");
        assert!(said.contains("; 0 faults"), "{said}");
    };
    // Most of the time somebody dead holds the project: both engines wait for that side by side.
    std::thread::scope(|scope| {
        scope.spawn(|| on(&[]));
        if let Ok(server) = std::env::var("LAZO_TEST_POSTGRES") {
            on(&["--postgres", &server]);
        }
    });
}

/// A partner is shown with its date and its rows; one whose row came too late stands at the desk with what to do.
#[tokio::test(flavor = "multi_thread")]
async fn m28_the_status_shows_partners_with_their_dates_and_rows() {
    on_both(|url| {
        let merge = Merge::open(url);
        let calendar = "[[partners]]\ncode = \"air\"\nsource = \"hotel\"\nuntil = \"2026-01-15T00:00:00Z\"\n\n\
            [[waves]]\nname = \"single\"";
        merge.change("project.toml", "[[waves]]\nname = \"single\"", calendar);
        merge.to_approved();
        let mapping = "kind = \"changes\"\nsource = \"hotel\"\nprogram = \"uno\"\n\n[fields]\nmember = \"id\"\n\
            transaction = \"tx\"\nchange = { constant = \"spent\" }\nlot = \"lot\"\npoints = \"stars\"\npartner = \"who\"\n";
        std::fs::write(merge.path("air.toml"), mapping).unwrap();
        std::fs::write(merge.path("air.csv"), "id,tx,lot,stars,who\nB-2,1,m1,10,air\n").unwrap();
        merge.fine("ana", &["merge", "catch-up", "air.csv", "--mapping", "air.toml"]);
        let shown = merge.fine("ana", &["merge", "status"]);
        assert!(shown.contains("air for hotel"), "{shown}");
        assert!(shown.contains("0 rows taken in, 1 refused, 0 waiting"), "{shown}");
        let status = merge.status();
        assert_eq!(status["partners"][0]["until"], "2026-01-15T00:00:00Z", "{status}");
        let desk = merge.fine("ana", &["merge", "exceptions"]);
        assert!(desk.contains("partner_cut_off") && desk.contains("[[partners]]"), "{desk}");
    })
    .await;
}

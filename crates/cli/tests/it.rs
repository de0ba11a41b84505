//! The binary as a person uses it: what it prints where, and its exit codes.

#[path = "it/imports.rs"]
mod imports;
#[path = "it/merge.rs"]
mod merge;
#[path = "it/staff.rs"]
mod staff;
#[path = "it/walk.rs"]
mod walk;

use std::path::PathBuf;
use std::process::{Command, Output};

struct Lazo {
    folder: tempfile::TempDir,
}

impl Lazo {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn run(&self, args: &[&str]) -> (i32, String, String) {
        let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_lazo"))
            .args(args)
            .current_dir(self.folder.path())
            .env_clear()
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (status.code().unwrap(), text(stdout), text(stderr))
    }
}

fn example() -> String {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read_to_string(root.join("examples/complete_journey/program.toml")).unwrap()
}

#[test]
fn r52_apply_shows_its_plan_and_is_idempotent_and_export_writes_it_back() {
    let lazo = Lazo::new();
    lazo.file("program.toml", &example());
    let (code, out, err) = lazo.run(&["apply", "--dry-run", "program.toml"]);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    assert!(
        err.starts_with("+ tenant `complete-journey`") && err.ends_with("nothing was changed\n"),
        "{err}"
    );
    let (_, _, first) = lazo.run(&["apply", "program.toml"]);
    assert!(
        first.ends_with("applied\n"),
        "a dry run changes nothing, so all is still to do: {first}"
    );
    assert_eq!(
        lazo.run(&["apply", "program.toml"]),
        (0, String::new(), "nothing to change\n".into())
    );
    let (_, exported, _) = lazo.run(&["export", "config"]);
    lazo.file("exported.toml", &exported);
    assert_eq!(lazo.run(&["apply", "exported.toml"]).2, "nothing to change\n");
}

#[test]
fn r4_two_people_change_a_live_program() {
    let lazo = Lazo::new();
    lazo.file("program.toml", &example());
    lazo.file("doubled.toml", &example().replace("points = 1,", "points = 2,"));
    lazo.run(&["apply", "program.toml", "--as", "ana"]);
    let (_, _, err) = lazo.run(&["apply", "doubled.toml", "--as", "ana"]);
    assert!(err.contains("earning_rules.base.effect.points: 1 → 2"), "{err}");
    assert!(err.contains("lazo programs publish household"), "{err}");
    let (code, _, err) = lazo.run(&["programs", "publish", "household", "--as", "ANA"]);
    assert_eq!(
        (code, err.lines().nth(1)),
        (1, Some("  hint: name the second person with --as NAME"))
    );
    assert_eq!(lazo.run(&["programs", "publish", "household", "--as", "bea"]).0, 0);
    let (_, out, _) = lazo.run(&["programs", "list", "--format", "csv"]);
    let lines: Vec<_> = out.lines().collect();
    assert_eq!(lines[0], "program,version,state,effective_from,author,publisher");
    assert!(
        lines[1].starts_with("household,2,published,20") && lines[1].ends_with(",ana,bea"),
        "{out}"
    );
    assert_eq!(lines[2], "household,1,published,always,ana,ana");
    let (code, _, err) = lazo.run(&["programs", "rollback", "household", "--as", "bea"]);
    assert!(code == 0 && err.starts_with("draft 3 of program `household`"), "{err}");
    assert_eq!(lazo.run(&["programs", "withdraw", "household"]).0, 0);
    assert_eq!(lazo.run(&["programs", "publish", "household", "--as", "ana"]).0, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn i16_verify_names_the_audit_entry_that_somebody_changed() {
    lazo_store::testing::on_both(async |db| {
        let lazo = Lazo::new();
        lazo.file("program.toml", &example());
        let run = |args: &[&str]| lazo.run(&[&["--database", &db.url], args].concat());
        assert_eq!(run(&["apply", "program.toml"]).0, 0);
        for name in ["one", "two"] {
            let made = run(&["keys", "create", "--role", "cashier", "--name", name]);
            assert_eq!(made.0, 0, "{}", made.2);
        }
        let (code, _, err) = run(&["verify"]);
        assert!(code == 0 && err.contains("1 audit log"), "{err}");
        let triggers =
            if db.superuser_url.is_some() { "" } else { "drop trigger audit_entry_no_update;" };
        db.tamper(&format!("{triggers} update audit_entry set actor = 'nobody' where seq = 2"))
            .await;
        let (code, out, _) = run(&["verify", "--format", "csv"]);
        assert_eq!(code, 3);
        let line = out.lines().nth(1).unwrap_or_default();
        assert!(line.starts_with("audit_chain,") && line.contains("audit entry 2"), "{out}");
    })
    .await;
}

#[test]
fn mistakes_are_told_with_file_and_line_and_change_nothing() {
    let lazo = Lazo::new();
    lazo.file("bad.toml", &example().replace("country = \"US\"", "country = \"USA\""));
    let (code, out, err) = lazo.run(&["apply", "bad.toml"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        err.starts_with("bad.toml:7: tenant.country: use the two letters of ISO 3166"),
        "{err}"
    );
    assert!(!lazo.folder.path().join("lazo.db").exists(), "the database was not even opened");
    let (code, _, err) = lazo.run(&["apply", "nowhere.toml"]);
    assert!(code == 2 && err.starts_with("error: nowhere.toml: cannot be read"), "{err}");
    let (code, _, err) = lazo.run(&["--database", "mysql://x", "export", "config"]);
    assert!(code == 1 && err.contains("sqlite://"), "{err}");
    for command in
        [&["export", "config"][..], &["balances"], &["verify"], &["explain", "x"], &["expire"]]
    {
        let (code, _, err) = lazo.run(command);
        assert!(
            code == 1 && err.contains("there is no database") && err.contains("lazo apply FILE"),
            "{err}"
        );
    }
    assert!(!lazo.folder.path().join("lazo.db").exists(), "a mistyped path makes no database");
    assert_eq!(lazo.run(&["frobnicate"]).0, 2);
}

#[test]
fn doctor_hides_passwords_and_says_what_is_wrong() {
    let lazo = Lazo::new();
    let (code, out, _) = lazo.run(&["doctor", "--database", "postgres://me:secret@127.0.0.1:1/x"]);
    assert_eq!(code, 3);
    assert!(out.contains("postgres://me@127.0.0.1:1/x") && !out.contains("secret"), "{out}");
    let (code, out, _) = lazo.run(&["doctor", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &report[0]["state"]), (3, &serde_json::Value::from("ok")));
    assert!(out.contains("there is no database") && out.contains("lazo apply FILE"), "{out}");
    assert!(!lazo.folder.path().join("lazo.db").exists(), "it changes nothing");
    lazo.file("program.toml", &example());
    assert_eq!(lazo.run(&["apply", "--yes", "program.toml"]).0, 0);
    let (code, out, _) = lazo.run(&["doctor"]);
    assert!(code == 0 && !out.contains("PROBLEM"), "{out}");
    assert!(lazo.run(&["doctor", "--settings"]).1.contains("database = \"sqlite://lazo.db\""));
    assert!(lazo.run(&["completions", "bash"]).1.contains("doctor"));
}

/// Three baskets of the example's program, on known instants, through the ledger's door.
async fn sell(lazo: &Lazo) {
    use lazo_domain::event::{Body, Event, Facts, Line, Purchase};
    use lazo_domain::ids::EventId;
    use lazo_domain::time::Timestamp;
    use lazo_server::features::{members, programs, tenants};

    let file = lazo.folder.path().join("lazo.db");
    let db = lazo_store::Db::open(&format!("sqlite://{}", file.display()), Default::default())
        .await
        .unwrap();
    let clock = std::sync::Arc::new(lazo_store::SystemClock);
    let app = lazo_server::App::over(db, clock, "test").await.unwrap();
    let tenant = tenants::store::by_code(&app.db, "complete-journey").await.unwrap().unwrap();
    let program =
        programs::store::by_code(&app.db, tenant.id, "household").await.unwrap().unwrap().id;
    let begin = Timestamp::parse("2017-01-01T00:00:00Z").unwrap();
    let names = ["9".to_owned(), "10".to_owned()];
    let found =
        members::ensure(&app.db, &app.ids, &tenant, program, members::EXTERNAL, &names, begin)
            .await
            .unwrap()
            .found;
    for (name, reference, at, net_minor) in [
        ("9", "B1", "2017-07-06T00:00:00Z", 1_999),
        ("9", "B2", "2017-07-06T00:00:01Z", 350),
        ("10", "B3", "2017-12-31T23:59:59Z", 99),
    ] {
        let at = Timestamp::parse(at).unwrap();
        let line = Line { quantity_milli: 1_000, net_minor, ..Line::default() };
        let event = Event {
            id: EventId(0),
            tenant: tenant.id,
            account: found[name].1,
            program,
            source: "test".into(),
            source_ref: reference.into(),
            effective_at: at,
            recorded_at: at,
            actor: "test".into(),
            import: None,
            body: Body::Purchase(Purchase {
                currency: "USD".into(),
                lines: vec![line],
                ..Purchase::default()
            }),
        };
        app.ledger
            .post_one(lazo_store::Command::One { event, facts: Facts::default() })
            .await
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r93_balances_explain_expire_and_verify_read_one_ledger() {
    let lazo = Lazo::new();
    lazo.file("program.toml", &example());
    lazo.run(&["apply", "program.toml"]);
    sell(&lazo).await;
    // B1 lies exactly 180 days before the instant asked for, so its points are just gone.
    let at = ["balances", "--at", "2018-01-02T00:00:00Z", "--format", "csv"];
    let expected = "member,earned,available\n9,22,3\n10,0,0\n";
    assert_eq!(lazo.run(&at).1, expected);
    let (_, before, _) =
        lazo.run(&["balances", "--at", "2018-01-01T23:59:59.999999Z", "--member", "9"]);
    assert_eq!(before, "member  earned  available\n9           22         22\n");
    assert_eq!(lazo.run(&["balances", "--member", "8"]).0, 1);
    assert_eq!(lazo.run(&["balances", "--point-type", "miles"]).0, 2);
    assert_eq!(lazo.run(&["balances", "--at", "yesterday"]).0, 2);

    let (code, told, err) = lazo.run(&["explain", "B1"]);
    assert_eq!(code, 0, "{err}");
    assert!(told.starts_with("Compra B1, 6 jul 2017, 00:00 (evt_"), "{told}");
    let told = told.replace('\u{a0}', " ");
    assert!(
        told.contains(
            "19 puntos: 19 por 19,99 US$ (1 por cada 1,00 US$, regla «Un punto por dólar»)."
        ),
        "{told}"
    );
    let (_, told, _) = lazo.run(&["explain", "B3", "--lang", "en", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(
        told[0]["details"][0],
        "The rule “A point per dollar” gives nothing: $0.99 is less than $1.00."
    );
    let event = told[0]["event"].as_str().unwrap();
    assert!(lazo.run(&["explain", event, "--lang", "es-MX"]).1.starts_with("Compra B3"));
    assert_eq!(lazo.run(&["explain", "B4"]).0, 1);
    assert_eq!(lazo.run(&["explain", "B3", "--lang", "fr"]).0, 2);

    let (code, _, err) = lazo.run(&["verify"]);
    assert!(code == 0 && err.contains("in order: 3 events"), "{err}");
    assert!(lazo.run(&["expire", "--at", "2018-01-02T00:00:00Z"]).2.contains("for 1 account(s)"));
    assert!(lazo.run(&["expire", "--at", "2018-01-02T00:00:00Z"]).2.contains("for 0 account(s)"));
    assert_eq!(lazo.run(&["expire", "--at", "2999-01-01T00:00:00Z"]).0, 2);
    let (code, out, err) = lazo.run(&["jobs", "run", "--once", "--format", "csv"]);
    assert!(code == 0 && out.starts_with("job,done,fault\nexpiry,1,\n"), "{out}{err}");
    assert_eq!(lazo.run(&at).1, expected, "whether and when jobs ran makes no difference");
    assert_eq!(lazo.run(&["verify", "--quiet"]), (0, String::new(), String::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn q12_a_backup_restores_and_is_never_written_over() {
    let lazo = Lazo::new();
    lazo.file("program.toml", &example());
    assert_eq!(lazo.run(&["apply", "--yes", "program.toml"]).0, 0);
    sell(&lazo).await;
    let (code, out, err) = lazo.run(&["backup", "a.db", "--format", "csv"]);
    assert!(code == 0 && out.contains("a.db") && err.contains("in order"), "{out}{err}");
    let balances = |url: &str| lazo.run(&["balances", "--database", url, "--format", "csv"]).1;
    assert!(balances("sqlite://lazo.db").lines().count() > 1);
    let (code, _, err) = lazo.run(&["backup", "a.db"]);
    assert!(code == 2 && err.contains("already"), "{err}");
    let (code, _, err) = lazo.run(&["restore", "a.db"]);
    assert!(code == 1 && err.contains("already a file lazo.db"), "{err}");
    let (code, _, err) = lazo.run(&["restore", "a.db", "--database", "sqlite://b.db"]);
    assert!(code == 0 && err.contains("restored from a.db"), "{err}");
    assert_eq!(balances("sqlite://b.db"), balances("sqlite://lazo.db"));
    lazo.file("text.db", "no database at all");
    let (code, _, err) = lazo.run(&["restore", "text.db", "--database", "sqlite://c.db"]);
    assert!(code == 1 && err.contains("not a database"), "{err}");
    assert!(!lazo.folder.path().join("c.db").exists());
    let (code, _, err) = lazo.run(&["restore", "a.db", "--at", "2020-01-01T00:00:00Z"]);
    assert!(code == 2 && err.contains("lazo archive"), "{err}");
}

//! The binary as a person uses it: what it prints where, and its exit codes.

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
    let (code, _, err) = lazo.run(&["export", "config"]);
    assert!(code == 1 && err.contains("lazo apply FILE"), "{err}");
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
    assert_eq!((code, &report[0]["state"]), (0, &serde_json::Value::from("ok")));
    assert!(lazo.run(&["doctor", "--settings"]).1.contains("database = \"sqlite://lazo.db\""));
    assert!(lazo.run(&["completions", "bash"]).1.contains("doctor"));
}

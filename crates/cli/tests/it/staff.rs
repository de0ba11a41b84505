//! `lazo staff`: people are added and get a password, which standard input gives and nothing shows again.

use std::io::Write;
use std::process::{Command, Stdio};

use super::{Lazo, example};

fn password(lazo: &Lazo, database: &str, login: &str, typed: &str) -> (i32, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lazo"))
        .args(["--database", database, "staff", "password", login])
        .current_dir(lazo.folder.path())
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Whoever is unknown is refused before anything is read.
    let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
    let done = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (done.status.code().unwrap(), text(done.stdout), text(done.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn r105_somebody_is_added_and_gets_a_password_by_the_command_line() {
    lazo_store::testing::on_both(async |db| {
        let lazo = Lazo::new();
        lazo.file("program.toml", &example());
        let run = |args: &[&str]| lazo.run(&[&["--database", &db.url], args].concat());
        assert_eq!(run(&["apply", "program.toml"]).0, 0);
        let (code, _, err) =
            run(&["staff", "add", "Ana@example.com", "--name", "Ana Gil", "--role", "admin"]);
        assert!(code == 0 && err.contains("lazo staff password ana@example.com"), "{err}");
        let wrong = run(&["staff", "add", "bea@example.com", "--name", "Bea", "--role", "backend"]);
        assert!(wrong.0 == 2 && wrong.2.contains("one of cashier, agent"), "{}", wrong.2);

        let short = password(&lazo, &db.url, "ana@example.com", "eleven char\n");
        assert!(short.0 == 2 && short.2.contains("12 to 200 characters"), "{}", short.2);
        let nobody = password(&lazo, &db.url, "eva@example.com", "a long enough password\n");
        assert!(nobody.0 == 1 && nobody.2.contains("nobody signs in as"), "{}", nobody.2);
        let (code, out, err) =
            password(&lazo, &db.url, "ANA@example.com", "a long enough password\n");
        assert_eq!(code, 0, "{err}");
        assert!(out.contains("otpauth://totp/Lazo:ana%40example.com?secret="), "{out}");
        assert!(!format!("{out}{err}").contains("a long enough"), "{out}{err}");

        let (_, list, _) = run(&["staff", "list", "--format", "csv"]);
        let line = list.lines().nth(1).unwrap_or_default();
        assert!(line.ends_with("ana@example.com,Ana Gil,admin,yes"), "{list}");
        let (code, _, err) = run(&["verify"]);
        assert!(code == 0 && err.contains("1 audit log"), "{err}");
    })
    .await;
}

#[test]
fn r54_brand_check_names_what_cannot_be_read_and_what_to_write_instead() {
    let lazo = Lazo::new();
    let good = include_str!("../../../../demo/aurora.toml");
    lazo.file("good.toml", good);
    let (code, out, err) = lazo.run(&["brand", "check", "good.toml"]);
    assert!(
        code == 0 && out.is_empty() && err.contains("1 brand(s) checked: 0 finding(s)"),
        "{out}{err}"
    );
    lazo.file("bad.toml", &good.replace("muted = \"#56645b\"", "muted = \"#c6c4bb\""));
    let (code, out, _) = lazo.run(&["brand", "check", "bad.toml", "--format", "csv"]);
    assert_eq!(code, 3, "{out}");
    let line = out.lines().nth(1).unwrap_or_default();
    assert!(line.starts_with("aurora,/light/muted,") && line.contains("4.50 are needed"), "{out}");
    let mend = line.rsplit(',').next().unwrap_or_default();
    lazo.file("mended.toml", &good.replace("muted = \"#56645b\"", &format!("muted = \"{mend}\"")));
    assert_eq!(lazo.run(&["brand", "check", "mended.toml"]).0, 0, "{mend}");
    assert_eq!(lazo.run(&["brand", "check", "nowhere.toml"]).0, 2);
}

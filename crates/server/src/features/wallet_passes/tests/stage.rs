//! An installation with wallets: certificates and keys made by the `openssl` command, and a club with a ladder.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use lazo_store::Clock as _;
use lazo_store::testing::TestDb;

use crate::api::bench::{Bench, SHOP};
use crate::config::Config;
use crate::features::wallet_passes::{Wallet, jobs};
use crate::http::Limits;
use crate::jobs::{Stop, Turn};

/// The name of the tests' kind of pass.
pub const PASS_TYPE: &str = "pass.com.example.club";

/// The shop with portals, a kit and a ladder.
pub fn document() -> String {
    let mark = r##"mark = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="12" fill="#f5821f"/></svg>'"##;
    let brand = format!(
        "name = \"Corner\"\nsite = \"CODE\"\n\n[brands.kit]\ntone = \"tu\"\n{mark}\n\n[brands.kit.light]\ncard = \"#123456\"\n"
    );
    let shop = SHOP.replace("name = \"Corner\"\n", &brand);
    let shop = shop.replace(
        "code = \"points\"\n",
        "code = \"points\"\nname = { es = \"Puntos\", en = \"Points\" }\n",
    );
    shop + r#"
[[programs.tier_groups]]
code = "level"
name = { es = "Nivel", en = "Level" }
measure = { points = "points" }
window = "calendar_year"
tiers = [
  { code = "silver", name = { es = "Plata", en = "Silver" }, threshold = 20 },
]
"#
}

/// Runs `openssl` in a folder; what it says when it succeeds.
pub fn openssl(folder: &Path, arguments: &str) -> Result<String, String> {
    let done = Command::new("openssl")
        .args(arguments.split(' '))
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("openssl is missing; hint: apt-get install openssl");
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let wrong = String::from_utf8_lossy(&done.stderr).into_owned();
    if done.status.success() { Ok(said + &wrong) } else { Err(wrong) }
}

/// A root, a certificate between, and one for passes, each with its key, as files.
pub fn authority() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &str| openssl(folder.path(), arguments).unwrap();
    run("req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -subj /CN=Root -days 30");
    for (name, above) in [("between", "root"), ("pass", "between")] {
        let subject = if name == "pass" {
            format!("/UID={PASS_TYPE}/CN=Pass")
        } else {
            "/CN=Between".to_owned()
        };
        std::fs::write(folder.path().join("between.ext"), "basicConstraints=critical,CA:TRUE\n")
            .unwrap();
        std::fs::write(folder.path().join("pass.ext"), "keyUsage=critical,digitalSignature\n")
            .unwrap();
        run(&format!(
            "req -new -newkey rsa:2048 -nodes -keyout {name}.key -out {name}.csr -subj {subject}"
        ));
        run(&format!(
            "x509 -req -in {name}.csr -CA {above}.pem -CAkey {above}.key -CAcreateserial -days 30 -extfile {name}.ext -out {name}.pem"
        ));
    }
    folder
}

/// Settings as an operator gives them.
pub fn config(settings: &[(&str, &str)]) -> Config {
    let named = |(name, value): &(&str, &str)| {
        (format!("LAZO_{}", name.to_uppercase()), (*value).to_owned())
    };
    Config::load(None, settings.iter().map(named)).unwrap()
}

/// The settings of Apple's wallet with files of `folder`.
pub fn apple(folder: &Path, push: &str) -> Config {
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    config(&[
        ("wallet_apple_pass_type", PASS_TYPE),
        ("wallet_apple_team", "TEAM123456"),
        ("wallet_apple_certificate", &path("pass.pem")),
        ("wallet_apple_key", &path("pass.key")),
        ("wallet_apple_between", &path("between.pem")),
        ("wallet_apple_push", push),
    ])
}

/// The installation with the wallets of `config`.
pub async fn open(test: &TestDb, config: &Config) -> Bench {
    let wallet = Wallet::of(config);
    assert_eq!(wallet.faults, []);
    let bench = Bench::with(test, &document(), Limits::default()).await;
    bench.changed(|parts| {
        parts.wallet = Arc::new(wallet);
        parts.faces.public_url = "https://club.example.com".to_owned();
    })
}

/// Runs the jobs until nothing is left to do.
pub async fn run_jobs(bench: &Bench) {
    for job in jobs(&bench.app) {
        let (_stopper, stop) = Stop::new();
        while (job.work)(Turn { now: bench.clock.now(), stop: stop.clone() }).await.unwrap().more {}
    }
}

/// Unpacks the files of a pass below `folder`; answers how many there are.
pub fn unpacked(folder: &Path, octets: &[u8]) -> usize {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(octets)).unwrap();
    zip.extract(folder).unwrap();
    zip.len()
}

//! Apple's file: what it says, in whose words, and whether its hashes and its signature hold for somebody else's tools.

use lazo_store::testing::TestDb;
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use super::stage::{PASS_TYPE, apple, authority, config, document, open, openssl, unpacked};
use crate::api::bench::Bench;
use crate::features::wallet_passes::Wallet;
use crate::http::Limits;

#[tokio::test(flavor = "multi_thread")]
async fn r118_a_wallet_pass_is_whole_signed_and_in_the_brands_words() {
    let test = TestDb::sqlite().await;
    let files = authority();
    let bench = open(&test, &apple(files.path(), "")).await;
    bench.sell(0, "t-1", 2_500).await;
    let names = format!("/members/{}/identifiers", bench.members[0].id);
    bench.make("agent", &names, json!({ "scheme": "card", "value": "84000123" })).await;
    let visitor = bench.visitor(0, "one").await;
    let card = bench.browse(&visitor, "/portal/one/card", None).await;
    let page = String::from_utf8(card.octets).unwrap();
    assert!(
        page.contains("/portal/one/card/apple.pkpass") && page.contains("Añadir a Apple Wallet")
    );
    assert!(!page.contains("/card/google"), "nobody set Google up");
    let given = bench.browse(&visitor, "/portal/one/card/apple.pkpass", None).await;
    assert_eq!(given.status, 200, "{}", given.body);
    assert_eq!(given.headers["content-type"], "application/vnd.apple.pkpass");
    assert_eq!(given.headers["last-modified"], "Mon, 02 Nov 2026 09:00:00 GMT");

    let folder = tempfile::tempdir().unwrap();
    let files_of_pass = unpacked(folder.path(), &given.octets);
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    let manifest: Value = serde_json::from_slice(&read("manifest.json")).unwrap();
    let hashed = manifest.as_object().unwrap();
    assert_eq!(hashed.len() + 2, files_of_pass, "everything but the manifest and its signature");
    for (name, hash) in hashed {
        let own: String = Sha1::digest(read(name)).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hash, &json!(own), "{name}");
    }
    let verify = "cms -verify -binary -inform DER -in signature -content manifest.json -purpose any -out verified -CAfile ";
    let verify = format!("{verify}{}", files.path().join("root.pem").display());
    openssl(folder.path(), &verify).expect("OpenSSL verifies it");
    let told =
        openssl(folder.path(), "cms -cmsout -print -inform DER -in signature -noout").unwrap();
    assert!(told.contains("signingTime") && told.contains("Nov  2 09:00:00 2026 GMT"), "{told}");
    std::fs::write(folder.path().join("manifest.json"), "{}").unwrap();
    openssl(folder.path(), &verify).expect_err("another manifest was not signed");

    let pass: Value = serde_json::from_slice(&read("pass.json")).unwrap();
    assert_eq!(pass["passTypeIdentifier"], PASS_TYPE);
    assert_eq!(pass["teamIdentifier"], "TEAM123456");
    assert_eq!(pass["organizationName"], "Corner");
    assert_eq!(pass["backgroundColor"], "rgb(18, 52, 86)");
    assert_eq!(pass["webServiceURL"], "https://club.example.com/api/v1/wallet");
    assert_eq!(pass["storeCard"]["primaryFields"][0]["value"], 25);
    assert_eq!(pass["storeCard"]["secondaryFields"][0]["value"], "tier-name");
    let strings = |language: &str| {
        String::from_utf8(read(&format!("{language}.lproj/pass.strings"))).unwrap()
    };
    assert!(strings("es").contains("\"points\" = \"Puntos\";\n"), "{}", strings("es"));
    assert!(strings("es").contains("\"tier-name\" = \"Plata\";\n"));
    assert!(strings("en").contains("\"change\" = \"Your balance is now %@\";\n"));
    assert!(strings("en").contains("\"tier-name\" = \"Silver\";\n"));
    for (name, side) in [("icon.png", 29_u32), ("logo@3x.png", 150)] {
        let png = read(name);
        assert_eq!((&png[1..4], &png[16..20]), (&b"PNG"[..], &side.to_be_bytes()[..]), "{name}");
    }
    // The till reads what the pass shows.
    assert_eq!(pass["barcodes"][0]["message"], "84000123");
    let scanned = json!({ "member": "ext:card:84000123" });
    let found = bench.ask("cashier", "POST", "/pos/identify", Some(scanned)).await;
    assert_eq!((found.status, &found.body["member"]), (200, &json!(bench.members[0].id)));
}

#[tokio::test(flavor = "multi_thread")]
async fn r118_a_wallet_pass_is_offered_only_where_its_settings_hold() {
    let test = TestDb::sqlite().await;
    let bench = Bench::with(&test, &document(), Limits::default()).await;
    let visitor = bench.visitor(0, "one").await;
    let card = bench.browse(&visitor, "/portal/one/card", None).await;
    assert!(!String::from_utf8(card.octets).unwrap().contains("Wallet"));
    assert_eq!(bench.browse(&visitor, "/portal/one/card/apple.pkpass", None).await.status, 404);
    assert_eq!(bench.browse(&visitor, "/portal/one/card/google", None).await.status, 404);

    let files = authority();
    let mut wrong = apple(files.path(), "");
    wrong.wallet_apple_key = files.path().join("root.key").to_str().unwrap().to_owned();
    let told =
        |config| Wallet::of(&config).faults.iter().map(ToString::to_string).collect::<Vec<_>>();
    let not_its = "wallet_apple_certificate: the key is not the certificate's";
    assert_eq!(told(wrong), [not_its]);
    assert_eq!(
        told(config(&[("wallet_apple_pass_type", PASS_TYPE)])),
        ["wallet_apple_certificate: name the file"]
    );
    assert_eq!(
        told(apple(files.path(), "http://push.example.com")),
        ["wallet_apple_push: the address must begin with https://"]
    );
    assert_eq!(told(config(&[])), Vec::<String>::new());
}

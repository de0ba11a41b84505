//! A member's own choices in a real browser: the planner, consents, another address with its cool-down, the app without a
//! network, the file of everything, and the way out for good.

use lazo_store::testing::TestDb;
use serde_json::json;

use super::super::browser::Browser;
use super::House;
use crate::features::audit;
use crate::features::members::{self, EMAIL};
use crate::features::sessions::Whose;

/// A member with 180 points who is signed in.
async fn lucia(house: &House, browser: &Browser) -> members::Member {
    let lucia = house.member("lucia@example.com").await;
    super::super::bench::buy(&house.app, &lucia, "r-1", 8_000).await;
    let whose = Whose::Member { tenant: lucia.tenant, member: lucia.id, account: lucia.account };
    browser.go(&house.link(whose, "/portal/aurora").await).await;
    lucia
}

#[tokio::test(flavor = "multi_thread")]
async fn r111_a_tier_is_planned_and_consents_are_given_and_kept() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let browser = Browser::open("es-ES", 360, 800).await;
    let lucia = lucia(&house, &browser).await;
    browser.go(&format!("{}/portal/aurora/tier", house.base)).await;
    browser.click("main a.act.second").await;
    let told = browser.text().await;
    // 300 for silver, 80 are there; her usual purchase is one of 80 €: three more of them.
    assert!(told.contains("te faltan 220") && told.contains("3 compras de 80,00\u{a0}€"), "{told}");
    browser.run("document.querySelector('#by').value = '2026-03-02'", json!([])).await;
    browser.click("main form button").await;
    let told = browser.text().await;
    assert!(told.contains("1 compra de 220,00\u{a0}€"), "{told}");

    browser.go(&format!("{}/portal/aurora/me/consents", house.base)).await;
    let ticked = "return [...document.querySelectorAll('main input:checked')].map(box => box.name)";
    assert_eq!(browser.run(ticked, json!([])).await, json!([]));
    browser.click("#offers-email").await;
    browser.click("main form button.act").await;
    assert!(browser.text().await.contains("Guardado."));
    assert_eq!(browser.run(ticked, json!([])).await, json!(["offers-email"]));
    let log = audit::store::page(&house.app.db, lucia.tenant, i64::MAX, 3).await.unwrap();
    assert_eq!(log[0].action, "consents.changed");
    assert!(log[0].detail.contains("offers/email=true"), "{}", log[0].detail);
}

#[tokio::test(flavor = "multi_thread")]
async fn r105_another_address_is_proven_twice_tells_the_old_one_and_cools_down() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let browser = Browser::open("es-ES", 360, 800).await;
    let lucia = lucia(&house, &browser).await;
    // The link has just proven who she is; a while later it has not.
    let later = house.app.clock.now();
    house.clock.advance(3_600 * 1_000_000);
    assert!(house.app.clock.now() > later);
    browser.go(&format!("{}/portal/aurora/me/email", house.base)).await;
    assert!(browser.text().await.contains("Confirma que eres tú"));
    browser.type_into("#code", &house.code(1).await).await;
    browser.click("main form button.act").await;
    browser.type_into("#email", "nueva@example.com").await;
    browser.click("main form button.act").await;
    browser.type_into("#code", &house.code(2).await).await;
    browser.click("main form button.act").await;
    let told = browser.text().await;
    assert!(told.contains("nueva@example.com") && !told.contains("lucia@example.com"), "{told}");
    assert!(told.contains("Durante un día no podrás canjear"), "{told}");
    house.letters(3).await;
    let letters = house.sink.letters();
    assert_eq!(letters[0].to, ["lucia@example.com"], "the old address is told");
    browser.go(&format!("{}/portal/aurora/rewards/aurora-puntos/coffee", house.base)).await;
    browser.click("main form button").await;
    assert!(
        browser.text().await.contains("Un día de pausa por seguridad"),
        "{}",
        browser.text().await
    );
    house.clock.advance(25 * 3_600 * 1_000_000);
    browser.go(&format!("{}/portal/aurora/rewards/aurora-puntos/coffee", house.base)).await;
    browser.click("main form button").await;
    assert!(browser.text().await.contains("Hemos apartado 150 puntos"));
    let books = house.app.ledger.books();
    assert_eq!(books.redemptions(lucia.tenant, lucia.account, None, 5).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn r118_the_card_is_there_without_a_network_and_gone_with_the_session() {
    let test = TestDb::sqlite().await;
    let mut house = House::open(&test).await;
    let browser = Browser::open("es-ES", 360, 800).await;
    let lucia = lucia(&house, &browser).await;
    let home = format!("{}/portal/aurora", house.base);
    let kept = "const done = arguments[0]; navigator.serviceWorker.ready
        .then(async () => { for (let i = 0; i < 100; i++) {
            const there = await caches.match('/portal/aurora/card'); if (Boolean(there) === WANTED) return done(true);
            await new Promise(next => setTimeout(next, 100)); } done(false); })";
    assert_eq!(
        browser.run_until_told(&kept.replace("WANTED", "true"), json!([])).await,
        json!(true)
    );
    let manifest = house.client().get(format!("{home}/app.webmanifest")).send().await.unwrap();
    let manifest: serde_json::Value = manifest.json().await.unwrap();
    assert_eq!(
        (&manifest["name"], &manifest["scope"]),
        (&json!("Aurora"), &json!("/portal/aurora"))
    );
    browser.go(&format!("{home}/me")).await;
    browser.click("form[action$='/sign-out'] button").await;
    assert_eq!(
        browser.run_until_told(&kept.replace("WANTED", "false"), json!([])).await,
        json!(true)
    );
    let whose = Whose::Member { tenant: lucia.tenant, member: lucia.id, account: lucia.account };
    browser.go(&house.link(whose, "/portal/aurora").await).await;
    assert_eq!(
        browser.run_until_told(&kept.replace("WANTED", "true"), json!([])).await,
        json!(true)
    );
    // The whole server is gone, once it has answered who was connected.
    drop(house.stop.take());
    let mut told = String::new();
    for _ in 0..60 {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        browser.go(&home).await;
        told = browser.text().await;
        if told.contains("Saldo a ") {
            break;
        }
    }
    assert!(told.contains("180") && told.contains("Saldo a "), "{told}");
    assert!(told.contains(&lucia.id.to_string()), "the barcode's number: {told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_kept_of_somebody_is_taken_along_and_erased() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let browser = Browser::open("en", 1280, 900).await;
    let lucia = lucia(&house, &browser).await;
    let take = "const done = arguments[0]; fetch('/portal/aurora/me/data.json').then(a => a.json()).then(done)";
    let data = browser.run_until_told(take, json!([])).await;
    assert_eq!(data["identifiers"], json!([{ "scheme": "email", "value": "lucia@example.com" }]));
    assert_eq!(
        (&data["balances"][0]["available"], &data["movements_complete"]),
        (&json!(180), &json!(true))
    );
    let csv = take.replace("/me/data.json", "/points.csv").replace("a.json()", "a.text()");
    let csv = browser.run_until_told(&csv, json!([])).await;
    let lines: Vec<&str> = csv.as_str().unwrap().lines().collect();
    assert_eq!((lines.len(), lines[0]), (2, "Day,Movement,Points,Why"));
    assert!(lines[1].starts_with("2026-03-01,") && lines[1].contains(",180,"), "{}", lines[1]);

    browser.go(&format!("{}/portal/aurora/me/leave", house.base)).await;
    assert!(browser.text().await.contains("You lose 180 points"), "{}", browser.text().await);
    browser.click("main form button.act.danger").await;
    assert!(browser.text().await.contains("Tick the box to go on."));
    browser.click("#sure").await;
    browser.click("main form button.act.danger").await;
    assert!(browser.text().await.contains("We keep none of your data any more"));
    let name = (lucia.tenant, EMAIL.to_owned(), "lucia@example.com".to_owned());
    assert!(house.app.lookups.identifiers.get(name).await.unwrap().is_none());
    let books = house.app.ledger.books();
    let account = books.account(lucia.tenant, lucia.account).await.unwrap().unwrap();
    assert_eq!(account.balances.values().map(|b| b.available.0).max(), Some(180), "the books stay");
    browser.go(&format!("{}/portal/aurora/me", house.base)).await;
    assert_eq!(browser.url().await, format!("{}/portal/aurora/sign-in", house.base));
}

//! A walk over the partner's desk in Chromium: a form answered by the client, a change asked for, agreed and released.

use lazo_domain::ids::StaffId;
use lazo_store::testing::TestDb;
use serde_json::json;

use super::super::browser::Browser;
use super::House;
use crate::features::sessions::Whose;
use crate::http::Role;

async fn type_anew(browser: &Browser, css: &str, text: &str) {
    browser.run("document.querySelector(arguments[0]).value = ''", json!([css])).await;
    browser.type_into(css, text).await;
}

async fn choose(browser: &Browser, css: &str, value: &str) {
    browser
        .run("document.querySelector(arguments[0]).value = arguments[1]", json!([css, value]))
        .await;
}

async fn as_somebody(house: &House, browser: &Browser, who: StaffId) {
    browser.go(&house.link(Whose::Staff(who), "/console").await).await;
}

/// The one thread through discovery, alignment and a change request, in the console alone.
#[tokio::test(flavor = "multi_thread")]
async fn r18_r30_r39_a_client_is_asked_agrees_and_gets_its_change() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let marta = house.staff("marta@example.com", &[Role::ProgramManager]).await;
    let jorge = house.staff("jorge@example.com", &[Role::Finance]).await;
    let carla = house.staff("carla@example.com", &[Role::ProgramManager]).await;
    let browser = Browser::open("en", 1280, 900).await;
    let at = |path: &str| format!("{}{path}", house.base);

    // The agency sends a form; somebody without a desk answers it, and once only.
    as_somebody(&house, &browser, carla).await;
    browser.go(&at("/console/discovery")).await;
    browser.click("form[action$='/form/competitors'] button").await;
    let told = browser.run("return document.querySelector('main code').innerText", json!([])).await;
    let link = at(told.as_str().unwrap());
    let client = Browser::open("en", 360, 800).await;
    client.go(&link).await;
    for (field, text) in [
        ("#answered_by", "Jorge"),
        ("#name", "Coalition"),
        ("#offer", "Points"),
        ("#currency", "COP"),
        ("#points", "1"),
        ("#per_spend", "700"),
        ("#point_worth", "7"),
        ("#found_where", "Their terms"),
    ] {
        client.type_into(field, text).await;
    }
    choose(&client, "#checked_on", "2026-02-20").await;
    client.click("main form button").await;
    assert!(client.text().await.contains("Thank you"), "{}", client.text().await);
    client.go(&link).await;
    assert!(!client.text().await.contains("Coalition"), "a form answers once");
    browser.go(&at("/console/discovery/competitors")).await;
    let told = browser.text().await;
    assert!(told.contains("Coalition") && told.contains("1.00\u{a0}%"), "{told}");

    // Two functions get their people.
    for (function, login) in [("finance", "jorge@example.com"), ("marketing", "marta@example.com")]
    {
        browser.go(&at("/console/registers/stakeholders/new")).await;
        browser.type_into("#name", login).await;
        choose(&browser, "#function", function).await;
        browser.type_into("#influence", "3").await;
        browser.type_into("#login", login).await;
        browser.click("main form button.act").await;
    }
    assert!(browser.text().await.contains("jorge@example.com"));

    // The program manager asks for a change, writes it, and its impact is computed.
    as_somebody(&house, &browser, marta).await;
    browser.go(&at("/console/requests/new")).await;
    browser.type_into("#title", "Two points for a euro").await;
    browser.click("main form button.act").await;
    let request = browser.url().await;
    browser.go(&at("/console/programs/aurora-puntos/rules/base")).await;
    type_anew(&browser, "#points", "2").await;
    browser.click("main form button.act").await;
    browser.go(&request).await;
    browser.click("form[action$='/draft'] button").await;
    let told = browser.text().await;
    assert!(told.contains("earning_rules.base.effect.points: 1 → 2"), "{told}");
    assert!(told.contains("Merchandising") && !told.contains("Release the change"), "{told}");

    // Whoever speaks for a function says yes there, and only there; nobody speaks for merchandising yet, and a colleague
    // says that Carla does.
    as_somebody(&house, &browser, jorge).await;
    browser.go(&at("/console/registers/stakeholders/new")).await;
    browser.type_into("#name", "Carla").await;
    choose(&browser, "#function", "merchandising").await;
    browser.type_into("#influence", "1").await;
    browser.type_into("#login", "carla@example.com").await;
    browser.click("main form button.act").await;
    for who in [marta, jorge, carla] {
        as_somebody(&house, &browser, who).await;
        browser.go(&request).await;
        let forms =
            browser.run("return document.querySelectorAll('form.decide').length", json!([])).await;
        assert_eq!(forms, 1, "one function each");
        browser.click("form.decide button.act").await;
    }
    browser.click("form[action$='/release'] button").await;
    browser.click("form[action$='/measure'] button").await;
    let told = browser.text().await;
    assert!(told.contains("Measured") && told.contains("What it did"), "{told}");
    browser.go(&at("/console/programs/aurora-puntos")).await;
    assert!(browser.text().await.contains("Live: version 2"));
    // Each signed by saying yes; the sheet of the live version shows it.
    browser.go(&at("/console/alignment")).await;
    let told = browser.text().await;
    assert!(told.contains("Sign-off: Aurora Points, live version 2"), "{told}");
    assert_eq!(told.matches("Signed").count(), 3, "{told}");
}

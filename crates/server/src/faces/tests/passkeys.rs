//! Passkeys in a real browser with an authenticator of its own: made after proving to be it, then enough to sign in.

use lazo_store::testing::{TestDb, on_both};
use serde_json::json;

use super::super::browser::Browser;
use super::House;
use super::visitor::Visitor;
use crate::features::audit;
use crate::features::sessions::Whose;
use crate::features::sessions::passkeys::store;
use crate::features::sessions::passwords::{self, Factor};
use crate::http::Role;
use crate::testing::until;

/// Passkeys belong to a name, never to a number such as 127.0.0.1.
fn named(address: &str) -> String {
    address.replace("127.0.0.1", "localhost")
}

async fn with_authenticator(browser: &Browser) {
    let device = json!({ "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
        "hasUserVerification": true, "isUserVerified": true });
    browser.ask("POST", "/webauthn/authenticator", Some(device)).await;
}

async fn told(browser: &Browser, words: &str) {
    until(async || browser.text().await.contains(words)).await;
    assert!(browser.text().await.contains(words), "{words}: {}", browser.text().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn r105_a_member_adds_a_passkey_and_signs_in_with_nothing_else() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let eva = house.member("eva@example.com").await;
    let whose = Whose::Member { tenant: eva.tenant, member: eva.id, account: eva.account };
    let browser = Browser::open("en", 360, 800).await;
    with_authenticator(&browser).await;
    browser.go(&named(&house.link(whose, "/portal/aurora").await)).await;
    browser.go(&named(&format!("{}/portal/aurora/me/passkeys", house.base))).await;
    told(&browser, "There is none yet").await;
    browser.click("form[data-passkey=create] button.act").await;
    told(&browser, "The passkey was added").await;
    assert_eq!(store::of(&test.db, whose).await.unwrap().len(), 1);
    browser.go(&named(&format!("{}/portal/aurora/me", house.base))).await;
    browser.click("main form[action$='/sign-out'] button").await;
    told(&browser, "Sign in").await;
    browser.click("form[data-passkey=get] button.act").await;
    until(async || browser.url().await.ends_with("/portal/aurora")).await;
    told(&browser, "points").await;
    assert!(store::of(&test.db, whose).await.unwrap()[0].used_at.is_some());

    // Another brand's portal knows nothing of it, and whoever removed it signs in another way.
    browser.go(&named(&format!("{}/portal/brisa/sign-in", house.base))).await;
    browser.click("form[data-passkey=get] button.act").await;
    told(&browser, "not known here").await;
    browser.go(&named(&format!("{}/portal/aurora/me/passkeys", house.base))).await;
    browser.click("main ul.rows form.inline button").await;
    told(&browser, "There is none yet").await;
    browser.go(&named(&format!("{}/portal/aurora/me", house.base))).await;
    browser.click("main form[action$='/sign-out'] button").await;
    told(&browser, "Sign in").await;
    browser.click("form[data-passkey=get] button.act").await;
    told(&browser, "not known here").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r105_staff_adds_a_passkey_after_the_password_and_a_reset_takes_it_away() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let marta = house.staff("marta@example.com", &[Role::ProgramManager]).await;
    let (app, now) = (&house.app, house.app.clock.now());
    let set = async |factor| {
        let password = "a long enough password";
        let entropy = app.entropy.as_ref();
        passwords::set(&app.db, entropy, (marta, factor), password, "cli", now).await.unwrap()
    };
    let totp = set(Factor::New).await.unwrap();
    let browser = Browser::open("en", 1280, 900).await;
    with_authenticator(&browser).await;
    browser.go(&named(&house.link(Whose::Staff(marta), "/console").await)).await;
    // An hour later the session alone is not enough.
    house.clock.advance(3_600_000_000);
    browser.go(&named(&format!("{}/console/me/passkeys", house.base))).await;
    browser.type_into("#password", "a long enough password").await;
    let code = passwords::code_at(&totp, app.clock.now());
    browser.type_into("#code", &code).await;
    browser.click("main form button.act").await;
    browser.click("form[data-passkey=create] button.act").await;
    told(&browser, "The passkey was added").await;
    browser.go(&named(&format!("{}/console/me", house.base))).await;
    browser.click("form[action='/console/sign-out'] button").await;
    browser.go(&named(&format!("{}/console/sign-in", house.base))).await;
    browser.click("form[data-passkey=get] button.act").await;
    until(async || browser.url().await.ends_with("/console")).await;
    let tenant = house.tenant("aurora").await.id;
    let log = audit::store::page(&app.db, tenant, i64::MAX, 10).await.unwrap();
    assert!(log.iter().any(|entry| entry.action == "staff.passkey_added"));
    // Somebody else sets a new password and a new factor: whatever was left behind opens nothing.
    set(Factor::New).await;
    assert!(store::of(&app.db, Whose::Staff(marta)).await.unwrap().is_empty());
    browser.go(&named(&format!("{}/console/sign-in", house.base))).await;
    browser.click("form[data-passkey=get] button.act").await;
    told(&browser, "not known here").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r105_a_passkeys_page_asks_for_a_proof_and_made_up_answers_open_nothing() {
    on_both(async |test| {
        let house = House::open(test).await;
        let eva = house.member("eva@example.com").await;
        let own = Visitor::member(&house, &eva).await;
        house.clock.advance(3_600_000_000);
        let (status, place) =
            own.send("/portal/aurora/me", "/portal/aurora/me/passkeys/add", "client=e30").await;
        assert_eq!((status, place.as_str()), (303, "/portal/aurora/me/prove/passkeys"));
        let guest = house.client();
        for path in ["/portal/aurora", "/console"] {
            let asked =
                guest.get(format!("{}{path}/passkey.json", house.base)).send().await.unwrap();
            let asked: serde_json::Value = asked.json().await.unwrap();
            assert_eq!(asked["challenge"].as_str().unwrap().len(), 43);
            for body in ["", "client=e30", "client=!!!&credential=AA&authenticator=AA&signature=AA"]
            {
                let sent = house.send(&format!("{path}/passkey"), "", body).await;
                let place = sent.headers()["location"].to_str().unwrap().to_owned();
                assert!(place.ends_with("/sign-in?passkey"), "{place}");
                assert!(!sent.headers().contains_key("set-cookie"));
            }
        }
        // A challenge is good once, for five minutes.
        let hash = [7; 32];
        let later = |s: i64| crate::testing::NOON.plus_micros(s * 1_000_000);
        store::put_challenge(&test.db, &hash, None, later(300), later(0)).await.unwrap();
        assert_eq!(store::take_challenge(&test.db, &hash, later(300)).await.unwrap(), None);
        assert_eq!(store::take_challenge(&test.db, &hash, later(299)).await.unwrap(), Some(None));
        assert_eq!(store::take_challenge(&test.db, &hash, later(1)).await.unwrap(), None);
    })
    .await;
}

//! Somebody of the staff at the console's own page: a first password with its second factor, and a change of it.

use data_encoding::BASE32_NOPAD;
use lazo_store::testing::{TestDb, on_both};
use reqwest::header::LOCATION;

use super::super::browser::Browser;
use super::{House, cookies};
use crate::features::audit;
use crate::features::sessions::Whose;
use crate::features::sessions::passwords::{self, Factor, PasswordRefusal};
use crate::http::Role;

#[tokio::test(flavor = "multi_thread")]
async fn r105_a_new_password_is_long_enough_ends_every_session_and_is_in_the_audit_log() {
    on_both(async |test| {
        let house = House::open(test).await;
        let (app, now) = (&house.app, house.app.clock.now());
        let marta = house.staff("marta@example.com", &[Role::ProgramManager]).await;
        let set = async |factor, password: &str| {
            passwords::set(&app.db, app.entropy.as_ref(), (marta, factor), password, "cli", now)
                .await
        };
        for wrong in ["eleven char".to_owned(), "x".repeat(201)] {
            let refused = set(Factor::New, &wrong).await;
            assert!(matches!(refused, Err(PasswordRefusal::Length)), "{}", wrong.len());
        }
        let none = set(Factor::Same, "a long enough password").await;
        assert!(matches!(none, Err(PasswordRefusal::Nobody)), "there is no factor to keep");
        // Twelve letters of more than one octet are twelve characters.
        let totp = set(Factor::New, "ñandúñandúño").await.unwrap().unwrap();

        let link = house.link(Whose::Staff(marta), "/console").await;
        let session = cookies(&house.client().get(&link).send().await.unwrap());
        let other = house.link(Whose::Staff(marta), "/console").await;
        let open = async || {
            let page = house.client().get(format!("{}/console/programs", house.base));
            page.header("cookie", &session).send().await.unwrap().status().as_u16()
        };
        assert_eq!(open().await, 200);
        assert_eq!(set(Factor::Same, "another long password").await.unwrap(), None);
        assert_eq!(open().await, 303, "the session is over");
        let late = house.client().get(&other).send().await.unwrap();
        assert_eq!(late.status(), 404, "and so is the link that would begin one");
        let body = format!(
            "login=marta@example.com&password=another+long+password&code={}",
            passwords::code_at(&totp, now)
        );
        let sent = house.send("/console/sign-in", "", &body).await;
        assert_eq!(sent.headers()[LOCATION], "/console", "the second factor stayed");

        let tenant = house.tenant("aurora").await.id;
        let log = audit::store::page(&app.db, tenant, i64::MAX, 10).await.unwrap();
        let told: Vec<_> =
            log.iter().filter(|e| e.action == "staff.password_set").map(|e| &e.detail).collect();
        assert_eq!(told, [r#"{"second_factor":false}"#, r#"{"second_factor":true}"#]);
        assert_eq!(audit::verify(&app.db, tenant).await.unwrap(), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r105_a_person_chooses_a_password_learns_the_second_factor_and_changes_it() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let (app, now) = (&house.app, house.app.clock.now());
    let marta = house.staff("marta@example.com", &[Role::ProgramManager]).await;
    let browser = Browser::open("en", 1280, 900).await;
    browser.go(&house.link(Whose::Staff(marta), "/console").await).await;
    browser.go(&format!("{}/console/me", house.base)).await;
    let form = "form[action='/console/me/password']";
    let fill = async |fields: &[(&str, &str)]| {
        for (name, text) in fields {
            browser.type_into(&format!("{form} [name={name}]"), text).await;
        }
        browser.click(&format!("{form} button")).await;
    };
    fill(&[("new", "correct horse battery"), ("again", "correct horse batterz")]).await;
    assert!(browser.text().await.contains("Differs from the new one."));
    fill(&[("new", "correct horse battery"), ("again", "correct horse battery")]).await;
    let told = browser.text().await;
    assert!(told.contains("The second factor"), "{told}");
    let words = told.lines().find(|line| {
        line.len() > 30
            && line.bytes().all(|b| b == b' ' || b.is_ascii_uppercase() || b.is_ascii_digit())
    });
    let totp = BASE32_NOPAD.decode(words.unwrap().replace(' ', "").as_bytes()).unwrap();
    assert_eq!(totp.len(), 20);

    browser.go(&format!("{}/console/me", house.base)).await;
    let code = passwords::code_at(&totp, now);
    let new = "staple the other horse";
    fill(&[("password", "wrong horse battery"), ("code", &code), ("new", new), ("again", new)])
        .await;
    assert!(browser.text().await.contains("is not right"));
    fill(&[("password", "correct horse battery"), ("code", &code), ("new", new), ("again", new)])
        .await;
    assert!(browser.text().await.contains("The new password works from now on"));
    let later = passwords::code_at(&totp, now.plus_micros(30_000_000));
    let found = passwords::check(&app.db, "marta@example.com", new, &later, now).await;
    assert_eq!(found.unwrap(), Some(marta));
}

//! The newsletter in a browser: somebody joins by a letter, chooses what comes, and leaves.

use lazo_store::testing::TestDb;
use serde_json::json;

use super::super::browser::Browser;
use super::House;
use super::every_page::faults;
use crate::App;
use crate::features::brands;
use crate::features::newsletter::{self, IssueDraft, Settings, settings};
use crate::features::tenants::Tenant;
use crate::http::{Role, Scope};
use crate::jobs::{Stop, Turn};
use crate::testing::{NOON, until};

/// Sets the newsletter of the tenant's brand up and sends an issue; answers its id.
pub(super) async fn sent(author: &Scope<App>, second: &Scope<App>, tenant: &Tenant) -> String {
    let brands = brands::store::all(&author.app.db, tenant.id).await.unwrap();
    let brand = brands.iter().find(|brand| brand.config.site.is_some()).unwrap();
    let code = &brand.config.code;
    let wanted = json!({ "open": true, "topics": [{ "code": "news", "name": { "es": "Novedades <b>", "en": "News <b>" } }] });
    let wanted: Settings = serde_json::from_value(wanted).unwrap();
    settings::set(author, code, &wanted).await.unwrap();
    let draft = json!({ "brand": code, "texts": {
        "es-ES": { "subject": "Noticias <b> de {{brand}}", "body": "Uno.\n\nDos\nlíneas.", "button": "Ver", "link": "/program" },
        "en": { "subject": "News <b> of {{brand}}", "body": "One." } } });
    let draft: IssueDraft = serde_json::from_value(draft).unwrap();
    let made = newsletter::make(author, draft).await.unwrap();
    newsletter::submit(author, made.id).await.unwrap();
    newsletter::decide(second, made.id, true, "Conforme").await.unwrap();
    newsletter::schedule(author, made.id, None).await.unwrap();
    let (_stopper, stop) = Stop::new();
    let turn = Turn { now: NOON, stop };
    while newsletter::send::step(&author.app, &turn).await.unwrap().more {}
    made.id.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn r95_somebody_joins_by_a_letter_chooses_and_leaves_in_a_browser() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let axe = std::env::var("LAZO_AXE").ok().map(|path| std::fs::read_to_string(path).unwrap());
    let tenant = house.tenant("aurora").await;
    let roles = [Role::ProgramManager, Role::Admin];
    let (marta, carla) = (
        house.staff("marta@example.com", &roles).await,
        house.staff("carla@example.com", &roles).await,
    );
    let (author, second) = (house.desk(marta, &roles).await, house.desk(carla, &roles).await);
    sent(&author, &second, &tenant).await;
    for (language, width) in [("es-ES", 360), ("en", 1280)] {
        let email = format!("nora-{width}@example.com");
        let browser = Browser::open(language, width, 800).await;
        let mut wrong = Vec::new();
        browser.go(&format!("{}/portal/aurora/newsletter", house.base)).await;
        browser.type_into("#email", &email).await;
        browser.click("main form button").await;
        assert!(browser.url().await.ends_with("/newsletter/asked"));
        let link = async |what: &str| {
            let begins = format!("/portal/aurora/newsletter/{what}/");
            let find = || {
                let own =
                    house.sink.letters().into_iter().filter(|letter| letter.to == [email.clone()]);
                own.filter_map(|letter| {
                    let words = letter.read().1;
                    let at = words.find(&begins)?;
                    Some(words[at..].split_whitespace().next()?.to_owned())
                })
                .next()
            };
            until(async || find().is_some()).await;
            find().expect("a letter with the link")
        };
        for (step, button) in
            [("confirm", "main form button"), ("mine", "main form[action*='/mine/'] button")]
        {
            let path = link(step).await;
            browser.go(&format!("{}{path}", house.base)).await;
            wrong.extend(faults(&browser, &format!("/newsletter-{step}"), axe.as_deref()).await);
            if step == "mine" {
                browser.click("#topic-news").await;
            }
            browser.click(button).await;
        }
        assert!(browser.url().await.ends_with("?saved"));
        let unticked = "return document.querySelector('#topic-news').checked";
        assert_eq!(browser.run(unticked, json!([])).await, json!(false));
        browser.click("main form[action*='/leave/'] button").await;
        wrong.extend(faults(&browser, "/newsletter-left", axe.as_deref()).await);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
    let list = newsletter::subscribers::counts(
        &house.app.db,
        tenant.id,
        brands::store::by_code(&house.app.db, tenant.id, "aurora").await.unwrap().unwrap().id,
    );
    assert_eq!(list.await.unwrap(), [("left".to_owned(), 2)]);
}

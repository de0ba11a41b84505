//! The console's working pages in a real browser: a member found by name, an adjustment that waits for a second person, a
//! key shown once, a colleague let in.

use lazo_store::testing::TestDb;

use super::super::browser::Browser;
use super::House;
use crate::features::members::{self, EMAIL, Enrollment, MemberKind};
use crate::features::sessions::Whose;
use crate::features::tenants::Attributes;
use crate::http::Role;
use crate::testing::NOON;

#[tokio::test(flavor = "multi_thread")]
async fn r4_a_member_is_found_by_name_and_a_large_adjustment_waits_for_a_second_person() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let (nora, carla) = (
        house.staff("nora@example.com", &[Role::Agent]).await,
        house.staff("carla@example.com", &[Role::Finance]).await,
    );
    let lucia = house.named("lucia@example.com", "Lucía").await;
    house.named("marcos@example.com", "Marcos").await;
    super::super::bench::buy(&house.app, &lucia, "r-1", 8_000).await;
    let browser = Browser::open("en", 1280, 900).await;
    browser.go(&house.link(Whose::Staff(nora), "/console").await).await;
    browser.go(&format!("{}/console/members", house.base)).await;
    // Accents aside, and in no address.
    browser.type_into("#who", "lucia").await;
    browser.click("main form button").await;
    let own = browser.url().await;
    assert!(own.ends_with(&format!("/console/members/{}", lucia.id)), "{own}");
    let told = browser.text().await;
    assert!(
        told.contains("Lucía") && told.contains("180") && told.contains("lucia@example.com"),
        "{told}"
    );

    browser.type_into("#points", "100000").await;
    browser.click("form[action$='/adjustments'] button").await;
    let told = browser.text().await;
    assert!(told.contains("it waits for somebody else to approve it"), "{told}");
    browser.go(&format!("{}/console/adjustments?pending=true", house.base)).await;
    let told = browser.text().await;
    assert!(told.contains("100,000") && !told.contains("Approve"), "{told}");
    browser
        .run("document.querySelector('.leave form').requestSubmit()", serde_json::json!([]))
        .await;
    browser.go(&house.link(Whose::Staff(carla), "/console").await).await;
    browser.go(&format!("{}/console/adjustments?pending=true", house.base)).await;
    browser.click("button[value=approve]").await;
    let books = house.app.ledger.books();
    let account = books.account(lucia.tenant, lucia.account).await.unwrap().unwrap();
    assert_eq!(account.balances.values().map(|b| b.available.0).max(), Some(100_180));
    // Finance decides on points, and does not see who it is.
    browser.go(&own).await;
    assert!(!browser.text().await.contains("Lucía"));
}

#[tokio::test(flavor = "multi_thread")]
async fn r91_a_key_is_shown_once_and_a_colleague_is_let_in_by_a_link() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let nora = house.staff("nora@example.com", &[Role::Admin]).await;
    let browser = Browser::open("en", 1280, 900).await;
    browser.go(&house.link(Whose::Staff(nora), "/console").await).await;
    browser.go(&format!("{}/console/api-keys", house.base)).await;
    browser.type_into("#name", "till 12").await;
    browser.click("section.panel form button").await;
    let told = browser.text().await;
    let secret = told.split_whitespace().find(|word| word.starts_with("lzk_")).unwrap().to_owned();
    let ask = async || {
        let call = house.client().get(format!("{}/api/v1/tenant", house.base));
        call.bearer_auth(&secret).send().await.unwrap().status().as_u16()
    };
    assert_eq!(ask().await, 200);
    browser.go(&format!("{}/console/api-keys", house.base)).await;
    assert!(!browser.text().await.contains(&secret), "shown once");
    browser.click("form[action$='/revoke'] button").await;
    assert_eq!(ask().await, 401);

    browser.go(&format!("{}/console/staff", house.base)).await;
    browser.type_into("#login", "ines@example.com").await;
    browser.type_into("#name", "Ines").await;
    browser.click("#new-agent").await;
    browser.click("section.panel form button").await;
    let open = "[...document.querySelectorAll('details.person')].find(d => d.textContent.includes('ines@')).open = true";
    browser.run(open, serde_json::json!([])).await;
    browser.click("details.person[open] form[action$='/invitation'] button").await;
    // The link goes to her alone: whoever invites does not see it.
    let told = browser.text().await;
    assert!(told.contains("ines@example.com") && !told.contains("/console/open/"), "{told}");
    house.letters(1).await;
    let letter = house.sink.letters()[0].clone();
    assert_eq!(letter.to, ["ines@example.com"]);
    let (_, text) = letter.read();
    let link = text.split_whitespace().find(|word| word.contains("/console/open/")).unwrap();
    let place = link.split("/console/").nth(1).unwrap().to_owned();
    let other = Browser::open("en", 1280, 900).await;
    other.go(&format!("{}/console/{place}", house.base)).await;
    let told = other.text().await;
    assert!(told.contains("Ines") && told.contains("Choose a password"), "{told}");
    browser.go(&format!("{}/console/audit", house.base)).await;
    let told = browser.text().await;
    assert!(
        told.contains("staff.invited")
            && told.contains("api_key.revoked")
            && told.contains("Chain unbroken"),
        "{told}"
    );
}

impl House {
    /// Enrolls somebody with a name.
    async fn named(&self, email: &str, name: &str) -> members::Member {
        let tenant = self.tenant("aurora").await;
        let program =
            crate::features::programs::store::by_code(&self.app.db, tenant.id, "aurora-puntos")
                .await;
        let asked = Enrollment {
            kind: MemberKind::Person,
            identifiers: vec![(EMAIL.to_owned(), email.to_owned())],
            locale: None,
            attributes: Attributes::from([("given_name".to_owned(), name.into())]),
            program: Some(program.unwrap().unwrap().id),
            enrolled_at: NOON,
        };
        members::enroll(&self.app.db, &self.app.ids, &tenant, &asked, NOON).await.unwrap()
    }
}

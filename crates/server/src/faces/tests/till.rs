//! The till in a real Chromium: enroll, sell with a quote, say why not, take back; and sales that waited for the network.

use lazo_store::testing::TestDb;
use serde_json::json;

use super::super::browser::Browser;
use super::House;
use crate::features::members::EMAIL;
use crate::features::sessions::Whose;
use crate::http::Role;

async fn till(house: &House) -> Browser {
    let lucia = house.staff("lucia@example.com", &[Role::Cashier]).await;
    let browser = Browser::open("es-ES", 360, 800).await;
    browser.go(&house.link(Whose::Staff(lucia), "/console").await).await;
    assert_eq!(browser.url().await, format!("{}/caja", house.base), "cashiers land at the till");
    browser
}

async fn ring_up(browser: &Browser, amount: &str) -> String {
    browser.type_into("#amount0", amount).await;
    browser.click("form[data-sale] button").await;
    let quote = browser.text().await;
    browser.click("main form[action$='/sell'] button").await;
    quote
}

#[tokio::test(flavor = "multi_thread")]
async fn r43_r124_a_cashier_enrolls_sells_says_why_not_and_takes_back() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let browser = till(&house).await;
    browser.type_into("#who", "nuria@example.com").await;
    browser.click("form.ask button").await;
    assert!(browser.text().await.contains("Nadie tiene «nuria@example.com» todavía"));
    browser.click("main form[action='/caja/members'] button").await;
    assert!(browser.text().await.contains("Todavía sin puntos"), "{}", browser.text().await);
    assert!(!browser.url().await.contains("nuria"), "no address stands in a URL");

    // 12 for 12.50 €, and 100 to welcome her.
    let quote = ring_up(&browser, "12,50").await;
    assert!(quote.contains("12,50\u{a0}€") && quote.contains("112"), "{quote}");
    let done = browser.text().await;
    assert!(done.contains("Venta hecha") && done.contains("112"), "{done}");
    let sale = browser.url().await;
    browser.click("main .act.second").await;
    assert!(browser.text().await.contains("Tienes 112"));

    let quote = ring_up(&browser, "0,40").await;
    assert!(quote.contains("Esta vez no hay puntos"), "{quote}");
    assert!(quote.contains("no llega a 1,00\u{a0}€"), "{quote}");

    browser.go(&sale).await;
    browser.run("document.querySelector('details.back').open = true", json!([])).await;
    browser.click("main form[action$='/void'] button").await;
    assert!(browser.text().await.contains("como si nunca hubiera pasado"));
    browser.click("main .act.second").await;
    assert!(browser.text().await.contains("Tienes 0"), "{}", browser.text().await);

    // Nothing that cannot be understood is sold.
    browser.type_into("#amount0", "doce").await;
    browser.click("form[data-sale] button").await;
    let told = browser.text().await;
    assert!(told.contains("Ese importe no se entiende"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r43_sales_that_waited_for_the_network_count_once() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let nuria = house.member("nuria@example.com").await;
    let browser = till(&house).await;
    let sale = |reference: &str, who: &str| {
        json!({ "reference": reference, "who": who, "amount": "30,00", "category": "",
            "at": house.app.clock.now() })
    };
    // The second is of nobody; the third is the first once more, as a browser sends it that never heard the answer.
    for queue in [
        json!([sale("k-1", "nuria@example.com"), sale("k-2", "nadie@example.com")]),
        json!([sale("k-1", "nuria@example.com")]),
    ] {
        let keep = "localStorage.setItem('lazo-till-queue', arguments[0])";
        browser.run(keep, json!([queue.to_string()])).await;
        browser.go(&format!("{}/caja", house.base)).await;
        let sent = "JSON.parse(localStorage.getItem('lazo-till-queue')).every(sale => sale.why)";
        for _ in 0..200 {
            if browser.run(&format!("return {sent}"), json!([])).await == json!(true) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
    }
    let tenant = house.tenant("aurora").await;
    let name = (tenant.id, EMAIL.to_owned(), "nuria@example.com".to_owned());
    assert_eq!(house.app.lookups.identifiers.get(name).await.unwrap().unwrap().id, nuria.id);
    browser.go(&format!("{}/caja/members/{}", house.base, nuria.id)).await;
    assert!(browser.text().await.contains("Tienes 130"), "{}", browser.text().await);
    let books = house.app.ledger.books();
    assert_eq!(books.events(tenant.id, nuria.account, None, 10).await.unwrap().len(), 1);
}

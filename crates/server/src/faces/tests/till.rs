//! The till in a real Chromium: enroll, sell with a quote, say why not, take back; and sales that waited for the network.

use lazo_store::testing::TestDb;
use serde_json::json;

use super::super::browser::Browser;
use super::House;
use crate::features::members::EMAIL;
use crate::features::sessions::Whose;
use crate::http::Role;
use crate::testing::until;

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
    let owner =
        browser.run("return document.querySelector('[data-owner]').dataset.owner", json!([]));
    let owner = owner.await;
    let sale_of = |owner: &str, reference: &str, who: &str| {
        json!({ "key": format!("{reference} {who}"), "owner": owner, "reference": reference, "who": who,
            "lines": [{ "amount": "30,00", "category": "" }], "at": house.app.clock.now() })
    };
    let sale = |reference: &str, who: &str| sale_of(owner.as_str().unwrap(), reference, who);
    // The second is of nobody; the next one another person's, who is not here; the last is the first once more, as a
    // browser sends it that never heard the answer.
    for queue in [
        json!([
            sale("k-1", "nuria@example.com"),
            sale("k-2", "nadie@example.com"),
            sale_of("brisa staff:stf_1", "k-3", "nuria@example.com")
        ]),
        json!([sale("k-1", "nuria@example.com")]),
    ] {
        let keep = "localStorage.setItem('lazo-till-queue', arguments[0])";
        browser.run(keep, json!([queue.to_string()])).await;
        browser.go(&format!("{}/caja", house.base)).await;
        let sent = "JSON.parse(localStorage.getItem('lazo-till-queue')).every(sale => sale.why || sale.reference === 'k-3')";
        until(async || browser.run(&format!("return {sent}"), json!([])).await == json!(true))
            .await;
    }
    let tenant = house.tenant("aurora").await;
    let name = (tenant.id, EMAIL.to_owned(), "nuria@example.com".to_owned());
    assert_eq!(house.app.lookups.identifiers.get(name).await.unwrap().unwrap().id, nuria.id);
    let queue = "localStorage.getItem('lazo-till-queue')";
    assert_eq!(browser.run(&format!("return {queue}"), json!([])).await, json!("[]"));
    browser.go(&format!("{}/caja/members/{}", house.base, nuria.id)).await;
    assert!(browser.text().await.contains("Tienes 130"), "{}", browser.text().await);
    let books = house.app.ledger.books();
    assert_eq!(books.events(tenant.id, nuria.account, None, 10).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn r43_a_sale_without_a_network_keeps_all_of_it_under_a_name_of_its_own() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let nuria = house.member("nuria@example.com").await;
    let browser = till(&house).await;
    let page = format!("{}/caja/members/{}", house.base, nuria.id);
    let queue = "JSON.parse(localStorage.getItem('lazo-till-queue') || '[]')";
    let kept =
        async |script: &str| browser.run(&format!("return {queue}{script}"), json!([])).await;
    let comes_to = async |script: &str, wanted: serde_json::Value| {
        until(async || kept(script).await == wanted).await;
        assert_eq!(kept(script).await, wanted, "{script}: {}", kept("").await);
    };
    let press = "document.querySelector('form[data-sale] button.act').click()";
    let fill = "for (const [name, text] of Object.entries(arguments[0])) document.querySelector('main form').elements[name].value = text";
    browser.go(&page).await;
    let away = "Object.defineProperty(navigator, 'onLine', { get: () => false })";
    browser.run(away, json!([])).await;
    for (sales, fields) in
        [(1, json!({ "amount0": "10", "amount1": "5,50" })), (2, json!({ "amount0": "7" }))]
    {
        browser.run(fill, json!([fields])).await;
        browser.run(press, json!([])).await;
        comes_to(".length", json!(sales)).await;
    }
    assert_eq!(kept("[0].lines.map(line => line.amount)").await, json!(["10", "5,50"]));
    assert_eq!(kept(".every(sale => sale.reference.startsWith('k-'))").await, json!(true));
    assert_eq!(
        kept("[0].reference !== @[1].reference".replace('@', queue).as_str()).await,
        json!(true)
    );
    // What points shall pay cannot wait: the page says so and keeps what was typed.
    browser.run(fill, json!([{ "amount0": "20", "pay": "1" }])).await;
    browser.run(press, json!([])).await;
    let refused = "Sin conexión no se puede pagar con puntos";
    until(async || browser.text().await.contains(refused)).await;
    assert!(browser.text().await.contains(refused));
    let typed = "return document.querySelector('#amount0').value";
    assert_eq!(browser.run(typed, json!([])).await, json!("20"));
    assert_eq!(kept(".length").await, json!(2));
    // The network is back.
    browser.go(&format!("{}/caja", house.base)).await;
    comes_to(".length", json!(0)).await;

    // The server did it, and the answer was lost: it waits under its own name, and counts once.
    browser.go(&page).await;
    ring_up_to_the_quote(&browser, "30,00").await;
    let lose = "const real = window.fetch; window.fetch = (...all) => real(...all).then(() => { throw new TypeError('lost'); })";
    browser.run(lose, json!([])).await;
    browser.run("document.querySelector('form[data-sell] button.act').click()", json!([])).await;
    comes_to(".length", json!(1)).await;
    browser.go(&format!("{}/caja", house.base)).await;
    comes_to(".length", json!(0)).await;
    let books = house.app.ledger.books();
    let tenant = house.tenant("aurora").await;
    let sales = books.events(tenant.id, nuria.account, None, 10).await.unwrap();
    assert_eq!(sales.len(), 3, "three sales, however often they were sent");
    browser.go(&page).await;
    // 100 to welcome her, 15 of 15.50 €, 7, and 30.
    assert!(browser.text().await.contains("Tienes 152"), "{}", browser.text().await);
}

async fn ring_up_to_the_quote(browser: &Browser, amount: &str) {
    browser.type_into("#amount0", amount).await;
    browser.click("form[data-sale] button").await;
    assert!(
        browser.text().await.contains("Venta por cobrar")
            || browser.url().await.ends_with("/quote")
    );
}

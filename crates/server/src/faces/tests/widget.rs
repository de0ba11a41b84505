//! The widget in a shop's page: another origin, a strict policy of its own, and one script tag.

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use lazo_store::testing::TestDb;
use serde_json::json;
use tokio::net::TcpListener;

use super::super::{bench, browser::Browser};
use super::{AURORA, House};
use crate::features::configuration;
use crate::features::sessions::Whose;
use crate::testing::NOON;

/// A shop that lets nothing in but the script and what it asks, and no style at all.
async fn shop(base: String) -> String {
    let page = move || {
        let base = base.clone();
        async move {
            let policy = format!("default-src 'none'; script-src {base}; connect-src {base}");
            let html = format!(
                "<!doctype html><html lang=\"es\"><meta name=\"viewport\" content=\"width=device-width\"><title>Tienda</title><h1>Cesta</h1>\
                <script src=\"{base}/portal/aurora/widget.js\" data-basket=\"4990\" async></script>"
            );
            ([("content-security-policy", policy), ("content-type", "text/html".to_owned())], html)
                .into_response()
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", get(page))).await });
    origin
}

/// What the widget says, once it says something else than `before`.
async fn says(browser: &Browser, before: &str) -> String {
    let script = "const [before, done] = [arguments[0], arguments[arguments.length - 1]];
        const until = Date.now() + 8000;
        const look = () => {
            const host = document.querySelector('loyalty-points');
            const text = host && host.shadowRoot ? [...host.shadowRoot.querySelectorAll('p, a')].map((e) => e.textContent).join('|') : '';
            if (text.replaceAll('\u{a0}', ' ') !== before || Date.now() > until) done(text); else setTimeout(look, 50);
        };
        look();";
    let told = browser.run_until_told(script, json!([before])).await;
    told.as_str().unwrap_or_default().replace('\u{a0}', " ")
}

#[tokio::test(flavor = "multi_thread")]
async fn r43_a_shop_shows_what_its_basket_gives_by_one_script_tag() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let origin = shop(house.base.clone()).await;
    let browser = Browser::open("es-ES", 360, 800).await;

    // The brand does not know this shop yet: its page shows nothing, and sells on.
    browser.go(&origin).await;
    let quiet = "const done = arguments[arguments.length - 1]; setTimeout(() => done(
        document.querySelector('loyalty-points').shadowRoot.querySelectorAll('p').length), 1500);";
    assert_eq!(browser.run_until_told(quiet, json!([])).await, json!(0));

    let document = AURORA.replace("https://tienda.aurora.example", &origin);
    let document = configuration::Document::parse(&document).unwrap();
    let plan = configuration::plan(&house.app.db, document).await.unwrap();
    plan.carry_out(&house.app.db, &house.app.ids, "ana", NOON).await.unwrap();
    browser.go(&origin).await;
    // 49 for 49.90 €, and 100 to welcome whoever joins.
    let stranger = says(&browser, "").await;
    assert_eq!(
        stranger,
        "Si te apuntas, con esta compra consigues 149 puntos. Valen 1,49 €.|Apúntate gratis"
    );

    let lucia = house.member("lucia@example.com").await;
    bench::buy(&house.app, &lucia, "r-1", 8_000).await;
    let whose = Whose::Member { tenant: lucia.tenant, member: lucia.id, account: lucia.account };
    browser.go(&house.link(whose, "/portal/aurora").await).await;
    browser.go(&origin).await;
    let own = says(&browser, "").await;
    assert!(own.contains("consigues 49 puntos") && own.contains("tienes 180 puntos"), "{own}");
    // The shop changes the basket on the tag, and the widget follows.
    browser
        .run("document.querySelector('script').dataset.basket = '2000'; return 1;", json!([]))
        .await;
    let next = says(&browser, &own).await;
    assert!(next.contains("consigues 20 puntos"), "{next}");
    let drawn = browser
        .run(
            "const box = document.querySelector('loyalty-points').shadowRoot.querySelector('div');
            const style = getComputedStyle(box);
            return [box.getAttribute('role'), style.borderRadius, box.getBoundingClientRect().width <= 360];",
            json!([]),
        )
        .await;
    assert_eq!(drawn, json!(["status", "18px", true]));
}

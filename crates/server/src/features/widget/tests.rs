//! What the widget is told, by the addresses that it asks.

use axum::body::Body;
use axum::http::Request;
use lazo_store::testing::{TestDb, on_both};
use serde_json::{Value, json};

use crate::api::bench::{Answer, Bench, SHOP};
use crate::http::Limits;

const TOYS: &str = r#"
[[programs.earning_rules]]
code = "toys"
point_type = "points"
lines = { categories = ["toys"] }
effect = { type = "points_per_amount", points = 2, per_minor = 100 }
"#;

async fn open(db: &TestDb) -> Bench {
    let site =
        "name = \"Corner\"\nsite = \"CODE\"\nwidget = { origins = [\"https://shop.example\"] }";
    let shop = SHOP.replace("name = \"Corner\"", site) + TOYS;
    Bench::with(db, &shop, Limits::default()).await
}

async fn ask(bench: &Bench, cookies: &str, query: &str, origin: Option<&str>) -> Answer {
    let request = Request::builder().uri(format!("/portal/one/widget/quote?locale=en&{query}"));
    let request = request.header("host", "localhost").header("cookie", cookies);
    let request = match origin {
        Some(origin) => request.header("origin", origin).header("sec-fetch-site", "cross-site"),
        None => request,
    };
    bench.send(request.body(Body::empty()).unwrap()).await
}

fn told(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.octets));
    serde_json::from_slice(&answer.octets).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn r43_a_shop_is_told_what_a_basket_gives_to_a_stranger_and_to_a_member() {
    on_both(async |db| {
        let bench = open(db).await;
        let shop = Some("https://shop.example");
        let answer = ask(&bench, "", "basket=4990", shop).await;
        let stranger = told(&answer);
        assert_eq!(stranger["lines"], json!(["If you join, this purchase gives you 49 points."]));
        assert_eq!(stranger["link"]["href"], "/portal/one/join");
        assert_eq!(answer.headers["access-control-allow-origin"], "https://shop.example");
        assert_eq!(answer.headers["vary"], "origin, cookie");
        assert_eq!(answer.headers["cache-control"], "no-store");

        // 10 € of toys count twice more: 49 and 20.
        let toys = told(&ask(&bench, "", "basket=4990&items=toys:1000", shop).await);
        assert_eq!(toys["lines"], json!(["If you join, this purchase gives you 69 points."]));
        let none = told(&ask(&bench, "", "basket=0", shop).await);
        assert_eq!(none["lines"], json!(["This purchase gives nothing."]));

        bench.sell(0, "t-1", 6_000).await;
        let cookies = bench.visitor(0, "one").await;
        let own = told(&ask(&bench, &cookies, "basket=4990", shop).await);
        let lines = json!(["With this purchase you get 49 points.", "You have 60 points now."]);
        assert_eq!((&own["lines"], &own["link"]["href"]), (&lines, &json!("/portal/one")));
        // Asking did nothing.
        let path = format!("/accounts/{}/balances", bench.account(0));
        let balances = bench.get("finance", &path).await;
        assert_eq!(balances["balances"][0]["available"], 60);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r43_nobody_elses_page_reads_what_a_member_has() {
    on_both(async |db| {
        let bench = open(db).await;
        let cookies = bench.visitor(0, "one").await;
        for origin in ["https://evil.example", "https://shop.example.evil.example", "null"] {
            let answer = ask(&bench, &cookies, "basket=4990", Some(origin)).await;
            assert_eq!(answer.status, 403, "{origin}");
            assert!(answer.headers.get("access-control-allow-origin").is_none(), "{origin}");
            assert!(!String::from_utf8_lossy(&answer.octets).contains("points now"), "{origin}");
        }
        for wrong in ["", "basket=-1", "basket=x", "basket=100000001", "basket=100&items=toys:101"]
        {
            let answer = ask(&bench, "", wrong, Some("https://shop.example")).await;
            assert_eq!(answer.status, 422, "{wrong}");
        }
    })
    .await;
}

#[test]
fn a_shop_is_named_as_browsers_name_it() {
    use crate::web::site::Widget;
    let fits = |origin: &str| Widget { origins: vec![origin.to_owned()] }.is_well_formed();
    let good = ["https://shop.example", "https://shop.example:8443", "http://127.0.0.1:4000"];
    assert!(good.into_iter().all(fits));
    let bad = [
        "",
        "*",
        "null",
        "shop.example",
        "http://shop.example",
        "https://shop.example/",
        "https://shop.example/cart",
        "https://Shop.example",
        "https://user@shop.example",
    ];
    assert_eq!(bad.into_iter().find(|origin| fits(origin)), None);
}

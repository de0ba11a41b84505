//! What phones ask and are told, with Apple's statuses: a pass registered, changed, told of, fetched and taken away.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{HeaderMap, StatusCode, Uri};
use lazo_domain::time::SECOND;
use lazo_store::testing::on_both;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::stage::{PASS_TYPE, apple, authority, open, run_jobs};
use crate::api::bench::{Answer, Bench};
use crate::features::audit;

/// A pass as a phone has it.
struct Held {
    serial: String,
    token: String,
}

async fn held(bench: &Bench, at: usize) -> Held {
    let visitor = bench.visitor(at, "one").await;
    let given = bench.browse(&visitor, "/portal/one/card/apple.pkpass", None).await;
    let pass = document(&given);
    let text = |name: &str| pass[name].as_str().unwrap().to_owned();
    Held { serial: text("serialNumber"), token: text("authenticationToken") }
}

fn document(given: &Answer) -> Value {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(given.octets.as_slice())).unwrap();
    serde_json::from_reader(zip.by_name("pass.json").unwrap()).unwrap()
}

fn registration(device: &str, serial: &str) -> String {
    format!("/wallet/v1/devices/{device}/registrations/{PASS_TYPE}/{serial}")
}

async fn shown(
    bench: &Bench,
    method: &str,
    path: &str,
    token: &str,
    body: Option<Value>,
) -> Answer {
    let header = format!("ApplePass {token}");
    bench.ask_with("", method, path, body, &[("authorization", &header)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn r118_a_wallet_pass_is_fetched_anew_after_the_balance_changed() {
    on_both(async |test| {
        let files = authority();
        let bench = open(test, &apple(files.path(), "")).await;
        let own = held(&bench, 0).await;
        let (one, all) = (registration("phone-1", &own.serial), registration("phone-1", ""));
        let all = all.trim_end_matches('/');
        let body = json!({ "pushToken": "ab12" });
        assert_eq!(bench.ask("", "GET", all, None).await.status, 204, "nothing is registered");
        for wanted in [201, 200] {
            let answer = shown(&bench, "POST", &one, &own.token, Some(body.clone())).await;
            assert_eq!(answer.status, wanted, "{}", answer.body);
        }
        let bad = json!({ "pushToken": "../../x" });
        assert_eq!(shown(&bench, "POST", &one, &own.token, Some(bad)).await.status, 422);
        let first = bench.ask("", "GET", all, None).await;
        assert_eq!((first.status, &first.body["serialNumbers"]), (200, &json!([own.serial])));
        let tag = first.body["lastUpdated"].as_str().unwrap().to_owned();
        let since = format!("{all}?passesUpdatedSince={tag}");
        assert_eq!(bench.ask("", "GET", &since, None).await.status, 204);

        let fetch = format!("/wallet/v1/passes/{PASS_TYPE}/{}", own.serial);
        let now = shown(&bench, "GET", &fetch, &own.token, None).await;
        assert_eq!(document(&now)["storeCard"]["primaryFields"][0]["value"], 0);
        let changed = now.headers["last-modified"].to_str().unwrap().to_owned();
        let again = async |since: &str| {
            let headers = [
                ("authorization", format!("ApplePass {}", own.token)),
                ("if-modified-since", since.to_owned()),
            ];
            let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
            bench.ask_with("", "GET", &fetch, None, &headers).await
        };
        assert_eq!(again(&changed).await.status, 304);

        // Also within the same second the change is told apart.
        bench.sell(0, "t-1", 900).await;
        let told = bench.ask("", "GET", &since, None).await;
        assert_eq!((told.status, &told.body["serialNumbers"]), (200, &json!([own.serial])));
        assert_ne!(told.body["lastUpdated"], json!(tag));
        let fresh = again(&changed).await;
        assert_eq!(fresh.status, 200);
        assert_eq!(document(&fresh)["storeCard"]["primaryFields"][0]["value"], 9);

        let listed =
            bench.get("agent", &format!("/members/{}/wallet-passes", bench.members[0].id)).await;
        assert_eq!(
            (&listed["items"][0]["id"], &listed["items"][0]["phones"]),
            (&json!(own.serial), &json!(1))
        );
        assert_eq!(shown(&bench, "DELETE", &one, &own.token, None).await.status, 200);
        assert_eq!(bench.ask("", "GET", all, None).await.status, 204);
        let lines = json!({ "logs": ["phone-1 could not verify"] });
        assert_eq!(bench.ask("", "POST", "/wallet/v1/log", Some(lines)).await.status, 200);
        let log =
            audit::store::page(&bench.app.db, bench.members[0].tenant, i64::MAX, 3).await.unwrap();
        let actions: Vec<&str> = log.iter().map(|entry| entry.action.as_str()).collect();
        assert_eq!(
            actions,
            ["wallet_pass.removed_from_phone", "wallet_pass.added_to_phone", "wallet_pass.made"]
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r118_a_wallet_pass_of_another_is_not_given() {
    on_both(async |test| {
        let files = authority();
        let bench = open(test, &apple(files.path(), "")).await;
        let (own, other) = (held(&bench, 0).await, held(&bench, 1).await);
        assert_ne!(own.serial, other.serial);
        let fetch = |kind: &str, serial: &str| format!("/wallet/v1/passes/{kind}/{serial}");
        let ask = async |path: String, token: &str| shown(&bench, "GET", &path, token, None).await;
        assert_eq!(ask(fetch(PASS_TYPE, &own.serial), &own.token).await.status, 200);
        let refused = ask(fetch(PASS_TYPE, &other.serial), &own.token).await;
        assert_eq!((refused.status, refused.code()), (401, "wallet_pass_token"));
        assert_eq!(ask(fetch(PASS_TYPE, &own.serial), "").await.status, 401);
        assert_eq!(ask(fetch("pass.com.example.other", &own.serial), &own.token).await.status, 404);
        assert_eq!(ask(fetch(PASS_TYPE, "wlp_0000000000001"), &own.token).await.status, 404);
        let one = registration("phone-1", &other.serial);
        let body = json!({ "pushToken": "ab12" });
        assert_eq!(shown(&bench, "POST", &one, &own.token, Some(body)).await.status, 401);
        assert_eq!(shown(&bench, "DELETE", &one, &own.token, None).await.status, 401);
        // A session opens the portals of its own tenant only, and without one there is no pass.
        let visitor = bench.visitor(0, "one").await;
        for (cookies, site) in [(visitor.as_str(), "two"), ("", "one")] {
            let path = format!("/portal/{site}/card/apple.pkpass");
            let turned = bench.browse(cookies, &path, None).await;
            assert_ne!(turned.status, 200, "{site}");
            assert!(!turned.octets.starts_with(b"PK"));
        }
        let path = format!("/members/{}/wallet-passes", bench.members[0].id);
        for who in ["other", "two"] {
            assert_eq!(bench.ask(who, "GET", &path, None).await.status, 404, "{who}");
        }
    })
    .await;
}

/// What Apple's notification service was told: path and topic.
type Heard = Arc<Mutex<Vec<(String, String)>>>;

/// Apple's service on this machine, over HTTP/2 alone; it answers with these statuses in order, the last one for ever.
async fn service(statuses: &'static [u16]) -> (String, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let heard = Heard::default();
    let log = Arc::clone(&heard);
    let hear = move |version: axum::http::Version, uri: Uri, headers: HeaderMap| async move {
        assert_eq!(version, axum::http::Version::HTTP_2);
        let topic = headers["apns-topic"].to_str().unwrap().to_owned();
        let mut log = log.lock().unwrap();
        log.push((uri.path().to_owned(), topic));
        StatusCode::from_u16(statuses[(log.len() - 1).min(statuses.len() - 1)]).unwrap()
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(hear)).await });
    (base, heard)
}

#[tokio::test(flavor = "multi_thread")]
async fn r118_a_phone_is_told_once_of_a_change_and_no_more_when_it_is_gone() {
    on_both(async |test| {
        let files = authority();
        let (base, heard) = service(&[503, 200, 410]).await;
        let bench = open(test, &apple(files.path(), &base)).await;
        let own = held(&bench, 0).await;
        let one = registration("phone-1", &own.serial);
        let body = json!({ "pushToken": "ab12" });
        assert_eq!(shown(&bench, "POST", &one, &own.token, Some(body)).await.status, 201);
        let count = || heard.lock().unwrap().len();
        let pass_time = |seconds: i64| bench.clock.advance(seconds * SECOND);
        pass_time(60);
        run_jobs(&bench).await;
        assert_eq!(count(), 0, "nothing changed");
        bench.sell(0, "t-1", 900).await;
        pass_time(60);
        run_jobs(&bench).await;
        assert_eq!(count(), 1, "Apple had no time");
        run_jobs(&bench).await;
        assert_eq!(count(), 1, "it waits before it tries again");
        pass_time(90);
        run_jobs(&bench).await;
        pass_time(90);
        run_jobs(&bench).await;
        assert_eq!(count(), 2, "told, and not again");
        assert_eq!(heard.lock().unwrap()[1], ("/3/device/ab12".to_owned(), PASS_TYPE.to_owned()));
        for reference in ["t-2", "t-3"] {
            bench.sell(0, reference, 900).await;
            pass_time(90);
            run_jobs(&bench).await;
        }
        assert_eq!(count(), 3, "a phone that is gone is told no more");
        let path = format!("/members/{}/wallet-passes", bench.members[0].id);
        assert_eq!(bench.get("agent", &path).await["items"][0]["phones"], 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r118_the_pass_of_somebody_who_left_is_over_and_then_gone() {
    on_both(async |test| {
        let files = authority();
        let bench = open(test, &apple(files.path(), "")).await;
        let own = held(&bench, 0).await;
        let one = registration("phone-1", &own.serial);
        let body = json!({ "pushToken": "ab12" });
        shown(&bench, "POST", &one, &own.token, Some(body)).await;
        let member = format!("/members/{}", bench.members[0].id);
        assert_eq!(bench.ask("agent", "DELETE", &member, None).await.status, 204);
        bench.clock.advance(60 * SECOND);
        run_jobs(&bench).await;
        let fetch = format!("/wallet/v1/passes/{PASS_TYPE}/{}", own.serial);
        let over = document(&shown(&bench, "GET", &fetch, &own.token, None).await);
        assert_eq!((&over["voided"], &over["barcodes"]), (&json!(true), &Value::Null));
        bench.clock.advance(31 * lazo_domain::time::DAY);
        run_jobs(&bench).await;
        assert_eq!(shown(&bench, "GET", &fetch, &own.token, None).await.status, 404);
    })
    .await;
}

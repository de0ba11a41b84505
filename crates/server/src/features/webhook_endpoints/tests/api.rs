//! Through the API, as an integrator would: make an endpoint, try it, look into its log, send again, rotate, remove.

use lazo_store::testing::on_both;
use serde_json::json;
use std::sync::atomic::AtomicI64;

use super::receiver::Receiver;
use crate::api::bench::Bench;
use crate::features::webhook_endpoints::signing::Secrets;
use crate::features::webhook_endpoints::{EVENT_NAMES, fan_out, is_wish, jobs};
use crate::jobs::{Stop, Turn};
use lazo_store::Clock as _;

const PATH: &str = "/api/v1/webhook-endpoints";

async fn run_jobs(bench: &Bench) {
    for job in jobs(&bench.app) {
        let (_stopper, stop) = Stop::new();
        (job.work)(Turn { now: bench.clock.now(), stop }).await.unwrap();
    }
}

fn secrets(text: &str) -> Secrets {
    Secrets::new(text.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn r130_an_integrator_receives_a_signed_webhook_by_api_alone() {
    on_both(async |test| {
        let bench = Bench::new(test).await;
        let receiver = Receiver::statuses(&[200, 500, 200]).await;
        let new = json!({ "url": receiver.url, "description": "till", "events": ["points.*", "points.*"] });
        let made = bench.ask("admin", "POST", PATH, Some(new)).await;
        assert_eq!(made.status, 201, "{made:?}");
        let id = made.body["id"].as_str().unwrap();
        let secret = made.body["secret"].as_str().unwrap().to_owned();
        assert!(secret.starts_with("whsec_"));
        let one = format!("{PATH}/{id}");
        let read = bench.ask("admin", "GET", &one, None).await;
        assert!(!read.body.to_string().contains(&secret), "shown once");
        assert_eq!(read.body["events"], json!(["points.*"]));
        assert_eq!(read.body["active"], true);
        assert_eq!(bench.ask("admin", "GET", PATH, None).await.body["items"], json!([read.body]));

        // A test message, signed.
        let tested = bench.ask("admin", "POST", &format!("{one}/tests"), None).await;
        assert_eq!((tested.status, &tested.body["state"]), (202, &json!("waiting")), "{tested:?}");
        run_jobs(&bench).await;
        let seen = receiver.seen();
        assert_eq!(seen[0].json()["type"], "webhook_endpoint.tested");
        assert_eq!(seen[0].id(), tested.body["id"].as_str().unwrap());
        assert_eq!(seen[0].verify(&secrets(&secret), bench.clock.now()), Ok(()));

        // A failure shows in the log, and can be sent again by hand.
        bench.ask("admin", "POST", &format!("{one}/tests"), None).await;
        run_jobs(&bench).await;
        let list = format!("{one}/deliveries");
        let waiting = bench.ask("admin", "GET", &format!("{list}?state=waiting"), None).await;
        assert_eq!(waiting.body["items"].as_array().unwrap().len(), 1, "{waiting:?}");
        let delivery = waiting.body["items"][0]["id"].as_str().unwrap();
        let log = bench.ask("admin", "GET", &format!("{list}/{delivery}"), None).await;
        assert_eq!(log.body["log"][0]["status"], 500, "{log:?}");
        assert_eq!(log.body["log"][0]["answer"], "noted ");
        assert_eq!(log.body["message"]["type"], "webhook_endpoint.tested");
        let again = format!("{list}/{delivery}/replays");
        assert_eq!(bench.ask("admin", "POST", &again, None).await.status, 202);
        run_jobs(&bench).await;
        let log = bench.ask("admin", "GET", &format!("{list}/{delivery}"), None).await;
        assert_eq!((&log.body["state"], &log.body["log"][1]["status"]), (&json!("delivered"), &json!(200)));
        let dead = bench.ask("admin", "POST", &format!("{one}/replays"), None).await;
        assert_eq!((dead.status, &dead.body["replayed"]), (202, &json!(0)));
        let page = bench.ask("admin", "GET", &format!("{list}?limit=1"), None).await;
        assert!(page.body["cursor"]["next"].is_string());

        // A new secret; the one before signs for a day.
        let rotated = bench.ask("admin", "POST", &format!("{one}/secrets"), Some(json!({}))).await;
        assert_eq!(rotated.status, 201, "{rotated:?}");
        let next = rotated.body["secret"].as_str().unwrap();
        bench.ask("admin", "POST", &format!("{one}/tests"), None).await;
        run_jobs(&bench).await;
        for known in [secret.as_str(), next] {
            let last = receiver.seen().pop().unwrap();
            assert_eq!(last.verify(&secrets(known), bench.clock.now()), Ok(()));
        }

        assert_eq!(bench.ask("admin", "DELETE", &one, None).await.status, 204);
        assert_eq!(bench.ask("admin", "GET", &one, None).await.code(), "webhook_endpoint_not_found");
        assert_eq!(fan_out::step(&bench.app.db, &bench.app.ids, bench.clock.now(), &AtomicI64::new(0)).await.unwrap().done, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn q13_hostile_addresses_are_refused_with_their_reason() {
    let test = lazo_store::testing::TestDb::sqlite().await;
    let bench = Bench::new(&test).await;
    for (url, code) in [
        ("http://hooks.shop.example.com/", "url_scheme"),
        ("https://10.0.0.1/", "url_host"),
        ("https://169.254.169.254/latest", "url_host"),
        ("https://2852039166/", "url_host"),
        ("https://hooks.shop.example.com:6379/", "url_port"),
        ("https://a:b@hooks.shop.example.com/", "url_user_info"),
        ("hooks", "url_malformed"),
    ] {
        let refused = bench.ask("admin", "POST", PATH, Some(json!({ "url": url }))).await;
        assert_eq!((refused.status, refused.code()), (422, "invalid"), "{url}");
        assert_eq!(refused.body["errors"][0]["pointer"], "/url");
        assert_eq!(refused.body["errors"][0]["code"], code, "{url}");
    }
    let good = "https://hooks.shop.example.com/lazo";
    for bad in [
        json!({ "url": good, "events": ["points.stolen"] }),
        json!({ "url": good, "events": ["*"] }),
        json!({ "url": good, "description": "x".repeat(501) }),
        json!({ "url": good, "secret": "whsec_mine" }),
    ] {
        assert_eq!(bench.ask("admin", "POST", PATH, Some(bad.clone())).await.status, 422, "{bad}");
    }
    let made = bench.ask("manager", "POST", PATH, Some(json!({ "url": good }))).await;
    assert_eq!(made.status, 201, "{made:?}");
    let one = format!("{PATH}/{}", made.body["id"].as_str().unwrap());
    let bad = json!({ "url": "https://127.0.0.1.nip.invalid/" });
    assert_eq!(bench.ask("admin", "PATCH", &one, Some(bad)).await.status, 422);
    let off = bench.ask("admin", "PATCH", &one, Some(json!({ "active": false }))).await;
    assert_eq!((off.status, &off.body["active"]), (200, &json!(false)));
    assert_eq!(
        bench.ask("admin", "POST", &format!("{one}/tests"), None).await.code(),
        "webhook_endpoint_off"
    );

    // Another tenant sees none of it, and who may not, may not.
    for (who, method, path, status) in [
        ("two", "GET", one.clone(), 404),
        ("two", "DELETE", one.clone(), 404),
        ("two", "POST", format!("{one}/tests"), 404),
        ("two", "GET", format!("{one}/deliveries"), 404),
        ("two", "GET", format!("{one}/deliveries/whd_0000000000001"), 404),
        ("admin", "GET", format!("{one}/deliveries/nonsense"), 404),
        ("cashier", "GET", one.clone(), 403),
        ("analyst", "GET", PATH.to_owned(), 403),
        ("member", "GET", one.clone(), 403),
        ("revoked", "GET", one.clone(), 401),
        ("", "GET", one.clone(), 401),
    ] {
        assert_eq!(
            bench.ask(who, method, &path, None).await.status,
            status,
            "{who} {method} {path}"
        );
    }
    for n in 1..50 {
        let more = bench.ask("admin", "POST", PATH, Some(json!({ "url": good }))).await;
        assert_eq!(more.status, 201, "{n}");
    }
    let full = bench.ask("admin", "POST", PATH, Some(json!({ "url": good }))).await;
    assert_eq!(full.code(), "webhook_endpoints_full");
}

#[test]
fn every_name_of_an_event_can_be_wished_for_alone_and_by_its_noun() {
    assert!(EVENT_NAMES.is_sorted());
    for name in EVENT_NAMES {
        let noun = name.split('.').next().unwrap();
        assert!(is_wish(name) && is_wish(&format!("{noun}.*")), "{name}");
    }
    for wrong in ["", "*", ".*", "points", "points.", "points.*.x", "Points.earned"] {
        assert!(!is_wish(wrong), "{wrong}");
    }
}

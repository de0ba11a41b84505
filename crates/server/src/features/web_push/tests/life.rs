//! From opt-in to opt-out: what is told, once, when, to whom, and what ends it.

use lazo_domain::time::{DAY, SECOND};
use lazo_store::Clock as _;
use lazo_store::testing::{TestDb, on_both};
use serde_json::{Value, json};

use super::browser::{Browser, Maker};
use crate::api::bench::{Bench, SHOP};
use crate::features::audit;
use crate::features::web_push::jobs;
use crate::features::webhook_endpoints::Gate;
use crate::http::Limits;
use crate::jobs::{Stop, Turn};

const HOUR: i64 = 3_600 * SECOND;

/// The shop with a portal and three rewards.
fn document() -> String {
    let shop = SHOP.replace("name = \"Corner\"\n", "name = \"Corner\"\nsite = \"CODE\"\n");
    let reward = |code: &str, name: &str, kind: &str, price: i64| {
        format!(
            "\n[[programs.rewards]]\ncode = \"{code}\"\nname = {{ es = \"{name}\", en = \"{code}\" }}\npoint_type = \"points\"\nkind = {kind}\nprice = {price}\n"
        )
    };
    let voucher = "{ type = \"voucher\", valid_for = { days = 10 } }";
    let shop =
        shop.replace("code = \"points\"\n", "code = \"points\"\nname = { es = \"puntos\" }\n");
    let product = "{ type = \"product\" }";
    shop + &reward("coffee", "Un café", voucher, 5)
        + &reward("cake", "Una tarta", product, 20)
        + &reward("basket", "Una cesta", product, 30)
}

async fn open(test: &TestDb) -> Bench {
    Bench::with(test, &document(), Limits::default()).await
}

async fn run_jobs(bench: &Bench) {
    for job in jobs(&bench.app) {
        let (_stopper, stop) = Stop::new();
        while (job.work)(Turn { now: bench.clock.now(), stop: stop.clone() }).await.unwrap().more {}
    }
}

/// Lets time pass and the jobs do their turns.
async fn later(bench: &Bench, micros: i64) {
    bench.clock.advance(micros);
    run_jobs(bench).await;
}

fn bodies(told: &[Value]) -> Vec<&str> {
    told.iter().map(|one| one["body"].as_str().unwrap()).collect()
}

async fn consent(bench: &Bench) -> bool {
    let all = bench.get("member", "/members/me/consents").await;
    let all = all["items"].as_array().unwrap();
    let push = all.iter().find(|c| c["purpose"] == "offers" && c["channel"] == "push").unwrap();
    push["given"] == true
}

const DEVICES: &str = "/members/me/push-devices";

#[tokio::test(flavor = "multi_thread")]
async fn r118_web_push_tells_what_was_asked_for_once_and_only_its_browser_can_open_it() {
    on_both(async |test| {
        let bench = open(test).await;
        let (browser, maker) = (Browser::of_the_rfc(), Maker::answering(&[201]).await);
        assert!(!consent(&bench).await, "nothing is given beforehand");
        bench.sell(0, "t-1", 500).await;
        let key = bench.get("member", DEVICES).await["key"].as_str().unwrap().to_owned();
        assert_eq!(key, bench.get("other", DEVICES).await["key"], "the tenant's own key, made once");
        bench.make("member", DEVICES, maker.subscription(&browser, "Chrome, Android")).await;
        assert!(consent(&bench).await);
        later(&bench, HOUR).await;
        assert_eq!(maker.seen().len(), 0, "what could be had already is no news");

        // Two rewards come within reach at once: the dearest is told.
        bench.sell(0, "t-2", 2_600).await;
        later(&bench, HOUR).await;
        for _ in 0..3 {
            later(&bench, HOUR).await;
        }
        let told = maker.told(&browser);
        assert_eq!(bodies(&told), ["Ya te alcanza para: Una cesta."]);
        assert_eq!(told[0]["title"], "Corner");
        assert_eq!(told[0]["path"], "/portal/one/rewards/club/basket");
        let first = &maker.seen()[0];
        let sealed = String::from_utf8_lossy(&first.body).into_owned();
        assert!(!sealed.contains("cesta") && !sealed.contains("Corner"), "closed on its way");
        assert_eq!(first.headers["authorization"].to_str().unwrap().split("k=").nth(1), Some(key.as_str()));

        // A voucher that ends in three days, then points that end within two weeks.
        let new = json!({ "member": "me", "reward": "coffee", "quantity": 1, "capture": true, "reference": "v-1" });
        bench.make("member", "/redemptions", new).await;
        for _ in 0..8 {
            later(&bench, DAY).await;
        }
        let told = maker.told(&browser);
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(bodies(&told)[1].starts_with("Tu vale «Un café» termina el"), "{told:?}");
        for _ in 0..20 {
            later(&bench, 8 * DAY).await;
        }
        let told = maker.told(&browser);
        assert_eq!(told.len(), 3, "{told:?}");
        assert_eq!(bodies(&told)[2], "26 puntos caducan tras el 1 may 2027.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r118_web_push_leaves_at_no_hour_of_quiet_and_never_without_consent() {
    on_both(async |test| {
        let bench = open(test).await;
        let (browser, maker) = (Browser::of_the_rfc(), Maker::answering(&[201]).await);
        bench.make("member", DEVICES, maker.subscription(&browser, "one")).await;
        // Ten in the morning, Madrid: at ten in the evening nothing leaves, at ten in the morning it does.
        later(&bench, 12 * HOUR).await;
        bench.sell(0, "t-1", 600).await;
        later(&bench, HOUR).await;
        later(&bench, HOUR).await;
        assert_eq!(maker.seen().len(), 0);
        later(&bench, 10 * HOUR).await;
        assert_eq!(maker.told(&browser).len(), 1);

        // Found by night, withdrawn before morning: it never leaves, also not when consent comes back.
        later(&bench, 12 * HOUR).await;
        bench.sell(0, "t-2", 2_000).await;
        later(&bench, HOUR).await;
        let offers = |given: bool| json!({ "items": [{ "purpose": "offers", "channel": "push", "given": given }] });
        let set = async |given| bench.ask("member", "PUT", "/members/me/consents", Some(offers(given))).await;
        assert_eq!(set(false).await.status, 200);
        later(&bench, 11 * HOUR).await;
        assert_eq!(set(true).await.status, 200);
        later(&bench, HOUR).await;
        assert_eq!(maker.seen().len(), 1, "withheld for good");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r118_web_push_ends_with_its_browser_and_is_tried_again_when_its_maker_fails() {
    on_both(async |test| {
        let bench = open(test).await;
        let (browser, maker) = (Browser::of_the_rfc(), Maker::answering(&[503, 201, 410]).await);
        let made = bench.make("member", DEVICES, maker.subscription(&browser, "one")).await;
        bench.sell(0, "t-1", 600).await;
        later(&bench, HOUR).await;
        run_jobs(&bench).await;
        assert_eq!(maker.seen().len(), 1, "not again at once");
        for _ in 0..3 {
            later(&bench, 90 * SECOND).await;
        }
        assert_eq!(maker.seen().len(), 2);
        let topics: Vec<_> =
            maker.seen().iter().map(|seen| seen.headers["topic"].clone()).collect();
        assert_eq!(topics[0], topics[1], "a second try takes the place of the first");
        bench.sell(0, "t-2", 2_000).await;
        later(&bench, HOUR).await;
        assert_eq!(maker.seen().len(), 3);
        assert_eq!(bench.get("member", DEVICES).await["items"], json!([]), "410 ends it");
        let log =
            audit::store::page(&bench.app.db, bench.members[0].tenant, i64::MAX, 1).await.unwrap();
        assert_eq!((log[0].action.as_str(), log[0].reason.as_str()), ("push_device.ended", "gone"));
        assert_eq!(log[0].object, made["id"].as_str().unwrap());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r118_web_push_goes_to_public_hosts_only_and_a_browser_has_one_owner() {
    on_both(async |test| {
        let bench = open(test).await;
        let (browser, maker) = (Browser::of_the_rfc(), Maker::answering(&[201]).await);
        let good = maker.subscription(&browser, "one");
        for (field, value) in [
            ("p256dh", "AAAA"),
            ("auth", "AAAA"),
            ("brand", "nobody"),
            ("name", "a\u{7}b"),
            ("endpoint", "ftp://127.0.0.1/x"),
        ] {
            let mut bad = good.clone();
            bad[field] = json!(value);
            let refused = bench.ask("member", "POST", DEVICES, Some(bad)).await;
            assert_eq!((refused.status, refused.code()), (422, "invalid"), "{field}");
            assert_eq!(refused.body["errors"][0]["pointer"], format!("/{field}"));
        }
        // The browser's next user takes it over; others end none of it.
        let made = bench.make("member", DEVICES, good.clone()).await;
        let one = format!("{DEVICES}/{}", made["id"].as_str().unwrap());
        assert_eq!(bench.ask("other", "DELETE", &one, None).await.status, 404);
        bench.make("other", DEVICES, good.clone()).await;
        assert_eq!(bench.get("member", DEVICES).await["items"], json!([]));
        let next = bench.get("other", DEVICES).await["items"][0]["id"].as_str().unwrap().to_owned();
        let next = format!("{DEVICES}/{next}");
        assert_eq!(bench.ask("other", "DELETE", &next, None).await.status, 204);
        assert_eq!(bench.get("other", DEVICES).await["items"], json!([]));
        let strict = bench.changed(|parts| parts.webhooks = Gate::strict());
        for endpoint in [
            "http://push.example.com/x",
            "https://127.0.0.1/x",
            "https://10.0.0.1/x",
            "https://router.local/x",
            "https://push.example.com:8443/x",
        ] {
            let mut bad = good.clone();
            bad["endpoint"] = json!(endpoint);
            let refused = strict.ask("member", "POST", DEVICES, Some(bad)).await;
            assert_eq!(refused.body["errors"][0]["pointer"], "/endpoint", "{endpoint}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r118_web_push_is_offered_explained_and_undone_on_its_page() {
    let test = TestDb::sqlite().await;
    let bench = open(&test).await;
    let (browser, maker) = (Browser::of_the_rfc(), Maker::answering(&[201]).await);
    let visitor = bench.visitor(0, "one").await;
    let path = "/portal/one/me/notices";
    let text = |octets: Vec<u8>| String::from_utf8(octets).unwrap();
    let page = bench.browse(&visitor, path, None).await;
    let policy = page.headers["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"), "{policy}");
    let page = text(page.octets);
    assert!(
        page.contains("Mensajes con ofertas y novedades") && page.contains("data-push=\"B"),
        "{page}"
    );
    assert!(
        !page.contains("<script>") && !page.contains("onclick"),
        "no script in the page itself"
    );
    let token = page.split("name=\"_token\" value=\"").nth(1).unwrap();
    let token = token.split('"').next().unwrap().to_owned();
    let offered = maker.subscription(&browser, "");
    let part = |name: &str| offered[name].as_str().unwrap().to_owned();
    let endpoint = part("endpoint").replace(':', "%3A").replace('/', "%2F");
    let form = format!(
        "_token={token}&endpoint={endpoint}&p256dh={}&auth={}",
        part("p256dh"),
        part("auth")
    );
    let sent = bench.browse(&visitor, path, Some(&form)).await;
    assert_eq!(
        (sent.status, sent.headers["location"].to_str().unwrap()),
        (303, "/portal/one/me/notices?on"),
        "{}",
        text(sent.octets)
    );
    assert!(consent(&bench).await);
    bench.sell(0, "t-1", 600).await;
    later(&bench, HOUR).await;
    assert_eq!(maker.told(&browser).len(), 1);

    let page = text(bench.browse(&visitor, path, None).await.octets);
    let device = page.split("name=\"device\" value=\"").nth(1).unwrap();
    let device = device.split('"').next().unwrap();
    let form = format!("_token={token}&device={device}");
    let ended = bench.browse(&visitor, "/portal/one/me/notices/end", Some(&form)).await;
    assert_eq!(ended.headers["location"], "/portal/one/me/notices?off");
    assert!(!consent(&bench).await, "with the last browser the consent ends");
    bench.sell(0, "t-2", 2_000).await;
    later(&bench, HOUR).await;
    assert_eq!(maker.seen().len(), 1);
    let worker = text(bench.browse("", "/portal/one/worker.js", None).await.octets);
    assert!(worker.contains("showNotification") && worker.contains("notificationclick"));
}

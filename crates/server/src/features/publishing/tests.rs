//! Nothing goes live past a discovery that is not complete, or past a function that has not signed.

use lazo_store::testing::on_both;
use serde_json::{Value, json};

use crate::api::bench::{Bench, SHOP};
use crate::http::Limits;

async fn document(bench: &Bench) -> Value {
    bench.get("manager", "/programs/club").await["document"].clone()
}

async fn draft(bench: &Bench, who: &str, document: Value) {
    let body = json!({ "document": document });
    let drafted = bench.ask(who, "PUT", "/programs/club/draft", Some(body)).await;
    assert_eq!(drafted.status, 200, "{}", drafted.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn r36_building_does_not_begin_while_a_question_is_open_unless_it_is_waived_with_a_name() {
    on_both(async |db| {
        let shop = SHOP.replace("code = \"club\"", "code = \"club\"\nstate = \"discovery\"");
        let bench = Bench::with(db, &shop, Limits::default()).await;
        let mut wanted = document(&bench).await;
        wanted["state"] = json!("build");
        draft(&bench, "manager", wanted).await;
        bench.ask("manager", "PUT", "/discovery/gate", Some(json!({ "demanded": true }))).await;
        for question in ["history", "metrics", "tactics", "competitors", "constraints"] {
            let path = format!("/discovery/waivers/{question}");
            bench.ask("second", "PUT", &path, Some(json!({ "reason": "known from before" }))).await;
        }
        let publish = async || bench.ask("second", "POST", "/programs/club/draft/publish", None).await;
        let shut = publish().await;
        assert_eq!((shut.status, shut.code()), (409, "discovery_incomplete"));
        assert!(shut.body["detail"].as_str().unwrap().contains("objectives"), "{}", shut.body);
        let objective = json!({ "values": { "name": "Come back", "function": "marketing", "kpi": "repeat_rate",
            "baseline": "30", "target": "35", "due": "2027-06-30", "owner": "Marta", "weight": 40, "approved": true } });
        bench.make("manager", "/registers/objectives", objective).await;
        let open = publish().await;
        assert_eq!((open.status, &open.body["document"]["state"]), (200, &json!("build")), "{}", open.body);
        // The other tenant never asked for it, and is not held up.
        assert_eq!(bench.get("two", "/discovery").await["demanded"], false);
    })
    .await;
}

async fn stakeholders(bench: &Bench) {
    for (function, login) in [
        ("finance", "manager"),
        ("crm", "manager"),
        ("technology", "second"),
        ("operations", "second"),
        ("marketing", "second"),
        ("merchandising", "second"),
    ] {
        let person = json!({ "values": { "name": login, "function": function, "influence": 3, "login": login } });
        let other = if login == "manager" { "second" } else { "manager" };
        bench.make(other, "/registers/stakeholders", person).await;
    }
}

async fn states(bench: &Bench) -> Vec<(String, String)> {
    let all = bench.get("analyst", "/programs/club/sign-offs").await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let items = all["items"].as_array().unwrap().iter();
    items.map(|one| (text(&one["function"]), text(&one["state"]))).collect()
}

async fn sign(bench: &Bench, who: &str, function: &str) -> u16 {
    let path = format!("/programs/club/sign-offs/{function}");
    let version = bench.get(who, "/programs/club/sign-offs").await["version"].clone();
    bench.ask(who, "PUT", &path, Some(json!({ "version": version, "agreed": true }))).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn r39_another_expiry_reopens_finance_and_crm_and_publishing_waits_until_they_sign_again() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        stakeholders(&bench).await;
        bench.ask("manager", "PUT", "/sign-off-policy", Some(json!({ "demanded": true }))).await;
        assert_eq!(
            sign(&bench, "second", "finance").await,
            403,
            "who does not speak for it does not sign"
        );
        for (who, functions) in [
            ("manager", &["finance", "crm"][..]),
            ("second", &["technology", "operations", "marketing", "merchandising"][..]),
        ] {
            for function in functions {
                assert_eq!(sign(&bench, who, function).await, 204);
            }
        }
        assert!(states(&bench).await.iter().all(|(_, state)| state == "signed"));
        let mut wanted = document(&bench).await;
        wanted["point_types"][0]["expiry"]["term"] = json!({ "days": 90 });
        draft(&bench, "manager", wanted).await;
        let open: Vec<_> = states(&bench)
            .await
            .into_iter()
            .filter(|(_, state)| state == "reopened")
            .map(|(f, _)| f)
            .collect();
        assert_eq!(open, ["finance", "crm"]);
        let publish =
            async || bench.ask("second", "POST", "/programs/club/draft/publish", None).await;
        assert_eq!(publish().await.code(), "sign_offs_missing");
        assert_eq!(sign(&bench, "manager", "finance").await, 204);
        let shut = publish().await;
        assert_eq!(shut.code(), "sign_offs_missing");
        assert!(shut.body["detail"].as_str().unwrap().ends_with("crm."), "{}", shut.body);
        assert_eq!(sign(&bench, "manager", "crm").await, 204);
        assert_eq!(publish().await.status, 200);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r39_a_refusal_holds_its_own_version_back() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        stakeholders(&bench).await;
        bench.ask("manager", "PUT", "/sign-off-policy", Some(json!({ "demanded": true }))).await;
        let path = "/programs/club/sign-offs/finance";
        let no = json!({ "version": 1, "agreed": false, "note": "too dear" });
        assert_eq!(bench.ask("manager", "PUT", path, Some(no)).await.status, 204);
        assert_eq!(states(&bench).await[0], ("finance".to_owned(), "refused".to_owned()));
        assert_eq!(bench.ask("two", "GET", "/programs/club/sign-offs", None).await.body["items"][0]["state"], "missing");
    })
    .await;
}

/// Goal: whoever may write in the register does not make himself or herself the voice of a function, by whatever name;
/// and what is signed is the version that was read.
#[tokio::test(flavor = "multi_thread")]
async fn r39_nobody_appoints_himself_and_no_signature_falls_on_another_version() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let named = |login: &str| {
            json!({ "values": { "name": "CFO", "function": "finance", "influence": 3, "login": login } })
        };
        let path = "/registers/stakeholders";
        let made = bench.make("manager", path, named("manager")).await;
        let word = json!({ "version": 1, "agreed": true });
        let sign = async |who: &'static str, word: &Value| {
            let path = "/programs/club/sign-offs/finance";
            bench.ask(who, "PUT", path, Some(word.clone())).await
        };
        let refused = sign("manager", &word).await;
        assert_eq!((refused.status, refused.code()), (403, "self_appointed"));
        // A colleague's other words about the person appoint nobody.
        let own = format!("{path}/{}", made["id"].as_str().unwrap());
        let mut changed = named("manager");
        changed["values"]["wants"] = json!("Fewer points.");
        changed["revision"] = json!(1);
        assert_eq!(bench.ask("second", "PUT", &own, Some(changed)).await.status, 200);
        assert_eq!(sign("manager", &word).await.code(), "self_appointed");
        // Neither does a key of one's own.
        let key = json!({ "name": "desk", "role": "program_manager" });
        let key = bench.make("manager", "/api-keys", key).await;
        let bearer = format!("Bearer {}", key["secret"].as_str().unwrap());
        let by_key = [("authorization", bearer.as_str())];
        let by_key = bench.ask_with("", "POST", path, Some(named("manager")), &by_key).await;
        assert_eq!(by_key.status, 201, "{}", by_key.body);
        assert_eq!(sign("manager", &word).await.code(), "self_appointed");
        bench.make("second", path, named("manager")).await;
        let stale = sign("manager", &json!({ "version": 2, "agreed": true })).await;
        assert_eq!((stale.status, stale.code()), (409, "changed_meanwhile"));
        assert_eq!(sign("manager", &word).await.status, 204);
        // Whoever wants nothing but other words in his or her own entry stays who he or she is.
        let all = bench.get("manager", path).await;
        let last = all["items"].as_array().unwrap().last().unwrap().clone();
        let mut own = named("manager");
        own["values"]["concerns"] = json!("What is owed.");
        own["revision"] = json!(1);
        let path = format!("{path}/{}", last["id"].as_str().unwrap());
        assert_eq!(bench.ask("manager", "PUT", &path, Some(own)).await.status, 200);
        assert_eq!(sign("manager", &word).await.status, 204);
    })
    .await;
}

/// Goal: one person does not do without all six functions by lifting the demand for their word.
#[tokio::test(flavor = "multi_thread")]
async fn r39_whoever_lifts_the_demand_publishes_nothing_past_it() {
    on_both(async |db| {
        let mut bench = Bench::new(db).await;
        bench.add_manager("third").await;
        let gate = async |who: &'static str, demanded: bool| {
            let body = Some(json!({ "demanded": demanded }));
            assert_eq!(bench.ask(who, "PUT", "/sign-off-policy", body).await.status, 204);
        };
        let publish = async |who: &'static str| {
            bench.ask(who, "POST", "/programs/club/draft/publish", None).await
        };
        let mut wanted = document(&bench).await;
        wanted["point_types"][0]["expiry"]["term"] = json!({ "days": 90 });
        gate("second", false).await;
        draft(&bench, "manager", wanted.clone()).await;
        assert_eq!(publish("second").await.status, 200, "nothing was ever demanded");
        gate("manager", true).await;
        wanted["point_types"][0]["expiry"]["term"] = json!({ "days": 30 });
        draft(&bench, "manager", wanted).await;
        gate("second", false).await;
        let refused = publish("second").await;
        assert_eq!((refused.status, refused.code()), (409, "sign_offs_missing"));
        gate("third", true).await;
        gate("manager", false).await;
        assert_eq!(
            publish("second").await.code(),
            "sign_offs_missing",
            "nor what its lifter wrote"
        );
        gate("third", true).await;
        gate("third", false).await;
        assert_eq!(publish("second").await.status, 200, "three people have seen it");
    })
    .await;
}

//! The whole API at once: the access matrix over its own document, and the document in the repository.

use std::collections::BTreeSet;

use lazo_store::testing::{TestDb, on_both};
use serde_json::{Value, json};

use super::bench::{Bench, SHOP};
use super::{access, document};
use crate::http::{Access, Limits};

/// Who calls in the matrix, with the role of tenant one that the token stands for.
const CALLERS: [(&str, Option<&str>); 13] = [
    ("cashier", Some("cashier")),
    ("agent", Some("agent")),
    ("analyst", Some("analyst")),
    ("program_manager", Some("program_manager")),
    ("finance", Some("finance")),
    ("admin", Some("admin")),
    ("backend", Some("backend")),
    ("platform", Some("platform")),
    ("member", None),
    ("other", None),
    ("two", Some("admin")),
    ("revoked", None),
    ("nobody", None),
];

#[test]
fn q9_every_endpoint_of_the_document_has_a_row_and_every_row_an_endpoint() {
    let document = document();
    let mut routed = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert_eq!(operation["x-undeclared"], Value::Null, "{method} {path} has no access row");
            routed.insert((method.to_ascii_uppercase(), path.clone()));
        }
    }
    let table = access();
    let declared: BTreeSet<_> =
        table.rows().map(|(path, row)| (row.method.to_owned(), path.to_owned())).collect();
    assert_eq!(declared, routed);
}

#[tokio::test(flavor = "multi_thread")]
async fn q9_access_matrix_is_as_declared_in_every_cell() {
    on_both(async |db| {
        // So many endpoints, asked by nobody known: more than one address may ask for at once.
        let limits = Limits { anonymous_burst: 100_000, ..Limits::default() };
        let mut bench = Bench::with(db, SHOP, limits).await;
        let sold = bench.sell(0, "t-1", 5_000).await;
        let ids = Ids { purchase: sold["id"].as_str().unwrap().to_owned() };
        let table = access();
        let mut cells = 0;
        for (path, row) in table.rows() {
            for (who, role) in CALLERS {
                // A cell before may have ended the members' tokens.
                bench.sign_members_in().await;
                let status = call(&bench, who, row, path, &ids).await;
                let wanted = verdict(row, who, role);
                assert!(
                    wanted.allows(status),
                    "{} {path} as {who}: {status}, declared {wanted:?}",
                    row.method
                );
                cells += 1;
            }
        }
        assert_eq!(cells, table.rows().count() * CALLERS.len());
    })
    .await;
}

/// What a cell of the matrix must answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// Not 401 and not 403: the call reaches its handler, which may well find nothing to do.
    Reaches,
    /// 401.
    Unknown,
    /// 403.
    Refused,
    /// Reaches the handler, which finds nothing: somebody else's is not there. A list or a form without an id of
    /// the first tenant in it answers about the caller's own.
    FindsNothing,
}

impl Verdict {
    fn allows(self, status: u16) -> bool {
        match self {
            Self::Reaches => ![401, 403, 405].contains(&status) && status < 500,
            Self::Unknown => status == 401,
            Self::Refused => status == 403,
            Self::FindsNothing => status == 404,
        }
    }
}

fn verdict(row: &Access, who: &str, role: Option<&str>) -> Verdict {
    if row.open {
        return Verdict::Reaches;
    }
    if ["revoked", "nobody"].contains(&who) {
        return Verdict::Unknown;
    }
    // The platform's administrator belongs to no tenant, and nobody else to the installation.
    let at_home = (who == "platform") == row.installation;
    let by_role = at_home && role.is_some_and(|role| row.roles.iter().any(|r| r.name() == role));
    let is_member = ["member", "other"].contains(&who);
    if is_member && !row.own || !is_member && !by_role {
        return Verdict::Refused;
    }
    if row.people && who != "platform" {
        return Verdict::Refused;
    }
    let names_something = row.path.contains("{member}")
        || row.path.contains("{account}")
        || row.path.contains("{purchase}")
        || row.path.contains("{event}");
    if names_something && ["other", "two"].contains(&who) {
        return Verdict::FindsNothing;
    }
    Verdict::Reaches
}

struct Ids {
    purchase: String,
}

async fn call(bench: &Bench, who: &str, row: &Access, path: &str, ids: &Ids) -> u16 {
    let path = path
        .replace("{member}", &bench.members[0].id.to_string())
        .replace("{account}", &bench.account(0))
        .replace("{purchase}", &ids.purchase)
        .replace("{event}", &ids.purchase)
        .replace("{program}", "nothing")
        .replace("{brand}", "nothing")
        .replace("{version}", "1");
    // Ids that nothing has: what may be called finds nothing, and so changes nothing for the cells after it.
    let nothing = "0000000000000";
    let path = path
        .replace("{staff}", &format!("stf_{nothing}"))
        .replace("{api_key}", &format!("key_{nothing}"));
    // A body that no form takes gets past the gate and changes nothing; below a member, whose own id is in the path,
    // it must be one that is taken, so that the answer is about the member.
    let body = match path.as_str() {
        path if path.ends_with("/identifiers") || path.ends_with("/remove") => {
            json!({ "scheme": "card", "value": "8400" })
        }
        path if path.ends_with("/tiers") => {
            json!({ "group": "none", "tier": "none", "provenance": "gifted", "reference": "g" })
        }
        _ if row.path.contains("{member}") => json!({}),
        _ => json!({ "nothing": 0 }),
    };
    let body = (row.method != "GET" && row.method != "DELETE").then_some(body);
    if row.method == "DELETE" && path.ends_with(&bench.members[0].id.to_string()) {
        // Erasing the matrix's own member would empty the cells after it.
        return erase_somebody(bench, who).await;
    }
    bench.ask(who, row.method, &path, body).await.status
}

async fn erase_somebody(bench: &Bench, who: &str) -> u16 {
    let email = format!("{who}@example.com");
    let new = bench.make("agent", "/members", json!({ "email": email })).await;
    let path = format!("/members/{}", new["id"].as_str().unwrap());
    let status = bench.ask(who, "DELETE", &path, None).await.status;
    bench.ask("agent", "DELETE", &path, None).await;
    status
}

#[tokio::test(flavor = "multi_thread")]
async fn q6_a_key_is_answered_once_and_for_its_own_request_only() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let body = |reference: &str| {
            json!({ "member": bench.members[0].id, "reference": reference, "lines": [{ "net_minor": 900 }] })
        };
        let key = [("idempotency-key", "k-1")];
        let post = |who: &'static str, body: Value| {
            let bench = &bench;
            async move { bench.ask_with(who, "POST", "/purchases", Some(body), &key).await }
        };
        let first = post("cashier", body("t-1")).await;
        assert_eq!(first.status, 201, "{}", first.body);
        // Who gives no instant means now, and now is another one when it is sent again.
        bench.clock.advance(lazo_domain::time::SECOND);
        let again = post("cashier", body("t-1")).await;
        assert_eq!((again.status, &again.body), (201, &first.body), "the same answer, also `replayed`");
        assert_eq!(again.headers["idempotency-replayed"], "true");
        for (who, body) in [("cashier", body("t-2")), ("agent", body("t-1"))] {
            let refused = post(who, body).await;
            assert_eq!((refused.status, refused.code()), (422, "idempotency_key_reused"));
        }
        let elsewhere = post("two", json!({})).await;
        assert_eq!(elsewhere.status, 403, "the key of another tenant tells nothing");
        // A refusal is an answer too.
        let refused = json!({ "member": bench.members[0].id, "reference": "t-3", "lines": [] });
        let other = [("idempotency-key", "k-2")];
        let one = bench.ask_with("cashier", "POST", "/purchases", Some(refused.clone()), &other).await;
        let two = bench.ask_with("cashier", "POST", "/purchases", Some(refused), &other).await;
        assert_eq!((one.status, &one.body), (422, &two.body));
        for bad in ["", " ", "a b", &"x".repeat(256)] {
            let headers = [("idempotency-key", bad)];
            let answer = bench.ask_with("cashier", "POST", "/purchases", Some(body("t-4")), &headers).await;
            assert_eq!(answer.code(), "bad_idempotency_key", "{bad:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn q6_fifty_twins_at_once_count_once_and_get_one_answer() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let body =
            json!({ "member": bench.members[0].id, "reference": "t-1", "lines": [{ "net_minor": 900 }] });
        let twins = (0..50).map(|_| {
            let headers = [("idempotency-key", "k-1")];
            let (bench, body) = (&bench, body.clone());
            async move { bench.ask_with("cashier", "POST", "/purchases", Some(body), &headers).await }
        });
        let answers = futures_util::future::join_all(twins).await;
        for answer in &answers {
            assert_eq!((answer.status, &answer.body), (201, &answers[0].body));
        }
        let path = format!("/accounts/{}/balances", bench.account(0));
        assert_eq!(bench.get("member", &path).await["balances"][0]["available"], 9);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn q6_a_secret_is_never_kept_for_its_key() {
    let db = TestDb::sqlite().await;
    let bench = Bench::new(&db).await;
    let key = [("idempotency-key", "k-1")];
    let body = json!({ "name": "till", "role": "cashier" });
    let one = bench.ask_with("admin", "POST", "/api-keys", Some(body.clone()), &key).await;
    let two = bench.ask_with("admin", "POST", "/api-keys", Some(body), &key).await;
    assert_eq!((one.status, two.status), (201, 201));
    assert_ne!(one.body["secret"], two.body["secret"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn r93_an_integrator_sets_up_a_program_with_a_second_person_and_sells() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let program = bench.get("program_manager", "/programs/club").await;
        assert_eq!(
            (&program["live_version"], &program["draft_version"]),
            (&json!(1), &Value::Null)
        );
        let mut document = program["document"].clone();
        document["earning_rules"][0]["effect"]["points"] = json!(3);
        let draft = json!({ "brand": "corner", "document": document });
        let path = "/programs/club/draft";
        let tried =
            bench.ask("manager", "PUT", &format!("{path}?dry_run=true"), Some(draft.clone())).await;
        assert_eq!(tried.status, 200, "{}", tried.body);
        let lines = tried.body["lines"].to_string();
        assert!(lines.contains("earning_rules.base.effect.points: 1 → 3"), "{lines}");
        let done = bench.ask("manager", "PUT", path, Some(draft)).await;
        assert_eq!((done.status, &done.body["drafted"]), (200, &json!(["club"])), "{}", done.body);
        let own = bench.ask("manager", "POST", "/programs/club/draft/publish", None).await;
        assert_eq!((own.status, own.code()), (403, "four_eyes"));
        let key = bench.ask("admin", "POST", "/programs/club/draft/publish", None).await;
        assert_eq!((key.status, key.code()), (403, "person_required"));
        assert_eq!(bench.sell(0, "t-1", 1_000).await["changes"][0]["points"], 10);
        let published = bench.ask("second", "POST", "/programs/club/draft/publish", None).await;
        assert_eq!(
            (published.status, &published.body["version"]),
            (200, &json!(2)),
            "{}",
            published.body
        );
        assert_eq!(bench.sell(0, "t-2", 1_000).await["changes"][0]["points"], 30);
        let back = bench
            .ask("manager", "POST", "/programs/club/rollback", Some(json!({ "version": 1 })))
            .await;
        assert_eq!((back.status, &back.body["state"]), (200, &json!("draft")), "{}", back.body);
        let versions = bench.get("analyst", "/programs/club/versions").await;
        let states: Vec<_> =
            versions["items"].as_array().unwrap().iter().map(|v| v["state"].clone()).collect();
        assert_eq!(states, ["draft", "published", "published"]);
        let log = bench.get("admin", "/audit-entries").await;
        let actions: Vec<_> =
            log["items"].as_array().unwrap().iter().map(|e| e["action"].clone()).collect();
        assert_eq!(actions, ["program.rolled_back", "program.published", "program.drafted"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_a_new_installation_is_set_up_by_its_first_administrator_alone() {
    on_both(async |db| {
        let mut bench = Bench::bare(db).await;
        let (app, now) = (bench.app.clone(), bench.app.clock.now());
        let offer = crate::features::staff::setup::offer(&app.db, app.entropy.as_ref(), now).await;
        let secret = offer.unwrap().unwrap();
        let body = |token: &str| json!({ "setup_token": token, "login": "eva@example.com", "name": "Eva" });
        let wrong = bench.ask("", "POST", "/setup", Some(body("lzo_wrong"))).await;
        assert_eq!((wrong.status, wrong.code()), (403, "bad_setup_token"));
        let first = bench.make("", "/setup", body(&secret.text)).await;
        let again = bench.ask("", "POST", "/setup", Some(body(&secret.text))).await;
        assert_eq!((again.status, again.code()), (403, "bad_setup_token"));
        bench.tokens.insert("eva", first["token"].as_str().unwrap().to_owned());
        let tenant = json!({
            "code": "mine", "name": "Mine", "country": "ES", "time_zone": "Europe/Madrid",
            "currency": "EUR", "sandbox": true
        });
        let made = bench.make("eva", "/tenants", tenant.clone()).await;
        let taken = bench.ask("eva", "POST", "/tenants", Some(tenant)).await;
        assert_eq!((taken.status, taken.code()), (409, "already_exists"));
        assert_eq!(bench.get("eva", "/tenant").await["id"], made["id"]);
        let key = bench.make("eva", "/api-keys", json!({ "name": "till", "role": "cashier" })).await;
        bench.tokens.insert("till", key["secret"].as_str().unwrap().to_owned());
        let program = json!({ "document": {
            "code": "club", "currency": "EUR", "time_zone": "Europe/Madrid",
            "point_types": [{ "code": "points" }],
            "earning_rules": [{ "code": "base", "point_type": "points",
                "effect": { "type": "points_per_amount", "points": 1, "per_minor": 100 } }]
        }});
        bench.make("eva", "/programs", program).await;
        let member = bench.make("till", "/members", json!({ "email": "ana@example.com" })).await;
        let sale = json!({ "member": member["id"], "reference": "r-1", "lines": [{ "net_minor": 1_250 }] });
        assert_eq!(bench.make("till", "/purchases", sale).await["changes"][0]["points"], 12);
    })
    .await;
}

/// `docs/openapi.json` is the document of this code. After a change: `lazo openapi > docs/openapi.json`.
#[test]
fn r93_the_document_in_the_repository_is_that_of_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let kept: Value = serde_json::from_str(&text).unwrap_or_default();
    assert!(kept == document(), "docs/openapi.json differs: write it anew with `lazo openapi`");
}

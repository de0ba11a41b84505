//! The frame through its public door, with endpoints of its own: what holds for every noun.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use axum::{Json, Router};
use futures_util::future::BoxFuture;
use lazo_domain::ids::{AccountId, MemberId, TenantId};
use lazo_domain::time::{SECOND, Timestamp, Zone};
use lazo_store::testing::TestDb;
use lazo_store::{Clock, IdGenerator, ManualClock, StoreError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower::ServiceExt;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn q9_nobody_other_tenants_and_other_roles_are_kept_out() {
    let bench = Bench::new(Limits::default()).await;
    let get = |token: &'static str, tenant: Option<&'static str>| {
        let mut request = Request::get("/api/v1/things/7");
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(tenant) = tenant {
            request = request.header("lazo-tenant", tenant);
        }
        bench.ask(request.body(Body::empty()).unwrap())
    };
    assert_eq!(get("agent", None).await.0, 200);
    assert_eq!(code(&get("", None).await), (401, "unauthenticated"));
    assert_eq!(code(&get("stranger", None).await), (401, "unauthenticated"));
    assert_eq!(code(&get("cashier", None).await), (403, "forbidden"));
    assert_eq!(code(&get("narrow", None).await), (403, "scope_missing"));
    assert_eq!(code(&get("agent", Some("two")).await), (404, "tenant_not_found"));
    assert_eq!(code(&get("agent", Some("nowhere")).await), (404, "tenant_not_found"));
    assert_eq!(code(&get("partner", None).await), (400, "tenant_required"));
    assert_eq!(get("partner", Some("two")).await.1["tenant"], json!(TenantId(2)));
    assert_eq!(get("member", None).await.0, 200, "account 7 is the member's own");
    assert_eq!(code(&get("other", None).await), (404, "account_not_found"));
}

#[tokio::test(flavor = "multi_thread")]
async fn q9_an_endpoint_without_a_row_lets_nobody_in() {
    let bench = Bench::new(Limits::default()).await;
    assert_eq!(code(&bench.send("GET", "/api/v1/forgotten", None).await), (403, "forbidden"));
    let document = document_of(endpoints(), &AccessTable::new(ACCESS));
    assert_eq!(document["paths"]["/api/v1/forgotten"]["get"]["x-undeclared"], json!(true));
    assert_eq!(document["paths"]["/api/v1/things"]["post"]["x-undeclared"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn q8_every_failure_is_a_problem_and_none_is_ours() {
    let bench = Bench::new(Limits { body_bytes: 300, ..Limits::default() }).await;
    let long = format!(r#"{{"amount":1,"name":"{}"}}"#, "x".repeat(400));
    let deep = format!(r#"{{"amount":{}1{}}}"#, "[".repeat(120), "]".repeat(120));
    let expected: &[(&str, u16, &str, &str)] = &[
        ("", 400, "bad_json", ""),
        ("{", 400, "bad_json", ""),
        ("{\"amount\":1,\"name\":\"a\"} x", 400, "bad_json", ""),
        ("\u{feff}{}", 400, "bad_json", ""),
        ("[]", 422, "invalid", ""),
        ("null", 422, "invalid", ""),
        (r#"{"amount":1}"#, 422, "invalid", ""),
        (r#"{"amount":1,"name":"a","tenant":"x"}"#, 422, "invalid", "/tenant"),
        (r#"{"amount":1,"amount":2,"name":"a"}"#, 422, "invalid", "/amount"),
        (r#"{"amount":2618.0,"name":"a"}"#, 422, "invalid", "/amount"),
        (r#"{"amount":1e308,"name":"a"}"#, 422, "invalid", "/amount"),
        (r#"{"amount":1e400,"name":"a"}"#, 400, "bad_json", ""),
        (r#"{"amount":"NaN","name":"a"}"#, 422, "invalid", "/amount"),
        (r#"{"amount":NaN,"name":"a"}"#, 400, "bad_json", ""),
        (r#"{"amount":9223372036854775808,"name":"a"}"#, 422, "invalid", "/amount"),
        (r#"{"amount":1000000000000000000000000000000,"name":"a"}"#, 422, "invalid", "/amount"),
        (r#"{"amount":1,"name":"a\u0000b"}"#, 422, "invalid", "/name"),
        (r#"{"amount":1,"name":"\ud800"}"#, 400, "bad_json", ""),
        (&deep, 422, "invalid", "/amount/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0/0"),
        (&long, 413, "too_large", ""),
    ];
    for (body, status, wanted, pointer) in expected {
        let answer = bench.send("POST", "/api/v1/things", Some(body)).await;
        assert_eq!(code(&answer), (*status, *wanted), "{body}");
        if *status == 422 {
            let found = &answer.1["errors"][0]["pointer"];
            assert_eq!(found, pointer, "{body}: {}", answer.1);
        }
        assert_eq!(answer.2.headers()["content-type"], "application/problem+json");
        assert_eq!(answer.1["type"], format!("urn:lazo:problem:{wanted}"));
        assert_eq!(answer.1["instance"], "/api/v1/things");
        assert_eq!(answer.1["request_id"], answer.2.headers()["x-request-id"].to_str().unwrap());
    }
    for (method, path, status, wanted) in [
        ("GET", "/api/v1/things/7?x=1", 400, "bad_query"),
        ("GET", "/api/v1/things/7?limit=0", 400, "bad_query"),
        ("GET", "/api/v1/things/7?limit=101", 400, "bad_query"),
        ("GET", "/api/v1/things/7?limit=a", 400, "bad_query"),
        ("GET", "/api/v1/things/7?cursor=%00", 400, "bad_query"),
        ("GET", "/api/v1/things/7?cursor=abc", 400, "bad_cursor"),
        ("GET", "/api/v1/things/x", 404, "not_found"),
        ("GET", "/api/v1/things/%00", 404, "not_found"),
        ("GET", "/api/v1/things/%ff", 404, "not_found"),
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("TRACE", "/api/v1/things/7", 405, "method_not_allowed"),
        ("OPTIONS", "/api/v1/things/7", 405, "method_not_allowed"),
        ("MAKEITSO", "/api/v1/things/7", 405, "method_not_allowed"),
        ("DELETE", "/api/v1/things/7", 405, "method_not_allowed"),
    ] {
        let answer = bench.send(method, path, None).await;
        assert_eq!(code(&answer), (status, wanted), "{method} {path}");
        assert_eq!(answer.2.headers()["content-type"], "application/problem+json");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn q8_a_panic_is_told_without_its_insides() {
    let bench = Bench::new(Limits::default()).await;
    let answer = bench.send("GET", "/api/v1/panic", None).await;
    assert_eq!(code(&answer), (500, "internal"));
    assert!(!answer.1.to_string().contains("the secret"), "{}", answer.1);
}

#[tokio::test(flavor = "multi_thread")]
async fn q8_who_is_too_slow_or_too_fast_is_told_when_to_come_back() {
    let timeout = std::time::Duration::from_millis(20);
    let bench =
        Bench::new(Limits { timeout, requests_per_s: 2, burst: 3, ..Limits::default() }).await;
    let slow = bench.send("GET", "/api/v1/slow", None).await;
    assert_eq!(code(&slow), (503, "unavailable"));
    assert_eq!(slow.2.headers()["retry-after"], "1");
    for left in ["1", "0"] {
        let answer = bench.send("GET", "/api/v1/things/7", None).await;
        assert_eq!(
            (answer.0, &answer.2.headers()["ratelimit-remaining"]),
            (200, &left.parse().unwrap())
        );
    }
    let refused = bench.send("GET", "/api/v1/things/7", None).await;
    assert_eq!(code(&refused), (429, "rate_limited"));
    assert_eq!(refused.2.headers()["retry-after"], "1");
    assert_eq!(refused.2.headers()["ratelimit-limit"], "3");
    bench.clock.advance(SECOND / 2);
    assert_eq!(bench.send("GET", "/api/v1/things/7", None).await.0, 200);
    assert_eq!(bench.send("GET", "/api/v1/things/7", None).await.0, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn r110_what_is_counted_is_told_to_this_machine_alone_and_names_nobody() {
    super::metrics::start();
    let bench = Bench::new(Limits::default()).await;
    let thing = "/api/v1/things/71234567";
    assert_eq!(bench.send("GET", thing, None).await.0, 200);
    assert_eq!(bench.send("GET", "/api/v1/things/81234567?limit=x", None).await.0, 400);
    let ask = async |peer: &str, header: Option<&'static str>| {
        let mut request = Request::builder().uri("/metrics");
        if let Some(name) = header {
            request = request.header(name, "203.0.113.9");
        }
        let mut request = request.body(Body::empty()).unwrap();
        let peer: std::net::SocketAddr = peer.parse().unwrap();
        request.extensions_mut().insert(axum::extract::ConnectInfo(peer));
        bench.ask(request).await
    };
    let (status, told, _) = ask("127.0.0.1:9", None).await;
    assert_eq!(status, 200);
    let told = told["text"].as_str().unwrap();
    let line = |start: &str, status: &str| {
        told.lines().find(|l| l.starts_with(start) && l.contains(status)).map(str::to_owned)
    };
    let route = r#"route="/api/v1/things/{thing}""#;
    let served = line("lazo_http_requests_total", r#"status="200""#).unwrap_or_default();
    assert!(served.contains(route) && served.contains(r#"method="GET""#), "{told}");
    assert!(line("lazo_http_requests_total", r#"status="400""#).is_some(), "{told}");
    assert!(line("lazo_http_request_seconds_bucket", route).is_some(), "{told}");
    assert!(line("lazo_outbox_waiting 0", "").is_some(), "{told}");
    assert!(!told.contains("1234567"), "{told}");

    assert_eq!(ask("203.0.113.9:9", None).await.0, 404);
    for header in ["x-forwarded-for", "forwarded", "x-real-ip"] {
        assert_eq!(ask("127.0.0.1:9", Some(header)).await.0, 404, "{header}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r93_failures_speak_the_callers_language() {
    let bench = Bench::new(Limits::default()).await;
    for (wish, title) in [
        ("", "Not found"),
        ("fr", "Not found"),
        ("es", "No encontrado"),
        ("en;q=0.5, es-AR;q=0.9", "No encontrado"),
        ("es;q=0, en", "Not found"),
    ] {
        let request = Request::get("/api/v1/nothing").header("accept-language", wish);
        let answer = bench.ask(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.1["title"], title, "{wish}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn q8_a_callers_request_id_comes_back_unless_it_could_do_harm() {
    let bench = Bench::new(Limits::default()).await;
    let ask = |id: &'static str| {
        let request = Request::get("/livez").header("x-request-id", id);
        bench.ask(request.body(Body::empty()).unwrap())
    };
    assert_eq!(ask("till-7:42").await.2.headers()["x-request-id"], "till-7:42");
    let made = ask("<script>").await.2.headers()["x-request-id"].to_str().unwrap().to_owned();
    assert!(made.starts_with("req_"), "{made}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r93_the_documentation_comes_from_the_binary_and_asks_nobody_else() {
    let bench = Bench::new(Limits::default()).await;
    assert_eq!(bench.send("GET", "/livez", None).await.0, 200);
    assert_eq!(bench.send("GET", "/readyz", None).await.0, 200);
    let document = bench.send("GET", "/api/openapi.json", None).await;
    assert_eq!(document.1["openapi"], "3.1.0");
    assert!(document.1["paths"]["/api/v1/things/{thing}"]["get"]["responses"]["429"].is_object());
    let page = bench.send("GET", "/api/docs/", None).await;
    let csp = page.2.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(csp.contains("script-src 'self'") && !csp.contains("unsafe-eval"), "{csp}");
    assert_eq!(bench.send("GET", "/api/docs/swagger-ui.css", None).await.0, 200);
    let start = bench.send("GET", "/api/docs/swagger-initializer.js", None).await;
    assert!(start.1["text"].as_str().unwrap().contains("/api/openapi.json"));
    assert_eq!(bench.send("GET", "/api/docs/..%2f..%2fCargo.toml", None).await.0, 404);
}

#[test]
fn q8_cursors_fit_their_list_only_and_survive_no_change() {
    let page = Page::of("things", 2, vec![5, 6, 7], |n| *n, |n| n);
    assert_eq!(page.items, [5, 6]);
    let next = page.cursor.next.unwrap();
    let found = window::<i64>("things", None, Some(&next)).unwrap();
    assert_eq!((found.limit, found.after), (50, Some(6)));
    assert!(window::<i64>("others", None, Some(&next)).is_err());
    for at in 0..next.len() {
        let mut changed = next.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        let answer = window::<i64>("things", None, Some(&changed));
        assert!(answer.is_err_and(|problem| problem.code == "bad_cursor"), "{at}");
    }
    let last = Page::of("things", 2, vec![5, 6], |n| *n, |n| n);
    assert_eq!(last.cursor.next, None);
}

#[test]
fn r93_every_code_has_words_in_every_language() {
    let mut codes: Vec<String> = Vec::new();
    for text in sources(concat!(env!("CARGO_MANIFEST_DIR"), "/src")) {
        for mark in ["Problem::new(", "Self::new(", "not_found(", "own_account("] {
            for (at, _) in text.match_indices(mark) {
                let call: String =
                    text[at + mark.len()..].chars().take_while(|c| *c != ')').collect();
                codes.extend(call.split('"').nth(1).map(str::to_owned));
            }
        }
    }
    let refusals = include_str!("../../../domain/src/refusal.rs");
    codes.extend(
        refusals.split("=> \"").skip(1).filter_map(|t| t.split('"').next()).map(str::to_owned),
    );
    assert!(codes.len() > 40, "{codes:?}");
    for locale in crate::i18n::Locale::ALL {
        for code in &codes {
            let key = format!("problem-{}", code.replace('_', "-"));
            for key in [key.clone(), key + "-detail"] {
                let text = locale.text(&key, &crate::i18n::Args::new());
                assert_ne!(text, key, "{} has no words for it", locale.tag());
            }
        }
    }
}

fn sources(folder: &str) -> Vec<String> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        let name = path.display().to_string();
        if path.is_dir() {
            all.extend(sources(&name));
        } else if name.ends_with(".rs") && !name.ends_with("tests.rs") && !name.contains("/tests/")
        {
            all.push(std::fs::read_to_string(&path).unwrap());
        }
    }
    all
}

/// A frame around three small endpoints, on a database of its own.
struct Bench {
    router: Router,
    clock: Arc<ManualClock>,
    _db: TestDb,
}

type Answer = (u16, Value, Response<()>);

fn code(answer: &Answer) -> (u16, &str) {
    (answer.0, answer.1["code"].as_str().unwrap_or_default())
}

impl Bench {
    async fn new(limits: Limits) -> Self {
        let db = TestDb::sqlite().await;
        let clock = Arc::new(ManualClock::new(Timestamp::parse("2026-11-02T09:00:00Z").unwrap()));
        let shared = Arc::clone(&clock) as Arc<dyn Clock>;
        let ids = Arc::new(IdGenerator::new(Arc::clone(&shared), 1));
        let access = AccessTable::new(ACCESS);
        let frame = Frame::new(db.db.clone(), shared, ids, Arc::new(Reception), access, limits);
        Self { router: router(frame, endpoints(), ()), clock, _db: db }
    }

    async fn send(&self, method: &str, path: &str, body: Option<&str>) -> Answer {
        let request = Request::builder().method(method).uri(path);
        let request = request
            .header("authorization", "Bearer agent")
            .header("content-type", "application/json");
        self.ask(request.body(Body::from(body.unwrap_or_default().to_owned())).unwrap()).await
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let value = serde_json::from_str(&text).unwrap_or_else(|_| json!({ "text": text }));
        (parts.status.as_u16(), value, Response::from_parts(parts, ()))
    }
}

const ACCESS: &[Access] = &[
    Access::get("/things/{thing}", "things:read", &[Role::Agent]).and_own(),
    Access::post("/things", "things:write", &[Role::Agent]),
    Access::get("/panic", "things:read", &[Role::Agent]),
    Access::get("/slow", "things:read", &[Role::Agent]),
];

fn endpoints() -> OpenApiRouter<()> {
    OpenApiRouter::new()
        .routes(routes!(get_thing))
        .routes(routes!(make_thing))
        .routes(routes!(panics))
        .routes(routes!(slow))
        .routes(routes!(forgotten))
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Thing {
    amount: i64,
    name: String,
}

#[utoipa::path(get, path = "/things/{thing}", responses((status = 200)))]
async fn get_thing(
    scope: Scope<()>,
    PathId(thing): PathId<i64>,
    Asked(page): Asked<PageQuery>,
) -> Result<Json<Value>, Problem> {
    scope.own_account(AccountId(thing), "account_not_found")?;
    page.window::<i64>("things")?;
    Ok(Json(json!({ "tenant": scope.tenant })))
}

#[utoipa::path(post, path = "/things", responses((status = 201)))]
async fn make_thing(_: Scope<()>, Payload(thing): Payload<Thing>) -> (StatusCode, Json<Thing>) {
    (StatusCode::CREATED, Json(thing))
}

#[utoipa::path(get, path = "/panic", responses((status = 200)))]
async fn panics() -> StatusCode {
    panic!("the secret")
}

#[utoipa::path(get, path = "/slow", responses((status = 200)))]
async fn slow() -> StatusCode {
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    StatusCode::OK
}

#[utoipa::path(get, path = "/forgotten", responses((status = 200)))]
async fn forgotten() -> StatusCode {
    StatusCode::OK
}

/// Knows a few callers by name.
struct Reception;

impl Desk for Reception {
    fn authenticate<'a>(
        &'a self,
        token: &'a str,
    ) -> BoxFuture<'a, Result<Option<Known>, StoreError>> {
        Box::pin(async move { Ok(principal(token).map(Known::from)) })
    }

    fn tenancy<'a>(&'a self, which: &'a str) -> BoxFuture<'a, Result<Option<Tenancy>, StoreError>> {
        Box::pin(async move {
            let known = [(1, "one"), (2, "two")];
            let found = known
                .into_iter()
                .find(|(id, code)| which == *code || which == TenantId(*id).to_string());
            Ok(found.map(|(id, code)| Tenancy {
                id: TenantId(id),
                name: String::new(),
                code: code.to_owned(),
                live: true,
                sandbox: false,
                clock_at: None,
                zone: Zone::utc(),
                country: "ES".to_owned(),
                config_version: 1,
            }))
        })
    }
}

fn principal(token: &str) -> Option<Principal> {
    let one = Some(TenantId(1));
    let holder = match token {
        "member" => Holder::Member { member: MemberId(7), account: AccountId(7) },
        "other" => Holder::Member { member: MemberId(8), account: AccountId(8) },
        _ => Holder::Key,
    };
    let of = |role, tenants: &[i64]| {
        tenants.iter().map(|t| Grant { tenant: Some(TenantId(*t)), role }).collect::<Vec<_>>()
    };
    let grants = match token {
        "agent" | "narrow" => of(Role::Agent, &[1]),
        "cashier" => of(Role::Cashier, &[1]),
        "partner" => of(Role::Agent, &[1, 2]),
        "member" | "other" => Vec::new(),
        _ => return None,
    };
    let scopes = (token == "narrow").then(|| vec!["others:*".to_owned()]);
    let home = (token != "partner").then_some(one).flatten();
    Some(Principal { actor: format!("key:{token}"), holder, grants, home, scopes })
}

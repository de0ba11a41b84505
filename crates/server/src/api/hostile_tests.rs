//! Every endpoint under hostile input: whatever is sent, the answer is a documented one and none is a fault of ours.

use std::collections::BTreeMap;

use lazo_store::testing::on_both;
use serde_json::{Value, json};

use super::bench::{Answer, Bench};
use super::document;

/// Values that no field expects; each stands in for every field of every body in turn.
fn values() -> Vec<Value> {
    let mut all = vec![
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(i64::MIN),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(0.5),
        json!(2618.0),
        json!(1e308),
        json!([]),
        json!({}),
        json!([[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]),
        json!({ "a": { "b": { "c": 1 } } }),
        json!("x".repeat(100_000)),
        json!(vec![0; 3_000]),
    ];
    let words = [
        "",
        " ",
        "NaN",
        "null",
        "-1",
        "1e999",
        "a\u{0}b",
        "\u{202e}abc",
        "\u{feff}",
        "😀",
        "' or 1=1 --",
        "'; drop table member; --",
        "%' and '%",
        "=1+1",
        "../../etc/passwd",
        "ext:",
        "ext::",
        "ext:email:",
        "ext:email:\u{0}@example.com",
        "mbr_zzzzzzzzzzzzz",
        "acc_0000000000000",
        "me",
        "9999-12-31T23:59:59Z",
        "-9999-01-01T00:00:00Z",
        "0000-00-00T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "<script>alert(1)</script>",
    ];
    all.extend(words.map(|word| json!(word)));
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn q8_hostile_bodies_never_cause_a_fault() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let document = document();
        let mut tried = 0;
        for (path, method, operation) in operations(&document) {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            if schema.is_null() {
                continue;
            }
            let fields = fields(&document, schema);
            let path = filled(&bench, &path);
            for value in values() {
                let who = if tried % 2 == 0 { "admin" } else { "backend" };
                let mut bodies = vec![value.clone()];
                bodies.extend(fields.keys().map(|field| {
                    let mut body = sample(&bench, &fields);
                    body[field] = value.clone();
                    body
                }));
                // One field per value and endpoint, in turn, keeps the test within its minute.
                let at = tried % bodies.len();
                let answer = bench.ask(who, &method, &path, Some(bodies.swap_remove(at))).await;
                check(&method, &path, operation, &answer, &value);
                tried += 1;
            }
        }
        assert!(tried > 1_000, "{tried}");
        books_in_order(&bench).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn q8_hostile_paths_and_queries_never_cause_a_fault() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let document = document();
        let parts = [
            "%00",
            "%ff",
            "%2e%2e",
            "a%0d%0ab",
            "'%20or%201=1",
            "mbr_zzzzzzzzzzzzz",
            "ext:email:x",
            "%F0%9F%98%80",
            "-1",
            "9223372036854775808",
            "me",
            "ext:",
            "ext:a:b",
        ];
        let queries = [
            "limit=0",
            "limit=-1",
            "limit=101",
            "limit=x",
            "limit=99999999999999999999",
            "cursor=",
            "cursor=%00",
            "cursor=AAAA",
            "cursor=eyJ4IjoxfQ",
            "a=b",
            "limit=1&limit=2",
            "dry_run=maybe",
            "=",
            "&&&",
            "%",
            "at=yesterday",
            "program=%27",
        ];
        for (path, method, operation) in operations(&document) {
            for part in parts {
                let path = with_parts(&path, part);
                let answer = bench.ask("admin", &method, &path, None).await;
                check(&method, &path, operation, &answer, &json!(part));
            }
            for query in queries {
                let path = format!("{}?{query}", filled(&bench, &path));
                let answer = bench.ask("admin", &method, &path, None).await;
                check(&method, &path, operation, &answer, &json!(query));
            }
        }
        books_in_order(&bench).await;
    })
    .await;
}

/// Every operation: path, method, and what the document says of it. Erasing is left out, it needs no body.
fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if method != "delete" {
                all.push((path.clone(), method.to_ascii_uppercase(), operation));
            }
        }
    }
    all
}

fn check(method: &str, path: &str, operation: &Value, answer: &Answer, sent: &Value) {
    let shown: String = sent.to_string().chars().take(80).collect();
    assert!(answer.status < 500, "{method} {path} with {shown}: {} {}", answer.status, answer.body);
    let known = !operation["responses"][answer.status.to_string()].is_null();
    // A path that ends elsewhere is no longer this operation.
    let elsewhere = [404, 405].contains(&answer.status);
    assert!(
        known || elsewhere,
        "{method} {path} with {shown}: {} is not documented",
        answer.status
    );
    if answer.status >= 400 {
        assert_eq!(answer.headers["content-type"], "application/problem+json", "{method} {path}");
        assert!(!answer.code().is_empty(), "{method} {path} with {shown}: {}", answer.body);
    }
}

/// The fields of a body with their schemas, references followed.
fn fields(document: &Value, schema: &Value) -> BTreeMap<String, Value> {
    let schema = resolved(document, schema);
    let all = schema["properties"].as_object().cloned().unwrap_or_default();
    all.into_iter().collect()
}

fn resolved(document: &Value, schema: &Value) -> Value {
    match schema["$ref"].as_str().and_then(|path| path.strip_prefix('#')) {
        Some(pointer) => document.pointer(pointer).cloned().unwrap_or_default(),
        None => schema.clone(),
    }
}

/// A body that mostly fits, so that the hostile field is looked at.
fn sample(bench: &Bench, fields: &BTreeMap<String, Value>) -> Value {
    let mut body = json!({});
    for (name, schema) in fields {
        let kind = schema["type"].as_str().unwrap_or_default();
        body[name] = match (name.as_str(), kind) {
            ("member" | "from" | "to", _) => json!(bench.members[0].id),
            ("lines", _) => json!([{ "net_minor": 100 }]),
            ("point_type", _) => json!("points"),
            ("reference", _) => json!("hostile"),
            (_, "string") => schema["example"].clone(),
            (_, "integer") => json!(1),
            (_, "array") => json!([]),
            _ => continue,
        };
    }
    body
}

fn filled(bench: &Bench, path: &str) -> String {
    let path = path.replace("{member}", &bench.members[0].id.to_string());
    with_parts(
        &path.replace("{account}", &bench.account(0)).replace("{program}", "club"),
        "nothing",
    )
}

fn with_parts(path: &str, part: &str) -> String {
    let pieces = path.split('/').map(|piece| if piece.starts_with('{') { part } else { piece });
    pieces.collect::<Vec<_>>().join("/")
}

/// Whatever was let through, the books are in order.
async fn books_in_order(bench: &Bench) {
    let mut findings = Vec::new();
    let checked =
        lazo_store::verify::verify(&bench.app.db, |found| findings.push(found), |_, _| {}).await;
    assert!(checked.is_ok() && findings.is_empty(), "{findings:?}");
}

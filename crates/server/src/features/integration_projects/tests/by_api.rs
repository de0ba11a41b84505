//! A whole merge by the API alone: two small sources, a second person at each gate, an unmerge, and other tenants kept out.

use lazo_store::testing::on_both;
use serde_json::{Value, json};

use crate::api::bench::Bench;
use crate::places::Kind;

fn mapping(kind: &str, source: &str, fields: &str) -> String {
    format!("kind = \"{kind}\"\nsource = \"{source}\"\nprogram = \"club\"\n\n[fields]\n{fields}")
}

/// Two persons in each source, one of them in both; points 1 to 1 and 3 to 2.
fn files(folder: &std::path::Path) {
    let folder = folder.join("merge/one/duo");
    std::fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    let person = "\n[person]\ngiven_name = \"given\"\nsurname = \"surname\"\nbirth_date = \"born\"\nemail = \"email\"\n";
    for source in ["a", "b"] {
        write(
            &format!("{source}-m.toml"),
            &(mapping("accounts", source, "member = \"id\"\nenrolled_at = \"since\"\n") + person),
        );
        let lots = "member = \"id\"\nlot = \"lot\"\npoint_type = { constant = \"p\" }\npoints = \"points\"\nearned_at = \"at\"\n";
        write(&format!("{source}-l.toml"), &mapping("lots", source, lots));
    }
    let head = "id,since,given,surname,born,email\n";
    write(
        "a-m.csv",
        &format!(
            "{head}1,2020-01-01T00:00:00Z,Ana,Vidal,1980-05-17,ana@example.com\n2,2021-01-01T00:00:00Z,Leo,Soto,1990-01-01,leo@example.com\n"
        ),
    );
    write(
        "b-m.csv",
        &format!(
            "{head}9,2019-01-01T00:00:00Z,Ana,Vidal,1980-05-17,ana@example.com\n8,2021-01-01T00:00:00Z,Eva,Rey,1970-01-01,eva@example.com\n"
        ),
    );
    let head = "id,lot,points,at\n";
    write("a-l.csv", &format!("{head}1,x,100,2025-05-01T00:00:00Z\n2,x,7,2025-05-01T00:00:00Z\n"));
    write("b-l.csv", &format!("{head}9,y,51,2025-05-01T00:00:00Z\n8,y,10,2025-05-01T00:00:00Z\n"));
}

fn project() -> Value {
    let files = |s: &str| {
        json!([{ "file": format!("{s}-m.csv"), "mapping": format!("{s}-m.toml") },
               { "file": format!("{s}-l.csv"), "mapping": format!("{s}-l.toml") }])
    };
    let rule = |source: &str, rate: &str| json!({ "source": source, "point_type": "p", "to": "points", "table": { "mode": "flat", "rate": rate } });
    json!({
        "document": { "code": "duo", "program": "club", "rules": "", "sources": [
            { "code": "a", "files": files("a") }, { "code": "b", "files": files("b") }],
            "accepted": { "no_totals": "two rows each, read aloud" },
            "waves": [{ "name": "all", "kinds": ["single", "matched"] }] },
        "rules": { "cutover": "2026-02-01T00:00:00Z", "zone": "Europe/Madrid", "controller": "a",
            "point_types": { "points": {} }, "conversions": [rule("a", "1"), rule("b", "3/2")] },
    })
}

/// To pairs that wait for a person.
pub async fn matched(bench: &Bench, folder: &std::path::Path) {
    files(folder);
    let act = async |path: &str, body: Option<Value>| {
        let path = format!("/integration-projects{path}");
        let done = bench.ask("manager", "POST", &path, body).await;
        assert!(done.status < 300, "{path}: {}", done.body);
    };
    act("", Some(project())).await;
    for step in ["/duo/profile", "/duo/map", "/duo/match"] {
        act(step, None).await;
    }
}

/// To a wave that is posted and reconciled.
pub async fn posted(bench: &Bench, folder: &std::path::Path) {
    matched(bench, folder).await;
    let act = async |who: &'static str, path: &str, body: Option<Value>| {
        let done = bench.ask(who, "POST", &format!("/integration-projects{path}"), body).await;
        assert!(done.status < 300, "{path}: {}", done.body);
        done.body
    };
    let pair = json!({ "left": "a/1", "right": "b/9", "decision": "merge" });
    act("manager", "/duo/links", Some(pair)).await;
    let plan = act("manager", "/duo/dry-run", None).await;
    act("second", "/duo/approve", Some(json!({ "run_hash": plan["run_hash"] }))).await;
    act("manager", "/duo/waves/1/run", None).await;
    act("manager", "/duo/waves/1/reconcile", None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a16_m59_a_merge_by_the_api_alone_signed_by_finance_and_taken_apart() {
    on_both(async |db| {
        let folder = tempfile::tempdir().unwrap();
        files(folder.path());
        let bench = Bench::new(db).await.in_folder(folder.path()).impatient();
        let at = |rest: &str| format!("/integration-projects/duo{rest}");
        let act = async |who: &'static str, rest: &str, body: Option<Value>| {
            bench.ask(who, "POST", &at(rest), body).await
        };
        let begun = bench.ask("manager", "POST", "/integration-projects", Some(project())).await;
        assert_eq!(begun.status, 201, "{}", begun.body);
        assert_eq!(act("manager", "/match", None).await.status, 409, "the gate");
        for step in ["/profile", "/map", "/match"] {
            let done = act("manager", step, None).await;
            assert_eq!(done.status, 200, "{step}: {}", done.body);
        }
        let pair = json!({ "left": "a/1", "right": "b/9", "decision": "merge" });
        assert_eq!(act("manager", "/links", Some(pair.clone())).await.status, 200);
        assert_eq!(act("admin", "/links", Some(pair)).await.status, 403, "a key decides on nobody");
        let plan = act("manager", "/dry-run", None).await;
        assert_eq!((plan.status, &plan.body["approvable"]), (200, &json!(true)), "{}", plan.body);
        // One file of a client at a time, and of another client all the same.
        let tenant = bench.members[0].tenant;
        let place = bench.app.places.take(tenant, Kind::Files).await.unwrap();
        for step in ["/profile", "/map", "/match", "/dry-run", "/waves/1/run", "/reconcile"] {
            let refused = act("manager", step, None).await;
            assert_eq!((refused.status, refused.code()), (429, "work_under_way"), "{step}");
            assert!(refused.headers.contains_key("retry-after"));
        }
        drop(place);
        let shown = json!({ "run_hash": plan.body["run_hash"] });
        let other = act("second", "/approve", Some(json!({ "run_hash": "0".repeat(64) }))).await;
        assert_eq!((other.status, other.code()), (409, "merge_refused"), "{}", other.body);
        assert_eq!(act("second", "/approve", None).await.status / 100, 4, "a plan is named");
        let own = act("manager", "/approve", Some(shown.clone())).await;
        assert_eq!((own.status, own.code()), (403, "four_eyes"));
        assert_eq!(act("second", "/approve", Some(shown)).await.status, 200);
        let run = act("manager", "/waves/1/run", None).await;
        assert_eq!((run.status, &run.body["posted"]), (200, &json!(3)), "{}", run.body);
        let again = act("manager", "/waves/1/run", None).await;
        assert_eq!((&again.body["posted"], &again.body["before"]), (&json!(0), &json!(3)));
        let report = act("manager", "/waves/1/reconcile", None).await;
        assert_eq!(report.body["report"]["agrees"], true, "{}", report.body);
        let sha256 = report.body["sha256"].as_str().unwrap();
        let body = |role: &str, sha256: &str| Some(json!({ "sha256": sha256, "role": role }));
        let (finance, owner) = ("finance_controller", "program_owner");
        assert_eq!(act("manager", "/waves/1/sign", body(owner, sha256)).await.status, 403);
        // Nothing, or the beginning of a hash, names no report.
        for part in ["", "0000", &sha256[..63]] {
            let wrong = act("second", "/waves/1/sign", body(owner, part)).await;
            assert_eq!((wrong.status, wrong.code()), (409, "merge_refused"), "{part}");
        }
        let first = act("second", "/waves/1/sign", body(owner, sha256)).await;
        assert_eq!((first.status, &first.body["state"]), (200, &json!("reconciled")));
        // The same person does not sign in both roles, and nobody in a role that is another's.
        assert_eq!(act("second", "/waves/1/sign", body(finance, sha256)).await.code(), "four_eyes");
        assert_eq!(act("controller", "/waves/1/sign", body(owner, sha256)).await.status, 403);
        let whole = act("controller", "/waves/1/sign", body(finance, sha256)).await;
        assert_eq!((whole.status, &whole.body["state"]), (200, &json!("signed")), "{}", whole.body);
        let whole = act("manager", "/reconcile", None).await;
        assert_eq!(whole.body["report"]["agrees"], true, "{}", whole.body);

        // 100 and 51 × 3/2 = 76.5, so 77.
        let found = async |name: &str| {
            let member = bench.get("agent", &format!("/members/ext:{name}")).await;
            let path = format!("/accounts/{}/balances", member["account"].as_str().unwrap());
            bench.get("finance", &path).await["balances"][0]["available"].clone()
        };
        assert_eq!((found("a:1").await, found("b:9").await), (json!(177), json!(177)));
        let told = bench.get("agent", &at("/statement?member=b/9")).await;
        assert_eq!(told["adds_up"], true, "{told}");
        assert_eq!(bench.ask("two", "GET", &at(""), None).await.status, 404);

        // An e-mail or a phone is asked for in the body, never in an address.
        for member in
            ["email:ana@example.com", "ana@example.com", "phone:612345678", "%2B34612345678"]
        {
            let asked =
                bench.ask("agent", "GET", &at(&format!("/statement?member={member}")), None).await;
            assert_eq!(asked.status, 422, "{member}: {}", asked.body);
        }
        let by_body = bench
            .ask("agent", "POST", &at("/statement"), Some(json!({ "member": "ext:b:9" })))
            .await;
        assert_eq!(
            (by_body.status, &by_body.body["golden"]),
            (200, &told["golden"]),
            "{}",
            by_body.body
        );

        let asked = json!({ "kind": "unmerge", "accounts": ["b/9"] });
        let asked = act("manager", "/requests", Some(asked)).await;
        assert_eq!(asked.status, 202, "{}", asked.body);
        let path = format!("/requests/{}/decide", asked.body["request"]["request"]);
        let own = act("manager", &path, Some(json!({ "agrees": true }))).await;
        assert_eq!((own.status, own.code()), (403, "four_eyes"));
        let done = act("second", &path, Some(json!({ "agrees": true }))).await;
        assert_eq!(done.status, 200, "{}", done.body);
        assert_eq!((found("a:1").await, found("b:9").await), (json!(100), json!(77)));
    })
    .await;
}

/// Files are called what the caller called them: where the server keeps them is its own business.
#[tokio::test(flavor = "multi_thread")]
async fn m1_a_missing_or_broken_file_is_named_as_the_caller_named_it() {
    on_both(async |db| {
        let folder = tempfile::tempdir().unwrap();
        files(folder.path());
        let bench = Bench::new(db).await.in_folder(folder.path());
        let begun = bench.ask("manager", "POST", "/integration-projects", Some(project())).await;
        assert_eq!(begun.status, 201, "{}", begun.body);
        let of = folder.path().join("merge/one/duo");
        let act = async |rest: &str| {
            let path = format!("/integration-projects/duo{rest}");
            let answer = bench.ask("manager", "POST", &path, None).await;
            assert_eq!(answer.status, 409, "{}", answer.body);
            let text = answer.body.to_string();
            assert!(!text.contains(folder.path().to_str().unwrap()), "{text}");
            text
        };
        let members = std::fs::read_to_string(of.join("a-m.csv")).unwrap();
        std::fs::remove_file(of.join("a-m.csv")).unwrap();
        assert!(act("/profile").await.contains("a-m.csv"));
        std::fs::write(of.join("a-m.csv"), members.replace("id,since", "id,strange,since"))
            .unwrap();
        let ok = bench.ask("manager", "POST", "/integration-projects/duo/profile", None).await;
        assert_eq!(ok.status, 200, "{}", ok.body);
        assert!(act("/map").await.contains("a-m.csv: column `strange` is unexplained"));
        std::fs::write(of.join("a-m.toml"), "kind = \"nonsense\"").unwrap();
        assert!(act("/map").await.contains("a-m.toml"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn m1_a_project_of_the_api_names_no_file_outside_its_folder() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        for name in ["/etc/passwd", "../../secrets.csv", "a/../../b"] {
            let mut new = project();
            new["document"]["sources"][0]["files"][0]["file"] = json!(name);
            let refused = bench.ask("manager", "POST", "/integration-projects", Some(new)).await;
            assert_eq!(refused.status, 422, "{name}: {}", refused.body);
        }
        let mut new = project();
        new["document"]["folder"] = json!("/etc");
        let refused = bench.ask("manager", "POST", "/integration-projects", Some(new)).await;
        assert_eq!(refused.status, 422, "{}", refused.body);
    })
    .await;
}

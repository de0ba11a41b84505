//! People: what they are in a tenant, and that a token given in one tenant is worth nothing in another.

use lazo_domain::time::Timestamp;
use lazo_store::testing::on_both;
use serde_json::json;

use super::store;
use crate::api::bench::Bench;

#[tokio::test(flavor = "multi_thread")]
async fn r91_a_persons_roles_count_at_once_and_per_tenant() {
    on_both(async |db| {
        let mut bench = Bench::new(db).await;
        let new = json!({ "login": "Ines@example.com", "name": "Ines", "roles": ["agent"] });
        let one = bench.make("admin", "/staff", new).await;
        assert_eq!(one["login"], "ines@example.com");
        let new = json!({ "login": "ines@example.com", "name": "Other", "roles": ["admin"] });
        let two = bench.make("two", "/staff", new).await;
        assert_eq!(
            (&two["id"], &two["name"]),
            (&one["id"], &json!("Other")),
            "one person, known by the login; what she is called elsewhere is not told"
        );
        let path = format!("/staff/{}", one["id"].as_str().unwrap());
        let token = bench.make("admin", &format!("{path}/tokens"), json!({ "days": 1 })).await;
        bench.tokens.insert("ines", token["token"].as_str().unwrap().to_owned());
        assert_eq!(bench.ask("ines", "GET", "/members", None).await.status, 200);
        // She is an administrator of tenant two, but this token was given in tenant one.
        let elsewhere =
            bench.ask_with("ines", "GET", "/api-keys", None, &[("lazo-tenant", "two")]).await;
        assert_eq!((elsewhere.status, elsewhere.code()), (404, "tenant_not_found"));
        let roles = json!({ "roles": ["analyst"] });
        let set = bench.ask("admin", "PUT", &format!("{path}/roles"), Some(roles)).await;
        assert_eq!((set.status, &set.body["roles"]), (200, &json!(["analyst"])));
        assert_eq!(bench.ask("ines", "GET", "/members", None).await.status, 403);
        assert_eq!(bench.ask("ines", "GET", "/programs", None).await.status, 200);
        assert_eq!(bench.ask("admin", "DELETE", &format!("{path}/tokens"), None).await.status, 204);
        assert_eq!(bench.ask("ines", "GET", "/programs", None).await.status, 401);
    })
    .await;
}

/// A client invites somebody and has the password so; what another client grants the same login later stays closed, until
/// the installation lets the person in.
#[tokio::test(flavor = "multi_thread")]
async fn r91_a_way_in_that_one_client_gave_opens_nothing_of_another() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let at =
            |roles: &str| json!({ "login": "cfo@example.com", "name": "Inés", "roles": [roles] });
        let one = bench.make("admin", "/staff", at("agent")).await;
        let id = one["id"].as_str().unwrap().parse().unwrap();
        let (db, tenant) = (&bench.app.db, bench.members[0].tenant);
        let mut tx = db.begin().await.unwrap();
        store::invite(&mut tx, id, tenant, Some("staff:stf_a"), Timestamp(1)).await.unwrap();
        tx.commit().await.unwrap();
        bench.make("two", "/staff", at("admin")).await;
        let open = async || super::principal(db, id).await.unwrap().unwrap();
        let invited = open().await;
        assert_eq!(invited.actor, format!("staff:{id} via staff:stf_a"));
        assert!(invited.grants.iter().all(|grant| grant.tenant == Some(tenant)));
        assert_eq!(invited.grants.len(), 1);
        store::let_in(db, id).await.unwrap();
        let whole = open().await;
        assert_eq!((whole.actor, whole.grants.len()), (format!("staff:{id}"), 2));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r91_staff_of_several_tenants_say_which_they_mean() {
    on_both(async |db| {
        let mut bench = Bench::new(db).await;
        let token = bench.partner().await;
        bench.tokens.insert("partner", token);
        let neither = bench.ask("partner", "GET", "/tenant", None).await;
        assert_eq!((neither.status, neither.code()), (400, "tenant_required"));
        for code in ["one", "two"] {
            let answer =
                bench.ask_with("partner", "GET", "/tenant", None, &[("lazo-tenant", code)]).await;
            assert_eq!((answer.status, &answer.body["code"]), (200, &json!(code)));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r91_the_last_administrator_stays() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let list = bench.get("admin", "/staff").await;
        let ids: Vec<_> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|s| s["roles"].as_array().unwrap().contains(&json!("admin")))
            .map(|s| s["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(ids.len(), 2);
        let none = json!({ "roles": [] });
        let path = |id: &str| format!("/staff/{id}/roles");
        let first = bench.ask("admin", "PUT", &path(&ids[0]), Some(none.clone())).await;
        assert_eq!(first.status, 200, "{}", first.body);
        let last = bench.ask("admin", "PUT", &path(&ids[1]), Some(none)).await;
        assert_eq!((last.status, last.code()), (409, "last_admin"));
        for role in ["platform", "backend"] {
            let body = json!({ "roles": ["admin", role] });
            let refused = bench.ask("admin", "PUT", &path(&ids[1]), Some(body)).await;
            assert_eq!(
                (refused.status, &refused.body["errors"][0]["pointer"]),
                (422, &json!("/roles/1"))
            );
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r91_a_token_made_for_a_colleague_is_no_second_pair_of_eyes() {
    on_both(async |db| {
        let mut bench = Bench::new(db).await;
        // The manager invents somebody and keeps the token that was shown.
        let new = json!({ "login": "nobody@example.com", "name": "Nobody", "roles": ["program_manager"] });
        let other = bench.make("manager", "/staff", new).await;
        let path = format!("/staff/{}/tokens", other["id"].as_str().unwrap());
        let token = bench.make("manager", &path, json!({ "days": 1 })).await;
        bench.tokens.insert("puppet", token["token"].as_str().unwrap().to_owned());
        let document = bench.get("manager", "/programs/club").await["document"].clone();
        let publish = "/programs/club/draft/publish";
        for (author, points) in [("manager", 2), ("puppet", 3)] {
            let mut changed = document.clone();
            changed["earning_rules"][0]["effect"]["points"] = json!(points);
            let draft = json!({ "brand": "corner", "document": changed });
            let done = bench.ask(author, "PUT", "/programs/club/draft", Some(draft)).await;
            assert_eq!(done.status, 200, "{}", done.body);
            for who in ["manager", "puppet"] {
                let refused = bench.ask(who, "POST", publish, None).await;
                assert_eq!((refused.status, refused.code()), (403, "four_eyes"), "{author} {who}");
            }
        }
        assert_eq!(bench.ask("second", "POST", publish, None).await.status, 200);
    })
    .await;
}

/// Goal: an administrator gives himself or herself no role in which one agrees to what others do, by whatever name.
#[tokio::test(flavor = "multi_thread")]
async fn r91_nobody_gives_himself_a_role_that_agrees() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let all = bench.get("admin", "/staff").await;
        let id = |login: &str| {
            let found = all["items"].as_array().unwrap().iter().find(|one| one["login"] == login);
            found.unwrap()["id"].as_str().unwrap().to_owned()
        };
        let path = format!("/staff/{}/roles", id("manager"));
        let more = json!({ "roles": ["admin", "program_manager", "finance"] });
        let refused = bench.ask("manager", "PUT", &path, Some(more.clone())).await;
        assert_eq!((refused.status, refused.code()), (403, "self_appointed"));
        let again = json!({ "login": "MANAGER", "name": "M", "roles": ["finance"] });
        assert_eq!(bench.ask("manager", "POST", "/staff", Some(again.clone())).await.status, 403);
        // Nor by a key of one's own.
        let key = bench.make("manager", "/api-keys", json!({ "name": "k", "role": "admin" })).await;
        let bearer = format!("Bearer {}", key["secret"].as_str().unwrap());
        let by_key = [("authorization", bearer.as_str())];
        assert_eq!(bench.ask_with("", "PUT", &path, Some(more.clone()), &by_key).await.status, 403);
        assert_eq!(bench.ask_with("", "POST", "/staff", Some(again), &by_key).await.status, 403);
        let kept = json!({ "roles": ["admin", "program_manager", "cashier"] });
        assert_eq!(bench.ask("manager", "PUT", &path, Some(kept)).await.status, 200);
        // A colleague does it, and one may always give something up.
        assert_eq!(bench.ask("second", "PUT", &path, Some(more)).await.status, 200);
        let less = json!({ "roles": ["admin", "finance"] });
        assert_eq!(bench.ask("manager", "PUT", &path, Some(less)).await.status, 200);
    })
    .await;
}

//! Journeys through the API and over a real mail server.

mod again;
mod agreeing;
mod goals;
mod groups;
mod welcome;
mod year;

use lazo_store::testing::TestDb;
use serde_json::{Value, json};

use super::walk;
use crate::features::campaigns::tests::Room;
use crate::features::measures;
use crate::jobs::{Stop, Turn};

/// What the program of these tests has besides: something to redeem, and a ladder.
const MORE: &str = r#"
[[programs.rewards]]
code = "coffee"
point_type = "points"
kind = { type = "product" }
price = 150

[[programs.tier_groups]]
code = "level"
measure = { points = "points" }
window = "calendar_year"
tiers = [{ code = "silver", threshold = 1000 }]
"#;

/// A shop with members who have names, a reward and a ladder.
async fn open(db: &TestDb) -> Room {
    Room::with(db, "given_name = { type = \"text\" }", MORE).await
}

/// A plan that changes a little from test to test: one letter at once, a second one a week later, a purchase within ten days.
fn plan(entry: Value) -> Value {
    json!({ "entry": entry, "goal": { "type": "purchases", "count": 1, "days": 10 },
        "steps": [letter("first", "Uno"), { "type": "wait", "code": "week", "days": 7 }, letter("second", "Dos")] })
}

fn letter(code: &str, subject: &str) -> Value {
    json!({ "type": "letter", "code": code, "content": { "variants": [
        { "name": "A", "weight": 1, "texts": { "es-ES": { "subject": subject, "body": "Hola" } } }] } })
}

/// A draft with nobody left alone.
fn draft(name: &str, plan: Value) -> Value {
    json!({ "name": name, "plan": plan, "holdout": 0 })
}

/// A template as a draft with nobody left alone.
async fn template(room: &Room, code: &str) -> Value {
    let all = room.bench.get("manager", "/journey-templates").await;
    let all = all["items"].as_array().unwrap().clone();
    let found = all.iter().find(|template| template["code"] == code);
    let found = found.unwrap_or_else(|| panic!("no {code} in {all:?}"));
    json!({ "name": found["name"], "plan": found["plan"], "priority": found["priority"], "holdout": 0 })
}

/// A journey that a second person agreed to.
async fn published(room: &Room, draft: Value) -> String {
    let made = room.bench.make("manager", "/journeys", draft).await;
    let id = made["id"].as_str().unwrap().to_owned();
    for (who, step, body) in
        [("manager", "submit", None), ("second", "decisions", Some(json!({ "approved": true })))]
    {
        let answer = room.bench.ask(who, "POST", &format!("/journeys/{id}/{step}"), body).await;
        assert_eq!(answer.status, 200, "{step}: {}", answer.body);
    }
    id
}

/// Lets the job work until it has nothing more to do, over everything that was bought.
async fn work(room: &Room) {
    measures::catch_up_alone(&room.bench.app).await.unwrap();
    let (_stopper, stop) = Stop::new();
    loop {
        let turn = Turn { now: room.bench.app.clock.now(), stop: stop.clone() };
        if !walk::step(&room.bench.app, &turn).await.unwrap().more {
            return;
        }
    }
}

/// Moves the tenant's test clock by days.
async fn days(room: &Room, days: i64) {
    let moved =
        room.bench.ask("manager", "POST", "/test-clock", Some(json!({ "days": days }))).await;
    assert_eq!(moved.status, 200, "{}", moved.body);
}

/// The people of a journey, all of them.
async fn people(room: &Room, id: &str, query: &str) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/journeys/{id}/people?limit=100{query}{cursor}");
        let page = room.bench.get("analyst", &path).await;
        all.extend(page["items"].as_array().unwrap_or_else(|| panic!("{page}")).iter().cloned());
        match page["cursor"]["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

async fn results(room: &Room, id: &str) -> Value {
    room.bench.get("analyst", &format!("/journeys/{id}/results")).await
}

/// A member buys for so many cents.
async fn buy(room: &Room, member: &Value, reference: &str, net_minor: i64) {
    let lines = json!([{ "product": "bread", "net_minor": net_minor }]);
    let body = json!({ "member": member, "reference": reference, "lines": lines });
    room.bench.make("cashier", "/purchases", body).await;
}

/// The subjects of the letters to an address, in their order.
fn subjects(room: &Room, address: &str) -> Vec<String> {
    let letters = room.sink.letters();
    let own = letters.iter().rev().filter(|letter| letter.to == [address]);
    own.map(|letter| letter.read().0).collect()
}

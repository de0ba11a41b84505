//! The client's home: the daily letter holds the day's events and nothing else, and a deputy stands in.

use lazo_domain::ids::StaffId;
use lazo_domain::time::{DAY, SECOND, Timestamp};
use lazo_store::testing::on_both;
use serde_json::{Value, json};

use super::jobs;
use crate::api::bench::Bench;
use crate::mail::Mailer;
use crate::mail::sink::Sink;

async fn person(bench: &Bench, login: &str) -> StaffId {
    let all = bench.get("admin", "/staff").await;
    let found = all["items"].as_array().unwrap().iter().find(|one| one["login"] == login).unwrap();
    found["id"].as_str().unwrap().parse().unwrap()
}

async fn place(bench: &Bench, login: &str, body: Value) {
    let path = format!("/workspace/people/{}", person(bench, login).await);
    let placed = bench.ask("manager", "PUT", &path, Some(body)).await;
    assert_eq!(placed.status, 204, "{}", placed.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn r15_the_letter_of_a_day_with_three_events_holds_exactly_these() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        place(&bench, "manager", json!({ "side": "client", "duty": "program_manager", "digest": true })).await;
        place(&bench, "second", json!({ "side": "partner", "duty": "account_manager" })).await;
        bench.clock.advance(DAY);
        let blackout = |name: &str| json!({ "values": { "name": name, "from": "2026-12-20", "until": "2027-01-07" } });
        bench.make("manager", "/registers/blackouts", blackout("Christmas")).await;
        bench.make("second", "/registers/blackouts", blackout("Sales")).await;
        let vote = json!({ "vote": 1 });
        bench.ask("second", "PUT", "/discovery/tactics/paid/votes/crm", Some(vote)).await;
        bench.clock.advance(DAY);
        bench.make("manager", "/registers/blackouts", blackout("Today")).await;
        let told = bench.get("manager", "/workspace/digest?day=2026-11-03").await;
        assert_eq!(told["changed"].as_array().unwrap().len(), 1, "{told}");
        assert_eq!(told["did"].as_array().unwrap().len(), 2, "{told}");
        assert!(told["changed"][0].as_str().unwrap().starts_with("manager"));
        assert!(told["did"].as_array().unwrap().iter().all(|line| line.as_str().unwrap().starts_with("second")));
        assert_eq!(bench.get("two", "/workspace/digest?day=2026-11-03").await["did"], json!([]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r15_letters_leave_once_in_the_morning_to_those_who_want_them() {
    on_both(async |db| {
        let mut bench = Bench::new(db).await;
        let wants = json!({ "side": "client", "duty": "sponsor", "digest": true });
        bench
            .make(
                "manager",
                "/staff",
                json!({ "login": "eva@one.example", "name": "Eva", "roles": ["analyst"] }),
            )
            .await;
        place(&bench, "eva@one.example", wants).await;
        let (sink, address) = Sink::open().await.unwrap();
        let mailer = Mailer::new(&format!("smtp://{address}"), "desk@example.com").unwrap();
        bench.app = bench.app.with(|parts| parts.mailer = mailer);
        // Half past six in Madrid is too early, half past seven is not, and once is enough.
        let at = |text: &str| Timestamp::parse(text).unwrap();
        for (now, sent) in
            [("2026-11-03T05:30:00Z", 0), ("2026-11-03T06:30:00Z", 1), ("2026-11-03T06:40:00Z", 0)]
        {
            assert_eq!(jobs::send(&bench.app, at(now)).await.unwrap().done, sent, "{now}");
        }
        let letters = sink.letters();
        assert_eq!((letters.len(), &letters[0].to), (1, &vec!["eva@one.example".to_owned()]));
        let (subject, words) = letters[0].read();
        assert_eq!(subject, "Shop: el 2 nov 2026");
        assert!(words.starts_with("Eva, esto es lo del 2 nov 2026 en Shop."), "{words}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r15_while_the_manager_is_away_the_deputy_is_the_one_to_call() {
    on_both(async |db| {
        let bench = Bench::new(db).await;
        let second = person(&bench, "second").await;
        let until = bench.app.clock.now().plus_micros(3 * DAY);
        place(&bench, "second", json!({ "side": "partner", "duty": "deputy" })).await;
        let away = json!({ "side": "partner", "duty": "account_manager", "away_until": until, "deputy": second });
        place(&bench, "manager", away).await;
        assert_eq!(bench.get("analyst", "/workspace").await["contact"], json!(second));
        bench.clock.advance(3 * DAY + SECOND);
        let manager = person(&bench, "manager").await;
        assert_eq!(bench.get("analyst", "/workspace").await["contact"], json!(manager));
        let stranger = json!({ "side": "nowhere", "duty": "deputy" });
        let path = format!("/workspace/people/{second}");
        assert_eq!(bench.ask("manager", "PUT", &path, Some(stranger)).await.status, 422);
        assert_eq!(bench.ask("two", "PUT", &path, Some(json!({ "side": "client", "duty": "deputy" }))).await.status, 404);
    })
    .await;
}

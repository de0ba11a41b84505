//! The welcome: within the minute, by nothing but an address, and with the question whether it was useful.

use lazo_domain::time::{SECOND, Timestamp};
use lazo_store::testing::on_both;
use serde_json::json;

use super::{days, open, people, published, results, subjects, template, work};
use crate::features;
use crate::features::campaigns::tests::{BASE, one_click};
use crate::jobs::{Runner, Stop};

const NOA: &str = "noa@example.com";

#[tokio::test(flavor = "multi_thread")]
async fn r69_enrolled_at_the_till_with_only_an_email_gets_the_first_letter_within_a_minute() {
    on_both(async |db| {
        let room = open(db).await;
        let id = published(&room, template(&room, "welcome").await).await;
        let app = &room.bench.app;
        // The jobs of a server, each at its own pace; nothing else makes a letter leave.
        let jobs = features::jobs(app);
        let every = jobs.iter().find(|job| job.name == "journeys.walk").unwrap().every;
        let runner = Runner::new(app.db.clone(), app.clock.clone(), "server", jobs);
        let (_stopper, stop) = Stop::new();
        let turn = async || {
            let reports = runner.run_once(&stop, |_| {}).await;
            let walked = reports.iter().find(|report| report.name == "journeys.walk").unwrap();
            assert_eq!(walked.error, None);
        };
        turn().await;
        room.bench.clock.advance(3 * SECOND);
        let identifiers = json!([{ "scheme": "email", "value": NOA }]);
        let noa =
            room.bench.make("cashier", "/members", json!({ "identifiers": identifiers })).await;
        let began = app.clock.now();
        let mut left = None;
        while left.is_none() && app.clock.now() < began.plus_micros(60 * SECOND) {
            room.bench.clock.advance(i64::try_from(every.as_micros()).unwrap());
            turn().await;
            left = (!subjects(&room, NOA).is_empty()).then(|| app.clock.now());
        }
        let waited = left.map(|at: Timestamp| at.0 - began.0);
        assert!(waited.is_some_and(|waited| waited < 60 * SECOND), "{waited:?}");
        assert_eq!(subjects(&room, NOA), ["Te damos la bienvenida a Club"]);
        let letters = room.sink.letters();
        let letter = letters.iter().find(|letter| letter.to == [NOA]).unwrap().clone();
        let (_, words) = letter.read();
        assert!(words.contains("porque te has dado de alta en Corner"), "{words}");
        assert!(words.contains("¿Te resultó útil?"), "{words}");
        // She agreed to nothing, nor did the shop's other two members: what is no confirmation does not leave.
        days(&room, 3).await;
        work(&room).await;
        assert_eq!(subjects(&room, NOA).len(), 1);
        let told = results(&room, &id).await;
        assert_eq!(told["steps"][2]["outcomes"], json!({ "no_consent": 3 }), "{told}");
        // Leaving by the confirmation is a refusal, also of what was never agreed to, and ends the journey.
        let click = room.bench.ask("", "POST", &one_click(&letter), None).await;
        assert_eq!(click.status, 200);
        days(&room, 1).await;
        work(&room).await;
        let rows = people(&room, &id, "&state=consent").await;
        assert_eq!((rows.len(), &rows[0]["member"]), (1, &noa["id"]));
        let consents = format!("/members/{}/consents", noa["id"].as_str().unwrap());
        let items = room.bench.get("agent", &consents).await["items"].as_array().unwrap().clone();
        let offers = items.iter().find(|c| c["purpose"] == "offers" && c["channel"] == "email");
        assert_eq!(offers.unwrap()["given"], false);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r69_whether_a_letter_was_useful_is_counted_by_letter_and_only_when_a_button_says_so() {
    on_both(async |db| {
        let room = open(db).await;
        let id = published(&room, template(&room, "welcome").await).await;
        room.people(3).await;
        work(&room).await;
        days(&room, 3).await;
        work(&room).await;
        let mut letters = room.sink.letters();
        letters.retain(|letter| letter.to[0].starts_with('p'));
        assert_eq!(letters.len(), 6);
        let mut answers = Vec::new();
        for letter in letters {
            let (subject, words) = letter.read();
            let link = words.lines().find_map(|line| line.split_once("/useful/"));
            let token = link.unwrap_or_else(|| panic!("{words}")).1.split('?').next().unwrap();
            answers.push((subject, letter.to[0].clone(), format!("/portal/one/useful/{token}")));
        }
        let page = |path: &str| format!("{path}?answer=yes");
        for (_, _, path) in &answers {
            // Mail scanners open links: that counts nothing.
            let (status, text) = room.bench.visit("GET", &page(path), "").await;
            assert_eq!(status, 200, "{text}");
        }
        assert_eq!(results(&room, &id).await["steps"][0]["useful"], 0);
        for (subject, to, path) in &answers {
            // Of the first letter one of three says no, of the second nobody says anything but p0, who thinks better of it.
            let welcome = subject.starts_with("Te damos") || subject.starts_with("Welcome");
            let said = match (welcome, to.as_str()) {
                (true, "p2@example.com") => vec!["no"],
                (true, _) => vec!["yes"],
                (false, "p0@example.com") => vec!["yes", "no"],
                _ => vec![],
            };
            for answer in said {
                let (status, to) =
                    room.bench.visit("POST", path, &format!("answer={answer}")).await;
                assert_eq!((status, to.ends_with("?done")), (303, true), "{to}");
            }
        }
        let told = results(&room, &id).await;
        let of = |at: usize| {
            let step = &told["steps"][at];
            (
                step["useful"].as_u64().unwrap(),
                step["useless"].as_u64().unwrap(),
                step["appreciation"].as_u64(),
            )
        };
        assert_eq!((of(0), of(2)), ((2, 1, Some(6_666)), (0, 1, Some(0))));
        let (status, _) = room.bench.visit("POST", &answers[0].2, "answer=maybe").await;
        assert_eq!(status, 422);
        let (status, _) =
            room.bench.visit("POST", "/portal/one/useful/lzu_nobody", "answer=yes").await;
        assert_eq!(status, 404);
        assert!(answers[0].2.starts_with("/portal/one/") && BASE.starts_with("https"));
    })
    .await;
}

//! Missions through the public doors: the steps a new member takes in the portal, and what each gives by the rules.

use axum::body::Body;
use axum::http::Request;
use lazo_domain::time::{DAY, SECOND};
use lazo_store::Clock as _;
use lazo_store::testing::{TestDb, on_both};
use serde_json::{Value, json};

use super::{Done, Mission, jobs, progress, store};
use crate::api::bench::{Bench, SHOP};
use crate::features::measures;
use crate::features::members::{self, Member};
use crate::http::Limits;
use crate::jobs::{Stop, Turn};

/// What each gives: no two sums of some of them are the same.
const GIVES: [(&str, i64); 6] = [
    ("mission_profile", 20),
    ("mission_tastes", 11),
    ("mission_goal", 7),
    ("mission_card", 5),
    ("mission_purchase", 100),
    ("missions_done", 1_000),
];

fn shop() -> String {
    let rule = |(on, points): (&str, i64)| {
        format!(
            "\n[[programs.earning_rules]]\ncode = \"{}\"\non = \"{on}\"\npoint_type = \"points\"\n\
            effect = {{ type = \"fixed\", points = {points} }}\n",
            on.replace('_', "-")
        )
    };
    let reward = |code: &str, price: i64| {
        format!(
            "\n[[programs.rewards]]\ncode = \"{code}\"\nname = {{ es = \"El {code}\" }}\npoint_type = \"points\"\n\
            kind = {{ type = \"product\" }}\nprice = {price}\n"
        )
    };
    let all: String = GIVES.map(rule).concat();
    SHOP.replace("name = \"Corner\"", "name = \"Corner\"\nsite = \"CODE\"")
        .replace("sandbox = true", "sandbox = true\nmember_attributes = { given_name = { type = \"text\" }, city = { type = \"text\", choices = [\"Lugo\"] } }")
        + &all
        + &reward("mug", 40)
        + &reward("towel", 90)
}

struct Room {
    bench: Bench,
}

impl Room {
    async fn open(db: &TestDb, holdout: i64) -> Self {
        let bench = Bench::with(db, &shop(), Limits::default()).await;
        let wanted = json!({ "open": true, "holdout": holdout });
        let set = bench.ask("manager", "PUT", "/missions/policy", Some(wanted)).await;
        assert_eq!(set.status, 200, "{}", set.body);
        Self { bench }
    }

    /// Somebody new with this address, in the place of the second member.
    async fn joins(&mut self, email: &str) -> Member {
        let names = [json!({ "scheme": "email", "value": email })];
        let body = json!({ "program": "club", "identifiers": names });
        let made = self.bench.make("agent", "/members", body).await;
        let id = made["id"].as_str().unwrap().parse().unwrap();
        let tenant = self.bench.members[0].tenant;
        let member = members::store::by_id(&self.bench.app.db, tenant, id).await.unwrap().unwrap();
        self.bench.members[1] = member.clone();
        member
    }

    async fn opens(&self, at: usize, path: &str) -> String {
        let visitor = self.bench.visitor(at, "one").await;
        let page = self.bench.browse(&visitor, &format!("/portal/one{path}"), None).await;
        assert_eq!(page.status, 200, "{path}");
        String::from_utf8_lossy(&page.octets).into_owned()
    }

    async fn sends(&self, at: usize, path: &str, form: &str) -> (u16, String) {
        let visitor = self.bench.visitor(at, "one").await;
        self.bench.fill(&visitor, &format!("/portal/one{path}"), form).await
    }

    async fn points(&self, at: usize) -> Value {
        let path = format!("/accounts/{}/balances", self.bench.account(at));
        let found = self.bench.get("finance", &path).await;
        found["balances"].get(0).map_or(json!(0), |balance| balance["available"].clone())
    }

    async fn states(&self, at: usize) -> Vec<(String, String)> {
        let path = format!("/members/{}/missions", self.bench.members[at].id);
        let all = self.bench.get("manager", &path).await;
        let word = |it: &Value, key: &str| it[key].as_str().unwrap().to_owned();
        let all = all["items"].as_array().unwrap().iter();
        all.map(|it| (word(it, "mission"), word(it, "state"))).collect()
    }
}

/// Goal: each step gives its points once, the last one the badge, and each is found again in the books. Method: ana takes
/// them one by one in the portal; the rules give sums that tell which were paid.
#[tokio::test(flavor = "multi_thread")]
async fn r125_each_first_step_gives_its_points_once_and_all_of_them_the_badge() {
    on_both(async |db| {
        let room = Room::open(db, 0).await;
        let home = room.opens(0, "").await;
        assert!(home.contains("0 de 5 hechos") && home.contains("+20 "), "{home}");
        let unasked = room.sends(0, "/me/profile", "given_name=Ana&city=Lugo&missions=1").await;
        assert_eq!(unasked, (303, "/portal/one/missions?kept".to_owned()));
        room.opens(0, "/missions").await;
        assert_eq!(room.points(0).await, json!(20));
        let of = room.bench.get("manager", &format!("/members/{}", room.bench.members[0].id)).await;
        assert_eq!(of["attributes"], json!({ "given_name": "Ana" }), "only what the page asks");

        let (status, again) = room.sends(0, "/missions/tastes", "round-0=nothing").await;
        assert!(status == 200 && again.contains("Elige al menos una"), "{again}");
        assert_eq!(room.sends(0, "/missions/tastes", "round-0=towel").await.0, 303);
        let (status, again) = room.sends(0, "/missions/goal", "reward=nothing").await;
        assert!(status == 200 && again.contains("Elige una recompensa"), "{again}");
        assert_eq!(room.sends(0, "/missions/goal", "reward=towel").await.0, 303);
        let home = room.opens(0, "").await;
        assert!(home.contains("3 de 5 hechos"), "{home}");
        assert!(home.contains("/rewards/club/towel") && home.contains("52 "), "90 − 38: {home}");
        assert_eq!(room.points(0).await, json!(38));

        let visitor = room.bench.visitor(0, "one").await;
        let worker = Request::get("/portal/one/card").header("host", "localhost");
        let worker = worker.header("cookie", &visitor).header("sec-fetch-dest", "empty");
        room.bench.send(worker.body(Body::empty()).unwrap()).await;
        assert!(room.opens(0, "").await.contains("3 de 5 hechos"), "the app opens no card");
        room.opens(0, "/card").await;
        room.bench.clock.advance(SECOND);
        room.bench.sell(0, "t-1", 1_000).await;
        for _ in 0..3 {
            room.opens(0, "/missions").await;
        }
        assert_eq!(room.points(0).await, json!(10 + 38 + 5 + 100 + 1_000));
        let all = room.opens(0, "/missions").await;
        assert!(all.contains("Primeros pasos completos"), "{all}");
        let me = room.opens(0, "/me").await;
        assert!(me.contains("Primeros pasos completos"), "{me}");
        assert!(!room.opens(0, "").await.contains("de 5 hechos"), "nothing is left to do");
        let states = room.states(0).await;
        assert!(states.iter().all(|(_, state)| state == "posted") && states.len() == 6);
        let own = room.bench.get("member", "/members/me/missions").await;
        let event = own["items"][0]["event"].as_str().unwrap();
        let told = room.opens(0, &format!("/points/{event}")).await;
        assert!(told.contains("20"), "{told}");
    })
    .await;
}

/// Goal: nobody is paid twice for the same step by joining again. Method: two memberships of one mailbox, written in two
/// ways, and a phone number of nobody else.
#[tokio::test(flavor = "multi_thread")]
async fn r125_the_same_person_is_paid_once_for_a_step_however_often_he_or_she_joins() {
    on_both(async |db| {
        let mut room = Room::open(db, 0).await;
        for (email, points, state) in
            [("luz.rey@gmail.com", 20, "posted"), ("luzrey+b@gmail.com", 0, "before")]
        {
            room.joins(email).await;
            room.sends(1, "/me/profile", "given_name=Luz").await;
            let page = room.opens(1, "/missions").await;
            assert_eq!(page.contains("Ya lo hiciste antes"), points == 0, "{page}");
            assert_eq!(room.points(1).await, json!(points), "{email}");
            assert_eq!(room.states(1).await, [("profile".to_owned(), state.to_owned())]);
        }
        // Also after the first one was erased.
        let path = format!("/members/{}", room.bench.members[1].id);
        assert_eq!(room.bench.ask("agent", "DELETE", &path, None).await.status, 204);
        room.joins("luz.r.ey@gmail.com").await;
        room.sends(1, "/me/profile", "given_name=Luz").await;
        room.opens(1, "/missions").await;
        assert_eq!(room.points(1).await, json!(0));
    })
    .await;
}

/// Goal: those who are drawn to see none see none and get nothing, and what is told of both groups is what they did.
/// Method: 40 people join, half of each group by its place buys within the 30 days that are counted, one after them.
#[tokio::test(flavor = "multi_thread")]
async fn r125_new_members_who_see_none_are_compared_with_those_who_do() {
    on_both(async |db| {
        let mut room = Room::open(db, 5_000).await;
        let (mut seen, mut bought) = ([0, 0], [0, 0]);
        for at in 0..40 {
            room.joins(&format!("new-{at}@example.com")).await;
            let shown = room.opens(1, "").await.contains("de 5 hechos");
            room.sends(1, "/me/profile", "given_name=Eva").await;
            let page = room.opens(1, "/missions").await;
            assert_eq!(page.contains("1 de 5 hechos"), shown);
            assert_eq!(room.points(1).await, json!(if shown { 20 } else { 0 }));
            let group = usize::from(!shown);
            seen[group] += 1;
            if seen[group] % 2 == 0 {
                room.bench.sell(1, &format!("t-{at}"), 1_000).await;
                bought[group] += 1;
            }
        }
        assert!(seen[0] >= 8 && seen[1] >= 8, "half of them, about: {seen:?}");
        room.bench.clock.advance(30 * DAY);
        room.bench.sell(1, "late", 5_000).await;
        measures::catch_up_alone(&room.bench.app).await.unwrap();
        let told = room.bench.get("analyst", "/missions/results").await;
        assert_eq!((&told["shown"], &told["holdout"]), (&json!(seen[0]), &json!(seen[1])));
        assert_eq!(told["missions"][0], json!({ "mission": "profile", "members": seen[0] }));
        for (group, name) in ["shown", "holdout"].into_iter().enumerate() {
            let is = &told["outcomes"][0][name];
            let net = bought[group] * 1_000;
            assert_eq!(
                *is,
                json!({ "people": seen[group], "buyers": bought[group], "net_minor": net })
            );
        }
        let difference = told["outcomes"][0]["difference"].as_f64().unwrap();
        let share = |group: usize| f64::from(bought[group]) / f64::from(seen[group]);
        assert!((difference - (share(0) - share(1))).abs() < 1e-9, "{told}");
        assert_eq!(told["outcomes"][1]["shown"]["people"], 0, "their 90 days are not over");
        let desk = room.bench.page("manager", "/console/missions").await;
        assert!(desk.contains(&format!("{} lo", seen[1])) || desk.contains(&seen[1].to_string()));
        let rest = room.bench.page("manager", "/console/missions/people?arm=holdout").await;
        assert_eq!(
            rest.matches("<a href=\"/console/members/m").count(),
            usize::try_from(seen[1]).unwrap()
        );
    })
    .await;
}

/// Goal: what was kept and not posted is posted, and only once. Method: the process dies in between, which is what is
/// kept without an event; then it is posted by the job, and once more as if the job had died, too.
#[tokio::test(flavor = "multi_thread")]
async fn r125_a_step_that_was_kept_and_not_posted_is_posted_once() {
    on_both(async |db| {
        let room = Room::open(db, 0).await;
        room.opens(0, "").await;
        let (app, member) = (&room.bench.app, room.bench.members[0].clone());
        let offer = store::offer(&app.db, member.tenant, member.id).await.unwrap().unwrap();
        let done = Done {
            member: member.id,
            mission: Mission::Goal,
            program: offer.program,
            at: room.bench.clock.now(),
            state: "posting".to_owned(),
            event: None,
        };
        let mut tx = app.db.begin().await.unwrap();
        assert!(store::keep_step(&mut tx, member.tenant, &done, Some(b"x")).await.unwrap());
        tx.commit().await.unwrap();
        let (_stopper, stop) = Stop::new();
        let turn = |now| Turn { now, stop: stop.clone() };
        jobs::step(app, &turn(room.bench.clock.now())).await.unwrap();
        assert_eq!(room.points(0).await, json!(0), "the page has its own time");
        room.bench.clock.advance(61 * SECOND);
        jobs::step(app, &turn(room.bench.clock.now())).await.unwrap();
        assert_eq!(room.points(0).await, json!(7));
        progress::post(app, member.tenant, &done).await.unwrap();
        assert_eq!(room.points(0).await, json!(7), "the ledger knows it by its name");
    })
    .await;
}

/// Goal: missions are for who is new, and what is asked wrongly is told. Method: those who were there before they began.
#[tokio::test(flavor = "multi_thread")]
async fn r125_missions_are_for_new_members_and_a_policy_out_of_range_is_refused() {
    on_both(async |db| {
        let bench = Bench::with(db, &shop(), Limits::default()).await;
        let none = bench.ask("manager", "GET", "/missions/policy", None).await;
        assert_eq!((none.status, none.code()), (404, "mission_policy_not_found"));
        let mut room = Room { bench };
        assert!(!room.opens(0, "").await.contains("de 5 hechos"));
        room.bench.clock.advance(SECOND);
        let put = |holdout: i64| Some(json!({ "open": true, "holdout": holdout }));
        let wrong = room.bench.ask("manager", "PUT", "/missions/policy", put(5_001)).await;
        assert_eq!((wrong.status, &wrong.body["errors"][0]["pointer"]), (422, &json!("/holdout")));
        assert_eq!(room.bench.ask("agent", "PUT", "/missions/policy", put(0)).await.status, 403);
        assert_eq!(room.bench.ask("manager", "PUT", "/missions/policy", put(0)).await.status, 200);
        assert!(room.opens(0, "/missions").await.contains("no hay pasos para ti"));
        room.joins("new@example.com").await;
        assert!(room.opens(1, "").await.contains("0 de 5 hechos"));
        // After ninety days nothing is done any more.
        room.bench.clock.advance(91 * DAY);
        room.sends(1, "/me/profile", "given_name=Eva").await;
        assert!(room.opens(1, "/missions").await.contains("ha pasado"));
        assert_eq!(room.points(1).await, json!(0));
        let long = "x".repeat(201);
        let (status, page) = room.sends(1, "/me/profile", &format!("given_name={long}")).await;
        assert!(status == 200 && page.contains("demasiado largo") && page.contains(&long));
    })
    .await;
}

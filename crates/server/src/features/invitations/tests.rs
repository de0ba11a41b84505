//! Invitations through the public doors: a link that is followed, somebody who joins and buys, and the reward of both.

use axum::http::HeaderMap;
use lazo_domain::time::{DAY, SECOND};
use lazo_store::Clock as _;
use lazo_store::testing::on_both;
use serde_json::{Value, json};

use super::attribute::{Same, Verdict, judge};
use super::store::Before;
use super::{Arrived, FOLLOWED, InvitationPolicy, joined, reward, store};
use crate::api::bench::{Bench, SHOP};
use crate::features::members::{self, EMAIL, Member, folded};
use crate::features::programs;
use crate::http::Limits;
use crate::jobs::{Stop, Turn};

/// The shop with a portal and with what both get.
fn shop() -> String {
    let rules = [("referral", 100), ("referred", 50)].map(|(name, points)| {
        format!(
            "\n[[programs.earning_rules]]\ncode = \"{name}\"\non = \"{name}\"\npoint_type = \"points\"\n\
            effect = {{ type = \"fixed\", points = {points} }}\n"
        )
    });
    SHOP.replace("name = \"Corner\"", "name = \"Corner\"\nsite = \"CODE\"") + &rules.concat()
}

struct Room {
    bench: Bench,
}

impl Room {
    async fn open(db: &lazo_store::testing::TestDb) -> Self {
        let bench = Bench::with(db, &shop(), Limits::default()).await;
        let wanted = json!({ "open": true, "max_a_month": 2, "held_from": 3 });
        let set = bench.ask("manager", "PUT", "/invitations/policy", Some(wanted)).await;
        assert_eq!(set.status, 200, "{}", set.body);
        Self { bench }
    }

    /// The word in the link of a member, as the member's own page shows it.
    async fn word(&self, at: usize) -> String {
        let visitor = self.bench.visitor(at, "one").await;
        let page = self.bench.browse(&visitor, "/portal/one/me/invitations", None).await;
        let page = String::from_utf8_lossy(&page.octets).into_owned();
        let (_, rest) = page.split_once("/portal/one/i/").unwrap_or_else(|| panic!("{page}"));
        rest.chars().take_while(char::is_ascii_alphanumeric).collect()
    }

    /// Somebody joins in a browser that followed a link: what becomes of it.
    async fn joins(&self, word: &str, at: usize, from: &str) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", format!("{FOLLOWED}={word}").parse().unwrap());
        let member = &self.bench.members[at];
        let heads = programs::store::all(&self.bench.app.db, member.tenant).await.unwrap();
        let email = format!("somebody-{at}@example.com");
        let now = self.bench.clock.now();
        let arrived = Arrived { member, email: &email, program: heads[0].id, from, now };
        joined(&self.bench.app, &headers, &arrived).await.unwrap()
    }

    async fn sets(&self, policy: Value) {
        let set = self.bench.ask("manager", "PUT", "/invitations/policy", Some(policy)).await;
        assert_eq!(set.status, 200, "{}", set.body);
    }

    /// Somebody new with an address of his or her own.
    async fn newcomer(&self, number: usize) -> Member {
        let names = [json!({ "scheme": "email", "value": format!("guest-{number}@example.com") })];
        let body = json!({ "program": "club", "identifiers": names });
        let id = self.bench.make("agent", "/members", body).await["id"].as_str().unwrap().parse();
        let tenant = self.bench.members[0].tenant;
        members::store::by_id(&self.bench.app.db, tenant, id.unwrap()).await.unwrap().unwrap()
    }

    /// What becomes of a newcomer who followed a link.
    async fn comes(&self, word: &str, member: &Member, from: &str) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", format!("{FOLLOWED}={word}").parse().unwrap());
        let heads = programs::store::all(&self.bench.app.db, member.tenant).await.unwrap();
        let (email, now) = (format!("{}@example.com", member.id), self.bench.clock.now());
        let arrived = Arrived { member, email: &email, program: heads[0].id, from, now };
        joined(&self.bench.app, &headers, &arrived).await.unwrap()
    }

    async fn buys(&self, member: &Member, reference: &str) {
        let line = json!({ "product": "bread", "net_minor": 1_000 });
        let sale = json!({ "member": member.id, "reference": reference, "lines": [line] });
        self.bench.make("cashier", "/purchases", sale).await;
    }

    /// Looks until nothing is left that is due within the hour.
    async fn looks(&self) {
        for _ in 0..4 {
            self.bench.clock.advance(900 * SECOND);
            self.work().await;
        }
    }

    async fn state(&self, member: &Member) -> String {
        let all = self.bench.get("manager", "/invitations").await;
        let id = member.id.to_string();
        let found = all["items"].as_array().unwrap().iter().find(|it| it["invited"] == id.as_str());
        found.map_or_else(String::new, |it| it["state"].as_str().unwrap().to_owned())
    }

    async fn work(&self) {
        let (_stopper, stop) = Stop::new();
        let turn = Turn { now: self.bench.clock.now(), stop };
        while reward::step(&self.bench.app, &turn).await.unwrap().more {}
    }

    async fn points(&self, at: usize) -> Value {
        let path = format!("/accounts/{}/balances", self.bench.account(at));
        let found = self.bench.get("finance", &path).await;
        found["balances"].get(0).map_or(json!(0), |balance| balance["available"].clone())
    }

    async fn states(&self) -> Vec<String> {
        let all = self.bench.get("manager", "/invitations").await;
        let all = all["items"].as_array().unwrap().iter();
        all.map(|it| it["state"].as_str().unwrap().to_owned()).collect()
    }
}

/// Goal: both are rewarded once, after the first purchase, and lose it with it. Method: eva joins by ana's link, buys, and
/// brings all of it back; the rules give 100 and 50.
#[tokio::test(flavor = "multi_thread")]
async fn r96_both_are_rewarded_once_after_the_first_purchase_and_lose_it_when_it_comes_back() {
    on_both(async |db| {
        let room = Room::open(db).await;
        let word = room.word(0).await;
        assert_eq!(word, room.word(0).await, "a member has one link");
        let page = room.bench.browse("", &format!("/portal/one/i/{word}"), None).await;
        let page = String::from_utf8_lossy(&page.octets).into_owned();
        assert!(page.contains("100 ") && page.contains("50 "), "what both get: {page}");
        let followed = room.bench.browse("", &format!("/portal/one/i/{word}"), Some("")).await;
        assert_eq!(followed.status, 303);
        let cookie = followed.headers["set-cookie"].to_str().unwrap();
        assert!(cookie.starts_with(&format!("{FOLLOWED}={word}")), "{cookie}");
        assert_eq!(room.joins(&word, 1, "192.0.2.7").await, Some("waiting"));
        room.work().await;
        assert_eq!((room.points(0).await, room.points(1).await), (json!(0), json!(0)));
        room.bench.clock.advance(DAY);
        room.bench.sell(1, "t-1", 1_000).await;
        for _ in 0..3 {
            room.bench.clock.advance(900 * SECOND);
            room.work().await;
        }
        assert_eq!((room.points(0).await, room.points(1).await), (json!(100), json!(60)));
        assert_eq!(room.states().await, ["paid"]);
        let own = room.bench.get("member", "/members/me/invitations").await;
        assert_eq!(own["items"][0]["state"], "paid");
        assert!(own["items"][0].get("invited").is_none(), "who came is not told: {own}");

        let eva = room.bench.members[1].id;
        let back = json!({ "member": eva, "purchase": { "reference": "t-1" }, "reference": "b-1" });
        let done = room.bench.ask("cashier", "POST", "/returns", Some(back)).await;
        assert_eq!(done.status, 201, "{}", done.body);
        for _ in 0..2 {
            room.bench.clock.advance(7 * 3_600 * SECOND);
            room.work().await;
        }
        assert_eq!((room.points(0).await, room.points(1).await), (json!(0), json!(0)));
        assert_eq!(room.states().await, ["taken_back"]);
    })
    .await;
}

/// Goal: nobody is told of a reward that never came, and an erased member's link opens nothing. Method: the rules give
/// nothing, for both left before the purchase was looked at.
#[tokio::test(flavor = "multi_thread")]
async fn r96_what_cannot_be_rewarded_is_not_called_paid_and_an_erased_members_link_is_over() {
    on_both(async |db| {
        let room = Room::open(db).await;
        let word = room.word(0).await;
        assert_eq!(room.joins(&word, 1, "192.0.2.7").await, Some("waiting"));
        room.bench.sell(1, "t-1", 1_000).await;
        for at in [0, 1] {
            let path = format!("/members/{}", room.bench.members[at].id);
            assert_eq!(room.bench.ask("agent", "DELETE", &path, None).await.status, 204);
        }
        room.bench.clock.advance(DAY);
        room.work().await;
        assert_eq!(room.states().await, ["refused"]);
        let over = room.bench.browse("", &format!("/portal/one/i/{word}"), None).await;
        assert!(String::from_utf8_lossy(&over.octets).contains("ya no vale"));
        let tenant = room.bench.members[0].tenant;
        assert_eq!(store::inviter(&room.bench.app.db, tenant, &word).await.unwrap(), None);
    })
    .await;
}

/// Goal: nobody is invited twice, nobody beyond the limit is rewarded, and a person may refuse with a reason.
#[tokio::test(flavor = "multi_thread")]
async fn r96_an_invitation_counts_once_and_a_person_may_refuse_it() {
    on_both(async |db| {
        let room = Room::open(db).await;
        let word = room.word(0).await;
        assert_eq!(room.joins("nobodys", 1, "192.0.2.7").await, None, "no such link");
        assert_eq!(room.joins(&word, 1, "192.0.2.7").await, Some("waiting"));
        assert_eq!(room.joins(&word, 1, "192.0.2.7").await, Some("nobodys"), "once");
        let all = room.bench.get("manager", "/invitations").await;
        let path = format!("/invitations/{}/decisions", all["items"][0]["id"].as_str().unwrap());
        let no = |reason: &str| Some(json!({ "approved": false, "reason": reason }));
        let bare = room.bench.ask("manager", "POST", &path, no("")).await;
        assert_eq!((bare.status, &bare.body["errors"][0]["pointer"]), (422, &json!("/reason")));
        assert_eq!(room.bench.ask("two", "POST", &path, no("x")).await.status, 404);
        assert_eq!(room.bench.ask("agent", "POST", &path, no("x")).await.status, 403);
        let refused = room.bench.ask("manager", "POST", &path, no("lives with her")).await;
        assert_eq!(refused.status, 200, "{}", refused.body);
        let twice = room.bench.ask("manager", "POST", &path, no("again")).await;
        assert_eq!((twice.status, twice.code()), (409, "invitation_state"));
        room.bench.sell(1, "t-1", 1_000).await;
        room.bench.clock.advance(DAY);
        room.work().await;
        assert_eq!((room.points(0).await, room.points(1).await), (json!(0), json!(10)));
        let closed = json!({ "open": false, "max_a_month": 2, "held_from": 3 });
        room.bench.ask("manager", "PUT", "/invitations/policy", Some(closed)).await;
        let over = room.bench.browse("", &format!("/portal/one/i/{word}"), None).await;
        assert!(String::from_utf8_lossy(&over.octets).contains("ya no vale"));
        let wrong = json!({ "open": true, "max_a_month": 0, "held_from": 51 });
        let wrong = room.bench.ask("manager", "PUT", "/invitations/policy", Some(wrong)).await;
        assert_eq!((wrong.status, wrong.body["errors"].as_array().unwrap().len()), (422, 2));
        let tenant = room.bench.members[0].tenant;
        let forgotten = store::forget(&room.bench.app.db, room.bench.clock.now()).await.unwrap();
        assert_eq!(forgotten, 1, "the network of {tenant:?}");
    })
    .await;
}

/// Goal: oneself is no guest, many of one network wait for a person, and more than the month's are not rewarded.
#[test]
fn r96_who_invites_is_judged_by_what_both_have_in_common() {
    let policy = InvitationPolicy {
        open: true,
        max_a_month: 5,
        held_from: 3,
        takes_back: true,
        secret: Vec::new(),
    };
    let fresh = Before { same_person: false, of_inviter: 0, from_there: 0 };
    let nothing = Same::default();
    assert_eq!(judge(&policy, nothing, fresh), Verdict::Waiting);
    for (same, why) in [
        (Same { device: true, ..nothing }, "same_device"),
        (Same { address: true, ..nothing }, "same_address"),
        (Same { phone: true, ..nothing }, "same_phone"),
    ] {
        assert_eq!(judge(&policy, same, fresh), Verdict::Nobodys(why));
    }
    let before = Before { same_person: true, ..fresh };
    assert_eq!(judge(&policy, nothing, before), Verdict::Nobodys("came_before"));
    assert_eq!(judge(&policy, nothing, Before { of_inviter: 4, ..fresh }), Verdict::Waiting);
    assert_eq!(judge(&policy, nothing, Before { of_inviter: 5, ..fresh }), Verdict::OverLimit);
    assert_eq!(judge(&policy, nothing, Before { from_there: 1, ..fresh }), Verdict::Waiting);
    let held = judge(&policy, nothing, Before { from_there: 2, ..fresh });
    assert_eq!(held, Verdict::Held("same_network"));
    assert_eq!(folded("An.A+club@Googlemail.com"), "ana@gmail.com");
    assert_eq!(folded("An.A+club@Example.com"), "an.a@example.com");
    assert_eq!(EMAIL, "email");
}

/// Goal: those of one network wait for a person, and what a person lets pass is paid; a reward that is not to be taken back
/// stays when the purchase is brought back. Method: from two of one network on somebody looks; the rules give 100.
#[tokio::test(flavor = "multi_thread")]
async fn r96_what_a_person_lets_pass_is_paid_and_stays_where_nothing_is_taken_back() {
    on_both(async |db| {
        let room = Room::open(db).await;
        let keeps = json!({ "open": true, "max_a_month": 5, "held_from": 2, "takes_back": false });
        room.sets(keeps).await;
        let word = room.word(0).await;
        let (one, two, far) =
            (room.newcomer(1).await, room.newcomer(2).await, room.newcomer(3).await);
        assert_eq!(room.comes(&word, &one, "192.0.2.7").await, Some("waiting"));
        assert_eq!(room.comes(&word, &two, "192.0.2.7").await, Some("held"));
        assert_eq!(room.comes(&word, &far, "198.51.100.9").await, Some("waiting"));
        for (member, reference) in [(&one, "t-1"), (&two, "t-2")] {
            room.buys(member, reference).await;
        }
        room.looks().await;
        assert_eq!(
            (room.state(&one).await, room.state(&two).await),
            ("paid".into(), "held".into())
        );
        assert_eq!(room.points(0).await, json!(100));
        let all = room.bench.get("manager", "/invitations").await;
        let all = all["items"].as_array().unwrap().clone();
        let held = all.iter().find(|it| it["state"] == "held").unwrap();
        assert_eq!(held["reason"], "same_network");
        let path = format!("/invitations/{}/decisions", held["id"].as_str().unwrap());
        let yes = Some(json!({ "approved": true }));
        assert_eq!(room.bench.ask("manager", "POST", &path, yes).await.status, 200);
        room.looks().await;
        assert_eq!((room.state(&two).await, room.points(0).await), ("paid".into(), json!(200)));

        let back =
            json!({ "member": one.id, "purchase": { "reference": "t-1" }, "reference": "b-1" });
        assert_eq!(room.bench.ask("cashier", "POST", "/returns", Some(back)).await.status, 201);
        room.bench.clock.advance(DAY);
        room.looks().await;
        assert_eq!((room.state(&one).await, room.points(0).await), ("paid".into(), json!(200)));
    })
    .await;
}

/// Goal: a month's limit is a month's, and nobody waits for ever. Method: one a month; the second is beyond it, the third
/// comes a month later and buys only after ninety days.
#[tokio::test(flavor = "multi_thread")]
async fn r96_beyond_the_months_limit_nothing_is_paid_and_an_invitation_lapses() {
    on_both(async |db| {
        let room = Room::open(db).await;
        room.sets(json!({ "open": true, "max_a_month": 1, "held_from": 9 })).await;
        let word = room.word(0).await;
        let (one, two, three) =
            (room.newcomer(1).await, room.newcomer(2).await, room.newcomer(3).await);
        assert_eq!(room.comes(&word, &one, "192.0.2.1").await, Some("waiting"));
        assert_eq!(room.comes(&word, &two, "192.0.2.2").await, Some("over_limit"));
        for (member, reference) in [(&one, "t-1"), (&two, "t-2")] {
            room.buys(member, reference).await;
        }
        room.looks().await;
        assert_eq!(room.state(&two).await, "over_limit");
        assert_eq!(room.points(0).await, json!(100));
        room.bench.clock.advance(31 * DAY);
        assert_eq!(room.comes(&word, &three, "192.0.2.3").await, Some("waiting"));
        room.bench.clock.advance(89 * DAY);
        room.looks().await;
        assert_eq!(room.state(&three).await, "waiting");
        room.bench.clock.advance(2 * DAY);
        room.looks().await;
        assert_eq!(room.state(&three).await, "lapsed");
        room.buys(&three, "t-3").await;
        room.looks().await;
        assert_eq!(room.state(&three).await, "lapsed");
        let own = room.bench.get("member", "/members/me/invitations").await;
        let states: Vec<&str> = own["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["state"].as_str().unwrap())
            .collect();
        assert_eq!(states, ["lapsed", "over_limit", "paid"], "the latest first");
    })
    .await;
}

/// Goal: the limit holds when many join at once. Method: six at the same time where two are paid for.
#[tokio::test(flavor = "multi_thread")]
async fn r96_the_limit_holds_when_many_join_at_once() {
    on_both(async |db| {
        let room = Room::open(db).await;
        let word = room.word(0).await;
        let mut guests = Vec::new();
        for number in 0..6 {
            guests.push(room.newcomer(number).await);
        }
        let each = guests.iter().enumerate().map(|(at, member)| {
            let (room, word) = (&room, word.as_str());
            async move { room.comes(word, member, &format!("192.0.2.{at}")).await }
        });
        let mut all = futures_util::future::join_all(each).await;
        all.sort_unstable();
        let beyond = Some("over_limit");
        let wait = Some("waiting");
        assert_eq!(all, [beyond, beyond, beyond, beyond, wait, wait]);
    })
    .await;
}

//! A new integrator's walk: from the one-time link of an empty installation to an explained tier review, by API alone.
//!
//! Every call is one the served OpenAPI document describes, the program is that document's own example, and every
//! number is worked out here by hand.

#[path = "walk/api.rs"]
mod api;
#[path = "walk/receiver.rs"]
mod receiver;

use std::collections::BTreeMap;

use lazo_store::testing::{TestDb, on_both};
use serde_json::{Value, json};

use api::{Api, Server};
use receiver::Receiver;

const EVA: &str = "ext:email:eva@example.com";

#[tokio::test(flavor = "multi_thread")]
async fn r50_r91_a_new_integrator_gets_from_an_empty_installation_to_explained_effects() {
    on_both(async |db: &TestDb| {
        let url = db.url.clone();
        tokio::task::spawn_blocking(move || walk(&url)).await.unwrap();
    })
    .await;
}

fn walk(database: &str) {
    let server = Server::start(database);
    let receiver = Receiver::start();
    let house = set_up(database, &server, &receiver);
    sell(&house);
    give_back(&house);
    climb_and_redeem(&house);
    publish_with_a_second_person(&house);
    let time = let_time_pass(&house);
    explained(&house, &time);
    told_by_webhook(&house, &receiver);
    let log = server.stop();
    let answered = log.iter().filter(|line| line["fields"]["message"] == "answered");
    assert!(answered.count() > 30, "{log:?}");
    for personal in ["example.com", "Eva", "lzk_", "lzs_", "Bearer"] {
        let told = log.iter().find(|line| line.to_string().contains(personal));
        assert!(told.is_none(), "{personal} is in the log: {told:?}");
    }
}

/// Everybody who calls in the walk.
struct House {
    database: String,
    nobody: Api,
    ana: Api,
    bea: Api,
    till: Api,
    shop: Api,
    account: String,
    program: Value,
    secret: String,
}

impl House {
    /// Runs a command where the server runs.
    fn at_the_machine(&self, args: &[&str]) {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_lazo"));
        let done = command.args(["--database", &self.database]).args(args).output().unwrap();
        assert!(done.status.success(), "{done:?}");
    }
}

/// Tenant, brand, program, people, keys, webhook, and a member with an e-mail address alone.
fn set_up(database: &str, server: &Server, receiver: &Receiver) -> House {
    let nobody = Api::open(server);
    let you =
        json!({ "setup_token": server.setup_token, "login": "ana@example.com", "name": "Ana" });
    let first = nobody.post("/setup", you.clone(), 201);
    assert_eq!(nobody.post("/setup", you, 403)["code"], "bad_setup_token", "it works once");
    let ana = nobody.as_holder_of(&first["token"]);
    let tenant = json!({
        "code": "sol", "name": "Sol", "country": "ES", "time_zone": "Europe/Madrid", "currency": "EUR",
        "sandbox": true
    });
    assert_eq!(ana.post("/tenants", tenant, 201)["sandbox"], true);
    ana.post("/brands", json!({ "code": "sol", "name": "Sol" }), 201);
    let program = ana.document["components"]["schemas"]["ProgramDocument"]["examples"][0].clone();
    let made = ana.post("/programs", json!({ "brand": "sol", "document": program }), 201);
    assert_eq!(made["published"], json!(["club"]), "a first version needs no second person");

    let bea = json!({ "login": "bea@example.com", "name": "Bea", "roles": ["program_manager"] });
    let bea = ana.post("/staff", bea, 201)["id"].clone();
    let bea = ana.at(&[("staff", &bea)]).post("/staff/{staff}/tokens", json!({ "days": 30 }), 201);
    let key = |role: &str| {
        let key = ana.post("/api-keys", json!({ "name": role, "role": role }), 201);
        nobody.as_holder_of(&key["secret"])
    };
    let (till, shop) = (key("cashier"), key("backend"));
    let began = shop.post("/test-clock", json!({ "to": "2027-03-10T09:00:00Z" }), 200);
    assert_eq!((&began["moved"], &began["accounts_changed"]), (&json!(true), &json!(0)));
    let hook = ana.post("/webhook-endpoints", json!({ "url": receiver.url }), 201);
    let eva = shop.post("/members", json!({ "email": "eva@example.com" }), 201);
    assert_eq!(eva["enrolled_at"], "2027-03-10T09:00:00Z");
    House {
        database: database.to_owned(),
        bea: nobody.as_holder_of(&bea["token"]),
        account: eva["account"].as_str().unwrap().to_owned(),
        secret: hook["secret"].as_str().unwrap().to_owned(),
        nobody,
        ana,
        till,
        shop,
        program,
    }
}

fn basket(reference: &str, lines: Value) -> Value {
    json!({ "member": EVA, "source": "till-1", "reference": reference, "lines": lines })
}

fn order(reference: &str, net_minor: i64) -> Value {
    let line = json!({ "product": "p", "net_minor": net_minor });
    json!({ "member": EVA, "reference": reference, "lines": [line] })
}

/// What the member can spend and what is set aside, as the account itself says.
fn balance(house: &House) -> (i64, i64) {
    let account = json!(house.account);
    let seen = house.shop.at(&[("account", &account)]).get("/accounts/{account}/balances");
    let points = seen["balances"].as_array().unwrap().iter().find(|b| b["point_type"] == "points");
    points.map_or((0, 0), |b| (b["available"].as_i64().unwrap(), b["held"].as_i64().unwrap()))
}

/// At the till: identify, quote, commit; part of the next bill is paid with points. By mail: a plain purchase.
fn sell(house: &House) {
    let till = house.till.in_spanish();
    let found = till.post("/pos/identify", json!({ "member": EVA }), 200);
    assert_eq!((&found["active"], &found["lines"]), (&json!(true), &json!([])));
    let shoes = json!([
        { "product": "shoes", "net_minor": 6_000 },
        { "product": "socks", "quantity_milli": 3_000, "net_minor": 999 },
    ]);
    let paper = json!([
        "+69 puntos",
        "+69 puntos de nivel",
        "Tienes 69 puntos",
        "Tienes 69 puntos de nivel"
    ]);
    assert_eq!(till.post("/pos/quote", basket("T-1", shoes.clone()), 200)["lines"], paper);
    assert_eq!(balance(house), (0, 0), "a quote does nothing");
    let sale = json!({ "purchase": basket("T-1", shoes) });
    assert_eq!(till.post("/pos/commit", sale.clone(), 201)["lines"], paper);
    assert_eq!(till.post("/pos/commit", sale, 201)["purchase"]["replayed"], true);
    assert_eq!(balance(house), (69, 0));

    let coat = house.shop.with_key("coat").post("/purchases", order("W-1", 12_000), 201);
    let again = house.shop.with_key("coat").post("/purchases", order("W-1", 12_000), 201);
    assert_eq!(coat, again, "the same key is answered as the first time");
    assert_eq!(coat["tiers"], json!([{ "group": "level", "from": "", "to": "silver" }]));
    let other = house.shop.with_key("coat").post("/purchases", order("W-1", 12_001), 422);
    assert_eq!(other["code"], "idempotency_key_reused");
    assert_eq!(balance(house), (189, 0));

    let pay = json!({ "member": EVA, "reward": "pay", "pay_minor": 100, "reference": "B-1" });
    let held = till.post("/pos/reserve", pay, 201);
    assert_eq!(held["points"], 100);
    assert_eq!(balance(house), (89, 100));
    let hat = json!([{ "product": "hat", "net_minor": 1_500 }]);
    let sale = json!({ "purchase": basket("T-2", hat), "redemption": held["id"] });
    let sold = till.post("/pos/commit", sale, 201);
    assert_eq!(sold["redemption"]["state"], "captured");
    assert_eq!(balance(house), (104, 0));
}

/// One of three socks: their line earned 10 of the 69 points, a third of it is 3. They were spent: others go.
fn give_back(house: &House) {
    let one_sock = json!({
        "member": EVA, "purchase": { "source": "till-1", "reference": "T-1" }, "reference": "R-1",
        "lines": [{ "line": 1, "quantity_milli": 1_000 }]
    });
    let back = house.shop.post("/returns", one_sock, 201);
    assert_eq!(back["changes"][0]["points"], -3);
    assert_eq!(balance(house), (101, 0));
    let four = json!({
        "member": EVA, "purchase": { "source": "till-1", "reference": "T-1" }, "reference": "R-2",
        "lines": [{ "line": 1, "quantity_milli": 3_000 }]
    });
    assert_eq!(house.shop.post("/returns", four, 422)["code"], "returns_too_much");
}

/// 300 € more make 501 level points: gold, whose purchases count one and a half times.
fn climb_and_redeem(house: &House) {
    let shop = &house.shop;
    let up = shop.post("/purchases", order("W-2", 30_000), 201);
    assert_eq!(up["tiers"], json!([{ "group": "level", "from": "silver", "to": "gold" }]));
    assert_eq!(balance(house), (401, 0));
    let member = json!(EVA);
    let tiers = shop.at(&[("member", &member)]).get("/members/{member}/tiers");
    assert_eq!(
        (&tiers["items"][0]["tier"], &tiers["items"][0]["measured"]),
        (&json!("gold"), &json!(501))
    );

    let coffee = |reference: &str, capture: bool| json!({ "member": EVA, "reward": "coffee", "reference": reference, "capture": capture });
    let held = shop.post("/redemptions", coffee("C-1", false), 201);
    assert_eq!(balance(house), (351, 50));
    let path = "/redemptions/{redemption}/cancel";
    let gone = shop.at(&[("redemption", &held["id"])]).post(path, Value::Null, 200);
    assert_eq!(gone["state"], "cancelled");
    assert_eq!(balance(house), (401, 0));
    let had = shop.post("/redemptions", coffee("C-2", true), 201);
    assert_eq!(
        (&had["state"], &had["vouchers"][0]["state"]),
        (&json!("captured"), &json!("issued"))
    );
    assert_eq!(balance(house), (351, 0));
    let gone = shop.at(&[("redemption", &had["id"])]).post(path, Value::Null, 200);
    assert_eq!(gone["vouchers"][0]["state"], "withdrawn");
    assert_eq!(balance(house), (401, 0));
    let much = json!({ "member": EVA, "reward": "coffee", "quantity": 9, "reference": "C-3" });
    let refused = shop.post("/redemptions", much, 422);
    assert_eq!(
        (&refused["code"], &refused["missing"]),
        (&json!("insufficient_balance"), &json!(49))
    );

    shop.post("/purchases", order("W-3", 1_000), 201);
    assert_eq!(balance(house), (416, 0), "10 and half of it more");
}

/// A changed rule is one person's draft and another one's decision; the author's key is the author.
fn publish_with_a_second_person(house: &House) {
    let mut changed = house.program.clone();
    changed["earning_rules"][0]["effect"]["points"] = json!(2);
    let draft = json!({ "brand": "sol", "document": changed });
    let club = json!("club");
    let (ana, bea) = (house.ana.at(&[("program", &club)]), house.bea.at(&[("program", &club)]));
    let would = ana.put("/programs/{program}/draft?dry_run=true", draft.clone(), 200);
    assert_eq!(would["lines"][1], "    earning_rules.base.effect.points: 1 → 2");
    ana.put("/programs/{program}/draft", draft.clone(), 200);
    let publish = "/programs/{program}/draft/publish";
    assert_eq!(ana.post(publish, Value::Null, 403)["code"], "four_eyes");
    let key = ana.post("/api-keys", json!({ "name": "setup", "role": "program_manager" }), 201);
    let machine = house.nobody.as_holder_of(&key["secret"]);
    machine.at(&[("program", &club)]).put("/programs/{program}/draft", draft, 200);
    let own_key = ana.post(publish, Value::Null, 403);
    assert_eq!(own_key["code"], "four_eyes", "a key is as its maker");
    let what_if = json!({
        "member": EVA, "draft": true, "lines": [{ "product": "p", "net_minor": 1_000 }]
    });
    let told = ana.post("/earning-rules/examine", what_if, 200);
    let given: Vec<_> =
        told["awards"].as_array().unwrap().iter().map(|a| (&a["rule"], &a["points"])).collect();
    let wanted =
        [("base", 20), ("level", 10), ("tier:level", 10)].map(|(r, p)| (json!(r), json!(p)));
    assert_eq!(given, wanted.each_ref().map(|(r, p)| (r, p)));
    // Ana made Bea's token and may have kept it: it is no second pair of eyes. The person at the machine is.
    assert_eq!(bea.post(publish, Value::Null, 403)["code"], "four_eyes");
    house.at_the_machine(&["programs", "publish", "club", "--as", "bea"]);
    assert_eq!(ana.get("/programs/{program}")["live_version"], 2);
}

/// What time did: when the points ended and what the review said, by the events' ids.
struct Passed {
    expiry: String,
    review: String,
}

/// Everything from 2027 ends with March 2028; gold of 2027 is reviewed at the end of 2028.
fn let_time_pass(house: &House) -> Passed {
    let to = |at: &str| house.shop.post("/test-clock", json!({ "to": at }), 200);
    to("2028-03-31T21:59:59Z");
    assert_eq!(balance(house), (416, 0), "one second before the month ends in Madrid");
    assert_eq!(to("2028-03-31T22:00:00Z")["accounts_changed"], 1);
    assert_eq!(balance(house), (0, 0));
    let expiry = newest(house, "elapse");
    let bought = house.shop.post("/purchases", order("W-4", 15_000), 201);
    assert_eq!((&bought["program_version"], balance(house).0), (&json!(2), 450));
    assert_eq!(
        house.shop.post("/test-clock", json!({ "to": "2028-01-01T00:00:00Z" }), 409)["code"],
        "clock_backward"
    );
    to("2028-12-31T22:59:59Z");
    let member = json!(EVA);
    let tier = || {
        let tiers = house.shop.at(&[("member", &member)]).get("/members/{member}/tiers");
        tiers["items"][0]["tier"].clone()
    };
    assert_eq!(tier(), "gold");
    to("2028-12-31T23:00:00Z");
    assert_eq!(tier(), "silver", "150 level points of 2028 are enough for silver, not for gold");
    Passed { expiry, review: newest(house, "elapse") }
}

fn newest(house: &House, kind: &str) -> String {
    let first = &events(house)[0];
    assert_eq!(first["kind"], kind);
    first["id"].as_str().unwrap().to_owned()
}

/// All of the account's events, page by page.
fn events(house: &House) -> Vec<Value> {
    let account = json!(house.account);
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = house.shop.at(&[("account", &account)]);
        let page = page.get(&format!("/accounts/{{account}}/events?limit=5{cursor}"));
        all.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["cursor"]["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

/// Each effect in words, in Spanish and in English, by its source's own name.
fn explained(house: &House, time: &Passed) {
    let all = events(house);
    let mut told = BTreeMap::new();
    for event in &all {
        let one = house.shop.at(&[("event", &event["id"])]);
        let words = |api: &Api| {
            let seen = api.get("/events/{event}");
            let mut lines = vec![seen["explanation"]["headline"].as_str().unwrap().to_owned()];
            let details = seen["explanation"]["details"].as_array().unwrap();
            lines.extend(details.iter().map(|line| line.as_str().unwrap().to_owned()));
            lines.join(" / ").replace('\u{a0}', " ")
        };
        let id = event["id"].as_str().unwrap().to_owned();
        let name = event["reference"].as_str().unwrap().to_owned();
        let both = (words(&one.in_spanish()), words(&one.in_english()));
        for text in [&both.0, &both.1] {
            assert!(!text.contains("ledger-") && !text.contains('{'), "{name}: {text}");
        }
        told.insert((event["kind"].as_str().unwrap().to_owned(), name), both.clone());
        told.insert((String::new(), id), both);
    }
    let is = |kind: &str, name: &str, spanish: &str, english: &str| {
        let found = &told[&(kind.to_owned(), name.to_owned())];
        assert_eq!((found.0.as_str(), found.1.as_str()), (spanish, english), "{kind} {name}");
    };
    is(
        "purchase",
        "W-1",
        "120 puntos y 120 puntos de nivel: 120 puntos por 120,00 € (1 por cada 1,00 €, regla «1 punto por euro»), \
         120 puntos de nivel por 120,00 € (1 por cada 1,00 €, regla «1 punto de nivel por euro»). / \
         Sube en «Nivel» de sin nivel a Plata: 189 de 100 / 120 puntos válidos hasta el 31 mar 2028",
        "120 points and 120 level points: 120 points for €120.00 (1 per €1.00, rule “1 point per euro”), \
         120 level points for €120.00 (1 per €1.00, rule “1 level point per euro”). / \
         Up in “Level” from no tier to Silver: 189 of 100 / 120 points valid until 31 Mar 2028",
    );
    is(
        "return",
        "R-1",
        "-3 puntos y -3 puntos de nivel. / A lo devuelto le corresponden 3 puntos / \
         3 puntos ya se habían gastado y se retiran de otros",
        "-3 points and -3 level points. / The returned part accounts for 3 points / \
         3 points had already been spent and are taken from others",
    );
    is(
        "reserve",
        "C-1",
        "50 puntos retenidos. / Se retienen 50 puntos (válidos hasta el 31 mar 2028)",
        "50 points held. / Held: 50 points (valid until 31 Mar 2028)",
    );
    is(
        "purchase",
        "W-3",
        "15 puntos y 10 puntos de nivel: 10 puntos por 10,00 € (1 por cada 1,00 €, regla «1 punto por euro»), \
         10 puntos de nivel por 10,00 € (1 por cada 1,00 €, regla «1 punto de nivel por euro»), \
         5 más porque el nivel en «Nivel» multiplica por 1,5 los 10. / 15 puntos válidos hasta el 31 mar 2028",
        "15 points and 10 level points: 10 points for €10.00 (1 per €1.00, rule “1 point per euro”), \
         10 level points for €10.00 (1 per €1.00, rule “1 level point per euro”), \
         5 more because the tier in “Level” multiplies the 10 by 1.5. / 15 points valid until 31 Mar 2028",
    );
    let expiry = &told[&(String::new(), time.expiry.clone())];
    assert!(expiry.0.starts_with("-416 puntos. / Han caducado "), "{}", expiry.0);
    assert!(expiry.1.contains("Expired: 15 points (valid until 31 Mar 2028)"), "{}", expiry.1);
    let review = &told[&(String::new(), time.review.clone())];
    assert_eq!(review.0, "0 puntos. / Baja en «Nivel» de Oro a Plata: 150 de 300");
    assert_eq!(review.1, "0 points. / Down in “Level” from Gold to Silver: 150 of 300");
}

/// Every message is signed as Standard Webhooks says, and together they tell the whole story.
fn told_by_webhook(house: &House, receiver: &Receiver) {
    let messages = receiver.wait_for("tier.downgraded");
    let mut earned = 0;
    let mut last = 0;
    for message in &messages {
        message.verify(&house.secret).unwrap();
        assert!(message.verify("whsec_AAAA").is_err(), "another secret signs otherwise");
        let body: Value = serde_json::from_slice(&message.body).unwrap();
        let sequence = body["sequence"].as_i64().unwrap();
        assert!(sequence > last, "one endpoint hears of one account in order");
        last = sequence;
        if body["type"] == "points.earned" && body["data"]["point_type"] == "points" {
            earned += body["data"]["points"].as_i64().unwrap();
        }
        let text = String::from_utf8_lossy(&message.body);
        assert!(!text.contains("example.com"), "no personal data: {text}");
    }
    assert_eq!(earned, 69 + 120 + 15 + 300 + 15 + 450);
    let mut types: Vec<String> = messages.iter().map(|m| m.kind()).collect();
    types.sort_unstable();
    types.dedup();
    let wanted = [
        "points.earned",
        "points.expired",
        "points.redeemed",
        "points.reversed",
        "reward.cancelled",
        "reward.redeemed",
        "reward.reserved",
        "tier.downgraded",
        "tier.upgraded",
    ];
    assert_eq!(types, wanted);
}

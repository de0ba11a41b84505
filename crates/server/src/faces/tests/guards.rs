//! What pages must not let happen, asked by plain HTTP: undoing what was had, acting on another client, guessing codes.

use lazo_domain::time::DAY;
use lazo_store::testing::{TestDb, on_both};
use reqwest::header::{CONTENT_TYPE, LOCATION};

use super::visitor::Visitor;
use super::{AURORA, House, cookies};
use crate::faces::bench;

use crate::features::sessions::Whose;
use crate::features::sessions::passwords;
use crate::features::{configuration, programs};
use crate::http::{Grant, Role};
use crate::testing::NOON;

#[tokio::test(flavor = "multi_thread")]
async fn r109_a_member_undoes_no_points_that_paid_a_bill_and_a_voided_sale_gives_them_back() {
    on_both(async |test| {
        let house = House::open(test).await;
        let ana = house.member("ana@example.com").await;
        bench::buy(&house.app, &ana, "r-1", 20_000).await;
        let (till, own) = (Visitor::cashier(&house).await, Visitor::member(&house, &ana).await);
        let page = format!("/caja/members/{}", ana.id);
        let sale = "reference=s-1&amount0=10%2C00&pay=2%2C00";
        let (status, sold) = till.send(&page, &format!("{page}/sell"), sale).await;
        assert_eq!(status, 303, "{sold}");
        // 300 before, 200 paid, 8 for the 8 € that were paid in money.
        assert!(own.get("/portal/aurora").await.1.contains(">108<"));
        let (_, list) = own.get("/portal/aurora/redemptions").await;
        let at = list.find("/redemptions/red_").unwrap();
        let one = format!("/portal/aurora{}", list[at..].split('"').next().unwrap());
        let (_, told) = own.get(&one).await;
        assert!(told.contains("pagaste parte de una compra"), "{told}");
        assert!(!told.contains("/cancel"), "there is no button: {told}");
        let me = own.token("/portal/aurora/me").await;
        assert_eq!(own.send_as(&me, &format!("{one}/cancel"), "").await.0, 409);
        assert!(own.get("/portal/aurora").await.1.contains(">108<"), "nothing came back");

        let (_, receipt) = till.get(&sold).await;
        assert!(receipt.contains("2,00\u{a0}€ se pagan con puntos"), "{receipt}");
        assert!(receipt.contains("esos puntos vuelven"), "{receipt}");
        let voided = till.send(&sold, &format!("{sold}/void"), "").await;
        assert_eq!(voided, (303, format!("{sold}?done=void")));
        assert!(own.get("/portal/aurora").await.1.contains(">300<"));
        let again = till.send(&page, &format!("{sold}/void"), "").await;
        assert_eq!(again.0, 303, "{}", again.1);
        assert!(own.get("/portal/aurora").await.1.contains(">300<"), "once");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r109_a_thing_redeemed_at_home_has_a_code_that_the_till_takes_once() {
    on_both(async |test| {
        let house = House::open(test).await;
        let ana = house.member("ana@example.com").await;
        bench::buy(&house.app, &ana, "r-1", 400_000).await;
        let (till, own) = (Visitor::cashier(&house).await, Visitor::member(&house, &ana).await);
        let page = "/portal/aurora/rewards/aurora-puntos/basket";
        let order = "program=aurora-puntos&reward=basket&reference=b-1";
        let (_, one) = own.send(page, "/portal/aurora/redemptions", order).await;
        own.send(&one, &format!("{one}/confirm"), "").await;
        let (_, told) = own.get(&one).await;
        assert!(told.contains("Es tuyo: enseña el código"), "{told}");
        assert!(told.contains("/cancel"));
        let at = told.find("Código de barras del vale ").unwrap();
        let code = &told[at + "Código de barras del vale ".len()..][..14];
        let used =
            till.send("/caja", "/caja/vouchers", &format!("code={code}&reference=v-1")).await;
        assert!(used.1.contains("entrega Cesta de temporada"), "{}", used.1);
        let twice =
            till.send("/caja", "/caja/vouchers", &format!("code={code}&reference=v-2")).await;
        assert!(twice.1.contains("Este vale ya se usó"), "{}", twice.1);
        let (_, told) = own.get(&one).await;
        assert!(told.contains("Ya se ha usado") && !told.contains("/cancel"), "{told}");
        // Handed over the counter it needs no code, and the member cannot take it back.
        let page = format!("/caja/members/{}", ana.id);
        let order = "program=aurora-puntos&reward=basket&reference=b-2";
        let (_, handed) = till.send(&page, &format!("{page}/redeem"), order).await;
        let one = handed.replace("/caja", "/portal/aurora");
        let (_, told) = own.get(&one).await;
        assert!(told.contains("Te lo entregaron") && !told.contains("/cancel"), "{told}");
        assert_eq!(till.send(&handed, &format!("{handed}/cancel"), "").await.0, 303);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r43_the_card_of_whoever_joined_online_is_found_at_the_till() {
    on_both(async |test| {
        let house = House::open(test).await;
        let ana = house.member("ana@example.com").await;
        let own = Visitor::member(&house, &ana).await;
        assert!(own.get("/portal/aurora").await.1.contains(&ana.id.to_string()), "on the card");
        let till = Visitor::cashier(&house).await;
        let found = till.send("/caja", "/caja/find", &format!("who={}", ana.id)).await;
        assert_eq!(found, (303, format!("/caja/members/{}", ana.id)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r105_codes_of_one_member_are_tried_fifteen_times_an_hour_whoever_tries() {
    on_both(async |test| {
        let house = House::open(test).await;
        house.member("ana@example.com").await;
        let who = "who=ana%40example.com";
        for begun in 0..4 {
            let from = format!("203.0.113.{begun}");
            let sent = house.send_from(&from, "/portal/aurora/sign-in", "", who).await;
            let attempt = cookies(&sent);
            let code = house.code(begun + 1).await;
            let other = if code == "000000" { "000001" } else { "000000" };
            for _ in 0..4 {
                let wrong = format!("code={other}");
                house.send_from(&from, "/portal/aurora/code", &attempt, &wrong).await;
            }
        }
        // Sixteen were wrong: the next code is not even sent, and nothing that could be guessed is kept.
        let sent = house.send_from("198.51.100.1", "/portal/aurora/sign-in", "", who).await;
        let attempt = cookies(&sent);
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert_eq!(house.sink.letters().len(), 4, "no fifth letter leaves");
        let late = house.send_from("198.51.100.1", "/portal/aurora/code", &attempt, "code=123456");
        assert!(late.await.headers().get(LOCATION).is_none());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r105_one_network_address_asks_for_ten_codes_an_hour() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let ask = async |from: &str, n: i32| {
        let who = format!("email=stranger{n}%40example.com");
        house.send_from(from, "/portal/aurora/join", "", &who).await.status().as_u16()
    };
    for n in 0..10 {
        assert_eq!(ask("203.0.113.9", n).await, 303);
    }
    assert_eq!(ask("203.0.113.9", 10).await, 429);
    assert_eq!(ask("203.0.113.10", 11).await, 303, "others are not held up");
}

#[tokio::test(flavor = "multi_thread")]
async fn r105_wrong_passwords_sent_at_once_are_counted_one_by_one() {
    on_both(async |test| {
        let house = House::open(test).await;
        let marta = house.staff("marta@example.com", &[Role::Admin]).await;
        let (db, entropy) = (&house.app.db, house.app.entropy.as_ref());
        let whose = (marta, passwords::Factor::New);
        let set = passwords::set(db, entropy, whose, "correct horse battery", "test", NOON).await;
        let totp = set.unwrap().unwrap();
        let code = passwords::code_at(&totp, NOON);
        let tries = (0..12).map(|_| {
            passwords::check(db, "marta@example.com", "something quite else", &code, NOON)
        });
        for done in futures_util::future::join_all(tries).await {
            assert_eq!(done.unwrap(), None);
        }
        let right = passwords::check(db, "marta@example.com", "correct horse battery", &code, NOON);
        assert_eq!(right.await.unwrap(), None, "the account waits");
        let later = NOON.plus_micros(16 * 60 * 1_000_000);
        let code = passwords::code_at(&totp, later);
        let right =
            passwords::check(db, "marta@example.com", "correct horse battery", &code, later);
        assert_eq!(right.await.unwrap(), Some(marta), "and is open again");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_a_page_left_open_acts_on_no_other_client() {
    on_both(async |test| {
        let house = House::open(test).await;
        let lucia = house.staff("lucia@example.com", &[Role::Cashier]).await;
        let brisa = house.tenant("brisa").await;
        let mut tx = house.app.db.begin().await.unwrap();
        let grant = Grant { tenant: Some(brisa.id), role: Role::Cashier };
        crate::features::staff::store::grant(&mut tx, lucia, grant, "test", NOON).await.unwrap();
        tx.commit().await.unwrap();
        let mut till = Visitor::of(&house, Whose::Staff(lucia), "/console").await;
        let session = till.cookies.clone();
        till.cookies = format!("{session}; lazo_tenant=aurora");
        let (_, page) = till.get("/caja").await;
        assert!(page.contains("<option value=\"brisa\""), "the till has the choice: {page}");
        let stale = till.token("/caja").await;
        till.cookies = format!("{session}; lazo_tenant=brisa");
        let (status, told) = till.send_as(&stale, "/caja/members", "contact=600123123").await;
        assert_eq!(status, 403, "{told}");
        assert!(told.contains("Esta página es de otro cliente"), "{told}");
        let (status, place) = till.send_as(&stale, "/console/tenant", "tenant=aurora").await;
        assert_eq!((status, place.as_str()), (303, "/console"), "choosing works from any page");
        // The chosen one is gone and there are two others: nobody is chosen silently.
        till.cookies = format!("{session}; lazo_tenant=gone");
        let asked = house.client().get(format!("{}/caja", house.base));
        let asked = asked.header("cookie", &till.cookies).send().await.unwrap();
        assert_eq!(asked.headers()[LOCATION], "/console/tenant");
        let (status, page) = till.get("/console/tenant").await;
        assert!(status == 200 && page.contains("Grupo Aurora"), "{page}");
        assert_eq!(till.send("/console/tenant", "/console/tenant", "tenant=brisa").await.0, 303);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r1_whoever_works_for_nobody_is_told_so_and_can_leave() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let nora = house.staff("nora@example.com", &[]).await;
    let desk = Visitor::of(&house, Whose::Staff(nora), "/console").await;
    let asked = house.client().get(format!("{}/console", house.base));
    let asked = asked.header("cookie", &desk.cookies).send().await.unwrap();
    assert_eq!(asked.headers()[LOCATION], "/console/tenant");
    let (status, page) = desk.get("/console/tenant").await;
    assert!(status == 200 && page.contains("Todavía no trabajas para nadie"), "{page}");
    let left = desk.send("/console/tenant", "/console/sign-out", "").await;
    assert_eq!(left, (303, "/console/sign-in".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn r61_paths_that_lead_nowhere_say_so_in_words() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    for (path, words) in [
        ("/portal/aurora/nada", "Aurora"),
        ("/portal/aurora/nada/de/nada", "Aurora"),
        ("/portal/nadie/nada", "No encontrado"),
        ("/console/nada", "No encontrado"),
        ("/caja/nada", "No encontrado"),
    ] {
        let asked = house.client().get(format!("{}{path}", house.base));
        let answer = asked.header("accept-language", "es-ES").send().await.unwrap();
        let kind = answer.headers()[CONTENT_TYPE].to_str().unwrap().to_owned();
        assert_eq!((answer.status().as_u16(), kind.as_str()), (404, "text/html; charset=utf-8"));
        let page = answer.text().await.unwrap();
        assert!(page.contains(words), "{path}: {page}");
    }
    let home = house.client().get(format!("{}/portal/aurora/", house.base)).send().await.unwrap();
    assert_eq!(home.headers()[LOCATION], "/portal/aurora");
}

#[tokio::test(flavor = "multi_thread")]
async fn r4_only_the_draft_that_was_shown_is_published_and_by_none_of_its_authors() {
    on_both(async |test| {
        let house = House::open(test).await;
        let roles = [Role::ProgramManager];
        let mut desks = Vec::new();
        for login in ["marta@example.com", "carla@example.com", "olga@example.com"] {
            let staff = house.staff(login, &roles).await;
            desks.push(Visitor::of(&house, Whose::Staff(staff), "/console").await);
        }
        let program = "/console/programs/aurora-puntos";
        let rule = format!("{program}/rules/base");
        let names = "name_es=Base&name_en=Base";
        let change = async |who: usize, points: &str| {
            let fields = format!("{names}&points={points}&per_minor=1%2C00");
            desks[who].send(&rule, &rule, &fields).await
        };
        let publish = async |who: usize, version: i64| {
            let fields = format!("version={version}");
            desks[who].send(program, &format!("{program}/publish"), &fields).await.0
        };
        // What was typed stays on the page, with what is wrong beside its field.
        let (status, page) = change(0, "muchos").await;
        assert_eq!(status, 200, "{page}");
        assert!(page.contains("value=\"muchos\"") && page.contains("points-wrong"), "{page}");
        assert_eq!(change(0, "2").await.0, 303);
        assert_eq!(change(1, "3").await.0, 303);
        assert_eq!(publish(2, 2).await, 409, "version 2 is no longer what waits");
        assert_eq!(publish(0, 3).await, 403, "Marta wrote what it was made of");
        assert_eq!(publish(1, 3).await, 403, "Carla wrote it");
        assert!(!desks[0].get(program).await.1.contains("/publish\""), "and has no button");
        assert_eq!(publish(2, 3).await, 303);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r4_a_draft_that_begins_on_a_day_still_does_after_the_guided_editor() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let text = AURORA.replacen("points = 300 }]", "points = 500 }]", 1).replacen(
        "code = \"aurora-puntos\"",
        "code = \"aurora-puntos\"\neffective_from = \"2026-04-01T00:00:00Z\"",
        1,
    );
    let document = configuration::Document::parse(&text).unwrap();
    let plan = configuration::plan(&house.app.db, document).await.unwrap();
    plan.carry_out(&house.app.db, &house.app.ids, "ana", NOON).await.unwrap();
    let marta = house.staff("marta@example.com", &[Role::ProgramManager]).await;
    let desk = Visitor::of(&house, Whose::Staff(marta), "/console").await;
    let program = "/console/programs/aurora-puntos";
    let rule = format!("{program}/rules/base");
    assert!(desk.get(&rule).await.1.contains("Cuenta desde el 1 abr 2026"));
    let fields = "name_es=Base&name_en=Base&points=2&per_minor=1%2C00";
    assert_eq!(desk.send(&rule, &rule, fields).await.0, 303);
    assert!(desk.get(program).await.1.contains("Cuenta desde el 1 abr 2026"));
    let tenant = house.tenant("aurora").await;
    let head = programs::store::by_code(&house.app.db, tenant.id, "aurora-puntos").await.unwrap();
    let all = programs::store::versions(&house.app.db, tenant.id, head.unwrap().id).await.unwrap();
    assert!(all[0].effective_from.is_some_and(|from| from > NOON.plus_micros(29 * DAY)));
}

#[tokio::test(flavor = "multi_thread")]
async fn r109_a_voucher_past_its_date_gives_nothing_back_to_its_member() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let ana = house.member("ana@example.com").await;
    bench::buy(&house.app, &ana, "r-1", 20_000).await;
    let own = Visitor::member(&house, &ana).await;
    let page = "/portal/aurora/rewards/aurora-puntos/coffee";
    let order = "program=aurora-puntos&reward=coffee&reference=c-1";
    let (_, one) = own.send(page, "/portal/aurora/redemptions", order).await;
    own.send(&one, &format!("{one}/confirm"), "").await;
    assert!(own.get(&one).await.1.contains("/cancel"));
    // The sandbox's clock goes on for two months.
    let tenant = house.tenant("aurora").await;
    let later = NOON.plus_micros(60 * DAY);
    let db = &house.app.db;
    assert!(crate::features::tenants::store::move_clock(db, tenant.id, later).await.unwrap());
    let (_, told) = own.get(&one).await;
    assert!(told.contains("caducó sin usarse") && !told.contains("/cancel"), "{told}");
    let me = own.token("/portal/aurora/me").await;
    assert_eq!(own.send_as(&me, &format!("{one}/cancel"), "").await.0, 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn r93_whoever_joins_sees_what_becomes_of_the_data_and_it_is_noted() {
    on_both(async |test| {
        let house = House::open(test).await;
        let site = "site = \"aurora\"\nprivacy = { version = \"2026-03\", contact = \"datos@example.com\", \
            text = { es = \"Guardamos tus compras.\\n\\nNadie más las ve.\" } }";
        let text = AURORA.replacen("site = \"aurora\"", site, 1);
        let document = configuration::Document::parse(&text).unwrap_or_else(|e| panic!("{e:?}"));
        let plan = configuration::plan(&house.app.db, document).await.unwrap();
        plan.carry_out(&house.app.db, &house.app.ids, "ana", NOON).await.unwrap();
        let guest = Visitor { house: &house, cookies: String::new() };
        let (_, join) = guest.get("/portal/aurora/join").await;
        assert_eq!(join.matches("/portal/aurora/privacy").count(), 2, "at the form and the foot");
        let (status, told) = guest.get("/portal/aurora/privacy").await;
        assert!(status == 200 && told.contains("Nadie más las ve.") && told.contains("datos@"));
        let sent = house.send("/portal/aurora/join", "", "email=lucia%40example.com").await;
        let code = house.code(1).await;
        let body = format!("code={code}");
        let joined = house.send("/portal/aurora/code", &cookies(&sent), &body).await;
        assert_eq!(joined.headers()[LOCATION], "/portal/aurora");
        let sql = "select text_version, accepted_at from privacy_acceptance";
        let rows = house.app.db.query(sql, &[]).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].text("text_version").unwrap(), "2026-03");
        assert_eq!(rows[0].int("accepted_at").unwrap(), NOON.0);
    })
    .await;
}

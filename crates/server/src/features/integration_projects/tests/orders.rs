//! Open reward orders: they keep price and promise, go on here, and give back what they were paid from.

use lazo_domain::merging::SourceKey;
use lazo_store::testing::{TestDb, on_both};

use super::super::TakenIn;
use super::super::profiles::OrderOf;
use super::super::reconcile::ControlReport;
use super::super::store::items;
use super::{Office, unseen};
use crate::features::carried_orders::store as orders;
use crate::features::members;
use crate::i18n::Locale;

const ORDERS: &str = r#"
kind = "orders"
source = "hotel"
program = "uno"

[fields]
member = "id"
order = "order"
reward = "reward"
point_type = { constant = "stars" }
points = "stars"
ordered_at = "at"
promised_by = "by"
status = "how"
addressee = "who"
street = "street"
city = "city"
"#;

const ROWS: &str = "id,order,reward,stars,at,by,how,who,street,city\n\
    B-1,P-1,Toaster,40,2026-01-10T10:00:00Z,2026-03-01T11:00:00Z,preparing,Ana,Calle Mayor 1,Madrid\n\
    B-1,P-2,Book,10,2025-12-01T10:00:00Z,,delivered,Ana,Calle Mayor 1,Madrid\n\
    B-2,P-3,Lamp,30,2026-01-15T10:00:00Z,,ordered,Petra,Storgatan 2,Lund\n";

const CHANGES: &str = r#"
kind = "changes"
source = "hotel"
program = "uno"

[fields]
member = "id"
transaction = "tx"
change = "what"
order = "order"
status = "how"
state = "stands"
lot = "lot"
point_type = { constant = "stars" }
points = "stars"
earned_at = "at"
"#;

fn hotel(number: &str) -> SourceKey {
    SourceKey::new("hotel", number)
}

impl Office {
    /// The example with three orders of the hotel: two of them on their way.
    async fn with_orders(db: &TestDb) -> Self {
        let office = Self::open(db).await;
        office.file("hotel-orders.csv", ROWS);
        office.file("hotel-orders.toml", ORDERS);
        let path = office.folder.path().join("project.toml");
        let project = std::fs::read_to_string(path).unwrap();
        let (before, after) = project.split_once("\n[[waves]]").unwrap();
        let more =
            "\n[[sources.files]]\nfile = \"hotel-orders.csv\"\nmapping = \"hotel-orders.toml\"\n";
        office.file("project.toml", &format!("{before}{more}\n[[waves]]{after}"));
        office.hotel_states("members,,3\nlots,,7\navailable,stars,283\norders,,3");
        office
    }

    async fn ordered(&self, rows: &str) -> TakenIn {
        let mapping = self.file("order-changes.toml", CHANGES);
        let rows = format!("id,tx,what,order,how,stands,lot,stars,at\n{rows}");
        let file = self.file("order-changes.csv", &rows);
        self.ana.take_in(&self.project().await, &file, &mapping, &unseen).await.unwrap()
    }

    /// The orders that came along of a member, by any of its numbers.
    async fn orders_of(&self, member: &str) -> Vec<OrderOf> {
        self.ana.profile_of(&self.project().await, member).await.unwrap().orders
    }

    /// Orders of the control report of a wave: how many there should be, and how many there are.
    async fn counted_orders(&self, wave: i64) -> (String, String) {
        let project = self.project().await;
        orders_in(&self.ana.reconcile(&project, wave, &unseen).await.unwrap())
    }
}

fn orders_in(report: &ControlReport) -> (String, String) {
    let line = report.lines.iter().find(|line| line.code == "orders").unwrap();
    (line.expected.clone(), line.actual.clone())
}

fn both(number: &str) -> (String, String) {
    (number.to_owned(), number.to_owned())
}

fn refusals(done: TakenIn) -> Vec<(String, u64)> {
    done.refused.into_iter().collect()
}

/// Ana's toaster for 40 stars comes along being prepared, with its promise and its address; the points were spent, so that
/// her 352 stay. The book has arrived and stays where it was. No file that leaves has the address.
#[tokio::test(flavor = "multi_thread")]
async fn m29_open_orders_keep_their_price_and_their_promise_and_go_on_with_their_address() {
    on_both(async |db| {
        let office = Office::with_orders(db).await;
        office.whole().await;
        assert_eq!(office.points("hotel", "B-1").await, 352);
        assert_eq!(office.points("hotel", "B-2").await, 52);
        let hers = office.orders_of("card:0001").await;
        assert_eq!(hers.len(), 1, "{hers:?}");
        let toaster = &hers[0];
        assert_eq!(
            (toaster.order.as_str(), toaster.points, toaster.status),
            ("P-1", 40, "preparing")
        );
        assert_eq!(toaster.promised_by.unwrap().to_string(), "2026-03-01T11:00:00Z");
        assert_eq!(toaster.address["street"], "Calle Mayor 1");
        assert_eq!(
            (office.counted_orders(1).await, office.counted_orders(2).await),
            (both("1"), both("1"))
        );

        let project = office.project().await;
        let said = office.ana.statement(&project, "shop/0001", Locale::En).await.unwrap();
        let text = said.text();
        assert!(
            said.adds_up && text.contains("Order P-1 in Hotel Mar: Toaster for 40 stars"),
            "{text}"
        );
        assert!(text.contains(", being prepared, promised by ") && !text.contains("P-2"), "{text}");
        let spanish = "es-ES".parse().unwrap();
        let text = office.ana.statement(&project, "hotel/B-2", spanish).await.unwrap().text();
        assert!(text.contains("Pedido P-3 de Hotel Mar: Lamp por 30 estrellas"), "{text}");
        assert!(text.contains(", aún sin preparar, sin fecha comprometida. El precio"), "{text}");

        let out = office.folder.path().join("out");
        office.ana.export(&project, &out, &unseen).await.unwrap();
        for file in std::fs::read_dir(&out).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            assert!(!text.contains("Calle Mayor") && !text.contains("Storgatan"));
        }
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tools/audit.py");
        let audit = std::process::Command::new("python3").args(["-B", script]).arg(&out).output();
        let said = String::from_utf8(audit.unwrap().stdout).unwrap();
        assert!(said.ends_with("7 members, 13 lots, 0 findings\n"), "{said}");

        // A price that was changed behind the project's back is told.
        db.tamper("update carried_order set points = points + 1 where name = 'P-3'").await;
        assert_eq!(office.counted_orders(1).await, ("1".to_owned(), "0".to_owned()));
    })
    .await;
}

/// The lamp is sent, arrives, and is over. The toaster is given up: its 40 stars of a lot that was spent make 203, worth
/// 263.9, so 264 and 52 more than 212; no more than 40 come back, and the address goes.
#[tokio::test(flavor = "multi_thread")]
async fn m29_a_cancelled_order_gives_back_the_lots_it_was_paid_from_and_no_more() {
    on_both(async |db| {
        let office = Office::with_orders(db).await;
        office.whole().await;
        let done = office.ordered("B-2,o-1,order,P-3,sent,,,,\n").await;
        assert_eq!((done.posted, done.refused.len()), (1, 0), "{done:?}");
        assert_eq!(office.orders_of("hotel/B-2").await[0].status, "sent");
        let done = office
            .ordered("B-2,o-2,order,P-3,delivered,,,,\nB-2,o-3,order,P-3,cancelled,,,,\n")
            .await;
        assert_eq!(
            (done.posted, done.unreadable),
            (1, 1),
            "an order is given up with its lots: {done:?}"
        );
        let lamp = office.orders_of("hotel/B-2").await.remove(0);
        assert_eq!((lamp.status, lamp.address.len()), ("delivered", 0));

        let rows = "B-1,c-1,cancelled,P-1,,,l0,40,2025-04-02T10:00:00Z\n";
        let done = office.ordered(rows).await;
        assert_eq!((done.posted, done.refused.len()), (1, 0), "{done:?}");
        assert_eq!(office.points("hotel", "B-1").await, 352 + 52);
        assert_eq!(office.ordered(rows).await.known, 1, "taken twice it is once");
        let toaster = office.orders_of("hotel/B-1").await.remove(0);
        assert_eq!((toaster.status, toaster.points, toaster.address.len()), ("cancelled", 40, 0));

        let done = office.ordered(
            "B-1,c-2,cancelled,P-1,,,l0,1,2025-04-02T10:00:00Z\n\
             B-1,c-3,cancelled,P-9,,,l0,1,2025-04-02T10:00:00Z\n\
             B-2,c-4,cancelled,P-3,,,m0,1,2025-04-02T10:00:00Z\n\
             B-2,o-4,order,P-3,sent,,,,\n",
        );
        let told = [("late_no_order", 1), ("late_order_ended", 2), ("late_too_many", 1)];
        let told = told.map(|(code, count)| (code.to_owned(), count));
        assert_eq!(refusals(done.await), told);
        assert_eq!(office.points("hotel", "B-1").await, 352 + 52);
        assert_eq!(office.points("hotel", "B-2").await, 52);
        assert_eq!(
            office.counted_orders(2).await,
            both("1"),
            "price and promise are what they were"
        );
    })
    .await;
}

/// Before the wave the same: two lots of 25 and 15 come back, the lamp is sent, and the new plan opens 264 and carries the
/// lamp alone.
#[tokio::test(flavor = "multi_thread")]
async fn m29_orders_go_on_and_are_given_up_before_the_wave() {
    on_both(async |db| {
        let office = Office::with_orders(db).await;
        office.to_approved().await;
        let rows = "B-2,o-1,order,P-3,sent,,,,\n\
            B-1,c-1,cancelled,P-1,,,l8,25,2025-04-02T10:00:00Z\n\
            B-1,c-1,cancelled,P-1,,,l9,15,2025-04-02T10:00:00Z\n\
            B-1,c-2,cancelled,P-1,,,l9,1,2025-04-02T10:00:00Z\n";
        let done = office.ordered(rows).await;
        assert_eq!((done.items, done.caught_up), (4, 3), "{done:?}");
        assert_eq!(refusals(done), [("late_too_many".to_owned(), 1)]);
        office.plan_and_approve().await;
        office.wave(1).await;
        office.wave(2).await;
        assert_eq!(office.points("hotel", "B-1").await, 264 + 140);
        assert_eq!(office.orders_of("hotel/B-1").await, []);
        let lamp = office.orders_of("hotel/B-2").await.remove(0);
        assert_eq!((lamp.status, lamp.address["city"].as_str()), ("sent", "Lund"));
        let whole = office.ana.reconcile_whole(&office.project().await, &unseen).await.unwrap();
        assert!(whole.agrees && orders_in(&whole) == both("1"), "{whole:?}");
    })
    .await;
}

/// Taken apart, the order goes with the guest; rolled back, the hotel hears that it was sent, and gets it back.
#[tokio::test(flavor = "multi_thread")]
async fn m29_orders_go_with_whom_they_belong_to_and_back_to_their_source() {
    on_both(async |db| {
        let office = Office::with_orders(db).await;
        office.whole().await;
        let project = office.project().await;
        let (request, _) = office.ana.ask_unmerge(&project, &[hotel("B-1")], false).await.unwrap();
        office
            .eva
            .decide_request(&office.project().await, request.request, true, &unseen)
            .await
            .unwrap();
        let (member, account) = office.member("hotel", "B-1").await;
        let carried = orders::of(&office.app.db, project.ids(), &[hotel("B-1")]).await.unwrap();
        assert_eq!((carried[0].member, carried[0].account), (member, account));
        assert_ne!(office.member("shop", "0001").await.1, account);
        assert_eq!(office.orders_of("hotel/B-1").await[0].address["city"], "Madrid");
        assert_eq!(office.orders_of("shop/0001").await, []);
        assert_eq!(office.counted_orders(2).await, both("1"), "the wave is what it was");
    })
    .await;
    on_both(async |db| {
        let office = Office::with_orders(db).await;
        office.to_approved().await;
        office.wave(1).await;
        office.ordered("B-2,o-1,order,P-3,sent,,,,\n").await;
        let request = office.ana.ask_rollback(&office.project().await, 1).await.unwrap();
        let project = office.project().await;
        office.eva.decide_request(&project, request.request, true, &unseen).await.unwrap();
        assert_eq!(orders::of(&office.app.db, project.ids(), &[hotel("B-2")]).await.unwrap(), []);
        let back =
            items::page(&office.app.db, &project, "given_back", ("", ""), 500).await.unwrap();
        let told =
            back.iter().any(|item| item.body.contains("order_sent") && item.body.contains("P-3"));
        assert!(told, "{back:?}");
        office.plan_and_approve().await;
        office.wave(1).await;
        assert_eq!(office.orders_of("hotel/B-2").await[0].address["city"], "Lund");
    })
    .await;
}

/// Whoever is erased here, or in the source before the wave, has no address anywhere; the order itself is still counted.
#[tokio::test(flavor = "multi_thread")]
async fn m29_addresses_go_with_whoever_is_erased() {
    on_both(async |db| {
        let office = Office::with_orders(db).await;
        office.to_approved().await;
        let keys = [hotel("B-1"), hotel("B-2")];
        let kept = async || {
            let project = office.project().await;
            let all = orders::addresses(&office.app.db, project.ids(), &keys).await.unwrap();
            all.into_keys().map(|(_, order)| order).collect::<Vec<_>>()
        };
        assert_eq!(kept().await, ["P-1", "P-3"]);
        let done = office.ordered("B-2,s-1,status,,,erased,,,\n").await;
        assert_eq!(done.caught_up, 1, "{done:?}");
        assert_eq!(kept().await, ["P-1"]);
        office.plan_and_approve().await;
        office.wave(1).await;
        office.wave(2).await;
        let (member, _) = office.member("hotel", "B-1").await;
        let now = lazo_store::Clock::now(office.clock.as_ref());
        members::erase(&office.app.db, office.ana.tenant.id, member, now).await.unwrap();
        assert_eq!(kept().await, Vec::<String>::new());
        assert_eq!(office.counted_orders(2).await, both("1"));
    })
    .await;
}

//! What pages say of numbers: every kind of points in its own units, every limit of a rule.

use lazo_store::testing::{TestDb, on_both};

use super::visitor::Visitor;
use super::{AURORA, House};
use crate::faces::bench;
use crate::features::sessions::Whose;
use crate::features::{configuration, programs};
use crate::http::Role;
use crate::testing::NOON;

#[tokio::test(flavor = "multi_thread")]
async fn r124_how_it_works_tells_every_limit() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let guest = Visitor { house: &house, cookies: String::new() };
    let (_, page) = guest.get("/portal/aurora/program").await;
    for words in [
        "Caducan 18 meses después de conseguirlos.",
        "hasta el final de ese mes",
        "Con el nivel Oro duran 24 meses.",
        "Solo en: fresh.",
        "Como mucho 300 puntos al mes.",
        "Solo la primera vez.",
        "Solo cuando es viernes.",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(guest.get("/portal/aurora/help").await.1.contains("Con el nivel Oro duran 24 meses."));
}

#[tokio::test(flavor = "multi_thread")]
async fn r108_pages_tell_each_kind_of_points_in_its_own_units() {
    on_both(async |test| {
        let house = House::open(test).await;
        // A second kind of points, with decimals and a reward of its own, and a ladder of money.
        let text = AURORA
            .replacen(
                "[[programs.earning_rules]]",
                r#"[[programs.point_types]]
code = "stars"
name = { es = "estrellas", en = "stars" }
scale = 2

[[programs.rewards]]
code = "mug"
name = { es = "Una taza", en = "A mug" }
point_type = "stars"
kind = { type = "product" }
price = 250

[[programs.earning_rules]]
code = "stars"
point_type = "stars"
effect = { type = "points_per_amount", points = 150, per_minor = 10000 }

[[programs.earning_rules]]"#,
                1,
            )
            .replacen("measure = { points = \"level\" }", "measure = \"spend\"", 1)
            .replacen("threshold = 300", "threshold = 30000", 1)
            .replacen("threshold = 1000", "threshold = 100000", 1);
        let document = configuration::Document::parse(&text).unwrap();
        let plan = configuration::plan(&house.app.db, document).await.unwrap();
        plan.carry_out(&house.app.db, &house.app.ids, "ana", NOON).await.unwrap();
        let tenant = house.tenant("aurora").await;
        programs::publish(&house.app.db, &tenant, "aurora-puntos", "bea", NOON).await.unwrap();
        let eva = house.member("eva@example.com").await;
        bench::buy(&house.app, &eva, "r-1", 24_000).await;
        let own = Visitor::member(&house, &eva).await;
        let (_, home) = own.get("/portal/aurora").await;
        assert!(home.contains("60,00\u{a0}€ para el nivel Plata"), "{home}");
        assert!(!home.contains("Una taza"), "it is not for the points of the card: {home}");
        let (_, mug) = own.get("/portal/aurora/rewards/aurora-puntos/mug").await;
        assert!(mug.contains("2,50 estrellas") && mug.contains("3,00 estrellas"), "{mug}");
        let (_, tier) = own.get("/portal/aurora/tier").await;
        assert_eq!(tier.matches("class=\"ladder\"").count(), 1, "{tier}");
        let marta = house.staff("marta@example.com", &[Role::ProgramManager]).await;
        let desk = Visitor::of(&house, Whose::Staff(marta), "/console").await;
        let (_, rule) = desk.get("/console/programs/aurora-puntos/rules/stars").await;
        assert!(rule.contains("value=\"1,50\"") && rule.contains("value=\"100,00\""), "{rule}");
    })
    .await;
}

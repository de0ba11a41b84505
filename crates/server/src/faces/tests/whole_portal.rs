//! The portal as one whole: what it must have is there in each brand, and the first page says what counts at a glance.

use lazo_store::testing::{TestDb, on_both};
use serde_json::json;

use super::super::{bench, browser::Browser};
use super::House;
use super::visitor::Visitor;
use crate::features::members::{self, EMAIL, Enrollment, Member, MemberKind};
use crate::features::missions;
use crate::features::programs;
use crate::features::sessions::Whose;
use crate::features::tenants::Attributes;
use crate::http::Role;
use crate::i18n::{Args, Locale};
use crate::testing::NOON;

pub(super) const BRANDS: [(&str, &str); 2] = [("aurora", "aurora-puntos"), ("brisa", "club-brisa")];

/// Somebody of a brand's club who spent 600 € on what earns.
pub(super) async fn eva(house: &House, (site, program): (&str, &str)) -> Member {
    let (app, tenant) = (&house.app, house.tenant(site).await);
    let head = programs::store::by_code(&app.db, tenant.id, program).await.unwrap().unwrap();
    let asked = Enrollment {
        kind: MemberKind::Person,
        identifiers: vec![(EMAIL.to_owned(), "eva@example.com".to_owned())],
        locale: None,
        attributes: Attributes::from([("given_name".to_owned(), "Eva".into())]),
        program: Some(head.id),
        enrolled_at: NOON,
    };
    let eva = members::enroll(&app.db, &app.ids, &tenant, &asked, NOON).await.unwrap();
    bench::buy_of(app, &eva, "r-1", "room", 60_000).await;
    eva
}

/// Goal: "portal-unificado": in each brand a member sees the total with its parts and where each came from, every way to
/// redeem, the tier, and what leads to the next. Method: what must be there is read from the program's document.
#[tokio::test(flavor = "multi_thread")]
async fn r107_the_portal_has_its_mandatory_elements_in_each_brand() {
    on_both(async |test| {
        let house = House::open(test).await;
        let word = |key: &str| Locale::EsEs.text(key, &Args::new());
        for (site, program) in BRANDS {
            let eva = eva(&house, (site, program)).await;
            let tenant = house.tenant(site).await;
            let found = programs::store::by_code(&house.app.db, tenant.id, program).await.unwrap();
            let programs = house.app.programs.current(tenant.id).await.unwrap();
            let live = programs.latest(found.unwrap().id).unwrap();
            let document = house.app.programs.document(tenant.id, live.id, live.version).await;
            let document = document.unwrap().unwrap();
            let whose = Whose::Member { tenant: eva.tenant, member: eva.id, account: eva.account };
            let own = Visitor::of(&house, whose, &format!("/portal/{site}")).await;
            let open = async |path: &str| {
                let (status, page) = own.get(&format!("/portal/{site}{path}")).await;
                assert_eq!(status, 200, "{site}{path}");
                let places = page.matches("<nav class=\"places\"").count();
                assert_eq!(places, 1, "{site}{path} is a page of the one portal");
                page
            };
            // The total, its parts, and where they came from (R108).
            let points = open("/points").await;
            for key in ["accounts-available", "accounts-pending", "accounts-held"] {
                assert!(points.contains(&word(key)), "{site}: {key}");
            }
            let balance = house.app.ledger.books().account(tenant.id, eva.account).await.unwrap();
            let redeemable = document.point_types[0].code.to_string();
            let kind = live.point_type(&redeemable).unwrap();
            let available = balance.unwrap().balance(kind.id).available.0;
            assert!(available > 0, "{site}: the purchase earned");
            let number = Locale::EsEs.number(available, kind.scale);
            let value = open("/value").await;
            assert!(value.contains(&number) && value.contains("Compras"), "{site}: {value}");
            // Every way to redeem (R109), each with its own page.
            let rewards = open("/rewards").await;
            for reward in &document.rewards {
                let name = Locale::EsEs.pick(&reward.name).unwrap();
                assert!(rewards.contains(name), "{site}: {name}");
                let page = open(&format!("/rewards/{program}/{}", reward.code)).await;
                assert!(page.contains(name), "{site}: {name}");
            }
            // The tier (R110), and which actions lead to the next (R111).
            let tier = open("/tier").await;
            for step in document.tier_groups.iter().flat_map(|group| &group.tiers) {
                let name = Locale::EsEs.pick(&step.name).unwrap();
                assert!(tier.contains(name), "{site}: {name}");
            }
            let (_, plan) = tier.split_once("/tier/plan?").unwrap_or_else(|| panic!("{tier}"));
            let plan = plan.split('"').next().unwrap().replace("&amp;", "&");
            let plan = open(&format!("/tier/plan?{plan}")).await;
            assert!(plan.contains("falta"), "{site}: {plan}");
        }
    })
    .await;
}

/// Goal: within five seconds one sees what there is, what it is worth, what is missing to a reward, the tier and one thing to
/// do: all of it above the fold of a phone, also of somebody new. Method: where each ends, in the browser.
#[tokio::test(flavor = "multi_thread")]
async fn r103_what_counts_is_above_the_fold_of_a_phone_in_each_brand() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let roles = [Role::ProgramManager, Role::Admin];
    let desk = house.desk(house.staff("marta@example.com", &roles).await, &roles).await;
    let script = "const nav = document.querySelector('nav.places').getBoundingClientRect();
        const end = css => { const found = document.querySelector(css);
            return found ? Math.round(found.getBoundingClientRect().bottom) : 9999; };
        return [Math.round(nav.top), ['.card .big b', '.card .worth b', '.card .standing b', '.goal b.n', 'a.next'].map(end)]";
    let members = [eva(&house, BRANDS[0]).await, eva(&house, BRANDS[1]).await];
    let languages = ["es-ES", "en"];
    let mut browsers = Vec::new();
    for language in languages {
        browsers.push(Browser::open(language, 360, 800).await);
    }
    for is_new in [false, true] {
        if is_new {
            missions::policy::set(&desk, true, 0).await.unwrap();
        }
        for ((site, _), who) in BRANDS.into_iter().zip(&members) {
            let whose = Whose::Member { tenant: who.tenant, member: who.id, account: who.account };
            for (language, browser) in languages.iter().zip(&browsers) {
                browser.go(&house.link(whose, &format!("/portal/{site}")).await).await;
                let told = browser.run(script, json!([])).await;
                let fold = told[0].as_i64().unwrap();
                for end in told[1].as_array().unwrap() {
                    assert!(
                        end.as_i64().unwrap() <= fold,
                        "{site} {language} new {is_new}: {told}"
                    );
                }
            }
        }
    }
}

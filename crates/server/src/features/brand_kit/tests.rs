//! The brand kit through the console: looked at before it is kept, refused where nobody could read it.

use lazo_store::testing::{TestDb, on_both};
use serde_json::json;

use super::edited::{edited, values};
use crate::api::bench::{Bench, SHOP};
use crate::http::{Limits, Role};
use crate::web::kit::BrandKit;

const OWN: &str = "/console/brand-kit/corner";

async fn open(db: &TestDb) -> Bench {
    let shop = SHOP.replace("name = \"Corner\"", "name = \"Corner\"\nsite = \"CODE\"");
    let mut bench = Bench::with(db, &shop, Limits::default()).await;
    bench.add_person("nala", Role::Analyst).await;
    bench
}

/// The style sheet that members get.
async fn worn(bench: &Bench) -> String {
    let (_, home) = bench.visit("GET", "/portal/one", "").await;
    let sheet = home.split("/brand/brand-").nth(1).unwrap().split('"').next().unwrap();
    bench.visit("GET", &format!("/portal/one/brand/brand-{sheet}"), "").await.1
}

#[tokio::test(flavor = "multi_thread")]
async fn r54_a_kit_is_seen_on_every_surface_before_it_is_kept() {
    on_both(async |db| {
        let bench = open(db).await;
        let desk = bench.desk("manager").await;
        let changed = "light.accent=%23a0185c&corners.panel=3";
        let page = bench.page("manager", &format!("{OWN}?{changed}")).await;
        for surface in ["portal", "portal-dark", "ticket", "letter", "console"] {
            let path = format!("{OWN}/surfaces/{surface}?{changed}");
            assert!(page.contains(&format!("data-surface=\"{OWN}/surfaces/{surface}\"")), "{page}");
            let shown = bench.browse(&desk, &path, None).await;
            assert_eq!(shown.status, 200, "{surface}");
            let policy = shown.headers["content-security-policy"].to_str().unwrap();
            assert!(policy.contains("frame-ancestors 'self'") && policy.contains("sandbox"));
            assert!(policy.starts_with("default-src 'none'") && !policy.contains("script"));
            assert_eq!(shown.headers["x-frame-options"], "SAMEORIGIN");
            let text = String::from_utf8_lossy(&shown.octets).into_owned();
            assert!(text.contains("Corner"), "{surface}");
            // What a surface wears is the changed kit, by its own style sheet or, in a letter, on its parts.
            let Some((_, rest)) = text.split_once(&format!("{OWN}/sheet.css")) else {
                assert!(surface == "letter" && text.contains("#a0185c"), "{surface}: {text}");
                continue;
            };
            let query = rest.split('"').next().unwrap().replace("&amp;", "&");
            let sheet = bench.browse(&desk, &format!("{OWN}/sheet.css{query}"), None).await;
            let css = String::from_utf8_lossy(&sheet.octets).into_owned();
            let day = surface != "portal-dark";
            assert_eq!(css.contains("#a0185c"), day, "{surface}: {css}");
            assert!(css.contains("--corner:3px"), "{css}");
        }
        assert!(!worn(&bench).await.contains("#a0185c"), "nothing is kept by looking");

        let (status, place) = bench.fill(&desk, &format!("{OWN}?{changed}"), changed).await;
        assert_eq!((status, place.as_str()), (303, "/console/brand-kit/corner?saved=1"));
        assert!(worn(&bench).await.contains("#a0185c"));
        let audit = bench.get("admin", "/audit-entries?limit=1").await;
        assert_eq!(audit["items"][0]["action"], "brand.kit_changed");
        let told = &audit["items"][0]["detail"];
        assert_eq!(told["corners.panel"], json!(["12", "3"]));
        assert_eq!(told["light.accent"][1], "#a0185c");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r54_a_kit_that_nobody_could_read_is_named_with_a_mend_and_not_kept() {
    on_both(async |db| {
        let bench = open(db).await;
        let desk = bench.desk("manager").await;
        // Yellow text on a page that is nearly white.
        let faint = "light.ink=%23ffee88";
        let page = bench.page("manager", &format!("{OWN}?{faint}")).await;
        assert!(page.contains("light.ink") && page.contains("No se puede usar"), "{page}");
        assert!(page.contains("Mejor:") && !page.contains("<button class=\"act\">Guardar"));
        let before = worn(&bench).await;
        // The page of another change has a form with a token.
        let from = format!("{OWN}?corners.panel=3");
        let sent = bench.fill(&desk, &from, faint).await;
        assert_eq!(sent.0, 200, "{}", sent.1);
        assert!(sent.1.contains("corrija primero"), "{}", sent.1);
        assert_eq!(worn(&bench).await, before);
        // Who only reads sees it all and keeps nothing.
        let reader = bench.page("nala", &from).await;
        assert!(!reader.contains("Guardar</button>"), "{reader}");
        let nala = bench.desk("nala").await;
        assert_eq!(bench.fill(&nala, &from, faint).await.0, 403);
        assert_eq!(bench.browse(&desk, &format!("{OWN}/surfaces/none"), None).await.status, 404);
        assert_eq!(bench.browse(&desk, "/console/brand-kit/none", None).await.status, 404);
    })
    .await;
}

#[test]
fn what_is_no_value_of_its_field_changes_nothing() {
    let kit = BrandKit::default();
    let odd = [
        ("light.accent", "red"),
        ("light.accent", "#12345"),
        ("light.accent", "#12345g"),
        ("light.paper", "url(x)"),
        ("corners.panel", "-1"),
        ("corners.panel", "100"),
        ("tone", "vos"),
        ("mark", "<svg/>"),
        ("letters.text", "x"),
        ("light", "#123456"),
    ];
    assert_eq!(edited(&kit, odd), kit);
    let new = edited(&kit, [("dark.ink", "#ABCDEF"), ("tone", "usted"), ("corners.card", "0")]);
    let told = values(&new);
    assert_eq!((told["dark.ink"].as_str(), told["tone"].as_str()), ("#abcdef", "usted"));
    assert_eq!(new.corners.card, 0);
}

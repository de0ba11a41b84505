//! The brand kit in a real browser: its surfaces wear what is chosen, as it is chosen.

use lazo_store::testing::TestDb;
use serde_json::json;

use super::super::browser::Browser;
use super::House;
use crate::features::sessions::Whose;
use crate::http::Role;

/// The accent that a surface wears, once it is another than `before`.
async fn accent(browser: &Browser, surface: &str, before: &str) -> String {
    let script = "const [surface, before, done] = arguments;
        const until = Date.now() + 8000;
        const look = () => {
            const frame = document.querySelector(`iframe[data-surface$='/${surface}']`);
            const page = frame.contentDocument;
            const seen = page && page.readyState === 'complete' && page.documentElement
                ? getComputedStyle(page.documentElement).getPropertyValue('--accent').trim() : '';
            if ((seen && seen !== before) || Date.now() > until) done(seen); else setTimeout(look, 50);
        };
        look();";
    let told = browser.run_until_told(script, json!([surface, before])).await;
    told.as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn r54_the_surfaces_follow_a_value_as_it_changes() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let marta = house.staff("marta", &[Role::ProgramManager]).await;
    let browser = Browser::open("es-ES", 1280, 900).await;
    browser.go(&house.link(Whose::Staff(marta), "/console").await).await;
    browser.run("document.cookie = 'lazo_tenant=aurora; path=/'", json!([])).await;
    browser.go(&format!("{}/console/brand-kit/aurora", house.base)).await;
    assert_eq!(accent(&browser, "portal", "").await, "#f5821f");
    let night = accent(&browser, "portal-dark", "").await;
    let change = "const field = document.getElementById('light.accent');
        field.value = '#00a05c'; field.dispatchEvent(new Event('change', { bubbles: true })); return 1;";
    browser.run(change, json!([])).await;
    assert_eq!(accent(&browser, "portal", "#f5821f").await, "#00a05c");
    assert_eq!(accent(&browser, "ticket", "#f5821f").await, "#00a05c");
    // The night has colours of its own.
    assert_eq!(accent(&browser, "portal-dark", "").await, night);
}

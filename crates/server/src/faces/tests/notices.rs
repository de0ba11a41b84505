//! Notices in a real browser: asked for by the page's button, shown by the worker, ended by the page's button.

use lazo_store::testing::TestDb;
use serde_json::{Value, json};

use super::super::browser::Browser;
use super::House;
use crate::features::sessions::Whose;
use crate::features::web_push;

/// What a browser's maker would answer; the key is that of RFC 8291's example.
const SUBSCRIBED: &str = "PushManager.prototype.subscribe = async ({ applicationServerKey }) => ({ toJSON: () => ({
    endpoint: 'https://push.example.com/' + applicationServerKey.length,
    keys: { p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4', auth: 'BTBZMqHH6r4Tts7J_aSIgg' } }) })";

#[tokio::test(flavor = "multi_thread")]
async fn r118_notices_are_turned_on_shown_and_turned_off_in_a_browser() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let browser = Browser::open("es-ES", 360, 800).await;
    let lucia = house.member("lucia@example.com").await;
    let whose = Whose::Member { tenant: lucia.tenant, member: lucia.id, account: lucia.account };
    browser.go(&house.link(whose, "/portal/aurora").await).await;
    let origin = json!({ "origin": house.base, "permissions": ["notifications"] });
    browser.devtools("Browser.grantPermissions", origin).await;

    browser.go(&format!("{}/portal/aurora/me/notices", house.base)).await;
    let told = browser.text().await;
    assert!(
        told.contains("Activar los avisos aquí") && !told.contains("no sabe recibir"),
        "{told}"
    );
    browser.run(SUBSCRIBED, json!([])).await;
    browser.click("form[data-push] button").await;
    let told = browser.text().await;
    assert!(told.contains("Avisos activados.") && told.contains("Chrome, Linux"), "{told}");
    let kept = web_push::store::devices(&house.app.db, lucia.tenant, lucia.id).await.unwrap();
    assert_eq!(kept[0].endpoint, "https://push.example.com/65", "asked with the tenant's key");

    // The maker hands a notice to the worker, which shows it.
    let notice = json!({ "title": "Aurora", "body": "120 puntos caducan", "path": "/portal/aurora/rewards", "tag": "t" });
    browser.devtools("ServiceWorker.enable", json!({})).await;
    let ready = "const done = arguments[0]; navigator.serviceWorker.ready.then(() => done(true))";
    browser.run_until_told(ready, json!([])).await;
    for id in 0..4 {
        let message = json!({ "origin": format!("{}/", house.base), "registrationId": id.to_string(), "data": notice.to_string() });
        let body = json!({ "cmd": "ServiceWorker.deliverPushMessage", "params": message });
        browser.ask("POST", "/goog/cdp/execute", Some(body)).await;
    }
    let shown = "const done = arguments[0]; navigator.serviceWorker.ready.then(async (there) => {
        for (let i = 0; i < 100; i++) { const [one] = await there.getNotifications();
            if (one) return done([one.title, one.body, one.tag, one.data.path]);
            await new Promise((next) => setTimeout(next, 100)); } done(null); })";
    let shown: Value = browser.run_until_told(shown, json!([])).await;
    assert_eq!(shown, json!(["Aurora", "120 puntos caducan", "t", "/portal/aurora/rewards"]));

    browser.click("form[data-push-end] button").await;
    let told = browser.text().await;
    assert!(told.contains("Avisos quitados.") && !told.contains("Chrome, Linux"), "{told}");
}

//! A file of purchases by the console: tried, brought in, its refused row at the error desk, and undone.

use std::path::Path;

use lazo_store::testing::TestDb;

use super::super::browser::Browser;
use super::House;
use crate::features::sessions::Whose;
use crate::http::Role;
use crate::testing::until;

const MAPPING: &str = r#"
kind = "purchases"
source = "shop"
program = "aurora-puntos"

[fields]
member = "card"
purchase = "receipt"
at = "at"
net = "net"

[amounts]
currency = "EUR"

[members]
unknown = "enroll"
"#;
/// The last row lies ahead: the ledger refuses it.
const FILE: &str = "card,receipt,at,net\n1,r-1,2026-02-01T10:00:00Z,80.00\n2,r-2,2026-02-02T10:00:00Z,12.50\n1,r-3,2027-02-03T10:00:00Z,5.00\n";

async fn send(browser: &Browser, house: &House, folder: &Path, how: &str) {
    std::fs::write(folder.join("february.csv"), FILE).unwrap();
    std::fs::write(folder.join("mapping.toml"), MAPPING).unwrap();
    browser.go(&format!("{}/console/imports", house.base)).await;
    for (field, file) in [("#file", "february.csv"), ("#mapping", "mapping.toml")] {
        browser.type_into(field, folder.join(file).to_str().unwrap()).await;
    }
    browser.click(&format!("main form button[value={how}]")).await;
}

/// Brings the file in; answers the run's id.
pub async fn brought(browser: &Browser, house: &House, folder: &Path) -> String {
    send(browser, house, folder, "bring").await;
    until(async || {
        browser.go(&format!("{}/console/imports", house.base)).await;
        browser.text().await.contains("finished")
    })
    .await;
    browser.click("main ul.rows a.row").await;
    browser.url().await.rsplit('/').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn r93_a_file_is_tried_brought_in_looked_at_and_undone_at_the_desk() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let nora = house.staff("nora@example.com", &[Role::Admin]).await;
    let browser = Browser::open("en", 1280, 900).await;
    browser.go(&house.link(Whose::Staff(nora), "/console").await).await;
    let folder = tempfile::tempdir().unwrap();
    send(&browser, &house, folder.path(), "try").await;
    let told = browser.text().await;
    assert!(told.contains("nothing was changed"), "{told}");
    assert!(told.contains("Nothing was imported yet"), "{told}");
    brought(&browser, &house, folder.path()).await;
    let told = browser.text().await;
    assert!(told.contains("february.csv") && told.contains("in_future"), "{told}");
    let tenant = house.tenant("aurora").await;
    let available = async || {
        let books = house.app.ledger.books();
        let owed = books.liability(tenant.id).await.unwrap();
        owed.values().map(|owed| owed.available.0).max().unwrap_or(0)
    };
    // 80 and 12 for what was bought, and 100 to welcome each of two.
    assert_eq!(available().await, 292);
    browser.run("document.querySelector('main details').open = true", serde_json::json!([])).await;
    browser.click("main form button.danger").await;
    until(async || available().await == 0).await;
    assert_eq!(available().await, 0);
    let left = std::fs::read_dir(house.app.data_dir.join("imports")).unwrap().count();
    assert_eq!(left, 0, "files with personal data do not stay");
}

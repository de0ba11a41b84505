//! Two exports nobody has seen before, dropped on the console's page: columns guessed, people found, a report told.

use std::path::Path;

use lazo_store::testing::TestDb;
use serde_json::json;

use super::super::browser::Browser;
use super::House;
use crate::features::integration_projects::store::projects;
use crate::features::sessions::Whose;
use crate::http::Role;
use crate::testing::until;

/// Aurora's members, as its old shop system writes them: Windows letters, semicolons, points with thousands.
const SHOP: &str = "Nº tarjeta;Nombre;Apellido1;Apellido2;Correo electrónico;Móvil;F. nacimiento;F. alta;Saldo puntos;Tienda
700001;Lucía;Fernández;Soto;lucia.fernandez@example.com;600111222;17/05/1980;01/02/2020;1.250;Norte
700002;Marcos;Iglesias;Rey;marcos.iglesias@example.com;600111333;02/11/1975;13/09/2021;300;Sur
700003;Nuria;Campos;Gil;nuria.campos@example.com;600111444;23/08/1991;20/12/2022;45;Norte
700004;Óscar;Prieto;Vega;;600111555;30/01/1969;08/03/2019;8.000;Centro
";
/// A hotel's guests: JSON, full names, English words.
const HOTEL: &str = r#"[
{"guest_number":"B-9","first_name":"Lucia","last_name":"Fernandez Soto","email":"lucia.fernandez@example.com","phone":"+34600111222","date_of_birth":"1980-05-17","joined":"2019-06-01","stars":2000},
{"guest_number":"B-10","first_name":"Helen","last_name":"Moore","email":"helen.moore@example.com","phone":"+447700900123","date_of_birth":"1988-03-09","joined":"2018-01-10","stars":510},
{"guest_number":"B-11","first_name":"Jorge","last_name":"Luna","email":"not an address","phone":"","date_of_birth":"1995-07-21","joined":"2023-04-02","stars":90}
]"#;

/// How many strangers without points each program has beside them: with a handful of people nobody can tell how rare an
/// address is.
const STRANGERS: usize = 300;
const GIVEN: [&str; 12] = [
    "Ana", "Pedro", "Carmen", "Luis", "Marta", "Javier", "Elena", "Pablo", "Rosa", "Diego",
    "Laura", "Sergio",
];
const SURNAMES: [&str; 11] = [
    "García", "López", "Martín", "Pérez", "Ruiz", "Navarro", "Torres", "Molina", "Ortega",
    "Castro", "Serrano",
];

/// A stranger: given name, two surnames, day, month and year of birth.
fn stranger(n: usize) -> ([&'static str; 3], [usize; 3]) {
    let surname = |n: usize| SURNAMES[n % SURNAMES.len()];
    ([GIVEN[n % 12], surname(n / 2), surname(n / 7 + 3)], [1 + n % 28, 1 + n % 12, 1950 + n % 47])
}

/// The shop's file.
fn shop() -> String {
    let more = (0..STRANGERS).map(|n| {
        let ([given, one, two], [day, month, year]) = stranger(n);
        let (card, phone) = (710_000 + n, 610_000_000 + n * 7_919);
        format!("{card};{given};{one};{two};shop{n}@example.com;{phone};{day:02}/{month:02}/{year};01/02/2020;0;Sur\n")
    });
    more.fold(SHOP.to_owned(), |all, row| all + &row)
}

/// The hotel's file.
fn hotel() -> String {
    let more = (0..STRANGERS).map(|n| {
        let ([given, one, two], [day, month, year]) = stranger(n * 5 + 3);
        let (guest, phone) = (1_000 + n, 650_000_000 + n * 6_007);
        format!(
            r#"{{"guest_number":"B-{guest}","first_name":"{given}","last_name":"{one} {two}","email":"guest{n}@example.org","phone":"+34{phone}","date_of_birth":"{year}-{month:02}-{day:02}","joined":"2019-06-01","stars":0}}"#
        )
    });
    let rows =
        more.fold(HOTEL.trim_end().trim_end_matches(']').to_owned(), |all, row| all + ",\n" + &row);
    rows + "]"
}

/// Drops both files on the page and works them out; answers the trial's code.
pub async fn dropped(browser: &Browser, house: &House, folder: &Path) -> String {
    let shop: Vec<u8> =
        shop().chars().map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?')).collect();
    std::fs::write(folder.join("socios.csv"), shop).unwrap();
    std::fs::write(folder.join("guests.json"), hotel()).unwrap();
    browser.go(&format!("{}/console/two-files", house.base)).await;
    for (field, text) in [("#namea", "Aurora"), ("#nameb", "Brisa")] {
        browser.type_into(field, text).await;
    }
    browser.run("document.querySelector('#worthb').value = '0,013'", json!([])).await;
    for (field, file) in [("#filea", "socios.csv"), ("#fileb", "guests.json")] {
        browser.type_into(field, folder.join(file).to_str().unwrap()).await;
    }
    browser.click("main form button.act").await;
    let url = browser.url().await;
    browser.click("main form button.act").await;
    // The page loads itself anew until it can tell, and is empty while it does.
    until(async || browser.text().await.contains("Those who lose most")).await;
    url.rsplit('/').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn m36_two_files_nobody_has_seen_tell_who_is_in_both_and_post_nothing() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let marta = house.staff("marta@example.com", &[Role::ProgramManager]).await;
    let browser = Browser::open("en", 1280, 900).await;
    browser.go(&house.link(Whose::Staff(marta), "/console").await).await;
    let folder = tempfile::tempdir().unwrap();
    let code = dropped(&browser, &house, folder.path()).await;
    let told = browser.text().await;
    assert!(told.contains("1 person is in both"), "{told}");
    // 1,250 + 300 + 45 + 8,000 at a cent; 2,000 + 510 + 90 at 1.3 cents.
    assert!(told.contains("9,595") && told.contains("€95.95"), "{told}");
    assert!(told.contains("2,600") && told.contains("€33.80"), "{told}");
    // 13 for 10 is the simplest rate that takes nothing from anybody.
    assert!(told.contains("1 : 1") && told.contains("10 : 13"), "{told}");
    assert!(told.contains("Impossible e-mail"), "{told}");
    assert!(told.contains("What happened to my points?"), "{told}");
    let losers = told.split("Those who lose most").nth(1).unwrap();
    assert!(losers.trim_start().starts_with("Nobody."), "{losers}");

    // A worse rate for the hotel: its three guests lose, and the report names them.
    let again = "document.querySelector('main details.panel').open = true;
        document.querySelector('#rate-1').value = '1'";
    browser.run(again, json!([])).await;
    browser.click("main details.panel form button.act").await;
    let worse = browser.text().await;
    assert!(worse.contains("b/B-9") || worse.contains("a/700001"), "{worse}");
    assert!(worse.contains("b/B-10") && worse.contains("b/B-11"), "{worse}");

    let tenant = house.tenant("aurora").await;
    let books = house.app.ledger.books();
    assert!(books.liability(tenant.id).await.unwrap().is_empty(), "nothing is posted");
    let there = projects::by_code(&house.app.db, tenant.id, &code).await.unwrap();
    assert!(there.is_some(), "{code}");
    assert!(projects::page(&house.app.db, tenant.id, i64::MAX, 10).await.unwrap().is_empty());
    browser.click("form[action$='/forget'] button").await;
    assert_eq!(browser.url().await, format!("{}/console/two-files", house.base));
    assert!(projects::by_code(&house.app.db, tenant.id, &code).await.unwrap().is_none());
    assert!(!house.app.data_dir.join("two-files").join(&code).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn m36_what_is_no_export_is_refused_and_leaves_nothing_behind() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let marta = house.staff("marta@example.com", &[Role::ProgramManager]).await;
    let browser = Browser::open("es-ES", 360, 800).await;
    browser.go(&house.link(Whose::Staff(marta), "/console").await).await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.xlsx"), b"no workbook at all").unwrap();
    std::fs::write(folder.path().join("b.csv"), "id,points\n1,5\n").unwrap();
    browser.go(&format!("{}/console/two-files", house.base)).await;
    for (field, text) in [("#namea", "A"), ("#nameb", "B")] {
        browser.type_into(field, text).await;
    }
    for (field, file) in [("#filea", "a.xlsx"), ("#fileb", "b.csv")] {
        browser.type_into(field, folder.path().join(file).to_str().unwrap()).await;
    }
    browser.click("main form button.act").await;
    let told = browser.text().await;
    assert!(told.contains("No hemos podido leer un fichero"), "{told}");
    let left = std::fs::read_dir(house.app.data_dir.join("two-files")).unwrap().count();
    assert_eq!(left, 0);
    // A form without its session's token is refused before any file is read.
    let bare = "--x\r\nContent-Disposition: form-data; name=\"filea\"; filename=\"a.csv\"\r\n\r\nid\n1\r\n--x--\r\n";
    let cookie = house.client().get(house.link(Whose::Staff(marta), "/console").await).send().await;
    let request = house.client().post(format!("{}/console/two-files", house.base));
    let request = request
        .header("origin", &house.base)
        .header("cookie", super::cookies(&cookie.unwrap()))
        .header("content-type", "multipart/form-data; boundary=x");
    assert_eq!(request.body(bare).send().await.unwrap().status(), 403);
}

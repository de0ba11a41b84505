//! Letters on paper: a run for a print house, read by programs that are not ours, and its codes at the till.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use lazo_domain::ids::MemberId;
use lazo_store::testing::{TestDb, on_both};
use serde_json::{Value, json};

use super::Room;
use crate::features::campaigns::print::forget;
use crate::features::campaigns::send;
use crate::jobs::{Stop, Turn};

/// A voucher that is good for thirty days.
const VOUCHER: &str = r#"
[[programs.rewards]]
code = "coffee"
name = { es = "Un café", en = "A coffee" }
point_type = "points"
kind = { type = "voucher", valid_for = { days = 30 }, value_minor = 150 }
price = 20
"#;

/// Places with what their postal codes begin with.
const PLACES: [(&str, &str); 4] =
    [("Madrid", "28"), ("A Coruña", "15"), ("Donostia / San Sebastián", "20"), ("Cádiz", "11")];

async fn room(db: &TestDb) -> Room {
    let names = ["given_name", "surname", "address", "postal_code", "city", "region", "country"];
    let attributes = names.map(|name| format!("{name} = {{ type = \"text\" }}")).join(", ");
    Room::with(db, &attributes, VOUCHER).await
}

/// Enrolls somebody who agreed to offers by post, or not.
async fn person(room: &Room, number: usize, attributes: Value, agreed: bool) -> MemberId {
    let member = room.person(number, attributes).await;
    room.agreed(member.id, "post", agreed).await;
    member.id
}

fn home(number: usize) -> Value {
    let (city, zone) = PLACES[number % PLACES.len()];
    json!({
        "given_name": format!("Íñigo {number}"), "surname": "Muñoz Peña",
        "address": format!("Calle del Pez {number}, 2.º B"),
        "postal_code": format!("{zone}{:03}", number % 1_000), "city": city,
    })
}

fn paper() -> Value {
    json!({
        "channel": "post", "reward": "coffee",
        "content": { "variants": [{ "name": "A", "weight": 1, "texts": { "es-ES": {
            "subject": "{{given_name|Hola}}: un café para ti",
            "body": "Más cerca que nunca.\n\nCon acentos, eñes y 3 €.", "button": "Míralo en la web", "link": "/rewards" } } }] }
    })
}

fn kept(db: &TestDb, octets: &[u8]) -> PathBuf {
    let name = format!("lazo-print-{}-{}.pdf", std::process::id(), db.url.starts_with("postgres"));
    let file = std::env::temp_dir().join(name);
    std::fs::write(&file, octets).unwrap();
    file
}

fn run(program: &str, args: &[&str], files: &[&Path]) -> Vec<u8> {
    let out = Command::new(program).args(args).args(files).output();
    let out = out.unwrap_or_else(|why| {
        panic!("{program}: {why}; hint: apt-get install poppler-utils zbar-tools")
    });
    out.stdout
}

/// What a barcode reader finds on a page.
fn codes(file: &Path, page: usize) -> Vec<String> {
    let picture = file.with_extension(format!("{page}"));
    let page = page.to_string();
    let args = ["-r", "150", "-gray", "-singlefile", "-png", "-f", &page, "-l", &page];
    let made = Command::new("pdftoppm").args(args).arg(file).arg(&picture).status().unwrap();
    assert!(made.success());
    let picture = PathBuf::from(format!("{}.png", picture.display()));
    let found = String::from_utf8(run("zbarimg", &["-q"], &[&picture])).unwrap();
    std::fs::remove_file(&picture).unwrap();
    found.lines().map(str::to_owned).collect()
}

/// Goal: page n of the run is row n, with its accents and its code, and the code is good once at the till. Oracle: poppler
/// and zbar read what we wrote. `LAZO_PRINT_CODES` says on how many pages codes are read.
#[tokio::test(flavor = "multi_thread")]
async fn r68_five_hundred_pages_are_five_hundred_rows_and_their_codes_are_good_at_the_till() {
    on_both(async |db| {
        let room = room(db).await;
        for number in 0..500 {
            person(&room, number, home(number), true).await;
        }
        let refused = person(&room, 500, home(500), false).await;
        let id = room.scheduled(paper()).await;
        room.work().await;
        assert_eq!(room.campaign(&id).await["state"], "sent");
        let drawn = room.rows(&id, "").await;
        assert!(
            drawn.iter().all(|row| row["member"] != json!(refused)),
            "who refused is not in it"
        );
        let path = |last: &str| format!("/campaigns/{id}/{last}");
        let rows = room.bench.ask("manager", "GET", &path("manifest"), None).await.octets;
        let mut reader = csv::Reader::from_reader(rows.as_slice());
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        let letters = room.bench.ask("manager", "GET", &path("letters?part=1"), None).await;
        assert_eq!((rows.len(), letters.status), (500, 200));
        let file = kept(db, &letters.octets);
        let text =
            String::from_utf8(run("pdftotext", &["-enc", "UTF-8"], &[&file, Path::new("-")]))
                .unwrap();
        let pages: Vec<&str> = text.trim_end_matches('\u{c}').split('\u{c}').collect();
        assert_eq!(pages.len(), 500);
        let mut zones = Vec::new();
        for (number, (page, row)) in (1..).zip(pages.iter().zip(&rows)) {
            assert_eq!(&row[0], number.to_string());
            for place in [1, 2, 3] {
                assert!(page.contains(&row[place]), "page {number} lacks {}: {page}", &row[place]);
            }
            assert!(page.contains(&format!("{} {}", &row[4], &row[5])), "{page}");
            assert!(
                page.contains("Con acentos, eñes y 3 €.") && page.contains("Muñoz Peña"),
                "{page}"
            );
            zones.push(row[4].to_owned());
        }
        assert!(zones.is_sorted(), "sorted for the post");
        let many = std::env::var("LAZO_PRINT_CODES").map_or(6, |many| many.parse().unwrap());
        for number in (0..500).step_by(500 / many) {
            let found = codes(&file, number + 1);
            let wanted = [
                format!("CODE-128:{}", &rows[number][1]),
                "QR-Code:https://club.example.com/portal/one/rewards".to_owned(),
            ];
            assert_eq!(
                found.iter().collect::<BTreeSet<_>>(),
                wanted.iter().collect(),
                "page {number}"
            );
        }
        std::fs::remove_file(&file).unwrap();
        let code = rows[7][1].to_owned();
        let sale = json!({ "reference": "till-1/1" });
        let used =
            room.bench.ask("cashier", "POST", &format!("/vouchers/{code}/use"), Some(sale)).await;
        assert_eq!((used.status, &used.body["value_minor"]), (200, &json!(150)), "{}", used.body);
        let other = json!({ "reference": "till-1/2" });
        let again =
            room.bench.ask("cashier", "POST", &format!("/vouchers/{code}/use"), Some(other)).await;
        assert_eq!((again.status, again.code()), (409, "voucher_state"));
        let by = room.rows(&id, "&state=used").await;
        assert_eq!((by.len(), &by[0]["code"], &by[0]["page"]), (1, &json!(code), &json!(8)));
    })
    .await;
}

/// Goal: one letter for a home, none to an address that the post could not find, and none to where one came back from.
#[tokio::test(flavor = "multi_thread")]
async fn r68_one_letter_for_a_home_and_none_to_where_one_came_back_from() {
    on_both(async |db| {
        let room = room(db).await;
        let with = |number: usize, change: Value| {
            let mut home = home(number);
            for (name, value) in change.as_object().unwrap() {
                home[name] = value.clone();
            }
            home
        };
        let first = person(&room, 1, home(1), true).await;
        // The same home, written as another hand writes it.
        let twin = with(1, json!({ "given_name": "Begoña", "address": "C/ DEL PEZ, 1 2º b" }));
        let second = person(&room, 2, twin, true).await;
        let lost = [json!({ "postal_code": "" }), json!({ "postal_code": "99001" }), json!({ "city": "" })];
        for (number, change) in (3..).zip(lost) {
            person(&room, number, with(number, change), true).await;
        }
        let abroad = json!({ "country": "MX", "postal_code": "06700", "city": "Ciudad de México", "region": "CDMX" });
        let abroad = person(&room, 6, with(6, abroad), true).await;
        let id = room.scheduled(paper()).await;
        room.work().await;
        let rows = room.rows(&id, "").await;
        let of = |member: MemberId| {
            let row = rows.iter().find(|row| row["member"] == json!(member)).unwrap();
            (row["state"].as_str().unwrap().to_owned(), row["reason"].as_str().unwrap_or_default().to_owned())
        };
        assert_eq!(rows.len(), 3, "whom the post could not find is not in it: {rows:?}");
        assert_eq!(of(first).0, "sent");
        assert_eq!(of(second), ("withheld".to_owned(), "same_address".to_owned()));
        assert_eq!(of(abroad).0, "sent");
        let manifest = room.bench.ask("manager", "GET", &format!("/campaigns/{id}/manifest"), None).await;
        let text = String::from_utf8(manifest.octets).unwrap();
        let letter = text.lines().nth(1).unwrap().rsplit(',').next().unwrap().to_owned();
        assert_eq!(letter, format!("{id}.{first}"));
        let told = json!({ "message_id": letter, "kind": "bounced" });
        let noted = room.bench.ask("backend", "POST", "/letters/returned", Some(told)).await;
        assert_eq!(noted.status, 204, "{}", noted.body);
        // The next one goes to the other of that home, and not to whom the post did not find.
        let next = room.scheduled(paper()).await;
        room.work().await;
        let rows = room.rows(&next, "").await;
        let of = |member: MemberId| {
            let row = rows.iter().find(|row| row["member"] == json!(member)).unwrap();
            (row["state"].clone(), row["reason"].clone())
        };
        assert_eq!(of(first), (json!("withheld"), json!("came_back")));
        assert_eq!(of(second).0, json!("sent"));
    })
    .await;
}

/// Goal: what cannot be printed is told when it is written or handed in, and names and addresses are for who writes alone.
#[tokio::test(flavor = "multi_thread")]
async fn r68_what_cannot_be_printed_is_told_before() {
    on_both(async |db| {
        let room = room(db).await;
        person(&room, 1, home(1), true).await;
        let draft = room.draft(paper()).await;
        let wrong = |change: Value| {
            let mut draft = draft.clone();
            for (name, value) in change.as_object().unwrap() {
                draft[name] = value.clone();
            }
            draft
        };
        for (change, pointer) in [
            (json!({ "channel": "pigeon" }), "/channel"),
            (json!({ "purpose": "surveys" }), "/purpose"),
            (json!({ "reward": "tea" }), "/reward"),
            (json!({ "channel": "email" }), "/reward"),
        ] {
            let answer = room.bench.ask("manager", "POST", "/campaigns", Some(wrong(change))).await;
            assert_eq!(
                (answer.status, &answer.body["errors"][0]["pointer"]),
                (422, &json!(pointer)),
                "{}",
                answer.body
            );
        }
        let mut long = paper();
        long["content"]["variants"][0]["texts"]["es-ES"]["body"] = json!("palabra ".repeat(499));
        let made = room.bench.make("manager", "/campaigns", room.draft(long).await).await;
        let path = |last: &str| format!("/campaigns/{}/{last}", made["id"].as_str().unwrap());
        let long = room.bench.ask("manager", "POST", &path("submit"), None).await;
        let sample = room.bench.ask("manager", "GET", &path("letters"), None).await;
        assert!(sample.octets.starts_with(b"%PDF-1.7"));
        assert_eq!(
            room.bench.ask("manager", "GET", &path("letters?part=1"), None).await.code(),
            "campaign_not_printed"
        );
        assert_eq!((long.status, long.code()), (409, "campaign_too_long"), "{}", long.body);
        let id = room.scheduled(paper()).await;
        room.work().await;
        let path = |last: &str| format!("/campaigns/{id}/{last}");
        for last in ["letters?part=1", "manifest"] {
            assert_eq!(
                room.bench.ask("analyst", "GET", &path(last), None).await.status,
                403,
                "{last}"
            );
        }
        assert_eq!(
            room.bench.ask("manager", "GET", &path("letters?part=2"), None).await.status,
            422
        );
        assert_eq!(room.bench.ask("two", "GET", &path("manifest"), None).await.status, 404);
    })
    .await;
}

/// Goal: of a run that is stopped half-way nothing is good any more. Method: more letters than one step lays.
#[tokio::test(flavor = "multi_thread")]
async fn r68_a_run_that_is_stopped_leaves_no_code_that_is_good() {
    on_both(async |db| {
        let room = room(db).await;
        for number in 0..100 {
            person(&room, number, home(number), true).await;
        }
        let id = room.scheduled(paper()).await;
        let (_stopper, stop) = Stop::new();
        let turn = Turn { now: room.bench.app.clock.now(), stop };
        let laid = async || room.rows(&id, "&state=sent").await;
        while laid().await.is_empty() {
            send::step(&room.bench.app, &turn).await.unwrap();
        }
        let laid = laid().await;
        assert!(laid.len() < 100, "the run is not over yet: {}", laid.len());
        let path = format!("/campaigns/{id}/cancel");
        assert_eq!(room.bench.ask("manager", "POST", &path, None).await.status, 200);
        room.work().await;
        for row in &laid {
            let path = format!("/vouchers/{}/use", row["code"].as_str().unwrap());
            let sale = json!({ "reference": "till-1/9" });
            let used = room.bench.ask("cashier", "POST", &path, Some(sale)).await;
            assert_eq!((used.status, used.code()), (409, "voucher_state"));
        }
        let now = room.rows(&id, "&state=withheld").await;
        assert_eq!(now.len(), laid.len());
        assert!(now.iter().all(|row| row["reason"] == "cancelled" && row["page"].is_null()));
    })
    .await;
}

/// Goal: of somebody who was erased, no page, no row and no table tells where the letter went; who took the run along is
/// remembered.
#[tokio::test(flavor = "multi_thread")]
async fn r68_where_a_letter_went_is_forgotten_with_its_reader() {
    on_both(async |db| {
        let room = room(db).await;
        let gone = person(&room, 1, home(1), true).await;
        let there = person(&room, 2, home(2), true).await;
        let id = room.scheduled(paper()).await;
        room.work().await;
        let app = &room.bench.app;
        let kept = async || {
            let sql = "select member, sort, address_hash from campaign_member where address_hash is not null
                order by member";
            let rows = app.db.query(sql, &[]).await.unwrap();
            let of = |row: &lazo_store::Row| {
                (row.int("member").unwrap(), row.text("sort").unwrap().to_owned())
            };
            rows.iter().map(of).collect::<Vec<_>>()
        };
        // With its page given, only the zone of the address is left.
        assert_eq!(kept().await, [(gone.0, "ES 15".to_owned()), (there.0, "ES 20".to_owned())]);
        let erased = room.bench.ask("admin", "DELETE", &format!("/members/{gone}"), None).await;
        assert_eq!(erased.status, 204, "{}", erased.body);
        let (_stopper, stop) = Stop::new();
        let turn = Turn { now: app.clock.now(), stop };
        assert_eq!(forget::step(app, &turn).await.unwrap().done, 1);
        assert_eq!(kept().await, [(there.0, "ES 20".to_owned())]);
        let path = format!("/campaigns/{id}/manifest");
        let rows = room.bench.ask("manager", "GET", &path, None).await.octets;
        let rows = String::from_utf8(rows).unwrap();
        let first = rows.lines().nth(1).unwrap();
        assert!(first.starts_with("1,,,,"), "a page without a reader has no code: {first}");
        assert!(rows.contains("Calle del Pez 2") && !rows.contains("Calle del Pez 1"), "{rows}");
        let later = Turn { now: turn.now.plus_micros(91 * lazo_domain::time::DAY), ..turn };
        forget::step(app, &later).await.unwrap();
        assert!(kept().await.is_empty());
        let trail = room.bench.get("admin", "/audit-entries?limit=100").await;
        let taken = trail["items"].as_array().unwrap().iter();
        assert_eq!(taken.filter(|deed| deed["action"] == "campaign.run_taken").count(), 1, "{trail}");
    })
    .await;
}

//! Newsletters through the API, through the portal's pages and over a real mail server.

mod agreeing;
mod joining;
mod leaving;
mod sending;

use std::time::Duration;

use lazo_store::testing::TestDb;
use serde_json::{Value, json};

use super::send;
use crate::api::bench::{Answer, Bench, SHOP};
use crate::features::{brands, tenants};
use crate::http::Limits;
use crate::jobs::{Stop, Turn};
use crate::mail::Mailer;
use crate::mail::sink::{Kept, Sink};

/// Where the portal is in these tests.
const BASE: &str = "https://club.example.com";

/// An installation whose brand has a portal with a newsletter, and a mail server that keeps letters.
struct Room {
    bench: Bench,
    sink: Sink,
}

impl Room {
    async fn open(db: &TestDb) -> Self {
        let document = SHOP
            .replace("name = \"Corner\"", "name = \"Corner\"\nsite = \"CODE\"")
            .replace("locales = [\"es-ES\"]", "locales = [\"es-ES\", \"en\"]");
        let (sink, address) = Sink::open_for(1_000_000).await.unwrap();
        let mailer = Mailer::new(&format!("smtp://{address}"), "club@example.com").unwrap();
        let bench = Bench::with(db, &document, Limits::default()).await.changed(|parts| {
            parts.mailer = mailer;
            parts.faces.public_url = BASE.to_owned();
        });
        let room = Self { bench, sink };
        let policy =
            json!({ "max_per_week": 7, "quiet_from": 0, "quiet_to": 0, "universal_holdout": 0 });
        room.put("/contact-policy", policy).await;
        let topics = json!([{ "code": "recipes", "name": { "es": "Recetas", "en": "Recipes" } },
            { "code": "shops", "name": { "es": "Tiendas", "en": "Shops" } }]);
        room.put("/newsletter/brands/corner", json!({ "open": true, "topics": topics })).await;
        room
    }

    async fn put(&self, path: &str, body: Value) {
        let set = self.bench.ask("manager", "PUT", path, Some(body)).await;
        assert_eq!(set.status, 200, "{}", set.body);
    }

    /// Types an address into the form of the portal.
    async fn typed(&self, email: &str) -> Answer {
        let form = format!("email={}", email.replace('@', "%40").replace('+', "%2B"));
        self.bench.browse("", "/portal/one/newsletter", Some(&form)).await
    }

    /// Asks for the newsletter without the door's limit on one network address, as from many; waits for what that does.
    async fn ask(&self, email: &str) {
        let app = &self.bench.app;
        let tenant = tenants::store::by_code(&app.db, "one").await.unwrap().unwrap();
        let brand = brands::store::by_code(&app.db, tenant.id, "corner").await.unwrap().unwrap();
        let (list, locale) = ((tenant.id, brand.id), crate::i18n::Locale::EsEs);
        super::join::ask(app, list, email, locale, "/portal/one/newsletter").await.unwrap();
    }

    /// Asks, opens the letter's link and presses the button.
    async fn joined(&self, email: &str) {
        self.ask(email).await;
        let path = self.link(email, "confirm");
        let done = self.bench.browse("", &path, Some("")).await;
        assert_eq!((done.status, to(&done)), (303, "/portal/one/newsletter/welcome"));
        // The welcome leaves in the background.
        self.letters(email, |letters| letters.iter().any(|it| it.read().0.contains("bienvenid")))
            .await;
    }

    /// The path of a link in the latest letter to somebody that has one.
    fn link(&self, email: &str, what: &str) -> String {
        let letters = self.sink.letters();
        let own = letters.iter().filter(|letter| letter.to == [email]);
        let begins = format!("{BASE}/portal/one/newsletter/{what}/");
        let found = own.filter_map(|letter| {
            let words = letter.read().1;
            let at = words.find(&begins)?;
            let link: &str = words[at..].split_whitespace().next()?;
            link.strip_prefix(BASE).map(str::to_owned)
        });
        found.into_iter().next().unwrap_or_else(|| panic!("no {what} in letters to {email}"))
    }

    /// Waits until the letters to somebody, the oldest first, are as wanted.
    async fn letters(&self, email: &str, wanted: impl Fn(&[Kept]) -> bool) -> Vec<Kept> {
        for _ in 0..500 {
            let all = self.sink.letters();
            let own: Vec<Kept> =
                all.into_iter().rev().filter(|letter| letter.to == [email]).collect();
            if wanted(&own) {
                return own;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the letters to {email} did not come");
    }

    /// Letters of issues: those that mail programs can leave by.
    fn issues(&self) -> Vec<Kept> {
        let all = self.sink.letters().into_iter();
        all.filter(|letter| letter.raw.contains("List-Unsubscribe-Post")).collect()
    }

    fn draft(&self) -> Value {
        json!({ "brand": "corner", "texts": {
            "es-ES": { "subject": "Noticias de {{brand}}", "body": "Párrafo uno.\n\nPárrafo <dos>.", "button": "Ver", "link": "/program" },
            "en": { "subject": "News from {{brand}}", "body": "One paragraph." } } })
    }

    /// An issue that a second person agreed to and that leaves now.
    async fn scheduled(&self, change: Value) -> String {
        let mut draft = self.draft();
        for (name, value) in change.as_object().unwrap() {
            draft[name] = value.clone();
        }
        let made = self.bench.make("manager", "/newsletter/issues", draft).await;
        let id = made["id"].as_str().unwrap().to_owned();
        for (who, step, body) in [
            ("manager", "submit", None),
            ("second", "decisions", Some(json!({ "approved": true }))),
            ("manager", "schedule", Some(json!({}))),
        ] {
            let path = format!("/newsletter/issues/{id}/{step}");
            let answer = self.bench.ask(who, "POST", &path, body).await;
            assert_eq!(answer.status, 200, "{step}: {}", answer.body);
        }
        id
    }

    /// Lets the job work until it has nothing more to do.
    async fn work(&self) {
        let turn = turn(&self.bench);
        while send::step(&self.bench.app, &turn).await.unwrap().more {}
    }

    async fn issue(&self, id: &str) -> Value {
        self.bench.get("manager", &format!("/newsletter/issues/{id}")).await
    }

    /// How many are on the list, by state.
    async fn list(&self) -> Value {
        self.bench.get("manager", "/newsletter").await["items"][0]["subscribers"].clone()
    }
}

fn turn(bench: &Bench) -> Turn {
    let (stopper, stop) = Stop::new();
    // A stop that nobody can ask for any more is never asked.
    std::mem::forget(stopper);
    Turn { now: bench.app.clock.now(), stop }
}

/// Where an answer leads.
fn to(answer: &Answer) -> &str {
    answer.headers.get("location").map_or("", |path| path.to_str().unwrap())
}

/// What a page says.
fn page(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.octets).into_owned()
}

/// A head of a letter, unfolded.
fn head(letter: &Kept, name: &str) -> String {
    let (head, _) = letter.raw.split_once("\r\n\r\n").unwrap();
    let unfolded = head.replace("\r\n ", " ");
    let begins = format!("{name}: ");
    let line = unfolded.lines().find_map(|line| line.strip_prefix(begins.as_str()));
    line.unwrap_or_else(|| panic!("no {name} in {head}")).to_owned()
}

/// The path of a letter's one-click address.
fn one_click(letter: &Kept) -> String {
    let address = head(letter, "List-Unsubscribe");
    let address = address.strip_prefix(&format!("<{BASE}")).and_then(|rest| rest.strip_suffix('>'));
    address.unwrap().to_owned()
}

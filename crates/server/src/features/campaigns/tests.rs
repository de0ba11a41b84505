//! Campaigns through the API and over a real mail server.

mod agreeing;
mod leaving;
mod peace;
#[cfg(feature = "pdf")]
mod print;
mod reading;
mod sending;

use std::sync::Arc;

use lazo_domain::ids::MemberId;
use lazo_store::testing::TestDb;
use serde_json::{Value, json};

use super::send;
use crate::api::bench::{Bench, SHOP};
use crate::features::consents::{self, Consent};
use crate::features::members::{self, EMAIL, Enrollment, MemberKind};
use crate::features::{programs, tenants};
use crate::http::Limits;
use crate::i18n::Locale;
use crate::jobs::{Stop, Turn};
use crate::mail::Mailer;
use crate::mail::sink::{Kept, Sink};

/// Where the portal is in these tests.
pub(crate) const BASE: &str = "https://club.example.com";

/// An installation with a brand that has a portal, and a mail server that keeps letters.
pub(crate) struct Room {
    pub bench: Bench,
    pub sink: Sink,
}

impl Room {
    pub async fn open(db: &TestDb) -> Self {
        Self::with(db, "given_name = { type = \"text\" }", "").await
    }

    /// An installation whose members have these attributes, and whose program has `more`.
    pub async fn with(db: &TestDb, attributes: &str, more: &str) -> Self {
        let document =
            SHOP.replace("name = \"Corner\"", "name = \"Corner\"\nsite = \"CODE\"").replace(
                "sandbox = true",
                &format!("sandbox = true\nmember_attributes = {{ {attributes} }}"),
            ) + more;
        let (sink, address) = Sink::open_for(1_000_000).await.unwrap();
        let mailer = Mailer::new(&format!("smtp://{address}"), "club@example.com").unwrap();
        let bench = Bench::with(db, &document, Limits::default()).await.changed(|parts| {
            parts.mailer = mailer;
            parts.faces.public_url = BASE.to_owned();
        });
        let room = Self { bench, sink };
        room.policy(
            json!({ "max_per_week": 7, "quiet_from": 0, "quiet_to": 0, "universal_holdout": 0 }),
        )
        .await;
        room
    }

    /// Sets the contact policy.
    pub async fn policy(&self, policy: Value) {
        let set = self.bench.ask("manager", "PUT", "/contact-policy", Some(policy)).await;
        assert_eq!(set.status, 200, "{}", set.body);
    }

    /// Enrolls so many people who agreed to offers by e-mail: `p0@example.com` and on.
    pub async fn people(&self, many: usize) -> Vec<members::Member> {
        let mut all = Vec::with_capacity(many);
        for number in 0..many {
            let attributes = json!({ "given_name": format!("Ñ{number}") });
            let member = self.person(number, attributes).await;
            self.consent(member.id, true).await;
            all.push(member);
        }
        all
    }

    /// Enrolls `p<number>@example.com`, who agreed to nothing; the second one reads English.
    pub async fn person(&self, number: usize, attributes: Value) -> members::Member {
        let app = &self.bench.app;
        let tenant = tenants::store::by_code(&app.db, "one").await.unwrap().unwrap();
        let program = programs::store::all(&app.db, tenant.id).await.unwrap()[0].id;
        let asked = Enrollment {
            kind: MemberKind::Person,
            identifiers: vec![(EMAIL.to_owned(), format!("p{number}@example.com"))],
            locale: (number == 1).then_some(Locale::En),
            attributes: serde_json::from_value(attributes).unwrap(),
            program: Some(program),
            enrolled_at: app.clock.now(),
        };
        let now = app.clock.now();
        members::enroll(&app.db, &app.ids, &tenant, &asked, now).await.unwrap()
    }

    /// Gives or takes back a member's consent to offers by e-mail.
    pub async fn consent(&self, member: MemberId, given: bool) {
        self.agreed(member, "email", given).await;
    }

    /// Gives or takes back a member's consent to offers on a channel.
    pub async fn agreed(&self, member: MemberId, channel: &str, given: bool) {
        let app = &self.bench.app;
        let tenant = tenants::store::by_code(&app.db, "one").await.unwrap().unwrap();
        let consent = Consent {
            tenant: tenant.id,
            member,
            purpose: "offers".to_owned(),
            channel: channel.to_owned(),
            given,
            text_hash: String::new(),
            locale: "es-ES".to_owned(),
            at: app.clock.now(),
            actor: "test".to_owned(),
        };
        let mut tx = app.db.begin().await.unwrap();
        consents::store::set(&mut tx, &consent, app.ids.next()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// A draft for everybody, with some fields changed.
    pub async fn draft(&self, change: Value) -> Value {
        let everybody = json!({ "name": "Everybody", "condition": "true" });
        let segment = self.bench.make("manager", "/segments", everybody).await;
        let mut draft = json!({
            "name": "Autumn", "segment": segment["id"], "purpose": "offers", "holdout": 0,
            "content": { "variants": [{ "name": "A", "weight": 1, "texts": {
                "es-ES": { "subject": "Hola {{given_name|amiga}}: {{points}} puntos", "body": "Párrafo uno.\n\nPárrafo <dos> de {{brand}}.",
                    "button": "Ver", "link": "/rewards" },
                "en": { "subject": "Hello {{given_name|friend}}", "body": "One paragraph." }
            } }] }
        });
        for (name, value) in change.as_object().unwrap() {
            draft[name] = value.clone();
        }
        draft
    }

    /// A campaign that a second person agreed to and that leaves now.
    pub async fn scheduled(&self, change: Value) -> String {
        let draft = self.draft(change).await;
        let made = self.bench.make("manager", "/campaigns", draft).await;
        let id = made["id"].as_str().unwrap().to_owned();
        for (who, step, body) in [
            ("manager", "submit", None),
            ("second", "decisions", Some(json!({ "approved": true }))),
            ("manager", "schedule", Some(json!({}))),
        ] {
            let answer =
                self.bench.ask(who, "POST", &format!("/campaigns/{id}/{step}"), body).await;
            assert_eq!(answer.status, 200, "{step}: {}", answer.body);
        }
        id
    }

    /// Lets the job work until it has nothing more to do.
    pub async fn work(&self) {
        let (_stopper, stop) = Stop::new();
        loop {
            let turn = Turn { now: self.bench.app.clock.now(), stop: stop.clone() };
            if !send::step(&self.bench.app, &turn).await.unwrap().more {
                return;
            }
        }
    }

    pub async fn campaign(&self, id: &str) -> Value {
        self.bench.get("manager", &format!("/campaigns/{id}")).await
    }

    /// A campaign's people, all of them.
    pub async fn rows(&self, id: &str, query: &str) -> Vec<Value> {
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/campaigns/{id}/people?limit=100{query}{cursor}");
            let page = self.bench.get("analyst", &path).await;
            let items = page["items"].as_array();
            all.extend(items.unwrap_or_else(|| panic!("{page}")).iter().cloned());
            match page["cursor"]["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return all,
            }
        }
    }
}

/// A head of a letter, unfolded.
pub(crate) fn head(letter: &Kept, name: &str) -> String {
    let (head, _) = letter.raw.split_once("\r\n\r\n").unwrap();
    let unfolded = head.replace("\r\n ", " ");
    let begins = format!("{name}: ");
    let line = unfolded.lines().find_map(|line| line.strip_prefix(begins.as_str()));
    line.unwrap_or_else(|| panic!("no {name} in {head}")).to_owned()
}

/// The path of a letter's one-click address.
pub(crate) fn one_click(letter: &Kept) -> String {
    let address = head(letter, "List-Unsubscribe");
    let address = address.strip_prefix(&format!("<{BASE}")).and_then(|rest| rest.strip_suffix('>'));
    address.unwrap().to_owned()
}

/// A second application over the same database, as after a crash.
pub(crate) fn again(room: &Room) -> Arc<crate::App> {
    Arc::new(room.bench.app.clone())
}

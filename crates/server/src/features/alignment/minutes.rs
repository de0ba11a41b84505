//! A meeting as files: the invitation for calendars (RFC 5545) and the minutes as a document.

use lazo_domain::ids::RegisterEntryId;
use lazo_domain::time::{Timestamp, Zone};
#[cfg(feature = "pdf")]
use lazo_pdf::{Block, Column, Document, Row, Table};

use crate::App;
use crate::features::registers::{self, Entry};
use crate::features::tenants;
use crate::http::{Problem, Scope};
#[cfg(feature = "pdf")]
use crate::i18n::Args;
use crate::i18n::Locale;

/// A meeting with what came of it.
#[derive(Debug, Clone)]
pub struct Meeting {
    /// The register's entry.
    pub workshop: Entry,
    /// What was decided.
    pub decisions: Vec<Entry>,
    /// Who does what.
    pub actions: Vec<Entry>,
    /// Whose meeting it is.
    pub client: String,
    /// The zone of its hours.
    pub zone: Zone,
}

/// The meeting of an entry.
pub async fn meeting(scope: &Scope<App>, id: RegisterEntryId) -> Result<Meeting, Problem> {
    let workshop = registers::get(scope, registers::known("workshops")?, id).await?;
    let own = |entry: &Entry| entry.text("workshop") == id.to_string();
    let decisions = registers::all(scope, "decisions").await?;
    let actions = registers::all(scope, "actions").await?;
    let tenant = tenants::store::by_id(&scope.app.db, scope.tenant).await?;
    let config = tenant.ok_or_else(|| Problem::not_found("tenant_not_found"))?.config;
    Ok(Meeting {
        workshop,
        decisions: decisions.into_iter().filter(own).collect(),
        actions: actions.into_iter().filter(own).collect(),
        client: config.name,
        zone: config.time_zone,
    })
}

impl Meeting {
    /// When it begins.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        Timestamp::parse(self.workshop.text("at")).unwrap_or_default()
    }

    /// The invitation. The same meeting gives the same octets.
    #[must_use]
    pub fn invitation(&self) -> String {
        let minutes = self.workshop.whole("minutes").unwrap_or(60);
        let end = self.at().plus_micros(minutes.saturating_mul(60_000_000));
        let agenda = self.workshop.texts("agenda").join("\n");
        let lines = [
            "BEGIN:VCALENDAR".to_owned(),
            "VERSION:2.0".to_owned(),
            "PRODID:-//Lazo//Workshops//EN".to_owned(),
            "METHOD:PUBLISH".to_owned(),
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}@lazo.invalid", self.workshop.id),
            format!("DTSTAMP:{}", stamp(self.workshop.changed_at)),
            format!("SEQUENCE:{}", self.workshop.revision - 1),
            format!("DTSTART:{}", stamp(self.at())),
            format!("DTEND:{}", stamp(end)),
            format!("SUMMARY:{}", escaped(self.workshop.text("name"))),
            format!("LOCATION:{}", escaped(self.workshop.text("place"))),
            format!("DESCRIPTION:{}", escaped(&agenda)),
            "END:VEVENT".to_owned(),
            "END:VCALENDAR".to_owned(),
        ];
        lines.iter().map(|line| folded(line)).collect()
    }

    /// The minutes as a document; a build without PDF has none.
    #[cfg(not(feature = "pdf"))]
    pub fn minutes(&self, _: Locale) -> Result<Vec<u8>, Problem> {
        Err(Problem::not_found("not_found"))
    }

    /// The minutes as a document.
    #[cfg(feature = "pdf")]
    pub fn minutes(&self, locale: Locale) -> Result<Vec<u8>, Problem> {
        let t = |key: &str| locale.text(key, &Args::new());
        let w = &self.workshop;
        let lines = |field: &str| w.texts(field).into_iter().map(str::to_owned).collect::<Vec<_>>();
        let mut blocks = vec![
            Block::Strong(format!("{} · {}", self.client, locale.moment(self.at(), &self.zone))),
            Block::Text(w.text("place").to_owned()),
            Block::Heading(t("alignment-agenda")),
            Block::List(lines("agenda")),
        ];
        for (field, key) in
            [("invited", "alignment-invited"), ("open_points", "alignment-open-points")]
        {
            if !lines(field).is_empty() {
                blocks.extend([Block::Heading(t(key)), Block::List(lines(field))]);
            }
        }
        if !w.text("notes").is_empty() {
            blocks.push(Block::Heading(t("alignment-notes")));
            blocks.extend(w.text("notes").lines().map(|line| Block::Text(line.to_owned())));
        }
        if !self.decisions.is_empty() {
            blocks.push(Block::Heading(t("alignment-decisions")));
            let told = |entry: &Entry| format!("{}. {}", entry.text("name"), entry.text("why"));
            blocks.push(Block::List(self.decisions.iter().map(told).collect()));
        }
        if !self.actions.is_empty() {
            blocks.push(Block::Heading(t("alignment-actions")));
            blocks.push(Block::Table(self.actions_table(locale)));
        }
        let title = format!("{}: {}", t("alignment-minutes"), w.text("name"));
        let foot = self.client.clone();
        Ok(Document { lang: locale.tag().to_owned(), title, foot, wide: false, blocks }.bytes())
    }

    #[cfg(feature = "pdf")]
    fn actions_table(&self, locale: Locale) -> Table {
        let t = |key: &str| locale.text(key, &Args::new());
        let column = |key: &str, share| Column { title: t(key), share, number: false };
        let day = |entry: &Entry, field: &str| {
            let day = entry.day(field);
            day.map_or_else(String::new, |day| locale.day(self.zone.start_of(day), &self.zone))
        };
        let row = |entry: &Entry| Row {
            cells: vec![
                entry.text("name").to_owned(),
                entry.text("owner").to_owned(),
                day(entry, "due"),
                day(entry, "done_on"),
            ],
            marked: entry.text("done_on").is_empty(),
        };
        Table {
            columns: vec![
                column("alignment-action", 5),
                column("alignment-owner", 3),
                column("alignment-due", 2),
                column("alignment-done", 2),
            ],
            rows: self.actions.iter().map(row).collect(),
        }
    }
}

/// An instant as calendars write it.
fn stamp(at: Timestamp) -> String {
    let local = at.local(&Zone::utc());
    let (y, m, d) = (local.year(), local.month(), local.day());
    format!("{y:04}{m:02}{d:02}T{:02}{:02}{:02}Z", local.hour(), local.minute(), local.second())
}

/// A text as calendars write it (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,");
    text.replace('\n', "\\n").replace('\r', "")
}

/// A line of at most 75 octets, going on after a space (RFC 5545, 3.1).
fn folded(line: &str) -> String {
    let mut out = String::new();
    let mut long = 0;
    for letter in line.chars() {
        if long + letter.len_utf8() > 74 {
            out.push_str("\r\n ");
            long = 1;
        }
        long += letter.len_utf8();
        out.push(letter);
    }
    out.push_str("\r\n");
    out
}

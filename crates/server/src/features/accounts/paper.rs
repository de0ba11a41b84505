//! A member's statement of the last year to take along: as CSV for a spreadsheet, as PDF for a folder.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use lazo_domain::ids::EventId;
use lazo_domain::time::{DAY, Timestamp, Zone};
use lazo_pdf::{Block, Column, Document, Row, Table};

use super::holdings::Purse;
use super::movements::{self, Movement};
use crate::App;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::{Own, csv};

/// How far back a statement goes, in days.
const DAYS: i64 = 365;
/// The most movements of a statement.
const MOST: usize = 2_000;
/// Movements read at a time.
const PAGE: i64 = 200;

/// A movement with its instant.
type Dated = (Timestamp, Movement);

/// The movements of the last year, the newest first, and whether these are all.
async fn last_year(own: &Own<App>, purse: &Purse) -> Result<(Vec<Dated>, bool), Problem> {
    let since = own.scope.now.plus_micros(-DAYS * DAY);
    let books = own.scope.app.ledger.books();
    let (mut all, mut before) = (Vec::new(), None::<EventId>);
    loop {
        let page = books.events(own.scope.tenant, purse.account.id, before, PAGE).await?;
        let Some(last) = page.last() else { return Ok((all, true)) };
        before = Some(last.event.id);
        let over = page.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
        for stored in page.iter().filter(|stored| stored.event.effective_at >= since) {
            if all.len() >= MOST {
                return Ok((all, false));
            }
            all.push((stored.event.effective_at, movements::movement(own, purse, stored).await?));
        }
        if over {
            return Ok((all, true));
        }
    }
}

fn zone(purse: &Purse) -> Zone {
    purse.first().map_or_else(Zone::utc, |holding| holding.program.zone.clone())
}

/// The statement as CSV.
pub(super) async fn csv(own: Own<App>) -> Result<Response, Problem> {
    let purse = Purse::of(&own).await?;
    let (all, _) = last_year(&own, &purse).await?;
    let zone = zone(&purse);
    let heads =
        ["accounts-csv-day", "accounts-csv-what", "accounts-csv-points", "accounts-csv-why"];
    let heads = heads.map(|key| own.t(key));
    let rows = all.iter().map(|(at, movement)| {
        let day = at.local(&zone).date().to_string();
        vec![
            day,
            movement.what.clone(),
            movement.points.to_string(),
            movement.why.clone().unwrap_or_default(),
        ]
    });
    let bytes = csv::written(&heads.each_ref().map(String::as_str), rows)?;
    let named = "attachment; filename=\"puntos.csv\"";
    let head = [(CONTENT_TYPE, "text/csv; charset=utf-8"), (CONTENT_DISPOSITION, named)];
    Ok((head, bytes).into_response())
}

/// The statement as PDF.
pub(super) async fn pdf(own: Own<App>) -> Result<Response, Problem> {
    let purse = Purse::of(&own).await?;
    let (all, whole) = last_year(&own, &purse).await?;
    let zone = zone(&purse);
    let column = |key: &str, share, number| Column { title: own.t(key), share, number };
    let standing = purse.holdings.iter().map(|holding| {
        let amount = holding.amount(holding.balance.available.0, own.locale);
        match holding.worth(holding.balance.available, own.locale) {
            Some(worth) => own.say(
                "accounts-paper-standing",
                Args::new().text("amount", amount).text("worth", worth),
            ),
            None => amount,
        }
    });
    let rows = all.iter().map(|(at, movement)| Row {
        marked: false,
        cells: vec![
            own.locale.day(*at, &zone),
            movement
                .why
                .as_ref()
                .map_or(movement.what.clone(), |why| format!("{}. {why}", movement.what)),
            movement.effect.clone(),
        ],
    });
    let table = Table {
        columns: vec![
            column("accounts-csv-day", 18, false),
            column("accounts-csv-what", 62, false),
            column("accounts-csv-points", 20, true),
        ],
        rows: rows.collect(),
    };
    let mut blocks: Vec<Block> = standing.map(Block::Strong).collect();
    blocks.push(Block::Text(own.t(if whole {
        "accounts-paper-year"
    } else {
        "accounts-paper-part"
    })));
    blocks.push(Block::Table(table));
    let at = own.locale.moment(own.scope.now, &zone);
    let document = Document {
        lang: own.locale.tag().to_owned(),
        title: own.say("accounts-paper-title", Args::new().text("brand", &own.site.name)),
        foot: format!("{} · {at}", own.site.legal_entity),
        wide: false,
        blocks,
    };
    let named = "attachment; filename=\"puntos.pdf\"";
    let head = [(CONTENT_TYPE, "application/pdf"), (CONTENT_DISPOSITION, named)];
    Ok((head, document.bytes()).into_response())
}

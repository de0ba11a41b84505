//! The till without a network: a page that the browser keeps, sales that wait in the browser, and their replay.

use axum::http::HeaderName;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use lazo_domain::time::Timestamp;
use maud::html;
use serde::{Deserialize, Serialize};

use super::find::everybody;
use super::rung::{LINES, minor};
use super::{SOURCE, program_of};
use crate::App;
use crate::features::members;
use crate::features::purchases::api::{LineBody, NewPurchase, buy};
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::visit::Presence;
use crate::web::{Desk, Fields, assets, shell, ui};

/// The most sales of one replay: they must fit a form's field.
const MOST: usize = 10;
const WORKER_SCOPE: HeaderName = HeaderName::from_static("service-worker-allowed");

/// A sale that waited in a browser, as its form was filled in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    /// Made when the form was; sent twice, it counts once.
    reference: String,
    /// The member's id, or what was typed.
    who: String,
    at: Timestamp,
    lines: Vec<KeptLine>,
}

/// A line of it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptLine {
    amount: String,
    #[serde(default)]
    category: String,
}

/// What became of one sale; they stand in the order in which they were asked.
#[derive(Debug, Serialize)]
struct Became {
    reference: String,
    /// `done`, `refused` or `unknown`; of the last, send it again.
    state: &'static str,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// The page that is shown while there is no network: a sale can be rung up and waits.
pub(super) async fn page(Extension(presence): Extension<Presence>) -> Response {
    let locale = presence.caller.locale;
    let t = |key: &str| locale.text(key, &Args::new());
    let title = t("pos-till-offline");
    let main = html! {
        div.part {
            h1 { (title) }
            p.lead { (t("pos-till-offline-lead")) }
        }
        form.panel data-keep {
            (ui::field(ui::Field { name: "who", label: &t("pos-till-who"), class: Some("big"), required: true, ..ui::Field::default() }))
            (ui::field(ui::Field { name: "amount0", label: &t("pos-till-amount"), keys: Some("decimal"), class: Some("big"),
                required: true, ..ui::Field::default() }))
            button.act { (t("pos-till-offline-keep")) }
        }
        div.acts { a.act.second href="/caja" { (t("pos-till-offline-try")) } }
    };
    shell::till_offline(locale, &title, &main)
}

/// Keeps the page above in the browser.
pub(super) async fn worker() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (CACHE_CONTROL, "no-cache"),
        (WORKER_SCOPE, "/caja"),
    ];
    (headers, assets::till_worker()).into_response()
}

/// Posts sales that waited. Each stands for itself; what counted before is answered as the first time.
pub(super) async fn replay(desk: Desk<App>, fields: Fields) -> Result<Response, Problem> {
    let kept: Vec<Kept> = serde_json::from_str(fields.get("queue"))
        .map_err(|error| Problem::field("/queue", "invalid", error.to_string()))?;
    if kept.len() > MOST || kept.iter().any(|one| one.lines.len() > LINES) {
        return Err(Problem::field("/queue", "invalid", format!("at most {MOST} at once")));
    }
    let mut all = Vec::with_capacity(kept.len());
    for one in kept {
        let reference = one.reference.clone();
        let (state, why) = match sell(&desk, one).await {
            Ok(()) => ("done", None),
            Err(problem) if problem.status >= 500 => ("unknown", None),
            Err(problem) => ("refused", Some(problem.on_page(desk.locale))),
        };
        all.push(Became { reference, state, why });
    }
    Ok(Json(all).into_response())
}

async fn sell(desk: &Desk<App>, kept: Kept) -> Result<(), Problem> {
    let id = if kept.who.starts_with("mbr_") {
        kept.who
    } else {
        let found = everybody(desk, &kept.who).await?;
        let mut ids = found.into_keys();
        match (ids.next(), ids.next()) {
            (Some(only), None) => only,
            _ => return Err(Problem::not_found("member_not_found")),
        }
    };
    let member = members::resolve(&desk.scope, &id).await?;
    let program = program_of(desk, &member).await?;
    // Rung up with a network before, and only its answer was lost.
    let books = desk.scope.app.ledger.books();
    let known = books.claimed(desk.scope.tenant, SOURCE, &kept.reference).await?;
    if known.is_some_and(|(account, _)| account == member.account) {
        return Ok(());
    }
    let wrong = || Problem::field("/amount", "invalid", "is no amount of money");
    let mut lines = Vec::new();
    for line in &kept.lines {
        let net = minor(&line.amount, program.currency).filter(|net| *net > 0).ok_or_else(wrong)?;
        lines.push(LineBody::of(&line.category, net));
    }
    // A device whose clock runs ahead has not sold in the future.
    let at = kept.at.min(desk.scope.now);
    let new = NewPurchase {
        member: id,
        program: Some(program.code.clone()),
        source: Some(SOURCE.to_owned()),
        reference: kept.reference,
        at: Some(at),
        currency: None,
        lines,
        store: None,
        channel: Some("pos".to_owned()),
        attributes: Default::default(),
    };
    buy(&desk.scope, &new, false).await.map(drop)
}

//! Meetings at the desk: what is coming, and one meeting with its decisions, its actions and its files.

use axum::extract::Path;
use axum::response::Response;
use lazo_domain::ids::RegisterEntryId;
use lazo_domain::time::{Timestamp, Zone};
use maud::{Markup, html};

use super::minutes::meeting;
use crate::App;
use crate::features::registers::{Entry, WRITERS};
use crate::http::Problem;
use crate::web::{Desk, download, shell};

fn zone(desk: &Desk<App>) -> Zone {
    desk.scope.caller.tenancy.as_ref().map_or_else(Zone::utc, |tenancy| tenancy.zone.clone())
}

/// The instant of a meeting.
#[must_use]
pub fn instant(entry: &Entry) -> Timestamp {
    Timestamp::parse(entry.text("at")).unwrap_or_default()
}

/// Meetings, those to come first.
pub(super) fn list(desk: &Desk<App>, all: &[Entry]) -> Markup {
    let mut all: Vec<&Entry> = all.iter().collect();
    all.sort_by_key(|entry| std::cmp::Reverse(instant(entry)));
    let zone = zone(desk);
    html! {
        section.part {
            h2 { (desk.t("alignment-workshops")) }
            @if all.is_empty() { p.quiet { (desk.t("alignment-no-workshop")) } }
            ul.rows {
                @for entry in all {
                    li { a.row href=(format!("/console/alignment/workshops/{}", entry.id)) {
                        span.what { (entry.text("name")) }
                        span.when { (desk.locale.moment(instant(entry), &zone)) }
                        @if !entry.text("place").is_empty() { span.why { (entry.text("place")) } }
                    } }
                }
            }
            p { a href="/console/registers/workshops" { (desk.t("alignment-workshops-register")) } " · " a href="/console/registers/actions" { (desk.t("alignment-actions")) } " · " a href="/console/registers/decisions" { (desk.t("alignment-decisions")) } }
        }
    }
}

fn id_of(text: &str) -> Result<RegisterEntryId, Problem> {
    text.parse().map_err(|_| Problem::not_found("entry_not_found"))
}

pub(super) async fn open(desk: Desk<App>, Path(id): Path<String>) -> Result<Response, Problem> {
    let found = meeting(&desk.scope, id_of(&id)?).await?;
    let workshop = &found.workshop;
    let zone = zone(&desk);
    let base = format!("/console/alignment/workshops/{id}");
    let may_write = WRITERS.iter().any(|role| desk.scope.is(*role));
    let day = |entry: &Entry, field: &str| {
        entry.day(field).map(|day| desk.locale.day(zone.start_of(day), &zone))
    };
    let main = html! {
        div.head {
            p { a href="/console/alignment" { (desk.t("web-desk-alignment")) } }
            h1 { (workshop.text("name")) }
            p { (desk.locale.moment(found.at(), &zone)) " · " (workshop.text("place")) }
        }
        div.acts {
            a.act.second.slim href=(format!("{base}/invitation.ics")) { (desk.t("alignment-ics")) }
            a.act.second.slim href=(format!("{base}/minutes.pdf")) { (desk.t("alignment-pdf")) }
            a href=(format!("/console/registers/workshops/{id}")) { (desk.t("alignment-edit")) }
        }
        div.cells.two {
            section.part {
                h2 { (desk.t("alignment-agenda")) }
                ol.agenda { @for point in workshop.texts("agenda") { li { (point) } } }
                @if !workshop.text("notes").is_empty() { h2 { (desk.t("alignment-notes")) } p.letter { (workshop.text("notes")) } }
                @if !workshop.texts("open_points").is_empty() {
                    h2 { (desk.t("alignment-open-points")) } ul.dots { @for point in workshop.texts("open_points") { li { (point) } } }
                }
            }
            section.part {
                h2 { (desk.t("alignment-decisions")) }
                @if found.decisions.is_empty() { p.quiet { (desk.t("alignment-no-decision")) } }
                ul.rows {
                    @for decision in &found.decisions {
                        li { a.row href=(format!("/console/registers/decisions/{}", decision.id)) {
                            span.what { (decision.text("name")) }
                            span.why { (decision.text("why")) @if !decision.text("element").is_empty() { " · " (decision.text("element")) } }
                        } }
                    }
                }
                @if may_write { p { a href=(format!("/console/registers/decisions/new?workshop={id}")) { (desk.t("alignment-add-decision")) } } }
                h2 { (desk.t("alignment-actions")) }
                @if found.actions.is_empty() { p.quiet { (desk.t("alignment-no-action")) } }
                ul.rows {
                    @for action in &found.actions {
                        li { a.row href=(format!("/console/registers/actions/{}", action.id)) {
                            span.what { (action.text("name")) }
                            span.effect {
                                @if let Some(done) = day(action, "done_on") { span.tag.live { (done) } }
                                @else if let Some(due) = day(action, "due") { span.tag { (due) } }
                            }
                            span.why { (action.text("owner")) }
                        } }
                    }
                }
                @if may_write { p { a href=(format!("/console/registers/actions/new?workshop={id}")) { (desk.t("alignment-add-action")) } } }
            }
        }
    };
    Ok(shell::console(&desk, workshop.text("name"), &main))
}

pub(super) async fn invitation(
    desk: Desk<App>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let text = meeting(&desk.scope, id_of(&id)?).await?.invitation();
    Ok(download::file("text/calendar; charset=utf-8", "invitation.ics", text))
}

pub(super) async fn minutes(desk: Desk<App>, Path(id): Path<String>) -> Result<Response, Problem> {
    let bytes = meeting(&desk.scope, id_of(&id)?).await?.minutes(desk.locale)?;
    Ok(download::file("application/pdf", "minutes.pdf", bytes))
}

//! Alignment at the desk: the six functions with their people and scores, the sign-off sheet, meetings and conflicts.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};

use super::conflicts::Conflict;
use super::{Score, console_objectives, console_workshop, matrix};
use crate::App;
use crate::features::programs::{self, Version, VersionState};
use crate::features::registers::form::choice;
use crate::features::registers::{self, Entry, READERS, WRITERS};
use crate::features::sign_offs::{self, Sheet, Standing};
use crate::features::staff;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::{Desk, Fields, PageRow, Who, see, shell, ui};

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/alignment", Who::Staff(READERS)),
    PageRow::console("/alignment/objectives", Who::Staff(READERS)),
    PageRow::console("/alignment/gate", Who::Staff(WRITERS)).sent(),
    PageRow::console("/alignment/sign/{program}", Who::Staff(READERS)).sent(),
    PageRow::console("/alignment/workshops/{workshop}", Who::Staff(READERS)),
    PageRow::console("/alignment/workshops/{workshop}/invitation.ics", Who::Staff(READERS)),
    PageRow::console("/alignment/workshops/{workshop}/minutes.pdf", Who::Staff(READERS)),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/alignment", get(overview))
        .route("/alignment/objectives", get(console_objectives::open))
        .route("/alignment/gate", post(set_gate))
        .route("/alignment/sign/{program}", post(sign))
        .route("/alignment/workshops/{workshop}", get(console_workshop::open))
        .route("/alignment/workshops/{workshop}/invitation.ics", get(console_workshop::invitation))
        .route("/alignment/workshops/{workshop}/minutes.pdf", get(console_workshop::minutes))
}

async fn overview(desk: Desk<App>) -> Result<Response, Problem> {
    let (db, tenant) = (&desk.scope.app.db, desk.scope.tenant);
    let found = matrix(&desk.scope).await?;
    let people = registers::all(&desk.scope, "stakeholders").await?;
    let workshops = registers::all(&desk.scope, "workshops").await?;
    let mut sheets = Vec::new();
    for head in programs::store::all(db, tenant).await? {
        if let Some(version) = sign_offs::pending(db, tenant, head.id).await? {
            sheets.push(sheet(&desk, &version).await?);
        }
    }
    let demanded = sign_offs::store::is_demanded(db, tenant).await?;
    let may_write = WRITERS.iter().any(|role| desk.scope.is(*role));
    let title = desk.t("web-desk-alignment");
    let main = html! {
        div.head { h1 { (title) } p.quiet { (desk.t("alignment-lead")) } }
        ul.functions {
            @for score in &found.scores { (function(&desk, *score, &people)) }
        }
        p { a href="/console/registers/stakeholders" { (desk.t("alignment-people")) } " · " a href="/console/alignment/objectives" { (desk.t("alignment-objectives")) } }
        (conflicts(&desk, &found.conflicts))
        @for sheet in sheets { (sheet) }
        @if may_write {
            form method="post" action="/console/alignment/gate" {
                (ui::token(&desk.token))
                @if !demanded { input type="hidden" name="demanded" value="1"; }
                p.quiet { (desk.t(if demanded { "alignment-demanded" } else { "alignment-not-demanded" })) " "
                    button.plain { (desk.t(if demanded { "alignment-lift" } else { "alignment-demand" })) } }
            }
        }
        (console_workshop::list(&desk, &workshops))
    };
    Ok(shell::console(&desk, &title, &main))
}

fn function(desk: &Desk<App>, score: Score, people: &[Entry]) -> Markup {
    let own: Vec<&Entry> =
        people.iter().filter(|person| person.text("function") == score.function).collect();
    let percent = (score.all > 0).then(|| score.covered.saturating_mul(100) / score.all.max(1));
    html! {
        li.function {
            h2 { (choice(desk.locale, score.function)) }
            p.score {
                @match percent {
                    Some(percent) => { (desk.locale.number(percent, 0)) "\u{a0}%" },
                    None => "–",
                }
                small { @if score.all > 0 { (desk.say("alignment-score", Args::new().text("covered", desk.locale.number(score.covered, 0)).text("all", desk.locale.number(score.all, 0)))) } @else { (desk.t("alignment-no-objective")) } }
            }
            @if own.is_empty() { p.wrong { (desk.t("alignment-nobody")) } }
            @for person in own {
                div.person {
                    a href=(format!("/console/registers/stakeholders/{}", person.id)) { b { (person.text("name")) } }
                    span.quiet { " " (person.text("title")) }
                    @if !person.text("wants").is_empty() { p.small { (person.text("wants")) } }
                    @if !person.text("concerns").is_empty() { p.small.quiet { (desk.t("alignment-worries")) " " (person.text("concerns")) } }
                    @if !person.texts("vetoes").is_empty() {
                        p.small { (desk.t("alignment-vetoes")) " " (person.texts("vetoes").iter().map(|topic| choice(desk.locale, topic)).collect::<Vec<_>>().join(", ")) }
                    }
                }
            }
        }
    }
}

/// Contradictions, each with the way to its objective.
pub(super) fn conflicts(desk: &Desk<App>, all: &[Conflict]) -> Markup {
    html! {
        section.part {
            h2 { (desk.t("alignment-conflicts")) }
            @if all.is_empty() { p.quiet { (desk.t("alignment-no-conflict")) } }
            ul.rows {
                @for conflict in all {
                    li { a.row href=(format!("/console/registers/objectives/{}", conflict.objective)) {
                        span.what { (conflict.name) }
                        span.why { (desk.say(&format!("alignment-conflict-{}", conflict.kind.replace('_', "-")),
                            Args::new().text("against", &conflict.against).text("element", &conflict.element))) }
                    } }
                }
            }
        }
    }
}

/// The sign-off sheet of a version.
async fn sheet(desk: &Desk<App>, version: &Version) -> Result<Markup, Problem> {
    let db = &desk.scope.app.db;
    let sheets = sign_offs::sheets(db, desk.scope.tenant, version).await?;
    let own = sign_offs::speaks_for(&desk.scope).await?;
    let mut rows = Vec::new();
    for sheet in &sheets {
        let by = match &sheet.last {
            Some(last) => staff::told(db, &last.signed_by).await?,
            None => String::new(),
        };
        rows.push(signature(desk, version, sheet, &by, own.contains(&sheet.function)));
    }
    let name = desk.locale.pick(&version.config.name).unwrap_or(&version.config.code);
    let key = if version.state == VersionState::Draft {
        "alignment-sheet-draft"
    } else {
        "alignment-sheet-live"
    };
    let number = version.version.to_string();
    Ok(html! {
        section.part {
            h2 { a href=(format!("/console/programs/{}", version.config.code)) { (desk.say(key, Args::new().text("name", name).text("version", number))) } }
            ul.rows { @for row in rows { (row) } }
        }
    })
}

fn signature(desk: &Desk<App>, version: &Version, sheet: &Sheet, by: &str, own: bool) -> Markup {
    let topics = |topics: &[&'static str]| {
        topics.iter().map(|topic| choice(desk.locale, topic)).collect::<Vec<_>>().join(", ")
    };
    html! {
        li { div.row {
            span.what { (choice(desk.locale, sheet.function)) }
            span.effect {
                @match &sheet.standing {
                    Standing::Signed => span.tag.live { (desk.t("alignment-signed")) },
                    Standing::Refused => span.tag.late { (desk.t("alignment-refused")) },
                    Standing::Reopened(_) => span.tag.draft { (desk.t("alignment-reopened")) },
                    Standing::Missing => span.tag.draft { (desk.t("alignment-missing")) },
                }
            }
            span.why {
                @match (&sheet.standing, &sheet.last) {
                    (Standing::Reopened(changed), Some(last)) => (desk.say("alignment-reopened-why", Args::new().text("who", by)
                        .text("version", last.version.to_string()).text("topics", topics(changed)))),
                    (_, Some(last)) => { (desk.say("alignment-signed-why", Args::new().text("who", by).text("version", last.version.to_string()))) @if !last.note.is_empty() { " · " (last.note) } },
                    (_, None) => (sheet.people.join(", ")),
                }
            }
            @if own && !sheet.is_signed() {
                form.decide method="post" action=(format!("/console/alignment/sign/{}", version.config.code)) {
                    (ui::token(&desk.token))
                    input type="hidden" name="function" value=(sheet.function);
                    input type="hidden" name="version" value=(version.version);
                    div.field {
                        label for=(format!("note-{}-{}", version.config.code, sheet.function)) { (desk.t("alignment-note")) }
                        input id=(format!("note-{}-{}", version.config.code, sheet.function)) name="note" autocomplete="off";
                    }
                    div.acts {
                        button.act.slim name="verdict" value="agreed" { (desk.t("alignment-sign")) }
                        button.act.second.slim name="verdict" value="refused" { (desk.t("alignment-refuse")) }
                    }
                }
            }
        } }
    }
}

async fn sign(
    desk: Desk<App>,
    Path(code): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let version = sign_offs::api::version(&desk.scope, &code).await?;
    // What was on the page is what is signed.
    if fields.get("version") != version.version.to_string() {
        return Err(Problem::new(409, "changed_meanwhile"));
    }
    let agreed = fields.get("verdict") == "agreed";
    let (function, note) = (fields.get("function"), fields.get("note"));
    sign_offs::sign(&desk.scope, &version, function, agreed, note).await?;
    Ok(see("/console/alignment"))
}

async fn set_gate(desk: Desk<App>, fields: Fields) -> Result<Response, Problem> {
    sign_offs::demand(&desk.scope, fields.is_set("demanded")).await?;
    Ok(see("/console/alignment"))
}

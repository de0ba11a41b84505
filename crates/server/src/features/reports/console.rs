//! Reports at the desk: the list, making one, and one as it was made, with both sides of what changed.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use lazo_domain::ids::ReportId;
use lazo_domain::time::Zone;
use maud::{Markup, html};

use super::api::{NewNote, find, made, noted, restated, stretch};
use super::{Data, Report, Told, store};
use crate::App;
use crate::features::measures::api::{READERS, asking};
use crate::features::measures::words;
use crate::features::programs;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::{Desk, Fields, PageRow, Who, see, shell, ui};

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/reports", Who::Staff(READERS)),
    PageRow::console("/reports", Who::Staff(READERS)).sent(),
    PageRow::console("/reports/{report}", Who::Staff(READERS)),
    PageRow::console("/reports/{report}/pdf", Who::Staff(READERS)),
    PageRow::console("/reports/{report}/notes", Who::Staff(READERS)).sent(),
];
/// Reports on the list.
const LISTED: i64 = 50;

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/reports", get(list).post(create))
        .route("/reports/{report}", get(report))
        .route("/reports/{report}/pdf", get(paper))
        .route("/reports/{report}/notes", post(note))
}

async fn list(desk: Desk<App>) -> Result<Response, Problem> {
    let (db, tenant) = (&desk.scope.app.db, desk.scope.tenant);
    let found = store::page(db, tenant, ReportId(i64::MAX), LISTED).await?;
    let heads = programs::store::all(db, tenant).await?;
    let title = desk.t("web-desk-reports");
    let field = |name, label: &str| {
        let label = desk.t(label);
        ui::field(ui::Field {
            name,
            label: &label,
            kind: "date",
            required: true,
            ..ui::Field::default()
        })
    };
    let main = html! {
        h1 { (title) }
        @if found.is_empty() { p.quiet { (desk.t("reports-none")) } }
        ul.rows { @for report in &found { li { a.row href=(format!("/console/reports/{}", report.id)) {
            span.what { (stretch(&desk.scope, report)) }
            span.when { (moment(&desk, report)) }
        } } } }
        form.panel method="post" action="/console/reports" {
            (ui::token(&desk.token))
            h2 { (desk.t("reports-make")) }
            div.field { label for="program" { (desk.t("web-desk-programs")) }
                select id="program" name="program" { @for head in &heads { option value=(head.code) { (head.code) } } } }
            (field("from", "reports-from"))
            (field("to", "reports-to"))
            div.acts { button.act { (desk.t("reports-make")) } }
        }
    };
    Ok(shell::console(&desk, &title, &main))
}

fn moment(desk: &Desk<App>, report: &Report) -> String {
    let zone = desk.scope.caller.tenancy.as_ref().map(|tenancy| tenancy.zone.clone());
    desk.locale.moment(report.created_at, &zone.unwrap_or_else(Zone::utc))
}

async fn create(desk: Desk<App>, fields: Fields) -> Result<Response, Problem> {
    let (program, from, to) = (fields.get("program"), fields.get("from"), fields.get("to"));
    let asking = asking(&desk.scope, Some(program), Some(from), Some(to)).await?;
    let report = made(&desk.scope, &asking).await?;
    Ok(see(&format!("/console/reports/{}", report.id)))
}

fn id(text: &str) -> Result<ReportId, Problem> {
    text.parse().map_err(|_| Problem::not_found("report_not_found"))
}

async fn report(desk: Desk<App>, Path(which): Path<String>) -> Result<Response, Problem> {
    let report = find(&desk.scope, id(&which)?).await?;
    let notes = store::notes(&desk.scope.app.db, desk.scope.tenant, report.id).await?;
    let data = report.data()?;
    let told = Told::new(desk.locale, &data, &notes);
    let later = restated(&desk.scope, &report).await?;
    let title = told.title();
    let base = format!("/console/reports/{}", report.id);
    let main = html! {
        div.head {
            p { a href="/console/reports" { (desk.t("web-desk-reports")) } }
            h1 { (title) }
            p.quiet { (told.stretch()) " · " (desk.say("dashboard-as-of", Args::new().text("at", moment(&desk, &report)))) }
            p { a.act.second href=(format!("{base}/pdf")) { "PDF" } }
        }
        @if !later.is_empty() {
            (ui::note("careful", &desk.say("reports-restated", words::counted(later.len()))))
        }
        ul.part { @for sentence in told.summary() { li { (sentence) } } }
        div.cells.two {
            (side(&desk, &base, "reports-worsened", told.worsened()))
            (side(&desk, &base, "reports-improved", told.improved()))
        }
        (findings(&desk, &told, &data))
        (figures(&desk, &told))
        (liability(&desk, &told))
        p.quiet.small { (desk.t("reports-hash")) " " code { (report.hash) } }
    };
    Ok(shell::console(&desk, &title, &main))
}

fn side(
    desk: &Desk<App>,
    base: &str,
    heading: &str,
    changes: Vec<(String, String, Vec<String>)>,
) -> Markup {
    html! {
        section.part {
            h2 { (desk.t(heading)) }
            @if changes.is_empty() { p.quiet { (desk.t("reports-nothing")) } }
            @for (kpi, sentence, notes) in changes {
                div.rule {
                    p { (sentence) " " small.quiet { (kpi) } }
                    @for note in notes { p.quiet { (note) } }
                    details {
                        summary { (desk.t("reports-add-note")) }
                        form method="post" action=(format!("{base}/notes")) {
                            (ui::token(&desk.token))
                            input type="hidden" name="item" value=(kpi);
                            div.field { label for=(format!("words-{kpi}")) { (desk.t("reports-words")) }
                                textarea id=(format!("words-{kpi}")) name="words" rows="2" required {} }
                            div.acts {
                                button.act.second { (desk.t("reports-comment")) }
                                button.plain name="hide" value="yes" { (desk.t("reports-hide")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn findings(desk: &Desk<App>, told: &Told<'_>, data: &Data) -> Markup {
    html! {
        section.part {
            h2 { (desk.t("measures-findings")) }
            @if data.findings.is_empty() { p.quiet { (desk.t("measures-none-fired")) } }
            @for outcome in &data.findings {
                @let (cause, action) = told.finding(outcome);
                div.rule { b { (cause) } " " small.quiet { (outcome.rule) } p { (action) } }
            }
            p.quiet { (desk.say("measures-could-not-test", words::counted(data.could_not_test.len()))) }
        }
    }
}

fn figures(desk: &Desk<App>, told: &Told<'_>) -> Markup {
    let heads = ["measures-now", "measures-before", "measures-target"];
    html! {
        section.part { h2 { (desk.t("measures-figures")) }
            div.scroll tabindex="0" role="region" aria-label=(desk.t("measures-figures")) { table {
                thead { tr { th scope="col" { (desk.t("measures-indicator")) }
                    @for head in heads { th.n scope="col" { (desk.t(head)) } } } }
                tbody { @for [name, now, before, target] in told.figures() {
                    tr { th scope="row" { (name) } td.n { (now) } td.n { (before) } td.n { (target) } } } }
            } }
        }
    }
}

fn liability(desk: &Desk<App>, told: &Told<'_>) -> Markup {
    html! {
        section.part { h2 { (desk.t("reports-liability")) }
            div.scroll tabindex="0" role="region" aria-label=(desk.t("reports-liability")) { table {
                thead { tr { th scope="col" { (desk.t("reports-line")) } th.n scope="col" { (desk.t("reports-points")) }
                    th.n scope="col" { (desk.t("reports-money")) } } }
                tbody { @for [line, points, money] in told.liability() {
                    tr { th scope="row" { (line) } td.n { (points) } td.n { (money) } } } }
            } }
        }
    }
}

#[cfg(feature = "pdf")]
async fn paper(desk: Desk<App>, Path(which): Path<String>) -> Result<Response, Problem> {
    let report = find(&desk.scope, id(&which)?).await?;
    super::api::paper(&desk.scope, &report).await
}

#[cfg(not(feature = "pdf"))]
async fn paper(_: Desk<App>) -> Result<Response, Problem> {
    Err(Problem::not_found("not_found"))
}

async fn note(
    desk: Desk<App>,
    Path(which): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let id = id(&which)?;
    let new = NewNote::new(fields.get("item"), fields.is_set("hide"), fields.get("words"));
    noted(&desk.scope, id, new).await?;
    Ok(see(&format!("/console/reports/{id}")))
}

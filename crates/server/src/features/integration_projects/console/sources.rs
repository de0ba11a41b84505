//! The sources of a project: what was loaded, control totals, what is wrong with the data, and what the raw files hold.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::Value;

use super::super::api::views::bare;
use super::super::fault::parsed;
use super::super::quality::{Finding, Report, Severity};
use super::super::store::sources::{self, Source};
use super::{below, open};
use crate::App;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::{Desk, shell, ui};

pub(super) async fn sources(
    desk: Desk<App>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let (_, project) = open(&desk, &name).await?;
    let all = sources::all(&desk.scope.app.db, &project).await?;
    let title = desk.t("merges-sources");
    let mut told = Vec::new();
    for source in &all {
        told.push(one(&desk, source)?);
    }
    let main = html! {
        div.head {
            p { a href=(below(&project, "")) { (project.document.code) } }
            h1 { (title) }
            p.quiet { (desk.t("merges-sources-lead")) }
        }
        @if all.is_empty() { p.empty { (desk.t("merges-sources-none")) } }
        @for part in &told { (part) }
    };
    Ok(shell::console(&desk, &title, &main))
}

fn one(desk: &Desk<App>, source: &Source) -> Result<Markup, Problem> {
    let report: Report = parsed(&source.report, "the report on a source").map_err(bare)?;
    let totals: Value = parsed(&source.totals, "control totals").map_err(bare)?;
    let stated: Value = parsed(&source.stated, "stated totals").map_err(bare)?;
    let profile: Value = parsed(&source.profile, "the profile of a source").map_err(bare)?;
    let rows = totals_rows(&totals["totals"], &stated);
    let heads = ["merges-total", "merges-loaded", "merges-stated"];
    let heads = heads.map(|key| desk.t(key));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let body = html! {
        @for (name, loaded, stated) in &rows {
            tr {
                th scope="row" { code { (name) } }
                td.n { (loaded) }
                td.n { @match stated {
                    Some(stated) if stated == loaded => { span.tag.live { (desk.t("merges-equal")) } },
                    Some(stated) => { span.tag.bad { (stated) } },
                    None => span.quiet { (desk.t("merges-not-stated")) },
                } }
            }
        }
    };
    Ok(html! {
        section.part {
            h2 { (source.source) }
            dl.kpis {
                div { dt { (desk.t("merges-accounts")) } dd { (desk.number(report.accounts)) } }
                div { dt { (desk.t("merges-lots")) } dd { (desk.number(report.lots)) } }
                div { dt { (desk.t("merges-history")) } dd { (desk.number(report.transactions)) } }
            }
            @if !rows.is_empty() { details { summary { (desk.t("merges-totals")) } (ui::table(&desk.t("merges-totals"), &heads, &body)) } }
            @if report.findings.is_empty() { p.quiet { (desk.t("merges-clean")) } }
            @for finding in &report.findings { (finding_row(desk, finding)) }
            (files(desk, &profile))
        }
    })
}

/// Control totals by name: as loaded and as stated.
fn totals_rows(loaded: &Value, stated: &Value) -> Vec<(String, String, Option<String>)> {
    let mut rows = Vec::new();
    flatten("", loaded, &mut rows);
    let mut said = Vec::new();
    flatten("", stated, &mut said);
    rows.into_iter()
        .map(|(name, value)| {
            let stated = said.iter().find(|(known, _)| *known == name);
            (name, value, stated.map(|(_, value)| value.clone()))
        })
        .collect()
}

fn flatten(path: &str, value: &Value, rows: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path} · {name}") };
                flatten(&path, inner, rows);
            }
        }
        Value::Null | Value::Array(_) => {}
        Value::String(text) => rows.push((path.to_owned(), text.clone())),
        other => rows.push((path.to_owned(), other.to_string())),
    }
}

/// A kind of fault in the data, with examples.
pub fn finding_row(desk: &Desk<App>, finding: &Finding) -> Markup {
    let worst = finding.severity == Severity::Blocker;
    html! {
        details.finding {
            summary {
                span {
                    b { (desk.say("merges-finding", Args::new().text("code", &finding.code))) } " "
                    span.tag.bad[worst].draft[finding.severity == Severity::Major] { (desk.say("merges-severity", Args::new().text("severity", format!("{:?}", finding.severity).to_lowercase()))) }
                }
                span.quiet { (desk.number(finding.count)) }
            }
            ul.dots { @for (place, what) in finding.examples.iter().take(8) { li { code { (place) } " " (what) } } }
        }
    }
}

/// What the raw files hold, column by column.
fn files(desk: &Desk<App>, profile: &Value) -> Markup {
    let heads =
        ["merges-column", "merges-filled", "merges-distinct", "merges-looks", "merges-examples"];
    let heads = heads.map(|key| desk.t(key));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let number = |value: &Value| desk.number(value.as_i64().unwrap_or(0));
    html! {
        @for file in profile.as_array().into_iter().flatten() {
            @let name = file["file"].as_str().unwrap_or_default();
            details {
                summary { (name) " · " (desk.say("merges-rows", Args::new().text("n", number(&file["rows"])))) }
                @let rows = html! {
                    @for column in file["columns"].as_array().into_iter().flatten() {
                        tr {
                            th scope="row" { code { (column["name"].as_str().unwrap_or_default()) } }
                            td.n { (number(&column["filled"])) }
                            td.n { (number(&column["distinct"])) }
                            td { (desk.say("merges-looks-like", Args::new().text("kind", column["looks_like"].as_str().unwrap_or_default()))) }
                            td.quiet { (column["examples"].as_array().into_iter().flatten().take(3).filter_map(Value::as_str).collect::<Vec<_>>().join(" · ")) }
                        }
                    }
                };
                (ui::table(name, &heads, &rows))
            }
        }
    }
}

//! One request at the desk: the number it is about as it was then, its impact, who must agree, what it did, and what was
//! said.

use axum::extract::Path;
use axum::response::Response;
use lazo_domain::money::Currency;
use lazo_domain::time::Timestamp;
use maud::{Markup, html};
use serde_json::Value;

use super::console::{clock, may_write, select, word, zone};
use super::store::{self, Approval};
use super::{KINDS, PRIORITIES, Request, change, get};
use crate::App;
use crate::features::kpis::{self, Kpi};
use crate::features::programs::VersionState;
use crate::features::registers::form::choice;
use crate::features::{programs, sign_offs, staff};
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::{Desk, shell, ui};

pub(super) async fn open(desk: Desk<App>, Path(id): Path<String>) -> Result<Response, Problem> {
    let id = id.parse().map_err(|_| Problem::not_found("request_not_found"))?;
    let request = get(&desk.scope, id).await?;
    let (db, tenant) = (&desk.scope.app.db, desk.scope.tenant);
    let asked_by = staff::told(db, &request.asked_by).await?;
    let owner = match &request.owner {
        Some(owner) => staff::told(db, owner).await?,
        None => desk.t("requests-nobody"),
    };
    let zone = zone(&desk);
    let approvals = store::approvals(db, tenant, id).await?;
    let main = html! {
        div.head {
            p { a href="/console/requests" { (desk.t("web-desk-requests")) } }
            h1 { (request.title) }
            p {
                span.tag.live { (word(&desk, "state", &request.state)) } " "
                (clock(&desk, &request, desk.scope.caller.real_now)) " "
                @if request.escalated_at.is_some() { span.tag.late { (desk.t("requests-escalated")) } }
            }
            p.quiet { (desk.say("requests-told", Args::new().text("who", asked_by).text("at", desk.locale.moment(request.opened_at, &zone))
                .text("owner", owner).text("kind", word(&desk, "kind", &request.kind)).text("priority", word(&desk, "priority", &request.priority)))) }
        }
        @if !request.body.is_empty() { p.letter { (request.body) } }
        (figure(&desk, &request).await?)
        (impact(&desk, &request))
        (approvals_told(&desk, &request, &approvals).await?)
        (result(&desk, &request))
        (next(&desk, &request).await?)
        (talk(&desk, &request).await?)
    };
    Ok(shell::console(&desk, &request.title, &main))
}

/// The number as it was when somebody asked, beside what it is now.
async fn figure(desk: &Desk<App>, request: &Request) -> Result<Markup, Problem> {
    let Some(figure) = &request.figure else { return Ok(html! {}) };
    let Some(kpi) = Kpi::named(&figure.kpi) else { return Ok(html! {}) };
    let (currency, zone) = kpis::console::money_and_zone(desk).await?;
    let latest = kpis::store::of(&desk.scope.app.db, desk.scope.tenant, kpi, 1).await?;
    let told = |value| kpis::told(desk.locale, kpi, value, currency);
    Ok(html! {
        dl.kpis {
            div {
                dt { a href=(format!("/console/kpis/{}", kpi.name())) { (kpis::title(desk.locale, kpi)) } }
                dd { (told(figure.value)) small { (desk.say("requests-then", Args::new().text("at", desk.locale.moment(figure.as_of, &zone)))) } }
            }
            @if let Some(now) = latest.first().filter(|now| now.at != figure.as_of) {
                div { dt { (desk.t("requests-now")) } dd { (told(now.value)) small { (desk.locale.moment(now.at, &zone)) } } }
            }
        }
    })
}

/// Two amounts of a computed document, beside each other with their difference.
fn pair(desk: &Desk<App>, value: &Value, key: &str, names: [&str; 2], label: &str) -> Markup {
    let currency = value["currency"].as_str().and_then(|code| code.parse::<Currency>().ok());
    let amount = |name: &str| value[key][name].as_i64();
    let (Some(currency), Some(a), Some(b)) = (currency, amount(names[0]), amount(names[1])) else {
        return html! {};
    };
    let money = |minor| desk.locale.money(minor, currency);
    let sign = if b > a { "+" } else { "" };
    html! {
        tr { th scope="row" { (desk.t(label)) } td.n { (money(a)) } td.n { (money(b)) } td.n { (sign) (money(b.saturating_sub(a))) } }
    }
}

fn table(desk: &Desk<App>, title: &str, heads: [&str; 3], rows: &Markup) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(title) {
            table {
                caption { (title) }
                thead { tr { th scope="col" { (desk.t("requests-what")) } @for head in heads { th.n scope="col" { (desk.t(head)) } } } }
                tbody { (rows) }
            }
        }
    }
}

fn impact(desk: &Desk<App>, request: &Request) -> Markup {
    let Some(impact) = &request.impact else { return html! {} };
    let number = |key: &str| desk.locale.number(impact[key].as_i64().unwrap_or(0), 0);
    let changes: Vec<&str> =
        impact["changes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let exceeds: Vec<&str> =
        impact["exceeds"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let program = impact["program"].as_str().unwrap_or_default();
    let title = desk.say(
        "requests-impact-of",
        Args::new().text("events", number("events")).text("members", number("members")),
    );
    let rows = html! {
        (pair(desk, impact, "cost_minor", ["before", "after"], "requests-cost"))
        (pair(desk, impact, "liability_minor", ["before", "after"], "requests-liability"))
    };
    html! {
        section.part {
            h2 { (desk.t("requests-impact")) }
            ul.diff { @for change in changes { li { (change) } } }
            dl.kpis {
                div { dt { (desk.t("requests-winners")) } dd { (number("winners")) } }
                div { dt { (desk.t("requests-losers")) } dd { (number("losers")) } }
            }
            (table(desk, &title, ["requests-before", "requests-after", "requests-more"], &rows))
            @if !exceeds.is_empty() { (ui::note("bad", &desk.say("requests-exceeds", Args::new().text("limits", exceeds.join(", "))))) }
            p { a href=(format!("/console/programs/{program}")) { (desk.t("requests-draft")) } }
        }
    }
}

async fn approvals_told(
    desk: &Desk<App>,
    request: &Request,
    approvals: &[Approval],
) -> Result<Markup, Problem> {
    if approvals.is_empty() {
        return Ok(html! {});
    }
    let own = sign_offs::speaks_for(&desk.scope).await?;
    let digest = change::digest(request).unwrap_or_default();
    let waits = matches!(request.state.as_str(), "in_approval" | "approved");
    let mut rows = Vec::new();
    for approval in approvals {
        let by = match &approval.decided_by {
            Some(by) => staff::told(&desk.scope.app.db, by).await?,
            None => String::new(),
        };
        rows.push((approval, by));
    }
    Ok(html! {
        section.part {
            h2 { (desk.t("requests-approvals")) }
            p.quiet.small { (desk.t("requests-digest")) " " code { (digest) } }
            ul.rows {
                @for (approval, by) in rows {
                    li { div.row {
                        span.what { (choice(desk.locale, &approval.function)) }
                        span.effect {
                            @match approval.verdict.as_deref() {
                                Some("approved") => span.tag.live { (desk.t("requests-approved")) },
                                Some(_) => span.tag.late { (desk.t("requests-rejected")) },
                                None => span.tag.draft { (desk.t("requests-waits")) },
                            }
                        }
                        @if !by.is_empty() { span.why { (by) @if !approval.note.is_empty() { ": " (approval.note) } } }
                        @if waits && approval.verdict.is_none() && own.contains(&approval.function.as_str()) {
                            form.decide method="post" action=(format!("/console/requests/{}/decide", request.id)) {
                                (ui::token(&desk.token))
                                input type="hidden" name="function" value=(approval.function);
                                input type="hidden" name="sha256" value=(digest);
                                div.field {
                                    label for=(format!("note-{}", approval.function)) { (desk.t("requests-note")) }
                                    input id=(format!("note-{}", approval.function)) name="note" autocomplete="off";
                                }
                                div.acts {
                                    button.act.slim name="verdict" value="approved" { (desk.t("requests-approve")) }
                                    button.act.second.slim name="verdict" value="rejected" { (desk.t("requests-reject")) }
                                }
                            }
                        }
                    } }
                }
            }
        }
    })
}

fn result(desk: &Desk<App>, request: &Request) -> Markup {
    let Some(result) = &request.result else { return html! {} };
    let zone = zone(desk);
    let at = |key: &str| {
        let found = result[key].as_str().and_then(|text| Timestamp::parse(text).ok());
        found.map_or_else(String::new, |at| desk.locale.moment(at, &zone))
    };
    let title = desk.say(
        "requests-result-of",
        Args::new().text("since", at("since")).text("until", at("as_of")),
    );
    let rows = html! {
        (pair(desk, result, "cost_minor", ["without", "with"], "requests-cost"))
        (pair(desk, result, "liability_minor", ["without", "with"], "requests-liability"))
    };
    html! {
        section.part {
            h2 { (desk.t("requests-result")) }
            (table(desk, &title, ["requests-without", "requests-with", "requests-more"], &rows))
        }
    }
}

/// What may be done next.
async fn next(desk: &Desk<App>, request: &Request) -> Result<Markup, Problem> {
    if !may_write(desk) {
        return Ok(html! {});
    }
    let action = |last: &str| format!("/console/requests/{}/{last}", request.id);
    let (db, tenant) = (&desk.scope.app.db, desk.scope.tenant);
    let mut drafts = Vec::new();
    for head in programs::store::all(db, tenant).await? {
        let versions = programs::store::versions(db, tenant, head.id).await?;
        if versions.iter().any(|version| version.state == VersionState::Draft) {
            drafts.push(head.code);
        }
    }
    let may_link = request.is_open() && request.state != "released";
    let author = change::linked(&desk.scope, request).await?.map(|version| version.author);
    let own = author.as_deref() == Some(desk.scope.actor());
    Ok(html! {
        div.acts {
            @if request.state == "approved" && !own {
                form method="post" action=(action("release")) { (ui::token(&desk.token)) button.act { (desk.t("requests-release")) } }
            }
            @if request.state == "approved" && own { p.quiet { (desk.t("requests-second-person")) } }
            @if matches!(request.state.as_str(), "released" | "measured") {
                form method="post" action=(action("measure")) { (ui::token(&desk.token)) button.act.second { (desk.t("requests-measure")) } }
            }
            @if may_link {
                @for code in &drafts {
                    form method="post" action=(action("draft")) {
                        (ui::token(&desk.token))
                        input type="hidden" name="program" value=(code);
                        button.act.second { (desk.say("requests-link", Args::new().text("code", code))) }
                    }
                }
                @if drafts.is_empty() && request.kind == "change" && request.version.is_none() {
                    p.quiet { (desk.t("requests-no-draft")) " " a href="/console/programs" { (desk.t("web-desk-programs")) } }
                }
            }
            @if request.is_open() && request.state != "released" {
                form method="post" action=(action("close")) { (ui::token(&desk.token)) button.plain { (desk.t("requests-close")) } }
            }
        }
        @if request.is_open() {
            details {
                summary { (desk.t("requests-sort")) }
                form.panel method="post" action=(action("sort")) {
                    (ui::token(&desk.token))
                    div.cells.pair {
                        (select(desk, "kind", KINDS, &request.kind))
                        (select(desk, "priority", PRIORITIES, &request.priority))
                    }
                    label.check { input type="checkbox" name="mine" value="1"; span { (desk.t("requests-mine")) } }
                    button.act.slim { (desk.t("requests-sort-save")) }
                }
            }
        }
    })
}

/// What was said.
async fn talk(desk: &Desk<App>, request: &Request) -> Result<Markup, Problem> {
    let db = &desk.scope.app.db;
    let mut said = Vec::new();
    for message in store::messages(db, desk.scope.tenant, request.id).await? {
        said.push((staff::told(db, &message.author).await?, message));
    }
    let zone = zone(desk);
    Ok(html! {
        section.part {
            h2 { (desk.t("requests-talk")) }
            @if said.is_empty() { p.quiet { (desk.t("requests-nothing-said")) } }
            ul.talk {
                @for (who, message) in said {
                    li {
                        p.small { b { (who) } " " span.quiet { (desk.locale.moment(message.at, &zone)) } }
                        p.letter { (message.body) }
                    }
                }
            }
            form method="post" action=(format!("/console/requests/{}/say", request.id)) {
                (ui::token(&desk.token))
                div.field { label for="body" { (desk.t("requests-say")) } textarea id="body" name="body" rows="3" {} }
                button.act.second { (desk.t("requests-say-send")) }
            }
        }
    })
}

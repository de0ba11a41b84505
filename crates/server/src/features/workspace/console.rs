//! The client's home at the desk: what needs you first, then the lights, the people, the next meeting.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use lazo_domain::ids::StaffId;
use lazo_domain::time::{Timestamp, Zone};
use maud::{Markup, html};

use super::api::tenant;
use super::{DUTIES, Person, Place, SIDES, contact, digest, needs, place, store};
use crate::App;
use crate::features::alignment::{self, Light, Line};
use crate::features::registers::{READERS, WRITERS};
use crate::features::{kpis, registers, requests, staff};
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::{Desk, Fields, PageRow, Who, see, shell, ui};

/// People of the staff that can be chosen from.
const MOST: i64 = 200;

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/workspace", Who::Staff(READERS)),
    PageRow::console("/workspace/digest", Who::Staff(READERS)),
    PageRow::console("/workspace/people", Who::Staff(WRITERS)),
    PageRow::console("/workspace/people/{staff}", Who::Staff(WRITERS)).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/workspace", get(home))
        .route("/workspace/digest", get(today))
        .route("/workspace/people", get(people))
        .route("/workspace/people/{staff}", post(put))
}

fn duty(desk: &Desk<App>, duty: &str) -> String {
    desk.t(&format!("workspace-duty-{}", duty.replace('_', "-")))
}

async fn home(desk: Desk<App>) -> Result<Response, Problem> {
    let tenant = tenant(&desk.scope).await?;
    let (db, zone, now) =
        (&desk.scope.app.db, &tenant.config.time_zone, desk.scope.caller.real_now);
    let people = store::people(db, tenant.id).await?;
    let found = needs::all(db, tenant.id, zone, now).await?;
    let matrix = alignment::matrix(&desk.scope).await?;
    let open = requests::store::open(db, tenant.id).await?;
    let names = requests::console::askers(&desk, &open).await?;
    let may_write = WRITERS.iter().any(|role| desk.scope.is(*role));
    let title = desk.t("web-desk-workspace");
    let main = html! {
        div.head {
            h1 { (tenant.config.name) }
            p.quiet { (desk.t("workspace-lead")) }
        }
        div.cells.two {
            div.column {
                section.part {
                    h2 { (desk.t("workspace-needs")) }
                    (needed(&desk, &found, zone))
                }
                section.part {
                    h2 { a href="/console/requests" { (desk.t("workspace-requests")) } }
                    @if open.is_empty() { p.quiet { (desk.t("workspace-no-requests")) } }
                    (requests::console::rows(&desk, &open, &names))
                    div.acts { a.act.second.slim href="/console/requests/new" { (desk.t("workspace-ask")) } }
                }
            }
            div.column {
                (reach(&desk, &people, now))
                (meeting(&desk, zone, now).await?)
                section.part {
                    h2 { (desk.t("workspace-people")) }
                    @for side in SIDES { (side_told(&desk, side, &people, now)) }
                    @if may_write { p { a href="/console/workspace/people" { (desk.t("workspace-change-people")) } } }
                }
                p { a href="/console/workspace/digest" { (desk.t("workspace-digest")) } }
            }
        }
        (lights(&desk, &matrix.lines).await?)
    };
    Ok(shell::console(&desk, &title, &main))
}

fn needed(desk: &Desk<App>, found: &[needs::Need], zone: &Zone) -> Markup {
    html! {
        @if found.is_empty() { p.quiet { (desk.t("workspace-nothing")) } }
        ul.rows {
            @for need in found {
                li { a.row href=(need.path) {
                    span.what { (digest::told(desk.locale, &needs::Need { due: None, ..need.clone() }, zone)) }
                    span.effect {
                        @if let Some(due) = need.due { span class=(if need.late { "tag late" } else { "tag" }) {
                            @if need.late { (desk.t("workspace-late")) " " } (desk.locale.day(due, zone)) } }
                    }
                } }
            }
        }
    }
}

/// Whom the client reaches, in one click.
fn reach(desk: &Desk<App>, people: &[Person], now: Timestamp) -> Markup {
    let Some(person) = contact(people, now) else { return html! {} };
    let away = people.iter().find(|p| p.duty == "account_manager" && p.is_away(now));
    html! {
        section.panel {
            p.quiet.small { (desk.t("workspace-contact")) }
            h2 { (person.name) }
            p { (duty(desk, &person.duty)) }
            @if let Some(away) = away.filter(|away| away.staff != person.staff) {
                p.small.quiet { (desk.say("workspace-stands-in", Args::new().text("who", &away.name))) }
            }
            div.acts {
                a href=(format!("mailto:{}", person.login)) { (person.login) }
                @if !person.phone.is_empty() { a href=(format!("tel:{}", person.phone.replace(' ', ""))) { (person.phone) } }
            }
        }
    }
}

async fn meeting(desk: &Desk<App>, zone: &Zone, now: Timestamp) -> Result<Markup, Problem> {
    let all = registers::all(&desk.scope, "workshops").await?;
    let at = |entry: &registers::Entry| Timestamp::parse(entry.text("at")).unwrap_or_default();
    let next = all.iter().filter(|entry| at(entry) >= now).min_by_key(|entry| at(entry));
    Ok(html! {
        section.part {
            h2 { (desk.t("workspace-next-meeting")) }
            @match next {
                Some(entry) => p { a href=(format!("/console/alignment/workshops/{}", entry.id)) { (entry.text("name")) } " · " (desk.locale.moment(at(entry), zone)) },
                None => p.quiet { (desk.t("workspace-no-meeting")) },
            }
        }
    })
}

fn side_told(desk: &Desk<App>, side: &str, people: &[Person], now: Timestamp) -> Markup {
    let own: Vec<&Person> = people.iter().filter(|person| person.side == side).collect();
    html! {
        h3 { (desk.t(&format!("workspace-side-{side}"))) }
        @if own.is_empty() { p.quiet { (desk.t("workspace-nobody")) } }
        ul.rows {
            @for person in own {
                li { div.row {
                    span.what { (person.name) }
                    span.effect { @if person.is_away(now) { span.tag.draft { (desk.t("workspace-away")) } } }
                    span.why { (duty(desk, &person.duty)) }
                } }
            }
        }
    }
}

/// The objectives' lights, each opening to its indicator.
async fn lights(desk: &Desk<App>, lines: &[Line]) -> Result<Markup, Problem> {
    let (currency, zone) = kpis::console::money_and_zone(desk).await?;
    let own: Vec<&Line> = lines.iter().filter(|line| line.kpi().is_some()).collect();
    let word =
        |light: Light| desk.t(&format!("workspace-light-{}", light.name().replace('_', "-")));
    Ok(html! {
        section.part {
            h2 { a href="/console/alignment/objectives" { (desk.t("workspace-lights")) } }
            @if own.is_empty() { p.quiet { (desk.t("workspace-no-objectives")) } }
            ul.lights {
                @for line in own {
                    @if let Some(kpi) = line.kpi() {
                        li {
                            span class=(format!("light {}", line.light.name())) { (word(line.light)) }
                            a href=(format!("/console/kpis/{}", kpi.name())) { (line.objective.text("name")) }
                            p.value {
                                @match &line.reading {
                                    Some(reading) => { (kpis::told(desk.locale, kpi, reading.value, currency)) small { (kpis::title(desk.locale, kpi)) " · " (desk.locale.day(reading.at, &zone)) } },
                                    None => { "–" small { (kpis::title(desk.locale, kpi)) } },
                                }
                            }
                        }
                    }
                }
            }
        }
    })
}

async fn today(desk: Desk<App>) -> Result<Response, Problem> {
    let tenant = tenant(&desk.scope).await?;
    let zone = &tenant.config.time_zone;
    let day = desk.scope.caller.real_now.local(zone).date();
    let found = digest::of(&desk.scope.app, &tenant, day, desk.locale).await?;
    let title = desk.t("workspace-digest");
    let told = desk.locale.day(zone.start_of(day), zone);
    let list = |key: &str, lines: &[String]| {
        html! {
            section.part {
                h2 { (desk.t(key)) }
                @if lines.is_empty() { p.quiet { (desk.t("workspace-digest-none")) } }
                ul.dots { @for line in lines { li { (line) } } }
            }
        }
    };
    let main = html! {
        div.head {
            p { a href="/console/workspace" { (desk.t("web-desk-workspace")) } }
            h1 { (title) }
            p.quiet { (desk.say("workspace-digest-lead", Args::new().text("day", told))) }
        }
        section.part {
            h2 { (desk.t("workspace-digest-needs")) }
            @if found.needs.is_empty() { p.quiet { (desk.t("workspace-digest-none")) } }
            ul.dots { @for (text, path) in &found.needs { li { a href=(path) { (text) } } } }
        }
        (list("workspace-digest-changed", &found.changed))
        (list("workspace-digest-did", &found.did))
    };
    Ok(shell::console(&desk, &title, &main))
}

async fn people(desk: Desk<App>) -> Result<Response, Problem> {
    let db = &desk.scope.app.db;
    let placed = store::people(db, desk.scope.tenant).await?;
    let all = staff::store::page(db, desk.scope.tenant, StaffId(i64::MIN), MOST).await?;
    let title = desk.t("workspace-people");
    let now = desk.scope.caller.real_now;
    let main = html! {
        div.head {
            p { a href="/console/workspace" { (desk.t("web-desk-workspace")) } }
            h1 { (title) }
            p.quiet { (desk.t("workspace-people-lead")) }
        }
        @for person in &all {
            @let known = placed.iter().find(|placed| placed.staff == person.id);
            @let id = person.id.to_string();
            form.panel.placing method="post" action=(format!("/console/workspace/people/{id}")) {
                (ui::token(&desk.token))
                h2 { (person.name) }
                div.cells.pair {
                    (select(&desk, &id, "side", SIDES, known.map_or("client", |k| &k.side)))
                    (select(&desk, &id, "duty", DUTIES, known.map_or("program_manager", |k| &k.duty)))
                    div.field {
                        label for=(format!("phone-{id}")) { (desk.t("workspace-phone")) }
                        input id=(format!("phone-{id}")) name="phone" inputmode="tel" autocomplete="off" value=(known.map_or("", |k| &k.phone));
                    }
                    div.field {
                        label for=(format!("deputy-{id}")) { (desk.t("workspace-deputy")) }
                        select id=(format!("deputy-{id}")) name="deputy" {
                            option value="" { "–" }
                            @for other in all.iter().filter(|other| other.id != person.id) {
                                option value=(other.id) selected[known.and_then(|k| k.deputy) == Some(other.id)] { (other.name) }
                            }
                        }
                    }
                    div.field {
                        label for=(format!("away-{id}")) { (desk.t("workspace-away-until")) }
                        input id=(format!("away-{id}")) name="away" type="date" value=(away(&desk, known, now));
                    }
                }
                label.check { input type="checkbox" name="digest" value="1" checked[known.is_some_and(|k| k.digest)]; span { (desk.t("workspace-wants-digest")) } }
                div.acts { button.act.slim { (desk.t("workspace-save")) } }
            }
        }
    };
    Ok(shell::console(&desk, &title, &main))
}

fn away(desk: &Desk<App>, known: Option<&Person>, now: Timestamp) -> String {
    let zone = desk.scope.caller.tenancy.as_ref().map_or_else(Zone::utc, |t| t.zone.clone());
    let until = known.and_then(|person| person.away_until).filter(|until| *until > now);
    until.map_or_else(String::new, |until| until.local(&zone).date().to_string())
}

fn select(desk: &Desk<App>, id: &str, name: &str, all: &[&str], chosen: &str) -> Markup {
    html! {
        div.field {
            label for=(format!("{name}-{id}")) { (desk.t(&format!("workspace-{name}"))) }
            select id=(format!("{name}-{id}")) name=(name) {
                @for code in all { option value=(code) selected[*code == chosen] { (desk.t(&format!("workspace-{name}-{}", code.replace('_', "-")))) } }
            }
        }
    }
}

async fn put(desk: Desk<App>, Path(id): Path<String>, fields: Fields) -> Result<Response, Problem> {
    let missing = || Problem::not_found("staff_not_found");
    let id: StaffId = id.parse().map_err(|_| missing())?;
    let zone = tenant(&desk.scope).await?.config.time_zone;
    let deputy = match fields.get("deputy") {
        "" => None,
        text => Some(text.parse::<StaffId>().map_err(|_| missing())?),
    };
    let away_until = match fields.get("away") {
        "" => None,
        text => {
            let wrong = |_| Problem::field("/away_until", "day", "such as 2026-12-31");
            Some(zone.start_of(text.parse().map_err(wrong)?))
        }
    };
    let where_to = Place {
        side: fields.get("side").to_owned(),
        duty: fields.get("duty").to_owned(),
        phone: fields.get("phone").to_owned(),
        digest: fields.is_set("digest"),
        away_until,
        deputy,
    };
    place(&desk.scope, id, &where_to).await?;
    Ok(see("/console/workspace/people"))
}

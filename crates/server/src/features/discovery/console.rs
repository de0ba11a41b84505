//! The discovery at the desk: every question with how far it is, what competitors give back, and the waivers.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use lazo_domain::program::PointKind;
use lazo_domain::rate::{Rate, Rounding};
use maud::{Markup, html};

use super::{
    Progress, Question, demand, forms, forms_console, in_the_way, payout, progress, store,
    tactics_console, unwaive, waive,
};
use crate::App;
use crate::features::registers::{self, READERS, WRITERS, console as register_pages};
use crate::features::{programs, staff};
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::chart::{self, Bar, Words};
use crate::web::{Desk, Fields, PageRow, Who, see, shell, ui};

/// How long a form's link works, in days, when it is asked for here.
const FORM_DAYS: i64 = 14;

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/discovery", Who::Staff(READERS)),
    PageRow::console("/discovery/competitors", Who::Staff(READERS)),
    PageRow::console("/discovery/tactics", Who::Staff(READERS)),
    PageRow::console("/discovery/tactics", Who::Staff(WRITERS)).sent(),
    PageRow::console("/discovery/waive", Who::Staff(WRITERS)).sent(),
    PageRow::console("/discovery/gate", Who::Staff(WRITERS)).sent(),
    PageRow::console("/discovery/form/{register}", Who::Staff(WRITERS)).sent(),
    PageRow::console("/form/{secret}", Who::Anybody),
    PageRow::console("/form/{secret}", Who::Anybody).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/discovery", get(overview))
        .route("/discovery/competitors", get(competitors))
        .route("/discovery/tactics", get(tactics_console::list).post(tactics_console::vote))
        .route("/discovery/waive", post(waive_question))
        .route("/discovery/gate", post(set_gate))
        .route("/discovery/form/{register}", post(send_form))
        .route("/form/{secret}", get(forms_console::open).post(forms_console::send))
}

pub(super) fn may_write(desk: &Desk<App>) -> bool {
    WRITERS.iter().any(|role| desk.scope.is(*role))
}

fn path(question: Question) -> &'static str {
    match question {
        Question::History => "/console/registers/history",
        Question::Metrics => "/console/kpis",
        Question::Tactics => "/console/discovery/tactics",
        Question::Competitors => "/console/discovery/competitors",
        Question::Objectives => "/console/alignment/objectives",
        Question::Constraints => "/console/registers/constraints",
    }
}

async fn overview(desk: Desk<App>) -> Result<Response, Problem> {
    let (db, tenant) = (&desk.scope.app.db, desk.scope.tenant);
    let all = progress(db, tenant).await?;
    let done = all.iter().filter(|one| one.is_done()).count();
    let open = in_the_way(db, tenant).await?;
    let demanded = store::is_demanded(db, tenant).await?;
    let mut rows = Vec::new();
    for one in &all {
        rows.push(question(&desk, one).await?);
    }
    let size = |n: usize| desk.locale.number(i64::try_from(n).unwrap_or(0), 0);
    let title = desk.t("web-desk-discovery");
    let main = html! {
        div.head {
            h1 { (title) }
            p.lead { (desk.say("discovery-progress", Args::new().text("done", size(done)).text("all", size(all.len())))) }
            (ui::bar(i64::try_from(done).unwrap_or(0), i64::try_from(all.len()).unwrap_or(1)))
        }
        @if demanded {
            @if open.is_empty() { (ui::note("good", &desk.t("discovery-gate-open"))) }
            @else { (ui::note("careful", &desk.t("discovery-gate-shut"))) }
        }
        ol.questions { @for row in rows { (row) } }
        @if may_write(&desk) {
            form.start method="post" action="/console/discovery/gate" {
                (ui::token(&desk.token))
                @if !demanded { input type="hidden" name="demanded" value="1"; }
                button.plain { (desk.t(if demanded { "discovery-gate-lift" } else { "discovery-gate-set" })) }
            }
        }
    };
    Ok(shell::console(&desk, &title, &main))
}

async fn question(desk: &Desk<App>, one: &Progress) -> Result<Markup, Problem> {
    let name = one.question.name();
    let by = match &one.waiver {
        Some(waiver) => staff::told(&desk.scope.app.db, &waiver.waived_by).await?,
        None => String::new(),
    };
    let register = one.question.name();
    let asked = forms::ASKED.contains(&register);
    Ok(html! {
        li.question {
            div {
                h2 { a href=(path(one.question)) { (desk.t(&format!("discovery-{name}"))) } }
                p.quiet { (desk.t(&format!("discovery-{name}-why"))) }
                @if let Some(waiver) = &one.waiver {
                    p.note.careful { (desk.say("discovery-waived", Args::new().text("who", by).text("reason", &waiver.reason))) }
                }
            }
            div.state {
                @if one.answers > 0 { span.tag.live { (register_pages::count(desk, one.answers)) } }
                @else if one.waiver.is_some() { span.tag { (desk.t("discovery-left-open")) } }
                @else { span.tag.draft { (desk.t("discovery-unanswered")) } }
            }
            @if may_write(desk) {
                div.acts {
                    @if asked {
                        form.inline method="post" action=(format!("/console/discovery/form/{register}")) {
                            (ui::token(&desk.token)) button.plain { (desk.t("discovery-send-form")) }
                        }
                    }
                    @if one.answers == 0 {
                        details {
                            summary { (desk.t(if one.waiver.is_some() { "discovery-waiver-change" } else { "discovery-waive" })) }
                            form method="post" action="/console/discovery/waive" {
                                (ui::token(&desk.token))
                                input type="hidden" name="question" value=(name);
                                div.field {
                                    label for=(format!("reason-{name}")) { (desk.t("discovery-reason")) }
                                    p.hint { (desk.t("discovery-reason-hint")) }
                                    input id=(format!("reason-{name}")) name="reason" autocomplete="off";
                                }
                                button.act.slim { (desk.t("discovery-waive-save")) }
                            }
                        }
                    }
                }
            }
        }
    })
}

async fn waive_question(desk: Desk<App>, fields: Fields) -> Result<Response, Problem> {
    let question = Question::named(fields.get("question"));
    let question = question.ok_or_else(|| Problem::not_found("not_found"))?;
    if fields.get("reason").is_empty() {
        unwaive(&desk.scope, question).await?;
    } else {
        waive(&desk.scope, question, fields.get("reason")).await?;
    }
    Ok(see("/console/discovery"))
}

async fn set_gate(desk: Desk<App>, fields: Fields) -> Result<Response, Problem> {
    demand(&desk.scope, fields.is_set("demanded")).await?;
    Ok(see("/console/discovery"))
}

/// The link is shown on the page and nowhere else: it cannot be shown again.
async fn send_form(
    desk: Desk<App>,
    Path(register): Path<String>,
    _: Fields,
) -> Result<Response, Problem> {
    let (path, expires_at) = forms::make(&desk.scope, &register, FORM_DAYS).await?;
    let zone = desk.scope.caller.tenancy.as_ref().map(|tenancy| tenancy.zone.clone());
    let zone = zone.unwrap_or_else(lazo_domain::time::Zone::utc);
    let whole = format!("{}{path}", desk.scope.app.faces.public_url);
    let title = desk.t("discovery-form-made");
    let main = html! {
        div.head {
            p { a href="/console/discovery" { (desk.t("web-desk-discovery")) } }
            h1 { (title) }
        }
        section.panel {
            p { (desk.say("discovery-form-until", Args::new().text("at", desk.locale.moment(expires_at, &zone)))) }
            p { code { (whole) } }
        }
    };
    Ok(shell::console(&desk, &title, &main))
}

/// What a program gives back by its plain rule: points for an amount, at what a point is worth, in hundredths of a percent.
async fn ours(desk: &Desk<App>) -> Result<Vec<(String, i64)>, Problem> {
    use lazo_domain::rules::RuleEffect;
    let (app, tenant) = (&desk.scope.app, desk.scope.tenant);
    let all = programs::of(&desk.scope).await?;
    let mut found = Vec::new();
    for id in all.ids() {
        let Some(program) = all.at(id, desk.scope.now) else { continue };
        let document = app.programs.document(tenant, id, program.version).await?;
        let Some(document) = document else { continue };
        let rates =
            document.earning_rules.iter().filter(|rule| rule.when.is_none()).filter_map(|rule| {
                let RuleEffect::PointsPerAmount { points, per_minor, .. } = &rule.effect else {
                    return None;
                };
                let kind = document.point_types.iter().find(|p| p.code == rule.point_type)?;
                let worth = kind.value_minor.filter(|_| kind.kind == PointKind::Redeemable)?;
                // Points times what one is worth, over the amount; ten thousand hundredths of a percent are one.
                let one = 10_i64.checked_pow(u32::from(kind.scale))?;
                let given = points.checked_mul(worth.num())?.checked_mul(10_000)?;
                let spent = per_minor.checked_mul(worth.den())?.checked_mul(one)?;
                Rate::new(given, spent)?.of(1, Rounding::HalfUp)
            });
        if let Some(best) = rates.max() {
            let name = desk.locale.pick(&document.name).unwrap_or(&document.code).to_owned();
            found.push((name, best));
        }
    }
    Ok(found)
}

async fn competitors(desk: Desk<App>) -> Result<Response, Problem> {
    let entries = registers::all(&desk.scope, "competitors").await?;
    let register = registers::known("competitors")?;
    let told = registers::form::Told::of(&desk, register).await?;
    let today = super::api::today(&desk.scope);
    let percent = |hundredths: i64| format!("{}\u{a0}%", desk.locale.number(hundredths, 2));
    let mut bars: Vec<Bar> = ours(&desk)
        .await?
        .into_iter()
        .map(|(name, rate)| Bar { label: name, value: rate, text: percent(rate) })
        .collect();
    bars.extend(entries.iter().filter_map(|entry| {
        let rate = payout::rate(entry)?;
        Some(Bar { label: entry.text("name").to_owned(), value: rate, text: percent(rate) })
    }));
    bars.sort_by_key(|bar| bar.value);
    let title = desk.t("discovery-competitors");
    let (summary, of, amount, table) = (
        desk.t("discovery-payout-how"),
        desk.t("discovery-who"),
        desk.t("discovery-payout"),
        desk.t("discovery-table"),
    );
    let chart_title = desk.t("discovery-payout-title");
    let words =
        Words { title: &chart_title, summary: &summary, of: &of, amount: &amount, table: &table };
    let shown = |entry: &registers::Entry, name: &str| -> Result<String, Problem> {
        let field = register_pages::field(register, name)?;
        Ok(told.shown(&desk, field, entry.values.get(name)))
    };
    let main = html! {
        div.head {
            p { a href="/console/discovery" { (desk.t("web-desk-discovery")) } }
            h1 { (title) }
            p.quiet { (desk.t("discovery-competitors-why")) }
        }
        (chart::lying(words, &bars))
        ul.rows {
            @for entry in &entries {
                li { a.row href=(register_pages::path(register, entry.id)) {
                    span.what { (entry.text("name")) @if payout::is_stale(entry, today) { " " span.tag.draft { (desk.t("discovery-stale")) } } }
                    span.effect { (payout::rate(entry).map_or_else(|| "–".to_owned(), percent)) }
                    span.why {
                        (desk.say("discovery-payout-of", Args::new().text("points", shown(entry, "points")?).text("spend", shown(entry, "per_spend")?)
                            .text("worth", shown(entry, "point_worth")?).text("currency", entry.text("currency"))))
                        " · " (desk.t("discovery-checked")) " " (shown(entry, "checked_on")?)
                    }
                } }
            }
        }
        div.acts { a.act.second href="/console/registers/competitors" { (desk.t("discovery-register")) } }
    };
    Ok(shell::console(&desk, &title, &main))
}

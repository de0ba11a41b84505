//! Indicators at the desk: each with its reference line, and each opening to what it was computed from.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use lazo_domain::money::Currency;
use lazo_domain::time::Zone;
use maud::{Markup, html};

use super::api::take_by;
use super::{Kpi, Reading, Unit, store, title, told};
use crate::App;
use crate::features::registers::READERS;
use crate::features::staff;
use crate::http::{Problem, Role};
use crate::i18n::Args;
use crate::web::chart::{self, Bar, Words};
use crate::web::{Desk, Fields, PageRow, Who, see, shell, ui};

const WRITERS: &[Role] = &[Role::ProgramManager, Role::Finance, Role::Admin];
/// Readings on one page.
const MOST: i64 = 30;

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/kpis", Who::Staff(READERS)),
    PageRow::console("/kpis/{kpi}", Who::Staff(READERS)),
    PageRow::console("/kpis/take", Who::Staff(WRITERS)).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/kpis", get(list))
        .route("/kpis/take", post(read))
        .route("/kpis/{kpi}", get(one))
}

/// The tenant's money and zone.
pub async fn money_and_zone(desk: &Desk<App>) -> Result<(Currency, Zone), Problem> {
    let found = desk.scope.app.lookups.tenants.get(desk.scope.tenant).await?;
    let found = found.ok_or_else(|| Problem::not_found("tenant_not_found"))?;
    Ok((found.config.currency, found.config.time_zone.clone()))
}

async fn list(desk: Desk<App>) -> Result<Response, Problem> {
    let (db, tenant) = (&desk.scope.app.db, desk.scope.tenant);
    let (currency, zone) = money_and_zone(&desk).await?;
    let latest = store::latest(db, tenant).await?;
    let baselines = store::baselines(db, tenant).await?;
    let title = desk.t("kpis-title");
    let may_take = WRITERS.iter().any(|role| desk.scope.is(*role));
    let main = html! {
        div.head {
            p { a href="/console/discovery" { (desk.t("web-desk-discovery")) } }
            h1 { (title) }
            p.quiet { (desk.t("kpis-lead")) }
        }
        @if latest.is_empty() { p { (desk.t("kpis-none")) } } @else {
            div.scroll tabindex="0" role="region" aria-label=(title) {
                table {
                    caption.unseen { (title) }
                    thead { tr { th scope="col" { (desk.t("kpis-what")) } th.n scope="col" { (desk.t("kpis-now")) } th.n scope="col" { (desk.t("kpis-baseline")) } th.n scope="col" { (desk.t("kpis-as-of")) } } }
                    tbody {
                        @for reading in &latest {
                            @let base = baselines.iter().find(|base| base.kpi == reading.kpi);
                            tr {
                                th scope="row" { a href=(format!("/console/kpis/{}", reading.kpi.name())) { (self::title(desk.locale, reading.kpi)) } }
                                td.n { (told(desk.locale, reading.kpi, reading.value, currency)) }
                                td.n { @if let Some(base) = base { (told(desk.locale, base.kpi, base.value, currency)) } @else { "–" } }
                                td.n { (desk.locale.moment(reading.at, &zone)) }
                            }
                        }
                    }
                }
            }
        }
        @if may_take {
            div.acts {
                form method="post" action="/console/kpis/take" { (ui::token(&desk.token)) button.act.second { (desk.t("kpis-take")) } }
                @if baselines.is_empty() {
                    form method="post" action="/console/kpis/take" { (ui::token(&desk.token)) input type="hidden" name="baseline" value="1"; button.act { (desk.t("kpis-freeze")) } }
                }
            }
        }
    };
    Ok(shell::console(&desk, &title, &main))
}

async fn read(desk: Desk<App>, fields: Fields) -> Result<Response, Problem> {
    take_by(&desk.scope, fields.is_set("baseline")).await?;
    Ok(see("/console/kpis"))
}

async fn one(desk: Desk<App>, Path(name): Path<String>) -> Result<Response, Problem> {
    let kpi = Kpi::named(&name).ok_or_else(|| Problem::not_found("not_found"))?;
    let (db, tenant) = (&desk.scope.app.db, desk.scope.tenant);
    let (currency, zone) = money_and_zone(&desk).await?;
    let readings = store::of(db, tenant, kpi, MOST).await?;
    let baselines = store::baselines(db, tenant).await?;
    let base = baselines.iter().find(|base| base.kpi == kpi);
    let title = title(desk.locale, kpi);
    let value = |reading: &Reading| told(desk.locale, kpi, reading.value, currency);
    let main = html! {
        div.head {
            p { a href="/console/kpis" { (desk.t("kpis-title")) } }
            h1 { (title) }
            p.quiet { (desk.t(&format!("kpis-{}-formula", kpi.name().replace('_', "-")))) }
        }
        @if let Some(latest) = readings.first() {
            dl.kpis {
                div { dt { (desk.t("kpis-now")) } dd { (value(latest)) small { (desk.locale.moment(latest.at, &zone)) } } }
                @if let Some(base) = base {
                    div { dt { (desk.t("kpis-baseline")) } dd { (value(base)) small { (desk.locale.moment(base.at, &zone)) } } }
                }
            }
            (source(&desk, latest, currency, &staff::told(db, &latest.taken_by).await?))
            (line(&desk, &readings, currency, &zone))
            div.acts {
                a.act.second href=(format!("/console/requests/new?figure={}", kpi.name())) { (desk.t("kpis-ask")) }
            }
        } @else { p { (desk.t("kpis-none")) } }
    };
    Ok(shell::console(&desk, &title, &main))
}

/// What a reading was computed from.
fn source(desk: &Desk<App>, reading: &Reading, currency: Currency, by: &str) -> Markup {
    let number = |n: i64| desk.locale.number(n, 0);
    let amount = |n: i64| {
        let money = matches!(reading.kpi, Kpi::BurnRatio) || reading.kpi.unit() == Unit::Money;
        if money { desk.locale.money(n, currency) } else { number(n) }
    };
    let whole = match reading.kpi {
        Kpi::AverageOrder => number(reading.whole),
        _ => amount(reading.whole),
    };
    let word =
        |last: &str| desk.t(&format!("kpis-{}-{last}", reading.kpi.name().replace('_', "-")));
    html! {
        section.part {
            h2 { (desk.t("kpis-source")) }
            dl.pairs {
                div { dt { (word("part")) } dd { (amount(reading.part)) } }
                @if reading.kpi.is_ratio() { div { dt { (word("whole")) } dd { (whole) } } }
                div { dt { (desk.t("kpis-events")) } dd { (number(reading.events)) } }
                div { dt { (desk.t("kpis-taken-by")) } dd { (by) } }
            }
            p.quiet { (desk.t("kpis-journal")) " " a href="/console" { (desk.t("web-desk-overview")) } }
        }
    }
}

/// The readings over time.
fn line(desk: &Desk<App>, readings: &[Reading], currency: Currency, zone: &Zone) -> Markup {
    let bar = |reading: &Reading| Bar {
        label: {
            let local = reading.at.local(zone);
            format!("{} {}", local.day(), desk.locale.month(local.month()))
        },
        value: reading.value.max(0),
        text: told(desk.locale, reading.kpi, reading.value, currency),
    };
    let bars: Vec<Bar> = readings.iter().take(12).rev().map(bar).collect();
    let summary = desk
        .say("kpis-readings-told", Args::new().count("n", i64::try_from(bars.len()).unwrap_or(0)));
    let (of, amount, table) = (desk.t("kpis-as-of"), desk.t("kpis-now"), desk.t("kpis-table"));
    let title = desk.t("kpis-readings");
    chart::bars(
        Words { title: &title, summary: &summary, of: &of, amount: &amount, table: &table },
        &bars,
    )
}

//! The console's first page: members, points and what they are worth, month by month, with a table behind each chart.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use lazo_domain::decision::Side;
use lazo_domain::ids::PointTypeId;
use lazo_domain::points::Points;
use lazo_domain::program::PointKind;
use lazo_domain::rate::{Rate, Rounding};
use lazo_domain::time::{DAY, Period, Timestamp, Zone};
use lazo_store::ledger::Movements;
use maud::{Markup, html};

use crate::App;
use crate::features::accounts::holdings::name;
use crate::features::{measures, members, programs};
use crate::http::{Problem, Role};
use crate::i18n::Args;
use crate::places::Kind;
use crate::web::chart::{self, Bar, Words};
use crate::web::{Desk, PageRow, Who, see, shell};

/// Everybody who works here: whoever may see nothing of it is told so on the page.
const READERS: &[Role] = &[Role::Analyst, Role::ProgramManager, Role::Finance, Role::Admin];
/// Whoever may knock: those who stand at a till are sent there.
const COMERS: &[Role] =
    &[Role::Analyst, Role::ProgramManager, Role::Finance, Role::Admin, Role::Cashier, Role::Agent];
/// Months on a chart.
const MONTHS: usize = 12;

/// Who may open what.
pub const PAGES: &[PageRow] = &[PageRow::console("", Who::Staff(COMERS))];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new().route("/", get(dashboard))
}

/// A point type of the tenant, as the dashboard tells it.
struct Told {
    id: PointTypeId,
    program: String,
    name: String,
    scale: u8,
    /// What a smallest unit is worth, in minor units.
    worth: Option<Rate>,
    currency: lazo_domain::money::Currency,
}

async fn dashboard(desk: Desk<App>) -> Result<Response, Problem> {
    if !READERS.iter().any(|role| desk.scope.is(*role)) {
        return Ok(see("/caja"));
    }
    let (app, tenant, now) = (&desk.scope.app, desk.scope.tenant, desk.scope.now);
    let zone = desk.scope.caller.tenancy.as_ref().map(|tenancy| tenancy.zone.clone());
    let zone = zone.unwrap_or_else(Zone::utc);
    let bounds = bounds(now, &zone);
    let place = app.places.take(tenant, Kind::Figures).await?;
    let moved = measures::movements(app, tenant, &bounds, &zone).await?;
    let liability = app.ledger.books().liability(tenant).await?;
    let (before, joined) = members::store::enrolled(&app.db, tenant, &bounds).await?;
    drop(place);
    let total = joined.iter().fold(before, |sum, n| sum.saturating_add(*n));
    let types = told(&desk).await?;
    let months: Vec<String> = bounds
        .iter()
        .take(MONTHS)
        .map(|at| desk.locale.month(at.local(&zone).month()).to_owned())
        .collect();
    let title = desk.t("web-desk-overview");
    let active = moved.accounts.get(&(MONTHS - 1)).copied().unwrap_or(0);
    let new = joined.last().copied().unwrap_or(0);
    let main = html! {
        div.head {
            h1 { (desk.scope.caller.tenancy.as_ref().map_or("", |tenancy| &tenancy.name)) }
            p.quiet { (desk.say("dashboard-as-of", Args::new().text("at", desk.locale.moment(now, &zone)))) }
        }
        dl.kpis {
            div { dt { (desk.t("dashboard-members")) } dd { (desk.locale.number(total, 0))
                small { (desk.say("dashboard-new", Args::new().text("number", desk.locale.number(new, 0)))) } } }
            div { dt { (desk.t("dashboard-active")) } dd { (desk.locale.number(active, 0))
                small { (desk.t("dashboard-this-month")) } } }
            @for kind in &types {
                @let owed = liability.get(&kind.id).copied().unwrap_or_default();
                @let open = owed.available.0.saturating_add(owed.pending.0).saturating_add(owed.held.0);
                div {
                    dt { (desk.say("dashboard-open", Args::new().text("name", &kind.name))) }
                    dd { (desk.locale.number(open, kind.scale))
                        @if let Some(minor) = kind.worth.and_then(|rate| rate.of(open, Rounding::Floor)) {
                            small { (desk.say("dashboard-worth", Args::new().text("money", desk.locale.money(minor, kind.currency)))) }
                        } }
                }
            }
        }
        div.charts {
            (people(&desk, &months, &joined))
            @for kind in &types {
                (points(&desk, &months, &moved, kind, Side::Issued, "dashboard-issued"))
                (points(&desk, &months, &moved, kind, Side::Redeemed, "dashboard-redeemed"))
                (points(&desk, &months, &moved, kind, Side::Expired, "dashboard-expired"))
            }
        }
    };
    Ok(shell::console(&desk, &title, &main))
}

/// The first instants of the last months, this one included, and the end of this one.
fn bounds(now: Timestamp, zone: &Zone) -> Vec<Timestamp> {
    let mut bounds = vec![Period::Month.end(now, zone)];
    let mut at = now;
    for _ in 0..MONTHS {
        let first = zone.start_of(Period::Month.start(at, zone));
        bounds.push(first);
        at = first.plus_micros(-DAY / 2);
    }
    bounds.reverse();
    bounds
}

async fn told(desk: &Desk<App>) -> Result<Vec<Told>, Problem> {
    let programs = programs::of(&desk.scope).await?;
    let mut all = Vec::new();
    for id in programs.ids() {
        let Some(program) = programs.at(id, desk.scope.now) else { continue };
        let app = &desk.scope.app;
        let found = app.programs.document(desk.scope.tenant, id, program.version).await?;
        let Some(document) = found else { continue };
        for kind in program.point_types.values().filter(|p| p.kind == PointKind::Redeemable) {
            let one = 10_i64.checked_pow(u32::from(kind.scale)).unwrap_or(1);
            let worth = kind.value_minor;
            all.push(Told {
                id: kind.id,
                program: desk.locale.pick(&document.name).unwrap_or(&document.code).to_owned(),
                name: name(&document, &kind.code, desk.locale),
                scale: kind.scale,
                worth: worth.and_then(|r| Rate::new(r.num(), r.den().checked_mul(one)?)),
                currency: program.currency,
            });
        }
    }
    Ok(all)
}

fn people(desk: &Desk<App>, months: &[String], joined: &[i64]) -> Markup {
    let bar = |(label, value): (&String, &i64)| Bar {
        label: label.clone(),
        value: *value,
        text: desk.locale.number(*value, 0),
    };
    let bars: Vec<Bar> = months.iter().zip(joined).map(bar).collect();
    drawn(desk, &desk.t("dashboard-joined"), &bars)
}

fn points(
    desk: &Desk<App>,
    months: &[String],
    moved: &Movements,
    kind: &Told,
    side: Side,
    key: &str,
) -> Markup {
    let sum = |place: usize| {
        let found = moved.points.get(&(kind.id, side, place)).copied().unwrap_or(Points::ZERO);
        // The program's side mirrors the member's: what it issues leaves it.
        if side == Side::Issued { found.0.saturating_neg() } else { found.0 }
    };
    let bars: Vec<Bar> = months
        .iter()
        .enumerate()
        .map(|(place, label)| {
            let value = sum(place);
            Bar { label: label.clone(), value, text: desk.locale.number(value, kind.scale) }
        })
        .collect();
    let title = desk.say(key, Args::new().text("name", &kind.name).text("program", &kind.program));
    drawn(desk, &title, &bars)
}

fn drawn(desk: &Desk<App>, title: &str, bars: &[Bar]) -> Markup {
    let (last, sum) = (bars.last(), bars.iter().fold(0_i64, |sum, b| sum.saturating_add(b.value)));
    let summary = match last {
        Some(last) if sum > 0 => desk.say(
            "dashboard-summary",
            Args::new().text("last", &last.text).text("month", &last.label),
        ),
        _ => desk.t("dashboard-nothing"),
    };
    let (of, amount, table) =
        (desk.t("dashboard-month"), desk.t("dashboard-amount"), desk.t("dashboard-table"));
    chart::bars(Words { title, summary: &summary, of: &of, amount: &amount, table: &table }, bars)
}

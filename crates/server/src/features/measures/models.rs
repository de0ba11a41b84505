//! Models over a program's own history: what customers are worth in future, and what another kind of program would bring.

use axum::Json;
use lazo_measures::clv::summary::{Purchase, Summary, correlation, summarize};
use lazo_measures::clv::value::{Terms, lifetime_value, weekly_discount};
use lazo_measures::clv::{gamma_gamma, purchases};
use lazo_measures::simulator::{Comparison, History, Refused, Scenario, simulate};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::api::{Asking, READERS, asking};
use super::lives::{lives, purchases as bought};
use super::{Days, lives::Life};
use crate::App;
use crate::http::{Access, Asked, Payload, Problem, Scope};
use crate::places::Kind;

/// How far a lifetime value looks, in weeks.
const WEEKS: u32 = 52;

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/measures/lifetime-values", "measures:read", READERS),
    Access::post("/measures/simulations", "measures:read", READERS),
];

/// The endpoints of models.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_lifetime_values)).routes(routes!(post_simulation))
}

/// Which history, and what turns purchases into value.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ValueQuery {
    /// The program's code; the only one of the tenant when absent.
    #[serde(default)]
    program: Option<String>,
    /// The first day, `YYYY-MM-DD`.
    #[serde(default)]
    from: Option<String>,
    /// The last day; yesterday when absent.
    #[serde(default)]
    to: Option<String>,
    /// The share of net sales that is margin, 0 to 1.
    margin: f64,
    /// The yearly discount, 0.10 when absent.
    #[serde(default)]
    discount: Option<f64>,
}

/// What customers are worth in the next 52 weeks, in the currency's main unit.
#[derive(Debug, Serialize, ToSchema)]
pub struct LifetimeValues {
    /// Customers with a purchase.
    customers: usize,
    /// Those who came back.
    repeaters: usize,
    /// The log-likelihood of the purchase model.
    log_likelihood: f64,
    /// `determined`, `dropout_not_measurable` (rates can be used, the chance of being a customer cannot) or `not_settled`.
    quality: &'static str,
    /// The correlation of frequency and spend, which the spend model takes to be small.
    correlation: Option<f64>,
    /// Purchases expected of all of them.
    expected_purchases: f64,
    /// The value of all of them.
    total: f64,
    /// The value of one of them on average.
    mean: f64,
}

/// A scenario to simulate on the program's own history.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSimulation {
    /// The program's code; the only one of the tenant when absent.
    #[serde(default)]
    program: Option<String>,
    /// The first day of the history.
    from: String,
    /// Its last day.
    to: String,
    /// The program (`points`, `cashback`, `stamps`, `tiers`, `paid`, `hybrid`), ranges of enrollment and lift, margin,
    /// costs, discount, and the seed; rates in millionths, amounts in minor units.
    #[schema(value_type = Object)]
    scenario: Scenario,
}

/// What customers are worth: purchases by BG/NBD, spend by Gamma-Gamma, discounted margin.
#[utoipa::path(get, path = "/measures/lifetime-values", tag = "measures", params(ValueQuery),
    responses((status = 200, body = LifetimeValues)))]
async fn get_lifetime_values(
    scope: Scope<App>,
    Asked(query): Asked<ValueQuery>,
) -> Result<Json<LifetimeValues>, Problem> {
    let discount = query.discount.unwrap_or(0.10);
    if !(0.0..=1.0).contains(&query.margin) || !(0.0..=1.0).contains(&discount) {
        return Err(Problem::field("/margin", "out_of_range", "shares from 0 to 1"));
    }
    let (from, to) = (query.from.as_deref(), query.to.as_deref());
    let asking = asking(&scope, query.program.as_deref(), from, to).await?;
    let place = scope.app.places.take(scope.tenant, Kind::Figures).await?;
    let history = history(&scope, &asking).await?;
    let minor = 10_u32.pow(asking.program.currency.exponent().into());
    let terms = Terms { weeks: WEEKS, margin: query.margin, discount: weekly_discount(discount) };
    let last = i32::try_from(asking.days.to).unwrap_or(i32::MAX);
    let valued = tokio::task::spawn_blocking(move || {
        // Nothing stops this when the caller leaves: its place is taken until it is done.
        let _place = place;
        valued(&history, last, minor, &terms)
    })
    .await;
    let valued = valued.map_err(|_| Problem::unavailable())?;
    Ok(Json(valued.ok_or_else(|| Problem::new(409, "too_little_history"))?))
}

fn valued(history: &[Purchase], last: i32, minor: u32, terms: &Terms) -> Option<LifetimeValues> {
    let all: Vec<Summary> = summarize(history, last, minor).into_values().collect();
    let buying = purchases::fit(&all).ok()?;
    let spending = gamma_gamma::fit(&all)?;
    let mut sums = (0.0, 0.0);
    for one in &all {
        sums.0 += buying.model.expected(one, f64::from(terms.weeks))?;
        sums.1 += lifetime_value(&buying.model, &spending.model, one, terms)?;
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of customers")]
    let many = all.len() as f64;
    Some(LifetimeValues {
        customers: all.len(),
        repeaters: all.iter().filter(|one| one.repeats > 0).count(),
        log_likelihood: buying.log_likelihood,
        quality: match buying.quality {
            purchases::Quality::Determined => "determined",
            purchases::Quality::DropoutNotMeasurable => "dropout_not_measurable",
            purchases::Quality::NotSettled => "not_settled",
        },
        correlation: correlation(&all),
        expected_purchases: sums.0,
        total: sums.1,
        mean: sums.1 / many,
    })
}

/// Compares a kind of program with none on the program's own history: cost, income, what is owed, three years' value, and
/// the lift at which it pays for itself. The same seed gives the same answer.
#[utoipa::path(post, path = "/measures/simulations", tag = "measures", request_body = NewSimulation,
    responses((status = 200, body = Object)))]
async fn post_simulation(
    scope: Scope<App>,
    Payload(new): Payload<NewSimulation>,
) -> Result<Json<Comparison>, Problem> {
    let (from, to) = (Some(new.from.as_str()), Some(new.to.as_str()));
    let asking = asking(&scope, new.program.as_deref(), from, to).await?;
    let place = scope.app.places.take(scope.tenant, Kind::Figures).await?;
    let purchases = history(&scope, &asking).await?;
    let days = u32::try_from(asking.days.count()).unwrap_or(1);
    let scenario = new.scenario;
    let run = move || {
        let _place = place;
        simulate(&History::new(&purchases, days).ok_or(Refused::NoHistory)?, &scenario)
    };
    let done = tokio::task::spawn_blocking(run).await.map_err(|_| Problem::unavailable())?;
    done.map(Json).map_err(|refused| match refused {
        Refused::NoHistory => Problem::new(409, "too_little_history"),
        Refused::OutOfRange | Refused::TooLarge => {
            Problem::field("/scenario", "out_of_range", "a share, a range or an amount")
        }
    })
}

async fn history(scope: &Scope<App>, asking: &Asking) -> Result<Vec<Purchase>, Problem> {
    let Asking { tenant, program, days } = asking;
    let zone = &tenant.config.time_zone;
    let all: Vec<Life> = lives(&scope.app, tenant.id, program.id, zone, days.to).await?;
    Ok(bought(&all, Days { ..*days }))
}

//! The board: every indicator of a program over a stretch, beside the stretch before, its target and its baseline.

use std::collections::BTreeMap;

use lazo_domain::ids::{AccountId, ProgramId};
use lazo_domain::program::{PointKind, PointType, Program};
use lazo_domain::time::Timestamp;
use lazo_measures::catalogue::{Kpi, Unit, kpis};
use lazo_measures::closing::Direction;
use lazo_measures::diagnosis::{Fact, Facts};
use lazo_measures::formula::{NoValue, Quantities};
use lazo_measures::ratio::Ratio;
use lazo_measures::stats::intervals::Interval;
use lazo_store::StoreError;
use lazo_store::ledger::MAX_PAGE;
use serde::{Deserialize, Serialize};

use super::lives::{Life, lives};
use super::quantities::{self, Terms};
use super::{Days, store};
use crate::app::App;
use crate::features::tenants::Tenant;

/// An indicator with its value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Figure {
    /// Its id in the catalog.
    #[schema(example = "K15")]
    pub kpi: String,
    /// The version of its formula.
    pub version: u32,
    /// How it is written: `count`, `share`, `ratio`, `money` (minor units), `points`, `days`, …
    #[schema(value_type = String, example = "ratio")]
    pub unit: Unit,
    /// What counts as better: `up`, `down`, or neither.
    #[schema(value_type = Option<String>)]
    pub better: Option<Direction>,
    /// The exact value as a fraction; absent where something is divided by nothing.
    #[schema(example = "7/3")]
    pub exact: Option<String>,
    /// The value as a decimal number.
    pub value: Option<f64>,
    /// The ends of its 95 % interval, where it has one.
    #[schema(value_type = Option<Object>)]
    pub interval: Option<Interval>,
    /// The value of as many days just before.
    pub before: Option<f64>,
    /// The target, where one is set.
    pub target: Option<f64>,
    /// The baseline of before the program, where one is frozen.
    pub baseline: Option<f64>,
    /// What the data do not hold, where there is no value for that reason.
    pub missing: Option<String>,
}

/// A program's figures with everything they rest on.
#[derive(Debug, Clone, PartialEq)]
pub struct Board {
    /// The stretch.
    pub days: Days,
    /// As of when: everything that was settled then is in it.
    pub as_of: Timestamp,
    /// Every indicator of the catalog.
    pub figures: Vec<Figure>,
    /// The quantities that the ledger knows, of the stretch.
    pub quantities: Quantities,
    /// What the rules may ask.
    pub facts: Facts,
    /// The members.
    pub lives: Vec<Life>,
    /// What the figures needed besides.
    pub terms: Terms,
}

/// Computes the board of a program over a stretch that is over, from the days' sums.
pub async fn board(
    app: &App,
    tenant: &Tenant,
    program: &Program,
    days: Days,
) -> Result<Board, StoreError> {
    let as_of = app.clock.now();
    let lives = lives(app, tenant.id, program.id, &tenant.config.time_zone, days.to).await?;
    let terms = terms(app, tenant, program, &lives).await?;
    let (now, past) = (
        quantities::count(&lives, days, &terms),
        quantities::count(&lives, days.before(), &Terms { value: terms.value, ..Terms::default() }),
    );
    let mut facts = quantities::facts(&lives, days, &terms);
    let observed = observed(app, tenant, program.id, as_of).await?;
    for (name, fact) in observed {
        facts.entry(name).or_insert(fact);
    }
    let mut figures: Vec<Figure> =
        kpis().iter().map(|kpi| figure(kpi, &now, &past, &facts)).collect();
    if let Some(waited) = figures.iter_mut().find(|figure| figure.kpi == "K19") {
        let days = quantities::first_reward(&lives, days.to);
        waited.exact = days.map(|days| days.to_string());
        waited.value = days.map(f64::from);
        waited.missing = None;
    }
    Ok(Board { days, as_of, figures, quantities: now, facts, lives, terms })
}

/// The observed facts by name.
pub async fn observed(
    app: &App,
    tenant: &Tenant,
    program: ProgramId,
    at: Timestamp,
) -> Result<Facts, StoreError> {
    let all = store::observed(&app.db, tenant.id, program, at).await?;
    all.into_iter().map(|one| Ok((one.fact.clone(), one.fact()?))).collect()
}

fn figure(kpi: &Kpi, now: &Quantities, past: &Quantities, facts: &Facts) -> Figure {
    let known = |suffix: &str| match facts.get(&format!("{}{suffix}", kpi.id)) {
        Some(Fact::Known { value }) => Some(*value),
        _ => None,
    };
    let (value, interval, missing) = match kpi.figure(now) {
        Ok(figure) => (figure.value, figure.interval, None),
        Err(NoValue::Missing(what)) => (None, None, Some(what)),
        Err(NoValue::DividedByNothing | NoValue::TooLarge) => (None, None, None),
    };
    let mut exact = value.map(|value| value.to_string());
    let (mut decimal, mut interval, mut missing) = (value.map(Ratio::to_f64), interval, missing);
    // What the ledger cannot know may have been observed.
    if let (None, Some(Fact::Share(share))) = (decimal, facts.get(&kpi.id)) {
        exact = Some(format!("{}/{}", share.hits, share.n));
        (decimal, interval, missing) = (share.share(), share.wilson(0.95), None);
    }
    if let (None, Some(Fact::Known { value })) = (decimal, facts.get(&kpi.id)) {
        (decimal, missing) = (Some(*value), None);
    }
    let before = kpi.figure(past).ok().and_then(|figure| figure.value).map(Ratio::to_f64);
    Figure {
        kpi: kpi.id.clone(),
        version: kpi.version,
        unit: kpi.unit,
        better: kpi.better,
        exact,
        value: decimal,
        interval,
        before,
        target: known(".target"),
        baseline: known(".baseline"),
        missing,
    }
}

/// What a smallest unit of a point type is worth, in minor units.
#[must_use]
pub fn worth_of(kind: &PointType) -> Option<Ratio> {
    let (rate, unit) = (kind.value_minor?, 10_i128.checked_pow(u32::from(kind.scale))?);
    Ratio::new(rate.num().into(), i128::from(rate.den()).checked_mul(unit)?)
}

/// What the program's own settings and the accounts say at present.
async fn terms(
    app: &App,
    tenant: &Tenant,
    program: &Program,
    lives: &[Life],
) -> Result<Terms, StoreError> {
    let kinds: Vec<_> =
        program.point_types.values().filter(|kind| kind.kind == PointKind::Redeemable).collect();
    // A program with several redeemable point types is told by the first; reports value each by its own.
    let Some(kind) = kinds.first() else { return Ok(Terms::default()) };
    let value = worth_of(kind);
    let prices = program.rewards.values().filter(|reward| reward.point_type == kind.code);
    let cheapest = prices.map(|reward| reward.price.0).filter(|price| *price > 0).min();
    let mut balances = BTreeMap::new();
    let accounts: Vec<AccountId> = lives.iter().map(|life| life.account).collect();
    let page = usize::try_from(MAX_PAGE).unwrap_or(1);
    let mut outstanding = 0_i64;
    for accounts in accounts.chunks(page) {
        for account in app.ledger.books().accounts(tenant.id, accounts).await? {
            let has = account.balances.get(&kind.id).copied().unwrap_or_default();
            balances.insert(account.id, has.available.0);
            let open = has.available.0.saturating_add(has.pending.0).saturating_add(has.held.0);
            outstanding = outstanding.saturating_add(open.max(0));
        }
    }
    Ok(Terms { value, cheapest, balances, outstanding })
}

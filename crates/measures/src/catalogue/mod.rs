//! The catalogue of indicators K1 to K60: what each one is, its exact formula, its unit, what counts as
//! better, and how it is computed over plain quantities. Names for people are in the locale files.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::closing::Direction;
use crate::formula::{Formula, NoValue, Quantities};
use crate::ratio::Ratio;
use crate::stats::intervals::{Interval, Proportion};

/// How a figure is written for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A whole number of things.
    Count,
    /// A share, shown in percent.
    Share,
    /// A quotient that may be above 1.
    Ratio,
    /// Minor units of the program's currency.
    Money,
    /// Points.
    Points,
    /// Days.
    Days,
    /// Months.
    Months,
    /// Seconds.
    Seconds,
    /// A score on a scale of its own.
    Score,
    /// More than one figure: a table or a curve.
    Table,
}

/// An indicator of the catalogue.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kpi {
    /// K1 to K60, with a letter where the catalogue has a second version of one.
    pub id: String,
    /// The name in code, snake case.
    pub code: String,
    /// The formula over quantities; absent where a method computes it.
    pub formula: Option<String>,
    /// The method of this crate that computes it, where a formula cannot.
    pub method: Option<String>,
    /// The unit.
    pub unit: Unit,
    /// What counts as better; absent where neither does.
    pub better: Option<Direction>,
    /// Raised whenever the formula changes; figures keep the version they were computed with.
    pub version: u32,
}

#[derive(Deserialize)]
struct File {
    kpi: Vec<Kpi>,
    quantity: Vec<Quantity>,
}

/// A quantity that formulas name: what is counted, and where its entries are.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quantity {
    /// Its name in formulas.
    pub code: String,
    /// Its unit.
    pub unit: Unit,
    /// Where it comes from: `ledger`, `members`, `pos`, `survey`, `messages`, `support`, `finance`,
    /// `subscriptions`, `merge` or `web`.
    pub source: String,
}

/// A computed figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// The exact value; `None` where something is divided by nothing, shown as a dash.
    pub value: Option<Ratio>,
    /// Wilson's 95 % interval, for shares of people or purchases.
    pub interval: Option<Interval>,
}

static FILE: LazyLock<File> = LazyLock::new(|| {
    // The file is part of the program and a test reads every line of it.
    toml::from_str(include_str!("kpis.toml")).unwrap_or_else(|error| unreachable!("{error}"))
});

/// All indicators, in the catalogue's order.
pub fn kpis() -> &'static [Kpi] {
    &FILE.kpi
}

/// All quantities, by name.
pub fn quantities() -> &'static [Quantity] {
    &FILE.quantity
}

/// The indicator with this id; `None` for one that is not in the catalogue.
pub fn kpi(id: &str) -> Option<&'static Kpi> {
    FILE.kpi.iter().find(|kpi| kpi.id == id)
}

impl Kpi {
    /// The formula, read; `None` where a method computes it.
    pub fn read(&self) -> Option<Formula> {
        Formula::read(self.formula.as_deref()?).ok()
    }

    /// The figure over `quantities`. `Err` names what the data do not hold; a formula divided by
    /// nothing is a figure without a value.
    pub fn figure(&self, over: &Quantities) -> Result<Figure, NoValue> {
        let Some(formula) = self.read() else {
            let method = self.method.clone().unwrap_or_default();
            return Err(NoValue::Missing(method));
        };
        let value = match formula.value(over) {
            Ok(value) => Some(value),
            Err(NoValue::DividedByNothing) => None,
            Err(other) => return Err(other),
        };
        Ok(Figure { value, interval: self.interval(&formula, over) })
    }

    fn interval(&self, formula: &Formula, over: &Quantities) -> Option<Interval> {
        if self.unit != Unit::Share {
            return None;
        }
        let (above, below) = formula.quotient(over)?;
        let count = |ratio: Ratio| u64::try_from(ratio.num()).ok().filter(|_| ratio.den() == 1);
        let (hits, n) = (count(above)?, count(below)?);
        let counted =
            |name: &&str| FILE.quantity.iter().any(|q| q.code == **name && q.unit == Unit::Count);
        let people = formula.names().iter().all(counted);
        (people && hits <= n).then(|| Proportion { hits, n }.wilson(0.95)).flatten()
    }
}

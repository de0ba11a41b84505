//! What a trial came to, as facts: for the page and for the paper alike.

use lazo_domain::money::Currency;
use lazo_domain::rate::Rate;
use serde_json::Value;

use super::super::api::views::bare;
use super::super::fault::parsed;
use super::super::matching::name;
use super::super::quality::Report;
use super::super::statement::MemberStatement;
use super::super::store::projects::Project;
use super::super::store::{accounts, links, plans, sources};
use super::super::workbench::Workbench;
use super::make::{CODES, worth_of};
use super::{Side, Trial};
use crate::http::Problem;
use crate::i18n::Locale;

/// Members, points and worth of one side.
pub struct Standing {
    /// Accounts.
    pub accounts: u64,
    /// Points in all.
    pub points: i64,
    /// What they are worth, in minor units.
    pub worth_minor: i64,
    /// The rate they were converted at.
    pub rate: Rate,
    /// What is wrong with the data.
    pub quality: Report,
}

/// Everything a trial tells.
pub struct Told {
    /// Both sides.
    pub sides: Vec<Standing>,
    /// Pairs that are sure.
    pub sure: i64,
    /// Pairs for a person to look at.
    pub doubtful: i64,
    /// The report of the dry run.
    pub report: Value,
    /// One member's statement as it would read.
    pub letter: Option<MemberStatement>,
}

/// Reads what a trial came to; none while there is no dry run.
pub async fn told(
    bench: &Workbench,
    project: &Project,
    trial: &Trial,
    locale: Locale,
) -> Result<Option<Told>, Problem> {
    let db = &bench.app.db;
    let Some(plan) = plans::latest(db, project).await? else { return Ok(None) };
    let report: Value = parsed(&plan.report, "the report of a dry run").map_err(bare)?;
    let loaded = sources::all(db, project).await?;
    let mut sides = Vec::new();
    for (side, code) in trial.sides.iter().zip(CODES) {
        let source = loaded.iter().find(|source| source.source == code);
        let quality = match source {
            Some(source) => parsed(&source.report, "the report on a source").map_err(bare)?,
            None => Report::default(),
        };
        sides.push(standing(side, code, &report, quality, project));
    }
    let mut pairs = (0, 0);
    for (band, _, count) in links::counts(db, project).await? {
        if band == "auto" { pairs.0 += count } else { pairs.1 += count }
    }
    let letter = match example(bench, project).await? {
        Some(key) => Some(bench.statement(project, &key, locale).await.map_err(bare)?),
        None => None,
    };
    Ok(Some(Told { sides, sure: pairs.0, doubtful: pairs.1, report, letter }))
}

fn standing(
    side: &Side,
    code: &str,
    report: &Value,
    quality: Report,
    project: &Project,
) -> Standing {
    let points: i64 = report["control"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|row| {
            row["line"].as_str().is_some_and(|line| {
                line.starts_with("opening_") && line.split(',').nth(1) == Some(code)
            })
        })
        .filter_map(|row| row["value"].as_str()?.parse::<i64>().ok())
        .fold(0, i64::saturating_add);
    let worth = worth_of(side);
    let rules = project.rules.conversions.iter();
    let rate = rules.filter(|rule| rule.source == code).find_map(|rule| match rule.table {
        lazo_domain::conversion::Table::Flat { rate } => Some(rate),
        _ => None,
    });
    Standing {
        accounts: quality.accounts,
        points,
        worth_minor: worth.of(points, lazo_domain::rate::Rounding::Floor).unwrap_or(i64::MAX),
        rate: rate.unwrap_or(Rate::ONE),
        quality,
    }
}

/// Somebody in both, whose letter tells most; else anybody.
async fn example(bench: &Workbench, project: &Project) -> Result<Option<String>, Problem> {
    let db = &bench.app.db;
    let none = (Default::default(), Default::default());
    let first = links::page(db, project, &none, false, 50).await?;
    let both = first.into_iter().find(|link| link.band == "auto");
    if let Some(link) = both {
        return Ok(Some(name(&link.left)));
    }
    let all = accounts::people(db, project, &Default::default(), 1).await?;
    Ok(all.first().map(|person| name(&person.key)))
}

/// An amount of money.
pub fn money(locale: Locale, currency: Currency, minor: i64) -> String {
    locale.money(minor, currency)
}

//! Alignment: what each function wants, by which indicator it is measured and which part of a program serves it; the
//! conflicts between them; the meetings at which they are settled.

pub mod api;
pub mod conflicts;
pub mod console;
mod console_objectives;
mod console_workshop;
pub mod light;
pub mod minutes;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use lazo_domain::program::ProgramConfig;
use lazo_domain::rules::RuleEffect;

use super::kpis::{self, Kpi, Reading};
use super::registers::{self, Entry};
use super::{programs, tenants};
use crate::App;
use crate::http::{Problem, Scope};

pub use light::Light;

/// How well an objective is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cover {
    /// It has an indicator, and every part of a program that it names is live.
    Covered,
    /// A part that it names is not there any more, or not yet.
    Loose,
    /// It has no indicator, or names no part of any program.
    Bare,
}

/// An objective with what serves it.
#[derive(Debug, Clone)]
pub struct Line {
    /// The register's entry.
    pub objective: Entry,
    /// How well it is served.
    pub cover: Cover,
    /// The parts that it names and that are not live.
    pub missing: Vec<String>,
    /// Its indicator's latest reading.
    pub reading: Option<Reading>,
    /// Whether it is on its way.
    pub light: Light,
}

impl Line {
    /// Its indicator, if it has one.
    #[must_use]
    pub fn kpi(&self) -> Option<Kpi> {
        Kpi::named(self.objective.text("kpi"))
    }

    fn weight(&self) -> i64 {
        self.objective.whole("weight").unwrap_or(0)
    }
}

/// What serves which function: the weights of its covered objectives, and of all that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    /// Which function.
    pub function: &'static str,
    /// The sum of the weights that are covered.
    pub covered: i64,
    /// The sum of all weights; 0 where it has no objective.
    pub all: i64,
}

/// Everything that alignment looks at, of one moment.
#[derive(Debug, Clone)]
pub struct Matrix {
    /// The objectives, in the order in which they were written down.
    pub lines: Vec<Line>,
    /// Each function's score.
    pub scores: Vec<Score>,
    /// What contradicts what.
    pub conflicts: Vec<conflicts::Conflict>,
    /// The parts of the live programs that objectives may name.
    pub elements: BTreeSet<String>,
}

/// Puts objectives, indicators and live programs together.
pub async fn matrix(scope: &Scope<App>) -> Result<Matrix, Problem> {
    let db = &scope.app.db;
    let objectives = registers::all(scope, "objectives").await?;
    let stakeholders = registers::all(scope, "stakeholders").await?;
    let limits = registers::all(scope, "constraints").await?;
    let readings = kpis::store::latest(db, scope.tenant).await?;
    let documents = live(scope).await?;
    let tenant = tenants::store::by_id(db, scope.tenant).await?;
    let config = tenant.ok_or_else(|| Problem::not_found("tenant_not_found"))?.config;
    let today = scope.now.local(&config.time_zone).date();
    let elements: BTreeSet<String> = documents.iter().flat_map(elements).collect();
    let lines: Vec<Line> = objectives
        .into_iter()
        .map(|objective| {
            let kpi = Kpi::named(objective.text("kpi"));
            let reading = readings.iter().find(|reading| Some(reading.kpi) == kpi).cloned();
            let now = reading.as_ref().map(|reading| reading.number(config.currency));
            let light = light::of(&objective, now, today, &config.time_zone);
            let (cover, missing) = cover(&objective, &elements);
            Line { objective, cover, missing, reading, light }
        })
        .collect();
    let doubling: BTreeSet<String> = documents.iter().flat_map(multipliers).collect();
    let conflicts = conflicts::found(&lines, &stakeholders, &limits, &doubling);
    Ok(Matrix { scores: scores(&lines), lines, conflicts, elements })
}

async fn live(scope: &Scope<App>) -> Result<Vec<ProgramConfig>, Problem> {
    let all = programs::of(scope).await?;
    let mut documents = Vec::new();
    for id in all.ids() {
        let Some(program) = all.at(id, scope.now) else { continue };
        let found = scope.app.programs.document(scope.tenant, id, program.version).await?;
        documents.extend(found.map(|document| document.as_ref().clone()));
    }
    Ok(documents)
}

/// The names of a program's parts: `club/rule:base`, `club/reward:coffee`, `club/tier:level.gold`, `club/points:points`.
fn elements(config: &ProgramConfig) -> Vec<String> {
    let own = |kind: &str, code: &str| format!("{}/{kind}:{code}", config.code);
    let rules = config.earning_rules.iter().map(|rule| own("rule", &rule.code));
    let rewards = config.rewards.iter().map(|reward| own("reward", &reward.code));
    let tiers = config.tier_groups.iter().flat_map(|group| {
        group.tiers.iter().map(|tier| own("tier", &format!("{}.{}", group.code, tier.code)))
    });
    let kinds = config.point_types.iter().map(|kind| own("points", &kind.code));
    rules.chain(rewards).chain(tiers).chain(kinds).collect()
}

fn multipliers(config: &ProgramConfig) -> Vec<String> {
    let rules = config.earning_rules.iter();
    let doubling = rules.filter(|rule| matches!(rule.effect, RuleEffect::Multiplier { .. }));
    doubling.map(|rule| format!("{}/rule:{}", config.code, rule.code)).collect()
}

fn cover(objective: &Entry, live: &BTreeSet<String>) -> (Cover, Vec<String>) {
    let named = objective.texts("elements");
    if objective.text("kpi").is_empty() || named.is_empty() {
        return (Cover::Bare, Vec::new());
    }
    let missing: Vec<String> =
        named.into_iter().filter(|name| !live.contains(*name)).map(str::to_owned).collect();
    (if missing.is_empty() { Cover::Covered } else { Cover::Loose }, missing)
}

/// Each function's covered weights over all of its weights.
#[must_use]
pub fn scores(lines: &[Line]) -> Vec<Score> {
    let score = |function: &&'static str| {
        let own = lines.iter().filter(|line| line.objective.text("function") == *function);
        let covered = own.clone().filter(|line| line.cover == Cover::Covered);
        Score {
            function,
            covered: covered.map(Line::weight).sum(),
            all: own.map(Line::weight).sum(),
        }
    };
    registers::sheets::FUNCTIONS.iter().map(score).collect()
}

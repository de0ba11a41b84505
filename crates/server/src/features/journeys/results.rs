//! What came of a journey: who is where, how each step fared, and whether those who got its letters reached the goal more often
//! than those left alone. Only entries whose days are over are compared: the others have not had their time.

use std::collections::BTreeMap;

use lazo_domain::time::Timestamp;
use lazo_store::StoreError;

use super::figures::{self, Arrived, Standing};
use super::plan::Step;
use super::runs::TREATED;
use super::{Journey, goal};
use crate::App;
use crate::features::campaigns::draw::{HOLDOUT, WHOLE};
use crate::features::campaigns::results::{Comparison, Group, compare};
use crate::features::campaigns::single::store::{Tally, tally};
use crate::features::measures::day_of;
use crate::features::tenants::Tenant;

/// How a step fared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepFigures {
    /// Its code.
    pub code: String,
    /// `wait`, `letter` or `branch`.
    pub kind: &'static str,
    /// Everybody who came to it.
    pub entered: u64,
    /// Those who stand there now.
    pub waiting: u64,
    /// Those who left the journey there.
    pub left: u64,
    /// Those who have it behind, by what came of it.
    pub outcomes: BTreeMap<String, u64>,
    /// A letter's own figures.
    pub letters: Tally,
}

/// What came of a journey.
#[derive(Debug, Clone, PartialEq)]
pub struct Results {
    /// When this was counted.
    pub as_of: Timestamp,
    /// Everybody who entered, by group.
    pub entered: BTreeMap<String, u64>,
    /// Those under way.
    pub waiting: u64,
    /// Those who walked to the end.
    pub done: u64,
    /// Those who left before, by reason.
    pub left: BTreeMap<String, u64>,
    /// Step by step.
    pub steps: Vec<StepFigures>,
    /// How each group stands to the goal.
    pub arrived: BTreeMap<String, Arrived>,
    /// Those who got the letters against the holdout; nothing without one.
    pub effect: Option<Comparison>,
}

impl StepFigures {
    /// Which share of those who answered found the letter useful, in ten-thousandths.
    #[must_use]
    pub fn appreciation(&self) -> Option<u64> {
        let answers = self.letters.useful + self.letters.useless;
        (self.letters.useful * 10_000).checked_div(answers)
    }
}

/// What came of a journey, counted now.
pub async fn of(
    app: &App,
    tenant: &Tenant,
    journey: &Journey,
    now: Timestamp,
) -> Result<Results, StoreError> {
    let standings = figures::standings(&app.db, tenant.id, journey.id).await?;
    let passes = figures::passes(&app.db, tenant.id, journey.id).await?;
    let letters = tally(&app.db, tenant.id, journey.id.0).await?;
    let today = day_of(now, &tenant.config.time_zone);
    let first_open = goal::first_open(&journey.plan.goal, today);
    let arrived = figures::arrived(&app.db, tenant.id, journey.id, first_open).await?;
    let steps = journey.plan.steps.iter().enumerate();
    let steps = steps.map(|(at, step)| of_step(at, step, &standings, &passes, &letters)).collect();
    let mut entered: BTreeMap<String, u64> = BTreeMap::new();
    let mut left: BTreeMap<String, u64> = BTreeMap::new();
    for standing in &standings {
        *entered.entry(standing.arm.clone()).or_default() += standing.count;
        if standing.state == "left" {
            *left.entry(standing.reason.clone()).or_default() += standing.count;
        }
    }
    Ok(Results {
        as_of: now,
        entered,
        waiting: count(&standings, |s| s.state == "waiting"),
        done: count(&standings, |s| s.state == "done"),
        left,
        steps,
        effect: effect(journey, &arrived),
        arrived,
    })
}

fn count(standings: &[Standing], of: impl Fn(&Standing) -> bool) -> u64 {
    standings.iter().filter(|standing| of(standing)).map(|standing| standing.count).sum()
}

fn of_step(
    at: usize,
    step: &Step,
    standings: &[Standing],
    passes: &BTreeMap<String, BTreeMap<String, u64>>,
    letters: &BTreeMap<String, Tally>,
) -> StepFigures {
    let outcomes = passes.get(step.code()).cloned().unwrap_or_default();
    let waiting = count(standings, |s| s.step == at && s.state == "waiting");
    let left = count(standings, |s| s.step == at && s.state == "left");
    StepFigures {
        code: step.code().to_owned(),
        kind: step.kind(),
        entered: outcomes.values().sum::<u64>() + waiting + left,
        waiting,
        left,
        outcomes,
        letters: letters.get(step.code()).cloned().unwrap_or_default(),
    }
}

fn effect(journey: &Journey, arrived: &BTreeMap<String, Arrived>) -> Option<Comparison> {
    if journey.holdout == 0 {
        return None;
    }
    let group = |name: &str| {
        let Arrived { counted, reached, .. } = arrived.get(name).copied().unwrap_or_default();
        // One for who reached the goal, nothing for everybody else: the share is that of the goal.
        let all: Vec<i64> = (0..counted).map(|at| i64::from(at < reached)).collect();
        Group::of(name, &all)
    };
    #[expect(clippy::cast_precision_loss, reason = "shares of small whole numbers")]
    let alone = journey.holdout as f64 / WHOLE as f64;
    Some(compare(&group(TREATED), &group(HOLDOUT), (1.0 - alone, alone)))
}

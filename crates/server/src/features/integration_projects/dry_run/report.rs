//! What a dry run tells: who gains and who loses, tiers, liability, control totals, and what stands in the way.

use std::collections::BTreeMap;

use lazo_domain::conversion::lint::Finding as LintFinding;
use lazo_domain::conversion::{Fraction, TooLarge};
use lazo_domain::merging::reconcile::liability;
use lazo_domain::merging::totals::Totals;
use lazo_domain::merging::{MemberPlan, Run, RunDigest, SnapshotHash, SourceKey};
use lazo_domain::rate::Rate;
use serde_json::{Value, json};

use super::super::document::kind_name;
use super::super::fault::MergeFault;
use super::super::store::projects::Project;

/// Winners, losers and examples that a report names.
const NAMED: usize = 20;

/// What is gathered while members pass.
pub struct Gathered {
    /// Totals and hash.
    pub run: Run,
    /// Of the snapshots that were planned from.
    pub snapshots: SnapshotHash,
    /// Members by wave.
    pub waves: BTreeMap<i64, i64>,
    /// What else a report tells.
    pub found: Found,
}

/// What a report tells besides totals.
#[derive(Default)]
pub struct Found {
    wins: Vec<(Fraction, SourceKey)>,
    changes: BTreeMap<&'static str, i64>,
    tiers: BTreeMap<(String, String, String), i64>,
    samples: BTreeMap<&'static str, SourceKey>,
}

/// Where a change of worth stands among others, in percent of what it was.
const STEPS: [(&str, i64, i64); 6] = [
    ("loses over 10 %", i64::MIN, -10),
    ("loses 1 to 10 %", -10, -1),
    ("about the same", -1, 1),
    ("gains 1 to 10 %", 1, 10),
    ("gains 10 to 50 %", 10, 50),
    ("gains over 50 %", 50, i64::MAX),
];

impl Gathered {
    /// Nothing yet.
    pub fn new(run: Run) -> Self {
        let snapshots = SnapshotHash::default();
        Self { run, snapshots, waves: BTreeMap::new(), found: Found::default() }
    }

    /// Adds the next member; answers its hash.
    pub fn add(&mut self, plan: &MemberPlan) -> Result<[u8; 32], MergeFault> {
        let hash = self.run.add(plan)?;
        self.found.add(plan)?;
        Ok(hash)
    }
}

impl Found {
    fn add(&mut self, plan: &MemberPlan) -> Result<(), MergeFault> {
        for tier in &plan.tiers {
            let name = (
                tier.group.clone(),
                tier.tier.clone(),
                format!("{:?}", tier.provenance).to_lowercase(),
            );
            *self.tiers.entry(name).or_default() += 1;
        }
        let kind = kind_name(plan.complexity());
        if plan.verdict().is_some() {
            self.samples.entry(kind).or_insert_with(|| plan.golden.clone());
        }
        if plan.verdict().is_none() || plan.value_before.is_zero() {
            return Ok(());
        }
        let change = plan.value_after.minus(plan.value_before)?;
        *self.changes.entry(step(change, plan.value_before)?).or_default() += 1;
        self.wins.push((change, plan.golden.clone()));
        if self.wins.len() > 8 * NAMED {
            self.prune();
        }
        Ok(())
    }

    /// Keeps those who gain and lose most.
    fn prune(&mut self) {
        self.wins.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
        self.wins.drain(NAMED..self.wins.len() - NAMED);
    }
}

fn step(change: Fraction, before: Fraction) -> Result<&'static str, TooLarge> {
    let percent = before.den();
    let of = change.times(100, 1)?.times(percent, before.num().max(1))?;
    let of = of.rounded(lazo_domain::rate::Rounding::HalfEven)?;
    let found = STEPS.iter().find(|(_, from, until)| of >= *from && of < *until);
    // Every number stands in a step but the very greatest.
    Ok(found.map_or("gains over 50 %", |(name, ..)| name))
}

/// Everything that was counted, as one document.
pub fn report(
    project: &Project,
    totals: &Totals,
    (found, snapshots): (Found, &RunDigest),
    (waves, lint, blocking): (&BTreeMap<i64, i64>, &[LintFinding], &[String]),
) -> Result<Value, TooLarge> {
    let Found { mut wins, changes, tiers, samples } = found;
    wins.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
    let named = |(change, key): &(Fraction, SourceKey)| json!({ "source": key.source, "member": key.member, "change_minor": change.to_string() });
    let zero = Fraction::ZERO;
    let losers: Vec<Value> =
        wins.iter().take(NAMED).filter(|(change, _)| *change < zero).map(named).collect();
    let winners: Vec<Value> =
        wins.iter().rev().take(NAMED).filter(|(change, _)| *change > zero).map(named).collect();
    let tiers: Vec<Value> = tiers
        .into_iter()
        .map(|((group, tier, provenance), members)| {
            json!({ "group": group, "tier": tier, "provenance": provenance, "members": members })
        })
        .collect();
    let due: Vec<Value> = totals
        .due_downgrades
        .iter()
        .map(|((group, at), members)| json!({ "group": group, "at": at, "members": members }))
        .collect();
    let samples: BTreeMap<&str, String> =
        samples.into_iter().map(|(kind, key)| (kind, super::super::matching::name(&key))).collect();
    Ok(json!({
        "counts": totals.counts,
        "exceptions": totals.exceptions,
        "breaches": totals.breaches,
        "control": control(totals),
        "value_before_minor": totals.value_before.to_string(),
        "value_after_minor": totals.value_after.to_string(),
        "change_of_worth": changes,
        "winners": winners,
        "losers": losers,
        "tiers": tiers,
        "due_downgrades": due,
        "waves": waves,
        "liability": liabilities(project, totals)?,
        "samples": samples,
        "lint": lint,
        "blocking": blocking,
        "snapshot": { "sha256": snapshots.run, "manifest": snapshots.manifest },
    }))
}

/// Control totals as rows.
fn control(totals: &Totals) -> Vec<Value> {
    let rows = totals.lines();
    let rows = rows.lines().filter_map(|line| {
        let cells: Vec<&str> = line.rsplitn(3, ',').collect();
        let [den, num, rest] = cells.as_slice() else { return None };
        let shown = if *den == "1" { (*num).to_owned() } else { format!("{num}/{den}") };
        Some(json!({ "line": rest, "value": shown }))
    });
    rows.collect()
}

/// Outstanding points × the share that is redeemed × what one costs, before and after, by point type.
fn liabilities(project: &Project, totals: &Totals) -> Result<Value, TooLarge> {
    let of = &project.document.liability;
    let worth = |code: &str, units: i128| {
        let redeemed = of.redeemed.get(code).copied().unwrap_or(Rate::ONE);
        let Some(cost) = of.cost_minor.get(code).copied() else { return Ok(None) };
        let units = i64::try_from(units).map_err(|_| TooLarge)?;
        Ok::<_, TooLarge>(Some(liability(units, redeemed, cost)?.to_string()))
    };
    let mut rows = Vec::new();
    let mut after = BTreeMap::<&str, i128>::new();
    for ((source, point_type), points) in &totals.points {
        let code = format!("{source}/{point_type}");
        let open: i128 =
            points.opening.iter().filter(|(s, _)| **s != "expired").map(|(_, n)| n).sum();
        *after.entry(&points.to).or_default() += points.opened() + points.gifts;
        let value = worth(&code, open)?;
        rows.push(json!({ "when": "before", "points": code, "units": open.to_string(), "liability_minor": value }));
    }
    for (to, given) in &totals.compensation {
        *after.entry(to).or_default() += given;
    }
    for (to, units) in after.into_iter().filter(|(to, _)| !to.is_empty()) {
        let value = worth(to, units)?;
        rows.push(json!({ "when": "after", "points": to, "units": units.to_string(), "liability_minor": value }));
    }
    Ok(Value::Array(rows))
}

//! The control report over all waves and whoever is in none: against what the sources' owners stated, so that each source's
//! whole is accounted for.

use std::collections::BTreeMap;

use lazo_domain::conversion::words::Sentence;
use lazo_domain::conversion::{Fraction, TooLarge};
use lazo_domain::merging::prepare::DeltaChange;
use lazo_domain::merging::reconcile::ControlLine;
use lazo_domain::merging::snapshot::{LotState, SourceLot};
use lazo_domain::merging::{MemberSnapshot, SourceKey};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::super::fault::{self, MergeFault, refused};
use super::super::load::{Kept, PAGE, Totals};
use super::super::store::members::{self, Which};
use super::super::store::projects::Project;
use super::super::store::{accounts, items, plans, sources, waves};
use super::super::workbench::{Hold, Watch, Workbench};
use super::compare::{Comparing, Gathered};
use super::report::ControlReport;

impl Workbench {
    /// Compares everything that was loaded with what its owners stated, and everything that is posted with the ledger:
    /// all waves, and whoever waits at the desk or does not move. Nothing is kept.
    pub async fn reconcile_whole(
        &self,
        project: &Project,
        watch: Watch<'_>,
    ) -> Result<ControlReport, MergeFault> {
        let hold = self.hold(project).await?;
        let plan = plans::latest(&self.app.db, project).await?;
        let plan = plan.ok_or_else(|| {
            refused("merge_no_plan", "nothing was planned yet", "lazo merge dry-run")
        })?;
        let mut gathered = Gathered::default();
        let nobody = Comparing::new(self, project, None, self.codes(project).await?);
        nobody.desk(&mut gathered, &hold, watch).await?;
        for wave in &waves::all(&self.app.db, project).await? {
            let codes = self.codes(project).await?;
            let comparing = Comparing::new(self, project, Some(wave), codes);
            gathered.join(comparing.all(&hold, watch).await?)?;
        }
        let further = self.against_owners(project, &hold, watch).await?;
        let report = self.control(project, None, plan.run_hash, (gathered, further))?;
        hold.release().await?;
        Ok(report)
    }

    /// What each source's owner stated against what was loaded, what was caught up since against how the snapshot
    /// changed, and every account against those with a place in the project.
    async fn against_owners(
        &self,
        project: &Project,
        hold: &Hold<'_>,
        watch: Watch<'_>,
    ) -> Result<Vec<ControlLine>, MergeFault> {
        let placed = self.placed(project).await?;
        let mut lines = Vec::new();
        for source in sources::all(&self.app.db, project).await? {
            let code = &source.source;
            let mut line = |name: &'static str, subject: &str, expected, actual, words| {
                let number = |value: i128| Fraction::new(value, 1);
                lines.push(ControlLine {
                    code: name,
                    source: code.clone(),
                    subject: subject.to_owned(),
                    expected: number(expected)?,
                    actual: number(actual)?,
                    explanation: Sentence::new(words),
                });
                Ok::<(), TooLarge>(())
            };
            let stated: Totals = fault::parsed(&source.stated, "what a source states")?;
            let kept: Kept = fault::parsed(&source.totals, "the totals of a source")?;
            for (what, of) in &stated.0 {
                for (point_type, value) in of {
                    let subject = format!("{what} {point_type}");
                    let loaded = kept.totals.get(what, point_type);
                    line("stated", subject.trim(), *value, loaded, "merging-control-stated")?;
                }
            }
            let present = self.present(project, code, hold, watch).await?;
            let mut changed = BTreeMap::<String, (i128, i128)>::new();
            for (point_type, by) in self.caught_since(project, code).await? {
                changed.entry(point_type).or_default().0 += by;
            }
            for state in ["available", "pending", "held", "in_transit", "debt"] {
                let names = [&kept.totals, &present.totals].map(|totals| totals.0.get(state));
                let names = names.into_iter().flatten().flat_map(BTreeMap::keys);
                let names: std::collections::BTreeSet<&String> = names.collect();
                for name in names {
                    let by = present.totals.get(state, name) - kept.totals.get(state, name);
                    changed.entry(name.clone()).or_default().1 += by;
                }
            }
            for (point_type, (told, found)) in changed {
                line("caught_up", &point_type, told, found, "merging-control-caught-up")?;
            }
            let (count, sum) = placed.get(code).copied().unwrap_or_default();
            line("accounts", "", present.count, count, "merging-control-accounts")?;
            line("hash_total", "", present.sum, sum, "merging-control-hash")?;
        }
        Ok(lines)
    }

    /// Accounts with a place in the project, by source: how many, and the sum of their hashes.
    async fn placed(
        &self,
        project: &Project,
    ) -> Result<BTreeMap<String, (i128, i128)>, MergeFault> {
        let (mut placed, mut after) =
            (BTreeMap::<String, (i128, i128)>::new(), SourceKey::default());
        loop {
            let all = Which::default();
            let page = members::page(&self.app.db, project, all, &after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(placed) };
            after = last.golden.clone();
            for key in page.iter().flat_map(|row| &row.accounts) {
                let of = placed.entry(key.source.clone()).or_default();
                *of = (of.0 + 1, of.1 + hashed(key));
            }
        }
    }

    /// A source's accounts as they are now.
    async fn present(
        &self,
        project: &Project,
        source: &str,
        hold: &Hold<'_>,
        watch: Watch<'_>,
    ) -> Result<Present, MergeFault> {
        let (mut present, mut after) = (Present::default(), SourceKey::new(source, ""));
        loop {
            let page = accounts::page(&self.app.db, project, &after, PAGE).await?;
            let mine: Vec<&MemberSnapshot> =
                page.iter().filter(|snapshot| snapshot.key.source == source).collect();
            let Some(last) = mine.last() else { return Ok(present) };
            after = last.key.clone();
            for snapshot in mine {
                present.totals.add(snapshot);
                present.count += 1;
                present.sum += hashed(&snapshot.key);
            }
            hold.renew().await?;
            watch("accounts added up", present.count.unsigned_abs().try_into().unwrap_or(0), None);
        }
    }

    /// What items caught up have changed of a source, by point type, in source units.
    async fn caught_since(
        &self,
        project: &Project,
        source: &str,
    ) -> Result<Vec<(String, i128)>, MergeFault> {
        let (mut all, mut after) = (Vec::new(), (source.to_owned(), String::new()));
        loop {
            let at = (after.0.as_str(), after.1.as_str());
            let page = items::page(&self.app.db, project, "caught_up", at, PAGE).await?;
            let keys: Vec<SourceKey> = page.iter().map(|item| item.key.clone()).collect();
            let there = accounts::of(&self.app.db, project, &keys).await?;
            let mine = page.iter().filter(|item| item.key.source == source);
            let mut last = None;
            for item in mine {
                let caught = fault::parsed(&item.body, "an item of a source")?;
                all.extend(moved_by(caught, there.get(&item.key)));
                last = Some(item.item.clone());
            }
            let Some(last) = last else { return Ok(all) };
            after.1 = last;
        }
    }
}

/// An item that was caught up, as it is kept.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Caught {
    Change(DeltaChange),
    Returned { lot: String, points: i64 },
    Cancelled(SourceLot),
    OrderCancelled { lot: SourceLot },
}

/// By how many points of which type an item changed its account.
fn moved_by(caught: Caught, account: Option<&MemberSnapshot>) -> Option<(String, i128)> {
    let more = |lot: SourceLot| {
        (lot.state != LotState::Expired).then(|| (lot.point_type, i128::from(lot.points)))
    };
    let less = |name: &str, points: i64| {
        let lot = account?.lots.iter().find(|lot| lot.lot == name)?;
        Some((lot.point_type.clone(), -i128::from(points)))
    };
    match caught {
        Caught::Change(DeltaChange::Earned(lot))
        | Caught::Cancelled(lot)
        | Caught::OrderCancelled { lot } => more(lot),
        Caught::Change(DeltaChange::Spent { lot, points }) | Caught::Returned { lot, points } => {
            less(&lot, points)
        }
        Caught::Change(DeltaChange::Gone { lot, points }) => less(&lot, points),
        // They were the member's on their way, too.
        Caught::Change(DeltaChange::Arrived { .. }) => None,
        Caught::Change(
            DeltaChange::Said(_) | DeltaChange::Status(_) | DeltaChange::Order { .. },
        ) => None,
    }
}

/// What there is of a source.
#[derive(Default)]
struct Present {
    totals: Totals,
    count: i128,
    sum: i128,
}

/// A number made of an account's name: sums of it differ where two sets of accounts do.
fn hashed(key: &SourceKey) -> i128 {
    let digest = Sha256::digest(format!("{}\u{1f}{}", key.source, key.member).as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    i128::from(u64::from_be_bytes(first))
}

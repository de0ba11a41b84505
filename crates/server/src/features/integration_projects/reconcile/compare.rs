//! A wave against the ledger: each member's plan made anew and laid beside the opening that the journal has under its name.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::sync::Arc;

use futures_util::stream::{self, Stream, TryStreamExt};
use lazo_domain::event::Kind;
use lazo_domain::ids::{AccountId, BUCKETS};
use lazo_domain::merging::reconcile::{Difference, Seen, compare};
use lazo_domain::merging::totals::Totals;
use lazo_domain::merging::{MemberPlan, MemberSnapshot, MergeRules, SourceKey, statement};
use lazo_store::ledger::StoredEvent;

use super::super::dry_run::plan_page;
use super::super::fault::MergeFault;
use super::super::golden;
use super::super::matching::name;
use super::super::names;
use super::super::rules_of::RulesOf;
use super::super::store::members::{self, GoldenMember, Which};
use super::super::store::projects::Project;
use super::super::store::waves::Wave;
use super::super::workbench::{Hold, Watch, Workbench};
use super::missing::Missing;
use super::opened::{Codes, Opening, add, lots};
use super::things::Things;

/// Members compared at a time.
const PAGE: i64 = 500;
/// Differences that a report names one by one.
pub(super) const NAMED: usize = 50;

/// What comparing gathers.
#[derive(Default)]
pub struct Gathered {
    /// Of the plans of everybody posted.
    pub totals: Totals,
    /// Of snapshots, ledger and what goes with it.
    pub seen: Seen,
    /// Members compared.
    pub members: i64,
    /// Members whom the ledger refused whole.
    pub refused: i64,
    /// Members of whom a part stands in the ledger.
    pub in_part: i64,
    /// Members not posted yet.
    pub waiting: i64,
    /// Statements that do not add up.
    pub wrong: i64,
    /// Members that differ.
    pub different: i64,
    /// The first of them, in words.
    pub differences: Vec<String>,
    /// What of the plans is not in the ledger, by why and by point type.
    pub missing: BTreeMap<(String, String), Missing>,
    /// The first members of whom something is missing, in words: who, why, how much.
    pub missing_members: Vec<String>,
    /// What the plans open, by point type.
    pub planned: BTreeMap<String, i128>,
    /// Openings found in each bucket of the ledger.
    found: BTreeMap<i64, i64>,
}

/// A member of a wave with its plan, and what the ledger opened.
pub struct Compared {
    /// The row.
    pub row: GoldenMember,
    /// Its plan, made anew.
    pub plan: MemberPlan,
    /// Its accounts, as the snapshots have them.
    pub accounts: Vec<MemberSnapshot>,
    /// The rules it was planned by.
    pub rules: Arc<MergeRules>,
    /// Its opening.
    pub event: Option<Opening>,
    /// Tiers, vouchers and consents of it, as they are.
    pub things: Things,
}

/// Members that follow each other.
pub struct Stretch {
    /// Those that were wanted.
    pub compared: Vec<Compared>,
    /// The last of all; none when nobody follows.
    pub last: Option<SourceKey>,
    /// How many were not wanted.
    pub passed_by: usize,
}

/// A wave being compared.
pub struct Comparing {
    /// Who compares.
    pub bench: Workbench,
    /// The project.
    pub project: Project,
    /// The wave; none for whoever waits at the desk or does not move.
    pub wave: Option<Wave>,
    /// Codes of the target's point types.
    pub codes: Codes,
    rules: RulesOf,
}

impl Gathered {
    /// Adds what another wave came to.
    pub fn join(&mut self, other: Self) -> Result<(), MergeFault> {
        self.totals.join(other.totals)?;
        self.seen.join(other.seen)?;
        self.members += other.members;
        self.refused += other.refused;
        self.in_part += other.in_part;
        self.waiting += other.waiting;
        self.wrong += other.wrong;
        self.different += other.different;
        self.differences.extend(other.differences);
        self.differences.truncate(NAMED);
        for (name, more) in other.missing {
            self.missing.entry(name).or_default().add(more);
        }
        self.missing_members.extend(other.missing_members);
        self.missing_members.truncate(NAMED);
        for (to, points) in other.planned {
            *self.planned.entry(to).or_default() += points;
        }
        Ok(())
    }

    fn differs(&mut self, said: impl IntoIterator<Item = String>) {
        self.different += 1;
        self.differences.extend(said);
        self.differences.truncate(NAMED);
    }
}

impl Comparing {
    /// Of a wave, or of whoever is in none.
    pub fn new(
        bench: &Workbench,
        project: &Project,
        wave: Option<&Wave>,
        codes: Codes,
    ) -> Arc<Self> {
        let (bench, rules) = (bench.clone(), RulesOf::new(bench, project));
        Arc::new(Self { bench, project: project.clone(), wave: wave.cloned(), codes, rules })
    }

    /// Compares everybody. Nothing of the ledger is taken on trust: openings are read from its journal.
    pub async fn all(
        self: &Arc<Self>,
        hold: &Hold<'_>,
        watch: Watch<'_>,
    ) -> Result<Gathered, MergeFault> {
        let mut gathered = Gathered::default();
        let mut pages = pin!(self.pages());
        while let Some(page) = pages.try_next().await? {
            for member in &page {
                self.member(&mut gathered, member)?;
            }
            hold.renew().await?;
            let of = self.wave.as_ref().and_then(|wave| u64::try_from(wave.members).ok());
            watch("members compared", gathered.members.unsigned_abs(), of);
        }
        self.unplanned(&mut gathered, hold, watch).await?;
        Ok(gathered)
    }

    /// Adds up whoever is in no wave: who waits at the desk or does not move. Nothing of them may be in the ledger.
    pub async fn desk(
        self: &Arc<Self>,
        gathered: &mut Gathered,
        hold: &Hold<'_>,
        watch: Watch<'_>,
    ) -> Result<(), MergeFault> {
        let (mut pages, mut done) = (pin!(self.pages()), 0);
        while let Some(page) = pages.try_next().await? {
            for member in &page {
                gathered.totals.add(&member.plan)?;
                gathered.seen.snapshot(member.rules.mode, &member.plan, &member.accounts)?;
                if let Some(Opening { made, .. }) = &member.event {
                    add(&mut gathered.seen.posted, made, &self.codes);
                    let said = format!("{}: opened, and in no wave", name(&member.row.golden));
                    gathered.differs([said]);
                }
                done += 1;
            }
            hold.renew().await?;
            watch("members of no wave", done, None);
        }
        Ok(())
    }

    /// Everybody of the wave in pages, in the order of golden keys. The next pages are read and planned while one is
    /// looked at, on all cores.
    fn pages(self: &Arc<Self>) -> impl Stream<Item = Result<Vec<Compared>, MergeFault>> {
        let rows = stream::try_unfold(SourceKey::default(), async |after| {
            let rows = self.rows(&after, PAGE).await?;
            let last = rows.last().map(|last| last.golden.clone());
            Ok(last.map(|last| (rows, last)))
        });
        let whole = rows.map_ok(|rows| {
            let this = Arc::clone(self);
            async move {
                let page = tokio::spawn(async move { this.whole(rows).await }).await;
                page.unwrap_or_else(|died| std::panic::resume_unwind(died.into_panic()))
            }
        });
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        whole.try_buffered(cores + 1)
    }

    /// The next members of the wave of which `source` brings a part (all of them when it is empty), without the others'
    /// plans being made.
    pub async fn stretch(
        &self,
        source: &str,
        after: &SourceKey,
        limit: i64,
    ) -> Result<Stretch, MergeFault> {
        let rows = self.rows(after, limit).await?;
        let full = i64::try_from(rows.len()).is_ok_and(|found| found == limit);
        let last = rows.last().filter(|_| full).map(|row| row.golden.clone());
        let all = rows.len();
        let of = |row: &GoldenMember| {
            source.is_empty() || row.accounts.iter().any(|account| account.source == source)
        };
        let rows: Vec<GoldenMember> = rows.into_iter().filter(of).collect();
        let passed_by = all - rows.len();
        let compared = self.whole(rows).await?;
        Ok(Stretch { compared, last, passed_by })
    }

    async fn rows(&self, after: &SourceKey, limit: i64) -> Result<Vec<GoldenMember>, MergeFault> {
        let wave = self.wave.as_ref().map_or(0, |wave| wave.wave);
        let which = Which { wave: Some(wave), state: None };
        Ok(members::page(&self.bench.app.db, &self.project, which, after, limit).await?)
    }

    /// Members with their plans and openings.
    async fn whole(&self, rows: Vec<GoldenMember>) -> Result<Vec<Compared>, MergeFault> {
        let db = &self.bench.app.db;
        let mut opened = self.bench.opened(&self.project, &rows).await?;
        let keys: Vec<(SourceKey, Vec<SourceKey>)> =
            rows.iter().map(|row| (row.golden.clone(), row.accounts.clone())).collect();
        let mut accounts = golden::accounts_of(db, &self.project, &keys).await?;
        let revisions: BTreeSet<i64> = rows.iter().map(|row| row.revision).collect();
        let mut plans = BTreeMap::new();
        for revision in revisions {
            let of = rows.iter().filter(|row| row.revision == revision);
            let of = of.filter_map(|row| accounts.get_key_value(&row.golden));
            let of = of.map(|(golden, own)| (golden.clone(), own.clone())).collect();
            let by = self.rules.get(revision).await?;
            let made = plan_page(&by, of);
            plans.extend(
                made.into_iter().map(|(plan, _)| (plan.golden.clone(), (plan, Arc::clone(&by)))),
            );
        }
        let mut compared = Vec::with_capacity(rows.len());
        for row in rows {
            let (plan, rules) =
                plans.remove(&row.golden).ok_or_else(|| golden::gone(&row.golden))?;
            let event = opened.remove(&row.golden);
            let accounts = accounts.remove(&row.golden).unwrap_or_default();
            let things = Things::default();
            compared.push(Compared { row, plan, accounts, rules, event, things });
        }
        self.things(&mut compared).await?;
        Ok(compared)
    }

    fn member(&self, gathered: &mut Gathered, member: &Compared) -> Result<(), MergeFault> {
        let Compared { row, plan, event, .. } = member;
        if let Some(Opening { event, made }) = event {
            if event.event.import.is_some()
                && event.event.import == self.wave.as_ref().map(|w| w.import)
            {
                *gathered.found.entry(event.event.account.bucket()).or_default() += 1;
            }
            add(&mut gathered.seen.posted, made, &self.codes);
        }
        let lots = event.as_ref().map(|event| lots(event, &self.codes)).unwrap_or_default();
        for opening in plan.openings() {
            *gathered.planned.entry(opening.to.clone()).or_default() += i128::from(opening.points);
        }
        if !matches!(row.state.as_str(), "posted" | "unmerged") {
            gathered.lacks(member, &lots);
        }
        match row.state.as_str() {
            "posted" | "unmerged" => {}
            "in_part" => {
                gathered.in_part += 1;
                gathered.totals.add(plan)?;
                member.see(&mut gathered.seen)?;
                gathered.differs([format!("{}: a part of it is refused", name(&row.golden))]);
                return Ok(());
            }
            state => {
                gathered.refused += i64::from(state == "refused");
                gathered.waiting += i64::from(state == "planned");
                if event.is_some() {
                    let said = format!("{}: opened, and noted as {state}", name(&row.golden));
                    gathered.differs([said]);
                }
                return Ok(());
            }
        }
        gathered.totals.add(plan)?;
        member.see(&mut gathered.seen)?;
        gathered.members += 1;
        gathered.wrong += i64::from(!statement::adds_up(plan));
        let other_plan = row.plan_hash[..] != plan.hash()[..];
        let differences = compare(plan, &lots);
        if other_plan || !differences.is_empty() {
            gathered.differs(told(&plan.golden, other_plan, &differences));
        }
        Ok(())
    }

    /// What the ledger has of this wave and the plan has not: looked for where there is more than was found.
    async fn unplanned(
        &self,
        gathered: &mut Gathered,
        hold: &Hold<'_>,
        watch: Watch<'_>,
    ) -> Result<(), MergeFault> {
        let (books, tenant) = (self.bench.app.ledger.books(), self.project.tenant);
        let Some(import) = self.wave.as_ref().map(|wave| wave.import) else { return Ok(()) };
        for bucket in 0..BUCKETS {
            let there = books.count_of_import(tenant, import, Kind::Opening, bucket).await?;
            let found = gathered.found.get(&bucket).copied().unwrap_or(0);
            if there != found {
                let all = books.bucket_of_import(tenant, import, Kind::Opening, bucket).await?;
                self.strangers(gathered, &all).await?;
            }
            if bucket % 16 == 0 {
                hold.renew().await?;
                watch("openings counted", bucket.unsigned_abs(), u64::try_from(BUCKETS).ok());
            }
        }
        Ok(())
    }

    async fn strangers(
        &self,
        gathered: &mut Gathered,
        all: &[StoredEvent],
    ) -> Result<(), MergeFault> {
        let accounts: BTreeSet<AccountId> = all.iter().map(|event| event.event.account).collect();
        let accounts: Vec<AccountId> = accounts.into_iter().collect();
        let mut known = BTreeSet::new();
        for chunk in accounts.chunks(500) {
            for row in members::of_accounts(&self.bench.app.db, &self.project, chunk).await? {
                // What was rolled back stays in the journal under the names of earlier attempts.
                let names = (0..=row.attempt)
                    .map(|attempt| names::of_opening(&self.project, &row.golden, attempt));
                known.extend(names);
            }
        }
        let strange: Vec<&StoredEvent> =
            all.iter().filter(|event| !known.contains(&event.event.source_ref)).collect();
        let named: Vec<_> = strange.iter().map(|e| (e.event.account, e.event.id)).collect();
        let made = self.bench.app.ledger.books().made(self.project.tenant, &named).await?;
        for event in strange {
            if let Some(made) = made.get(&event.event.id) {
                add(&mut gathered.seen.posted, made, &self.codes);
            }
            gathered.differs([format!("{}: opened, and not of this plan", event.event.id)]);
        }
        Ok(())
    }
}

fn told(golden: &SourceKey, other_plan: bool, all: &[Difference]) -> Vec<String> {
    let mut said = Vec::new();
    if other_plan {
        said.push(format!("{}: the plan is not the one on record", name(golden)));
    }
    said.extend(all.iter().map(|difference| match difference {
        Difference::Missing(_, opening) => {
            format!("{}: {} {} are not in the ledger", name(golden), opening.points, opening.to)
        }
        Difference::Unplanned(_, lot) => {
            format!("{}: {} {} in the ledger are not of the plan", name(golden), lot.points, lot.to)
        }
    }));
    said
}

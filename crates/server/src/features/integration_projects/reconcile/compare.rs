//! A wave against the ledger: each member's plan made anew and laid beside the opening that the journal has under its name.

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::decision::Side;
use lazo_domain::event::{Body, Kind, Piece};
use lazo_domain::ids::{AccountId, BUCKETS, PointTypeId};
use lazo_domain::merging::reconcile::{Difference, Posted, PostedLot, compare};
use lazo_domain::merging::snapshot::LotState;
use lazo_domain::merging::totals::Totals;
use lazo_domain::merging::{MemberPlan, SourceKey, statement};
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

/// Members compared at a time.
const PAGE: i64 = 500;
/// Differences that a report names one by one.
const NAMED: usize = 50;

/// What the ledger's openings of a page are, by golden member.
pub type Opened = BTreeMap<SourceKey, StoredEvent>;
/// Codes of point types.
pub type Codes = BTreeMap<PointTypeId, String>;

/// What comparing gathers.
#[derive(Default)]
pub struct Gathered {
    /// Of the plans of everybody posted.
    pub totals: Totals,
    /// Of the ledger.
    pub posted: Posted,
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
    /// Openings found in each bucket of the ledger.
    found: BTreeMap<i64, i64>,
}

/// A member of a wave with its plan, and what the ledger opened.
pub struct Compared {
    /// The row.
    pub row: GoldenMember,
    /// Its plan, made anew.
    pub plan: MemberPlan,
    /// Its opening.
    pub event: Option<StoredEvent>,
}

/// A wave being compared.
pub struct Comparing<'a> {
    /// Who compares.
    pub bench: &'a Workbench,
    /// The project.
    pub project: &'a Project,
    /// The wave.
    pub wave: &'a Wave,
    /// Codes of the target's point types.
    pub codes: Codes,
}

impl Gathered {
    fn differs(&mut self, said: impl IntoIterator<Item = String>) {
        self.different += 1;
        self.differences.extend(said);
        self.differences.truncate(NAMED);
    }
}

impl Comparing<'_> {
    /// Compares everybody. Nothing of the ledger is taken on trust: openings are read from its journal.
    pub async fn all(&self, hold: &Hold<'_>, watch: Watch<'_>) -> Result<Gathered, MergeFault> {
        let (mut gathered, mut after) = (Gathered::default(), SourceKey::default());
        let mut rules = RulesOf::new(self.bench, self.project);
        loop {
            let page = self.page(&mut rules, &after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.row.golden.clone();
            for member in &page {
                self.member(&mut gathered, member)?;
            }
            hold.renew().await?;
            let of = u64::try_from(self.wave.members).ok();
            watch("members compared", gathered.members.unsigned_abs(), of);
        }
        self.unplanned(&mut gathered, hold, watch).await?;
        Ok(gathered)
    }

    /// The next members of the wave, with plans and openings, in the order of golden keys.
    pub async fn page(
        &self,
        rules: &mut RulesOf<'_>,
        after: &SourceKey,
        limit: i64,
    ) -> Result<Vec<Compared>, MergeFault> {
        let which = Which { wave: Some(self.wave.wave), state: None };
        let db = &self.bench.app.db;
        let rows = members::page(db, self.project, which, after, limit).await?;
        let mut opened = self.bench.opened(self.project, &rows).await?;
        let keys: Vec<(SourceKey, Vec<SourceKey>)> =
            rows.iter().map(|row| (row.golden.clone(), row.accounts.clone())).collect();
        let mut accounts = golden::accounts_of(db, self.project, &keys).await?;
        let revisions: BTreeSet<i64> = rows.iter().map(|row| row.revision).collect();
        let mut plans = BTreeMap::new();
        for revision in revisions {
            let of = rows.iter().filter(|row| row.revision == revision);
            let of = of.filter_map(|row| accounts.remove_entry(&row.golden)).collect();
            let made = plan_page(&*rules.get(revision).await?, of);
            plans.extend(made.into_iter().map(|(plan, _)| (plan.golden.clone(), plan)));
        }
        let compared = rows.into_iter().map(|row| {
            let plan = plans.remove(&row.golden).ok_or_else(|| golden::gone(&row.golden))?;
            let event = opened.remove(&row.golden);
            Ok(Compared { row, plan, event })
        });
        compared.collect()
    }

    fn member(&self, gathered: &mut Gathered, member: &Compared) -> Result<(), MergeFault> {
        let Compared { row, plan, event } = member;
        if let Some(event) = event {
            if event.event.import == Some(self.wave.import) {
                *gathered.found.entry(event.event.account.bucket()).or_default() += 1;
            }
            add(&mut gathered.posted, event, &self.codes);
        }
        let lots = event.as_ref().map(|event| lots(event, &self.codes)).unwrap_or_default();
        match row.state.as_str() {
            "posted" | "unmerged" => {}
            "in_part" => {
                gathered.in_part += 1;
                gathered.totals.add(plan)?;
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
        for bucket in 0..BUCKETS {
            let import = self.wave.import;
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
            for row in members::of_accounts(&self.bench.app.db, self.project, chunk).await? {
                // What was rolled back stays in the journal under the names of earlier attempts.
                let names = (0..=row.attempt)
                    .map(|attempt| names::of_opening(self.project, &row.golden, attempt));
                known.extend(names);
            }
        }
        for event in all.iter().filter(|event| !known.contains(&event.event.source_ref)) {
            add(&mut gathered.posted, event, &self.codes);
            gathered.differs([format!("{}: opened, and not of this plan", event.event.id)]);
        }
        Ok(())
    }
}

impl Workbench {
    /// The openings of members, by golden key, as the ledger's journal has them.
    pub(in super::super) async fn opened(
        &self,
        project: &Project,
        rows: &[GoldenMember],
    ) -> Result<Opened, MergeFault> {
        let named = rows.iter().filter_map(|row| {
            let name = names::of_opening(project, &row.golden, row.attempt);
            Some((row.account?, name, &row.golden))
        });
        let named: Vec<_> = named.collect();
        let wanted: Vec<(AccountId, String)> =
            named.iter().map(|(account, name, _)| (*account, name.clone())).collect();
        let of: BTreeMap<&str, &SourceKey> =
            named.iter().map(|(_, name, golden)| (name.as_str(), *golden)).collect();
        let source = names::ledger_source(project);
        let books = self.app.ledger.books();
        let found = books.events_named(project.tenant, &source, Kind::Opening, &wanted).await?;
        let keyed = found.into_iter().filter_map(|event| {
            let golden = of.get(event.event.source_ref.as_str())?;
            Some(((*golden).clone(), event))
        });
        Ok(keyed.collect())
    }
}

/// The lots that an opening made.
pub fn lots(event: &StoredEvent, codes: &Codes) -> Vec<PostedLot> {
    let Body::Opening { pieces } = &event.event.body else { return Vec::new() };
    pieces.iter().map(|piece| lot(piece, codes)).collect()
}

/// The code of a point type; one that the program no longer has is told by its id.
fn code(id: PointTypeId, codes: &Codes) -> String {
    codes.get(&id).cloned().unwrap_or_else(|| id.to_string())
}

/// Adds what an opening's entries come to, debts apart.
pub fn add(posted: &mut Posted, event: &StoredEvent, codes: &Codes) {
    let Body::Opening { pieces } = &event.event.body else { return };
    let mut more = |id: PointTypeId, state: &str, by: i128| {
        *posted.entry(code(id, codes)).or_default().entry(state.to_owned()).or_default() += by;
    };
    for change in &event.outcome.changes {
        let state = match change.side {
            Side::Available => "available",
            Side::Pending => "pending",
            Side::Held => "held",
            _ => continue,
        };
        more(change.point_type, state, i128::from(change.points.0));
    }
    for piece in pieces.iter().filter(|piece| piece.points.0 < 0) {
        more(piece.point_type, "debt", i128::from(piece.points.0));
        more(piece.point_type, "available", -i128::from(piece.points.0));
    }
}

fn lot(piece: &Piece, codes: &Codes) -> PostedLot {
    let state = match piece {
        Piece { hold: Some(_), .. } => LotState::Held,
        Piece { release_at: Some(_), .. } => LotState::Pending,
        _ => LotState::Available,
    };
    PostedLot {
        to: code(piece.point_type, codes),
        points: piece.points.0,
        state,
        earned_at: piece.earned_at,
        expires_at: piece.expires_at,
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

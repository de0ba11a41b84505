//! The ledger's only door: batches of commands go in, receipts or refusals come out, and nothing else writes points.

mod batch;
mod commit;
mod detail;
mod follow;
mod gather;
pub mod history;
mod load;
mod names;
mod openings;
mod packing;
mod read;
mod redemptions;
mod request;
mod rows;
#[cfg(test)]
pub(crate) mod tests;
mod totals;

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use lazo_domain::decision::Outcome;
use lazo_domain::event::{Body, Event, Facts};
use lazo_domain::ids::{AccountId, EventId, MemberId, TenantId};
use lazo_domain::program::Programs;
use lazo_domain::refusal::Refusal;
use lazo_domain::time::{SECOND, Timestamp};

use crate::clock::Clock;
use crate::db::{Columns, Db, MAX_TRIES, Statement};
use crate::error::StoreError;
use crate::ids::IdGenerator;

use batch::{Batch, Rules};
pub use detail::Detail;
pub use follow::{Followed, settled};
use gather::Gatherer;
pub(crate) use names::claim_hash;
pub use openings::Made;
pub(crate) use read::stored as parse_event;
pub use read::{Books, DueAccount, MAX_PAGE, StoredEntry, StoredEvent};
pub use request::RequestKey;
pub(crate) use rows::{parse_balances, parse_entries, redemption as parse_redemption};
pub use totals::{AccountAt, Liability, Movements, PointsAt};

/// The most commands decided in one transaction: beyond some 200 a batch gets no cheaper, only longer.
pub const MAX_BATCH: usize = 256;
/// The longest source, reference or actor, in octets: together they must fit an index.
pub const MAX_NAME: usize = 200;
/// The longest one attempt may take from making its ids to its commit; the chain is sealed well behind it.
pub const MAX_ATTEMPT_MICROS: i64 = 20 * SECOND;

/// Something that shall happen. The ledger itself gives events their ids and the instant they were recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// One event on one account.
    One {
        /// What happened.
        event: Event,
        /// What the rules may know of the member; shared limits are filled in by the ledger.
        facts: Facts,
    },
    /// Points move from one account to another: both halves or neither.
    Transfer {
        /// The half that leaves.
        out: Event,
        /// The half that arrives; its pieces are filled in by the core.
        into: Event,
    },
}

impl Command {
    /// Refuses names that a database could not keep; one of them would fail its whole batch.
    fn check(&self) -> Result<(), Refusal> {
        if let Self::One { event, .. } = self
            && matches!(event.body, Body::TransferOut { .. } | Body::TransferIn { .. })
        {
            // Half a transfer would make points or lose them.
            return Err(Refusal::TransferNotAllowed("both halves are posted together"));
        }
        for event in self.events() {
            let names = [
                ("/source", &event.source, 1),
                ("/source_ref", &event.source_ref, 1),
                ("/actor", &event.actor, 0),
            ];
            for (field, name, least) in names {
                if !(least..=MAX_NAME).contains(&name.len()) || name.contains('\0') {
                    let why = format!("must have {least} to {MAX_NAME} octets, none of them zero");
                    return Err(Refusal::Invalid { field, why });
                }
            }
        }
        Ok(())
    }

    fn events(&self) -> impl Iterator<Item = &Event> {
        let (first, second) = match self {
            Self::One { event, .. } => (event, None),
            Self::Transfer { out, into } => (out, Some(into)),
        };
        std::iter::once(first).chain(second)
    }

    fn events_mut(&mut self) -> impl Iterator<Item = &mut Event> {
        let (first, second) = match self {
            Self::One { event, .. } => (event, None),
            Self::Transfer { out, into } => (out, Some(into)),
        };
        std::iter::once(first).chain(second)
    }
}

/// What a command did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The event; of a transfer the half that leaves.
    pub event: EventId,
    /// The account it happened to.
    pub account: AccountId,
    /// What it did, with the reasons.
    pub outcome: Outcome,
    /// Was it done before, and this is the answer of then?
    pub replayed: bool,
    /// When it counts.
    pub effective_at: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
}

/// Why a command has no receipt.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PostError {
    /// It was refused and changed nothing.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database failed: whether it was done is unknown. Send the same again.
    #[error("it is not known whether this was done")]
    Unknown(#[source] Arc<StoreError>),
}

/// Where the ledger finds the programs of a tenant.
pub trait ProgramSource: Send + Sync {
    /// All versions of the tenant's programs; `None` when there is no such tenant.
    fn programs(
        &self,
        tenant: TenantId,
    ) -> BoxFuture<'_, Result<Option<Arc<Programs>>, StoreError>>;

    /// Does anybody listen to what is told of the tenant's events? While nobody does, no messages are written.
    fn listens(&self, _tenant: TenantId) -> bool {
        true
    }

    /// The latest instant at which an event of the tenant may count: now, or where a sandbox's clock stands.
    fn now(&self, _tenant: TenantId, now: Timestamp) -> Timestamp {
        now
    }
}

/// An account to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewAccount {
    /// The client company.
    pub tenant: TenantId,
    /// The account's id.
    pub account: AccountId,
    /// Whose it is.
    pub member: MemberId,
    /// When the membership began.
    pub enrolled_at: Timestamp,
}

/// The ledger. Cheap to clone; all clones share one door.
#[derive(Clone)]
pub struct Ledger {
    desk: Arc<Desk>,
    gatherer: Gatherer,
}

/// What one batch needs to be decided and written.
struct Desk {
    db: Db,
    books: Books,
    ids: Arc<IdGenerator>,
    clock: Arc<dyn Clock>,
    config: Arc<dyn ProgramSource>,
}

impl Ledger {
    /// Opens the door over a database whose schema is up to date. Must run inside a Tokio runtime.
    #[must_use]
    pub fn start(
        db: Db,
        ids: Arc<IdGenerator>,
        clock: Arc<dyn Clock>,
        config: Arc<dyn ProgramSource>,
    ) -> Self {
        let desk = Arc::new(Desk { books: Books::new(db.clone()), db, ids, clock, config });
        Self { gatherer: Gatherer::start(Arc::clone(&desk)), desk }
    }

    /// The database behind the ledger, for reads.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.desk.db
    }

    /// The books, for reads.
    #[must_use]
    pub fn books(&self) -> Books {
        self.desk.books.clone()
    }

    /// Posts commands in order, in batches of their own; answers one result per command.
    pub async fn post(&self, commands: Vec<Command>) -> Vec<Result<Receipt, PostError>> {
        let mut answers = Vec::with_capacity(commands.len());
        let mut rest = commands.into_iter().peekable();
        while rest.peek().is_some() {
            let mut batch: Vec<Command> = rest.by_ref().take(MAX_BATCH).collect();
            answers.extend(self.desk.post(&mut batch, &[]).await);
        }
        answers
    }

    /// Posts one command together with whatever else arrives at the same moment.
    pub async fn post_one(&self, command: Command) -> Result<Receipt, PostError> {
        self.gatherer.post(command, None).await
    }

    /// As [`Self::post_one`], for a request with a key of its own: the key is on record exactly when what it did is, and
    /// the same request is answered as the first time.
    pub async fn post_keyed(
        &self,
        command: Command,
        key: RequestKey,
    ) -> Result<Receipt, PostError> {
        self.gatherer.post(command, Some(key)).await
    }

    /// Decides a command without keeping anything of it.
    pub async fn dry_run(&self, command: Command) -> Result<Receipt, PostError> {
        let mut commands = [command];
        let answers = self.desk.attempt(&mut commands, &[], false).await;
        let answer = answers.map_err(|error| PostError::Unknown(Arc::new(error)))?.pop();
        answer.unwrap_or(Err(Refusal::AccountNotFound)).map_err(PostError::Refused)
    }

    /// Opens accounts; those that are there already stay as they are.
    pub async fn open_accounts(&self, accounts: &[NewAccount]) -> Result<(), StoreError> {
        self.desk
            .db
            .retry(|| async {
                let mut tx = self.desk.db.begin().await?;
                tx.run_all(vec![open_accounts(accounts)]).await?;
                tx.commit().await
            })
            .await
    }
}

/// The statement that opens accounts, for those who open them in a transaction of their own.
#[must_use]
pub fn open_accounts(accounts: &[NewAccount]) -> Statement {
    let set = Columns::of(accounts)
        .int(|a| a.account.bucket())
        .int(|a| a.tenant.0)
        .int(|a| a.account.0)
        .int(|a| a.member.0)
        .int(|a| a.enrolled_at.0)
        .done();
    let sql = "insert into account (bucket, tenant, account, member, enrolled_at, version, state, balances)
               select r.*, 0, '', '[]' from {rows} where true on conflict (bucket, tenant, account) do nothing";
    Statement::over(sql, set, &[])
}

impl Desk {
    /// One batch: tried again while it meets other writers, unknown to all of its callers when the database fails.
    ///
    /// `keys` has one place per command, or none at all.
    async fn post(
        &self,
        commands: &mut [Command],
        keys: &[Option<RequestKey>],
    ) -> Vec<Result<Receipt, PostError>> {
        match self.tried(commands, keys).await {
            Ok(answers) => answers.into_iter().map(|a| a.map_err(PostError::Refused)).collect(),
            // One command spoils the batch: alone, it spoils only itself.
            Err(StoreError::Shape(_) | StoreError::Corrupt(_)) if commands.len() > 1 => {
                let mut answers = Vec::with_capacity(commands.len());
                for (place, command) in commands.iter_mut().enumerate() {
                    let key = keys.get(place..=place).unwrap_or_default();
                    let alone = std::slice::from_mut(command);
                    answers.extend(Box::pin(self.post(alone, key)).await);
                }
                answers
            }
            Err(error) => {
                let error = Arc::new(error);
                tracing::warn!(%error, commands = commands.len(), "a batch failed; its commands are unknown to their callers");
                commands.iter().map(|_| Err(PostError::Unknown(Arc::clone(&error)))).collect()
            }
        }
    }

    async fn tried(
        &self,
        commands: &mut [Command],
        keys: &[Option<RequestKey>],
    ) -> Result<Vec<Result<Receipt, Refusal>>, StoreError> {
        let mut tries = 0;
        loop {
            // The core asserts what must hold. A broken assertion must not take the other callers down with it.
            let attempt = AssertUnwindSafe(self.attempt(commands, keys, true)).catch_unwind().await;
            let broken =
                |_| Err(StoreError::Corrupt("an assertion of the core does not hold".to_owned()));
            match attempt.unwrap_or_else(broken) {
                Err(error) if error.is_transient() && tries + 1 < MAX_TRIES => {
                    tries += 1;
                    tokio::time::sleep(Duration::from_millis(1 << tries.min(6))).await;
                }
                done => return done,
            }
        }
    }

    async fn attempt(
        &self,
        commands: &mut [Command],
        keys: &[Option<RequestKey>],
        commit: bool,
    ) -> Result<Vec<Result<Receipt, Refusal>>, StoreError> {
        let started = self.clock.now();
        for event in commands.iter_mut().flat_map(Command::events_mut) {
            event.id = EventId(self.ids.next());
            event.recorded_at = started;
        }
        let rules = self.rules(commands, started).await?;
        let mut tx = if commit { self.db.begin_keyed().await? } else { self.db.snapshot().await? };
        let mut batch = Batch::load(&mut tx, commands, keys, &rules, started).await?;
        let mut answers = Vec::with_capacity(commands.len());
        for (place, command) in commands.iter().enumerate() {
            let key = keys.get(place).and_then(Option::as_ref);
            answers.push(batch.decide_keyed(&mut tx, command, key).await?);
        }
        if !commit || batch.decided.is_empty() {
            tx.rollback().await?;
            return Ok(answers);
        }
        commit::write(&mut tx, &batch, started).await?;
        if self.clock.now().0.saturating_sub(started.0) > MAX_ATTEMPT_MICROS {
            return Err(StoreError::Conflict(None));
        }
        tx.commit().await?;
        batch.requests.added().iter().for_each(RequestKey::note);
        Ok(answers)
    }

    async fn rules(
        &self,
        commands: &[Command],
        now: Timestamp,
    ) -> Result<BTreeMap<TenantId, Rules>, StoreError> {
        let mut rules = BTreeMap::new();
        for event in commands.iter().flat_map(Command::events) {
            if !rules.contains_key(&event.tenant)
                && let Some(programs) = self.config.programs(event.tenant).await?
            {
                let now = self.config.now(event.tenant, now);
                let heard = self.config.listens(event.tenant);
                rules.insert(event.tenant, Rules { programs, now, heard });
            }
        }
        Ok(rules)
    }
}

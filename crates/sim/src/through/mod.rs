//! The same histories through the store: posted in batches with retries, and compared with the core in memory.

pub mod compare;
pub mod killing;
mod names;
mod script;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use lazo_domain::event::{Body, Facts};
use lazo_domain::ids::{MemberId, TenantId};
use lazo_domain::program::Programs;
use lazo_domain::time::{SECOND, Timestamp};
use lazo_store::ledger::open_accounts;
use lazo_store::{
    Command, Db, IdGenerator, Ledger, ManualClock, NewAccount, Options, PostError, ProgramSource,
    Receipt, StoreError,
};

use crate::features::Features;
use crate::rng::Rng;
use crate::world::vault::{TENANT, compiled};
use crate::world::{Answer, Op};
use names::Names;
use script::Script;

/// Where the ids of a simulated store begin to count: 2026-01-01T00:00:00Z.
const IDS_FROM: Timestamp = Timestamp(1_767_225_600_000_000);

/// What was posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Posted {
    /// Batches.
    pub batches: u64,
    /// Commands, with those sent again.
    pub commands: u64,
    /// Of these, sent again on purpose.
    pub again: u64,
}

/// The programs of one history, and its clock.
struct Stage {
    programs: Arc<Programs>,
    now: AtomicI64,
}

impl ProgramSource for Stage {
    fn programs(
        &self,
        tenant: TenantId,
    ) -> BoxFuture<'_, Result<Option<Arc<Programs>>, StoreError>> {
        let programs = (tenant == TENANT).then(|| Arc::clone(&self.programs));
        async move { Ok(programs) }.boxed()
    }

    fn now(&self, _tenant: TenantId, _now: Timestamp) -> Timestamp {
        Timestamp(self.now.load(Ordering::SeqCst))
    }
}

/// A history at the ledger's door.
struct Door {
    script: Script,
    ledger: Ledger,
    stage: Arc<Stage>,
    ids: Arc<ManualClock>,
    names: Names,
    rng: Rng,
    posted: Posted,
}

/// Opens a throw-away database; its durability is not what is tested here.
async fn open(url: &str) -> Result<Db, StoreError> {
    Db::open(url, Options { connections: 2, allow_unsafe: true, ..Options::default() }).await
}

/// Plays one seed through the store at `url` and compares what is there with the core in memory.
pub async fn play(url: &str, seed: u64, ops: usize) -> anyhow::Result<Posted> {
    let db = open(url).await?;
    db.migrate().await?;
    let mut door = Door::new(db, Script::write(seed, ops, Features::all()));
    door.enroll().await?;
    for batch in door.script.batches() {
        door.post(&batch, false).await?;
    }
    compare::all(&door.script, door.ledger.db(), &mut door.names).await?;
    Ok(door.posted)
}

impl Door {
    fn new(db: Db, script: Script) -> Self {
        let programs = Arc::new(compiled(&script.versions));
        let stage = Arc::new(Stage { programs, now: AtomicI64::new(0) });
        let clock = Arc::new(ManualClock::new(IDS_FROM));
        let ids = Arc::new(IdGenerator::new(Arc::clone(&clock) as _, 1));
        let source = Arc::clone(&stage) as Arc<dyn ProgramSource>;
        let ledger = Ledger::start(db, ids, Arc::clone(&clock) as _, source);
        let names = Names::new(&script);
        let rng = Rng::new(script.seed ^ 0x5170);
        Self { script, ledger, stage, ids: clock, names, rng, posted: Posted::default() }
    }

    async fn enroll(&self) -> anyhow::Result<()> {
        let of = |(account, enrolled_at): &(_, _)| NewAccount {
            tenant: TENANT,
            account: *account,
            member: MemberId(account.0),
            enrolled_at: *enrolled_at,
        };
        let accounts: Vec<NewAccount> = self.script.accounts.iter().map(of).collect();
        let mut tx = self.ledger.db().begin().await?;
        tx.run_all(vec![open_accounts(&accounts)]).await?;
        Ok(tx.commit().await?)
    }

    /// Posts one batch and checks each answer. `surely` leaves out what is refused, so that the batch may be one that
    /// was posted before: what was refused then could be accepted now.
    async fn post(&mut self, batch: &[usize], surely: bool) -> anyhow::Result<()> {
        let Some(last) = batch.last() else { return Ok(()) };
        self.stage.now.store(self.script.steps[*last].0.now.0, Ordering::SeqCst);
        let number = i64::try_from(*last).unwrap_or(0);
        self.ids.set(Timestamp(IDS_FROM.0 + number * SECOND));
        let refused = |at: &usize| matches!(self.script.steps[*at].1, Answer::Refused(_));
        let mut places: Vec<usize> = Vec::new();
        for at in batch.iter().filter(|at| !(surely && refused(at))) {
            places.push(*at);
            if !refused(at) && self.rng.chance(5) {
                places.push(*at);
            }
        }
        self.send(&places, surely).await?;
        if self.rng.chance(20) {
            // The answer was lost, and the caller asks again.
            places.retain(|at| !matches!(self.script.steps[*at].1, Answer::Refused(_)));
            self.posted.again += u64::try_from(places.len()).unwrap_or(0);
            self.send(&places, true).await?;
        }
        Ok(())
    }

    async fn send(&mut self, places: &[usize], maybe_before: bool) -> anyhow::Result<()> {
        let mut commands = Vec::with_capacity(places.len());
        for at in places {
            let op = self.script.steps[*at].0.clone();
            commands.push(self.command(op).await?);
        }
        let answers = self.ledger.post(commands).await;
        self.posted.batches += 1;
        self.posted.commands += u64::try_from(places.len()).unwrap_or(0);
        for (n, (at, answer)) in places.iter().zip(answers).enumerate() {
            let repeated = maybe_before || (n > 0 && places[n - 1] == *at);
            let (op, expected) = &self.script.steps[*at];
            let name = self.names.of(&op.event);
            agrees(expected, &answer, repeated)
                .map_err(|why| anyhow::anyhow!("operation {}: {why}; {op:?}", at + 1))?;
            if let (Ok(receipt), Some(name)) = (&answer, name) {
                self.names.learn(name, receipt.event)?;
            }
        }
        Ok(())
    }

    async fn command(&mut self, mut op: Op) -> anyhow::Result<Command> {
        let books = self.ledger.books();
        self.names.translate(&books, &mut op.event.body).await?;
        let facts = Facts { member: MemberId(op.event.account.0), ..Facts::default() };
        Ok(match (op.into, &op.event.body) {
            (Some(into), Body::TransferOut { .. }) => Command::Transfer { out: op.event, into },
            _ => Command::One { event: op.event, facts },
        })
    }
}

/// Does the store answer as the core in memory did?
fn agrees(
    expected: &Answer,
    answer: &Result<Receipt, PostError>,
    repeated: bool,
) -> Result<(), String> {
    let told = match answer {
        Ok(receipt) => format!("a receipt{}", if receipt.replayed { " of before" } else { "" }),
        Err(PostError::Refused(refusal)) => format!("refused: {}", refusal.code()),
        Err(error) => format!("{error:?}"),
    };
    let fine = match (expected, answer) {
        (Answer::Accepted(decided), Ok(receipt)) => {
            let first = decided.first().map(|one| &one.outcome);
            let same = first.is_some_and(|of| {
                of.changes == receipt.outcome.changes
                    && of.balances == receipt.outcome.balances
                    && of.issued == receipt.outcome.issued
                    && of.tiers == receipt.outcome.tiers
            });
            same && (repeated || !receipt.replayed)
        }
        (Answer::Again(_), Ok(receipt)) => receipt.replayed,
        (Answer::Refused(refusal), Err(PostError::Refused(other))) => {
            refusal.code() == other.code()
                // Of two reasons either may come first.
                || (refusal.code(), other.code()) == ("claimed_by_other", "account_not_found")
        }
        _ => false,
    };
    if fine {
        Ok(())
    } else {
        Err(format!("the store answered {told}, in memory it was {expected:?}"))
    }
}

//! Undoes a whole import by reversals, the latest event of each account first. Members it enrolled stay.

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::event::{Body, Event, Facts};
use lazo_domain::ids::{AccountId, BUCKETS, EventId, ImportId};
use lazo_domain::refusal::Refusal;
use lazo_domain::time::Timestamp;
use lazo_store::ledger::{Command, MAX_BATCH, PostError};

use super::run::{ImportError, Importer, Status};
use super::store::{self, ImportRun, RunState};

/// The source of reversals; the reference names import and event, so that each is reversed once.
const SOURCE: &str = "import-undo";

/// What undoing did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// The run.
    pub run: ImportRun,
    /// Events reversed by this call.
    pub reversed: u64,
    /// Events that could not be reversed, by the code of the reason.
    pub refused: BTreeMap<&'static str, u64>,
}

impl Importer {
    /// Reverses every event of the import. May be stopped and given again.
    pub async fn undo(
        &self,
        mut run: ImportRun,
        watch: &(dyn Fn(&Status) + Sync),
    ) -> Result<Undone, ImportError> {
        let mut undone = Undone { run: run.clone(), reversed: 0, refused: BTreeMap::new() };
        run.state = RunState::Undoing;
        self.save(&run).await?;
        for bucket in 0..BUCKETS {
            let events =
                self.app.ledger.books().latest_of_import(run.tenant, run.id, bucket).await?;
            for chunk in events.chunks(MAX_BATCH) {
                self.reverse(&run, chunk, &mut undone).await?;
                let done = undone.reversed;
                watch(&Status {
                    bytes_read: bucket.cast_unsigned(),
                    bytes: BUCKETS.cast_unsigned(),
                    done,
                });
            }
        }
        run.state = RunState::Undone;
        run.finished_at = Some(self.app.clock.now());
        run.counts.reversed += undone.reversed;
        self.save(&run).await?;
        undone.run = run;
        Ok(undone)
    }

    async fn reverse(
        &self,
        run: &ImportRun,
        events: &[(AccountId, EventId)],
        undone: &mut Undone,
    ) -> Result<(), ImportError> {
        let now = self.tenant.now(self.app.clock.now());
        let commands =
            events.iter().map(|(account, event)| reversal(run, *account, *event, now)).collect();
        for answer in self.app.ledger.post(commands).await {
            match answer {
                Ok(receipt) if receipt.replayed => {}
                Ok(_) => undone.reversed += 1,
                // Reversed by hand before, or by an attempt of ours that was stopped.
                Err(PostError::Refused(Refusal::AlreadyReversed | Refusal::KeyReused)) => {}
                Err(PostError::Refused(refusal)) => {
                    *undone.refused.entry(refusal.code()).or_default() += 1
                }
                Err(PostError::Unknown(error)) => return Err(ImportError::Unknown(error)),
            }
        }
        Ok(())
    }

    async fn save(&self, run: &ImportRun) -> Result<(), ImportError> {
        Ok(store::advance(&self.app.db, run, &BTreeMap::new(), &BTreeSet::new()).await?)
    }
}

fn reversal(run: &ImportRun, account: AccountId, event: EventId, now: Timestamp) -> Command {
    let ImportRun { id, tenant, program, .. } = run;
    let reference = |import: &ImportId| format!("{import}/{event}");
    let event = Event {
        id: EventId(0),
        tenant: *tenant,
        account,
        program: *program,
        source: SOURCE.to_owned(),
        source_ref: reference(id),
        effective_at: now,
        recorded_at: now,
        actor: "import".to_owned(),
        import: None,
        body: Body::Reverse { event },
    };
    Command::One { event, facts: Facts::default() }
}

//! What the store counts of its own work, for operators: names, units and meanings in one place.

use std::time::Duration;

use crate::ledger::PostError;

const COMMANDS: &str = "lazo_ledger_commands_total";
const BATCH: &str = "lazo_ledger_batch_commands";
const SECONDS: &str = "lazo_ledger_batch_seconds";
const WAITING: &str = "lazo_ledger_waiting";
const REFUSED_AT_DOOR: &str = "lazo_ledger_turned_away_total";

/// Tells the recorder of this process what the names mean.
pub fn describe() {
    metrics::describe_counter!(
        COMMANDS,
        "Commands that went through the ledger's door, by how they ended"
    );
    metrics::describe_histogram!(BATCH, "Commands that shared one transaction");
    metrics::describe_histogram!(
        SECONDS,
        metrics::Unit::Seconds,
        "From deciding a batch to its commit"
    );
    metrics::describe_gauge!(WAITING, "Commands that wait for the next batch");
    metrics::describe_counter!(REFUSED_AT_DOOR, "Commands sent back because too many waited");
}

/// A batch is done.
pub(crate) fn batch<T>(results: &[Result<T, PostError>], took: Duration) {
    let mut counts = [("posted", 0_u64), ("refused", 0), ("unknown", 0)];
    for result in results {
        let place = match result {
            Ok(_) => 0,
            Err(PostError::Refused(_)) => 1,
            Err(PostError::Unknown(_)) => 2,
        };
        counts[place].1 += 1;
    }
    for (end, count) in counts {
        if count > 0 {
            metrics::counter!(COMMANDS, "end" => end).increment(count);
        }
    }
    metrics::histogram!(BATCH).record(results.len() as f64);
    metrics::histogram!(SECONDS).record(took);
}

/// A command waits for a writer.
pub(crate) fn queued() {
    metrics::gauge!(WAITING).increment(1);
}

/// So many commands wait no longer.
pub(crate) fn taken(commands: usize) {
    metrics::gauge!(WAITING).decrement(commands as f64);
}

/// A command was sent back at the door.
pub(crate) fn turned_away() {
    metrics::counter!(REFUSED_AT_DOOR).increment(1);
}

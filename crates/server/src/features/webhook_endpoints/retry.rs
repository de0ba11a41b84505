//! When a failed delivery is tried again and when an endpoint is left alone. Pure.

use lazo_domain::ids::WebhookDeliveryId;
use lazo_domain::time::{DAY, SECOND, Timestamp};
use sha2::{Digest, Sha256};

use super::Attempt;

/// Attempts of one delivery: with the waits below the last one comes after about 22 to 26 hours.
pub const MAX_ATTEMPTS: i64 = 9;
/// A delivery is given up after this time even if its turn never came, because its endpoint is failing.
pub const GIVE_UP_MICROS: i64 = 28 * 3_600 * SECOND;
/// An endpoint whose attempts all failed for so long is turned off.
pub const TURN_OFF_MICROS: i64 = 5 * DAY;

const FIRST_WAIT: i64 = 15 * SECOND;
const LONGEST_WAIT: i64 = 8 * 3_600 * SECOND;
/// No wait that an endpoint asks for is longer.
const LONGEST_ASKED: i64 = DAY;
/// The longest pause of a failing endpoint: what arrives meanwhile waits, and is not tried one by one.
const LONGEST_REST: i64 = 600 * SECOND;

/// When attempt number `attempts + 1` may be made, after `attempts` failed; `None` when there is none left.
///
/// Each wait is four times the one before, and up to a fifth longer: by how much is drawn from the delivery's id, so
/// that deliveries that failed together do not come back together, and a replay of the log sees the same instants.
#[must_use]
pub fn next_attempt(
    delivery: WebhookDeliveryId,
    attempts: i64,
    attempt: &Attempt,
    now: Timestamp,
) -> Option<Timestamp> {
    if attempts >= MAX_ATTEMPTS {
        return None;
    }
    let wait = wait(attempts);
    let jitter = drawn(delivery, attempts, wait / 5);
    let asked = attempt.retry_after_s.unwrap_or(0).saturating_mul(SECOND).min(LONGEST_ASKED);
    Some(now.plus_micros(wait.saturating_add(jitter).max(asked)))
}

/// Until when an endpoint is left alone after so many failures in a row.
#[must_use]
pub fn rest_until(failures: i64, attempt: &Attempt, now: Timestamp) -> Timestamp {
    let doublings = u32::try_from(failures.clamp(1, 20) - 1).unwrap_or(0);
    let rest = FIRST_WAIT.saturating_mul(1 << doublings).min(LONGEST_REST);
    let asked = attempt.retry_after_s.unwrap_or(0).saturating_mul(SECOND).min(LONGEST_ASKED);
    now.plus_micros(rest.max(asked))
}

fn wait(attempts: i64) -> i64 {
    let powers = u32::try_from(attempts.clamp(1, 12) - 1).unwrap_or(0);
    FIRST_WAIT.saturating_mul(4_i64.saturating_pow(powers)).min(LONGEST_WAIT)
}

/// A number from 0 to `most`, always the same for the same attempt.
fn drawn(delivery: WebhookDeliveryId, attempts: i64, most: i64) -> i64 {
    let digest = Sha256::new()
        .chain_update(delivery.0.to_be_bytes())
        .chain_update(attempts.to_be_bytes())
        .finalize();
    let mut eight = [0; 8];
    eight.copy_from_slice(&digest[..8]);
    (i64::from_be_bytes(eight) & i64::MAX) % most.saturating_add(1).max(1)
}

//! What staff signs in with: a password kept as an Argon2id hash, and a second factor by the clock (RFC 6238).

use std::sync::LazyLock;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hmac::{Hmac, Mac};
use lazo_domain::ids::StaffId;
use lazo_domain::time::{SECOND, Timestamp};
use lazo_store::{Db, StoreError};
use sha1::Sha1;
use tokio::sync::Semaphore;

use super::store;
use crate::secrets::Entropy;

/// The shortest password, in characters.
pub const MIN_PASSWORD: usize = 12;
/// The longest, so that nobody makes us hash a book.
pub const MAX_PASSWORD: usize = 200;
/// Octets of a second factor's secret.
const TOTP_SECRET: usize = 20;
/// Seconds of one step of the second factor.
const STEP_S: i64 = 30;
/// Wrong tries after which an account waits.
const MAX_WRONG: i64 = 6;
/// How long it waits, in microseconds.
const WAIT: i64 = 15 * 60 * SECOND;
const HASH: usize = 32;
const SALT: usize = 16;
/// Memory in KiB and passes, as OWASP advises for Argon2id on one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;

/// Hashes take memory: so many at once.
static PLACES: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(2));

/// What is kept of somebody's secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Salt and hash.
    pub password: String,
    /// The second factor's secret.
    pub totp: Option<Vec<u8>>,
    /// The last step of it that was used.
    pub totp_step: i64,
    /// Wrong tries since the last right one.
    pub wrong_tries: i64,
    /// Nobody gets in before.
    pub locked_until: Timestamp,
}

/// Sets somebody's password and second factor; answers the second factor's secret.
pub async fn set(
    db: &Db,
    entropy: &dyn Entropy,
    staff: StaffId,
    password: &str,
    now: Timestamp,
) -> Result<Vec<u8>, StoreError> {
    let mut salt = [0; SALT];
    entropy.fill(&mut salt);
    let mut totp = vec![0; TOTP_SECRET];
    entropy.fill(&mut totp);
    let hash = hashed(password.to_owned(), salt).await?;
    store::set_secret(db, staff, &kept(&salt, &hash), &totp, now).await?;
    Ok(totp)
}

/// The person who signs in, when login, password and second factor are right. Whoever is unknown takes as long.
pub async fn check(
    db: &Db,
    login: &str,
    password: &str,
    code: &str,
    now: Timestamp,
) -> Result<Option<StaffId>, StoreError> {
    let found = store::secret_of(db, &login.trim().to_lowercase()).await?;
    let parts = found.as_ref().and_then(|(_, kept)| parted(&kept.password));
    let (salt, wanted) = parts.unwrap_or(([0; SALT], [0; HASH]));
    let given = hashed(password.chars().take(MAX_PASSWORD).collect(), salt).await?;
    let Some((staff, secrets)) = found else { return Ok(None) };
    let same = given.iter().zip(wanted).fold(0, |all, (a, b)| all | (a ^ b)) == 0;
    let step = secrets.totp.as_ref().and_then(|totp| step_of(totp, code, now));
    let fresh = step.is_some_and(|step| step > secrets.totp_step);
    if secrets.locked_until > now || !same || !fresh {
        let locked = secrets.wrong_tries + 1 >= MAX_WRONG;
        let until = if locked { now.plus_micros(WAIT) } else { secrets.locked_until };
        store::wrong_try(db, staff, locked, until).await?;
        return Ok(None);
    }
    // Of two that use the same step at once, one comes in.
    let used = store::right_try(db, staff, step.unwrap_or_default()).await?;
    Ok(used.then_some(staff))
}

/// The code of a second factor at `now`, as the person's device shows it.
#[must_use]
pub fn code_at(totp: &[u8], now: Timestamp) -> String {
    code_of(totp, now.0.div_euclid(STEP_S * SECOND))
}

/// The step in which `code` is right: the present one, or a neighbour for clocks that differ.
fn step_of(totp: &[u8], code: &str, now: Timestamp) -> Option<i64> {
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    let present = now.0.div_euclid(STEP_S * SECOND);
    (present - 1..=present + 1).rev().find(|step| code_of(totp, *step) == digits)
}

fn code_of(totp: &[u8], step: i64) -> String {
    let Ok(mac) = Hmac::<Sha1>::new_from_slice(totp) else { return String::new() };
    let digest = mac.chain_update(step.to_be_bytes()).finalize().into_bytes();
    let at = usize::from(digest[19] & 15);
    let number =
        u32::from_be_bytes([digest[at] & 0x7f, digest[at + 1], digest[at + 2], digest[at + 3]]);
    format!("{:06}", number % 1_000_000)
}

async fn hashed(password: String, salt: [u8; SALT]) -> Result<[u8; HASH], StoreError> {
    let place = PLACES.acquire().await.map_err(|e| StoreError::Shape(e.to_string()))?;
    let work = tokio::task::spawn_blocking(move || {
        let params = Params::new(MEMORY_KIB, PASSES, 1, Some(HASH))?;
        let mut out = [0; HASH];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(
            password.as_bytes(),
            &salt,
            &mut out,
        )?;
        Ok::<_, argon2::Error>(out)
    });
    let done = work.await.map_err(|error| StoreError::Shape(error.to_string()))?;
    drop(place);
    done.map_err(|error| StoreError::Shape(format!("a password cannot be hashed: {error}")))
}

fn kept(salt: &[u8], hash: &[u8]) -> String {
    format!("{}${}", STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash))
}

fn parted(kept: &str) -> Option<([u8; SALT], [u8; HASH])> {
    let (salt, hash) = kept.split_once('$')?;
    let salt = STANDARD_NO_PAD.decode(salt).ok()?.try_into().ok()?;
    let hash = STANDARD_NO_PAD.decode(hash).ok()?.try_into().ok()?;
    Some((salt, hash))
}

//! What staff signs in with: a password kept as an Argon2id hash, and a second factor by the clock (RFC 6238).

use std::collections::BTreeSet;
use std::sync::LazyLock;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, Mac};
use lazo_domain::ids::{StaffId, TenantId};
use lazo_domain::time::{SECOND, Timestamp};
use lazo_store::{Db, StoreError};
use serde_json::json;
use sha1::Sha1;
use tokio::sync::Semaphore;

use super::store as sessions;
use super::{Whose, passkeys};
use crate::features::audit::{self, Deed, INSTALLATION};
use crate::features::staff::store;
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

/// Which second factor somebody shall have with a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Factor {
    /// A new one, whose secret is answered this once.
    New,
    /// The one there is.
    Same,
}

/// Why no password is set.
#[derive(Debug, thiserror::Error)]
pub enum PasswordRefusal {
    /// Too short, or too long to hash.
    #[error("a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters")]
    Length,
    /// Nobody of the staff has this id, or the person has no second factor to keep.
    #[error("there is nobody to set it for")]
    Nobody,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Sets somebody's password in the name of `by`. Every session of the person ends and the audit log tells it, all in
/// one transaction. Answers the secret of a new second factor.
pub async fn set(
    db: &Db,
    entropy: &dyn Entropy,
    (staff, factor): (StaffId, Factor),
    password: &str,
    by: &str,
    now: Timestamp,
) -> Result<Option<Vec<u8>>, PasswordRefusal> {
    if !(MIN_PASSWORD..=MAX_PASSWORD).contains(&password.chars().count()) {
        return Err(PasswordRefusal::Length);
    }
    let mut salt = [0; SALT];
    entropy.fill(&mut salt);
    let fresh = (factor == Factor::New).then(|| {
        let mut totp = vec![0; TOTP_SECRET];
        entropy.fill(&mut totp);
        totp
    });
    let hash = hashed(password.to_owned(), salt).await?;
    let logs = logs_of(db, staff).await?;
    let mut tx = db.begin().await?;
    if !store::set_secret(&mut tx, staff, &kept(&salt, &hash), fresh.as_deref(), now).await? {
        return Err(PasswordRefusal::Nobody);
    }
    sessions::end_of_staff(&mut tx, staff).await?;
    if factor == Factor::New {
        // Others set it anew, perhaps because somebody else had got in: what that one left behind goes, too.
        passkeys::store::remove_all(&mut tx, Whose::Staff(staff)).await?;
    }
    for tenant in logs {
        let deed = Deed {
            tenant,
            at: now,
            actor: by,
            action: "staff.password_set",
            object: staff.to_string(),
            reason: "",
            detail: json!({ "second_factor": fresh.is_some() }),
        };
        audit::record(&mut tx, &deed).await?;
    }
    tx.commit().await?;
    Ok(fresh)
}

/// The logs in which it stands who may sign in: those of the tenants that somebody works for, the installation's for
/// somebody who works for none. In one order, so that two writers cannot wait for each other.
async fn logs_of(db: &Db, staff: StaffId) -> Result<BTreeSet<TenantId>, StoreError> {
    let grants = store::grants(db, staff).await?;
    let mut logs: BTreeSet<_> =
        grants.into_iter().map(|grant| grant.tenant.unwrap_or(INSTALLATION)).collect();
    if logs.is_empty() {
        logs.insert(INSTALLATION);
    }
    Ok(logs)
}

/// What an authenticator app reads to learn a second factor, as a link or as the content of a QR code.
#[must_use]
pub fn factor_uri(login: &str, totp: &[u8]) -> String {
    let label: String = login.bytes().map(escaped).collect();
    format!("otpauth://totp/Lazo:{label}?secret={}&issuer=Lazo", factor_words(totp))
}

/// A second factor's secret as people type it.
#[must_use]
pub fn factor_words(totp: &[u8]) -> String {
    BASE32_NOPAD.encode(totp)
}

fn escaped(octet: u8) -> String {
    match octet {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(octet).to_string()
        }
        _ => format!("%{octet:02X}"),
    }
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
    // The try is counted before the hash is made: of many at once no more come through than one after the other.
    let staff = found.as_ref().map(|(staff, _)| *staff);
    let free = store::begin_try(db, staff, MAX_WRONG, now, now.plus_micros(WAIT)).await?;
    let parts = found.as_ref().and_then(|(_, kept)| parted(&kept.password));
    let (salt, wanted) = parts.unwrap_or(([0; SALT], [0; HASH]));
    let given = hashed(password.chars().take(MAX_PASSWORD).collect(), salt).await?;
    let Some((staff, secrets)) = found else { return Ok(None) };
    let same = given.iter().zip(wanted).fold(0, |all, (a, b)| all | (a ^ b)) == 0;
    let step = secrets.totp.as_ref().and_then(|totp| step_of(totp, code, now));
    let fresh = step.is_some_and(|step| step > secrets.totp_step);
    if !free || !same || !fresh {
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

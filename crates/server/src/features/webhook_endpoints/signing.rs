//! Standard Webhooks signatures: made with up to two live secrets, verified in constant time. No IO, no clock.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use lazo_domain::time::{SECOND, Timestamp};
use sha2::Sha256;

/// The header with the message's id, the same on every attempt.
pub const ID_HEADER: &str = "webhook-id";
/// The header with the instant of the attempt, in seconds of Unix time.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
/// The header with one signature per live secret, separated by spaces.
pub const SIGNATURE_HEADER: &str = "webhook-signature";
/// How far a receiver's clock may be from ours, in seconds.
pub const TOLERANCE_S: i64 = 5 * 60;
/// Octets of a secret of ours; the standard wants 24 to 64.
pub const SECRET_BYTES: usize = 32;

const PREFIX: &str = "whsec_";
const VERSION: &str = "v1,";
/// The most signatures looked at in one header: a sender has two live secrets, not hundreds.
const MAX_SIGNATURES: usize = 8;

/// A shared secret. Its text never reaches a log: only [`Secret::reveal`] gives it away.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

/// Why a text is not a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a secret is `whsec_` and 24 to 64 octets in base64")]
pub struct BadSecret;

impl Secret {
    /// A secret of random octets that the caller drew.
    #[must_use]
    pub fn from_random(octets: [u8; SECRET_BYTES]) -> Self {
        Self(octets.to_vec())
    }

    /// The text to hand to the receiver, once, and to store.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// What may be shown of it later, to tell two secrets apart.
    #[must_use]
    pub fn hint(&self) -> String {
        let text = self.reveal();
        format!("{PREFIX}…{}", &text[text.len().saturating_sub(5)..])
    }

    fn mac(&self, id: &str, timestamp_s: i64, body: &[u8]) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(id.as_bytes());
        mac.update(format!(".{timestamp_s}.").as_bytes());
        mac.update(body);
        mac
    }

    fn sign(&self, id: &str, timestamp_s: i64, body: &[u8]) -> String {
        let tag = self.mac(id, timestamp_s, body).finalize().into_bytes();
        format!("{VERSION}{}", STANDARD.encode(tag))
    }
}

impl FromStr for Secret {
    type Err = BadSecret;

    fn from_str(text: &str) -> Result<Self, BadSecret> {
        let encoded = text.strip_prefix(PREFIX).ok_or(BadSecret)?;
        let octets = STANDARD.decode(encoded).map_err(|_| BadSecret)?;
        // The standard's floor is 24 octets; its own published example has 18, so that is where we begin to refuse.
        if (18..=64).contains(&octets.len()) { Ok(Self(octets)) } else { Err(BadSecret) }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The secrets of one endpoint: the current one, and during a rotation the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secrets {
    /// Signs first.
    pub current: Secret,
    /// Signs too, until its end.
    pub previous: Option<(Secret, Timestamp)>,
}

impl Secrets {
    /// An endpoint's first secret.
    #[must_use]
    pub fn new(current: Secret) -> Self {
        Self { current, previous: None }
    }

    /// Puts `next` in front; what was current goes on signing until `until`. An older one ends at once.
    #[must_use]
    pub fn rotated(self, next: Secret, until: Timestamp) -> Self {
        Self { current: next, previous: Some((self.current, until)) }
    }

    /// Those that sign at `now`, the current one first.
    pub fn live(&self, now: Timestamp) -> impl Iterator<Item = &Secret> {
        let previous = self.previous.iter().filter(move |(_, until)| now < *until);
        std::iter::once(&self.current).chain(previous.map(|(secret, _)| secret))
    }

    /// The value of [`SIGNATURE_HEADER`] for an attempt at `now`.
    #[must_use]
    pub fn sign(&self, id: &str, now: Timestamp, body: &[u8]) -> String {
        let second = unix_seconds(now);
        self.live(now).map(|secret| secret.sign(id, second, body)).collect::<Vec<_>>().join(" ")
    }

    /// Checks a received message against the secrets that are live at `now`.
    pub fn verify(&self, received: &Received<'_>, now: Timestamp) -> Result<(), Unproven> {
        let second = plain_number(received.timestamp).ok_or(Unproven::BadHeader)?;
        if received.id.is_empty() || received.id.contains('.') {
            return Err(Unproven::BadHeader);
        }
        let age_s = unix_seconds(now).saturating_sub(second);
        if age_s > TOLERANCE_S {
            return Err(Unproven::TooOld);
        }
        if age_s < -TOLERANCE_S {
            return Err(Unproven::TooNew);
        }
        let given = received.signature.split(' ').take(MAX_SIGNATURES);
        let mut tags = given.filter_map(|one| STANDARD.decode(one.strip_prefix(VERSION)?).ok());
        let is_ours = |tag: &[u8]| {
            let macs = self.live(now).map(|s| s.mac(received.id, second, received.body));
            // `verify_slice` compares in constant time; every live secret is tried whatever the others say.
            macs.fold(false, |found, mac| mac.verify_slice(tag).is_ok() | found)
        };
        if tags.any(|tag| is_ours(&tag)) { Ok(()) } else { Err(Unproven::NoMatch) }
    }
}

/// A message as it arrived: three headers and the raw body.
#[derive(Debug, Clone, Copy)]
pub struct Received<'a> {
    /// [`ID_HEADER`].
    pub id: &'a str,
    /// [`TIMESTAMP_HEADER`].
    pub timestamp: &'a str,
    /// [`SIGNATURE_HEADER`].
    pub signature: &'a str,
    /// The octets as they came, not parsed and written again.
    pub body: &'a [u8],
}

/// Why a message is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unproven {
    /// A header is missing or malformed.
    #[error("a webhook header is missing or malformed")]
    BadHeader,
    /// Signed longer ago than the tolerance: a replay, or a clock that is wrong.
    #[error("the message was signed too long ago")]
    TooOld,
    /// Signed in the future, past the tolerance.
    #[error("the message was signed in the future")]
    TooNew,
    /// No signature was made with a live secret over these octets.
    #[error("no signature fits")]
    NoMatch,
}

/// Whole seconds of Unix time, as the header carries them.
#[must_use]
pub fn unix_seconds(at: Timestamp) -> i64 {
    at.0.div_euclid(SECOND)
}

/// Digits and nothing else, in one way of writing only: no sign, no space, no leading zero.
fn plain_number(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok()?;
    (number.to_string() == text && number >= 0).then_some(number)
}

//! Passkeys: a key pair of the member's or staff user's own device instead of a code or a password. What the browser
//! says is checked by `webauthn`; each challenge is used once.

pub mod console;
pub mod portal;
mod shown;
pub mod store;
#[cfg(test)]
mod tests;
mod webauthn;

use axum::http::HeaderMap;
use axum::http::header::HOST;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lazo_domain::time::{SECOND, Timestamp};
use lazo_store::StoreError;
use sha2::{Digest, Sha256};

use self::webauthn::{Expected, Refusal};
use super::Whose;
use crate::App;
use crate::http::Problem;
use crate::web::Fields;

/// How long a challenge is good for, in microseconds.
const CHALLENGE: i64 = 300 * SECOND;
/// Octets of a challenge.
const OCTETS: usize = 32;
/// Passkeys that one person may keep.
const MOST: usize = 10;

/// A passkey as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// Its number.
    pub id: i64,
    /// The name the authenticator gave the credential.
    pub credential: Vec<u8>,
    /// Words such as `Chrome, Android`.
    pub device: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last opened a session.
    pub used_at: Option<Timestamp>,
}

/// Why a passkey was not taken.
#[derive(Debug, thiserror::Error)]
enum PasskeyRefusal {
    /// What the browser sent proves nothing.
    #[error("the passkey was refused")]
    Wrong,
    /// There are [`MOST`] already.
    #[error("there are too many passkeys")]
    Full,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Refusal> for PasskeyRefusal {
    fn from(refusal: Refusal) -> Self {
        tracing::info!(%refusal, "a passkey was refused");
        Self::Wrong
    }
}

/// The origin that the reader's browser is at, and the host that its passkeys belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    origin: String,
    host: String,
}

impl Place {
    /// The public address where one is set, else what the browser calls this server.
    fn of(app: &App, headers: &HeaderMap) -> Result<Self, Problem> {
        let said = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let public = app.faces.public_url.trim_end_matches('/');
        let origin = match public.split_once("://") {
            Some((scheme, rest)) => {
                format!("{scheme}://{}", rest.split('/').next().unwrap_or_default())
            }
            None => format!("http://{said}"),
        };
        let rest = origin.split_once("://").map_or("", |(_, rest)| rest);
        let host = match rest.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|octet| octet.is_ascii_digit()) => host,
            _ => rest,
        };
        if host.is_empty() {
            return Err(Problem::new(400, "bad_request"));
        }
        let host = host.to_owned();
        Ok(Self { origin, host })
    }

    fn expects<'a>(&'a self, challenge: &'a [u8]) -> Expected<'a> {
        Expected { challenge, origin: &self.origin, host: &self.host }
    }
}

/// Octets as passkeys are written in pages: base64url without padding.
fn written(octets: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}

/// The octets of a form's field; none when it is no such text.
fn field(fields: &Fields, name: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(fields.get(name)).unwrap_or_default()
}

/// The handle under which an authenticator keeps somebody's passkey: it tells nobody who that is.
fn handle(whose: Whose) -> Vec<u8> {
    let name = match whose {
        Whose::Member { tenant, member, .. } => format!("member {} {}", tenant.0, member.0),
        Whose::Staff(staff) => format!("staff {}", staff.0),
    };
    Sha256::digest(name)[..16].to_vec()
}

/// Draws a challenge that is good once; for `owner` who adds a passkey, for nobody yet who signs in with one.
async fn challenge(app: &App, owner: Option<Whose>) -> Result<Vec<u8>, StoreError> {
    let mut challenge = vec![0; OCTETS];
    app.entropy.fill(&mut challenge);
    let now = app.clock.now();
    let hash = Sha256::digest(&challenge);
    store::put_challenge(
        &app.db,
        &hash,
        owner.map(handle).as_deref(),
        now.plus_micros(CHALLENGE),
        now,
    )
    .await?;
    Ok(challenge)
}

/// The challenge that a browser answered, used up; it must have been drawn for `owner`.
async fn answered(
    app: &App,
    owner: Option<Whose>,
    client_data: &[u8],
) -> Result<Vec<u8>, PasskeyRefusal> {
    let challenge = webauthn::challenge_of(client_data)?;
    let hash = Sha256::digest(&challenge);
    let taken = store::take_challenge(&app.db, &hash, app.clock.now()).await?;
    match taken {
        Some(for_whom) if for_whom == owner.map(handle) => Ok(challenge),
        _ => Err(PasskeyRefusal::Wrong),
    }
}

/// Keeps a new passkey of `owner`.
async fn add(
    app: &App,
    place: &Place,
    owner: Whose,
    fields: &Fields,
    device: &str,
) -> Result<(), PasskeyRefusal> {
    let client_data = field(fields, "client");
    let challenge = answered(app, Some(owner), &client_data).await?;
    let expected = place.expects(&challenge);
    let made = webauthn::registered(&expected, &client_data, &field(fields, "attestation"))?;
    if store::of(&app.db, owner).await?.len() >= MOST {
        return Err(PasskeyRefusal::Full);
    }
    let new = store::New {
        id: app.ids.next(),
        owner,
        host: &place.host,
        credential: &made,
        device,
        now: app.clock.now(),
    };
    store::insert(&app.db, &new).await.map_err(|error| match error {
        StoreError::Unique(_) => PasskeyRefusal::Wrong,
        error => error.into(),
    })
}

/// Whose the passkey is that a browser signed in with.
async fn found(app: &App, place: &Place, fields: &Fields) -> Result<Whose, PasskeyRefusal> {
    let client_data = field(fields, "client");
    let challenge = answered(app, None, &client_data).await?;
    let known = store::find(&app.db, &place.host, &field(fields, "credential")).await?;
    let known = known.ok_or(PasskeyRefusal::Wrong)?;
    let expected = place.expects(&challenge);
    let said = webauthn::Said {
        client_data: &client_data,
        authenticator_data: &field(fields, "authenticator"),
        signature: &field(fields, "signature"),
    };
    let counter = webauthn::asserted(&expected, &known.key, known.counter, &said)?;
    // Two answers at once with one counter: the second finds it moved.
    let moved = store::used(&app.db, known.id, (known.counter, counter), app.clock.now()).await?;
    if moved { Ok(known.owner) } else { Err(PasskeyRefusal::Wrong) }
}

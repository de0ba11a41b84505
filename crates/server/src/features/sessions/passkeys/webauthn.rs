//! What a browser says of a passkey, checked as W3C Web Authentication Level 2 asks of a relying party (§7.1, §7.2):
//! the challenge, the origin, the host's hash, that the person was there and was verified, and the signature.
//!
//! No attestation is asked for, so none is believed: what matters is that the same key comes back.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The flags of an authenticator's data: the person was there, was verified, and a new credential follows.
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const CREDENTIAL: u8 = 0x40;
/// Octets before what may follow: the host's hash, the flags, the counter.
const HEAD: usize = 37;
/// The longest name of a credential that is taken, as the specification bounds it.
const MAX_CREDENTIAL: usize = 1_023;

/// What must come back.
pub struct Expected<'a> {
    /// What was drawn.
    pub challenge: &'a [u8],
    /// Scheme, host and port of the page.
    pub origin: &'a str,
    /// The host that passkeys belong to.
    pub host: &'a str,
}

/// A new credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its name.
    pub name: Vec<u8>,
    /// Its public key as COSE writes it (RFC 9052).
    pub key: Vec<u8>,
    /// How often it was used, by the authenticator's own count; some always say 0.
    pub counter: i64,
}

/// What a browser says when somebody signs in.
pub struct Said<'a> {
    /// The challenge and the origin, as the browser saw them, in JSON.
    pub client_data: &'a [u8],
    /// What the authenticator adds.
    pub authenticator_data: &'a [u8],
    /// Its signature over both.
    pub signature: &'a [u8],
}

/// Why it was not believed. For the log: whoever tries is told nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not what a browser sends.
    #[error("it is not readable: {0}")]
    Unreadable(&'static str),
    /// For another question, page or host.
    #[error("it answers something else: {0}")]
    Other(&'static str),
    /// The person was not there or not verified.
    #[error("nobody proved to be there")]
    Nobody,
    /// A key of a kind that was not asked for.
    #[error("the key is of another kind")]
    Key,
    /// The signature is not this key's.
    #[error("the signature is wrong")]
    Signature,
    /// The authenticator's count went back: somebody has a copy of it.
    #[error("the count went back")]
    Copied,
}

#[derive(Deserialize)]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default, rename = "crossOrigin")]
    cross_origin: bool,
}

fn client(data: &[u8]) -> Result<ClientData, Refusal> {
    serde_json::from_slice(data).map_err(|_| Refusal::Unreadable("client data"))
}

/// The challenge that a browser says it answers.
pub fn challenge_of(client_data: &[u8]) -> Result<Vec<u8>, Refusal> {
    let said = client(client_data)?.challenge;
    URL_SAFE_NO_PAD.decode(said).map_err(|_| Refusal::Unreadable("challenge"))
}

fn meant(expected: &Expected, kind: &str, client_data: &[u8]) -> Result<(), Refusal> {
    let said = client(client_data)?;
    if said.r#type != kind {
        return Err(Refusal::Other("kind"));
    }
    if challenge_of(client_data)? != expected.challenge {
        return Err(Refusal::Other("challenge"));
    }
    if said.origin != expected.origin || said.cross_origin {
        return Err(Refusal::Other("origin"));
    }
    Ok(())
}

/// Flags and count of an authenticator's data, once host and person are what they must be.
fn present(expected: &Expected, data: &[u8]) -> Result<(u8, i64), Refusal> {
    let head = data.get(..HEAD).ok_or(Refusal::Unreadable("authenticator data"))?;
    if head[..32] != *Sha256::digest(expected.host) {
        return Err(Refusal::Other("host"));
    }
    let flags = head[32];
    if flags & PRESENT == 0 || flags & VERIFIED == 0 {
        return Err(Refusal::Nobody);
    }
    let count = u32::from_be_bytes([head[33], head[34], head[35], head[36]]);
    Ok((flags, i64::from(count)))
}

/// A new credential (§7.1): it answers the challenge, belongs to the host, and has a key that can be checked.
pub fn registered(
    expected: &Expected,
    client_data: &[u8],
    attestation: &[u8],
) -> Result<Credential, Refusal> {
    meant(expected, "webauthn.create", client_data)?;
    let object: Value =
        ciborium::from_reader(attestation).map_err(|_| Refusal::Unreadable("attestation"))?;
    let object = object.as_map().ok_or(Refusal::Unreadable("attestation"))?;
    let data = object.iter().find(|(name, _)| name.as_text() == Some("authData"));
    let data = data.and_then(|(_, value)| value.as_bytes());
    let data = data.ok_or(Refusal::Unreadable("authenticator data"))?;
    let (flags, counter) = present(expected, data)?;
    let cut = Refusal::Unreadable("credential");
    if flags & CREDENTIAL == 0 {
        return Err(cut);
    }
    // The authenticator's model (16 octets), the length of the name, the name, the key.
    let length = data.get(HEAD + 16..HEAD + 18).ok_or(cut)?;
    let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
    let rest = data.get(HEAD + 18..).ok_or(cut)?;
    if length == 0 || length > MAX_CREDENTIAL || rest.len() < length {
        return Err(cut);
    }
    let (name, rest) = rest.split_at(length);
    let mut after = rest;
    let key: Value = ciborium::from_reader(&mut after).map_err(|_| Refusal::Unreadable("key"))?;
    Key::read(&key)?;
    let key = rest[..rest.len() - after.len()].to_vec();
    Ok(Credential { name: name.to_vec(), key, counter })
}

/// A sign-in (§7.2): answers the authenticator's count. The signature is over its data and the hash of the browser's.
pub fn asserted(
    expected: &Expected,
    key: &[u8],
    counter: i64,
    said: &Said,
) -> Result<i64, Refusal> {
    meant(expected, "webauthn.get", said.client_data)?;
    let (_, count) = present(expected, said.authenticator_data)?;
    let mut signed = said.authenticator_data.to_vec();
    signed.extend_from_slice(&Sha256::digest(said.client_data));
    let key: Value = ciborium::from_reader(key).map_err(|_| Refusal::Unreadable("key"))?;
    Key::read(&key)?.verify(&signed, said.signature)?;
    if (count > 0 || counter > 0) && count <= counter {
        return Err(Refusal::Copied);
    }
    Ok(count)
}

/// A public key of one of the three kinds that are asked for.
enum Key<'a> {
    /// COSE -7: P-256, as an uncompressed point.
    Es256(Vec<u8>),
    /// COSE -8.
    Ed25519(&'a [u8]),
    /// COSE -257.
    Rs256 { n: &'a [u8], e: &'a [u8] },
}

impl<'a> Key<'a> {
    fn read(key: &'a Value) -> Result<Self, Refusal> {
        let map = key.as_map().ok_or(Refusal::Key)?;
        let part = |label: i64| {
            let found = map.iter().find(|(name, _)| {
                name.as_integer().is_some_and(|n| i128::from(n) == i128::from(label))
            });
            found.map(|(_, value)| value)
        };
        let number = |label| part(label).and_then(Value::as_integer).map(i128::from);
        let octets = |label| part(label).and_then(Value::as_bytes).map(Vec::as_slice);
        match (number(1), number(3), number(-1)) {
            (Some(2), Some(-7), Some(1)) => {
                let (x, y) = (octets(-2).ok_or(Refusal::Key)?, octets(-3).ok_or(Refusal::Key)?);
                if x.len() != 32 || y.len() != 32 {
                    return Err(Refusal::Key);
                }
                Ok(Self::Es256([&[4], x, y].concat()))
            }
            (Some(1), Some(-8), Some(6)) => {
                let x = octets(-2).filter(|x| x.len() == 32).ok_or(Refusal::Key)?;
                Ok(Self::Ed25519(x))
            }
            (Some(3), Some(-257), _) => {
                let (n, e) = (octets(-1).ok_or(Refusal::Key)?, octets(-2).ok_or(Refusal::Key)?);
                Ok(Self::Rs256 { n, e })
            }
            _ => Err(Refusal::Key),
        }
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Refusal> {
        let right = match self {
            Self::Es256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature)
            }
            Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature),
            Self::Rs256 { n, e } => RsaPublicKeyComponents { n, e }.verify(
                &RSA_PKCS1_2048_8192_SHA256,
                message,
                signature,
            ),
        };
        right.map_err(|_| Refusal::Signature)
    }
}

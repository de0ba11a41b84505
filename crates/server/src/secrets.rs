//! Secrets that are shown once and kept as hashes: tokens of keys, staff and members.

use hmac::{Hmac, Mac};
use lazo_domain::ids::EventId;
use sha2::{Digest, Sha256};

/// Where randomness comes from. The machine's in production, a counted one in tests.
pub trait Entropy: Send + Sync {
    /// Fills `bytes` with what nobody can guess.
    fn fill(&self, bytes: &mut [u8]);
}

/// The machine's own randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct MachineEntropy;

impl Entropy for MachineEntropy {
    #[expect(clippy::disallowed_methods, reason = "the one place that draws secrets")]
    fn fill(&self, bytes: &mut [u8]) {
        // Without randomness there are no secrets; going on would hand out guessable ones.
        assert!(getrandom::fill(bytes).is_ok(), "the machine gives no randomness");
    }
}

/// What something is known again by without being kept: HMAC-SHA256 (RFC 2104) of it, 32 octets.
#[must_use]
pub fn keyed(secret: &[u8], what: &[u8]) -> Vec<u8> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
        unreachable!("a secret of any length makes a key");
    };
    mac.update(what);
    mac.finalize().into_bytes().to_vec()
}

/// A secret on its way to its one reader.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// What the holder sends: the prefix and 192 random bits.
    pub text: String,
    /// What is kept.
    pub hash: Vec<u8>,
}

impl Secret {
    /// Draws a secret that begins with `prefix`, such as `lzk_`.
    #[must_use]
    pub fn draw(prefix: &str, entropy: &dyn Entropy) -> Self {
        let mut text = prefix.to_owned();
        for _ in 0..3 {
            let mut bytes = [0; 8];
            entropy.fill(&mut bytes);
            let part = EventId(i64::from_be_bytes(bytes)).to_string();
            text.push_str(part.trim_start_matches("evt_"));
        }
        let hash = hash_of(&text);
        Self { text, hash }
    }

    /// The last four characters, by which people tell secrets apart.
    #[must_use]
    pub fn hint(&self) -> &str {
        self.text.get(self.text.len().saturating_sub(4)..).unwrap_or_default()
    }
}

/// What is kept of a token. Its 192 random bits need no slow hash.
#[must_use]
pub fn hash_of(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

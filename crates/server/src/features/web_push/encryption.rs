//! A notice that only the browser can open: RFC 8291 over RFC 8188, in one record.

use hmac::{Hmac, Mac};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::rand::SystemRandom;
use sha2::Sha256;

/// Octets of the salt.
pub const SALT: usize = 16;
/// Octets of a public key: a point that is not compressed.
pub const POINT: usize = 65;
/// Octets of what only the browser and we know.
pub const AUTH: usize = 16;
/// The size of a record, in octets. Everything fits into one.
const RECORD: u32 = 4_096;
/// The most octets of a notice, so that makers of browsers, who promise to take 4,096 octets, take it.
pub const MAX_PLAIN: usize = 3_900;
/// What ends the last record.
const LAST: u8 = 2;

/// Why a notice could not be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsealed {
    /// The browser's key is no point of the curve.
    #[error("the browser's key is no key")]
    BadKey,
    /// The notice is too long.
    #[error("the notice is too long")]
    TooLong,
}

/// What both sides agreed on for one notice.
pub struct Agreement {
    /// The common secret of both keys.
    pub secret: Vec<u8>,
    /// Our public key, made for this notice alone.
    pub own_public: Vec<u8>,
}

/// Agrees with the browser on a secret for one notice, by a key that is used this once.
pub fn agree(browser_public: &[u8]) -> Result<Agreement, Unsealed> {
    let random = SystemRandom::new();
    let bad = |_| Unsealed::BadKey;
    let own = EphemeralPrivateKey::generate(&ECDH_P256, &random).map_err(bad)?;
    let own_public = own.compute_public_key().map_err(bad)?.as_ref().to_vec();
    let browser = UnparsedPublicKey::new(&ECDH_P256, browser_public);
    let secret = agree_ephemeral(own, &browser, <[u8]>::to_vec).map_err(bad)?;
    Ok(Agreement { secret, own_public })
}

/// Closes `plain` for the browser that has `browser_public` and `auth`. Pure.
pub fn seal(
    plain: &[u8],
    agreement: &Agreement,
    (browser_public, auth): (&[u8], &[u8]),
    salt: &[u8; SALT],
) -> Result<Vec<u8>, Unsealed> {
    if plain.len() > MAX_PLAIN {
        return Err(Unsealed::TooLong);
    }
    let own_public = agreement.own_public.as_slice();
    let key_info = [b"WebPush: info\0", browser_public, own_public].concat();
    let common = expand(&hmac(auth, &agreement.secret), &key_info);
    let pseudo_random = hmac(salt, &common);
    let key = expand(&pseudo_random, b"Content-Encoding: aes128gcm\0");
    let nonce = expand(&pseudo_random, b"Content-Encoding: nonce\0");
    let mut record = [plain, &[LAST]].concat();
    let key = UnboundKey::new(&AES_128_GCM, &key[..16]).map_err(|_| Unsealed::BadKey)?;
    let nonce = Nonce::try_assume_unique_for_key(&nonce[..12]).map_err(|_| Unsealed::BadKey)?;
    LessSafeKey::new(key)
        .seal_in_place_append_tag(nonce, Aad::empty(), &mut record)
        .map_err(|_| Unsealed::TooLong)?;
    let length = u8::try_from(own_public.len()).map_err(|_| Unsealed::BadKey)?;
    Ok([salt.as_slice(), &RECORD.to_be_bytes(), &[length], own_public, &record].concat())
}

/// The first block of HKDF's expansion, which is all that is ever needed here.
fn expand(key: &[u8], info: &[u8]) -> Vec<u8> {
    hmac(key, &[info, &[1]].concat())
}

fn hmac(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(data);
    mac.finalize().into_bytes().to_vec()
}

//! A browser and its maker on this machine: a key pair, an address that takes notices, and what opens them. The common secret
//! is worked out by the `openssl` command, so that nothing of ours opens what ours closed.

use std::process::Command;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::TcpListener;

/// A notice as it arrived.
#[derive(Clone)]
pub struct Seen {
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// A browser's keys: those of RFC 8291, appendix A.
pub struct Browser {
    pub private: Vec<u8>,
    pub public: Vec<u8>,
    pub auth: Vec<u8>,
}

pub fn octets(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

impl Browser {
    pub fn of_the_rfc() -> Self {
        Self {
            private: octets("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"),
            public: octets(
                "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            ),
            auth: octets("BTBZMqHH6r4Tts7J_aSIgg"),
        }
    }

    /// Opens a notice.
    pub fn open(&self, body: &[u8]) -> Vec<u8> {
        let (salt, rest) = body.split_at(16);
        let (record, rest) = rest.split_at(4);
        assert_eq!(record, 4_096_u32.to_be_bytes());
        let (sender, sealed) = rest[1..].split_at(usize::from(rest[0]));
        let secret = derived(&self.private, &self.public, sender);
        let info = [b"WebPush: info\0".as_slice(), &self.public, sender].concat();
        let common = block(&mac(&self.auth, &secret), &info);
        let pseudo_random = mac(salt, &common);
        let key = block(&pseudo_random, b"Content-Encoding: aes128gcm\0");
        let nonce = block(&pseudo_random, b"Content-Encoding: nonce\0");
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key[..16]).unwrap());
        let nonce = Nonce::try_assume_unique_for_key(&nonce[..12]).unwrap();
        let mut sealed = sealed.to_vec();
        let plain = key.open_in_place(nonce, Aad::empty(), &mut sealed).unwrap();
        assert_eq!(plain.last(), Some(&2), "one record, the last");
        plain[..plain.len() - 1].to_vec()
    }
}

fn mac(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(data);
    mac.finalize().into_bytes().to_vec()
}

fn block(key: &[u8], info: &[u8]) -> Vec<u8> {
    mac(key, &[info, &[1]].concat())
}

/// The common secret of a private key (with its public half) and somebody's public key, by OpenSSL.
pub fn derived(private: &[u8], public: &[u8], other: &[u8]) -> Vec<u8> {
    const CURVE: [u8; 10] = [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
    let own = [
        &[0x30, 0x77, 2, 1, 1, 4, 0x20],
        private,
        &[0xa0, 10],
        &CURVE,
        &[0xa1, 0x44, 3, 0x42, 0],
        public,
    ]
    .concat();
    let oid = [0x30, 0x59, 0x30, 0x13, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
    let other = [oid.as_slice(), &CURVE, &[3, 0x42, 0], other].concat();
    let folder = tempfile::tempdir().unwrap();
    for (name, der) in [("own.der", own), ("other.der", other)] {
        std::fs::write(folder.path().join(name), der).unwrap();
    }
    let arguments =
        "pkeyutl -derive -inkey own.der -keyform DER -peerkey other.der -peerform DER -out secret";
    let done =
        Command::new("openssl").args(arguments.split(' ')).current_dir(folder.path()).output();
    let done = done.expect("openssl is missing; hint: apt-get install openssl");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    std::fs::read(folder.path().join("secret")).unwrap()
}

/// A maker of browsers that takes notices at an address on this machine.
pub struct Maker {
    pub base: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Maker {
    /// Answers with these statuses in order, the last one for ever.
    pub async fn answering(statuses: &'static [u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let take = move |headers: HeaderMap, body: Bytes| async move {
            let mut log = log.lock().unwrap();
            log.push(Seen { headers, body });
            StatusCode::from_u16(statuses[(log.len() - 1).min(statuses.len() - 1)]).unwrap()
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(take)).await });
        Self { base, seen }
    }

    /// The subscription of a browser there, as an app tells it.
    pub fn subscription(&self, browser: &Browser, name: &str) -> Value {
        json!({ "brand": "corner", "endpoint": format!("{}/push/{}", self.base, name.replace([',', ' '], "")), "name": name,
            "p256dh": URL_SAFE_NO_PAD.encode(&browser.public), "auth": URL_SAFE_NO_PAD.encode(&browser.auth) })
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// What all notices said, opened; each is checked to be signed by the key that its header names.
    pub fn told(&self, browser: &Browser) -> Vec<Value> {
        let one = |seen: &Seen| {
            let header = |name: &str| seen.headers[name].to_str().unwrap();
            assert_eq!(header("content-encoding"), "aes128gcm");
            assert_eq!(header("ttl"), "86400");
            let claims = verified(header("authorization"));
            assert_eq!(claims["aud"], json!(self.base));
            serde_json::from_slice(&browser.open(&seen.body)).unwrap()
        };
        self.seen().iter().map(one).collect()
    }
}

/// The claims of a VAPID header, verified with the key in it.
fn verified(header: &str) -> Value {
    let (token, key) = header.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, octets(key))
        .verify(signed.as_bytes(), &octets(signature))
        .unwrap();
    serde_json::from_slice(&octets(signed.split('.').nth(1).unwrap())).unwrap()
}

//! Who sends a notice: the tenant's own key, made at its first use, signs every call (RFC 8292).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lazo_domain::ids::TenantId;
use lazo_domain::time::{SECOND, Timestamp};
use lazo_store::StoreError;
use reqwest::Url;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::json;

use super::store;
use crate::App;

/// How long a signature is good for; makers of browsers take at most a day.
const GOOD_FOR_S: i64 = 12 * 3_600;

/// A tenant's key.
pub struct Vapid {
    key: EcdsaKeyPair,
    random: SystemRandom,
}

impl fmt::Debug for Vapid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vapid(…)")
    }
}

impl Vapid {
    /// The key of a tenant, made when there is none. Of two processes that make one the first one's stays.
    pub async fn of(app: &App, tenant: TenantId) -> Result<Self, StoreError> {
        let broken = |what: &str| StoreError::Corrupt(format!("a tenant's key of notices {what}"));
        let random = SystemRandom::new();
        let read = |octets: &[u8]| {
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, octets, &random)
                .map_err(|_| broken("cannot be read"))
        };
        let kept = match store::key(&app.db, tenant).await? {
            Some(kept) => kept,
            None => {
                let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
                    .map_err(|_| broken("cannot be made"))?;
                let public = read(made.as_ref())?.public_key().as_ref().to_vec();
                let now = app.clock.now();
                store::keep_key(&app.db, tenant, made.as_ref(), &public, now).await?;
                store::key(&app.db, tenant).await?.ok_or_else(|| broken("was not kept"))?
            }
        };
        let key = read(&kept)?;
        Ok(Self { key, random })
    }

    /// The public half, as browsers and their makers are told it.
    #[must_use]
    pub fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.key.public_key().as_ref())
    }

    /// The header of a call to `endpoint`; `contact` is where its maker can reach us.
    #[must_use]
    pub fn header(&self, endpoint: &Url, contact: &str, now: Timestamp) -> Option<String> {
        let head = json!({ "typ": "JWT", "alg": "ES256" });
        let mut claims = json!({
            "aud": endpoint.origin().ascii_serialization(),
            "exp": now.0.div_euclid(SECOND) + GOOD_FOR_S,
        });
        if !contact.is_empty() {
            claims["sub"] = json!(contact);
        }
        let encode = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(&head), encode(&claims));
        let signature = self.key.sign(&self.random, signed.as_bytes()).ok()?;
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()));
        Some(format!("vapid t={token}, k={}", self.public()))
    }
}

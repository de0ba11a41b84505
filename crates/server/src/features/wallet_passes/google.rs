//! A pass as Google's Wallet reads it: a class for the brand, an object for the card, and the signed link that adds both.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lazo_domain::ids::{BrandId, WalletPassId};
use lazo_domain::time::{SECOND, Timestamp};
use ring::signature::RsaKeyPair;
use serde::Deserialize;
use serde_json::{Value, json};

use super::content::{Content, Words};
use super::signature::{Unsigned, rsa_key, rsa_sign};
use crate::i18n::Locale;

/// Where the signed link leads.
const SAVE: &str = "https://pay.google.com/gp/v/save/";
/// What a token for Google's interface is asked for.
const REACH: &str = "https://www.googleapis.com/auth/wallet_object.issuer";
/// How long such a token is asked for, in seconds.
const HOUR_S: i64 = 3_600;

/// A service account that may write passes.
pub struct Account {
    email: String,
    key_id: String,
    key: RsaKeyPair,
    /// Where tokens are asked for.
    pub token_uri: String,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Account(…)")
    }
}

/// The file that Google gives.
#[derive(Deserialize)]
struct KeyFile {
    client_email: String,
    private_key_id: String,
    private_key: String,
    token_uri: String,
}

impl Account {
    /// The account of a key file.
    pub fn of(file: &[u8]) -> Result<Self, Unsigned> {
        let read: KeyFile = serde_json::from_slice(file)
            .map_err(|_| Unsigned::File("it is no key file of a service account"))?;
        let key = rsa_key(read.private_key.as_bytes())?;
        let KeyFile { client_email: email, private_key_id: key_id, token_uri, .. } = read;
        Ok(Self { email, key_id, key, token_uri })
    }

    /// Claims signed as RS256.
    fn signed(&self, claims: &Value) -> Result<String, Unsigned> {
        let head = json!({ "alg": "RS256", "typ": "JWT", "kid": self.key_id });
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(&head), encode(claims));
        let signature = rsa_sign(&self.key, signed.as_bytes())?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// What a token for Google's interface is asked for with.
    pub fn assertion(&self, now: Timestamp) -> Result<String, Unsigned> {
        let now_s = now.0.div_euclid(SECOND);
        self.signed(&json!({ "iss": self.email, "scope": REACH, "aud": self.token_uri,
            "iat": now_s, "exp": now_s + HOUR_S }))
    }

    /// The link that adds a card to its reader's wallet.
    pub fn link(&self, class: &Value, object: &Value, now: Timestamp) -> Result<String, Unsigned> {
        let payload = json!({ "loyaltyClasses": [class], "loyaltyObjects": [object] });
        let claims = json!({ "iss": self.email, "aud": "google", "typ": "savetowallet",
            "iat": now.0.div_euclid(SECOND), "origins": [], "payload": payload });
        Ok(format!("{SAVE}{}", self.signed(&claims)?))
    }
}

/// The name of a brand's class.
#[must_use]
pub fn class_id(issuer: &str, brand: BrandId) -> String {
    format!("{issuer}.{brand}")
}

/// The name of a card.
#[must_use]
pub fn object_id(issuer: &str, pass: WalletPassId) -> String {
    format!("{issuer}.{pass}")
}

/// What all cards of a brand have in common.
#[must_use]
pub fn class(issuer: &str, brand: BrandId, content: &Content, base: &str) -> Value {
    let logo = format!("{base}/portal/{}/logo.png", content.site);
    json!({
        "id": class_id(issuer, brand),
        "issuerName": content.brand,
        "programName": main(content).map_or(&content.brand, |words| &words.program),
        "localizedProgramName": localized(content, |_, words| words.program.clone()),
        "programLogo": { "sourceUri": { "uri": logo } },
        "hexBackgroundColor": content.kit.light.card,
        "reviewStatus": "UNDER_REVIEW",
    })
}

/// The card of one member: the number that tills read, what can be spent, the tier.
#[must_use]
pub fn object(issuer: &str, (brand, pass): (BrandId, WalletPassId), content: &Content) -> Value {
    let locale = main(content).and_then(|words| words.locale).unwrap_or_default();
    let balance = json!({ "string": locale.number(content.balance, content.scale) });
    let mut told = json!({
        "id": object_id(issuer, pass),
        "classId": class_id(issuer, brand),
        "state": if content.voided { "INACTIVE" } else { "ACTIVE" },
        "loyaltyPoints": {
            "label": main(content).map(|words| words.points.clone()),
            "localizedLabel": localized(content, |_, words| words.points.clone()),
            "balance": balance,
        },
    });
    if !content.number.is_empty() {
        told["accountId"] = json!(content.number);
        told["barcode"] =
            json!({ "type": "CODE_128", "value": content.number, "alternateText": content.number });
    }
    let has_tier = content.words.values().any(|words| !words.tier.is_empty());
    told["textModulesData"] = if has_tier {
        json!([{
            "id": "tier",
            "localizedHeader": localized(content, |locale, _| content.say(locale, "wallet-passes-tier")),
            "localizedBody": localized(content, |_, words| words.tier.clone()),
        }])
    } else {
        json!([])
    };
    told
}

fn main(content: &Content) -> Option<&Words> {
    content.words.get("es")
}

/// Words in both languages, Spanish where nothing else fits.
fn localized(content: &Content, of: impl Fn(Locale, &Words) -> String) -> Value {
    let told = |tag: &str, words: &Words| {
        let value = of(words.locale.unwrap_or_default(), words);
        json!({ "language": tag, "value": value })
    };
    let all: Vec<Value> = content.words.iter().map(|(tag, words)| told(tag, words)).collect();
    let default = content.words.get_key_value("es").map(|(tag, words)| told(tag, words));
    json!({ "defaultValue": default, "translatedValues": all })
}

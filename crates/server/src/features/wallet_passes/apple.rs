//! A pass as Apple's Wallet reads it: `pass.json`, its words, its pictures, their hashes and the signature, in one file.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use lazo_domain::time::Timestamp;
use serde_json::{Map, Value, json};
use sha1::{Digest, Sha1};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::Pass;
use super::content::{Content, Words};
use super::pictures;
use super::settings::Apple;
use super::signature::Unsigned;
use crate::i18n::Locale;

/// Pictures: names, and how wide and high in pixels.
const PICTURES: [(&str, u16); 6] = [
    ("icon.png", 29),
    ("icon@2x.png", 58),
    ("icon@3x.png", 87),
    ("logo.png", 50),
    ("logo@2x.png", 100),
    ("logo@3x.png", 150),
];

/// The whole file of a pass. `base` is where people reach us; phones come back there only over TLS.
pub fn file(
    apple: &Apple,
    pass: &Pass,
    content: &Content,
    base: &str,
    now: Timestamp,
) -> Result<Vec<u8>, Unsigned> {
    let mut files =
        vec![("pass.json".to_owned(), document(apple, pass, content, base).to_string())];
    for (tag, words) in &content.words {
        let locale = words.locale.unwrap_or_default();
        files.push((format!("{tag}.lproj/pass.strings"), strings(content, locale, words)));
    }
    let mut files: Vec<(String, Vec<u8>)> =
        files.into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
    for (name, side) in PICTURES {
        files.extend(pictures::mark(&content.kit, side).map(|png| (name.to_owned(), png)));
    }
    let hashes: Map<String, Value> =
        files.iter().map(|(name, octets)| (name.clone(), json!(sha1_hex(octets)))).collect();
    let manifest = Value::Object(hashes).to_string().into_bytes();
    let signature = apple.signer.sign(&manifest, now)?;
    files.push(("manifest.json".to_owned(), manifest));
    files.push(("signature".to_owned(), signature));
    zipped(&files).map_err(|error| Unsigned::Writing(error.to_string()))
}

/// What the pass says. Labels are keys of the words by language.
fn document(apple: &Apple, pass: &Pass, content: &Content, base: &str) -> Value {
    let light = &content.kit.light;
    let mut told = json!({
        "formatVersion": 1,
        "passTypeIdentifier": apple.pass_type,
        "teamIdentifier": apple.team,
        "serialNumber": pass.id,
        "organizationName": content.brand,
        "description": "description",
        "logoText": content.brand,
        "backgroundColor": colour(&light.card),
        "foregroundColor": colour(&light.card_ink),
        "labelColor": colour(&light.card_muted),
        "sharingProhibited": true,
        "voided": content.voided,
        "storeCard": card(content, base),
    });
    if !content.number.is_empty() {
        told["barcodes"] = json!([{
            "format": "PKBarcodeFormatCode128",
            "message": content.number,
            "messageEncoding": "iso-8859-1",
            "altText": content.number,
        }]);
    }
    if base.starts_with("https://") {
        told["webServiceURL"] = json!(format!("{base}/api/v1/wallet"));
        told["authenticationToken"] = json!(pass.token());
    }
    told
}

fn card(content: &Content, base: &str) -> Value {
    let mut balance = json!({ "key": "balance", "label": "points", "value": content.balance,
        "numberStyle": "PKNumberStyleDecimal", "changeMessage": "change" });
    if content.scale > 0 {
        let number = Locale::En.number(content.balance, content.scale).replace(',', "");
        balance["value"] = number.parse().map(Value::Number).unwrap_or_else(|_| json!(number));
    }
    let mut second = Vec::new();
    if content.words.values().any(|words| !words.tier.is_empty()) {
        second.push(json!({ "key": "tier", "label": "tier-label", "value": "tier-name" }));
    }
    let mut back =
        vec![json!({ "key": "issuer", "label": "issuer-label", "value": content.legal_entity })];
    if !content.number.is_empty() {
        second.push(json!({ "key": "number", "label": "number-label", "value": content.number }));
    }
    if !base.is_empty() {
        let portal = format!("{base}/portal/{}", content.site);
        back.push(json!({ "key": "portal", "label": "portal-label", "value": portal }));
    }
    json!({ "primaryFields": [balance], "secondaryFields": second, "backFields": back })
}

/// The words of one language, as Apple writes them.
fn strings(content: &Content, locale: Locale, words: &Words) -> String {
    let pairs = [
        ("description", content.say(locale, "wallet-passes-description")),
        ("points", words.points.clone()),
        ("change", content.say(locale, "wallet-passes-change")),
        ("tier-label", content.say(locale, "wallet-passes-tier")),
        ("tier-name", words.tier.clone()),
        ("number-label", content.say(locale, "wallet-passes-number")),
        ("issuer-label", content.say(locale, "wallet-passes-issuer")),
        ("portal-label", content.say(locale, "wallet-passes-portal")),
    ];
    let mut text = String::new();
    for (key, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        // Writing to a text does not fail.
        let _ = writeln!(text, "\"{key}\" = \"{value}\";");
    }
    text
}

fn colour(hex: &str) -> String {
    let (r, g, b) = pictures::rgb(hex).unwrap_or((0, 0, 0));
    format!("rgb({r}, {g}, {b})")
}

fn sha1_hex(octets: &[u8]) -> String {
    Sha1::digest(octets).iter().map(|octet| format!("{octet:02x}")).collect()
}

fn zipped(files: &[(String, Vec<u8>)]) -> zip::result::ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, octets) in files {
        zip.start_file(name.as_str(), options)?;
        zip.write_all(octets)?;
    }
    Ok(zip.finish()?.into_inner())
}

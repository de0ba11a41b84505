//! A device made of a key and a counter answers for what it was asked, and for nothing else.

use ciborium::Value;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::webauthn::{Expected, Refusal, Said, asserted, registered};
use super::written;

const ORIGIN: &str = "https://club.example.com";
const HOST: &str = "club.example.com";
const ASKED: &[u8] = b"thirty-two octets of a challenge";
const THERE: u8 = 0x05;

fn expected() -> Expected<'static> {
    Expected { challenge: ASKED, origin: ORIGIN, host: HOST }
}

/// A device with a key of its own.
struct Device {
    key: EcdsaKeyPair,
    random: SystemRandom,
}

impl Device {
    fn new() -> Self {
        let random = SystemRandom::new();
        let kind = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let made = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(kind, made.as_ref(), &random).unwrap();
        Self { key, random }
    }

    fn cose(&self) -> Value {
        let point = self.key.public_key().as_ref();
        let number = |n: i64| Value::Integer(n.into());
        Value::Map(vec![
            (number(1), number(2)),
            (number(3), number(-7)),
            (number(-1), number(1)),
            (number(-2), Value::Bytes(point[1..33].to_vec())),
            (number(-3), Value::Bytes(point[33..].to_vec())),
        ])
    }

    fn attestation(&self, host: &str, flags: u8) -> Vec<u8> {
        let mut data = head(host, flags | 0x40, 0);
        data.extend_from_slice(&[0; 16]);
        data.extend_from_slice(&3_u16.to_be_bytes());
        data.extend_from_slice(b"one");
        ciborium::into_writer(&self.cose(), &mut data).unwrap();
        let object = Value::Map(vec![
            (Value::Text("fmt".into()), Value::Text("none".into())),
            (Value::Text("attStmt".into()), Value::Map(Vec::new())),
            (Value::Text("authData".into()), Value::Bytes(data)),
        ]);
        let mut octets = Vec::new();
        ciborium::into_writer(&object, &mut octets).unwrap();
        octets
    }

    fn signs(&self, client_data: &[u8], data: &[u8]) -> Vec<u8> {
        let signed = [data, Sha256::digest(client_data).as_slice()].concat();
        self.key.sign(&self.random, &signed).unwrap().as_ref().to_vec()
    }
}

fn head(host: &str, flags: u8, count: u32) -> Vec<u8> {
    [Sha256::digest(host).as_slice(), &[flags], &count.to_be_bytes()].concat()
}

fn client(kind: &str, challenge: &[u8], origin: &str) -> Vec<u8> {
    let said = json!({ "type": kind, "challenge": written(challenge), "origin": origin, "crossOrigin": false });
    said.to_string().into_bytes()
}

#[test]
fn r105_a_passkey_is_made_for_the_page_that_asked_and_by_somebody_who_was_there() {
    let device = Device::new();
    let right = client("webauthn.create", ASKED, ORIGIN);
    let made = registered(&expected(), &right, &device.attestation(HOST, THERE)).unwrap();
    assert_eq!((made.name.as_slice(), made.counter), (b"one".as_slice(), 0));
    let refused =
        |said: &[u8], attestation: &[u8]| registered(&expected(), said, attestation).unwrap_err();
    let whole = device.attestation(HOST, THERE);
    let create = |challenge, origin| client("webauthn.create", challenge, origin);
    assert_eq!(refused(&client("webauthn.get", ASKED, ORIGIN), &whole), Refusal::Other("kind"));
    assert_eq!(refused(&create(b"another", ORIGIN), &whole), Refusal::Other("challenge"));
    for elsewhere in [
        "https://club.example.com.evil.example",
        "http://club.example.com",
        "https://club.example.com:8443",
    ] {
        assert_eq!(refused(&create(ASKED, elsewhere), &whole), Refusal::Other("origin"));
    }
    let other = device.attestation("evil.example", THERE);
    assert_eq!(refused(&right, &other), Refusal::Other("host"));
    for flags in [0x01, 0x04, 0] {
        assert_eq!(refused(&right, &device.attestation(HOST, flags)), Refusal::Nobody);
    }
    // Cut off anywhere, it is refused and nothing breaks.
    for length in 0..whole.len() {
        assert!(registered(&expected(), &right, &whole[..length]).is_err(), "{length}");
    }
}

#[test]
fn r105_only_the_key_that_was_kept_signs_in_and_its_count_never_goes_back() {
    let (device, thief) = (Device::new(), Device::new());
    let made = client("webauthn.create", ASKED, ORIGIN);
    let kept = registered(&expected(), &made, &device.attestation(HOST, THERE)).unwrap();
    let said = client("webauthn.get", ASKED, ORIGIN);
    let try_with = |device: &Device, data: &[u8], counter| {
        let signature = device.signs(&said, data);
        let said = Said { client_data: &said, authenticator_data: data, signature: &signature };
        asserted(&expected(), &kept.key, counter, &said)
    };
    let data = head(HOST, THERE, 7);
    assert_eq!(try_with(&device, &data, 0), Ok(7));
    assert_eq!(try_with(&device, &data, 6), Ok(7));
    for before in [7, 8] {
        assert_eq!(try_with(&device, &data, before), Err(Refusal::Copied));
    }
    // Some devices do not count.
    assert_eq!(try_with(&device, &head(HOST, THERE, 0), 0), Ok(0));
    assert_eq!(try_with(&thief, &data, 0), Err(Refusal::Signature));
    assert_eq!(try_with(&device, &head(HOST, 0x01, 7), 0), Err(Refusal::Nobody));
    assert_eq!(try_with(&device, &head("evil.example", THERE, 7), 0), Err(Refusal::Other("host")));
    // Signed for another page: what the browser says of it is part of what is signed.
    let signature = device.signs(&said, &data);
    let elsewhere = client("webauthn.get", ASKED, "https://evil.example");
    let other = Said { client_data: &elsewhere, authenticator_data: &data, signature: &signature };
    assert_eq!(asserted(&expected(), &kept.key, 0, &other), Err(Refusal::Other("origin")));
    let padded = [said.as_slice(), b" "].concat();
    let other = Said { client_data: &padded, authenticator_data: &data, signature: &signature };
    assert_eq!(asserted(&expected(), &kept.key, 0, &other), Err(Refusal::Signature));
}

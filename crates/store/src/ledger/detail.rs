//! What an event was and did, packed into one column: the compact form, compressed when it is worth it.
//!
//! Details of earlier versions are JSON or MessagePack; they stay as they are, for the chain is sealed over them, and are
//! read for ever.

use std::borrow::Cow;

use lazo_domain::decision::Outcome;
use lazo_domain::event::{Body, Purchase};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::packing::{Packed, Packer, Unpacker};
use crate::error::StoreError;

/// First octet of a detail that is JSON as it is.
const JSON: u8 = 1;
/// First octet of a detail that is JSON compressed with LZ4, its length before it.
const JSON_COMPRESSED: u8 = 2;
/// First octet of a detail that is MessagePack as it is: an octet that tells how the body is packed, the body, the outcome.
const PACKED: u8 = 3;
/// First octet of the same compressed with LZ4, its length before it.
const PACKED_COMPRESSED: u8 = 4;
/// First octet of a detail in the compact form: an octet that tells how the body is packed, the body, the outcome.
const COMPACT: u8 = 5;
/// First octet of the same compressed with LZ4, its length before it.
const COMPACT_COMPRESSED: u8 = 6;
/// Below this many octets compression saves less than it costs.
const WORTH_COMPRESSING: usize = 1024;
/// No event is longer than this; a damaged length must not fill the memory.
const MAX_DETAIL: usize = 16 * 1024 * 1024;

/// The body is packed with its kind.
const ANY_BODY: u8 = 0;
/// The body is a purchase, packed without its kind: most events are, and one that is known to be one is read at half the
/// cost of a body whose kind shows on the way.
const A_PURCHASE: u8 = 1;

/// What is kept of an event beside its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// What happened.
    pub body: Body,
    /// What it did.
    pub outcome: Outcome,
}

/// Packs an event's body and outcome.
pub(crate) fn pack(body: &Body, outcome: &Outcome) -> Result<Vec<u8>, StoreError> {
    let mut packer = Packer::new(COMPACT);
    match body {
        Body::Purchase(purchase) => {
            packer.octet(A_PURCHASE);
            purchase.put(&mut packer);
        }
        any => {
            packer.octet(ANY_BODY);
            packer.foreign(any);
        }
    }
    outcome.put(&mut packer);
    let packed = packer.done()?;
    if packed.len() <= WORTH_COMPRESSING {
        return Ok(packed);
    }
    let mut smaller = vec![COMPACT_COMPRESSED];
    smaller.extend(lz4_flex::compress_prepend_size(&packed[1..]));
    Ok(smaller)
}

/// Unpacks what [`pack`] made, now or in an earlier version.
pub(crate) fn unpack(packed: &[u8]) -> Result<Detail, StoreError> {
    let (packing, text) = opened(packed)?;
    if packing == COMPACT {
        let mut rest = Unpacker::new(&text);
        let detail = Detail { body: compact_body(&mut rest)?, outcome: Outcome::take(&mut rest)? };
        rest.end()?;
        return Ok(detail);
    }
    if packing == JSON {
        let (body, rest) = json_body(&text)?;
        let outcome = rest.strip_prefix(OUTCOME).and_then(|rest| rest.strip_suffix(b"}"));
        let outcome = outcome.ok_or_else(|| damaged("the outcome is missing".to_owned()))?;
        let outcome = serde_json::from_slice(outcome).map_err(|e| damaged(e.to_string()))?;
        return Ok(Detail { body, outcome });
    }
    let mut rest = &text[..];
    Ok(Detail { body: packed_body(&mut rest)?, outcome: read(&mut rest)? })
}

/// Unpacks only what happened, which is all that a replay wants.
pub(crate) fn unpack_body(packed: &[u8]) -> Result<Body, StoreError> {
    let (packing, text) = opened(packed)?;
    match packing {
        COMPACT => compact_body(&mut Unpacker::new(&text)),
        JSON => json_body(&text).map(|(body, _)| body),
        _ => packed_body(&mut &text[..]),
    }
}

fn compact_body(rest: &mut Unpacker<'_>) -> Result<Body, StoreError> {
    match rest.octet()? {
        A_PURCHASE => Purchase::take(rest).map(Body::Purchase),
        ANY_BODY => rest.foreign(),
        _ => Err(damaged("an unknown packing".to_owned())),
    }
}

fn packed_body(rest: &mut &[u8]) -> Result<Body, StoreError> {
    match rest.split_off_first() {
        Some(&A_PURCHASE) => read::<Purchase>(rest).map(Body::Purchase),
        Some(&ANY_BODY) => read(rest),
        _ => Err(damaged("an unknown packing".to_owned())),
    }
}

/// Reads one packed value, and leaves what follows it.
fn read<T: for<'de> Deserialize<'de>>(rest: &mut &[u8]) -> Result<T, StoreError> {
    let mut values = rmp_serde::Deserializer::new(&mut *rest);
    T::deserialize(&mut values).map_err(|e| damaged(e.to_string()))
}

/// What stands before the two parts of a detail's JSON, and before the body of a purchase.
const BODY: &[u8] = br#"{"body":"#;
const OUTCOME: &[u8] = br#","outcome":"#;
const PURCHASE: &[u8] = br#"{"type":"purchase","#;

/// Reads the body, and answers what follows it.
fn json_body(json: &[u8]) -> Result<(Body, &[u8]), StoreError> {
    let json = json.strip_prefix(BODY).ok_or_else(|| damaged("the body is missing".to_owned()))?;
    // Most events are purchases. Read as what they are known to be, they cost half of what it takes to read a body
    // whose kind shows on the way.
    if json.starts_with(PURCHASE) {
        return first(json).map(|(purchase, rest)| (Body::Purchase(purchase), rest));
    }
    first(json)
}

/// Reads one value, and answers what follows it.
fn first<T: DeserializeOwned>(json: &[u8]) -> Result<(T, &[u8]), StoreError> {
    let mut values = serde_json::Deserializer::from_slice(json).into_iter::<T>();
    let value = values.next().unwrap_or_else(|| serde_json::from_slice(b""));
    Ok((value.map_err(|e| damaged(e.to_string()))?, &json[values.byte_offset()..]))
}

fn damaged(why: String) -> StoreError {
    StoreError::Corrupt(format!("an event's detail: {why}"))
}

/// Opens a detail: [`JSON`], [`PACKED`] or [`COMPACT`], and what is in it.
fn opened(packed: &[u8]) -> Result<(u8, Cow<'_, [u8]>), StoreError> {
    match packed.split_first() {
        Some((&packing @ (JSON | PACKED | COMPACT), rest)) => Ok((packing, Cow::Borrowed(rest))),
        Some((&packing @ (JSON_COMPRESSED | PACKED_COMPRESSED | COMPACT_COMPRESSED), rest)) => {
            let (size, _) =
                lz4_flex::block::uncompressed_size(rest).map_err(|e| damaged(e.to_string()))?;
            if size > MAX_DETAIL {
                return Err(damaged(format!("{size} octets are too many")));
            }
            let text = lz4_flex::decompress_size_prepended(rest);
            // The octet of what is compressed stands before its own.
            let packing = packing - 1;
            text.map(|text| (packing, Cow::Owned(text))).map_err(|e| damaged(e.to_string()))
        }
        _ => Err(damaged("an unknown format".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::packing::tests::Dice;
    use lazo_domain::event::{Line, Purchase};

    #[test]
    fn a_detail_survives_packing_at_any_length() {
        for lines in [0, 1, 5, 400] {
            let line = Line {
                product: "ñ-1".into(),
                quantity_milli: 1000,
                net_minor: 99,
                ..Line::default()
            };
            let purchase = Purchase {
                currency: "EUR".into(),
                lines: vec![line; lines],
                ..Purchase::default()
            };
            let body = Body::Purchase(purchase);
            let packed = pack(&body, &Outcome::default()).unwrap();
            assert_eq!(packed[0], if lines > 5 { COMPACT_COMPRESSED } else { COMPACT });
            assert_eq!(unpack_body(&packed).unwrap(), body);
            assert_eq!(unpack(&packed).unwrap(), Detail { body, outcome: Outcome::default() });
        }
        for body in [Body::Elapse, Body::Reverse { event: lazo_domain::ids::EventId(7) }] {
            let outcome = Outcome { program_version: 3, ..Outcome::default() };
            let packed = pack(&body, &outcome).unwrap();
            assert_eq!(unpack_body(&packed).unwrap(), body);
            assert_eq!(unpack(&packed).unwrap(), Detail { body, outcome });
        }
    }

    /// MessagePack as the versions of before wrote it.
    fn packed_before(body: &Body, outcome: &Outcome) -> Vec<u8> {
        let mut packed = vec![PACKED];
        match body {
            Body::Purchase(purchase) => {
                packed.push(A_PURCHASE);
                rmp_serde::encode::write_named(&mut packed, purchase).unwrap();
            }
            any => {
                packed.push(ANY_BODY);
                rmp_serde::encode::write_named(&mut packed, any).unwrap();
            }
        }
        rmp_serde::encode::write_named(&mut packed, outcome).unwrap();
        packed
    }

    #[test]
    fn messagepack_of_earlier_versions_is_read_for_ever() {
        let (mut dice, mut told) = (Dice::new(7), 0);
        for place in 0..200 {
            let body = match place % 2 {
                0 => Body::Elapse,
                _ => Body::Purchase(Purchase::any(&mut dice)),
            };
            // It has no words for rates beyond all measure, and no instants that no calendar has.
            let before = packed_before(&body, &Outcome::any(&mut dice));
            let Ok(once) = unpack(&before) else { continue };
            let detail = unpack(&packed_before(&once.body, &once.outcome)).unwrap();
            told += 1;
            let old = packed_before(&detail.body, &detail.outcome);
            let compressed =
                [&[PACKED_COMPRESSED][..], &lz4_flex::compress_prepend_size(&old[1..])].concat();
            for old in [old, compressed] {
                assert_eq!(unpack_body(&old).unwrap(), detail.body);
                assert_eq!(unpack(&old).unwrap(), detail);
            }
            let new = pack(&detail.body, &detail.outcome).unwrap();
            assert_eq!(unpack(&new).unwrap(), detail);
        }
        assert!(told > 100, "{told}");
    }

    /// The texts are those that the versions of before wrote.
    #[test]
    fn details_of_earlier_versions_are_read_for_ever() {
        let json = br#"{"body":{"type":"elapse"},"outcome":{"changes":[],"balances":{},"steps":[],"program_version":3,"tiers":[]}}"#;
        let outcome = Outcome { program_version: 3, ..Outcome::default() };
        let detail = Detail { body: Body::Elapse, outcome };
        let plain = [&[JSON][..], json].concat();
        let compressed = [&[JSON_COMPRESSED][..], &lz4_flex::compress_prepend_size(json)].concat();
        for old in [plain, compressed] {
            assert_eq!(unpack(&old).unwrap(), detail);
            assert_eq!(unpack_body(&old).unwrap(), detail.body);
        }
    }

    #[test]
    fn damaged_details_are_told_and_never_believed() {
        for bad in [
            &b""[..],
            b"\x09{}",
            b"\x01{",
            b"\x01{\"body\":{\"type\":\"purchase\",",
            b"\x01{\"body\":",
            b"\x02\xff\xff\xff\xff",
            b"\x02\x05\0\0\0abc",
            b"\x03",
            b"\x03\x01",
            b"\x03\x07\x80",
            b"\x03\x01\x80\xc1",
            b"\x04\xff\xff\xff\xff",
            b"\x05",
            b"\x05\x01",
            b"\x05\x07",
            b"\x05\x00\x01\xc1",
            b"\x06\xff\xff\xff\xff",
        ] {
            assert!(matches!(unpack(bad), Err(StoreError::Corrupt(_))), "{bad:?}");
        }
    }
}

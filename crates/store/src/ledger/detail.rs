//! What an event was and did, packed into one column: JSON, compressed when it is worth it.

use std::borrow::Cow;

use lazo_domain::decision::Outcome;
use lazo_domain::event::Body;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;

/// First byte of a detail that is JSON as it is.
const PLAIN: u8 = 1;
/// First byte of a detail that is JSON compressed with LZ4, its length before it.
const COMPRESSED: u8 = 2;
/// Below this many octets compression saves nothing.
const WORTH_COMPRESSING: usize = 512;
/// No event is longer than this; a damaged length must not fill the memory.
const MAX_DETAIL: usize = 16 * 1024 * 1024;

#[derive(Serialize)]
struct Writing<'a> {
    body: &'a Body,
    outcome: &'a Outcome,
}

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
    let mut packed = vec![PLAIN];
    serde_json::to_writer(&mut packed, &Writing { body, outcome })
        .map_err(|e| StoreError::Shape(format!("an event cannot be written as JSON: {e}")))?;
    if packed.len() <= WORTH_COMPRESSING {
        return Ok(packed);
    }
    let mut smaller = lz4_flex::compress_prepend_size(&packed[1..]);
    smaller.insert(0, COMPRESSED);
    Ok(smaller)
}

/// Unpacks what [`pack`] made.
pub(crate) fn unpack(packed: &[u8]) -> Result<Detail, StoreError> {
    let json = json(packed)?;
    let (body, rest) = body(&json)?;
    match rest.strip_prefix(OUTCOME).and_then(|rest| rest.strip_suffix(b"}")) {
        Some(outcome) => Ok(Detail {
            body,
            outcome: serde_json::from_slice(outcome).map_err(|e| damaged(e.to_string()))?,
        }),
        None => Err(damaged("the outcome is missing".to_owned())),
    }
}

/// Unpacks only what happened, which is all that a replay wants.
pub(crate) fn unpack_body(packed: &[u8]) -> Result<Body, StoreError> {
    body(&json(packed)?).map(|(body, _)| body)
}

/// What stands before the two parts of a detail's JSON, and before the body of a purchase.
const BODY: &[u8] = br#"{"body":"#;
const OUTCOME: &[u8] = br#","outcome":"#;
const PURCHASE: &[u8] = br#"{"type":"purchase","#;

/// Reads the body, and answers what follows it.
fn body(json: &[u8]) -> Result<(Body, &[u8]), StoreError> {
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

fn json(packed: &[u8]) -> Result<Cow<'_, [u8]>, StoreError> {
    match packed.split_first() {
        Some((&PLAIN, rest)) => Ok(Cow::Borrowed(rest)),
        Some((&COMPRESSED, rest)) => {
            let (size, _) =
                lz4_flex::block::uncompressed_size(rest).map_err(|e| damaged(e.to_string()))?;
            if size > MAX_DETAIL {
                return Err(damaged(format!("{size} octets are too many")));
            }
            let json = lz4_flex::decompress_size_prepended(rest);
            json.map(Cow::Owned).map_err(|e| damaged(e.to_string()))
        }
        _ => Err(damaged("an unknown format".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
            assert_eq!(packed[0], if lines > 5 { COMPRESSED } else { PLAIN });
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
        ] {
            assert!(matches!(unpack(bad), Err(StoreError::Corrupt(_))), "{bad:?}");
        }
    }
}

//! What an event was and did, packed into one column: JSON, compressed when it is worth it.

use lazo_domain::decision::Outcome;
use lazo_domain::event::Body;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

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
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
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
    parse(packed)
}

/// Unpacks only what happened, which is all that a replay wants.
pub(crate) fn unpack_body(packed: &[u8]) -> Result<Body, StoreError> {
    #[derive(Deserialize)]
    struct Reading {
        body: Body,
    }
    parse::<Reading>(packed).map(|reading| reading.body)
}

fn parse<T: DeserializeOwned>(packed: &[u8]) -> Result<T, StoreError> {
    let damaged = |why: String| StoreError::Corrupt(format!("an event's detail: {why}"));
    let parsed;
    let json = match packed.split_first() {
        Some((&PLAIN, rest)) => rest,
        Some((&COMPRESSED, rest)) => {
            let (size, _) =
                lz4_flex::block::uncompressed_size(rest).map_err(|e| damaged(e.to_string()))?;
            if size > MAX_DETAIL {
                return Err(damaged(format!("{size} octets are too many")));
            }
            parsed =
                lz4_flex::decompress_size_prepended(rest).map_err(|e| damaged(e.to_string()))?;
            parsed.as_slice()
        }
        _ => return Err(damaged("an unknown format".to_owned())),
    };
    serde_json::from_slice(json).map_err(|e| damaged(e.to_string()))
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
            assert_eq!(unpack(&packed).unwrap(), Detail { body, outcome: Outcome::default() });
        }
    }

    #[test]
    fn damaged_details_are_told_and_never_believed() {
        for bad in [&b""[..], b"\x09{}", b"\x01{", b"\x02\xff\xff\xff\xff", b"\x02\x05\0\0\0abc"] {
            assert!(matches!(unpack(bad), Err(StoreError::Corrupt(_))), "{bad:?}");
        }
    }
}

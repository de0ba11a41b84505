//! Identifiers: `i64` inside, a prefix and base 32 outside, and the bucket an account hashes to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How many buckets accounts are spread over. Fixed for ever: it is part of every key.
pub const BUCKETS: i64 = 256;

/// Crockford's base 32 in lower case: no i, l, o, u, so that an id survives being read aloud.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id of the form {prefix}_…")]
pub struct BadId {
    /// What was given.
    pub text: String,
    /// The prefix that was expected.
    pub prefix: &'static str,
}

fn encode(value: i64) -> String {
    let mut rest = value.cast_unsigned();
    let mut out = [b'0'; 13];
    for slot in out.iter_mut().rev() {
        *slot = ALPHABET[usize::try_from(rest & 31).unwrap_or(0)];
        rest >>= 5;
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn decode(text: &str) -> Option<i64> {
    if text.len() != 13 {
        return None;
    }
    let mut value: u64 = 0;
    for byte in text.bytes() {
        let digit = ALPHABET.iter().position(|&a| a == byte.to_ascii_lowercase())?;
        if value >> 59 != 0 {
            return None;
        }
        value = (value << 5) | u64::try_from(digit).ok()?;
    }
    Some(value.cast_signed())
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub i64);

        impl $name {
            /// The prefix this id carries outside.
            pub const PREFIX: &'static str = $prefix;
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}_{}", Self::PREFIX, encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(decode)
                    .map(Self)
                    .ok_or_else(|| BadId { text: text.to_owned(), prefix: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(/** A client company of the installation. */ TenantId, "ten");
id!(/** A consumer-facing identity of a tenant. */ BrandId, "brd");
id!(/** A loyalty program. */ ProgramId, "prg");
id!(/** A loyalty currency of a program. */ PointTypeId, "ptt");
id!(/** A person or company enrolled with a tenant. */ MemberId, "mbr");
id!(/** A member's points account: the unit of consistency. */ AccountId, "acc");
id!(/** Something that happened to an account. */ EventId, "evt");
id!(/** A redemption: the hold and what became of it. */ RedemptionId, "red");
id!(/** A key with which a program calls. */ ApiKeyId, "key");
id!(/** A person who works with Lazo. */ StaffId, "stf");
id!(/** An adjustment by hand. */ AdjustmentId, "adj");
id!(/** One run of an import. */ ImportId, "imp");
id!(/** A project that makes one program of several. */ IntegrationProjectId, "itp");
id!(/** Where a tenant wants to hear what happens. */ WebhookEndpointId, "whe");
id!(/** An entry of a register. */ RegisterEntryId, "ren");
id!(/** A request of a client. */ RequestId, "req");
id!(/** A member's case at support. */ SupportCaseId, "cse");
id!(/** An audience that a condition describes. */ SegmentId, "seg");
id!(/** A campaign. */ CampaignId, "cmp");
id!(/** A letter to one person outside of any campaign. */ LetterId, "ltr");
id!(/** A journey that members walk. */ JourneyId, "jrn");
id!(/** An issue of a newsletter. */ NewsletterIssueId, "nli");
id!(/** A member's invitation that somebody followed. */ InvitationId, "inv");
id!(/** An address on a newsletter's list. */ NewsletterSubscriberId, "nls");
id!(/** A report as it was when it was made. */ ReportId, "rep");
id!(/** A recommendation that follows from a finding. */ RecommendationId, "rec");
id!(/** One message for one webhook endpoint. */ WebhookDeliveryId, "whd");
id!(/** A member's card in the wallet of a phone. */ WalletPassId, "wlp");
id!(/** A browser that a member gets notices on. */ PushDeviceId, "pdv");

impl AccountId {
    /// The bucket of this account: leading column of every account-scoped key.
    ///
    /// A fixed mix (the finalizer of MurmurHash3, public domain) so that neighbouring ids land apart.
    #[must_use]
    pub fn bucket(self) -> i64 {
        bucket_of(self.0)
    }
}

/// The bucket of any 64-bit key, by the same fixed mix as [`AccountId::bucket`].
#[must_use]
pub fn bucket_of(key: i64) -> i64 {
    let mut h = key.cast_unsigned();
    h ^= h >> 33;
    h = h.wrapping_mul(0xff51_afd7_ed55_8ccd);
    h ^= h >> 33;
    h = h.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    h ^= h >> 33;
    (h % BUCKETS.cast_unsigned()).cast_signed()
}

/// A lot's name: the event that made it and the lot's place among the lots of that event.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LotId {
    /// The event that granted the points.
    pub event: EventId,
    /// 0 for the first lot of the event, and so on.
    pub seq: i64,
}

impl fmt::Display for LotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lot_{}-{}", encode(self.event.0), self.seq)
    }
}

impl fmt::Debug for LotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for LotId {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        text.strip_prefix("lot_")
            .and_then(|rest| rest.split_once('-'))
            .and_then(|(event, seq)| {
                Some(Self { event: EventId(decode(event)?), seq: seq.parse().ok()? })
            })
            .ok_or_else(|| BadId { text: text.to_owned(), prefix: "lot" })
    }
}

impl Serialize for LotId {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LotId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_survive_a_round_trip_and_refuse_other_prefixes() {
        for value in [0, 1, 42, i64::MAX, 1_734_000_000_000_000_000] {
            let id = MemberId(value);
            assert_eq!(id.to_string().parse::<MemberId>(), Ok(id));
            assert!(id.to_string().parse::<TenantId>().is_err());
        }
        assert!("mbr_zzzzzzzzzzzzz".parse::<MemberId>().is_err());
        assert!("mbr_1".parse::<MemberId>().is_err());
    }

    #[test]
    fn the_bucket_of_an_account_never_changes() {
        assert_eq!([1, 2, 3, 1_000_000].map(|n| AccountId(n).bucket()), [44, 231, 206, 35]);
    }
}

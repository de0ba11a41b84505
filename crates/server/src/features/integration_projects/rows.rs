//! A row of a source as a part of an account: every field checked, nothing guessed.

use std::collections::BTreeSet;

use lazo_domain::merging::orders::{OrderStatus, SourceOrder};
use lazo_domain::merging::prepare::DeltaChange;
use lazo_domain::merging::snapshot::{
    Consent, ConsentState, LotState, PaidPlan, PoolSeat, SourceCounter, SourceLot, SourceStatus,
    SourceTier, SourceVoucher, Unit,
};
use lazo_domain::program::Provenance;
use serde::de::DeserializeOwned;

use super::spool::{AccountPart, Part};
use super::store::accounts::Transaction;
use crate::features::carried_orders::Address;
use crate::features::imports::extract::{Bad, Fields};
use crate::features::imports::{PERSON, RowKind};

/// The longest number of a member: keys and references must hold it.
const MAX_NUMBER: usize = 80;

/// The member's number that a row is about.
pub fn member(fields: &Fields<'_>) -> Result<String, Bad> {
    let number = fields.needed("member")?;
    let odd = number.len() > MAX_NUMBER || number.chars().any(char::is_control);
    if odd {
        let why = format!("a member's number has at most {MAX_NUMBER} printable characters");
        return Err(("member", "bad_member", why));
    }
    Ok(number)
}

/// What the row adds to the account.
pub fn part(fields: &Fields<'_>, place: &str) -> Result<Option<Part>, Bad> {
    Ok(Some(match fields.kind() {
        RowKind::Accounts => Part::Account(Box::new(account(fields, place)?)),
        RowKind::Lots => Part::Lot(lot(fields)?),
        RowKind::Tiers => Part::Tier(SourceTier {
            tier: fields.needed("tier")?,
            provenance: word(fields, "provenance", Provenance::default())?,
            since: fields.time("since")?.unwrap_or_default(),
            until: fields.time("until")?,
        }),
        RowKind::Counters => Part::Counter(SourceCounter {
            counter: fields.needed("counter")?,
            period: fields.needed("period")?,
            value: needed_whole(fields, "value")?,
            reference: Some(fields.text("reference")?).filter(|text| !text.is_empty()),
        }),
        RowKind::Vouchers => Part::Voucher(SourceVoucher {
            code: fields.needed("code")?,
            kind: fields.needed("kind")?,
            value_minor: fields.minor("value")?.unwrap_or(0),
            bought_for: fields.whole("bought_for")?.unwrap_or(0),
            expires_at: fields.time("expires_at")?,
        }),
        RowKind::Orders => Part::Order(order(fields)?, address(fields)?),
        RowKind::Consents => Part::Consent(consent(fields)?),
        RowKind::PaidPlans => Part::Plan(PaidPlan {
            plan: fields.needed("plan")?,
            paid_from: fields.needed_time("paid_from")?,
            paid_until: fields.needed_time("paid_until")?,
            price_minor: fields.minor("price")?.unwrap_or(0),
            promotions: listed(&fields.text("promotions")?),
        }),
        RowKind::Pools => Part::Pool(PoolSeat {
            pool: fields.needed("pool")?,
            head: fields.flag("head")?,
            since: fields.time("since")?.unwrap_or_default(),
            agrees_to_merge: fields.flag("agrees")?,
        }),
        RowKind::Tokens => Part::Token(fields.needed("scheme")?, fields.needed("token")?),
        RowKind::Transactions => Part::Transaction(Transaction {
            transaction: fields.needed("transaction")?,
            at: fields.needed_time("at")?,
            kind: fields.text("kind")?,
            point_type: fields.text("point_type")?,
            points: needed_whole(fields, "points")?,
            amount_minor: fields.minor("amount")?,
            store: fields.text("store")?,
            lot: fields.text("lot")?,
        }),
        _ => return Ok(None),
    }))
}

fn account(fields: &Fields<'_>, place: &str) -> Result<AccountPart, Bad> {
    Ok(AccountPart {
        unit: word(fields, "unit", Unit::Person)?,
        contact_of: Some(fields.text("contact_of")?).filter(|text| !text.is_empty()),
        status: word(fields, "status", SourceStatus::Active)?,
        enrolled_at: fields.time("enrolled_at")?,
        staff: fields.flag("staff")?,
        changed_at: fields.time("changed_at")?,
        verified: verified(&fields.text("verified")?)?,
        balances: fields.balances()?,
        person: fields.person()?,
        tokens: fields.tokens()?,
        place: place.to_owned(),
    })
}

/// The fields of a person that a cell names as checked.
fn verified(text: &str) -> Result<BTreeSet<String>, Bad> {
    let named: BTreeSet<String> = text
        .split(|c: char| c.is_whitespace() || matches!(c, '|' | ';' | ','))
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    match named.iter().find(|name| !PERSON.contains(&name.as_str())) {
        Some(name) => Err(unknown("verified", name)),
        None => Ok(named),
    }
}

/// A lot.
pub fn lot(fields: &Fields<'_>) -> Result<SourceLot, Bad> {
    let kind = fields.text("kind")?;
    Ok(SourceLot {
        lot: fields.needed("lot")?,
        point_type: fields.needed("point_type")?,
        state: word(fields, "state", LotState::Available)?,
        points: needed_whole(fields, "points")?,
        kind: if kind.is_empty() { "earned".to_owned() } else { kind },
        earned_at: fields.needed_time("earned_at")?,
        expires_at: fields.time("expires_at")?,
        release_at: fields.time("release_at")?,
        hold: fields.text("hold")?,
        hold_until: fields.time("hold_until")?,
    })
}

/// The parts of an address.
const ADDRESS: [&str; 7] =
    ["addressee", "street", "city", "postcode", "region", "country", "phone"];

fn order(fields: &Fields<'_>) -> Result<SourceOrder, Bad> {
    let points = needed_whole(fields, "points")?;
    Ok(SourceOrder {
        order: fields.needed("order")?,
        reward: fields.needed("reward")?,
        point_type: fields.text("point_type")?,
        points,
        ordered_at: fields.needed_time("ordered_at")?,
        promised_by: fields.time("promised_by")?,
        status: status(fields)?,
        address: String::new(),
    })
}

fn status(fields: &Fields<'_>) -> Result<OrderStatus, Bad> {
    let text = fields.needed("status")?;
    OrderStatus::named(&text).ok_or_else(|| unknown("status", &text))
}

fn address(fields: &Fields<'_>) -> Result<Address, Bad> {
    let mut address = Address::new();
    for part in ADDRESS {
        let text = fields.text(part)?;
        if !text.is_empty() {
            address.insert(part.to_owned(), text);
        }
    }
    Ok(address)
}

fn consent(fields: &Fields<'_>) -> Result<Consent, Bad> {
    let state = fields.needed("state")?;
    let known = [
        ConsentState::OptedIn,
        ConsentState::Unknown,
        ConsentState::OptedOut,
        ConsentState::Excluded,
    ];
    let known = known.into_iter().find(|known| known.name() == state);
    Ok(Consent {
        purpose: fields.needed("purpose")?,
        channel: fields.needed("channel")?,
        state: known.ok_or_else(|| unknown("state", &state))?,
        at: fields.needed_time("at")?,
        controller: fields.text("controller")?,
        specific: fields.flag("specific")?,
        evidence: fields.text("evidence")?,
    })
}

/// A change since the snapshot.
pub fn change(fields: &Fields<'_>, what: &str) -> Result<DeltaChange, Bad> {
    Ok(match what {
        "earned" => DeltaChange::Earned(lot(fields)?),
        "spent" => DeltaChange::Spent {
            lot: fields.needed("lot")?,
            points: needed_whole(fields, "points")?,
        },
        "arrived" => DeltaChange::Arrived {
            lot: fields.needed("lot")?,
            points: needed_whole(fields, "points")?,
        },
        "gone" => DeltaChange::Gone {
            lot: fields.needed("lot")?,
            points: needed_whole(fields, "points")?,
        },
        "said" => DeltaChange::Said(consent(fields)?),
        "order" => {
            let status = status(fields)?;
            if status == OrderStatus::Cancelled {
                let why = "an order is given up by `cancelled`, with the lots that come back";
                return Err(("status", "unknown_word", why.to_owned()));
            }
            DeltaChange::Order { order: fields.needed("order")?, status }
        }
        "status" => DeltaChange::Status(word(fields, "state", SourceStatus::Active)?),
        _ => return Err(unknown("change", what)),
    })
}

fn needed_whole(fields: &Fields<'_>, name: &'static str) -> Result<i64, Bad> {
    fields.whole(name)?.ok_or_else(|| (name, "missing", format!("there is no {name}")))
}

/// A field that holds one of a few words; `otherwise` where it is empty.
fn word<T: DeserializeOwned>(
    fields: &Fields<'_>,
    name: &'static str,
    otherwise: T,
) -> Result<T, Bad> {
    let text = fields.text(name)?;
    if text.is_empty() {
        return Ok(otherwise);
    }
    let value = serde_json::Value::String(text.clone());
    serde_json::from_value(value).map_err(|_| unknown(name, &text))
}

fn unknown(name: &'static str, text: &str) -> Bad {
    let why = format!("`{text}` is not a {name} that Lazo knows; a lookup may translate it");
    (name, "unknown_word", why)
}

/// Parts of a list in one cell, by `|` or `;`.
fn listed(text: &str) -> Vec<String> {
    let parts = text.split(['|', ';']).map(str::trim).filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

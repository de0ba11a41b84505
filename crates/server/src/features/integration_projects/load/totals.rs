//! Control totals: what there is by kind, state and point type, as loaded and as the source's owner states it.

use std::collections::BTreeMap;

use lazo_domain::merging::MemberSnapshot;
use serde::{Deserialize, Serialize};

use crate::features::imports::extract::{Bad, Fields};

/// What may be counted, with what it is called in files of totals.
const KNOWN: &[&str] = &[
    "members",
    "active",
    "closed",
    "blocked",
    "investigated",
    "erased",
    "deceased",
    "lots",
    "tiers",
    "counters",
    "vouchers",
    "voucher_value",
    "orders",
    "consents",
    "opted_in",
    "paid_plans",
    "pools",
    "tokens",
    "available",
    "pending",
    "held",
    "in_transit",
    "debt",
    "expired",
];

/// Numbers by what they count and point type (empty where there is none).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals(pub BTreeMap<String, BTreeMap<String, i128>>);

impl Totals {
    fn more(&mut self, what: &str, point_type: &str, by: i128) {
        let of = self.0.entry(what.to_owned()).or_default();
        *of.entry(point_type.to_owned()).or_default() += by;
    }

    /// Adds an account.
    pub fn add(&mut self, snapshot: &MemberSnapshot) {
        self.more("members", "", 1);
        self.more(snapshot.status.name(), "", 1);
        for lot in &snapshot.lots {
            let state = if lot.points < 0 { "debt" } else { lot.state.name() };
            self.more(state, &lot.point_type, i128::from(lot.points));
        }
        let opted_in = |consent: &&lazo_domain::merging::snapshot::Consent| {
            consent.state == lazo_domain::merging::snapshot::ConsentState::OptedIn
        };
        let worth: i128 = snapshot.vouchers.iter().map(|v| i128::from(v.value_minor)).sum();
        for (what, count) in [
            ("lots", snapshot.lots.len()),
            ("tiers", snapshot.tiers.len()),
            ("counters", snapshot.counters.len()),
            ("vouchers", snapshot.vouchers.len()),
            ("orders", snapshot.orders.len()),
            ("consents", snapshot.consents.len()),
            ("opted_in", snapshot.consents.iter().filter(opted_in).count()),
            ("paid_plans", snapshot.plans.len()),
            ("pools", usize::from(snapshot.pool.is_some())),
            ("tokens", snapshot.aliases.len()),
        ] {
            self.more(what, "", i128::try_from(count).unwrap_or(i128::MAX));
        }
        self.more("voucher_value", "", worth);
    }

    /// Takes a row of the owner's own totals.
    pub fn state(&mut self, fields: &Fields<'_>) -> Result<(), Bad> {
        let what = fields.needed("what")?;
        if !KNOWN.contains(&what.as_str()) {
            let why = format!("`{what}` is not counted; there are {}", KNOWN.join(", "));
            return Err(("what", "unknown_word", why));
        }
        let value = fields.whole("value")?;
        let value = value.ok_or_else(|| ("value", "missing", "there is no value".to_owned()))?;
        self.more(&what, &fields.text("point_type")?, i128::from(value));
        Ok(())
    }

    /// One number.
    #[must_use]
    pub fn get(&self, what: &str, point_type: &str) -> i128 {
        self.0.get(what).and_then(|of| of.get(point_type)).copied().unwrap_or(0)
    }

    /// Where what was loaded is not what is stated here, in words.
    #[must_use]
    pub fn differences(&self, loaded: &Self) -> Vec<String> {
        let mut found = Vec::new();
        for (what, of) in &self.0 {
            for (point_type, stated) in of {
                let there = loaded.get(what, point_type);
                if there != *stated {
                    let name = format!("{what} {point_type}");
                    found.push(format!(
                        "{} is stated as {stated}, loaded were {there}, a difference of {}",
                        name.trim(),
                        there - stated
                    ));
                }
            }
        }
        found
    }
}

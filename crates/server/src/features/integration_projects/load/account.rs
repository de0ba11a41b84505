//! One account from its parts: put together, looked over, and known again when it belongs to somebody erased.

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::merging::snapshot::{LotState, SourceStatus, Unit};
use lazo_domain::merging::{ExceptionCode, MemberSnapshot, SourceKey};
use lazo_domain::time::Timestamp;
use lazo_matching::normalize::tax::tax_kind;
use sha2::{Digest, Sha256};

use super::super::quality::Collector;
use super::super::spool::{AccountPart, Part};
use super::super::store::accounts::{Arrival, Person};
use super::files::{orphan, put_in_order};
use crate::features::imports::extract::{Bad, Fields};
use crate::features::members::Identifier;

/// What building accounts of a source needs to know.
#[derive(Debug, Clone)]
pub struct Gather {
    /// The project's code: part of the key of identity hashes.
    pub project: String,
    /// The project's secret: without it nobody tries phones and tax numbers until one fits.
    pub secret: String,
    /// The source's code.
    pub source: String,
    /// The tenant's country, for phone numbers.
    pub country: String,
    /// The present instant.
    pub now: Timestamp,
}

/// Somebody erased: scheme, token and when.
pub type Erased = (String, String, Timestamp);

/// Takes a row of erased people.
pub fn erased(fields: &Fields<'_>, all: &mut Vec<Erased>) -> Result<(), Bad> {
    let scheme = fields.text("scheme")?;
    let scheme = if scheme.is_empty() { "email".to_owned() } else { scheme };
    all.push((scheme, fields.needed("token")?, fields.needed_time("at")?));
    Ok(())
}

impl Gather {
    /// Builds an account; `None` for parts that belong to no account.
    pub fn account(
        &self,
        number: &str,
        parts: Vec<Part>,
        quality: &mut Collector,
    ) -> Option<Arrival> {
        let mut heads = parts.iter().filter_map(|part| match part {
            Part::Account(head) => Some(head.as_ref().clone()),
            _ => None,
        });
        let Some(head) = heads.next() else {
            for part in &parts {
                let (what, points) = orphan(part);
                quality.add("part_without_member", number, what, points);
            }
            return None;
        };
        let twice = heads.count() > 0;
        let mut arrival = self.begin(number, &head);
        parts.into_iter().for_each(|part| take(&mut arrival, part));
        self.hide_addresses(&mut arrival);
        let snapshot = &mut arrival.snapshot;
        if twice {
            quality.add("duplicate_member", number, head.place.clone(), held(snapshot));
            snapshot.doubts.push(ExceptionCode::DuplicateMember);
        }
        for (scheme, token) in &head.tokens {
            snapshot.aliases.push(format!("{scheme}:{token}"));
        }
        snapshot.identity_hashes = self.identities(number, &head.person, &snapshot.aliases);
        put_in_order(snapshot);
        arrival.history.sort_by(|a, b| (a.at, &a.transaction).cmp(&(b.at, &b.transaction)));
        self.look_over(&mut arrival, &head, quality);
        Some(arrival)
    }

    fn begin(&self, number: &str, head: &AccountPart) -> Arrival {
        let key = SourceKey::new(&self.source, number);
        let snapshot = MemberSnapshot {
            key: key.clone(),
            unit: head.unit,
            contact_of: head.contact_of.clone(),
            status: head.status,
            enrolled_at: head.enrolled_at.unwrap_or(MemberSnapshot::UNKNOWN),
            balances: head.balances.clone(),
            ..MemberSnapshot::default()
        };
        let unit = if head.unit == Unit::Company { "company" } else { "person" };
        // Of somebody erased nothing is taken in but the account.
        let erased = head.status == SourceStatus::Erased;
        let fields = if erased { BTreeMap::new() } else { head.person.clone() };
        let person = Person {
            key,
            unit: unit.to_owned(),
            staff: head.staff,
            changed_at: head.changed_at.or(head.enrolled_at),
            verified: if erased { BTreeSet::new() } else { head.verified.clone() },
            fields,
        };
        Arrival { snapshot, person, history: Vec::new(), addresses: BTreeMap::new() }
    }

    /// Of where an order goes the snapshot has a keyed hash, so that another address is another snapshot. Of somebody erased,
    /// and of an order that is over, no address is taken in.
    fn hide_addresses(&self, arrival: &mut Arrival) {
        let snapshot = &arrival.snapshot;
        let erased = snapshot.status == SourceStatus::Erased;
        let open = snapshot.orders.iter().filter(|order| order.status.is_open() && !erased);
        let open: BTreeSet<&String> = open.map(|order| &order.order).collect();
        arrival.addresses.retain(|order, _| open.contains(order));
        for order in &mut arrival.snapshot.orders {
            if let Some(address) = arrival.addresses.get(&order.order) {
                let text: Vec<String> =
                    address.iter().map(|(part, value)| format!("{part}={value}")).collect();
                order.address = self.identity("address", &text.join("\n"));
            }
        }
    }

    /// Keyed hashes of what identifies the person: the same for the same tokens, and no way back to them.
    fn identities(
        &self,
        number: &str,
        person: &BTreeMap<String, String>,
        aliases: &[String],
    ) -> Vec<String> {
        let own = [(self.source.as_str(), number)];
        let parts = ["email", "phone", "tax_id"]
            .into_iter()
            .filter_map(|part| person.get(part).map(|value| (part, value.as_str())));
        let tokens = aliases.iter().filter_map(|alias| alias.split_once(':'));
        own.into_iter()
            .chain(parts)
            .chain(tokens)
            .map(|(scheme, value)| self.identity(scheme, value))
            .collect()
    }

    fn identity(&self, scheme: &str, value: &str) -> String {
        identity((&self.secret, &self.project), &self.country, scheme, value)
    }

    /// Erased people by their hashes; of several instants the latest.
    pub fn hashes(&self, all: &[Erased]) -> BTreeMap<String, Timestamp> {
        let mut hashes = BTreeMap::new();
        for (scheme, token, at) in all {
            let latest = hashes.entry(self.identity(scheme, token)).or_insert(*at);
            *latest = (*latest).max(*at);
        }
        hashes
    }

    fn look_over(&self, arrival: &mut Arrival, head: &AccountPart, quality: &mut Collector) {
        let number = arrival.snapshot.key.member.clone();
        let mut add = |code, what: &str, points| quality.add(code, &number, what, points);
        let snapshot = &mut arrival.snapshot;
        let mut sums = BTreeMap::<&str, i128>::new();
        let mut names = BTreeSet::new();
        for lot in &snapshot.lots {
            if lot.state.is_in_balance() {
                *sums.entry(&lot.point_type).or_default() += i128::from(lot.points);
            }
            if lot.state == LotState::InTransit && lot.points != 0 {
                add("in_transit", &lot.lot, lot.points);
            }
            if !names.insert((&lot.lot, lot.state, &lot.hold)) {
                add("duplicate_lot", &lot.lot, lot.points);
            }
            if lot.expires_at.is_some_and(|end| end < lot.earned_at) {
                add("impossible_lot", &lot.lot, lot.points);
            } else if lot.earned_at > self.now {
                add("earned_in_future", &lot.lot, lot.points);
            } else if lot.state == LotState::Available
                && lot.points > 0
                && lot.expires_at.is_some_and(|end| end < self.now.plus_micros(-GRACE))
            {
                add("expired_yet_available", &lot.lot, lot.points);
            }
        }
        let mut ordered = BTreeSet::new();
        for order in &snapshot.orders {
            let sooner = order.promised_by.is_some_and(|by| by < order.ordered_at);
            if !ordered.insert(&order.order) || order.points < 0 || sooner {
                add("impossible_order", &order.order, order.points);
            }
        }
        for (point_type, stated) in &snapshot.balances {
            let sum = sums.get(point_type.as_str()).copied().unwrap_or(0);
            if sum != i128::from(*stated) {
                add("balance_differs", &format!("{point_type}: {stated}, lots {sum}"), *stated);
            }
        }
        let differs = ledger_differs(&snapshot.balances, &arrival.history);
        if let Some((point_type, sum, stated)) = differs {
            add("ledger_differs", &format!("{point_type}: {stated}, transactions {sum}"), stated);
            snapshot.doubts.push(ExceptionCode::LedgerDiffers);
        }
        let mut seen = BTreeSet::new();
        for transaction in &arrival.history {
            if !seen.insert(&transaction.transaction) {
                add("duplicate_transaction", &transaction.transaction, transaction.points);
            }
        }
        if snapshot.enrolled_at > self.now {
            add("enrolled_in_future", &snapshot.enrolled_at.to_string(), 0);
        }
        let nobody = snapshot.status == SourceStatus::Erased;
        if nobody && !head.person.is_empty() {
            add("erased_with_person", "", 0);
        }
        if nobody {
            return;
        }
        let has = |part: &str| head.person.contains_key(part);
        if head.enrolled_at.is_none() {
            add("no_enrollment", "", 0);
        }
        if !has("full_name") && !has("surname") && !has("given_name") {
            add("no_name", "", 0);
        }
        if !has("email") && !has("phone") {
            add("no_contact", "", 0);
        }
        if let Some(email) = head.person.get("email")
            && Identifier::new("email", email, &self.country).is_err()
        {
            add("bad_email", "", 0);
        }
        if head.person.get("tax_id").is_some_and(|id| tax_kind(id).is_none()) {
            add("bad_tax_id", "", 0);
        }
    }
}

/// The keyed hash by which somebody is known again in a project.
pub(in super::super) fn identity(
    (secret, project): (&str, &str),
    country: &str,
    scheme: &str,
    value: &str,
) -> String {
    let normal = match scheme {
        "tax_id" => {
            value.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_uppercase()
        }
        _ => Identifier::new(scheme, value, country)
            .map_or_else(|_| value.trim().to_owned(), |identifier| identifier.value),
    };
    let mut hash = Sha256::new();
    for part in ["lazo merge identity 2", secret, project, scheme, &normal] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Lots whose end lies so far back should have expired in their source: two days, in microseconds.
const GRACE: i64 = 2 * lazo_domain::time::DAY;

fn held(snapshot: &MemberSnapshot) -> i64 {
    snapshot.lots.iter().fold(0, |sum, lot| sum.saturating_add(lot.points))
}

/// The first point type whose transactions do not add up to what the source states, where both are known.
fn ledger_differs(
    balances: &BTreeMap<String, i64>,
    history: &[super::super::store::accounts::Transaction],
) -> Option<(String, i128, i64)> {
    if history.is_empty() {
        return None;
    }
    balances.iter().find_map(|(point_type, stated)| {
        let of = history.iter().filter(|t| t.point_type.is_empty() || t.point_type == *point_type);
        let sum: i128 = of.map(|t| i128::from(t.points)).sum();
        (sum != i128::from(*stated)).then(|| (point_type.clone(), sum, *stated))
    })
}

fn take(arrival: &mut Arrival, part: Part) {
    let snapshot = &mut arrival.snapshot;
    match part {
        Part::Account(_) => {}
        Part::Lot(lot) => snapshot.lots.push(lot),
        Part::Tier(tier) => snapshot.tiers.push(tier),
        Part::Counter(counter) => snapshot.counters.push(counter),
        Part::Voucher(voucher) => snapshot.vouchers.push(voucher),
        Part::Order(order, address) => {
            if !address.is_empty() {
                arrival.addresses.insert(order.order.clone(), address);
            }
            snapshot.orders.push(order);
        }
        Part::Consent(consent) => snapshot.consents.push(consent),
        Part::Plan(plan) => snapshot.plans.push(plan),
        Part::Pool(seat) => snapshot.pool = Some(seat),
        Part::Token(scheme, token) => snapshot.aliases.push(format!("{scheme}:{token}")),
        Part::Transaction(transaction) => arrival.history.push(transaction),
    }
}

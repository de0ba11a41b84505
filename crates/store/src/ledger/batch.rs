//! A batch at work: read what its commands need, decide them in order in memory, and gather what is to be written.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lazo_domain::account::{Account, Grant, Needs};
use lazo_domain::apply::{apply, needs, resource_limit, transfer};
use lazo_domain::decision::{Decision, Effect, Entry, Outcome};
use lazo_domain::event::{Body, Event, Facts, Kind, PurchaseRef};
use lazo_domain::ids::{EventId, LotId, RedemptionId, TenantId};
use lazo_domain::program::Programs;
use lazo_domain::refusal::Refusal;
use lazo_domain::time::Timestamp;

use super::detail::unpack;
use super::load::{self, EventKey, Heads, Known, Wanted};
use super::names::{ClaimKey, claim_hash, purchase_claim};
use super::request::RequestKeys;
use super::rows::Key;
use super::{Command, Receipt, RequestKey};
use crate::db::Tx;
use crate::error::StoreError;

/// A tenant's programs and the latest instant at which an event of the tenant may count.
pub(super) struct Rules {
    pub programs: Arc<Programs>,
    pub now: Timestamp,
    /// Does anybody listen to its messages?
    pub heard: bool,
}

/// An account in memory, with what was asked for on its behalf so that nothing is read twice.
pub(super) struct Slot {
    /// The version that is stored; the guard against another writer.
    pub stored_version: i64,
    asked_grants: Vec<PurchaseRef>,
    asked_originals: BTreeSet<EventId>,
    asked_redemptions: BTreeSet<RedemptionId>,
    asked_lots: BTreeSet<LotId>,
    /// Grants made in this batch: kept aside until a return asks, so that accounts stay small while they are copied.
    fresh: BTreeMap<EventId, Grant>,
}

/// A decision on its way into the journal.
pub(super) struct Decided {
    pub key: Key,
    pub event: Event,
    pub body_hash: [u8; 16],
    /// The account's version after it.
    pub seq: i64,
    /// The earlier event it changes.
    pub origin: Option<EventId>,
    pub entries: Vec<Entry>,
    pub effects: Vec<Effect>,
    pub outcome: Outcome,
}

/// How much of a shared limit a batch uses.
#[derive(Debug, Clone, Copy)]
pub(super) struct Usage {
    pub delta: i64,
    /// How much may be used before the batch so that every step of it that was held to the limit keeps it.
    pub most_before: i64,
}

/// A claim to write: hash and bucket, and who gets it.
pub(super) struct Claim {
    pub key: ClaimKey,
    pub account: i64,
    pub event: EventId,
}

/// Everything a batch knows and has decided.
pub(super) struct Batch<'a> {
    rules: &'a BTreeMap<TenantId, Rules>,
    pub accounts: BTreeMap<Key, Account>,
    pub slots: BTreeMap<Key, Slot>,
    known: BTreeMap<EventKey, Known>,
    claims: BTreeMap<ClaimKey, i64>,
    used: BTreeMap<(TenantId, String), i64>,
    decided_keys: BTreeMap<EventKey, usize>,
    pub decided: Vec<Decided>,
    pub new_claims: Vec<Claim>,
    pub usage: BTreeMap<(TenantId, String), Usage>,
    pub requests: RequestKeys,
}

impl<'a> Batch<'a> {
    /// Reads the first round: heads, what is known, claims, and what the commands obviously need.
    pub async fn load(
        tx: &mut Tx,
        commands: &[Command],
        request_keys: &[Option<RequestKey>],
        rules: &'a BTreeMap<TenantId, Rules>,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let sound = commands.iter().filter(|command| command.check().is_ok());
        let events: Vec<&Event> = sound.flat_map(Command::events).collect();
        let accounts: BTreeSet<Key> =
            events.iter().map(|e| Key::new(e.tenant, e.account)).collect();
        let keys: Vec<EventKey> = events.iter().map(|e| event_key(e)).collect();
        let claims: BTreeSet<ClaimKey> = events.iter().filter_map(|e| claim_key(e)).collect();
        let claims: Vec<ClaimKey> = claims.into_iter().collect();
        let looked = RequestKeys::look(request_keys, now);
        let Heads { accounts, known, claims, requests } =
            load::heads(tx, &accounts, &keys, &claims, looked).await?;
        let claims = claims.into_iter().map(|(key, by)| (key, by.account)).collect();
        let slots =
            accounts.iter().map(|(key, account)| (*key, Slot::new(account.version))).collect();
        let mut batch = Self {
            rules,
            accounts,
            slots,
            known,
            claims,
            used: BTreeMap::new(),
            decided_keys: BTreeMap::new(),
            decided: Vec::new(),
            new_claims: Vec::new(),
            usage: BTreeMap::new(),
            requests,
        };
        let mut wanted = Wanted::default();
        for event in events {
            if !batch.known.contains_key(&event_key(event)) {
                batch.want(event, &mut wanted);
            }
        }
        batch.fetch(tx, wanted).await?;
        Ok(batch)
    }

    /// Decides one command of a request that may have a key of its own.
    pub async fn decide_keyed(
        &mut self,
        tx: &mut Tx,
        command: &Command,
        key: Option<&RequestKey>,
    ) -> Result<Result<Receipt, Refusal>, StoreError> {
        let Some(key) = key else { return self.decide(tx, command).await };
        let came_before = match self.requests.came_before(key) {
            Ok(came_before) => came_before,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let answer = self.decide(tx, command).await?;
        Ok(answer.map(|receipt| {
            if came_before {
                key.note_again();
                return Receipt { replayed: false, ..receipt };
            }
            if !receipt.replayed {
                self.requests.add(key);
            }
            receipt
        }))
    }

    /// Decides one command; a refusal leaves everything as it was.
    async fn decide(
        &mut self,
        tx: &mut Tx,
        command: &Command,
    ) -> Result<Result<Receipt, Refusal>, StoreError> {
        if let Err(refusal) = command.check() {
            return Ok(Err(refusal));
        }
        for event in command.events() {
            let key = Key::new(event.tenant, event.account);
            if !self.accounts.contains_key(&key) || !self.rules.contains_key(&event.tenant) {
                return Ok(Err(Refusal::AccountNotFound));
            }
            if let Some(replay) = self.replay(event)? {
                return Ok(replay);
            }
            if let Some(claim) = claim_key(event)
                && self.claims.get(&claim).is_some_and(|account| *account != event.account.0)
            {
                return Ok(Err(Refusal::ClaimedByOther));
            }
        }
        // What is needed can grow with what is seen: a reversed return names its purchase.
        loop {
            let mut wanted = Wanted::default();
            for event in command.events() {
                self.want(event, &mut wanted);
            }
            if wanted.is_empty() {
                break;
            }
            self.fetch(tx, wanted).await?;
        }
        Ok(match command {
            Command::One { event, facts } => self.decide_one(event, facts),
            Command::Transfer { out, into } => self.decide_transfer(out, into),
        })
    }

    fn decide_one(&mut self, event: &Event, facts: &Facts) -> Result<Receipt, Refusal> {
        let key = Key::new(event.tenant, event.account);
        let (account, rules) = (&self.accounts[&key], &self.rules[&event.tenant]);
        let wants = needs(event, account, &rules.programs);
        let mut facts = facts.clone();
        facts.member = account.member;
        for resource in wants.resources {
            let limit =
                resource_limit(&rules.programs, event.program, event.effective_at, &resource);
            let place = (event.tenant, resource);
            if let Some(limit) = limit {
                let used = self.used.get(&place).copied().unwrap_or(0);
                facts.resources.insert(place.1, limit.saturating_sub(used));
            }
        }
        let decision = apply(account, event, &facts, &rules.programs, rules.now)?;
        Ok(self.take(event, decision))
    }

    fn decide_transfer(&mut self, out: &Event, into: &Event) -> Result<Receipt, Refusal> {
        let key = |event: &Event| Key::new(event.tenant, event.account);
        let (from, to) = (&self.accounts[&key(out)], &self.accounts[&key(into)]);
        let rules = &self.rules[&out.tenant];
        let (first, second) = transfer(from, to, out, into, &rules.programs, rules.now)?;
        let receipt = self.take(out, first);
        self.take(into, second);
        Ok(receipt)
    }

    /// Makes a decision part of the batch: the next command sees the account after it.
    fn take(&mut self, asked: &Event, decision: Decision) -> Receipt {
        let key = Key::new(asked.tenant, asked.account);
        let (event, entries, after, mut effects, outcome, resources) = decision.into_parts();
        if !self.rules[&asked.tenant].heard {
            effects.clear();
        }
        for (resource, delta) in resources {
            let rules = &self.rules[&event.tenant];
            let limit =
                resource_limit(&rules.programs, event.program, event.effective_at, &resource);
            let place = (event.tenant, resource);
            *self.used.entry(place.clone()).or_default() += delta;
            let usage =
                self.usage.entry(place).or_insert(Usage { delta: 0, most_before: i64::MAX });
            usage.delta += delta;
            // A reversed return takes back what the purchase had used, whatever is left by now; giving back is
            // always allowed, also when the limit was lowered below what is used.
            let held = delta > 0 && event.body.kind() != Kind::Reverse;
            if let Some(limit) = limit.filter(|_| held) {
                usage.most_before = usage.most_before.min(limit.saturating_sub(usage.delta));
            }
        }
        if let Some(claim) = claim_key(&event) {
            let is_new = self.claims.insert(claim.clone(), event.account.0).is_none();
            // A purchase always has a claim of its own: it is what keeps it from counting twice.
            let own = match event.body.kind() {
                _ if is_new => Some(claim),
                Kind::Purchase => {
                    Some(purchase_claim(event.tenant, &event.source, &event.source_ref))
                }
                _ => None,
            };
            let (account, event) = (event.account.0, event.id);
            self.new_claims.extend(own.map(|key| Claim { key, account, event }));
        }
        let slot = self.slots.entry(key).or_insert_with(|| Slot::new(after.version));
        if let Some(grant) = outcome.grant.as_ref().filter(|grant| grant.event == event.id) {
            slot.fresh.insert(event.id, grant.clone());
        }
        let seq = after.version;
        self.accounts.insert(key, after);
        let receipt = Receipt {
            event: event.id,
            account: event.account,
            outcome: outcome.clone(),
            replayed: false,
            effective_at: event.effective_at,
            recorded_at: event.recorded_at,
        };
        self.decided_keys.insert(event_key(&event), self.decided.len());
        let origin = origin(&event, &outcome);
        let body_hash = asked.body_hash();
        self.decided.push(Decided {
            key,
            event,
            body_hash,
            seq,
            origin,
            entries,
            effects,
            outcome,
        });
        receipt
    }

    /// The stored answer when the event's key came before: in the journal, or earlier in this batch.
    fn replay(&self, event: &Event) -> Result<Option<Result<Receipt, Refusal>>, StoreError> {
        let key = event_key(event);
        // The pieces of an arriving transfer are filled in by the core, so its first half alone tells twins apart.
        let is_half = matches!(event.body, Body::TransferIn { .. });
        if let Some(place) = self.decided_keys.get(&key) {
            let earlier = &self.decided[*place];
            if earlier.body_hash != event.body_hash() || is_half {
                return Ok(Some(Err(Refusal::KeyReused)));
            }
            return Ok(Some(Ok(Receipt {
                event: earlier.event.id,
                account: event.account,
                outcome: earlier.outcome.clone(),
                replayed: true,
                effective_at: event.effective_at,
                recorded_at: earlier.event.recorded_at,
            })));
        }
        let Some(known) = self.known.get(&key) else { return Ok(None) };
        if known.body_hash != event.body_hash() || is_half {
            return Ok(Some(Err(Refusal::KeyReused)));
        }
        Ok(Some(Ok(Receipt {
            event: known.event,
            account: event.account,
            outcome: unpack(&known.detail)?.outcome,
            replayed: true,
            effective_at: event.effective_at,
            recorded_at: known.recorded_at,
        })))
    }

    /// Notes what `event` needs and nobody has asked for yet.
    fn want(&mut self, event: &Event, wanted: &mut Wanted) {
        let key = Key::new(event.tenant, event.account);
        let (Some(account), Some(rules)) =
            (self.accounts.get_mut(&key), self.rules.get(&event.tenant))
        else {
            return;
        };
        let slot = self.slots.entry(key).or_insert_with(|| Slot::new(account.version));
        let Needs { lots, grant, original, redemption, lot, resources } =
            needs(event, account, &rules.programs);
        if lots && !account.lots_loaded {
            wanted.open.insert(key);
        }
        if let Some(grant) = grant.or_else(|| original.map(PurchaseRef::Event)) {
            slot.unfold(account, &grant);
            if account.grant(&grant).is_none() && !slot.asked_grants.contains(&grant) {
                slot.asked_grants.push(grant.clone());
                wanted.sources.push((key, grant));
            }
        }
        if let Some(event) = original.filter(|event| slot.asked_originals.insert(*event)) {
            wanted.originals.insert((key, event));
        }
        if let Some(id) = redemption.filter(|id| !account.redemptions.contains_key(id))
            && slot.asked_redemptions.insert(id)
        {
            wanted.redemptions.insert((key, id));
        }
        if let Some(id) = lot.filter(|id| !account.lots.contains_key(id))
            && slot.asked_lots.insert(id)
        {
            wanted.lots.insert((key, id));
        }
        let resources = resources.into_iter().map(|resource| (event.tenant, resource));
        wanted.resources.extend(resources.filter(|place| !self.used.contains_key(place)));
    }

    async fn fetch(&mut self, tx: &mut Tx, wanted: Wanted) -> Result<(), StoreError> {
        load::fetch(tx, wanted, &mut self.accounts, &mut self.used).await
    }
}

impl Slot {
    fn new(stored_version: i64) -> Self {
        Self {
            stored_version,
            asked_grants: Vec::new(),
            asked_originals: BTreeSet::new(),
            asked_redemptions: BTreeSet::new(),
            asked_lots: BTreeSet::new(),
            fresh: BTreeMap::new(),
        }
    }

    /// Puts a grant made in this batch where the core looks for it.
    fn unfold(&mut self, account: &mut Account, wanted: &PurchaseRef) {
        let event = match wanted {
            PurchaseRef::Event(event) => Some(*event),
            PurchaseRef::Source { .. } => {
                self.fresh.values().find(|grant| grant.source == *wanted).map(|grant| grant.event)
            }
        };
        if let Some(grant) = event.and_then(|event| self.fresh.remove(&event)) {
            account.grants.insert(grant.event, grant);
        }
    }
}

fn origin(event: &Event, outcome: &Outcome) -> Option<EventId> {
    let touched =
        outcome.grant.as_ref().map(|grant| grant.event).filter(|grant| *grant != event.id);
    match &event.body {
        Body::Reverse { event } => touched.or(Some(*event)),
        _ => touched,
    }
}

fn event_key(event: &Event) -> EventKey {
    let key = Key::new(event.tenant, event.account);
    (key, event.source.clone(), event.source_ref.clone(), event.body.kind().number())
}

fn claim_key(event: &Event) -> Option<ClaimKey> {
    event.body.kind().claims().then(|| {
        let (bucket, hash) = claim_hash(event.tenant, &event.source, &event.source_ref);
        (bucket, event.tenant, hash)
    })
}

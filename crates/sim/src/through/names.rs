//! The store gives events their own ids: which of its events is which of the history's.

use std::collections::BTreeMap;

use anyhow::ensure;
use lazo_domain::event::{Body, Event, Kind, PurchaseRef};
use lazo_domain::ids::{AccountId, EventId, LotId};
use lazo_store::Books;

use super::script::{Script, named};
use crate::world::Answer;
use crate::world::vault::TENANT;

type Key = (AccountId, String, String, Kind);

/// Names both ways.
pub struct Names {
    /// Every event that the history accepted, by key.
    by_key: BTreeMap<Key, EventId>,
    keys: BTreeMap<EventId, Key>,
    stored: BTreeMap<EventId, EventId>,
}

impl Names {
    /// The names of a history; the store's are learned.
    pub fn new(script: &Script) -> Self {
        let mut by_key = BTreeMap::new();
        for (_, answer) in &script.steps {
            if let Answer::Accepted(decided) = answer {
                by_key.extend(decided.iter().map(|one| (key(&one.event), one.event.id)));
            }
        }
        let keys = by_key.iter().map(|(key, event)| (*event, key.clone())).collect();
        Self { by_key, keys, stored: BTreeMap::new() }
    }

    /// The history's name of an event with this key.
    pub fn of(&self, event: &Event) -> Option<EventId> {
        self.by_key.get(&key(event)).copied()
    }

    /// Learns the store's name; it must not change.
    pub fn learn(&mut self, name: EventId, stored: EventId) -> anyhow::Result<()> {
        let before = *self.stored.entry(name).or_insert(stored);
        ensure!(before == stored, "event {} was {before} and is now {stored}", name.0);
        Ok(())
    }

    /// The store's name of an event; the history's own for one that does not exist.
    pub async fn stored(&mut self, books: &Books, name: EventId) -> anyhow::Result<EventId> {
        if let Some(stored) = self.stored.get(&name) {
            return Ok(*stored);
        }
        let Some((account, source, source_ref, kind)) = self.keys.get(&name) else {
            return Ok(name);
        };
        let found = books.event_named(TENANT, *account, source, source_ref, *kind).await?;
        // One that is not there yet has no name; one that was lost shows as a refusal that nobody expected.
        let Some(stored) = found.map(|found| found.event.id) else { return Ok(name) };
        self.stored.insert(name, stored);
        Ok(stored)
    }

    /// Puts the store's names into a body.
    pub async fn translate(&mut self, books: &Books, body: &mut Body) -> anyhow::Result<()> {
        let Some(name) = named(body) else { return Ok(()) };
        let stored = self.stored(books, name).await?;
        match body {
            Body::Reverse { event } => *event = stored,
            Body::Reinstate { lot, .. } => *lot = LotId { event: stored, ..*lot },
            Body::Return(back) => back.purchase = PurchaseRef::Event(stored),
            _ => {}
        }
        Ok(())
    }
}

fn key(event: &Event) -> Key {
    (event.account, event.source.clone(), event.source_ref.clone(), event.body.kind())
}

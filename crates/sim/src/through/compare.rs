//! What the store holds in the end, beside what the core in memory holds.

use std::collections::BTreeMap;
use std::fmt::Debug;

use anyhow::{Context, ensure};
use lazo_domain::account::{Account, Counters, Lot, Original, Redemption};
use lazo_domain::decision::Entry;
use lazo_domain::event::Body;
use lazo_domain::ids::{EventId, LotId};
use lazo_store::ledger::MAX_PAGE;
use lazo_store::{Books, Db, verify};

use super::names::Names;
use super::script::Script;
use crate::world::vault::{Rows, TENANT};

/// Compares every account, and lets the store verify itself.
pub async fn all(script: &Script, db: &Db, names: &mut Names) -> anyhow::Result<()> {
    let books = Books::new(db.clone());
    let mut back: BTreeMap<EventId, EventId> = BTreeMap::new();
    for rows in script.world.accounts.values() {
        for event in rows.originals.iter().filter(|(_, o)| !is_idle(o)).map(|(event, _)| event) {
            back.insert(names.stored(&books, *event).await?, *event);
        }
    }
    let reader = Reader { books, back };
    for rows in script.world.accounts.values() {
        let account = reader.books.account(TENANT, rows.id).await?.context("no such account")?;
        reader.account(rows, &account).with_context(|| rows.id.to_string())?;
        reader.lots(rows).await.with_context(|| rows.id.to_string())?;
        reader.entries(rows).await.with_context(|| rows.id.to_string())?;
    }
    let mut findings = Vec::new();
    verify::verify(db, |finding| findings.push(finding.to_string()), |_, _| {}).await?;
    ensure!(findings.is_empty(), "verify found: {findings:?}");
    Ok(())
}

/// An elapse that moved nothing was not posted.
fn is_idle(original: &Original) -> bool {
    original.body == Body::Elapse
        && original.entries.is_empty()
        && original.outcome.steps.is_empty()
}

struct Reader {
    books: Books,
    /// The history's names of the store's events.
    back: BTreeMap<EventId, EventId>,
}

impl Reader {
    fn event(&self, stored: EventId) -> EventId {
        self.back.get(&stored).copied().unwrap_or(stored)
    }

    fn lot_id(&self, lot: LotId) -> LotId {
        LotId { event: self.event(lot.event), ..lot }
    }

    fn account(&self, rows: &Rows, account: &Account) -> anyhow::Result<()> {
        let mut balances = account.balances.clone();
        let mut expected = rows.balances.clone();
        balances.retain(|_, b| *b != Default::default());
        expected.retain(|_, b| *b != Default::default());
        same("balances", &balances, &expected)?;
        same("standings", &account.standings, &rows.standings)?;
        let known = |counters: &Counters| {
            // The counter of what was undone names events.
            let mut counters = counters.0.clone();
            let undone = counters.remove("reversed").map_or(0, |periods| periods.len());
            (counters, undone)
        };
        same("counters", &known(&account.counters), &known(&rows.counters))
    }

    async fn lots(&self, rows: &Rows) -> anyhow::Result<()> {
        let mut lots: BTreeMap<LotId, Lot> = BTreeMap::new();
        let mut after = None;
        loop {
            let page = self.books.lots(TENANT, rows.id, true, after, MAX_PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            for lot in page {
                let id = self.lot_id(lot.id);
                lots.insert(id, Lot { id, ..lot });
            }
        }
        for (id, lot) in &rows.lots {
            same("a lot", &lots.get(id), &Some(lot))?;
        }
        same("the number of lots", &lots.len(), &rows.lots.len())?;
        for (id, expected) in &rows.redemptions {
            let real = self.books.redemption(TENANT, rows.id, *id).await?;
            let real = real.with_context(|| format!("redemption {id} is lost"))?;
            let lots = real.lots.iter().map(|(lot, n)| (self.lot_id(*lot), *n)).collect();
            let event = self.event(real.event);
            same("a redemption", &Redemption { lots, event, ..real }, expected)?;
        }
        Ok(())
    }

    async fn entries(&self, rows: &Rows) -> anyhow::Result<()> {
        let mut events: BTreeMap<EventId, Vec<Entry>> = BTreeMap::new();
        let mut before = None;
        loop {
            let page = self.books.events(TENANT, rows.id, before, MAX_PAGE).await?;
            let Some(last) = page.last() else { break };
            before = Some(last.event.id);
            for stored in page {
                let entries = self.books.entries_of(TENANT, rows.id, stored.event.id).await?;
                let named = |e: Entry| Entry { lot: e.lot.map(|lot| self.lot_id(lot)), ..e };
                let name = self.event(stored.event.id);
                events.insert(name, entries.into_iter().map(named).collect());
            }
        }
        let mut expected = 0;
        for (event, original) in rows.originals.iter().filter(|(_, o)| !is_idle(o)) {
            same("the entries", &events.get(event), &Some(&original.entries))?;
            expected += 1;
        }
        same("the number of events", &events.len(), &expected)
    }
}

fn same<T: PartialEq + Debug>(what: &str, real: &T, expected: &T) -> anyhow::Result<()> {
    ensure!(real == expected, "{what}: stored {real:?}, in memory {expected:?}");
    Ok(())
}

//! What events made, as the journal's lines and the rows of lots have it: for whoever lays a plan beside the books.

use std::collections::BTreeMap;

use lazo_domain::account::Lot;
use lazo_domain::decision::Entry;
use lazo_domain::ids::{AccountId, EventId, TenantId};

use super::read::Books;
use super::rows;
use crate::db::{Columns, Statement};
use crate::error::StoreError;
use crate::params;

/// What an event made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Made {
    /// Its lines of the journal.
    pub entries: Vec<Entry>,
    /// The lots that are named after it, as they are now.
    pub lots: Vec<Lot>,
}

impl Books {
    /// What events made, by event; those that are not there are left out.
    pub async fn made(
        &self,
        tenant: TenantId,
        events: &[(AccountId, EventId)],
    ) -> Result<BTreeMap<EventId, Made>, StoreError> {
        let set = || {
            Columns::of(events)
                .int(|(account, _)| account.bucket())
                .int(|(account, _)| account.0)
                .int(|(_, event)| event.0)
                .done()
        };
        let sql = "select e.event, e.effective_at, e.entries from {rows} {each event e on e.bucket = r.column1
            and e.tenant = $4 and e.account = r.column2 and e.event = r.column3}";
        let mut made = BTreeMap::<EventId, Made>::new();
        for row in self.db.ask(Statement::over(sql, set(), params![tenant.0])).await? {
            let event = EventId(row.int("event")?);
            made.entry(event).or_default().entries = rows::parse_entries(&row)?;
        }
        let sql = format!(
            "select {} from {{rows}} {{each lot l on l.bucket = r.column1 and l.tenant = $4
             and l.account = r.column2 and l.lot_event = r.column3}}",
            rows::LOT
        );
        for row in self.db.ask(Statement::over(&sql, set(), params![tenant.0])).await? {
            let lot = rows::lot(&row)?;
            made.entry(lot.id.event).or_default().lots.push(lot);
        }
        made.values_mut().for_each(|made| made.lots.sort_by_key(|lot| lot.id));
        Ok(made)
    }
}

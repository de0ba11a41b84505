//! Reading the ledger: accounts, lots, events and entries, page by page. Nothing here writes.

use std::collections::BTreeMap;

use lazo_domain::account::{Account, Lot};
use lazo_domain::decision::{Entry, Outcome};
use lazo_domain::event::{Event, Kind};
use lazo_domain::ids::{AccountId, EventId, ImportId, LotId, MemberId, ProgramId, TenantId};
use lazo_domain::time::Timestamp;

use super::detail::unpack;
use super::load;
use super::names::{claim_hash, claimed_purchases};
use super::request::RequestKeys;
use super::rows::{self, Key};
use crate::db::{Columns, Db, Row, Statement};
use crate::error::StoreError;
use crate::lookup::{Lookup, Question};
use crate::params;

/// The most rows one page holds.
pub const MAX_PAGE: i64 = 500;

/// The books: the ledger as a reader sees it. Reads use connections of their own and never wait for writers.
#[derive(Clone)]
pub struct Books {
    pub(super) db: Db,
    heads: Lookup<(TenantId, AccountId), Account>,
}

/// An event as it was decided and kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// What happened.
    pub event: Event,
    /// Its place among the account's events, from 1.
    pub seq: i64,
    /// The earlier event it changed.
    pub origin: Option<EventId>,
    /// What it did, with the reasons.
    pub outcome: Outcome,
}

/// A journal line with the event it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredEntry {
    /// The event; with the entry's position its name.
    pub event: EventId,
    /// The line.
    pub entry: Entry,
}

/// An account at which time does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueAccount {
    /// The client company.
    pub tenant: TenantId,
    /// The account.
    pub account: AccountId,
    /// When; perhaps a little early.
    pub next_at: Timestamp,
}

pub(super) const EVENT: &str = "e.tenant, e.account, e.event, e.seq, e.kind, e.program, e.source, e.source_ref, \
    e.effective_at, e.recorded_at, e.actor, e.import, e.origin, e.detail";
impl Books {
    /// How much of shared limits is used, by resource key; keys nobody used are left out.
    pub async fn resources(
        &self,
        tenant: TenantId,
        keys: &[String],
    ) -> Result<BTreeMap<String, i64>, StoreError> {
        let sql = "select u.resource, u.used from {rows} {each resource u on u.tenant = $2 and u.resource = r.column1}";
        let set = Columns::of(keys).text(Clone::clone).done();
        let found = self.db.ask(Statement::over(sql, set, params![tenant.0])).await?;
        found.iter().map(|row| Ok((row.text("resource")?.to_owned(), row.int("used")?))).collect()
    }

    /// The books of a database.
    #[must_use]
    pub fn new(db: Db) -> Self {
        let heads = Lookup::new(db.clone(), Question { ask: ask_heads, read: read_heads });
        Self { db, heads }
    }

    /// An account with its balances, standings and counters, but without lots.
    pub async fn account(
        &self,
        tenant: TenantId,
        account: AccountId,
    ) -> Result<Option<Account>, StoreError> {
        self.heads.get((tenant, account)).await
    }

    /// An account with all its open lots and reservations, at one moment.
    pub async fn account_with_lots(
        &self,
        tenant: TenantId,
        account: AccountId,
    ) -> Result<Option<Account>, StoreError> {
        let key = Key::new(tenant, account);
        let mut tx = self.db.snapshot().await?;
        let mut heads =
            load::heads(&mut tx, &[key].into(), &[], &[], RequestKeys::nothing()).await?;
        let wanted = load::Wanted { open: [key].into(), ..Default::default() };
        load::fetch(&mut tx, wanted, &mut heads.accounts, &mut Default::default()).await?;
        tx.rollback().await?;
        Ok(heads.accounts.remove(&key))
    }

    /// Accounts with their balances, for a list of members; those that are not there are left out.
    pub async fn accounts(
        &self,
        tenant: TenantId,
        accounts: &[AccountId],
    ) -> Result<Vec<Account>, StoreError> {
        let keys = accounts.iter().map(|account| Key::new(tenant, *account)).collect();
        let mut tx = self.db.snapshot().await?;
        let heads = load::heads(&mut tx, &keys, &[], &[], RequestKeys::nothing()).await?;
        tx.rollback().await?;
        Ok(heads.accounts.into_values().collect())
    }

    /// The accounts of one member.
    pub async fn accounts_of(
        &self,
        tenant: TenantId,
        member: MemberId,
    ) -> Result<Vec<AccountId>, StoreError> {
        let sql = "select account from account where tenant = $1 and member = $2 order by account";
        let found = self.db.query(sql, params![tenant.0, member.0]).await?;
        found.iter().map(|row| row.int("account").map(AccountId)).collect()
    }

    /// Lots of an account after `after`, in the order in which they were made; only open ones unless `closed`.
    pub async fn lots(
        &self,
        tenant: TenantId,
        account: AccountId,
        closed: bool,
        after: Option<LotId>,
        limit: i64,
    ) -> Result<Vec<Lot>, StoreError> {
        let after = after.unwrap_or(LotId { event: EventId(i64::MIN), seq: 0 });
        let sql = format!(
            "select {} from lot l where l.bucket = $1 and l.tenant = $2 and l.account = $3 and l.is_open >= $4
             and (l.lot_event > $5 or (l.lot_event = $5 and l.lot_seq > $6)) order by l.lot_event, l.lot_seq limit $7",
            rows::LOT
        );
        let key = params![
            account.bucket(),
            tenant.0,
            account.0,
            i64::from(!closed),
            after.event.0,
            after.seq,
            limit.clamp(1, MAX_PAGE)
        ];
        self.db.query(&sql, key).await?.iter().map(rows::lot).collect()
    }

    /// Events of an account before `before`, the newest first.
    pub async fn events(
        &self,
        tenant: TenantId,
        account: AccountId,
        before: Option<EventId>,
        limit: i64,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let sql = format!(
            "select {EVENT} from event e where e.bucket = $1 and e.tenant = $2 and e.account = $3
             and e.event < $4 order by e.event desc limit $5"
        );
        let before = before.map_or(i64::MAX, |event| event.0);
        let key = params![account.bucket(), tenant.0, account.0, before, limit.clamp(1, MAX_PAGE)];
        self.db.query(&sql, key).await?.iter().map(stored).collect()
    }

    /// Entries of an account before the event `before`, the newest event first; an event's lines stay together.
    pub async fn entries(
        &self,
        tenant: TenantId,
        account: AccountId,
        before: Option<EventId>,
        limit: i64,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        let sql = "select event, effective_at, entries from event
            where bucket = $1 and tenant = $2 and account = $3 and event < $4 order by event desc limit $5";
        let before = before.map_or(i64::MAX, |event| event.0);
        let key = params![account.bucket(), tenant.0, account.0, before, limit.clamp(1, MAX_PAGE)];
        let mut page = Vec::new();
        for row in self.db.query(sql, key).await? {
            let event = EventId(row.int("event")?);
            let lines = rows::parse_entries(&row)?;
            page.extend(lines.into_iter().map(|entry| StoredEntry { event, entry }));
        }
        Ok(page)
    }

    /// The lines of one event.
    pub async fn entries_of(
        &self,
        tenant: TenantId,
        account: AccountId,
        event: EventId,
    ) -> Result<Vec<Entry>, StoreError> {
        let sql = "select event, effective_at, entries from event
            where bucket = $1 and tenant = $2 and account = $3 and event = $4";
        let key = params![account.bucket(), tenant.0, account.0, event.0];
        let found = self.db.query_one(sql, key).await?;
        Ok(found.as_ref().map(rows::parse_entries).transpose()?.unwrap_or_default())
    }

    /// An event by its id alone.
    pub async fn event(
        &self,
        tenant: TenantId,
        event: EventId,
    ) -> Result<Option<StoredEvent>, StoreError> {
        let buckets: Vec<i64> = (0..lazo_domain::ids::BUCKETS).collect();
        let sql = format!(
            "select {EVENT} from {{rows}} {{each event e on e.bucket = r.column1 and e.event = $2 and e.tenant = $3}}"
        );
        let set = Columns::of(&buckets).int(|bucket| *bucket).done();
        let found = self.db.ask(Statement::over(&sql, set, params![event.0, tenant.0])).await?;
        found.first().map(stored).transpose()
    }

    /// The event of an account under its source's own name for it.
    pub async fn event_named(
        &self,
        tenant: TenantId,
        account: AccountId,
        source: &str,
        source_ref: &str,
        kind: Kind,
    ) -> Result<Option<StoredEvent>, StoreError> {
        let names = [(account, source_ref.to_owned())];
        Ok(self.events_named(tenant, source, kind, &names).await?.into_iter().next())
    }

    /// Events of one kind under a source's own names for them, each with its account; those that are not there are left out.
    pub async fn events_named(
        &self,
        tenant: TenantId,
        source: &str,
        kind: Kind,
        names: &[(AccountId, String)],
    ) -> Result<Vec<StoredEvent>, StoreError> {
        if kind == Kind::Purchase {
            let name = |(account, name): &(AccountId, String)| {
                (Key::new(tenant, *account), source.to_owned(), name.clone())
            };
            let mut tx = self.db.snapshot().await?;
            let rows = claimed_purchases(&mut tx, names.iter().map(name).collect(), EVENT).await?;
            tx.rollback().await?;
            return rows.iter().map(stored).collect();
        }
        let set = Columns::of(names)
            .int(|(account, _)| account.bucket())
            .int(|(account, _)| account.0)
            .text(|(_, name)| name.clone())
            .done();
        let sql = format!(
            "select {EVENT} from {{rows}} {{each event e on e.bucket = r.column1 and e.tenant = $4
             and e.account = r.column2 and e.source = $5 and e.source_ref = r.column3 and e.kind = $6
             and e.kind <> 1}}"
        );
        let key = params![tenant.0, source, kind.number()];
        self.db.ask(Statement::over(&sql, set, key)).await?.iter().map(stored).collect()
    }

    /// Events of any account under a source's own name for them, the earliest first, at most a page of them.
    ///
    /// Looks through all events of the tenant: for a person who asks, not for a request.
    pub async fn events_called(
        &self,
        tenant: TenantId,
        source_ref: &str,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let sql = format!(
            "select {EVENT} from event e where e.tenant = $1 and e.source_ref = $2 order by e.event limit {MAX_PAGE}"
        );
        self.db.query(&sql, params![tenant.0, source_ref]).await?.iter().map(stored).collect()
    }

    /// Which account a receipt was credited to, and by which event.
    pub async fn claimed(
        &self,
        tenant: TenantId,
        source: &str,
        source_ref: &str,
    ) -> Result<Option<(AccountId, EventId)>, StoreError> {
        let (bucket, hash) = claim_hash(tenant, source, source_ref);
        let sql =
            "select account, event from claim where bucket = $1 and tenant = $2 and hash = $3";
        let found = self.db.query_one(sql, params![bucket, tenant.0, hash]).await?;
        found
            .map(|row| Ok((AccountId(row.int("account")?), EventId(row.int("event")?))))
            .transpose()
    }

    /// How many events of each kind accounts have that were recorded after `since`; kinds without any are left out.
    pub async fn counts_since(
        &self,
        tenant: TenantId,
        accounts: &[AccountId],
        since: Timestamp,
    ) -> Result<BTreeMap<Kind, i64>, StoreError> {
        let set = Columns::of(accounts).int(|account| account.bucket()).int(|a| a.0).done();
        let sql = "select e.kind as kind from {rows} {each event e on e.bucket = r.column1 and e.tenant = $3
             and e.account = r.column2 and e.recorded_at > $4}";
        let mut counts = BTreeMap::new();
        for row in self.db.ask(Statement::over(sql, set, params![tenant.0, since.0])).await? {
            let number = row.int("kind")?;
            let kind = Kind::from_number(number)
                .ok_or_else(|| StoreError::Corrupt(format!("event kind {number}")))?;
            *counts.entry(kind).or_default() += 1;
        }
        Ok(counts)
    }

    /// Events that an import run brought, after `after`, in the order of their ids.
    pub async fn events_of_import(
        &self,
        tenant: TenantId,
        import: ImportId,
        after: Option<EventId>,
        limit: i64,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let sql = format!(
            "select {EVENT} from event e where e.tenant = $1 and e.import = $2 and e.event > $3
             order by e.event limit $4"
        );
        let after = after.map_or(i64::MIN, |event| event.0);
        let key = params![tenant.0, import.0, after, limit.clamp(1, MAX_PAGE)];
        self.db.query(&sql, key).await?.iter().map(stored).collect()
    }

    /// How many events of a kind an import run brought to the accounts of one bucket.
    ///
    /// `import + 0` keeps the engines from reading the whole run by its index for each bucket.
    pub async fn count_of_import(
        &self,
        tenant: TenantId,
        import: ImportId,
        kind: Kind,
        bucket: i64,
    ) -> Result<i64, StoreError> {
        let sql = "select count(*) as n from event
            where bucket = $1 and tenant = $2 and import + 0 = $3 and kind = $4";
        let row =
            self.db.query_one(sql, params![bucket, tenant.0, import.0, kind.number()]).await?;
        row.as_ref().map_or(Ok(0), |row| row.int("n"))
    }

    /// The events of a kind that an import run brought to the accounts of one bucket, by account.
    pub async fn bucket_of_import(
        &self,
        tenant: TenantId,
        import: ImportId,
        kind: Kind,
        bucket: i64,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let sql = format!(
            "select {EVENT} from event e where e.bucket = $1 and e.tenant = $2 and e.import + 0 = $3 and e.kind = $4
             order by e.account, e.event"
        );
        let key = params![bucket, tenant.0, import.0, kind.number()];
        self.db.query(&sql, key).await?.iter().map(stored).collect()
    }

    /// Events that an import run brought to the accounts of one bucket, the last decided of each account first.
    pub async fn latest_of_import(
        &self,
        tenant: TenantId,
        import: ImportId,
        bucket: i64,
    ) -> Result<Vec<(AccountId, EventId)>, StoreError> {
        let sql =
            "select account, event from event where bucket = $1 and tenant = $2 and import = $3
                   order by account, seq desc";
        let rows = self.db.query(sql, params![bucket, tenant.0, import.0]).await?;
        rows.iter().map(|r| Ok((AccountId(r.int("account")?), EventId(r.int("event")?)))).collect()
    }

    /// Accounts of a bucket at which time has something to do by `until`, the most overdue first, after `after`.
    pub async fn due(
        &self,
        bucket: i64,
        until: Timestamp,
        after: Option<DueAccount>,
        limit: i64,
    ) -> Result<Vec<DueAccount>, StoreError> {
        let sql = "select tenant, account, next_at from account
                   where bucket = $1 and next_at is not null and next_at <= $2 and (next_at, account) > ($3, $4)
                   order by next_at, account limit $5";
        let (next_at, account) = after.map_or((i64::MIN, 0), |due| (due.next_at.0, due.account.0));
        let key = params![bucket, until.0, next_at, account, limit.clamp(1, MAX_PAGE)];
        let found = self.db.query(sql, key).await?;
        let due = |row: &Row| {
            Ok(DueAccount {
                tenant: TenantId(row.int("tenant")?),
                account: AccountId(row.int("account")?),
                next_at: Timestamp(row.int("next_at")?),
            })
        };
        found.iter().map(due).collect()
    }
}

pub(crate) fn stored(row: &Row) -> Result<StoredEvent, StoreError> {
    let detail = unpack(row.bytes("detail")?)?;
    let event = Event {
        id: EventId(row.int("event")?),
        tenant: TenantId(row.int("tenant")?),
        account: AccountId(row.int("account")?),
        program: ProgramId(row.int("program")?),
        source: row.text("source")?.to_owned(),
        source_ref: row.text("source_ref")?.to_owned(),
        effective_at: Timestamp(row.int("effective_at")?),
        recorded_at: Timestamp(row.int("recorded_at")?),
        actor: row.text("actor")?.to_owned(),
        import: row.maybe_int("import")?.map(ImportId),
        body: detail.body,
    };
    let origin = row.maybe_int("origin")?.map(EventId);
    Ok(StoredEvent { event, seq: row.int("seq")?, origin, outcome: detail.outcome })
}

fn ask_heads(keys: &[(TenantId, AccountId)]) -> Statement {
    let set = Columns::of(keys).int(|k| k.1.bucket()).int(|k| k.0.0).int(|k| k.1.0).done();
    let sql = "select a.tenant, a.account, a.member, a.version, a.enrolled_at, a.next_at, a.state, a.balances
        from {rows} {each account a on a.bucket = r.column1 and a.tenant = r.column2 and a.account = r.column3}";
    Statement::over(sql, set, &[])
}

fn read_heads(rows: &[Row]) -> Result<BTreeMap<(TenantId, AccountId), Account>, StoreError> {
    let head = |row: &Row| {
        let account = rows::head(row)?;
        Ok(((account.tenant, account.id), account))
    };
    rows.iter().map(head).collect()
}

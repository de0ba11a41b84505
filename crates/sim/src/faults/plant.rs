//! Faults planted from outside, so that the product needs no switch for them: each must be found by its test.

use lazo_store::db::Dialect;
use lazo_store::params;
use lazo_store::{Db, Options};

use super::house::House;

/// A fault to plant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Plant {
    /// The unique keys of the journal and of its claims are gone; the check inside the transaction alone stays.
    NoIndex,
    /// The check of a key sees the journal and the claims of ten seconds ago; the unique keys alone stay.
    LateCheck,
    /// Both: nothing stands between a repetition and a second effect.
    LateCheckNoIndex,
    /// SQLite's log loses its second half at every kill.
    LostTail,
    /// One acknowledged event is taken out of the journal together with its points, so that sums stay right.
    Forget,
    /// Nothing reaches the disk when it should: as with `synchronous = off` or `fsync = off`.
    NoSync,
    /// A write that fails says that it worked.
    Swallow,
    /// A step of the migrations was done in part, outside of a transaction.
    HalfStep,
    /// A lot that has expired is open again.
    Reopen,
    /// Requests under way are dropped when a node is asked to end.
    Hasty,
    /// A backup is a copy of the database's file alone, without its log.
    LooseCopy,
}

impl Plant {
    /// Is it planted in the schema?
    #[must_use]
    pub fn bends_the_schema(self) -> bool {
        matches!(self, Self::NoIndex | Self::LateCheck | Self::LateCheckNoIndex)
    }

    /// Must the test find it? What one guard of two still holds off must stay without effect.
    #[must_use]
    pub fn must_be_found(self) -> bool {
        !matches!(self, Self::NoIndex | Self::LateCheck)
    }

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> String {
        clap::ValueEnum::to_possible_value(&self)
            .map_or_else(String::new, |v| v.get_name().to_owned())
    }
}

const COLUMNS: &str =
    "bucket, tenant, account, event, seq, kind, program, source, source_ref, effective_at,
    recorded_at, actor, import, origin, body_hash, detail, entries";

/// When ids begin to count, in milliseconds of 1970, and ten seconds: an id tells when it was made.
const TEN_SECONDS_AGO: i64 = 1_704_067_200_000 + 10_000;

/// Plants a fault in the schema while no node runs.
pub fn bend(what: Plant, house: &House) -> anyhow::Result<()> {
    let index = matches!(what, Plant::NoIndex | Plant::LateCheckNoIndex);
    let late = matches!(what, Plant::LateCheck | Plant::LateCheckNoIndex);
    on(house, |dialect| {
        // dialect: what is planted is the schema's own, which has no common text
        let sqlite = dialect == Dialect::Sqlite;
        let mut script = String::new();
        if index {
            script += if sqlite { WITHOUT_INDEX_SQLITE } else { WITHOUT_INDEX_POSTGRES };
        }
        if late {
            script += &if sqlite { late_sqlite() } else { late_postgres() };
        }
        script
    })
}

/// Takes the late check away again, so that all that happened can be read.
pub fn mend(house: &House) -> anyhow::Result<()> {
    on(house, |_| {
        "drop view event; alter table event_all rename to event;
         drop view claim; alter table claim_all rename to claim;"
            .into()
    })
}

/// Takes the oldest purchase of a till whose points are untouched out of the books, with all that speaks of it.
pub fn forget(house: &House) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let options = Options { connections: 1, allow_unsafe: true, ..Options::default() };
        let db = Db::open(&house.database, options).await?;
        let mut tx = db.begin().await?;
        let oldest = "select l.account, l.lot_event, l.point_type, l.granted, a.balances
            from lot l join event e on e.bucket = l.bucket and e.tenant = l.tenant and e.account = l.account
                and e.event = l.lot_event
            join account a on a.bucket = l.bucket and a.tenant = l.tenant and a.account = l.account
            where e.source = 'till' and e.source_ref not like 'stock-%' and l.available = l.granted
                and l.granted > 0 order by e.event limit 1";
        let found = tx.query(oldest, &[]).await?;
        let Some(gone) = found.first() else { return Ok(()) };
        let (account, event) = (gone.int("account")?, gone.int("lot_event")?);
        let mut balances: Vec<[i64; 4]> = serde_json::from_str(gone.text("balances")?)?;
        for balance in &mut balances {
            if balance[0] == gone.int("point_type")? {
                balance[1] -= gone.int("granted")?;
            }
        }
        // dialect: on SQLite the journal is guarded by triggers, on PostgreSQL by grants
        if db.dialect() == Dialect::Sqlite {
            tx.script("drop trigger event_no_delete; drop trigger claim_no_delete").await?;
        }
        let less = "update account set balances = $2 where account = $1";
        tx.execute(less, params![account, serde_json::to_string(&balances)?]).await?;
        tx.execute("delete from lot where lot_event = $1", params![event]).await?;
        tx.execute("delete from claim where event = $1", params![event]).await?;
        tx.execute("delete from event where event = $1", params![event]).await?;
        tx.commit().await?;
        Ok(())
    })
}

/// Opens the lots that have expired once more.
pub fn reopen(house: &House) -> anyhow::Result<()> {
    on(house, |_| {
        "update lot set available = expired, expired = 0, is_open = 1 where expired > 0;
         update account set next_at = 1 where exists (select 1 from lot where lot.bucket = account.bucket
            and lot.account = account.account and lot.is_open = 1 and lot.expires_at is not null);"
            .into()
    })
}

/// Runs a script on a house's database past all guards.
pub fn on(house: &House, script: impl Fn(Dialect) -> String) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let options = Options { connections: 1, allow_unsafe: true, ..Options::default() };
        let db = Db::open(&house.database, options).await?;
        let mut tx = db.begin().await?;
        tx.script(&script(db.dialect())).await?;
        tx.commit().await?;
        Ok(())
    })
}

const WITHOUT_INDEX_SQLITE: &str = "drop index event_named;
    create index event_key on event (bucket, tenant, account, source, source_ref, kind);
    create table claim_bent (bucket integer not null, tenant integer not null, hash blob not null,
        account integer not null, event integer not null) strict;
    insert into claim_bent select * from claim;
    drop table claim;
    alter table claim_bent rename to claim;
    create index claim_key on claim (bucket, tenant, hash);";

const WITHOUT_INDEX_POSTGRES: &str = "drop index event_named;
    create index event_key on event (bucket, tenant, account, source, source_ref, kind);
    alter table claim drop constraint claim_pkey;
    create index claim_key on claim (bucket, tenant, hash);";

fn late_sqlite() -> String {
    let new =
        COLUMNS.split(',').map(|c| format!("new.{}", c.trim())).collect::<Vec<_>>().join(", ");
    format!(
        "alter table event rename to event_all;
         create view event as select * from event_all where recorded_at <
            cast((julianday('now') - 2440587.5) * 86400000000.0 as integer) - 10000000;
         create trigger event_in instead of insert on event begin
            insert into event_all ({COLUMNS}) values ({new}); end;
         alter table claim rename to claim_all;
         create view claim as select * from claim_all where event <
            (cast((julianday('now') - 2440587.5) * 86400000.0 as integer) - {TEN_SECONDS_AGO}) << 22;
         create trigger claim_in instead of insert on claim begin
            insert into claim_all values (new.bucket, new.tenant, new.hash, new.account, new.event); end;"
    )
}

fn late_postgres() -> String {
    let new =
        COLUMNS.split(',').map(|c| format!("new.{}", c.trim())).collect::<Vec<_>>().join(", ");
    format!(
        "alter table event rename to event_all;
         create view event as select * from event_all where recorded_at <
            (extract(epoch from clock_timestamp()) * 1000000)::bigint - 10000000;
         create function event_in() returns trigger language plpgsql as $$ begin
            insert into event_all ({COLUMNS}) values ({new}); return new; end $$;
         create trigger event_in instead of insert on event for each row execute function event_in();
         alter table claim rename to claim_all;
         create view claim as select * from claim_all where event <
            ((extract(epoch from clock_timestamp()) * 1000)::bigint - {TEN_SECONDS_AGO}) << 22;
         create function claim_in() returns trigger language plpgsql as $$ begin
            insert into claim_all values (new.bucket, new.tenant, new.hash, new.account, new.event);
            return new; end $$;
         create trigger claim_in instead of insert on claim for each row execute function claim_in();"
    )
}

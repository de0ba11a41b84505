//! The tables `measure_cursor`, `measure_day`, `measure_sum` and `measure_observation`.

use std::collections::BTreeMap;

use lazo_domain::ids::{AccountId, EventId, PointTypeId, ProgramId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Columns, Db, Row, Statement, StoreError, params};

use super::Days;
use super::movements::Accounts;
use super::observe::Observation;

/// An account's day in a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccountDay {
    /// The client company.
    pub tenant: TenantId,
    /// The account.
    pub account: AccountId,
    /// The program.
    pub program: ProgramId,
    /// The day.
    pub day: i64,
}

impl AccountDay {
    /// Names one.
    #[must_use]
    pub fn new(tenant: TenantId, account: AccountId, program: ProgramId, day: i64) -> Self {
        Self { tenant, account, program, day }
    }
}

/// What moved on an account's day: purchases, money in minor units, points in smallest units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moved {
    /// Purchases, less those undone.
    pub purchases: i64,
    /// Net sales, less returns.
    pub net_minor: i64,
    /// Granted by rules, less what returns took.
    pub issued: i64,
    /// Spent, less what was given back.
    pub redeemed: i64,
    /// Gone unused.
    pub expired: i64,
}

/// A program's day by point type; sales stand under point type 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProgramDay {
    /// The client company.
    pub tenant: TenantId,
    /// The program.
    pub program: ProgramId,
    /// The point type.
    pub point_type: PointTypeId,
    /// The day.
    pub day: i64,
}

/// The sums of a program's day, or of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    /// Purchases, less those undone.
    pub purchases: i64,
    /// Net sales, less returns, in minor units.
    pub net_minor: i64,
    /// Points granted by rules, less what returns took.
    pub issued: i64,
    /// Points spent, less what was given back.
    pub redeemed: i64,
    /// Points gone unused.
    pub expired: i64,
    /// Points by hand and by rounding.
    pub adjusted: i64,
    /// Points from other point types, less those that went there.
    pub converted: i64,
    /// Points from other members, less those that went there.
    pub transferred: i64,
    /// Points brought from elsewhere at the start.
    pub opening: i64,
}

/// How far each bucket is counted.
pub async fn cursors(db: &Db) -> Result<BTreeMap<i64, EventId>, StoreError> {
    let rows = db.query("select bucket, event from measure_cursor", &[]).await?;
    rows.iter().map(|row| Ok((row.int("bucket")?, EventId(row.int("event")?)))).collect()
}

/// Adds what the events after `after` up to `last` of a bucket did. False when somebody else did before: nothing is added
/// then.
pub(super) async fn add(
    db: &Db,
    bucket: i64,
    after: EventId,
    last: EventId,
    accounts: &BTreeMap<AccountDay, Moved>,
    programs: &BTreeMap<ProgramDay, Sum>,
) -> Result<bool, StoreError> {
    let mut tx = db.begin().await?;
    let sql = "insert into measure_cursor (bucket, event) values ($1, $2)
        on conflict (bucket) do update set event = excluded.event where measure_cursor.event = $3";
    if tx.execute(sql, params![bucket, last.0, after.0]).await? != 1 {
        tx.rollback().await?;
        return Ok(false);
    }
    tx.run_all(vec![add_days(accounts), add_sums(programs)]).await?;
    tx.commit().await?;
    Ok(true)
}

fn add_days(accounts: &BTreeMap<AccountDay, Moved>) -> Statement {
    let rows: Vec<(&AccountDay, &Moved)> = accounts.iter().collect();
    let set = Columns::of(&rows)
        .int(|(key, _)| key.account.bucket())
        .int(|(key, _)| key.tenant.0)
        .int(|(key, _)| key.account.0)
        .int(|(key, _)| key.program.0)
        .int(|(key, _)| key.day)
        .int(|(_, m)| m.purchases)
        .int(|(_, m)| m.net_minor)
        .int(|(_, m)| m.issued)
        .int(|(_, m)| m.redeemed)
        .int(|(_, m)| m.expired)
        .done();
    let sql = "insert into measure_day (bucket, tenant, account, program, day, purchases, net_minor, issued, redeemed,
        expired) select r.* from {rows} where true
        on conflict (bucket, tenant, account, program, day) do update set
        purchases = measure_day.purchases + excluded.purchases, net_minor = measure_day.net_minor + excluded.net_minor,
        issued = measure_day.issued + excluded.issued, redeemed = measure_day.redeemed + excluded.redeemed,
        expired = measure_day.expired + excluded.expired";
    Statement::over(sql, set, &[])
}

fn add_sums(programs: &BTreeMap<ProgramDay, Sum>) -> Statement {
    let rows: Vec<(&ProgramDay, &Sum)> = programs.iter().collect();
    let set = Columns::of(&rows)
        .int(|(key, _)| key.tenant.0)
        .int(|(key, _)| key.program.0)
        .int(|(key, _)| key.point_type.0)
        .int(|(key, _)| key.day)
        .int(|(_, s)| s.purchases)
        .int(|(_, s)| s.net_minor)
        .int(|(_, s)| s.issued)
        .int(|(_, s)| s.redeemed)
        .int(|(_, s)| s.expired)
        .int(|(_, s)| s.adjusted)
        .int(|(_, s)| s.converted)
        .int(|(_, s)| s.transferred)
        .int(|(_, s)| s.opening)
        .done();
    let sql = "insert into measure_sum (tenant, program, point_type, day, purchases, net_minor, issued, redeemed, expired,
        adjusted, converted, transferred, opening) select r.* from {rows} where true
        on conflict (tenant, program, point_type, day) do update set
        purchases = measure_sum.purchases + excluded.purchases, net_minor = measure_sum.net_minor + excluded.net_minor,
        issued = measure_sum.issued + excluded.issued, redeemed = measure_sum.redeemed + excluded.redeemed,
        expired = measure_sum.expired + excluded.expired, adjusted = measure_sum.adjusted + excluded.adjusted,
        converted = measure_sum.converted + excluded.converted,
        transferred = measure_sum.transferred + excluded.transferred, opening = measure_sum.opening + excluded.opening";
    Statement::over(sql, set, &[])
}

/// The days of a bucket's accounts in a program up to `last`, account by account in the order of days.
pub async fn days(
    db: &Db,
    tenant: TenantId,
    program: ProgramId,
    bucket: i64,
    last: i64,
) -> Result<Vec<(AccountId, i64, Moved)>, StoreError> {
    let sql =
        "select account, day, purchases, net_minor, issued, redeemed, expired from measure_day
        where bucket = $1 and tenant = $2 and program = $3 and day <= $4 order by account, day";
    let day = |row: &Row| {
        let moved = Moved {
            purchases: row.int("purchases")?,
            net_minor: row.int("net_minor")?,
            issued: row.int("issued")?,
            redeemed: row.int("redeemed")?,
            expired: row.int("expired")?,
        };
        Ok((AccountId(row.int("account")?), row.int("day")?, moved))
    };
    let rows = db.query(sql, params![bucket, tenant.0, program.0, last]).await?;
    rows.iter().map(day).collect()
}

fn sum(row: &Row) -> Result<Sum, StoreError> {
    Ok(Sum {
        purchases: row.int("purchases")?,
        net_minor: row.int("net_minor")?,
        issued: row.int("issued")?,
        redeemed: row.int("redeemed")?,
        expired: row.int("expired")?,
        adjusted: row.int("adjusted")?,
        converted: row.int("converted")?,
        transferred: row.int("transferred")?,
        opening: row.int("opening")?,
    })
}

/// The accounts to which anything happened on a day, after `after`, with what moved.
pub async fn accounts_of(
    db: &Db,
    tenant: TenantId,
    program: ProgramId,
    day: i64,
    after: AccountId,
    limit: i64,
) -> Result<Vec<(AccountId, Moved)>, StoreError> {
    let sql = "select account, purchases, net_minor, issued, redeemed, expired from measure_day
        where tenant = $1 and program = $2 and day = $3 and account > $4 order by account limit $5";
    let rows = db.query(sql, params![tenant.0, program.0, day, after.0, limit]).await?;
    let of = |row: &Row| {
        let moved = Moved {
            purchases: row.int("purchases")?,
            net_minor: row.int("net_minor")?,
            issued: row.int("issued")?,
            redeemed: row.int("redeemed")?,
            expired: row.int("expired")?,
        };
        Ok((AccountId(row.int("account")?), moved))
    };
    rows.iter().map(of).collect()
}

/// What an account spent in a program, counted from the days of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spending {
    /// The last day with a purchase.
    pub last_day: Option<i64>,
    /// Purchases, less those undone: ever, within 90 and within 365 days.
    pub purchases: i64,
    /// Within 90 days.
    pub purchases_90: i64,
    /// Within 365 days.
    pub purchases_365: i64,
    /// Net sales, less returns, in minor units: ever.
    pub net_minor: i64,
    /// Within 90 days.
    pub net_minor_90: i64,
    /// Within 365 days.
    pub net_minor_365: i64,
}

/// What a set of accounts spent in a program up to `today`; those that never bought are left out.
pub async fn spending(
    db: &Db,
    (tenant, program): (TenantId, ProgramId),
    accounts: &[AccountId],
    today: i64,
) -> Result<BTreeMap<AccountId, Spending>, StoreError> {
    let set = Columns::of(accounts).int(|id| id.bucket()).int(|id| id.0).done();
    let sum = |column: &str, days: i64, name: &str| {
        format!(
            "cast(sum(case when d.day > $5 - {days} then d.{column} else 0 end) as bigint) as {name}"
        )
    };
    let sums = [
        sum("purchases", 1_000_000, "purchases"),
        sum("purchases", 90, "purchases_90"),
        sum("purchases", 365, "purchases_365"),
        sum("net_minor", 1_000_000, "net_minor"),
        sum("net_minor", 90, "net_minor_90"),
        sum("net_minor", 365, "net_minor_365"),
    ];
    let sql = format!(
        "select d.account, max(case when d.purchases > 0 then d.day end) as last_day, {} from {{rows}}
        {{each measure_day d on d.bucket = r.column1 and d.tenant = $3 and d.account = r.column2}}
        where d.program = $4 and d.day <= $5 group by d.account",
        sums.join(", ")
    );
    let key = params![tenant.0, program.0, today];
    let rows = db.ask(Statement::over(&sql, set, key)).await?;
    let of = |row: &Row| {
        let spending = Spending {
            last_day: row.maybe_int("last_day")?,
            purchases: row.int("purchases")?,
            purchases_90: row.int("purchases_90")?,
            purchases_365: row.int("purchases_365")?,
            net_minor: row.int("net_minor")?,
            net_minor_90: row.int("net_minor_90")?,
            net_minor_365: row.int("net_minor_365")?,
        };
        Ok((AccountId(row.int("account")?), spending))
    };
    rows.iter().map(of).collect()
}

/// What a set of accounts bought in a program within `days`: purchases, and net sales in minor units; those to which
/// nothing happened are left out.
pub async fn bought(
    db: &Db,
    (tenant, program): (TenantId, ProgramId),
    accounts: &[AccountId],
    days: Days,
) -> Result<BTreeMap<AccountId, (i64, i64)>, StoreError> {
    let set = Columns::of(accounts).int(|id| id.bucket()).int(|id| id.0).done();
    let sql = "select d.account, cast(sum(d.purchases) as bigint) as purchases,
            cast(sum(d.net_minor) as bigint) as net_minor from {rows}
        {each measure_day d on d.bucket = r.column1 and d.tenant = $3 and d.account = r.column2}
        where d.program = $4 and d.day >= $5 and d.day <= $6 group by d.account";
    let key = params![tenant.0, program.0, days.from, days.to];
    let rows = db.ask(Statement::over(sql, set, key)).await?;
    let of = |row: &Row| {
        let sums = (row.int("purchases")?, row.int("net_minor")?);
        Ok((AccountId(row.int("account")?), sums))
    };
    rows.iter().map(of).collect()
}

/// What each account of a bucket bought in a program within `days`: the last day, purchases, net sales in minor units;
/// those that bought nothing, or gave everything back, are left out.
pub async fn habits(
    db: &Db,
    (tenant, program): (TenantId, ProgramId),
    bucket: i64,
    days: Days,
) -> Result<Vec<(i64, i64, i64)>, StoreError> {
    let sql = "select max(case when purchases > 0 then day end) as last_day,
            cast(sum(purchases) as bigint) as purchases, cast(sum(net_minor) as bigint) as net_minor from measure_day
        where bucket = $1 and tenant = $2 and program = $3 and day >= $4 and day <= $5
        group by account having sum(purchases) > 0";
    let rows = db.query(sql, params![bucket, tenant.0, program.0, days.from, days.to]).await?;
    let of = |row: &Row| Ok((row.int("last_day")?, row.int("purchases")?, row.int("net_minor")?));
    rows.iter().map(of).collect()
}

/// Keeps what was observed.
pub async fn keep(
    db: &Db,
    tenant: TenantId,
    program: ProgramId,
    all: &[Observation],
) -> Result<(), StoreError> {
    let set = Columns::of(all)
        .text(|o| o.fact.clone())
        .int(|o| o.id)
        .text(|o| o.data.clone())
        .text(|o| o.source.clone())
        .int(|o| o.days.from)
        .int(|o| o.days.to)
        .text(|o| o.recorded_by.clone())
        .int(|o| o.recorded_at.0)
        .done();
    let sql = "insert into measure_observation (tenant, program, fact, observation, data, source, day_from, day_to,
        recorded_by, recorded_at) select $9, $10, r.* from {rows} where true";
    let mut tx = db.begin().await?;
    tx.run_all(vec![Statement::over(sql, set, params![tenant.0, program.0])]).await?;
    tx.commit().await
}

/// The latest observation of each fact that was recorded by `at`.
pub async fn observed(
    db: &Db,
    tenant: TenantId,
    program: ProgramId,
    at: Timestamp,
) -> Result<Vec<Observation>, StoreError> {
    let sql = "select fact, observation, data, source, day_from, day_to, recorded_by, recorded_at
        from measure_observation o where tenant = $1 and program = $2 and observation = (
        select max(observation) from measure_observation l where l.tenant = o.tenant and l.program = o.program
        and l.fact = o.fact and l.recorded_at <= $3) order by fact";
    let rows = db.query(sql, params![tenant.0, program.0, at.0]).await?;
    let observation = |row: &Row| {
        Ok(Observation {
            id: row.int("observation")?,
            fact: row.text("fact")?.to_owned(),
            data: row.text("data")?.to_owned(),
            source: row.text("source")?.to_owned(),
            days: Days { from: row.int("day_from")?, to: row.int("day_to")? },
            recorded_by: row.text("recorded_by")?.to_owned(),
            recorded_at: Timestamp(row.int("recorded_at")?),
        })
    };
    rows.iter().map(observation).collect()
}

/// A program's sums by point type and day.
pub async fn sums_by_type(
    db: &Db,
    tenant: TenantId,
    program: ProgramId,
    days: Days,
) -> Result<BTreeMap<(PointTypeId, i64), Sum>, StoreError> {
    let sql = "select point_type, day, purchases, net_minor, issued, redeemed, expired, adjusted, converted, transferred,
        opening from measure_sum where tenant = $1 and program = $2 and day >= $3 and day <= $4";
    let rows = db.query(sql, params![tenant.0, program.0, days.from, days.to]).await?;
    rows.iter()
        .map(|row| Ok(((PointTypeId(row.int("point_type")?), row.int("day")?), sum(row)?)))
        .collect()
}

/// Sums by point type and day.
pub(super) type Sums = BTreeMap<(PointTypeId, i64), Sum>;

/// At one moment: how far each bucket is counted, a tenant's sums by point type and day, and the accounts to which
/// anything happened from the day `since` on.
pub(super) async fn counted(
    db: &Db,
    tenant: TenantId,
    days: Days,
    since: i64,
) -> Result<(BTreeMap<i64, EventId>, Sums, Accounts), StoreError> {
    let mut tx = db.snapshot().await?;
    let rows = tx.query("select bucket, event from measure_cursor", &[]).await?;
    let cursors: Result<BTreeMap<_, _>, StoreError> =
        rows.iter().map(|row| Ok((row.int("bucket")?, EventId(row.int("event")?)))).collect();
    let sql = "select point_type, day, purchases, net_minor, issued, redeemed, expired, adjusted, converted, transferred,
        opening from measure_sum where tenant = $1 and day >= $2 and day <= $3";
    let rows = tx.query(sql, params![tenant.0, days.from, days.to]).await?;
    let sums: Result<Sums, StoreError> = rows
        .iter()
        .map(|row| Ok(((PointTypeId(row.int("point_type")?), row.int("day")?), sum(row)?)))
        .collect();
    let sql =
        "select distinct account from measure_day where tenant = $1 and day >= $2 and day <= $3";
    let rows = tx.query(sql, params![tenant.0, since, days.to]).await?;
    let accounts: Result<Accounts, StoreError> =
        rows.iter().map(|row| row.int("account").map(AccountId)).collect();
    tx.rollback().await?;
    Ok((cursors?, sums?, accounts?))
}

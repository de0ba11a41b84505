//! The table `voucher`.

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::ids::{AccountId, RedemptionId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Columns, Db, Row, Statement, StoreError, Tx, params};

use super::Voucher;

const COLUMNS: &str = "code, redemption, place, account, reward, value_minor, currency, issued_at, valid_until, \
    state, used_at, used_reference";

/// Adds codes; of two processes that issue for the same redemption the first one wins.
pub async fn insert(db: &Db, tenant: TenantId, vouchers: &[Voucher]) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    insert_all(&mut tx, tenant, vouchers).await?;
    tx.commit().await
}

/// Adds codes in a transaction that does more.
pub async fn insert_all(
    tx: &mut Tx,
    tenant: TenantId,
    vouchers: &[Voucher],
) -> Result<(), StoreError> {
    let set = Columns::of(vouchers)
        .text(|v| v.code.clone())
        .int(|v| v.redemption.0)
        .int(|v| v.place)
        .int(|v| v.account.0)
        .text(|v| v.reward.clone())
        .maybe_int(|v| v.value_minor)
        .text(|v| v.currency.clone())
        .int(|v| v.issued_at.0)
        .maybe_int(|v| v.valid_until.map(|at| at.0))
        .done();
    let sql = "insert into voucher (tenant, code, redemption, place, account, reward, value_minor, currency,
        issued_at, valid_until, state)
        select $10, column1, column2, column3, column4, column5, column6, column7, column8, column9, 'issued'
        from {rows} where true on conflict do nothing";
    tx.run_all(vec![Statement::over(sql, set, params![tenant.0])]).await?;
    Ok(())
}

/// Gives codes of one account to another, those that were used too: their history goes along.
pub async fn move_codes(
    tx: &mut Tx,
    tenant: TenantId,
    codes: &[String],
    from: AccountId,
    to: AccountId,
) -> Result<(), StoreError> {
    let set = Columns::of(codes).text(Clone::clone).done();
    let sql = "update voucher set account = $3 from {rows}
        where voucher.tenant = $2 and voucher.code = r.column1 and voucher.account = $4";
    tx.run_all(vec![Statement::over(sql, set, params![tenant.0, to.0, from.0])]).await?;
    Ok(())
}

/// Whose redemption each of some codes belongs to, those that are there.
pub async fn owners(
    db: &Db,
    tenant: TenantId,
    vouchers: &[Voucher],
) -> Result<BTreeMap<String, RedemptionId>, StoreError> {
    if vouchers.is_empty() {
        return Ok(BTreeMap::new());
    }
    let set = Columns::of(vouchers).text(|voucher| voucher.code.clone()).done();
    let sql = "select v.code, v.redemption from {rows} {each voucher v on v.tenant = $2
        and v.code = r.column1}";
    let rows = db.ask(Statement::over(sql, set, params![tenant.0])).await?;
    rows.iter()
        .map(|row| Ok((row.text("code")?.to_owned(), RedemptionId(row.int("redemption")?))))
        .collect()
}

/// All codes of a redemption, in order.
pub async fn of_redemption(
    db: &Db,
    tenant: TenantId,
    redemption: RedemptionId,
) -> Result<Vec<Voucher>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from voucher where tenant = $1 and redemption = $2 order by place"
    );
    db.query(&sql, params![tenant.0, redemption.0]).await?.iter().map(voucher).collect()
}

/// Codes, those that are there.
pub async fn by_codes(
    db: &Db,
    tenant: TenantId,
    codes: &[String],
) -> Result<Vec<Voucher>, StoreError> {
    let set = Columns::of(codes).text(Clone::clone).done();
    let sql = "select v.* from {rows} {each voucher v on v.tenant = $2 and v.code = r.column1}";
    db.ask(Statement::over(sql, set, params![tenant.0])).await?.iter().map(voucher).collect()
}

/// One code.
pub async fn by_code(db: &Db, tenant: TenantId, code: &str) -> Result<Option<Voucher>, StoreError> {
    let sql = format!("select {COLUMNS} from voucher where tenant = $1 and code = $2");
    db.query_one(&sql, params![tenant.0, code]).await?.as_ref().map(voucher).transpose()
}

/// Codes of an account that are still good and end within a span of time, the soonest first.
pub async fn ending(
    db: &Db,
    tenant: TenantId,
    account: AccountId,
    (after, until): (Timestamp, Timestamp),
) -> Result<Vec<Voucher>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from voucher where tenant = $1 and account = $2 and state = 'issued'
        and valid_until > $3 and valid_until <= $4 order by valid_until, redemption, place"
    );
    let key = params![tenant.0, account.0, after.0, until.0];
    db.query(&sql, key).await?.iter().map(voucher).collect()
}

/// Uses a code that is still good. False when it is not, or was used before.
pub async fn spend(
    db: &Db,
    tenant: TenantId,
    code: &str,
    reference: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "update voucher set state = 'used', used_at = $3, used_reference = $4
        where tenant = $1 and code = $2 and state = 'issued' and (valid_until is null or valid_until > $3)";
    Ok(db.execute(sql, params![tenant.0, code, now.0, reference]).await? == 1)
}

/// How many codes of a reward wait, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The reward's code.
    pub reward: String,
    /// How many codes.
    pub count: i64,
    /// When the oldest was issued.
    pub since: Timestamp,
}

/// The rewards of which codes wait that are still good at `now`.
pub async fn waiting(
    db: &Db,
    tenant: TenantId,
    now: Timestamp,
) -> Result<Vec<Waiting>, StoreError> {
    let sql = "select reward, count(*) as n, min(issued_at) as since from voucher
        where tenant = $1 and state = 'issued' and (valid_until is null or valid_until > $2)
        group by reward order by reward";
    let rows = db.query(sql, params![tenant.0, now.0]).await?;
    let read = |row: &Row| {
        let (count, since) = (row.int("n")?, Timestamp(row.int("since")?));
        Ok(Waiting { reward: row.text("reward")?.to_owned(), count, since })
    };
    rows.iter().map(read).collect()
}

/// The codes of a reward that wait and are still good at `now`, the oldest first, no more than `limit`.
pub async fn waiting_of(
    db: &Db,
    tenant: TenantId,
    reward: &str,
    (now, limit): (Timestamp, i64),
) -> Result<Vec<Voucher>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from voucher where tenant = $1 and reward = $2 and state = 'issued'
        and (valid_until is null or valid_until > $3) order by issued_at, code limit $4"
    );
    let rows = db.query(&sql, params![tenant.0, reward, now.0, limit]).await?;
    rows.iter().map(voucher).collect()
}

/// Uses every code of a reward that was issued up to an instant and waits; answers the redemptions that paid for them.
pub async fn hand_over(
    tx: &mut Tx,
    tenant: TenantId,
    reward: &str,
    reference: &str,
    (until, now): (Timestamp, Timestamp),
) -> Result<Vec<RedemptionId>, StoreError> {
    let sql = "update voucher set state = 'used', used_at = $4, used_reference = $5
        where tenant = $1 and reward = $2 and state = 'issued' and issued_at <= $3
        and (valid_until is null or valid_until > $4) returning redemption";
    let rows = tx.query(sql, params![tenant.0, reward, until.0, now.0, reference]).await?;
    rows.iter().map(|row| row.int("redemption").map(RedemptionId)).collect()
}

/// Moves all codes of a redemption that are in state `from` to state `to`.
pub async fn set_state(
    tx: &mut Tx,
    tenant: TenantId,
    redemption: RedemptionId,
    from: &str,
    to: &str,
) -> Result<(), StoreError> {
    let sql = "update voucher set state = $4 where tenant = $1 and redemption = $2 and state = $3";
    tx.execute(sql, params![tenant.0, redemption.0, from, to]).await.map(|_| ())
}

/// The codes of a redemption, or of a campaign that gave them, that were used.
pub async fn used_codes(
    db: &Db,
    tenant: TenantId,
    redemption: RedemptionId,
) -> Result<BTreeSet<String>, StoreError> {
    let sql = "select code from voucher where tenant = $1 and redemption = $2 and state = 'used'";
    let rows = db.query(sql, params![tenant.0, redemption.0]).await?;
    rows.iter().map(|row| row.text("code").map(str::to_owned)).collect()
}

/// Was any code of a redemption used?
pub async fn used(
    tx: &mut Tx,
    tenant: TenantId,
    redemption: RedemptionId,
) -> Result<bool, StoreError> {
    let sql = "select code from voucher where tenant = $1 and redemption = $2 and state = 'used'";
    Ok(!tx.query(sql, params![tenant.0, redemption.0]).await?.is_empty())
}

fn voucher(row: &Row) -> Result<Voucher, StoreError> {
    Ok(Voucher {
        code: row.text("code")?.to_owned(),
        redemption: RedemptionId(row.int("redemption")?),
        place: row.int("place")?,
        account: AccountId(row.int("account")?),
        reward: row.text("reward")?.to_owned(),
        value_minor: row.maybe_int("value_minor")?,
        currency: row.text("currency")?.to_owned(),
        issued_at: Timestamp(row.int("issued_at")?),
        valid_until: row.maybe_int("valid_until")?.map(Timestamp),
        state: row.text("state")?.to_owned(),
        used_at: row.maybe_int("used_at")?.map(Timestamp),
        used_reference: row.maybe_text("used_reference")?.map(str::to_owned),
    })
}

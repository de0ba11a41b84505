//! The tables `carried_order` and `carried_order_address`: open reward orders of merged members, and where they go.

use std::collections::BTreeMap;

use lazo_domain::ids::{AccountId, MemberId, TenantId};
use lazo_domain::merging::SourceKey;
use lazo_domain::merging::orders::{OrderStatus, SourceOrder};
use lazo_domain::time::Timestamp;
use lazo_store::{Columns, Db, Row, Statement, StoreError, Tx, params};

use super::{Address, CarriedOrder, Project};

/// Rows deleted in one statement: what a database does well within a call's deadline.
const DELETED: i64 = 5_000;

/// Writes orders of merged members; those that are there are replaced.
pub async fn put(
    tx: &mut Tx,
    of: Project,
    all: &[CarriedOrder],
    now: Timestamp,
) -> Result<(), StoreError> {
    let set = Columns::of(all)
        .text(|o| o.key.source.clone())
        .text(|o| o.key.member.clone())
        .text(|o| o.order.order.clone())
        .text(|o| o.order.reward.clone())
        .text(|o| o.order.point_type.clone())
        .int(|o| o.order.points)
        .int(|o| o.order.ordered_at.0)
        .maybe_int(|o| o.order.promised_by.map(|at| at.0))
        .text(|o| o.order.status.name().to_owned())
        .int(|o| o.member.0)
        .int(|o| o.account.0)
        .done();
    let sql = "insert into carried_order (tenant, project, source, source_member, name, reward, point_type, points,
        ordered_at, promised_by, status, member, account, changed_at)
        select $12, $13, column1, column2, column3, column4, column5, column6, column7, column8, column9, column10,
        column11, $14 from {rows} where true
        on conflict (tenant, project, source, source_member, name) do update
        set reward = excluded.reward, point_type = excluded.point_type, points = excluded.points,
            ordered_at = excluded.ordered_at, promised_by = excluded.promised_by, status = excluded.status,
            member = excluded.member, account = excluded.account, changed_at = excluded.changed_at";
    let key = params![of.0.0, of.1.0, now.0];
    tx.run_all(vec![Statement::over(sql, set, key)]).await?;
    Ok(())
}

/// The orders that came along of a set of accounts, in the order of accounts and names.
pub async fn of(db: &Db, of: Project, keys: &[SourceKey]) -> Result<Vec<CarriedOrder>, StoreError> {
    let set = Columns::of(keys).text(|k| k.source.clone()).text(|k| k.member.clone()).done();
    let sql = "select o.source, o.source_member, o.name, o.reward, o.point_type, o.points, o.ordered_at, o.promised_by,
        o.status, o.member, o.account from {rows}
        {each carried_order o on o.tenant = $3 and o.project = $4 and o.source = r.column1
         and o.source_member = r.column2}";
    let rows = db.ask(Statement::over(sql, set, params![of.0.0, of.1.0])).await?;
    let mut all: Vec<CarriedOrder> = rows.iter().map(carried).collect::<Result<_, _>>()?;
    all.sort_by(|a, b| (&a.key, &a.order.order).cmp(&(&b.key, &b.order.order)));
    Ok(all)
}

/// Says how far an order is. Of one that is over, nobody needs the address any more.
pub async fn set_status(
    tx: &mut Tx,
    of: Project,
    (key, name): (&SourceKey, &str),
    status: OrderStatus,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "update carried_order set status = $6, changed_at = $7
        where tenant = $1 and project = $2 and source = $3 and source_member = $4 and name = $5";
    let (source, member) = (&key.source, &key.member);
    let own = params![of.0.0, of.1.0, source, member, name, status.name(), now.0];
    tx.execute(sql, own).await?;
    if !status.is_open() {
        let sql = "delete from carried_order_address
            where tenant = $1 and project = $2 and source = $3 and member = $4 and name = $5";
        tx.execute(sql, params![of.0.0, of.1.0, source, member, name]).await?;
    }
    Ok(())
}

/// Moves the orders of accounts to another member.
pub async fn move_to(
    tx: &mut Tx,
    of: Project,
    keys: &[SourceKey],
    (member, account): (MemberId, AccountId),
) -> Result<(), StoreError> {
    let sql = "update carried_order set member = $5, account = $6
        where tenant = $1 and project = $2 and source = $3 and source_member = $4";
    for key in keys {
        let own = params![of.0.0, of.1.0, &key.source, &key.member, member.0, account.0];
        tx.execute(sql, own).await?;
    }
    Ok(())
}

/// Takes away the orders of accounts that are their source's again.
pub async fn give_back(tx: &mut Tx, of: Project, keys: &[SourceKey]) -> Result<(), StoreError> {
    let sql = "delete from carried_order
        where tenant = $1 and project = $2 and source = $3 and source_member = $4";
    for key in keys {
        let own = params![of.0.0, of.1.0, &key.source, &key.member];
        tx.execute(sql, own).await?;
    }
    Ok(())
}

/// Writes where orders of accounts go.
pub async fn put_addresses(
    tx: &mut Tx,
    of: Project,
    all: &[(SourceKey, String, Address)],
) -> Result<(), StoreError> {
    let texts: Vec<(&SourceKey, &String, String)> = all
        .iter()
        .map(|(key, name, address)| Ok((key, name, text_of(address)?)))
        .collect::<Result<_, StoreError>>()?;
    let set = Columns::of(&texts)
        .text(|(key, ..)| key.source.clone())
        .text(|(key, ..)| key.member.clone())
        .text(|(_, name, _)| (*name).clone())
        .text(|(.., address)| address.clone())
        .done();
    let sql = "insert into carried_order_address (tenant, project, source, member, name, address)
        select $5, $6, column1, column2, column3, column4 from {rows} where true
        on conflict (tenant, project, source, member, name) do update set address = excluded.address";
    let key = params![of.0.0, of.1.0];
    tx.run_all(vec![Statement::over(sql, set, key)]).await?;
    Ok(())
}

/// Where the orders of a set of accounts go, by account and name. Personal data.
pub async fn addresses(
    db: &Db,
    of: Project,
    keys: &[SourceKey],
) -> Result<BTreeMap<(SourceKey, String), Address>, StoreError> {
    let set = Columns::of(keys).text(|k| k.source.clone()).text(|k| k.member.clone()).done();
    let sql = "select a.source, a.member, a.name, a.address from {rows}
        {each carried_order_address a on a.tenant = $3 and a.project = $4 and a.source = r.column1
         and a.member = r.column2}";
    let rows = db.ask(Statement::over(sql, set, params![of.0.0, of.1.0])).await?;
    rows.iter()
        .map(|row| {
            let key = SourceKey::new(row.text("source")?, row.text("member")?);
            Ok(((key, row.text("name")?.to_owned()), address_of(row)?))
        })
        .collect()
}

/// Deletes what was loaded of a source (or of all) on where orders go.
pub async fn clear(db: &Db, of: Project, source: Option<&str>) -> Result<(), StoreError> {
    let sql = format!(
        "delete from carried_order_address where tenant = $1 and project = $2 and (source, member, name) in
        (select source, member, name from carried_order_address where tenant = $1 and project = $2
         and ($3 = '' or source = $3) limit {DELETED})"
    );
    let key = params![of.0.0, of.1.0, source.unwrap_or("")];
    while db.execute(&sql, key).await? > 0 {}
    Ok(())
}

/// Forgets where the orders of an account go: its person was erased in the source.
pub async fn forget_account(tx: &mut Tx, of: Project, key: &SourceKey) -> Result<(), StoreError> {
    let sql = "delete from carried_order_address
        where tenant = $1 and project = $2 and source = $3 and member = $4";
    let own = params![of.0.0, of.1.0, &key.source, &key.member];
    tx.execute(sql, own).await.map(drop)
}

/// Forgets where a member's orders go: the person was erased.
pub async fn forget_member(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
) -> Result<(), StoreError> {
    let sql = "delete from carried_order_address where tenant = $1 and (project, source, member, name) in
        (select project, source, source_member, name from carried_order where tenant = $1 and member = $2)";
    tx.execute(sql, params![tenant.0, member.0]).await.map(drop)
}

/// Forgets the addresses of a project but for orders that are still on their way.
pub async fn forget_people(db: &Db, of: Project) -> Result<(), StoreError> {
    let sql = "delete from carried_order_address where tenant = $1 and project = $2
        and (source, member, name) not in (select source, source_member, name from carried_order
         where tenant = $1 and project = $2 and status not in ('delivered', 'cancelled'))";
    db.execute(sql, params![of.0.0, of.1.0]).await.map(drop)
}

fn carried(row: &Row) -> Result<CarriedOrder, StoreError> {
    let text = |name: &str| row.text(name).map(str::to_owned);
    let status = OrderStatus::named(row.text("status")?);
    Ok(CarriedOrder {
        key: SourceKey::new(row.text("source")?, row.text("source_member")?),
        order: SourceOrder {
            order: text("name")?,
            reward: text("reward")?,
            point_type: text("point_type")?,
            points: row.int("points")?,
            ordered_at: Timestamp(row.int("ordered_at")?),
            promised_by: row.maybe_int("promised_by")?.map(Timestamp),
            status: status.ok_or_else(|| StoreError::Corrupt("an order's status".to_owned()))?,
            address: String::new(),
        },
        member: MemberId(row.int("member")?),
        account: AccountId(row.int("account")?),
    })
}

fn text_of(address: &Address) -> Result<String, StoreError> {
    serde_json::to_string(address).map_err(|error| StoreError::Shape(error.to_string()))
}

fn address_of(row: &Row) -> Result<Address, StoreError> {
    let corrupt = |error: serde_json::Error| StoreError::Corrupt(format!("an address: {error}"));
    serde_json::from_str(row.text("address")?).map_err(corrupt)
}

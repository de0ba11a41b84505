//! The tables `workspace_person` and `workspace_digest`.

use lazo_domain::ids::{StaffId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, StoreError, Tx, params};

use super::{Person, Place};
use crate::features::staff;

/// Everybody who works on a tenant's program and still is of its staff.
pub async fn people(db: &Db, tenant: TenantId) -> Result<Vec<Person>, StoreError> {
    let sql = "select staff, side, duty, phone, digest, away_until, deputy from workspace_person
        where tenant = $1 order by side, staff";
    let mut people = Vec::new();
    for row in db.query(sql, params![tenant.0]).await? {
        let id = StaffId(row.int("staff")?);
        let Some(known) = staff::store::by_id(db, tenant, id).await? else { continue };
        people.push(Person {
            staff: id,
            name: known.name,
            login: known.login,
            side: row.text("side")?.to_owned(),
            duty: row.text("duty")?.to_owned(),
            phone: row.text("phone")?.to_owned(),
            digest: row.int("digest")? == 1,
            away_until: row.maybe_int("away_until")?.map(Timestamp),
            deputy: row.maybe_int("deputy")?.map(StaffId),
        });
    }
    Ok(people)
}

/// Says where somebody stands.
pub async fn put(
    tx: &mut Tx,
    tenant: TenantId,
    id: StaffId,
    place: &Place,
) -> Result<(), StoreError> {
    let sql = "insert into workspace_person (tenant, staff, side, duty, phone, digest, away_until, deputy)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (tenant, staff) do update set side = $3, duty = $4, phone = $5, digest = $6,
            away_until = $7, deputy = $8";
    let values = params![
        tenant.0,
        id.0,
        &place.side,
        &place.duty,
        &place.phone,
        place.digest,
        place.away_until.map(|at| at.0),
        place.deputy.map(|deputy| deputy.0)
    ];
    tx.execute(sql, values).await?;
    Ok(())
}

/// Takes the turn of sending somebody's letter of a day: answers whether nobody took it before.
pub async fn take_digest(
    tx: &mut Tx,
    tenant: TenantId,
    id: StaffId,
    day: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "insert into workspace_digest (tenant, staff, day, sent_at) values ($1, $2, $3, $4)
        on conflict (tenant, staff, day) do nothing";
    Ok(tx.execute(sql, params![tenant.0, id.0, day, now.0]).await? == 1)
}

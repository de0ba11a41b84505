//! The tables `staff`, `staff_role`, `staff_secret`, `staff_invitation`, `staff_token` and `setup_token`.

use lazo_domain::ids::{StaffId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, StoreError, Tx, params};

use super::{Kept, Staff, column};
use crate::http::{Grant, Role};

/// A token that works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Whose it is.
    pub staff: StaffId,
    /// Where alone it works.
    pub tenant: Option<TenantId>,
    /// Who made it, where that is somebody else.
    pub issued_by: Option<String>,
}

/// Whose token this is, while it works.
pub async fn holder(db: &Db, hash: &[u8], now: Timestamp) -> Result<Option<Held>, StoreError> {
    let sql =
        "select t.staff, t.tenant, t.issued_by from staff_token t join staff s on s.staff = t.staff
        where t.hash = $1 and t.expires_at > $2 and t.revoked_at is null and s.disabled_at is null";
    let Some(row) = db.query_one(sql, params![hash, now.0]).await? else { return Ok(None) };
    Ok(Some(Held {
        staff: StaffId(row.int("staff")?),
        tenant: row.maybe_int("tenant")?.map(TenantId),
        issued_by: row.maybe_text("issued_by")?.map(str::to_owned),
    }))
}

/// Everything that somebody is, in every tenant and in the installation.
pub async fn grants(db: &Db, staff: StaffId) -> Result<Vec<Grant>, StoreError> {
    let sql = "select tenant, role from staff_role where staff = $1 order by tenant, role";
    let mut grants = Vec::new();
    for row in db.query(sql, params![staff.0]).await? {
        let tenant = row.int("tenant")?;
        if let Some(role) = Role::named(row.text("role")?) {
            grants.push(Grant { tenant: (tenant != 0).then_some(TenantId(tenant)), role });
        }
    }
    Ok(grants)
}

/// Does somebody still work here?
pub async fn is_active(db: &Db, staff: StaffId) -> Result<bool, StoreError> {
    let sql = "select staff from staff where staff = $1 and disabled_at is null";
    Ok(db.query_one(sql, params![staff.0]).await?.is_some())
}

/// The name of somebody, for a greeting.
pub async fn name_of(db: &Db, staff: StaffId) -> Result<Option<String>, StoreError> {
    let row = db.query_one("select name from staff where staff = $1", params![staff.0]).await?;
    row.map(|row| row.text("name").map(str::to_owned)).transpose()
}

/// What somebody signs in with, by the login.
pub async fn secret_of(db: &Db, login: &str) -> Result<Option<(StaffId, Kept)>, StoreError> {
    let sql = "select s.staff, k.password, k.totp, k.totp_step, k.wrong_tries, k.locked_until
        from staff s join staff_secret k on k.staff = s.staff
        where s.login = $1 and s.disabled_at is null";
    let Some(row) = db.query_one(sql, params![login]).await? else { return Ok(None) };
    let kept = Kept {
        password: row.text("password")?.to_owned(),
        totp: row.maybe_bytes("totp")?.map(<[u8]>::to_vec),
        totp_step: row.int("totp_step")?,
        wrong_tries: row.int("wrong_tries")?,
        locked_until: Timestamp(row.int("locked_until")?),
    };
    Ok(Some((StaffId(row.int("staff")?), kept)))
}

/// Sets what somebody signs in with; without `totp` the second factor that is there stays. Answers whether there was
/// somebody to set it for.
pub async fn set_secret(
    tx: &mut Tx,
    staff: StaffId,
    password: &str,
    totp: Option<&[u8]>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(totp) = totp else {
        let sql = "update staff_secret set password = $2, wrong_tries = 0, locked_until = 0, changed_at = $3
            where staff = $1";
        return Ok(tx.execute(sql, params![staff.0, password, now.0]).await? == 1);
    };
    let sql = "insert into staff_secret (staff, password, totp, totp_step, wrong_tries, locked_until, changed_at)
        select staff, $2, $3, 0, 0, 0, $4 from staff where staff = $1
        on conflict (staff) do update set password = $2, totp = $3, totp_step = 0, wrong_tries = 0,
            locked_until = 0, changed_at = $4";
    Ok(tx.execute(sql, params![staff.0, password, totp, now.0]).await? == 1)
}

/// Takes away what somebody signs in with.
pub async fn drop_secret(tx: &mut Tx, staff: StaffId) -> Result<(), StoreError> {
    tx.execute("delete from staff_secret where staff = $1", params![staff.0]).await.map(drop)
}

/// Notes that a client lets somebody in: with a link that was shown to somebody, or that went to the person alone.
pub async fn invite(
    tx: &mut Tx,
    staff: StaffId,
    tenant: TenantId,
    shown_to: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into staff_invitation (staff, tenant, shown_to, at) values ($1, $2, $3, $4)
        on conflict (staff) do update set tenant = $2, shown_to = $3, at = $4";
    let values = params![staff.0, tenant.0, shown_to.map(str::to_owned), now.0];
    tx.execute(sql, values).await.map(drop)
}

/// By which client somebody was let in, and who could have used the link; none when the installation did.
pub async fn invitation(
    db: &Db,
    staff: StaffId,
) -> Result<Option<(TenantId, Option<String>)>, StoreError> {
    let sql = "select tenant, shown_to from staff_invitation where staff = $1";
    let Some(row) = db.query_one(sql, params![staff.0]).await? else { return Ok(None) };
    Ok(Some((TenantId(row.int("tenant")?), row.maybe_text("shown_to")?.map(str::to_owned))))
}

/// Notes that the installation lets somebody in: wherever the person works.
pub async fn let_in(db: &Db, staff: StaffId) -> Result<(), StoreError> {
    let sql = "delete from staff_invitation where staff = $1";
    db.execute(sql, params![staff.0]).await.map(drop)
}

/// Does somebody have a password?
pub async fn has_secret(db: &Db, staff: StaffId) -> Result<bool, StoreError> {
    let sql = "select staff from staff_secret where staff = $1";
    Ok(db.query_one(sql, params![staff.0]).await?.is_some())
}

/// The person of a login.
pub async fn by_login(db: &Db, login: &str) -> Result<Option<StaffId>, StoreError> {
    let row = db.query_one("select staff from staff where login = $1", params![login]).await?;
    row.map(|row| row.int("staff").map(StaffId)).transpose()
}

/// Login and name of somebody.
pub async fn names_of(db: &Db, staff: StaffId) -> Result<Option<(String, String)>, StoreError> {
    let sql = "select login, name from staff where staff = $1";
    let row = db.query_one(sql, params![staff.0]).await?;
    row.map(|row| Ok((row.text("login")?.to_owned(), row.text("name")?.to_owned()))).transpose()
}

/// Counts a try, before it is known to be right, and answers whether it may be made: with the last of `most` the account
/// waits until `until`. Where nobody is tried, as much is written.
pub async fn begin_try(
    db: &Db,
    staff: Option<StaffId>,
    most: i64,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, StoreError> {
    let Some(staff) = staff else {
        let sql = "update staff_secret set locked_until = locked_until
            where staff = (select min(staff) from staff_secret)";
        db.execute(sql, &[]).await?;
        return Ok(false);
    };
    let sql = "update staff_secret set
            wrong_tries = case when wrong_tries + 1 >= $3 then 0 else wrong_tries + 1 end,
            locked_until = case when wrong_tries + 1 >= $3 then $4 else locked_until end
        where staff = $1 and locked_until <= $2";
    Ok(db.execute(sql, params![staff.0, now.0, most, until.0]).await? == 1)
}

/// Notes a right try that used `step`: answers whether the step was unused.
pub async fn right_try(db: &Db, staff: StaffId, step: i64) -> Result<bool, StoreError> {
    let sql = "update staff_secret set totp_step = $2, wrong_tries = 0, locked_until = 0
        where staff = $1 and totp_step < $2";
    Ok(db.execute(sql, params![staff.0, step]).await? == 1)
}

/// Are there any people yet?
pub async fn any(db: &Db) -> Result<bool, StoreError> {
    Ok(!db.query("select staff from staff limit 1", &[]).await?.is_empty())
}

/// The person of a login, made when there is none.
pub async fn ensure(
    tx: &mut Tx,
    fresh: StaffId,
    login: &str,
    name: &str,
    now: Timestamp,
) -> Result<StaffId, StoreError> {
    let sql = "insert into staff (staff, login, name, created_at, disabled_at)
        values ($1, $2, $3, $4, null) on conflict (login) do nothing";
    tx.execute(sql, params![fresh.0, login, name, now.0]).await?;
    let rows = tx.query("select staff from staff where login = $1", params![login]).await?;
    let row = rows.first().ok_or_else(|| StoreError::Shape("no staff came back".into()))?;
    Ok(StaffId(row.int("staff")?))
}

/// Gives somebody a role; having it already changes nothing.
pub async fn grant(
    tx: &mut Tx,
    staff: StaffId,
    grant: Grant,
    by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into staff_role (staff, tenant, role, granted_by, granted_at)
        values ($1, $2, $3, $4, $5) on conflict (staff, tenant, role) do nothing";
    let tenant = column(grant.tenant);
    tx.execute(sql, params![staff.0, tenant, grant.role.name(), by, now.0]).await?;
    Ok(())
}

/// Takes all roles of somebody in a tenant.
pub async fn ungrant_all(tx: &mut Tx, staff: StaffId, tenant: TenantId) -> Result<(), StoreError> {
    let sql = "delete from staff_role where staff = $1 and tenant = $2";
    tx.execute(sql, params![staff.0, tenant.0]).await?;
    Ok(())
}

/// How many people have a role in a tenant, seen within the transaction.
pub async fn count(tx: &mut Tx, tenant: TenantId, role: Role) -> Result<i64, StoreError> {
    let sql = "select count(*) as n from staff_role where tenant = $1 and role = $2";
    let rows = tx.query(sql, params![tenant.0, role.name()]).await?;
    rows.first().map_or(Ok(0), |row| row.int("n"))
}

/// The people of a tenant, in the order of their ids, after `after`.
pub async fn page(
    db: &Db,
    tenant: TenantId,
    after: StaffId,
    limit: i64,
) -> Result<Vec<Staff>, StoreError> {
    let sql = "select s.staff, s.login, s.name, r.role from staff s join staff_role r on r.staff = s.staff
        where r.tenant = $1 and s.staff in (select p.staff from staff_role p
            where p.tenant = $1 and p.staff > $2 group by p.staff order by p.staff limit $3)
        order by s.staff, r.role";
    let mut people: Vec<Staff> = Vec::new();
    for row in db.query(sql, params![tenant.0, after.0, limit]).await? {
        let id = StaffId(row.int("staff")?);
        let role = Role::named(row.text("role")?);
        match people.last_mut() {
            Some(last) if last.id == id => last.roles.extend(role),
            _ => people.push(Staff {
                id,
                login: row.text("login")?.to_owned(),
                name: row.text("name")?.to_owned(),
                roles: role.into_iter().collect(),
            }),
        }
    }
    Ok(people)
}

/// One person of a tenant.
pub async fn by_id(db: &Db, tenant: TenantId, id: StaffId) -> Result<Option<Staff>, StoreError> {
    let before = StaffId(id.0.saturating_sub(1));
    Ok(page(db, tenant, before, 1).await?.into_iter().find(|staff| staff.id == id))
}

/// Keeps a token's hash.
pub async fn add_token(
    tx: &mut Tx,
    hash: &[u8],
    held: &Held,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into staff_token (hash, staff, tenant, created_at, expires_at, revoked_at, issued_by)
        values ($1, $2, $3, $4, $5, null, $6)";
    let (staff, tenant) = (held.staff.0, held.tenant.map(|tenant| tenant.0));
    let values = params![hash, staff, tenant, now.0, expires_at.0, held.issued_by.clone()];
    tx.execute(sql, values).await?;
    Ok(())
}

/// Ends all tokens of somebody that work in a tenant only; answers how many.
pub async fn revoke_tokens(
    tx: &mut Tx,
    staff: StaffId,
    tenant: TenantId,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let sql = "update staff_token set revoked_at = $3
        where staff = $1 and tenant = $2 and revoked_at is null";
    tx.execute(sql, params![staff.0, tenant.0, now.0]).await
}

/// Keeps the one-time token of the first administrator; an earlier one no longer works.
pub async fn put_setup_token(tx: &mut Tx, hash: &[u8], now: Timestamp) -> Result<(), StoreError> {
    tx.execute("delete from setup_token", &[]).await?;
    let sql = "insert into setup_token (hash, created_at) values ($1, $2)";
    tx.execute(sql, params![hash, now.0]).await?;
    Ok(())
}

/// Uses up the one-time token: answers whether it was that.
pub async fn take_setup_token(tx: &mut Tx, hash: &[u8]) -> Result<bool, StoreError> {
    Ok(tx.execute("delete from setup_token where hash = $1", params![hash]).await? == 1)
}

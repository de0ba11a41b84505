//! The tables `passkey` and `passkey_challenge`.

use lazo_domain::ids::{AccountId, MemberId, StaffId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, Tx, params};

use super::super::Whose;
use super::Passkey;
use super::webauthn::Credential;

/// Challenges that have run out, of which one new one sweeps away so many: the table stays small without a job.
const SWEEP: i64 = 20;

/// A passkey to keep.
pub struct New<'a> {
    /// Its number.
    pub id: i64,
    /// Whose it is.
    pub owner: Whose,
    /// The host it belongs to.
    pub host: &'a str,
    /// What the authenticator made.
    pub credential: &'a Credential,
    /// Words such as `Chrome, Android`.
    pub device: &'a str,
    /// When it was made.
    pub now: Timestamp,
}

/// A passkey that somebody signs in with.
pub struct Known {
    /// Its number.
    pub id: i64,
    /// Whose it is.
    pub owner: Whose,
    /// Its public key as COSE writes it.
    pub key: Vec<u8>,
    /// The authenticator's count when it was last used.
    pub counter: i64,
}

/// Keeps a passkey; a credential is kept once.
pub async fn insert(db: &Db, new: &New<'_>) -> Result<(), StoreError> {
    let sql = "insert into passkey (id, host, credential, tenant, member, account, staff, public_key, counter, device,
            created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let [tenant, member, account, staff] = columns(new.owner);
    let Credential { name, key, counter } = new.credential;
    let values = params![
        new.id,
        new.host,
        name.clone(),
        tenant,
        member,
        account,
        staff,
        key.clone(),
        *counter,
        new.device,
        new.now.0
    ];
    db.execute(sql, values).await.map(drop)
}

/// Somebody's passkeys, the newest first.
pub async fn of(db: &Db, owner: Whose) -> Result<Vec<Passkey>, StoreError> {
    const COLUMNS: &str = "select id, credential, device, created_at, used_at from passkey";
    let rows = match owner {
        Whose::Member { tenant, member, .. } => {
            let sql =
                format!("{COLUMNS} where tenant = $1 and member = $2 order by id desc limit 50");
            db.query(&sql, params![tenant.0, member.0]).await?
        }
        Whose::Staff(staff) => {
            let sql = format!("{COLUMNS} where staff = $1 order by id desc limit 50");
            db.query(&sql, params![staff.0]).await?
        }
    };
    let read = |row: &Row| {
        Ok(Passkey {
            id: row.int("id")?,
            credential: row.bytes("credential")?.to_vec(),
            device: row.text("device")?.to_owned(),
            created_at: Timestamp(row.int("created_at")?),
            used_at: row.maybe_int("used_at")?.map(Timestamp),
        })
    };
    rows.iter().map(read).collect()
}

/// Removes one of somebody's passkeys: answers whether it was there.
pub async fn remove(db: &Db, owner: Whose, id: i64) -> Result<bool, StoreError> {
    let changed = match owner {
        Whose::Member { tenant, member, .. } => {
            let sql = "delete from passkey where tenant = $1 and member = $2 and id = $3";
            db.execute(sql, params![tenant.0, member.0, id]).await?
        }
        Whose::Staff(staff) => {
            let sql = "delete from passkey where staff = $1 and id = $2";
            db.execute(sql, params![staff.0, id]).await?
        }
    };
    Ok(changed == 1)
}

/// Removes every passkey of somebody who leaves, or whose password is set anew by others.
pub async fn remove_all(tx: &mut Tx, owner: Whose) -> Result<u64, StoreError> {
    match owner {
        Whose::Member { tenant, member, .. } => {
            let sql = "delete from passkey where tenant = $1 and member = $2";
            tx.execute(sql, params![tenant.0, member.0]).await
        }
        Whose::Staff(staff) => {
            tx.execute("delete from passkey where staff = $1", params![staff.0]).await
        }
    }
}

/// The passkey of a credential at a host.
pub async fn find(db: &Db, host: &str, credential: &[u8]) -> Result<Option<Known>, StoreError> {
    let sql = "select id, tenant, member, account, staff, public_key, counter from passkey
        where credential = $1 and host = $2";
    let Some(row) = db.query_one(sql, params![credential, host]).await? else { return Ok(None) };
    Ok(Some(Known {
        id: row.int("id")?,
        owner: owner(&row)?,
        key: row.bytes("public_key")?.to_vec(),
        counter: row.int("counter")?,
    }))
}

/// Notes a sign-in and the authenticator's count: answers whether the count still was what it was read as.
pub async fn used(
    db: &Db,
    id: i64,
    (before, count): (i64, i64),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "update passkey set counter = $3, used_at = $4 where id = $1 and counter = $2";
    Ok(db.execute(sql, params![id, before, count, now.0]).await? == 1)
}

/// Keeps a challenge, for whoever has this handle, and forgets a few that have run out.
pub async fn put_challenge(
    db: &Db,
    hash: &[u8],
    owner: Option<&[u8]>,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into passkey_challenge (hash, owner, expires_at) values ($1, $2, $3)";
    db.execute(sql, params![hash, owner.unwrap_or_default(), expires_at.0]).await?;
    let sql = "delete from passkey_challenge where hash in
        (select hash from passkey_challenge where expires_at <= $1 order by expires_at limit $2)";
    db.execute(sql, params![now.0, SWEEP]).await.map(drop)
}

/// Uses a challenge up, while it is good: for whom it was drawn, if for anybody.
pub async fn take_challenge(
    db: &Db,
    hash: &[u8],
    now: Timestamp,
) -> Result<Option<Option<Vec<u8>>>, StoreError> {
    let sql = "delete from passkey_challenge where hash = $1 and expires_at > $2 returning owner";
    let rows = db.write(sql, params![hash, now.0]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let owner = row.bytes("owner")?;
    Ok(Some((!owner.is_empty()).then(|| owner.to_vec())))
}

/// Tenant, member, account and staff as columns.
fn columns(whose: Whose) -> [Option<i64>; 4] {
    match whose {
        Whose::Member { tenant, member, account } => {
            [Some(tenant.0), Some(member.0), Some(account.0), None]
        }
        Whose::Staff(staff) => [None, None, None, Some(staff.0)],
    }
}

fn owner(row: &Row) -> Result<Whose, StoreError> {
    if let Some(staff) = row.maybe_int("staff")? {
        return Ok(Whose::Staff(StaffId(staff)));
    }
    Ok(Whose::Member {
        tenant: TenantId(row.int("tenant")?),
        member: MemberId(row.int("member")?),
        account: AccountId(row.int("account")?),
    })
}

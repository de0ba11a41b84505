//! The tables `consent` and `consent_change`.

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::ids::{MemberId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, Tx, Value, params};

use super::Consent;

const COLUMNS: &str = "tenant, member, purpose, channel, given, text_hash, locale, at, actor";

/// How a member's consents stand; what was never decided on is not there.
pub async fn all(db: &Db, tenant: TenantId, member: MemberId) -> Result<Vec<Consent>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from consent where tenant = $1 and member = $2 order by purpose, channel"
    );
    db.query(&sql, params![tenant.0, member.0]).await?.iter().map(consent).collect()
}

/// Every change of a member's consents, the newest first.
pub async fn changes(
    db: &Db,
    tenant: TenantId,
    member: MemberId,
    limit: i64,
) -> Result<Vec<Consent>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from consent_change where tenant = $1 and member = $2 order by change desc limit $3"
    );
    db.query(&sql, params![tenant.0, member.0, limit]).await?.iter().map(consent).collect()
}

/// What members after the first and up to the second of a range have given, each as `purpose_channel`.
pub async fn given_between(
    db: &Db,
    tenant: TenantId,
    range: (MemberId, MemberId),
) -> Result<BTreeMap<MemberId, BTreeSet<String>>, StoreError> {
    decided_between(db, tenant, range, true).await
}

/// What they refused or took back.
pub async fn refused_between(
    db: &Db,
    tenant: TenantId,
    range: (MemberId, MemberId),
) -> Result<BTreeMap<MemberId, BTreeSet<String>>, StoreError> {
    decided_between(db, tenant, range, false).await
}

async fn decided_between(
    db: &Db,
    tenant: TenantId,
    (after, last): (MemberId, MemberId),
    given: bool,
) -> Result<BTreeMap<MemberId, BTreeSet<String>>, StoreError> {
    let sql = "select member, purpose, channel from consent
        where tenant = $1 and member > $2 and member <= $3 and given = $4";
    let mut all: BTreeMap<MemberId, BTreeSet<String>> = BTreeMap::new();
    for row in db.query(sql, params![tenant.0, after.0, last.0, given]).await? {
        let name = format!("{}_{}", row.text("purpose")?, row.text("channel")?);
        all.entry(MemberId(row.int("member")?)).or_default().insert(name);
    }
    Ok(all)
}

/// Is a consent given at this moment of a transaction?
pub async fn is_given(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
    name: (&str, &str),
) -> Result<bool, StoreError> {
    Ok(decided(tx, tenant, member, name).await? == Some(true))
}

/// How a consent was decided on at this moment of a transaction; nothing while nobody did.
pub async fn decided(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
    (purpose, channel): (&str, &str),
) -> Result<Option<bool>, StoreError> {
    let sql = "select given from consent where tenant = $1 and member = $2 and purpose = $3 and channel = $4";
    let rows = tx.query(sql, params![tenant.0, member.0, purpose, channel]).await?;
    rows.first().map(|row| row.flag("given")).transpose()
}

/// Writes how a consent stands, with its record under `change`, a fresh number.
pub async fn set(tx: &mut Tx, consent: &Consent, change: i64) -> Result<(), StoreError> {
    let sql = format!(
        "insert into consent ({COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict (tenant, member, purpose, channel) do update set given = excluded.given,
            text_hash = excluded.text_hash, locale = excluded.locale, at = excluded.at, actor = excluded.actor"
    );
    tx.execute(&sql, &values(consent)).await?;
    let sql = format!(
        "insert into consent_change ({COLUMNS}, change) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    );
    let mut row = values(consent);
    row.extend_from_slice(params![change]);
    tx.execute(&sql, &row).await.map(drop)
}

fn values(consent: &Consent) -> Vec<Value> {
    params![
        consent.tenant.0,
        consent.member.0,
        &consent.purpose,
        &consent.channel,
        consent.given,
        &consent.text_hash,
        &consent.locale,
        consent.at.0,
        &consent.actor
    ]
    .to_vec()
}

fn consent(row: &Row) -> Result<Consent, StoreError> {
    let text = |name: &str| row.text(name).map(str::to_owned);
    Ok(Consent {
        tenant: TenantId(row.int("tenant")?),
        member: MemberId(row.int("member")?),
        purpose: text("purpose")?,
        channel: text("channel")?,
        given: row.flag("given")?,
        text_hash: text("text_hash")?,
        locale: text("locale")?,
        at: Timestamp(row.int("at")?),
        actor: text("actor")?,
    })
}

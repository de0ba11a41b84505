//! The tables `consent` and `consent_change`.

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

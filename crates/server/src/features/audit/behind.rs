//! Who is behind a deed: whoever holds the key or the token it was done with, and whoever made that one.

use std::collections::BTreeSet;

use lazo_domain::ids::{ApiKeyId, TenantId};
use lazo_store::{Db, StoreError, params};

use crate::http::VIA;

/// How many makers of makers are followed.
const MAX_MAKERS: usize = 32;

/// The people behind `actor`, in small letters: whoever holds the key or the token and whoever made it, and who made that
/// one, and so on.
///
/// What is done under any of their names counts as done by each of them: two names of one person are one pair of eyes, and
/// so are a person and the token that a colleague made for her.
pub async fn people_behind(
    db: &Db,
    tenant: TenantId,
    actor: &str,
) -> Result<BTreeSet<String>, StoreError> {
    let (mut people, mut open) = (BTreeSet::new(), vec![actor.to_owned()]);
    while let Some(next) = open.pop() {
        for one in next.split(VIA).map(str::trim) {
            if people.len() >= MAX_MAKERS || !people.insert(one.to_lowercase()) {
                continue;
            }
            if let Some(Ok(key)) = one.strip_prefix("key:").map(str::parse::<ApiKeyId>) {
                open.extend(maker(db, tenant, key).await?);
            }
        }
    }
    Ok(people)
}

async fn maker(db: &Db, tenant: TenantId, key: ApiKeyId) -> Result<Option<String>, StoreError> {
    let sql = "select created_by from api_key where tenant = $1 and api_key = $2";
    let row = db.query_one(sql, params![tenant.0, key.0]).await?;
    row.map(|row| Ok(row.text("created_by")?.to_owned())).transpose()
}

//! What members had at an instant, named by the identifiers people know them by.

use std::collections::HashMap;

use lazo_domain::ids::{AccountId, MemberId, PointTypeId};
use lazo_domain::time::Timestamp;
use lazo_store::ledger::{AccountAt, Books, PointsAt};
use lazo_store::{Db, StoreError};

use crate::features::members;
use crate::features::tenants::Tenant;

/// How many identifiers are read at once.
const PAGE: i64 = 5_000;

/// What one member had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The identifier, or the member's id where there is none of the kind asked for.
    pub member: String,
    /// What it had of the point type asked for, in smallest units.
    pub points: PointsAt,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// Which loyalty currency.
    pub point_type: PointTypeId,
    /// The kind of identifier that names members.
    pub scheme: &'a str,
    /// As of when.
    pub at: Timestamp,
    /// Leave out who never had any of the point type? For tenants with several programs.
    pub only_holders: bool,
}

/// Every member of `tenant`, in the order of their names; by number where all names are numbers.
///
/// Costs memory for a name and two numbers per member.
pub async fn balances(
    db: &Db,
    tenant: &Tenant,
    question: &Question<'_>,
) -> Result<Vec<Line>, StoreError> {
    let mut accounts: HashMap<AccountId, (MemberId, PointsAt)> = HashMap::new();
    let keep = |page: Vec<AccountAt>| {
        for account in page {
            let points = account.points.get(&question.point_type).copied();
            if points.is_some() || !question.only_holders {
                accounts.insert(account.account, (account.member, points.unwrap_or_default()));
            }
        }
        Ok(())
    };
    Books::new(db.clone()).balances_at(tenant.id, question.at, keep).await?;
    let mut lines = Vec::with_capacity(accounts.len());
    let mut after = String::new();
    loop {
        let page = members::store::values_of(db, tenant.id, question.scheme, &after, PAGE).await?;
        let Some((last, _)) = page.last() else { break };
        after.clone_from(last);
        for (value, account) in page {
            if let Some((_, points)) = accounts.remove(&account) {
                lines.push(Line { member: value, points });
            }
        }
    }
    lines.extend(
        accounts.into_values().map(|(member, points)| Line { member: member.to_string(), points }),
    );
    sort(&mut lines);
    Ok(lines)
}

/// One member of `tenant`; `None` when the identifier resolves to nobody.
pub async fn balance(
    db: &Db,
    tenant: &Tenant,
    question: &Question<'_>,
    identifier: &members::Identifier,
) -> Result<Option<Line>, StoreError> {
    let Some(member) = members::store::by_identifier(db, tenant.id, identifier).await? else {
        return Ok(None);
    };
    let found = Books::new(db.clone()).balance_at(tenant.id, member.account, question.at).await?;
    let points = found.and_then(|account| account.points.get(&question.point_type).copied());
    Ok(Some(Line { member: identifier.value.clone(), points: points.unwrap_or_default() }))
}

fn sort(lines: &mut [Line]) {
    let number =
        |line: &Line| line.member.parse::<u64>().ok().filter(|_| !line.member.starts_with('+'));
    if lines.iter().all(|line| number(line).is_some()) {
        lines.sort_by_cached_key(|line| (number(line), line.member.clone()));
    } else {
        lines.sort_by(|a, b| a.member.cmp(&b.member));
    }
}

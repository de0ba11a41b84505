//! The table `integration_item`: what comes of a source after its snapshot, by the source's own name for it.

use std::collections::BTreeSet;

use lazo_domain::merging::SourceKey;
use lazo_domain::time::Timestamp;
use lazo_store::{Columns, Db, Row, Statement, StoreError, Tx, params};

use super::projects::Project;

/// Something that came after the snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Whose.
    pub key: SourceKey,
    /// The source's own name for it.
    pub item: String,
    /// `change`, `late`, `returned` or `cancelled`.
    pub kind: String,
    /// The partner that sent it; empty for what a source tells itself.
    pub partner: String,
    /// What it is, as JSON.
    pub body: String,
    /// When it came.
    pub received_at: Timestamp,
    /// `queued`, `caught_up`, `posted` or `refused`.
    pub state: String,
    /// What came of it, as JSON or in words.
    pub outcome: Option<String>,
}

const COLUMNS: &str = "source, item, member, kind, partner, body, received_at, state, outcome";

/// Adds items; those whose name is known are left as they are. Answers how many were new.
pub async fn insert(tx: &mut Tx, project: &Project, items: &[Item]) -> Result<u64, StoreError> {
    let set = Columns::of(items)
        .text(|i| i.key.source.clone())
        .text(|i| i.item.clone())
        .text(|i| i.key.member.clone())
        .text(|i| i.kind.clone())
        .text(|i| i.body.clone())
        .int(|i| i.received_at.0)
        .text(|i| i.state.clone())
        .text(|i| i.partner.clone())
        .done();
    let sql = "insert into integration_item (tenant, project, source, item, member, kind, body, received_at, state, partner)
        select $9, $10, column1, column2, column3, column4, column5, column6, column7, column8 from {rows} where true
        on conflict (tenant, project, source, item) do nothing";
    let key = params![project.tenant.0, project.id.0];
    Ok(tx.run_all(vec![Statement::over(sql, set, key)]).await?.into_iter().sum())
}

/// Of `items` the names under which something else is known: a source that calls two things the same.
pub async fn known_otherwise(
    tx: &mut Tx,
    project: &Project,
    items: &[Item],
) -> Result<BTreeSet<(String, String)>, StoreError> {
    let set = Columns::of(items)
        .text(|i| i.key.source.clone())
        .text(|i| i.item.clone())
        .text(|i| i.body.clone())
        .done();
    let sql = "select i.source, i.item from {rows} {each integration_item i on i.tenant = $4 and i.project = $5
        and i.source = r.column1 and i.item = r.column2 and i.body <> r.column3}";
    let key = params![project.tenant.0, project.id.0];
    let rows = tx.ask(Statement::over(sql, set, key)).await?;
    rows.iter()
        .map(|row| Ok((row.text("source")?.to_owned(), row.text("item")?.to_owned())))
        .collect()
}

/// Forgets what a step that is done anew had kept: items of a source whose names begin with `base/`.
pub async fn forget(
    tx: &mut Tx,
    project: &Project,
    source: &str,
    base: &str,
) -> Result<(), StoreError> {
    let sql = "delete from integration_item where tenant = $1 and project = $2 and source = $3
        and item >= $4 and item < $5";
    let (first, last) = (format!("{base}/"), format!("{base}0"));
    tx.execute(sql, params![project.tenant.0, project.id.0, source, first, last]).await.map(drop)
}

/// Notes what came of items.
pub async fn settle(tx: &mut Tx, project: &Project, items: &[Item]) -> Result<(), StoreError> {
    let set = Columns::of(items)
        .text(|i| i.key.source.clone())
        .text(|i| i.item.clone())
        .text(|i| i.state.clone())
        .maybe_text(|i| i.outcome.clone())
        .done();
    let sql = "update integration_item set state = r.column3, outcome = r.column4 from {rows}
        where integration_item.tenant = $5 and integration_item.project = $6
        and integration_item.source = r.column1 and integration_item.item = r.column2";
    tx.run_all(vec![Statement::over(sql, set, params![project.tenant.0, project.id.0])]).await?;
    Ok(())
}

/// A page of items in a state after `after`, in the order in which they came.
pub async fn waiting(
    db: &Db,
    project: &Project,
    state: &str,
    after: (Timestamp, &str, &str),
    limit: i64,
) -> Result<Vec<Item>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from integration_item where tenant = $1 and project = $2 and state = $3
        and (received_at, source, item) > ($4, $5, $6) order by received_at, source, item limit $7"
    );
    let key = params![project.tenant.0, project.id.0, state, after.0.0, after.1, after.2, limit];
    db.query(&sql, key).await?.iter().map(item).collect()
}

/// A page of items in a state after `after`, in the order of their names.
pub async fn page(
    db: &Db,
    project: &Project,
    state: &str,
    after: (&str, &str),
    limit: i64,
) -> Result<Vec<Item>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from integration_item where tenant = $1 and project = $2 and state = $3
        and (source, item) > ($4, $5) order by source, item limit $6"
    );
    let key = params![project.tenant.0, project.id.0, state, after.0, after.1, limit];
    db.query(&sql, key).await?.iter().map(item).collect()
}

/// The items of accounts, in the order in which they came.
pub async fn of_accounts(
    db: &Db,
    project: &Project,
    accounts: &[SourceKey],
) -> Result<Vec<Item>, StoreError> {
    let mut all = Vec::new();
    let sql = format!(
        "select {COLUMNS} from integration_item where tenant = $1 and project = $2 and source = $3 and member = $4"
    );
    for account in accounts {
        let key = params![project.tenant.0, project.id.0, &account.source, &account.member];
        for row in db.query(&sql, key).await? {
            all.push(item(&row)?);
        }
    }
    all.sort_by(|a, b| (a.received_at, &a.item).cmp(&(b.received_at, &b.item)));
    Ok(all)
}

fn item(row: &Row) -> Result<Item, StoreError> {
    let text = |name: &str| row.text(name).map(str::to_owned);
    Ok(Item {
        key: SourceKey::new(row.text("source")?, row.text("member")?),
        item: text("item")?,
        kind: text("kind")?,
        partner: text("partner")?,
        body: text("body")?,
        received_at: Timestamp(row.int("received_at")?),
        state: text("state")?,
        outcome: row.maybe_text("outcome")?.map(str::to_owned),
    })
}

//! The tables `integration_link` and `integration_cluster`.

use lazo_domain::merging::SourceKey;
use lazo_domain::time::Timestamp;
use lazo_store::{Columns, Db, Row, Statement, StoreError, Tx, Value, params};

use super::projects::Project;

/// A pair believed to be one person or company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The account that comes first.
    pub left: SourceKey,
    /// The other.
    pub right: SourceKey,
    /// In millionths.
    pub probability: i64,
    /// `auto` or `review`.
    pub band: String,
    /// What each field says, in words.
    pub reasons: String,
    /// `merge`, `not_same` or `need_info`, once somebody has decided.
    pub decision: Option<String>,
    /// Who.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// What a second person decided, where two are needed.
    pub second_decision: Option<String>,
    /// Who.
    pub second_by: Option<String>,
}

const COLUMNS: &str = "left_source, left_member, right_source, right_member, probability, band, reasons, \
    decision, decided_by, decided_at, second_decision, second_by";
const KEY: &str = "(left_source, left_member, right_source, right_member)";

/// Adds links; what people have decided before stays.
pub async fn insert(tx: &mut Tx, project: &Project, links: &[Link]) -> Result<(), StoreError> {
    let set = Columns::of(links)
        .text(|l| l.left.source.clone())
        .text(|l| l.left.member.clone())
        .text(|l| l.right.source.clone())
        .text(|l| l.right.member.clone())
        .int(|l| l.probability)
        .text(|l| l.band.clone())
        .text(|l| l.reasons.clone())
        .done();
    let sql = "insert into integration_link (tenant, project, left_source, left_member, right_source, right_member,
        probability, band, reasons)
        select $8, $9, column1, column2, column3, column4, column5, column6, column7 from {rows} where true
        on conflict (tenant, project, left_source, left_member, right_source, right_member) do update
        set probability = excluded.probability, band = excluded.band, reasons = excluded.reasons";
    tx.run_all(vec![Statement::over(sql, set, params![project.tenant.0, project.id.0])]).await?;
    Ok(())
}

/// Deletes links that nobody has decided on, a piece at a time.
pub async fn clear(db: &Db, project: &Project) -> Result<(), StoreError> {
    let sql = format!(
        "delete from integration_link where tenant = $1 and project = $2 and {KEY} in
        (select left_source, left_member, right_source, right_member from integration_link
         where tenant = $1 and project = $2 and decision is null limit 5000)"
    );
    while db.execute(&sql, params![project.tenant.0, project.id.0]).await? > 0 {}
    Ok(())
}

/// A page of links after `after`, in the order of their keys; only the undecided of the review band when `open`.
pub async fn page(
    db: &Db,
    project: &Project,
    after: &(SourceKey, SourceKey),
    open: bool,
    limit: i64,
) -> Result<Vec<Link>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from integration_link where tenant = $1 and project = $2 and {KEY} > ($3, $4, $5, $6)
        and ($7 = 0 or (band = 'review' and decision is null)) order by {} limit $8",
        KEY.trim_matches(['(', ')'])
    );
    let (left, right) = after;
    let key = params![
        project.tenant.0,
        project.id.0,
        &left.source,
        &left.member,
        &right.source,
        &right.member,
        open,
        limit
    ];
    db.query(&sql, key).await?.iter().map(link).collect()
}

/// One link.
pub async fn by_key(
    db: &Db,
    project: &Project,
    left: &SourceKey,
    right: &SourceKey,
) -> Result<Option<Link>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from integration_link where tenant = $1 and project = $2 and {KEY} = ($3, $4, $5, $6)"
    );
    db.query_one(&sql, &pair(project, left, right)).await?.as_ref().map(link).transpose()
}

/// Notes what somebody decided on a pair, the first or the second time.
pub async fn decide(
    tx: &mut Tx,
    project: &Project,
    link: &Link,
    (decision, by, at): (&str, &str, Timestamp),
    second: bool,
) -> Result<bool, StoreError> {
    let columns = if second {
        "second_decision = $7, second_by = $8, second_at = $9"
    } else {
        "decision = $7, decided_by = $8, decided_at = $9, second_decision = null, second_by = null, second_at = null"
    };
    let sql = format!(
        "update integration_link set {columns} where tenant = $1 and project = $2 and {KEY} = ($3, $4, $5, $6)"
    );
    let mut key = pair(project, &link.left, &link.right);
    key.extend_from_slice(params![decision, by, at.0]);
    Ok(tx.execute(&sql, &key).await? == 1)
}

/// Notes what two decisions on a pair come to.
pub async fn conclude(
    tx: &mut Tx,
    project: &Project,
    link: &Link,
    decision: &str,
) -> Result<(), StoreError> {
    let sql = format!(
        "update integration_link set decision = $7 where tenant = $1 and project = $2 and {KEY} = ($3, $4, $5, $6)"
    );
    let mut key = pair(project, &link.left, &link.right);
    key.extend_from_slice(params![decision]);
    tx.execute(&sql, &key).await?;
    Ok(())
}

/// How many links there are by band and decision.
pub async fn counts(db: &Db, project: &Project) -> Result<Vec<(String, String, i64)>, StoreError> {
    let sql = "select band, coalesce(decision, '') as decision, count(*) as n from integration_link
        where tenant = $1 and project = $2 group by band, coalesce(decision, '') order by 1, 2";
    let rows = db.query(sql, params![project.tenant.0, project.id.0]).await?;
    rows.iter()
        .map(|row| {
            Ok((row.text("band")?.to_owned(), row.text("decision")?.to_owned(), row.int("n")?))
        })
        .collect()
}

/// Replaces all clusters: each account with the golden member it belongs to.
pub async fn set_clusters(
    db: &Db,
    project: &Project,
    all: &[(SourceKey, SourceKey)],
) -> Result<(), StoreError> {
    let key = params![project.tenant.0, project.id.0];
    let sql = "delete from integration_cluster where tenant = $1 and project = $2 and (source, member) in
        (select source, member from integration_cluster where tenant = $1 and project = $2 limit 5000)";
    while db.execute(sql, key).await? > 0 {}
    let sql = "insert into integration_cluster (tenant, project, source, member, golden_source, golden_member)
        select $5, $6, column1, column2, column3, column4 from {rows} where true
        on conflict (tenant, project, source, member) do update
        set golden_source = excluded.golden_source, golden_member = excluded.golden_member";
    for chunk in all.chunks(1_000) {
        db.retry(|| async {
            let set = Columns::of(chunk)
                .text(|(account, _)| account.source.clone())
                .text(|(account, _)| account.member.clone())
                .text(|(_, golden)| golden.source.clone())
                .text(|(_, golden)| golden.member.clone())
                .done();
            let mut tx = db.begin().await?;
            tx.run_all(vec![Statement::over(sql, set, key)]).await?;
            tx.commit().await
        })
        .await?;
    }
    Ok(())
}

/// A page of accounts with their golden members, in the order of accounts.
pub async fn clusters(
    db: &Db,
    project: &Project,
    after: &SourceKey,
    limit: i64,
) -> Result<Vec<(SourceKey, SourceKey)>, StoreError> {
    let sql = "select source, member, golden_source, golden_member from integration_cluster
        where tenant = $1 and project = $2 and (source, member) > ($3, $4) order by source, member limit $5";
    let key = params![project.tenant.0, project.id.0, &after.source, &after.member, limit];
    let rows = db.query(sql, key).await?;
    rows.iter().map(|row| Ok((at(row, "")?, at(row, "golden_")?))).collect()
}

/// The golden member of an account that is not alone.
pub async fn golden_of(
    db: &Db,
    project: &Project,
    account: &SourceKey,
) -> Result<Option<SourceKey>, StoreError> {
    let sql = "select golden_source, golden_member from integration_cluster
        where tenant = $1 and project = $2 and source = $3 and member = $4";
    let key = params![project.tenant.0, project.id.0, &account.source, &account.member];
    db.query_one(sql, key).await?.as_ref().map(|row| at(row, "golden_")).transpose()
}

/// The values of a pair's key, `$1` to `$6`.
fn pair(project: &Project, left: &SourceKey, right: &SourceKey) -> Vec<Value> {
    let key = params![
        project.tenant.0,
        project.id.0,
        &left.source,
        &left.member,
        &right.source,
        &right.member
    ];
    key.to_vec()
}

fn at(row: &Row, prefix: &str) -> Result<SourceKey, StoreError> {
    let source = row.text(&format!("{prefix}source"))?;
    Ok(SourceKey::new(source, row.text(&format!("{prefix}member"))?))
}

fn link(row: &Row) -> Result<Link, StoreError> {
    let maybe = |name: &str| Ok::<_, StoreError>(row.maybe_text(name)?.map(str::to_owned));
    Ok(Link {
        left: at(row, "left_")?,
        right: at(row, "right_")?,
        probability: row.int("probability")?,
        band: row.text("band")?.to_owned(),
        reasons: row.text("reasons")?.to_owned(),
        decision: maybe("decision")?,
        decided_by: maybe("decided_by")?,
        decided_at: row.maybe_int("decided_at")?.map(Timestamp),
        second_decision: maybe("second_decision")?,
        second_by: maybe("second_by")?,
    })
}

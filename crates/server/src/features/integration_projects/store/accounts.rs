//! The tables `integration_account`, `integration_person` and `integration_history`: snapshots, in the order of keys.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use lazo_domain::merging::{MemberSnapshot, SourceKey};
use lazo_domain::time::Timestamp;
use lazo_store::{Columns, Db, Row, Statement, StoreError, Tx, params};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::projects::Project;
use crate::features::carried_orders::{Address, store as orders};

/// Rows deleted in one statement: what a database does well within a call's deadline.
const DELETED: i64 = 5_000;

/// Who is behind an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The account.
    pub key: SourceKey,
    /// `person` or `company`.
    pub unit: String,
    /// Is it somebody who works here?
    pub staff: bool,
    /// When the source last changed it.
    pub changed_at: Option<Timestamp>,
    /// Fields that the source has checked.
    pub verified: BTreeSet<String>,
    /// What is known, by the names that matching has for it.
    pub fields: BTreeMap<String, String>,
}

/// Something that happened in a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// The source's own name for it.
    pub transaction: String,
    /// When.
    pub at: Timestamp,
    /// What it was, in the source's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// The point type.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub point_type: String,
    /// Points that came (or, less than zero, went).
    pub points: i64,
    /// Money, in minor units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_minor: Option<i64>,
    /// Where.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub store: String,
    /// The lot it gave or took.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub lot: String,
}

/// Everything of one account on its way into the tables.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// What the source knew.
    pub snapshot: MemberSnapshot,
    /// Who is behind it.
    pub person: Person,
    /// What happened before.
    pub history: Vec<Transaction>,
    /// Where its orders go, by order.
    pub addresses: BTreeMap<String, Address>,
}

/// Adds accounts; those that are there are replaced.
pub async fn insert(tx: &mut Tx, project: &Project, all: &[Arrival]) -> Result<(), StoreError> {
    let key = params![project.tenant.0, project.id.0];
    let bodies: Vec<(SourceKey, Vec<u8>)> = all
        .iter()
        .map(|arrival| Ok((arrival.snapshot.key.clone(), packed(&arrival.snapshot)?)))
        .collect::<Result<_, StoreError>>()?;
    let accounts = write("integration_account", &bodies, key);
    let people: Vec<(&Person, String)> = all
        .iter()
        .map(|arrival| Ok((&arrival.person, super::projects::json(&arrival.person.fields)?)))
        .collect::<Result<_, StoreError>>()?;
    let set = Columns::of(&people)
        .text(|(p, _)| p.key.source.clone())
        .text(|(p, _)| p.key.member.clone())
        .text(|(p, _)| p.unit.clone())
        .int(|(p, _)| i64::from(p.staff))
        .text(|(_, fields)| fields.clone())
        .maybe_int(|(p, _)| p.changed_at.map(|at| at.0))
        .text(|(p, _)| p.verified.iter().map(String::as_str).collect::<Vec<_>>().join(" "))
        .done();
    let sql = "insert into integration_person (tenant, project, source, member, unit, staff, fields, changed_at,
        verified) select $8, $9, column1, column2, column3, column4, column5, column6, column7 from {rows} where true
        on conflict (tenant, project, source, member) do update
        set unit = excluded.unit, staff = excluded.staff, fields = excluded.fields,
            changed_at = excluded.changed_at, verified = excluded.verified";
    let people = Statement::over(sql, set, key);
    let told: Vec<(SourceKey, Vec<u8>)> = all
        .iter()
        .filter(|arrival| !arrival.history.is_empty())
        .map(|arrival| Ok((arrival.snapshot.key.clone(), packed(&arrival.history)?)))
        .collect::<Result<_, StoreError>>()?;
    tx.run_all(vec![accounts, people, write("integration_history", &told, key)]).await?;
    let addresses: Vec<(SourceKey, String, Address)> = all
        .iter()
        .flat_map(|arrival| {
            let key = &arrival.snapshot.key;
            arrival
                .addresses
                .iter()
                .map(move |(order, to)| (key.clone(), order.clone(), to.clone()))
        })
        .collect();
    orders::put_addresses(tx, project.ids(), &addresses).await?;
    Ok(())
}

/// Replaces snapshots of accounts.
pub async fn replace(
    tx: &mut Tx,
    project: &Project,
    all: &[MemberSnapshot],
) -> Result<(), StoreError> {
    let bodies: Vec<(SourceKey, Vec<u8>)> = all
        .iter()
        .map(|snapshot| Ok((snapshot.key.clone(), packed(snapshot)?)))
        .collect::<Result<_, StoreError>>()?;
    let key = params![project.tenant.0, project.id.0];
    tx.run_all(vec![write("integration_account", &bodies, key)]).await?;
    Ok(())
}

fn write(table: &str, bodies: &[(SourceKey, Vec<u8>)], key: &[lazo_store::Value]) -> Statement {
    let set = Columns::of(bodies)
        .text(|(key, _)| key.source.clone())
        .text(|(key, _)| key.member.clone())
        .bytes(|(_, body)| body.clone())
        .done();
    let sql = format!(
        "insert into {table} (tenant, project, source, member, body)
        select $4, $5, column1, column2, column3 from {{rows}} where true
        on conflict (tenant, project, source, member) do update set body = excluded.body"
    );
    Statement::over(&sql, set, key)
}

/// Deletes what was loaded of a source (or of all), a piece at a time.
pub async fn clear(db: &Db, project: &Project, source: Option<&str>) -> Result<(), StoreError> {
    for table in ["integration_account", "integration_history", "integration_person"] {
        clear_table(db, project, source, table).await?;
    }
    orders::clear(db, project.ids(), source).await
}

/// Deletes the persons behind the accounts, and where orders went that are over.
pub async fn forget_people(db: &Db, project: &Project) -> Result<(), StoreError> {
    clear_table(db, project, None, "integration_person").await?;
    orders::forget_people(db, project.ids()).await
}

async fn clear_table(
    db: &Db,
    project: &Project,
    source: Option<&str>,
    table: &str,
) -> Result<(), StoreError> {
    let sql = format!(
        "delete from {table} where tenant = $1 and project = $2 and (source, member) in
        (select source, member from {table} where tenant = $1 and project = $2 and ($3 = '' or source = $3)
         order by source, member limit {DELETED})"
    );
    let key = params![project.tenant.0, project.id.0, source.unwrap_or("")];
    while db.execute(&sql, key).await? > 0 {}
    Ok(())
}

/// A page of accounts after `after`, in the order of their keys.
pub async fn page(
    db: &Db,
    project: &Project,
    after: &SourceKey,
    limit: i64,
) -> Result<Vec<MemberSnapshot>, StoreError> {
    let sql = "select body from integration_account where tenant = $1 and project = $2
        and (source, member) > ($3, $4) order by source, member limit $5";
    let key = params![project.tenant.0, project.id.0, &after.source, &after.member, limit];
    db.query(sql, key).await?.iter().map(unpacked).collect()
}

/// The accounts of a set of keys, those that are there.
pub async fn of(
    db: &Db,
    project: &Project,
    keys: &[SourceKey],
) -> Result<BTreeMap<SourceKey, MemberSnapshot>, StoreError> {
    let set = Columns::of(keys).text(|k| k.source.clone()).text(|k| k.member.clone()).done();
    let sql =
        "select a.body from {rows} {each integration_account a on a.tenant = $3 and a.project = $4
        and a.source = r.column1 and a.member = r.column2}";
    let rows = db.ask(Statement::over(sql, set, params![project.tenant.0, project.id.0])).await?;
    rows.iter()
        .map(|row| unpacked::<MemberSnapshot>(row).map(|snapshot| (snapshot.key.clone(), snapshot)))
        .collect()
}

/// A page of persons after `after`, in the order of their keys.
pub async fn people(
    db: &Db,
    project: &Project,
    after: &SourceKey,
    limit: i64,
) -> Result<Vec<Person>, StoreError> {
    let sql =
        "select source, member, unit, staff, fields, changed_at, verified from integration_person
        where tenant = $1 and project = $2 and (source, member) > ($3, $4)
        order by source, member limit $5";
    let key = params![project.tenant.0, project.id.0, &after.source, &after.member, limit];
    db.query(sql, key).await?.iter().map(person).collect()
}

/// The person behind an account.
pub async fn person_of(
    db: &Db,
    project: &Project,
    key: &SourceKey,
) -> Result<Option<Person>, StoreError> {
    let sql =
        "select source, member, unit, staff, fields, changed_at, verified from integration_person
        where tenant = $1 and project = $2 and source = $3 and member = $4";
    let key = params![project.tenant.0, project.id.0, &key.source, &key.member];
    db.query_one(sql, key).await?.as_ref().map(person).transpose()
}

/// The persons behind a set of accounts, those that are there.
pub async fn people_of(
    db: &Db,
    project: &Project,
    keys: &[SourceKey],
) -> Result<BTreeMap<SourceKey, Person>, StoreError> {
    let set = Columns::of(keys).text(|k| k.source.clone()).text(|k| k.member.clone()).done();
    let sql =
        "select p.source, p.member, p.unit, p.staff, p.fields, p.changed_at, p.verified from {rows}
        {each integration_person p on p.tenant = $3 and p.project = $4
        and p.source = r.column1 and p.member = r.column2}";
    let rows = db.ask(Statement::over(sql, set, params![project.tenant.0, project.id.0])).await?;
    rows.iter().map(|row| person(row).map(|person| (person.key.clone(), person))).collect()
}

/// What happened on an account before the merge.
pub async fn history_of(
    db: &Db,
    project: &Project,
    key: &SourceKey,
) -> Result<Vec<Transaction>, StoreError> {
    let sql = "select body from integration_history
        where tenant = $1 and project = $2 and source = $3 and member = $4";
    let key = params![project.tenant.0, project.id.0, &key.source, &key.member];
    db.query_one(sql, key).await?.as_ref().map_or(Ok(Vec::new()), unpacked)
}

fn person(row: &Row) -> Result<Person, StoreError> {
    Ok(Person {
        key: SourceKey::new(row.text("source")?, row.text("member")?),
        unit: row.text("unit")?.to_owned(),
        staff: row.flag("staff")?,
        changed_at: row.maybe_int("changed_at")?.map(Timestamp),
        verified: row.text("verified")?.split_whitespace().map(str::to_owned).collect(),
        fields: super::projects::parsed(row, "fields")?,
    })
}

fn packed(value: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    let shape = |error: &dyn std::fmt::Display| StoreError::Shape(error.to_string());
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    let text = serde_json::to_vec(value).map_err(|error| shape(&error))?;
    encoder.write_all(&text).map_err(|error| shape(&error))?;
    encoder.finish().map_err(|error| shape(&error))
}

fn unpacked<T: DeserializeOwned>(row: &Row) -> Result<T, StoreError> {
    let corrupt =
        |error: &dyn std::fmt::Display| StoreError::Corrupt(format!("a snapshot: {error}"));
    let mut text = Vec::new();
    DeflateDecoder::new(row.bytes("body")?)
        .read_to_end(&mut text)
        .map_err(|error| corrupt(&error))?;
    serde_json::from_slice(&text).map_err(|error| corrupt(&error))
}

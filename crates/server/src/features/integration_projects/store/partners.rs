//! What partners sent, in the tables `integration_item` and `integration_exception`: counted, and told at the desk.

use lazo_domain::merging::{Exception, ExceptionCode};
use lazo_store::{Columns, Db, Statement, StoreError, Tx, params};

use super::items::Item;
use super::projects::Project;

/// How many items partners sent, by partner, source and state.
pub async fn counts(
    db: &Db,
    project: &Project,
) -> Result<Vec<(String, String, String, i64)>, StoreError> {
    let sql = "select partner, source, state, count(*) as n from integration_item
        where tenant = $1 and project = $2 and partner <> '' group by partner, source, state
        order by partner, source, state";
    let rows = db.query(sql, params![project.tenant.0, project.id.0]).await?;
    rows.iter()
        .map(|row| {
            let text = |name: &str| row.text(name).map(str::to_owned);
            Ok((text("partner")?, text("source")?, text("state")?, row.int("n")?))
        })
        .collect()
}

/// Adds exceptions that a plan does not find, each with what there is to say about it; what people said stays.
pub async fn put_noted(
    tx: &mut Tx,
    project: &Project,
    revision: i64,
    found: &[(Exception, String)],
) -> Result<(), StoreError> {
    let set = Columns::of(found)
        .text(|(e, _)| e.key.source.clone())
        .text(|(e, _)| e.key.member.clone())
        .text(|(e, _)| e.code.name().to_owned())
        .text(|(e, _)| e.subject.clone())
        .int(|(e, _)| e.points)
        .text(|(_, note)| note.clone())
        .done();
    let sql = "insert into integration_exception (tenant, project, source, member, code, subject, points, note, revision, state)
        select $7, $8, column1, column2, column3, column4, column5, column6, $9, 'open' from {rows} where true
        on conflict (tenant, project, source, member, code, subject) do update
        set points = excluded.points, revision = excluded.revision";
    let key = params![project.tenant.0, project.id.0, revision];
    tx.run_all(vec![Statement::over(sql, set, key)]).await?;
    Ok(())
}

/// Deletes what the desk has of items by their names and codes, unless people have settled it.
pub async fn take_away(
    tx: &mut Tx,
    project: &Project,
    over: &[(ExceptionCode, Item)],
) -> Result<(), StoreError> {
    let sql = "delete from integration_exception where tenant = $1 and project = $2 and source = $3 and member = $4
        and code = $5 and subject = $6 and state not in ('waived', 'resolved')";
    for (code, item) in over {
        let key = &item.key;
        let name = params![
            project.tenant.0,
            project.id.0,
            &key.source,
            &key.member,
            code.name(),
            &item.item
        ];
        tx.execute(sql, name).await?;
    }
    Ok(())
}

//! The table `membership`.

use lazo_domain::ids::{AccountId, MemberId, ProgramId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Columns, Db, Row, Statement, StoreError, Tx, params};

use super::Membership;

/// Lets members join a program; who takes part already stays as he or she is, who had left is back.
pub async fn join(
    tx: &mut Tx,
    tenant: TenantId,
    program: ProgramId,
    members: &[(MemberId, AccountId)],
    joined_at: Timestamp,
) -> Result<(), StoreError> {
    let set = Columns::of(members).int(|m| m.0.0).int(|m| m.1.0).done();
    let sql =
        "insert into membership (tenant, program, member, account, status, joined_at, left_at)
        select $3, $4, column1, column2, 'active', $5, null from {rows} where true
        on conflict (tenant, program, member) do update set status = 'active', left_at = null";
    let params = params![tenant.0, program.0, joined_at.0];
    tx.run_all(vec![Statement::over(sql, set, params)]).await?;
    Ok(())
}

/// Lets members join a program, each since an instant of its own; who takes part already stays as he or she is.
pub async fn join_each(
    tx: &mut Tx,
    tenant: TenantId,
    program: ProgramId,
    members: &[(MemberId, AccountId, Timestamp)],
) -> Result<(), StoreError> {
    let set = Columns::of(members).int(|m| m.0.0).int(|m| m.1.0).int(|m| m.2.0).done();
    let sql =
        "insert into membership (tenant, program, member, account, status, joined_at, left_at)
        select $4, $5, column1, column2, 'active', column3, null from {rows} where true
        on conflict (tenant, program, member) do update set status = 'active', left_at = null";
    tx.run_all(vec![Statement::over(sql, set, params![tenant.0, program.0])]).await?;
    Ok(())
}

/// Ends a membership: answers whether there was one.
pub async fn leave(
    db: &Db,
    tenant: TenantId,
    program: ProgramId,
    member: MemberId,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "update membership set status = 'left', left_at = $4
        where tenant = $1 and program = $2 and member = $3 and status = 'active'";
    Ok(db.execute(sql, params![tenant.0, program.0, member.0, at.0]).await? == 1)
}

/// A member's memberships, in the order of joining.
pub async fn of_member(
    db: &Db,
    tenant: TenantId,
    member: MemberId,
) -> Result<Vec<Membership>, StoreError> {
    let sql = "select program, member, account, joined_at, left_at from membership
        where tenant = $1 and member = $2 order by joined_at, program";
    db.query(sql, params![tenant.0, member.0]).await?.iter().map(membership).collect()
}

/// Memberships of a program after that of `after`, in the order of members, those that ended too.
pub async fn of_program(
    db: &Db,
    tenant: TenantId,
    program: ProgramId,
    after: MemberId,
    limit: i64,
) -> Result<Vec<Membership>, StoreError> {
    let sql = "select program, member, account, joined_at, left_at from membership
        where tenant = $1 and program = $2 and member > $3 order by member limit $4";
    let rows = db.query(sql, params![tenant.0, program.0, after.0, limit]).await?;
    rows.iter().map(membership).collect()
}

fn membership(row: &Row) -> Result<Membership, StoreError> {
    Ok(Membership {
        member: MemberId(row.int("member")?),
        program: ProgramId(row.int("program")?),
        account: AccountId(row.int("account")?),
        joined_at: Timestamp(row.int("joined_at")?),
        left_at: row.maybe_int("left_at")?.map(Timestamp),
    })
}

//! The table `integration_member`: golden members, their plans by hash, and what became of them.

use lazo_domain::ids::{AccountId, EventId, MemberId};
use lazo_domain::merging::SourceKey;
use lazo_domain::time::Timestamp;
use lazo_store::{Columns, Db, Row, Statement, StoreError, Tx, params};

use super::projects::{Project, json, parsed};

/// A golden member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoldenMember {
    /// Its name in the run.
    pub golden: SourceKey,
    /// Its accounts.
    pub accounts: Vec<SourceKey>,
    /// The plan it is of.
    pub revision: i64,
    /// Its wave; 0 waits at the desk or does not move.
    pub wave: i64,
    /// What kind of member it is.
    pub complexity: String,
    /// How it stands.
    pub status: String,
    /// Who gains and who loses; empty for whoever does not move.
    pub verdict: String,
    /// Target units that open, all point types together.
    pub points: i64,
    /// SHA-256 over all its lines of the plan.
    pub plan_hash: Vec<u8>,
    /// `planned`, `posted`, `in_part` (some of it was refused), `refused`, `rolled_back` or `unmerged`.
    pub state: String,
    /// How often it was posted, so that what was rolled back can be posted anew.
    pub attempt: i64,
    /// Who it is here.
    pub member: Option<MemberId>,
    /// The account here.
    pub account: Option<AccountId>,
    /// The opening in the ledger; none where there was nothing to open.
    pub event: Option<EventId>,
    /// When it was posted.
    pub posted_at: Option<Timestamp>,
    /// Why it is not posted, or not all of it: the code of the first refusal.
    pub reason: Option<String>,
}

impl GoldenMember {
    /// Who it is here, and with which account; only of somebody who was posted.
    pub fn here(&self) -> Result<(MemberId, AccountId), StoreError> {
        self.member.zip(self.account).ok_or_else(|| {
            let SourceKey { source, .. } = &self.golden;
            StoreError::Corrupt(format!(
                "a member of `{source}` is {} and not enrolled",
                self.state
            ))
        })
    }

    /// Does anything of it stand in the ledger?
    #[must_use]
    pub fn is_in_ledger(&self) -> bool {
        matches!(self.state.as_str(), "posted" | "in_part" | "unmerged")
    }
}

const COLUMNS: &str = "golden_source, golden_member, accounts, revision, wave, complexity, status, verdict, points, \
    plan_hash, state, attempt, member, account, event, posted_at, reason";

/// Writes plans; of members that are posted nothing changes.
pub async fn put(
    tx: &mut Tx,
    project: &Project,
    members: &[GoldenMember],
) -> Result<(), StoreError> {
    let rows: Vec<(&GoldenMember, String)> =
        members.iter().map(|m| Ok((m, json(&m.accounts)?))).collect::<Result<_, StoreError>>()?;
    let set = Columns::of(&rows)
        .text(|(m, _)| m.golden.source.clone())
        .text(|(m, _)| m.golden.member.clone())
        .text(|(_, accounts)| accounts.clone())
        .int(|(m, _)| m.revision)
        .int(|(m, _)| m.wave)
        .text(|(m, _)| m.complexity.clone())
        .text(|(m, _)| m.status.clone())
        .text(|(m, _)| m.verdict.clone())
        .int(|(m, _)| m.points)
        .bytes(|(m, _)| m.plan_hash.clone())
        .done();
    let sql = "insert into integration_member (tenant, project, golden_source, golden_member, accounts, revision, wave,
        complexity, status, verdict, points, plan_hash, state, attempt)
        select $11, $12, column1, column2, column3, column4, column5, column6, column7, column8, column9, column10,
            'planned', 0 from {rows} where true
        on conflict (tenant, project, golden_source, golden_member) do update set accounts = excluded.accounts,
            revision = excluded.revision, wave = excluded.wave, complexity = excluded.complexity,
            status = excluded.status, verdict = excluded.verdict, points = excluded.points,
            plan_hash = excluded.plan_hash, state = 'planned', reason = null
        where integration_member.state not in ('posted', 'in_part', 'unmerged')";
    tx.run_all(vec![Statement::over(sql, set, params![project.tenant.0, project.id.0])]).await?;
    Ok(())
}

/// Deletes what an earlier plan had and this one has not, a piece at a time.
pub async fn clear_older(db: &Db, project: &Project, revision: i64) -> Result<(), StoreError> {
    let sql = "delete from integration_member where tenant = $1 and project = $2
        and (golden_source, golden_member) in
        (select golden_source, golden_member from integration_member where tenant = $1 and project = $2
         and revision < $3 and state not in ('posted', 'in_part', 'unmerged') limit 5000)";
    while db.execute(sql, params![project.tenant.0, project.id.0, revision]).await? > 0 {}
    Ok(())
}

/// Which members a page is of.
#[derive(Debug, Clone, Copy, Default)]
pub struct Which<'a> {
    /// Of one wave alone.
    pub wave: Option<i64>,
    /// In one state alone.
    pub state: Option<&'a str>,
}

/// A page of members after `after`, in the order of golden keys.
pub async fn page(
    db: &Db,
    project: &Project,
    which: Which<'_>,
    after: &SourceKey,
    limit: i64,
) -> Result<Vec<GoldenMember>, StoreError> {
    // One text for each choice, so that the engine finds the rows by the index that leads with what is asked.
    let wave = if which.wave.is_some() { "and wave = $6" } else { "and $6 = 0" };
    let state = if which.state.is_some() { "and state = $7" } else { "and $7 = ''" };
    let sql = format!(
        "select {COLUMNS} from integration_member where tenant = $1 and project = $2
        and (golden_source, golden_member) > ($3, $4) {wave} {state}
        order by golden_source, golden_member limit $5"
    );
    let key = params![
        project.tenant.0,
        project.id.0,
        &after.source,
        &after.member,
        limit,
        which.wave.unwrap_or(0),
        which.state.unwrap_or("")
    ];
    db.query(&sql, key).await?.iter().map(member).collect()
}

/// The golden member of a key.
pub async fn by_golden(
    db: &Db,
    project: &Project,
    golden: &SourceKey,
) -> Result<Option<GoldenMember>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from integration_member where tenant = $1 and project = $2
        and golden_source = $3 and golden_member = $4"
    );
    let key = params![project.tenant.0, project.id.0, &golden.source, &golden.member];
    db.query_one(&sql, key).await?.as_ref().map(member).transpose()
}

/// The golden member that an account here belongs to.
pub async fn by_account(
    db: &Db,
    project: &Project,
    account: AccountId,
) -> Result<Option<GoldenMember>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from integration_member where tenant = $1 and account = $3 and project = $2"
    );
    let key = params![project.tenant.0, project.id.0, account.0];
    db.query_one(&sql, key).await?.as_ref().map(member).transpose()
}

/// The golden members that accounts here belong to.
pub async fn of_accounts(
    db: &Db,
    project: &Project,
    accounts: &[AccountId],
) -> Result<Vec<GoldenMember>, StoreError> {
    let set = Columns::of(accounts).int(|account| account.0).done();
    let sql = "select m.* from {rows} {each integration_member m on m.tenant = $2
        and m.account = r.column1 and m.project = $3}";
    let rows = db.ask(Statement::over(sql, set, params![project.tenant.0, project.id.0])).await?;
    rows.iter().map(member).collect()
}

/// The golden members of keys, those that are there.
pub async fn of_goldens(
    db: &Db,
    project: &Project,
    keys: &[SourceKey],
) -> Result<Vec<GoldenMember>, StoreError> {
    let set = Columns::of(keys).text(|k| k.source.clone()).text(|k| k.member.clone()).done();
    let sql =
        "select m.* from {rows} {each integration_member m on m.tenant = $3 and m.project = $4
        and m.golden_source = r.column1 and m.golden_member = r.column2}";
    let rows = db.ask(Statement::over(sql, set, params![project.tenant.0, project.id.0])).await?;
    rows.iter().map(member).collect()
}

/// Notes what posting came to.
pub async fn note(
    tx: &mut Tx,
    project: &Project,
    members: &[GoldenMember],
) -> Result<(), StoreError> {
    let set = Columns::of(members)
        .text(|m| m.golden.source.clone())
        .text(|m| m.golden.member.clone())
        .text(|m| m.state.clone())
        .int(|m| m.attempt)
        .maybe_int(|m| m.member.map(|id| id.0))
        .maybe_int(|m| m.account.map(|id| id.0))
        .maybe_int(|m| m.event.map(|id| id.0))
        .maybe_int(|m| m.posted_at.map(|at| at.0))
        .text(|m| m.reason.clone().unwrap_or_default())
        .done();
    let sql = "update integration_member set state = r.column3, attempt = r.column4, member = r.column5,
        account = r.column6, event = r.column7, posted_at = r.column8, reason = nullif(r.column9, '') from {rows}
        where integration_member.tenant = $10 and integration_member.project = $11
        and integration_member.golden_source = r.column1 and integration_member.golden_member = r.column2";
    tx.run_all(vec![Statement::over(sql, set, params![project.tenant.0, project.id.0])]).await?;
    Ok(())
}

/// How many members there are by wave, state and status.
pub async fn counts(
    db: &Db,
    project: &Project,
) -> Result<Vec<(i64, String, String, i64)>, StoreError> {
    let sql = "select wave, state, status, count(*) as n from integration_member
        where tenant = $1 and project = $2 group by wave, state, status order by 1, 2, 3";
    let rows = db.query(sql, params![project.tenant.0, project.id.0]).await?;
    rows.iter()
        .map(|row| {
            let (state, status) = (row.text("state")?.to_owned(), row.text("status")?.to_owned());
            Ok((row.int("wave")?, state, status, row.int("n")?))
        })
        .collect()
}

fn member(row: &Row) -> Result<GoldenMember, StoreError> {
    let text = |name: &str| row.text(name).map(str::to_owned);
    Ok(GoldenMember {
        golden: SourceKey::new(row.text("golden_source")?, row.text("golden_member")?),
        accounts: parsed(row, "accounts")?,
        revision: row.int("revision")?,
        wave: row.int("wave")?,
        complexity: text("complexity")?,
        status: text("status")?,
        verdict: text("verdict")?,
        points: row.int("points")?,
        plan_hash: row.bytes("plan_hash")?.to_vec(),
        state: text("state")?,
        attempt: row.int("attempt")?,
        member: row.maybe_int("member")?.map(MemberId),
        account: row.maybe_int("account")?.map(AccountId),
        event: row.maybe_int("event")?.map(EventId),
        posted_at: row.maybe_int("posted_at")?.map(Timestamp),
        reason: row.maybe_text("reason")?.map(str::to_owned),
    })
}

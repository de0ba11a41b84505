//! The tables `member`, `member_identifier` and `suppression`.

use std::collections::BTreeMap;

use lazo_domain::ids::{AccountId, MemberId, ProgramId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::ledger::open_accounts;
use lazo_store::{
    Columns, Db, Lookup, NewAccount, Question, Row, Statement, StoreError, Tx, params,
};

use super::{Attributes, CARD, EXTERNAL, Identifier, Member, MemberKind, MemberStatus};

const COLUMNS: &str =
    "m.member, m.tenant, m.account, m.kind, m.status, m.enrolled_at, m.locale, m.attributes,
    (select string_agg(cast(s.program as text), ',') from membership s
     where s.member = m.member and s.tenant = m.tenant and s.left_at is null) as programs";

/// The member of an id.
pub async fn by_id(db: &Db, tenant: TenantId, id: MemberId) -> Result<Option<Member>, StoreError> {
    let sql = format!("select {COLUMNS} from member m where m.tenant = $1 and m.member = $2");
    db.query_one(&sql, params![tenant.0, id.0]).await?.as_ref().map(member).transpose()
}

/// The member whose account it is.
pub async fn by_account(
    db: &Db,
    tenant: TenantId,
    account: AccountId,
) -> Result<Option<Member>, StoreError> {
    let sql = format!("select {COLUMNS} from member m where m.tenant = $1 and m.account = $2");
    db.query_one(&sql, params![tenant.0, account.0]).await?.as_ref().map(member).transpose()
}

/// The member that an identifier resolves to.
pub async fn by_identifier(
    db: &Db,
    tenant: TenantId,
    identifier: &Identifier,
) -> Result<Option<Member>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from member_identifier i join member m on m.member = i.member
        where i.tenant = $1 and i.scheme = $2 and i.value = $3"
    );
    let row = db.query_one(&sql, params![tenant.0, &identifier.scheme, &identifier.value]).await?;
    row.as_ref().map(member).transpose()
}

/// What names a member: the tenant, a scheme and a value of it.
pub type Name = (TenantId, String, String);

/// Finds members by their ids.
#[must_use]
pub fn lookup(db: Db) -> Lookup<(TenantId, MemberId), Member> {
    let ask = |ids: &[(TenantId, MemberId)]| {
        let set = Columns::of(ids).int(|id| id.0.0).int(|id| id.1.0).done();
        let sql = format!(
            "select {COLUMNS} from {{rows}} {{each member m on m.tenant = r.column1 and m.member = r.column2}}"
        );
        Statement::over(&sql, set, &[])
    };
    let read = |rows: &[Row]| -> Result<BTreeMap<_, _>, StoreError> {
        rows.iter()
            .map(|row| member(row).map(|member| ((member.tenant, member.id), member)))
            .collect()
    };
    Lookup::new(db, Question { ask, read })
}

/// Finds members by their identifiers.
#[must_use]
pub fn lookup_by_identifier(db: Db) -> Lookup<Name, Member> {
    let ask = |names: &[Name]| {
        let set =
            Columns::of(names).int(|n| n.0.0).text(|n| n.1.clone()).text(|n| n.2.clone()).done();
        let sql = format!(
            "select {COLUMNS}, i.scheme, i.value from {{rows}} {{each member_identifier i
            on i.tenant = r.column1 and i.scheme = r.column2 and i.value = r.column3}}
            {{each member m on m.tenant = i.tenant and m.member = i.member}}"
        );
        Statement::over(&sql, set, &[])
    };
    let read = |rows: &[Row]| -> Result<BTreeMap<_, _>, StoreError> {
        let named = |row: &Row| {
            let member = member(row)?;
            let name =
                (member.tenant, row.text("scheme")?.to_owned(), row.text("value")?.to_owned());
            Ok((name, member))
        };
        rows.iter().map(named).collect()
    };
    Lookup::new(db, Question { ask, read })
}

/// A page of a tenant's members, in the order of their ids, after `after`.
pub async fn page(
    db: &Db,
    tenant: TenantId,
    after: MemberId,
    limit: i64,
) -> Result<Vec<Member>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from member m where m.tenant = $1 and m.member > $2 order by m.member limit $3"
    );
    db.query(&sql, params![tenant.0, after.0, limit]).await?.iter().map(member).collect()
}

/// The ids of the next `limit` members after `after` that have attributes, with these, for a search by name.
pub async fn with_attributes(
    db: &Db,
    tenant: TenantId,
    after: MemberId,
    limit: i64,
) -> Result<Vec<(MemberId, String)>, StoreError> {
    let sql = "select member, attributes from member
        where tenant = $1 and member > $2 and attributes <> '{}' order by member limit $3";
    let rows = db.query(sql, params![tenant.0, after.0, limit]).await?;
    rows.iter()
        .map(|row| Ok((MemberId(row.int("member")?), row.text("attributes")?.to_owned())))
        .collect()
}

/// How many members were enrolled in each stretch between two neighbouring instants of `bounds`, and before the first.
pub async fn enrolled(
    db: &Db,
    tenant: TenantId,
    bounds: &[Timestamp],
) -> Result<(i64, Vec<i64>), StoreError> {
    let sql = "select count(*) as n from member where tenant = $1 and status <> 'erased'
        and enrolled_at >= $2 and enrolled_at < $3";
    let count = async |from: i64, to: i64| {
        let row = db.query_one(sql, params![tenant.0, from, to]).await?;
        row.map_or(Ok(0), |row| row.int("n"))
    };
    let first = bounds.first().map_or(i64::MAX, |at| at.0);
    let before = count(i64::MIN, first).await?;
    let mut each = Vec::new();
    for pair in bounds.windows(2) {
        each.push(count(pair[0].0, pair[1].0).await?);
    }
    Ok((before, each))
}

/// All identifiers of a member, in the order in which they were added.
pub async fn identifiers(
    db: &Db,
    tenant: TenantId,
    id: MemberId,
) -> Result<Vec<Identifier>, StoreError> {
    let sql = "select scheme, value from member_identifier where tenant = $1 and member = $2
        order by created_at, scheme, value";
    db.query(sql, params![tenant.0, id.0]).await?.iter().map(identifier).collect()
}

/// The number that tills read from a member's card: the card's own, else the source's, else the member's id.
pub async fn card_number(
    db: &Db,
    tenant: TenantId,
    member: MemberId,
) -> Result<String, StoreError> {
    let all = identifiers(db, tenant, member).await?;
    let number = [CARD, EXTERNAL].iter().find_map(|s| all.iter().find(|i| i.scheme == *s));
    Ok(number.map_or_else(|| member.to_string(), |found| found.value.clone()))
}

/// A page of the values of one scheme with their accounts, in the order of the values, after `after`; of a member with
/// several the one that was there first.
pub async fn values_of(
    db: &Db,
    tenant: TenantId,
    scheme: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<(String, AccountId)>, StoreError> {
    let sql = "select i.value, i.account from member_identifier i
        where i.tenant = $1 and i.scheme = $2 and i.value > $3 and not exists
            (select 1 from member_identifier o where o.member = i.member and o.tenant = i.tenant
             and o.scheme = i.scheme and (o.created_at, o.value) < (i.created_at, i.value))
        order by i.value limit $4";
    let rows = db.query(sql, params![tenant.0, scheme, after, limit]).await?;
    rows.iter()
        .map(|row| Ok((row.text("value")?.to_owned(), AccountId(row.int("account")?))))
        .collect()
}

/// Of members after the first and up to the second of a range, the value of a scheme that each had first.
pub async fn values_between(
    db: &Db,
    tenant: TenantId,
    scheme: &str,
    (after, last): (MemberId, MemberId),
) -> Result<BTreeMap<MemberId, String>, StoreError> {
    let sql = "select member, value from member_identifier
        where member > $2 and member <= $3 and tenant = $1 and scheme = $4 order by created_at desc, value desc";
    let rows = db.query(sql, params![tenant.0, after.0, last.0, scheme]).await?;
    // The earliest comes last, and stays.
    rows.iter()
        .map(|row| Ok((MemberId(row.int("member")?), row.text("value")?.to_owned())))
        .collect()
}

/// The attributes of a set of members, for rules; members without any are left out.
pub async fn attributes_of(
    db: &Db,
    tenant: TenantId,
    members: &[MemberId],
) -> Result<BTreeMap<MemberId, BTreeMap<String, String>>, StoreError> {
    let sql = "select m.member, m.attributes from {rows} {each member m on m.tenant = $2 and m.member = r.column1}
        where m.attributes <> '{}'";
    let set = Columns::of(members).int(|id| id.0).done();
    let rows = db.ask(Statement::over(sql, set, params![tenant.0])).await?;
    rows.iter()
        .map(|row| {
            let attributes: Attributes = serde_json::from_str(row.text("attributes")?)
                .map_err(|error| StoreError::Corrupt(format!("member.attributes: {error}")))?;
            Ok((MemberId(row.int("member")?), super::for_rules(&attributes)))
        })
        .collect()
}

/// Adds members, and opens their accounts in the ledger.
pub async fn insert_all(tx: &mut Tx, members: &[Member]) -> Result<(), StoreError> {
    let attributes =
        |member: &Member| serde_json::to_string(&member.attributes).unwrap_or_default();
    let set = Columns::of(members)
        .int(|m| m.id.0)
        .int(|m| m.tenant.0)
        .int(|m| m.account.0)
        .text(|m| m.kind.name().to_owned())
        .text(|m| m.status.name().to_owned())
        .int(|m| m.enrolled_at.0)
        .maybe_text(|m| m.locale.map(|locale| locale.tag().to_owned()))
        .text(attributes)
        .done();
    let sql = "insert into member (member, tenant, account, kind, status, enrolled_at, locale, attributes)
        select column1, column2, column3, column4, column5, column6, column7, column8 from {rows}";
    let accounts: Vec<NewAccount> = members.iter().map(Member::new_account).collect();
    tx.run_all(vec![Statement::over(sql, set, &[]), open_accounts(&accounts)]).await?;
    Ok(())
}

/// Changes a member's locale, status and attributes.
pub async fn update(db: &Db, member: &Member) -> Result<bool, StoreError> {
    let attributes = serde_json::to_string(&member.attributes)
        .map_err(|error| StoreError::Shape(error.to_string()))?;
    let sql = "update member set locale = $3, status = $4, attributes = $5
        where tenant = $1 and member = $2 and status <> 'erased'";
    let locale = member.locale.map(crate::i18n::Locale::tag);
    let params = params![member.tenant.0, member.id.0, locale, member.status.name(), attributes];
    Ok(db.execute(sql, params).await? == 1)
}

/// Gives a member an identifier: answers whether it is the member's now (or already was).
pub async fn add_identifier(
    tx: &mut Tx,
    member: &Member,
    identifier: &Identifier,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "insert into member_identifier (tenant, scheme, value, member, account, created_at)
        values ($1, $2, $3, $4, $5, $6) on conflict (tenant, scheme, value) do nothing";
    let new = params![
        member.tenant.0,
        &identifier.scheme,
        &identifier.value,
        member.id.0,
        member.account.0,
        now.0
    ];
    if tx.execute(sql, new).await? == 1 {
        return Ok(true);
    }
    let sql =
        "select member from member_identifier where tenant = $1 and scheme = $2 and value = $3";
    let rows =
        tx.query(sql, params![member.tenant.0, &identifier.scheme, &identifier.value]).await?;
    Ok(rows.first().map(|row| row.int("member")).transpose()? == Some(member.id.0))
}

/// Deletes one identifier of a member: answers how many are left, or nothing when it was not the member's.
pub async fn remove_identifier(
    tx: &mut Tx,
    tenant: TenantId,
    id: MemberId,
    identifier: &Identifier,
) -> Result<Option<i64>, StoreError> {
    let sql = "delete from member_identifier
        where tenant = $1 and member = $2 and scheme = $3 and value = $4";
    let old = params![tenant.0, id.0, &identifier.scheme, &identifier.value];
    if tx.execute(sql, old).await? == 0 {
        return Ok(None);
    }
    let sql = "select count(*) as n from member_identifier where tenant = $1 and member = $2";
    let rows = tx.query(sql, params![tenant.0, id.0]).await?;
    rows.first().map(|row| row.int("n")).transpose()
}

/// Deletes all identifiers of a member and answers them.
pub async fn take_identifiers(
    tx: &mut Tx,
    tenant: TenantId,
    id: MemberId,
) -> Result<Vec<Identifier>, StoreError> {
    let sql =
        "delete from member_identifier where tenant = $1 and member = $2 returning scheme, value";
    tx.query(sql, params![tenant.0, id.0]).await?.iter().map(identifier).collect()
}

/// Remembers hashes of identifiers that no import may bring back.
pub async fn suppress(
    tx: &mut Tx,
    tenant: TenantId,
    identifiers: &[Identifier],
    now: Timestamp,
) -> Result<(), StoreError> {
    let set = Columns::of(identifiers).bytes(|i| i.suppression(tenant)).done();
    let sql =
        "insert into suppression (tenant, hash, created_at) select $2, column1, $3 from {rows}
        where true on conflict (tenant, hash) do nothing";
    tx.run_all(vec![Statement::over(sql, set, params![tenant.0, now.0])]).await?;
    Ok(())
}

/// Forgets the suppression of an identifier, for a person who enrolls anew.
pub async fn unsuppress(
    tx: &mut Tx,
    tenant: TenantId,
    identifier: &Identifier,
) -> Result<(), StoreError> {
    let sql = "delete from suppression where tenant = $1 and hash = $2";
    tx.execute(sql, params![tenant.0, identifier.suppression(tenant)]).await?;
    Ok(())
}

/// Gives identifiers of one member to another.
pub async fn move_identifiers(
    tx: &mut Tx,
    tenant: TenantId,
    names: &[Identifier],
    from: MemberId,
    (to, account): (MemberId, AccountId),
) -> Result<(), StoreError> {
    let set = Columns::of(names).text(|n| n.scheme.clone()).text(|n| n.value.clone()).done();
    let sql = "update member_identifier set member = $4, account = $5 from {rows}
        where member_identifier.tenant = $3 and member_identifier.scheme = r.column1
        and member_identifier.value = r.column2 and member_identifier.member = $6";
    let key = params![tenant.0, to.0, account.0, from.0];
    tx.run_all(vec![Statement::over(sql, set, key)]).await?;
    Ok(())
}

/// Stops members for now.
pub async fn suspend(
    tx: &mut Tx,
    tenant: TenantId,
    members: &[MemberId],
) -> Result<(), StoreError> {
    let set = Columns::of(members).int(|id| id.0).done();
    let sql = "update member set status = 'suspended' from {rows}
        where member.tenant = $2 and member.member = r.column1 and member.status = 'active'";
    tx.run_all(vec![Statement::over(sql, set, params![tenant.0])]).await?;
    Ok(())
}

/// Until then a member redeems nothing by himself or herself.
pub async fn cool_down(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
    until: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into member_cool_down (tenant, member, until) values ($1, $2, $3)
        on conflict (tenant, member) do update set until = excluded.until";
    tx.execute(sql, params![tenant.0, member.0, until.0]).await.map(drop)
}

/// Until when a member redeems nothing, if that lies ahead.
pub async fn cooling_until(
    db: &Db,
    tenant: TenantId,
    member: MemberId,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let sql = "select until from member_cool_down where tenant = $1 and member = $2 and until > $3";
    let row = db.query_one(sql, params![tenant.0, member.0, now.0]).await?;
    row.map(|row| row.int("until").map(Timestamp)).transpose()
}

/// Takes everything personal from a member's row: answers whether there was such a row, not erased before.
pub async fn blank(tx: &mut Tx, tenant: TenantId, id: MemberId) -> Result<bool, StoreError> {
    let sql = "update member set status = 'erased', locale = null, attributes = '{}'
        where tenant = $1 and member = $2 and status <> 'erased'";
    Ok(tx.execute(sql, params![tenant.0, id.0]).await? == 1)
}

fn identifier(row: &Row) -> Result<Identifier, StoreError> {
    Ok(Identifier { scheme: row.text("scheme")?.to_owned(), value: row.text("value")?.to_owned() })
}

fn member(row: &Row) -> Result<Member, StoreError> {
    let corrupt = |what: &str| StoreError::Corrupt(format!("a member's {what}"));
    let locale = row.maybe_text("locale")?;
    Ok(Member {
        id: MemberId(row.int("member")?),
        tenant: TenantId(row.int("tenant")?),
        account: AccountId(row.int("account")?),
        kind: MemberKind::named(row.text("kind")?).ok_or_else(|| corrupt("kind"))?,
        status: MemberStatus::named(row.text("status")?).ok_or_else(|| corrupt("status"))?,
        enrolled_at: Timestamp(row.int("enrolled_at")?),
        locale: locale.map(|tag| tag.parse().map_err(StoreError::Corrupt)).transpose()?,
        attributes: serde_json::from_str(row.text("attributes")?)
            .map_err(|_| corrupt("attributes"))?,
        programs: programs(row)?,
    })
}

fn programs(row: &Row) -> Result<Vec<ProgramId>, StoreError> {
    let ids = row.maybe_text("programs")?.into_iter().flat_map(|ids| ids.split(','));
    let id = |text: &str| text.parse().map(ProgramId);
    ids.map(id)
        .collect::<Result<_, _>>()
        .map_err(|error| StoreError::Shape(format!("a member's programs: {error}")))
}

//! Members for an import: sets of identifiers resolved, and unknown ones enrolled, many at a time.

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::ids::{AccountId, MemberId, ProgramId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Columns, Db, IdGenerator, Statement, StoreError, Tx, params};

use super::{Attributes, Identifier, Member, MemberKind, MemberStatus, store};
use crate::features::memberships;
use crate::features::tenants::Tenant;

/// How many identifiers one transaction takes: enough to spread its cost, few enough not to hold others up.
const CHUNK: usize = 500;

/// What became of a set of identifiers. Keys are the values as they were given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ensured {
    /// Known or newly enrolled.
    pub found: BTreeMap<String, (MemberId, AccountId)>,
    /// Of persons who were erased and are not brought back.
    pub suppressed: BTreeSet<String>,
    /// Not in the form their scheme asks for, with the reason.
    pub refused: BTreeMap<String, String>,
    /// How many members were enrolled.
    pub enrolled: usize,
}

/// The members that `values` resolve to; unknown ones are just missing from the answer.
pub async fn find(
    db: &Db,
    tenant: &Tenant,
    scheme: &str,
    values: &[String],
) -> Result<Ensured, StoreError> {
    let mut out = Ensured::default();
    let wanted = normalise(tenant, scheme, values, &mut out);
    for chunk in chunks(&wanted) {
        let known = lookup(db, tenant.id, ProgramId(0), scheme, &chunk).await?;
        out.add(&wanted, &known);
    }
    Ok(out)
}

/// Resolves `values` to members of `program`; whoever is unknown is enrolled as of `enrolled_at`, whoever is known but
/// does not take part joins.
///
/// Safe to repeat and safe beside other processes: the identifier's unique key decides who enrolls it.
pub async fn ensure(
    db: &Db,
    ids: &IdGenerator,
    tenant: &Tenant,
    program: ProgramId,
    scheme: &str,
    values: &[String],
    enrolled_at: Timestamp,
) -> Result<Ensured, StoreError> {
    let mut out = Ensured::default();
    let wanted = normalise(tenant, scheme, values, &mut out);
    for chunk in chunks(&wanted) {
        let suppressed = suppressed(db, tenant.id, scheme, &chunk).await?;
        let known = lookup(db, tenant.id, program, scheme, &chunk).await?;
        out.add(&wanted, &known);
        let missing: Vec<&String> = chunk
            .iter()
            .filter(|v| !known.contains_key(**v) && !suppressed.contains(**v))
            .copied()
            .collect();
        let work = Chunk { tenant: tenant.id, program, scheme, enrolled_at };
        let joining: Vec<_> =
            known.values().filter(|k| !k.takes_part).map(|k| (k.member, k.account)).collect();
        if !missing.is_empty() || !joining.is_empty() {
            let won = db.retry(|| work.commit(db, ids, &missing, &joining)).await?;
            out.enrolled += won;
            // Whoever lost the race finds what the other process enrolled.
            let again = lookup(db, tenant.id, program, scheme, &missing).await?;
            out.add(&wanted, &again);
        }
        for (given, normal) in &wanted {
            if suppressed.contains(normal) && !known.contains_key(normal) {
                out.suppressed.insert(given.clone());
            }
        }
    }
    Ok(out)
}

/// Values by how they were given, as their scheme writes them.
type Wanted = BTreeMap<String, String>;

#[derive(Clone, Copy)]
struct Known {
    member: MemberId,
    account: AccountId,
    takes_part: bool,
}

impl Ensured {
    fn add(&mut self, wanted: &Wanted, known: &BTreeMap<String, Known>) {
        for (given, normal) in wanted {
            if let Some(known) = known.get(normal) {
                self.found.insert(given.clone(), (known.member, known.account));
            }
        }
    }
}

fn normalise(tenant: &Tenant, scheme: &str, values: &[String], out: &mut Ensured) -> Wanted {
    let mut wanted = Wanted::new();
    for value in values {
        match Identifier::new(scheme, value, &tenant.config.country) {
            Ok(identifier) => drop(wanted.insert(value.clone(), identifier.value)),
            Err(why) => drop(out.refused.insert(value.clone(), why)),
        }
    }
    wanted
}

/// Distinct values in one order, so that two processes never wait for each other in a circle.
fn chunks(wanted: &Wanted) -> Vec<Vec<&String>> {
    let distinct: Vec<&String> = wanted.values().collect::<BTreeSet<_>>().into_iter().collect();
    distinct.chunks(CHUNK).map(<[_]>::to_vec).collect()
}

async fn lookup(
    db: &Db,
    tenant: TenantId,
    program: ProgramId,
    scheme: &str,
    values: &[&String],
) -> Result<BTreeMap<String, Known>, StoreError> {
    let set = Columns::of(values).text(|value| (*value).clone()).done();
    let sql = "select i.value, i.member, i.account, p.member as takes_part
        from {rows} {each member_identifier i on i.tenant = $2 and i.scheme = $3 and i.value = r.column1}
        left join membership p on p.tenant = $2 and p.program = $4 and p.member = i.member";
    let rows = db.ask(Statement::over(sql, set, params![tenant.0, scheme, program.0])).await?;
    rows.iter()
        .map(|row| {
            let known = Known {
                member: MemberId(row.int("member")?),
                account: AccountId(row.int("account")?),
                takes_part: row.maybe_int("takes_part")?.is_some(),
            };
            Ok((row.text("value")?.to_owned(), known))
        })
        .collect()
}

/// Which of `identifiers` belonged to persons who were erased.
pub(super) async fn erased(
    db: &Db,
    tenant: TenantId,
    identifiers: &BTreeSet<&Identifier>,
) -> Result<BTreeSet<Identifier>, StoreError> {
    let mut erased = BTreeSet::new();
    let schemes: BTreeSet<&String> = identifiers.iter().map(|i| &i.scheme).collect();
    for scheme in schemes {
        let of_scheme = identifiers.iter().filter(|i| i.scheme == *scheme);
        let values: Vec<&String> = of_scheme.map(|i| &i.value).collect();
        let found = suppressed(db, tenant, scheme, &values).await?;
        erased.extend(found.into_iter().map(|value| Identifier { scheme: scheme.clone(), value }));
    }
    Ok(erased)
}

async fn suppressed(
    db: &Db,
    tenant: TenantId,
    scheme: &str,
    values: &[&String],
) -> Result<BTreeSet<String>, StoreError> {
    let hash = |value: &&String| {
        Identifier { scheme: scheme.to_owned(), value: (*value).clone() }.suppression(tenant)
    };
    let set = Columns::of(values).text(|value| (*value).clone()).bytes(hash).done();
    let sql = "select r.column1 as value from {rows}
        {each suppression s on s.tenant = $3 and s.hash = r.column2}";
    let rows = db.ask(Statement::over(sql, set, params![tenant.0])).await?;
    rows.iter().map(|row| Ok(row.text("value")?.to_owned())).collect()
}

/// What is the same for all identifiers of a transaction.
struct Chunk<'a> {
    tenant: TenantId,
    program: ProgramId,
    scheme: &'a str,
    enrolled_at: Timestamp,
}

impl Chunk<'_> {
    /// Enrolls `missing` and lets `joining` join; answers how many were enrolled here and not elsewhere.
    async fn commit(
        &self,
        db: &Db,
        ids: &IdGenerator,
        missing: &[&String],
        joining: &[(MemberId, AccountId)],
    ) -> Result<usize, StoreError> {
        let new: BTreeMap<&String, Member> =
            missing.iter().map(|value| (*value, self.member(ids))).collect();
        let mut tx = db.begin().await?;
        let won = self.claim(&mut tx, &new).await?;
        let members: Vec<Member> = new
            .into_iter()
            .filter(|(value, _)| won.contains(*value))
            .map(|(_, member)| member)
            .collect();
        store::insert_all(&mut tx, &members).await?;
        let mut joined: Vec<_> = members.iter().map(|member| (member.id, member.account)).collect();
        joined.extend_from_slice(joining);
        memberships::store::join(&mut tx, self.tenant, self.program, &joined, self.enrolled_at)
            .await?;
        tx.commit().await?;
        Ok(members.len())
    }

    fn member(&self, ids: &IdGenerator) -> Member {
        Member {
            id: MemberId(ids.next()),
            tenant: self.tenant,
            account: AccountId(ids.next()),
            kind: MemberKind::Person,
            status: MemberStatus::Active,
            enrolled_at: self.enrolled_at,
            locale: None,
            attributes: Attributes::new(),
            programs: vec![self.program],
        }
    }

    async fn claim(
        &self,
        tx: &mut Tx,
        new: &BTreeMap<&String, Member>,
    ) -> Result<BTreeSet<String>, StoreError> {
        let rows: Vec<(&&String, &Member)> = new.iter().collect();
        let set = Columns::of(&rows)
            .text(|(value, _)| (**value).clone())
            .int(|(_, member)| member.id.0)
            .int(|(_, member)| member.account.0)
            .done();
        let sql =
            "insert into member_identifier (tenant, scheme, value, member, account, created_at)
            select $4, $5, column1, column2, column3, $6 from {rows}
            where true on conflict (tenant, scheme, value) do nothing returning value";
        let params = params![self.tenant.0, self.scheme, self.enrolled_at.0];
        let rows = tx.ask(Statement::over(sql, set, params)).await?;
        rows.iter().map(|row| Ok(row.text("value")?.to_owned())).collect()
    }
}

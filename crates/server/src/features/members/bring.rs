//! Members that arrive from a merged program, many at once, each with all the numbers that resolve to it for ever.

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::ids::{AccountId, MemberId, ProgramId};
use lazo_domain::time::Timestamp;
use lazo_store::{Columns, Db, Statement, StoreError, Tx, params};

use super::{Attributes, Identifier, Member, MemberKind, MemberStatus, ensure, store};
use crate::features::memberships;
use crate::features::tenants::Tenant;
use crate::i18n::Locale;

/// Somebody who arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// All numbers, `(scheme, value)`.
    pub identifiers: Vec<(String, String)>,
    /// How many of them, from the first, are the member's own: nobody else may have one of these.
    pub own: usize,
    /// Who it becomes, chosen before: whoever has these ids and an own number is this member, brought by an attempt before.
    pub ids: (MemberId, AccountId),
    /// Is whoever has an own number already this member, too?
    pub joins: bool,
    /// A company?
    pub company: bool,
    /// May nothing be done with the membership for now?
    pub suspended: bool,
    /// Since when.
    pub enrolled_at: Timestamp,
    /// What is known of whoever is new, as the tenant's schema has it. Personal data.
    pub attributes: Attributes,
    /// The language of whoever is new.
    pub locale: Option<Locale>,
}

/// Somebody who has arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    /// Who.
    pub member: MemberId,
    /// The account.
    pub account: AccountId,
    /// Numbers that are another member's, or none at all.
    pub without: Vec<(String, String)>,
}

type Known = BTreeMap<Identifier, (MemberId, AccountId)>;

/// Enrolls those who arrive in `program`, in one transaction. Safe to repeat: whoever is there stays as he or she is and
/// gets the numbers that lack. A code answers for who does not arrive.
pub async fn bring(
    db: &Db,
    tenant: &Tenant,
    program: ProgramId,
    people: &[Arrival],
    now: Timestamp,
) -> Result<Vec<Result<Brought, &'static str>>, StoreError> {
    let named: Vec<Vec<Option<Identifier>>> = people.iter().map(|p| names(tenant, p)).collect();
    let all: BTreeSet<&Identifier> = named.iter().flatten().flatten().collect();
    let erased = ensure::erased(db, tenant.id, &all).await?;
    db.retry(|| async {
        let mut tx = db.begin_keyed().await?;
        let known = find(&mut tx, tenant, &all).await?;
        let mut members = Vec::with_capacity(people.len());
        for (person, names) in people.iter().zip(&named) {
            let own = || names.iter().take(person.own).flatten();
            let gone = names.iter().flatten().any(|name| erased.contains(name));
            let there = own().find_map(|name| known.get(name)).copied();
            members.push(match there {
                _ if own().next().is_none() => Err("bad_identifier"),
                None if gone => Err("member_erased"),
                Some(other) if other != person.ids && !person.joins => Err("identifier_taken"),
                there => Ok((there, member(tenant, person, there))),
            });
        }
        let owned = claim(&mut tx, tenant, &members, &named, now).await?;
        settle(&mut members, people, &named, &owned)?;
        write(&mut tx, tenant, program, &members, people).await?;
        tx.commit().await?;
        let answers = members.iter().zip(people).zip(&named);
        Ok(answers
            .map(|((found, person), names)| {
                let (_, member) = found.as_ref().map_err(|code| *code)?;
                let not_ours = |(name, _): &(&Option<Identifier>, &(String, String))| {
                    name.as_ref().is_none_or(|name| {
                        owned.get(name).is_none_or(|(owner, _)| *owner != member.id)
                    })
                };
                let without = names.iter().zip(&person.identifiers).filter(not_ours);
                Ok(Brought {
                    member: member.id,
                    account: member.account,
                    without: without.map(|(_, given)| given.clone()).collect(),
                })
            })
            .collect())
    })
    .await
}

fn names(tenant: &Tenant, person: &Arrival) -> Vec<Option<Identifier>> {
    let name = |(scheme, value): &(String, String)| {
        Identifier::new(scheme, value, &tenant.config.country).ok()
    };
    person.identifiers.iter().map(name).collect()
}

type There = Option<(MemberId, AccountId)>;

fn member(tenant: &Tenant, person: &Arrival, there: There) -> Member {
    let (id, account) = there.unwrap_or(person.ids);
    Member {
        id,
        tenant: tenant.id,
        account,
        kind: if person.company { MemberKind::Company } else { MemberKind::Person },
        status: if person.suspended { MemberStatus::Suspended } else { MemberStatus::Active },
        enrolled_at: person.enrolled_at,
        locale: person.locale,
        attributes: person.attributes.clone(),
        programs: Vec::new(),
    }
}

async fn find(
    tx: &mut Tx,
    tenant: &Tenant,
    all: &BTreeSet<&Identifier>,
) -> Result<Known, StoreError> {
    let all: Vec<&&Identifier> = all.iter().collect();
    let set =
        Columns::of(&all).text(|name| name.scheme.clone()).text(|name| name.value.clone()).done();
    let sql = "select i.scheme, i.value, i.member, i.account from {rows}
        {each member_identifier i on i.tenant = $3 and i.scheme = r.column1 and i.value = r.column2}";
    let rows = tx.ask(Statement::over(sql, set, params![tenant.id.0])).await?;
    rows.iter()
        .map(|row| {
            let name = Identifier {
                scheme: row.text("scheme")?.to_owned(),
                value: row.text("value")?.to_owned(),
            };
            Ok((name, (MemberId(row.int("member")?), AccountId(row.int("account")?))))
        })
        .collect()
}

type Found = Result<(There, Member), &'static str>;

/// Gives members their numbers; the first to have one keeps it. Answers whose each number is.
async fn claim(
    tx: &mut Tx,
    tenant: &Tenant,
    members: &[Found],
    named: &[Vec<Option<Identifier>>],
    now: Timestamp,
) -> Result<Known, StoreError> {
    let mut rows: Vec<(&Identifier, &Member)> = Vec::new();
    for (found, names) in members.iter().zip(named) {
        if let Ok((_, member)) = found {
            rows.extend(names.iter().flatten().map(|name| (name, member)));
        }
    }
    // One row for each number: of two who bring it the first has it.
    let mut first = BTreeMap::new();
    for (name, member) in rows {
        first.entry(name).or_insert(member);
    }
    let rows: Vec<(&&Identifier, &&Member)> = first.iter().collect();
    let set = Columns::of(&rows)
        .text(|(name, _)| name.scheme.clone())
        .text(|(name, _)| name.value.clone())
        .int(|(_, member)| member.id.0)
        .int(|(_, member)| member.account.0)
        .done();
    let sql = "insert into member_identifier (tenant, scheme, value, member, account, created_at)
        select $5, column1, column2, column3, column4, $6 from {rows}
        where true on conflict (tenant, scheme, value) do nothing";
    tx.run_all(vec![Statement::over(sql, set, params![tenant.id.0, now.0])]).await?;
    let all: BTreeSet<&Identifier> = first.keys().copied().collect();
    find(tx, tenant, &all).await
}

/// Whoever is new must have the own number that others find him or her by, and no own number may be another's.
fn settle(
    members: &mut [Found],
    people: &[Arrival],
    named: &[Vec<Option<Identifier>>],
    owned: &Known,
) -> Result<(), StoreError> {
    let here: BTreeSet<MemberId> = members.iter().flatten().map(|(_, member)| member.id).collect();
    for ((found, names), person) in members.iter_mut().zip(named).zip(people) {
        let Ok((there, member)) = found else { continue };
        let of_another = |name: &Identifier| {
            owned.get(name).is_some_and(|(owner, _)| *owner != member.id && here.contains(owner))
        };
        if !person.joins && names.iter().take(person.own).flatten().any(of_another) {
            *found = Err("identifier_taken");
            continue;
        }
        if there.is_some() {
            continue;
        }
        let owner = names.iter().flatten().next().and_then(|name| owned.get(name));
        match owner {
            Some((owner, _)) if *owner == member.id => {}
            Some((owner, _)) if here.contains(owner) => *found = Err("identifier_taken"),
            // Another process was first, at this very moment.
            _ => return Err(StoreError::Conflict(None)),
        }
    }
    Ok(())
}

/// Adds who is new, lets all join, and stops who is suspended.
async fn write(
    tx: &mut Tx,
    tenant: &Tenant,
    program: ProgramId,
    members: &[Found],
    people: &[Arrival],
) -> Result<(), StoreError> {
    let found: Vec<(&There, &Member)> =
        members.iter().flatten().map(|(there, member)| (there, member)).collect();
    let new: Vec<Member> =
        found.iter().filter(|(there, _)| there.is_none()).map(|(_, m)| (*m).clone()).collect();
    store::insert_all(tx, &new).await?;
    let joining: Vec<_> = found.iter().map(|(_, m)| (m.id, m.account, m.enrolled_at)).collect();
    memberships::store::join_each(tx, tenant.id, program, &joining).await?;
    let stopped: Vec<MemberId> = members
        .iter()
        .zip(people)
        .filter(|(_, person)| person.suspended)
        .filter_map(|(found, _)| found.as_ref().ok().and_then(|(there, m)| there.map(|_| m.id)))
        .collect();
    store::suspend(tx, tenant.id, &stopped).await
}

//! Many members enrolled at once with all that is known of them, for files of members.

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::ids::{AccountId, MemberId, ProgramId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, IdGenerator, StoreError, Tx};

use super::{Attributes, Identifier, Member, MemberKind, MemberStatus, ensure, store};
use crate::features::memberships;
use crate::features::tenants::Tenant;
use crate::i18n::Locale;

/// Somebody in a file of members.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// The identifier by which the file knows the person.
    pub identifier: String,
    /// Further ones, each `(scheme, value)`.
    pub more: Vec<(String, String)>,
    /// A person or a company.
    pub kind: MemberKind,
    /// The language, if known.
    pub locale: Option<Locale>,
    /// What the tenant's schema allows.
    pub attributes: Attributes,
    /// Since when.
    pub enrolled_at: Timestamp,
}

/// What became of a set of persons, by their places in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Enrolled {
    /// How many were enrolled.
    pub enrolled: u64,
    /// How many were known before; they join the program and get identifiers they lack, and nothing else changes.
    pub known: u64,
    /// Who was not enrolled: a code and the reason.
    pub refused: BTreeMap<usize, (&'static str, String)>,
    /// Who was, but without an identifier that is another member's.
    pub without: BTreeMap<usize, String>,
}

/// Enrolls `people` in `program`, in one transaction. Safe to repeat.
pub async fn enroll_all(
    db: &Db,
    ids: &IdGenerator,
    tenant: &Tenant,
    program: ProgramId,
    scheme: &str,
    people: &[Person],
    now: Timestamp,
) -> Result<Enrolled, StoreError> {
    let values: Vec<String> = people.iter().map(|person| person.identifier.clone()).collect();
    let found = ensure::find(db, tenant, scheme, &values).await?.found;
    let checked: Vec<_> = people.iter().map(|person| check(tenant, scheme, person)).collect();
    let all: BTreeSet<&Identifier> = checked.iter().flatten().flatten().collect();
    let erased = ensure::erased(db, tenant.id, &all).await?;
    let bulk = Bulk { ids, tenant, program, found, erased, now };
    db.retry(|| async {
        let mut tx = db.begin().await?;
        let out = bulk.write(&mut tx, people, &checked).await?;
        tx.commit().await?;
        Ok(out)
    })
    .await
}

struct Bulk<'a> {
    ids: &'a IdGenerator,
    tenant: &'a Tenant,
    program: ProgramId,
    found: BTreeMap<String, (MemberId, AccountId)>,
    erased: BTreeSet<Identifier>,
    now: Timestamp,
}

type Checked = Result<Vec<Identifier>, (&'static str, String)>;

impl Bulk<'_> {
    async fn write(
        &self,
        tx: &mut Tx,
        people: &[Person],
        checked: &[Checked],
    ) -> Result<Enrolled, StoreError> {
        let mut out = Enrolled::default();
        let mut new = Vec::new();
        let mut joining: BTreeMap<Timestamp, Vec<(MemberId, AccountId)>> = BTreeMap::new();
        for (place, (person, checked)) in people.iter().zip(checked).enumerate() {
            let identifiers = match checked {
                Ok(identifiers) => identifiers,
                Err(why) => {
                    out.refused.insert(place, why.clone());
                    continue;
                }
            };
            if identifiers.iter().any(|identifier| self.erased.contains(identifier)) {
                let reason = "the person was erased and is not brought back".to_owned();
                out.refused.insert(place, ("member_erased", reason));
                continue;
            }
            let known = self.found.get(&person.identifier).copied();
            let member = self.member(person, known);
            let mut without = Vec::new();
            for identifier in identifiers {
                if !store::add_identifier(tx, &member, identifier, self.now).await? {
                    without.push(identifier.scheme.clone());
                }
            }
            // The first identifier is the file's own: taken means that the file has the person twice.
            if known.is_none() && without.first() == identifiers.first().map(|i| &i.scheme) {
                out.refused.insert(
                    place,
                    ("repeated_member", "an earlier row enrolled this member".to_owned()),
                );
                continue;
            }
            if !without.is_empty() {
                out.without.insert(place, without.join(", "));
            }
            joining.entry(person.enrolled_at).or_default().push((member.id, member.account));
            if known.is_some() {
                out.known += 1;
            } else {
                out.enrolled += 1;
                new.push(member);
            }
        }
        store::insert_all(tx, &new).await?;
        for (since, members) in joining {
            memberships::store::join(tx, self.tenant.id, self.program, &members, since).await?;
        }
        Ok(out)
    }

    fn member(&self, person: &Person, known: Option<(MemberId, AccountId)>) -> Member {
        let (id, account) =
            known.unwrap_or_else(|| (MemberId(self.ids.next()), AccountId(self.ids.next())));
        Member {
            id,
            tenant: self.tenant.id,
            account,
            kind: person.kind,
            status: MemberStatus::Active,
            enrolled_at: person.enrolled_at,
            locale: person.locale,
            attributes: person.attributes.clone(),
            programs: vec![self.program],
        }
    }
}

fn check(tenant: &Tenant, scheme: &str, person: &Person) -> Checked {
    let own = [(scheme, person.identifier.as_str())];
    let more = person.more.iter().map(|(scheme, value)| (scheme.as_str(), value.as_str()));
    let identifiers = own.into_iter().chain(more);
    let identifiers = identifiers.map(|(scheme, value)| {
        Identifier::new(scheme, value, &tenant.config.country)
            .map_err(|why| ("bad_identifier", format!("{scheme}: {why}")))
    });
    let identifiers = identifiers.collect::<Result<Vec<_>, _>>()?;
    match tenant.config.member_attributes.check(&person.attributes).first() {
        Some(error) => Err(("bad_attribute", format!("{}: {}", error.pointer, error.message))),
        None => Ok(identifiers),
    }
}

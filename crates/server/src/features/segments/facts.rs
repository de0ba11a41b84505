//! What is known of members as conditions see it, read a page at a time from those who own it.

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::account::Account;
use lazo_domain::ids::{AccountId, MemberId};
use lazo_domain::program::{PointKind, PointType, Program};
use lazo_domain::time::Timestamp;
use lazo_measures::rfm::Habits;
use lazo_store::StoreError;

use super::rfm;
use crate::App;
use crate::features::measures::store::{Spending, spending};
use crate::features::measures::{self, day_of};
use crate::features::members::{self, EMAIL, Member, MemberStatus};
use crate::features::tenants::Tenant;
use crate::features::{consents, segments::expression::Vocabulary};
use crate::i18n::Locale;

/// Members read at a time.
pub const PAGE: i64 = 500;
/// The days since the last purchase of somebody who never bought.
pub const NEVER: i64 = 1_000_000;

/// What is known of a member.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    numbers: [i64; 9],
    habits: Option<Habits>,
    kind: &'static str,
    language: &'static str,
    attributes: BTreeMap<String, String>,
    tiers: BTreeMap<String, String>,
    consents: BTreeSet<String>,
}

impl Facts {
    pub(super) fn number(&self, place: usize) -> i64 {
        self.numbers[place]
    }

    pub(super) fn word(&self, place: usize) -> &str {
        [self.kind, self.language][place]
    }

    pub(super) fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    /// The code of the tier held on a ladder, empty when none.
    #[must_use]
    pub fn tier(&self, ladder: &str) -> &str {
        self.tiers.get(ladder).map_or("", String::as_str)
    }

    /// Is a consent given, named `purpose_channel`?
    #[must_use]
    pub fn has_consent(&self, name: &str) -> bool {
        self.consents.contains(name)
    }

    /// What was bought within a year, as the scores of RFM need it; nothing for who bought nothing.
    #[must_use]
    pub fn habits(&self) -> Option<Habits> {
        self.habits
    }

    /// The whole points that can be spent.
    #[must_use]
    pub fn balance(&self) -> i64 {
        self.numbers[0]
    }

    /// Whole days since the enrollment, in the tenant's zone.
    #[must_use]
    pub fn days_enrolled(&self) -> i64 {
        self.numbers[1]
    }

    /// Whole days since the last purchase; [`NEVER`] for who never bought.
    #[must_use]
    pub fn days_since_purchase(&self) -> i64 {
        self.numbers[2]
    }

    /// Purchases less those undone, ever.
    #[must_use]
    pub fn purchases(&self) -> i64 {
        self.numbers[3]
    }

    /// Every tier held, by ladder.
    pub fn tiers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.tiers.iter().map(|(ladder, tier)| (ladder.as_str(), tier.as_str()))
    }
}

/// A member of the program with what is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub member: MemberId,
    /// The account.
    pub account: AccountId,
    /// The language that was chosen.
    pub locale: Option<Locale>,
    /// Takes part, and is not suspended?
    pub active: bool,
    /// Where letters go. Personal data.
    pub email: Option<String>,
    /// The attributes, for letters. Personal data.
    pub attributes: BTreeMap<String, String>,
    /// What conditions see.
    pub facts: Facts,
}

/// The names that conditions may use about a program's members.
#[must_use]
pub fn vocabulary(tenant: &Tenant, program: &Program) -> Vocabulary {
    let consents = consents::PURPOSES.iter().flat_map(|(purpose, channels)| {
        channels.iter().map(move |channel| format!("{purpose}_{channel}"))
    });
    Vocabulary {
        attributes: tenant.config.member_attributes.0.keys().cloned().collect(),
        ladders: program.tier_groups.keys().cloned().collect(),
        consents: consents.collect(),
    }
}

/// The point type that members spend: the program's first.
#[must_use]
pub fn points_of(program: &Program) -> Option<&PointType> {
    program.point_types.values().find(|kind| kind.kind == PointKind::Redeemable)
}

/// The program's members on the page after `after`, and where the next page begins; erased ones and those of other
/// programs are left out.
pub async fn page(
    app: &App,
    tenant: &Tenant,
    program: &Program,
    after: MemberId,
    now: Timestamp,
) -> Result<(Vec<Person>, Option<MemberId>), StoreError> {
    let found = members::store::page(&app.db, tenant.id, after, PAGE).await?;
    let next = found.last().map(|last| last.id).filter(|_| found.len() as i64 == PAGE);
    let Some(last) = found.last().map(|member| member.id) else { return Ok((Vec::new(), None)) };
    let found: Vec<Member> =
        found.into_iter().filter(|member| takes_part(member, program)).collect();
    let people = known(app, tenant, program, &found, (after, last), now).await?;
    Ok((people, next))
}

/// One member of the program, if he or she takes part in it.
pub async fn one(
    app: &App,
    tenant: &Tenant,
    program: &Program,
    member: MemberId,
    now: Timestamp,
) -> Result<Option<Person>, StoreError> {
    Ok(these(app, tenant, program, &[member], now).await?.remove(&member))
}

/// Those of `ids` that take part in the program.
pub async fn these(
    app: &App,
    tenant: &Tenant,
    program: &Program,
    ids: &[MemberId],
    now: Timestamp,
) -> Result<BTreeMap<MemberId, Person>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let member = members::store::by_id(&app.db, tenant.id, *id).await?;
        found.extend(member.filter(|member| takes_part(member, program)));
    }
    let (Some(first), Some(last)) = (ids.iter().min(), ids.iter().max()) else {
        return Ok(BTreeMap::new());
    };
    let range = (MemberId(first.0.saturating_sub(1)), *last);
    let people = known(app, tenant, program, &found, range, now).await?;
    Ok(people.into_iter().map(|person| (person.member, person)).collect())
}

fn takes_part(member: &Member, program: &Program) -> bool {
    member.status != MemberStatus::Erased && member.programs.contains(&program.id)
}

/// What is known of members, all of them after the first and up to the second of `range`.
async fn known(
    app: &App,
    tenant: &Tenant,
    program: &Program,
    found: &[Member],
    range: (MemberId, MemberId),
    now: Timestamp,
) -> Result<Vec<Person>, StoreError> {
    let accounts: Vec<AccountId> = found.iter().map(|member| member.account).collect();
    let books = app.ledger.books();
    let heads = books.accounts(tenant.id, &accounts).await?;
    let heads: BTreeMap<AccountId, Account> =
        heads.into_iter().map(|head| (head.id, head)).collect();
    let today = day_of(now, &tenant.config.time_zone);
    let spent = spending(&app.db, (tenant.id, program.id), &accounts, today).await?;
    let given = consents::store::given_between(&app.db, tenant.id, range).await?;
    let mut addresses = members::store::values_between(&app.db, tenant.id, EMAIL, range).await?;
    let person = |member: &Member| {
        let attributes = members::for_rules(&member.attributes);
        Person {
            member: member.id,
            account: member.account,
            locale: member.locale,
            active: member.status == MemberStatus::Active,
            email: addresses.remove(&member.id),
            facts: Facts {
                numbers: numbers(
                    member,
                    heads.get(&member.account),
                    program,
                    tenant,
                    (spent.get(&member.account).copied().unwrap_or_default(), today),
                ),
                habits: spent.get(&member.account).and_then(|spent| rfm::habits(spent, today)),
                kind: member.kind.name(),
                language: member.locale.unwrap_or(tenant.config.locale()).tag(),
                attributes: attributes.clone(),
                tiers: tiers(heads.get(&member.account), program),
                consents: given.get(&member.id).cloned().unwrap_or_default(),
            },
            attributes,
        }
    };
    Ok(found.iter().map(person).collect())
}

/// The numbers in the order of [`super::expression::NUMBERS`].
fn numbers(
    member: &Member,
    account: Option<&Account>,
    program: &Program,
    tenant: &Tenant,
    (spent, today): (Spending, i64),
) -> [i64; 9] {
    let balance = points_of(program).and_then(|kind| {
        let balance = account?.balances.get(&kind.id)?;
        Some(balance.available.0 / 10_i64.pow(u32::from(kind.scale)))
    });
    let enrolled = measures::day_of(member.enrolled_at, &tenant.config.time_zone);
    [
        balance.unwrap_or(0),
        today - enrolled,
        spent.last_day.map_or(NEVER, |last| today - last),
        spent.purchases,
        spent.purchases_90,
        spent.purchases_365,
        spent.net_minor,
        spent.net_minor_90,
        spent.net_minor_365,
    ]
}

fn tiers(account: Option<&Account>, program: &Program) -> BTreeMap<String, String> {
    let Some(account) = account else { return BTreeMap::new() };
    let held = program.tier_groups.keys().filter_map(|ladder| {
        let standing = account.standings.get(ladder)?;
        Some((ladder.clone(), standing.tier.clone()))
    });
    held.collect()
}

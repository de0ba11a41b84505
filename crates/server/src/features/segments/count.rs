//! Who is in an audience and how many of them may be written to, counted now, with the reasons of the others.

use std::collections::BTreeMap;

use lazo_domain::ids::MemberId;
use lazo_domain::time::Timestamp;
use lazo_store::StoreError;

use super::Asked;
use super::address;
use super::facts::{self, Person};
use crate::App;
use crate::features::tenants::Tenant;

/// The channel of letters by e-mail.
pub const EMAIL: &str = "email";
/// The channel of letters on paper.
pub const POST: &str = "post";
/// Members that are shown of an audience.
const SHOWN: usize = 20;

/// By which consent people are to be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// What for.
    pub purpose: String,
    /// How.
    pub channel: String,
    /// The tenant's country, where addresses are that name none.
    pub home: String,
}

impl Reach {
    /// Letters of a channel for a purpose.
    #[must_use]
    pub fn of(purpose: &str, channel: &str, tenant: &Tenant) -> Self {
        let home = tenant.config.country.clone();
        Self { purpose: purpose.to_owned(), channel: channel.to_owned(), home }
    }

    /// Why somebody cannot be reached; nothing when he or she can.
    #[must_use]
    pub fn barrier(&self, person: &Person) -> Option<&'static str> {
        if !person.active {
            return Some("suspended");
        }
        if !person.facts.has_consent(&format!("{}_{}", self.purpose, self.channel)) {
            return Some("no_consent");
        }
        let lost = match self.channel.as_str() {
            EMAIL => person.email.is_none(),
            POST => address::of(person, &self.home).is_none(),
            _ => false,
        };
        lost.then_some("no_address")
    }
}

/// Every reason why somebody in an audience is not written to.
pub const BARRIERS: [&str; 3] = ["suspended", "no_consent", "no_address"];

/// A member who was seen in an audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Who.
    pub member: MemberId,
    /// Why not; nothing for who is reached.
    pub barrier: Option<&'static str>,
    /// The whole points he or she can spend.
    pub balance: i64,
}

/// An audience as it is at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audience {
    /// The program's members.
    pub members: i64,
    /// Those for whom the condition holds.
    pub matched: i64,
    /// Those of them who may be written to.
    pub reachable: i64,
    /// The others, by reason.
    pub barriers: BTreeMap<&'static str, i64>,
    /// The first members of the audience.
    pub shown: Vec<Seen>,
    /// When it was counted.
    pub as_of: Timestamp,
}

/// Counts an audience.
pub async fn count(
    app: &App,
    asked: &Asked,
    reach: &Reach,
    now: Timestamp,
) -> Result<Audience, StoreError> {
    let mut audience = Audience {
        members: 0,
        matched: 0,
        reachable: 0,
        barriers: BTreeMap::new(),
        shown: Vec::new(),
        as_of: now,
    };
    let mut after = MemberId(i64::MIN);
    loop {
        let (people, next) = facts::page(app, &asked.tenant, &asked.program, after, now).await?;
        for person in &people {
            audience.members += 1;
            if asked.condition.holds(&person.facts) {
                audience.add(person, reach.barrier(person));
            }
        }
        match next {
            Some(next) => after = next,
            None => return Ok(audience),
        }
    }
}

impl Audience {
    fn add(&mut self, person: &Person, barrier: Option<&'static str>) {
        self.matched += 1;
        match barrier {
            None => self.reachable += 1,
            Some(reason) => *self.barriers.entry(reason).or_default() += 1,
        }
        if self.shown.len() < SHOWN {
            let balance = person.facts.balance();
            self.shown.push(Seen { member: person.member, barrier, balance });
        }
    }
}

//! Who a golden member is: of its accounts' names, dates and addresses the ones that survive, and whom they were.
//!
//! Fields that the tenant's schema of member attributes has become attributes; the e-mail and the phone become identifiers
//! to sign in with, unless another golden member of the plan has the same: an address of two people is nobody's door.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use lazo_domain::merging::survivorship::{Profile, Survivor, Survivorship};
use lazo_domain::merging::{MemberPlan, MemberSnapshot, SourceKey};
use lazo_domain::time::Timestamp;
use lazo_store::StoreError;
use serde::Serialize;
use serde_json::Value;

use super::fault::MergeFault;
use super::load::identity;
use super::matching::name;
use super::store::accounts::{self, Person};
use super::store::projects::Project;
use super::store::shared;
use super::workbench::Workbench;
use crate::features::carried_orders::{CarriedOrder, store as orders};
use crate::features::members::{EMAIL, PHONE};
use crate::features::tenants::{AttributeType, Attributes};
use crate::i18n::Locale;

/// Fields that become identifiers.
const DOORS: [&str; 2] = [EMAIL, PHONE];

/// What is known of a golden member, field by field.
#[derive(Debug, Clone, Serialize)]
pub struct MemberProfile {
    /// Whose: the golden member as `source/number`.
    pub golden: String,
    /// The fields in the order of their names. Personal data.
    pub fields: Vec<Survivor>,
    /// The open reward orders that came along, and where they go. Personal data.
    pub orders: Vec<OrderOf>,
}

/// A reward order that came along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderOf {
    /// Whose it was, as `source/number`.
    pub account: String,
    /// The source's name for it.
    pub order: String,
    /// What was ordered.
    pub reward: String,
    /// What it cost, in source units.
    pub points: i64,
    /// When it was ordered.
    pub ordered_at: Timestamp,
    /// By when it was promised.
    pub promised_by: Option<Timestamp>,
    /// How far it is.
    pub status: &'static str,
    /// Where it goes, by parts.
    pub address: BTreeMap<String, String>,
}

/// What the target learns of somebody who arrives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// Attributes that the tenant's schema has.
    pub(super) attributes: Attributes,
    /// The language.
    pub(super) locale: Option<Locale>,
    /// E-mail and phone, `(scheme, value)`, that are this member's alone.
    pub(super) doors: Vec<(String, String)>,
}

/// Golden members by keyed hashes of their addresses, to find those that several have.
#[derive(Default)]
pub(super) struct Sharing {
    /// Of each hash's beginning the golden member that had it first, and whether another has it too.
    seen: HashMap<u64, (u32, bool)>,
    members: u32,
}

impl Sharing {
    /// Takes in the next golden member.
    pub(super) fn add(&mut self, accounts: &[MemberSnapshot]) {
        let member = self.members;
        self.members = self.members.saturating_add(1);
        for hash in accounts.iter().flat_map(|account| &account.identity_hashes) {
            let Ok(short) = u64::from_str_radix(hash.get(..16).unwrap_or(hash), 16) else {
                continue;
            };
            let entry = self.seen.entry(short).or_insert((member, false));
            entry.1 |= entry.0 != member;
        }
    }

    /// What several golden members have.
    pub(super) fn shared(self) -> Vec<String> {
        let shared = self.seen.into_iter().filter(|(_, (_, several))| *several);
        let mut shared: Vec<String> = shared.map(|(short, _)| format!("{short:016x}")).collect();
        shared.sort_unstable();
        shared
    }
}

impl Workbench {
    /// What the target learns of golden members, in their order.
    pub(super) async fn known<const N: usize>(
        &self,
        project: &Project,
        plans: [&MemberPlan; N],
    ) -> Result<[Known; N], MergeFault> {
        let known = self.known_all(project, &plans).await?;
        // As many come out as went in.
        <[Known; N]>::try_from(known).map_err(|known| {
            StoreError::Corrupt(format!("{} of {N} members are known", known.len())).into()
        })
    }

    /// The same of a whole page.
    pub(super) async fn known_all(
        &self,
        project: &Project,
        plans: &[&MemberPlan],
    ) -> Result<Vec<Known>, StoreError> {
        let moving = |plan: &MemberPlan| -> Vec<SourceKey> {
            plan.accounts.iter().filter(|account| account.moves).map(|a| a.key.clone()).collect()
        };
        let keys: Vec<SourceKey> = plans.iter().flat_map(|plan| moving(plan)).collect();
        let people = accounts::people_of(&self.app.db, project, &keys).await?;
        let survivors: Vec<Vec<Survivor>> =
            plans.iter().map(|plan| survivors(project, &people, &moving(plan))).collect();
        let door = |s: &&Survivor| DOORS.contains(&s.field.as_str()) && !s.value.is_empty();
        let hashes = survivors.iter().flatten().filter(door).map(|s| self.hash_of(project, s));
        let hashes: Vec<String> = hashes.collect();
        let shared = shared::of(&self.app.db, project, &hashes).await?;
        Ok(survivors.iter().map(|fields| self.learned(project, fields, &shared)).collect())
    }

    fn learned(&self, project: &Project, fields: &[Survivor], shared: &BTreeSet<String>) -> Known {
        let schema = &self.tenant.config.member_attributes;
        let mut known = Known::default();
        for field in fields.iter().filter(|field| !field.value.is_empty()) {
            if field.field == "language" {
                known.locale = field.value.parse().ok();
            }
            let is_door = DOORS.contains(&field.field.as_str());
            if is_door && !shared.contains(&self.hash_of(project, field)) {
                known.doors.push((field.field.clone(), field.value.clone()));
            }
            let kind = schema.0.get(&field.field).map(|rule| rule.kind);
            if matches!(kind, Some(AttributeType::Text | AttributeType::Date)) {
                let one =
                    Attributes::from([(field.field.clone(), Value::from(field.value.as_str()))]);
                // A value that the schema refuses stays with the source, where the agent sees it.
                if schema.fits(&one) {
                    known.attributes.extend(one);
                }
            }
        }
        known
    }

    fn hash_of(&self, project: &Project, field: &Survivor) -> String {
        let country = &self.tenant.config.country;
        let mut hash = identity(
            (&project.secret, &project.document.code),
            country,
            &field.field,
            &field.value,
        );
        hash.truncate(16);
        hash
    }

    /// Everything that the sources know of a member: what survives, whose it was, why, and what lost.
    pub async fn profile_of(
        &self,
        project: &Project,
        member: &str,
    ) -> Result<MemberProfile, MergeFault> {
        let found = self.found(project, member).await?;
        let keys: Vec<SourceKey> = found.accounts.iter().map(|a| a.key.clone()).collect();
        let people = accounts::people_of(&self.app.db, project, &keys).await?;
        let fields = survivors(project, &people, &keys);
        let orders = self.orders_of(project, &keys).await?;
        Ok(MemberProfile { golden: name(&found.row.golden), fields, orders })
    }

    /// The orders that came along of a set of accounts, with their addresses.
    async fn orders_of(
        &self,
        project: &Project,
        keys: &[SourceKey],
    ) -> Result<Vec<OrderOf>, MergeFault> {
        let mut addresses = orders::addresses(&self.app.db, project.ids(), keys).await?;
        let all = orders::of(&self.app.db, project.ids(), keys).await?.into_iter();
        let told = all.map(|CarriedOrder { key, order, .. }| OrderOf {
            account: name(&key),
            address: addresses.remove(&(key, order.order.clone())).unwrap_or_default(),
            order: order.order,
            reward: order.reward,
            points: order.points,
            ordered_at: order.ordered_at,
            promised_by: order.promised_by,
            status: order.status.name(),
        });
        Ok(told.collect())
    }
}

/// What a set of accounts keeps.
fn survivors(
    project: &Project,
    people: &BTreeMap<SourceKey, Person>,
    keys: &[SourceKey],
) -> Vec<Survivor> {
    let profiles: Vec<Profile> = keys
        .iter()
        .filter_map(|key| people.get(key))
        .map(|person| Profile {
            key: person.key.clone(),
            // Of whom nobody knows when it was changed, everything else is newer.
            changed_at: person.changed_at.unwrap_or(Timestamp(i64::MIN)),
            verified: person.verified.clone(),
            fields: person.fields.clone(),
        })
        .collect();
    let declared = &project.document.survivorship;
    if !declared.sources.is_empty() {
        return declared.survivors(&profiles);
    }
    let sources = project.document.sources.iter().map(|source| source.code.clone()).collect();
    Survivorship { sources, ..declared.clone() }.survivors(&profiles)
}

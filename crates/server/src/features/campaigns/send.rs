//! Sending: groups are drawn, then each letter is taken in hand by one process and handed over. What the letter is allowed
//! to do is asked in the transaction that takes it in hand; what became of it is noted after the mail server's answer.
//!
//! Between that answer and its note a process may die. The letter is then handed over again under the same name
//! (`Message-ID`), by which mailboxes know it as the same: at most as many as were in hand at that moment.

use futures_util::StreamExt;
use lazo_domain::ids::{MemberId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::StoreError;
use serde_json::json;

use super::draw::{self, HOLDOUT, UNIVERSAL};
use super::letter::{self, Press};
use super::policy::{self, Policy};
use super::print::{self, POST};
use super::recipients::{self, Drawn, Handed, Recipient};
use super::{Campaign, EMAIL, gate, store};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::consents;
use crate::features::segments::facts::{self, Person};
use crate::features::segments::{self, Reach};
use crate::features::tenants::{self, Tenant};
use crate::jobs::{Fault, Step, Turn};

/// Campaigns looked at in one step.
const CAMPAIGNS: i64 = 100;
/// Letters of one step.
pub(super) const BATCH: i64 = 64;
/// Letters that are in hand at once: as many may be handed over twice when a process dies.
pub(super) const IN_HAND: usize = 4;

/// One step: of every campaign whose hour has come a page of groups, or a batch of letters.
pub async fn step(app: &App, turn: &Turn) -> Result<Step, Fault> {
    let mut whole = Step::default();
    for (id, campaign) in store::under_way(&app.db, CAMPAIGNS).await? {
        if turn.stop.is_asked() {
            break;
        }
        let done = of(app, id, campaign, turn).await?;
        whole.done += done.done;
        whole.more |= done.more;
    }
    Ok(whole)
}

/// What the work on one campaign needs.
pub(super) struct Work<'a> {
    pub app: &'a App,
    pub campaign: Campaign,
    pub press: Press,
    pub policy: Policy,
    /// The tenant's instant and the real one.
    pub now: Timestamp,
    pub real: Timestamp,
}

async fn of(app: &App, tenant: TenantId, campaign: Campaign, turn: &Turn) -> Result<Step, Fault> {
    let none = Step::default();
    let Some(tenant) = tenants::store::by_id(&app.db, tenant).await?.filter(|t| t.live) else {
        return Ok(none);
    };
    let (now, real) = (tenant.now(turn.now), turn.now);
    let policy = policy::of(&app.db, tenant.id).await?;
    let early = campaign.send_at.is_none_or(|at| at > now);
    // Paper wakes nobody up.
    let waits = campaign.channel == EMAIL
        && (policy.is_quiet(now, &tenant.config.time_zone) || !app.mailer.is_ready());
    if early || waits {
        return Ok(none);
    }
    let Some(press) = press(app, &tenant, &campaign).await? else {
        outdated(app, &tenant, &campaign, real).await?;
        return Ok(none);
    };
    if campaign.state == "scheduled" {
        let begun = store::begin(&app.db, tenant.id, campaign.id, now).await?;
        return Ok(Step { done: 0, more: begun });
    }
    let work = Work { app, campaign, press, policy, now, real };
    if work.campaign.drawn_at.is_none() {
        return work.draw().await;
    }
    if work.campaign.channel == POST {
        return print::lay::step(&work, turn).await;
    }
    work.hand_over(turn).await
}

async fn press(
    app: &App,
    tenant: &Tenant,
    campaign: &Campaign,
) -> Result<Option<Press>, StoreError> {
    let programs = app.programs.current(tenant.id).await?;
    let Some(program) = programs.latest(campaign.program) else { return Ok(None) };
    Press::of(app, tenant, program).await
}

/// A campaign whose program or audience is no more what was agreed to ends.
async fn outdated(
    app: &App,
    tenant: &Tenant,
    campaign: &Campaign,
    real: Timestamp,
) -> Result<(), StoreError> {
    let ended = Campaign {
        state: "cancelled".to_owned(),
        ended_at: Some(tenant.now(real)),
        ..campaign.clone()
    };
    let mut tx = app.db.begin().await?;
    if store::update(&mut tx, tenant.id, &ended).await? {
        let deed = Deed {
            tenant: tenant.id,
            at: real,
            actor: "clock",
            action: "campaign.cancelled",
            object: campaign.id.to_string(),
            reason: "outdated",
            detail: json!({}),
        };
        audit::record(&mut tx, &deed).await?;
    }
    tx.commit().await
}

impl Work<'_> {
    pub fn tenant(&self) -> &Tenant {
        &self.press.tenant
    }

    /// Since when contacts are counted.
    pub fn week(&self) -> Timestamp {
        self.now.plus_micros(-gate::WEEK)
    }

    /// Draws the groups of a page of members.
    async fn draw(&self) -> Result<Step, Fault> {
        let (app, tenant, campaign) = (self.app, self.tenant(), &self.campaign);
        let program = &self.press.program;
        let asked = segments::condition_of(app, tenant, program, &campaign.condition, self.now);
        let Ok(condition) = asked.await? else {
            outdated(app, tenant, campaign, self.real).await?;
            return Ok(Step::default());
        };
        let after = MemberId(campaign.drawn_to);
        let (people, next) = facts::page(app, tenant, &self.press.program, after, self.now).await?;
        let reach = Reach::of(&campaign.purpose, &campaign.channel, tenant);
        let wanted =
            |person: &&Person| condition.holds(&person.facts) && reach.barrier(person).is_none();
        let drawn: Vec<Drawn> =
            people.iter().filter(wanted).map(|person| self.drawn(person)).collect();
        let mut tx = app.db.begin().await?;
        tx.run_all(vec![recipients::add(tenant.id, campaign.id, &drawn, self.now)]).await?;
        let (to, done) = (next.unwrap_or(after), next.is_none().then_some(self.now));
        store::drawn(&mut tx, tenant.id, campaign.id, to, done).await?;
        tx.commit().await?;
        Ok(Step { done: 0, more: true })
    }

    fn drawn(&self, person: &Person) -> Drawn {
        let arm = draw::arm(&self.campaign, &self.policy, person.member);
        let alone = [HOLDOUT, UNIVERSAL].contains(&arm.as_str());
        let token = letter::token(&self.campaign, person.member);
        Drawn {
            member: person.member,
            account: person.account,
            arm,
            state: if alone { "kept" } else { "ready" },
            token_hash: letter::hash_of(&token),
        }
    }

    /// Hands a batch of letters over; the campaign ends with the last one.
    async fn hand_over(&self, turn: &Turn) -> Result<Step, Fault> {
        let (app, tenant, campaign) = (self.app, self.tenant(), &self.campaign);
        let waiting =
            recipients::waiting(&app.db, tenant.id, campaign.id, self.real, BATCH).await?;
        if waiting.is_empty() {
            if !recipients::any_waiting(&app.db, tenant.id, campaign.id).await? {
                store::end(&app.db, tenant.id, campaign.id, self.now).await?;
            }
            return Ok(Step::default());
        }
        let ids: Vec<MemberId> = waiting.iter().map(|to| to.member).collect();
        let people = facts::these(app, tenant, &self.press.program, &ids, self.now).await?;
        let mut letters = Vec::with_capacity(waiting.len());
        for to in &waiting {
            letters.push(self.unless_stopped(turn, to, people.get(&to.member)));
        }
        let done: Vec<Result<bool, Fault>> =
            futures_util::stream::iter(letters).buffer_unordered(IN_HAND).collect().await;
        let mut sent = 0;
        for one in done {
            sent += u64::from(one?);
        }
        Ok(Step { done: sent, more: true })
    }

    async fn unless_stopped(
        &self,
        turn: &Turn,
        to: &Recipient,
        person: Option<&Person>,
    ) -> Result<bool, Fault> {
        if turn.stop.is_asked() { Ok(false) } else { self.one(to, person).await }
    }

    /// Hands one letter over; answers whether the server took it. A server that does not answer ends the step.
    async fn one(&self, to: &Recipient, person: Option<&Person>) -> Result<bool, Fault> {
        let taken = self.app.db.retry(|| self.take(to, person)).await?;
        let (Some(attempt), Some(person)) = (taken, person) else { return Ok(false) };
        let tenant = self.tenant().id;
        let note = async |what: Handed| {
            recipients::handed(&self.app.db, tenant, to, attempt, &what, self.now).await
        };
        let token = letter::token(&self.campaign, to.member);
        let variant = self.campaign.content.variant(&to.arm);
        let Some(letter) = variant.and_then(|v| self.press.letter(v, person, &token)) else {
            note(Handed::Refused("no_words".to_owned())).await?;
            return Ok(false);
        };
        let name = letter::name(self.campaign.id, to.member);
        let bulk = self.press.bulk(name, &token, to.drawn_at);
        match self.app.mailer.send_bulk(&letter, &bulk).await {
            Ok(()) => Ok(note(Handed::Sent).await?),
            Err(fault) => {
                note(gate::refused(&fault, attempt, (to.drawn_at, self.now), self.real)).await?;
                if fault.is_answer() { Ok(false) } else { Err(Box::new(fault)) }
            }
        }
    }

    /// Takes a letter in hand, if it may leave at this moment; answers which attempt it is.
    async fn take(
        &self,
        to: &Recipient,
        person: Option<&Person>,
    ) -> Result<Option<i64>, StoreError> {
        let (tenant, campaign) = (self.tenant().id, &self.campaign);
        let mut tx = self.app.db.begin().await?;
        if !store::is_sending(&mut tx, tenant, campaign.id).await? {
            return Ok(None);
        }
        let until = self.app.clock.now().plus_micros(gate::LEASE);
        let taken = recipients::take(&mut tx, tenant, to, (self.real, until), self.now).await?;
        let Some(attempt) = taken else { return Ok(None) };
        let consent = (campaign.purpose.as_str(), campaign.channel.as_str());
        let given = consents::store::is_given(&mut tx, tenant, to.member, consent).await?;
        let own = campaign.id.0;
        let contacts = recipients::contacts(&mut tx, tenant, to.member, own, self.week()).await?;
        let barrier = gate::barrier(person, given, contacts, &self.policy);
        if let Some(reason) = barrier {
            recipients::withhold(&mut tx, tenant, to, reason).await?;
        }
        tx.commit().await?;
        Ok(barrier.is_none().then_some(attempt))
    }
}

/// Why letters are withheld at the moment of sending.
pub const REASONS: [&str; 8] = [
    "gone",
    "suspended",
    "no_consent",
    "no_address",
    "universal",
    "cap",
    "came_back",
    "same_address",
];

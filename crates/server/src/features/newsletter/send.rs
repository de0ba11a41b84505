//! Sending: letters are laid, one for each address on the list, then each is taken in hand by one process and handed over.
//! Whether its reader still wants it is asked in the transaction that takes it in hand.
//!
//! A process that dies between the mail server's answer and its note leaves a lease behind; the letter is then handed over
//! again under the same name (`Message-ID`), by which mailboxes know it as the same.

use futures_util::StreamExt;
use lazo_domain::ids::{MemberId, NewsletterSubscriberId, TenantId};
use lazo_domain::time::{DAY, SECOND, Timestamp};
use lazo_store::{StoreError, Tx};

use super::letters::{self, Handed, Laid, New};
use super::press::{self, Press};
use super::subscribers::{self, Subscriber};
use super::{Issue, join, store};
use crate::App;
use crate::features::campaigns::{policy, recipients};
use crate::features::members::EMAIL;
use crate::jobs::{Fault, Step, Turn};
use crate::secrets::hash_of;

/// Issues looked at in one step.
const ISSUES: i64 = 100;
/// Addresses for which letters are laid in one step.
const PAGE: i64 = 500;
/// Letters of one step.
const BATCH: i64 = 64;
/// Letters that are in hand at once: as many may be handed over twice when a process dies.
pub(super) const IN_HAND: usize = 4;
/// How long a letter is in hand at most: well beyond the mailer's own patience.
const LEASE: i64 = 300 * SECOND;
/// How long a letter waits that the server did not take now.
const WAIT: i64 = 120 * SECOND;
/// How long the server may say "not now" to a letter before it counts as not delivered.
const GIVE_UP: i64 = 2 * DAY;

/// One step: of every issue whose hour has come a page of letters is laid, or a batch handed over.
pub async fn step(app: &App, turn: &Turn) -> Result<Step, Fault> {
    let mut whole = Step::default();
    for (tenant, issue) in store::under_way(&app.db, ISSUES).await? {
        if turn.stop.is_asked() {
            break;
        }
        let done = of(app, tenant, issue, turn).await?;
        whole.done += done.done;
        whole.more |= done.more;
    }
    Ok(whole)
}

/// What the work on one issue needs.
struct Work<'a> {
    app: &'a App,
    issue: Issue,
    press: Press,
    now: Timestamp,
    real: Timestamp,
}

async fn of(app: &App, tenant: TenantId, issue: Issue, turn: &Turn) -> Result<Step, Fault> {
    let none = Step::default();
    let Some(press) = Press::of(app, tenant, issue.brand).await? else { return Ok(none) };
    let (now, real) = (press.tenant.now(turn.now), turn.now);
    let quiet = policy::of(&app.db, tenant).await?;
    let quiet = quiet.is_quiet(now, &press.tenant.config.time_zone);
    let early = issue.send_at.is_none_or(|at| at > now);
    if early || quiet || !app.mailer.is_ready() {
        return Ok(none);
    }
    if issue.state == "scheduled" {
        let begun = store::begin(&app.db, tenant, issue.id, now).await?;
        return Ok(Step { done: 0, more: begun });
    }
    let work = Work { app, issue, press, now, real };
    if work.issue.drawn_at.is_none() { work.lay().await } else { work.hand_over(turn).await }
}

impl Work<'_> {
    fn tenant(&self) -> TenantId {
        self.press.tenant.id
    }

    /// Lays the letters of a page of addresses.
    async fn lay(&self) -> Result<Step, Fault> {
        let (tenant, issue) = (self.tenant(), &self.issue);
        let mut tx = self.app.db.begin().await?;
        let list = (tenant, issue.brand);
        let page = subscribers::active(&mut tx, list, issue.drawn_to, PAGE).await?;
        let new =
            |to: &Subscriber| New { to: to.id, token_hash: hash_of(&press::token(issue, to.id)) };
        let wanted: Vec<New> = page.iter().filter(|to| self.wants(to)).map(new).collect();
        if !wanted.is_empty() {
            tx.run_all(letters::add(tenant, issue.id, &wanted, self.now).into()).await?;
        }
        let to = page.last().map_or(issue.drawn_to, |last| last.id.0);
        let last = i64::try_from(page.len()).unwrap_or(0) < PAGE;
        store::drawn(&mut tx, tenant, issue.id, to, last.then_some(self.now)).await?;
        tx.commit().await?;
        Ok(Step { done: 0, more: true })
    }

    fn wants(&self, to: &Subscriber) -> bool {
        self.issue.topic.is_empty() || !to.without.contains(&self.issue.topic)
    }

    /// Hands a batch of letters over; the issue ends with the last one.
    async fn hand_over(&self, turn: &Turn) -> Result<Step, Fault> {
        let (app, tenant, issue) = (self.app, self.tenant(), self.issue.id);
        let waiting = letters::waiting(&app.db, tenant, issue, self.real, BATCH).await?;
        if waiting.is_empty() {
            if !letters::any_waiting(&app.db, tenant, issue).await? {
                store::end(&app.db, tenant, issue, self.now).await?;
            }
            return Ok(Step::default());
        }
        let mut work = Vec::with_capacity(waiting.len());
        for laid in &waiting {
            work.push(self.unless_stopped(turn, laid));
        }
        let done: Vec<Result<bool, Fault>> =
            futures_util::stream::iter(work).buffer_unordered(IN_HAND).collect().await;
        let mut sent = 0;
        for one in done {
            sent += u64::from(one?);
        }
        Ok(Step { done: sent, more: true })
    }

    async fn unless_stopped(&self, turn: &Turn, laid: &Laid) -> Result<bool, Fault> {
        if turn.stop.is_asked() { Ok(false) } else { self.one(laid).await }
    }

    /// Hands one letter over; answers whether the server took it. A server that does not answer ends the step.
    async fn one(&self, laid: &Laid) -> Result<bool, Fault> {
        let member = self.member(laid.to).await?;
        let taken = self.app.db.retry(|| self.take(laid.to, member)).await?;
        let Some((attempt, to, email)) = taken else { return Ok(false) };
        let token = press::token(&self.issue, to.id);
        let Some(letter) = self.press.letter(&self.issue, to.locale, &email, &token) else {
            self.note(&to, attempt, Handed::Withheld("no_words")).await?;
            return Ok(false);
        };
        let bulk = self.press.bulk(press::name(self.issue.id, to.id), &token, laid.drawn_at);
        match self.app.mailer.send_bulk(&letter, &bulk).await {
            Ok(()) => Ok(self.note(&to, attempt, Handed::Sent).await?),
            Err(fault) => {
                // A connection that broke says nothing about this letter, and one refusal may be the moment's.
                let tried = fault.is_answer() && attempt > 1;
                let old = tried && self.now.0.saturating_sub(laid.drawn_at.0) > GIVE_UP;
                match fault.for_good() {
                    Some(code) => self.note(&to, attempt, Handed::Refused(&code)).await?,
                    None if old => self.note(&to, attempt, Handed::Withheld("gave_up")).await?,
                    None => {
                        let at = self.real.plus_micros(WAIT);
                        self.note(&to, attempt, Handed::Later(at)).await?
                    }
                };
                if fault.is_answer() { Ok(false) } else { Err(Box::new(fault)) }
            }
        }
    }

    /// Notes what became of a letter; an address that the server refuses for good is written to no more.
    async fn note(
        &self,
        to: &Subscriber,
        attempt: i64,
        what: Handed<'_>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.app.db.begin().await?;
        let key = (self.issue.id, to.id);
        let noted = letters::handed(&mut tx, self.tenant(), key, attempt, what, self.now).await?;
        if noted && matches!(what, Handed::Refused(_)) {
            join::ended(&mut tx, self.app, to, ("bounced", "mail"), self.real).await?;
        }
        tx.commit().await?;
        Ok(noted)
    }

    /// Takes a letter in hand, if its reader wants it at this moment; answers which attempt it is, and to whom.
    async fn take(
        &self,
        to: NewsletterSubscriberId,
        member: Option<MemberId>,
    ) -> Result<Option<(i64, Subscriber, String)>, StoreError> {
        let (tenant, issue) = (self.tenant(), self.issue.id);
        let mut tx = self.app.db.begin().await?;
        if !store::is_sending(&mut tx, tenant, issue).await? {
            return Ok(None);
        }
        let until = self.app.clock.now().plus_micros(LEASE);
        let taken = letters::take(&mut tx, tenant, (issue, to), (self.real, until)).await?;
        let Some(attempt) = taken else { return Ok(None) };
        let found = subscribers::now(&mut tx, tenant, to).await?;
        let barrier = match &found {
            Some(found) if found.state == "active" && !self.wants(found) => Some("topic"),
            Some(found) if found.state == "active" => {
                self.suppressed(&mut tx, found, member).await?
            }
            _ => Some("left"),
        };
        if let Some(why) = barrier {
            let what = Handed::Withheld(why);
            letters::handed(&mut tx, tenant, (issue, to), attempt, what, self.now).await?;
        }
        tx.commit().await?;
        let free = found.filter(|_| barrier.is_none());
        Ok(free.and_then(|found| Some((attempt, found.clone(), found.email?))))
    }

    /// The member who has the address, if it is a member's.
    async fn member(&self, to: NewsletterSubscriberId) -> Result<Option<MemberId>, StoreError> {
        let found = subscribers::by_id(&self.app.db, self.tenant(), to).await?;
        let Some(email) = found.and_then(|found| found.email) else { return Ok(None) };
        let name = (self.tenant(), EMAIL.to_owned(), email);
        Ok(self.app.lookups.identifiers.get(name).await?.map(|member| member.id))
    }

    /// What a member with the address did with letters of campaigns since it was confirmed counts here, too.
    async fn suppressed(
        &self,
        tx: &mut Tx,
        found: &Subscriber,
        member: Option<MemberId>,
    ) -> Result<Option<&'static str>, StoreError> {
        let (Some(_), Some(since)) = (&found.email, found.confirmed_at) else {
            return Ok(Some("left"));
        };
        let Some(member) = member else { return Ok(None) };
        recipients::suppressed(tx, found.tenant, member, self.press.tenant.now(since)).await
    }
}

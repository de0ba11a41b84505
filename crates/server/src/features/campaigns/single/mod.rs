//! Letters to one person that another noun asks for: each once, by the same consents, quiet hours and weekly limit as a
//! campaign's. When to ask for one, and what it says, is the other noun's.

pub mod store;

use lazo_domain::ids::MemberId;
use lazo_domain::time::{SECOND, Timestamp};
use lazo_store::StoreError;

use super::content::Variant;
use super::letter::{self, Manner, Press};
use super::policy::Policy;
use super::recipients::{self, Handed};
use super::{EMAIL, gate};
use crate::App;
use crate::features::consents;
use crate::features::segments::facts::Person;
use crate::jobs::Fault;

/// How long a letter waits while no mail server is set, or another process has it in hand.
const PATIENCE: i64 = 60 * SECOND;

/// What names a letter for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// What it belongs to.
    pub origin: i64,
    /// Its reader.
    pub member: MemberId,
    /// Which time the reader is in it.
    pub entry: i64,
    /// Where in it.
    pub step: String,
}

/// A letter to hand over.
pub struct Order<'a> {
    /// What names it.
    pub key: Key,
    /// In whose name.
    pub press: &'a Press,
    /// How members are left in peace.
    pub policy: &'a Policy,
    /// The reader, if he or she still takes part.
    pub person: Option<&'a Person>,
    /// What it says.
    pub variant: &'a Variant,
    /// The purpose whose consent it needs.
    pub purpose: &'a str,
    /// How it is: what only tells of the membership needs no consent.
    pub manner: Manner,
    /// What its token is made with.
    pub secret: &'a [u8],
    /// The tenant's instant and the real one.
    pub now: Timestamp,
    /// The real one.
    pub real: Timestamp,
}

/// What became of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The mail server has it.
    Sent,
    /// It never will leave, for this reason.
    Never(String),
    /// It may be asked for again at this instant of the tenant.
    Later(Timestamp),
}

impl Key {
    /// The token by which the reader leaves the list, and says whether the letter was useful.
    #[must_use]
    pub fn token(&self, secret: &[u8]) -> String {
        let mut name = Vec::with_capacity(24 + self.step.len());
        for number in [self.origin, self.member.0, self.entry] {
            name.extend_from_slice(&number.to_be_bytes());
        }
        name.extend_from_slice(self.step.as_bytes());
        letter::token_of(secret, &name)
    }
}

/// Hands a letter over, if it may leave now. A letter that left is not handed over again, however often it is asked for.
/// A mail server that does not answer is a fault.
pub async fn hand_over(app: &App, order: &Order<'_>) -> Result<Outcome, Fault> {
    let zone = &order.press.tenant.config.time_zone;
    if order.policy.is_quiet(order.now, zone) {
        return Ok(Outcome::Later(order.policy.next_open(order.now, zone)));
    }
    if !app.mailer.is_ready() {
        return Ok(Outcome::Later(order.now.plus_micros(PATIENCE)));
    }
    let (tenant, key) = (order.press.tenant.id, &order.key);
    let fresh = app.ids.next();
    let (taken, person) = match app.db.retry(|| take(app, order, fresh)).await? {
        (Take::Ours(taken), Some(person)) => (taken, person),
        (Take::Over(outcome), _) => return Ok(outcome),
        _ => return Ok(Outcome::Later(order.now.plus_micros(PATIENCE))),
    };
    let note = async |what: Handed| {
        store::handed(&app.db, tenant, key, taken.attempt, &what, order.now).await.map(drop)
    };
    let token = key.token(order.secret);
    let Some(written) = order.press.letter_in(order.variant, person, &token, order.manner) else {
        let never = "no_words".to_owned();
        note(Handed::Refused(never.clone())).await?;
        return Ok(Outcome::Never(never));
    };
    let bulk = order.press.bulk(taken.letter.to_string(), &token, taken.asked_at);
    let Err(fault) = app.mailer.send_bulk(&written, &bulk).await else {
        note(Handed::Sent).await?;
        return Ok(Outcome::Sent);
    };
    let what = gate::refused(&fault, taken.attempt, (taken.asked_at, order.now), order.real);
    note(what.clone()).await?;
    match what {
        Handed::Refused(code) => Ok(Outcome::Never(code)),
        _ if fault.is_answer() => Ok(Outcome::Later(order.now.plus_micros(gate::WAIT))),
        _ => Err(Box::new(fault)),
    }
}

enum Take {
    Ours(store::Taken),
    Over(Outcome),
    Elsewhere,
}

/// Takes a letter in hand, if it may leave at this moment. Whoever dies with it leaves a lease behind that ends.
async fn take<'a>(
    app: &App,
    order: &Order<'a>,
    fresh: i64,
) -> Result<(Take, Option<&'a Person>), StoreError> {
    let (tenant, key) = (order.press.tenant.id, &order.key);
    let mut tx = app.db.begin().await?;
    store::ask(&mut tx, order, fresh).await?;
    let until = app.clock.now().plus_micros(gate::LEASE);
    let Some(taken) = store::take(&mut tx, tenant, key, (order.real, until), order.now).await?
    else {
        let known = store::outcome(&mut tx, tenant, key).await?;
        return Ok((known.map_or(Take::Elsewhere, Take::Over), None));
    };
    let name = (order.purpose, EMAIL);
    let decided = consents::store::decided(&mut tx, tenant, key.member, name).await?;
    let barrier = if order.manner.service {
        gate::service_barrier(order.person, decided == Some(false))
    } else {
        let since = order.now.plus_micros(-gate::WEEK);
        let own = taken.letter.0;
        let contacts = recipients::contacts(&mut tx, tenant, key.member, own, since).await?;
        gate::barrier(order.person, decided == Some(true), contacts, order.policy)
    };
    if let Some(reason) = barrier {
        store::withhold(&mut tx, tenant, key, reason).await?;
    }
    tx.commit().await?;
    let never = barrier.map(|reason| Take::Over(Outcome::Never(reason.to_owned())));
    Ok((never.unwrap_or(Take::Ours(taken)), order.person))
}

//! The reward of an invitation: both earn by the program's rules once the invited one has bought something, and lose it
//! again when that purchase is taken back. What the journal says is read by pure functions.
//!
//! The instant at which a reward counts is kept before it is posted: who dies in between posts the same again, and the
//! ledger knows it by its name.

use std::collections::BTreeSet;

use lazo_domain::event::{Body, Custom, Event, Purchase};
use lazo_domain::ids::{EventId, MemberId};
use lazo_domain::time::{DAY, SECOND, Timestamp};
use lazo_store::{Command, PostError, StoreError};
use serde_json::json;

use super::policy;
use super::store;
use super::{Invitation, REFERRAL, REFERRED};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::members::{self, Member, MemberStatus};
use crate::features::tenants;
use crate::jobs::{Fault, Step, Turn};

/// Where these events come from.
const SOURCE: &str = "invitations";
/// How long one waits that could not be looked at.
const PAUSE: i64 = 3_600 * SECOND;
/// Invitations looked at in one step.
const BATCH: i64 = 100;
/// How often is looked whether somebody has bought.
const LOOK: i64 = 600 * SECOND;
/// How often is looked whether a purchase was taken back, and for how long.
const LOOK_BACK: i64 = 6 * 3_600 * SECOND;
const BACK_WITHIN: i64 = 60 * DAY;
/// How long an invitation waits for a first purchase.
const LAPSES: i64 = 90 * DAY;
/// Events of an account that are read at a time, and how many pages at most.
const PAGE: i64 = 200;
const PAGES: usize = 20;

/// One step: looks at those that are due.
pub async fn step(app: &App, turn: &Turn) -> Result<Step, Fault> {
    let due = store::due(&app.db, turn.now, BATCH).await?;
    let more = i64::try_from(due.len()).unwrap_or(0) >= BATCH;
    let mut done = 0;
    for invitation in due {
        if turn.stop.is_asked() {
            break;
        }
        // One that cannot be looked at holds up no other: it comes again after an hour.
        let later = Invitation { next_at: Some(turn.now.plus_micros(PAUSE)), ..invitation.clone() };
        match look(app, invitation, turn.now).await {
            Ok(posted) => done += u64::from(posted),
            Err(error) => {
                tracing::warn!(invitation = %later.id, %error, "an invitation could not be looked at");
                keep(app, &later, None).await?;
            }
        }
    }
    Ok(Step { done, more })
}

/// Looks at one: answers whether something was posted for it.
async fn look(app: &App, mut it: Invitation, real: Timestamp) -> Result<bool, Fault> {
    let owner = tenants::store::by_id(&app.db, it.tenant).await?.filter(|tenant| tenant.live);
    let Some(owner) = owner else {
        it.next_at = Some(real.plus_micros(DAY));
        keep(app, &it, None).await?;
        return Ok(false);
    };
    let now = owner.now(real);
    if it.state == "waiting" {
        let found = first_purchase(&history(app, &it, it.invited).await?, &it);
        let Some(purchase) = found else {
            let late = now.0.saturating_sub(it.joined_at.0) > LAPSES;
            it.next_at = (!late).then(|| real.plus_micros(LOOK));
            it.state = if late { "lapsed" } else { "waiting" }.to_owned();
            keep(app, &it, None).await?;
            return Ok(false);
        };
        it.purchase = Some(purchase);
        it.paid_at = Some(now);
        "paying".clone_into(&mut it.state);
        // Somebody may have refused it at this very moment: then nothing is posted.
        if !keep(app, &it, None).await? {
            return Ok(false);
        }
        it.revision += 1;
    }
    match it.state.as_str() {
        "paying" => pay(app, it, real).await,
        "taking_back" => take_back(app, it, real).await,
        "paid" => watch(app, it, now, real).await,
        _ => {
            it.next_at = None;
            Ok(keep(app, &it, None).await?)
        }
    }
}

/// Posts what both earn.
async fn pay(app: &App, mut it: Invitation, real: Timestamp) -> Result<bool, Fault> {
    let body = |name: &str| {
        let (name, numbers, attributes) = (name.to_owned(), Default::default(), Default::default());
        Body::Custom(Custom { name, numbers, attributes })
    };
    // A name from outside belongs to one account alone: each side has its own.
    let name = |side: &str| format!("{}/{side}", it.id);
    let (inviter, invited) = (name(REFERRAL), name(REFERRED));
    it.inviter_event = post(app, &it, (it.inviter, &inviter), it.paid_at, body(REFERRAL)).await?;
    it.invited_event = post(app, &it, (it.invited, &invited), it.paid_at, body(REFERRED)).await?;
    if it.inviter_event.is_none() && it.invited_event.is_none() {
        // Both have left, or the rules took nothing of it: nobody is told of a reward that never came.
        "refused".clone_into(&mut it.state);
        "not_posted".clone_into(&mut it.reason);
        (it.paid_at, it.next_at) = (None, None);
        keep(app, &it, Some("invitation.not_posted")).await?;
        return Ok(false);
    }
    "paid".clone_into(&mut it.state);
    it.next_at = Some(real.plus_micros(LOOK_BACK));
    Ok(keep(app, &it, Some("invitation.paid")).await?)
}

/// Looks whether the purchase was taken back, for as long as that takes the reward back.
async fn watch(
    app: &App,
    mut it: Invitation,
    now: Timestamp,
    real: Timestamp,
) -> Result<bool, Fault> {
    let policy = policy::of(&app.db, it.tenant).await?;
    let over = it.paid_at.is_none_or(|at| now.0.saturating_sub(at.0) > BACK_WITHIN);
    let takes_back = policy.is_some_and(|policy| policy.takes_back);
    if takes_back && undone(&history(app, &it, it.invited).await?, it.purchase) {
        "taking_back".clone_into(&mut it.state);
        it.taken_back_at = Some(now);
        it.next_at = Some(real);
        if !keep(app, &it, None).await? {
            return Ok(false);
        }
        it.revision += 1;
        return take_back(app, it, real).await;
    }
    it.next_at = (!over && takes_back).then(|| real.plus_micros(LOOK_BACK));
    keep(app, &it, None).await?;
    Ok(false)
}

/// Undoes what was posted, as far as the points are still there.
async fn take_back(app: &App, mut it: Invitation, real: Timestamp) -> Result<bool, Fault> {
    let name = format!("{}/back", it.id);
    for (member, event) in [(it.inviter, it.inviter_event), (it.invited, it.invited_event)] {
        if let Some(event) = event {
            let at = it.taken_back_at.or(Some(real));
            post(app, &it, (member, &name), at, Body::Reverse { event }).await?;
        }
    }
    "taken_back".clone_into(&mut it.state);
    it.next_at = None;
    Ok(keep(app, &it, Some("invitation.taken_back")).await?)
}

/// Posts an event on a member's account; nothing for who is no longer active. Posted again it is answered as before.
async fn post(
    app: &App,
    it: &Invitation,
    (member, name): (MemberId, &str),
    at: Option<Timestamp>,
    body: Body,
) -> Result<Option<EventId>, Fault> {
    let Some(member) = active(app, it, member).await? else { return Ok(None) };
    let at = at.ok_or("an invitation is paid without an instant")?;
    let event = Event {
        id: EventId(0),
        tenant: it.tenant,
        account: member.account,
        program: it.program,
        source: SOURCE.to_owned(),
        source_ref: name.to_owned(),
        effective_at: at,
        recorded_at: at,
        actor: "clock".to_owned(),
        import: None,
        body,
    };
    let command = Command::One { event, facts: members::facts(&member) };
    match app.ledger.post_one(command).await {
        Ok(receipt) => Ok(Some(receipt.event)),
        Err(PostError::Refused(refusal)) => {
            let refusal = &refusal as &dyn std::error::Error;
            tracing::warn!(invitation = %it.id, error = refusal, "the ledger refused an invitation's reward");
            Ok(None)
        }
        Err(unknown) => Err(unknown.into()),
    }
}

async fn active(app: &App, it: &Invitation, id: MemberId) -> Result<Option<Member>, StoreError> {
    let found = members::store::by_id(&app.db, it.tenant, id).await?;
    let takes_part = |member: &Member| {
        member.status == MemberStatus::Active && member.programs.contains(&it.program)
    };
    Ok(found.filter(takes_part))
}

/// What happened to a member's account, the first first, as far back as it may matter.
async fn history(app: &App, it: &Invitation, member: MemberId) -> Result<Vec<Seen>, StoreError> {
    let found = members::store::by_id(&app.db, it.tenant, member).await?;
    let Some(account) = found.map(|member| member.account) else { return Ok(Vec::new()) };
    let (books, mut before, mut all) = (app.ledger.books(), None, Vec::new());
    for _ in 0..PAGES {
        let page = books.events(it.tenant, account, before, PAGE).await?;
        let Some(last) = page.last().map(|stored| stored.event.id) else { break };
        let early = page.last().is_some_and(|stored| stored.event.effective_at < it.joined_at);
        before = Some(last);
        let seen = page.into_iter().map(|it| Seen { event: it.event, origin: it.origin });
        all.extend(seen);
        if early {
            break;
        }
    }
    all.reverse();
    Ok(all)
}

/// An event with the earlier one it changed.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// What happened.
    pub event: Event,
    /// The earlier event it changed.
    pub origin: Option<EventId>,
}

/// The first purchase since joining that is for money and still stands.
pub(super) fn first_purchase(all: &[Seen], it: &Invitation) -> Option<EventId> {
    let bought = |seen: &&Seen| match &seen.event.body {
        Body::Purchase(purchase) => {
            let net: i128 = purchase.lines.iter().map(|line| i128::from(line.net_minor)).sum();
            seen.event.program == it.program && seen.event.effective_at >= it.joined_at && net > 0
        }
        _ => false,
    };
    let mut all_of = all.iter().filter(bought).map(|seen| seen.event.id);
    all_of.find(|id| !undone(all, Some(*id)))
}

/// Was all of a purchase brought back, or undone as if it had never been?
pub(super) fn undone(all: &[Seen], purchase: Option<EventId>) -> bool {
    let Some(id) = purchase else { return false };
    let Some(found) = all.iter().find(|seen| seen.event.id == id) else { return false };
    let Body::Purchase(Purchase { lines, .. }) = &found.event.body else { return false };
    let reversed = |seen: &Seen| match seen.event.body {
        Body::Reverse { event } => Some(event),
        _ => None,
    };
    let reversed: BTreeSet<EventId> = all.iter().filter_map(reversed).collect();
    if reversed.contains(&id) {
        return true;
    }
    let mut left: Vec<i64> = lines.iter().map(|line| line.quantity_milli).collect();
    for seen in all.iter().filter(|seen| seen.origin == Some(id)) {
        let Body::Return(back) = &seen.event.body else { continue };
        if reversed.contains(&seen.event.id) {
            continue;
        }
        if back.lines.is_empty() {
            return true;
        }
        for line in &back.lines {
            if let Some(left) = left.get_mut(line.line) {
                *left = left.saturating_sub(line.quantity_milli);
            }
        }
    }
    left.iter().all(|left| *left <= 0)
}

async fn keep(app: &App, it: &Invitation, action: Option<&str>) -> Result<bool, StoreError> {
    app.db
        .retry(|| async {
            let mut tx = app.db.begin().await?;
            let kept = store::update(&mut tx, it).await?;
            if let Some(action) = action.filter(|_| kept) {
                let deed = Deed {
                    tenant: it.tenant,
                    at: app.clock.now(),
                    actor: "clock",
                    action,
                    object: it.id.to_string(),
                    reason: "",
                    detail: json!({ "inviter": it.inviter, "invited": it.invited }),
                };
                audit::record(&mut tx, &deed).await?;
            }
            tx.commit().await?;
            Ok(kept)
        })
        .await
}

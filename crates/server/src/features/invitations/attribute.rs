//! Whose somebody who joined is: of the member whose link was followed first in that browser, and of nobody where it would
//! be oneself. What speaks against it is gathered here and judged by a pure function.

use axum::http::HeaderMap;
use lazo_domain::ids::{InvitationId, MemberId, ProgramId};
use lazo_domain::time::{DAY, Timestamp};
use lazo_store::StoreError;
use serde_json::json;

use super::Invitation;
use super::policy::{self, InvitationPolicy};
use super::portal::{FOLLOWED, OWN};
use super::store::{self, Before};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::members::{self, EMAIL, Identifier, Member, MemberStatus, PHONE, folded};
use crate::secrets::keyed;
use crate::web::cookie;

/// Over how many days a member's invitations are counted, and those of a network address.
const MONTH: i64 = 30 * DAY;
const WEEK: i64 = 7 * DAY;

/// Somebody who has just joined.
pub struct Arrived<'a> {
    /// Who.
    pub member: &'a Member,
    /// The address that he or she proved.
    pub email: &'a str,
    /// The program to be rewarded by.
    pub program: ProgramId,
    /// The network address.
    pub from: &'a str,
    /// The tenant's instant.
    pub now: Timestamp,
}

/// Notes by whose link somebody joined, if by anybody's; answers what became of it.
pub async fn joined(
    app: &App,
    headers: &HeaderMap,
    arrived: &Arrived<'_>,
) -> Result<Option<&'static str>, StoreError> {
    let tenant = arrived.member.tenant;
    let Some(code) = cookie::read(headers, FOLLOWED) else { return Ok(None) };
    let Some(policy) = policy::open(&app.db, tenant).await? else { return Ok(None) };
    let Some(inviter) = store::inviter(&app.db, tenant, code).await? else { return Ok(None) };
    let Some(found) = members::store::by_id(&app.db, tenant, inviter).await? else {
        return Ok(None);
    };
    if found.status != MemberStatus::Active {
        return Ok(None);
    }
    let theirs = members::store::identifiers(&app.db, tenant, inviter).await?;
    let own = members::store::identifiers(&app.db, tenant, arrived.member.id).await?;
    let same = Same {
        // This browser once showed the link as its owner's.
        device: cookie::read(headers, OWN) == Some(code),
        address: shared(&theirs, &own, EMAIL, folded),
        phone: shared(&theirs, &own, PHONE, str::to_owned),
    };
    let verdict = app.db.retry(|| keep(app, &policy, inviter, same, arrived)).await?;
    Ok(Some(verdict.name()))
}

/// What the inviter and who came have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Same {
    /// The browser.
    pub device: bool,
    /// The mailbox, however its address is spelled.
    pub address: bool,
    /// A phone number.
    pub phone: bool,
}

/// What becomes of somebody who came by a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Of nobody, for this reason.
    Nobodys(&'static str),
    /// The inviter's, and rewarded after the first purchase.
    Waiting,
    /// The inviter's, and somebody of the staff looks at it first.
    Held(&'static str),
    /// The inviter's, and one too many to be rewarded.
    OverLimit,
}

impl Verdict {
    fn name(self) -> &'static str {
        match self {
            Self::Nobodys(_) => "nobodys",
            Self::Waiting => "waiting",
            Self::Held(_) => "held",
            Self::OverLimit => "over_limit",
        }
    }

    fn reason(self) -> &'static str {
        match self {
            Self::Nobodys(reason) | Self::Held(reason) => reason,
            Self::Waiting | Self::OverLimit => "",
        }
    }
}

/// Judges somebody who came by a link: first what makes it oneself, then what was before, then how many there are.
pub(super) fn judge(policy: &InvitationPolicy, same: Same, before: Before) -> Verdict {
    if same.device {
        return Verdict::Nobodys("same_device");
    }
    if same.address {
        return Verdict::Nobodys("same_address");
    }
    if same.phone {
        return Verdict::Nobodys("same_phone");
    }
    if before.same_person {
        return Verdict::Nobodys("came_before");
    }
    if before.of_inviter >= policy.max_a_month {
        return Verdict::OverLimit;
    }
    // This one is counted, too.
    if before.from_there + 1 >= policy.held_from {
        return Verdict::Held("same_network");
    }
    Verdict::Waiting
}

async fn keep(
    app: &App,
    policy: &InvitationPolicy,
    inviter: MemberId,
    same: Same,
    arrived: &Arrived<'_>,
) -> Result<Verdict, StoreError> {
    let (tenant, now, real) = (arrived.member.tenant, arrived.now, app.clock.now());
    let person = keyed(&policy.secret, format!("person {}", folded(arrived.email)).as_bytes());
    let from = keyed(&policy.secret, format!("from {}", arrived.from).as_bytes());
    let since = (now.plus_micros(-MONTH), now.plus_micros(-WEEK));
    let mut tx = app.db.begin().await?;
    let before = store::before(&mut tx, tenant, inviter, (&person, &from), since).await?;
    let mut verdict = judge(policy, same, before);
    if !matches!(verdict, Verdict::Nobodys(_)) {
        let new = Invitation {
            tenant,
            id: InvitationId(app.ids.next()),
            program: arrived.program,
            inviter,
            invited: arrived.member.id,
            state: verdict.name().to_owned(),
            reason: verdict.reason().to_owned(),
            joined_at: now,
            next_at: (verdict == Verdict::Waiting).then_some(real),
            purchase: None,
            paid_at: None,
            inviter_event: None,
            invited_event: None,
            taken_back_at: None,
            revision: 1,
        };
        if !store::insert(&mut tx, &new, (&person, &from)).await? {
            verdict = Verdict::Nobodys("came_before");
        }
    }
    let (actor, action) = (format!("member:{}", arrived.member.id), "invitation.followed");
    let deed = Deed {
        tenant,
        at: real,
        actor: &actor,
        action,
        object: inviter.to_string(),
        reason: verdict.reason(),
        detail: json!({ "state": verdict.name() }),
    };
    audit::record(&mut tx, &deed).await?;
    tx.commit().await?;
    Ok(verdict)
}

fn shared(
    theirs: &[Identifier],
    own: &[Identifier],
    scheme: &str,
    as_one: impl Fn(&str) -> String,
) -> bool {
    let of = |all: &[Identifier]| -> Vec<String> {
        all.iter().filter(|it| it.scheme == scheme).map(|it| as_one(&it.value)).collect()
    };
    let theirs = of(theirs);
    of(own).iter().any(|value| theirs.contains(value))
}

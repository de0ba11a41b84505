//! Who comes upon missions: new members, each drawn once into those who see them and those who do not.

use lazo_domain::ids::{AccountId, MemberId, ProgramId};
use lazo_domain::time::{Timestamp, Zone};
use lazo_measures::seed::Draws;

use super::{NEW_FOR, OPEN_FOR, policy, store};
use crate::App;
use crate::features::measures::day_of;
use crate::features::members::{Member, MemberStatus};
use crate::http::{Problem, Scope};

/// The group that sees missions.
pub const SHOWN: &str = "shown";
/// The group that sees none, to compare with.
pub const HOLDOUT: &str = "holdout";
/// The whole, in the unit of shares.
const WHOLE: u64 = 10_000;

/// A new member who came upon missions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Who.
    pub member: MemberId,
    /// The account.
    pub account: AccountId,
    /// The program whose rules reward the steps.
    pub program: ProgramId,
    /// Does he or she see them?
    pub shown: bool,
    /// When he or she came upon them.
    pub at: Timestamp,
    /// The local day of that instant.
    pub day: i64,
    /// When the card was opened first.
    pub card_at: Option<Timestamp>,
}

impl Offer {
    /// The name of the group.
    #[must_use]
    pub fn arm(&self) -> &'static str {
        if self.shown { SHOWN } else { HOLDOUT }
    }

    /// Is there still time to do them?
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.shown && now.0.saturating_sub(self.at.0) < OPEN_FOR
    }
}

/// The offer of the member who visits: the one there is, else one for who is new. The same seed draws the same group for
/// the same person.
pub async fn offered(
    scope: &Scope<App>,
    member: &Member,
    program: ProgramId,
) -> Result<Option<Offer>, Problem> {
    let (db, now) = (&scope.app.db, scope.now);
    let Some(policy) = policy::of(db, scope.tenant).await? else { return Ok(None) };
    if let Some(offer) = store::offer(db, scope.tenant, member.id).await? {
        return Ok(Some(offer));
    }
    let new = member.enrolled_at >= policy.started_at
        && now.0.saturating_sub(member.enrolled_at.0) < NEW_FOR
        && member.status == MemberStatus::Active;
    if !policy.open || !new {
        return Ok(None);
    }
    // The tenant's day, as the measures count.
    let zone = scope.caller.tenancy.as_ref().map_or_else(Zone::utc, |it| it.zone.clone());
    let drawn = Draws::of(policy.seed.cast_unsigned(), member.id.0.cast_unsigned()).below(WHOLE);
    let offer = Offer {
        member: member.id,
        account: member.account,
        program,
        shown: i64::try_from(drawn).unwrap_or(0) >= policy.holdout,
        at: now,
        day: day_of(now, &zone),
        card_at: None,
    };
    store::keep_offer(db, scope.tenant, &offer).await?;
    Ok(Some(offer))
}

/// Notes that the member who visits opened the card.
pub async fn card_opened(scope: &Scope<App>, member: MemberId) -> Result<(), Problem> {
    Ok(store::note_card(&scope.app.db, scope.tenant, member, scope.now).await?)
}

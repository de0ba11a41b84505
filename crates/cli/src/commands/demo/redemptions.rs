//! What the demo's members redeemed: vouchers over the months, and some that were used.

use lazo_domain::event::{Body, Event, Facts, Reserve};
use lazo_domain::ids::{EventId, ProgramId, RedemptionId};
use lazo_domain::time::{DAY, Timestamp};
use lazo_server::App;
use lazo_server::features::members::{self, EXTERNAL, Identifier};
use lazo_server::features::tenants::Tenant;
use lazo_store::{Command, PostError};

use super::purchases::FIRST_CARD;
use super::random::Random;
use crate::fault::{Fault, in_full};

/// How many of the first cards redeem something.
const CARDS: u64 = 90;
/// How far back the first redemption lies, in days.
const DAYS: u64 = 300;

/// Lets members redeem one of `rewards` now and then; answers how often they could. The demo's own member redeems
/// nothing, so that there is something left to try.
pub async fn redeem(
    app: &App,
    tenant: &Tenant,
    program: ProgramId,
    rewards: &[&str],
    now: Timestamp,
) -> Result<u64, Fault> {
    let mut random = Random::new(7);
    let mut wishes: Vec<(Timestamp, u64, &str)> = Vec::new();
    for card in 1..CARDS {
        let days = 2 + random.below(DAYS);
        let at = now.plus_micros(-i64::try_from(days).unwrap_or(2) * DAY);
        wishes.push((at, FIRST_CARD + card, *random.one(rewards)));
    }
    wishes.sort_unstable();
    let mut done = 0;
    for (at, card, reward) in wishes {
        let name = Identifier::new(EXTERNAL, &card.to_string(), &tenant.config.country)
            .map_err(Fault::failed)?;
        let found = members::store::by_identifier(&app.db, tenant.id, &name).await?;
        let Some(member) = found.filter(|member| member.enrolled_at <= at) else { continue };
        let redemption = RedemptionId(app.ids.next());
        let order = Reserve {
            redemption,
            reward: reward.to_owned(),
            quantity: 1,
            pay_minor: None,
            hold_until: None,
            capture: true,
        };
        let event = Event {
            id: EventId(0),
            tenant: tenant.id,
            account: member.account,
            program,
            source: "redemption".to_owned(),
            source_ref: redemption.to_string(),
            effective_at: at,
            recorded_at: now,
            actor: "demo".to_owned(),
            import: None,
            body: Body::Reserve(order),
        };
        let facts = Facts { member: member.id, ..Facts::default() };
        match app.ledger.post_one(Command::One { event, facts }).await {
            Ok(_) => done += 1,
            // Whoever had not enough then redeemed nothing.
            Err(PostError::Refused(_)) => {}
            Err(PostError::Unknown(error)) => return Err(Fault::failed(in_full(&*error))),
        }
    }
    Ok(done)
}

//! The part of a bill that points pay: tried before the sale, spent with it, given back with it.

use lazo_domain::account::{Redemption, RedemptionState};
use lazo_domain::ids::{EventId, RedemptionId};
use lazo_domain::program::{Program, RewardKind};
use lazo_store::ledger::StoredEvent;

use super::rung::Rung;
use super::{SOURCE, member_of};
use crate::App;
use crate::features::redemptions::api::{self as redemptions, NewRedemption};
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::Desk;

/// Spends the points that pay part of a sale.
pub(super) async fn pay(
    desk: &Desk<App>,
    program: &Program,
    rung: &Rung,
) -> Result<RedemptionId, Problem> {
    let new = payment(program, rung)?;
    Ok(redemptions::reserve(&desk.scope, &new).await?.id)
}

/// The redemption that pays part of a sale.
pub(super) fn payment(program: &Program, rung: &Rung) -> Result<NewRedemption, Problem> {
    let mut rewards = program.rewards.values();
    let reward = rewards.find(|reward| matches!(reward.kind, RewardKind::PartPayment { .. }));
    let reward = reward.ok_or_else(|| Problem::not_found("reward_not_found"))?;
    Ok(NewRedemption {
        member: rung.purchase.member.clone(),
        program: rung.purchase.program.clone(),
        reward: reward.code.clone(),
        quantity: 1,
        pay_minor: Some(rung.pay_minor),
        hold_until: None,
        capture: true,
        reference: paying(&rung.purchase.reference),
    })
}

/// The name of the redemption that pays part of the sale `reference`.
fn paying(reference: &str) -> String {
    format!("pay {reference}")
}

/// Why points do not pay that part, in words for whoever stands at the till.
pub(super) fn pay_refused(desk: &Desk<App>, program: &Program, problem: &Problem) -> String {
    let of_amount = problem.errors.iter().any(|error| error.pointer == "/pay_minor");
    let bounds = program.rewards.values().find_map(|reward| match &reward.kind {
        RewardKind::PartPayment { min_minor, max_minor, .. } => {
            Some(((*min_minor).max(1), *max_minor))
        }
        _ => None,
    });
    let money = |minor: i64| desk.locale.money(minor, program.currency);
    match bounds.filter(|_| of_amount) {
        Some((least, Some(most))) => {
            let args = Args::new().text("least", money(least)).text("most", money(most));
            desk.say("pos-till-pay-bounds", args)
        }
        Some((least, None)) => {
            desk.say("pos-till-pay-least", Args::new().text("least", money(least)))
        }
        None => problem.on_page(desk.locale),
    }
}

/// What points paid of a sale that was rung up here, as long as they have not come back.
pub(super) async fn paid(
    desk: &Desk<App>,
    sale: &StoredEvent,
) -> Result<Option<Redemption>, Problem> {
    if sale.event.source != SOURCE {
        return Ok(None);
    }
    let books = desk.scope.app.ledger.books();
    let account = books.account(desk.scope.tenant, sale.event.account).await?;
    let Some(account) = account else { return Ok(None) };
    let member = member_of(desk, &account.member.to_string()).await?;
    let id = redemptions::named(&member, &paying(&sale.event.source_ref));
    let found = books.redemption(desk.scope.tenant, sale.event.account, id).await?;
    Ok(found.filter(|redemption| redemption.state == RedemptionState::Captured))
}

/// Points that paid part of a sale come back with it. Asked again, it is done once.
pub(super) async fn give_paid_back(desk: &Desk<App>, sale: EventId) -> Result<(), Problem> {
    let books = desk.scope.app.ledger.books();
    let Some(sale) = books.event(desk.scope.tenant, sale).await? else { return Ok(()) };
    if let Some(redemption) = paid(desk, &sale).await? {
        redemptions::cancel(&desk.scope, redemption.id).await?;
    }
    Ok(())
}

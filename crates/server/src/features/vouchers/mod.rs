//! Vouchers: unique codes that a till accepts once, issued with a captured redemption.

pub mod api;
mod code;
pub mod console;
pub mod store;
#[cfg(test)]
mod tests;

use lazo_domain::account::{Redemption, RedemptionState};
use lazo_domain::ids::{AccountId, RedemptionId, TenantId};
use lazo_domain::program::{Program, Reward, RewardKind};
use lazo_domain::time::{DAY, Timestamp, Zone};
use lazo_store::{Db, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::App;
use crate::http::Scope;

/// A code and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voucher {
    /// The code, unique in the tenant.
    pub code: String,
    /// The redemption that paid for it, or the campaign that gave it.
    pub redemption: RedemptionId,
    /// Its place among the redemption's codes, from 0.
    pub place: i64,
    /// The account that paid.
    pub account: AccountId,
    /// The reward's code.
    pub reward: String,
    /// What it takes off a bill, in minor units, if it does.
    pub value_minor: Option<i64>,
    /// The currency of that.
    pub currency: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// The first instant at which it is no longer good.
    pub valid_until: Option<Timestamp>,
    /// `issued`, `used` or `withdrawn`.
    pub state: String,
    /// When it was used.
    pub used_at: Option<Timestamp>,
    /// The till's own name for the sale it was used in.
    pub used_reference: Option<String>,
}

/// A code as it is answered.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VoucherView {
    /// What the till reads.
    #[schema(example = "7KQ4-M2XD-9RTB")]
    pub code: String,
    /// The reward's code.
    pub reward: String,
    /// `issued`, `used`, `withdrawn` or `expired`.
    pub state: String,
    /// What it takes off a bill, in minor units, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_minor: Option<i64>,
    /// ISO 4217 code of that.
    pub currency: String,
    /// The first instant at which it is no longer good.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub valid_until: Option<Timestamp>,
    /// The redemption that paid for it.
    #[schema(value_type = String)]
    pub redemption: RedemptionId,
    /// When it was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub used_at: Option<Timestamp>,
}

impl Voucher {
    /// The view of it at `now`.
    #[must_use]
    pub fn view(self, now: Timestamp) -> VoucherView {
        let over = self.state == "issued" && self.valid_until.is_some_and(|end| end <= now);
        VoucherView {
            code: self.code,
            reward: self.reward,
            state: if over { "expired".to_owned() } else { self.state },
            value_minor: self.value_minor,
            currency: self.currency,
            valid_until: self.valid_until,
            redemption: self.redemption,
            used_at: self.used_at,
        }
    }
}

/// The codes of a redemption. For a captured one whose codes are missing (the process may have ended between the two)
/// they are issued now, so that no paid code is ever lost.
pub async fn of(
    scope: &Scope<App>,
    account: AccountId,
    redemption: &Redemption,
) -> Result<Vec<VoucherView>, StoreError> {
    let db = &scope.app.db;
    let mut found = store::of_redemption(db, scope.tenant, redemption.id).await?;
    let missing = found.is_empty() && redemption.state == RedemptionState::Captured;
    if missing && issue(scope, account, redemption).await? {
        found = store::of_redemption(db, scope.tenant, redemption.id).await?;
    }
    Ok(found.into_iter().map(|voucher| voucher.view(scope.now)).collect())
}

/// Issues the codes of a captured redemption; false when its reward has none.
async fn issue(
    scope: &Scope<App>,
    account: AccountId,
    paid: &Redemption,
) -> Result<bool, StoreError> {
    let programs = scope.app.programs.current(scope.tenant).await?;
    let Some(program) = programs.at(paid.program, paid.reserved_at) else { return Ok(false) };
    let Some(reward) = program.rewards.get(&paid.order.reward) else { return Ok(false) };
    let by_hand = matches!(reward.kind, RewardKind::Product | RewardKind::Experience { .. });
    if by_hand && !asked_by_member(scope, account, paid).await? {
        return Ok(false);
    }
    let Some((valid_until, value_minor)) = terms(reward, scope.now, &program.zone) else {
        return Ok(false);
    };
    let vouchers: Vec<Voucher> = (0..paid.order.quantity)
        .map(|place| Voucher {
            code: code::draw(scope.app.entropy.as_ref()),
            redemption: paid.id,
            place,
            account,
            reward: reward.code.clone(),
            value_minor,
            currency: program.currency.code().to_owned(),
            issued_at: scope.now,
            valid_until,
            state: "issued".to_owned(),
            used_at: None,
            used_reference: None,
        })
        .collect();
    store::insert(&scope.app.db, scope.tenant, &vouchers).await?;
    Ok(true)
}

/// A code that is given and not paid for: a campaign's, or nothing where the reward has no codes. The giver's id stands where
/// that of a redemption does, and `place` tells its codes apart.
#[must_use]
pub fn given(
    app: &App,
    (program, account): (&Program, AccountId),
    reward: &str,
    (giver, place): (RedemptionId, i64),
    now: Timestamp,
) -> Option<Voucher> {
    let reward = program.rewards.get(reward)?;
    let RewardKind::Voucher { .. } = reward.kind else { return None };
    let (valid_until, value_minor) = terms(reward, now, &program.zone)?;
    Some(Voucher {
        code: code::draw(app.entropy.as_ref()),
        redemption: giver,
        place,
        account,
        reward: reward.code.clone(),
        value_minor,
        currency: program.currency.code().to_owned(),
        issued_at: now,
        valid_until,
        state: "issued".to_owned(),
        used_at: None,
        used_reference: None,
    })
}

/// Until when a code of a reward that is given at `at` is good; `None` when it is good for ever, or there is no such reward.
#[must_use]
pub fn good_until(program: &Program, reward: &str, at: Timestamp) -> Option<Timestamp> {
    terms(program.rewards.get(reward)?, at, &program.zone)?.0
}

/// Until when a code of the reward is good, and what it takes off a bill; `None` when it has no codes.
fn terms(reward: &Reward, now: Timestamp, zone: &Zone) -> Option<(Option<Timestamp>, Option<i64>)> {
    match &reward.kind {
        RewardKind::Voucher { valid_for, value_minor } => {
            Some((valid_for.map(|term| term.after(now, zone)), *value_minor))
        }
        RewardKind::Product => Some((None, None)),
        // Whoever comes late is let in still, for a day.
        RewardKind::Experience { starts_at } => Some((Some(starts_at.plus_micros(DAY)), None)),
        // The code is what the back office ticks off: it takes nothing off a bill at a till.
        RewardKind::Donation { .. } | RewardKind::InvoiceCredit { .. } => Some((None, None)),
        RewardKind::PartPayment { .. } | RewardKind::TierBoost { .. } => None,
    }
}

/// Did the member redeem it alone? Then somebody has to hand it over later, by a code; whatever staff or a shop
/// redeems is handed over by them at once.
async fn asked_by_member(
    scope: &Scope<App>,
    account: AccountId,
    paid: &Redemption,
) -> Result<bool, StoreError> {
    let event = scope.app.ledger.books().event_of(scope.tenant, account, paid.event).await?;
    Ok(event.is_some_and(|stored| stored.event.actor.starts_with("member:")))
}

/// May the member undo a redemption with these codes? Only what nobody has had yet: a bill that points paid, or a thing
/// that was handed over the counter, has no code.
#[must_use]
pub fn undoable(codes: &[VoucherView]) -> bool {
    !codes.is_empty() && codes.iter().all(|code| code.state == "issued")
}

/// Withdraws all codes of a redemption; false, and nothing changes, when one was used.
pub async fn withdraw(
    db: &Db,
    tenant: TenantId,
    redemption: RedemptionId,
) -> Result<bool, StoreError> {
    let mut tx = db.begin().await?;
    store::set_state(&mut tx, tenant, redemption, "issued", "withdrawn").await?;
    if store::used(&mut tx, tenant, redemption).await? {
        tx.rollback().await?;
        return Ok(false);
    }
    tx.commit().await?;
    Ok(true)
}

/// Makes withdrawn codes good again, when the redemption could not be cancelled after all.
pub async fn restore(
    db: &Db,
    tenant: TenantId,
    redemption: RedemptionId,
) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    store::set_state(&mut tx, tenant, redemption, "withdrawn", "issued").await?;
    tx.commit().await
}

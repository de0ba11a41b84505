//! Endpoints of rewards.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use lazo_domain::account::Account;
use lazo_domain::program::{Program, Reward, RewardKind};
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::features::ledger::post;
use crate::features::members;
use crate::http::{Access, Asked, PathId, Problem, Role, Scope};

const READERS: &[Role] = &[
    Role::Cashier,
    Role::Agent,
    Role::Analyst,
    Role::ProgramManager,
    Role::Finance,
    Role::Admin,
    Role::Backend,
];

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/rewards", "rewards:read", READERS).and_own(),
    Access::get("/rewards/{reward}", "rewards:read", READERS).and_own(),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_rewards)).routes(routes!(get_reward))
}

/// Which rewards, and for whom.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RewardQuery {
    /// The program's code; the only one of the tenant when absent.
    program: Option<String>,
    /// Prices and what can be had now are those of this member. A member who asks sees his or her own.
    member: Option<String>,
}

/// A reward, its price, and whether it can be had now.
#[derive(Debug, Serialize, ToSchema)]
pub struct RewardView {
    /// Its code.
    #[schema(example = "coffee")]
    pub code: String,
    /// Its name by language.
    pub name: BTreeMap<String, String>,
    /// `product`, `voucher`, `part_payment`, `experience`, `donation`, `invoice_credit` or `tier_boost`.
    pub kind: &'static str,
    /// The code of the point type that pays.
    pub point_type: String,
    /// What one costs, in smallest units; for the member asked about, the lowest price that applies.
    pub price: i64,
    /// What it takes off a bill or gives to a cause, in minor units, if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_minor: Option<i64>,
    /// From when it can be had.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    /// The first instant at which it can no longer be had.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// How many are left, if they are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<i64>,
    /// Can it be had now (in time, in stock and, for a member, affordable)?
    pub available: bool,
    /// Why not: `not_begun`, `ended`, `out_of_stock`, `tier_held`, `insufficient_balance`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// How many points the member still lacks, with `insufficient_balance`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<i64>,
}

/// Every reward of a program.
#[derive(Debug, Serialize, ToSchema)]
pub struct RewardsView {
    /// The rewards, the cheapest first.
    items: Vec<RewardView>,
}

/// What points buy, the cheapest first; for a member with what can be had now and what is missing.
#[utoipa::path(get, path = "/rewards", tag = "rewards", params(RewardQuery),
    responses((status = 200, body = RewardsView)))]
async fn list_rewards(
    scope: Scope<App>,
    Asked(query): Asked<RewardQuery>,
) -> Result<Json<RewardsView>, Problem> {
    let items = Shop::open(&scope, &query).await?.all();
    Ok(Json(RewardsView { items }))
}

/// One reward.
#[utoipa::path(get, path = "/rewards/{reward}", tag = "rewards",
    params(("reward" = String, Path, description = "The reward's code"), RewardQuery),
    responses((status = 200, body = RewardView)))]
async fn get_reward(
    scope: Scope<App>,
    PathId(code): PathId<String>,
    Asked(query): Asked<RewardQuery>,
) -> Result<Json<RewardView>, Problem> {
    let shop = Shop::open(&scope, &query).await?;
    let reward = shop.program.rewards.get(&code);
    reward
        .map(|reward| Json(shop.view(reward)))
        .ok_or_else(|| Problem::not_found("reward_not_found"))
}

/// The rewards of `program` as the member who calls sees them, the cheapest first.
pub async fn for_caller(
    scope: &Scope<App>,
    program: Arc<Program>,
) -> Result<Vec<RewardView>, Problem> {
    Ok(Shop::over(scope, program, scope.member().map(|_| "me")).await?.all())
}

/// The rewards of `program` as `member` would get them, the cheapest first.
pub async fn for_member(
    scope: &Scope<App>,
    program: Arc<Program>,
    member: &str,
) -> Result<Vec<RewardView>, Problem> {
    Ok(Shop::over(scope, program, Some(member)).await?.all())
}

/// A program's rewards as one member, or nobody in particular, sees them.
struct Shop {
    program: Arc<Program>,
    account: Option<Account>,
    used: BTreeMap<String, i64>,
    now: Timestamp,
}

impl Shop {
    async fn open(scope: &Scope<App>, query: &RewardQuery) -> Result<Self, Problem> {
        let program = post::program(scope, query.program.as_deref(), scope.now).await?;
        let asked = query.member.as_deref().or_else(|| scope.member().map(|_| "me"));
        Self::over(scope, program, asked).await
    }

    async fn over(
        scope: &Scope<App>,
        program: Arc<Program>,
        asked: Option<&str>,
    ) -> Result<Self, Problem> {
        let books = scope.app.ledger.books();
        let account = match asked {
            None => None,
            Some(text) => {
                let member = members::resolve(scope, text).await?;
                books.account(scope.tenant, member.account).await?
            }
        };
        let keys: Vec<String> =
            program.rewards.keys().map(|code| program.stock_key(code)).collect();
        let used = books.resources(scope.tenant, &keys).await?;
        Ok(Self { program, account, used, now: scope.now })
    }

    /// Every reward, the cheapest first.
    fn all(&self) -> Vec<RewardView> {
        let mut items: Vec<_> = self.program.rewards.values().map(|r| self.view(r)).collect();
        items.sort_by(|a, b| (a.price, &a.code).cmp(&(b.price, &b.code)));
        items
    }

    fn view(&self, reward: &Reward) -> RewardView {
        let tier = |group: &str| self.account.as_ref().map_or("", |account| account.tier(group));
        let least = match &reward.kind {
            RewardKind::PartPayment { min_minor, .. } => Some((*min_minor).max(1)),
            _ => None,
        };
        let price = reward.cost(1, least, tier).unwrap_or(reward.price).0;
        let used = self.used.get(&self.program.stock_key(&reward.code)).copied().unwrap_or(0);
        let left = reward.stock.map(|stock| (stock - used).max(0));
        let missing = self.missing(reward, price);
        let reason = if reward.from.is_some_and(|from| self.now < from) {
            Some("not_begun")
        } else if self.is_over(reward) {
            Some("ended")
        } else if left == Some(0) {
            Some("out_of_stock")
        } else if self.is_held(reward) {
            Some("tier_held")
        } else {
            missing.map(|_| "insufficient_balance")
        };
        RewardView {
            code: reward.code.clone(),
            name: reward.name.clone(),
            kind: reward.kind.name(),
            point_type: reward.point_type.clone(),
            price,
            value_minor: reward.kind.value_minor().or(least),
            from: reward.from,
            until: reward.until,
            left,
            available: reason.is_none(),
            reason,
            missing: missing.filter(|_| reason == Some("insufficient_balance")),
        }
    }

    fn is_over(&self, reward: &Reward) -> bool {
        let began =
            matches!(&reward.kind, RewardKind::Experience { starts_at } if self.now >= *starts_at);
        began || reward.until.is_some_and(|until| self.now >= until)
    }

    /// Does the member stand on the step that it lifts to, or above?
    fn is_held(&self, reward: &Reward) -> bool {
        let RewardKind::TierBoost { group, tier, .. } = &reward.kind else { return false };
        let (Some(account), Some(group)) = (&self.account, self.program.tier_groups.get(group))
        else {
            return false;
        };
        group.rank(account.tier(&group.code)) >= group.rank(tier)
    }

    /// What the member still lacks; nothing when nobody in particular asks.
    fn missing(&self, reward: &Reward, price: i64) -> Option<i64> {
        let account = self.account.as_ref()?;
        let point_type = self.program.point_type(&reward.point_type)?;
        let missing = price - account.balance(point_type.id).available.0;
        (missing > 0).then_some(missing)
    }
}

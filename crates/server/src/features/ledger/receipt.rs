//! What an event did, as the API answers it: changes, balances, tiers, and the reasons in words.

use std::collections::BTreeMap;
use std::sync::Arc;

use lazo_domain::account::Balance;
use lazo_domain::decision::Outcome;
use lazo_domain::event::Event;
use lazo_domain::ids::{AccountId, EventId, PointTypeId};
use lazo_domain::program::{ProgramConfig, Programs};
use lazo_domain::time::Timestamp;
use lazo_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Speaker, Told};
use crate::App;
use crate::features::programs;
use crate::http::Scope;

/// A point type's code and decimals by id.
pub type PointTypes = BTreeMap<PointTypeId, (String, u8)>;

/// What an event did.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReceiptView {
    /// The event's id.
    #[schema(value_type = String, example = "evt_0000000000001")]
    pub id: EventId,
    /// What kind of event it is, such as `purchase`.
    pub kind: &'static str,
    /// The account it happened to.
    #[schema(value_type = String, example = "acc_0000000000001")]
    pub account: AccountId,
    /// The program's code.
    pub program: String,
    /// The version of the program that decided.
    pub program_version: i64,
    /// Where it came from.
    pub source: String,
    /// The source's own name for it.
    pub reference: String,
    /// When it counts.
    #[schema(value_type = String, format = DateTime)]
    pub effective_at: Timestamp,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    /// Was it done before, and this is what it did then?
    pub replayed: bool,
    /// What changed, by point type and side.
    pub changes: Vec<ChangeView>,
    /// Balances afterward, of the point types that changed.
    pub balances: Vec<BalanceView>,
    /// Tiers that changed.
    pub tiers: Vec<TierChangeView>,
    /// Why, in words.
    pub explanation: ExplanationView,
}

/// A change of points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangeView {
    /// The point type's code.
    #[schema(example = "points")]
    pub point_type: String,
    /// `available`, `pending` or `held`.
    #[schema(example = "available")]
    pub side: &'static str,
    /// By how much, in smallest units.
    #[schema(example = 60)]
    pub points: i64,
}

/// What an account has of one point type, in smallest units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct BalanceView {
    /// The point type's code.
    #[schema(example = "points")]
    pub point_type: String,
    /// Decimals of the smallest unit: with 2, 150 means 1.50 points.
    pub decimals: u8,
    /// Free to spend; below zero is a debt.
    pub available: i64,
    /// Granted, not yet released.
    pub pending: i64,
    /// Set aside for redemptions.
    pub held: i64,
}

/// A tier that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TierChangeView {
    /// The ladder's code.
    pub group: String,
    /// The tier before; empty is below the first.
    pub from: String,
    /// The tier now.
    pub to: String,
}

/// Why something had the effect it had, in the caller's language. Empty when the caller wanted no words.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct ExplanationView {
    /// One line that sums up.
    #[schema(example = "60 points: 60 for €60.00 (1 per €1.00, rule “base”).")]
    pub headline: String,
    /// The other steps, one sentence each.
    pub details: Vec<String>,
}

impl ReceiptView {
    /// The view of what `event` did.
    pub async fn of(
        scope: &Scope<App>,
        event: &Event,
        outcome: &Outcome,
        replayed: bool,
    ) -> Result<Self, StoreError> {
        let mut view = Self::brief(scope, event, outcome, replayed).await?;
        let programs = programs::of(scope).await?;
        let types = point_types(&programs);
        let document = scope
            .app
            .programs
            .document(scope.tenant, event.program, outcome.program_version)
            .await?;
        view.explanation = explain(scope, document, outcome, &types);
        Ok(view)
    }

    /// The view of what `event` did, without words.
    pub async fn brief(
        scope: &Scope<App>,
        event: &Event,
        outcome: &Outcome,
        replayed: bool,
    ) -> Result<Self, StoreError> {
        let programs = programs::of(scope).await?;
        let types = point_types(&programs);
        let code = programs.latest(event.program).map(|program| program.code.clone());
        Ok(Self {
            id: event.id,
            kind: event.body.kind().name(),
            account: event.account,
            program: code.unwrap_or_default(),
            program_version: outcome.program_version,
            source: event.source.clone(),
            reference: event.source_ref.clone(),
            effective_at: event.effective_at,
            recorded_at: event.recorded_at,
            replayed,
            changes: changes(outcome, &types),
            balances: balances(&outcome.balances, &types),
            tiers: tiers(outcome),
            explanation: ExplanationView::default(),
        })
    }
}

/// Codes and decimals of all point types of a tenant's programs.
#[must_use]
pub fn point_types(programs: &Programs) -> PointTypes {
    let latest = programs.ids().filter_map(|id| programs.latest(id));
    let types = latest.flat_map(|program| program.point_types.values());
    types.map(|point_type| (point_type.id, (point_type.code.clone(), point_type.scale))).collect()
}

/// Balances with their point types' codes.
#[must_use]
pub fn balances(balances: &BTreeMap<PointTypeId, Balance>, types: &PointTypes) -> Vec<BalanceView> {
    let view = |(id, balance): (&PointTypeId, &Balance)| {
        let (point_type, decimals) = named(*id, types);
        BalanceView {
            point_type,
            decimals,
            available: balance.available.0,
            pending: balance.pending.0,
            held: balance.held.0,
        }
    };
    balances.iter().map(view).collect()
}

fn changes(outcome: &Outcome, types: &PointTypes) -> Vec<ChangeView> {
    let view = |change: &lazo_domain::decision::Change| ChangeView {
        point_type: named(change.point_type, types).0,
        side: change.side.name(),
        points: change.points.0,
    };
    outcome.changes.iter().map(view).collect()
}

fn tiers(outcome: &Outcome) -> Vec<TierChangeView> {
    let view = |(group, from, to): &(String, String, String)| TierChangeView {
        group: group.clone(),
        from: from.clone(),
        to: to.clone(),
    };
    outcome.tiers.iter().map(view).collect()
}

fn explain(
    scope: &Scope<App>,
    document: Option<Arc<ProgramConfig>>,
    outcome: &Outcome,
    types: &PointTypes,
) -> ExplanationView {
    let Some(document) = document else {
        return ExplanationView::default();
    };
    let codes = types.iter().map(|(id, (code, _))| (*id, code.clone())).collect();
    let Told { headline, details } = Speaker::new(scope.locale(), &document, &codes).tell(outcome);
    ExplanationView { headline, details }
}

fn named(id: PointTypeId, types: &PointTypes) -> (String, u8) {
    types.get(&id).cloned().unwrap_or_else(|| (id.to_string(), 0))
}

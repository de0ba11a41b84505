//! A member's movements as rows: what, where, when, and the effect, or why there was none.

use lazo_domain::decision::Side;
use lazo_domain::event::Body;
use lazo_domain::explain::Step;
use lazo_domain::ids::EventId;
use lazo_store::StoreError;
use lazo_store::ledger::StoredEvent;
use maud::{Markup, html};

use super::holdings::{Holding, Purse};
use crate::App;
use crate::features::ledger::receipt::ReceiptView;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::Own;

/// A movement as one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// The event.
    pub event: EventId,
    /// What and where.
    pub what: String,
    /// When it counted.
    pub when: String,
    /// By how much it changed what can be used, now or later, in smallest units.
    pub points: i64,
    /// The same as people write it: `+60`.
    pub effect: String,
    /// Why there was none.
    pub why: Option<String>,
}

/// Movements before `before`, the newest first.
pub async fn page(
    own: &Own<App>,
    purse: &Purse,
    before: Option<EventId>,
    limit: usize,
) -> Result<(Vec<Movement>, Option<EventId>), Problem> {
    let books = own.scope.app.ledger.books();
    let wanted = i64::try_from(limit).unwrap_or(1) + 1;
    let mut found = books.events(own.scope.tenant, purse.account.id, before, wanted).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().map(|stored| stored.event.id).filter(|_| more);
    let mut rows = Vec::with_capacity(found.len());
    for stored in &found {
        rows.push(movement(own, purse, stored).await?);
    }
    Ok((rows, last))
}

/// One movement.
pub async fn movement(
    own: &Own<App>,
    purse: &Purse,
    stored: &StoredEvent,
) -> Result<Movement, StoreError> {
    let holding = holding_of(purse, stored);
    let points = effect(purse, stored);
    let silent = points == 0 && gives_nothing(stored);
    let why = if silent {
        let outcome = lazo_domain::decision::Outcome {
            steps: silent_step(purse, stored).into_iter().collect(),
            ..stored.outcome.clone()
        };
        let told = ReceiptView::of(&own.scope, &stored.event, &outcome, false).await?;
        told.explanation.details.into_iter().next()
    } else {
        None
    };
    let number = holding.map_or_else(|| points.to_string(), |h| h.number(points.abs(), own.locale));
    let effect = match points {
        0 => number,
        _ if points > 0 => format!("+{number}"),
        _ => format!("−{number}"),
    };
    let zone = holding.map_or_else(lazo_domain::time::Zone::utc, |h| h.program.zone.clone());
    Ok(Movement {
        event: stored.event.id,
        what: what(own, purse, stored),
        when: own.locale.moment(stored.event.effective_at, &zone),
        points,
        effect,
        why,
    })
}

/// The row of a movement, which opens its page.
#[must_use]
pub fn row(own: &Own<App>, movement: &Movement) -> Markup {
    let Movement { event, what, when, points, effect, why } = movement;
    html! {
        a.row href=(own.at(&format!("/points/{event}"))) {
            span.what { (what) }
            span.effect.plus[*points > 0] { (effect) }
            span.when { (when) }
            @if let Some(why) = why { span.why { (why) } }
        }
    }
}

/// What happened, and where: `Compra en Aurora Centro`.
pub fn what(own: &Own<App>, purse: &Purse, stored: &StoredEvent) -> String {
    let kind = own.say("ledger-kind", Args::new().text("kind", stored.event.body.kind().name()));
    let place = match &stored.event.body {
        Body::Purchase(purchase) => purchase.store.clone(),
        Body::Custom(custom) => rule_name(own, purse, &custom.name),
        _ => reward_name(own, purse, stored),
    };
    match (place, &stored.event.body) {
        (Some(place), Body::Purchase(_)) => {
            own.say("accounts-at", Args::new().text("kind", kind).text("place", place))
        }
        (Some(name), Body::Custom(_)) => name,
        (Some(name), _) => {
            own.say("accounts-of", Args::new().text("kind", kind).text("name", name))
        }
        (None, _) => kind,
    }
}

/// The name of the first rule that listens to an event of this name.
fn rule_name(own: &Own<App>, purse: &Purse, event: &str) -> Option<String> {
    let mut rules = purse.all().flat_map(|holding| &holding.document.earning_rules);
    let rule = rules.find(|rule| rule.on == event)?;
    own.locale.pick(&rule.name).map(str::to_owned)
}

fn reward_name(own: &Own<App>, purse: &Purse, stored: &StoredEvent) -> Option<String> {
    let code = &stored.outcome.redemption.as_ref()?.order.reward;
    let mut rewards = purse.all().flat_map(|holding| &holding.document.rewards);
    let reward = rewards.find(|reward| reward.code == *code)?;
    own.locale.pick(&reward.name).map(str::to_owned)
}

/// The holding whose points an event moved; when it moved none, the first one of its program.
fn holding_of<'p>(purse: &'p Purse, stored: &StoredEvent) -> Option<&'p Holding> {
    let moved = |holding: &&Holding| {
        stored.outcome.changes.iter().any(|change| change.point_type == holding.point_type)
    };
    let of_program = |holding: &&Holding| holding.program.id == stored.event.program;
    purse.all().find(moved).or_else(|| purse.all().find(of_program)).or_else(|| purse.first())
}

/// What became usable, now or later, less what ceased to be.
fn effect(purse: &Purse, stored: &StoredEvent) -> i64 {
    let Some(holding) = holding_of(purse, stored) else { return 0 };
    let changes = stored.outcome.changes.iter();
    changes
        .filter(|change| change.point_type == holding.point_type)
        .filter(|change| matches!(change.side, Side::Available | Side::Pending))
        .fold(0, |sum, change| sum.saturating_add(change.points.0))
}

/// The step that says best why there is nothing: that of the whole, else of the first rule for points that can be spent.
fn silent_step(purse: &Purse, stored: &StoredEvent) -> Option<Step> {
    let steps = &stored.outcome.steps;
    let spendable = |code: &str| {
        purse.all().any(|holding| {
            let rules = &holding.document.earning_rules;
            rules.iter().any(|rule| rule.code == code && rule.point_type == holding.code)
        })
    };
    let whole = steps.iter().find(|step| matches!(step, Step::Nothing { .. }));
    let rule = steps.iter().find(|step| matches!(step, Step::Zero { rule, .. } if spendable(rule)));
    whole.or(rule).cloned()
}

/// Did something that could give points give none?
fn gives_nothing(stored: &StoredEvent) -> bool {
    let zero = |step: &Step| matches!(step, Step::Nothing { .. } | Step::Zero { .. });
    matches!(stored.event.body, Body::Purchase(_) | Body::Custom(_))
        && stored.outcome.steps.iter().any(zero)
}

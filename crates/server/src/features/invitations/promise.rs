//! What both get, as the live rules of the brand's programs say it: nothing is promised elsewhere.

use lazo_domain::rules::{EarningRule, RuleEffect};
use lazo_domain::time::Timestamp;

use super::{REFERRAL, REFERRED};
use crate::App;
use crate::features::accounts::holdings::{in_force, name};
use crate::http::{Problem, Scope};
use crate::i18n::Args;
use crate::web::Visit;

/// What who invites gets, and what who comes gets, each in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Promise {
    /// For who invites.
    pub inviter: Vec<String>,
    /// For who comes.
    pub invited: Vec<String>,
}

/// What the rules promise now.
pub(super) async fn of(
    scope: &Scope<App>,
    visit: &Visit,
    now: Timestamp,
) -> Result<Promise, Problem> {
    let mut promise = Promise::default();
    for (_, document) in in_force(scope, &visit.site.programs).await? {
        let live = |rule: &&EarningRule| {
            rule.from.is_none_or(|from| from <= now) && rule.until.is_none_or(|end| end > now)
        };
        for rule in document.earning_rules.iter().filter(live) {
            let RuleEffect::Fixed { points } = rule.effect else { continue };
            let kind = document.point_types.iter().find(|kind| kind.code == rule.point_type);
            let number = visit.locale.number(points, kind.map_or(0, |kind| kind.scale));
            let called = name(&document, &rule.point_type, visit.locale);
            let args = Args::new().text("number", number).text("name", called);
            let words = visit.say("accounts-amount", args);
            match rule.on.as_str() {
                REFERRAL => promise.inviter.push(words),
                REFERRED => promise.invited.push(words),
                _ => {}
            }
        }
    }
    Ok(promise)
}

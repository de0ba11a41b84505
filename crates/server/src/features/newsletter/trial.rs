//! An issue's letter before it leaves: as a preview, to the octet, and as a trial to the person who asks for it.

use lazo_domain::ids::NewsletterIssueId;
use serde_json::json;

use super::press::Press;
use super::{Issue, get};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::campaigns;
use crate::http::{Problem, Scope};
use crate::i18n::Locale;
use crate::mail::{Bulk, Letter};

/// The token of letters that are not sent to the list: it is nobody's.
const NOBODYS: &str = "lzn_preview";

/// The letter of an issue as somebody on the list reads it, with what its head says besides.
pub async fn preview(
    scope: &Scope<App>,
    issue: &Issue,
    locale: Option<Locale>,
) -> Result<(Letter, Bulk), Problem> {
    let press = Press::of(&scope.app, scope.tenant, issue.brand).await?;
    let press = press.ok_or_else(|| Problem::new(409, "newsletter_no_portal"))?;
    let locale = locale.unwrap_or(press.tenant.config.locale());
    let letter = press.letter(issue, locale, "ana@example.com", NOBODYS);
    let letter = letter.ok_or_else(|| Problem::not_found("newsletter_issue_not_found"))?;
    let bulk = press.bulk(format!("preview.{}", issue.id), NOBODYS, scope.now);
    Ok((letter, bulk))
}

/// Sends the letter of an issue to the caller, and to nobody else.
pub async fn trial(
    scope: &Scope<App>,
    id: NewsletterIssueId,
    locale: Option<Locale>,
) -> Result<String, Problem> {
    let to = campaigns::own_address(scope).await?;
    let issue = get(scope, id).await?;
    let (letter, bulk) = preview(scope, &issue, locale).await?;
    let letter = Letter { to: to.clone(), ..letter };
    let name = format!("trial.{}", scope.app.ids.next());
    let bulk = Bulk { name, at: scope.caller.real_now, ..bulk };
    scope.app.mailer.send_bulk(&letter, &bulk).await.map_err(|fault| {
        tracing::warn!(error = &fault as &dyn std::error::Error, "a trial letter did not leave");
        Problem::new(409, "campaign_no_mail")
    })?;
    let mut tx = scope.app.db.begin().await?;
    audit::record(&mut tx, &Deed::of(scope, "newsletter_issue.tried", id, json!({}))).await?;
    tx.commit().await?;
    Ok(to)
}

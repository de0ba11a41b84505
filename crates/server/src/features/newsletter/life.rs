//! An issue's way: written, agreed to by somebody else, given its hour, and stopped if need be.

use lazo_domain::ids::NewsletterIssueId;
use lazo_domain::time::Timestamp;
use serde_json::{Value, json};

use super::settings::{self, Newsletter};
use super::{Issue, IssueDraft, store};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::campaigns::content::{check_texts, has};
use crate::features::{campaigns, segments};
use crate::http::{FieldError, Problem, Scope};

/// What may be filled in: those who read it are nobody that a program knows.
const PLACES: [&str; 1] = ["brand"];
/// Octets of the secret that tokens are made with.
const SECRET: usize = 32;
/// The longest note of a second person.
const MAX_NOTE: usize = 2_000;

/// Makes an issue, a draft of the caller's.
pub async fn make(scope: &Scope<App>, draft: IssueDraft) -> Result<Issue, Problem> {
    let newsletter = check(scope, &draft).await?;
    let now = scope.caller.real_now;
    let mut secret = vec![0; SECRET];
    scope.app.entropy.fill(&mut secret);
    let issue = Issue {
        id: NewsletterIssueId(scope.app.ids.next()),
        brand: newsletter.brand,
        topic: draft.topic.unwrap_or_default(),
        state: "draft".to_owned(),
        texts: draft.texts,
        secret,
        authors: vec![scope.actor().to_owned()],
        created_at: now,
        changed_at: now,
        submitted_at: None,
        approved_by: None,
        approved_at: None,
        send_at: None,
        started_at: None,
        drawn_to: i64::MIN,
        drawn_at: None,
        ended_at: None,
        revision: 1,
    };
    let mut tx = scope.app.db.begin().await?;
    store::insert(&mut tx, scope.tenant, &issue).await?;
    let detail = json!({ "brand": issue.brand });
    audit::record(&mut tx, &Deed::of(scope, "newsletter_issue.made", issue.id, detail)).await?;
    tx.commit().await?;
    Ok(issue)
}

/// Changes an issue that was not given its hour: it is a draft again, and what was agreed to is so no more.
pub async fn change(
    scope: &Scope<App>,
    id: NewsletterIssueId,
    draft: IssueDraft,
) -> Result<Issue, Problem> {
    let mut issue = in_state(scope, id, &["draft", "in_approval", "approved"]).await?;
    let newsletter = check(scope, &draft).await?;
    issue.brand = newsletter.brand;
    issue.topic = draft.topic.unwrap_or_default();
    issue.texts = draft.texts;
    if !issue.authors.iter().any(|author| author == scope.actor()) {
        issue.authors.push(scope.actor().to_owned());
    }
    issue.changed_at = scope.caller.real_now;
    back_to_draft(&mut issue);
    keep(scope, &issue, "newsletter_issue.changed", json!({})).await?;
    Ok(issue)
}

/// Asks others to agree.
pub async fn submit(scope: &Scope<App>, id: NewsletterIssueId) -> Result<Issue, Problem> {
    let mut issue = in_state(scope, id, &["draft"]).await?;
    issue.state = "in_approval".to_owned();
    issue.submitted_at = Some(scope.caller.real_now);
    keep(scope, &issue, "newsletter_issue.submitted", json!({})).await?;
    Ok(issue)
}

/// Agrees, or sends back with what is to be done. Nobody agrees to his or her own work.
pub async fn decide(
    scope: &Scope<App>,
    id: NewsletterIssueId,
    approved: bool,
    note: &str,
) -> Result<Issue, Problem> {
    let mut issue = in_state(scope, id, &["in_approval"]).await?;
    if approved && campaigns::is_among(scope, &issue.authors).await? {
        return Err(Problem::new(403, "four_eyes"));
    }
    let note = note.trim();
    if !approved && note.is_empty() {
        return Err(Problem::field("/note", "required", "say what is to be changed"));
    }
    if note.chars().count() > MAX_NOTE {
        let detail = format!("must have at most {MAX_NOTE} characters");
        return Err(Problem::field("/note", "too_long", detail));
    }
    if approved {
        issue.state = "approved".to_owned();
        issue.approved_by = Some(scope.actor().to_owned());
        issue.approved_at = Some(scope.caller.real_now);
    } else {
        back_to_draft(&mut issue);
    }
    let verdict = if approved { "approved" } else { "sent_back" };
    let word = store::Word {
        author: scope.actor().to_owned(),
        at: scope.caller.real_now,
        verdict: verdict.to_owned(),
        body: note.to_owned(),
    };
    let mut tx = scope.app.db.begin().await?;
    guarded(store::update(&mut tx, scope.tenant, &issue).await?)?;
    store::say(&mut tx, scope.tenant, id, scope.app.ids.next(), &word).await?;
    let detail = json!({ "verdict": verdict });
    audit::record(&mut tx, &Deed::of(scope, "newsletter_issue.decided", id, detail)).await?;
    tx.commit().await?;
    get(scope, id).await
}

/// Gives an approved issue its hour; one that has passed means now.
pub async fn schedule(
    scope: &Scope<App>,
    id: NewsletterIssueId,
    send_at: Option<Timestamp>,
) -> Result<Issue, Problem> {
    let mut issue = in_state(scope, id, &["approved"]).await?;
    if !scope.app.mailer.is_ready() {
        return Err(Problem::new(409, "campaign_no_mail"));
    }
    issue.state = "scheduled".to_owned();
    issue.send_at = Some(send_at.unwrap_or(scope.now).max(scope.now));
    let detail = json!({ "send_at": issue.send_at });
    keep(scope, &issue, "newsletter_issue.scheduled", detail).await?;
    Ok(issue)
}

/// Stops an issue: no further letter leaves.
pub async fn cancel(scope: &Scope<App>, id: NewsletterIssueId) -> Result<Issue, Problem> {
    let open = ["draft", "in_approval", "approved", "scheduled", "sending"];
    let mut issue = in_state(scope, id, &open).await?;
    let was = std::mem::replace(&mut issue.state, "cancelled".to_owned());
    issue.ended_at = Some(scope.now);
    keep(scope, &issue, "newsletter_issue.cancelled", json!({ "was": was })).await?;
    Ok(issue)
}

/// One issue.
pub async fn get(scope: &Scope<App>, id: NewsletterIssueId) -> Result<Issue, Problem> {
    let found = store::by_id(&scope.app.db, scope.tenant, id).await?;
    found.ok_or_else(|| Problem::not_found("newsletter_issue_not_found"))
}

async fn in_state(
    scope: &Scope<App>,
    id: NewsletterIssueId,
    states: &[&str],
) -> Result<Issue, Problem> {
    let issue = get(scope, id).await?;
    if states.contains(&issue.state.as_str()) {
        return Ok(issue);
    }
    Err(Problem::new(409, "newsletter_issue_state").with("state", issue.state))
}

fn back_to_draft(issue: &mut Issue) {
    issue.state = "draft".to_owned();
    issue.submitted_at = None;
    issue.approved_by = None;
    issue.approved_at = None;
}

/// Checks a draft; answers the newsletter that it is an issue of.
async fn check(scope: &Scope<App>, draft: &IssueDraft) -> Result<Newsletter, Problem> {
    let tenant = segments::own_tenant(scope).await?;
    let main = tenant.config.locale();
    let mut errors = check_texts(&draft.texts, "/texts", &PLACES, &Default::default());
    let mut wrong = |pointer: &str, detail: String| {
        let (pointer, code) = (pointer.to_owned(), "invalid".to_owned());
        errors.push(FieldError { pointer, code, detail });
    };
    if !has(&draft.texts, main) {
        wrong("/texts", format!("write it in {main} at least"));
    }
    let found = settings::named(scope, &draft.brand).await?.and_then(|(_, newsletter)| newsletter);
    let topic = draft.topic.as_deref().unwrap_or_default();
    match &found {
        None => wrong("/brand", "has no newsletter: set it up first".to_owned()),
        Some(found) if !topic.is_empty() && found.settings.topic(topic, main).is_none() => {
            wrong("/topic", "is no topic of this newsletter".to_owned());
        }
        Some(_) => {}
    }
    match found {
        Some(found) if errors.is_empty() => Ok(found),
        _ => Err(Problem::invalid(errors)),
    }
}

async fn keep(
    scope: &Scope<App>,
    issue: &Issue,
    action: &str,
    detail: Value,
) -> Result<(), Problem> {
    let mut tx = scope.app.db.begin().await?;
    guarded(store::update(&mut tx, scope.tenant, issue).await?)?;
    audit::record(&mut tx, &Deed::of(scope, action, issue.id, detail)).await?;
    tx.commit().await?;
    Ok(())
}

/// Somebody else may have changed the issue since it was read: nothing is kept then.
fn guarded(kept: bool) -> Result<(), Problem> {
    if kept { Ok(()) } else { Err(Problem::new(409, "newsletter_issue_changed")) }
}

//! A campaign's way: written, agreed to by somebody else, given its hour, and stopped if need be.

use lazo_domain::ids::{CampaignId, RedemptionId};
use lazo_domain::program::RewardKind;
use lazo_domain::time::Timestamp;
use serde_json::{Value, json};

use super::print::{self, POST};
use super::{CHANNELS, Campaign, Draft, EMAIL, MAX_HOLDOUT, MAX_WINDOW, PURPOSES, letter, store};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::segments::{self, Segment};
use crate::features::{consents, programs, vouchers};
use crate::http::{FieldError, Problem, Scope};

/// Octets of the secret that tokens are made with.
const SECRET: usize = 32;
/// The longest word about a campaign.
const MAX_WORD: usize = 2_000;

/// Makes a campaign, a draft of the caller's.
pub async fn make(scope: &Scope<App>, draft: Draft) -> Result<Campaign, Problem> {
    let segment = check(scope, &draft).await?;
    let now = scope.caller.real_now;
    let mut chance = [0; SECRET + 8];
    scope.app.entropy.fill(&mut chance);
    let (seed, secret) = chance.split_at(8);
    let campaign = Campaign {
        id: CampaignId(scope.app.ids.next()),
        program: segment.program,
        segment: segment.id,
        condition: String::new(),
        name: draft.name.trim().to_owned(),
        purpose: draft.purpose,
        channel: draft.channel,
        reward: draft.reward.unwrap_or_default(),
        per_address: draft.per_address,
        state: "draft".to_owned(),
        content: draft.content,
        holdout: draft.holdout,
        window_days: draft.window_days,
        seed: i64::from_be_bytes(seed.try_into().unwrap_or_default()),
        secret: secret.to_vec(),
        author: scope.actor().to_owned(),
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
        revision: 0,
    };
    let mut tx = scope.app.db.begin().await?;
    store::insert(&mut tx, scope.tenant, &campaign).await?;
    let detail = json!({ "segment": campaign.segment, "purpose": campaign.purpose });
    audit::record(&mut tx, &Deed::of(scope, "campaign.made", campaign.id, detail)).await?;
    tx.commit().await?;
    Ok(campaign)
}

/// Changes a campaign that was not given its hour: it is a draft again, and what was agreed to is so no more.
pub async fn change(scope: &Scope<App>, id: CampaignId, draft: Draft) -> Result<Campaign, Problem> {
    let mut campaign = in_state(scope, id, &["draft", "in_approval", "approved"]).await?;
    let segment = check(scope, &draft).await?;
    campaign.program = segment.program;
    campaign.segment = segment.id;
    campaign.name = draft.name.trim().to_owned();
    campaign.purpose = draft.purpose;
    campaign.channel = draft.channel;
    campaign.reward = draft.reward.unwrap_or_default();
    campaign.per_address = draft.per_address;
    campaign.content = draft.content;
    campaign.holdout = draft.holdout;
    campaign.window_days = draft.window_days;
    if !campaign.authors.iter().any(|author| author == scope.actor()) {
        campaign.authors.push(scope.actor().to_owned());
    }
    campaign.changed_at = scope.caller.real_now;
    back_to_draft(&mut campaign);
    keep(scope, &campaign, "campaign.changed", json!({})).await?;
    Ok(campaign)
}

/// Asks others to agree. From now on the audience's condition is the one they see.
pub async fn submit(scope: &Scope<App>, id: CampaignId) -> Result<Campaign, Problem> {
    let mut campaign = in_state(scope, id, &["draft"]).await?;
    let segment = segments::get(scope, campaign.segment).await?;
    let asked = segments::api::of(scope, &segment).await?;
    let press = letter::Press::of(&scope.app, &asked.tenant, &asked.program).await?;
    let press = press.ok_or_else(|| Problem::new(409, "campaign_no_portal"))?;
    if campaign.channel == POST
        && let Some((variant, locale)) = print::files::too_long(&press, &campaign, scope.now)
    {
        let problem = Problem::new(409, "campaign_too_long");
        return Err(problem.with("variant", variant).with("locale", locale));
    }
    campaign.condition = asked.text;
    campaign.state = "in_approval".to_owned();
    campaign.submitted_at = Some(scope.caller.real_now);
    let detail = json!({ "condition": campaign.condition, "holdout": campaign.holdout });
    keep(scope, &campaign, "campaign.submitted", detail).await?;
    Ok(campaign)
}

/// Agrees, or sends back with what is to be done. Nobody agrees to his or her own work.
pub async fn decide(
    scope: &Scope<App>,
    id: CampaignId,
    approved: bool,
    note: &str,
) -> Result<Campaign, Problem> {
    let mut campaign = in_state(scope, id, &["in_approval"]).await?;
    if approved && is_own(scope, &campaign).await? {
        return Err(Problem::new(403, "four_eyes"));
    }
    if !approved && note.trim().is_empty() {
        return Err(Problem::field("/note", "required", "say what is to be changed"));
    }
    check_word(note)?;
    if approved {
        campaign.state = "approved".to_owned();
        campaign.approved_by = Some(scope.actor().to_owned());
        campaign.approved_at = Some(scope.caller.real_now);
    } else {
        back_to_draft(&mut campaign);
    }
    let verdict = if approved { "approved" } else { "sent_back" };
    let mut tx = scope.app.db.begin().await?;
    guarded(store::update(&mut tx, scope.tenant, &campaign).await?)?;
    let word = (scope.app.ids.next(), scope.actor(), scope.caller.real_now);
    store::say(&mut tx, scope.tenant, id, word, Some(verdict), note.trim()).await?;
    let detail = json!({ "verdict": verdict });
    audit::record(&mut tx, &Deed::of(scope, "campaign.decided", id, detail)).await?;
    tx.commit().await?;
    Ok(campaign)
}

/// Is the caller's work in it, also by a key of his or hers?
pub async fn is_own(scope: &Scope<App>, campaign: &Campaign) -> Result<bool, Problem> {
    is_among(scope, &campaign.authors).await
}

/// Is the caller one of these authors, also by a key of his or hers?
pub async fn is_among(scope: &Scope<App>, authors: &[String]) -> Result<bool, Problem> {
    let own = audit::people_behind(&scope.app.db, scope.tenant, scope.actor()).await?;
    for author in authors {
        let behind = audit::people_behind(&scope.app.db, scope.tenant, author).await?;
        if author == scope.actor() || !own.is_disjoint(&behind) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Gives an approved campaign its hour; one that has passed means now.
pub async fn schedule(
    scope: &Scope<App>,
    id: CampaignId,
    send_at: Option<Timestamp>,
) -> Result<Campaign, Problem> {
    let mut campaign = in_state(scope, id, &["approved"]).await?;
    if campaign.channel == EMAIL && !scope.app.mailer.is_ready() {
        return Err(Problem::new(409, "campaign_no_mail"));
    }
    campaign.state = "scheduled".to_owned();
    campaign.send_at = Some(send_at.unwrap_or(scope.now).max(scope.now));
    let detail = json!({ "send_at": campaign.send_at });
    keep(scope, &campaign, "campaign.scheduled", detail).await?;
    Ok(campaign)
}

/// Stops a campaign: no further letter leaves.
pub async fn cancel(scope: &Scope<App>, id: CampaignId) -> Result<Campaign, Problem> {
    let open = ["draft", "in_approval", "approved", "scheduled", "sending"];
    let mut campaign = in_state(scope, id, &open).await?;
    let was = std::mem::replace(&mut campaign.state, "cancelled".to_owned());
    campaign.ended_at = Some(scope.now);
    let mut tx = scope.app.db.begin().await?;
    guarded(store::update(&mut tx, scope.tenant, &campaign).await?)?;
    if campaign.channel == POST {
        // No print house gets what was laid: its codes would be good in nobody's hand.
        print::store::unlay(&mut tx, scope.tenant, id).await?;
        let giver = RedemptionId(id.0);
        vouchers::store::set_state(&mut tx, scope.tenant, giver, "issued", "withdrawn").await?;
    }
    let detail = json!({ "was": was });
    audit::record(&mut tx, &Deed::of(scope, "campaign.cancelled", id, detail)).await?;
    tx.commit().await?;
    Ok(campaign)
}

/// Says something about a campaign.
pub async fn say(scope: &Scope<App>, id: CampaignId, words: &str) -> Result<(), Problem> {
    get(scope, id).await?;
    check_word(words)?;
    if words.trim().is_empty() {
        return Err(Problem::field("/body", "required", "say something"));
    }
    let mut tx = scope.app.db.begin().await?;
    let word = (scope.app.ids.next(), scope.actor(), scope.caller.real_now);
    store::say(&mut tx, scope.tenant, id, word, None, words.trim()).await?;
    audit::record(&mut tx, &Deed::of(scope, "campaign.spoken", id, json!({}))).await?;
    tx.commit().await?;
    Ok(())
}

/// One campaign.
pub async fn get(scope: &Scope<App>, id: CampaignId) -> Result<Campaign, Problem> {
    let found = store::by_id(&scope.app.db, scope.tenant, id).await?;
    found.ok_or_else(|| Problem::not_found("campaign_not_found"))
}

async fn in_state(
    scope: &Scope<App>,
    id: CampaignId,
    states: &[&str],
) -> Result<Campaign, Problem> {
    let campaign = get(scope, id).await?;
    if states.contains(&campaign.state.as_str()) {
        return Ok(campaign);
    }
    Err(Problem::new(409, "campaign_state").with("state", campaign.state))
}

fn back_to_draft(campaign: &mut Campaign) {
    campaign.state = "draft".to_owned();
    campaign.condition = String::new();
    campaign.submitted_at = None;
    campaign.approved_by = None;
    campaign.approved_at = None;
}

/// Refuses a word about somebody's work that is too long to be read.
pub fn check_word(words: &str) -> Result<(), Problem> {
    if words.chars().count() > MAX_WORD {
        let detail = format!("must have at most {MAX_WORD} characters");
        return Err(Problem::field("/note", "too_long", detail));
    }
    Ok(())
}

/// Checks a draft; answers its audience.
async fn check(scope: &Scope<App>, draft: &Draft) -> Result<Segment, Problem> {
    let tenant = segments::own_tenant(scope).await?;
    let attributes = tenant.config.member_attributes.0.keys().cloned().collect();
    let mut errors = draft.content.check(tenant.config.locale(), &attributes);
    let mut wrong = |pointer: &str, detail: String| {
        let (pointer, code) = (pointer.to_owned(), "invalid".to_owned());
        errors.push(FieldError { pointer, code, detail });
    };
    let length = draft.name.trim().chars().count();
    if !(1..=120).contains(&length) || draft.name.chars().any(char::is_control) {
        wrong("/name", "must have 1 to 120 printable characters".to_owned());
    }
    if !PURPOSES.contains(&draft.purpose.as_str()) {
        wrong("/purpose", format!("must be one of {}", PURPOSES.join(", ")));
    }
    if !CHANNELS.contains(&draft.channel.as_str()) {
        wrong("/channel", format!("must be one of {}", CHANNELS.join(", ")));
    } else if !consents::is_known(&draft.purpose, &draft.channel) {
        wrong("/purpose", format!("nobody is asked for consent to that by {}", draft.channel));
    }
    if !(0..=MAX_HOLDOUT).contains(&draft.holdout) {
        wrong("/holdout", format!("must be 0 to {MAX_HOLDOUT} ten-thousandths"));
    }
    if !(1..=MAX_WINDOW).contains(&draft.window_days) {
        wrong("/window_days", format!("must be 1 to {MAX_WINDOW} days"));
    }
    let segment = segments::store::by_id(&scope.app.db, scope.tenant, draft.segment).await?;
    if segment.is_none() {
        wrong("/segment", "is no audience of yours".to_owned());
    }
    let reward = draft.reward.as_deref().filter(|code| !code.is_empty());
    if let (Some(code), Some(segment)) = (reward, &segment) {
        let programs = programs::of(scope).await?;
        let reward = programs.latest(segment.program).and_then(|program| program.rewards.get(code));
        let voucher =
            reward.is_some_and(|reward| matches!(reward.kind, RewardKind::Voucher { .. }));
        if draft.channel != POST || !voucher {
            let why = "must be a voucher among the program's rewards, and the channel post";
            let (pointer, code) = ("/reward".to_owned(), "invalid".to_owned());
            errors.push(FieldError { pointer, code, detail: why.to_owned() });
        }
    }
    match segment {
        Some(segment) if errors.is_empty() => Ok(segment),
        _ => Err(Problem::invalid(errors)),
    }
}

async fn keep(
    scope: &Scope<App>,
    campaign: &Campaign,
    action: &str,
    detail: Value,
) -> Result<(), Problem> {
    let mut tx = scope.app.db.begin().await?;
    guarded(store::update(&mut tx, scope.tenant, campaign).await?)?;
    audit::record(&mut tx, &Deed::of(scope, action, campaign.id, detail)).await?;
    tx.commit().await?;
    Ok(())
}

/// Somebody else may have changed the campaign since it was read: nothing is kept then.
fn guarded(kept: bool) -> Result<(), Problem> {
    if kept { Ok(()) } else { Err(Problem::new(409, "campaign_changed")) }
}

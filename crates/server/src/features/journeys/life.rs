//! A journey's life: written, agreed to by somebody else, which publishes it, paused and resumed, and ended. What was
//! published is not changed any more: another journey is made of it.

use lazo_domain::ids::{JourneyId, ProgramId};
use serde_json::{Value, json};

use super::plan::{Entry, Known, Step};
use super::{Journey, JourneyDraft, MAX_PRIORITY, runs, store};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::campaigns::letter::{Manner, Press, somebody};
use crate::features::campaigns::{self, MAX_HOLDOUT};
use crate::features::segments::{self, facts};
use crate::http::{FieldError, Problem, Scope};
use crate::i18n::Locale;
use crate::mail::Letter;

/// Octets of the secret that tokens are made with.
const SECRET: usize = 32;

/// Makes a journey, a draft of the caller's.
pub async fn make(scope: &Scope<App>, draft: JourneyDraft) -> Result<Journey, Problem> {
    let program = check(scope, &draft).await?;
    let now = scope.caller.real_now;
    let mut chance = [0; SECRET + 8];
    scope.app.entropy.fill(&mut chance);
    let (seed, secret) = chance.split_at(8);
    let journey = Journey {
        id: JourneyId(scope.app.ids.next()),
        program,
        name: draft.name.trim().to_owned(),
        state: "draft".to_owned(),
        plan: draft.plan,
        condition: String::new(),
        group: draft.group.trim().to_owned(),
        priority: draft.priority,
        holdout: draft.holdout,
        seed: i64::from_be_bytes(seed.try_into().unwrap_or_default()),
        secret: secret.to_vec(),
        author: scope.actor().to_owned(),
        authors: vec![scope.actor().to_owned()],
        created_at: now,
        changed_at: now,
        submitted_at: None,
        approved_by: None,
        published_at: None,
        ended_at: None,
        scanned: (0, i64::MIN),
        looked: (0, i64::MIN),
        revision: 0,
    };
    let mut tx = scope.app.db.begin().await?;
    store::insert(&mut tx, scope.tenant, &journey).await?;
    let detail = json!({ "entry": journey.plan.entry.name(), "steps": journey.plan.steps.len() });
    audit::record(&mut tx, &Deed::of(scope, "journey.made", journey.id, detail)).await?;
    tx.commit().await?;
    Ok(journey)
}

/// Changes a journey that was not published: it is a draft again.
pub async fn change(
    scope: &Scope<App>,
    id: JourneyId,
    draft: JourneyDraft,
) -> Result<Journey, Problem> {
    let mut journey = in_state(scope, id, &["draft", "in_approval"]).await?;
    journey.program = check(scope, &draft).await?;
    journey.name = draft.name.trim().to_owned();
    journey.plan = draft.plan;
    journey.group = draft.group.trim().to_owned();
    journey.priority = draft.priority;
    journey.holdout = draft.holdout;
    if !journey.authors.iter().any(|author| author == scope.actor()) {
        journey.authors.push(scope.actor().to_owned());
    }
    journey.changed_at = scope.caller.real_now;
    back_to_draft(&mut journey);
    keep(scope, journey, "journey.changed", json!({})).await
}

/// Asks others to agree. From now on the audience's condition is the one they see.
pub async fn submit(scope: &Scope<App>, id: JourneyId) -> Result<Journey, Problem> {
    let mut journey = in_state(scope, id, &["draft"]).await?;
    press(scope, &journey).await?;
    if let Entry::Segment { segment } = journey.plan.entry {
        let segment = segments::get(scope, segment).await?;
        journey.condition = segments::api::of(scope, &segment).await?.text;
    }
    journey.state = "in_approval".to_owned();
    journey.submitted_at = Some(scope.caller.real_now);
    let detail = json!({ "condition": journey.condition, "holdout": journey.holdout });
    keep(scope, journey, "journey.submitted", detail).await
}

/// Agrees, which publishes it, or sends it back with what is to be done. Nobody agrees to his or her own work.
pub async fn decide(
    scope: &Scope<App>,
    id: JourneyId,
    approved: bool,
    note: &str,
) -> Result<Journey, Problem> {
    let mut journey = in_state(scope, id, &["in_approval"]).await?;
    if approved && campaigns::is_among(scope, &journey.authors).await? {
        return Err(Problem::new(403, "four_eyes"));
    }
    if !approved && note.trim().is_empty() {
        return Err(Problem::field("/note", "required", "say what is to be changed"));
    }
    campaigns::check_word(note)?;
    if approved {
        journey.state = "published".to_owned();
        journey.approved_by = Some(scope.actor().to_owned());
        journey.published_at = Some(scope.now);
    } else {
        back_to_draft(&mut journey);
    }
    let verdict = if approved { "approved" } else { "sent_back" };
    let mut tx = scope.app.db.begin().await?;
    guarded(store::update(&mut tx, scope.tenant, &journey).await?)?;
    let word = (scope.app.ids.next(), scope.actor(), scope.caller.real_now);
    store::say(&mut tx, scope.tenant, id, word, Some(verdict), note.trim()).await?;
    let deed = Deed::of(scope, "journey.decided", id, json!({ "verdict": verdict }));
    audit::record(&mut tx, &deed).await?;
    tx.commit().await?;
    Ok(journey)
}

/// Nobody enters and no letter leaves, until it is resumed.
pub async fn pause(scope: &Scope<App>, id: JourneyId) -> Result<Journey, Problem> {
    let mut journey = in_state(scope, id, &["published"]).await?;
    journey.state = "paused".to_owned();
    keep(scope, journey, "journey.paused", json!({})).await
}

/// Goes on where it was paused.
pub async fn resume(scope: &Scope<App>, id: JourneyId) -> Result<Journey, Problem> {
    let mut journey = in_state(scope, id, &["paused"]).await?;
    journey.state = "published".to_owned();
    keep(scope, journey, "journey.resumed", json!({})).await
}

/// Ends a journey for good: everybody who is under way leaves.
pub async fn end(scope: &Scope<App>, id: JourneyId) -> Result<Journey, Problem> {
    let open = ["draft", "in_approval", "published", "paused"];
    let mut journey = in_state(scope, id, &open).await?;
    let was = std::mem::replace(&mut journey.state, "ended".to_owned());
    journey.ended_at = Some(scope.now);
    let mut tx = scope.app.db.begin().await?;
    guarded(store::update(&mut tx, scope.tenant, &journey).await?)?;
    runs::end_all(&mut tx, scope.tenant, id, scope.now).await?;
    let deed = Deed::of(scope, "journey.ended", id, json!({ "was": was }));
    audit::record(&mut tx, &deed).await?;
    tx.commit().await?;
    Ok(journey)
}

/// Says something about a journey.
pub async fn say(scope: &Scope<App>, id: JourneyId, words: &str) -> Result<(), Problem> {
    get(scope, id).await?;
    campaigns::check_word(words)?;
    if words.trim().is_empty() {
        return Err(Problem::field("/body", "required", "say something"));
    }
    let mut tx = scope.app.db.begin().await?;
    let word = (scope.app.ids.next(), scope.actor(), scope.caller.real_now);
    store::say(&mut tx, scope.tenant, id, word, None, words.trim()).await?;
    audit::record(&mut tx, &Deed::of(scope, "journey.spoken", id, json!({}))).await?;
    tx.commit().await?;
    Ok(())
}

/// One journey.
pub async fn get(scope: &Scope<App>, id: JourneyId) -> Result<Journey, Problem> {
    let found = store::by_id(&scope.app.db, scope.tenant, id).await?;
    found.ok_or_else(|| Problem::not_found("journey_not_found"))
}

/// A letter of a journey, as somebody made up who reads `locale` gets it: its first variant, or the one named.
pub async fn preview(
    scope: &Scope<App>,
    id: JourneyId,
    code: &str,
    (variant, locale): (Option<&str>, Option<Locale>),
) -> Result<Letter, Problem> {
    let journey = get(scope, id).await?;
    let press = press(scope, &journey).await?;
    let missing = || Problem::not_found("journey_letter_not_found");
    let step = journey.plan.steps.iter().find(|step| step.code() == code);
    let Some(Step::Letter { content, service, asks, .. }) = step else { return Err(missing()) };
    let chosen = match variant {
        Some(name) => content.variant(name),
        None => content.variants.first(),
    };
    let chosen = chosen.ok_or_else(missing)?;
    let person = somebody("ana@example.com", locale);
    let manner = Manner { service: *service, asks: *asks };
    press.letter_in(chosen, &person, "lzu_preview", manner).ok_or_else(missing)
}

async fn press(scope: &Scope<App>, journey: &Journey) -> Result<Press, Problem> {
    let tenant = segments::own_tenant(scope).await?;
    let programs = scope.app.programs.current(scope.tenant).await?;
    let program = programs.latest(journey.program);
    let program = program.ok_or_else(|| Problem::new(409, "segment_outdated"))?;
    let press = Press::of(&scope.app, &tenant, program).await?;
    press.ok_or_else(|| Problem::new(409, "campaign_no_portal"))
}

async fn in_state(scope: &Scope<App>, id: JourneyId, states: &[&str]) -> Result<Journey, Problem> {
    let journey = get(scope, id).await?;
    if states.contains(&journey.state.as_str()) {
        return Ok(journey);
    }
    Err(Problem::new(409, "journey_state").with("state", journey.state))
}

fn back_to_draft(journey: &mut Journey) {
    journey.state = "draft".to_owned();
    journey.condition = String::new();
    journey.submitted_at = None;
}

/// Checks a draft; answers its program.
async fn check(scope: &Scope<App>, draft: &JourneyDraft) -> Result<ProgramId, Problem> {
    let tenant = segments::own_tenant(scope).await?;
    let program = segments::program_of(scope, draft.program.as_deref()).await?;
    let names = facts::vocabulary(&tenant, &program);
    let attributes = tenant.config.member_attributes.0.keys().cloned().collect();
    let known = Known { main: tenant.config.locale(), attributes, names: &names };
    let mut errors = draft.plan.check(&known);
    let mut wrong = |pointer: &str, detail: String| {
        let (pointer, code) = (pointer.to_owned(), "invalid".to_owned());
        errors.push(FieldError { pointer, code, detail });
    };
    let printable = |text: &str| !text.chars().any(char::is_control);
    let length = draft.name.trim().chars().count();
    if !(1..=120).contains(&length) || !printable(&draft.name) {
        wrong("/name", "must have 1 to 120 printable characters".to_owned());
    }
    if draft.group.chars().count() > 60 || !printable(&draft.group) {
        wrong("/group", "must have at most 60 printable characters".to_owned());
    }
    if !(0..=MAX_PRIORITY).contains(&draft.priority) {
        wrong("/priority", format!("must be 0 to {MAX_PRIORITY}"));
    }
    if !(0..=MAX_HOLDOUT).contains(&draft.holdout) {
        wrong("/holdout", format!("must be 0 to {MAX_HOLDOUT} ten-thousandths"));
    }
    if let Entry::Segment { segment } = draft.plan.entry {
        let found = segments::store::by_id(&scope.app.db, scope.tenant, segment).await?;
        if found.is_none_or(|found| found.program != program.id) {
            wrong("/plan/entry/segment", "is no audience of the program".to_owned());
        }
    }
    if errors.is_empty() { Ok(program.id) } else { Err(Problem::invalid(errors)) }
}

async fn keep(
    scope: &Scope<App>,
    journey: Journey,
    action: &str,
    detail: Value,
) -> Result<Journey, Problem> {
    let mut tx = scope.app.db.begin().await?;
    guarded(store::update(&mut tx, scope.tenant, &journey).await?)?;
    audit::record(&mut tx, &Deed::of(scope, action, journey.id, detail)).await?;
    tx.commit().await?;
    Ok(journey)
}

/// Somebody else may have changed the journey since it was read: nothing is kept then.
fn guarded(kept: bool) -> Result<(), Problem> {
    if kept { Ok(()) } else { Err(Problem::new(409, "journey_changed")) }
}

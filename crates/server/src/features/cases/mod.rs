//! Cases: what a member asks the brand's support, from whichever screen; the answer, by letter and on the page; and the end.

pub mod api;
pub mod console;
pub mod jobs;
mod letters;
pub mod portal;
pub mod store;
#[cfg(test)]
mod tests;

use lazo_domain::ids::{BrandId, MemberId, SupportCaseId};
use lazo_domain::time::Timestamp;
use serde_json::json;

use super::audit::{self, Deed};
use super::requests::{self, sla};
use crate::App;
use crate::http::{Problem, Role, Scope};
use crate::i18n::Locale;

/// Who serves members.
pub const AGENTS: &[Role] = &[Role::Agent, Role::ProgramManager, Role::Admin];
/// What a case may be about.
pub const TOPICS: &[&str] = &["points", "purchase", "reward", "account", "merge", "other"];
/// The longest message, in characters.
pub const LONGEST: usize = 4_000;
/// Open cases of one member: more wait for an answer.
const MOST_OPEN: i64 = 10;
/// Messages of a member in one case without an answer between them.
const MOST_IN_A_ROW: usize = 10;
/// Business minutes of a day.
const DAY_MINUTES: i64 = 9 * 60;

/// A case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupportCase {
    /// Its id.
    pub id: SupportCaseId,
    /// Whose support.
    pub brand: BrandId,
    /// Whose case.
    pub member: MemberId,
    /// What people say on the phone.
    pub tracking_code: String,
    /// The member's language.
    pub language: String,
    /// One of [`TOPICS`].
    pub topic: String,
    /// The path of the page on which it was opened.
    pub screen: String,
    /// `open`, `answered` or `closed`.
    pub state: String,
    /// Who of the staff sees to it.
    pub owner: Option<String>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// By when somebody must have answered.
    pub answer_due: Timestamp,
    /// When somebody did.
    pub answered_at: Option<Timestamp>,
    /// When it was ended.
    pub closed_at: Option<Timestamp>,
    /// Did it help, as the member says?
    pub helped: Option<bool>,
}

/// Something said in a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its place, from 0.
    pub position: i64,
    /// Who of the staff; empty is the member.
    pub author: String,
    /// When.
    pub at: Timestamp,
    /// What.
    pub body: String,
}

/// A question as it comes from a page of a brand's portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCase {
    /// Whose portal.
    pub brand: BrandId,
    /// The reader's language.
    pub locale: Locale,
    /// Business days until the brand answers.
    pub answer_days: u8,
    /// The form's own name: sent twice it is one case.
    pub once: String,
    /// One of [`TOPICS`].
    pub topic: String,
    /// The path of the page.
    pub screen: String,
    /// The question.
    pub body: String,
}

impl SupportCase {
    /// Does somebody wait for the staff?
    #[must_use]
    pub fn waits(&self) -> bool {
        self.state == "open"
    }
}

/// Opens a case of the member who is there. The same form again answers with the case that it opened.
pub async fn open(scope: &Scope<App>, new: &NewCase) -> Result<SupportCase, Problem> {
    let body = text(&new.body)?;
    if !TOPICS.contains(&new.topic.as_str()) {
        let what = format!("must be one of {}", TOPICS.join(", "));
        return Err(Problem::field("/topic", "choice", what));
    }
    let app = &scope.app;
    let Some((member, _)) = scope.member() else { return Err(Problem::new(403, "forbidden")) };
    if let Some(there) = store::by_once(&app.db, scope.tenant, member, &new.once).await? {
        return Ok(there);
    }
    if store::open_of(&app.db, scope.tenant, member).await? >= MOST_OPEN {
        return Err(Problem::new(409, "cases_many_open"));
    }
    let now = scope.caller.real_now;
    let case = SupportCase {
        id: SupportCaseId(app.ids.next()),
        brand: new.brand,
        member,
        tracking_code: tracking_code(app),
        language: new.locale.tag().to_owned(),
        topic: new.topic.clone(),
        screen: screen(&new.screen),
        state: "open".to_owned(),
        owner: None,
        opened_at: now,
        answer_due: due(scope, now, new.answer_days).await?,
        answered_at: None,
        closed_at: None,
        helped: None,
    };
    let mut tx = app.db.begin().await?;
    if !store::insert(&mut tx, scope.tenant, &case, &new.once).await? {
        tx.rollback().await?;
        let there = store::by_once(&app.db, scope.tenant, member, &new.once).await?;
        return there.ok_or_else(|| Problem::new(409, "cases_again"));
    }
    let message = Message { position: 0, author: String::new(), at: now, body };
    store::say(&mut tx, scope.tenant, case.id, &message, true).await?;
    tx.commit().await?;
    Ok(case)
}

/// A case of the member who is there; nobody else's is there.
pub async fn own_case(scope: &Scope<App>, id: SupportCaseId) -> Result<SupportCase, Problem> {
    let member = scope.member().map(|(member, _)| member);
    let case = get(scope, id).await?;
    if member == Some(case.member) { Ok(case) } else { Err(Problem::not_found("case_not_found")) }
}

/// A case of the tenant.
pub async fn get(scope: &Scope<App>, id: SupportCaseId) -> Result<SupportCase, Problem> {
    let found = store::by_id(&scope.app.db, scope.tenant, id).await?;
    found.ok_or_else(|| Problem::not_found("case_not_found"))
}

/// The member says more: the case waits for the staff again, also one that was closed.
pub async fn ask_again(
    scope: &Scope<App>,
    mut case: SupportCase,
    body: &str,
    days: u8,
) -> Result<SupportCase, Problem> {
    let body = text(body)?;
    let now = scope.caller.real_now;
    let said = store::messages(&scope.app.db, scope.tenant, case.id).await?;
    let own = said.iter().rev().take_while(|message| message.author.is_empty()).count();
    if own >= MOST_IN_A_ROW {
        return Err(Problem::new(409, "cases_many_messages"));
    }
    // The same words twice in a row are one click too many.
    if said.last().is_some_and(|last| last.author.is_empty() && last.body == body) {
        return Ok(case);
    }
    if !case.waits() {
        case.answer_due = due(scope, now, days).await?;
    }
    (case.state, case.closed_at) = ("open".to_owned(), None);
    let mut tx = scope.app.db.begin().await?;
    store::update(&mut tx, scope.tenant, &case).await?;
    let message = Message { position: next(&said), author: String::new(), at: now, body };
    store::say(&mut tx, scope.tenant, case.id, &message, false).await?;
    tx.commit().await?;
    Ok(case)
}

/// Somebody of the staff answers: the member is told by letter, and sees it on the page.
pub async fn answer(
    scope: &Scope<App>,
    id: SupportCaseId,
    body: &str,
) -> Result<SupportCase, Problem> {
    let body = text(body)?;
    let mut case = get(scope, id).await?;
    let now = scope.caller.real_now;
    let said = store::messages(&scope.app.db, scope.tenant, id).await?;
    let author = scope.actor().to_owned();
    if said.last().is_some_and(|last| last.author == author && last.body == body) {
        return Ok(case);
    }
    case.state = "answered".to_owned();
    case.answered_at.get_or_insert(now);
    case.owner.get_or_insert_with(|| author.clone());
    case.closed_at = None;
    let mut tx = scope.app.db.begin().await?;
    store::update(&mut tx, scope.tenant, &case).await?;
    let message = Message { position: next(&said), author, at: now, body };
    store::say(&mut tx, scope.tenant, id, &message, true).await?;
    audit::record(&mut tx, &Deed::of(scope, "case.answered", id, json!({}))).await?;
    tx.commit().await?;
    Ok(case)
}

/// Ends a case; the member may say whether it helped.
pub async fn close(
    scope: &Scope<App>,
    mut case: SupportCase,
    helped: Option<bool>,
) -> Result<SupportCase, Problem> {
    case.closed_at.get_or_insert(scope.caller.real_now);
    case.state = "closed".to_owned();
    case.helped = helped.or(case.helped);
    let mut tx = scope.app.db.begin().await?;
    store::update(&mut tx, scope.tenant, &case).await?;
    if scope.member().is_none() {
        audit::record(&mut tx, &Deed::of(scope, "case.closed", case.id, json!({}))).await?;
    }
    tx.commit().await?;
    Ok(case)
}

fn next(said: &[Message]) -> i64 {
    said.last().map_or(0, |last| last.position + 1)
}

/// Eight letters and digits that can be read aloud, in two groups.
fn tracking_code(app: &App) -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let mut bytes = [0; 8];
    app.entropy.fill(&mut bytes);
    let letters = bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte & 31)]));
    let code: String = letters.collect();
    format!("{}-{}", &code[..4], &code[4..])
}

/// The path of a page of ours, without what stands behind it.
fn screen(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let ours = path.starts_with('/') && !path.starts_with("//");
    if ours { path.chars().filter(|c| !c.is_control()).take(200).collect() } else { String::new() }
}

/// When so many business days have passed.
async fn due(scope: &Scope<App>, now: Timestamp, days: u8) -> Result<Timestamp, Problem> {
    let zone = requests::zone(scope).await?;
    Ok(sla::due(now, i64::from(days) * DAY_MINUTES, &zone))
}

fn text(body: &str) -> Result<String, Problem> {
    let body = body.trim();
    match body.chars().count() {
        0 => Err(Problem::field("/body", "required", "say what it is about")),
        long if long > LONGEST => {
            Err(Problem::field("/body", "too_long", "must have at most 4000 characters"))
        }
        _ => Ok(body.to_owned()),
    }
}

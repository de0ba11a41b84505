//! From a caller's request to the ledger's door: programs by code, and commands posted or tried.

use std::sync::Arc;

use lazo_domain::event::{Body, Event, Kind};
use lazo_domain::ids::{EventId, PointTypeId, ProgramId};
use lazo_domain::program::Program;
use lazo_domain::refusal::Refusal;
use lazo_domain::time::Timestamp;
use lazo_store::{Command, PostError, Receipt};
use serde::Deserialize;
use utoipa::IntoParams;

use super::receipt::{self, PointTypes, ReceiptView};
use crate::App;
use crate::features::members::{self, Member};
use crate::features::programs;
use crate::http::{Problem, Scope};

/// The longest name of a source, and the longest of its references, in characters.
pub const MAX_REFERENCE: usize = 200;

/// What a caller says of something that happens, apart from what it is.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Where it comes from.
    pub source: &'a str,
    /// The source's own name for it.
    pub reference: &'a str,
    /// When it counts; now when absent.
    pub at: Option<Timestamp>,
}

/// The program of a code that is in force at `at`; without a code the only one of the tenant.
pub async fn program(
    scope: &Scope<App>,
    code: Option<&str>,
    at: Timestamp,
) -> Result<Arc<Program>, Problem> {
    let programs = programs::of(scope).await?;
    let latest = || programs.ids().filter_map(|id| programs.latest(id));
    let found = match code {
        Some(code) => latest().find(|program| program.code == code),
        None if latest().count() > 1 => {
            let detail = "the tenant has several programs: say which";
            return Err(Problem::field("/program", "program_required", detail));
        }
        None => latest().next(),
    };
    let found = found.ok_or_else(|| Problem::not_found("program_not_found"))?;
    Ok(Arc::clone(programs.at(found.id, at).unwrap_or(found)))
}

/// Refuses a member who does not take part in the program.
pub fn check_membership(
    scope: &Scope<App>,
    member: &Member,
    program: ProgramId,
) -> Result<(), Problem> {
    // What was done while he or she took part is told again after.
    if scope.caller.again {
        return Ok(());
    }
    if member.programs.contains(&program) {
        return Ok(());
    }
    Err(Problem::new(409, "not_in_program"))
}

/// The event that `body` on the member's account is.
pub fn event(
    scope: &Scope<App>,
    member: &Member,
    program: ProgramId,
    asked: Asked<'_>,
    body: Body,
) -> Result<Event, Problem> {
    for (pointer, text) in [("/source", asked.source), ("/reference", asked.reference)] {
        let length = text.chars().count();
        if !(1..=MAX_REFERENCE).contains(&length) || text.chars().any(is_hidden) {
            let detail = format!("must have 1 to {MAX_REFERENCE} printable characters");
            return Err(Problem::field(pointer, "invalid", detail));
        }
    }
    Ok(Event {
        id: EventId(0),
        tenant: scope.tenant,
        account: member.account,
        program,
        source: asked.source.to_owned(),
        source_ref: asked.reference.to_owned(),
        effective_at: asked.at.unwrap_or(scope.now),
        recorded_at: scope.now,
        actor: scope.actor().to_owned(),
        import: None,
        body,
    })
}

/// Does nobody see it, or does it turn around what stands beside it?
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Posts an event, or only says what it would do.
pub async fn post(
    scope: &Scope<App>,
    member: &Member,
    event: Event,
    dry_run: bool,
) -> Result<Receipt, Problem> {
    let is_now = event.effective_at == scope.now;
    match command(scope, member, event.clone(), dry_run).await {
        Err(error) if is_now => {
            let meant = meant_now(scope, event, error).await?;
            Ok(command(scope, member, meant, dry_run).await?)
        }
        answer => Ok(answer?),
    }
}

/// The event that a caller meant who gave no instant and whose event was answered with `error`.
///
/// Such a caller means now. That is the same event when it is sent again a moment later, and it does not lie in the
/// future when the clock is put back meanwhile.
pub async fn meant_now(
    scope: &Scope<App>,
    event: Event,
    error: PostError,
) -> Result<Event, Problem> {
    let effective_at = match error {
        PostError::Refused(Refusal::KeyReused) => counted_at(scope, &event).await?,
        PostError::Refused(Refusal::InFuture) => {
            let (now, tenancy) = (scope.app.clock.now(), &scope.caller.tenancy);
            tenancy.as_ref().map_or(now, |tenancy| tenancy.now(now))
        }
        other => return Err(other.into()),
    };
    Ok(Event { effective_at, ..event })
}

/// When the event of the same name counted that came before, whose name `event` was refused for.
async fn counted_at(scope: &Scope<App>, event: &Event) -> Result<Timestamp, Problem> {
    let Event { account, source, source_ref, body, .. } = event;
    let books = scope.app.ledger.books();
    let before = books.event_named(scope.tenant, *account, source, source_ref, body.kind()).await?;
    before.map(|before| before.event.effective_at).ok_or_else(|| Refusal::KeyReused.into())
}

async fn command(
    scope: &Scope<App>,
    member: &Member,
    event: Event,
    dry_run: bool,
) -> Result<Receipt, PostError> {
    let command = Command::One { event, facts: members::facts(member) };
    let ledger = &scope.app.ledger;
    match &scope.caller.key {
        _ if dry_run => ledger.dry_run(command).await,
        Some(key) => ledger.post_keyed(command, key.clone()).await,
        None => ledger.post_one(command).await,
    }
}

/// Posts an event and tells what it did.
pub async fn post_and_tell(
    scope: &Scope<App>,
    member: &Member,
    event: Event,
    dry_run: bool,
) -> Result<ReceiptView, Problem> {
    let receipt = post(scope, member, event.clone(), dry_run).await?;
    view(scope, event, &receipt).await
}

/// Puts into a posted event what the ledger gave it; when it came before, also when it counted then.
pub fn told_of(event: &mut Event, receipt: &Receipt) {
    (event.id, event.recorded_at) = (receipt.event, receipt.recorded_at);
    event.effective_at = receipt.effective_at;
}

/// What the posted `event` did.
pub async fn view(
    scope: &Scope<App>,
    mut event: Event,
    receipt: &Receipt,
) -> Result<ReceiptView, Problem> {
    told_of(&mut event, receipt);
    Ok(ReceiptView::of(scope, &event, &receipt.outcome, receipt.replayed).await?)
}

/// A stored event of one of the `kinds`, as far as the caller may see it; else it is not there (`code`).
pub async fn told(
    scope: &Scope<App>,
    id: EventId,
    kinds: &[Kind],
    code: &'static str,
) -> Result<ReceiptView, Problem> {
    let missing = || Problem::not_found(code);
    let stored = scope.app.ledger.books().event(scope.tenant, id).await?.ok_or_else(missing)?;
    if !kinds.contains(&stored.event.body.kind()) {
        return Err(missing());
    }
    scope.own_account(stored.event.account, code)?;
    Ok(ReceiptView::of(scope, &stored.event, &stored.outcome, false).await?)
}

/// The point type of a code in `program`.
pub fn point_type(program: &Program, code: &str) -> Result<PointTypeId, Problem> {
    let unknown = || Refusal::Unknown { what: "point type", code: code.to_owned() };
    program.point_type(code).map(|p| p.id).ok_or_else(|| unknown().into())
}

/// Codes and decimals of all point types of the tenant.
pub async fn point_types(scope: &Scope<App>) -> Result<PointTypes, Problem> {
    Ok(receipt::point_types(&*programs::of(scope).await?))
}

/// How to post.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PostQuery {
    /// Says what would happen and does nothing.
    #[serde(default)]
    pub dry_run: bool,
}

impl From<PostError> for Problem {
    fn from(error: PostError) -> Self {
        match error {
            PostError::Refused(refusal) => refusal.into(),
            PostError::Unknown(_) => Self::unavailable(),
        }
    }
}

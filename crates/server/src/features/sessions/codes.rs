//! One-time codes for members: who is asked for is found or not, and both look the same from outside.

use lazo_domain::ids::{MemberId, TenantId};
use lazo_domain::time::SECOND;
use lazo_store::StoreError;
use maud::html;

use super::store::{self, Attempt};
use crate::App;
use crate::features::members::{
    self, CARD, EMAIL, EXTERNAL, Identifier, Member, MemberStatus, PHONE,
};
use crate::http::Tenancy;
use crate::i18n::Args;
use crate::mail::{Letter, MailFault};
use crate::secrets::{Entropy, Secret, hash_of};
use crate::web::Visit;

/// What an attempt's cookie begins with.
const PREFIX: &str = "lzt_";
/// How long a code is good, in microseconds.
const LASTS: i64 = 10 * 60 * SECOND;
/// How often a code may be tried.
const MAX_TRIES: i64 = 5;
/// How many codes one member is sent within an hour.
const MAX_PER_HOUR: i64 = 6;
/// How often somebody's codes may be tried within an hour, whoever tries: a million codes stay too many to guess.
const MAX_TRIES_PER_HOUR: i64 = 15;
/// Digits of a code.
pub const DIGITS: usize = 6;

/// What became of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is right: somebody is here, or nobody yet.
    Right(Attempt),
    /// It is wrong, run out, or was tried too often.
    Wrong,
}

/// Why a code did not leave.
#[derive(Debug, thiserror::Error)]
enum SendError {
    /// The database could not say where to, or how many there were.
    #[error("its address could not be read")]
    Store(#[from] StoreError),
    /// The mail server did not take it.
    #[error("the mail server did not take it")]
    Mail(#[from] MailFault),
}

/// Begins an attempt of whoever `typed` names; answers what the browser keeps of it. A letter with the code leaves
/// in the background, so that nobody can tell by the time whether somebody was found.
pub async fn begin(
    app: &App,
    tenancy: &Tenancy,
    visit: &Visit,
    typed: &str,
    joins: bool,
) -> Result<Secret, StoreError> {
    let now = app.clock.now();
    let member = find(app, tenancy, typed).await?;
    let email = Identifier::new(EMAIL, typed, &tenancy.country).ok().map(|name| name.value);
    let cookie = Secret::draw(PREFIX, app.entropy.as_ref());
    let code = draw(app.entropy.as_ref());
    let id = member.as_ref().map(|member| member.id);
    let recent = recent(app, tenancy.id, id, email.as_deref()).await?;
    let over = recent.begun >= MAX_PER_HOUR || recent.tries >= MAX_TRIES_PER_HOUR;
    // Of a code that is not sent nothing is kept that a guess could meet.
    let kept =
        if over { Secret::draw(PREFIX, app.entropy.as_ref()).hash } else { hashed(&cookie, &code) };
    let attempt = Attempt {
        tenant: tenancy.id,
        member: id,
        email: email.clone(),
        joins,
        code_hash: kept,
        tries: 0,
        proven: false,
        created_at: now,
        expires_at: now.plus_micros(LASTS),
    };
    store::put_attempt(&app.db, &cookie.hash, &attempt).await?;
    let letter = letter(visit, &code);
    let (app, tenant) = (app.clone(), tenancy.id);
    if over {
        return Ok(cookie);
    }
    tokio::spawn(async move {
        // A code that did not leave is asked for again by its reader, so it waits in no queue: it would be personal there.
        if let Err(error) = send(&app, tenant, id, email, letter).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "a code did not leave");
        }
    });
    Ok(cookie)
}

/// Sends a code to whoever asked, unless so many were sent within the hour; this attempt is counted, too. Everything that
/// depends on who it is happens here, after the answer has left.
async fn send(
    app: &App,
    tenant: TenantId,
    member: Option<MemberId>,
    email: Option<String>,
    letter: Letter,
) -> Result<(), SendError> {
    // Others may have begun at the same moment.
    if recent(app, tenant, member, email.as_deref()).await?.begun > MAX_PER_HOUR {
        return Ok(());
    }
    let to = match member {
        Some(id) => address(app, tenant, id).await?,
        None => email,
    };
    match to {
        Some(to) => Ok(app.mailer.send(&Letter { to, ..letter }).await?),
        None => Ok(()),
    }
}

async fn recent(
    app: &App,
    tenant: TenantId,
    member: Option<MemberId>,
    email: Option<&str>,
) -> Result<store::Recent, StoreError> {
    let since = app.clock.now().plus_micros(-store::COUNTED);
    store::recent(&app.db, tenant, member, email, since).await
}

/// Says whether `code` is the one that was sent for the attempt of the cookie `token`.
pub async fn check(app: &App, token: &str, code: &str) -> Result<Verdict, StoreError> {
    let (now, hash) = (app.clock.now(), hash_of(token));
    let Some(attempt) = store::try_attempt(&app.db, &hash, now).await? else {
        return Ok(Verdict::Wrong);
    };
    let recent = recent(app, attempt.tenant, attempt.member, attempt.email.as_deref()).await?;
    let digits: String = code.chars().filter(char::is_ascii_digit).collect();
    let given = hash_of(&format!("{token}:{digits}"));
    let over = attempt.tries > MAX_TRIES || recent.tries > MAX_TRIES_PER_HOUR;
    if over || attempt.proven || given != attempt.code_hash {
        return Ok(Verdict::Wrong);
    }
    // Of two that send the right code at once, one comes in.
    if !store::prove(&app.db, &hash).await? {
        return Ok(Verdict::Wrong);
    }
    Ok(Verdict::Right(attempt))
}

/// The attempt of a cookie whose code was right.
pub async fn proven(app: &App, token: &str) -> Result<Option<Attempt>, StoreError> {
    let found = store::attempt_of(&app.db, &hash_of(token), app.clock.now()).await?;
    Ok(found.filter(|attempt| attempt.proven))
}

/// The active member whom a text names: by e-mail, phone, card, or the number of a program that was. All are looked for,
/// whoever is found first, so that the time tells nobody who is here.
async fn find(app: &App, tenancy: &Tenancy, typed: &str) -> Result<Option<Member>, StoreError> {
    let schemes: &[&str] = if typed.contains('@') { &[EMAIL] } else { &[PHONE, CARD, EXTERNAL] };
    let mut first = None;
    for scheme in schemes {
        let Ok(name) = Identifier::new(scheme, typed, &tenancy.country) else { continue };
        let key = (tenancy.id, name.scheme, name.value);
        let found = app.lookups.identifiers.get(key).await?;
        let active = found.filter(|member| member.status == MemberStatus::Active);
        first = first.or(active);
    }
    Ok(first)
}

/// The address that a member's letters go to.
async fn address(
    app: &App,
    tenant: TenantId,
    member: MemberId,
) -> Result<Option<String>, StoreError> {
    let all = members::store::identifiers(&app.db, tenant, member).await?;
    Ok(all.into_iter().find(|identifier| identifier.scheme == EMAIL).map(|found| found.value))
}

/// The letter with a code, not addressed yet.
fn letter(visit: &Visit, code: &str) -> Letter {
    let say =
        |key: &str| visit.say(key, Args::new().text("code", code).text("brand", &visit.site.name));
    let (subject, lead, after) =
        (say("sessions-mail-subject"), say("sessions-mail-lead"), say("sessions-mail-after"));
    let html = html! {
        p { (lead) }
        p { strong { (code) } }
        p { (after) }
        p { (visit.site.name) }
    };
    let text = format!("{lead}\n\n{code}\n\n{after}\n\n{}\n", visit.site.name);
    let (from_name, to) = (visit.site.name.clone(), String::new());
    Letter { from_name, to, subject, text, html: html.into_string() }
}

/// Six digits, each as likely.
fn draw(entropy: &dyn Entropy) -> String {
    let mut code = String::with_capacity(DIGITS);
    while code.len() < DIGITS {
        let mut octets = [0; 16];
        entropy.fill(&mut octets);
        let fair = octets.iter().filter(|octet| **octet < 250);
        code.extend(fair.map(|octet| char::from(b'0' + octet % 10)));
        code.truncate(DIGITS);
    }
    code
}

/// What is kept of a code: worth nothing without the cookie that goes with it.
fn hashed(cookie: &Secret, code: &str) -> Vec<u8> {
    hash_of(&format!("{}:{code}", cookie.text))
}

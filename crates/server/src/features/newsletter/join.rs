//! Joining a list by a letter, choosing what comes, and leaving by any letter. Whoever asks hears the same, whatever the
//! address is; whatever tells addresses apart happens after the answer.

use lazo_domain::ids::{BrandId, NewsletterIssueId, NewsletterSubscriberId, TenantId};
use lazo_domain::time::{DAY, Timestamp};
use lazo_store::{StoreError, Tx};
use serde_json::json;

use super::letters;
use super::press::{self, PREFIX, Press};
use super::subscribers::{self, Asking, Step, Subscriber};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::i18n::Locale;
use crate::jobs::Fault;
use crate::mail::Letter;
use crate::secrets::{Secret, hash_of};

/// How long the link of a letter is good that asks whether an address is its owner's; then the address is forgotten.
pub const ASKED: i64 = 7 * DAY;
/// Letters that an address is sent in a day, whoever asks.
const MAX_ASKS: i64 = 3;
/// What a link to one's own choices opens.
const OWN: &str = "own";
/// What the link of the first letter opens.
const CONFIRM: &str = "confirm";

/// Somebody asks for a brand's newsletter: the address gets a letter, unless it got so many today.
pub async fn ask(
    app: &App,
    (tenant, brand): (TenantId, BrandId),
    email: &str,
    locale: Locale,
    place: &str,
) -> Result<(), Fault> {
    let Some(press) = Press::of(app, tenant, brand).await? else { return Ok(()) };
    if !press.newsletter.settings.open {
        return Ok(());
    }
    let token = Secret::draw(PREFIX, app.entropy.as_ref());
    let noted = app.db.retry(|| note(app, &press, (email, locale), place, &token)).await?;
    let Some((letter, locale)) = noted else { return Ok(()) };
    let letter = match letter {
        Answer::Asks => press.asks(locale, email, &token.text),
        Answer::Already => press.already(locale, email, &token.text),
    };
    Ok(app.mailer.send(&letter).await?)
}

/// What the letter says.
#[derive(Debug, Clone, Copy)]
enum Answer {
    Asks,
    Already,
}

async fn note(
    app: &App,
    press: &Press,
    (email, locale): (&str, Locale),
    place: &str,
    token: &Secret,
) -> Result<Option<(Answer, Locale)>, StoreError> {
    let now = app.clock.now();
    let hash = press::address_hash(&press.newsletter, email);
    let asking = Asking {
        id: NewsletterSubscriberId(app.ids.next()),
        list: (press.tenant.id, press.newsletter.brand),
        email,
        email_hash: &hash,
        locale,
        now,
        since: now.plus_micros(-DAY),
    };
    let mut tx = app.db.begin().await?;
    let found = subscribers::ask(&mut tx, &asking).await?;
    let (answer, purpose, until) = match found.state.as_str() {
        "asked" => (Answer::Asks, CONFIRM, Some(now.plus_micros(ASKED))),
        "active" => (Answer::Already, OWN, None),
        _ => return Ok(None),
    };
    if found.asks > MAX_ASKS {
        // What was counted stays counted.
        tx.commit().await?;
        return Ok(None);
    }
    if purpose == CONFIRM {
        let (_, text_hash) = press::consent(locale, &press.brand.config.name);
        let step = Step { what: "asked", at: now, place, text_hash: &text_hash, locale };
        subscribers::note(&mut tx, &found, app.ids.next(), &step).await?;
    }
    subscribers::put_token(&mut tx, &found, &token.hash, purpose, until).await?;
    tx.commit().await?;
    Ok(Some((answer, found.locale)))
}

/// Who would be on the list by the link of a first letter, while it is good.
pub async fn asked(app: &App, token: &str) -> Result<Option<Subscriber>, StoreError> {
    Ok(opened(app, token, CONFIRM).await?.map(|(found, _)| found))
}

/// Whose letter it is, and of which issue.
pub async fn own(
    app: &App,
    token: &str,
) -> Result<Option<(Subscriber, Option<NewsletterIssueId>)>, StoreError> {
    opened(app, token, OWN).await
}

async fn opened(
    app: &App,
    token: &str,
    purpose: &str,
) -> Result<Option<(Subscriber, Option<NewsletterIssueId>)>, StoreError> {
    if !token.starts_with(PREFIX) || token.len() > 200 {
        return Ok(None);
    }
    subscribers::by_token(&app.db, &hash_of(token), purpose, app.clock.now()).await
}

/// Puts who asked on the list and writes the welcome. Pressed twice it is done once. False for a link that is over.
pub async fn confirm(
    app: &App,
    token: &str,
    locale: Locale,
    place: &str,
) -> Result<bool, StoreError> {
    let Some(found) = asked(app, token).await? else { return Ok(false) };
    let Some(press) = Press::of(app, found.tenant, found.brand).await? else { return Ok(false) };
    let own = Secret::draw(PREFIX, app.entropy.as_ref());
    let done = app.db.retry(|| put_on(app, &press, &found, (locale, place), &own)).await?;
    if !done {
        return Ok(found.state == "active");
    }
    if let Some(to) = &found.email {
        let letter = press.welcome(found.locale, to, &own.text);
        in_background(app, letter);
    }
    Ok(true)
}

async fn put_on(
    app: &App,
    press: &Press,
    found: &Subscriber,
    (locale, place): (Locale, &str),
    own: &Secret,
) -> Result<bool, StoreError> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    if !subscribers::confirm(&mut tx, found, now).await? {
        return Ok(false);
    }
    let (_, text_hash) = press::consent(locale, &press.brand.config.name);
    let step = Step { what: "confirmed", at: now, place, text_hash: &text_hash, locale };
    subscribers::note(&mut tx, found, app.ids.next(), &step).await?;
    subscribers::put_token(&mut tx, found, &own.hash, OWN, None).await?;
    told(&mut tx, app, found, "newsletter.joined").await?;
    tx.commit().await?;
    Ok(true)
}

/// Hands a letter over whose loss costs its reader nothing: the welcome.
fn in_background(app: &App, letter: Letter) {
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(error) = app.mailer.send(&letter).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "a welcome did not leave");
        }
    });
}

/// Keeps what a reader chose by the link of a letter.
pub async fn choose(
    app: &App,
    token: &str,
    (locale, without): (Locale, &[String]),
    place: &str,
) -> Result<bool, StoreError> {
    let Some((found, _)) = own(app, token).await? else { return Ok(false) };
    let mut tx = app.db.begin().await?;
    let kept = subscribers::choose(&mut tx, &found, locale, without).await?;
    if kept {
        let now = app.clock.now();
        let step = Step { what: "preferences", at: now, place, text_hash: "", locale };
        subscribers::note(&mut tx, &found, app.ids.next(), &step).await?;
    }
    tx.commit().await?;
    Ok(kept)
}

/// Takes the reader of a letter off the list, at once and for good until he or she asks again; a second time changes
/// nothing. False for a token of no letter.
pub async fn leave(app: &App, token: &str, place: &str) -> Result<bool, StoreError> {
    let Some((found, issue)) = own(app, token).await? else { return Ok(false) };
    app.db.retry(|| end(app, &found, issue, ("left", place))).await?;
    Ok(true)
}

/// Notes that an issue's letter came back for good (`bounced`), or that its reader `complained`: nothing more is written to
/// the address. False where there is no such letter.
pub async fn returned(
    app: &App,
    tenant: TenantId,
    (issue, to): (NewsletterIssueId, NewsletterSubscriberId),
    how: &str,
) -> Result<bool, StoreError> {
    if !letters::was_sent(&app.db, tenant, issue, to).await? {
        return Ok(false);
    }
    // Whose record is gone is written to no more as it is.
    let Some(found) = subscribers::by_id(&app.db, tenant, to).await? else { return Ok(true) };
    app.db.retry(|| end(app, &found, Some(issue), (how, "mail"))).await?;
    Ok(true)
}

async fn end(
    app: &App,
    found: &Subscriber,
    issue: Option<NewsletterIssueId>,
    (how, place): (&str, &str),
) -> Result<(), StoreError> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    if let Some(issue) = issue {
        letters::note(&mut tx, found.tenant, (issue, found.id), how).await?;
    }
    ended(&mut tx, app, found, (how, place), now).await?;
    tx.commit().await
}

/// Takes somebody off the list, with its record.
pub(super) async fn ended(
    tx: &mut Tx,
    app: &App,
    found: &Subscriber,
    (how, place): (&str, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    if !subscribers::end(tx, found, how, now).await? {
        return Ok(());
    }
    let step = Step { what: how, at: now, place, text_hash: "", locale: found.locale };
    subscribers::note(tx, found, app.ids.next(), &step).await?;
    told(tx, app, found, "newsletter.left").await
}

async fn told(tx: &mut Tx, app: &App, found: &Subscriber, action: &str) -> Result<(), StoreError> {
    let actor = format!("subscriber:{}", found.id);
    let deed = Deed {
        tenant: found.tenant,
        at: app.clock.now(),
        actor: &actor,
        action,
        object: found.id.to_string(),
        reason: "",
        detail: json!({ "brand": found.brand }),
    };
    audit::record(tx, &deed).await
}

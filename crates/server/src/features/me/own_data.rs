//! What is mine: everything that is kept of me in one file, another address, and the way out for good.

use axum::Extension;
use axum::http::HeaderMap;
use axum::response::Response;
use lazo_domain::ids::EventId;
use lazo_domain::time::DAY;
use maud::{Markup, html};
use serde_json::{Value, json};

use crate::App;
use crate::features::accounts::holdings::Purse;
use crate::features::audit::{self, Deed};
use crate::features::consents;
use crate::features::ledger::receipt::ReceiptView;
use crate::features::members::{self, EMAIL, Identifier};
use crate::features::memberships;
use crate::features::missions;
use crate::features::sessions::codes::{self, Verdict};
use crate::features::sessions::portal::{ATTEMPT_COOKIE, ATTEMPT_S, cookie_of, with_cookies};
use crate::features::sessions::{self, Whose, prove};
use crate::features::tenants;
use crate::features::wallet_passes;
use crate::features::web_push;
use crate::http::Problem;
use crate::i18n::Args;
use crate::mail::Letter;
use crate::secrets::hash_of;
use crate::web::door::MEMBER_COOKIE;
use crate::web::shell::{self, Place};
use crate::web::ui::{self, Field};
use crate::web::visit::Presence;
use crate::web::{Fields, Own, cookie, download, see};

/// The most movements of the file.
const MOVEMENTS: usize = 5_000;
/// Movements read at a time.
const PAGE: i64 = 200;
/// How long somebody redeems nothing after changing the address.
const COOL_DOWN: i64 = DAY;

fn page(own: &Own<App>, title: &str, body: &Markup) -> Response {
    let main = html! {
        div.stack.narrow {
            div.part { p { a href=(own.at("/me")) { (own.t("consents-back")) } } h1 { (title) } }
            (body)
        }
    };
    shell::portal(own, title, Some(Place::Me), &main)
}

/// The page from which the file is taken.
pub(super) async fn data(
    own: Own<App>,
    Extension(presence): Extension<Presence>,
) -> Result<Response, Problem> {
    if let Err(away) = prove::fresh(&own, &presence, "data") {
        return Ok(*away);
    }
    let body = html! {
        p.lead { (own.t("me-data-lead")) }
        p.acts {
            a.act href=(own.at("/me/data.json")) { (own.t("me-data-take")) }
            @if cfg!(feature = "pdf") { a.act.second href=(own.at("/points.csv")) { (own.t("me-data-csv")) } }
        }
    };
    Ok(page(&own, &own.t("me-data"), &body))
}

/// Everything that is kept of the member, as JSON.
pub(super) async fn data_file(
    own: Own<App>,
    Extension(presence): Extension<Presence>,
) -> Result<Response, Problem> {
    if let Err(away) = prove::fresh(&own, &presence, "data") {
        return Ok(*away);
    }
    let (scope, db) = (&own.scope, &own.scope.app.db);
    let member = members::resolve(scope, "me").await?;
    let names = members::store::identifiers(db, scope.tenant, member.id).await?;
    let names: Vec<Value> =
        names.iter().map(|name| json!({ "scheme": name.scheme, "value": name.value })).collect();
    let programs = memberships::store::of_member(db, scope.tenant, member.id).await?;
    let programs: Vec<Value> = programs
        .iter()
        .map(|one| json!({ "program": one.program, "joined_at": one.joined_at, "left_at": one.left_at }))
        .collect();
    let purse = Purse::of(&own).await?;
    let balances: Vec<Value> = purse
        .holdings
        .iter()
        .map(|h| json!({ "points": h.code, "available": h.balance.available.0, "pending": h.balance.pending.0, "held": h.balance.held.0 }))
        .collect();
    let devices =
        sessions::store::devices(db, scope.tenant, member.id, scope.caller.real_now).await?;
    let devices: Vec<Value> =
        devices.iter().map(|d| json!({ "device": d.device, "seen_at": d.seen_at })).collect();
    let agreed = consents::store::changes(db, scope.tenant, member.id, 1_000).await?;
    let agreed: Vec<Value> = agreed
        .iter()
        .map(|c| json!({ "purpose": c.purpose, "channel": c.channel, "given": c.given, "at": c.at, "text": c.text_hash, "locale": c.locale }))
        .collect();
    let cards = wallet_passes::api::of_member(scope, member.id).await?;
    let browsers = web_push::api::of_member(scope, member.id).await?;
    let said = missions::store::said(db, scope.tenant, member.id).await?;
    let (movements, whole) = movements(&own, &purse).await?;
    let told = json!({
        "member": member.id, "enrolled_at": member.enrolled_at, "kind": member.kind.name(),
        "locale": member.locale.map(crate::i18n::Locale::tag), "attributes": member.attributes,
        "identifiers": names, "programs": programs, "balances": balances, "devices": devices,
        "consents": agreed, "wallet_passes": cards, "push_devices": browsers, "missions": said, "movements": movements, "movements_complete": whole,
    });
    let mut tx = db.begin().await?;
    audit::record(&mut tx, &Deed::of(scope, "member.data_taken", member.id, json!({}))).await?;
    tx.commit().await?;
    let text = serde_json::to_string_pretty(&told).map_err(|_| Problem::new(500, "internal"))?;
    Ok(download::file("application/json", "datos.json", text))
}

async fn movements(own: &Own<App>, purse: &Purse) -> Result<(Vec<Value>, bool), Problem> {
    let books = own.scope.app.ledger.books();
    let (mut all, mut before) = (Vec::new(), None::<EventId>);
    loop {
        let found = books.events(own.scope.tenant, purse.account.id, before, PAGE).await?;
        let Some(last) = found.last() else { return Ok((all, true)) };
        before = Some(last.event.id);
        for stored in &found {
            if all.len() >= MOVEMENTS {
                return Ok((all, false));
            }
            let told = ReceiptView::of(&own.scope, &stored.event, &stored.outcome, false).await?;
            all.push(serde_json::to_value(told).map_err(|_| Problem::new(500, "internal"))?);
        }
    }
}

/// What is lost by leaving, said plainly.
pub(super) async fn leave(
    own: Own<App>,
    Extension(presence): Extension<Presence>,
) -> Result<Response, Problem> {
    if let Err(away) = prove::fresh(&own, &presence, "leave") {
        return Ok(*away);
    }
    leave_page(&own, None).await
}

async fn leave_page(own: &Own<App>, wrong: Option<&str>) -> Result<Response, Problem> {
    let purse = Purse::of(own).await?;
    let lost: Vec<String> = purse
        .holdings
        .iter()
        .filter(|holding| holding.balance.available.is_positive())
        .map(|holding| {
            let amount = holding.amount(holding.balance.available.0, own.locale);
            match holding.worth(holding.balance.available, own.locale) {
                Some(worth) => format!("{amount} ({worth})"),
                None => amount,
            }
        })
        .collect();
    let body = html! {
        p.lead { (own.t("me-leave-lead")) }
        ul.dots {
            @if !lost.is_empty() { li { (own.say("me-leave-lose", Args::new().text("points", lost.join(", ")))) } }
            li { (own.t("me-leave-data")) }
            li { (own.t("me-leave-books")) }
        }
        @if !lost.is_empty() { p { a.act.second href=(own.at("/rewards")) { (own.t("me-leave-spend")) } } }
        form method="post" action=(own.at("/me/leave")) {
            (ui::token(&own.token))
            div.check {
                input type="checkbox" id="sure" name="sure" value="1" aria-invalid=[wrong.map(|_| "true")];
                label for="sure" { (own.t("me-leave-sure")) }
            }
            @if let Some(wrong) = wrong { p.wrong role="alert" { (wrong) } }
            button.act.danger { (own.t("me-leave-do")) }
        }
    };
    Ok(page(own, &own.t("me-leave"), &body))
}

/// Erases the person; the books keep their numbers without him or her.
pub(super) async fn leave_for_good(
    own: Own<App>,
    Extension(presence): Extension<Presence>,
    fields: Fields,
) -> Result<Response, Problem> {
    if let Err(away) = prove::fresh(&own, &presence, "leave") {
        return Ok(*away);
    }
    if !fields.is_set("sure") {
        return leave_page(&own, Some(&own.t("me-leave-tick"))).await;
    }
    let (scope, app) = (&own.scope, &own.scope.app);
    let member = members::resolve(scope, "me").await?;
    members::erase(&app.db, scope.tenant, member.id, scope.now).await?;
    sessions::store::end_of_member(&app.db, scope.tenant, member.id, &[]).await?;
    let mut tx = app.db.begin().await?;
    let gone = Whose::Member { tenant: scope.tenant, member: member.id, account: member.account };
    sessions::passkeys::store::remove_all(&mut tx, gone).await?;
    web_push::store::remove_all(&mut tx, scope.tenant, member.id).await?;
    audit::record(&mut tx, &Deed::of(scope, "member.erased", member.id, json!({ "by": "member" })))
        .await?;
    tx.commit().await?;
    let over = cookie_of(app, MEMBER_COOKIE, "", &own.site.base, 0);
    let visit = crate::web::Visit { signed_in: false, ..own.visit.clone() };
    let title = own.t("me-left");
    let main = html! {
        div.door {
            h1 { (title) }
            p.lead { (own.t("me-left-lead")) }
            p { a href=(own.site.base) { (own.t("web-back-home")) } }
        }
    };
    Ok(with_cookies(shell::portal(&visit, &title, None, &main), &[over]))
}

/// Asks for the new address, then for the code that was sent there.
pub(super) async fn email(
    own: Own<App>,
    Extension(presence): Extension<Presence>,
) -> Result<Response, Problem> {
    if let Err(away) = prove::fresh(&own, &presence, "email") {
        return Ok(*away);
    }
    Ok(email_page(&own, None))
}

fn email_page(own: &Own<App>, wrong: Option<&str>) -> Response {
    let body = html! {
        p.lead { (own.t("me-email-lead")) }
        form method="post" action=(own.at("/me/email")) {
            (ui::token(&own.token))
            (ui::field(Field { name: "email", label: &own.t("me-email-new"), wrong, kind: "email", autocomplete: "email", keys: Some("email"), required: true, ..Field::default() }))
            button.act { (own.t("me-email-send")) }
        }
    };
    page(own, &own.t("me-email"), &body)
}

fn email_code_page(own: &Own<App>, wrong: Option<&str>) -> Response {
    let body = html! {
        p.lead { (own.t("me-email-code")) }
        form method="post" action=(own.at("/me/email")) {
            (ui::token(&own.token))
            (ui::field(Field { name: "code", label: &own.t("sessions-code-label"), hint: Some(&own.t("sessions-code-hint")), wrong,
                autocomplete: "one-time-code", keys: Some("numeric"), class: Some("code"), required: true, ..Field::default() }))
            button.act { (own.t("me-email-do")) }
        }
        @if own.scope.app.letters.is_some() { p.note { a href="/console/letters" { (own.t("sessions-letters")) } } }
    };
    page(own, &own.t("me-email"), &body)
}

pub(super) async fn change_email(
    own: Own<App>,
    Extension(presence): Extension<Presence>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Problem> {
    if let Err(away) = prove::fresh(&own, &presence, "email") {
        return Ok(*away);
    }
    let (app, token) = (&own.scope.app, cookie::read(&headers, ATTEMPT_COOKIE).unwrap_or_default());
    let tenancy = presence.caller.tenancy.ok_or_else(|| Problem::new(403, "forbidden"))?;
    if !fields.is_set("code") {
        let wanted = fields.get("email");
        if Identifier::new(EMAIL, wanted, &tenancy.country).is_err() {
            return Ok(email_page(&own, Some(&own.t("sessions-email-wrong"))));
        }
        // Also an address that somebody has is sent a code: nobody learns here who has an account.
        let secret = codes::begin(app, &tenancy, &own.visit, wanted, false).await?;
        let attempt = cookie_of(app, ATTEMPT_COOKIE, &secret.text, &own.site.base, ATTEMPT_S);
        return Ok(with_cookies(email_code_page(&own, None), &[attempt]));
    }
    let wrong = |own: &Own<App>| email_code_page(own, Some(&own.t("sessions-code-wrong")));
    let Verdict::Right(attempt) = codes::check(app, token, fields.get("code")).await? else {
        return Ok(wrong(&own));
    };
    let Some(address) = attempt.email.filter(|_| attempt.tenant == tenancy.id) else {
        return Ok(wrong(&own));
    };
    if attempt.member.is_some() {
        return Ok(email_page(&own, Some(&own.t("me-email-taken"))));
    }
    sessions::store::take_attempt(&app.db, &hash_of(token)).await?;
    moved(&own, &headers, &address).await?;
    Ok(see(&own.at("/me?moved")))
}

/// Puts the new address in the place of the old one, tells the old one, ends other sessions, and begins the cool-down.
async fn moved(own: &Own<App>, headers: &HeaderMap, address: &str) -> Result<(), Problem> {
    let (scope, app) = (&own.scope, &own.scope.app);
    let member = members::resolve(scope, "me").await?;
    let tenant = tenants::store::by_id(&app.db, scope.tenant).await?;
    let tenant = tenant.ok_or_else(|| Problem::not_found("tenant_not_found"))?;
    let all = members::store::identifiers(&app.db, scope.tenant, member.id).await?;
    let added =
        members::add_identifier(&app.db, &tenant, member.id, EMAIL, address, scope.now).await?;
    let old: Vec<Identifier> =
        all.into_iter().filter(|name| name.scheme == EMAIL && name.value != added.value).collect();
    let until = scope.caller.real_now.plus_micros(COOL_DOWN);
    let mut tx = app.db.begin().await?;
    let deed = Deed::of(scope, "member.email_changed", member.id, json!({ "until": until }));
    audit::record(&mut tx, &deed).await?;
    for name in &old {
        members::store::remove_identifier(&mut tx, scope.tenant, member.id, name).await?;
    }
    members::store::cool_down(&mut tx, scope.tenant, member.id, until).await?;
    tx.commit().await?;
    let here = cookie::read(headers, MEMBER_COOKIE).map(hash_of).unwrap_or_default();
    sessions::store::end_of_member(&app.db, scope.tenant, member.id, &here).await?;
    for name in old {
        let letter = notice(own, name.value);
        let mailer = app.mailer.clone();
        tokio::spawn(async move {
            if let Err(error) = mailer.send(&letter).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "a notice did not leave");
            }
        });
    }
    Ok(())
}

/// What the old address is told.
fn notice(own: &Own<App>, to: String) -> Letter {
    let say = |key: &str| own.say(key, Args::new().text("brand", &own.site.name));
    let (subject, lead, after) =
        (say("me-mail-subject"), say("me-mail-lead"), say("me-mail-after"));
    let html = html! { p { (lead) } p { (after) } p { (own.site.name) } };
    let text = format!("{lead}\n\n{after}\n\n{}\n", own.site.name);
    Letter { from_name: own.site.name.clone(), to, subject, text, html: html.into_string() }
}

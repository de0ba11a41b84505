//! Who I am here: how I am known, in which language, with which devices; and the way out.

use axum::Router;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use maud::html;

use super::{own_data, profile};
use crate::App;
use crate::features::invitations;
use crate::features::members;
use crate::features::missions::{self, Mission};
use crate::features::sessions;
use crate::http::Problem;
use crate::i18n::Args;
use crate::secrets::hash_of;
use crate::web::door::MEMBER_COOKIE;
use crate::web::shell::{self, Place};
use crate::web::ui;
use crate::web::{Fields, Own, PageRow, Who, cookie, see};

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::portal("/me", Who::Own),
    PageRow::portal("/me/profile", Who::Own),
    PageRow::portal("/me/profile", Who::Own).sent(),
    PageRow::portal("/me/devices", Who::Own).sent(),
    PageRow::portal("/me/data", Who::Own),
    PageRow::portal("/me/data.json", Who::Own),
    PageRow::portal("/me/leave", Who::Own),
    PageRow::portal("/me/leave", Who::Own).sent(),
    PageRow::portal("/me/email", Who::Own),
    PageRow::portal("/me/email", Who::Own).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/me", get(me))
        .route("/me/profile", get(profile::profile).post(profile::keep))
        .route("/me/devices", post(end_device))
        .route("/me/data", get(own_data::data))
        .route("/me/data.json", get(own_data::data_file))
        .route("/me/leave", get(own_data::leave).post(own_data::leave_for_good))
        .route("/me/email", get(own_data::email).post(own_data::change_email))
}

async fn me(own: Own<App>, headers: HeaderMap) -> Result<Response, Problem> {
    let app = &own.scope.app;
    let member = members::resolve(&own.scope, "me").await?;
    let names = members::store::identifiers(&app.db, own.scope.tenant, member.id).await?;
    let now = own.scope.caller.real_now;
    let devices = sessions::store::devices(&app.db, own.scope.tenant, member.id, now).await?;
    let here = cookie::read(&headers, MEMBER_COOKIE).map(hash_of).unwrap_or_default();
    let zone = own.scope.caller.tenancy.as_ref().map(|tenancy| tenancy.zone.clone());
    let zone = zone.unwrap_or_else(lazo_domain::time::Zone::utc);
    let given = member.attributes.get("given_name").and_then(serde_json::Value::as_str);
    let invites = invitations::policy::open(&app.db, own.scope.tenant)
        .await?
        .map(|_| ("/me/invitations", "invitations-title"));
    let says = !profile::asked(&own).await?.is_empty();
    let says = says.then_some(("/me/profile", "me-profile"));
    let steps = missions::store::steps(&app.db, own.scope.tenant, member.id).await?;
    let badge = steps.iter().find(|done| done.mission == Mission::All);
    let title = own.t("web-place-me");
    let main = html! {
        div.stack.narrow {
            div.part {
                h1 { @match given { Some(name) => (name), None => (own.t("me-title")) } }
                p.quiet { (own.say("me-since", Args::new().text("day", own.locale.day(member.enrolled_at, &zone)))) }
            }
            @if let Some(badge) = badge { (missions::portal::badge(&own, badge.at)) }
            @if own.path.ends_with("?moved") { (ui::note("good", &own.t("me-moved"))) }
            section.part {
                h2 { (own.t("me-names")) }
                p.quiet.small { (own.t("me-names-lead")) }
                dl.pairs {
                    @for name in &names {
                        div { dt { (own.say("me-scheme", Args::new().text("scheme", &name.scheme))) } dd { (name.value) } }
                    }
                }
            }
            section.part {
                h2 { (own.t("me-devices")) }
                ul.rows {
                    @for device in &devices {
                        li { div.row {
                            span.what { @if device.device.is_empty() { (own.t("me-device-unknown")) } @else { (device.device) } }
                            @if device.hash == here { span.effect { (own.t("me-device-here")) } } @else {
                                form.inline method="post" action=(own.at("/me/devices")) {
                                    (ui::token(&own.token)) input type="hidden" name="session" value=(device.id);
                                    button.plain { (own.t("me-device-end")) }
                                }
                            }
                            span.when { (own.say("me-device-seen", Args::new().text("at", own.locale.moment(device.seen_at, &zone)))) }
                        } }
                    }
                }
                @if devices.len() > 1 {
                    form method="post" action=(own.at("/me/devices")) {
                        (ui::token(&own.token)) input type="hidden" name="session" value="others";
                        div { button.plain { (own.t("me-device-end-others")) } }
                    }
                }
            }
            section.part {
                h2 { (own.t("me-more")) }
                ul.rows.links {
                    @for (path, key) in says.into_iter().chain(invites).chain([("/me/consents", "consents-title"), ("/me/notices", "push-title"), ("/me/passkeys", "passkeys-title"), ("/me/email", "me-email"), ("/me/data", "me-data"), ("/me/leave", "me-leave")]) {
                        li { a.row href=(own.at(path)) { span.what { (own.t(key)) } (ui::icon(ui::Icon::Next)) } }
                    }
                }
            }
            form method="post" action=(own.at("/sign-out")) {
                (ui::token(&own.token)) button.act.second { (own.t("web-sign-out")) }
            }
        }
    };
    Ok(shell::portal(&own, &title, Some(Place::Me), &main))
}

async fn end_device(
    own: Own<App>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Problem> {
    let Some((member, _)) = own.scope.member() else { return Err(Problem::new(403, "forbidden")) };
    if fields.get("session") == "others" {
        let here = cookie::read(&headers, MEMBER_COOKIE).map(hash_of).unwrap_or_default();
        let (db, tenant) = (&own.scope.app.db, own.scope.tenant);
        sessions::store::end_of_member(db, tenant, member, &here).await?;
        return Ok(see(&own.at("/me")));
    }
    let id = fields.get("session").parse().map_err(|_| Problem::not_found("not_found"))?;
    sessions::store::end_one(&own.scope.app.db, own.scope.tenant, member, id).await?;
    Ok(see(&own.at("/me")))
}

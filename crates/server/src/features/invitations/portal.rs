//! Invitations in the portal: the page that a member's link opens, and the member's own, with whom the link brought.

use axum::Router;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use axum::routing::get;
use lazo_domain::ids::{EventId, MemberId};
use maud::{Markup, html};

use super::promise::{self, Promise};
use super::{policy, store};
use crate::App;
use crate::features::members::{self, Member, MemberStatus};
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::cookie::{self, Cookie};
use crate::web::shell::{self, Place};
use crate::web::visit::scope;
use crate::web::{Fields, Guest, Own, PageRow, Visit, Who, see, share, ui};

/// The cookie of the link that was followed first in a browser; it is set when somebody presses the button.
pub const FOLLOWED: &str = "lazo_invited";
/// The cookie of a browser in which a member saw his or her own link.
pub(super) const OWN: &str = "lazo_inviter";
/// How long a followed link counts, and how long a browser is known as its owner's, in seconds.
const FOLLOWED_S: i64 = 30 * 86_400;
const OWN_S: i64 = 400 * 86_400;
/// Letters and digits of the word in a link.
const WORD: usize = 10;
/// Invitations on the page.
const LISTED: i64 = 100;

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::portal("/i/{code}", Who::Anybody),
    PageRow::portal("/i/{code}", Who::Anybody).sent(),
    PageRow::portal("/me/invitations", Who::Own),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new().route("/i/{code}", get(invited).post(follow)).route("/me/invitations", get(mine))
}

/// A member's link: its word, and where it leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The word in it.
    pub code: String,
    /// The whole address.
    pub address: String,
}

/// The link of the member who visits; nothing where there are no invitations.
pub async fn link_of(own: &Own<App>) -> Result<Option<Link>, Problem> {
    let Some((member, _)) = own.scope.member() else { return Ok(None) };
    link(&own.scope.app, own.scope.tenant, member, &own.visit).await
}

/// The link of whoever visits, if he or she is a member.
pub async fn link_of_guest(guest: &Guest<App>) -> Result<Option<Link>, Problem> {
    let scope = scope(guest.app.clone(), guest.caller.clone())?;
    let Some((member, _)) = scope.member() else { return Ok(None) };
    link(&guest.app, guest.tenancy.id, member, &guest.visit).await
}

async fn link(
    app: &App,
    tenant: lazo_domain::ids::TenantId,
    member: MemberId,
    visit: &Visit,
) -> Result<Option<Link>, Problem> {
    if policy::open(&app.db, tenant).await?.is_none() {
        return Ok(None);
    }
    let mut octets = [0; 8];
    app.entropy.fill(&mut octets);
    let fresh = EventId(i64::from_be_bytes(octets)).to_string();
    let fresh: String = fresh.chars().rev().take(WORD).collect();
    let code = store::code_of(&app.db, tenant, member, &fresh).await?;
    Ok(code.map(|code| {
        let address = absolute(app, &visit.at(&format!("/i/{code}")));
        Link { code, address }
    }))
}

/// A path of ours as people reach it from elsewhere.
#[must_use]
pub fn absolute(app: &App, path: &str) -> String {
    format!("{}{path}", app.faces.public_url.trim_end_matches('/'))
}

/// The answer with the word by which this browser is known as its owner's, who is no guest of his or her own.
#[must_use]
pub fn known(app: &App, visit: &Visit, response: Response, link: Option<&Link>) -> Response {
    match link {
        Some(link) => with(app, visit, response, (OWN, &link.code, OWN_S)),
        None => response,
    }
}

fn with(
    app: &App,
    visit: &Visit,
    mut response: Response,
    (name, value, max_age_s): (&str, &str, i64),
) -> Response {
    let (path, secure) = (visit.site.base.as_str(), app.faces.is_secure());
    if let Some(header) = (Cookie { name, value, path, max_age_s, secure }).header() {
        response.headers_mut().append(SET_COOKIE, header);
    }
    response
}

/// The answer without the followed link: it did what it was for.
#[must_use]
pub fn done(app: &App, visit: &Visit, response: Response) -> Response {
    with(app, visit, response, (FOLLOWED, "", 0))
}

async fn inviter(guest: &Guest<App>, code: &str) -> Result<Option<Member>, Problem> {
    let (db, tenant) = (&guest.app.db, guest.tenancy.id);
    if policy::open(db, tenant).await?.is_none() {
        return Ok(None);
    }
    let Some(id) = store::inviter(db, tenant, code).await? else { return Ok(None) };
    let found = members::store::by_id(db, tenant, id).await?;
    Ok(found.filter(|member| member.status == MemberStatus::Active))
}

/// Who invites, by the given name alone, and what both get.
async fn invited(
    guest: Guest<App>,
    Path((_, code)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let found = inviter(&guest, &code).await?;
    let scope = scope(guest.app.clone(), guest.caller.clone())?;
    let promise = promise::of(&scope, &guest.visit, scope.now).await?;
    let own = found.as_ref().is_some_and(|it| scope.member().is_some_and(|(id, _)| id == it.id));
    let name = found.as_ref().and_then(|it| it.attributes.get("given_name")?.as_str());
    let title = match (&found, name) {
        (None, _) => guest.t("invitations-over"),
        (Some(_), Some(name)) => {
            let args = Args::new().text("name", name).text("brand", &guest.site.name);
            guest.say("invitations-by", args)
        }
        (Some(_), None) => {
            guest.say("invitations-by-somebody", Args::new().text("brand", &guest.site.name))
        }
    };
    let main = html! {
        div.door {
            h1 { (title) }
            @match found {
                None => { p { (guest.t("invitations-over-lead")) } p { a.act href=(guest.at("/join")) { (guest.t("sessions-join-act")) } } }
                Some(_) => {
                    (told(&guest.visit, &promise))
                    @if own {
                        p.note { (guest.t("invitations-own")) }
                        p { a href=(guest.at("/me/invitations")) { (guest.t("invitations-title")) } }
                    } @else if guest.signed_in {
                        p.note { (guest.t("invitations-member")) }
                    } @else {
                        form method="post" action=(guest.at(&format!("/i/{code}"))) {
                            (ui::token(&guest.token))
                            button.act.wide { (guest.t("sessions-join-act")) }
                            p.quiet.small { (guest.t("invitations-kept")) }
                        }
                    }
                    p { a href=(guest.at("/program")) { (guest.t("web-program")) } }
                }
            }
        }
    };
    Ok(shell::portal(&guest, &title, None, &main))
}

fn told(visit: &Visit, promise: &Promise) -> Markup {
    let side = |key: &str, all: &[String]| {
        html! { @if !all.is_empty() { div { dt { (visit.t(key)) } dd { b { (all.join(" + ")) } } } } }
    };
    html! {
        @if *promise != Promise::default() {
            section.sum {
                dl.pairs {
                    (side("invitations-for-invited", &promise.invited))
                    (side("invitations-for-inviter", &promise.inviter))
                }
            }
            p.quiet.small { (visit.t("invitations-when")) }
        }
    }
}

/// Follows a link: the first one counts, for thirty days.
async fn follow(
    guest: Guest<App>,
    Path((_, code)): Path<(String, String)>,
    headers: HeaderMap,
    _: Fields,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("invitation_not_found");
    inviter(&guest, &code).await?.ok_or_else(missing)?;
    let before = cookie::read(&headers, FOLLOWED);
    let stands = match before {
        Some(before) => inviter(&guest, before).await?.is_some(),
        None => false,
    };
    let response = see(&guest.at("/join"));
    if stands {
        return Ok(response);
    }
    Ok(with(&guest.app, &guest.visit, response, (FOLLOWED, &code, FOLLOWED_S)))
}

async fn mine(own: Own<App>) -> Result<Response, Problem> {
    let title = own.t("invitations-title");
    let link = link_of(&own).await?;
    let (member, _) = own.scope.member().ok_or_else(|| Problem::new(403, "forbidden"))?;
    let (db, tenant) = (&own.scope.app.db, own.scope.tenant);
    let all = store::of_inviter(db, tenant, member, LISTED).await?;
    let promise = promise::of(&own.scope, &own.visit, own.scope.now).await?;
    let most = policy::of(db, tenant).await?.map_or(0, |policy| policy.max_a_month);
    let words = own.say("invitations-words", Args::new().text("brand", &own.site.name));
    let zone = own.scope.caller.tenancy.as_ref().map(|tenancy| tenancy.zone.clone());
    let zone = zone.unwrap_or_else(lazo_domain::time::Zone::utc);
    let main = html! {
        div.stack.narrow {
            div.part {
                p { a href=(own.at("/me")) { (own.t("consents-back")) } }
                h1 { (title) }
                @if link.is_none() { p { (own.t("invitations-closed")) } } @else { p.lead { (own.t("invitations-lead")) } }
            }
            @if let Some(link) = &link {
                (told(&own.visit, &promise))
                (share::share(&own.visit, &link.address, &words))
                p.quiet.small { (own.say("invitations-limits", Args::new().text("most", own.locale.number(most, 0)))) }
            }
            @if link.is_some() || !all.is_empty() {
                section.part {
                    h2 { (own.t("invitations-mine")) }
                    @if all.is_empty() { p.empty { (own.t("invitations-none")) } }
                    ul.rows {
                        @for it in &all {
                            li { div.row {
                                span.what { (own.t(&format!("invitations-mine-{}", it.state.replace('_', "-")))) }
                                span.effect { (own.locale.day(it.joined_at, &zone)) }
                            } }
                        }
                    }
                }
            }
        }
    };
    let page = shell::portal(&own, &title, Some(Place::Me), &main);
    Ok(known(&own.scope.app, &own.visit, page, link.as_ref()))
}

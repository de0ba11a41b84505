//! The shells around pages: head, brand, places, footer; one for the portal, one for the console, one for neither.

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use super::assets;
use super::ui::{Icon, icon};
use super::visit::{Desk, Visit};
use crate::http::Role;
use crate::i18n::{Args, Locale};

/// The five places of the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Everything at a glance.
    Home,
    /// What I have and where it comes from.
    Points,
    /// What I can have.
    Rewards,
    /// Where I stand.
    Tier,
    /// Who I am.
    Me,
}

impl Place {
    const ALL: [(Self, &'static str, &'static str, Icon); 5] = [
        (Self::Home, "", "web-place-home", Icon::Home),
        (Self::Points, "/points", "web-place-points", Icon::Points),
        (Self::Rewards, "/rewards", "web-place-rewards", Icon::Gift),
        (Self::Tier, "/tier", "web-place-tier", Icon::Steps),
        (Self::Me, "/me", "web-place-me", Icon::Person),
    ];
}

/// A page of the portal.
#[must_use]
pub fn portal(visit: &Visit, title: &str, place: Option<Place>, main: &Markup) -> Response {
    answer(portal_page(visit, title, place, main))
}

/// A page of the portal, not yet an answer.
#[must_use]
pub fn portal_page(visit: &Visit, title: &str, place: Option<Place>, main: &Markup) -> Markup {
    let site = &visit.site;
    html! {
        (DOCTYPE)
        html lang=(visit.locale.tag()) {
            head {
                (head_common(&format!("{title} · {}", site.name)))
                link rel="stylesheet" href=(site.sheet());
                link rel="stylesheet" href=(assets::PORTAL_CSS.path);
                meta name="theme-color" content=(site.kit.light.paper) media="(prefers-color-scheme: light)";
                meta name="theme-color" content=(site.kit.dark.paper) media="(prefers-color-scheme: dark)";
                @if let Some(mark) = site.mark() { link rel="icon" href=(mark) type="image/svg+xml"; }
                link rel="manifest" href=(visit.at("/app.webmanifest")) data-worker=(visit.at("/worker.js")) data-scope=(site.base) data-member[visit.signed_in];
                script src=(assets::SCRIPT.path) defer {}
            }
            body.portal {
                a.skip href="#main" { (visit.t("web-skip")) }
                header.top {
                    a.brand href=(site.base) {
                        @if let Some(mark) = site.mark() { img src=(mark) alt="" width="28" height="28"; }
                        span { (site.name) }
                    }
                    @if visit.signed_in { (places(visit, place)) } @else { span {} }
                    a.help href=(help_from(visit)) { (visit.t("web-help")) }
                }
                main id="main" { (main) }
                (portal_foot(visit))
            }
        }
    }
}

/// Help, with the page that it is asked for on: a question sent from there says where somebody was.
fn help_from(visit: &Visit) -> String {
    let page = visit.path.split('?').next().unwrap_or_default();
    let help = visit.at("/help");
    if page.starts_with(&help) || !visit.signed_in { help } else { format!("{help}?from={page}") }
}

fn places(visit: &Visit, here: Option<Place>) -> Markup {
    html! {
        nav.places aria-label=(visit.t("web-places")) {
            ul {
                @for (place, path, key, drawn) in Place::ALL {
                    li { a href=(visit.at(path)) aria-current=[(here == Some(place)).then_some("page")] {
                        (icon(drawn)) span { (visit.t(key)) }
                    } }
                }
            }
        }
    }
}

fn portal_foot(visit: &Visit) -> Markup {
    html! {
        footer.foot {
            nav aria-label=(visit.t("web-foot")) {
                a href=(visit.at("/program")) { (visit.t("web-program")) }
                a href=(visit.at("/help")) { (visit.t("web-help")) }
                @if visit.site.privacy.is_some() { a href=(visit.at("/privacy")) { (visit.t("web-privacy")) } }
                (languages(visit.locale, &visit.site.locales, &visit.path))
            }
            p { (visit.site.legal_entity) }
        }
    }
}

/// Links to the same page in the other languages.
fn languages(own: Locale, all: &[Locale], path: &str) -> Markup {
    let path = path.split('?').next().unwrap_or("/");
    html! {
        @for other in all.iter().filter(|locale| **locale != own) {
            a href=(format!("{path}?language={other}")) lang=(other.tag()) hreflang=(other.tag()) {
                (other.text("web-language", &Args::new()))
            }
        }
    }
}

fn head_common(title: &str) -> Markup {
    html! {
        meta charset="utf-8";
        meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
        title { (title) }
    }
}

/// Who looks at a client's numbers and plans.
const TEAM: &[Role] = &[Role::Analyst, Role::ProgramManager, Role::Finance, Role::Admin];
const ADMIN: &[Role] = &[Role::Admin];
const MANAGERS: &[Role] = &[Role::ProgramManager, Role::Finance, Role::Admin];

/// A place of the console: path, text, who may see it.
type Desks = [(&'static str, &'static str, &'static [Role])];

/// The places of the console, by what people do there.
const DESKS: [(&str, &Desks); 7] = [
    (
        "web-desks-program",
        &[
            (
                "",
                "web-desk-overview",
                &[Role::Analyst, Role::ProgramManager, Role::Finance, Role::Admin],
            ),
            ("/programs", "web-desk-programs", MANAGERS),
            ("/measures", "web-desk-measures", TEAM),
            ("/recommendations", "web-desk-recommendations", TEAM),
            ("/reports", "web-desk-reports", TEAM),
        ],
    ),
    (
        "web-desks-client",
        &[
            ("/workspace", "web-desk-workspace", TEAM),
            ("/discovery", "web-desk-discovery", TEAM),
            ("/alignment", "web-desk-alignment", TEAM),
            ("/technology", "web-desk-technology", TEAM),
            ("/requests", "web-desk-requests", TEAM),
        ],
    ),
    (
        "web-desks-campaigns",
        &[
            ("/campaigns", "web-desk-campaigns", TEAM),
            ("/journeys", "web-desk-journeys", TEAM),
            ("/newsletter", "web-desk-newsletter", TEAM),
            (
                "/invitations",
                "web-desk-invitations",
                &[Role::Agent, Role::ProgramManager, Role::Finance, Role::Admin],
            ),
            (
                "/missions",
                "web-desk-missions",
                &[Role::Agent, Role::Analyst, Role::ProgramManager, Role::Finance, Role::Admin],
            ),
            ("/segments", "web-desk-segments", TEAM),
        ],
    ),
    (
        "web-desks-members",
        &[
            ("/members", "web-desk-members", &[Role::Agent, Role::Admin]),
            ("/cases", "web-desk-cases", &[Role::Agent, Role::ProgramManager, Role::Admin]),
            (
                "/adjustments",
                "web-desk-adjustments",
                &[Role::Agent, Role::Finance, Role::ProgramManager, Role::Admin],
            ),
            (
                "/vouchers",
                "web-desk-vouchers",
                &[Role::Agent, Role::Finance, Role::ProgramManager, Role::Admin],
            ),
        ],
    ),
    (
        "web-desks-integration",
        &[
            (
                "/integration-projects",
                "web-desk-projects",
                &[Role::Analyst, Role::Finance, Role::ProgramManager, Role::Admin],
            ),
            ("/two-files", "web-desk-two-files", &[Role::ProgramManager, Role::Admin]),
            ("/imports", "web-desk-imports", ADMIN),
        ],
    ),
    (
        "web-desks-systems",
        &[
            ("/webhooks", "web-desk-webhooks", &[Role::ProgramManager, Role::Admin]),
            ("/api-keys", "web-desk-keys", ADMIN),
            ("/jobs", "web-desk-jobs", ADMIN),
        ],
    ),
    (
        "web-desks-team",
        &[
            ("/staff", "web-desk-staff", ADMIN),
            ("/audit", "web-desk-audit", &[Role::Admin, Role::Finance]),
            (
                "/brand-kit",
                "web-desk-brand-kit",
                &[Role::ProgramManager, Role::Admin, Role::Analyst],
            ),
            (
                "/styleguide",
                "web-desk-styleguide",
                &[Role::Analyst, Role::ProgramManager, Role::Finance, Role::Admin],
            ),
        ],
    ),
];

/// A page of the console.
#[must_use]
pub fn console<S>(desk: &Desk<S>, title: &str, main: &Markup) -> Response {
    console_dressed(desk, title, main, None)
}

/// A page of the console in the clothes of the style sheet at `sheet`.
#[must_use]
pub fn console_dressed<S>(
    desk: &Desk<S>,
    title: &str,
    main: &Markup,
    sheet: Option<&str>,
) -> Response {
    let path = desk.path.split('?').next().unwrap_or_default();
    let is_here = |below: &str| {
        let whole = format!("/console{below}");
        if below.is_empty() {
            path == whole || path == "/console/"
        } else {
            path.starts_with(&whole)
        }
    };
    let markup = html! {
        (DOCTYPE)
        html lang=(desk.locale.tag()) {
            head {
                (head_common(&format!("{title} · Lazo")))
                link rel="stylesheet" href=(assets::CONSOLE_CSS.path);
                @if let Some(sheet) = sheet { link rel="stylesheet" href=(sheet); }
                script src=(assets::SCRIPT.path) defer {}
            }
            body.console {
                a.skip href="#main" { (desk.t("web-skip")) }
                header.rail {
                    a.brand href="/console" { (icon(Icon::Tie)) span { "Lazo" } }
                    input.menu #menu type="checkbox";
                    label for="menu" { (desk.t("web-menu")) }
                    (tenants(desk))
                    nav aria-label=(desk.t("web-places")) {
                        @for (group, places) in DESKS {
                            @let open: Vec<_> = places.iter().filter(|(_, _, roles)| roles.iter().any(|role| desk.scope.is(*role))).collect();
                            @if !open.is_empty() {
                                h2.group { (desk.t(group)) }
                                ul { @for (path, key, _) in open {
                                    li { a href=(format!("/console{path}")) aria-current=[is_here(path).then_some("page")] { (desk.t(key)) } }
                                } }
                            }
                        }
                        @if [Role::Cashier, Role::Agent].iter().any(|role| desk.scope.is(*role)) {
                            ul { li { a href="/caja" { (desk.t("pos-till-title")) } } }
                        }
                    }
                    div.leave {
                        a href="/console/me" aria-current=[is_here("/me").then_some("page")] { (desk.t("web-desk-me")) }
                        form method="post" action="/console/sign-out" {
                            (super::ui::token(&desk.token))
                            button.plain { (desk.t("web-sign-out")) }
                        }
                    }
                    p.small { (languages(desk.locale, &Locale::ALL, &desk.path)) }
                }
                main id="main" { (main) }
            }
        }
    };
    answer(markup)
}

/// The choice among the tenants that somebody works for, where there is one.
fn tenants<S>(desk: &Desk<S>) -> Markup {
    let own = desk.scope.caller.tenancy.as_ref().map_or("", |tenancy| tenancy.code.as_str());
    html! {
        @if desk.tenants.len() > 1 {
            form.tenants method="post" action="/console/tenant" {
                (super::ui::token(&desk.token))
                label for="tenant" { (desk.t("web-desk-tenant")) }
                select id="tenant" name="tenant" {
                    @for tenancy in &desk.tenants {
                        option value=(tenancy.code) selected[tenancy.code == own] { (tenancy.name) }
                    }
                }
                button.act.second.slim { (desk.t("web-desk-choose")) }
            }
        }
    }
}

/// A page of the till.
#[must_use]
pub fn till<S>(desk: &Desk<S>, title: &str, main: &Markup) -> Response {
    let tenancy = desk.scope.caller.tenancy.as_ref();
    let at_desk = [Role::Analyst, Role::ProgramManager, Role::Finance, Role::Admin];
    let out = html! {
        (tenants(desk))
        @if at_desk.iter().any(|role| desk.scope.is(*role)) { a href="/console" { (desk.t("web-desk-overview")) } }
        form method="post" action="/console/sign-out" {
            (super::ui::token(&desk.token))
            button.plain { (desk.t("web-sign-out")) }
        }
    };
    let name = tenancy.map_or("", |tenancy| tenancy.name.as_str());
    let owner = tenancy.map(|tenancy| format!("{} {}", tenancy.code, desk.scope.actor()));
    answer(till_page(desk.locale, title, (name, owner), &out, main))
}

/// The page of the till that the browser keeps: nobody's, and without a token.
#[must_use]
pub fn till_offline(locale: Locale, title: &str, main: &Markup) -> Response {
    answer(till_page(locale, title, ("", None), &html! {}, main))
}

/// `whose` is the tenant's name, and for whom sales that wait are kept apart.
fn till_page(
    locale: Locale,
    title: &str,
    whose: (&str, Option<String>),
    out: &Markup,
    main: &Markup,
) -> Markup {
    let (name, owner) = whose;
    let t = |key: &str| locale.text(key, &Args::new());
    html! {
        (DOCTYPE)
        html lang=(locale.tag()) {
            head {
                (head_common(&format!("{title} · Lazo")))
                link rel="stylesheet" href=(assets::TILL_CSS.path);
                script src=(assets::TILL_SCRIPT.path) defer {}
                script src=(assets::SCRIPT.path) defer {}
            }
            body.till {
                a.skip href="#main" { (t("web-skip")) }
                header.top {
                    a.brand href="/caja" { (icon(Icon::Tie)) span { (t("pos-till-title")) } }
                    span.quiet { (name) }
                    (out)
                }
                div.waiting data-queue data-words=(t("pos-till-waiting")) data-others=(t("pos-till-waiting-others")) data-drop=(t("pos-till-drop"))
                    data-again=(t("pos-till-once-more")) data-pay=(t("pos-till-offline-pay")) data-kept=(t("pos-till-offline-kept"))
                    data-unknown=(t("pos-till-offline-unknown")) data-owner=[owner] role="status" hidden {
                    p data-count {}
                    ul {}
                }
                main id="main" { (main) }
            }
        }
    }
}

/// A page of the house itself: nobody is signed in and no brand is there.
#[must_use]
pub fn bare(locale: Locale, title: &str, main: &Markup) -> Response {
    answer(bare_page(locale, title, main))
}

/// A page of the house itself, not yet an answer.
#[must_use]
pub fn bare_page(locale: Locale, title: &str, main: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(locale.tag()) {
            head {
                (head_common(&format!("{title} · Lazo")))
                link rel="stylesheet" href=(assets::CONSOLE_CSS.path);
                script src=(assets::SCRIPT.path) defer {}
            }
            body.bare {
                header.top { span.brand { (icon(Icon::Tie)) span { "Lazo" } } }
                main id="main" { (main) }
            }
        }
    }
}

fn answer(page: Markup) -> Response {
    ([(CONTENT_TYPE, "text/html; charset=utf-8")], page.into_string()).into_response()
}

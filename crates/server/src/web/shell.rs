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
                    a.help href=(visit.at("/help")) { (visit.t("web-help")) }
                }
                main id="main" { (main) }
                (portal_foot(visit))
            }
        }
    }
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

/// The places of the console: path, text, who may see it.
const DESKS: [(&str, &str, &[Role]); 2] = [
    ("", "web-desk-overview", &[Role::Analyst, Role::ProgramManager, Role::Finance, Role::Admin]),
    ("/programs", "web-desk-programs", &[Role::ProgramManager, Role::Finance, Role::Admin]),
];

/// A page of the console.
#[must_use]
pub fn console<S>(desk: &Desk<S>, title: &str, main: &Markup) -> Response {
    let own = desk.scope.caller.tenancy.as_ref().map_or("", |tenancy| tenancy.code.as_str());
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
                script src=(assets::SCRIPT.path) defer {}
            }
            body.console {
                a.skip href="#main" { (desk.t("web-skip")) }
                header.rail {
                    a.brand href="/console" { (icon(Icon::Tie)) span { "Lazo" } }
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
                    nav aria-label=(desk.t("web-places")) {
                        ul {
                            @for (path, key, roles) in DESKS {
                                @if roles.iter().any(|role| desk.scope.is(*role)) {
                                    li { a href=(format!("/console{path}")) aria-current=[is_here(path).then_some("page")] { (desk.t(key)) } }
                                }
                            }
                        }
                    }
                    form.leave method="post" action="/console/sign-out" {
                        (super::ui::token(&desk.token))
                        button.plain { (desk.t("web-sign-out")) }
                    }
                    p.small { (languages(desk.locale, &Locale::ALL, &desk.path)) }
                }
                main id="main" { (main) }
            }
        }
    };
    answer(markup)
}

/// A page of the till.
#[must_use]
pub fn till<S>(desk: &Desk<S>, title: &str, main: &Markup) -> Response {
    let tenancy = desk.scope.caller.tenancy.as_ref();
    let out = html! {
        form method="post" action="/console/sign-out" {
            (super::ui::token(&desk.token))
            button.plain { (desk.t("web-sign-out")) }
        }
    };
    let name = tenancy.map_or("", |tenancy| tenancy.name.as_str());
    answer(till_page(desk.locale, title, name, &out, main))
}

/// The page of the till that the browser keeps: nobody's, and without a token.
#[must_use]
pub fn till_offline(locale: Locale, title: &str, main: &Markup) -> Response {
    answer(till_page(locale, title, "", &html! {}, main))
}

fn till_page(locale: Locale, title: &str, name: &str, out: &Markup, main: &Markup) -> Markup {
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
                div.waiting data-queue data-words=(t("pos-till-waiting")) data-drop=(t("pos-till-drop")) role="status" hidden {
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

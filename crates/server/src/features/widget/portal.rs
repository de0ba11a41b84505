//! The script that shops include, and the quote behind it: what a basket gives to whoever looks at it.

use std::fmt::Write as _;

use axum::extract::Query;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE,
    ORIGIN, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use lazo_domain::account::Account;
use lazo_domain::apply::apply;
use lazo_domain::event::{Body, Facts, Line, Purchase};
use lazo_domain::ids::{AccountId, EventId, MemberId};
use lazo_domain::points::Points;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::App;
use crate::features::accounts::holdings::{Holding, Purse};
use crate::features::ledger::post;
use crate::features::ledger::receipt::ReceiptView;
use crate::features::members::{self, Member, MemberKind, MemberStatus};
use crate::features::tenants::Attributes;
use crate::http::{Problem, Scope};
use crate::i18n::{Args, Locale};
use crate::web::visit::scope;
use crate::web::{Guest, PageRow, Visit, Who};

/// The largest basket that is told of, in minor units.
const MOST_MINOR: i64 = 100_000_000;
/// The most parts of a basket.
const MOST_ITEMS: usize = 50;
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Who may open what.
pub const PAGES: &[PageRow] =
    &[PageRow::portal("/widget.js", Who::Anybody), PageRow::portal("/widget/quote", Who::Anybody)];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new().route("/widget.js", get(script)).route("/widget/quote", get(quote))
}

/// The script, which knows by its own address whose it is.
async fn script(_: Guest<App>) -> Response {
    let head = [
        (CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=3600"),
        (RESOURCE_POLICY, "cross-origin"),
    ];
    (head, include_str!("widget.js")).into_response()
}

/// A basket.
#[derive(Debug, Default, Deserialize)]
struct Basket {
    /// All of it, in minor units of the program's currency.
    #[serde(default)]
    basket: String,
    /// Parts of it, as `category:minor,category:minor`; what they leave of the whole has no category.
    #[serde(default)]
    items: String,
    /// The language of the shop's page.
    #[serde(default)]
    locale: String,
}

/// What the widget shows.
#[derive(Debug, Serialize)]
struct Quote {
    brand: String,
    lines: Vec<String>,
    link: Link,
    colours: serde_json::Value,
    corner: u16,
}

#[derive(Debug, Serialize)]
struct Link {
    text: String,
    href: String,
}

async fn quote(
    guest: Guest<App>,
    Query(basket): Query<Basket>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let origin = headers.get(ORIGIN).cloned();
    let allowed = allowed(&guest, origin.as_ref())?;
    let mut visit = guest.visit.clone();
    visit.locale = spoken(&basket.locale).unwrap_or(visit.locale);
    let scope = scope(guest.app.clone(), guest.caller.clone())?;
    let lines = parts(&basket)?;
    let quote = told(&scope, &visit, lines).await?;
    let mut response = Json(quote).into_response();
    let head = response.headers_mut();
    head.insert(VARY, HeaderValue::from_static("origin, cookie"));
    if let Some(origin) = allowed {
        head.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        // A shop of the brand's own site may show its members what is theirs; browsers send the cookie nowhere else.
        head.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// The origin to name in the answer, if the shop is one of the brand's; nothing to name where no other origin asks.
fn allowed(
    guest: &Guest<App>,
    origin: Option<&HeaderValue>,
) -> Result<Option<HeaderValue>, Problem> {
    let Some(origin) = origin else { return Ok(None) };
    let known = guest.site.widget.as_ref().map(|widget| widget.origins.as_slice());
    let text = origin.to_str().unwrap_or_default();
    if known.unwrap_or_default().iter().any(|one| one == text) {
        Ok(Some(origin.clone()))
    } else {
        Err(Problem::new(403, "origin_unknown").with("origin", text))
    }
}

/// The language of a tag, by its first part where the whole is not known.
fn spoken(tag: &str) -> Option<Locale> {
    let first = match tag.split('-').next() {
        Some("es") => Some(Locale::EsEs),
        Some("en") => Some(Locale::En),
        _ => None,
    };
    tag.parse().ok().or(first)
}

/// The basket as lines of a purchase.
fn parts(basket: &Basket) -> Result<Vec<Line>, Problem> {
    let wrong = |pointer: &'static str, detail: String| Problem::field(pointer, "invalid", detail);
    let minor = |text: &str| {
        let number: Option<i64> = text.parse().ok();
        number.filter(|minor| (0..=MOST_MINOR).contains(minor))
    };
    let must = || format!("must be 0 to {MOST_MINOR} minor units");
    let whole = minor(&basket.basket).ok_or_else(|| wrong("/basket", must()))?;
    let line = |category: &str, net_minor: i64| Line {
        category: category.to_owned(),
        quantity_milli: 1_000,
        net_minor,
        ..Line::default()
    };
    let mut lines = Vec::new();
    let mut left = whole;
    for item in basket.items.split(',').filter(|item| !item.is_empty()) {
        let read = item.rsplit_once(':').and_then(|(of, text)| Some((of, minor(text)?)));
        let Some((category, net)) = read.filter(|(of, net)| of.len() <= 100 && *net <= left) else {
            let why = "must be category:minor,… and no more than the basket".to_owned();
            return Err(wrong("/items", why));
        };
        if lines.len() == MOST_ITEMS {
            return Err(wrong("/items", format!("must be at most {MOST_ITEMS}")));
        }
        left -= net;
        lines.push(line(category, net));
    }
    if left > 0 || lines.is_empty() {
        lines.push(line("", left));
    }
    Ok(lines)
}

/// What the basket gives: to the member who is signed in, else to somebody who would join.
async fn told(scope: &Scope<App>, visit: &Visit, lines: Vec<Line>) -> Result<Quote, Problem> {
    let missing = || Problem::not_found("not_found");
    let program = *visit.site.programs.first().ok_or_else(missing)?;
    let own = scope.member().is_some();
    let member = if own {
        members::resolve(scope, "me").await?
    } else {
        Member {
            id: MemberId(0),
            tenant: scope.tenant,
            account: AccountId(scope.app.ids.next()),
            kind: MemberKind::Person,
            status: MemberStatus::Active,
            enrolled_at: scope.now,
            locale: None,
            attributes: Attributes::default(),
            programs: vec![program],
        }
    };
    let whose = (member.id, member.account);
    let purse = Purse::read(scope, whose, &visit.site.programs, visit.locale).await?;
    let own = own && member.programs.contains(&program);
    let changes = earned(scope, &member, program, lines).await?;
    let mut said = Vec::new();
    let first = purse.holdings.iter().filter(|holding| holding.program.id == program);
    for holding in first.clone() {
        let points: i64 =
            changes.iter().filter(|(of, _)| *of == holding.code).map(|(_, n)| *n).sum();
        if points > 0 {
            said.push(gives(visit, holding, points, own));
        }
    }
    if said.is_empty() {
        said.push(visit.t("widget-nothing"));
    }
    if own {
        for holding in first {
            said.push(has(visit, holding));
        }
    }
    let (key, path) = if own { ("widget-open", "") } else { ("widget-join", "/join") };
    let light = palette(&visit.site.kit.light);
    Ok(Quote {
        brand: visit.site.name.clone(),
        lines: said,
        link: Link { text: visit.t(key), href: visit.at(path) },
        colours: json!({ "light": light, "dark": palette(&visit.site.kit.dark) }),
        corner: visit.site.kit.corners.panel,
    })
}

/// What the purchase would give of each point type, in smallest units. Nothing is done.
async fn earned(
    scope: &Scope<App>,
    member: &Member,
    program: lazo_domain::ids::ProgramId,
    lines: Vec<Line>,
) -> Result<Vec<(String, i64)>, Problem> {
    let programs = crate::features::programs::of(scope).await?;
    let Some(live) = programs.at(program, scope.now) else { return Ok(Vec::new()) };
    let purchase = Purchase {
        currency: live.currency.code().to_owned(),
        channel: Some("web".to_owned()),
        lines,
        store: None,
        attributes: std::collections::BTreeMap::new(),
    };
    let reference = EventId(scope.app.ids.next()).to_string();
    let asked = post::Asked { source: "widget", reference: &reference, at: None };
    let event = post::event(scope, member, program, asked, Body::Purchase(purchase))?;
    let outcome = if scope.member().is_some() {
        match post::post(scope, member, event.clone(), true).await {
            Ok(receipt) => receipt.outcome,
            // A program that is closed, or a purchase that its rules refuse, gives nothing.
            Err(problem) if problem.status < 500 => return Ok(Vec::new()),
            Err(problem) => return Err(problem),
        }
    } else {
        // Whoever has not joined has no account in the books: the rules judge one that was opened now.
        let keys: Vec<String> = live.limits.keys().cloned().collect();
        let used = scope.app.ledger.books().resources(scope.tenant, &keys).await?;
        let left = live.limits.iter().map(|(key, limit)| {
            (key.clone(), limit.saturating_sub(used.get(key).copied().unwrap_or(0)))
        });
        let facts = Facts { member: member.id, resources: left.collect(), ..Facts::default() };
        let fresh = Account::new(scope.tenant, member.account, member.id, scope.now);
        match apply(&fresh, &event, &facts, &programs, scope.now) {
            Ok(decision) => decision.outcome().clone(),
            Err(_) => return Ok(Vec::new()),
        }
    };
    let view = ReceiptView::of(scope, &event, &outcome, false).await?;
    let counts = view.changes.into_iter().filter(|change| change.side != "held");
    Ok(counts.map(|change| (change.point_type, change.points)).collect())
}

fn gives(visit: &Visit, holding: &Holding, points: i64, own: bool) -> String {
    let key = if own { "widget-earns" } else { "widget-would-earn" };
    let args = Args::new().text("amount", holding.amount(points, visit.locale));
    let mut text = visit.say(key, args);
    if let Some(worth) = holding.worth(Points(points), visit.locale) {
        let _ = write!(text, " {}", visit.say("widget-worth", Args::new().text("worth", worth)));
    }
    text
}

fn has(visit: &Visit, holding: &Holding) -> String {
    let available = holding.balance.available.0;
    let amount = holding.amount(available, visit.locale);
    visit.say("widget-have", Args::new().text("amount", amount))
}

fn palette(of: &crate::web::kit::Palette) -> serde_json::Value {
    json!({ "surface": of.surface, "ink": of.ink, "muted": of.muted, "line": of.line,
        "link": of.link, "focus": of.focus })
}

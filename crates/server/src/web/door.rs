//! The door before every page: which brand, whose session, which language, and whether the page may be opened.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use lazo_domain::time::Timestamp;
use lazo_store::{Clock, StoreError};

use super::cookie::{self, Cookie};
use super::form::see;
use super::rows::{Face, PageRow, PageTable, Who};
use super::session::Session;
use super::site::Site;
use super::visit::Presence;
use super::{Settings, failure};
use crate::http::edge::{self, Arrival};
use crate::http::{Buckets, Caller, Holder, Principal, Problem, Tenancy};
use crate::i18n::Locale;
use crate::secrets::Entropy;

/// The cookie of a member's session; its path is the portal's.
pub const MEMBER_COOKIE: &str = "lazo_member";
/// The cookie of a staff session.
pub const STAFF_COOKIE: &str = "lazo_staff";
/// The cookie of the tenant that staff works for at present.
pub const TENANT_COOKIE: &str = "lazo_tenant";
/// The cookie of the language that was chosen.
const LANGUAGE_COOKIE: &str = "lazo_language";
const YEAR_S: i64 = 365 * 86_400;
/// Pages one address may ask for at once, and per second on average.
const BURST: u32 = 600;
const PER_S: u32 = 30;

/// Everything a page may load or send comes from here and goes here.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// An answer that the database may have to give.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// Who knows brands, sessions and tenants. The features know; the door asks.
pub trait Porter: Send + Sync {
    /// The brand of a portal's path, with its tenant.
    fn site<'a>(&'a self, site: &'a str) -> Answer<'a, Option<(Arc<Site>, Tenancy)>>;

    /// The session of a cookie, while it lasts.
    fn session<'a>(&'a self, token: &'a str, now: Timestamp) -> Answer<'a, Option<Session>>;

    /// The tenants of somebody who works for several, those in use.
    fn tenants<'a>(&'a self, principal: &'a Principal) -> Answer<'a, Vec<Tenancy>>;
}

/// Everything the door works with. Cheap to clone.
#[derive(Clone)]
pub struct House(Arc<Parts>);

/// What a house is made of.
pub struct Parts {
    /// Knows brands, sessions and tenants.
    pub porter: Arc<dyn Porter>,
    /// The real clock.
    pub clock: Arc<dyn Clock>,
    /// Where masks come from.
    pub entropy: Arc<dyn Entropy>,
    /// Who may open what.
    pub table: PageTable,
    /// Settings of the faces.
    pub settings: Settings,
    buckets: Buckets,
}

impl House {
    /// Puts the house together.
    #[must_use]
    pub fn new(
        porter: Arc<dyn Porter>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        table: PageTable,
        settings: Settings,
    ) -> Self {
        let buckets = Buckets::default();
        Self(Arc::new(Parts { porter, clock, entropy, table, settings, buckets }))
    }
}

impl Deref for House {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Lets a request through to its page, or shows why not.
pub async fn door(State(house): State<House>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let arrival = request.extensions().get::<Arrival>().cloned();
    let mut presence = None;
    let response = match admit(&house, request, &mut presence).await {
        Ok(request) => next.run(*request).await,
        Err(turned) => *turned,
    };
    let mut response = failure::told(response, presence.as_ref(), arrival.as_ref());
    let headers = response.headers_mut();
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
}

async fn admit(
    house: &House,
    mut request: Request,
    seen: &mut Option<Presence>,
) -> Result<Box<Request>, Box<Response>> {
    let turn = |problem: Problem| Box::new(problem.into_response());
    let path = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let row = path.and_then(|path| house.table.row(request.method(), &path));
    let row = row.ok_or_else(|| turn(Problem::new(403, "forbidden")))?;
    let arrival = request.extensions().get::<Arrival>();
    let request_id = arrival.map(|arrival| arrival.request_id.clone()).unwrap_or_default();
    let from = arrival.map_or("nobody".to_owned(), |arrival| arrival.from.clone());
    let word = request.uri().path().split('/').nth(2).unwrap_or_default().to_owned();
    let presence = presence(house, request.headers(), &row, &word, request_id);
    // Whoever is signed in has a limit of his or her own: a whole office may share one address.
    let presence = match presence.await {
        Ok(presence) => presence,
        Err(problem) => {
            limit(house, &from).map_err(turn)?;
            return Err(turn(problem));
        }
    };
    let who = presence.session.as_ref().map_or(from, |session| session.principal.actor.clone());
    *seen = Some(presence.clone());
    limit(house, &who).map_err(turn)?;
    if let Some(away) = language_chosen(house, &request, &row) {
        return Err(Box::new(away));
    }
    if request.method() == Method::POST && !is_of_ours(request.headers()) {
        return Err(turn(Problem::new(403, "form_foreign")));
    }
    allowed(&row, &presence).map_err(turn)?;
    request.extensions_mut().insert(presence);
    Ok(Box::new(request))
}

fn limit(house: &House, who: &str) -> Result<(), Problem> {
    let allowance = house.buckets.take(who, PER_S, BURST, house.clock.now());
    if allowance.granted {
        return Ok(());
    }
    let problem = Problem::new(429, "rate_limited");
    Err(Problem { retry_after_s: Some(allowance.reset_s), ..problem })
}

async fn presence(
    house: &House,
    headers: &HeaderMap,
    row: &PageRow,
    word: &str,
    request_id: String,
) -> Result<Presence, Problem> {
    let now = house.clock.now();
    let missing = || Problem::not_found("not_found");
    let portal = match row.face {
        Face::Portal => Some(house.porter.site(word).await?.ok_or_else(missing)?),
        Face::Console | Face::Till => None,
    };
    let name = if portal.is_some() { MEMBER_COOKIE } else { STAFF_COOKIE };
    let session = match cookie::read(headers, name) {
        Some(token) => house.porter.session(token, now).await?,
        None => None,
    };
    let session = session.filter(|session| belongs(session, portal.as_ref()));
    let tenants = match (&portal, &session) {
        (None, Some(session)) => house.porter.tenants(&session.principal).await?,
        _ => Vec::new(),
    };
    let tenancy = match &portal {
        Some((_, tenancy)) => Some(tenancy.clone()),
        None => chosen(&tenants, headers),
    };
    if tenancy.as_ref().is_some_and(|tenancy| !tenancy.live) {
        return Err(missing());
    }
    let caller = Caller {
        principal: session.as_ref().map_or_else(nobody, |session| session.principal.clone()),
        tenancy,
        real_now: now,
        locale: locale(headers, portal.as_ref().map(|(site, _)| site.as_ref())),
        request_id,
        one_posting: false,
        key: None,
        again: false,
        given_key: None,
    };
    let tenant = caller.tenancy.as_ref().map(|tenancy| tenancy.id);
    let token = session.as_ref().map(|session| session.token(house.entropy.as_ref(), tenant));
    let site = portal.map(|(site, _)| site);
    Ok(Presence { site, session, caller, token: token.unwrap_or_default(), tenants })
}

/// A member's session opens the portals of its own tenant only; a staff session opens none.
fn belongs(session: &Session, portal: Option<&(Arc<Site>, Tenancy)>) -> bool {
    match (&session.principal.holder, portal) {
        (Holder::Member { .. }, Some((_, tenancy))) => session.principal.home == Some(tenancy.id),
        (Holder::Staff, None) => true,
        _ => false,
    }
}

/// The tenant that staff chose last; when nobody chose, the first one there is. Where the chosen one is gone and several
/// are left, it is none: whoever goes on with a page of the old one shall not act on another by mistake.
fn chosen(tenants: &[Tenancy], headers: &HeaderMap) -> Option<Tenancy> {
    let wanted = cookie::read(headers, TENANT_COOKIE).filter(|code| !code.is_empty());
    let found = tenants.iter().find(|tenancy| Some(tenancy.code.as_str()) == wanted);
    let first = || tenants.first().filter(|_| wanted.is_none() || tenants.len() == 1);
    found.or_else(first).cloned()
}

fn nobody() -> Principal {
    Principal {
        actor: "nobody".to_owned(),
        holder: Holder::Key,
        grants: Vec::new(),
        home: None,
        scopes: Some(Vec::new()),
    }
}

/// The language chosen before, else the first wish of the browser that we speak, else the brand's own.
fn locale(headers: &HeaderMap, site: Option<&Site>) -> Locale {
    let chosen = cookie::read(headers, LANGUAGE_COOKIE).and_then(|tag| tag.parse().ok());
    let own = site.and_then(|site| site.locales.first().copied()).unwrap_or_default();
    chosen.or_else(|| edge::wished(headers)).unwrap_or(own)
}

/// `?language=en` keeps the choice and shows the same page.
fn language_chosen(house: &House, request: &Request, row: &PageRow) -> Option<Response> {
    if request.method() != Method::GET {
        return None;
    }
    let asked =
        request.uri().query()?.split('&').find_map(|pair| pair.strip_prefix("language="))?;
    let locale: Locale = asked.parse().ok()?;
    let mut response = see(request.uri().path());
    let cookie = Cookie {
        name: LANGUAGE_COOKIE,
        value: locale.tag(),
        path: if row.face == Face::Portal { "/portal" } else { "/" },
        max_age_s: YEAR_S,
        secure: house.settings.is_secure(),
    };
    response.headers_mut().append(SET_COOKIE, cookie.header()?);
    Some(response)
}

/// Does a form come from a page of ours? Browsers say so; who does not say it is not let in.
fn is_of_ours(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(&FETCH_SITE) {
        return site == "same-origin";
    }
    let host = text(&HOST).unwrap_or_default();
    let origin = text(&ORIGIN).and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    !host.is_empty() && origin == Some(host)
}

fn allowed(row: &PageRow, presence: &Presence) -> Result<(), Problem> {
    let Who::Staff(roles) = row.who else { return Ok(()) };
    let (principal, tenancy) = (&presence.caller.principal, &presence.caller.tenancy);
    // Who is not signed in is sent to the door by the page itself.
    let Some(tenancy) = tenancy.as_ref().filter(|_| presence.session.is_some()) else {
        return Ok(());
    };
    if roles.iter().any(|role| principal.is(*role, Some(tenancy.id))) {
        return Ok(());
    }
    Err(Problem::new(403, "forbidden"))
}

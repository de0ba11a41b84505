//! A page's request as handlers see it: which brand, which language, who is there; a guest, a member, or staff.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OriginalUri};
use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use lazo_domain::time::{Term, Timestamp, Zone};

use super::cookie;
use super::form::see;
use super::session::Session;
use super::site::Site;
use crate::http::{Caller, Holder, Problem, Scope, Tenancy};
use crate::i18n::{Args, Locale};

/// What the door found out about a request.
#[derive(Debug, Clone)]
pub struct Presence {
    /// The brand whose portal it is; the console has none.
    pub site: Option<Arc<Site>>,
    /// The session of whoever is there.
    pub session: Option<Session>,
    /// Who asks; without a session a caller who may nothing.
    pub caller: Caller,
    /// The token for this page's forms; empty without a session.
    pub token: String,
    /// The tenants that staff may choose from.
    pub tenants: Vec<Tenancy>,
}

/// The brand, the language and the words of a page in the portal.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The brand.
    pub site: Arc<Site>,
    /// The reader's language.
    pub locale: Locale,
    /// The token for this page's forms; empty without a session.
    pub token: String,
    /// The path with its query, as it was asked for.
    pub path: String,
    /// Is somebody signed in?
    pub signed_in: bool,
}

impl Visit {
    /// A text without values, in the brand's tone.
    #[must_use]
    pub fn t(&self, key: &str) -> String {
        self.say(key, Args::new())
    }

    /// A text with values, in the brand's tone.
    #[must_use]
    pub fn say(&self, key: &str, args: Args) -> String {
        self.locale.text(key, &args.text("tone", self.site.kit.tone.name()))
    }

    /// So long, in words.
    #[must_use]
    pub fn term(&self, term: Term) -> String {
        let (key, n) = match term {
            Term::Hours(hours) => ("web-term-hours", i64::from(hours)),
            Term::Days(days) => ("web-term-days", i64::from(days)),
            Term::Months(months) => ("web-term-months", i64::from(months)),
        };
        self.say(key, Args::new().count("n", n).text("number", n.to_string()))
    }

    /// The path of a page of this portal.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.site.base)
    }
}

/// Somebody in the portal, signed in or not.
#[derive(Debug, Clone)]
pub struct Guest<S> {
    /// The application.
    pub app: S,
    /// Brand, language and words.
    pub visit: Visit,
    /// Who asks.
    pub caller: Caller,
    /// The brand's tenant.
    pub tenancy: Tenancy,
}

/// A member in the portal.
#[derive(Debug, Clone)]
pub struct Own<S> {
    /// The member within the tenant.
    pub scope: Scope<S>,
    /// Brand, language and words.
    pub visit: Visit,
}

impl<S> Deref for Own<S> {
    type Target = Visit;

    fn deref(&self) -> &Visit {
        &self.visit
    }
}

impl<S> Deref for Guest<S> {
    type Target = Visit;

    fn deref(&self) -> &Visit {
        &self.visit
    }
}

/// A person of the staff at a tenant's desk.
#[derive(Debug, Clone)]
pub struct Desk<S> {
    /// The person within the tenant.
    pub scope: Scope<S>,
    /// The reader's language.
    pub locale: Locale,
    /// The token for this page's forms.
    pub token: String,
    /// The path with its query, as it was asked for.
    pub path: String,
    /// The tenants that the person works for.
    pub tenants: Vec<Tenancy>,
    /// What the browser keeps for us.
    pub headers: HeaderMap,
}

impl<S> Desk<S> {
    /// A cookie's value.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        cookie::read(&self.headers, name)
    }

    /// A text without values.
    #[must_use]
    pub fn t(&self, key: &str) -> String {
        self.locale.text(key, &Args::new())
    }

    /// A text with values.
    #[must_use]
    pub fn say(&self, key: &str, args: Args) -> String {
        self.locale.text(key, &args)
    }

    /// The tenant's zone.
    #[must_use]
    pub fn zone(&self) -> Zone {
        let tenancy = self.scope.caller.tenancy.as_ref();
        tenancy.map_or_else(Zone::utc, |tenancy| tenancy.zone.clone())
    }

    /// An instant as people at the desk read it.
    #[must_use]
    pub fn moment(&self, at: Timestamp) -> String {
        self.locale.moment(at, &self.zone())
    }

    /// A whole number.
    #[must_use]
    pub fn number(&self, number: impl TryInto<i64>) -> String {
        self.locale.number(number.try_into().unwrap_or(i64::MAX), 0)
    }
}

/// Why somebody does not get the page asked for.
pub enum Turned {
    /// Sign in first.
    Away(String),
    /// Not at all.
    Back(Problem),
}

impl IntoResponse for Turned {
    fn into_response(self) -> Response {
        match self {
            Self::Away(path) => see(&path),
            Self::Back(problem) => problem.into_response(),
        }
    }
}

impl From<Problem> for Turned {
    fn from(problem: Problem) -> Self {
        Self::Back(problem)
    }
}

fn presence(parts: &Parts) -> Result<Presence, Problem> {
    parts.extensions.get::<Presence>().cloned().ok_or_else(|| Problem::new(403, "forbidden"))
}

fn path(parts: &Parts) -> String {
    let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
    uri.path_and_query().map_or("/", |path| path.as_str()).to_owned()
}

impl<S: Clone + Send + Sync> FromRequestParts<S> for Guest<S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let presence = presence(parts)?;
        let site = presence.site.ok_or_else(|| Problem::not_found("not_found"))?;
        let tenancy = presence.caller.tenancy.clone();
        let visit = Visit {
            site,
            locale: presence.caller.locale,
            token: presence.token,
            path: path(parts),
            signed_in: presence.session.is_some(),
        };
        Ok(Self {
            app: state.clone(),
            visit,
            caller: presence.caller,
            tenancy: tenancy.ok_or_else(|| Problem::not_found("not_found"))?,
        })
    }
}

impl<S: Clone + Send + Sync> FromRequestParts<S> for Own<S> {
    type Rejection = Turned;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Turned> {
        let guest = Guest::from_request_parts(parts, state).await?;
        if !guest.visit.signed_in || !matches!(guest.caller.principal.holder, Holder::Member { .. })
        {
            return Err(Turned::Away(guest.visit.at("/sign-in")));
        }
        Ok(Self { scope: scope(guest.app, guest.caller)?, visit: guest.visit })
    }
}

impl<S: Clone + Send + Sync> FromRequestParts<S> for Desk<S> {
    type Rejection = Turned;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Turned> {
        let presence = presence(parts)?;
        if presence.session.is_none() {
            return Err(Turned::Away("/console/sign-in".to_owned()));
        }
        if presence.caller.tenancy.is_none() {
            return Err(Turned::Away("/console/tenant".to_owned()));
        }
        Ok(Self {
            locale: presence.caller.locale,
            token: presence.token,
            path: path(parts),
            tenants: presence.tenants,
            headers: cookies(&parts.headers),
            scope: scope(state.clone(), presence.caller)?,
        })
    }
}

/// The headers that carry cookies.
fn cookies(headers: &HeaderMap) -> HeaderMap {
    let mut kept = HeaderMap::new();
    for value in headers.get_all(COOKIE) {
        kept.append(COOKIE, value.clone());
    }
    kept
}

/// The scope of a caller: what every function behind the API wants.
pub fn scope<S>(app: S, caller: Caller) -> Result<Scope<S>, Problem> {
    let Some(tenancy) = &caller.tenancy else { return Err(Problem::new(400, "tenant_required")) };
    let (tenant, now) = (tenancy.id, tenancy.now(caller.real_now));
    Ok(Scope { app, caller, tenant, now })
}

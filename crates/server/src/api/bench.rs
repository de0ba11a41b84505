//! A whole installation for tests of endpoints: two tenants, every role with a token, a clock that stands still.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use lazo_domain::ids::{AccountId, ApiKeyId, MemberId, StaffId, TenantId};
use lazo_domain::time::{DAY, Timestamp};
use lazo_store::testing::TestDb;
use lazo_store::{Clock, ManualClock};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::App;
use crate::features::api_keys::{self, ApiKey};
use crate::features::configuration::{Document, plan};
use crate::features::members::{self, Enrollment, Member, MemberKind, MemberStatus};
use crate::features::sessions::{Whose, links};
use crate::features::webhook_endpoints::Gate;
use crate::features::{member_tokens, programs, staff, tenants};
use crate::http::{Caller, Grant, Limits, Role, Scope};
use crate::i18n::Locale;
use crate::places::Places;
use crate::secrets::{Entropy, Secret};
use crate::web::visit;

/// The document of both tenants, apart from the tenant's code.
pub const SHOP: &str = r#"
[tenant]
code = "CODE"
name = "Shop"
country = "ES"
time_zone = "Europe/Madrid"
currency = "EUR"
locales = ["es-ES"]
sandbox = true

[[brands]]
code = "corner"
name = "Corner"

[[programs]]
code = "club"
brand = "corner"
name = { es = "Club", en = "Club" }
currency = "EUR"
time_zone = "Europe/Madrid"

[[programs.point_types]]
code = "points"
expiry = { basis = "earned", term = { days = 180 } }

[[programs.earning_rules]]
code = "base"
point_type = "points"
effect = { type = "points_per_amount", points = 1, per_minor = 100 }
"#;

/// When every test begins.
pub const START: &str = "2026-11-02T09:00:00Z";

/// An installation with two tenants, `one` and `two`.
pub struct Bench {
    /// The application behind the API.
    pub app: App,
    /// Its clock.
    pub clock: Arc<ManualClock>,
    /// Tokens by name: `cashier`, `agent`, `analyst`, `program_manager`, `finance`, `admin`, `backend` of tenant one
    /// as keys; `manager` and `second` as people; `platform`; `two` the admin of tenant two; `revoked`; `member` and
    /// `other` two members of tenant one.
    pub tokens: BTreeMap<&'static str, String>,
    /// The members behind `member` and `other`.
    pub members: [Member; 2],
    router: Router,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body as JSON; `null` when there is none.
    pub body: Value,
    /// The body as it came.
    pub octets: Vec<u8>,
    /// The headers.
    pub headers: HeaderMap,
}

impl Answer {
    /// The stable code of a failure.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}

/// Randomness that is the same in every run.
struct Counted(AtomicU64);

impl Entropy for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        let next = self.0.fetch_add(1, Ordering::SeqCst);
        for (at, eight) in (0_u64..).zip(bytes.chunks_mut(8)) {
            // The places of one draw differ, and so does each place from draw to draw.
            let number = next.wrapping_add(at << 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            eight.copy_from_slice(&number.to_be_bytes()[..eight.len()]);
        }
    }
}

impl Bench {
    /// Sets up everything on a fresh database.
    pub async fn new(db: &TestDb) -> Self {
        Self::with(db, SHOP, Limits::default()).await
    }

    /// As [`Bench::new`], with another document and other limits.
    pub async fn with(db: &TestDb, document: &str, limits: Limits) -> Self {
        let (app, clock) = opened(db).await;
        let one = apply(&app, &document.replace("CODE", "one")).await;
        let two = apply(&app, &document.replace("CODE", "two")).await;
        let mut tokens = BTreeMap::new();
        for (role, name) in Role::ALL {
            if role != Role::Platform {
                tokens.insert(name, key(&app, one, role, false).await);
            }
        }
        tokens.insert("two", key(&app, two, Role::Admin, false).await);
        tokens.insert("revoked", key(&app, one, Role::Admin, true).await);
        let manager = [(Some(one), Role::ProgramManager), (Some(one), Role::Admin)];
        tokens.insert("manager", person(&app, "manager", &manager).await);
        tokens.insert("second", person(&app, "second", &manager).await);
        let controller = [(Some(one), Role::Finance)];
        tokens.insert("controller", person(&app, "controller", &controller).await);
        tokens.insert("platform", person(&app, "platform", &[(None, Role::Platform)]).await);
        let members = [member(&app, one, "ana").await, member(&app, one, "eva").await];
        let router = super::router(app.clone(), limits);
        let mut bench = Self { app, clock, tokens, members, router };
        bench.sign_members_in().await;
        bench
    }

    /// The same with files in a folder.
    pub fn in_folder(mut self, folder: &std::path::Path) -> Self {
        self.app = self.app.with(|parts| parts.data_dir = folder.to_owned());
        self.router = super::router(self.app.clone(), Limits::default());
        self
    }

    /// The same where nobody waits for a place.
    pub fn impatient(mut self) -> Self {
        self.app = self.app.with(|parts| parts.places = Arc::new(Places::patient(Duration::ZERO)));
        self.router = super::router(self.app.clone(), Limits::default());
        self
    }

    /// The same with some part of the application changed.
    pub fn changed(mut self, change: impl FnOnce(&mut crate::app::Parts)) -> Self {
        self.app = self.app.with(change);
        self.router = super::router(self.app.clone(), Limits::default());
        self
    }

    /// Adds somebody who manages programs of the first tenant and signs in as `login`.
    pub async fn add_manager(&mut self, login: &'static str) {
        self.add_person(login, Role::ProgramManager).await;
    }

    /// Adds somebody of the first tenant who signs in as `login`.
    pub async fn add_person(&mut self, login: &'static str, role: Role) {
        let all = tenants::store::all(&self.app.db).await.unwrap();
        let one = all.iter().find(|tenant| tenant.config.code == "one").map(|tenant| tenant.id);
        let token = person(&self.app, login, &[(one, role)]).await;
        self.tokens.insert(login, token);
    }

    /// A token of somebody who administers both tenants.
    pub async fn partner(&self) -> String {
        let both = tenants::store::all(&self.app.db).await.unwrap();
        let roles: Vec<_> = both.iter().map(|tenant| (Some(tenant.id), Role::Admin)).collect();
        person(&self.app, "partner", &roles).await
    }

    /// Gives both members fresh tokens.
    pub async fn sign_members_in(&mut self) {
        for (name, member) in ["member", "other"].into_iter().zip(&self.members) {
            let token = member_token(&self.app, member.tenant, member).await;
            self.tokens.insert(name, token);
        }
    }

    /// An installation in which nobody works yet.
    pub async fn bare(db: &TestDb) -> Self {
        let (app, clock) = opened(db).await;
        let nobody = |id| Member {
            id: MemberId(id),
            tenant: TenantId(0),
            account: AccountId(id),
            kind: MemberKind::Person,
            status: MemberStatus::Active,
            enrolled_at: clock.now(),
            locale: None,
            attributes: BTreeMap::default(),
            programs: Vec::new(),
        };
        let members = [nobody(1), nobody(2)];
        let router = super::router(app.clone(), Limits::default());
        Self { app, clock, tokens: BTreeMap::new(), members, router }
    }

    /// Sends a request in the name of `who` (empty for nobody) and waits for the answer.
    pub async fn ask(&self, who: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.ask_with(who, method, path, body, &[]).await
    }

    /// As [`Bench::ask`], with further headers.
    pub async fn ask_with(
        &self,
        who: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let path =
            if path.starts_with("/api/") { path.to_owned() } else { format!("/api/v1{path}") };
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = self.tokens.get(who) {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let content = body.as_ref().map(ToString::to_string).unwrap_or_default();
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        self.send(request.body(Body::from(content)).unwrap()).await
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let octets = bytes.to_vec();
        Answer { status: parts.status.as_u16(), body, octets, headers: parts.headers }
    }

    /// A page of the console as somebody of the people in tenant one sees it.
    pub async fn page(&self, login: &str, path: &str) -> String {
        let page = self.browse(&self.desk(login).await, path, None).await;
        let text = String::from_utf8_lossy(&page.octets).into_owned();
        assert_eq!(page.status, 200, "GET {path}: {text}");
        text
    }

    /// The cookies of somebody of the people in tenant one, signed in to the console.
    pub async fn desk(&self, login: &str) -> String {
        let staff = staff::person_of(self.scope(login).await.actor()).unwrap();
        self.enter(Whose::Staff(staff), "/console").await
    }

    /// The cookies of the member of `members` at `at`, signed in to the portal of tenant one's brand at `site`.
    pub async fn visitor(&self, at: usize, site: &str) -> String {
        let Member { tenant, id: member, account, .. } = self.members[at];
        let whose = Whose::Member { tenant, member, account };
        self.enter(whose, &format!("/portal/{site}")).await
    }

    async fn enter(&self, whose: Whose, home: &str) -> String {
        let end = self.clock.now().plus_micros(DAY);
        let secret = links::make(&self.app, whose, home, end).await.unwrap();
        let opened = self.browse("", &format!("{home}/open/{}", secret.text), None).await;
        let cookies = opened.headers.get_all("set-cookie").iter();
        let cookies = cookies.map(|value| value.to_str().unwrap().split(';').next().unwrap());
        cookies.collect::<Vec<_>>().join("; ")
    }

    /// A form of the page at `path`, sent by whoever has the cookies: the status, and the text or where it leads.
    pub async fn fill(&self, cookies: &str, path: &str, form: &str) -> (u16, String) {
        let page = self.browse(cookies, path, None).await;
        let page = String::from_utf8_lossy(&page.octets).into_owned();
        let token = page.split_once("name=\"_token\" value=\"").expect(&page).1;
        let form = format!("_token={}&{form}", token.split('"').next().unwrap());
        let sent = self.browse(cookies, path, Some(&form)).await;
        let place = sent.headers.get("location").map(|place| place.to_str().unwrap().to_owned());
        (sent.status, place.unwrap_or_else(|| String::from_utf8_lossy(&sent.octets).into_owned()))
    }

    /// A page, or a form that is sent from a page of ours.
    pub async fn browse(&self, cookies: &str, path: &str, form: Option<&str>) -> Answer {
        let method = if form.is_some() { "POST" } else { "GET" };
        let request = Request::builder().method(method).uri(path).header("host", "localhost");
        let request = request.header("cookie", cookies).header("origin", "http://localhost");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.unwrap_or_default().to_owned())).unwrap()).await
    }

    /// A page of the portal, or a form of it, as a stranger's browser asks for it: the status, and the text or where it leads.
    pub async fn visit(&self, method: &str, path: &str, form: &str) -> (u16, String) {
        let request = Request::builder().method(method).uri(path).header("host", "localhost");
        let request = request
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()));
        let answer = self.router.clone().oneshot(request.unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let place = parts.headers.get("location").map(|place| place.to_str().unwrap().to_owned());
        let text = place.unwrap_or_else(|| String::from_utf8_lossy(&bytes).into_owned());
        (parts.status.as_u16(), text)
    }

    /// `POST` that must answer 201.
    pub async fn make(&self, who: &str, path: &str, body: Value) -> Value {
        let answer = self.ask(who, "POST", path, Some(body)).await;
        assert_eq!(answer.status, 201, "POST {path}: {}", answer.body);
        answer.body
    }

    /// `GET` that must answer 200.
    pub async fn get(&self, who: &str, path: &str) -> Value {
        let answer = self.ask(who, "GET", path, None).await;
        assert_eq!(answer.status, 200, "GET {path}: {}", answer.body);
        answer.body
    }

    /// Sells to the member of `members` at `at` for `net_minor` cents; answers the purchase.
    pub async fn sell(&self, at: usize, reference: &str, net_minor: i64) -> Value {
        let body = json!({
            "member": self.members[at].id, "reference": reference,
            "lines": [{ "product": "bread", "net_minor": net_minor }]
        });
        self.make("cashier", "/purchases", body).await
    }

    /// What the functions behind the API want, for somebody of the people in tenant one.
    pub async fn scope(&self, login: &str) -> Scope<App> {
        let tenant = tenants::store::by_code(&self.app.db, "one").await.unwrap().unwrap();
        let first = StaffId(i64::MIN);
        let all = staff::store::page(&self.app.db, tenant.id, first, 100).await.unwrap();
        let id = all.iter().find(|person| person.login == login).unwrap().id;
        let caller = Caller {
            principal: staff::principal(&self.app.db, id).await.unwrap().unwrap(),
            tenancy: Some((&tenant).into()),
            real_now: self.clock.now(),
            locale: Locale::En,
            request_id: String::new(),
            one_posting: false,
            key: None,
            again: false,
            given_key: None,
        };
        visit::scope(self.app.clone(), caller).unwrap()
    }

    /// The account of the member of `members` at `at`.
    pub fn account(&self, at: usize) -> String {
        self.members[at].account.to_string()
    }
}

async fn opened(db: &TestDb) -> (App, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(Timestamp::parse(START).unwrap()));
    let shared = Arc::clone(&clock) as Arc<dyn Clock>;
    let app = App::over(db.db.clone(), shared, "test").await.unwrap().with(|parts| {
        parts.entropy = Arc::new(Counted(AtomicU64::new(1)));
        parts.webhooks = Gate::local();
    });
    (app, clock)
}

async fn apply(app: &App, document: &str) -> TenantId {
    let document = Document::parse(document).unwrap_or_else(|problems| panic!("{problems:?}"));
    let now = app.clock.now();
    let plan = plan(&app.db, document).await.unwrap();
    plan.carry_out(&app.db, &app.ids, "setup", now).await.unwrap().tenant
}

async fn key(app: &App, tenant: TenantId, role: Role, revoked: bool) -> String {
    let secret = Secret::draw(api_keys::KEY_PREFIX, app.entropy.as_ref());
    let now = app.clock.now();
    let key = ApiKey {
        id: ApiKeyId(app.ids.next()),
        tenant,
        name: role.name().to_owned(),
        role,
        scopes: None,
        hint: secret.hint().to_owned(),
        created_by: "test".to_owned(),
        created_at: now,
        expires_at: None,
        revoked_at: None,
    };
    let mut tx = app.db.begin().await.unwrap();
    api_keys::store::insert(&mut tx, &key, &secret).await.unwrap();
    if revoked {
        api_keys::store::revoke(&mut tx, tenant, key.id, now).await.unwrap();
    }
    tx.commit().await.unwrap();
    secret.text
}

async fn person(app: &App, login: &str, roles: &[(Option<TenantId>, Role)]) -> String {
    let secret = Secret::draw(staff::TOKEN_PREFIX, app.entropy.as_ref());
    let now = app.clock.now();
    let mut tx = app.db.begin().await.unwrap();
    let fresh = StaffId(app.ids.next());
    let staff = staff::store::ensure(&mut tx, fresh, login, login, now).await.unwrap();
    for (tenant, role) in roles {
        let grant = Grant { tenant: *tenant, role: *role };
        staff::store::grant(&mut tx, staff, grant, "test", now).await.unwrap();
    }
    let ends = now.plus_micros(3_650 * DAY);
    let held = staff::store::Held { staff, tenant: None, issued_by: None };
    staff::store::add_token(&mut tx, &secret.hash, &held, now, ends).await.unwrap();
    tx.commit().await.unwrap();
    secret.text
}

async fn member(app: &App, tenant: TenantId, name: &str) -> Member {
    let found = tenants::store::by_id(&app.db, tenant).await.unwrap().unwrap();
    let program = programs::store::all(&app.db, tenant).await.unwrap().first().map(|p| p.id);
    let asked = Enrollment {
        kind: MemberKind::Person,
        identifiers: vec![("email".to_owned(), format!("{name}@example.com"))],
        locale: None,
        attributes: BTreeMap::default(),
        program,
        enrolled_at: app.clock.now(),
    };
    members::enroll(&app.db, &app.ids, &found, &asked, app.clock.now()).await.unwrap()
}

async fn member_token(app: &App, tenant: TenantId, member: &Member) -> String {
    let secret = Secret::draw(member_tokens::TOKEN_PREFIX, app.entropy.as_ref());
    let now = app.clock.now();
    let of: (TenantId, MemberId, _) = (tenant, member.id, member.account);
    let ends = now.plus_micros(3_650 * DAY);
    let mut tx = app.db.begin().await.unwrap();
    member_tokens::store::insert(&mut tx, &secret.hash, of, "test", now, ends).await.unwrap();
    tx.commit().await.unwrap();
    secret.text
}

//! Every page that has a row, opened in Chromium in both brands and two languages: its words, its parts, axe-core.

mod desk;

use std::sync::{Arc, OnceLock};

use lazo_domain::ids::WebhookEndpointId;
use lazo_store::ManualClock;
use lazo_store::testing::TestDb;
use serde_json::json;

use super::super::browser::Browser;
use super::super::{bench, table};
use super::{AURORA, House};
use crate::App;
use crate::features::cases::NewCase;
use crate::features::integration_projects::tests::Office;
use crate::features::measures::{self, Days};
use crate::features::members::{self, EMAIL, Enrollment, MemberKind};
use crate::features::redemptions::api::{NewRedemption, reserve};
use crate::features::sessions::Whose;
use crate::features::tenants::{Attributes, Tenant};
use crate::features::webhook_endpoints::signing::{SECRET_BYTES, Secret, Secrets};
use crate::features::webhook_endpoints::{self, Endpoint};
use crate::features::{
    campaigns, cases, configuration, consents, journeys, kpis, missions, programs, registers,
    reports, requests, segments,
};
use crate::http::{Caller, Grant, Holder, Principal, Role, Scope};
use crate::testing::NOON;
use crate::web::{Face, Who, visit};

/// A webhook's delivery and the webhook, as paths below the webhooks.
static WEBHOOK: OnceLock<(String, String)> = OnceLock::new();
/// An import of the grocer, with a row that was refused.
static IMPORT: OnceLock<String> = OnceLock::new();
/// A trial with two files.
static TRIAL: OnceLock<String> = OnceLock::new();
/// What answers with something else than a page.
const NO_PAGES: [&str; 15] = [
    ".css",
    "/quote",
    // Parts of a page: they are looked at within it.
    "/surfaces/{surface}",
    "/pdf",
    "/report",
    ".ics",
    ".pdf",
    ".csv",
    ".json",
    ".js",
    ".webmanifest",
    ".html",
    ".pkpass",
    ".png",
    "/card/google",
];

/// A webhook of the grocer with a delivery that waits.
async fn webhook(app: &App, scope: Scope<App>) {
    let id = WebhookEndpointId(app.ids.next());
    let endpoint = Endpoint {
        id,
        tenant: scope.tenant,
        url: "https://hooks.example.com/lazo".into(),
        description: "CRM".into(),
        events: vec!["points.*".into()],
        active: true,
        reason: None,
        secrets: Secrets::new(Secret::from_random([7; SECRET_BYTES])),
        version: 1,
        created_at: NOON,
        failures: 2,
        failing_since: Some(NOON),
    };
    let mut tx = app.db.begin().await.unwrap();
    webhook_endpoints::store::insert(&mut tx, &endpoint).await.unwrap();
    tx.commit().await.unwrap();
    let made = webhook_endpoints::try_out(scope, id).await.unwrap();
    let _ = WEBHOOK.set((format!("{id}/{made}"), id.to_string()));
}

/// A brand of the demo with what its pages are opened with.
struct Brand {
    site: &'static str,
    program: &'static str,
    reward: &'static str,
    event: String,
    redemption: String,
    member: String,
    report: String,
    case: String,
    link: String,
    /// A meeting and a request of the partner's desk.
    desk: (String, String),
    /// An audience and a campaign to it.
    campaign: (String, String),
    /// A journey that somebody walks.
    journey: String,
    /// An issue of the newsletter.
    issue: String,
}

impl Brand {
    /// A member with purchases and an open redemption.
    async fn set_up(house: &House, names: (&'static str, &'static str, &'static str)) -> Self {
        let (site, program, reward) = names;
        let (app, tenant) = (&house.app, house.tenant(site).await);
        let head = programs::store::by_code(&app.db, tenant.id, program).await.unwrap().unwrap();
        let asked = Enrollment {
            kind: MemberKind::Person,
            identifiers: vec![(EMAIL.to_owned(), "eva@example.com".to_owned())],
            locale: None,
            attributes: Attributes::from([("given_name".to_owned(), "<b>Eva</b> 👩🏽‍🚀".into())]),
            program: Some(head.id),
            enrolled_at: NOON,
        };
        let eva = members::enroll(&app.db, &app.ids, &tenant, &asked, NOON).await.unwrap();
        bench::buy_of(app, &eva, "r-1", "room", 60_000).await;
        bench::buy_of(app, &eva, "r-2", "home", 15).await;
        let caller = Caller {
            principal: Principal {
                actor: format!("member:{}", eva.id),
                holder: Holder::Member { member: eva.id, account: eva.account },
                grants: Vec::new(),
                home: Some(tenant.id),
                scopes: None,
            },
            tenancy: Some(crate::api::tenancy(&tenant)),
            real_now: NOON,
            locale: crate::i18n::Locale::EsEs,
            request_id: String::new(),
            one_posting: false,
            key: None,
            again: false,
            given_key: None,
        };
        let scope = visit::scope(app.clone(), caller).unwrap();
        let new = NewRedemption {
            member: "me".into(),
            program: None,
            reward: reward.into(),
            quantity: 1,
            pay_minor: None,
            hold_until: None,
            capture: true,
            reference: "first".into(),
        };
        let redemption = reserve(&scope, &new).await.unwrap().id.to_string();
        let books = app.ledger.books();
        let event = books.events(tenant.id, eva.account, None, 3).await.unwrap()[1].event.id;
        let whose = Whose::Member { tenant: tenant.id, member: eva.id, account: eva.account };
        let link = house.link(whose, &format!("/portal/{site}")).await;
        let member = eva.id.to_string();
        measures::catch_up_alone(app).await.unwrap();
        let programs = app.programs.current(tenant.id).await.unwrap();
        let days = Days::last(30, NOON, &tenant.config.time_zone);
        let live = programs.latest(head.id).unwrap();
        let question = NewCase {
            brand: head.brand.unwrap(),
            locale: crate::i18n::Locale::EsEs,
            answer_days: 2,
            once: "a".into(),
            topic: "reward".into(),
            screen: format!("/portal/{site}/rewards"),
            body: "<i>¿Y mi café?</i> ☕".into(),
        };
        let case = cases::open(&scope, &question).await.unwrap().id.to_string();
        let report = reports::make(app, &tenant, live, days, "eva").await.unwrap().id.to_string();
        let desk = desk::desk(house, &tenant).await;
        let (campaign, issue) = desk::campaign(house, &tenant).await;
        let journey = desk::journey(house, &tenant).await;
        let event = event.to_string();
        Self {
            site,
            program,
            reward,
            event,
            redemption,
            member,
            link,
            desk,
            campaign,
            issue,
            journey,
            report,
            case,
        }
    }

    /// The path with what its parts stand for. A page with another part needs a line here.
    fn fill(&self, path: &str) -> String {
        let filled = path
            .replace("{site}", self.site)
            .replace("{program}", self.program)
            .replace("{reward}", self.reward)
            .replace("{brand}", self.site)
            .replace("{event}", &self.event)
            .replace("{redemption}", &self.redemption)
            .replace("{member}", &self.member)
            .replace("{sale}", &self.event)
            .replace("{rule}", "base")
            .replace("{register}", "competitors")
            .replace("{entry}", "new")
            .replace("{kpi}", "average_order")
            .replace("{workshop}", &self.desk.0)
            .replace("{request}", &self.desk.1)
            .replace("{segment}", &self.campaign.0)
            .replace("{campaign}", &self.campaign.1)
            .replace("{journey}", &self.journey)
            .replace("{issue}", &self.issue)
            .replace("{code}", "nobody")
            .replace("{token}", "lzu_nobody")
            .replace("{what}", "leave")
            .replace("{import}", IMPORT.get().map_or("", String::as_str))
            .replace("/waves/{wave}/members", "/waves/1/members?code=posted")
            .replace("{wave}", "1")
            .replace("{project}", "uno")
            .replace("{webhook}/{delivery}", WEBHOOK.get().map_or("", |(path, _)| path))
            .replace("{webhook}", WEBHOOK.get().map_or("", |(_, own)| own))
            .replace("{secret}", "lzl_over")
            .replace("{*rest}", "nowhere/at/all")
            .replace("{case}", &self.case)
            .replace("{report}", &self.report)
            .replace("{date}", "2026-03-01")
            .replace("{trial}", TRIAL.get().map_or("", String::as_str));
        assert!(!filled.contains('{'), "the test does not know how to open {path}");
        filled
    }
}

/// What is wrong with the page that is open, if anything is.
pub(super) async fn faults(browser: &Browser, path: &str, axe: Option<&str>) -> Vec<String> {
    let script = "const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
        return [document.title.length > 3, document.querySelectorAll('h1').length,
            document.querySelectorAll('main').length, document.documentElement.lang,
            new Set(ids).size === ids.length,
            // A phone makes its window as wide as what overflows: the page itself must not.
            document.documentElement.scrollWidth <= document.documentElement.clientWidth
                || [...document.querySelectorAll('main *')].filter(e => !e.closest('.scroll')
                    && e.getBoundingClientRect().right > document.documentElement.clientWidth).pop()?.outerHTML,
            (document.body.innerText.match(/\\b[a-z]+(-[a-z]+)*-(title|lead|none|label|hint)\\b/) || [''])[0],
            performance.getEntriesByType('resource').filter(r => !r.name.startsWith(location.origin)).length]";
    let seen = browser.run(script, json!([])).await;
    let lang = seen[3].as_str().unwrap_or_default().to_owned();
    let wanted = json!([true, 1, 1, lang, true, true, "", 0]);
    let mut faults = Vec::new();
    if seen != wanted {
        faults.push(format!(
            "{path}: title, h1, main, lang, ids, width, keys, elsewhere: {seen}, not {wanted}"
        ));
    }
    // `LAZO_PICTURES=folder` keeps a picture of every page, for whoever judges them by eye.
    if let Some(folder) = std::env::var_os("LAZO_PICTURES") {
        let name = path.trim_matches('/').replace(['/', '?', '='], "_");
        let file = std::path::PathBuf::from(folder).join(format!("{lang}-{name}.png"));
        std::fs::write(file, browser.picture().await).unwrap();
    }
    if let Some(axe) = axe {
        let found = browser.violations(axe).await;
        faults.extend(found.into_iter().map(|fault| format!("{path}: {fault}")));
    }
    faults
}

#[tokio::test(flavor = "multi_thread")]
async fn r61_every_page_is_whole_and_accessible_in_both_brands_and_languages() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let axe = std::env::var("LAZO_AXE").ok().map(|path| std::fs::read_to_string(path).unwrap());
    let brands = [
        Brand::set_up(&house, ("aurora", "aurora-puntos", "coffee")).await,
        Brand::set_up(&house, ("brisa", "club-brisa", "breakfast")).await,
    ];
    let draft = AURORA.replace("points = 300 }]", "points = 500 }]");
    let draft = configuration::Document::parse(&draft).unwrap();
    let plan = configuration::plan(&house.app.db, draft).await.unwrap();
    plan.carry_out(&house.app.db, &house.app.ids, "ana", NOON).await.unwrap();
    let all = [Role::ProgramManager, Role::Admin, Role::Agent, Role::Finance];
    let marta = house.staff("marta@example.com", &all).await;
    let office = Office::over(house.app.clone(), Arc::new(ManualClock::new(NOON))).await;
    office.whole().await;
    let merged = house.tenant("example").await;
    let mut tx = house.app.db.begin().await.unwrap();
    for role in all {
        let grant = Grant { tenant: Some(merged.id), role };
        crate::features::staff::store::grant(&mut tx, marta, grant, "test", NOON).await.unwrap();
    }
    tx.commit().await.unwrap();
    webhook(&house.app, house.desk(marta, &all).await).await;
    let files = tempfile::tempdir().unwrap();
    let browser = Browser::open("en", 1280, 900).await;
    browser.go(&house.link(Whose::Staff(marta), "/console").await).await;
    let _ = TRIAL.set(super::two_files::dropped(&browser, &house, files.path()).await);
    let _ = IMPORT.set(super::imports::brought(&browser, &house, files.path()).await);
    drop(browser);
    let mut faults = Vec::new();
    for (language, width) in [("es-ES", 360), ("en", 1280)] {
        let browser = Browser::open(language, width, 900).await;
        for brand in &brands {
            // First as nobody, then as the member; the second language has no link left and signs in by a session.
            let link =
                if width == 360 { brand.link.clone() } else { house.again(brand.site).await };
            for inside in [false, true] {
                if inside {
                    browser.go(&link).await;
                }
                for (path, row) in table().rows() {
                    let wanted = row.face == Face::Portal
                        && row.method == "GET"
                        && !NO_PAGES.iter().any(|ending| path.ends_with(ending))
                        && (inside == (row.who == Who::Own) || path == "/portal/{site}");
                    if wanted {
                        let path = brand.fill(path);
                        browser.go(&format!("{}{path}", house.base)).await;
                        faults.extend(self::faults(&browser, &path, axe.as_deref()).await);
                    }
                }
            }
        }
        for inside in [false, true] {
            if inside {
                browser.go(&house.link(Whose::Staff(marta), "/console").await).await;
            }
            for (path, row) in table().rows() {
                let staff = matches!(row.who, Who::Staff(_));
                let page = !NO_PAGES.iter().any(|ending| path.ends_with(ending));
                if row.face == Face::Console && row.method == "GET" && staff == inside && page {
                    let merges = path.starts_with("/console/integration-projects");
                    let desk = if merges { "example" } else { "aurora" };
                    let choose = format!("document.cookie = 'lazo_tenant={desk}; path=/'");
                    browser.run(&choose, json!([])).await;
                    let path = brands[0].fill(path);
                    browser.go(&format!("{}{path}", house.base)).await;
                    faults.extend(self::faults(&browser, &path, axe.as_deref()).await);
                }
            }
        }
    }
    let lucia = house.staff("lucia@example.com", &[Role::Cashier]).await;
    for (language, width) in [("es-ES", 360), ("en", 1024)] {
        let browser = Browser::open(language, width, 900).await;
        browser.go(&house.link(Whose::Staff(lucia), "/console").await).await;
        for (path, row) in table().rows() {
            // A service worker is no page.
            if row.face == Face::Till && row.method == "GET" && !path.ends_with(".js") {
                let path = brands[0].fill(path);
                browser.go(&format!("{}{path}", house.base)).await;
                faults.extend(self::faults(&browser, &path, axe.as_deref()).await);
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

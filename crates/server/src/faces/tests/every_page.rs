//! Every page that has a row, opened in Chromium in both brands and two languages: its words, its parts, axe-core.

use lazo_store::testing::TestDb;
use serde_json::json;

use super::super::browser::Browser;
use super::super::{bench, table};
use super::{AURORA, House};
use crate::features::members::{self, EMAIL, Enrollment, MemberKind};
use crate::features::redemptions::api::{NewRedemption, reserve};
use crate::features::sessions::Whose;
use crate::features::tenants::Attributes;
use crate::features::{configuration, programs};
use crate::http::{Caller, Holder, Principal, Role};
use crate::testing::NOON;
use crate::web::{Face, Who, visit};

/// A brand of the demo with what its pages are opened with.
struct Brand {
    site: &'static str,
    program: &'static str,
    reward: &'static str,
    event: String,
    redemption: String,
    member: String,
    link: String,
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
        Self { site, program, reward, event: event.to_string(), redemption, member, link }
    }

    /// The path with what its parts stand for. A page with another part needs a line here.
    fn fill(&self, path: &str) -> String {
        let filled = path
            .replace("{site}", self.site)
            .replace("{program}", self.program)
            .replace("{reward}", self.reward)
            .replace("{event}", &self.event)
            .replace("{redemption}", &self.redemption)
            .replace("{member}", &self.member)
            .replace("{sale}", &self.event)
            .replace("{rule}", "base")
            .replace("{secret}", "lzl_over");
        assert!(!filled.contains('{'), "the test does not know how to open {path}");
        filled
    }
}

/// What is wrong with the page that is open, if anything is.
async fn faults(browser: &Browser, path: &str, axe: Option<&str>) -> Vec<String> {
    let script = "const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
        return [document.title.length > 3, document.querySelectorAll('h1').length,
            document.querySelectorAll('main').length, document.documentElement.lang,
            new Set(ids).size === ids.length,
            document.documentElement.scrollWidth <= innerWidth,
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
    let marta = house.staff("marta@example.com", &[Role::ProgramManager]).await;
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
                if row.face == Face::Console && row.method == "GET" && staff == inside {
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

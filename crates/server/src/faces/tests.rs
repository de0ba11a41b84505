//! The pages through the public door: by HTTP, and by a real Chromium that joins, redeems and publishes.

mod brand_kit;
mod cases;
mod desk;
mod every_page;
mod guards;
mod imports;
mod invitations;
mod left;
mod newsletter;
mod notices;
mod own;
mod own_sign_in;
mod parity;
mod partner_desk;
mod passkeys;
mod till;
mod two_files;
mod units;
mod visitor;
mod white_label;
mod whole_portal;
mod widget;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use lazo_domain::ids::StaffId;
use lazo_domain::time::DAY;
use lazo_store::testing::{TestDb, on_both};
use reqwest::header::{CONTENT_SECURITY_POLICY, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Client, Response, redirect};
use tokio::net::TcpListener;

use super::browser::Browser;
use crate::App;
use crate::features::members::{self, EMAIL, Enrollment, MemberKind};
use crate::features::sessions::passwords::{self, Factor};
use crate::features::sessions::{Whose, links};
use crate::features::staff;
use crate::features::tenants::{self, Attributes, Tenant};
use crate::features::{configuration, programs};
use crate::http::{Caller, Grant, Holder, Limits, Principal, Role, Scope};
use crate::mail::Mailer;
use crate::mail::sink::Sink;
use crate::serve::{Door, serve};
use crate::testing::{NOON, until};
use crate::web::{Face, Who, visit};

const AURORA: &str = include_str!("../../../../demo/aurora.toml");
const BRISA: &str = include_str!("../../../../demo/brisa.toml");

/// Both demo companies, served on a port of their own, with a mail server that keeps letters.
struct House {
    app: App,
    base: String,
    sink: Sink,
    clock: Arc<lazo_store::ManualClock>,
    /// Ends the server when it is gone.
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    /// Where files lie, as long as the house stands.
    _folder: tempfile::TempDir,
}

impl House {
    async fn open(test: &TestDb) -> Self {
        let clock = Arc::new(lazo_store::ManualClock::new(NOON));
        let app = App::over(test.db.clone(), Arc::clone(&clock) as _, "test").await.unwrap();
        for document in [AURORA, BRISA] {
            let document = configuration::Document::parse(document).unwrap();
            let plan = configuration::plan(&app.db, document).await.unwrap();
            plan.carry_out(&app.db, &app.ids, "ana", NOON).await.unwrap();
        }
        let (sink, address) = Sink::open().await.unwrap();
        let mailer = Mailer::new(&format!("smtp://{address}"), "club@example.com").unwrap();
        let letters = sink.clone();
        let folder = tempfile::tempdir().unwrap();
        let data_dir = folder.path().to_owned();
        let app = app.with(|parts| {
            parts.mailer = mailer;
            parts.letters = Some(letters);
            parts.data_dir = data_dir;
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = crate::api::router(
            app.clone(),
            Limits { proxies: "127.0.0.1".parse().unwrap(), ..Limits::default() },
        );
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let until = async { drop(stopped.await) };
        tokio::spawn(serve(router, listener, Door::default(), until));
        Self { app, base, sink, clock, stop: Some(stop), _folder: folder }
    }

    async fn tenant(&self, code: &str) -> Tenant {
        tenants::store::by_code(&self.app.db, code).await.unwrap().unwrap()
    }

    /// Enrolls somebody of the grocer's club.
    async fn member(&self, email: &str) -> members::Member {
        let tenant = self.tenant("aurora").await;
        let program = programs::store::by_code(&self.app.db, tenant.id, "aurora-puntos").await;
        let asked = Enrollment {
            kind: MemberKind::Person,
            identifiers: vec![(EMAIL.to_owned(), email.to_owned())],
            locale: None,
            attributes: Attributes::new(),
            program: Some(program.unwrap().unwrap().id),
            enrolled_at: NOON,
        };
        members::enroll(&self.app.db, &self.app.ids, &tenant, &asked, NOON).await.unwrap()
    }

    /// Somebody of the staff, with what he or she is at the grocer's.
    async fn staff(&self, login: &str, roles: &[Role]) -> StaffId {
        let tenant = self.tenant("aurora").await;
        let mut tx = self.app.db.begin().await.unwrap();
        let fresh = StaffId(self.app.ids.next());
        let id = staff::store::ensure(&mut tx, fresh, login, login, NOON).await.unwrap();
        for role in roles {
            let grant = Grant { tenant: Some(tenant.id), role: *role };
            staff::store::grant(&mut tx, id, grant, "test", NOON).await.unwrap();
        }
        tx.commit().await.unwrap();
        id
    }

    /// Somebody of the staff at the grocer's desk, as handlers see it.
    async fn desk(&self, staff: StaffId, roles: &[Role]) -> Scope<App> {
        let tenant = self.tenant("aurora").await;
        let grants = roles.iter().map(|role| Grant { tenant: Some(tenant.id), role: *role });
        let principal = Principal {
            actor: format!("staff:{staff}"),
            holder: Holder::Staff,
            grants: grants.collect(),
            home: None,
            scopes: None,
        };
        let caller = Caller {
            principal,
            tenancy: Some(crate::api::tenancy(&tenant)),
            real_now: NOON,
            locale: crate::i18n::Locale::EsEs,
            request_id: String::new(),
            one_posting: false,
            key: None,
            again: false,
            given_key: None,
        };
        visit::scope(self.app.clone(), caller).unwrap()
    }

    async fn link(&self, whose: Whose, path: &str) -> String {
        let end = NOON.plus_micros(DAY);
        let secret = links::make(&self.app, whose, path, end).await.unwrap();
        format!("{}{path}/open/{}", self.base, secret.text)
    }

    /// One more link for the member of the tests in a brand's portal.
    async fn again(&self, site: &str) -> String {
        let tenant = self.tenant(site).await;
        let name = (tenant.id, EMAIL.to_owned(), "eva@example.com".to_owned());
        let eva = self.app.lookups.identifiers.get(name).await.unwrap().unwrap();
        let whose = Whose::Member { tenant: tenant.id, member: eva.id, account: eva.account };
        self.link(whose, &format!("/portal/{site}")).await
    }

    /// Waits until so many letters came.
    async fn letters(&self, wanted: usize) {
        until(async || self.sink.letters().len() >= wanted).await;
        assert!(self.sink.letters().len() >= wanted, "no letter came");
    }

    /// The code of the newest letter, once there are so many.
    async fn code(&self, letters: usize) -> String {
        self.letters(letters).await;
        let (subject, _) = self.sink.letters()[0].read();
        subject.chars().filter(char::is_ascii_digit).take(6).collect()
    }

    fn client(&self) -> Client {
        let _ = rustls::crypto::ring::default_provider().install_default();
        Client::builder().redirect(redirect::Policy::none()).build().unwrap()
    }

    async fn send(&self, path: &str, cookies: &str, body: &str) -> Response {
        self.send_from("192.0.2.1", path, cookies, body).await
    }

    /// The same by somebody whose network address is `from`.
    async fn send_from(&self, from: &str, path: &str, cookies: &str, body: &str) -> Response {
        let request = self.client().post(format!("{}{path}", self.base));
        let request = request
            .header(ORIGIN, &self.base)
            .header("x-forwarded-for", from)
            .header("cookie", cookies)
            .header("content-type", "application/x-www-form-urlencoded");
        request.body(body.to_owned()).send().await.unwrap()
    }
}

fn cookies(answer: &Response) -> String {
    let all = answer.headers().get_all(SET_COOKIE).iter();
    let all = all.map(|value| value.to_str().unwrap().split(';').next().unwrap().to_owned());
    all.collect::<Vec<_>>().join("; ")
}

#[test]
fn every_page_has_one_row_below_its_face() {
    // The table refuses two rows for one page; that each is routed shows when it is opened below.
    let rows: Vec<_> = super::table().rows().map(|(path, row)| (path.to_owned(), *row)).collect();
    assert!(rows.len() > 30);
    for (path, row) in rows {
        assert!(path.starts_with(row.face.base()), "{path}");
        if let Who::Staff(roles) = row.who {
            assert!(row.face != Face::Portal && !roles.is_empty(), "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r105_nobody_learns_from_outside_who_has_an_account() {
    on_both(async |test| {
        let house = House::open(test).await;
        house.member("ana@example.com").await;
        let mut seen = BTreeSet::new();
        for who in ["ana@example.com", "nobody@example.com", "600123456"] {
            let sent = house.send("/portal/aurora/sign-in", "", &format!("who={who}")).await;
            let (status, place) =
                (sent.status(), sent.headers()[LOCATION].to_str().unwrap().to_owned());
            let cookie = cookies(&sent);
            assert!(cookie.starts_with("lazo_attempt=lzt_"), "{cookie}");
            let page = house.client().get(format!("{}{place}", house.base));
            let page = page.header("cookie", cookie).send().await.unwrap();
            seen.insert((status, place, page.text().await.unwrap()));
        }
        assert_eq!(seen.len(), 1, "all three look the same");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r105_a_code_opens_once_and_not_after_five_wrong_ones() {
    on_both(async |test| {
        let house = House::open(test).await;
        house.member("ana@example.com").await;
        let begin = async || {
            let sent = house.send("/portal/aurora/sign-in", "", "who=ana%40example.com").await;
            cookies(&sent)
        };
        let first = begin().await;
        let code = house.code(1).await;
        let body = format!("code={code}");
        let opened = house.send("/portal/aurora/code", &first, &body).await;
        assert_eq!(opened.headers()[LOCATION], "/portal/aurora");
        assert!(cookies(&opened).contains("lazo_member=lzb_"));
        let again = house.send("/portal/aurora/code", &first, &body).await;
        assert!(again.headers().get(LOCATION).is_none(), "a code opens once");
        let second = begin().await;
        let code = house.code(2).await;
        let other = if code == "000000" { "000001" } else { "000000" };
        for _ in 0..5 {
            house.send("/portal/aurora/code", &second, &format!("code={other}")).await;
        }
        let late = house.send("/portal/aurora/code", &second, &format!("code={code}")).await;
        assert!(
            late.headers().get(LOCATION).is_none(),
            "after five wrong ones the right one is late"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r105_nobodys_mailbox_gets_more_than_six_codes_an_hour() {
    on_both(async |test| {
        let house = House::open(test).await;
        house.member("ana@example.com").await;
        for round in 0..8 {
            for (page, field) in
                [("sign-in", "who=ana%40example.com"), ("join", "email=stranger%40example.com")]
            {
                let from = format!("192.0.2.{round}");
                house.send_from(&from, &format!("/portal/aurora/{page}"), "", field).await;
            }
        }
        let letters = || house.sink.letters().len();
        until(async || letters() >= 12).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(letters(), 12, "six for each");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_from_elsewhere_or_without_its_token_does_nothing() {
    on_both(async |test| {
        let house = House::open(test).await;
        let ana = house.member("ana@example.com").await;
        let whose = Whose::Member { tenant: ana.tenant, member: ana.id, account: ana.account };
        let link = house.link(whose, "/portal/aurora").await;
        let opened = house.client().get(&link).send().await.unwrap();
        let session = cookies(&opened);
        let twice = house.client().get(&link).send().await.unwrap();
        assert_eq!(twice.status(), 404, "a link opens once");
        let bare = house.send("/portal/aurora/sign-out", &session, "").await;
        assert_eq!(bare.status(), 403, "no token");
        let foreign = house.client().post(format!("{}/portal/aurora/sign-out", house.base));
        let foreign = foreign.header("cookie", &session).header(ORIGIN, "https://evil.example");
        assert_eq!(foreign.send().await.unwrap().status(), 403);
        // The other company's portal does not know the session.
        let other = house.client().get(format!("{}/portal/brisa/me", house.base));
        let other = other.header("cookie", &session).send().await.unwrap();
        assert_eq!(other.headers()[LOCATION], "/portal/brisa/sign-in");
        let home = house.client().get(format!("{}/portal/aurora", house.base));
        let home = home.header("cookie", &session).send().await.unwrap();
        let policy = home.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
        let page = home.text().await.unwrap();
        assert!(!page.contains("style=\"") && !page.contains("<style"), "nothing inline");
        assert!(!page.contains("http://") && !page.contains("https://"), "nothing from elsewhere");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_signs_in_with_password_and_second_factor_and_waits_after_six_wrong_tries() {
    on_both(async |test| {
        let house = House::open(test).await;
        let marta = house.staff("marta@example.com", &[Role::ProgramManager]).await;
        let (app, now) = (&house.app, house.app.clock.now());
        let password = "a long enough password";
        let entropy = app.entropy.as_ref();
        let whose = (marta, Factor::New);
        let totp = passwords::set(&app.db, entropy, whose, password, "cli", now).await;
        let totp = totp.unwrap().unwrap();
        let attempt = async |password: &str, code: &str| {
            let body = format!("login=Marta%40example.com&password={password}&code={code}");
            let sent = house.send("/console/sign-in", "", &body.replace(' ', "+")).await;
            sent.headers().get(LOCATION).is_some()
        };
        let code = passwords::code_at(&totp, now);
        assert!(!attempt("something else", &code).await);
        assert!(attempt(password, &code).await);
        assert!(!attempt(password, &code).await, "a step is used once");
        let next = passwords::code_at(&totp, now.plus_micros(30_000_000));
        for _ in 0..6 {
            assert!(!attempt("something else", &next).await);
        }
        assert!(!attempt(password, &next).await, "the account waits");
    })
    .await;
}

/// Somebody joins by a code, earns at the till, sees it with its reason, redeems, and takes it back.
#[tokio::test(flavor = "multi_thread")]
async fn r124_r108_r109_somebody_joins_earns_sees_why_redeems_and_undoes_it() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let browser = Browser::open("es-ES", 360, 800).await;
    browser.go(&format!("{}/portal/aurora", house.base)).await;
    browser.click("a[href$='/join']").await;
    browser.type_into("#email", "lucia@example.com").await;
    browser.click("main form button").await;
    browser.type_into("#code", &house.code(1).await).await;
    browser.click("main form button").await;
    assert_eq!(browser.url().await, format!("{}/portal/aurora", house.base));
    assert!(browser.text().await.contains("Aquí saldrá tu primera compra"));

    let tenant = house.tenant("aurora").await;
    let name = (tenant.id, EMAIL.to_owned(), "lucia@example.com".to_owned());
    let lucia = house.app.lookups.identifiers.get(name).await.unwrap().unwrap();
    super::bench::buy(&house.app, &lucia, "r-1", 8_000).await;
    super::bench::buy(&house.app, &lucia, "r-2", 40).await;
    browser.go(&format!("{}/portal/aurora", house.base)).await;
    let home = browser.text().await;
    // 80 for 80 €, and 100 to welcome her: 180, worth 1.80 €. 40 cents are below a euro.
    assert!(home.contains("180") && home.contains("1,80\u{a0}€"), "{home}");
    assert!(home.contains("0,40\u{a0}€ no llega a 1,00\u{a0}€"), "{home}");

    browser.go(&format!("{}/portal/aurora/rewards/aurora-puntos/coffee", house.base)).await;
    browser.click("main form button").await;
    assert!(browser.text().await.contains("Hemos apartado 150 puntos"));
    browser.click("main form[action$='/confirm'] button").await;
    let done = browser.text().await;
    assert!(done.contains("Tu vale está listo") && done.contains("30 puntos"), "{done}");
    browser.click("main form[action$='/cancel'] button").await;
    assert!(browser.text().await.contains("Vuelves a tener 150 puntos"));
    browser.go(&format!("{}/portal/aurora/points", house.base)).await;
    assert!(browser.text().await.contains("180 puntos"));
}

/// One person drafts a change by the guided editor, cannot publish it, and a second one does.
#[tokio::test(flavor = "multi_thread")]
async fn r4_a_rule_is_published_by_a_second_person_in_the_console() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let marta = house.staff("marta@example.com", &[Role::ProgramManager]).await;
    let carla = house.staff("carla@example.com", &[Role::ProgramManager]).await;
    let browser = Browser::open("en", 1280, 900).await;
    let program = format!("{}/console/programs/aurora-puntos", house.base);
    browser.go(&house.link(Whose::Staff(marta), "/console").await).await;
    browser.go(&format!("{program}/rules/base")).await;
    browser.run("document.querySelector('#points').value = ''", serde_json::json!([])).await;
    browser.type_into("#points", "2").await;
    browser.click("main form button.act").await;
    let told = browser.text().await;
    assert!(told.contains("earning_rules.base.effect.points: 1 → 2"), "{told}");
    assert!(told.contains("whoever writes a draft does not approve it"), "{told}");
    assert!(!told.contains("Publish\n"), "{told}");
    browser.go(&format!("{program}/backtest")).await;
    assert!(browser.text().await.contains("Difference in cost"));
    browser.go(&format!("{}/console/sign-in", house.base)).await;
    browser
        .run("document.querySelector('.leave form').requestSubmit()", serde_json::json!([]))
        .await;
    browser.go(&house.link(Whose::Staff(carla), "/console").await).await;
    browser.go(&program).await;
    browser.click("form[action$='/publish'] button").await;
    let told = browser.text().await;
    assert!(told.contains("Live: version 2"), "{told}");
    let tenant = house.tenant("aurora").await;
    let live = house.app.programs.current(tenant.id).await.unwrap();
    let id = programs::store::by_code(&house.app.db, tenant.id, "aurora-puntos").await;
    assert_eq!(live.latest(id.unwrap().unwrap().id).unwrap().version, 2);
}

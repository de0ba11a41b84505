//! Cases at the desk: who waits, by when; what was asked on which page; answering and ending.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use lazo_domain::ids::SupportCaseId;
use maud::{Markup, html};

use super::{AGENTS, SupportCase, answer, close, get as found, store};
use crate::App;
use crate::features::staff;
use crate::http::{Problem, window};
use crate::i18n::Args;
use crate::web::{Desk, Fields, PageRow, Who, see, shell, ui};

/// States, in the order of the desk.
const STATES: [&str; 3] = ["open", "answered", "closed"];
/// Cases of one page.
const LISTED: u32 = 50;
const BASE: &str = "/console/cases";

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/cases", Who::Staff(AGENTS)),
    PageRow::console("/cases/{case}", Who::Staff(AGENTS)),
    PageRow::console("/cases/{case}/answer", Who::Staff(AGENTS)).sent(),
    PageRow::console("/cases/{case}/close", Who::Staff(AGENTS)).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/cases", get(list))
        .route("/cases/{case}", get(one))
        .route("/cases/{case}/answer", post(reply))
        .route("/cases/{case}/close", post(end))
}

/// The value of a word behind the path.
fn asked<'a>(path: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = path.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

async fn list(desk: Desk<App>) -> Result<Response, Problem> {
    let (db, tenant) = (&desk.scope.app.db, desk.scope.tenant);
    let state = asked(&desk.path, "state").filter(|state| STATES.contains(state));
    let state = state.unwrap_or("open");
    let wish = window::<(i64, i64)>("cases", Some(LISTED), asked(&desk.path, "cursor"))?;
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let all = store::page(db, tenant, state, wish.after, limit).await?;
    let key = |case: &SupportCase| (case.answer_due.0, case.id.0);
    let page = crate::http::Page::of("cases", wish.limit, all, key, |case| case);
    let counts = store::counts(db, tenant).await?;
    let count = |state: &str| counts.iter().find(|(of, _)| of == state).map_or(0, |(_, n)| *n);
    let title = desk.t("web-desk-cases");
    let here = format!("{BASE}?state={state}");
    let main = html! {
        div.head { h1 { (title) } p.quiet { (desk.t("cases-desk-lead")) } }
        nav.acts aria-label=(desk.t("cases-states")) {
            @for one in STATES {
                a.act.second[one != state] href=(format!("{BASE}?state={one}")) aria-current=[(one == state).then_some("page")] {
                    (desk.say("cases-tab", Args::new().text("state", one))) " (" (desk.number(count(one))) ")"
                }
            }
        }
        @if page.items.is_empty() { p.empty { (desk.t(if state == "open" { "cases-nobody-waits" } else { "cases-none-here" })) } }
        ul.rows { @for case in &page.items {
            li { a.row href=(format!("{BASE}/{}", case.id)) {
                span.what { (topic(&desk, case)) }
                span.effect { (clock(&desk, case)) }
                span.why { (case.tracking_code) " · " (desk.moment(case.opened_at)) }
            } }
        } }
        (ui::next_page(&here, &desk.t("web-desk-more"), page.cursor.next.as_deref()))
    };
    Ok(shell::console(&desk, &title, &main))
}

async fn one(desk: Desk<App>, Path(id): Path<String>) -> Result<Response, Problem> {
    page(&desk, case_of(&id)?, "", None).await
}

async fn page(
    desk: &Desk<App>,
    id: SupportCaseId,
    typed: &str,
    wrong: Option<&str>,
) -> Result<Response, Problem> {
    let case = found(&desk.scope, id).await?;
    let db = &desk.scope.app.db;
    let mut said = Vec::new();
    for message in store::messages(db, desk.scope.tenant, id).await? {
        let who = match message.author.as_str() {
            "" => desk.t("cases-member"),
            author => staff::told(db, author).await?,
        };
        said.push((who, message));
    }
    let owner = match &case.owner {
        Some(owner) => staff::told(db, owner).await?,
        None => desk.t("cases-nobody"),
    };
    let title = topic(desk, &case);
    let below = format!("{BASE}/{id}");
    let main = html! {
        div.head {
            p { a href=(BASE) { (desk.t("web-desk-cases")) } }
            h1 { (title) }
            p { (clock(desk, &case)) }
        }
        @if let Some(wrong) = wrong { (ui::note("bad", wrong)) }
        dl.pairs {
            div { dt { (desk.t("cases-code-head")) } dd { code { (case.tracking_code) } } }
            div { dt { (desk.t("cases-member")) } dd { a href=(format!("/console/members/{}", case.member)) { (desk.t("cases-dossier")) } } }
            @if !case.screen.is_empty() { div { dt { (desk.t("cases-screen")) } dd { (screen(&case.screen)) } } }
            div { dt { (desk.t("cases-language")) } dd { (case.language) } }
            div { dt { (desk.t("cases-owner")) } dd { (owner) } }
            @if let Some(helped) = case.helped { div { dt { (desk.t("cases-did-help")) } dd { (desk.t(if helped { "cases-helped-yes" } else { "cases-helped-no" })) } } }
        }
        section.part {
            h2 { (desk.t("cases-said")) }
            ul.talk { @for (who, message) in &said {
                li {
                    p.small { b { (who) } " " span.quiet { (desk.moment(message.at)) } }
                    p.letter lang=[message.author.is_empty().then_some(case.language.as_str())] { (message.body) }
                }
            } }
            form method="post" action=(format!("{below}/answer")) {
                (ui::token(&desk.token))
                div.field {
                    label for="body" { (desk.t("cases-answer")) }
                    textarea id="body" name="body" rows="6" maxlength=(super::LONGEST) required { (typed) }
                }
                p.quiet.small { (desk.t(if desk.scope.app.mailer.is_ready() { "cases-answer-told" } else { "cases-answer-no-mail" })) }
                button.act { (desk.t("cases-answer-send")) }
            }
            @if case.state != "closed" {
                form method="post" action=(format!("{below}/close")) {
                    (ui::token(&desk.token))
                    button.act.second { (desk.t("cases-close")) }
                }
            }
        }
    };
    Ok(shell::console(desk, &title, &main))
}

async fn reply(
    desk: Desk<App>,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    match answer(&desk.scope, case_of(&id)?, fields.get("body")).await {
        Ok(_) => Ok(see(&format!("{BASE}/{id}"))),
        Err(problem) if problem.status == 422 => {
            page(&desk, case_of(&id)?, fields.get("body"), Some(&desk.t("cases-wrong"))).await
        }
        Err(problem) => Err(problem),
    }
}

async fn end(desk: Desk<App>, Path(id): Path<String>, _: Fields) -> Result<Response, Problem> {
    let case = found(&desk.scope, case_of(&id)?).await?;
    close(&desk.scope, case, None).await?;
    Ok(see(&format!("{BASE}/{id}")))
}

/// The case of a path; of what is none there is none.
fn case_of(text: &str) -> Result<SupportCaseId, Problem> {
    text.parse().map_err(|_| Problem::not_found("case_not_found"))
}

/// The page a member was on; of a movement the entry in the ledger opens.
fn screen(path: &str) -> Markup {
    let event = path.rsplit('/').next().filter(|last| last.starts_with("evt_"));
    html! {
        code { (path) }
        @if let Some(event) = event { " " a href=(format!("/console/movements/{event}")) { (event) } }
    }
}

/// How much time is left, or that it is late; the state of what nobody waits for.
fn clock(desk: &Desk<App>, case: &SupportCase) -> Markup {
    let at = desk.moment(case.answer_due);
    let late = case.answer_due <= desk.scope.caller.real_now;
    html! {
        @if !case.waits() { span.tag.live[case.state == "answered"] { (word(desk, &case.state)) } }
        @else if late { span.tag.late { (desk.say("cases-late", Args::new().text("at", at))) } }
        @else { span.tag { (desk.say("cases-due", Args::new().text("at", at))) } }
    }
}

fn word(desk: &Desk<App>, state: &str) -> String {
    desk.say("cases-state", Args::new().text("state", state).text("tone", "usted"))
}

fn topic(desk: &Desk<App>, case: &SupportCase) -> String {
    desk.say("cases-topic", Args::new().text("topic", &case.topic).text("tone", "usted"))
}

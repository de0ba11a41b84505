//! "Mis consultas": asking from any screen, what became of it, saying more, and whether it helped.

use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use lazo_domain::ids::SupportCaseId;
use maud::{Markup, html};
use serde::Deserialize;

use super::{NewCase, SupportCase, TOPICS, ask_again, close, open, own_case, store};
use crate::App;
use crate::features::requests;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::{Fields, Own, PageRow, Who, see, shell, ui};

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::portal("/help/cases", Who::Own),
    PageRow::portal("/help/cases", Who::Own).sent(),
    PageRow::portal("/help/cases/new", Who::Own),
    PageRow::portal("/help/cases/{case}", Who::Own),
    PageRow::portal("/help/cases/{case}/say", Who::Own).sent(),
    PageRow::portal("/help/cases/{case}/close", Who::Own).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/help/cases", get(list).post(send))
        .route("/help/cases/new", get(ask))
        .route("/help/cases/{case}", get(one))
        .route("/help/cases/{case}/say", post(say))
        .route("/help/cases/{case}/close", post(end))
}

async fn list(own: Own<App>) -> Result<Response, Problem> {
    let Some((member, _)) = own.scope.member() else { return Err(Problem::new(403, "forbidden")) };
    let db = &own.scope.app.db;
    let all = store::of_member(db, own.scope.tenant, own.site.brand, member).await?;
    let zone = requests::zone(&own.scope).await?;
    let title = own.t("cases-mine");
    let main = html! {
        div.stack.narrow {
            div.part {
                p { a href=(own.at("/help")) { (own.t("web-help")) } }
                h1 { (title) }
                @if all.is_empty() { p.quiet { (own.t("cases-none")) } }
            }
            ul.rows.links { @for case in &all {
                li { a.row href=(own.at(&format!("/help/cases/{}", case.id))) {
                    span.what { (topic(&own, &case.topic)) }
                    span.effect { (state(&own, case)) }
                    span.when { (own.locale.day(case.opened_at, &zone)) " · " (case.tracking_code) }
                } }
            } }
            p { a.act href=(own.at("/help/cases/new")) { (own.t("cases-ask")) } }
        }
    };
    Ok(shell::portal(&own, &title, None, &main))
}

/// The page that somebody asks from.
#[derive(Debug, Default, Deserialize)]
struct AskQuery {
    #[serde(default)]
    from: String,
}

async fn ask(own: Own<App>, Query(query): Query<AskQuery>) -> Result<Response, Problem> {
    let from = if query.from.starts_with(&own.site.base) { query.from.as_str() } else { "" };
    let mut bytes = [0; 8];
    own.scope.app.entropy.fill(&mut bytes);
    let once: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let topic = usual_topic(from);
    let fields = [("once", once), ("screen", from.to_owned()), ("topic", topic.to_owned())];
    let fields = Fields::of(fields.map(|(name, value)| (name.to_owned(), value)));
    Ok(form(&own, &fields, None))
}

/// What a question from a page is about most of the time.
fn usual_topic(screen: &str) -> &'static str {
    let is = |part: &str| screen.contains(part);
    match () {
        () if is("/points/") => "purchase",
        () if is("/points") || is("/tier") => "points",
        () if is("/rewards") || is("/redemptions") => "reward",
        () if is("/what-happened") => "merge",
        () if is("/me") || is("/card") => "account",
        () => "other",
    }
}

fn form(own: &Own<App>, fields: &Fields, wrong: Option<&str>) -> Response {
    let title = own.t("cases-ask");
    let days = i64::from(own.site.answer_days());
    let main = html! {
        div.stack.narrow {
            div.part {
                p { a href=(own.at("/help")) { (own.t("web-help")) } }
                h1 { (title) }
                p.quiet { (own.say("cases-ask-lead", Args::new().count("n", days).text("number", days.to_string()))) }
            }
            @if let Some(wrong) = wrong { (ui::note("bad", wrong)) }
            form method="post" action=(own.at("/help/cases")) {
                (ui::token(&own.token))
                input type="hidden" name="once" value=(fields.get("once"));
                input type="hidden" name="screen" value=(fields.get("screen"));
                div.field {
                    label for="topic" { (own.t("cases-about")) }
                    select id="topic" name="topic" {
                        @for code in TOPICS { option value=(code) selected[fields.get("topic") == *code] { (topic(own, code)) } }
                    }
                }
                div.field {
                    label for="body" { (own.t("cases-question")) }
                    textarea id="body" name="body" rows="6" maxlength=(super::LONGEST) required { (fields.get("body")) }
                }
                @if !fields.get("screen").is_empty() { p.quiet.small { (own.t("cases-with-screen")) } }
                div { button.act { (own.t("cases-send")) } }
            }
        }
    };
    shell::portal(own, &title, None, &main)
}

async fn send(own: Own<App>, fields: Fields) -> Result<Response, Problem> {
    let part = |name: &str| fields.get(name).to_owned();
    let new = NewCase {
        brand: own.site.brand,
        locale: own.locale,
        answer_days: own.site.answer_days(),
        once: part("once").chars().take(32).collect(),
        topic: part("topic"),
        screen: part("screen"),
        body: part("body"),
    };
    match open(&own.scope, &new).await {
        Ok(case) => Ok(see(&own.at(&format!("/help/cases/{}?sent", case.id)))),
        Err(problem) => Ok(form(&own, &fields, Some(&refusal(&own, problem)?))),
    }
}

/// Why not, for whoever wrote it; a fault of ours stays one.
fn refusal(own: &Own<App>, problem: Problem) -> Result<String, Problem> {
    match problem.status {
        422 => Ok(own.t("cases-wrong")),
        409 => Ok(problem.told(own.locale, "", "").detail),
        _ => Err(problem),
    }
}

async fn one(own: Own<App>, Path((_, id)): Path<(String, String)>) -> Result<Response, Problem> {
    let case = own_case(&own.scope, case_of(&id)?).await?;
    page(&own, &case, "", None).await
}

async fn page(
    own: &Own<App>,
    case: &SupportCase,
    typed: &str,
    wrong: Option<&str>,
) -> Result<Response, Problem> {
    let said = store::messages(&own.scope.app.db, own.scope.tenant, case.id).await?;
    let zone = requests::zone(&own.scope).await?;
    let below = own.at(&format!("/help/cases/{}", case.id));
    let title = topic(own, &case.topic);
    let due = own.locale.day(case.answer_due, &zone);
    let main = html! {
        div.stack.narrow {
            div.part {
                p { a href=(own.at("/help/cases")) { (own.t("cases-mine")) } }
                h1 { (title) }
                p { (state(own, case)) }
                p.quiet { (own.say("cases-code", Args::new().text("code", &case.tracking_code))) }
                @if case.waits() { p.quiet { (own.say("cases-answer-by", Args::new().text("day", due))) } }
            }
            @if own.path.ends_with("?sent") { (ui::note("good", &own.t("cases-sent"))) }
            @if let Some(wrong) = wrong { (ui::note("bad", wrong)) }
            ul.talk {
                @for message in &said {
                    li.theirs[!message.author.is_empty()] {
                        p.small { b { @if message.author.is_empty() { (own.t("cases-you")) } @else { (own.site.name) } } " " span.quiet { (own.locale.moment(message.at, &zone)) } }
                        p.letter { (message.body) }
                    }
                }
            }
            @if case.state == "answered" {
                form.panel method="post" action=(format!("{below}/close")) {
                    (ui::token(&own.token))
                    p { (own.t("cases-helped")) }
                    div.acts {
                        button.act name="helped" value="yes" { (own.t("cases-helped-yes")) }
                        button.act.second name="helped" value="no" { (own.t("cases-helped-no")) }
                    }
                }
            }
            @if let Some(helped) = case.helped.filter(|_| case.state == "closed") {
                p.quiet { (own.t(if helped { "cases-thanks" } else { "cases-sorry" })) }
            }
            form method="post" action=(format!("{below}/say")) {
                (ui::token(&own.token))
                div.field {
                    label for="body" { (own.t("cases-more")) }
                    textarea id="body" name="body" rows="4" maxlength=(super::LONGEST) required { (typed) }
                }
                div { button.act.second { (own.t("cases-send")) } }
            }
        }
    };
    Ok(shell::portal(own, &title, None, &main))
}

async fn say(
    own: Own<App>,
    Path((_, id)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Problem> {
    let case = own_case(&own.scope, case_of(&id)?).await?;
    let days = own.site.answer_days();
    match ask_again(&own.scope, case.clone(), fields.get("body"), days).await {
        Ok(case) => Ok(see(&own.at(&format!("/help/cases/{}", case.id)))),
        Err(problem) => {
            let why = refusal(&own, problem)?;
            page(&own, &case, fields.get("body"), Some(&why)).await
        }
    }
}

async fn end(
    own: Own<App>,
    Path((_, id)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, Problem> {
    let case = own_case(&own.scope, case_of(&id)?).await?;
    let helped = match fields.get("helped") {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    close(&own.scope, case, helped).await?;
    Ok(see(&own.at(&format!("/help/cases/{id}"))))
}

/// The case of a path; of what is none there is none.
fn case_of(text: &str) -> Result<SupportCaseId, Problem> {
    text.parse().map_err(|_| Problem::not_found("case_not_found"))
}

fn topic(own: &Own<App>, code: &str) -> String {
    own.say("cases-topic", Args::new().text("topic", code))
}

fn state(own: &Own<App>, case: &SupportCase) -> Markup {
    let words = own.say("cases-state", Args::new().text("state", &case.state));
    html! { span.tag.live[case.state == "answered"] { (words) } }
}

//! Recommendations at the desk: what is found now, what was decided, what came of it.

use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use lazo_domain::ids::RecommendationId;
use lazo_measures::diagnosis::{Verdict, diagnose, rule};
use maud::{Markup, html};

use super::api::{
    Implemented, NewMeasurement, RecommendationDecision, decided, implemented, measured, propose,
};
use super::{Recommendation, State, calibrated, store};
use crate::App;
use crate::features::measures::api::{READERS, asked_board, asking};
use crate::features::measures::console::{Wanted, about, finding};
use crate::features::measures::words;
use crate::http::{Problem, Role};
use crate::i18n::Args;
use crate::web::{Desk, Fields, PageRow, Who, see, shell, ui};

const WRITERS: &[Role] = &[Role::Analyst, Role::ProgramManager, Role::Admin];
const DECIDERS: &[Role] = &[Role::ProgramManager, Role::Admin];
/// Recommendations on the page.
const LISTED: i64 = 200;

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/recommendations", Who::Staff(READERS)),
    PageRow::console("/recommendations", Who::Staff(WRITERS)).sent(),
    PageRow::console("/recommendations/{recommendation}/decide", Who::Staff(DECIDERS)).sent(),
    PageRow::console("/recommendations/{recommendation}/implement", Who::Staff(WRITERS)).sent(),
    PageRow::console("/recommendations/{recommendation}/measure", Who::Staff(WRITERS)).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/recommendations", get(list).post(create))
        .route("/recommendations/{recommendation}/decide", post(decide))
        .route("/recommendations/{recommendation}/implement", post(implement))
        .route("/recommendations/{recommendation}/measure", post(measure))
}

async fn list(desk: Desk<App>, Query(wanted): Query<Wanted>) -> Result<Response, Problem> {
    let asking = about(&desk, &wanted).await?;
    let board = asked_board(&desk.scope, &asking).await?;
    let (db, tenant) = (&desk.scope.app.db, desk.scope.tenant);
    let all = store::page(db, tenant, RecommendationId(i64::MAX), LISTED).await?;
    let open = |id: &str| {
        let ended = [State::Rejected, State::Measured];
        all.iter().any(|one| one.rule == id && !ended.contains(&one.state))
    };
    let outcomes = diagnose(&board.facts);
    let seen = outcomes
        .iter()
        .filter(|one| matches!(one.verdict, Verdict::Fired | Verdict::CauseNotTested))
        .filter(|one| !open(&one.rule));
    let title = desk.t("web-desk-recommendations");
    let may_write = WRITERS.iter().any(|role| desk.scope.is(*role));
    let main = html! {
        h1 { (title) }
        @if let Some(good) = calibrated(&all) {
            p.quiet { (desk.say("recommendations-calibration", Args::new()
                .text("inside", good.inside.to_string())
                .text("measured", good.measured.to_string()))) }
        }
        section.part {
            h2 { (desk.t("recommendations-found")) }
            @for outcome in seen {
                (finding(&desk, outcome))
                @if may_write { form method="post" action="/console/recommendations" {
                    (ui::token(&desk.token))
                    input type="hidden" name="program" value=(asking.program.code);
                    input type="hidden" name="rule" value=(outcome.rule);
                    button.act.second { (desk.t("recommendations-propose")) }
                } }
            }
        }
        section.part {
            h2 { (desk.t("recommendations-all")) }
            @if all.is_empty() { p.quiet { (desk.t("recommendations-none")) } }
            @for one in &all { (told(&desk, one)) }
        }
    };
    Ok(shell::console(&desk, &title, &main))
}

fn told(desk: &Desk<App>, one: &Recommendation) -> Markup {
    let id = one.rule.to_lowercase();
    html! {
        div.panel {
            p { span.tag.live[one.state == State::Measured].draft[one.state != State::Measured] {
                (desk.t(&format!("recommendations-{}", one.state.name()))) } " " small.quiet { (one.rule) } }
            h3 { (desk.t(&format!("measures-{id}-action"))) }
            p.quiet { (desk.t(&format!("measures-{id}-cause"))) }
            (expected(desk, &one.rule))
            @if let Some(reason) = &one.reason { p { (reason) } }
            @if let Some(change) = &one.change { p { (desk.say("recommendations-change", Args::new().text("change", change))) } }
            @if let Some(found) = &one.measured {
                p { (desk.say("recommendations-effect", Args::new()
                    .text("estimate", number(desk, found.estimate))
                    .text("low", number(desk, found.interval.low))
                    .text("high", number(desk, found.interval.high)))) " "
                    b { (desk.t(match found.outcome {
                        lazo_measures::closing::Outcome::Success => "recommendations-success",
                        lazo_measures::closing::Outcome::Failure => "recommendations-failure",
                        lazo_measures::closing::Outcome::NotConclusive => "recommendations-not-conclusive",
                    })) } }
            }
            (next(desk, one))
        }
    }
}

fn number(desk: &Desk<App>, value: f64) -> String {
    let unit = lazo_measures::catalogue::Unit::Ratio;
    words::value(desk.locale, Some(value), unit, lazo_domain::money::Currency::EUR)
}

fn expected(desk: &Desk<App>, id: &str) -> Markup {
    let Some(effect) = rule(id).map(|rule| &rule.effect) else { return html! {} };
    let key = if effect.relative {
        "recommendations-expected-relative"
    } else {
        "recommendations-expected"
    };
    let args = Args::new()
        .text("kpi", words::name(desk.locale, &effect.kpi))
        .text("low", number(desk, effect.low))
        .text("high", number(desk, effect.high))
        .text("weeks", effect.weeks.to_string());
    html! { p { (desk.say(key, args)) } }
}

/// What can be done next, by whoever may.
fn next(desk: &Desk<App>, one: &Recommendation) -> Markup {
    let action = |what: &str| format!("/console/recommendations/{}/{what}", one.id);
    // The same field stands once for each recommendation: its id says which.
    let field = |name: &str, key: &str| {
        let id = format!("{name}-{}", one.id);
        html! { div.field { label for=(id) { (desk.t(key)) } input id=(id) name=(name) type="text" autocomplete="off"; } }
    };
    let may = |roles: &[Role]| roles.iter().any(|role| desk.scope.is(*role));
    html! {
        @match one.state {
            State::Proposed if may(DECIDERS) => form method="post" action=(action("decide")) {
                (ui::token(&desk.token)) (field("reason", "recommendations-reason"))
                div.acts {
                    button.act name="accept" value="yes" { (desk.t("recommendations-accept")) }
                    button.act.second { (desk.t("recommendations-reject")) }
                }
            },
            State::Accepted if may(WRITERS) => form method="post" action=(action("implement")) {
                (ui::token(&desk.token)) (field("change", "recommendations-what-changed"))
                div.acts { button.act { (desk.t("recommendations-implement")) } }
            },
            State::Implemented if may(WRITERS) => form method="post" action=(action("measure")) {
                (ui::token(&desk.token))
                (field("estimate", "recommendations-estimate"))
                (field("low", "recommendations-low"))
                (field("high", "recommendations-high"))
                div.acts { button.act { (desk.t("recommendations-measure")) } }
            },
            _ => {}
        }
    }
}

async fn create(desk: Desk<App>, fields: Fields) -> Result<Response, Problem> {
    let asking = asking(&desk.scope, Some(fields.get("program")), None, None).await?;
    propose(&desk.scope, &asking, fields.get("rule")).await?;
    Ok(see("/console/recommendations"))
}

fn id(text: &str) -> Result<RecommendationId, Problem> {
    text.parse().map_err(|_| Problem::not_found("recommendation_not_found"))
}

async fn decide(
    desk: Desk<App>,
    Path(which): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let reason = fields.get("reason").to_owned();
    let decision = RecommendationDecision { accept: fields.is_set("accept"), reason };
    decided(&desk.scope, id(&which)?, decision).await?;
    Ok(see("/console/recommendations"))
}

async fn implement(
    desk: Desk<App>,
    Path(which): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let change = fields.get("change").to_owned();
    implemented(&desk.scope, id(&which)?, Implemented { change }).await?;
    Ok(see("/console/recommendations"))
}

async fn measure(
    desk: Desk<App>,
    Path(which): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let read = |name: &'static str, pointer: &'static str| {
        let text = fields.get(name).replace(',', ".");
        text.parse::<f64>().map_err(|_| Problem::field(pointer, "not_a_number", "a number"))
    };
    let new = NewMeasurement {
        estimate: read("estimate", "/estimate")?,
        low: read("low", "/low")?,
        high: read("high", "/high")?,
    };
    measured(&desk.scope, id(&which)?, &new).await?;
    Ok(see("/console/recommendations"))
}

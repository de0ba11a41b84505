//! Webhooks at the desk: where messages go, what became of each, sending again, trying out, and the secret.

use axum::Json;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use lazo_domain::ids::WebhookEndpointId;
use maud::{Markup, html};

use super::api::{
    KEEPERS, NewWebhookEndpoint, WebhookEndpointChange, WebhookEndpointView, WebhookSecretRotation,
    change_webhook_endpoint, create_webhook_endpoint, delete_webhook_endpoint,
    get_webhook_endpoint, list_webhook_endpoints, rotate_webhook_secret,
};
use super::log_api::{
    DeliveryQuery, WebhookDeliveryView, get_webhook_delivery, list_webhook_deliveries,
    replay_dead_webhook_deliveries, replay_webhook_delivery, test_webhook_endpoint,
};
use crate::App;
use crate::http::{Asked, NotKept, PageQuery, PathId, Payload, Problem};
use crate::i18n::Args;
use crate::web::ui::{self, Field};
use crate::web::{Desk, Fields, PageRow, Who, see, shell};

const BASE: &str = "/console/webhooks";

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/webhooks", Who::Staff(KEEPERS)),
    PageRow::console("/webhooks", Who::Staff(KEEPERS)).sent(),
    PageRow::console("/webhooks/{webhook}", Who::Staff(KEEPERS)),
    PageRow::console("/webhooks/{webhook}", Who::Staff(KEEPERS)).sent(),
    PageRow::console("/webhooks/{webhook}/{delivery}", Who::Staff(KEEPERS)),
    PageRow::console("/webhooks/{webhook}/{delivery}", Who::Staff(KEEPERS)).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/webhooks", get(list).post(create))
        .route("/webhooks/{webhook}", get(one).post(act))
        .route("/webhooks/{webhook}/{delivery}", get(delivery).merge(post(replay)))
}

async fn list(desk: Desk<App>, Asked(query): Asked<PageQuery>) -> Result<Response, Problem> {
    list_page(&desk, query, ("", "")).await
}

async fn list_page(
    desk: &Desk<App>,
    query: PageQuery,
    (url, wrong): (&str, &str),
) -> Result<Response, Problem> {
    let Json(page) = list_webhook_endpoints(desk.scope.clone(), Asked(query)).await?;
    let title = desk.t("web-desk-webhooks");
    let main = html! {
        div.head { h1 { (title) } p.quiet { (desk.t("webhooks-lead")) } }
        @if page.items.is_empty() { p.empty { (desk.t("webhooks-none")) } }
        ul.rows {
            @for endpoint in &page.items {
                li { a.row href=(format!("{BASE}/{}", endpoint.id)) {
                    span.what { (endpoint.url) }
                    span.effect { (state(desk, endpoint)) }
                    span.when { (endpoint.description) }
                } }
            }
        }
        (ui::next_page(BASE, &desk.t("web-desk-more"), page.cursor.next.as_deref()))
        section.panel.slim {
            h2 { (desk.t("webhooks-new")) }
            form method="post" action=(BASE) {
                (ui::token(&desk.token))
                (ui::field(Field { name: "url", label: &desk.t("webhooks-url"), hint: Some(&desk.t("webhooks-url-hint")), value: url,
                    wrong: Some(wrong).filter(|w| !w.is_empty()), kind: "url", required: true, ..Field::default() }))
                (ui::field(Field { name: "description", label: &desk.t("webhooks-description"), ..Field::default() }))
                (ui::field(Field { name: "events", label: &desk.t("webhooks-events"), hint: Some(&desk.t("webhooks-events-hint")), ..Field::default() }))
                div { button.act { (desk.t("webhooks-make")) } }
            }
        }
    };
    Ok(shell::console(desk, &title, &main))
}

fn state(desk: &Desk<App>, endpoint: &WebhookEndpointView) -> Markup {
    html! {
        @if !endpoint.active { span.tag.bad { (desk.t("webhooks-off")) } }
        @else if endpoint.failures > 0 { span.tag.draft { (desk.say("webhooks-failing", Args::new().text("n", desk.number(endpoint.failures)))) } }
        @else { span.tag.live { (desk.t("webhooks-on")) } }
    }
}

async fn create(desk: Desk<App>, fields: Fields) -> Result<Response, Problem> {
    let wishes = fields.get("events").split([' ', ',']).filter(|name| !name.is_empty());
    let new = NewWebhookEndpoint {
        url: fields.get("url").to_owned(),
        description: fields.get("description").to_owned(),
        events: wishes.map(str::to_owned).collect(),
    };
    match create_webhook_endpoint(desk.scope.clone(), Payload(new)).await {
        Ok(NotKept((_, Json(made)))) => {
            one_page(&desk, made.endpoint.id, DeliveryQuery::default(), Some(&made.secret)).await
        }
        Err(problem) if problem.status == 422 => {
            let told = problem.told(desk.locale, "", "");
            let wrong = told.errors.first().map_or(told.detail.clone(), |e| e.detail.clone());
            list_page(&desk, PageQuery::default(), (fields.get("url"), &wrong)).await
        }
        Err(problem) => Err(problem),
    }
}

async fn one(
    desk: Desk<App>,
    PathId(id): PathId<WebhookEndpointId>,
    Asked(query): Asked<DeliveryQuery>,
) -> Result<Response, Problem> {
    one_page(&desk, id, query, None).await
}

async fn one_page(
    desk: &Desk<App>,
    id: WebhookEndpointId,
    query: DeliveryQuery,
    secret: Option<&str>,
) -> Result<Response, Problem> {
    let Json(endpoint) = get_webhook_endpoint(desk.scope.clone(), PathId(id)).await?;
    let only = query.state.clone();
    let listed = list_webhook_deliveries(desk.scope.clone(), PathId(id), Asked(query)).await?;
    let Json(page) = listed;
    let own = format!("{BASE}/{id}");
    let filtered = |state: &str| match state {
        "" => own.clone(),
        state => format!("{own}?state={state}"),
    };
    let here = only.unwrap_or_default();
    let title = desk.t("web-desk-webhooks");
    let main = html! {
        div.head {
            p { a href=(BASE) { (title) } }
            h1.long { (endpoint.url) }
            p { (state(desk, &endpoint)) " " span.quiet { (endpoint.description) } }
        }
        @if let Some(secret) = secret {
            div.note.good role="status" { p { b { (desk.t("webhooks-secret")) } } p { code.secret { (secret) } } p.quiet { (desk.t("team-once")) } }
        }
        dl.pairs {
            div { dt { (desk.t("webhooks-events")) } dd { @if endpoint.events.is_empty() { (desk.t("webhooks-all")) } @else { code { (endpoint.events.join(" ")) } } } }
            div { dt { (desk.t("webhooks-signs")) } dd { code { "…" (endpoint.secret_hint) } } }
            @if let Some(at) = endpoint.failing_since { div { dt { (desk.t("webhooks-since")) } dd { (desk.moment(at)) } } }
        }
        form.acts method="post" action=(own) {
            (ui::token(&desk.token))
            @for act in ["test", "rotate", if endpoint.active { "off" } else { "on" }, "dead", "delete"] {
                button.act.second.slim name="act" value=(act) { (desk.say("webhooks-act", Args::new().text("act", act))) }
            }
        }
        section.part {
            h2 { (desk.t("webhooks-deliveries")) }
            ul.filters {
                @for state in ["", "waiting", "delivered", "dead"] {
                    li { a href=(filtered(state)) aria-current=[(here == state).then_some("true")] { (desk.say("webhooks-state", Args::new().text("state", if state.is_empty() { "all" } else { state }))) } }
                }
            }
            @if page.items.is_empty() { p.empty { (desk.t("webhooks-no-deliveries")) } } @else { (deliveries(desk, &own, &page.items)) }
            (ui::next_page(&filtered(&here), &desk.t("web-desk-more"), page.cursor.next.as_deref()))
        }
    };
    Ok(shell::console(desk, &endpoint.url, &main))
}

fn deliveries(desk: &Desk<App>, own: &str, all: &[WebhookDeliveryView]) -> Markup {
    let heads = ["webhooks-what", "webhooks-when", "webhooks-tries", "webhooks-became"];
    let heads = heads.map(|key| desk.t(key));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let rows = html! {
        @for one in all {
            tr {
                th scope="row" { a href=(format!("{own}/{}", one.id)) { (one.name) } }
                td { (desk.moment(one.created_at)) }
                td.n { (desk.number(one.attempts)) }
                td { span.tag.live[one.state == "delivered"].bad[one.state == "dead"] { (desk.say("webhooks-state", Args::new().text("state", one.state))) }
                    @if let Some(at) = one.next_at { div.quiet.small { (desk.say("webhooks-next", Args::new().text("at", desk.moment(at)))) } } }
            }
        }
    };
    ui::table(&desk.t("webhooks-deliveries"), &heads, &rows)
}

async fn act(
    desk: Desk<App>,
    PathId(id): PathId<WebhookEndpointId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let (scope, own) = (desk.scope.clone(), format!("{BASE}/{id}"));
    match fields.get("act") {
        "test" => test_webhook_endpoint(scope, PathId(id)).await.map(drop)?,
        "dead" => replay_dead_webhook_deliveries(scope, PathId(id)).await.map(drop)?,
        "delete" => {
            delete_webhook_endpoint(scope, PathId(id)).await?;
            return Ok(see(BASE));
        }
        "rotate" => {
            let rotation = WebhookSecretRotation { overlap_seconds: None };
            let made = rotate_webhook_secret(scope, PathId(id), Payload(rotation)).await?;
            let NotKept((_, Json(made))) = made;
            let query = DeliveryQuery::default();
            return one_page(&desk, id, query, Some(&made.secret)).await;
        }
        act @ ("on" | "off") => {
            let active = Some(act == "on");
            let change =
                WebhookEndpointChange { url: None, description: None, events: None, active };
            change_webhook_endpoint(scope, PathId(id), Payload(change)).await.map(drop)?;
        }
        _ => return Err(Problem::not_found("not_found")),
    }
    Ok(see(&own))
}

async fn delivery(
    desk: Desk<App>,
    Path(path): Path<(String, String)>,
) -> Result<Response, Problem> {
    let own = format!("{BASE}/{}", path.0);
    let Json(log) = get_webhook_delivery(desk.scope.clone(), Path(path.clone())).await?;
    let message = serde_json::to_string_pretty(&log.message);
    let heads = ["webhooks-try", "webhooks-when", "webhooks-answer", "webhooks-took"];
    let heads = heads.map(|key| desk.t(key));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let rows = html! {
        @for attempt in &log.log {
            tr {
                th scope="row" { (attempt.number) }
                td { (desk.moment(attempt.at)) }
                td { @if let Some(status) = attempt.status { (status) " " } @if let Some(fault) = &attempt.fault { code { (fault) } " " } span.quiet { (attempt.answer) } }
                td.n { (desk.say("webhooks-milliseconds", Args::new().text("n", desk.number(attempt.latency_ms)))) }
            }
        }
    };
    let main = html! {
        div.head {
            p { a href=(own) { (desk.t("webhooks-back")) } }
            h1 { (log.delivery.name) }
            p.quiet { (desk.moment(log.delivery.created_at)) " · " (desk.say("webhooks-state", Args::new().text("state", log.delivery.state))) }
        }
        section.part {
            h2 { (desk.t("webhooks-tries")) }
            @if log.log.is_empty() { p.empty { (desk.t("webhooks-no-tries")) } } @else { (ui::table(&desk.t("webhooks-tries"), &heads, &rows)) }
            form method="post" action=(format!("{own}/{}", path.1)) { (ui::token(&desk.token)) div { button.act.second.slim { (desk.t("webhooks-again")) } } }
        }
        section.part {
            h2 { (desk.t("webhooks-message")) }
            pre.scroll tabindex="0" { (message.unwrap_or_default()) }
        }
    };
    Ok(shell::console(&desk, &log.delivery.name, &main))
}

async fn replay(
    desk: Desk<App>,
    Path(path): Path<(String, String)>,
    _: Fields,
) -> Result<Response, Problem> {
    let own = format!("{BASE}/{}/{}", path.0, path.1);
    let _ = replay_webhook_delivery(desk.scope.clone(), Path(path)).await?;
    Ok(see(&own))
}

//! Endpoints of custom events, and of any event of the journal with its explanation.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::StatusCode;
use lazo_domain::event::{Body, Custom, Kind};
use lazo_domain::ids::EventId;
use lazo_domain::time::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::features::ledger::post::{self, PostQuery};
use crate::features::ledger::receipt::ReceiptView;
use crate::features::members;
use crate::http::{Access, Asked, PathId, Payload, Problem, Role, Scope};

/// The longest name of an event, and the most numbers or words it may carry.
const MAX_NAME: usize = 60;
const MAX_FACTS: usize = 50;

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::post("/events", "events:write", &[Role::Agent, Role::Backend]).one_posting(),
    Access::get(
        "/events/{event}",
        "events:read",
        &[Role::Cashier, Role::Agent, Role::Backend, Role::Admin, Role::Finance],
    )
    .and_own(),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(post_event)).routes(routes!(get_event))
}

/// Something that a member did.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEvent {
    /// Who: an id, or any identifier as `ext:<scheme>:<value>`.
    #[schema(example = "ext:email:ana@example.com")]
    member: String,
    /// The program's code; the only one of the tenant when absent.
    #[serde(default)]
    program: Option<String>,
    /// What it is, as the program's rules call it.
    #[schema(min_length = 1, max_length = 60, example = "review")]
    name: String,
    /// Where it comes from; with `reference` it is unique for ever. `api` when absent.
    #[serde(default)]
    source: Option<String>,
    /// The source's own name for it.
    #[schema(min_length = 1, max_length = 200, example = "review-991")]
    reference: String,
    /// When it counts; now when absent. Never in the future.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// Whole numbers that rules may ask for.
    #[serde(default)]
    numbers: BTreeMap<String, i64>,
    /// Words that rules may ask for. Never personal data.
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

/// Posts a custom event: the member earns what the program's rules give for it.
#[utoipa::path(post, path = "/events", tag = "events", params(PostQuery),
    request_body = NewEvent, responses(
        (status = 201, body = ReceiptView), (status = 200, body = ReceiptView, description = "A dry run")))]
async fn post_event(
    scope: Scope<App>,
    Asked(query): Asked<PostQuery>,
    Payload(new): Payload<NewEvent>,
) -> Result<(StatusCode, Json<ReceiptView>), Problem> {
    check(&new)?;
    let member = members::resolve_active(&scope, &new.member).await?;
    let program =
        post::program(&scope, new.program.as_deref(), new.at.unwrap_or(scope.now)).await?;
    post::check_membership(&scope, &member, program.id)?;
    let body =
        Body::Custom(Custom { name: new.name, numbers: new.numbers, attributes: new.attributes });
    let source = new.source.as_deref().unwrap_or("api");
    let asked = post::Asked { source, reference: &new.reference, at: new.at };
    let event = post::event(&scope, &member, program.id, asked, body)?;
    let view = post::post_and_tell(&scope, &member, event, query.dry_run).await?;
    Ok((if query.dry_run { StatusCode::OK } else { StatusCode::CREATED }, Json(view)))
}

/// Any event of the journal, with what it did at the time and why.
#[utoipa::path(get, path = "/events/{event}", tag = "events",
    params(("event" = String, Path, description = "The event's id")),
    responses((status = 200, body = ReceiptView)))]
async fn get_event(
    scope: Scope<App>,
    PathId(id): PathId<EventId>,
) -> Result<Json<ReceiptView>, Problem> {
    let every: Vec<Kind> = Kind::ALL.iter().map(|(kind, _)| *kind).collect();
    post::told(&scope, id, &every, "event_not_found").await.map(Json)
}

fn check(new: &NewEvent) -> Result<(), Problem> {
    let plain =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-' || c == '.';
    if !(1..=MAX_NAME).contains(&new.name.len())
        || !new.name.chars().all(plain)
        || new.name == "purchase"
    {
        let detail = "must have 1 to 60 of a-z, 0-9, `_`, `-` and `.`, and not be `purchase`";
        return Err(Problem::field("/name", "invalid", detail));
    }
    for (pointer, count) in [("/numbers", new.numbers.len()), ("/attributes", new.attributes.len())]
    {
        if count > MAX_FACTS {
            return Err(Problem::field(pointer, "invalid", format!("at most {MAX_FACTS}")));
        }
    }
    Ok(())
}

//! Endpoints of registers: what there is to write down, and what was written.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use lazo_domain::ids::RegisterEntryId;
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Entry, Kind, READERS, WRITERS, sheets, store};
use crate::App;
use crate::http::{Access, Asked, Page, PageQuery, Payload, Problem, Scope};

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/registers", "registers:read", READERS),
    Access::get("/registers/{register}", "registers:read", READERS),
    Access::post("/registers/{register}", "registers:write", WRITERS),
    Access::get("/registers/{register}/{entry}", "registers:read", READERS),
    Access::put("/registers/{register}/{entry}", "registers:write", WRITERS),
    Access::delete("/registers/{register}/{entry}", "registers:write", WRITERS),
    Access::get("/registers/{register}/{entry}/changes", "registers:read", READERS),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_registers))
        .routes(routes!(list_entries, add_entry))
        .routes(routes!(get_entry, change_entry, remove_entry))
        .routes(routes!(list_changes))
}

/// A register with its fields.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterView {
    /// Its name in addresses.
    code: &'static str,
    /// What an entry says, the first being what it is called.
    fields: Vec<FieldView>,
}

/// One field of a register.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldView {
    /// Its name.
    name: &'static str,
    /// `words`, `text`, `lines`, `whole`, `decimal`, `money`, `day`, `moment`, `yes`, `choice`, `choices`, `entry` or
    /// `entries`.
    kind: &'static str,
    /// Must it be filled in?
    required: bool,
    /// What may be chosen.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    choices: &'static [&'static str],
    /// The register whose entries may be named.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<&'static str>,
}

/// All registers.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegistersView {
    /// In the order in which a client is understood.
    items: Vec<RegisterView>,
}

/// Something written down.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterEntryView {
    /// Its id.
    #[schema(value_type = String, example = "ren_0000000000001")]
    id: RegisterEntryId,
    /// What it says: the fields of its register that are filled in.
    #[schema(value_type = Object)]
    values: Map<String, Value>,
    /// Grows by one with every change.
    revision: i64,
    /// Who wrote it first.
    author: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Who changed it last.
    changed_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    changed_at: Timestamp,
}

/// Something to write down.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEntry {
    /// The fields of the register that shall be filled in; `GET /registers` names them.
    #[schema(value_type = Object)]
    values: Map<String, Value>,
}

/// What an entry shall say from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryBody {
    /// The revision that was read: another one there means that somebody else changed it.
    #[schema(minimum = 1)]
    revision: i64,
    /// All fields that shall be filled in.
    #[schema(value_type = Object)]
    values: Map<String, Value>,
}

/// One state of an entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterChangeView {
    /// Which change, from 1.
    revision: i64,
    /// What it said then; absent when it was taken out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    values: Option<Map<String, Value>>,
    /// Who did it.
    actor: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// Everything that an entry said.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisterChangesView {
    /// The latest first.
    items: Vec<RegisterChangeView>,
}

/// The registers there are, with their fields.
#[utoipa::path(get, path = "/registers", tag = "registers",
    responses((status = 200, body = RegistersView)))]
async fn list_registers(_: Scope<App>) -> Json<RegistersView> {
    let field = |field: &super::Field| {
        let (kind, choices, of) = told(field.kind);
        FieldView { name: field.name, kind, required: field.required, choices, of }
    };
    let register = |register: &super::Register| RegisterView {
        code: register.code,
        fields: register.fields.iter().map(field).collect(),
    };
    Json(RegistersView { items: sheets::ALL.iter().map(register).collect() })
}

type Told = (&'static str, &'static [&'static str], Option<&'static str>);

fn told(kind: Kind) -> Told {
    match kind {
        Kind::Words => ("words", &[], None),
        Kind::Text => ("text", &[], None),
        Kind::Lines => ("lines", &[], None),
        Kind::Whole(..) => ("whole", &[], None),
        Kind::Decimal => ("decimal", &[], None),
        Kind::Money => ("money", &[], None),
        Kind::Day => ("day", &[], None),
        Kind::Moment => ("moment", &[], None),
        Kind::Yes => ("yes", &[], None),
        Kind::Choice(choices) => ("choice", choices, None),
        Kind::Choices(choices) => ("choices", choices, None),
        Kind::Entry(of) => ("entry", &[], Some(of)),
        Kind::Entries(of) => ("entries", &[], Some(of)),
    }
}

/// What a register holds, the oldest first.
#[utoipa::path(get, path = "/registers/{register}", tag = "registers",
    params(("register" = String, Path, description = "The register's code"), PageQuery),
    responses((status = 200, body = Page<RegisterEntryView>)))]
async fn list_entries(
    scope: Scope<App>,
    Path(code): Path<String>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<Page<RegisterEntryView>>, Problem> {
    let register = super::known(&code)?;
    let wish = query.window::<i64>("registers")?;
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let (db, after) = (&scope.app.db, wish.after.unwrap_or(i64::MIN));
    let found = store::page(db, scope.tenant, register.code, after, limit).await?;
    Ok(Json(Page::of("registers", wish.limit, found, |entry| entry.id.0, view)))
}

/// Writes something down.
#[utoipa::path(post, path = "/registers/{register}", tag = "registers", request_body = NewEntry,
    params(("register" = String, Path)), responses((status = 201, body = RegisterEntryView)))]
async fn add_entry(
    scope: Scope<App>,
    Path(code): Path<String>,
    Payload(new): Payload<NewEntry>,
) -> Result<(StatusCode, Json<RegisterEntryView>), Problem> {
    let entry = super::add(&scope, super::known(&code)?, new.values).await?;
    Ok((StatusCode::CREATED, Json(view(entry))))
}

/// One entry.
#[utoipa::path(get, path = "/registers/{register}/{entry}", tag = "registers",
    params(("register" = String, Path), ("entry" = String, Path)),
    responses((status = 200, body = RegisterEntryView)))]
async fn get_entry(
    scope: Scope<App>,
    Path((code, id)): Path<(String, String)>,
) -> Result<Json<RegisterEntryView>, Problem> {
    let entry = super::get(&scope, super::known(&code)?, id_of(&id)?).await?;
    Ok(Json(view(entry)))
}

/// Says all that an entry shall say from now on. What it said before stays on record.
#[utoipa::path(put, path = "/registers/{register}/{entry}", tag = "registers", request_body = EntryBody,
    params(("register" = String, Path), ("entry" = String, Path)),
    responses((status = 200, body = RegisterEntryView)))]
async fn change_entry(
    scope: Scope<App>,
    Path((code, id)): Path<(String, String)>,
    Payload(body): Payload<EntryBody>,
) -> Result<Json<RegisterEntryView>, Problem> {
    let register = super::known(&code)?;
    let entry = super::change(&scope, register, id_of(&id)?, body.revision, body.values).await?;
    Ok(Json(view(entry)))
}

/// Takes an entry out. What it said stays on record.
#[utoipa::path(delete, path = "/registers/{register}/{entry}", tag = "registers",
    params(("register" = String, Path), ("entry" = String, Path)), responses((status = 204)))]
async fn remove_entry(
    scope: Scope<App>,
    Path((code, id)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    super::remove(&scope, super::known(&code)?, id_of(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Everything that an entry said, the latest first.
#[utoipa::path(get, path = "/registers/{register}/{entry}/changes", tag = "registers",
    params(("register" = String, Path), ("entry" = String, Path)),
    responses((status = 200, body = RegisterChangesView)))]
async fn list_changes(
    scope: Scope<App>,
    Path((code, id)): Path<(String, String)>,
) -> Result<Json<RegisterChangesView>, Problem> {
    let register = super::known(&code)?;
    let found = store::changes(&scope.app.db, scope.tenant, register.code, id_of(&id)?).await?;
    if found.is_empty() {
        return Err(Problem::not_found("entry_not_found"));
    }
    let change = |change: store::Change| RegisterChangeView {
        revision: change.revision,
        values: change.values,
        actor: change.actor,
        at: change.at,
    };
    Ok(Json(RegisterChangesView { items: found.into_iter().map(change).collect() }))
}

fn id_of(text: &str) -> Result<RegisterEntryId, Problem> {
    text.parse().map_err(|_| Problem::not_found("entry_not_found"))
}

fn view(entry: Entry) -> RegisterEntryView {
    let Entry { id, values, revision, author, created_at, changed_by, changed_at } = entry;
    RegisterEntryView { id, values, revision, author, created_at, changed_by, changed_at }
}

//! The OpenAPI document: what every endpoint has in common is added here, once, from the access table.

use std::sync::Arc;

use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Router, extract::Path};
use serde_json::{Value, json};
use utoipa::OpenApi;
use utoipa_swagger_ui::Config;

use super::access::{Access, AccessTable, Row};
use super::problem::{FieldError, Problem, ProblemBody};

/// Swagger UI puts a few `style` attributes and `data:` images on its page; nothing comes from elsewhere.
const DOCS_CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Lazo",
        description = include_str!("first_steps.md"),
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    components(schemas(ProblemBody, FieldError))
)]
struct Base;

/// The document that routes are added to.
#[must_use]
pub fn base() -> utoipa::openapi::OpenApi {
    Base::openapi()
}

/// Adds to every operation what all have in common: failures, headers, security, and who may call it.
///
/// A routed endpoint without an access row keeps the mark `x-undeclared`, which a test finds.
#[must_use]
pub fn finished(document: &utoipa::openapi::OpenApi, access: &AccessTable) -> Value {
    let mut document = serde_json::to_value(document).unwrap_or_default();
    document["components"]["securitySchemes"] = json!({ "token": {
        "type": "http", "scheme": "bearer",
        "description": "An API key (`lzk_…`), a staff token (`lzs_…`) or a member token (`lzm_…`)."
    }});
    document["components"]["responses"] = json!({ "Problem": {
        "description": "A failure with a stable code.",
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } }
    }});
    open_parts(&mut document["components"]["schemas"]);
    let Some(paths) = document["paths"].as_object_mut() else { return document };
    for (path, item) in paths {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            let method = method.to_ascii_uppercase();
            let row = axum::http::Method::from_bytes(method.as_bytes())
                .map_or(Row::Undeclared, |method| access.row(&method, path));
            match row {
                Row::Declared(row) => finish(operation, &row),
                Row::OtherMethod | Row::Undeclared => operation["x-undeclared"] = json!(true),
            }
        }
    }
    document
}

/// A view made of parts (`allOf`) takes over what its parts say, but not that each alone allows nothing else.
fn open_parts(schemas: &mut Value) {
    let closed = schemas.clone();
    for schema in schemas.as_object_mut().into_iter().flat_map(|all| all.values_mut()) {
        let parts = schema.get_mut("allOf").and_then(Value::as_array_mut);
        for part in parts.into_iter().flatten() {
            let name = part["$ref"].as_str().and_then(|r| r.rsplit('/').next()).map(str::to_owned);
            let Some(mut whole) = name.and_then(|name| closed.get(&name).cloned()) else {
                continue;
            };
            if let Some(fields) = whole.as_object_mut() {
                fields.remove("additionalProperties");
            }
            *part = whole;
        }
    }
}

fn finish(operation: &mut Value, row: &Access) {
    let writes = row.method != "GET";
    let mut statuses =
        vec!["400", "401", "403", "404", "405", "409", "422", "423", "429", "500", "503"];
    if writes {
        statuses.extend(["413", "415"]);
    }
    for status in statuses {
        if operation["responses"].get(status).is_none() {
            operation["responses"][status] = json!({ "$ref": "#/components/responses/Problem" });
        }
    }
    let mut parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    if !row.installation && !row.open {
        parameters.push(json!({
            "name": "lazo-tenant", "in": "header", "required": false, "schema": { "type": "string" },
            "description": "The tenant's id or code, for staff who belong to several."
        }));
    }
    if writes {
        parameters.push(json!({
            "name": "idempotency-key", "in": "header", "required": false,
            "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" },
            "description": "Sent again with the same body, it gets the same answer for at least 24 hours."
        }));
    }
    operation["parameters"] = Value::Array(parameters);
    operation["security"] = if row.open { json!([]) } else { json!([{ "token": [row.scope] }]) };
    let mut who: Vec<&str> = row.roles.iter().map(|role| role.name()).collect();
    if row.own {
        who.push("member (own data)");
    }
    if row.open {
        who = vec!["anybody"];
    }
    if row.people {
        who.push("(people only, no keys)");
    }
    let text = operation["description"].as_str().unwrap_or_default();
    let spaced = if text.is_empty() { String::new() } else { format!("{text}\n\n") };
    operation["description"] =
        json!(format!("{spaced}Who: {}. Scope of keys: `{}`.", who.join(", "), row.scope));
    operation["x-roles"] = json!(who);
}

/// `/api/openapi.json`, and `/api/docs` with a page to read and try it.
pub fn routes<S: Clone + Send + Sync + 'static>(document: &Value) -> Router<S> {
    let text: Arc<str> = document.to_string().into();
    let config = Arc::new(
        Config::from("/api/openapi.json")
            .persist_authorization(false)
            .validator_url("none")
            .use_base_layout()
            .filter(true)
            .with_syntax_highlight(false),
    );
    let page = {
        let config = Arc::clone(&config);
        move |path: Path<String>| async move { file(&path.0, config) }
    };
    let front = move || async move { file("index.html", config) };
    Router::new()
        .route("/api/docs", get(|| async { Redirect::permanent("/api/docs/") }))
        .route("/api/docs/", get(front))
        .route("/api/docs/{*file}", get(page))
        .route(
            "/api/openapi.json",
            get(|| async move { ([(CONTENT_TYPE, "application/json")], text.to_string()) }),
        )
}

fn file(path: &str, config: Arc<Config<'static>>) -> Response {
    match utoipa_swagger_ui::serve(path, config) {
        Ok(Some(file)) => {
            let kind = HeaderValue::from_str(&file.content_type)
                .unwrap_or(HeaderValue::from_static("application/octet-stream"));
            let csp = HeaderValue::from_static(DOCS_CSP);
            let headers = [(CONTENT_TYPE, kind), (CONTENT_SECURITY_POLICY, csp)];
            (StatusCode::OK, headers, file.bytes.into_owned()).into_response()
        }
        Ok(None) => Problem::not_found("not_found").into_response(),
        Err(error) => {
            tracing::error!(%error, "the documentation page cannot be made");
            Problem::new(500, "internal").into_response()
        }
    }
}

//! `lazo keys`: API keys made, listed and revoked without the API.

use lazo_domain::ids::ApiKeyId;
use lazo_server::App;
use lazo_server::features::api_keys::{self, Wanted};
use lazo_server::http::Role;

use crate::args::{KeyAction, Keys};
use crate::context::Context;
use crate::fault::Fault;
use crate::printer::Cell;

/// How the audit log names the command line.
const ACTOR: &str = "cli";
/// Keys read at a time.
const PAGE: i64 = 500;

pub async fn run(context: &Context, args: Keys) -> Result<(), Fault> {
    let app = context.app().await?;
    match args.action {
        KeyAction::Create { name, role, scopes } => {
            create(context, &app, name, &role, scopes).await
        }
        KeyAction::List => list(context, &app).await,
        KeyAction::Revoke { key } => revoke(context, &app, &key).await,
    }
}

async fn create(
    context: &Context,
    app: &App,
    name: String,
    role: &str,
    scopes: Vec<String>,
) -> Result<(), Fault> {
    let known = Role::named(role).filter(|role| *role != Role::Platform);
    let role = known.ok_or_else(|| {
        let all: Vec<_> =
            Role::ALL.iter().map(|(_, name)| *name).filter(|n| *n != "platform").collect();
        Fault::usage(format!("there is no role `{role}` for keys"))
            .hint(format!("one of {}", all.join(", ")))
    })?;
    if let Some(bad) = scopes.iter().find(|scope| !api_keys::is_scope(scope)) {
        return Err(Fault::usage(format!("`{bad}` is no scope"))
            .hint("a scope looks like purchases:write, members:* or *"));
    }
    let tenant = context.tenant(app).await?;
    let scopes = (!scopes.is_empty()).then_some(scopes);
    let wanted = Wanted { tenant: tenant.id, name, role, scopes, expires_at: None };
    let (key, secret) = api_keys::create(app, wanted, ACTOR, context.now()).await?;
    context.printer.say(format!("key {} is made; its secret is shown this once", key.id));
    let mut table = context.printer.table(&["key", "role", "secret"]);
    table.row(vec![
        Cell::text(key.id.to_string()),
        Cell::text(key.role.name()),
        Cell::text(secret.text),
    ])?;
    table.end()
}

async fn list(context: &Context, app: &App) -> Result<(), Fault> {
    let tenant = context.tenant(app).await?;
    let header =
        &["key", "name", "role", "scopes", "hint", "created_at", "expires_at", "revoked_at"];
    let mut table = context.printer.table(header);
    let mut after = ApiKeyId(i64::MIN);
    loop {
        let page = api_keys::store::page(&app.db, tenant.id, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for key in page {
            let at = |at: Option<lazo_domain::time::Timestamp>| {
                Cell::text(at.map(|at| at.to_string()).unwrap_or_default())
            };
            table.row(vec![
                Cell::text(key.id.to_string()),
                Cell::text(key.name),
                Cell::text(key.role.name()),
                Cell::text(key.scopes.map(|scopes| scopes.join(" ")).unwrap_or_default()),
                Cell::text(key.hint),
                Cell::text(key.created_at.to_string()),
                at(key.expires_at),
                at(key.revoked_at),
            ])?;
        }
    }
    table.end()
}

async fn revoke(context: &Context, app: &App, key: &str) -> Result<(), Fault> {
    let tenant = context.tenant(app).await?;
    let id: ApiKeyId = key.parse().map_err(|error: lazo_domain::ids::BadId| {
        Fault::usage(error.to_string()).hint("`lazo keys list` shows what is there")
    })?;
    if !api_keys::revoke(app, tenant.id, id, ACTOR, context.now()).await? {
        return Err(Fault::failed(format!("the tenant has no key {id}"))
            .hint("`lazo keys list` shows what is there"));
    }
    context.printer.say(format!("key {id} is revoked"));
    Ok(())
}

//! `lazo registers`: what is written down about a client, read and added to.

use std::path::Path;

use lazo_server::App;
use lazo_server::features::registers::{self, Entry, Values, sheets};
use lazo_server::features::tenants::Tenant;
use lazo_server::http::{Caller, Holder, Principal, Problem, Scope};
use lazo_server::i18n::Locale;
use lazo_server::web::visit;
use serde_json::{Value, json};

use crate::args::{Format, RegisterAction as Action, Registers};
use crate::context::Context;
use crate::fault::Fault;
use crate::printer::Cell;

pub async fn run(context: &Context, args: Registers) -> Result<(), Fault> {
    let app = context.existing().await?;
    let tenant = context.tenant(&app).await?;
    match args.action {
        Action::List => list(context, &app, &tenant).await,
        Action::Show { register } => show(context, &app, &tenant, &register).await,
        Action::Add { register, file } => add(context, &app, &tenant, &register, &file).await,
    }
}

async fn list(context: &Context, app: &App, tenant: &Tenant) -> Result<(), Fault> {
    let counts = registers::store::counts(&app.db, tenant.id).await?;
    let mut table = context.printer.table(&["register", "entries", "fields"]);
    for register in sheets::ALL {
        let count = counts.iter().find(|(code, _)| code == register.code).map_or(0, |(_, n)| *n);
        let fields: Vec<&str> = register.fields.iter().map(|field| field.name).collect();
        table.row(vec![
            Cell::text(register.code.to_owned()),
            Cell::number(count),
            Cell::text(fields.join(" ")),
        ])?;
    }
    table.end()
}

async fn show(context: &Context, app: &App, tenant: &Tenant, code: &str) -> Result<(), Fault> {
    let register = registers::known(code).map_err(|p| told(code, &p))?;
    let entries = registers::store::all(&app.db, tenant.id, register.code).await?;
    if context.printer.format == Format::Json {
        let view = |entry: &Entry| json!({ "id": entry.id, "revision": entry.revision, "values": entry.values });
        let all: Vec<Value> = entries.iter().map(view).collect();
        return context.printer.text(&format!("{:#}\n", json!(all)));
    }
    let mut table = context.printer.table(&["entry", "field", "value"]);
    for entry in &entries {
        for (field, value) in &entry.values {
            let value = match value {
                Value::String(text) => Cell::text(text.clone()),
                Value::Number(number) => Cell::number(number),
                value => Cell::text(value.to_string()),
            };
            table.row(vec![Cell::text(entry.id.to_string()), Cell::text(field.clone()), value])?;
        }
    }
    table.end()
}

async fn add(
    context: &Context,
    app: &App,
    tenant: &Tenant,
    code: &str,
    file: &Path,
) -> Result<(), Fault> {
    let register = registers::known(code).map_err(|p| told(code, &p))?;
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Fault::usage(format!("{name}: cannot be read: {error}")))?;
    let value: Value = serde_json::from_str(&text)
        .map_err(|error| Fault::usage(format!("{name}:{}: {error}", error.line())))?;
    let all = match value {
        Value::Array(all) => all,
        one => vec![one],
    };
    let mut ready = Vec::new();
    for (place, one) in all.into_iter().enumerate() {
        let Value::Object(values) = one else {
            return Err(Fault::usage(format!("{name}: entry {} is no object", place + 1)));
        };
        let (_, wrong) = registers::check::check(register, values.clone());
        if let Some(error) = wrong.first() {
            let at = place + 1;
            return Err(Fault::usage(format!(
                "{name}: entry {at}{}: {}",
                error.pointer, error.detail
            ))
            .hint("`lazo registers list` names the fields"));
        }
        ready.push(values);
    }
    let scope = command_line(context, app, tenant)?;
    let count = ready.len();
    for values in ready {
        write(&scope, register, values).await.map_err(|p| told(&name, &p))?;
    }
    context.printer.say(format!("{count} written down in {code}"));
    Ok(())
}

async fn write(
    scope: &Scope<App>,
    register: &registers::Register,
    values: Values,
) -> Result<(), Problem> {
    registers::add(scope, register, values).await.map(drop)
}

fn told(what: &str, problem: &Problem) -> Fault {
    let first = problem.errors.first();
    let why = first.map_or_else(
        || problem.code.to_owned(),
        |error| format!("{}: {}", error.pointer, error.detail),
    );
    Fault::usage(format!("{what}: {why}")).hint("`lazo registers list` shows what there is")
}

/// The operator of the machine as a caller.
fn command_line(context: &Context, app: &App, tenant: &Tenant) -> Result<Scope<App>, Fault> {
    let caller = Caller {
        principal: Principal {
            actor: "cli".to_owned(),
            holder: Holder::Staff,
            grants: Vec::new(),
            home: Some(tenant.id),
            scopes: None,
        },
        tenancy: Some(tenant.into()),
        real_now: context.now(),
        locale: Locale::En,
        request_id: String::new(),
        one_posting: false,
        key: None,
        again: false,
        given_key: None,
    };
    visit::scope(app.clone(), caller).map_err(|problem| told("tenant", &problem))
}

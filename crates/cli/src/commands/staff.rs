//! `lazo staff`: the people who work here, and their passwords, without the API.

use std::io::{BufRead, IsTerminal, Write};

use lazo_domain::ids::StaffId;
use lazo_server::App;
use lazo_server::features::audit::{self, Deed};
use lazo_server::features::sessions::passwords::{self, Factor, PasswordRefusal};
use lazo_server::features::staff::{self, TENANT_ROLES};
use lazo_server::http::{Grant, Role};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::args::{Staff, StaffAction};
use crate::context::Context;
use crate::fault::Fault;
use crate::printer::Cell;

/// How the audit log names the command line.
const ACTOR: &str = "cli";
/// People read at a time.
const PAGE: i64 = 500;

pub async fn run(context: &Context, args: Staff) -> Result<(), Fault> {
    let app = context.existing().await?;
    match args.action {
        StaffAction::List => list(context, &app).await,
        StaffAction::Add { login, name, roles } => add(context, &app, &login, &name, &roles).await,
        StaffAction::Password { login } => password(context, &app, &login).await,
    }
}

async fn list(context: &Context, app: &App) -> Result<(), Fault> {
    let tenant = context.tenant(app).await?;
    let mut table = context.printer.table(&["staff", "login", "name", "roles", "password"]);
    let mut after = StaffId(i64::MIN);
    loop {
        let page = staff::store::page(&app.db, tenant.id, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for person in page {
            let secret = staff::store::has_secret(&app.db, person.id).await?;
            let roles: Vec<&str> = person.roles.iter().map(|role| role.name()).collect();
            table.row(vec![
                Cell::text(person.id.to_string()),
                Cell::text(person.login),
                Cell::text(person.name),
                Cell::text(roles.join(" ")),
                Cell::text(if secret { "yes" } else { "no" }),
            ])?;
        }
    }
    table.end()
}

async fn add(
    context: &Context,
    app: &App,
    login: &str,
    name: &str,
    roles: &[String],
) -> Result<(), Fault> {
    let tenant = context.tenant(app).await?;
    let (login, name) = (worded("a login", login)?.to_lowercase(), worded("a name", name)?);
    let roles = roles.iter().map(|name| role(name)).collect::<Result<Vec<_>, _>>()?;
    let now = context.now();
    let mut tx = app.db.begin().await?;
    let fresh = StaffId(app.ids.next());
    let id = staff::store::ensure(&mut tx, fresh, &login, &name, now).await?;
    for role in &roles {
        let grant = Grant { tenant: Some(tenant.id), role: *role };
        staff::store::grant(&mut tx, id, grant, ACTOR, now).await?;
    }
    let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    let deed = Deed {
        tenant: tenant.id,
        at: now,
        actor: ACTOR,
        action: "staff.added",
        object: id.to_string(),
        reason: "",
        detail: serde_json::json!({ "roles": names }),
    };
    audit::record(&mut tx, &deed).await?;
    tx.commit().await?;
    let what = names.join(", ");
    context.printer.say(format!("{id} is {what} at {}", tenant.config.name));
    if !staff::store::has_secret(&app.db, id).await? {
        context.printer.say(format!("give a password with `lazo staff password {login}`"));
    }
    Ok(())
}

async fn password(context: &Context, app: &App, login: &str) -> Result<(), Fault> {
    let login = login.trim().to_lowercase();
    let nobody = || {
        Fault::failed(format!("nobody signs in as `{login}`"))
            .hint("`lazo staff list` shows who is there; `lazo staff add` adds somebody")
    };
    let id = staff::store::by_login(&app.db, &login).await?.ok_or_else(nobody)?;
    let given = tokio::task::spawn_blocking(read_password)
        .await
        .map_err(|error| Fault::failed(error.to_string()))??;
    let entropy = app.entropy.as_ref();
    let whose = (id, Factor::New);
    let set = passwords::set(&app.db, entropy, whose, &given, ACTOR, context.now()).await;
    let totp = set.map_err(|refusal| match refusal {
        PasswordRefusal::Length => Fault::usage(refusal.to_string()),
        PasswordRefusal::Nobody => nobody(),
        PasswordRefusal::Store(error) => error.into(),
    })?;
    // From now on the way in is the installation's: good for every client that the person works for.
    staff::store::let_in(&app.db, id).await?;
    context.printer.say(format!("the password of {id} is set and every session has ended"));
    context.printer.say("the second factor is shown this once: give the address to an authenticator app, as it is or as a QR code");
    let mut table = context.printer.table(&["second_factor"]);
    let totp = totp.unwrap_or_default();
    table.row(vec![Cell::text(passwords::factor_uri(&login, &totp))])?;
    table.end()
}

fn role(name: &str) -> Result<Role, Fault> {
    Role::named(name).filter(|role| TENANT_ROLES.contains(role)).ok_or_else(|| {
        let all: Vec<_> = TENANT_ROLES.iter().map(|role| role.name()).collect();
        Fault::usage(format!("there is no role `{name}` for people"))
            .hint(format!("one of {}", all.join(", ")))
    })
}

fn worded(what: &str, text: &str) -> Result<String, Fault> {
    let text = text.trim();
    if !(1..=200).contains(&text.chars().count()) || text.chars().any(char::is_control) {
        return Err(Fault::usage(format!("{what} has 1 to 200 printable characters")));
    }
    Ok(text.to_owned())
}

/// Asks twice at a terminal, without showing what is typed; else the first line of standard input.
fn read_password() -> Result<String, Fault> {
    if !std::io::stdin().is_terminal() {
        return line();
    }
    let first = asked("New password: ")?;
    if asked("The same again: ")? != first {
        return Err(Fault::usage("the two differ; nothing is changed"));
    }
    Ok(first)
}

fn asked(prompt: &str) -> Result<String, Fault> {
    let mut out = std::io::stderr();
    write!(out, "{prompt}")?;
    out.flush()?;
    let quiet = Quiet::begin()?;
    let text = line();
    drop(quiet);
    writeln!(out)?;
    text
}

fn line() -> Result<String, Fault> {
    let mut text = String::new();
    std::io::stdin().lock().read_line(&mut text)?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// A terminal that does not show what is typed, until it is dropped.
struct Quiet(Termios);

impl Quiet {
    fn begin() -> Result<Self, Fault> {
        let before = tcgetattr(std::io::stdin()).map_err(std::io::Error::from)?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        tcsetattr(std::io::stdin(), OptionalActions::Flush, &quiet)
            .map_err(std::io::Error::from)?;
        Ok(Self(before))
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        if tcsetattr(std::io::stdin(), OptionalActions::Flush, &self.0).is_err() {
            tracing::warn!("the terminal does not show what is typed; `stty echo` mends it");
        }
    }
}

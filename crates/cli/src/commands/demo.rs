//! `lazo demo`: an invented company in a folder of its own, its purchases imported, served, with what to try next.

mod campaigns;
mod cases;
mod desk;
mod doors;
mod journeys;
mod newcomers;
mod newsletter;
mod people;
mod purchases;
mod random;
mod redemptions;
mod report;
mod sources;
mod story;

use std::path::Path;
use std::sync::Arc;

use lazo_domain::time::{DAY, Timestamp};
use lazo_server::App;
use lazo_server::features::api_keys::{self, Wanted};
use lazo_server::features::configuration::{self, Document};
use lazo_server::features::imports::{Importer, Mapping};
use lazo_server::features::members::{self, EXTERNAL};
use lazo_server::features::sessions::Whose;
use lazo_server::features::tenants::{self, Tenant};
use lazo_server::http::Role;
use lazo_server::mail::sink::Sink;

use crate::args::{Demo, Serve};
use crate::context::Context;
use crate::fault::{Fault, in_full};

/// The company: its tenant, brand and program.
const COMPANY: &str = include_str!("../../../../demo/aurora.toml");
/// The second company, a hotel: its tenant, brand and program.
const HOTEL: &str = include_str!("../../../../demo/brisa.toml");
/// What the columns of its purchases mean.
const MAPPING: &str = include_str!("../../../../demo/mapping.toml");
/// The tenant's and the program's codes in the first document.
const TENANT: &str = "aurora";
const PROGRAM: &str = "aurora-puntos";
/// And in the second.
const HOTEL_TENANT: &str = "brisa";
const HOTEL_PROGRAM: &str = "club-brisa";

pub async fn run(context: &Context, args: Demo) -> Result<(), Fault> {
    let folder = args.folder.as_path();
    std::fs::create_dir_all(folder)
        .map_err(|error| Fault::failed(format!("{}: cannot be made: {error}", folder.display())))?;
    let database = folder.join("lazo.db");
    if args.fresh {
        clear(folder)?;
    }
    let context = &context.with_database(format!("sqlite://{}", database.display()), TENANT);
    let app = context.app().await?;
    let there = tenants::store::by_code(&app.db, TENANT).await?;
    if there.is_some() {
        context
            .printer
            .say(format!("{} is there already; --fresh begins anew", database.display()));
    }
    let grocer = Company {
        document: COMPANY,
        tenant: TENANT,
        program: PROGRAM,
        shop: &purchases::AURORA,
        file: "purchases",
        rewards: &["coffee", "coffee", "five-euros"],
    };
    let hotel = Company {
        document: HOTEL,
        tenant: HOTEL_TENANT,
        program: HOTEL_PROGRAM,
        shop: &purchases::BRISA,
        file: "stays",
        rewards: &["breakfast", "late", "spa"],
    };
    let fresh = there.is_none();
    let tenant = grocer.there(context, &app, folder).await?;
    let second = hotel.there(context, &app, folder).await?;
    if fresh {
        report::tell(context, &app, &tenant, &purchases::AURORA).await?;
    }
    story::tell(context, &app, folder, args.members).await?;
    let now = context.now();
    let team = doors::team(&app, now).await?;
    if fresh {
        doors::draft(&app, COMPANY, team.manager, now).await?;
    }
    desk::fill(&app, now).await?;
    let ana = doors::member(&app, &tenant, "ana@example.com", now).await?;
    let guest = doors::member(&app, &second, "ana@example.com", now).await?;
    if fresh {
        cases::tell(&app, &tenant, ana, &team, now).await?;
    }
    let base = format!("http://{}", args.bind);
    let mut open = Vec::new();
    for (words, whose, path) in [
        ("a member of the grocer's club", ana, "/portal/aurora"),
        ("a member of the hotel's club", guest, "/portal/brisa"),
        ("the till", Whose::Staff(team.cashier), "/caja"),
        ("the program manager", Whose::Staff(team.manager), "/console"),
        ("customer service and administration", Whose::Staff(team.service), "/console"),
        ("the partner agency, for all clients", Whose::Staff(team.partner), "/console/workspace"),
    ] {
        open.push((words, doors::link(&app, &base, whose, path, now).await?));
    }
    if let Some(merged) = doors::merged(&app).await? {
        let link = doors::link(&app, &base, merged, "/portal/uno", now).await?;
        open.push(("a member whose three programs became one", link));
    }
    let till = key(context, &app, &tenant, "demo till", Role::Cashier).await?;
    let back = key(context, &app, &tenant, "demo back end", Role::Backend).await?;
    context.printer.text(&next_steps(&args, &till, &back, context.now()))?;
    context.close().await;
    if args.no_serve {
        return Ok(());
    }
    context.printer.text(&doors_told(&base, &open))?;
    // Letters go to a mail server of the demo's own, whose letters a page shows.
    let (sink, address) = Sink::open().await?;
    let context = &context.with_faces(base, format!("smtp://{address}"));
    let serve = Serve { bind: Some(args.bind) };
    let served = super::serve::run_with(context, serve, Some(sink)).await;
    context.close().await;
    served
}

/// Removes what an earlier demo left, and nothing else.
fn clear(folder: &Path) -> Result<(), Fault> {
    for name in [
        "lazo.db",
        "lazo.db-wal",
        "lazo.db-shm",
        "purchases.csv",
        "purchases.errors.csv",
        "stays.csv",
        "stays.errors.csv",
    ] {
        let path = folder.join(name);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Fault::failed(format!(
                    "{}: cannot be removed: {error}",
                    path.display()
                )));
            }
            _ => {}
        }
    }
    match std::fs::remove_dir_all(folder.join("merge")) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Fault::failed(format!(
            "{}: cannot be removed: {error}",
            folder.join("merge").display()
        ))),
        _ => Ok(()),
    }
}

/// A company of the demo.
struct Company {
    document: &'static str,
    tenant: &'static str,
    program: &'static str,
    shop: &'static purchases::Shop,
    file: &'static str,
    /// What its members redeem.
    rewards: &'static [&'static str],
}

impl Company {
    /// The company, set up with its purchases when it is not there yet.
    async fn there(&self, context: &Context, app: &App, folder: &Path) -> Result<Tenant, Fault> {
        if let Some(tenant) = tenants::store::by_code(&app.db, self.tenant).await? {
            return Ok(tenant);
        }
        let document = Document::parse(self.document).map_err(|problems| {
            Fault::failed(format!("the demo's own document: {}", problems[0]))
        })?;
        let plan = configuration::plan(&app.db, document).await.map_err(told)?;
        let applied =
            plan.carry_out(&app.db, &app.ids, "demo", context.now()).await.map_err(told)?;
        let tenant = tenants::store::by_id(&app.db, applied.tenant).await?;
        let tenant = tenant.ok_or_else(|| Fault::failed("the demo's company is not there"))?;
        let name = &tenant.config.name;
        context.printer.say(format!("{name} (invented) is set up: one brand, one program, levels"));
        self.purchases(context, app, &tenant, folder).await?;
        Ok(tenant)
    }

    async fn purchases(
        &self,
        context: &Context,
        app: &App,
        tenant: &Tenant,
        folder: &Path,
    ) -> Result<(), Fault> {
        let file = folder.join(format!("{}.csv", self.file));
        let (invented, joined) = purchases::invented(self.shop, context.now());
        std::fs::write(&file, invented).map_err(|error| {
            Fault::failed(format!("{}: cannot be written: {error}", file.display()))
        })?;
        let text = MAPPING.replace(PROGRAM, self.program);
        let mapping = Mapping::parse("demo/mapping.toml", &text)
            .map_err(|error| Fault::failed(error.to_string()))?;
        let program = context.program(app, tenant, Some(self.program)).await?.id;
        for (card, at) in &joined {
            let card = [card.to_string()];
            let (db, ids) = (&app.db, &app.ids);
            members::ensure(db, ids, tenant, program, EXTERNAL, &card, *at).await?;
        }
        let importer = Importer { app: app.clone(), tenant: tenant.clone(), program };
        let errors = folder.join(format!("{}.errors.csv", self.file));
        let report = importer
            .purchases(&file, Arc::new(mapping), &errors, &|_| {})
            .await
            .map_err(|error| Fault::failed(in_full(&error)))?;
        context.printer.say(format!(
            "{} purchases of {} members imported from {}",
            report.counts.purchases,
            joined.len(),
            file.display()
        ));
        let now = context.now();
        let redeemed = redemptions::redeem(app, tenant, program, self.rewards, now).await?;
        context.printer.say(format!("{redeemed} rewards redeemed by them over the months"));
        Ok(())
    }
}

/// The doors, as lines to click on.
fn doors_told(base: &str, open: &[(&str, String)]) -> String {
    let mut text = String::from("Open in a browser; each link works once, within a day:\n\n");
    for (words, link) in open {
        text.push_str(&format!("  {words}\n    {link}\n"));
    }
    text.push_str(&format!(
        "\n  Join as somebody new:  {base}/portal/aurora/join  and  {base}/portal/brisa/join\n  \
         The codes arrive here: {base}/console/letters\n\n"
    ));
    text
}

fn told(error: configuration::ApplyError) -> Fault {
    Fault::failed(in_full(&error))
}

async fn key(
    context: &Context,
    app: &App,
    tenant: &Tenant,
    name: &str,
    role: Role,
) -> Result<String, Fault> {
    // A demo's keys end by themselves.
    let expires_at = Some(context.now().plus_micros(7 * DAY));
    let name = name.to_owned();
    let wanted = Wanted { tenant: tenant.id, name, role, scopes: None, expires_at };
    let (_, secret) = api_keys::create(app, wanted, "cli", context.now()).await?;
    Ok(secret.text)
}

/// How this program is called from where we are.
fn this_program() -> String {
    let program = std::env::current_exe().unwrap_or_else(|_| "lazo".into());
    let here = std::env::current_dir().unwrap_or_default();
    program
        .strip_prefix(here)
        .map_or_else(|_| program.display().to_string(), |p| p.display().to_string())
}

/// What to try, as lines that can be pasted into a shell as they are.
fn next_steps(args: &Demo, till: &str, back: &str, now: Timestamp) -> String {
    let base = format!("http://{}", args.bind);
    let (lazo, folder) = (this_program(), args.folder.display());
    let reference = format!("demo-{}", now.0 / 1_000_000);
    format!(
        r#"
Try this in another terminal (keys end in a week):

  TILL='authorization: Bearer {till}'
  BACK='authorization: Bearer {back}'
  JSON='content-type: application/json'

  # A sale of 42.50 € to card 1001, a part of it fresh. The answer says what it earned and why.
  curl -s {base}/api/v1/purchases -H "$TILL" -H "$JSON" -H 'idempotency-key: {reference}' -H 'accept-language: es' -d '
    {{"member":"ext:1001","reference":"{reference}","lines":[
      {{"product":"tomatoes","category":"fresh","net_minor":1250}},
      {{"product":"rice","category":"pantry","net_minor":3000}}]}}'

  # The same once more, as after a lost answer: it counts once and is answered as the first time.
  curl -s {base}/api/v1/purchases -H "$TILL" -H "$JSON" -H 'idempotency-key: {reference}' -d '
    {{"member":"ext:1001","reference":"{reference}","lines":[
      {{"product":"tomatoes","category":"fresh","net_minor":1250}},
      {{"product":"rice","category":"pantry","net_minor":3000}}]}}'

  # What the card has, how far the next level is, and what can be had now.
  curl -s {base}/api/v1/pos/identify -H "$TILL" -H "$JSON" -d '{{"member":"ext:1001"}}'
  curl -s {base}/api/v1/members/ext:1001/tiers -H "$BACK"
  curl -s '{base}/api/v1/rewards?member=ext:1001' -H "$BACK"

  # Two years pass on the sandbox's clock: points expire, levels are reviewed.
  curl -s {base}/api/v1/test-clock -H "$BACK" -H "$JSON" -d '{{"days":730}}'
  curl -s {base}/api/v1/pos/identify -H "$TILL" -H "$JSON" -d '{{"member":"ext:1001"}}'

  # Why did that sale earn what it earned? And are the books in order?
  {lazo} --database sqlite://{folder}/lazo.db --tenant aurora explain {reference}
  {lazo} --database sqlite://{folder}/lazo.db verify

  # How three programs became one: where it stands, what a member reads, what an outside auditor finds.
  {lazo} --database sqlite://{folder}/lazo.db --tenant uno merge status
  {lazo} --database sqlite://{folder}/lazo.db --tenant uno merge statement aurora/700000017 --lang es-ES
  python3 tools/audit.py {folder}/merge/audit
  # For finance: {folder}/merge/control-4.pdf; for the member: {folder}/merge/statement-es.pdf (and .html of both)

The API's documentation: {base}/api/docs/   (Ctrl-C ends the demo)

"#
    )
}

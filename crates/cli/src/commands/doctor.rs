//! `lazo doctor`: what a helper would ask for first.

use lazo_server::config::DEFAULTS;
use lazo_server::features::{programs, tenants};

use crate::args::Doctor;
use crate::context::Context;
use crate::fault::{Fault, in_full};
use crate::printer::{Cell, Table};

pub async fn run(context: &Context, args: Doctor) -> Result<(), Fault> {
    if args.settings {
        return context.printer.text(DEFAULTS);
    }
    let mut report =
        Report { table: context.printer.table(&["check", "state", "detail"]), sound: true };
    report.line("lazo", true, concat!("version ", env!("CARGO_PKG_VERSION")))?;
    report.line("clock", true, &context.now().to_string())?;
    report.line("locale", true, context.config.locale().tag())?;
    report.line("database", true, &without_password(&context.config.database))?;
    match context.app().await {
        Ok(app) => {
            report.line("schema", true, "up to date")?;
            for tenant in tenants::store::all(&app.db).await? {
                let programs = programs::store::all(&app.db, tenant.id).await?.len();
                let detail = format!(
                    "{} program(s), configuration version {}",
                    programs, tenant.config_version
                );
                report.line(&format!("tenant {}", tenant.config.code), tenant.live, &detail)?;
                let compiled = app.programs.current(tenant.id).await;
                let detail =
                    compiled.as_ref().err().map_or("sound".to_owned(), |error| in_full(error));
                report.line(
                    &format!("programs of {}", tenant.config.code),
                    compiled.is_ok(),
                    &detail,
                )?;
            }
        }
        Err(fault) => report.line("schema", false, &fault.message)?,
    }
    report.end()
}

struct Report {
    table: Table,
    sound: bool,
}

impl Report {
    fn line(&mut self, check: &str, sound: bool, detail: &str) -> Result<(), Fault> {
        self.sound &= sound;
        let state = if sound { "ok" } else { "PROBLEM" };
        self.table.row(vec![Cell::text(check), Cell::text(state), Cell::text(detail)])
    }

    fn end(self) -> Result<(), Fault> {
        self.table.end()?;
        if self.sound { Ok(()) } else { Err(Fault::not_in_order()) }
    }
}

/// The address without what nobody should read over a shoulder.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}@{host}")
        }
        None => url.to_owned(),
    }
}

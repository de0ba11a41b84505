//! `lazo explain`: why a purchase got its points, in words a member understands.

use lazo_server::features::ledger;

use crate::args::{Explain, Format};
use crate::context::Context;
use crate::fault::Fault;

pub async fn run(context: &Context, args: Explain) -> Result<(), Fault> {
    let locale = context.locale(args.lang.as_deref())?;
    let app = context.existing().await?;
    let tenant = context.tenant(&app).await?;
    let found = ledger::find(&app.db, &tenant, &args.reference).await?;
    if found.is_empty() {
        return Err(Fault::failed(format!("nothing is called `{}`", args.reference))
            .hint("give the receipt's number as its source wrote it, or an event's id (evt_…)"));
    }
    let mut told = Vec::with_capacity(found.len());
    for stored in &found {
        told.extend(ledger::explain(&app.db, &tenant, stored, locale).await?);
    }
    match context.printer.format {
        Format::Json => {
            let json = serde_json::to_string_pretty(&told)
                .map_err(|error| Fault::failed(error.to_string()))?;
            context.printer.text(&format!("{json}\n"))
        }
        Format::Csv => {
            let mut table = context.printer.table(&["event", "title", "headline", "details"]);
            for one in told {
                let cells = [one.event.to_string(), one.title, one.headline, one.details.join(" ")];
                table.row(cells.into_iter().map(crate::printer::Cell::text).collect())?;
            }
            table.end()
        }
        Format::Text => {
            let parts: Vec<String> = told
                .iter()
                .map(|one| {
                    let details: String =
                        one.details.iter().map(|line| format!("  {line}\n")).collect();
                    format!("{} ({})\n{}\n{details}", one.title, one.event, one.headline)
                })
                .collect();
            context.printer.text(&parts.join("\n"))
        }
    }
}

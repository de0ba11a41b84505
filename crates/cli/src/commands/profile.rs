//! `lazo profile`: a sample of a client's data looked over, with the rows of every defect. Needs no database.

use std::path::Path;

use lazo_domain::time::Zone;
use lazo_server::features::technology::profile::profile;
use serde_json::json;

use crate::args::{Format, Profile};
use crate::context::Context;
use crate::fault::Fault;
use crate::printer::Cell;

pub async fn run(context: &Context, args: Profile) -> Result<(), Fault> {
    let sample = read(&args.file)?;
    let members = args.members.as_deref().map(read).transpose()?;
    let today = context.now().local(&Zone::utc()).date();
    let name = args.file.display();
    let found = profile(&sample, members.as_deref(), today)
        .map_err(|why| Fault::usage(format!("{name}:1: {why}")))?;
    if context.printer.format == Format::Json {
        return context.printer.text(&format!("{:#}\n", json!(found)));
    }
    context.printer.say(format!(
        "{name}: {} rows, {} columns, {} kinds of defects",
        found.rows,
        found.columns.len(),
        found.defects.len()
    ));
    let mut table = context.printer.table(&["defect", "column", "rows", "first"]);
    for defect in &found.defects {
        let first: Vec<String> = defect.rows.iter().take(10).map(usize::to_string).collect();
        table.row(vec![
            Cell::text(defect.kind.to_owned()),
            Cell::text(defect.column.clone()),
            Cell::number(defect.count),
            Cell::text(first.join(" ")),
        ])?;
    }
    table.end()
}

fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    std::fs::read(path)
        .map_err(|error| Fault::usage(format!("{}: cannot be read: {error}", path.display())))
}

//! `lazo match`: who is the same person in two member files, or within one; needs no database.

use lazo_matching::command;

use crate::args::{Format, Match};
use crate::context::Context;
use crate::fault::Fault;

pub async fn run(context: &Context, args: Match) -> Result<(), Fault> {
    let as_json = context.printer.format == Format::Json;
    let work = tokio::task::spawn_blocking(move || command::run(&args, as_json));
    let report = work.await.map_err(|error| Fault::failed(error.to_string()))?;
    let report = report.map_err(|fault| match fault.hint.is_empty() {
        true => Fault::usage(fault.to_string()),
        false => Fault::usage(fault.what_and_where()).hint(fault.hint.clone()),
    })?;
    context.printer.text(&report)
}

//! `lazo archive`: everything that is committed to a SQLite database goes into a folder, moment by moment, so that the
//! database can be had back as it was at any of them.

use std::fs;
use std::path::Path;
use std::time::Duration;

use lazo_store::SystemClock;
use lazo_store::archive::Archiver;

use super::jobs::told_to_stop;
use crate::args::Archive;
use crate::context::Context;
use crate::fault::Fault;

pub async fn run(context: &Context, args: Archive) -> Result<(), Fault> {
    context.must_exist()?;
    let Some(path) = context.config.database.strip_prefix("sqlite://") else {
        return Err(Fault::usage("only a SQLite database is archived by lazo").hint(
            "PostgreSQL archives its own log: docs/guide/operations.md tells how, and how to restore a moment",
        ));
    };
    fs::create_dir_all(&args.folder)?;
    let clock = SystemClock;
    let mut archiver = Archiver::begin(Path::new(path), &args.folder, &clock)?;
    archiver.prune(args.keep)?;
    context.printer.say(format!("archiving into {}; end with Ctrl-C", args.folder.display()));
    let mut stop = std::pin::pin!(told_to_stop());
    loop {
        // A folder that is full or gone for a while is told and tried again; the log waits for it meanwhile.
        if let Err(error) = archiver.step(&clock).and_then(|_| archiver.prune(args.keep)) {
            context.printer.warn(Fault::from(error).to_string());
        }
        tokio::select! {
            told = &mut stop => {
                told?;
                archiver.step(&clock)?;
                context.printer.say("stopped; what is committed from now on is not archived");
                return Ok(());
            }
            () = tokio::time::sleep(Duration::from_millis(args.every_ms)) => {}
        }
    }
}

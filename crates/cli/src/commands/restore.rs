//! `lazo restore`: an empty database is filled with what a backup or a moment of an archive holds, all of it or nothing.

use std::fs;
use std::path::{Path, PathBuf};

use lazo_store::{Db, archive, backup};

use super::backup::{companions, keep, part_of};
use super::verify;
use crate::args::Restore;
use crate::context::Context;
use crate::fault::Fault;

pub async fn run(context: &Context, args: Restore) -> Result<(), Fault> {
    let url = &context.config.database;
    check(&args)?;
    match url.strip_prefix("sqlite://") {
        Some(path) => to_sqlite(context, &args, Path::new(path)).await?,
        None => to_postgres(context, &args).await?,
    }
    context.printer.say(format!("restored from {}", args.from.display()));
    Ok(())
}

fn check(args: &Restore) -> Result<(), Fault> {
    let from = &args.from;
    if !from.exists() {
        return Err(Fault::usage(format!("there is no backup {}", from.display())));
    }
    if from.is_dir() {
        return Ok(());
    }
    if args.at.is_some() {
        return Err(Fault::usage(format!("{} holds one moment alone", from.display()))
            .hint("--at chooses a moment of a folder that `lazo archive` writes"));
    }
    match companions(from).find(|companion| companion.exists()) {
        None => Ok(()),
        Some(open) => Err(Fault::usage(format!(
            "{} is in use or was not closed: there is a {} beside it",
            from.display(),
            open.display()
        ))
        .hint("`lazo backup` makes a file that is whole")),
    }
}

/// A copy of the file, brought up to date and verified before it takes its name.
async fn to_sqlite(context: &Context, args: &Restore, path: &Path) -> Result<(), Fault> {
    let there = std::iter::once(path.to_owned()).chain(companions(path));
    if let Some(there) = there.into_iter().find(|there| there.exists()) {
        return Err(Fault::failed(format!("there is already a file {}", there.display())).hint(
            "a backup is restored into a database that is not there yet; move the old one away",
        ));
    }
    let part = part_of(path)?;
    fetch(context, args, &part)?;
    Db::open_to_read(&part)?.lacking_steps().await?;
    let db = Db::open(&backup::url(&part), context.options()).await?;
    db.migrate().await?;
    if !args.no_verify {
        verify::or_tell(context, &db).await?;
    }
    drop(db);
    backup::seal(&part).await?;
    keep(&part, path).await
}

async fn to_postgres(context: &Context, args: &Restore) -> Result<(), Fault> {
    let db = Db::open(&context.config.database, context.options()).await?;
    if args.from.is_dir() {
        let name = format!("lazo-restore-{}.db", std::process::id());
        let part = part_of(&std::env::temp_dir().join(name))?;
        fetch(context, args, &part)?;
        backup::seal(&part).await?;
        let done = db.restore(&part).await;
        fs::remove_file(&part)?;
        done?;
    } else {
        db.restore(&args.from).await?;
    }
    db.outside_transaction("analyze").await?;
    if args.no_verify { Ok(()) } else { verify::or_tell(context, &db).await }
}

/// Puts what shall be restored into the new file `part`.
fn fetch(context: &Context, args: &Restore, part: &PathBuf) -> Result<(), Fault> {
    if args.from.is_dir() {
        let moment = archive::restore(&args.from, args.at, part)?;
        context.printer.say(format!("as it was at {moment}"));
    } else {
        fs::copy(&args.from, part)?;
    }
    Ok(())
}

//! `lazo backup`: everything that is there at one moment as one file, while the installation serves.

use std::fs;
use std::path::{Path, PathBuf};

use lazo_store::{Db, backup};

use super::verify;
use crate::args::Backup;
use crate::context::Context;
use crate::fault::Fault;
use crate::printer::Cell;

pub async fn run(context: &Context, args: Backup) -> Result<(), Fault> {
    context.must_exist()?;
    if args.file.exists() {
        return Err(Fault::usage(format!("there is already a file {}", args.file.display()))
            .hint("name another one: a backup overwrites nothing"));
    }
    let part = part_of(&args.file)?;
    let db = Db::open(&context.config.database, context.options()).await?;
    db.back_up(&part).await?;
    backup::seal(&part).await?;
    if !args.no_verify {
        verify::or_tell(context, &Db::open_to_read(&part)?).await?;
    }
    keep(&part, &args.file).await?;
    let octets = fs::metadata(&args.file)?.len();
    let mut table = context.printer.table(&["file", "octets", "verified"]);
    table.row(vec![
        Cell::text(args.file.display().to_string()),
        Cell::number(octets),
        Cell::text(if args.no_verify { "no" } else { "yes" }),
    ])?;
    table.end()
}

/// Where a file is written before it is whole. What an earlier attempt left there goes.
pub fn part_of(file: &Path) -> Result<PathBuf, Fault> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = file.with_file_name(name);
    for left in std::iter::once(part.clone()).chain(companions(&part)) {
        if left.exists() {
            fs::remove_file(&left)?;
        }
    }
    Ok(part)
}

/// Gives a whole file its name, and waits until the disk knows it by that.
pub async fn keep(part: &Path, file: &Path) -> Result<(), Fault> {
    fs::rename(part, file)?;
    Ok(backup::seal(file).await?)
}

/// The files that a SQLite database has beside it while it is open.
pub fn companions(file: &Path) -> impl Iterator<Item = PathBuf> {
    ["-wal", "-shm", "-journal"].into_iter().map(|end| {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    })
}

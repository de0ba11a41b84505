//! `lazo import`: purchases and members from files, runs listed and undone.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use lazo_domain::ids::ImportId;
use lazo_server::App;
use lazo_server::features::imports::{
    self, Counts, ErrorFile, ImportError, ImportRun, Importer, Mapping, Report, RowKind, Status,
};

use crate::args::{Import, ImportAction, ImportFile};
use crate::context::Context;
use crate::fault::{Fault, in_full};
use crate::printer::Cell;
use crate::progress::Progress;

/// The most runs that are listed.
const MAX_LISTED: i64 = 500;

pub async fn run(context: &Context, args: Import) -> Result<(), Fault> {
    match args.action {
        ImportAction::Purchases(file) => bring(context, file, RowKind::Purchases).await,
        ImportAction::Members(file) => bring(context, file, RowKind::Members).await,
        ImportAction::List => list(context).await,
        ImportAction::Show { id } => show(context, id).await,
        ImportAction::Undo { id } => undo(context, id).await,
    }
}

async fn bring(context: &Context, args: ImportFile, kind: RowKind) -> Result<(), Fault> {
    let mapping = mapping(&args, kind)?;
    let errors = errors(&args)?;
    if args.dry_run {
        let report = dry_run(context, &args, &mapping, &errors).await?;
        context.printer.say("nothing was posted (--dry-run)");
        return tell(context, &report, &BTreeNames::default());
    }
    let app = context.app().await?;
    let importer = importer(context, &app, &mapping).await?;
    let progress =
        Mutex::new(Progress::begin(what(kind), Some(size(&args)), context.printer.quiet));
    let watch = |status: &Status| {
        let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
        progress.at(status.bytes_read, status.done);
    };
    let report = match kind {
        RowKind::Purchases => {
            importer.purchases(&args.file, Arc::new(mapping), &errors, &watch).await
        }
        _ => importer.members(&args.file, Arc::new(mapping), &errors, &watch).await,
    };
    let report = report.map_err(fault)?;
    if !report.already_done {
        progress.into_inner().unwrap_or_else(PoisonError::into_inner).end();
    }
    let names = names(&app, &importer).await?;
    tell(context, &report, &names)
}

async fn dry_run(
    context: &Context,
    args: &ImportFile,
    mapping: &Mapping,
    errors: &Path,
) -> Result<Report, Fault> {
    if mapping.kind == RowKind::Purchases {
        return imports::dry_run(&args.file, mapping, errors).map_err(fault);
    }
    let app = context.app().await?;
    let schema = context.tenant(&app).await?.config.member_attributes;
    imports::dry_run_members(&args.file, mapping, &schema, errors, context.now()).map_err(fault)
}

async fn list(context: &Context) -> Result<(), Fault> {
    let app = context.app().await?;
    let tenant = context.tenant(&app).await?;
    let mut table = context.printer.table(&[
        "import",
        "kind",
        "file",
        "state",
        "purchases",
        "returns",
        "enrolled",
        "started",
    ]);
    for run in imports::list(&app.db, tenant.id, MAX_LISTED).await? {
        table.row(vec![
            Cell::text(run.id.to_string()),
            Cell::text(run.kind),
            Cell::text(run.file_name),
            Cell::text(run.state.name()),
            Cell::number(run.counts.purchases),
            Cell::number(run.counts.returns),
            Cell::number(run.counts.enrolled),
            Cell::text(run.started_at.to_string()),
        ])?;
    }
    table.end()
}

async fn show(context: &Context, id: ImportId) -> Result<(), Fault> {
    let app = context.app().await?;
    let run = found(context, &app, id).await?;
    let importer = of_run(context, &app, &run).await?;
    let names = names(&app, &importer).await?;
    let mut table = context.printer.table(&["what", "value"]);
    let mut rows = vec![
        ("import", run.id.to_string()),
        ("kind", run.kind.clone()),
        ("file", run.file_name.clone()),
        ("file_sha256", run.file_hash.clone()),
        ("mapping_sha256", run.mapping_hash.clone()),
        ("source", run.source.clone()),
        ("state", run.state.name().to_owned()),
        ("started", run.started_at.to_string()),
        ("finished", run.finished_at.map(|at| at.to_string()).unwrap_or_default()),
    ];
    rows.extend(counted(&run.counts, &names));
    for (what, value) in rows {
        table.row(vec![Cell::text(what), Cell::text(value)])?;
    }
    table.end()
}

async fn undo(context: &Context, id: ImportId) -> Result<(), Fault> {
    let app = context.app().await?;
    let run = found(context, &app, id).await?;
    let importer = of_run(context, &app, &run).await?;
    let question = format!("reverse everything that {id} ({}) posted?", run.file_name);
    if !context.printer.confirm(&question)? {
        return Err(Fault::failed("nothing was reversed"));
    }
    let progress = Mutex::new(Progress::begin("events reversed", None, context.printer.quiet));
    let watch = |status: &Status| {
        progress.lock().unwrap_or_else(PoisonError::into_inner).at(status.bytes_read, status.done);
    };
    let undone = importer.undo(run, &watch).await.map_err(fault)?;
    progress.into_inner().unwrap_or_else(PoisonError::into_inner).end();
    for (code, count) in &undone.refused {
        context.printer.warn(format!("{count} events could not be reversed: {code}"));
    }
    context.printer.say(format!(
        "{id} is undone: {} events reversed; members it enrolled stay",
        undone.reversed
    ));
    if undone.refused.is_empty() { Ok(()) } else { Err(Fault::not_in_order()) }
}

fn mapping(args: &ImportFile, kind: RowKind) -> Result<Mapping, Fault> {
    let name = args.mapping.display().to_string();
    let text = std::fs::read_to_string(&args.mapping)
        .map_err(|error| Fault::usage(format!("{name}: cannot be read: {error}")))?;
    let mapping = Mapping::parse(&name, &text).map_err(|error| Fault::usage(error.to_string()))?;
    if mapping.kind == kind {
        return Ok(mapping);
    }
    let command = if mapping.kind.is_extract() { "merge" } else { "import" };
    let hint = format!("give the command `lazo {command} {}`", what(mapping.kind));
    Err(Fault::usage(format!("{name}: the mapping is one of {}", what(mapping.kind))).hint(hint))
}

/// Beside us and not beside the file, whose folder may not be ours to write to.
fn errors(args: &ImportFile) -> Result<PathBuf, Fault> {
    match (&args.errors, args.file.file_name()) {
        (Some(path), _) => Ok(path.clone()),
        (None, Some(name)) => Ok(ErrorFile::beside(name.as_ref())),
        (None, None) => Err(Fault::usage(format!("{} is no file", args.file.display()))),
    }
}

fn size(args: &ImportFile) -> u64 {
    std::fs::metadata(&args.file).map_or(0, |meta| meta.len())
}

fn what(kind: RowKind) -> &'static str {
    kind.name()
}

async fn importer(context: &Context, app: &App, mapping: &Mapping) -> Result<Importer, Fault> {
    let tenant = context.tenant(app).await?;
    let program = context.program(app, &tenant, Some(&mapping.program)).await?;
    Ok(Importer { app: app.clone(), tenant, program: program.id })
}

async fn found(context: &Context, app: &App, id: ImportId) -> Result<ImportRun, Fault> {
    let tenant = context.tenant(app).await?;
    let run = imports::by_id(&app.db, tenant.id, id).await?;
    run.ok_or_else(|| {
        Fault::failed(format!("there is no import {id}"))
            .hint("`lazo import list` shows what there is")
    })
}

async fn of_run(context: &Context, app: &App, run: &ImportRun) -> Result<Importer, Fault> {
    Ok(Importer { app: app.clone(), tenant: context.tenant(app).await?, program: run.program })
}

/// Codes and scales of point types by their ids' text.
type BTreeNames = std::collections::BTreeMap<String, (String, u8)>;

async fn names(app: &App, importer: &Importer) -> Result<BTreeNames, Fault> {
    let all = app.programs.current(importer.tenant.id).await?;
    let latest = all.latest(importer.program);
    let types = latest.into_iter().flat_map(|program| &program.point_types);
    Ok(types
        .map(|(id, point_type)| (id.to_string(), (point_type.code.to_string(), point_type.scale)))
        .collect())
}

fn tell(context: &Context, report: &Report, names: &BTreeNames) -> Result<(), Fault> {
    let printer = &context.printer;
    if report.already_done
        && let Some(run) = &report.run
    {
        printer.say(format!(
            "{} was imported before as {}; nothing was changed",
            run.file_name, run.id
        ));
        return Ok(());
    }
    for (what, value) in counted(&report.counts, names) {
        printer.say(format!("{what}: {value}"));
    }
    if let Some(memory) = peak_memory() {
        printer.say(format!("peak memory: {memory} MB"));
    }
    if let (Some(errors), false) = (&report.errors, report.counts.findings.is_empty()) {
        printer.say(format!("listed in {}", errors.display()));
    }
    if let Some(run) = &report.run {
        printer.text(&format!("{}\n", run.id))?;
    }
    Ok(())
}

fn counted(counts: &Counts, names: &BTreeNames) -> Vec<(&'static str, String)> {
    let mut rows = vec![("rows", counts.rows.to_string())];
    let numbers = [
        ("purchases", counts.purchases),
        ("returns", counts.returns),
        ("members enrolled", counts.enrolled),
        ("members known", counts.known),
        ("posted before", counts.replayed),
        ("events reversed", counts.reversed),
    ];
    rows.extend(numbers.into_iter().filter(|(_, n)| *n > 0).map(|(what, n)| (what, n.to_string())));
    for (id, points) in &counts.points {
        let (code, scale) = names.get(id).cloned().unwrap_or_else(|| (id.clone(), 0));
        rows.push(("points", format!("{} {code}", lazo_domain::points::decimal(*points, scale))));
    }
    let mut listed = String::new();
    for (code, count) in &counts.findings {
        let _ = write!(listed, "{}{count} {code}", if listed.is_empty() { "" } else { ", " });
    }
    if !listed.is_empty() {
        rows.push(("listed", listed));
    }
    rows
}

/// The most memory this process ever had, in megabytes, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes / 1024)
}

fn fault(error: ImportError) -> Fault {
    match error {
        ImportError::Store(error) => error.into(),
        other => Fault::failed(in_full(&other)),
    }
}

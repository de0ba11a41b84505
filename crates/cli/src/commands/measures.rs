//! `lazo measures`: a program's figures over its last days, or what the rules find in them.

use std::path::Path;

use lazo_domain::program::Program;
use lazo_measures::diagnosis::{Facts, Verdict, diagnose};
use lazo_server::App;
use lazo_server::features::measures::{self, Days, words};
use lazo_server::features::tenants::Tenant;
use serde::Deserialize;

use crate::args::{Format, Measures};
use crate::context::Context;
use crate::fault::Fault;
use crate::printer::Cell;

/// Facts as a file says them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Observed {
    source: String,
    from: jiff::civil::Date,
    to: jiff::civil::Date,
    facts: Facts,
}

pub async fn run(context: &Context, args: Measures) -> Result<(), Fault> {
    let locale = context.locale(args.lang.as_deref())?;
    let app = context.existing().await?;
    let tenant = context.tenant(&app).await?;
    let program = program(context, &app, &tenant, args.program.as_deref()).await?;
    if let Some(file) = &args.observe {
        let facts = observe(context, &app, &tenant, &program, file).await?;
        context.printer.say(format!("{facts} facts recorded"));
    }
    let new = measures::catch_up(&app).await?;
    context.printer.say(format!("{new} new events counted"));
    let days = Days::last(args.days, tenant.now(context.now()), &tenant.config.time_zone);
    let board = measures::board(&app, &tenant, &program, days).await?;
    if args.diagnosis {
        let outcomes = diagnose(&board.facts);
        if context.printer.format == Format::Json {
            return text(context, serde_json::to_string_pretty(&outcomes));
        }
        let mut table = context.printer.table(&["rule", "verdict", "finding", "action"]);
        for one in &outcomes {
            let id = one.rule.to_lowercase();
            let say =
                |what: &str| locale.text(&format!("measures-{id}-{what}"), &Default::default());
            let verdict = match one.verdict {
                Verdict::Fired => "fired",
                Verdict::CauseNotTested => "cause not tested",
                Verdict::Quiet => "quiet",
                Verdict::CouldNotTest => "could not test",
            };
            let cells = [one.rule.clone(), verdict.to_owned(), say("cause"), say("action")];
            table.row(cells.into_iter().map(Cell::text).collect())?;
        }
        return table.end();
    }
    if context.printer.format == Format::Json {
        return text(context, serde_json::to_string_pretty(&board.figures));
    }
    let mut table = context.printer.table(&["kpi", "name", "now", "before", "target", "missing"]);
    let value = |value, unit| words::value(locale, value, unit, program.currency);
    for figure in &board.figures {
        table.row(vec![
            Cell::text(&figure.kpi),
            Cell::text(words::name(locale, &figure.kpi)),
            Cell::number(value(figure.value, figure.unit)),
            Cell::number(value(figure.before, figure.unit)),
            Cell::number(value(figure.target, figure.unit)),
            Cell::text(figure.missing.clone().unwrap_or_default()),
        ])?;
    }
    table.end()
}

/// The program in force: the one that is named, or the only one.
pub async fn program(
    context: &Context,
    app: &App,
    tenant: &Tenant,
    code: Option<&str>,
) -> Result<Program, Fault> {
    let head = context.program(app, tenant, code).await?;
    let programs = app.programs.current(tenant.id).await?;
    let found = programs.at(head.id, tenant.now(context.now()));
    let found = found.or_else(|| programs.latest(head.id));
    let missing = || Fault::failed(format!("program `{}` has no published version", head.code));
    Ok(found.ok_or_else(missing)?.as_ref().clone())
}

async fn observe(
    context: &Context,
    app: &App,
    tenant: &Tenant,
    program: &Program,
    file: &Path,
) -> Result<usize, Fault> {
    let name = file.display();
    let read = std::fs::read_to_string(file)
        .map_err(|error| Fault::usage(format!("{name}: cannot be read: {error}")))?;
    let seen: Observed = toml::from_str(&read).map_err(|error| {
        let before = error.span().map_or(0, |span| span.start);
        let line = read[..before.min(read.len())].matches('\n').count() + 1;
        Fault::usage(format!("{name}:{line}: {}", error.message()))
    })?;
    let days = Days { from: measures::number_of(seen.from), to: measures::number_of(seen.to) };
    let of = (tenant.id, program.id);
    let by = context.person(None);
    Ok(measures::observe(app, of, &seen.facts, &seen.source, days, &by).await?)
}

fn text(context: &Context, json: serde_json::Result<String>) -> Result<(), Fault> {
    let json = json.map_err(|error| Fault::failed(error.to_string()))?;
    context.printer.text(&format!("{json}\n"))
}

//! What steps of a merge came to, as tables, documents and files.

use std::path::Path;

use lazo_domain::merging::SourceKey;
use lazo_server::features::integration_projects::store::desk::DeskItem;
use lazo_server::features::integration_projects::store::items::Item;
use lazo_server::features::integration_projects::store::links::Link;
use lazo_server::features::integration_projects::{
    ControlReport, DryRun, FileProfile, LineMembers, Loaded, MemberStatement, Names, Project,
    Status, Verified, WaveRun,
};
use lazo_server::i18n::Locale;
use serde_json::Value;

use crate::args::Format;
use crate::context::Context;
use crate::fault::Fault;
use crate::printer::Cell;

/// A key from `source/number`.
pub fn key(text: &str) -> Result<SourceKey, Fault> {
    let parts = text.split_once('/');
    let (source, member) =
        parts.ok_or_else(|| Fault::usage(format!("`{text}` is not source/number")))?;
    Ok(SourceKey::new(source, member))
}

fn json(context: &Context, value: &impl serde::Serialize) -> Result<(), Fault> {
    context.printer.text(&(pretty(value)? + "\n"))
}

/// A value as JSON on several lines.
pub fn pretty(value: &impl serde::Serialize) -> Result<String, Fault> {
    serde_json::to_string_pretty(value).map_err(|error| not_json(&error))
}

/// A value as JSON on one line.
pub fn compact(value: &impl serde::Serialize) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(|error| not_json(&error))
}

fn not_json(error: &serde_json::Error) -> Fault {
    Fault::failed(format!("the answer cannot be written as JSON: {error}"))
}

fn wants_json(context: &Context) -> bool {
    context.printer.format == Format::Json
}

pub fn projects(context: &Context, all: &[Project]) -> Result<(), Fault> {
    let mut table = context.printer.table(&["project", "state", "program", "sources", "author"]);
    for project in all {
        let sources: Vec<&str> = project.document.sources.iter().map(|s| s.code.as_str()).collect();
        table.row(vec![
            Cell::text(&project.document.code),
            Cell::text(project.state.name()),
            Cell::text(&project.document.program),
            Cell::text(sources.join(" ")),
            Cell::text(&project.author),
        ])?;
    }
    table.end()
}

pub fn profiles(context: &Context, all: &[FileProfile]) -> Result<(), Fault> {
    if wants_json(context) {
        return json(context, &all);
    }
    let mut table = context.printer.table(&[
        "file",
        "rows",
        "encoding",
        "column",
        "filled",
        "distinct",
        "unique",
        "looks like",
        "examples",
    ]);
    for file in all {
        for column in &file.columns {
            table.row(vec![
                Cell::text(&file.file),
                Cell::number(file.rows),
                Cell::text(file.encoding),
                Cell::text(&column.name),
                Cell::number(column.filled),
                Cell::number(column.distinct),
                Cell::text(if column.unique { "yes" } else { "no" }),
                Cell::text(column.looks_like),
                Cell::text(column.examples.join(" ")),
            ])?;
        }
    }
    table.end()
}

pub fn loaded(context: &Context, all: &[Loaded]) -> Result<(), Fault> {
    if wants_json(context) {
        return json(context, &all);
    }
    for source in all {
        let report = &source.report;
        context.printer.say(format!(
            "{}: {} accounts, {} lots, {} transactions, snapshot {}",
            source.source,
            report.accounts,
            report.lots,
            report.transactions,
            &source.snapshot_hash[..16]
        ));
    }
    let mut table =
        context.printer.table(&["source", "finding", "severity", "count", "points", "for example"]);
    for source in all {
        for finding in &source.report.findings {
            let example = finding.examples.first().map(|(place, what)| format!("{place}: {what}"));
            table.row(vec![
                Cell::text(&source.source),
                Cell::text(&finding.code),
                Cell::text(format!("{:?}", finding.severity).to_lowercase()),
                Cell::number(finding.count),
                Cell::number(finding.points),
                Cell::text(example.unwrap_or_default()),
            ])?;
        }
    }
    table.end()
}

pub fn links(context: &Context, all: &[Link]) -> Result<(), Fault> {
    let mut table =
        context.printer.table(&["left", "right", "probability", "band", "decision", "reasons"]);
    for link in all {
        table.row(vec![
            Cell::text(format!("{}/{}", link.left.source, link.left.member)),
            Cell::text(format!("{}/{}", link.right.source, link.right.member)),
            Cell::number(lazo_domain::points::decimal(link.probability, 6)),
            Cell::text(&link.band),
            Cell::text(link.decision.clone().unwrap_or_default()),
            Cell::text(&link.reasons),
        ])?;
    }
    table.end()
}

pub fn dry_run(context: &Context, run: &DryRun) -> Result<(), Fault> {
    if wants_json(context) {
        return json(context, run);
    }
    let report = &run.report;
    let mut table = context.printer.table(&["measure", "value"]);
    let mut rows: Vec<(String, String)> = Vec::new();
    let flat = |name: &str, value: &Value, rows: &mut Vec<(String, String)>| {
        for (key, value) in value.as_object().into_iter().flatten() {
            rows.push((format!("{name} {key}").trim().to_owned(), shown(value)));
        }
    };
    flat("", &report["counts"], &mut rows);
    flat("exception", &report["exceptions"], &mut rows);
    flat("worth:", &report["change_of_worth"], &mut rows);
    flat("wave", &report["waves"], &mut rows);
    for row in report["control"].as_array().into_iter().flatten() {
        rows.push((format!("control {}", shown(&row["line"])), shown(&row["value"])));
    }
    for row in report["liability"].as_array().into_iter().flatten() {
        let name = format!("liability {} {}", shown(&row["when"]), shown(&row["points"]));
        rows.push((name, shown(&row["liability_minor"])));
    }
    rows.push(("worth before (minor)".into(), shown(&report["value_before_minor"])));
    rows.push(("worth after (minor)".into(), shown(&report["value_after_minor"])));
    for (name, value) in rows {
        table.row(vec![Cell::text(name), Cell::number(value)])?;
    }
    table.end()?;
    context.printer.say(format!("plan {}: {}", run.revision, run.run_hash));
    for why in &run.blocking {
        context.printer.warn(format!("not approvable: {why}"));
    }
    Ok(())
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub fn exceptions(context: &Context, all: &[DeskItem]) -> Result<(), Fault> {
    let mut table =
        context.printer.table(&["member", "code", "subject", "points", "state", "owner", "note"]);
    for item in all {
        table.row(vec![
            Cell::text(format!("{}/{}", item.key.source, item.key.member)),
            Cell::text(&item.code),
            Cell::text(&item.subject),
            Cell::number(item.points),
            Cell::text(&item.state),
            Cell::text(item.owner.clone().unwrap_or_default()),
            Cell::text(item.note.clone().unwrap_or_default()),
        ])?;
    }
    table.end()
}

pub fn given_back(context: &Context, all: &[Item]) -> Result<(), Fault> {
    let mut table =
        context.printer.table(&["source", "member", "point_type", "lot", "points", "event"]);
    for item in all {
        let body: Value = serde_json::from_str(&item.body)
            .map_err(|error| Fault::failed(format!("an item cannot be read: {error}")))?;
        table.row(vec![
            Cell::text(&item.key.source),
            Cell::text(&item.key.member),
            Cell::text(shown(&body["point_type"])),
            Cell::text(shown(&body["lot"])),
            Cell::number(shown(&body["points"])),
            Cell::text(shown(&body["event"])),
        ])?;
    }
    table.end()
}

pub fn wave(context: &Context, run: &WaveRun) -> Result<(), Fault> {
    if wants_json(context) {
        json(context, run)?;
    }
    context.printer.say(format!(
        "wave {}: {} members posted, {} had been before",
        run.wave, run.posted, run.before
    ));
    if run.members_refused > 0 {
        let why: Vec<String> =
            run.refused.iter().map(|(code, count)| format!("{count} × {code}")).collect();
        context.printer.warn(format!(
            "{} members are refused, whole or in part ({}); the same command tries them again",
            run.members_refused,
            why.join(", ")
        ));
    }
    match &run.stopped {
        Some(why) => Err(Fault::failed(format!("the wave stopped by itself: {why}"))
            .hint("the project is paused; lazo merge rollback takes the wave back")),
        None => Ok(()),
    }
}

pub fn control(
    context: &Context,
    report: &ControlReport,
    (out, lang, names): (Option<&Path>, Locale, &Names),
) -> Result<(), Fault> {
    if let Some(path) = out {
        let ending = path.extension().and_then(|ending| ending.to_str());
        let bytes = match ending {
            Some("html") => report.html(lang, names).into_bytes(),
            Some("pdf") => report.pdf(lang, names),
            Some("csv") => report.csv().into_bytes(),
            Some("json") => pretty(&report.json())?.into_bytes(),
            _ => return Err(Fault::usage("the report is written as .html, .pdf, .csv or .json")),
        };
        write(path, &bytes)?;
    }
    if wants_json(context) {
        json(context, &report.json())?;
    } else {
        let mut table = context.printer.table(&[
            "line",
            "source",
            "points",
            "expected",
            "actual",
            "difference",
            "explanation",
        ]);
        for line in &report.lines {
            table.row(vec![
                Cell::text(&line.code),
                Cell::text(&line.source),
                Cell::text(&line.subject),
                Cell::number(&line.expected),
                Cell::number(&line.actual),
                Cell::number(&line.difference),
                Cell::text(&line.explanation),
            ])?;
        }
        table.end()?;
    }
    for told in report.differences.iter().chain(&report.not_posted_members) {
        context.printer.warn(told);
    }
    context.printer.say(format!("{} members compared; report {}", report.members, report.hash()));
    if report.agrees { Ok(()) } else { Err(Fault::not_in_order()) }
}

pub fn behind(context: &Context, found: &LineMembers) -> Result<(), Fault> {
    if wants_json(context) {
        return json(context, found);
    }
    let mut table = context.printer.table(&[
        "member",
        "state",
        "expected",
        "actual",
        "difference",
        "lots",
        "account",
        "event",
    ]);
    for member in &found.members {
        let lots: Vec<String> = member
            .lots
            .iter()
            .map(|lot| {
                format!("{} {}: {} → {}", lot.account, lot.lot, lot.source_points, lot.points)
            })
            .collect();
        table.row(vec![
            Cell::text(&member.member),
            Cell::text(&member.state),
            Cell::number(&member.expected),
            Cell::number(&member.actual),
            Cell::number(&member.difference),
            Cell::text(lots.join("; ")),
            Cell::text(member.account.clone().unwrap_or_default()),
            Cell::text(member.event.clone().unwrap_or_default()),
        ])?;
    }
    table.end()?;
    let line = &found.line;
    let name = format!("{} {} {}", line.code, line.source, line.subject);
    context.printer.say(format!(
        "{}: expected {}, actual {}",
        name.split_whitespace().collect::<Vec<_>>().join(" "),
        line.expected,
        line.actual
    ));
    if let Some(next) = &found.next {
        context.printer.say(format!("more: --after {}/{}", next.source, next.member));
    }
    Ok(())
}

pub fn statement(
    context: &Context,
    told: &MemberStatement,
    out: Option<&Path>,
) -> Result<(), Fault> {
    if let Some(path) = out {
        let bytes = match path.extension().and_then(|ending| ending.to_str()) {
            Some("html") => told.html().into_bytes(),
            Some("pdf") => told.pdf(),
            Some("txt") => told.text().into_bytes(),
            _ => return Err(Fault::usage("a statement is written as .html, .pdf or .txt")),
        };
        return write(path, &bytes);
    }
    if wants_json(context) { json(context, told) } else { context.printer.text(&told.text()) }
}

pub fn status(context: &Context, status: &Status) -> Result<(), Fault> {
    if wants_json(context) {
        return json(context, status);
    }
    let mut table = context.printer.table(&["what", "which", "how it is"]);
    let mut row = |what: &str, which: String, how: String| {
        table.row(vec![Cell::text(what), Cell::text(which), Cell::text(how)])
    };
    row("project", status.project.clone(), status.state.to_owned())?;
    for source in &status.sources {
        let how = format!(
            "{}, {} accounts, {} lots",
            shown(&source["state"]),
            source["accounts"],
            source["lots"]
        );
        row("source", shown(&source["source"]), how)?;
    }
    for link in &status.links {
        let which = format!("{} {}", shown(&link["band"]), shown(&link["decision"]));
        row("pairs", which.trim().to_owned(), link["pairs"].to_string())?;
    }
    if let Some(plan) = &status.plan {
        let by = plan["approved_by"].as_str();
        let how = match by {
            Some(by) => format!("approved by {by}"),
            None if plan["approvable"] == true => "waits for approval".to_owned(),
            None => "cannot be approved".to_owned(),
        };
        row("plan", plan["revision"].to_string(), how)?;
    }
    for exception in &status.exceptions {
        let waits = if exception["holds_back"] == true { ", waiting" } else { "" };
        row("exception", shown(&exception["code"]), format!("{}{waits}", exception["count"]))?;
    }
    for wave in &status.waves {
        let how = format!("{}, {} of {} posted", wave.state, wave.posted, wave.members);
        row("wave", format!("{} {}", wave.wave, wave.name), how)?;
    }
    for one in &status.pilot {
        row("pilot", one.what.to_owned(), format!("{} of {}", one.seen, one.wanted))?;
    }
    for partner in &status.partners {
        let date = match partner.until {
            _ if !partner.known => "not in the calendar".to_owned(),
            Some(until) => format!("on the new currency since {until}"),
            None => "not on the new currency yet".to_owned(),
        };
        let (taken_in, refused, waiting) = (partner.taken_in, partner.refused, partner.waiting);
        let how = format!("{date}, {taken_in} rows taken in, {refused} refused, {waiting} waiting");
        row("partner", format!("{} for {}", partner.partner, partner.source), how)?;
    }
    for request in &status.waiting {
        let how = format!("asked by {}, waits for a second person", shown(&request["asked_by"]));
        row(
            &shown(&request["kind"]),
            format!("{} {}", request["request"], shown(&request["subject"])),
            how,
        )?;
    }
    table.end()?;
    context.printer.say(format!("next: {}", status.next));
    Ok(())
}

pub fn verified(context: &Context, done: &Verified) -> Result<(), Fault> {
    if wants_json(context) {
        json(context, done)?;
    }
    for difference in &done.differences {
        context.printer.warn(difference);
    }
    context.printer.say(format!(
        "{} statements laid beside the ledger: {} do not add up, {} have other lots",
        done.statements, done.wrong, done.different
    ));
    if done.wrong + done.different == 0 { Ok(()) } else { Err(Fault::not_in_order()) }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    std::fs::write(path, bytes)
        .map_err(|error| Fault::failed(format!("{}: cannot be written: {error}", path.display())))
}

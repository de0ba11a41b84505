//! `lazo backtest`: stored history under another rule set, beside the live one; the ledger is not touched.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use lazo_domain::ids::{BUCKETS, MemberId};
use lazo_domain::points::decimal;
use lazo_domain::program::ProgramConfig;
use lazo_server::App;
use lazo_server::features::backtests::{
    Backtest, BacktestError, MemberDifference, Progress, Report, Totals, events_per_second,
    run as replay,
};
use lazo_server::features::configuration::{Document, line_of};
use lazo_server::features::members;
use lazo_server::features::programs::BEGINNING;
use lazo_server::features::tenants::Tenant;

use crate::args::{self, Format};
use crate::context::Context;
use crate::fault::Fault;
use crate::printer::Cell;
use crate::progress;

/// How often the progress is looked at.
const LOOK: Duration = Duration::from_millis(200);

pub async fn run(context: &Context, args: args::Backtest) -> Result<(), Fault> {
    let name = args.file.display().to_string();
    let text = std::fs::read_to_string(&args.file)
        .map_err(|error| Fault::usage(format!("{name}: cannot be read: {error}")))?;
    let document = Document::parse(&text).map_err(|problems| {
        let lines: Vec<String> =
            problems.iter().map(|problem| format!("{name}:{problem}")).collect();
        Fault::usage(lines.join("\n"))
    })?;
    let app = context.app().await?;
    let tenant = context.tenant(&app).await?;
    let head = context.program(&app, &tenant, args.program.as_deref()).await?;
    let mut programs = document.programs.into_iter().enumerate();
    let (place, candidate) =
        programs.find(|(_, p)| p.config.code == head.code).ok_or_else(|| {
            Fault::usage(format!("{name}: has no program `{}`", head.code))
                .hint("the rule set to try needs the code of the live program")
        })?;
    let at = args.at.unwrap_or_else(|| tenant.now(context.now()));
    let backtest = Backtest {
        tenant: tenant.id,
        program: head.id,
        candidate: candidate.config.clone(),
        since: BEGINNING,
        at,
    };
    let report = watched(context, &app, backtest).await.map_err(|error| match error {
        BacktestError::Store(error) => error.into(),
        BacktestError::Candidate(errors) => {
            let line = |pointer: &str| {
                let single = format!("/program{pointer}");
                let many = format!("/programs/{place}{pointer}");
                line_of(&text, &single).max(line_of(&text, &many))
            };
            let lines: Vec<String> = errors
                .iter()
                .map(|e| format!("{name}:{}: {}: {}", line(&e.pointer), e.pointer, e.message))
                .collect();
            Fault::usage(lines.join("\n"))
        }
    })?;
    let names = names(&app, &tenant, &report).await?;
    match context.printer.format {
        Format::Json => context.printer.text(&format!("{:#}\n", json(&report, &names))),
        Format::Text | Format::Csv => told(context, &report, &candidate.config, &names),
    }
}

async fn watched(
    context: &Context,
    app: &App,
    backtest: Backtest,
) -> Result<Report, BacktestError> {
    let progress = Arc::new(Progress::default());
    let total = u64::try_from(BUCKETS).ok();
    let mut bar = progress::Progress::begin("events replayed", total, context.printer.quiet);
    let work = replay(&app.db, &app.programs, backtest, Arc::clone(&progress));
    tokio::pin!(work);
    let report = loop {
        tokio::select! {
            report = &mut work => break report?,
            () = tokio::time::sleep(LOOK) => {}
        }
        let read = |n: &std::sync::atomic::AtomicI64| n.load(Ordering::Relaxed).unsigned_abs();
        bar.at(read(&progress.buckets), read(&progress.events));
    };
    bar.end();
    let [live, tried] = report.busy;
    context.printer.say(format!(
        "a second and core, reading apart: {} events under the live rules, {} under those tried",
        events_per_second(report.baseline.events, live),
        events_per_second(report.candidate.events, tried)
    ));
    if report.budgets_by_account {
        context.printer.warn(
            "note: shared budgets were used up account by account, not by date; a fresh import may share them otherwise",
        );
    }
    Ok(report)
}

/// How the members that the report names are called outside: by an identifier of the scheme `external`, if they have one.
async fn names(
    app: &App,
    tenant: &Tenant,
    report: &Report,
) -> Result<BTreeMap<MemberId, String>, Fault> {
    let mut names = BTreeMap::new();
    for difference in report.most_gained.iter().chain(&report.most_lost) {
        let identifiers =
            members::store::identifiers(&app.db, tenant.id, difference.member).await?;
        let external = identifiers.into_iter().find(|i| i.scheme == members::EXTERNAL);
        let name = external.map_or_else(|| difference.member.to_string(), |i| i.value);
        names.insert(difference.member, name);
    }
    Ok(names)
}

fn told(
    context: &Context,
    report: &Report,
    config: &ProgramConfig,
    names: &BTreeMap<MemberId, String>,
) -> Result<(), Fault> {
    let mut table = context.printer.table(&["measure", "baseline", "candidate", "difference"]);
    let exponent = config.currency.exponent();
    for (measure, scale, baseline, candidate) in measures(report, config, exponent) {
        table.row(vec![
            Cell::text(measure),
            Cell::number(decimal(baseline, scale)),
            Cell::number(decimal(candidate, scale)),
            Cell::number(decimal(candidate - baseline, scale)),
        ])?;
    }
    let member = |kind: &str, d: &MemberDifference| {
        vec![
            Cell::text(format!("{kind} {}", names.get(&d.member).map_or("", String::as_str))),
            Cell::number(d.baseline),
            Cell::number(d.candidate),
            Cell::number(d.candidate - d.baseline),
        ]
    };
    for difference in &report.most_gained {
        table.row(member("winner", difference))?;
    }
    for difference in &report.most_lost {
        table.row(member("loser", difference))?;
    }
    table.end()
}

type Measure = (String, u8, i64, i64);

/// Every number of the report by name, with its decimals.
fn measures(report: &Report, config: &ProgramConfig, exponent: u8) -> Vec<Measure> {
    let (before, after) = (&report.baseline, &report.candidate);
    let mut all = vec![
        ("members".to_owned(), 0, report.members, report.members),
        ("winners".to_owned(), 0, 0, report.winners),
        ("losers".to_owned(), 0, 0, report.losers),
        ("events".to_owned(), 0, before.events, after.events),
        ("refused".to_owned(), 0, before.refused, after.refused),
    ];
    let codes: BTreeSet<&String> = before.earned.keys().chain(after.earned.keys()).collect();
    for code in codes {
        let scale = config.point_types.iter().find(|p| p.code == *code).map_or(0, |p| p.scale);
        let of = |map: &BTreeMap<String, i64>| map.get(code).copied().unwrap_or(0);
        all.push((format!("earned {code}"), scale, of(&before.earned), of(&after.earned)));
        all.push((format!("available {code}"), scale, of(&before.available), of(&after.available)));
    }
    let currency = config.currency;
    all.push((format!("cost {currency}"), exponent, before.cost_minor, after.cost_minor));
    all.push((
        format!("liability {currency}"),
        exponent,
        before.liability_minor,
        after.liability_minor,
    ));
    all.extend(tiers(before, after));
    all
}

fn tiers(before: &Totals, after: &Totals) -> Vec<Measure> {
    let steps = |totals: &Totals| -> BTreeMap<(String, String), i64> {
        let flat = totals.tiers.iter().flat_map(|(group, tiers)| {
            tiers.iter().map(move |(tier, members)| ((group.clone(), tier.clone()), *members))
        });
        flat.collect()
    };
    let (before, after) = (steps(before), steps(after));
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let of = |map: &BTreeMap<_, i64>, key| map.get(key).copied().unwrap_or(0);
    let name = |(group, tier): &(String, String)| {
        format!("tier {group}/{}", if tier.is_empty() { "none" } else { tier })
    };
    keys.into_iter().map(|key| (name(key), 0, of(&before, key), of(&after, key))).collect()
}

fn json(report: &Report, names: &BTreeMap<MemberId, String>) -> serde_json::Value {
    let mut value = serde_json::to_value(report).unwrap_or_default();
    for list in ["most_gained", "most_lost"] {
        for difference in value[list].as_array_mut().into_iter().flatten() {
            let id = difference["member"].as_str().and_then(|id| id.parse().ok());
            let name = id.and_then(|id: MemberId| names.get(&id));
            difference["name"] = name.map_or(serde_json::Value::Null, |name| name.as_str().into());
        }
    }
    value
}

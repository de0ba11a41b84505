//! `lazo jobs`: scheduled work beside or instead of `lazo serve`.

use lazo_server::jobs::{Report, Runner, Stop};
use lazo_server::upkeep;

use crate::args::{JobAction, Jobs};
use crate::context::Context;
use crate::fault::Fault;
use crate::printer::Cell;

pub async fn run(context: &Context, args: Jobs) -> Result<(), Fault> {
    let JobAction::Run { once } = args.action;
    let app = context.existing().await?;
    let runner = upkeep::runner(&app, &context.holder());
    let (stopper, stop) = Stop::new();
    if once {
        return run_once(context, &runner, &stop).await;
    }
    let names: Vec<_> = runner.jobs().iter().map(|job| job.name).collect();
    context.printer.say(format!("running {}; end with Ctrl-C", names.join(", ")));
    let work = runner.run(&stop);
    tokio::pin!(work);
    tokio::select! {
        () = &mut work => return Ok(()),
        told = told_to_stop() => told?,
    }
    context.printer.say("ending what is under way");
    stopper.ask();
    work.await;
    Ok(())
}

async fn run_once(context: &Context, runner: &Runner, stop: &Stop) -> Result<(), Fault> {
    let mut table = context.printer.table(&["job", "done", "fault"]);
    let mut failed = 0;
    for report in runner.run_once(stop, |report| context.printer.say(told(report))).await {
        failed += usize::from(report.error.is_some());
        let done = usize::try_from(report.done).unwrap_or(usize::MAX);
        let fault = report.error.unwrap_or_default();
        table.row(vec![Cell::text(report.name), Cell::number(done), Cell::text(fault)])?;
    }
    table.end()?;
    if failed == 0 { Ok(()) } else { Err(Fault::failed(format!("{failed} job(s) failed"))) }
}

fn told(report: &Report) -> String {
    match (&report.error, report.elsewhere) {
        (Some(_), _) => format!("{}: failed", report.name),
        (None, true) => format!("{}: another process is at it", report.name),
        (None, false) => format!("{}: {} done", report.name, report.done),
    }
}

/// Ends when the person at the terminal or the system asks for it.
pub async fn told_to_stop() -> Result<(), Fault> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => Ok(interrupted?),
        _ = terminate.recv() => Ok(()),
    }
}

//! `lazo jobs`: scheduled work beside or instead of `lazo serve`.

use lazo_server::{features, jobs};

use crate::args::{JobAction, Jobs};
use crate::context::Context;
use crate::fault::{Fault, in_full};
use crate::printer::Cell;

pub async fn run(context: &Context, args: Jobs) -> Result<(), Fault> {
    let JobAction::Run { once } = args.action;
    let app = context.existing().await?;
    if once {
        return run_once(context, &app).await;
    }
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let names: Vec<_> = features::jobs().map(|job| job.name).collect();
    context.printer.say(format!("running {}; end with Ctrl-C", names.join(", ")));
    let work = jobs::run(&app, features::jobs(), stopped);
    tokio::pin!(work);
    tokio::select! {
        () = &mut work => return Ok(()),
        told = told_to_stop() => told?,
    }
    context.printer.say("ending what is under way");
    let _ = stop.send(true);
    work.await;
    Ok(())
}

async fn run_once(context: &Context, app: &lazo_server::App) -> Result<(), Fault> {
    let mut table = context.printer.table(&["job", "done", "fault"]);
    let mut failed = 0;
    for ran in jobs::run_once(app, features::jobs()).await {
        let (done, fault) = match ran.done {
            Ok(done) => (done, String::new()),
            Err(error) => (0, in_full(&error)),
        };
        failed += usize::from(!fault.is_empty());
        table.row(vec![Cell::text(ran.name), Cell::number(done), Cell::text(fault)])?;
    }
    table.end()?;
    if failed == 0 { Ok(()) } else { Err(Fault::failed(format!("{failed} job(s) failed"))) }
}

/// Ends when the person at the terminal or the system asks for it.
async fn told_to_stop() -> Result<(), Fault> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => Ok(interrupted?),
        _ = terminate.recv() => Ok(()),
    }
}

//! `lazo expire`: time passes for whoever is due, through the ledger's door as any other event.

use lazo_server::features::ledger;

use crate::args::Expire;
use crate::context::Context;
use crate::fault::Fault;

pub async fn run(context: &Context, args: Expire) -> Result<(), Fault> {
    let app = context.existing().await?;
    let tenant = context.tenant(&app).await?;
    let now = tenant.now(context.now());
    if let Some(at) = args.at.filter(|at| *at > now) {
        return Err(Fault::usage(format!("{at} is in the future; it is {now}"))
            .hint("only a sandbox's test clock can be moved forward"));
    }
    let done = ledger::sweep(&app, Some(tenant.id), args.at).await?;
    context.printer.say(format!("time passed for {done} account(s)"));
    Ok(())
}

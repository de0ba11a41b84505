//! `lazo serve`: the HTTP API and the scheduled work, until the process is asked to stop.

use lazo_server::features::staff;
use lazo_server::jobs::Stop;
use lazo_server::mail::sink::Sink;
use lazo_server::serve::Door;
use lazo_server::{App, api, http, serve, upkeep};
use tokio::net::TcpListener;

use crate::args::Serve;
use crate::context::Context;
use crate::fault::Fault;

pub async fn run(context: &Context, args: Serve) -> Result<(), Fault> {
    run_with(context, args, None).await
}

/// Serves, with a page for the letters that `letters` keeps, if the demo's mail server is there.
pub async fn run_with(context: &Context, args: Serve, letters: Option<Sink>) -> Result<(), Fault> {
    let bind = args.bind.as_deref().unwrap_or(&context.config.bind);
    let app = context.app().await?.with(|parts| parts.letters = letters);
    let listener = TcpListener::bind(bind).await.map_err(|error| {
        Fault::failed(format!("{bind} cannot be listened on: {error}"))
            .hint("choose another address with --bind, such as 127.0.0.1:8081")
    })?;
    let address = listener.local_addr()?;
    context.printer.say(format!("listening on http://{address}; documentation at /api/docs/"));
    first_steps(context, &app, &address.to_string()).await?;
    let runner = upkeep::runner(&app, &context.holder());
    let (stopper, stop) = Stop::new();
    let scheduled = tokio::spawn(async move { runner.run(&stop).await });
    http::metrics::start();
    let door = Door { connections: context.config.http_connections, ..Door::default() };
    let router = api::router(app, context.config.limits());
    let served = serve::serve(router, listener, door, asked_to_stop()).await;
    stopper.ask();
    scheduled
        .await
        .map_err(|error| Fault::failed(format!("the scheduled work broke off: {error}")))?;
    served?;
    context.printer.say("stopped");
    Ok(())
}

/// On an empty database, prints how the first administrator comes in.
async fn first_steps(context: &Context, app: &App, address: &str) -> Result<(), Fault> {
    let offer = staff::setup::offer(&app.db, app.entropy.as_ref(), context.now()).await?;
    if let Some(secret) = offer {
        let body = format!(
            r#"{{"setup_token":"{}","login":"you@example.com","name":"You"}}"#,
            secret.text
        );
        context.printer.warn(format!(
            "nobody works here yet; the first administrator comes in once with\n  \
             curl -X POST http://{address}/api/v1/setup -H 'content-type: application/json' -d '{body}'"
        ));
    }
    Ok(())
}

/// Done when the process is interrupted or asked to end.
async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupted = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut ended) => {
            tokio::select! {
                _ = interrupted => {}
                _ = ended.recv() => {}
            }
        }
        Err(_) => {
            let _ = interrupted.await;
        }
    }
}

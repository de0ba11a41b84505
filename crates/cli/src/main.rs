//! The `lazo` binary: reads the command line, runs one command, ends with its exit code.

mod args;
mod commands;
mod context;
mod fault;
mod printer;
mod progress;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

use args::Cli;
use context::Context;
use fault::Fault;

/// Many small values live briefly: requests, statements, decisions.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("LAZO_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match std::env::var("LAZO_LOG_FORMAT").as_deref() {
        Ok("json") => log.json().init(),
        _ => log.init(),
    }
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            if !fault.message.is_empty() {
                let _ = writeln!(std::io::stderr(), "{fault}");
            }
            ExitCode::from(fault.code)
        }
    }
}

fn run(cli: Cli) -> Result<(), Fault> {
    let context = Context::new(cli.global)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let done = cli.command.run(&context).await;
        context.close().await;
        done
    })
}

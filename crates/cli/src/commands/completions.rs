//! `lazo completions`: a script for the shell.

use clap::CommandFactory;

use crate::args::{Cli, Completions};
use crate::context::Context;
use crate::fault::Fault;

#[expect(clippy::unused_async, reason = "every command is run the same way")]
pub async fn run(context: &Context, args: Completions) -> Result<(), Fault> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "lazo", &mut script);
    context.printer.text(&String::from_utf8_lossy(&script))
}

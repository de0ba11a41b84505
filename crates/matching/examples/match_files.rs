//! `lazo match` alone, without the rest of the house.

use clap::Parser;
use lazo_matching::command::{MatchArgs, run};

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    args: MatchArgs,
    /// Prints one JSON document
    #[arg(long)]
    json: bool,
}

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    match run(&cli.args, cli.json) {
        Ok(report) => {
            #[expect(clippy::print_stdout, reason = "the report is what the example is for")]
            {
                println!("{report}");
            }
            std::process::ExitCode::SUCCESS
        }
        Err(fault) => {
            #[expect(clippy::print_stderr, reason = "the error is for people")]
            {
                eprintln!("error: {fault}");
            }
            std::process::ExitCode::from(2)
        }
    }
}

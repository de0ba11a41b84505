//! The table in which runs are told.

use std::fmt::Write;

use super::{Engine, Outcome};

/// The table's head, as Markdown.
pub const HEAD: &str = "| kind | engine | planted | seed | struck | sent | acknowledged | lost | doubled | unexplained | wrong | seconds | result |
|---|---|---|---|---|---|---|---|---|---|---|---|---|";

/// One line per run, as Markdown.
#[must_use]
pub fn table(outcomes: &[Outcome]) -> String {
    let mut text = format!("{HEAD}\n");
    for outcome in outcomes {
        let _ = writeln!(text, "{}", line(outcome));
    }
    text
}

/// A run's line.
#[must_use]
pub fn line(outcome: &Outcome) -> String {
    let Outcome { run, struck, verdict: v, note, skipped, seconds } = outcome;
    let kind = clap::ValueEnum::to_possible_value(&run.kind);
    let kind = kind.map_or_else(String::new, |kind| kind.get_name().to_owned());
    let engine = match run.engine {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    };
    let planted = run.plant.map_or_else(|| "none".to_owned(), super::Plant::name);
    let result = match (skipped, outcome.is_good(), run.plant) {
        (Some(why), ..) => format!("SKIPPED: {why}"),
        (None, true, None) => "clean".to_owned(),
        (None, true, Some(plant)) if plant.must_be_found() => "caught".to_owned(),
        (None, true, Some(_)) => "held off by the other guard".to_owned(),
        (None, false, Some(plant)) if plant.must_be_found() => "MISSED".to_owned(),
        (None, false, _) => "FAILED".to_owned(),
    };
    let result = if note.is_empty() { result } else { format!("{result}; {note}") };
    format!(
        "| {kind} | {engine} | {planted} | {} | {struck} | {} | {} | {} | {} | {} | {} | {seconds:.0} | {result} |",
        run.seed, v.sent, v.acknowledged, v.lost, v.doubled, v.unexplained, v.wrong
    )
}

//! The table that a run ends with: medians, ratios, and what was to be reached.

use std::fmt::Write as _;

/// What a line of the table is to reach.
#[derive(Debug, Clone, Copy)]
pub enum Goal {
    /// Higher is better: must, aim.
    AtLeast(f64, f64),
    /// Lower is better: must, aim.
    AtMost(f64, f64),
    /// Only told.
    Told,
}

/// A line of the table.
#[derive(Debug, Clone)]
pub struct Row {
    /// What was measured, with its unit.
    pub what: String,
    /// The median.
    pub value: f64,
    /// Every round's value.
    pub rounds: Vec<f64>,
    /// What is to be reached.
    pub goal: Goal,
}

impl Row {
    /// A line of several rounds.
    pub fn of(what: &str, rounds: Vec<f64>, goal: Goal) -> Self {
        Self { what: what.to_owned(), value: median(&rounds), rounds, goal }
    }

    fn verdict(&self) -> &'static str {
        let (must, aim) = match self.goal {
            Goal::AtLeast(must, aim) => (self.value >= must, self.value >= aim),
            Goal::AtMost(must, aim) => (self.value <= must, self.value <= aim),
            Goal::Told => return "",
        };
        match (must, aim) {
            (_, true) => "aim",
            (true, false) => "must",
            (false, false) => "missed",
        }
    }
}

/// The middle of the values.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

/// The table in Markdown.
pub fn table(rows: &[Row]) -> String {
    let mut out = String::from(
        "| measure | median | rounds | must | aim | reached |\n|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let rounds: Vec<String> = row.rounds.iter().map(|v| figure(*v)).collect();
        let (must, aim) = match row.goal {
            Goal::AtLeast(must, aim) => {
                (format!("≥ {}", figure(must)), format!("≥ {}", figure(aim)))
            }
            Goal::AtMost(must, aim) => {
                (format!("≤ {}", figure(must)), format!("≤ {}", figure(aim)))
            }
            Goal::Told => (String::new(), String::new()),
        };
        let _ = writeln!(
            out,
            "| {} | {} | {} | {must} | {aim} | {} |",
            row.what,
            figure(row.value),
            rounds.join(" · "),
            row.verdict()
        );
    }
    out
}

fn figure(value: f64) -> String {
    match value.abs() {
        v if v >= 100.0 => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_its_median_and_whether_it_is_enough() {
        let rows = [
            Row::of("a ratio", vec![4.0, 2.0, 3.5], Goal::AtLeast(3.0, 5.0)),
            Row::of("a wait, ms", vec![10.0, 20.0], Goal::AtMost(12.0, 8.0)),
        ];
        let table = table(&rows);
        assert!(
            table.contains("| a ratio | 3.50 | 4.00 · 2.00 · 3.50 | ≥ 3.00 | ≥ 5.00 | must |"),
            "{table}"
        );
        assert!(
            table.contains("| a wait, ms | 15.0 | 10.0 · 20.0 | ≤ 12.0 | ≤ 8.00 | missed |"),
            "{table}"
        );
    }
}

//! Charts as SVG, rendered here: bars over time with direct labels, an axis from zero, and a table behind each.

use maud::{Markup, html};

const WIDTH: i64 = 640;
const HEIGHT: i64 = 200;
const FLOOR: i64 = 168;
const TOP: i64 = 24;

/// A bar of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// What it is of, such as a month.
    pub label: String,
    /// How much; zero or more.
    pub value: i64,
    /// How much, as people write it.
    pub text: String,
}

/// What a chart says besides its bars.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// What is shown.
    pub title: &'a str,
    /// The one sentence that it tells.
    pub summary: &'a str,
    /// The head of the table's first column.
    pub of: &'a str,
    /// The head of the table's second column.
    pub amount: &'a str,
    /// What opens the table.
    pub table: &'a str,
}

/// A chart of bars: the last one named, the largest one too, the table one tap away. Where there is nothing to draw, the
/// sentence says it alone.
#[must_use]
pub fn bars(words: Words<'_>, bars: &[Bar]) -> Markup {
    let most = bars.iter().map(|bar| bar.value).max().unwrap_or(0).max(1);
    let count = i64::try_from(bars.len()).unwrap_or(1).max(1);
    let step = WIDTH / count;
    let width = (step * 3 / 5).max(2);
    let drawn: Vec<(i64, i64, bool, &Bar)> = bars
        .iter()
        .zip(0..)
        .map(|(bar, place)| {
            let tall = i64::try_from(
                i128::from(bar.value.max(0)) * i128::from(FLOOR - TOP) / i128::from(most),
            )
            .unwrap_or(0);
            let named = place == count - 1 || (bar.value == most && bar.value > 0);
            (place * step + (step - width) / 2, tall, named, bar)
        })
        .collect();
    html! {
        figure.chart {
            figcaption { h2 { (words.title) } p.quiet { (words.summary) } }
            @if bars.iter().any(|bar| bar.value > 0) {
            svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(words.summary) {
                line.axis x1="0" x2=(WIDTH) y1=(FLOOR) y2=(FLOOR) {}
                @for (left, tall, named, bar) in drawn {
                    rect.bar-of.last[named] x=(left) y=(FLOOR - tall) width=(width) height=(tall) {}
                    @if named { text.value x=(left + width / 2) y=(FLOOR - tall - 8) text-anchor="middle" { (bar.text) } }
                    text.label x=(left + width / 2) y=(HEIGHT - 10) text-anchor="middle" { (bar.label) }
                }
            }
            details {
                summary { (words.table) }
                div.scroll tabindex="0" role="region" aria-label=(words.title) {
                    table {
                        caption.unseen { (words.title) }
                        thead { tr { th scope="col" { (words.of) } th.n scope="col" { (words.amount) } } }
                        tbody { @for bar in bars { tr { th scope="row" { (bar.label) } td.n { (bar.text) } } } }
                    }
                }
            }
            }
        }
    }
}

/// A chart of lying bars, for things with names: each named beside its bar, with its amount at the bar's end.
#[must_use]
pub fn lying(words: Words<'_>, bars: &[Bar]) -> Markup {
    const ROW: i64 = 34;
    const NAMES: i64 = 200;
    let most = bars.iter().map(|bar| bar.value).max().unwrap_or(0).max(1);
    let room = WIDTH - NAMES - 110;
    let drawn = bars.iter().zip(0_i64..).map(|(bar, place)| {
        let long = i128::from(bar.value.max(0)) * i128::from(room) / i128::from(most);
        (place * ROW, i64::try_from(long).unwrap_or(0).max(2), bar)
    });
    let height = i64::try_from(bars.len()).unwrap_or(1).max(1) * ROW;
    html! {
        figure.chart {
            figcaption { h2 { (words.title) } p.quiet { (words.summary) } }
            @if !bars.is_empty() {
                svg viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label=(words.summary) {
                    @for (top, long, bar) in drawn {
                        text.value x="0" y=(top + 21) { (bar.label) }
                        rect.bar-of.last x=(NAMES) y=(top + 6) width=(long) height=(ROW - 14) {}
                        text.value x=(NAMES + long + 8) y=(top + 21) { (bar.text) }
                    }
                }
                details {
                    summary { (words.table) }
                    div.scroll tabindex="0" role="region" aria-label=(words.title) {
                        table {
                            caption.unseen { (words.title) }
                            thead { tr { th scope="col" { (words.of) } th.n scope="col" { (words.amount) } } }
                            tbody { @for bar in bars { tr { th scope="row" { (bar.label) } td.n { (bar.text) } } } }
                        }
                    }
                }
            }
        }
    }
}

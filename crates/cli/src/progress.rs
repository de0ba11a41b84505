//! How far a long command is: a bar for a person at a terminal, a line every few seconds for a log.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use indicatif::{HumanDuration, ProgressBar, ProgressStyle};

/// How often a log hears of it.
const EVERY: Duration = Duration::from_secs(5);

/// A long piece of work under way, counted in items; octets tell how much is left where the items cannot.
pub struct Progress {
    what: &'static str,
    bar: Option<ProgressBar>,
    quiet: bool,
    total: Option<u64>,
    done: u64,
    items: u64,
    began: Instant,
    told: Instant,
}

impl Progress {
    /// Begins. `total` is how much there is to do in the unit of [`Progress::at`], if that is known.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "a duration is measured for the reader, nothing is decided by it"
    )]
    pub fn begin(what: &'static str, total: Option<u64>, quiet: bool) -> Self {
        let at_terminal = !quiet && io::stderr().is_terminal();
        let now = Instant::now();
        let bar = at_terminal.then(|| bar(total));
        Self { what, bar, quiet, total, done: 0, items: 0, began: now, told: now }
    }

    /// So much of the total is done, and so many items were met.
    #[expect(
        clippy::disallowed_methods,
        reason = "a duration is measured for the reader, nothing is decided by it"
    )]
    pub fn at(&mut self, done: u64, items: u64) {
        (self.done, self.items) = (done, items);
        match &self.bar {
            Some(bar) => {
                bar.set_position(done);
                bar.set_message(self.words());
            }
            None if !self.quiet && self.told.elapsed() >= EVERY => {
                self.told = Instant::now();
                let _ = writeln!(io::stderr(), "{}", self.words());
            }
            None => {}
        }
    }

    /// Ends, with one line that sums up.
    pub fn end(self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        if !self.quiet {
            let took = HumanDuration(self.began.elapsed());
            let _ = writeln!(
                io::stderr(),
                "{} {} in {took} ({} a second)",
                self.items,
                self.what,
                self.rate()
            );
        }
    }

    fn words(&self) -> String {
        let rate = format!("{} {}, {} a second", self.items, self.what, self.rate());
        let left = self.total.filter(|_| self.done > 0).map(|total| {
            let elapsed = self.began.elapsed().as_millis();
            let left =
                u128::from(total.saturating_sub(self.done)) * elapsed / u128::from(self.done);
            HumanDuration(Duration::from_millis(u64::try_from(left).unwrap_or(u64::MAX)))
        });
        left.map_or(rate.clone(), |left| format!("{rate}, {left} left"))
    }

    fn rate(&self) -> u128 {
        u128::from(self.items) * 1_000 / self.began.elapsed().as_millis().max(1)
    }
}

fn bar(total: Option<u64>) -> ProgressBar {
    let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    let template = if total.is_some() { "{bar:40} {percent}% {msg}" } else { "{spinner} {msg}" };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

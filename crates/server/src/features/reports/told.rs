//! A report in words: every sentence follows from its numbers, and its sign from theirs.

use lazo_domain::money::Currency;
use lazo_measures::changes::Change;
use lazo_measures::closing::Direction;
use lazo_measures::diagnosis::Outcome;

use super::{Data, Note};
use crate::features::measures::{Figure, words};
use crate::i18n::{Args, Locale};

/// The five figures of the first page.
const LEADING: [&str; 5] = ["K10", "K6", "K16", "K13", "K25"];

/// A report in a reader's language.
pub struct Told<'a> {
    locale: Locale,
    data: &'a Data,
    notes: &'a [Note],
    currency: Currency,
}

impl<'a> Told<'a> {
    /// Prepares to tell.
    #[must_use]
    pub fn new(locale: Locale, data: &'a Data, notes: &'a [Note]) -> Self {
        let currency = data.currency.parse().unwrap_or(Currency::EUR); // written from a currency
        Self { locale, data, notes, currency }
    }

    fn say(&self, key: &str, args: &Args) -> String {
        self.locale.text(key, args)
    }

    /// The heading of all.
    #[must_use]
    pub fn title(&self) -> String {
        let args = Args::new().text("program", &self.data.program);
        self.say("reports-title-of", &args)
    }

    /// Which days it tells.
    #[must_use]
    pub fn stretch(&self) -> String {
        let day = |text: &str| {
            text.parse().map_or_else(|_| text.to_owned(), |date| words::date(self.locale, date))
        };
        let args = Args::new().text("from", day(&self.data.from)).text("to", day(&self.data.to));
        self.say("measures-stretch", &args)
    }

    /// The first page: a sentence for each leading figure, and one for the findings.
    #[must_use]
    pub fn summary(&self) -> Vec<String> {
        let leading =
            LEADING.iter().filter_map(|kpi| self.data.figures.iter().find(|f| f.kpi == *kpi));
        let mut all: Vec<String> = leading.filter_map(|figure| self.moved(figure)).collect();
        let fired = self.data.findings.len();
        all.push(self.say("reports-findings-count", &words::counted(fired)));
        all
    }

    /// How a figure moved: up, down, or hardly at all.
    fn moved(&self, figure: &Figure) -> Option<String> {
        let (now, before) = (figure.value?, figure.before);
        let args = Args::new()
            .text("name", words::name(self.locale, &figure.kpi))
            .text("now", words::figure(self.locale, figure, self.currency));
        let Some(before) = before.filter(|before| *before != 0.0) else {
            return Some(self.say("reports-stands", &args));
        };
        let relative = (now - before) / before.abs();
        let args = args
            .text("before", words::value(self.locale, Some(before), figure.unit, self.currency))
            .text("by", self.percent(relative.abs()));
        let key = if relative.abs() < 0.005 {
            "reports-unchanged"
        } else if relative > 0.0 {
            "reports-rose"
        } else {
            "reports-fell"
        };
        Some(self.say(key, &args))
    }

    fn percent(&self, share: f64) -> String {
        let unit = lazo_measures::catalogue::Unit::Share;
        words::value(self.locale, Some(share), unit, self.currency)
    }

    /// What improved, and what got worse: each with its sentence, its indicator, and what people added. Nothing can be
    /// taken out of either.
    #[must_use]
    pub fn improved(&self) -> Vec<(String, String, Vec<String>)> {
        self.data.changes.improvements.iter().filter_map(|change| self.change(change)).collect()
    }

    /// What got worse.
    #[must_use]
    pub fn worsened(&self) -> Vec<(String, String, Vec<String>)> {
        self.data.changes.deteriorations.iter().filter_map(|change| self.change(change)).collect()
    }

    fn change(&self, change: &Change) -> Option<(String, String, Vec<String>)> {
        let figure = self.data.figures.iter().find(|figure| figure.kpi == change.of.kpi)?;
        let mut told = self.moved(figure)?;
        if change.of.se.is_none() {
            told.push(' ');
            told.push_str(&self.say("reports-counted", &Args::new()));
        }
        Some((figure.kpi.clone(), told, self.notes_on(&figure.kpi)))
    }

    /// What people added to an item, each with its author.
    #[must_use]
    pub fn notes_on(&self, item: &str) -> Vec<String> {
        let of = |note: &Note| {
            let key = if note.kind == "hidden" { "reports-hidden-by" } else { "reports-note-by" };
            self.say(key, &Args::new().text("author", &note.author).text("words", &note.words))
        };
        self.notes.iter().filter(|note| note.item == item).map(of).collect()
    }

    /// A finding: its cause and what to do.
    #[must_use]
    pub fn finding(&self, outcome: &Outcome) -> (String, String) {
        let id = outcome.rule.to_lowercase();
        let text = |what: &str| self.say(&format!("measures-{id}-{what}"), &Args::new());
        (text("cause"), text("action"))
    }

    /// Every figure that has a value: name, now, before, target, and whether it is better.
    #[must_use]
    pub fn figures(&self) -> Vec<[String; 4]> {
        let value = |value: Option<f64>, figure: &Figure| {
            words::value(self.locale, value, figure.unit, self.currency)
        };
        let known = self.data.figures.iter().filter(|figure| figure.value.is_some());
        known
            .map(|figure| {
                [
                    words::name(self.locale, &figure.kpi),
                    value(figure.value, figure),
                    value(figure.before, figure),
                    value(figure.target, figure),
                ]
            })
            .collect()
    }

    /// How what is owed in points moved, line by line: the line, the points, the money.
    #[must_use]
    pub fn liability(&self) -> Vec<[String; 3]> {
        let mut lines = Vec::new();
        for one in &self.data.points {
            let money = one.money.unwrap_or_default();
            let rows = [
                ("reports-opening", one.points.opening, money.opening),
                ("reports-issued", one.points.issued, money.issued),
                ("reports-converted", one.points.converted, money.converted),
                ("reports-redeemed", -one.points.redeemed, -money.redeemed),
                ("reports-expired", -one.points.expired, -money.expired),
                (
                    "reports-closing",
                    one.points.closing().unwrap_or(0),
                    money.closing().unwrap_or(0),
                ),
            ];
            for (key, points, minor) in rows {
                let money = match one.money {
                    Some(_) => self.locale.money(minor, self.currency),
                    None => "—".to_owned(),
                };
                lines.push([self.say(key, &Args::new()), self.locale.number(points, 0), money]);
            }
        }
        lines
    }

    /// Whether more of an indicator is better, for whoever draws an arrow.
    #[must_use]
    pub fn better(figure: &Figure) -> bool {
        figure.better != Some(Direction::Down)
    }
}

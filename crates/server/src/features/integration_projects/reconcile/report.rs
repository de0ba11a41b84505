//! The control report itself: as it is kept and hashed, as lines, and as a page for finance.

use std::collections::BTreeMap;

use lazo_domain::merging::reconcile::IN_TRANSIT;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::super::statement::{escaped, page};
use super::missing::NotPosted;
use super::{MEMBERS, NOT_POSTED, PLANNED};
use crate::i18n::{Args, Locale};

/// A line of a control report, as it is kept and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What is counted.
    pub code: String,
    /// The source; empty for the target.
    pub source: String,
    /// The point type, or what else is counted.
    pub subject: String,
    /// What it should be, exactly.
    pub expected: String,
    /// What it is.
    pub actual: String,
    /// `actual - expected`.
    pub difference: String,
    /// Why.
    pub explanation: String,
}

/// A control report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlReport {
    /// The project.
    pub project: String,
    /// The wave; none for all of it.
    pub wave: Option<i64>,
    /// The approved run.
    pub run_hash: String,
    /// Members posted, and compared one by one.
    pub members: i64,
    /// Members whom the ledger refused.
    #[serde(default)]
    pub refused: i64,
    /// Members of whom a part is posted and a part refused.
    #[serde(default)]
    pub in_part: i64,
    /// Members who are not posted yet.
    #[serde(default)]
    pub waiting: i64,
    /// Statements whose total is not what opens.
    pub statements_wrong: i64,
    /// The lines.
    pub lines: Vec<Line>,
    /// Members whose lots in the ledger are not those of the plan.
    pub differences: Vec<String>,
    /// How many of those there are in all.
    pub different_members: i64,
    /// What is not posted, by why and by point type.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_posted: Vec<NotPosted>,
    /// The first members of whom something is not posted, with why and how much.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_posted_members: Vec<String>,
    /// Does everything agree?
    pub agrees: bool,
}

/// What people call codes, by code and language, as the project's document has it.
pub type Names = BTreeMap<String, BTreeMap<String, String>>;

impl Line {
    /// The source and what is counted of it, as people call them.
    #[must_use]
    pub fn place(&self, locale: Locale, names: &Names) -> [String; 2] {
        let called = |code: &str| {
            let known = names.get(code).and_then(|names| locale.pick(names));
            known.unwrap_or(code).to_owned()
        };
        // Of the ledger a state goes with the point type.
        let subject = match self.subject.split_once('/') {
            Some((code, state)) => {
                let state = locale.text("merges-balance", &Args::new().text("state", state));
                format!("{}, {state}", called(code))
            }
            None => called(&self.subject),
        };
        [called(&self.source), subject]
    }

    /// What is counted, in words.
    #[must_use]
    pub fn name(&self, locale: Locale) -> String {
        locale.text("merges-control", &Args::new().text("code", &self.code))
    }

    /// What it should be, what it is and the difference, as people read numbers.
    #[must_use]
    pub fn amounts(&self, locale: Locale) -> [String; 3] {
        [&self.expected, &self.actual, &self.difference].map(|text| amount(locale, text))
    }
}

/// A number or an exact fraction as the locale writes it; anything else as it is.
fn amount(locale: Locale, text: &str) -> String {
    let (num, den) = text.split_once('/').unwrap_or((text, "1"));
    match (num.parse::<i128>(), den.parse::<i128>()) {
        (Ok(num), Ok(den)) if den > 0 => locale.fraction(num, den),
        _ => text.to_owned(),
    }
}

impl ControlReport {
    /// SHA-256 of the report: what is signed.
    #[must_use]
    pub fn hash(&self) -> String {
        sha(&self.text())
    }

    /// The report as it is kept.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("a report of texts and numbers is always JSON")
    }

    /// As lines of CSV.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut text = "code,source,subject,expected,actual,difference,explanation\n".to_owned();
        for line in &self.lines {
            let cells = [
                &line.code,
                &line.source,
                &line.subject,
                &line.expected,
                &line.actual,
                &line.difference,
                &line.explanation,
            ];
            let cells =
                cells.iter().map(|cell| format!("\"{}\"", plain(cell).replace('"', "\"\"")));
            let cells: Vec<String> = cells.collect();
            text.push_str(&cells.join(","));
            text.push('\n');
        }
        text
    }

    /// The lines with their explanations in a language. Lines say why by what they count, so that nothing frozen changes.
    #[must_use]
    pub fn explained(&self, locale: Locale) -> Vec<Line> {
        self.lines
            .iter()
            .map(|line| Line { explanation: self.explanation(line, locale), ..line.clone() })
            .collect()
    }

    fn explanation(&self, line: &Line, locale: Locale) -> String {
        let number = |value: i64| locale.number(value, 0);
        if line.code == MEMBERS {
            let args = Args::new()
                .text("refused", number(self.refused))
                .text("part", number(self.in_part))
                .text("waiting", number(self.waiting));
            return locale.text("merging-control-members", &args);
        }
        if line.code == NOT_POSTED {
            let one = self.not_posted.iter().find(|one| one.subject() == line.subject);
            let Some(one) = one else { return line.explanation.clone() };
            let args =
                Args::new().text("members", number(one.members)).text("lots", number(one.lots));
            return locale.text("merging-control-not-posted", &args);
        }
        if line.expected != line.actual {
            let subject = format!("{} {}", line.source, line.subject);
            let args = Args::new()
                .text("difference", line.difference.clone())
                .text("subject", subject.trim().to_owned());
            return locale.text("merging-control-unexplained", &args);
        }
        let key = match line.code.as_str() {
            "stated" => "merging-control-stated",
            "caught_up" => "merging-control-caught-up",
            "accounts" => "merging-control-accounts",
            "hash_total" => "merging-control-hash",
            "opens" => "merging-control-opens",
            "lots" | "tiers" | "counters" | "vouchers" | "voucher_value" | "orders"
            | "consents" | "consents_yes" => "merging-control-things",
            IN_TRANSIT => "merging-control-in-transit",
            "opening_in_transit" => "merging-control-on-the-way",
            "placed" => "merging-control-placed",
            "converted_in" => "merging-control-converted",
            "held_back" => "merging-control-held-back",
            "kept_apart" => "merging-control-kept-apart",
            "left" => "merging-control-left",
            "expired" => "merging-control-expired",
            "rounding" => "merging-control-rounding",
            "posted" => "merging-control-posted",
            PLANNED => "merging-control-planned",
            code if code.starts_with("opening_") => "merging-control-opening",
            // A line of a report that another version froze says what it said then.
            _ => return line.explanation.clone(),
        };
        locale.text(key, &Args::new())
    }

    /// What the report is called.
    #[must_use]
    pub fn title(&self, locale: Locale) -> String {
        let args = Args::new().text("project", self.project.clone());
        match self.wave {
            Some(wave) => locale.text("merging-report-title", &args.text("wave", wave.to_string())),
            None => locale.text("merging-report-title-whole", &args),
        }
    }

    /// How many members were compared, under which run.
    #[must_use]
    pub fn summary(&self, locale: Locale) -> String {
        let args = Args::new()
            .text("members", locale.number(self.members, 0))
            .text("run", self.run_hash.clone());
        locale.text("merging-report-summary", &args)
    }

    /// The headings of the columns.
    #[must_use]
    pub fn headings(&self, locale: Locale) -> Vec<String> {
        let keys = ["line", "source", "points", "expected", "actual", "difference", "explanation"];
        let heading = |key: &str| locale.text(&format!("merging-report-{key}"), &Args::new());
        keys.into_iter().map(heading).collect()
    }

    /// As an HTML page that needs nothing else.
    #[must_use]
    pub fn html(&self, locale: Locale, names: &Names) -> String {
        let say = |key: &str| escaped(&locale.text(key, &Args::new()));
        let heads: String = self
            .headings(locale)
            .iter()
            .map(|head| format!("<th scope=\"col\">{}</th>", escaped(head)))
            .collect();
        let mut body = format!(
            "<p>{}</p><table><thead><tr>{heads}</tr></thead><tbody>\n",
            escaped(&self.summary(locale))
        );
        for line in self.explained(locale) {
            let class = if line.expected == line.actual { "" } else { " class=\"differs\"" };
            let [expected, actual, difference] = line.amounts(locale);
            let [source, subject] = line.place(locale, names);
            body.push_str(&format!(
                "<tr{class}><td>{}<br><small>{}</small></td><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>\
                 <td class=\"n\">{}</td><td>{}</td></tr>\n",
                escaped(&line.name(locale)),
                escaped(&line.code),
                escaped(&source),
                escaped(&subject),
                escaped(&expected),
                escaped(&actual),
                escaped(&difference),
                escaped(&line.explanation)
            ));
        }
        body.push_str("</tbody></table>\n");
        let verdict = if self.agrees { "merging-report-agrees" } else { "merging-report-differs" };
        body.push_str(&format!("<p><strong>{}</strong></p>", say(verdict)));
        if !self.differences.is_empty() {
            body.push_str(&format!("<h2>{}</h2>", say("merging-report-differences")));
        }
        for difference in &self.differences {
            body.push_str(&format!("<p>{}</p>", escaped(difference)));
        }
        if !self.not_posted_members.is_empty() {
            body.push_str(&format!("<h2>{}</h2>", say("merging-report-not-posted")));
        }
        for named in &self.not_posted_members {
            body.push_str(&format!("<p>{}</p>", escaped(named)));
        }
        body.push_str(&format!("<footer>SHA-256 {}</footer>", self.hash()));
        page(locale.tag(), &self.title(locale), &body)
    }

    /// The report with who stands behind it, as JSON.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        json!({ "report": self, "sha256": self.hash() })
    }
}

/// A cell that a spreadsheet shows and does not reckon with: a number stays a number, and what begins as a formula does
/// gets an apostrophe.
fn plain(cell: &str) -> String {
    let number = cell.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit() || b == b'/');
    let begins = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if begins && !number { format!("'{cell}") } else { cell.to_owned() }
}

/// SHA-256 of a text, in hexadecimal.
pub fn sha(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

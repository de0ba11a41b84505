//! The control report itself: as it is kept and hashed, as lines, and as a page for finance.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::super::statement::{escaped, page};

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
    /// Does everything agree?
    pub agrees: bool,
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
            let cells: Vec<String> =
                cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            text.push_str(&cells.join(","));
            text.push('\n');
        }
        text
    }

    /// As an HTML page that needs nothing else.
    #[must_use]
    pub fn html(&self) -> String {
        let mut body = format!(
            "<p>{} members, run <code>{}</code></p><table><thead><tr><th>line</th><th>source</th><th>points</th>\
             <th>expected</th><th>actual</th><th>difference</th><th>explanation</th></tr></thead><tbody>\n",
            self.members, self.run_hash
        );
        for line in &self.lines {
            let class = if line.expected == line.actual { "" } else { " class=\"differs\"" };
            body.push_str(&format!(
                "<tr{class}><td>{}</td><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>\
                 <td class=\"n\">{}</td><td>{}</td></tr>\n",
                escaped(&line.code),
                escaped(&line.source),
                escaped(&line.subject),
                escaped(&line.expected),
                escaped(&line.actual),
                escaped(&line.difference),
                escaped(&line.explanation)
            ));
        }
        body.push_str("</tbody></table>\n");
        let verdict = if self.agrees { "Every line agrees." } else { "Not every line agrees." };
        body.push_str(&format!("<p><strong>{verdict}</strong></p>"));
        for difference in &self.differences {
            body.push_str(&format!("<p>{}</p>", escaped(difference)));
        }
        body.push_str(&format!("<footer>{}</footer>", self.hash()));
        let wave = self.wave.map_or(String::new(), |wave| format!(", wave {wave}"));
        page("en", &format!("Control report: {}{wave}", self.project), &body)
    }

    /// The report with who stands behind it, as JSON.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        json!({ "report": self, "sha256": self.hash() })
    }
}

/// SHA-256 of a text, in hexadecimal.
pub fn sha(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

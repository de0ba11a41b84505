//! What a till prints below the sum: what the sale earned, what the member has, what is within reach.

use std::collections::BTreeMap;

use crate::App;
use crate::features::ledger::receipt::{BalanceView, ReceiptView};
use crate::http::{Problem, Scope};
use crate::i18n::{Args, Locale};

/// What the tenant's programs call their point types and tiers, in the language of the display.
#[derive(Debug, Default)]
pub struct Names {
    points: BTreeMap<String, String>,
    tiers: BTreeMap<(String, String), String>,
}

impl Names {
    /// Of every program of the tenant, as its version in force has it.
    pub async fn of(scope: &Scope<App>) -> Result<Self, Problem> {
        let programs = scope.app.programs.current(scope.tenant).await?;
        let mut names = Self::default();
        for id in programs.ids() {
            let Some(program) = programs.at(id, scope.now).or_else(|| programs.latest(id)) else {
                continue;
            };
            let version = program.version;
            let found = scope.app.programs.document(scope.tenant, id, version).await?;
            let Some(document) = found else { continue };
            let locale = scope.locale();
            for point_type in &document.point_types {
                let name = locale.pick(&point_type.name).unwrap_or(&point_type.code);
                names.points.insert(point_type.code.clone(), name.to_owned());
            }
            for group in &document.tier_groups {
                for tier in &group.tiers {
                    let name = locale.pick(&tier.name).unwrap_or(&tier.code);
                    names.tiers.insert((group.code.clone(), tier.code.clone()), name.to_owned());
                }
            }
        }
        Ok(names)
    }

    /// What points of a type are called.
    #[must_use]
    pub fn points(&self, code: &str) -> String {
        self.points.get(code).map_or(code, String::as_str).to_owned()
    }

    /// What a tier is called.
    #[must_use]
    pub fn tier(&self, group: &str, tier: &str) -> String {
        let key = (group.to_owned(), tier.to_owned());
        self.tiers.get(&key).cloned().unwrap_or(key.1)
    }
}

/// The lines for the paper, each at most 40 characters wide where words allow.
pub fn lines(locale: Locale, names: &Names, receipt: &ReceiptView) -> Vec<String> {
    let mut lines = Vec::new();
    for change in receipt.changes.iter().filter(|change| change.side != "held") {
        let decimals = receipt.balances.iter().find(|b| b.point_type == change.point_type);
        let args = Args::new()
            .text("points", signed(locale, change.points, decimals.map_or(0, |b| b.decimals)))
            .text("point_type", names.points(&change.point_type))
            .text("side", change.side);
        lines.push(locale.text("pos-change", &args));
    }
    if lines.is_empty() {
        lines.push(locale.text("pos-nothing", &Args::new()));
    }
    lines.extend(receipt.balances.iter().map(|balance| have(locale, names, balance)));
    for tier in &receipt.tiers {
        if tier.to.is_empty() {
            continue;
        }
        let args = Args::new().text("tier", names.tier(&tier.group, &tier.to));
        lines.push(locale.text("pos-tier", &args));
    }
    lines
}

/// What the member has of one point type.
pub fn have(locale: Locale, names: &Names, balance: &BalanceView) -> String {
    let args = Args::new()
        .text("points", locale.number(balance.available, balance.decimals))
        .text("point_type", names.points(&balance.point_type));
    locale.text("pos-balance", &args)
}

fn signed(locale: Locale, points: i64, decimals: u8) -> String {
    let text = locale.number(points, decimals);
    if points > 0 { format!("+{text}") } else { text }
}

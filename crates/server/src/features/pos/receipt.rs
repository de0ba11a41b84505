//! What a till prints below the sum: what the sale earned, what the member has, what is within reach.

use crate::features::ledger::receipt::{BalanceView, ReceiptView};

use lazo_domain::points::decimal;

use crate::i18n::{Args, Locale};

/// The lines for the paper, each at most 40 characters wide where words allow.
pub fn lines(locale: Locale, receipt: &ReceiptView) -> Vec<String> {
    let mut lines = Vec::new();
    for change in receipt.changes.iter().filter(|change| change.side != "held") {
        let decimals = receipt.balances.iter().find(|b| b.point_type == change.point_type);
        let args = Args::new()
            .text("points", signed(change.points, decimals.map_or(0, |b| b.decimals)))
            .text("point_type", change.point_type.clone())
            .text("side", change.side);
        lines.push(locale.text("pos-change", &args));
    }
    if lines.is_empty() {
        lines.push(locale.text("pos-nothing", &Args::new()));
    }
    lines.extend(receipt.balances.iter().map(|balance| have(locale, balance)));
    for tier in &receipt.tiers {
        let args = Args::new().text("tier", tier.to.clone()).text("group", tier.group.clone());
        lines.push(locale.text("pos-tier", &args));
    }
    lines
}

/// What the member has of one point type.
pub fn have(locale: Locale, balance: &BalanceView) -> String {
    let args = Args::new()
        .text("points", decimal(balance.available, balance.decimals))
        .text("point_type", balance.point_type.clone());
    locale.text("pos-balance", &args)
}

fn signed(points: i64, decimals: u8) -> String {
    let text = decimal(points, decimals);
    if points > 0 { format!("+{text}") } else { text }
}

//! The roll-forward of the liability from one closing to the next, in points and in money, and the
//! journal that finance books from it.

use serde::{Deserialize, Serialize};

/// The movements of a period, all in one unit (points, or minor units of one currency). Each is a size
/// of 0 or more but the re-estimate and the currency difference, which have signs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollForward {
    /// At the beginning.
    pub opening: i64,
    /// By points issued.
    pub issued: i64,
    /// By a new expectation of what will be redeemed.
    pub reestimated: i64,
    /// By points that came from other programs (less those that went).
    pub converted: i64,
    /// By points redeemed.
    pub redeemed: i64,
    /// By points expired or forfeited.
    pub expired: i64,
    /// By exchange rates.
    pub currency: i64,
}

/// One line of the journal; exactly one of debit and credit is above 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalLine {
    /// The day, as YYYY-MM-DD in the program's zone.
    pub date: String,
    /// Whose books.
    pub entity: String,
    /// The account, by its code.
    pub account: Account,
    /// Debit, in minor units.
    pub debit_minor: i64,
    /// Credit, in minor units.
    pub credit_minor: i64,
    /// What it rests on.
    pub document: String,
}

/// The accounts that the roll-forward moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// Deferred revenue for points: what is owed.
    DeferredRevenue,
    /// Sales, from which the deferral is taken.
    Sales,
    /// Revenue from points that were redeemed or released.
    PointsRevenue,
    /// Points taken over from other programs.
    Conversion,
    /// Exchange differences.
    ExchangeDifference,
}

impl RollForward {
    /// At the end: opening + issued + re-estimate + conversions − redeemed − expired ± currency. `None`
    /// past 64 bits.
    pub fn closing(&self) -> Option<i64> {
        let up = self.opening.checked_add(self.issued)?.checked_add(self.reestimated)?;
        let down = up.checked_add(self.converted)?.checked_sub(self.redeemed)?;
        down.checked_sub(self.expired)?.checked_add(self.currency)
    }

    /// What is unexplained between the closing by movements and `counted`: 0, or something is wrong.
    pub fn unexplained(&self, counted: i64) -> Option<i64> {
        counted.checked_sub(self.closing()?)
    }

    /// The period's journal for an amount in minor units: two lines for each movement that is not 0, in
    /// balance by construction. `document` names the closing.
    pub fn journal(&self, date: &str, entity: &str, document: &str) -> Vec<JournalLine> {
        let raises = [
            (Account::Sales, self.issued),
            (Account::PointsRevenue, self.reestimated),
            (Account::Conversion, self.converted),
            (Account::PointsRevenue, -self.redeemed),
            (Account::PointsRevenue, -self.expired),
            (Account::ExchangeDifference, self.currency),
        ];
        let line = |account, debit_minor, credit_minor| JournalLine {
            date: date.to_owned(),
            entity: entity.to_owned(),
            account,
            debit_minor,
            credit_minor,
            document: document.to_owned(),
        };
        let mut lines = Vec::new();
        for (other, amount) in raises.into_iter().filter(|(_, amount)| *amount != 0) {
            let (up, down) = (amount.max(0), amount.min(0).saturating_neg());
            lines.push(line(other, up, down));
            lines.push(line(Account::DeferredRevenue, down, up));
        }
        lines
    }
}

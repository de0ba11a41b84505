//! What a run cannot decide alone: typed exceptions for the desk, and whether one holds the whole member back.

use serde::{Deserialize, Serialize};

use super::snapshot::SourceKey;

/// Something a person has to look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Exception {
    /// Whose.
    #[serde(flatten)]
    pub key: SourceKey,
    /// What is the matter.
    pub code: ExceptionCode,
    /// What it is about: a lot, a voucher, a point type; empty for the member.
    pub subject: String,
    /// Source points at stake.
    pub points: i64,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $blocks:literal;)*) => {
        /// What is the matter.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ExceptionCode { $($(#[$doc])* $variant,)* }

        impl ExceptionCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable name outside.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Does the whole golden member wait until it is resolved?
            #[must_use]
            pub fn holds_back(self) -> bool {
                match self { $(Self::$variant => $blocks,)* }
            }
        }
    };
}

codes! {
    /// The source's own balance is not the sum of its lots.
    BalanceDiffers = "balance_differs", true;
    /// The source's own transactions do not add up to the balance it states.
    LedgerDiffers = "ledger_differs", true;
    /// Two rows of a source are one member.
    DuplicateMember = "duplicate_member", true;
    /// Two lots of one member have one name.
    DuplicateLot = "duplicate_lot", true;
    /// A point type without a conversion rule.
    NoRule = "no_rule", true;
    /// An amount beyond what converts exactly.
    TooLarge = "too_large", true;
    /// A lot's numbers or instants contradict each other.
    ImpossibleLot = "impossible_lot", true;
    /// A person and a company in one cluster.
    PersonWithCompany = "person_with_company", true;
    /// The person has died.
    Deceased = "deceased", true;
    /// A contact holds points of a company that is not in the snapshot.
    CompanyMissing = "company_missing", true;
    /// Points are on the way to or from a partner: nobody knows yet whose they are.
    InTransit = "in_transit", true;
    /// Two orders of one member have one name, or an order's numbers or instants contradict each other.
    ImpossibleOrder = "impossible_order", true;
    /// An erased person's account still has points.
    ErasedWithPoints = "erased_with_points", false;
    /// A closed account still has points.
    ClosedWithPoints = "closed_with_points", false;
    /// Somebody who was erased came back in a source without enrolling again.
    ErasedReturns = "erased_returns", false;
    /// A debt of one program stands beside points of another.
    DebtAcrossPrograms = "debt_across_programs", false;
    /// A voucher's kind has no equivalent: the holder chooses.
    VoucherUnmapped = "voucher_unmapped", false;
    /// A voucher that had ended before the cut-over is not carried over.
    VoucherEnded = "voucher_ended", false;
    /// A voucher's code is in use here already: its holder needs another.
    VoucherTaken = "voucher_taken", false;
    /// A number is another member's here already.
    NumberTaken = "number_taken", false;
    /// More days were counted than a year has.
    CounterBeyondCalendar = "counter_beyond_calendar", false;
    /// A counter's period is no year, month or day: it counts for the step at the cut-over and not afterward.
    CounterPeriodUnknown = "counter_period_unknown", false;
    /// A tier has no equivalent.
    TierUnmapped = "tier_unmapped", false;
    /// A paid plan has no equivalent.
    PlanUnmapped = "plan_unmapped", false;
    /// A member of two pools.
    TwoPools = "two_pools", false;
    /// A partner that the project's calendar does not have sent something in the old currency.
    PartnerUnknown = "partner_unknown", false;
    /// A partner sent something in the old currency after it was confirmed on the new one.
    PartnerCutOff = "partner_cut_off", false;
}

impl Exception {
    /// An exception about the member as a whole.
    #[must_use]
    pub fn new(key: &SourceKey, code: ExceptionCode) -> Self {
        Self { key: key.clone(), code, subject: String::new(), points: 0 }
    }

    /// This exception about a lot, a voucher or a point type, with the points at stake.
    #[must_use]
    pub fn about(mut self, subject: &str, points: i64) -> Self {
        self.subject = subject.to_owned();
        self.points = points;
        self
    }
}

//! What a history may contain. Each seed turns a random part of it on (swarm), so that rare mixes come up too.

use crate::rng::Rng;

macro_rules! features {
    ($($(#[$doc:meta])* $name:ident $text:literal,)*) => {
        /// One thing a history or its programs may contain.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Feature { $($(#[$doc])* $name,)* }

        impl Feature {
            /// Every feature with its name on the command line.
            pub const ALL: &'static [(Self, &'static str)] = &[$((Self::$name, $text),)*];
        }
    };
}

features! {
    /// Events that count earlier than now.
    Late "late",
    /// Events sent again, with the same or another body.
    Duplicates "duplicates",
    /// Instants at which something is due, and a microsecond beside them.
    Edges "edges",
    /// Amounts near the ends of 64 bits.
    Huge "huge",
    /// Two programs on one account.
    Programs "programs",
    /// Several versions of a program over time.
    Versions "versions",
    /// Zones with changes of hour.
    Zones "zones",
    /// A second redeemable point type.
    PointTypes "point-types",
    /// Points that count for tiers alone.
    Qualifying "qualifying",
    /// Points that wait before they can be spent.
    Pending "pending",
    /// Points that end.
    Expiry "expiry",
    /// Points that live by activity.
    Activity "activity",
    /// Ends moved to the end of a local period.
    RoundUp "round-up",
    /// Longer terms by tier.
    TierExpiry "tier-expiry",
    /// Ladders.
    Tiers "tiers",
    /// Grace and soft landing.
    Grace "grace",
    /// Several rules, priorities, points per unit, other roundings.
    Rules "rules",
    /// Multipliers of rules and tiers.
    Multipliers "multipliers",
    /// Exclusive groups.
    Exclusive "exclusive",
    /// Rules about some lines only.
    LineFilters "line-filters",
    /// Caps in points or times.
    Caps "caps",
    /// The n-th of a period.
    Nth "nth",
    /// Budgets over all members.
    Budgets "budgets",
    /// Custom events.
    Custom "custom",
    /// Purchases in another currency.
    Foreign "foreign",
    /// Lines of zero and below.
    OddLines "odd-lines",
    /// Returns.
    Returns "returns",
    /// Other policies than an unlimited debt.
    Shortfall "shortfall",
    /// Rewards.
    Rewards "rewards",
    /// Part of a bill paid with points.
    PartPayment "part-payment",
    /// Rewards with stock, member limits, dates and tier prices.
    Stock "stock",
    /// Adjustments.
    Adjust "adjust",
    /// Transfers.
    Transfers "transfers",
    /// Opening balances, also below zero.
    Openings "openings",
    /// Expired points that come back.
    Reinstate "reinstate",
    /// Tiers given by hand.
    GrantTier "grant-tier",
    /// What counts for a ladder, brought from elsewhere.
    Qualify "qualify",
    /// Reversals.
    Reversals "reversals",
    /// Requests that make no sense.
    Nonsense "nonsense",
}

/// A set of features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Features(u64);

impl Features {
    /// Everything.
    #[must_use]
    pub fn all() -> Self {
        Self((1 << Feature::ALL.len()) - 1)
    }

    /// The features of these names, separated by commas.
    pub fn parse(names: &str) -> Result<Self, String> {
        let mut set = 0;
        for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            let known = Feature::ALL.iter().find(|(_, text)| *text == name);
            let known = known.ok_or_else(|| {
                let all: Vec<&str> = Feature::ALL.iter().map(|(_, text)| *text).collect();
                format!("there is no feature `{name}`; hint: {}", all.join(", "))
            })?;
            set |= 1 << (known.0 as u64);
        }
        Ok(Self(set))
    }

    /// A random part of this set: sometimes nearly all, sometimes few.
    #[must_use]
    pub fn swarm(self, rng: &mut Rng) -> Self {
        let percent = rng.within(25, 90);
        let mut set = 0;
        for (feature, _) in Feature::ALL {
            if rng.chance(percent) {
                set |= 1 << (*feature as u64);
            }
        }
        Self(set & self.0)
    }

    /// Is `feature` in the set?
    #[must_use]
    pub fn has(self, feature: Feature) -> bool {
        self.0 & (1 << (feature as u64)) != 0
    }

    /// The names, separated by commas.
    #[must_use]
    pub fn names(self) -> String {
        let on = Feature::ALL.iter().filter(|(feature, _)| self.has(*feature));
        on.map(|(_, name)| *name).collect::<Vec<_>>().join(",")
    }
}

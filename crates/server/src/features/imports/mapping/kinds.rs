//! What rows may be, which fields each kind knows, and which it cannot do without.

use super::RowKind;

/// The parts of a person that tell who somebody is, as matching knows them.
pub const PERSON: &[&str] = &[
    "given_name",
    "surname",
    "surname2",
    "full_name",
    "gender",
    "birth_date",
    "email",
    "phone",
    "street",
    "city",
    "postcode",
    "country",
    "tax_id",
    "language",
];

/// Fields that are numbers.
pub(super) const NUMBERS: &[&str] =
    &["quantity", "price", "net", "points", "value", "bought_for", "amount", "granted"];
/// Fields that are instants.
pub(super) const TIMES: &[&str] = &[
    "at",
    "enrolled_at",
    "changed_at",
    "earned_at",
    "expires_at",
    "release_at",
    "hold_until",
    "ordered_at",
    "promised_by",
    "since",
    "until",
    "paid_from",
    "paid_until",
];

impl RowKind {
    /// Every kind with its name in mapping files.
    pub const ALL: &'static [(Self, &'static str)] = &[
        (Self::Purchases, "purchases"),
        (Self::Members, "members"),
        (Self::Accounts, "accounts"),
        (Self::Lots, "lots"),
        (Self::Tiers, "tiers"),
        (Self::Counters, "counters"),
        (Self::Vouchers, "vouchers"),
        (Self::Orders, "orders"),
        (Self::Consents, "consents"),
        (Self::PaidPlans, "paid_plans"),
        (Self::Pools, "pools"),
        (Self::Tokens, "tokens"),
        (Self::Transactions, "transactions"),
        (Self::Erased, "erased"),
        (Self::Totals, "totals"),
        (Self::Changes, "changes"),
    ];

    /// The name in mapping files.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// Are these rows of a program to be merged?
    #[must_use]
    pub fn is_extract(self) -> bool {
        !matches!(self, Self::Purchases | Self::Members)
    }

    /// The fields that rows of this kind may have.
    #[must_use]
    pub fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Purchases => &[
                "member", "purchase", "at", "product", "category", "brand", "quantity", "price",
                "net", "store", "channel",
            ],
            Self::Members => {
                &["member", "email", "phone", "card", "kind", "language", "enrolled_at"]
            }
            Self::Accounts => &[
                "member",
                "unit",
                "contact_of",
                "status",
                "enrolled_at",
                "staff",
                "changed_at",
                "verified",
            ],
            Self::Lots => &[
                "member",
                "lot",
                "point_type",
                "points",
                "state",
                "kind",
                "earned_at",
                "expires_at",
                "release_at",
                "hold",
                "hold_until",
            ],
            Self::Tiers => &["member", "tier", "provenance", "since", "until"],
            Self::Counters => &["member", "counter", "period", "value", "reference"],
            Self::Vouchers => &["member", "code", "kind", "value", "bought_for", "expires_at"],
            Self::Orders => &[
                "member",
                "order",
                "reward",
                "point_type",
                "points",
                "ordered_at",
                "promised_by",
                "status",
                "addressee",
                "street",
                "city",
                "postcode",
                "region",
                "country",
                "phone",
            ],
            Self::Consents => &[
                "member",
                "purpose",
                "channel",
                "state",
                "at",
                "controller",
                "specific",
                "evidence",
            ],
            Self::PaidPlans => {
                &["member", "plan", "paid_from", "paid_until", "price", "promotions"]
            }
            Self::Pools => &["member", "pool", "head", "since", "agrees"],
            Self::Tokens => &["member", "scheme", "token"],
            Self::Transactions => &[
                "member",
                "transaction",
                "at",
                "kind",
                "point_type",
                "points",
                "amount",
                "store",
                "lot",
            ],
            Self::Erased => &["member", "scheme", "token", "at"],
            Self::Totals => &["what", "point_type", "value"],
            Self::Changes => &[
                "member",
                "transaction",
                "change",
                "lot",
                "point_type",
                "points",
                "kind",
                "earned_at",
                "expires_at",
                "release_at",
                "state",
                "purpose",
                "channel",
                "at",
                "controller",
                "specific",
                "evidence",
                "granted",
                "hold",
                "hold_until",
                "partner",
                "order",
                "status",
            ],
        }
    }

    /// The fields that rows of this kind cannot do without.
    #[must_use]
    pub(super) fn required(self) -> &'static [&'static str] {
        match self {
            Self::Purchases => &["member", "purchase", "at"],
            Self::Members | Self::Accounts => &["member"],
            Self::Lots => &["member", "lot", "point_type", "points", "earned_at"],
            Self::Tiers => &["member", "tier"],
            Self::Counters => &["member", "counter", "period", "value"],
            Self::Vouchers => &["member", "code", "kind", "value"],
            Self::Orders => &["member", "order", "reward", "points", "ordered_at", "status"],
            Self::Consents => &["member", "purpose", "channel", "state", "at"],
            Self::PaidPlans => &["member", "plan", "paid_from", "paid_until", "price"],
            Self::Pools => &["member", "pool"],
            Self::Tokens => &["member", "scheme", "token"],
            Self::Transactions => &["member", "transaction", "at", "points"],
            Self::Erased => &["token", "at"],
            Self::Totals => &["what", "value"],
            Self::Changes => &["member", "transaction", "change"],
        }
    }
}

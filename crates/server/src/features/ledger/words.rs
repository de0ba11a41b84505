//! An outcome in words: each step of the core's explanation, in the reader's language. Nothing is computed anew here.

use std::collections::BTreeMap;

use lazo_domain::decision::{Outcome, Side};
use lazo_domain::explain::{Step, ZeroReason};
use lazo_domain::ids::{LotId, PointTypeId};
use lazo_domain::program::{PointKind, ProgramConfig};
use lazo_domain::rate::Rate;
use lazo_domain::time::{Period, Timestamp, Zone};

use super::condition;
use crate::i18n::{Args, Locale};

/// What a telling needs to know besides the outcome: the language, and the program version that decided.
pub struct Speaker<'a> {
    locale: Locale,
    program: &'a ProgramConfig,
    point_types: &'a BTreeMap<PointTypeId, String>,
    lots: BTreeMap<LotId, &'a str>,
}

/// An outcome told: one line that sums up, then the details in the order in which they were decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// `120 points: 60 for €60.00, 60 more because …`.
    pub headline: String,
    /// The other steps, one sentence each.
    pub details: Vec<String>,
}

impl<'a> Speaker<'a> {
    /// Speaks `locale` about the version `program`, whose point types have the codes `point_types` by id.
    #[must_use]
    pub fn new(
        locale: Locale,
        program: &'a ProgramConfig,
        point_types: &'a BTreeMap<PointTypeId, String>,
    ) -> Self {
        Self { locale, program, point_types, lots: BTreeMap::new() }
    }

    /// Tells `outcome`.
    #[must_use]
    pub fn tell(mut self, outcome: &Outcome) -> Told {
        for lot in outcome.grant.iter().flat_map(|grant| &grant.lots) {
            if let Some(code) = self.point_types.get(&lot.point_type) {
                self.lots.insert(lot.lot, code);
            }
        }
        let (parts, details): (Vec<_>, Vec<_>) =
            outcome.steps.iter().partition(|step| is_part(step));
        let parts: Vec<String> = parts.iter().map(|step| self.part(step)).collect();
        let total = self.total(outcome);
        let headline = if parts.is_empty() {
            self.say("ledger-headline-plain", Args::new().text("total", total))
        } else {
            self.say(
                "ledger-headline",
                Args::new().text("total", total).text("parts", parts.join(", ")),
            )
        };
        Told { headline, details: details.iter().flat_map(|step| self.detail(step)).collect() }
    }

    fn total(&self, outcome: &Outcome) -> String {
        let mut sums: BTreeMap<PointTypeId, i64> = BTreeMap::new();
        for change in &outcome.changes {
            let sum = sums.entry(change.point_type).or_default();
            *sum = sum.saturating_add(change.points.0);
        }
        let all = sums.iter().map(|(id, sum)| {
            let points = self.amount(self.point_types.get(id).map_or("", String::as_str), *sum);
            if *sum == 0 { self.only_moved(outcome, *id).unwrap_or(points) } else { points }
        });
        let joined = all.reduce(|first, second| {
            self.say("ledger-and", Args::new().text("first", first).text("second", second))
        });
        joined.unwrap_or_else(|| self.amount("", 0))
    }

    /// `50 points held`: what points became that only moved from one side of the account to another.
    fn only_moved(&self, outcome: &Outcome, id: PointTypeId) -> Option<String> {
        let code = self.point_types.get(&id).map_or("", String::as_str);
        let mut changes = outcome.changes.iter().filter(|change| change.point_type == id);
        let to = changes.find(|change| change.points.0 > 0)?;
        let key = match to.side {
            Side::Held => "ledger-now-held",
            Side::Available => "ledger-now-available",
            _ => return None,
        };
        Some(self.say(key, Args::new().text("points", self.amount(code, to.points.0))))
    }

    fn part(&self, step: &Step) -> String {
        match step {
            Step::ForAmount { rule, point_type, points, amount_minor, each, per_minor } => self
                .say(
                    "ledger-for-amount",
                    Args::new()
                        .text("points", self.given(point_type, *points))
                        .text("amount", self.money(*amount_minor))
                        .text("each", self.number(point_type, *each))
                        .text("per", self.money(*per_minor))
                        .text("rule", self.rule(rule)),
                ),
            Step::ForUnits { rule, point_type, points, units } => self.say(
                "ledger-for-units",
                Args::new()
                    .text("points", self.given(point_type, *points))
                    .count("n", *units)
                    .text("units", self.locale.number(*units, 0))
                    .text("rule", self.rule(rule)),
            ),
            Step::Fixed { rule, point_type, points } => self.say(
                "ledger-fixed",
                Args::new()
                    .text("points", self.given(point_type, *points))
                    .text("rule", self.rule(rule)),
            ),
            Step::Multiplied { rule, point_type, points, factor, of } => {
                let tier = rule.strip_prefix("tier:");
                let key =
                    if tier.is_some() { "ledger-multiplied-tier" } else { "ledger-multiplied" };
                let name = tier.map_or_else(|| self.rule(rule), |group| self.group(group));
                let args = Args::new()
                    .text("points", self.number(point_type, *points))
                    .text("factor", self.factor(*factor))
                    .text("of", self.number(point_type, *of));
                self.say(key, args.text("rule", name))
            }
            Step::Capped { rule, cut, limit, scope } => self.say(
                "ledger-capped",
                Args::new()
                    .text("rule", self.rule(rule))
                    .text("cut", self.number("", *cut))
                    .text("limit", self.number("", *limit))
                    .text("scope", self.scope(scope)),
            ),
            other => self.detail(other).join(" "),
        }
    }

    fn detail(&self, step: &Step) -> Vec<String> {
        let one = |text: String| vec![text];
        match step {
            Step::Zero { rule, why } => one(self.say(
                "ledger-zero",
                Args::new().text("rule", self.rule(rule)).text("why", self.why(why)),
            )),
            Step::Nothing { why } => {
                one(self.say("ledger-nothing", Args::new().text("why", self.why(why))))
            }
            Step::Pending { points, until } => one(self.say(
                "ledger-pending",
                Args::new().text("points", self.amount("", *points)).text("at", self.since(*until)),
            )),
            Step::Expires { lot, points, at } => one(self.expires(*lot, *points, *at)),
            Step::DebtRepaid { points } => one(self.with_points("ledger-debt-repaid", *points)),
            Step::Share { due, taken, expired, others, debt, forgiven } => {
                self.share(*due, [*taken, *expired, *others, *debt, *forgiven])
            }
            Step::Moved { how, lot, points, expires_at } => one(self.say(
                "ledger-moved",
                Args::new()
                    .text("how", how.clone())
                    .text("points", self.amount(self.lot(*lot), *points))
                    .text("validity", self.validity(*expires_at)),
            )),
            Step::Extended { from, to, .. } => one(self.say(
                "ledger-extended",
                Args::new().text("from", self.validity(*from)).text("to", self.validity(*to)),
            )),
            Step::Tier { group, from, to, why, measured, threshold } => one(self.say(
                "ledger-tier",
                Args::new()
                    .text("why", why.clone())
                    .text("from", self.tier(group, from))
                    .text("to", self.tier(group, to))
                    .text("group", self.group(group))
                    .text("measured", self.locale.number(*measured, 0))
                    .text("threshold", self.locale.number(*threshold, 0)),
            )),
            Step::Qualified { group, amount, counts_at } => one(self.say(
                "ledger-qualified",
                Args::new()
                    .text("group", self.group(group))
                    .text("amount", self.locale.number(*amount, 0))
                    .text("at", self.since(*counts_at)),
            )),
            Step::Reason { code, points } => one(self.say(
                "ledger-reason",
                Args::new().text("code", code.clone()).text("points", self.amount("", *points)),
            )),
            part => one(self.part(part)),
        }
    }

    fn share(&self, due: i64, shares: [i64; 5]) -> Vec<String> {
        const KEYS: [&str; 5] = [
            "ledger-share-taken",
            "ledger-share-expired",
            "ledger-share-others",
            "ledger-share-debt",
            "ledger-share-forgiven",
        ];
        let told = KEYS.iter().zip(shares).filter(|(_, points)| *points != 0);
        std::iter::once(self.with_points("ledger-share-due", due))
            .chain(told.map(|(key, points)| self.with_points(key, points)))
            .collect()
    }

    fn expires(&self, lot: LotId, points: i64, at: Option<Timestamp>) -> String {
        let args = Args::new().text("points", self.amount(self.lot(lot), points));
        match at {
            Some(at) => self.say("ledger-expires", args.text("until", self.until(at))),
            None => self.say("ledger-expires-never", args),
        }
    }

    fn why(&self, why: &ZeroReason) -> String {
        let args = Args::new();
        match why {
            ZeroReason::NoRule => self.say("ledger-why-no-rule", args),
            ZeroReason::BelowStep { amount_minor, per_minor } => self.say(
                "ledger-why-below-step",
                args.text("amount", self.money(*amount_minor)).text("per", self.money(*per_minor)),
            ),
            ZeroReason::BelowUnit { quantity_milli } => {
                let quantity = self.locale.number(*quantity_milli, 3);
                self.say("ledger-why-below-unit", args.text("quantity", quantity))
            }
            ZeroReason::NoAmount => self.say("ledger-why-no-amount", args),
            ZeroReason::NoLine => self.say("ledger-why-no-line", args),
            ZeroReason::Condition { when } => {
                match condition::told(when, self.program, self.locale) {
                    Some(told) => self.say("ledger-why-only-when", args.text("when", told)),
                    None => self.say("ledger-why-condition", args.text("when", when.clone())),
                }
            }
            ZeroReason::ConditionFailed { when, error } => self.say(
                "ledger-why-condition-failed",
                args.text("when", when.clone()).text("error", error.clone()),
            ),
            ZeroReason::NotInForce => self.say("ledger-why-not-in-force", args),
            ZeroReason::Superseded { by } => {
                self.say("ledger-why-superseded", args.text("by", self.rule(by)))
            }
            ZeroReason::CapReached { limit, scope } => self.say(
                "ledger-why-cap-reached",
                args.text("limit", self.number("", *limit)).text("scope", self.scope(scope)),
            ),
            ZeroReason::NotNth { seen, wanted } => self.say(
                "ledger-why-not-nth",
                args.text("seen", seen.to_string()).text("wanted", wanted.to_string()),
            ),
            ZeroReason::ForeignCurrency { currency, program } => self.say(
                "ledger-why-foreign-currency",
                args.text("currency", currency.clone()).text("program", program.clone()),
            ),
            ZeroReason::NothingToMultiply => self.say("ledger-why-nothing-to-multiply", args),
        }
    }

    fn say(&self, key: &str, args: Args) -> String {
        self.locale.text(key, &args)
    }

    fn with_points(&self, key: &str, points: i64) -> String {
        self.say(key, Args::new().text("points", self.amount("", points)))
    }

    /// `60 points`, or by the type's own name where the program has several.
    fn amount(&self, point_type: &str, points: i64) -> String {
        let text = self.number(point_type, points);
        let several = self.program.point_types.len() > 1;
        let named = self.program.point_types.iter().find(|p| p.code == point_type && several);
        match named {
            Some(named) => {
                let name = self.locale.pick(&named.name).unwrap_or(&named.code).to_owned();
                self.say("ledger-points-named", Args::new().text("points", text).text("name", name))
            }
            None => {
                let n = if self.scale(point_type) == 0 { points } else { 2 };
                self.say("ledger-points", Args::new().count("n", n).text("points", text))
            }
        }
    }

    /// What a rule gave: the number, with the point type's name where the program has several.
    fn given(&self, point_type: &str, points: i64) -> String {
        if self.program.point_types.len() > 1 {
            return self.amount(point_type, points);
        }
        self.number(point_type, points)
    }

    fn factor(&self, factor: Rate) -> String {
        self.locale.factor(factor)
    }

    fn number(&self, point_type: &str, points: i64) -> String {
        self.locale.number(points, self.scale(point_type))
    }

    fn scale(&self, point_type: &str) -> u8 {
        let types = &self.program.point_types;
        let exact = types.iter().find(|p| p.code == point_type);
        exact
            .or_else(|| types.iter().find(|p| p.kind == PointKind::Redeemable))
            .map_or(0, |p| p.scale)
    }

    fn money(&self, minor: i64) -> String {
        self.locale.money(minor, self.program.currency)
    }

    fn zone(&self) -> &Zone {
        &self.program.time_zone
    }

    /// The first instant of something: its day alone when that is a day's first.
    fn since(&self, at: Timestamp) -> String {
        if self.begins_a_day(at) {
            return self.locale.day(at, self.zone());
        }
        self.locale.instant(at, self.zone())
    }

    /// Until when something is good that ends at `at`: the last whole day, or the instant within a day.
    fn until(&self, at: Timestamp) -> String {
        if self.begins_a_day(at) {
            return self.locale.day(at.plus_micros(-1), self.zone());
        }
        self.locale.instant(at, self.zone())
    }

    fn begins_a_day(&self, at: Timestamp) -> bool {
        self.zone().start_of(Period::Day.start(at, self.zone())) == at
    }

    fn validity(&self, end: Option<Timestamp>) -> String {
        match end {
            Some(at) => self.say("ledger-valid-until", Args::new().text("until", self.until(at))),
            None => self.say("ledger-valid-always", Args::new()),
        }
    }

    fn lot(&self, lot: LotId) -> &str {
        self.lots.get(&lot).copied().unwrap_or_default()
    }

    fn scope(&self, scope: &str) -> String {
        self.say("ledger-scope", Args::new().text("scope", scope))
    }

    fn rule(&self, code: &str) -> String {
        let rule = self.program.earning_rules.iter().find(|rule| rule.code == code);
        rule.and_then(|rule| self.locale.pick(&rule.name)).unwrap_or(code).to_owned()
    }

    fn group(&self, code: &str) -> String {
        let group = self.program.tier_groups.iter().find(|group| group.code == code);
        group.and_then(|group| self.locale.pick(&group.name)).unwrap_or(code).to_owned()
    }

    fn tier(&self, group: &str, code: &str) -> String {
        if code.is_empty() {
            return self.say("ledger-no-tier", Args::new());
        }
        let group = self.program.tier_groups.iter().find(|g| g.code == group);
        let tier = group.and_then(|g| g.tiers.iter().find(|tier| tier.code == code));
        tier.and_then(|tier| self.locale.pick(&tier.name)).unwrap_or(code).to_owned()
    }
}

/// Is the step a part of the sum, told in the headline?
fn is_part(step: &Step) -> bool {
    matches!(
        step,
        Step::ForAmount { .. }
            | Step::ForUnits { .. }
            | Step::Fixed { .. }
            | Step::Multiplied { .. }
            | Step::Capped { .. }
    )
}

//! What the rules give, worked out by the auditor on its own from the rules as they are written.

use lazo_domain::event::Line;
use lazo_domain::ids::PointTypeId;
use lazo_domain::rate::{Rate, Rounding};
use lazo_domain::rules::{EarningRule, Over, RuleEffect};
use lazo_domain::time::{Period, Timestamp};

use super::holder::{Live, Use};
use super::numbers::{divide, narrow, split};
use super::turn::Book;

/// What one rule gives.
#[derive(Debug, Clone)]
pub struct Given {
    pub point_type: PointTypeId,
    pub points: i64,
    pub shares: Vec<i64>,
    stackable: bool,
}

/// What all rules give, what their limits count, and what they use of budgets.
#[derive(Debug, Default)]
pub struct Haul {
    pub given: Vec<Given>,
    pub uses: Vec<Use>,
    pub budgets: Vec<(String, i64)>,
}

/// All that the rules look at.
pub struct Question<'a> {
    pub book: &'a Book,
    pub live: &'a Live,
    pub at: Timestamp,
    /// The name of the event.
    pub on: &'a str,
    /// The lines of a purchase; none for another event.
    pub lines: &'a [Line],
    /// What is left of a budget.
    pub left: &'a dyn Fn(&str, i64) -> i64,
}

/// A rule that would give something, before its group is asked.
struct Bid<'a> {
    rule: &'a EarningRule,
    points: i64,
    weights: Vec<i64>,
}

impl Question<'_> {
    /// The rules' answer.
    pub fn answer(&self) -> Haul {
        let mut rules: Vec<&EarningRule> =
            self.book.version.config.earning_rules.iter().filter(|r| r.on == self.on).collect();
        rules.sort_by(|a, b| b.priority.cmp(&a.priority).then_with(|| a.code.cmp(&b.code)));
        let times = |r: &&EarningRule| matches!(r.effect, RuleEffect::Multiplier { .. });
        let (multipliers, bases): (Vec<&EarningRule>, Vec<&EarningRule>) =
            rules.into_iter().partition(times);
        let mut haul = Haul::default();
        self.round(&bases, &[], &mut haul);
        let base: Vec<Given> = haul.given.iter().filter(|given| given.stackable).cloned().collect();
        self.round(&multipliers, &base, &mut haul);
        self.tiers(&base, &mut haul);
        haul
    }

    /// All bids of one round; of each exclusive group the highest, the first of equals.
    fn round(&self, rules: &[&EarningRule], base: &[Given], haul: &mut Haul) {
        let mut bids: Vec<Bid<'_>> = Vec::new();
        for rule in rules {
            bids.extend(self.bid(rule, base, haul));
        }
        for bid in &bids {
            let better = bids.iter().any(|other| {
                let same =
                    bid.rule.exclusive.is_some() && other.rule.exclusive == bid.rule.exclusive;
                let first = bids.iter().position(|b| b.rule.code == other.rule.code)
                    < bids.iter().position(|b| b.rule.code == bid.rule.code);
                same && (other.points > bid.points || other.points == bid.points && first)
            });
            if !better && bid.points > 0 {
                self.give(bid, haul);
            }
        }
    }

    fn give(&self, bid: &Bid<'_>, haul: &mut Haul) {
        let rule = bid.rule;
        for cap in &rule.caps {
            let points = cap.points.map(|_| ("points", bid.points));
            for (what, by) in points.into_iter().chain(cap.times.map(|_| ("times", 1))) {
                haul.uses.push(self.one_use(rule, what, cap.per, by));
            }
        }
        if rule.budget.is_some() {
            let key = format!("budget:{}:{}", self.book.version.config.code, rule.code);
            haul.budgets.push((key, bid.points));
        }
        haul.given.push(Given {
            point_type: self.book.id(&rule.point_type),
            points: bid.points,
            shares: split(bid.points, &bid.weights),
            stackable: rule.stackable,
        });
    }

    fn one_use(&self, rule: &EarningRule, what: &'static str, per: Period, by: i64) -> Use {
        let name = ["day", "week", "month", "quarter", "year", "ever"][per as usize];
        let key = (self.book.version.program, rule.code.clone(), what, name);
        Use { key, period: self.book.calendar.period(per, self.at), by }
    }

    /// How much of a limit is used: everything the deeds of the period counted, less what came back.
    fn used(&self, like: &Use) -> i64 {
        let mut sum = 0;
        for deed in self.live.deeds.values() {
            for one in deed.uses.iter().filter(|u| u.key == like.key && u.period == like.period) {
                sum += deed.use_left(one);
            }
        }
        sum
    }

    fn bid<'r>(&self, rule: &'r EarningRule, base: &[Given], haul: &mut Haul) -> Option<Bid<'r>> {
        if rule.from.is_some_and(|from| self.at < from)
            || rule.until.is_some_and(|end| self.at >= end)
        {
            return None;
        }
        let mine: Vec<bool> = self.lines.iter().map(|line| about(rule, line)).collect();
        let purchase = self.on == "purchase";
        let paid: i64 =
            self.lines.iter().zip(&mine).filter(|(_, m)| **m).map(|(l, _)| l.net_minor).sum();
        if purchase && paid <= 0 {
            return None;
        }
        if let Some(nth) = rule.nth {
            let one = self.one_use(rule, "seen", nth.per, 1);
            let seen = self.used(&one) + 1;
            haul.uses.push(one);
            if if nth.every { seen % nth.n != 0 } else { seen != nth.n } {
                return None;
            }
        }
        let (mut points, weights) = self.offer(rule, &mine, base)?;
        for cap in &rule.caps {
            if let Some(most) = cap.points {
                points = points.min(most - self.used(&self.one_use(rule, "points", cap.per, 0)));
            }
            if cap
                .times
                .is_some_and(|most| self.used(&self.one_use(rule, "times", cap.per, 0)) >= most)
            {
                points = 0;
            }
        }
        if let Some(budget) = rule.budget {
            points = points.min((self.left)(&rule.code, budget));
        }
        Some(Bid { rule, points: points.max(0), weights })
    }

    /// What a rule offers on its lines, and by what it is spread over them.
    fn offer(&self, rule: &EarningRule, mine: &[bool], base: &[Given]) -> Option<(i64, Vec<i64>)> {
        let of = |value: &dyn Fn(&Line) -> i64| -> Vec<i64> {
            let lines = self.lines.iter().zip(mine);
            lines.map(|(line, mine)| if *mine { value(line) } else { 0 }).collect()
        };
        let steps = |money: i64, per: i64, rounding| {
            narrow(divide(money.into(), per.into(), rounding)).max(0)
        };
        match rule.effect {
            RuleEffect::PointsPerAmount { points, per_minor, rounding, over: Over::Purchase } => {
                let nets = of(&|line| line.net_minor);
                Some((steps(nets.iter().sum(), per_minor, rounding) * points, nets))
            }
            RuleEffect::PointsPerAmount { points, per_minor, rounding, over: Over::Line } => {
                let each = of(&|line| steps(line.net_minor.max(0), per_minor, rounding) * points);
                Some((each.iter().sum(), each))
            }
            RuleEffect::PointsPerUnit { points } => {
                let milli = of(&|line| line.quantity_milli);
                Some((milli.iter().sum::<i64>() / 1_000 * points, milli))
            }
            RuleEffect::Fixed { points } if self.lines.is_empty() => Some((points, vec![1])),
            RuleEffect::Fixed { points } => Some((points, of(&|line| line.net_minor))),
            RuleEffect::Multiplier { factor, rounding } => {
                let id = self.book.id(&rule.point_type);
                times(factor, rounding, sums(base, id, Some(mine)))
            }
        }
    }

    fn tiers(&self, base: &[Given], haul: &mut Haul) {
        for (code, held) in &self.live.held {
            let group = self.book.group(code).filter(|_| held.program == self.book.version.program);
            let tier = group.and_then(|g| g.tiers.iter().find(|t| t.code == held.tier));
            let Some(factor) = tier.and_then(|tier| tier.multiplier) else { continue };
            for id in self.book.version.ids.values() {
                let Some((points, weights)) = times(factor, Rounding::Floor, sums(base, *id, None))
                else {
                    continue;
                };
                if points > 0 {
                    let shares = split(points, &weights);
                    haul.given.push(Given { point_type: *id, points, shares, stackable: false });
                }
            }
        }
    }
}

/// Is a line one that the rule is about?
fn about(rule: &EarningRule, line: &Line) -> bool {
    let filter = &rule.lines;
    let any = |list: &[String], value: &String| list.is_empty() || list.contains(value);
    any(&filter.products, &line.product)
        && any(&filter.categories, &line.category)
        && any(&filter.brands, &line.brand)
        && !filter.not_products.contains(&line.product)
        && !filter.not_categories.contains(&line.category)
}

/// Per line, what was given of a type on the lines that count.
fn sums(base: &[Given], id: PointTypeId, mine: Option<&[bool]>) -> Vec<i64> {
    let width = base.first().map_or(1, |given| given.shares.len());
    let mut sums = vec![0; width];
    for given in base.iter().filter(|given| given.point_type == id) {
        for (at, share) in given.shares.iter().enumerate() {
            let counts = mine.is_none_or(|mine| mine.get(at).copied().unwrap_or(true));
            sums[at] += if counts { *share } else { 0 };
        }
    }
    sums
}

/// What a factor adds to a base.
fn times(factor: Rate, rounding: Rounding, base: Vec<i64>) -> Option<(i64, Vec<i64>)> {
    let of: i64 = base.iter().sum();
    let more = factor.num() - factor.den();
    if of == 0 || more == 0 {
        return None;
    }
    let added = divide(i128::from(of) * i128::from(more), factor.den().into(), rounding);
    Some((narrow(added), base))
}

//! The order in which rules act on an event, and the reasons that come of it.
//!
//! 1. Base rules (per amount, per unit, fixed), by priority and code: in force, condition, lines, amount, n-th, effect,
//!    then what the rule's caps and budget leave.
//! 2. Of each exclusive group the base rule that leaves the member most; the others give nothing and use no limit.
//! 3. Multipliers, in the same way, on what step 2 left of stackable base rules: they never multiply each other.
//! 4. The multiplier of each tier held, on the same base; it has no limits of its own.

use super::cel::Scope;
use super::effect::{self, Basket, Offer};
use super::limit::{self, Allowed, Periods};
use super::rule::Rule;
use super::{Award, EarnInput, Earned, RuleEffect, Subject};
use crate::explain::{Step, ZeroReason};
use crate::ids::PointTypeId;
use crate::label::Label;
use crate::rate::Rounding;
use crate::share::largest_remainder;

/// Room for so many awards is made at once; more than a kilobyte would cost more than it saves.
const FEW: usize = 8;

/// What the `rules` for this kind of event give.
pub(super) fn evaluate(rules: &[Rule], input: &EarnInput<'_>) -> Earned {
    // A custom event may call itself a purchase; it is none, and no rule for purchases is about it.
    let poses = matches!(input.subject, Subject::Custom(custom) if custom.name == "purchase");
    if rules.is_empty() || poses {
        return nothing(ZeroReason::NoRule);
    }
    let basket = Basket::of(match input.subject {
        Subject::Purchase(purchase) if purchase.currency != input.program.currency.code() => {
            return nothing(ZeroReason::ForeignCurrency {
                currency: purchase.currency.clone(),
                program: input.program.currency.code().to_owned(),
            });
        }
        Subject::Purchase(purchase) => &purchase.lines,
        Subject::Custom(_) => &[],
    });
    let mut evaluation = Evaluation {
        input,
        basket: &basket,
        scope: Scope::of_rules(input),
        periods: Periods::default(),
        base: Vec::with_capacity(FEW),
        earned: Earned {
            awards: Vec::with_capacity(FEW),
            steps: Vec::with_capacity(if input.reasons { rules.len() } else { 0 }),
            ..Earned::default()
        },
    };
    evaluation.phase(rules, false);
    evaluation.phase(rules, true);
    evaluation.tiers();
    evaluation.earned
}

fn nothing(why: ZeroReason) -> Earned {
    Earned { steps: vec![Step::Nothing { why }], ..Earned::default() }
}

struct Evaluation<'a> {
    input: &'a EarnInput<'a>,
    basket: &'a Basket<'a>,
    scope: Scope<'a>,
    periods: Periods,
    /// The awards that may be multiplied, by their place.
    base: Vec<usize>,
    earned: Earned,
}

/// A rule that gives something, unless another of its group gives more.
struct Candidate<'a> {
    offer: Offer<'a>,
    allowed: Allowed,
}

/// What a rule would give by itself, or why nothing.
type Answer<'a> = Result<Candidate<'a>, ZeroReason>;

impl<'e> Evaluation<'e> {
    /// Asks either the base rules or the multipliers, and books what they give.
    fn phase(&mut self, rules: &[Rule], multipliers: bool) {
        let chosen = rules.iter().filter(|rule| rule.multiplies() == multipliers);
        if rules.iter().all(|rule| rule.exclusive.is_none()) {
            for rule in chosen {
                let answer = self.ask(rule);
                self.settle(rule, answer, None);
            }
            return;
        }
        let asked: Vec<(&Rule, Answer<'e>)> = chosen.map(|rule| (rule, self.ask(rule))).collect();
        let winners: Vec<Option<&Label>> =
            asked.iter().map(|(rule, _)| best(rule, &asked)).collect();
        for ((rule, answer), winner) in asked.into_iter().zip(winners) {
            self.settle(rule, answer, winner);
        }
    }

    /// Books a rule's answer, unless another rule of its group won.
    fn settle(&mut self, rule: &Rule, answer: Answer<'e>, winner: Option<&Label>) {
        match (answer, winner) {
            (Err(why), _) => self.zero(rule, why),
            (Ok(_), Some(by)) if *by != rule.code => {
                self.zero(rule, ZeroReason::Superseded { by: by.clone() });
            }
            (Ok(candidate), _) => {
                let given = self.give(rule, &candidate);
                if given && rule.stackable && !rule.multiplies() {
                    self.base.push(self.earned.awards.len() - 1);
                }
            }
        }
    }

    /// What one rule would give by itself.
    fn ask(&mut self, rule: &Rule) -> Answer<'e> {
        if !rule.in_force(self.input.at) {
            return Err(ZeroReason::NotInForce);
        }
        if let Some(when) = &rule.when
            && !when.holds(&self.scope, None)?
        {
            return Err(when.unmet());
        }
        let about = self.about(rule)?;
        self.paid(about.as_deref())?;
        if let Some(nth) = &rule.nth {
            let (change, counts) = limit::nth(nth, self.input, &self.periods);
            self.earned.counted.push(change);
            counts?;
        }
        let offer = match rule.effect {
            RuleEffect::Multiplier { factor, rounding } => effect::multiplied(
                factor,
                rounding,
                self.multiplicand(rule.point_type, about.as_deref())?,
            )?,
            _ => effect::base(rule, self.basket, about.as_deref())?,
        };
        let allowed = limit::allowed(rule, offer.points, self.input, &self.periods);
        match allowed.by {
            Some(by) if allowed.points == 0 => {
                Err(ZeroReason::CapReached { limit: by.limit, scope: by.scope() })
            }
            _ => Ok(Candidate { offer, allowed }),
        }
    }

    /// Which lines the rule is about; `None` is all of them.
    fn about(&self, rule: &Rule) -> Result<Option<Vec<bool>>, ZeroReason> {
        let Some(filter) = &rule.lines else { return Ok(None) };
        let lines = self.basket.lines;
        let mut about: Vec<bool> = lines.iter().map(|line| filter.lists_hold(line)).collect();
        if let Some(when) = filter.when() {
            for (line, yes) in lines.iter().zip(&mut about).filter(|(_, yes)| **yes) {
                *yes = when.holds(&self.scope, Some(line))?;
            }
        }
        if about.contains(&true) { Ok(Some(about)) } else { Err(ZeroReason::NoLine) }
    }

    /// Refuses lines that come to nothing or less; an event that is no purchase has none to pay for.
    fn paid(&self, about: Option<&[bool]>) -> Result<(), ZeroReason> {
        if matches!(self.input.subject, Subject::Custom(_)) {
            return Ok(());
        }
        let net = match about {
            None => self.basket.net,
            Some(about) => {
                let nets = self.basket.nets.iter().zip(about).filter(|(_, counts)| **counts);
                nets.map(|(net, _)| i128::from(*net)).sum()
            }
        };
        if net > 0 { Ok(()) } else { Err(ZeroReason::NoAmount) }
    }

    /// Per line, what stackable base rules gave in this point type on the lines `about`.
    fn multiplicand(
        &self,
        point_type: PointTypeId,
        about: Option<&[bool]>,
    ) -> Result<Vec<i64>, ZeroReason> {
        let mut sums = vec![0_i64; self.basket.lines.len().max(1)];
        for award in self
            .base
            .iter()
            .map(|at| &self.earned.awards[*at])
            .filter(|a| a.point_type == point_type)
        {
            for (at, (sum, share)) in sums.iter_mut().zip(&award.shares).enumerate() {
                if about.is_none_or(|about| about[at]) {
                    *sum = sum.checked_add(*share).ok_or_else(effect::overflow)?;
                }
            }
        }
        Ok(sums)
    }

    fn say(&mut self, step: impl FnOnce() -> Step) {
        if self.input.reasons {
            self.earned.steps.push(step());
        }
    }

    fn zero(&mut self, rule: &Rule, why: ZeroReason) {
        self.say(|| Step::Zero { rule: rule.code.clone(), why });
    }

    /// Books an offer as far as it is allowed; answers whether that is an award.
    fn give(&mut self, rule: &Rule, candidate: &Candidate<'_>) -> bool {
        let Candidate { offer, allowed } = candidate;
        let points = allowed.points;
        self.say(|| offer.reason.step(&rule.code, &rule.point_type_code, points));
        if let Some(by) = allowed.by {
            let cut = offer.points - points;
            self.say(|| Step::Capped {
                rule: rule.code.clone(),
                cut,
                limit: by.limit,
                scope: by.scope(),
            });
        }
        if points == 0 {
            return false;
        }
        self.earned.counted.extend(limit::counted(rule, points, self.input, &self.periods));
        if let Some(budget) = &rule.budget {
            self.earned.budgets.insert(budget.key.to_string(), points);
        }
        self.earned.awards.push(Award {
            rule: rule.code.clone(),
            point_type: rule.point_type,
            points,
            shares: largest_remainder(points, &offer.weights),
        });
        true
    }

    /// Multiplies the base by each tier held in this program.
    fn tiers(&mut self) {
        for (group, standing) in self.input.standings {
            let ladder = self
                .input
                .program
                .tier_groups
                .get(group)
                .filter(|_| standing.program == self.input.program.id);
            let tier = ladder
                .and_then(|ladder| ladder.tiers.iter().find(|tier| tier.code == standing.tier));
            let Some(factor) = tier.and_then(|tier| tier.multiplier) else { continue };
            let mut point_types: Vec<PointTypeId> =
                self.base.iter().map(|at| self.earned.awards[*at].point_type).collect();
            point_types.sort_unstable();
            point_types.dedup();
            for point_type in point_types {
                let offer = self.multiplicand(point_type, None);
                let offer =
                    offer.and_then(|weights| effect::multiplied(factor, Rounding::Floor, weights));
                self.give_tier(&format!("tier:{group}").into(), point_type, offer);
            }
        }
    }

    fn give_tier(
        &mut self,
        rule: &Label,
        point_type: PointTypeId,
        offer: Result<Offer<'_>, ZeroReason>,
    ) {
        match offer {
            // A tier that multiplies by one is no reason for anything.
            Err(ZeroReason::NothingToMultiply) => {}
            Err(why) => self.say(|| Step::Zero { rule: rule.clone(), why }),
            Ok(offer) => {
                let known = self.input.program.point_types.get(&point_type);
                let code = || known.map_or_else(Label::default, |p| Label::from(&p.code));
                self.say(|| offer.reason.step(rule, &code(), offer.points));
                if offer.points > 0 {
                    let shares = largest_remainder(offer.points, &offer.weights);
                    self.earned.awards.push(Award {
                        rule: rule.clone(),
                        point_type,
                        points: offer.points,
                        shares,
                    });
                }
            }
        }
    }
}

/// The rule of the same exclusive group that leaves the member most; the first looked at wins a tie.
fn best<'a>(rule: &Rule, asked: &[(&'a Rule, Answer<'_>)]) -> Option<&'a Label> {
    let group = rule.exclusive.as_ref()?;
    let mut best: Option<(&'a Rule, i64)> = None;
    for (other, answer) in asked.iter().filter(|(other, _)| other.exclusive.as_ref() == Some(group))
    {
        if let Ok(candidate) = answer
            && best.is_none_or(|(_, points)| candidate.allowed.points > points)
        {
            best = Some((other, candidate.allowed.points));
        }
    }
    best.map(|(rule, _)| &rule.code)
}

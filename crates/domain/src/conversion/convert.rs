//! Conversion of everything one member has in one source point type: rounded once, shared out by largest remainder.

use super::fraction::{Fraction, TooLarge};
use super::rule::ConversionRule;
use crate::rate::{Rounding, div};
use crate::time::Timestamp;

/// A part of a balance that converts as one: a lot, or what of it is pending or held. Less than zero is a debt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The source's name for it; the last word where two parts are otherwise alike.
    pub name: String,
    /// How many, in smallest source units.
    pub points: i64,
    /// What kind of points, such as `earned` or `bought`.
    pub kind: String,
    /// The tier of the account that holds it.
    pub tier: String,
    /// The date whose rate holds: the cut-over, or a late item's own.
    pub rated_at: Timestamp,
    /// When it ends in the source; `None` is never.
    pub expires_at: Option<Timestamp>,
}

/// What became of the parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Converted {
    /// What went in, in smallest source units.
    pub source: i64,
    /// Of that, what is below a whole multiple and stays behind; less than 0 where a begun multiple counts.
    pub left_behind: i64,
    /// What the table makes of it.
    pub exact: Fraction,
    /// What a cap took of that.
    pub cut: Fraction,
    /// `exact - cut`, rounded once.
    pub total: i64,
    /// `total - (exact - cut)`: what rounding gave (or took).
    pub rounding: Fraction,
    /// On top by `min` and `bonus`; no part's.
    pub gift: i64,
    /// Each part's share, in the order given: they sum to `exact - cut`, and to `total`.
    pub shares: Vec<Share>,
}

/// What one part became.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// Before rounding.
    pub exact: Fraction,
    /// Whole target units.
    pub points: i64,
}

impl ConversionRule {
    /// Converts everything one member has in the rule's source point type.
    pub fn convert(&self, parts: &[Part]) -> Result<Converted, TooLarge> {
        let mut worth = Vec::with_capacity(parts.len());
        let held = sum(parts.iter().map(|part| part.points.max(0)))?;
        let (stepped, whole) = self.stepped(held)?;
        for part in parts {
            worth.push(self.worth_of(part, held, stepped, whole)?);
        }
        let exact = total(&worth)?;
        let cut = self.cap_at(&mut worth)?;
        let after = exact.minus(cut)?;
        let rounded = after.rounded(self.rounding)?;
        let points = share_out(&worth, parts, rounded)?;
        let shares =
            worth.into_iter().zip(points).map(|(exact, points)| Share { exact, points }).collect();
        Ok(Converted {
            source: sum(parts.iter().map(|part| part.points))?,
            left_behind: held.checked_sub(stepped).ok_or(TooLarge)?,
            exact,
            cut,
            total: rounded,
            rounding: Fraction::whole(rounded).minus(after)?,
            gift: if held > 0 { self.gift(rounded)? } else { 0 },
            shares,
        })
    }

    /// What whole multiples of the balance there are, and what a table of whole balances makes of them.
    fn stepped(&self, held: i64) -> Result<(i64, Fraction), TooLarge> {
        let stepped = match self.step {
            None => held,
            Some(step) => {
                let rounding = if step.round_up { Rounding::Ceil } else { Rounding::Floor };
                let times = div(i128::from(held), i128::from(step.points), rounding);
                i64::try_from(times * i128::from(step.points)).map_err(|_| TooLarge)?
            }
        };
        Ok((stepped, self.table.worth(stepped)?))
    }

    fn worth_of(
        &self,
        part: &Part,
        held: i64,
        stepped: i64,
        whole: Fraction,
    ) -> Result<Fraction, TooLarge> {
        let points = Fraction::whole(part.points);
        match self.table.rate_of(&part.tier, &part.kind, part.rated_at)? {
            Some(rate) if part.points <= 0 || held == stepped => points.at(rate),
            Some(rate) => points.at(rate)?.times(i128::from(stepped), i128::from(held)),
            None if part.points < 0 => points.at(self.table.debt_rate()),
            None if part.points == 0 => Ok(Fraction::ZERO),
            None => whole.times(i128::from(part.points), i128::from(held)),
        }
    }

    /// Scales what is above the cap down to it; answers what that took.
    fn cap_at(&self, worth: &mut [Fraction]) -> Result<Fraction, TooLarge> {
        let Some(cap) = self.cap.map(Fraction::whole) else { return Ok(Fraction::ZERO) };
        let above: Vec<Fraction> = worth.iter().map(|share| (*share).max(Fraction::ZERO)).collect();
        let positive = total(&above)?;
        if positive <= cap {
            return Ok(Fraction::ZERO);
        }
        for share in worth.iter_mut().filter(|share| !share.is_negative()) {
            *share = share.times(cap.num(), 1)?.times(positive.den(), positive.num())?;
        }
        positive.minus(cap)
    }

    fn gift(&self, rounded: i64) -> Result<i64, TooLarge> {
        let lift = self.min.map_or(0, |min| min.saturating_sub(rounded.max(0)).max(0));
        lift.checked_add(self.bonus.unwrap_or(0)).ok_or(TooLarge)
    }
}

fn sum(points: impl IntoIterator<Item = i64>) -> Result<i64, TooLarge> {
    points.into_iter().try_fold(0_i64, i64::checked_add).ok_or(TooLarge)
}

fn total(parts: &[Fraction]) -> Result<Fraction, TooLarge> {
    parts.iter().try_fold(Fraction::ZERO, |sum, part| sum.plus(*part))
}

/// Each part gets its share rounded down; the units left go to the largest fractions, of equal ones to the part that
/// ends last, then to the one whose name comes first.
fn share_out(worth: &[Fraction], parts: &[Part], total: i64) -> Result<Vec<i64>, TooLarge> {
    let mut points = Vec::with_capacity(worth.len());
    let mut order = Vec::with_capacity(worth.len());
    for (place, (share, part)) in worth.iter().zip(parts).enumerate() {
        let floor = share.rounded(Rounding::Floor)?;
        let rest = share.minus(Fraction::whole(floor))?;
        // `None` is never, and so the latest of all.
        let end = part.expires_at.map_or((1, 0), |end| (0, end.0));
        points.push(floor);
        order.push((rest, end, place));
    }
    let left = total.checked_sub(sum(points.iter().copied())?).ok_or(TooLarge)?;
    assert!(
        usize::try_from(left).is_ok_and(|left| left <= points.len()),
        "rounding gives each part less than one unit: {left} of {worth:?}"
    );
    order.sort_by(|a, b| {
        b.0.cmp(&a.0)
            .then(b.1.cmp(&a.1))
            .then_with(|| parts[a.2].name.cmp(&parts[b.2].name))
            .then(a.2.cmp(&b.2))
    });
    for (_, _, place) in order.iter().take(usize::try_from(left).unwrap_or(0)) {
        points[*place] += 1;
    }
    Ok(points)
}

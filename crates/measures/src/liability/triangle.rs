//! The ultimate redemption rate by chain ladder: what younger cohorts will redeem, judged by what older
//! ones did between the same ages.

use crate::ratio::Ratio;

/// A cohort of points by month of issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Points issued.
    pub issued: i64,
    /// Points redeemed until each age, cumulative; the last is the present.
    pub redeemed: Vec<i64>,
}

/// What the triangle says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ladder {
    /// The factor from each age to the next.
    pub links: Vec<Ratio>,
    /// Points ever redeemed that each cohort is expected to reach, never above those issued.
    pub ultimates: Vec<Ratio>,
}

/// Why a triangle cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// No cohort, or one without an age.
    Empty,
    /// A cumulative count that falls, is below 0, or is above what was issued.
    NotCumulative,
    /// Nothing was redeemed at an age that the next is divided by.
    NoBase,
    /// A result past 128 bits.
    TooLarge,
}

/// Reads the triangle with `tail` from its last age to the end (1 for none), times `stress` on every
/// younger cohort's future (1 for none), as finance asks for when it wants to know what if.
pub fn ladder(rows: &[Row], tail: Ratio, stress: Ratio) -> Result<Ladder, Unreadable> {
    check(rows)?;
    let ages = rows.iter().map(|row| row.redeemed.len()).max().unwrap_or(0);
    let links: Vec<Ratio> = (1..ages).map(|age| link(rows, age)).collect::<Result<_, _>>()?;
    let of = |row: &Row| ultimate(row, &links, tail, stress).ok_or(Unreadable::TooLarge);
    let ultimates = rows.iter().map(of).collect::<Result<_, _>>()?;
    Ok(Ladder { links, ultimates })
}

fn check(rows: &[Row]) -> Result<(), Unreadable> {
    if rows.is_empty() || rows.iter().any(|row| row.redeemed.is_empty()) {
        return Err(Unreadable::Empty);
    }
    let falls = |row: &Row| row.redeemed.windows(2).any(|two| two[1] < two[0]);
    let outside = |row: &Row| {
        row.redeemed.first().is_some_and(|first| *first < 0)
            || row.redeemed.last().is_some_and(|last| *last > row.issued)
    };
    if rows.iter().any(|row| falls(row) || outside(row)) {
        return Err(Unreadable::NotCumulative);
    }
    Ok(())
}

/// Σ at the age ÷ Σ at the age before, over the cohorts that reached it.
fn link(rows: &[Row], age: usize) -> Result<Ratio, Unreadable> {
    let reached = || rows.iter().filter(|row| row.redeemed.len() > age);
    let after: i128 = reached().map(|row| i128::from(row.redeemed[age])).sum();
    let before: i128 = reached().map(|row| i128::from(row.redeemed[age - 1])).sum();
    Ratio::new(after, before).ok_or(Unreadable::NoBase)
}

fn ultimate(row: &Row, links: &[Ratio], tail: Ratio, stress: Ratio) -> Option<Ratio> {
    let now = Ratio::whole(i128::from(*row.redeemed.last()?));
    let mut factor = tail;
    for link in links.iter().skip(row.redeemed.len() - 1) {
        factor = factor.times(*link)?;
    }
    let future = now.times(factor)?.minus(now)?.times(stress)?;
    Some(now.plus(future)?.min(Ratio::whole(i128::from(row.issued))))
}

impl Ladder {
    /// The ultimate rate of cohort `at` of `rows`: ever redeemed ÷ issued. `None` without points.
    pub fn urr(&self, rows: &[Row], at: usize) -> Option<Ratio> {
        self.ultimates.get(at)?.over(Ratio::whole(i128::from(rows.get(at)?.issued)))
    }

    /// The rate of the points that are *outstanding* in the cohorts `which`: expected future redemptions
    /// ÷ outstanding. It is below that of issued points, which must never be used for them. `None` when
    /// nothing is outstanding.
    pub fn urr_of_outstanding(&self, rows: &[Row], which: &[usize]) -> Option<Ratio> {
        let (mut future, mut outstanding) = (Ratio::ZERO, 0_i128);
        for at in which {
            let row = rows.get(*at)?;
            let now = i128::from(*row.redeemed.last()?);
            future = future.plus(self.ultimates.get(*at)?.minus(Ratio::whole(now))?)?;
            outstanding += i128::from(row.issued) - now;
        }
        future.over(Ratio::whole(outstanding))
    }
}

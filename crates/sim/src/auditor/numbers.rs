//! The auditor's own arithmetic: rounding, splitting a whole, taking back a part of it.

use lazo_domain::rate::Rounding;

/// `num / den` with `den > 0`, rounded as told.
pub fn divide(num: i128, den: i128, rounding: Rounding) -> i128 {
    let low = if num >= 0 { num / den } else { -((-num + den - 1) / den) };
    let rest = num - low * den;
    match rounding {
        Rounding::Floor => low,
        Rounding::Ceil => low + i128::from(rest != 0),
        Rounding::HalfUp => {
            let away = if num >= 0 { rest * 2 >= den } else { rest * 2 > den };
            low + i128::from(away)
        }
        Rounding::HalfEven => {
            let odd = low.rem_euclid(2) == 1;
            low + i128::from(rest * 2 > den || (rest * 2 == den && odd))
        }
    }
}

/// Splits a whole over weights: everyone gets the floor, then one unit each to whoever is owed the largest fraction,
/// the earlier first. All of it goes to the first when no weight is above zero.
pub fn split(whole: i64, weights: &[i64]) -> Vec<i64> {
    let weights: Vec<i128> = weights.iter().map(|w| i128::from(*w).max(0)).collect();
    let sum: i128 = weights.iter().sum();
    let mut parts = vec![0_i64; weights.len()];
    if sum == 0 {
        if let Some(first) = parts.first_mut() {
            *first = whole;
        }
        return parts;
    }
    let mut owed: Vec<i128> = Vec::new();
    for (part, weight) in parts.iter_mut().zip(&weights) {
        let exact = i128::from(whole) * weight;
        *part = narrow(exact / sum);
        owed.push(exact % sum);
    }
    while parts.iter().sum::<i64>() < whole {
        let most = owed.iter().copied().max().unwrap_or(0);
        let at = owed.iter().position(|o| *o == most).unwrap_or(0);
        parts[at] += 1;
        owed[at] = -1;
    }
    parts
}

/// What belongs to `back` of `bought` thousandths, line by line, each rounded down.
pub fn share_back(shares: &[i64], back: &[i64], bought: &[i64]) -> i64 {
    let mut sum = 0;
    for ((share, back), bought) in shares.iter().zip(back).zip(bought) {
        sum += part_of(*share, *back, *bought);
    }
    sum
}

/// `whole × part / total` rounded down; all of it once nothing is left.
pub fn part_of(whole: i64, part: i64, total: i64) -> i64 {
    if part >= total {
        return whole;
    }
    narrow(divide(i128::from(whole) * i128::from(part), i128::from(total), Rounding::Floor))
}

/// An amount that the auditor knows to fit.
pub fn narrow(amount: i128) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}

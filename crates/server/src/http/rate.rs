//! Rate limits: one bucket of tokens per caller, in this process's memory.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use lazo_domain::time::{SECOND, Timestamp};

/// The most callers remembered at once; past it, full buckets are forgotten, which changes nothing for their owners.
const MAX_BUCKETS: usize = 100_000;

/// The buckets of all callers.
#[derive(Debug, Default)]
pub struct Buckets(Mutex<BTreeMap<String, Bucket>>);

/// Tokens in millionths, as of an instant.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    micro_tokens: i64,
    at: Timestamp,
}

/// What a caller may still ask for, after this request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Was this request within the limit?
    pub granted: bool,
    /// The bucket's size.
    pub limit: u32,
    /// Whole requests left.
    pub remaining: u32,
    /// Seconds until the bucket is full again; for a refused request, until the next one may come.
    pub reset_s: u32,
}

impl Buckets {
    /// Takes one token of `who` at `now`, where `per_s` tokens grow each second up to `burst`.
    pub fn take(&self, who: &str, per_s: u32, burst: u32, now: Timestamp) -> Allowance {
        self.take_within(who, per_s, burst, SECOND, now)
    }

    /// The same where `many` tokens grow in each stretch of `every` microseconds.
    pub fn take_within(
        &self,
        who: &str,
        many: u32,
        burst: u32,
        every: i64,
        now: Timestamp,
    ) -> Allowance {
        let full = i64::from(burst).saturating_mul(SECOND);
        let rate = Growth { many: i64::from(many.max(1)), every: every.max(1) };
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MAX_BUCKETS && !buckets.contains_key(who) {
            buckets.retain(|_, bucket| bucket.filled(now, rate, full) < full);
        }
        let fresh = Bucket { micro_tokens: full, at: now };
        let bucket = buckets.entry(who.to_owned()).or_insert(fresh);
        let tokens = bucket.filled(now, rate, full);
        let granted = tokens >= SECOND;
        let left = if granted { tokens - SECOND } else { tokens };
        // From where the clock stands now, also when it went back: else no token would grow until it caught up.
        *bucket = Bucket { micro_tokens: left, at: now };
        let wait = if granted { full - left } else { SECOND - left };
        let seconds = rate.time_for(wait).div_euclid(SECOND).saturating_add(1);
        Allowance {
            granted,
            limit: burst,
            remaining: u32::try_from(left.div_euclid(SECOND)).unwrap_or(0),
            reset_s: u32::try_from(seconds).unwrap_or(u32::MAX),
        }
    }
}

impl Bucket {
    /// The tokens at `now`; a clock that went back adds none.
    fn filled(&self, now: Timestamp, rate: Growth, full: i64) -> i64 {
        let elapsed = now.0.saturating_sub(self.at.0).max(0);
        self.micro_tokens.saturating_add(rate.in_time(elapsed)).min(full)
    }
}

/// How fast tokens grow: `many` in `every` microseconds.
#[derive(Debug, Clone, Copy)]
struct Growth {
    many: i64,
    every: i64,
}

impl Growth {
    /// Millionths of tokens that grow in so many microseconds.
    fn in_time(self, micros: i64) -> i64 {
        let grown = i128::from(micros) * i128::from(self.many) * i128::from(SECOND);
        i64::try_from(grown / i128::from(self.every)).unwrap_or(i64::MAX)
    }

    /// Microseconds in which so many millionths of tokens grow.
    fn time_for(self, micro_tokens: i64) -> i64 {
        let time = i128::from(micro_tokens) * i128::from(self.every);
        i64::try_from(time / i128::from(self.many) / i128::from(SECOND)).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i22_a_clock_that_was_ahead_and_is_put_right_locks_nobody_out() {
        let (buckets, now) = (Buckets::default(), Timestamp(1_800_000_000_000_000));
        let take = |at: Timestamp| buckets.take("till", 1, 2, at).granted;
        assert!(take(now.plus_micros(86_400 * SECOND)));
        assert!(take(now) && !take(now), "going back gives nothing");
        assert!(take(now.plus_micros(SECOND)), "and takes nothing either");
    }

    #[test]
    fn r105_ten_an_hour_are_ten_at_once_and_then_one_every_six_minutes() {
        let (buckets, now) = (Buckets::default(), Timestamp(1_800_000_000_000_000));
        let take = |at: i64| {
            let at = now.plus_micros(at * SECOND);
            buckets.take_within("somebody", 10, 10, 3_600 * SECOND, at)
        };
        let first = (0..12).filter(|_| take(0).granted).count();
        assert_eq!((first, take(0).reset_s), (10, 361));
        assert!(!take(359).granted && take(361).granted && !take(362).granted);
    }
}

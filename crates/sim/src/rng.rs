//! Random numbers from a seed: splitmix64 (public domain), so that a seed means the same history everywhere.

/// A seeded source. Two sources of one seed give the same numbers.
#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    /// A source for `seed`; neighbouring seeds give unrelated numbers.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut rng = Self(seed);
        rng.bits();
        Self(rng.bits() ^ seed.rotate_left(32))
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`, both included; `low` when the range is empty.
    pub fn within(&mut self, low: i64, high: i64) -> i64 {
        if high <= low {
            return low;
        }
        let span = high.abs_diff(low).wrapping_add(1).max(1);
        low.wrapping_add((self.bits() % span).cast_signed())
    }

    /// True `percent` times out of a hundred.
    pub fn chance(&mut self, percent: i64) -> bool {
        self.within(0, 99) < percent
    }

    /// An index below `len`, which must not be zero.
    pub fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.bits() % u64::try_from(len.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    /// One of `all`; `None` of nothing.
    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        if all.is_empty() { None } else { all.get(self.index(all.len())) }
    }

    /// One of `all`, which must not be empty.
    pub fn one<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.index(all.len())]
    }

    /// A place in `weights`, as often as its weight says; `None` when all are zero.
    pub fn weighted(&mut self, weights: &[i64]) -> Option<usize> {
        let total: i64 = weights.iter().sum();
        let mut left = self.within(0, total - 1);
        weights.iter().position(|weight| {
            left -= weight;
            left < 0
        })
    }
}

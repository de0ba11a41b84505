//! Time until something happens where for some it has not happened yet (Kaplan and Meier 1958).

/// One person's time, and whether it ended in what is waited for or only in the end of watching.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waited {
    /// Days watched.
    pub days: u32,
    /// Whether it happened on the last of them.
    pub happened: bool,
}

/// A step of the curve: from this day on, this share still waits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The day.
    pub day: u32,
    /// How many were still watched before it.
    pub at_risk: u64,
    /// For how many it happened on it.
    pub happened: u64,
    /// The share that still waits after it, 0 to 1.
    pub waiting: f64,
}

/// The curve of those who still wait: Π (1 − d ÷ n) over the days on which it happened.
#[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
pub fn curve(people: &[Waited]) -> Vec<Step> {
    let mut sorted = people.to_vec();
    sorted.sort_by_key(|one| one.days);
    let mut at_risk = sorted.len() as u64;
    let (mut waiting, mut steps, mut at) = (1.0, Vec::new(), 0);
    while at < sorted.len() {
        let day = sorted[at].days;
        let here = sorted[at..].iter().take_while(|one| one.days == day);
        let (mut all, mut happened) = (0_u64, 0_u64);
        for one in here {
            all += 1;
            happened += u64::from(one.happened);
        }
        if happened > 0 {
            waiting *= 1.0 - happened as f64 / at_risk as f64;
            steps.push(Step { day, at_risk, happened, waiting });
        }
        at_risk -= all;
        at += usize::try_from(all).unwrap_or(usize::MAX); // a count of the slice's own items
    }
    steps
}

/// The median wait in days; `None` while it has not happened for half of them, which is an answer and
/// not a large number.
pub fn median(people: &[Waited]) -> Option<u32> {
    curve(people).into_iter().find(|step| step.waiting <= 0.5).map(|step| step.day)
}

//! Whether an objective is on its way: how far its indicator has come, beside how much of its time has passed.

use jiff::civil::Date;
use lazo_domain::time::Zone;

use crate::features::registers::{Entry, Number};

/// How far behind its time an objective may be and still be only at risk, in hundredths of the way.
const SLACK: i128 = 15;

/// Where an objective stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Light {
    /// As far as it should be, or further.
    On,
    /// A little behind.
    AtRisk,
    /// Far behind, or past its date without being there.
    Off,
    /// Nobody can tell: no number, no date or no reading.
    Unknown,
}

impl Light {
    /// Its name outside.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::AtRisk => "at_risk",
            Self::Off => "off",
            Self::Unknown => "unknown",
        }
    }
}

/// Where `objective` stands when its indicator is at `now` on the day `today`: on a straight line from where it began to
/// its target.
#[must_use]
pub fn of(objective: &Entry, now: Option<Number>, today: Date, zone: &Zone) -> Light {
    let (Some(base), Some(target), Some(due), Some(now)) =
        (objective.number("baseline"), objective.number("target"), objective.day("due"), now)
    else {
        return Light::Unknown;
    };
    let from = objective.day("from").unwrap_or(objective.created_at.local(zone).date());
    let (way, come) = (i128::from(target.0 - base.0), i128::from(now.0 - base.0));
    let time = i128::from((due - from).get_days());
    let passed = i128::from((today - from).get_days());
    if way == 0 || time <= 0 {
        return Light::Unknown;
    }
    // Hundredths of the way and of the time, exact enough to tell three lights apart.
    let done = come * 100 / way;
    let expected = (passed * 100 / time).clamp(0, 100);
    if done >= 100 || done >= expected {
        Light::On
    } else if expected < 100 && done >= expected - SLACK {
        Light::AtRisk
    } else {
        Light::Off
    }
}

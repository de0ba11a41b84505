//! The clock of a request: minutes that run in business hours only, Monday to Friday from nine to six on the tenant's
//! wall. Holidays are not known to it.

use jiff::ToSpan;
use jiff::civil::Weekday;
use lazo_domain::time::{SECOND, Timestamp, Zone};

const OPENS: i8 = 9;
const CLOSES: i8 = 18;
const MINUTE: i64 = 60 * SECOND;
/// Business minutes of a day.
const DAY: i64 = 9 * 60;

/// Business minutes until somebody must have answered.
#[must_use]
pub fn answer_minutes(priority: &str) -> i64 {
    match priority {
        "urgent" => 60,
        "high" => 240,
        "low" => 2 * DAY,
        _ => DAY,
    }
}

/// Business minutes until it must be done.
#[must_use]
pub fn resolve_minutes(kind: &str, priority: &str) -> i64 {
    let days = match kind {
        "comment" => 5,
        "question" => 3,
        "problem" => 2,
        "change" => 15,
        _ => 8,
    };
    match priority {
        "urgent" => (days * DAY / 4).max(answer_minutes(priority)),
        "high" => days * DAY / 2,
        "low" => days * DAY * 2,
        _ => days * DAY,
    }
}

/// When `minutes` of business time have passed since `from`.
#[must_use]
pub fn due(from: Timestamp, minutes: i64, zone: &Zone) -> Timestamp {
    let mut left = minutes.max(0).saturating_mul(MINUTE);
    let mut day = from.local(zone).date();
    let mut at = from;
    // A request's longest clock is some weeks; a year of days is a limit that it never meets.
    for _ in 0..366 {
        let open = zone.instant(day.at(OPENS, 0, 0, 0)).max(at);
        let close = zone.instant(day.at(CLOSES, 0, 0, 0));
        let works = !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        if works && open < close {
            let room = close.0 - open.0;
            if left <= room {
                return open.plus_micros(left);
            }
            left -= room;
        }
        let Ok(next) = day.checked_add(1.day()) else { break };
        day = next;
        at = zone.start_of(day);
    }
    at
}

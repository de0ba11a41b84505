//! Calendars of ladders with answers worked out by hand.

use super::*;
use crate::account::CounterChange;
use crate::program::{Measure, Tier};

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn group(window: Window) -> TierGroup {
    let tier = |code: &str, threshold| Tier {
        code: code.into(),
        name: Default::default(),
        threshold,
        multiplier: None,
        benefits: vec![],
    };
    TierGroup {
        code: "status".into(),
        name: Default::default(),
        measure: Measure::Spend,
        window,
        tiers: vec![tier("silver", 100), tier("gold", 300)],
        grace: None,
        soft_landing: false,
    }
}

fn count(ladder: &Ladder<'_>, counters: &mut Counters, when: &str, by: i64) {
    counters.add(&CounterChange {
        key: ladder.counter(),
        period: ladder.period_of(at(when)).into(),
        by,
    });
}

#[test]
fn r110_a_calendar_year_counts_in_the_programs_zone() {
    let (group, zone) = (group(Window::CalendarYear), Zone::named("Europe/Madrid").unwrap());
    let ladder = Ladder {
        program: "club",
        group: &group,
        zone: &zone,
        enrolled_at: at("2025-05-05T00:00:00Z"),
    };
    let mut counters = Counters::default();
    // 23:30 UTC on the last of December is already the new year in Madrid.
    count(&ladder, &mut counters, "2025-12-31T23:30:00Z", 120);
    assert_eq!(ladder.measured(&counters, at("2026-06-01T00:00:00Z")), 120);
    assert_eq!(ladder.measured(&counters, at("2025-12-31T22:30:00Z")), 0);
    assert_eq!(ladder.kept_until(at("2026-06-01T00:00:00Z")), Some(at("2027-12-31T23:00:00Z")));
    assert_eq!(ladder.next_review(at("2027-12-31T23:00:00Z")), Some(at("2028-12-31T23:00:00Z")));
}

#[test]
fn r110_a_rolling_window_forgets_month_by_month() {
    let (group, zone) = (group(Window::Rolling { months: 3 }), Zone::utc());
    let ladder = Ladder {
        program: "club",
        group: &group,
        zone: &zone,
        enrolled_at: at("2025-05-05T00:00:00Z"),
    };
    let mut counters = Counters::default();
    count(&ladder, &mut counters, "2026-01-31T12:00:00Z", 100);
    count(&ladder, &mut counters, "2026-03-01T12:00:00Z", 50);
    assert_eq!(ladder.measured(&counters, at("2026-03-31T00:00:00Z")), 150);
    assert_eq!(ladder.measured(&counters, at("2026-04-01T00:00:00Z")), 50);
    assert_eq!(ladder.kept_until(at("2026-01-31T12:00:00Z")), Some(at("2026-04-30T12:00:00Z")));
}

#[test]
fn r110_membership_years_turn_on_the_day_of_enrollment() {
    let (group, zone) = (group(Window::Anniversary), Zone::utc());
    let ladder = Ladder {
        program: "club",
        group: &group,
        zone: &zone,
        enrolled_at: at("2024-02-29T10:00:00Z"),
    };
    assert_eq!(ladder.period_of(at("2025-02-27T23:59:59Z")), "2024-02-29");
    assert_eq!(ladder.period_of(at("2025-02-28T00:00:00Z")), "2025-02-28");
    assert_eq!(ladder.period_of(at("2028-02-28T12:00:00Z")), "2027-02-28");
    assert_eq!(ladder.period_of(at("2028-02-29T00:00:00Z")), "2028-02-29");
    assert_eq!(ladder.kept_until(at("2024-06-01T00:00:00Z")), Some(at("2026-02-28T00:00:00Z")));
    assert_eq!(ladder.next_review(at("2026-02-28T00:00:00Z")), Some(at("2027-02-28T00:00:00Z")));
}

#[test]
fn r110_a_lifetime_ladder_never_looks_again() {
    let (group, zone) = (group(Window::Lifetime), Zone::utc());
    let ladder = Ladder {
        program: "club",
        group: &group,
        zone: &zone,
        enrolled_at: at("2024-02-29T10:00:00Z"),
    };
    let mut counters = Counters::default();
    count(&ladder, &mut counters, "2024-03-01T00:00:00Z", 200);
    count(&ladder, &mut counters, "2034-03-01T00:00:00Z", 100);
    assert_eq!(
        ladder.group.reached(ladder.measured(&counters, at("2040-01-01T00:00:00Z"))).unwrap().code,
        "gold"
    );
    assert_eq!(ladder.kept_until(at("2040-01-01T00:00:00Z")), None);
}

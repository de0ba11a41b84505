//! The waits between attempts, worked out by hand.

use lazo_domain::ids::WebhookDeliveryId;
use lazo_domain::time::{SECOND, Timestamp};

use crate::features::webhook_endpoints::Attempt;
use crate::features::webhook_endpoints::retry::{MAX_ATTEMPTS, next_attempt, rest_until};

const HOUR: i64 = 3_600 * SECOND;

fn attempt(retry_after_s: Option<i64>) -> Attempt {
    Attempt { status: Some(503), fault: None, latency_ms: 1, answer: String::new(), retry_after_s }
}

#[test]
fn q13_a_delivery_is_tried_for_about_a_day_and_then_is_dead() {
    // 15 s, 1 min, 4 min, 16 min, 64 min, 4 h 16 min, 8 h, 8 h, each up to a fifth longer.
    let waits_s = [15, 60, 240, 960, 3_840, 15_360, 28_800, 28_800];
    for id in 1..200 {
        let mut now = Timestamp(0);
        for (n, wait_s) in (1..).zip(waits_s) {
            let next = next_attempt(WebhookDeliveryId(id), n, &attempt(None), now).unwrap();
            let waited = next.0 - now.0;
            assert!((wait_s * SECOND..=wait_s * SECOND * 6 / 5).contains(&waited), "{n}: {waited}");
            now = next;
        }
        assert!((21 * HOUR..27 * HOUR).contains(&now.0), "{now}");
        assert_eq!(next_attempt(WebhookDeliveryId(id), MAX_ATTEMPTS, &attempt(None), now), None);
    }
}

#[test]
fn q13_deliveries_that_failed_together_do_not_come_back_together() {
    let next = |id| next_attempt(WebhookDeliveryId(id), 5, &attempt(None), Timestamp(0)).unwrap();
    let mut instants: Vec<i64> = (0..100).map(|id| next(id).0).collect();
    assert_eq!(next(7), next(7), "the same attempt draws the same");
    instants.sort_unstable();
    instants.dedup();
    assert_eq!(instants.len(), 100);
    assert!(instants[99] - instants[0] > 600 * SECOND);
}

#[test]
fn an_endpoint_is_left_alone_longer_each_time_and_as_long_as_it_asks() {
    let rest = |failures| rest_until(failures, &attempt(None), Timestamp(0)).0 / SECOND;
    assert_eq!([1, 2, 3, 4, 5, 6, 7, 100].map(rest), [15, 30, 60, 120, 240, 480, 600, 600]);
    assert_eq!(rest_until(1, &attempt(Some(900)), Timestamp(0)).0, 900 * SECOND);
    let next = next_attempt(WebhookDeliveryId(1), 1, &attempt(Some(900)), Timestamp(0)).unwrap();
    assert_eq!(next.0, 900 * SECOND);
    let forever = next_attempt(WebhookDeliveryId(1), 1, &attempt(Some(i64::MAX)), Timestamp(0));
    assert_eq!(forever.unwrap().0, 24 * HOUR, "at most a day");
}

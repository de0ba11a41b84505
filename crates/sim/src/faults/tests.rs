//! The oracle itself: each kind of fault in a list of events is told by its name.

use super::oracle::{Deed, Found, Oracle};
use super::tills::{deed, effect};

fn purchase(reference: &str, points: i64) -> Deed {
    deed("till", reference.to_owned(), vec![effect(0, "purchase", points, 0)])
}

fn found(reference: &str, points: i64) -> Found {
    Found {
        account: 0,
        id: format!("evt_{reference}"),
        kind: "purchase".into(),
        source: "till".into(),
        reference: reference.into(),
        available: points,
        held: 0,
    }
}

/// Two purchases, both acknowledged, and one that nobody answered.
fn oracle() -> Oracle {
    let oracle = Oracle::default();
    for (reference, points) in [("a", 5), ("b", 7)] {
        let number = oracle.begin(purchase(reference, points));
        oracle.acknowledge(number, &format!("evt_{reference}"), None);
    }
    oracle.begin(purchase("open", 100));
    oracle
}

#[test]
fn i7_the_oracle_is_content_when_all_that_was_acknowledged_is_there() {
    let verdict = oracle().judge(&[found("a", 5), found("b", 7)], &[(12, 0)]);
    assert!(verdict.is_clean(), "{verdict:?}");
    assert_eq!((verdict.sent, verdict.acknowledged, verdict.open), (3, 2, 1));
    let done_unheard = [found("a", 5), found("b", 7), found("open", 100)];
    assert!(oracle().judge(&done_unheard, &[(112, 0)]).is_clean());
}

#[test]
fn i7_the_oracle_names_what_is_lost_doubled_unexplained_or_wrong() {
    let counts = |found: &[Found], balance| {
        let v = oracle().judge(found, &[(balance, 0)]);
        (v.lost, v.doubled, v.unexplained, v.wrong)
    };
    assert_eq!(counts(&[found("a", 5)], 5), (1, 0, 0, 0));
    let twice = [found("a", 5), found("b", 7), found("b", 7)];
    assert_eq!(counts(&twice, 19), (0, 1, 0, 0));
    let strange = [found("a", 5), found("b", 7), found("c", 1)];
    assert_eq!(counts(&strange, 13), (0, 0, 1, 0));
    assert_eq!(counts(&[found("a", 6), found("b", 7)], 13), (0, 0, 0, 1));
    assert_eq!(
        counts(&[found("a", 5), found("b", 7)], 11),
        (0, 0, 0, 1),
        "a balance that is no sum"
    );
}

#[test]
fn i6_an_answer_that_names_another_event_than_before_is_wrong() {
    let oracle = oracle();
    oracle.acknowledge(0, "evt_other", None);
    assert_eq!(oracle.judge(&[found("a", 5), found("b", 7)], &[(12, 0)]).wrong, 1);
}

#[test]
fn i7_a_transfer_of_which_one_half_is_there_is_wrong() {
    let oracle = Oracle::default();
    let halves = vec![effect(0, "transfer_out", -3, 0), effect(1, "transfer_in", 3, 0)];
    oracle.begin(deed("transfer", "t".into(), halves));
    let half = Found { kind: "transfer_out".into(), source: "transfer".into(), ..found("t", -3) };
    assert_eq!(oracle.judge(&[half], &[(-3, 0), (0, 0)]).wrong, 1);
}

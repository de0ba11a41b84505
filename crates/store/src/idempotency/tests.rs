//! One key, one effect, one answer: twins, other bodies, dead workers and expiry, on both engines.

use std::sync::Arc;
use std::time::Duration;

use lazo_domain::ids::TenantId;
use lazo_domain::time::{DAY, SECOND, Timestamp};

use super::{Begun, Concluded, Idempotency, KEPT_MICROS, Token};
use crate::clock::ManualClock;
use crate::testing::on_both;

const TENANT: TenantId = TenantId(1);

#[tokio::test(flavor = "multi_thread")]
async fn i6_the_same_request_gets_the_same_answer_and_another_is_refused() {
    on_both(async |test| {
        let clock = ManualClock::new(Timestamp(1_800_000_000_000_000));
        let answers = Idempotency::new(test.db.clone());
        let begin = async |hash: &[u8]| answers.begin(TENANT, "k", hash, &clock).await.unwrap();
        let Begun::Fresh(token) = begin(b"a").await else { panic!("the first is fresh") };
        answers.finish(&token, 201, b"{\"id\":1}").await.unwrap();
        let kept = Begun::Answered { status: 201, answer: b"{\"id\":1}".to_vec() };
        assert_eq!(begin(b"a").await, kept);
        assert_eq!(begin(b"b").await, Begun::OtherRequest);
        // The key of another tenant says nothing of this one's.
        let other = answers.begin(TenantId(2), "k", b"b", &clock).await.unwrap();
        assert!(matches!(other, Begun::Fresh(_)));
        clock.advance(DAY);
        assert_eq!(begin(b"a").await, kept);
        clock.advance(KEPT_MICROS);
        assert!(matches!(begin(b"b").await, Begun::Fresh(_)));
        clock.advance(KEPT_MICROS);
        assert_eq!(answers.purge(Timestamp(1_900_000_000_000_000)).await.unwrap(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn q6_fifty_twins_at_once_have_one_effect() {
    on_both(async |test| {
        let clock = Arc::new(ManualClock::new(Timestamp(1_800_000_000_000_000)));
        let answers = Idempotency::new(test.db.clone());
        let twins = (0..50).map(|_| {
            let (answers, clock) = (answers.clone(), Arc::clone(&clock));
            tokio::spawn(async move {
                match answers.begin(TENANT, "k", b"a", &*clock).await.unwrap() {
                    Begun::Fresh(token) => {
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        answers.finish(&token, 200, b"done").await.unwrap();
                        1
                    }
                    Begun::Answered { status: 200, answer } if answer == b"done" => 0,
                    other => panic!("{other:?}"),
                }
            })
        });
        let mut effects = 0;
        for twin in twins.collect::<Vec<_>>() {
            effects += twin.await.unwrap();
        }
        assert_eq!(effects, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn q6_a_dead_worker_is_replaced_and_cannot_answer_late() {
    on_both(async |test| {
        let clock = ManualClock::new(Timestamp(1_800_000_000_000_000));
        let answers = Idempotency::new(test.db.clone());
        let begin = || answers.begin(TENANT, "k", b"a", &clock);
        let Begun::Fresh(dead) = begin().await.unwrap() else { panic!("the first is fresh") };
        clock.advance(5 * SECOND);
        let Begun::Fresh(heir) = begin().await.unwrap() else { panic!("its lease is over") };
        answers.finish(&dead, 200, b"late").await.unwrap();
        answers.finish(&heir, 201, b"heir").await.unwrap();
        let kept = Begun::Answered { status: 201, answer: b"heir".to_vec() };
        assert_eq!(begin().await.unwrap(), kept);
        answers.abandon(&heir).await.unwrap();
        assert_eq!(begin().await.unwrap(), kept, "an answer given is not taken back");
        let Begun::Fresh(token) = answers.begin(TENANT, "l", b"a", &clock).await.unwrap() else {
            panic!("fresh")
        };
        answers.abandon(&token).await.unwrap();
        assert!(matches!(answers.begin(TENANT, "l", b"b", &clock).await.unwrap(), Begun::Fresh(_)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn q6_whoever_gives_signs_of_life_keeps_its_request_also_when_the_clock_goes_back() {
    on_both(async |test| {
        let clock = ManualClock::new(Timestamp(1_800_000_000_000_000));
        let answers = Idempotency::new(test.db.clone());
        let begin = || answers.begin(TENANT, "k", b"a", &clock);
        let Begun::Fresh(mut slow) = begin().await.unwrap() else { panic!("the first is fresh") };
        clock.advance(3 * SECOND);
        answers.renew(&mut slow, crate::clock::Clock::now(&clock)).await.unwrap();
        clock.advance(3 * SECOND);
        assert_eq!(begin().await.unwrap(), Begun::InFlight);
        // A clock that was a day ahead and is put right holds nobody up for a day.
        clock.advance(-DAY);
        assert!(matches!(begin().await.unwrap(), Begun::Fresh(_)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn q6_of_two_that_work_on_one_request_only_one_answer_is_told() {
    on_both(async |test| {
        let clock = ManualClock::new(Timestamp(1_800_000_000_000_000));
        let answers = Idempotency::new(test.db.clone());
        let begin = |key: &'static str| answers.begin(TENANT, key, b"a", &clock);
        let conclude = async |token: &Token, answer: (i64, &[u8])| {
            answers.conclude(token, b"a", answer, &clock).await.unwrap()
        };
        // The first is slow, and somebody else does it meanwhile.
        let Begun::Fresh(slow) = begin("k").await.unwrap() else { panic!("the first is fresh") };
        clock.advance(5 * SECOND);
        let Begun::Fresh(heir) = begin("k").await.unwrap() else { panic!("its lease is over") };
        assert_eq!(conclude(&heir, (201, b"heir")).await, Concluded::Kept);
        let kept = Concluded::Answered { status: 201, answer: b"heir".to_vec() };
        assert_eq!(conclude(&slow, (201, b"slow")).await, kept);
        // Whoever took over is gone: the first one's answer counts after all.
        let Begun::Fresh(slow) = begin("l").await.unwrap() else { panic!("the first is fresh") };
        clock.advance(5 * SECOND);
        assert!(matches!(begin("l").await.unwrap(), Begun::Fresh(_)));
        clock.advance(5 * SECOND);
        assert_eq!(conclude(&slow, (201, b"slow")).await, Concluded::Kept);
        let told = Begun::Answered { status: 201, answer: b"slow".to_vec() };
        assert_eq!(begin("l").await.unwrap(), told);
    })
    .await;
}

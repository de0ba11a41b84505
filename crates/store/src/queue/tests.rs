//! A job is leased to one worker at a time, tried again with growing waits, and never lost, on both engines.

use std::collections::BTreeSet;

use lazo_domain::time::{SECOND, Timestamp};

use super::{NewJob, Queue};
use crate::testing::on_both;

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);

fn later(seconds: i64) -> Timestamp {
    Timestamp(NOW.0 + seconds * SECOND)
}

fn new(job: i64, key: Option<&str>) -> NewJob {
    NewJob {
        job,
        queue: "mail".into(),
        unique_key: key.map(str::to_owned),
        data: "{}".into(),
        run_at: NOW,
        max_attempts: 3,
        created_at: NOW,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_leased_to_one_worker_and_leased_again_when_the_worker_died() {
    on_both(async |test| {
        let queue = Queue::new(test.db.clone());
        let jobs: Vec<_> = (1..=40).map(|n| new(n, None)).collect();
        assert_eq!(queue.put(&jobs).await.unwrap(), 40);
        assert_eq!(queue.put(&jobs).await.unwrap(), 0);
        let claim = || queue.claim("mail", NOW, later(30), 15);
        let (a, b, c) = tokio::join!(claim(), claim(), claim());
        let mut seen: Vec<i64> =
            [a, b, c].into_iter().flat_map(Result::unwrap).map(|j| j.job).collect();
        seen.extend(claim().await.unwrap().into_iter().map(|j| j.job));
        seen.extend(claim().await.unwrap().into_iter().map(|j| j.job));
        assert_eq!(seen.len(), 40);
        assert_eq!(seen.into_iter().collect::<BTreeSet<_>>().len(), 40);
        assert!(claim().await.unwrap().is_empty());
        assert!(queue.claim("other", NOW, later(30), 5).await.unwrap().is_empty());

        let again = queue.claim("mail", later(30), later(60), 1).await.unwrap().remove(0);
        assert_eq!((again.job, again.attempts), (1, 2));
        // The worker that lost its lease cannot end the job any more.
        let lost = super::Job { attempts: 1, ..again.clone() };
        assert!(!queue.done(&lost).await.unwrap());
        assert!(!queue.keep(&lost, later(90)).await.unwrap());
        assert!(queue.keep(&again, later(90)).await.unwrap());
        assert!(queue.done(&again).await.unwrap());
        assert_eq!(queue.depth("mail").await.unwrap(), (39, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_job_waits_longer_each_time_and_ends_with_the_dead_letters() {
    on_both(async |test| {
        let queue = Queue::new(test.db.clone());
        queue.put(&[new(1, Some("k"))]).await.unwrap();
        assert_eq!(queue.put(&[new(2, Some("k"))]).await.unwrap(), 0, "its twin is alive");
        let mut now = NOW;
        for (attempt, least, most) in [(1, 5, 7), (2, 10, 13)] {
            let job =
                queue.claim("mail", now, Timestamp(now.0 + SECOND), 5).await.unwrap().remove(0);
            assert_eq!(job.attempts, attempt);
            queue.failed(&job, now, "no route").await.unwrap();
            let early = Timestamp(now.0 + least * SECOND - 1);
            assert!(queue.claim("mail", early, early, 5).await.unwrap().is_empty());
            now = Timestamp(now.0 + most * SECOND);
        }
        let job = queue.claim("mail", now, Timestamp(now.0 + SECOND), 5).await.unwrap().remove(0);
        assert_eq!(job.last_error.as_deref(), Some("no route"));
        queue.failed(&job, now, "still none").await.unwrap();
        assert!(
            queue.claim("mail", later(1_000_000), later(1_000_001), 5).await.unwrap().is_empty()
        );
        assert_eq!(queue.depth("mail").await.unwrap(), (0, 1));
        let dead = queue.dead("mail", 0, 10).await.unwrap();
        assert_eq!(dead[0].last_error.as_deref(), Some("still none"));
        // The key is free again, and taken keys keep the dead from coming back.
        assert_eq!(queue.put(&[new(3, Some("k"))]).await.unwrap(), 1);
        assert!(!queue.revive(1, now).await.unwrap());
        let third = queue.claim("mail", now, now, 5).await.unwrap().remove(0);
        assert!(queue.done(&third).await.unwrap());
        assert!(queue.revive(1, now).await.unwrap());
        assert_eq!(queue.claim("mail", now, now, 5).await.unwrap()[0].attempts, 1);
    })
    .await;
}

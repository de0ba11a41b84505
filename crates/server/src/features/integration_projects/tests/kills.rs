//! A wave killed at any moment and given again: everything is there once, and the same.

use std::time::Duration;

use lazo_store::testing::on_both;

use super::{Office, unseen};

/// Kills a wave at ever later moments, then lets it end. Aborting the task drops it at whatever it waits for, as a killed
/// process would; what it held lapses with time.
#[tokio::test(flavor = "multi_thread")]
async fn a3_m39_a_wave_killed_at_any_moment_and_given_again_posts_everything_once() {
    on_both(async |db| {
        let office = Office::open(db).await;
        office.to_approved().await;
        for micros in (0..40).map(|n| n * n * 40) {
            let (bench, project) = (office.ana.clone(), office.project().await);
            if project.state != super::super::state::State::Approved {
                break;
            }
            let task = tokio::spawn(async move { bench.run_wave(&project, 1, &unseen).await });
            tokio::time::sleep(Duration::from_micros(micros)).await;
            task.abort();
            let _ = task.await;
            office.clock.advance(11 * lazo_domain::time::SECOND);
        }
        let project = office.project().await;
        office.ana.run_wave(&project, 1, &unseen).await.unwrap();
        let report = office.ana.reconcile(&office.project().await, 1, &unseen).await.unwrap();
        assert!(report.agrees && report.members == 5, "{report:?}");
        for (scheme, number, points) in [
            ("card", "0002", 1_250),
            ("card", "0003", 75),
            ("card", "0004", 500),
            ("hotel", "B-2", 52),
        ] {
            assert_eq!(office.points(scheme, number).await, points, "{scheme}/{number}");
        }
    })
    .await;
}

/// Two operators at once: one works, the other is told who does.
#[tokio::test(flavor = "multi_thread")]
async fn a3_two_operators_at_once_do_not_get_into_each_others_way() {
    on_both(async |db| {
        let office = Office::open(db).await;
        office.to_approved().await;
        let project = office.project().await;
        let runs = (0..4).map(|_| {
            let (bench, project) = (office.ana.clone(), project.clone());
            tokio::spawn(async move { bench.run_wave(&project, 1, &unseen).await })
        });
        let answers = futures_util::future::join_all(runs.collect::<Vec<_>>()).await;
        let posted: u64 =
            answers.into_iter().filter_map(|a| a.unwrap().ok()).map(|run| run.posted).sum();
        assert_eq!(posted, 5);
        let report = office.ana.reconcile(&office.project().await, 1, &unseen).await.unwrap();
        assert!(report.agrees && report.members == 5, "{report:?}");
    })
    .await;
}

//! Histories through the store on both engines, and a posting process that is killed over and over.

use std::path::Path;

use lazo_sim::through::{killing, play};
use lazo_store::testing::on_both;

#[tokio::test(flavor = "multi_thread")]
async fn q1_the_store_holds_what_the_core_decided_on_both_engines() {
    for seed in [5, 17, 40] {
        on_both(async |test| {
            let posted = play(&test.url, seed, 120).await.unwrap();
            assert!(posted.commands >= 90, "{posted:?}");
        })
        .await;
    }
}

/// Goal: I7, what is acknowledged is there and counts once, whatever moment the process dies at. Method: it is killed
/// (-9) some milliseconds after an acknowledgement and started again from the first batch not acknowledged.
#[tokio::test(flavor = "multi_thread")]
async fn i7_a_posting_process_killed_at_random_moments_loses_nothing_and_posts_nothing_twice() {
    let program = Path::new(env!("CARGO_BIN_EXE_lazo-sim"));
    on_both(async |test| {
        let killed = killing::run(program, &test.url, 23, 200, 6).await.unwrap();
        assert!(killed.kills > 0, "{killed:?}");
    })
    .await;
}

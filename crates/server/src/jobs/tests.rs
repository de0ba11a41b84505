//! Jobs take turns, stop when asked, survive their own faults, and are one node's at a time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lazo_domain::time::Timestamp;
use lazo_store::testing::{TestDb, on_both};
use lazo_store::{Clock, ManualClock, schedule};

use crate::testing::until;

use super::{Job, Report, Runner, Step, Stop};

const START: Timestamp = Timestamp(1_800_000_000_000_000);
const MINUTE: Duration = Duration::from_secs(60);

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(START))
}

fn runner(test: &TestDb, clock: &Arc<ManualClock>, holder: &str, jobs: Vec<Job>) -> Runner {
    Runner::new(test.db.clone(), Arc::clone(clock) as Arc<dyn Clock>, holder, jobs)
}

/// A job with so many things to do, five in each step.
fn counting(name: &'static str, left: &Arc<AtomicU64>) -> Job {
    let left = Arc::clone(left);
    Job::one(name, MINUTE, move |_| {
        let batch = left.load(Ordering::SeqCst).min(5);
        left.fetch_sub(batch, Ordering::SeqCst);
        async move { Ok(Step { done: batch, more: batch == 5 }) }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn once_means_until_nothing_is_left_and_a_fault_stops_nobody_else() {
    on_both(async |test| {
        let left = Arc::new(AtomicU64::new(17));
        let failing = Job::one("b.fails", MINUTE, |_| async { Err("the disk is full".into()) });
        let panicking = Job::one("c.panics", MINUTE, |_| async { panic!("on purpose") });
        let more = Arc::new(AtomicU64::new(1));
        let jobs =
            vec![counting("a.counts", &left), failing, panicking, counting("d.counts", &more)];
        let runner = runner(test, &clock(), "one", jobs);
        let mut heard = Vec::new();
        let (_stopper, stop) = Stop::new();
        let reports = runner.run_once(&stop, |report| heard.push(report.clone())).await;
        assert_eq!(reports, heard);
        let seen: Vec<(&str, u64, bool)> =
            reports.iter().map(|r| (r.name, r.done, r.error.is_some())).collect();
        let wanted = [
            ("a.counts", 17, false),
            ("b.fails", 0, true),
            ("c.panics", 0, true),
            ("d.counts", 1, false),
        ];
        assert_eq!(seen, wanted);
        let turns = schedule::all(&test.db).await.unwrap();
        assert_eq!(turns[1].last_error.as_deref(), Some("the disk is full"));
        assert!(turns.iter().all(|turn| turn.ended_at == Some(START)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_never_do_one_job_at_the_same_time() {
    on_both(async |test| {
        let clock = clock();
        let inside = Arc::new(AtomicU64::new(0));
        let most = Arc::new(AtomicU64::new(0));
        let job = || {
            let (inside, most) = (Arc::clone(&inside), Arc::clone(&most));
            Job::one("slow", MINUTE, move |_| {
                let (inside, most) = (Arc::clone(&inside), Arc::clone(&most));
                async move {
                    most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(200)).await;
                    inside.fetch_sub(1, Ordering::SeqCst);
                    Ok(Step { done: 1, more: false })
                }
            })
        };
        let nodes: Vec<Runner> =
            ["a", "b", "c"].map(|name| runner(test, &clock, name, vec![job()])).into();
        let (_stopper, stop) = Stop::new();
        let once = |node: &Runner| {
            let (node, stop) = (node.clone(), stop.clone());
            async move { node.run_once(&stop, |_| {}).await.remove(0) }
        };
        let (a, b, c) = tokio::join!(once(&nodes[0]), once(&nodes[1]), once(&nodes[2]));
        let done: u64 = [&a, &b, &c].iter().map(|report: &&Report| report.done).sum();
        assert_eq!((done, most.load(Ordering::SeqCst)), (1, 1));
        assert_eq!([a, b, c].iter().filter(|report| report.elsewhere).count(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_node_stops_after_the_step_it_is_at() {
    let test = TestDb::sqlite().await;
    let steps = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&steps);
    let endless = Job::every_node("endless", MINUTE, move |_| {
        let log = Arc::clone(&log);
        async move {
            log.lock().unwrap().push("begun");
            tokio::time::sleep(Duration::from_millis(30)).await;
            log.lock().unwrap().push("done");
            Ok(Step { done: 1, more: true })
        }
    });
    let idle = Job::one("idle", MINUTE, |_| async { Ok(Step::default()) });
    let runner = runner(&test, &clock(), "one", vec![endless, idle]);
    let (stopper, stop) = Stop::new();
    let running = tokio::spawn(async move { runner.run(&stop).await });
    until(async || steps.lock().unwrap().len() >= 4).await;
    stopper.ask();
    tokio::time::timeout(MINUTE, running).await.expect("it stops").unwrap();
    let steps = steps.lock().unwrap();
    assert!(steps.len() >= 4, "{steps:?}");
    assert!(steps.chunks(2).all(|pair| pair == ["begun", "done"]), "no step was cut off");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_waits_for_its_time_and_longer_after_failures() {
    let test = TestDb::sqlite().await;
    let clock = clock();
    let tries = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&tries);
    let job = Job::one("often", Duration::from_millis(10), move |_| {
        let count = Arc::clone(&count);
        async move {
            count.fetch_add(1, Ordering::SeqCst);
            Err::<Step, _>("not now".into())
        }
    });
    let runner = runner(&test, &clock, "one", vec![job]);
    let (stopper, stop) = Stop::new();
    let running = tokio::spawn(async move { runner.run(&stop).await });
    // The written time stands still with the clock, so there is one try until it moves.
    for wanted in [1, 2] {
        until(async || tries.load(Ordering::SeqCst) >= wanted).await;
        tokio::time::sleep(Duration::from_millis(80)).await;
        assert_eq!(tries.load(Ordering::SeqCst), wanted);
        clock.advance(60_000_000);
    }
    stopper.ask();
    tokio::time::timeout(MINUTE, running).await.expect("it stops").unwrap();
}

#[test]
#[should_panic(expected = "two jobs of one name")]
fn two_jobs_of_one_name_are_a_mistake_of_ours() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let test = TestDb::sqlite().await;
        let job = || Job::one("twice", MINUTE, |_| async { Ok(Step::default()) });
        runner(&test, &clock(), "one", vec![job(), job()]);
    });
}

#[test]
fn a_stopper_that_is_gone_has_asked() {
    let (stopper, stop) = Stop::new();
    assert!(!stop.is_asked());
    drop(stopper);
    assert!(stop.is_asked());
}

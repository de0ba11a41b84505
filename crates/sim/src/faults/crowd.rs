//! Many tills at work while something is done to the server; in the end each asks until it is answered.

use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use super::tills::{Floor, Till};

/// How long clients may ask in the end: longer than a key can be held by a process that died.
const FINISH: Duration = Duration::from_secs(60);

/// How the clients fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fared {
    /// Requests that were sent again.
    pub again: u64,
    /// Connections that were broken off before the answer.
    pub broken: u64,
}

/// Lets `tills` clients work while `torture` goes on, which leaves a server behind for what is still open. Answers
/// what it leaves and how the clients fared.
pub fn crowd<T>(
    floor: &Floor<'_>,
    tills: u64,
    torture: impl FnOnce() -> anyhow::Result<T>,
) -> anyhow::Result<(T, Fared)> {
    thread::scope(|scope| {
        let start = |number| {
            scope.spawn(move || {
                let mut till = Till::open(floor, number);
                till.work();
                till
            })
        };
        let working: Vec<_> = (0..tills).map(start).collect();
        let left = torture();
        floor.stop.store(true, Ordering::SeqCst);
        let ended: Vec<Till<'_>> =
            working.into_iter().filter_map(|till| till.join().ok()).collect();
        let left = left?;
        let finish = |mut till: Till<'_>| {
            till.finish(FINISH);
            Fared { again: till.again, broken: till.broken }
        };
        let finishing: Vec<_> =
            ended.into_iter().map(|till| scope.spawn(move || finish(till))).collect();
        let fared = finishing.into_iter().filter_map(|till| till.join().ok());
        let add = |sum: Fared, one: Fared| Fared {
            again: sum.again + one.again,
            broken: sum.broken + one.broken,
        };
        Ok((left, fared.fold(Fared::default(), add)))
    })
}

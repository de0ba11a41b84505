//! Work in fixed pieces on all cores; results come in the order of the pieces, so they do not depend
//! on how many cores there are.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Runs `work` on each of the pieces `0..pieces` with up to `threads` threads.
pub fn map<T: Send>(threads: usize, pieces: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let threads = threads.clamp(1, pieces.max(1));
    if threads == 1 {
        return (0..pieces).map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(pieces));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let piece = next.fetch_add(1, Ordering::Relaxed);
                    if piece >= pieces {
                        break;
                    }
                    let result = work(piece);
                    match done.lock() {
                        Ok(mut done) => done.push((piece, result)),
                        Err(poisoned) => poisoned.into_inner().push((piece, result)),
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_unstable_by_key(|(piece, _)| *piece);
    done.into_iter().map(|(_, result)| result).collect()
}

/// The bounds of each piece when `all` things are cut into pieces of `size`.
pub fn pieces(all: usize, size: usize) -> Vec<std::ops::Range<usize>> {
    (0..all.div_ceil(size)).map(|piece| piece * size..all.min((piece + 1) * size)).collect()
}

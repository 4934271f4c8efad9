//! Work on several threads, and its results one after the other.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

/// Stack of a thread, in bytes: as much as a program's first thread has.
const STACK: usize = 8 << 20;
/// Numbers that a thread works on before it hands their results over, at most:
/// for each time, whoever takes them is woken.
const BLOCK: usize = 16;
/// Blocks of results that may wait for whoever takes them, for each thread.
const WAITING: usize = 4;

/// Does `work` on every number below `count`, on up to `threads` threads, and
/// hands the results to `take` in ascending order, on this thread. Each thread
/// keeps a state of its own, which `state` makes. The first error of `take` ends
/// all.
pub(crate) fn in_order<S, T: Send, E>(
    count: usize,
    threads: NonZeroUsize,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) -> T + Sync,
    mut take: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let threads = threads.get().min(count);
    if threads <= 1 {
        let mut state = state();
        return (0..count).try_for_each(|index| take(work(&mut state, index)));
    }
    let next = AtomicUsize::new(0);
    let worker = &|done: SyncSender<(usize, Vec<T>)>| {
        let mut state = state();
        while let Some(block) = claim(&next, count, threads) {
            let start = block.start;
            let results = block
                .map(|index| work(&mut state, index))
                .collect::<Vec<_>>();
            if done.send((start, results)).is_err() {
                return;
            }
        }
    };
    thread::scope(|scope| {
        let (done, results) = sync_channel(threads * WAITING);
        let mut started = Vec::new();
        while started.len() < threads {
            let done = done.clone();
            let builder = thread::Builder::new().stack_size(STACK);
            // A system that gives no more threads gives fewer.
            match builder.spawn_scoped(scope, move || worker(done)) {
                Ok(thread) => started.push(thread),
                Err(_) => break,
            }
        }
        drop(done);
        if started.is_empty() {
            let mut state = state();
            return (0..count).try_for_each(|index| take(work(&mut state, index)));
        }
        let mut early = BTreeMap::new();
        let mut wanted = 0;
        for (start, block) in results {
            early.insert(start, block);
            while let Some(block) = early.remove(&wanted) {
                wanted += block.len();
                block.into_iter().try_for_each(&mut take)?;
            }
        }
        // The scope waits for their work only, not for their end.
        for thread in started {
            if let Err(payload) = thread.join() {
                std::panic::resume_unwind(payload);
            }
        }
        Ok(())
    })
}

/// The next numbers to work on: fewer towards the end, so that all threads end
/// at nearly the same time.
fn claim(next: &AtomicUsize, count: usize, threads: usize) -> Option<Range<usize>> {
    let after = |start: usize| {
        let left = count - start;
        (left > 0).then(|| start + (left / (threads * 4)).clamp(1, BLOCK))
    };
    let claimed = next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, after);
    claimed.ok().and_then(|start| Some(start..after(start)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(count: usize, threads: usize, last: usize) -> (Vec<usize>, Result<(), usize>) {
        let mut taken = Vec::new();
        let threads = NonZeroUsize::new(threads).unwrap();
        let work = |mine: &mut usize, index| {
            *mine += 1;
            if index % 7 == 0 {
                thread::yield_now();
            }
            index
        };
        let result = in_order(
            count,
            threads,
            || 0,
            work,
            |index| {
                taken.push(index);
                if index == last { Err(index) } else { Ok(()) }
            },
        );
        (taken, result)
    }

    #[test]
    fn results_come_in_order_on_any_number_of_threads() {
        for threads in [1, 2, 3, 64] {
            for count in [0, 1, 2, 1_000] {
                let (taken, result) = run(count, threads, usize::MAX);
                assert!(taken.into_iter().eq(0..count), "{count} on {threads}");
                assert_eq!(result, Ok(()));
            }
        }
    }

    #[test]
    fn the_first_error_ends_all_whatever_is_done_already() {
        for threads in [1, 2, 8] {
            let (taken, result) = run(10_000, threads, 41);
            assert_eq!(taken.len(), 42, "on {threads}");
            assert_eq!(result, Err(41));
        }
    }
}

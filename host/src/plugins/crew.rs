//! Many small pieces of work on a few threads.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Most threads, whatever is asked for.
const MOST: usize = 32;

/// Does a piece of work for each item, on as many threads as are wanted, or else one for
/// each processor; `at_least` items are worth a thread of their own. The results are in
/// the order of the items.
pub(super) fn each<I: Sync, R: Send>(
    items: &[I],
    wanted: Option<NonZeroU32>,
    at_least: usize,
    work: impl Fn(&I) -> R + Sync,
) -> Vec<R> {
    let processors = || thread::available_parallelism().map_or(1, usize::from);
    let count = wanted.map_or_else(processors, |wanted| wanted.get() as usize);
    let count = count.min(items.len() / at_least.max(1)).min(MOST);
    if count <= 1 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else {
                return done;
            };
            done.push((at, work(item)));
        }
    };
    let mut done = thread::scope(|scope| {
        let others =
            (1..count).map_while(|_| thread::Builder::new().spawn_scoped(scope, take).ok());
        let others = others.collect::<Vec<_>>();
        let mut done = take();
        for other in others {
            match other.join() {
                Ok(more) => done.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_the_order_of_the_items() {
        let items = (0..1000).collect::<Vec<u32>>();
        let twice = items.iter().map(|item| item * 2).collect::<Vec<_>>();
        for wanted in [1, 2, 7, 5000] {
            assert_eq!(
                each(&items, NonZeroU32::new(wanted), 10, |item| item * 2),
                twice
            );
        }
        assert!(each(&[] as &[u32], None, 0, |item| *item).is_empty());
    }
}

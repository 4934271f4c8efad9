//! Paths that lead nowhere: which part of one is wrong, and what may stand in its place.
//! Names know the modules whose files were read; this knows all files.

use super::suggest::closest;
use crate::codes;
use crate::diagnostic::{SoughtPath, SourceDiagnostic};

/// Most modules that are named where a path stops before one.
const MOST_NAMED: usize = 3;

/// Every path by which modules can be named: those that come first hide others that begin
/// with the same name (NAM-3).
#[derive(Default)]
pub(super) struct Paths(Vec<Vec<Vec<String>>>);

/// How far a path leads.
struct Led<'p> {
    /// How many of its parts lead to a module, or to a folder of such.
    count: usize,
    /// The names that may follow.
    next: Vec<&'p str>,
}

impl Paths {
    /// Adds paths, which those that were added before hide.
    pub(super) fn add(&mut self, paths: Vec<Vec<String>>) {
        self.0.push(paths);
    }

    /// Blames the part of a path that leads nowhere: what may stand in its place, or behind
    /// the path.
    pub(super) fn blame(&self, found: &mut SourceDiagnostic, path: &SoughtPath) -> Option<String> {
        let rest = path.rest.iter().map(|(part, _)| part);
        let parts = path.known.iter().chain(rest).map(String::as_str);
        let parts = parts.collect::<Vec<_>>();
        let led = self.led(&parts);
        let Some(wrong) = parts.get(led.count) else {
            return named(&parts, &led.next);
        };
        let behind = led.count.checked_sub(path.known.len())?;
        let (part, span) = path.rest.get(behind)?;
        if behind > 0 {
            let before = parts[..led.count].join(".");
            let message = format!("the module `{before}` has no `{part}`");
            found.blame(codes::UNKNOWN_MODULE, message, *span);
            found.set_help(None);
        }
        let near = closest(wrong, led.next.into_iter())?;
        // Beginnings are short: what follows must be there too.
        let leads = led.count > 0 || parts.len() == 1 || {
            let meant = [&[near], &parts[1..]].concat();
            self.led(&meant).count > 1
        };
        leads.then(|| format!("did you mean `{near}`?"))
    }

    fn led(&self, parts: &[&str]) -> Led<'_> {
        let begins = |paths: &&Vec<Vec<String>>| {
            let mut firsts = paths.iter().filter_map(|path| path.first());
            firsts.any(|first| Some(&first.as_str()) == parts.first())
        };
        let hiding = self.0.iter().find(begins);
        let all = hiding.map_or(self.0.as_slice(), std::slice::from_ref);
        let all = all.iter().flatten();
        let common = |path: &Vec<String>| {
            let both = path.iter().zip(parts);
            both.take_while(|(one, other)| one == other).count()
        };
        let count = all.clone().map(common).max().unwrap_or_default();
        let next = all.filter(|path| common(path) == count);
        let next = next.filter_map(|path| path.get(count)).map(String::as_str);
        let mut next = next.collect::<Vec<_>>();
        next.sort_unstable();
        next.dedup();
        Led { count, next }
    }
}

/// The modules of a folder that is none itself.
fn named(folder: &[&str], next: &[&str]) -> Option<String> {
    let folder = folder.join(".");
    let named = next.iter().map(|name| format!("`{folder}.{name}`"));
    let mut named = named.take(MOST_NAMED).collect::<Vec<_>>();
    if next.len() > MOST_NAMED {
        named.push("…".to_owned());
    }
    (!named.is_empty()).then(|| format!("the modules in it are {}", named.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(paths: &[&str]) -> Vec<Vec<String>> {
        let parts = |path: &&str| path.split('.').map(str::to_owned).collect();
        paths.iter().map(parts).collect()
    }

    #[test]
    fn nam_3_a_path_leads_as_far_as_modules_of_its_first_owner_do() {
        let mut all = Paths::default();
        all.add(paths(&["Main", "Shop.Price", "Shop.Cart.Item"]));
        all.add(paths(&["Std.Core.Output", "Shop.Hidden"]));
        for (path, count, next) in [
            ("Shop.Prise", 1, &["Cart", "Price"] as &[_]),
            ("Shop.Hidden", 1, &["Cart", "Price"]),
            ("Shop.Cart.Itm", 2, &["Item"]),
            ("Shop.Price.Gone", 2, &[]),
            ("Std.Cor", 1, &["Core"]),
            ("Shpo.Price", 0, &["Main", "Shop", "Std"]),
        ] {
            let led = all.led(&path.split('.').collect::<Vec<_>>());
            assert_eq!((led.count, led.next.as_slice()), (count, next), "{path}");
        }
    }
}

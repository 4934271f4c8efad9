//! Names that differ from link to link, hidden so that an answer fits others too.

/// The files of one link, and the scratch folder that they are in.
#[derive(Debug)]
pub(super) struct Names<'a> {
    scratch: &'a str,
    /// Files of their own, the longer names first.
    files: Vec<&'a str>,
}

impl<'a> Names<'a> {
    pub(super) fn of(args: &'a [String], scratch: &'a str) -> Self {
        let files = args.iter().map(String::as_str);
        let mut files = files
            .filter(|arg| arg.starts_with(scratch))
            .collect::<Vec<_>>();
        // One may be the beginning of another; which comes first is the same for
        // all that have as many.
        files.sort_by_key(|name| std::cmp::Reverse(name.len()));
        Self { scratch, files }
    }

    /// A file of this name in the scratch folder.
    pub(super) fn inside(&self, name: &str) -> String {
        format!("{}/{name}", self.scratch)
    }

    pub(super) fn is_own(&self, path: &str) -> bool {
        path.starts_with(self.scratch)
    }

    pub(super) fn hide_in(&self, args: &[String]) -> Vec<String> {
        self.each(args, |arg, name, mark| arg.replace(name, mark))
    }

    pub(super) fn show_in(&self, args: &[String]) -> Vec<String> {
        self.each(args, |arg, name, mark| arg.replace(mark, name))
    }

    fn each(&self, args: &[String], change: impl Fn(&str, &str, &str) -> String) -> Vec<String> {
        let changed = |arg: &String| {
            let mut arg = arg.clone();
            for (at, name) in self.files.iter().copied().chain([self.scratch]).enumerate() {
                // No argument holds a NUL byte.
                arg = change(&arg, name, &format!("\0{at}\0"));
            }
            arg
        };
        args.iter().map(changed).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_differ_in_names_alone_have_the_same_arguments() {
        let args = |scratch: &str, name: &str| {
            let args = [
                "-o",
                "S/output/N",
                "S/N.o",
                "-Wl,--map,S/exports.map",
                "-lm",
            ];
            args.map(|arg| arg.replace('S', scratch).replace('N', name))
                .to_vec()
        };
        let (one, other) = (args("/tmp/a1", "hello"), args("/tmp/b2", "h"));
        let [of_one, of_other] = [("/tmp/a1", &one), ("/tmp/b2", &other)]
            .map(|(scratch, args)| Names::of(args, scratch));
        let hidden = of_one.hide_in(&one);
        assert_eq!(hidden, of_other.hide_in(&other));
        assert_eq!(of_other.show_in(&hidden), other);
        assert!(of_one.is_own("/tmp/a1/x") && !of_one.is_own("/lib/x"));
    }
}

//! What a trap says of a function that it came through, as the runtime says it of a panic.

/// What is known of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told<'t> {
    pub(super) name: &'t str,
    /// The file and the line of its declaration.
    pub(super) declared: Option<(&'t str, u64)>,
}

impl<'t> Told<'t> {
    /// What the table of a program says: `name (file:line)`, or something else, which is
    /// the name then.
    pub(super) fn of_table(text: &'t str) -> Self {
        let parts = || {
            let (name, place) = text.strip_suffix(')')?.split_once(" (")?;
            let (file, line) = place.rsplit_once(':')?;
            Some((name, (file, line.parse::<u64>().ok()?)))
        };
        match parts() {
            Some((name, declared)) => Self {
                name,
                declared: Some(declared),
            },
            None => Self {
                name: text,
                declared: None,
            },
        }
    }

    /// The text for an address in its code, which begins at another one: with the line of the
    /// call if debuggers are told of it, or else that of the declaration.
    pub(super) fn at(self, code: usize, begin: usize) -> String {
        let name = self.name;
        let Some((file, declared)) = self.declared else {
            return name.to_owned();
        };
        match beskid_runtime::line_of_call(code, begin) {
            Some(line) => format!("{name} ({file}:{line})"),
            None => format!("{name} (declared at {file}:{declared})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_table_has_parts() {
        let told = |name, declared| Told { name, declared };
        let deep = Told::of_table("Deep (p.bd:12)");
        assert_eq!(deep, told("Deep", Some(("p.bd", 12))));
        let generic = Told::of_table("A.Map<i64, i64(i64)> (C:/a (b)/p.bd:7)");
        assert_eq!(
            generic,
            told("A.Map<i64, i64(i64)>", Some(("C:/a (b)/p.bd", 7)))
        );
        for text in ["", "main", "f ()", "f (x)", "f (x:)", "f (x:1", "f (x:a)"] {
            assert_eq!(Told::of_table(text), told(text, None));
        }
    }

    #[test]
    fn without_lines_the_declaration_is_told() {
        let text = |text| Told::of_table(text).at(1, 1);
        assert_eq!(text("Deep (p.bd:12)"), "Deep (declared at p.bd:12)");
        assert_eq!(text("deep"), "deep");
    }
}

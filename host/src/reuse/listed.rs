//! Tests of a program, as they are known without it.

use beskid_frontend::Program;
use serde::{Deserialize, Serialize};

/// A test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Listed {
    /// Its name with those of the inline modules around it.
    pub(crate) name: String,
    pub(crate) tags: Vec<String>,
    pub(crate) group: Option<String>,
    /// Why it is not run.
    pub(crate) skip: Option<String>,
    /// Its file, as messages of the program say it.
    pub(crate) file: String,
    pub(crate) line: usize,
}

impl Listed {
    /// The tests of a program, in source order.
    pub(crate) fn all(program: &Program) -> Vec<Self> {
        let tests = program.tests().iter().map(|test| {
            let (file, line) = program.test_place(test);
            Self {
                name: test.name.clone(),
                tags: test.tags.clone(),
                group: test.group.clone(),
                skip: test.skip.clone(),
                file: file.to_owned(),
                line,
            }
        });
        tests.collect()
    }
}

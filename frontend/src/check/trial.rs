//! What is checked only to know its type, and is then forgotten.

use super::state::Checker;

impl Checker<'_> {
    /// What is found by checking something of which nothing is kept: no code, no functions
    /// that it asks for, and no problems.
    pub(super) fn tried<R>(&mut self, find: impl FnOnce(&mut Self) -> R) -> R {
        let reported = self.diagnostics.len();
        let frame = self.frame();
        let body = frame.body.extent();
        let locals = frame.locals.len();
        let captures = frame.captures.len();
        let tries = frame.tries.len();
        let outer = std::mem::replace(&mut self.trying, true);
        let found = find(self);
        self.trying = outer;
        self.diagnostics.truncate(reported);
        let frame = self.frame();
        frame.body.cut(body);
        frame.tries.truncate(tries);
        frame.locals.truncate(locals);
        frame.infos.truncate(locals);
        frame.captures.truncate(captures);
        found
    }
}

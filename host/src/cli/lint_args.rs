//! Flags that say which diagnostics stop a program.

use beskid_frontend::Lints;
use beskid_plugin_api::codes::{Code, meaning};
use beskid_plugin_api::diagnostic::Diagnostic;
use clap::Args;

/// Which diagnostics stop a program.
#[derive(Debug, Default, Args)]
pub struct LintFlags {
    /// Error that becomes a warning: E1214, the change of a local that is not `mut`
    #[arg(long, value_name = "CODE")]
    pub warn: Vec<String>,
    /// Warning that becomes an error, such as W1503, or `warnings` for all
    #[arg(long, value_name = "CODE")]
    pub deny: Vec<String>,
}

impl LintFlags {
    /// The flags, checked.
    ///
    /// # Errors
    /// E4041 for a code that cannot become what is asked for.
    pub fn lints(&self) -> Result<Lints, Diagnostic> {
        if let Some(code) = self.warn.iter().find(|code| !Lints::may_warn(code)) {
            let message = format!("`{code}` cannot become a warning");
            return Err(Diagnostic::new(Code::E4041, message).help("only E1214 can"));
        }
        let known = |code: &&String| {
            *code != "warnings" && !(code.starts_with('W') && meaning(code).is_some())
        };
        if let Some(code) = self.deny.iter().find(known) {
            let message = format!("there is no warning `{code}`");
            let help = "`beskid explain` lists the codes; `warnings` is all of them";
            return Err(Diagnostic::new(Code::E4041, message).help(help));
        }
        Ok(Lints {
            warn: self.warn.clone(),
            deny: self.deny.clone(),
        })
    }
}

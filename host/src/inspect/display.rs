//! How a report is shown to people.

use std::fmt;

use super::Inspection;
use super::report::ImageReport;
use super::symbols::SLIM;

impl fmt::Display for Inspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(report) => report.fmt(f),
            Self::Fat(slices) => {
                let architectures = slices.iter().map(|slice| slice.architecture.as_str());
                let architectures = architectures.collect::<Vec<_>>().join(" ");
                writeln!(f, "format:        fat Mach-O")?;
                write!(f, "architectures: {architectures}")?;
                for slice in slices {
                    write!(f, "\n\n{slice}")?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Display for ImageReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let main = match self.defines_main {
            Some(true) => "defined",
            Some(false) => "not defined",
            None if !self.unknown_members.is_empty() => "unknown, not all members are objects",
            None if is_slim(self) => "unknown, it is compiled when it is linked",
            None => "unknown, the symbol table is stripped",
        };
        match self.member_format {
            Some(members) => writeln!(f, "format:        {} of {members}", self.format)?,
            None => writeln!(f, "format:        {}", self.format)?,
        }
        writeln!(f, "kind:          {}", self.kind)?;
        writeln!(f, "architecture:  {}", self.architecture)?;
        if let Some(name) = &self.library_name {
            writeln!(f, "library name:  {name}")?;
        }
        if let Some(entrypoint) = self.entrypoint {
            writeln!(f, "entrypoint:    {entrypoint:#x}")?;
        }
        writeln!(f, "main:          {main}")?;
        if !self.members.is_empty() || !self.unknown_members.is_empty() {
            writeln!(f, "members:       {}", list(&self.members))?;
            if !self.unknown_members.is_empty() {
                writeln!(f, "unknown:       {}", list(&self.unknown_members))?;
            }
            match &self.index {
                Some(index) => writeln!(f, "index:         {index}")?,
                None => writeln!(f, "index:         none")?,
            }
        }
        writeln!(f, "exports:       {}", list(&self.exports))?;
        writeln!(f, "imports:       {}", list(&self.imports))?;
        for (library, names) in &self.imports_by_library {
            writeln!(f, "  from {library}: {}", list(names))?;
        }
        writeln!(f, "needs:         {}", list(&self.needed))?;
        writeln!(f, "runtime:       {}", list(&self.runtime.defined))?;
        if !self.runtime.undefined.is_empty() {
            writeln!(f, "runtime needs: {}", list(&self.runtime.undefined))?;
        }
        let problems = self.problems();
        if problems.is_empty() {
            write!(f, "result:        pass")
        } else {
            write!(f, "result:        FAIL: {}", problems.join("; "))
        }
    }
}

/// Whether it is an object that is compiled when it is linked.
fn is_slim(report: &ImageReport) -> bool {
    let mut names = report.exports.iter().chain(&report.imports);
    names.any(|name| SLIM.contains(&name.as_str()))
}

fn list(names: &[impl AsRef<str>]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    // A name with a line break would pretend to be a line of the report.
    let names = names.iter().map(|name| name.as_ref().replace('\n', "\\n"));
    names.collect::<Vec<_>>().join(" ")
}

//! One link, from typed inputs to a linked image.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{Exports, LinkMode, LinkPlan, LinkRequest, OutputKind, Strip};
use beskid_plugin_api::target::Target;
use tracing::info_span;

use super::check::check;
use super::execute::{Driver, execute};
use super::libraries;
use super::members::Members;
use super::namespace::{Part, merged};
use super::scan::SymbolScan;
use super::told::Told;
use crate::foreign::{Import, Policy, check_run_paths};
use crate::image::{LinkedImage, ObjectFile};
use crate::output::unwritable;
use crate::plugins::{Entry, Task};
use crate::scratch::{Reserved, Scratch};
use crate::timings::{Became, phase};

/// Folder of the output below that of the link. The output has its final name
/// there: DLLs and signatures of Mach-O images hold the name of the file.
const OUTPUT: &str = "output";

/// What is to be linked.
#[derive(Debug, Clone)]
pub struct LinkJob {
    /// Target triple.
    pub target: String,
    /// What to make.
    pub kind: OutputKind,
    /// Runtime archive; `None` for standalone programs.
    pub runtime_archive: Option<PathBuf>,
    /// File name of the output.
    pub output_name: String,
    /// What is exported.
    pub exports: Exports,
    /// How libraries are preferred.
    pub mode: LinkMode,
    /// Libraries to link.
    pub libraries: Vec<String>,
    /// Folders to search.
    pub search: Vec<PathBuf>,
    /// Folders that the loader searches too.
    pub rpath: Vec<PathBuf>,
    /// Every import that leaves the program.
    pub imports: Vec<Import>,
    /// Which of them may.
    pub policy: Policy,
    /// Tools by role.
    pub tools: BTreeMap<String, String>,
    /// The user's own arguments for the tool that links.
    pub link_args: Vec<String>,
    /// What is taken out of the output.
    pub strip: Strip,
    /// Whether the output is to be debugged.
    pub debug: bool,
    /// Whether the C driver itself must run.
    pub driver: Driver,
}

/// A planned link.
#[derive(Debug)]
pub struct Link {
    request: LinkRequest,
    plan: LinkPlan,
    members: Members,
    foreign: BTreeMap<String, String>,
    driver: Driver,
    scratch: Reserved,
}

impl LinkJob {
    /// Asks the strategy for a plan.
    ///
    /// # Errors
    /// E4040 if there is no folder for temporary files, E4041 for a path that is
    /// not UTF-8, E4024 for a run path that a loader would read as another, what
    /// the look into the libraries shows (E5130, E5132, E5134, E5136), what the
    /// strategy says, or E5203 for a plan that is none.
    pub fn plan(&self, strategy: &Entry) -> Result<Link, Diagnostic> {
        let scratch = Reserved::new()?;
        let root = scratch.path();
        let inside = |name: &str| utf8(&root.join(name));
        let object = object_name(&self.output_name);
        let members = match &self.runtime_archive {
            Some(archive) if self.kind == OutputKind::Static => Members::of(archive, &object)?,
            _ => Members::default(),
        };
        let name = file_name(&self.output_name, self.kind, &self.target);
        let output = inside(&format!("{OUTPUT}/{name}"))?;
        let mut request = LinkRequest::new(&self.target, self.kind, output, utf8(root)?);
        request.objects = vec![inside(&object)?];
        request.runtime_objects = members.names().map(inside).collect::<Result<_, _>>()?;
        request.runtime_archive = self.runtime_archive.as_deref().map(utf8).transpose()?;
        request.output_name.clone_from(&self.output_name);
        request.exports = self.exports.clone();
        request.mode = self.mode;
        request.libraries.clone_from(&self.libraries);
        request.search = all_utf8(&self.search)?;
        request.rpath = all_utf8(&self.rpath)?;
        request.tools.clone_from(&self.tools);
        request.link_args.clone_from(&self.link_args);
        request.strip = self.strip;
        request.debug = self.debug;
        if self.kind != OutputKind::Static {
            check_run_paths(&request.rpath, &request.target)?;
        }
        libraries::check(&request, &self.imports, &self.policy)?;
        let client = strategy.linker()?;
        let plan = strategy.working(Task::Plan, || client.plan(&request))?;
        check(&plan, &request, &strategy.manifest().id)?;
        Ok(Link {
            request,
            plan,
            members,
            foreign: self.foreign(),
            driver: self.driver,
            scratch,
        })
    }

    /// The library of each foreign function, by its symbol.
    fn foreign(&self) -> BTreeMap<String, String> {
        let named = self.imports.iter().filter_map(|import| {
            let library = import.library.clone()?;
            Some((import.symbol.clone(), library))
        });
        named.collect()
    }
}

impl Link {
    /// The plan, for printing.
    pub const fn plan(&self) -> &LinkPlan {
        &self.plan
    }

    /// What the strategy was asked.
    pub(crate) const fn request(&self) -> &LinkRequest {
        &self.request
    }

    /// Whether the C driver itself must run.
    pub(crate) const fn driver(&self) -> Driver {
        self.driver
    }

    /// The files that the linker takes for the libraries.
    pub(crate) fn library_files(&self) -> Vec<PathBuf> {
        libraries::files(&self.request)
    }

    /// Which symbols the program and the runtime leave to libraries.
    fn scan(&self, object: &ObjectFile) -> Result<SymbolScan, Diagnostic> {
        SymbolScan::of(&self.request, object, &self.foreign)
    }

    /// Writes the program's object into the scratch folder.
    fn write_object(&self, object: &ObjectFile, path: &Path) -> Result<(), Diagnostic> {
        if self.members.is_empty() {
            return object.install(path);
        }
        let merged = merged(object.bytes(), Part::Program).map_err(|reason| {
            let message = format!("cannot merge the program's object: {reason}");
            Diagnostic::new(Code::E5202, message).help("report this to the author of the backend")
        })?;
        std::fs::write(path, &merged).map_err(|error| unwritable(path, &error))
    }

    /// Carries the plan out. `show` receives the symbols that are left to
    /// libraries, and then each command before it runs.
    ///
    /// # Errors
    /// As for the steps: E4020, E4021, E4040, E5203.
    pub fn execute(
        self,
        object: &ObjectFile,
        strategy: &Entry,
        mut show: Option<&mut dyn FnMut(&str)>,
    ) -> Result<(LinkedImage, Told), Diagnostic> {
        let phase = phase("link");
        let _span = info_span!("link", kind = %self.request.kind).entered();
        if let Some(show) = &mut show {
            show(&self.scan(object)?.to_string());
        }
        let scratch = self.make_scratch()?;
        for path in &self.request.objects {
            self.write_object(object, Path::new(path))?;
        }
        self.members.write(scratch.path())?;
        // A scan that fails tells nothing, and the link shows why.
        let scan = || self.scan(object).ok();
        let told = execute(
            &self.plan,
            &self.request,
            strategy,
            self.driver,
            &scan,
            show,
        )?;
        let output = PathBuf::from(&self.request.output);
        if !output.is_file() {
            return Err(Diagnostic::new(
                Code::E4021,
                "the linker reported success but wrote no output",
            )
            .note(format!(
                "strategy `{}` has planned it",
                strategy.manifest().id
            ))
            .help("`--verbose-link` shows the command"));
        }
        phase.ended(Became::Done);
        let LinkRequest { target, kind, .. } = self.request;
        Ok((LinkedImage::new(output, scratch, target, kind), told))
    }

    /// What such a link has given before, to be verified again.
    ///
    /// # Errors
    /// E4040 names the path and the cause.
    pub(crate) fn remade(self, bytes: &[u8]) -> Result<LinkedImage, Diagnostic> {
        let scratch = self.make_scratch()?;
        let output = PathBuf::from(&self.request.output);
        std::fs::write(&output, bytes).map_err(|error| unwritable(&output, &error))?;
        let LinkRequest { target, kind, .. } = self.request;
        Ok(LinkedImage::new(output, scratch, target, kind))
    }

    fn make_scratch(&self) -> Result<Scratch, Diagnostic> {
        let scratch = self.scratch.make()?;
        let made = scratch.path().join(OUTPUT);
        std::fs::create_dir(&made).map_err(|error| unwritable(&made, &error))?;
        Ok(scratch)
    }
}

/// Name of the program's object: the output's, without what the platform adds.
fn object_name(output: &str) -> String {
    let stem = output.split('.').next().unwrap_or(output);
    let stem = stem.strip_prefix("lib").unwrap_or(stem);
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    format!("{}.o", stem.replace(|c| !plain(c), "_"))
}

/// Tools for Windows append an extension to a name without one, and then there
/// would be another file than was asked for.
fn file_name(name: &str, kind: OutputKind, target: &str) -> String {
    let target = Target::of(target);
    if target.is_windows() && !name.contains('.') {
        format!("{name}.{}", target.extension(kind))
    } else {
        name.to_owned()
    }
}

fn all_utf8(paths: &[PathBuf]) -> Result<Vec<String>, Diagnostic> {
    paths.iter().map(|path| utf8(path)).collect()
}

fn utf8(path: &Path) -> Result<String, Diagnostic> {
    path.to_str().map(str::to_owned).ok_or_else(|| {
        let message = format!("the path `{}` is not UTF-8", path.display());
        Diagnostic::new(Code::E4041, message).help("linker strategies take UTF-8 paths; rename it")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_for_windows_always_have_an_extension() {
        let name = |name, kind, target| file_name(name, kind, target);
        let windows = "x86_64-pc-windows-gnu";
        assert_eq!(name("p", OutputKind::Exe, windows), "p.exe");
        assert_eq!(name("p", OutputKind::Shared, windows), "p.dll");
        assert_eq!(name("p.exe", OutputKind::Exe, windows), "p.exe");
        assert_eq!(name("p", OutputKind::Exe, "x86_64-unknown-linux-gnu"), "p");
    }
}

//! One link by hand: compiled, planned, and the plan carried out.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use beskid_host::{CompileSettings, Config, ObjectTarget, Registry, Source, lower, object};
use beskid_plugin_api::backend::{EntryShim, RuntimeStart};
use beskid_plugin_api::linker::{Exports, LinkRequest, LinkStep, OutputKind};
use beskid_tests::command::end;

/// An executable that ends with status 42.
pub const PROGRAM: &str = "\
pub i64 unused(i64 x) { return x; }
i64 sum(i64 last) {
    let mut total = 0;
    let mut next = 1;
    while next <= last { total = total + next; next = next + 1; }
    return total;
}
i64 main() { return sum(8) + 6; }
";

/// Parameters in registers and on the stack, integers and floats.
pub const LIBRARY: &str = "\
pub i64 weigh(i64 a, i64 b, i64 c, i64 d, i64 e) {
    return a * 10000 + b * 1000 + c * 100 + d * 10 + e;
}
pub f64 mix(i64 a, f64 b, i64 c, f64 d, i64 e, f64 f) { return b * d + f; }
pub i64 other() { return 7; }
";

/// One link by hand.
pub struct Links<'a> {
    pub target: &'a str,
    pub kind: OutputKind,
    pub source: &'a str,
    pub exports: Exports,
    pub runtime: Option<&'a Path>,
    pub search: Option<&'a Path>,
    pub tools: Vec<(&'a str, String)>,
}

impl Links<'_> {
    pub fn new<'a>(target: &'a str, kind: OutputKind, source: &'a str) -> Links<'a> {
        Links {
            target,
            kind,
            source,
            exports: Exports::Only(Vec::new()),
            runtime: None,
            search: None,
            tools: Vec::new(),
        }
    }

    pub fn exporting(mut self, symbols: &[&str]) -> Self {
        self.exports = Exports::Only(symbols.iter().map(|&symbol| symbol.to_owned()).collect());
        self
    }

    /// Compiles, plans and does what the plan says, in a new folder; gives the
    /// output's path.
    pub fn link(&self, folder: &Path, name: &str) -> PathBuf {
        let registry = Registry::with_builtins().unwrap();
        let input = folder.join("input.bd");
        fs::write(&input, self.source).unwrap();
        let artifact = lower(Source::read(&input).unwrap(), None).unwrap();
        let exe = self.kind == OutputKind::Exe;
        let target = ObjectTarget {
            triple: self.target.to_owned(),
            entry: if exe {
                EntryShim::Bare
            } else {
                EntryShim::None
            },
            start_runtime: RuntimeStart::Never,
            exports: exe.then(Default::default),
        };
        let backend = registry.backend("aot").unwrap();
        let settings = CompileSettings::new(&Config::default(), &registry, backend).unwrap();
        let object = object(backend, &artifact, &target, &settings).unwrap();

        let work = tempfile::tempdir_in(folder).unwrap().keep();
        let path = |name: &str| work.join(name).to_str().unwrap().to_owned();
        fs::write(path("program.o"), object).unwrap();
        fs::create_dir_all(path("output")).unwrap();
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        let tools = self.tools.iter();
        let output = path(&format!("output/{name}"));
        let mut request = LinkRequest::new(self.target, self.kind, output, path(""));
        request.objects = vec![path("program.o")];
        request.runtime_archive = self.runtime.map(text);
        // An archive is merged as an object is.
        request.runtime_objects = match self.kind {
            OutputKind::Static => self.runtime.map(text).into_iter().collect(),
            _ => Vec::new(),
        };
        request.exports = self.exports.clone();
        request.search = self.search.map(text).into_iter().collect();
        request.tools = tools
            .map(|(role, tool)| ((*role).into(), tool.clone()))
            .collect();
        let strategy = registry.linker_for(self.target, self.kind).unwrap();
        for step in strategy.linker().unwrap().plan(&request).unwrap().steps {
            match step {
                LinkStep::WriteFile { path, contents } => fs::write(path, contents).unwrap(),
                LinkStep::Run(call) | LinkStep::Drive(call) => {
                    end(Command::new(call.program).args(call.args).envs(call.env)).succeeds();
                }
                step => panic!("{step:?}"),
            }
        }
        PathBuf::from(request.output)
    }

    /// Links twice, in two folders and in two seconds, and compares.
    pub fn link_alike(&self, folder: &Path, name: &str) -> PathBuf {
        let second = || {
            SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap()
                .as_secs()
        };
        let one = self.link(folder, name);
        let linked = second();
        while second() == linked {
            sleep(Duration::from_millis(20));
        }
        let other = self.link(folder, name);
        let same = fs::read(&one).unwrap() == fs::read(other).unwrap();
        assert!(same, "two links for {} differ: {name}", self.target);
        one
    }
}

//! Finding the files of a program: what it imports, and what that imports
//! (MOD-7).

use std::collections::{HashMap, HashSet};

use super::collect::own_name;
use super::mentions::{Mention, declares, mentions};
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::packages::{PREDECLARED, PackageId};
use crate::source::{Loaded, Loader, SourceFile, Sources, shifted};
use crate::span::Span;

/// Most files of a program.
const MOST: usize = 20_000;

/// Most parts of a path that leads to a module; the others are members.
const DEEPEST: usize = 64;

/// Which file something is.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) package: PackageId,
    pub(crate) name: String,
    pub(crate) module: Vec<String>,
}

/// Reads the modules that the files name, and so on.
pub(crate) fn discover(
    sources: &mut Sources,
    loader: &mut dyn Loader,
    diagnostics: &mut Vec<SourceDiagnostic>,
) {
    let mut search = Search {
        asked: HashMap::new(),
        followed: HashSet::new(),
        declared: HashMap::new(),
        strays: HashMap::new(),
        roots: HashSet::new(),
        sought: Vec::new(),
        open: Vec::new(),
        loader,
        diagnostics,
    };
    for (index, file) in sources.files.iter().enumerate() {
        let key = (file.package, file.module.clone());
        search.asked.insert(key, Asked::File(index));
    }
    let mut next = 0;
    loop {
        while next < sources.files.len() {
            search.file(sources, next);
            next += 1;
        }
        for (package, parts) in std::mem::take(&mut search.sought) {
            search.named(sources, package, &parts);
        }
        // What a package has itself comes before what it depends on (NAM-3).
        if next == sources.files.len() {
            for path in std::mem::take(&mut search.open) {
                search.elsewhere(sources, &path);
            }
        }
        if next == sources.files.len() {
            break;
        }
    }
}

/// The first part of the path by which a file names its own module (MOD-3).
pub fn own_root(source: &[u8]) -> Option<String> {
    // Whatever comes first, the word stands in the file.
    memchr::memmem::find(source, b"mod")?;
    let tree = beskid_syntax::parse(std::str::from_utf8(source).ok()?);
    let name = own_name(tree.root())?;
    Some(name.first()?.text().to_owned())
}

/// The path of a file's module.
fn module_of(file: &SourceFile) -> Vec<String> {
    match own_name(file.tree.root()) {
        Some(tokens) => tokens.iter().map(|token| token.text().to_owned()).collect(),
        None => file.module.clone(),
    }
}

/// A path that may lead to a module of another package.
struct Open {
    package: PackageId,
    parts: Vec<String>,
    span: Span,
    /// Whether files that name their own module are looked for.
    seek: bool,
    /// Whether it is a path of the core library.
    core: bool,
}

/// What was found where a module has its place.
#[derive(Debug, Clone, Copy)]
enum Asked {
    Nothing,
    /// A file that cannot be read, which was reported.
    Unreadable,
    /// The file of this number.
    File(usize),
}

/// A file that names its own module, which nothing has reached yet.
struct Stray {
    module: Vec<String>,
    loaded: Loaded,
}

struct Search<'a> {
    /// The modules that were asked for.
    asked: HashMap<(PackageId, Vec<String>), Asked>,
    /// The paths that were followed, and whether files were looked for that name their own
    /// modules.
    followed: HashSet<(PackageId, Vec<String>, bool)>,
    /// What the items of files declare and import, of those that were asked.
    declared: HashMap<usize, HashSet<String>>,
    /// By the first parts of their modules for which all files were looked at.
    strays: HashMap<(PackageId, String), Vec<Stray>>,
    /// The first parts of the modules that there are.
    roots: HashSet<(PackageId, String)>,
    /// Paths that no file explains where they lead.
    sought: Vec<(PackageId, Vec<String>)>,
    open: Vec<Open>,
    loader: &'a mut dyn Loader,
    diagnostics: &'a mut Vec<SourceDiagnostic>,
}

impl Stray {
    /// The file with the module that it names, if it can be read.
    fn of(loaded: Loaded) -> Option<Self> {
        let tree = beskid_syntax::parse(std::str::from_utf8(&loaded.bytes).ok()?);
        let name = own_name(tree.root())?.into_iter();
        let module = name.map(|part| part.text().to_owned()).collect();
        Some(Self { module, loaded })
    }
}

impl Search<'_> {
    /// Follows what a file mentions.
    fn file(&mut self, sources: &mut Sources, index: usize) {
        let file = &sources.files[index];
        let (package, base) = (file.package, file.base);
        let module = module_of(file);
        let found = mentions(&file.tree, &module);
        self.roots
            .extend(module.into_iter().next().map(|first| (package, first)));
        for mention in found.paths {
            self.follow(sources, package, mention, base);
        }
        for (index, wanted) in found.predeclared.into_iter().enumerate() {
            if wanted {
                let parts = PREDECLARED[index].1.iter();
                self.open.push(Open {
                    package,
                    parts: parts.map(|part| (*part).to_owned()).collect(),
                    span: Span::new(base, base),
                    seek: false,
                    core: true,
                });
            }
        }
    }

    fn follow(&mut self, sources: &mut Sources, package: PackageId, mention: Mention, base: u32) {
        let span = shifted(mention.span, base);
        let mut parts = mention.parts;
        parts.truncate(DEEPEST);
        if let Some(by) = &mention.declared_by {
            let child = [by.as_slice(), &parts].concat();
            let mut found = self.load(sources, package, &parts, span)
                || self.load(sources, package, &child, span);
            if !found {
                self.named(sources, package, &parts);
                self.named(sources, package, &child);
                let mut files = sources.files.iter();
                found = files.any(|file| {
                    let module = module_of(file);
                    file.package == package && (module == parts || module == child)
                });
            }
            if !found {
                let message = format!("there is no file of the module `{}`", parts.join("."));
                let (first, second) = (parts.join("/"), child.join("/"));
                let diagnostic = SourceDiagnostic::new(codes::NO_FILE, message, span, "");
                self.diagnostics
                    .push(diagnostic.help(format!("write `{first}.bd` or `{second}.bd`")));
            }
            return;
        }
        let seek = !mention.begins_here;
        if !self.followed.insert((package, parts.clone(), seek)) {
            return;
        }
        let (_, is_explained) = self.reach(sources, package, &parts, span);
        if seek && !is_explained {
            self.sought.push((package, parts.clone()));
        }
        self.open.push(Open {
            package,
            parts,
            span,
            seek,
            core: false,
        });
    }

    /// Reads the modules that a path leads through; whether there is one, and whether
    /// nothing of the path is left that only another module can have.
    fn reach(
        &mut self,
        sources: &mut Sources,
        package: PackageId,
        parts: &[String],
        span: Span,
    ) -> (bool, bool) {
        let mut longest = 0;
        for len in 1..=parts.len() {
            if self.load(sources, package, &parts[..len], span) {
                longest = len;
            }
        }
        let Some(next) = parts.get(longest).filter(|_| longest > 0) else {
            return (longest > 0, longest > 0);
        };
        let key = (package, parts[..longest].to_vec());
        let is_explained = match self.asked.get(&key) {
            Some(Asked::File(index)) => {
                let declared = self.declared.entry(*index).or_insert_with(|| {
                    let items = sources.files[*index].tree.root().children();
                    let names = items.filter_map(declares);
                    names.map(|name| name.text().to_owned()).collect()
                });
                declared.contains(next)
            }
            _ => true,
        };
        (true, is_explained)
    }

    /// Follows a path that leads to nothing in its own package: it begins with the
    /// label of another, or with a module of one (NAM-3).
    fn elsewhere(&mut self, sources: &mut Sources, path: &Open) {
        let Some(first) = path.parts.first() else {
            return;
        };
        if !path.core && self.roots.contains(&(path.package, first.clone())) {
            return;
        }
        if !sources.packages.is_known(path.package) {
            let found = self.loader.dependencies(path.package);
            sources.packages.add(path.package, found);
        }
        if path.core {
            if let Some(core) = sources.packages.core(path.package) {
                self.within(sources, core, path, 0);
            }
            return;
        }
        if let Some(labelled) = sources.packages.labelled(path.package, first) {
            let found = self.within(sources, labelled, path, 1);
            if !found {
                // A module that has the label's name may have what is sought: errors say so.
                self.load(sources, labelled, std::slice::from_ref(first), path.span);
            }
            return;
        }
        let mut found = false;
        for index in 0..sources.packages.of(path.package).len() {
            let (_, package) = sources.packages.of(path.package)[index];
            match found {
                false => found = self.within(sources, package, path, 0),
                // Another that has such a module makes the path ambiguous.
                true => self.beside(sources, package, path),
            }
        }
    }

    /// Reads the modules that a path means in a package too, by their places.
    fn beside(&mut self, sources: &mut Sources, package: PackageId, path: &Open) {
        for len in 1..=path.parts.len() {
            self.load(sources, package, &path.parts[..len], path.span);
        }
    }

    /// Follows a path in a package, without its first parts; whether it leads anywhere.
    fn within(
        &mut self,
        sources: &mut Sources,
        package: PackageId,
        path: &Open,
        skip: usize,
    ) -> bool {
        let parts = &path.parts[skip..];
        let (mut found, is_explained) = self.reach(sources, package, parts, path.span);
        if path.seek && !is_explained {
            let before = sources.files.len();
            self.named(sources, package, parts);
            found |= sources.files.len() > before;
        }
        found
    }

    /// Adds the files whose modules are on a path, and which name them themselves (MOD-3).
    fn named(&mut self, sources: &mut Sources, package: PackageId, parts: &[String]) {
        let Some(first) = parts.first() else { return };
        let key = (package, first.clone());
        if !self.strays.contains_key(&key) {
            let strays = self.loader.named(package, first).into_iter();
            let strays = strays.filter_map(Stray::of).collect();
            self.strays.insert(key.clone(), strays);
        }
        let strays = self.strays.get_mut(&key).into_iter();
        let reached = strays
            .flat_map(|strays| strays.extract_if(.., |stray| parts.starts_with(&stray.module)));
        for Stray { loaded, .. } in reached.collect::<Vec<_>>() {
            let Ok(text) = String::from_utf8(loaded.bytes) else {
                continue;
            };
            let mut files = sources.files.iter();
            let known = files.any(|file| file.package == package && file.name == loaded.name);
            if !known && sources.files.len() < MOST {
                let place = Place {
                    package,
                    name: loaded.name,
                    // Its place says nothing: its first item does.
                    module: Vec::new(),
                };
                add(sources, place, &text, self.diagnostics);
            }
        }
    }

    /// Whether a module has a file, which is read once.
    fn load(
        &mut self,
        sources: &mut Sources,
        package: PackageId,
        module: &[String],
        span: Span,
    ) -> bool {
        let key = (package, module.to_vec());
        let found = match self.asked.get(&key) {
            Some(known) => *known,
            None => {
                let room = sources.files.len() < MOST;
                let found = match room {
                    true => self.read(sources, package, module, span),
                    false => Asked::Nothing,
                };
                self.asked.insert(key, found);
                found
            }
        };
        !matches!(found, Asked::Nothing)
    }

    fn read(
        &mut self,
        sources: &mut Sources,
        package: PackageId,
        module: &[String],
        span: Span,
    ) -> Asked {
        let parts = module.iter().map(String::as_str).collect::<Vec<_>>();
        let Loaded { name, bytes } = match self.loader.load(package, &parts) {
            Ok(None) => return Asked::Nothing,
            Ok(Some(loaded)) => loaded,
            Err(reason) => {
                let message = format!("the module `{}` cannot be read: {reason}", parts.join("."));
                let diagnostic = SourceDiagnostic::new(codes::NO_FILE, message, span, "");
                self.diagnostics.push(diagnostic);
                return Asked::Unreadable;
            }
        };
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let message = format!("`{name}` is not UTF-8: invalid byte at offset {at}");
                let diagnostic = SourceDiagnostic::new(codes::NOT_UTF8, message, span, "");
                self.diagnostics
                    .push(diagnostic.help("save the file as UTF-8"));
                return Asked::Unreadable;
            }
        };
        let module = module.to_vec();
        let place = Place {
            package,
            name,
            module,
        };
        let index = sources.files.len();
        add(sources, place, &text, self.diagnostics);
        match sources.files.len() > index {
            true => Asked::File(index),
            false => Asked::Unreadable,
        }
    }
}

/// Adds a file, if there is room for it.
pub(crate) fn add(
    sources: &mut Sources,
    place: Place,
    text: &str,
    diagnostics: &mut Vec<SourceDiagnostic>,
) {
    let base = sources.end();
    if u64::from(base) + text.len() as u64 > u64::from(u32::MAX / 2) {
        let message = format!("`{}` is too large, with the files before it", place.name);
        let span = Span::new(0, 0);
        diagnostics.push(SourceDiagnostic::new(codes::TOO_LARGE, message, span, ""));
        return;
    }
    let tree = beskid_syntax::parse(text);
    diagnostics.extend(super::errors::syntax_errors(&tree, base));
    sources.files.push(SourceFile {
        name: place.name,
        package: place.package,
        module: place.module,
        base,
        tree,
    });
}

//! Programs of several packages: what their names mean, and which files are read.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use std::collections::BTreeMap;

use beskid_frontend::{
    Analysis, Entry, Lints, Loaded, Loader, PackageId, analyze_program, own_root,
};
use beskid_plugin_api::artifact::CodegenArtifact;

/// Packages in memory, and what was asked of them.
#[derive(Default)]
struct Library {
    files: BTreeMap<(u32, &'static str), &'static str>,
    dependencies: BTreeMap<u32, Vec<(&'static str, u32)>>,
    asked: Vec<u32>,
    read: Vec<(u32, String)>,
}

impl Library {
    fn with(mut self, package: u32, module: &'static str, text: &'static str) -> Self {
        self.files.insert((package, module), text);
        self
    }

    fn depending(mut self, package: u32, on: &[(&'static str, u32)]) -> Self {
        self.dependencies.insert(package, on.to_vec());
        self
    }

    fn analyze(&mut self, text: &str) -> Analysis {
        self.enter(&["Main"], text)
    }

    fn enter(&mut self, module: &[&str], text: &str) -> Analysis {
        let entry = Entry {
            name: format!("{}.bd", module.join("/")),
            module: module.iter().map(|part| (*part).to_owned()).collect(),
            bytes: text.as_bytes(),
        };
        analyze_program(&entry, self, &Lints::default())
    }

    #[track_caller]
    fn lowers(&mut self, text: &str) -> CodegenArtifact {
        let analysis = self.analyze(text);
        let found = found(&analysis);
        let program = analysis.program.unwrap_or_else(|| panic!("{found:?}"));
        program.lower(None).unwrap()
    }
}

impl Loader for Library {
    fn load(&mut self, package: PackageId, module: &[&str]) -> Result<Option<Loaded>, String> {
        let path = module.join(".");
        let found = self.files.iter().find(|((of, name), text)| {
            *of == package.0 && *name == path && !text.starts_with("mod ")
        });
        Ok(found.map(|(_, text)| {
            self.read.push((package.0, path.clone()));
            Loaded {
                name: format!("{path}.bd"),
                bytes: text.as_bytes().to_vec(),
            }
        }))
    }

    fn named(&mut self, package: PackageId, first: &str) -> Vec<Loaded> {
        let files = self
            .files
            .iter()
            .filter(|((of, _), _)| *of == package.0)
            .filter(|(_, text)| own_root(text.as_bytes()).as_deref() == Some(first));
        let found = files.map(|((_, name), text)| Loaded {
            name: format!("{name}.bd"),
            bytes: text.as_bytes().to_vec(),
        });
        found.collect()
    }

    fn dependencies(&mut self, package: PackageId) -> Vec<(String, PackageId)> {
        self.asked.push(package.0);
        let found = self.dependencies.get(&package.0).into_iter().flatten();
        found
            .map(|(label, id)| ((*label).to_owned(), PackageId(*id)))
            .collect()
    }
}

/// Codes, packages and files of what was found.
fn found(analysis: &Analysis) -> Vec<(String, u32, String)> {
    let all = analysis.diagnostics.iter().map(|found| {
        let file = analysis.sources.file_of(found.span()).unwrap();
        let code = found.diagnostic.code.as_str().to_owned();
        (code, file.package.0, file.name.to_owned())
    });
    all.collect()
}

fn symbols(artifact: &CodegenArtifact) -> Vec<String> {
    let symbols = artifact.module().symbols.iter();
    symbols.filter_map(|symbol| symbol.name.clone()).collect()
}

#[test]
fn nam_3_a_label_leads_to_the_package() {
    let mut library = Library::default()
        .with(
            1,
            "Dates",
            "pub i64 Days() { return 7; } pub type Day { i64 number }",
        )
        .depending(0, &[("Calendar", 1)]);
    let artifact = library.lowers(
        "use Calendar.Dates;\n\
         use Calendar.Dates.Day as D;\n\
         i64 main() { D d = Calendar.Dates.Day { number: Dates.Days() };\n\
         return d.number + Calendar.Dates.Days(); }",
    );
    assert!(symbols(&artifact).contains(&"bd.Calendar.Dates.Days".to_owned()));
    assert_eq!(library.read, [(1, "Dates".to_owned())]);
    assert_eq!(library.asked, [0]);
}

#[test]
fn nam_3_a_path_begins_in_the_package_then_with_a_label_then_in_direct_dependencies() {
    let number = |number| match number {
        0 => "pub i64 Number() { return 0; }",
        _ => "pub string Number() { return \"\"; }",
    };
    // The module of the package itself hides the label, and this the modules.
    let mut own = Library::default()
        .with(0, "Dates", number(0))
        .with(1, "Dates", number(1))
        .depending(0, &[("Dates", 1)]);
    own.lowers("i64 main() { return Dates.Number(); }");
    assert_eq!(own.asked, [0; 0]);
    let mut label = Library::default()
        .with(1, "Numbers", number(0))
        .with(2, "Dates.Numbers", number(1))
        .depending(0, &[("Other", 2), ("Dates", 1)]);
    label.lowers("i64 main() { return Dates.Numbers.Number(); }");
    let mut modules = Library::default()
        .with(1, "Dates.Numbers", number(0))
        .with(2, "Dates.Others", "pub i64 Other() { return 1; }")
        .with(3, "Hidden", number(0))
        .depending(0, &[("A", 1), ("B", 2)])
        .depending(1, &[("C", 3)]);
    modules.lowers(
        "use Dates.Others; use Dates.Numbers as N;\n\
         i64 main() { return Dates.Numbers.Number() + Others.Other() + N.Number(); }",
    );
    // What a dependency depends on is not there.
    let analysis = modules.analyze("i64 main() { return Hidden.Number() + C.Hidden.Number(); }");
    let codes = found(&analysis).into_iter().map(|(code, ..)| code);
    assert_eq!(codes.collect::<Vec<_>>(), ["E1101", "E1108"]);
}

#[test]
fn nam_3_modules_that_name_themselves_are_found_in_dependencies() {
    let mut library = Library::default()
        .with(
            1,
            "somewhere",
            "mod Dates.Days;\npub i64 Count() { return 7; }",
        )
        .depending(0, &[("Calendar", 1)]);
    library.lowers("use Calendar.Dates.Days; i64 main() { return Days.Count(); }");
    library.lowers("use Dates.Days; i64 main() { return Days.Count(); }");
}

#[test]
fn pkg_1_packages_have_modules_of_their_own() {
    let mut library = Library::default()
        .with(
            0,
            "Shapes.Area",
            "pub type Box { i64 x } pub i64 Of(Box b) { return b.x; }",
        )
        .with(
            1,
            "Shapes.Area",
            "pub type Box { i64 y } pub i64 Of(Box b) { return b.y; }",
        )
        .depending(0, &[("Other", 1)]);
    let artifact = library.lowers(
        "T Same<T>(T x) { return x; }\n\
         i64 main() {\n\
         let own = Same(Shapes.Area.Box { x: 1 });\n\
         let other = Same(Other.Shapes.Area.Box { y: 2 });\n\
         return Shapes.Area.Of(own) + Other.Shapes.Area.Of(other); }",
    );
    let symbols = symbols(&artifact);
    for name in ["bd.Shapes.Area.Of", "bd.Other.Shapes.Area.Of"] {
        assert!(symbols.iter().any(|known| known == name), "{symbols:?}");
    }
}

#[test]
fn pkg_1_labels_that_look_like_modules_give_other_symbols() {
    // A label that another package uses for another package, and that is a module here.
    let mut library = Library::default()
        .with(0, "Text", "pub i64 A() { return 1; }")
        .with(0, "Text.Lines", "pub i64 Count() { return 1; }")
        .with(1, "Api", "pub i64 All() { return Text.Lines.Count(); }")
        .with(2, "Lines", "pub i64 Count() { return 2; }")
        .depending(0, &[("Api", 1)])
        .depending(1, &[("Text", 2)]);
    let artifact =
        library.lowers("i64 main() { return Text.Lines.Count() + Text.A() + Api.Api.All(); }");
    let counts = symbols(&artifact);
    let counts = counts.iter().filter(|name| name.ends_with("Lines.Count"));
    assert_eq!(
        counts.collect::<Vec<_>>(),
        ["bd.Text.Lines.Count", "bd.Text_2.Lines.Count"]
    );
}

/// Also those that are reached only as values, by methods, or by contracts.
#[test]
fn functions_of_other_packages_are_there_if_they_are_reached() {
    let tools = "pub contract Named { string Name(); }
        pub type Dog : Named { i64 age, pub string Name() => Word(); pub i64 Age() => age; }
        pub i64 Twice(i64 n) => n + n;
        pub i64 Thrice(i64 n) => 3 * n;
        pub string Word() => \"dog\";
        pub string Other() => \"cat\";";
    let mut library = Library::default()
        .with(1, "Tools", tools)
        .depending(0, &[("Kit", 1)]);
    let program = "use Kit.Tools;
        i64 Unused() => 7;
        i64 main() {
            Named named = Dog { age: 3 };
            i64(i64) change = Tools.Twice;
            return change(named.Name().len());
        }";
    let symbols = symbols(&library.lowers(program)).join(" ");
    for present in ["Unused", "Twice", "Word", "Dog.Name"] {
        assert!(symbols.contains(present), "{present}: {symbols}");
    }
    for absent in ["Thrice", "Other", "Dog.Age"] {
        assert!(!symbols.contains(absent), "{absent}: {symbols}");
    }
}

#[test]
fn pkg_1_two_labels_of_one_package_are_one_package() {
    let mut library = Library::default()
        .with(
            1,
            "M",
            "pub type T { i64 x } pub T Make() { return T { x: 1 }; }",
        )
        .depending(0, &[("A", 1), ("B", 1)]);
    library.lowers("i64 main() { A.M.T t = B.M.Make(); return t.x; }");
}

#[test]
fn pkg_2_private_never_crosses() {
    let mut library = Library::default()
        .with(
            1,
            "M",
            "i64 Hidden() { return 1; } pub i64 Shown() { return Hidden(); } type T { i64 x }\n\
             mod Inner { pub i64 Deep() { return 1; } }",
        )
        .depending(0, &[("P", 1)]);
    library.lowers("i64 main() { return P.M.Shown() + M.Shown(); }");
    let analysis = library.analyze(
        "use P.M.Hidden;\n\
         i64 main() { P.M.T t = P.M.T { x: 1 }; return P.M.Hidden() + P.M.Inner.Deep(); }",
    );
    let codes = found(&analysis).into_iter().map(|(code, ..)| code);
    assert_eq!(
        codes.collect::<Vec<_>>(),
        ["E1501", "E1107", "E1107", "E1107", "E1107"]
    );
}

#[test]
fn nam_3_unknown_names_of_packages_are_told() {
    let mut library = Library::default()
        .with(1, "Main", "pub i64 Five() { return 1; }")
        .depending(0, &[("Parts", 1)]);
    let analysis = library.analyze(
        "use Parts.Mein;\nuse Partz.Main;\nuse Parts.Main.Fine;\n\
         i64 main() { Parts.Mein.T t; return Parts.Main.Fine() + Partz.Main.Five(); }",
    );
    let mut told = analysis.diagnostics.iter().map(|found| {
        let help = found.diagnostic.help.clone().unwrap_or_default();
        (
            found.diagnostic.code.as_str(),
            found.diagnostic.message.as_str(),
            help,
        )
    });
    let mut next = || {
        told.next()
            .map(|(code, message, help)| format!("{code} {message}: {help}"))
    };
    assert_eq!(
        next().unwrap(),
        "E1108 the module `Parts` has no `Mein`: did you mean `Main`?"
    );
    assert_eq!(
        next().unwrap(),
        "E1105 there is no module `Partz`: did you mean `Parts`?"
    );
    assert_eq!(
        next().unwrap(),
        "E1108 the module `Parts.Main` has no `Fine`: did you mean `Five`?"
    );
}

#[test]
fn messages_name_the_file_in_which_something_is_wrong() {
    let mut library = Library::default()
        .with(1, "M", "use Deep.N;\npub i64 F() { return N.G() + nope; }")
        .with(2, "N", "pub i64 G() { return \"\"; }")
        .depending(0, &[("P", 1)])
        .depending(1, &[("Deep", 2)]);
    let analysis = library.analyze("i64 main() { return P.M.F() + none; }");
    let expected = [
        ("E1101", 0, "Main.bd"),
        ("E1101", 1, "M.bd"),
        ("E1207", 2, "N.bd"),
    ];
    let expected =
        expected.map(|(code, package, name)| (code.to_owned(), package, name.to_owned()));
    assert_eq!(found(&analysis), expected);
}

#[test]
fn warnings_are_about_the_first_package() {
    let mut library = Library::default()
        .with(
            1,
            "M",
            "i64 Unused() { return 1; } pub i64 F() { return 1; }",
        )
        .depending(0, &[("P", 1)]);
    let analysis = library.analyze("i64 Unused() { return 1; } i64 main() { return P.M.F(); }");
    assert_eq!(
        found(&analysis),
        [("W1504".to_owned(), 0, "Main.bd".to_owned())]
    );
}

#[test]
fn tests_are_those_of_the_first_package() {
    let mut library = Library::default()
        .with(1, "M", "test Theirs { } pub i64 F() { return 1; }")
        .depending(0, &[("P", 1)]);
    let analysis = library.analyze("test Ours { P.M.F(); }");
    let program = analysis.program.unwrap();
    let names = program.tests().iter().map(|test| test.name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["Ours"]);
}

#[test]
fn mod_1_an_entry_has_the_module_of_its_path() {
    let mut library = Library::default().with(
        0,
        "Net.Http",
        "pub i64 Get() { return Net.Main.Answer() + Main.Answer(); }",
    );
    let analysis = library.enter(
        &["Net", "Main"],
        "use Net.Http;\npub i64 Answer() { return 42; }\ni64 main() { return Http.Get(); }",
    );
    // `Main` alone is none: that is not where the file is.
    assert_eq!(
        found(&analysis),
        [("E1101".to_owned(), 0, "Net.Http.bd".to_owned())]
    );
    assert_eq!(library.read, [(0, "Net.Http".to_owned())]);
}

#[test]
fn packages_that_depend_on_each_other_end() {
    let mut library = Library::default()
        .with(1, "M", "pub i64 F() { return Two.N.G() + Own.M.F(); }")
        .with(
            2,
            "N",
            "pub i64 G() { return One.M.F() + Entry.Main.main(); }",
        )
        .depending(0, &[("One", 1)])
        .depending(1, &[("Two", 2), ("Own", 1)])
        .depending(2, &[("One", 1), ("Entry", 0)]);
    let analysis = library.analyze("pub i64 main() { return One.M.F(); }");
    assert_eq!(found(&analysis), []);
    assert!(library.asked.len() <= 3, "{:?}", library.asked);
}

fn core() -> Library {
    Library::default()
        .with(
            9,
            "Core.Optional.Option",
            "pub enum Option<T> { Some(T value), None }",
        )
        .with(
            9,
            "Core.Results",
            "pub enum Result<T, E> { Ok(T value), Error(E error) }",
        )
        .depending(0, &[("Std", 9)])
}

#[test]
fn nam_7_option_and_result_need_no_import() {
    let mut library = core();
    library.lowers(
        "type Down { i64 at,\n\
         Option<i64> Next() { at -= 1; if at < 0 { return Option::None; } return Option::Some(at); } }\n\
         Result<i64, string> Half(i64 x) {\n\
         if x % 2 == 1 { return Result::Error(\"odd\"); } return Result::Ok(x / 2); }\n\
         Result<i64, string> Quarter(i64 x) { return Result::Ok(Half(Half(x)?)?); }\n\
         i64 main() { i64 mut sum = 0; for i in Down { at: 3 } { sum += i; }\n\
         return match Quarter(sum) { Result::Ok(x) => x, Result::Error(_) => 0, }; }",
    );
    let read = ["Core.Optional.Option", "Core.Results"];
    assert_eq!(library.read, read.map(|name| (9, name.to_owned())));
}

#[test]
fn nam_7_nothing_is_read_for_programs_that_name_neither() {
    let mut library = core();
    library.lowers("enum Choice { Yes, No } i64 main() { Choice c = Choice::Yes; return 1; }");
    assert_eq!(library.read, []);
    library.lowers("enum Option { Yes, No } i64 main() { Option c = Option::Yes; return 1; }");
    assert_eq!(library.read, []);
}

#[test]
fn nam_7_a_program_may_declare_the_same_names() {
    let mut library = core().with(
        0,
        "Mine",
        "pub enum Option { Maybe(i64 x), Never }\npub Option Ask() { return Option::Never; }",
    );
    // An expected enum of the name comes before the library's (NAM-5).
    let analysis = library.analyze(
        "use Mine.Ask;\n\
         i64 main() { Option<i64> theirs = Option::Some(1);\n\
         return match Ask() { Option::Maybe(x) => x, Option::Never => 0, }; }",
    );
    assert_eq!(found(&analysis), []);
    let analysis =
        library.analyze("use Mine.Option;\ni64 main() { Option own = Option::Never; return 1; }");
    assert_eq!(found(&analysis), []);
    let analysis =
        library.analyze("use Mine;\ni64 main() { Option own = Option::Never; return 1; }");
    assert_eq!(found(&analysis), []);
}

#[test]
fn cor_3_without_a_core_library_the_names_are_unknown() {
    let mut library = Library::default();
    let analysis = library.analyze("i64 main() { Option<i64> x = 1; return 1; }");
    let codes = found(&analysis).into_iter().map(|(code, ..)| code);
    assert_eq!(codes.collect::<Vec<_>>(), ["E1201"]);
    // Any letter case of the label is the core library's.
    let mut library = core().depending(0, &[("std", 9)]);
    library.lowers("i64 main() { Option<i64> x = Option::None; return 1; }");
}

#[test]
fn nam_3_what_a_label_has_not_and_a_module_of_it_has_is_told() {
    let mut library = Library::default()
        .with(
            1,
            "Shapes",
            "pub i64 Area() { return 1; }\npub type Disc { i64 x }\n",
        )
        .depending(0, &[("Shapes", 1)]);
    let text = "use Shapes.Disc;\nunit main() { let a = Shapes.Area(); Shapes.Disc d = 1; }\n";
    let analysis = library.analyze(text);
    let helps = analysis.diagnostics.iter().filter_map(|found| {
        let help = found.diagnostic.help.as_ref()?.to_string();
        Some((found.diagnostic.code.to_string(), help))
    });
    let expected = [
        ("E1108", "write `Shapes.Shapes.Disc`"),
        ("E1101", "write `Shapes.Shapes.Area`"),
        ("E1201", "write `Shapes.Shapes.Disc`"),
    ];
    let expected = expected.map(|(code, help)| (code.to_owned(), help.to_owned()));
    assert_eq!(helps.collect::<Vec<_>>(), expected);
}

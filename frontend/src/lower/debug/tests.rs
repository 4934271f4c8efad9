//! What debuggers are told of small programs.

use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::artifact::debug::{DebugInfo, Scope, Storage, TypeKind, Variable};

use crate::{DebugFile, analyze};

fn artifact(source: &str) -> CodegenArtifact {
    let program = analyze("t.bd", source.as_bytes()).program.unwrap();
    let file = |_, name: &str| DebugFile {
        path: name.to_owned(),
        directory: String::new(),
        md5: None,
    };
    program.with_debug_info(file).lower(None).unwrap()
}

fn debug(artifact: &CodegenArtifact) -> &DebugInfo {
    artifact.debug().unwrap()
}

/// The lines that the function of this name has, in the order of its code.
fn lines(artifact: &CodegenArtifact, name: &str) -> Vec<u32> {
    let debug = debug(artifact);
    let mut scopes = debug.scopes.iter();
    let symbol = scopes.find_map(|scope| match scope {
        Scope::Function(function) if function.name == name => function.symbol,
        _ => None,
    });
    let mut functions = artifact.functions().iter();
    let function = functions.find(|function| Some(function.body.symbol) == symbol);
    let positions = function.unwrap().body.positions.iter();
    let lines = positions.map(|(_, position)| debug.positions[*position as usize].at.line);
    let mut lines = lines.collect::<Vec<_>>();
    lines.dedup();
    lines
}

fn variable<'d>(debug: &'d DebugInfo, name: &str) -> &'d Variable {
    let mut variables = debug.variables.iter();
    variables.find(|variable| variable.name == name).unwrap()
}

#[test]
fn statements_have_their_lines_and_the_end_that_of_its_brace() {
    let source = "unit main() {\n    let mut n = 3;\n    while n > 0 {\n        n = n - 1;\n    \
                  }\n    n =\n        5;\n}\n";
    let artifact = artifact(source);
    // The condition of a loop stands before it and at its end.
    assert_eq!(lines(&artifact, "main"), [2, 3, 4, 3, 7, 6, 8]);
}

#[test]
fn the_ways_of_a_branch_meet_at_its_end_and_not_in_one_of_them() {
    let source = "unit f(bool b) {\n    if b {\n        g();\n    } else {\n        g();\n    \
                  }\n}\nunit g() {}\nunit main() {\n    f(true);\n}\n";
    let artifact = artifact(source);
    assert_eq!(lines(&artifact, "f"), [1, 2, 3, 5, 7]);
}

#[test]
fn names_of_functions_have_the_paths_of_the_language() {
    let source = "mod Shop {\n    pub type Price {\n        i64 cents,\n        \
                  pub i64 total() { return this.cents; }\n    }\n}\ni64 main() {\n    \
                  let p = Shop.Price { cents: 3 };\n    let f = (i64 z) => z + 1;\n    \
                  return f(p.total());\n}\n";
    let artifact = artifact(source);
    let names = debug(&artifact)
        .scopes
        .iter()
        .filter_map(|scope| match scope {
            Scope::Function(function) => Some(function.name.as_str()),
            Scope::Block { .. } => None,
        });
    let names = names.collect::<Vec<_>>();
    assert!(names.contains(&"main"), "{names:?}");
    assert!(names.contains(&"t::Shop::Price::total"), "{names:?}");
    assert!(
        names.iter().any(|name| name.starts_with("lambda.")),
        "{names:?}"
    );
}

#[test]
fn locals_are_in_their_scopes_and_in_slots_of_their_own() {
    let source = "i64 main() {\n    mut i64 total = 0;\n    for i in range(0, 3) {\n        \
                  let twice = i + i;\n        total = total + twice;\n    }\n    return total;\n}\n";
    let artifact = artifact(source);
    let debug = debug(&artifact);
    let depth = |name| {
        let mut scope = variable(debug, name).scope.unwrap();
        let mut depth = 0;
        while let Scope::Block { parent } = debug.scopes[scope as usize] {
            scope = parent;
            depth += 1;
        }
        depth
    };
    assert_eq!(["total", "i", "twice"].map(depth), [1, 2, 3]);
    let keys = debug.variables.iter().flat_map(|variable| &variable.pieces);
    let mut keys = keys.map(|piece| match piece.storage {
        Storage::Slot(key) => key,
        other => panic!("{other}"),
    });
    let all = keys.by_ref().collect::<std::collections::BTreeSet<_>>();
    assert_eq!(all.len(), debug.variables.len());
    let slots = artifact.functions().iter();
    let slots = slots.flat_map(|function| &function.body.stack_slots);
    let slots = slots.filter_map(|slot| slot.key).collect();
    assert_eq!(all, slots);
    assert_eq!(variable(debug, "twice").declared.line, 4);
}

#[test]
fn types_are_laid_out_as_the_runtime_has_them() {
    let source = "enum Shape { Round(f64 r), Square(i64 a, i64 b), None }\n\
                  type Node { i64 value, Shape shape, string name, u8[] bytes }\n\
                  i64 f(Node node, Shape shape, string text, u8[] bytes, bool b, char c) {\n    \
                  return node.value;\n}\n\
                  i64 main() {\n    let s = Shape::None;\n    \
                  return f(Node { value: 1, shape: s, name: \"a\", bytes: [] }, s, \"b\", [], true, 'c');\n}\n";
    let artifact = artifact(source);
    let debug = debug(&artifact);
    let object = |name| {
        let ty = &debug.types[variable(debug, name).ty as usize];
        let TypeKind::Pointer { to: Some(to) } = ty.kind else {
            panic!("{name}: {ty:?}");
        };
        (ty.name.as_str(), &debug.types[to as usize])
    };
    let fields = |name| match &object(name).1.kind {
        TypeKind::Struct { fields } => {
            let fields = fields.iter();
            let fields = fields.map(|field| (field.name.as_str(), field.offset));
            fields.collect::<Vec<_>>()
        }
        other => panic!("{name}: {other:?}"),
    };
    let node = [("value", 8), ("shape", 16), ("name", 24), ("bytes", 32)];
    assert_eq!(fields("node"), node);
    assert_eq!(fields("text"), [("ptr", 0), ("len", 8)]);
    assert_eq!(fields("bytes"), [("ptr", 0), ("len", 8), ("cap", 16)]);
    assert_eq!(object("text").0, "string");
    assert_eq!(object("bytes").0, "u8[]");
    let (name, shape) = object("shape");
    let TypeKind::Variants {
        discriminant,
        variants,
    } = &shape.kind
    else {
        panic!("{shape:?}");
    };
    assert_eq!((name, shape.size), ("Shape", 32));
    assert_eq!(discriminant.as_ref().unwrap().offset, 8);
    let variants = variants.iter().map(|variant| {
        let offsets = variant.fields.iter().map(|field| field.offset);
        (variant.name.as_str(), offsets.collect::<Vec<_>>())
    });
    let expected = [
        ("Round", vec![16]),
        ("Square", vec![16, 24]),
        ("None", vec![]),
    ];
    assert_eq!(variants.collect::<Vec<_>>(), expected);
    let scalars = ["b", "c"].map(|name| debug.types[variable(debug, name).ty as usize].size);
    assert_eq!(scalars, [1, 4]);
}

#[test]
fn structs_in_parts_are_shown_whole() {
    let source = "type Pair { i64 a, i64 b }\n\
                  i64 main() {\n    let p = Pair { a: 1, b: 2 };\n    return p.a + p.b;\n}\n";
    let artifact = artifact(source);
    let debug = debug(&artifact);
    let pair = variable(debug, "p");
    let ty = &debug.types[pair.ty as usize];
    assert!(matches!(ty.kind, TypeKind::Struct { .. }), "{ty:?}");
    let offsets = pair.pieces.iter().map(|piece| (piece.offset, piece.size));
    assert_eq!(offsets.collect::<Vec<_>>(), [(8, 8), (16, 8)]);
}

#[test]
fn a_local_that_others_write_is_behind_its_cell() {
    let source = "unit set(out i64 to) { to = 41; }\n\
                  i64 main() {\n    mut i64 n = 0;\n    set(out n);\n    return n;\n}\n";
    let artifact = artifact(source);
    let n = variable(debug(&artifact), "n");
    assert!(
        matches!(n.pieces[0].storage, Storage::Behind { .. }),
        "{n:?}"
    );
}

#[test]
fn what_c_calls_is_where_the_function_is_declared() {
    let source = "[Export(Abi: \"C\", Symbol: \"out\")]\npub i64 inside(i64 n) {\n    \
                  let text = \"${n}\";\n    return text.len();\n}\n";
    let artifact = artifact(source);
    assert_eq!(lines(&artifact, "out"), [2]);
    assert_eq!(lines(&artifact, "inside"), [2, 3, 4]);
}

#[test]
fn without_debug_information_nothing_is_told() {
    let source = "i32 main() {\n    let n = 1;\n    return n + 1;\n}\n";
    let plain = analyze("t.bd", source.as_bytes()).program.unwrap();
    let plain = plain.lower(None).unwrap();
    assert!(plain.debug().is_none());
    for function in plain.functions() {
        assert!(function.body.positions.is_empty());
        assert!(function.body.stack_slots.is_empty());
    }
}

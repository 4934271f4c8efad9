//! What artifacts tell debuggers: written, read again, and refused where it lies.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

mod program;

use beskid_plugin_api::artifact::debug::*;
use beskid_plugin_api::artifact::{Body, CodegenArtifact};
use program::build;

const BYTES: u64 = 8;

fn field(name: &str, offset: u64, ty: u32) -> Field {
    Field {
        name: name.to_owned(),
        offset,
        ty,
    }
}

fn ty(name: &str, size: u64, kind: TypeKind) -> DebugType {
    DebugType {
        name: name.to_owned(),
        size,
        kind,
    }
}

const fn at(line: u32, column: u32) -> Location {
    Location {
        file: 0,
        line,
        column,
    }
}

/// Every kind of type, scope and storage; a list whose nodes point to nodes.
fn sample() -> DebugInfo {
    let mut debug = DebugInfo::new("test 1", language::BESKID);
    debug.file("src/list.bd", "/home/somebody");
    debug.files[0].md5 = Some([7; 16]);
    let long = debug.ty(ty("i64", BYTES, TypeKind::Base(Encoding::Signed)));
    let node = long + 1;
    let next = long + 2;
    let fields = vec![field("value", 0, long), field("next", BYTES, next)];
    debug.ty(ty("Node", 2 * BYTES, TypeKind::Struct { fields }));
    debug.ty(ty("", BYTES, TypeKind::Pointer { to: Some(node) }));
    let variant = |name: &str, value, fields| Variant {
        name: name.to_owned(),
        value,
        fields,
    };
    let some = vec![field("value", 0, next)];
    let kind = TypeKind::Variants {
        discriminant: Some(field("", 0, next)),
        variants: vec![
            variant("None", Some(0), vec![]),
            variant("Some", None, some),
        ],
    };
    let option = debug.ty(ty("Option", BYTES, kind));
    let kind = TypeKind::Array {
        element: option,
        count: Some(3),
        stride: BYTES,
    };
    debug.ty(ty("", 3 * BYTES, kind));
    debug.ty(ty("Link", BYTES, TypeKind::Alias { of: next }));
    let kind = TypeKind::Subroutine {
        params: vec![option],
        result: Some(long),
    };
    let code = debug.ty(ty("", 0, kind));
    debug.ty(ty("", BYTES, TypeKind::Pointer { to: Some(code) }));
    let function = debug.scope(Scope::Function(Box::new(FunctionScope {
        symbol: Some(0),
        name: "List::main".to_owned(),
        declared: at(1, 5),
        result: Some(long),
    })));
    let block = debug.scope(Scope::Block { parent: function });
    let piece = |offset, storage| Piece {
        offset,
        size: 8,
        storage,
    };
    debug.variable(Variable {
        name: "node".to_owned(),
        ty: node,
        scope: Some(block),
        declared: at(2, 9),
        parameter: false,
        pieces: vec![piece(0, Storage::Label(3)), piece(8, Storage::Slot(4))],
    });
    debug.variable(Variable {
        name: "count".to_owned(),
        ty: long,
        scope: None,
        declared: at(9, 1),
        parameter: false,
        pieces: vec![piece(0, Storage::Data(2))],
    });
    debug.variable(Variable {
        name: "boxed".to_owned(),
        ty: long,
        scope: Some(function),
        declared: at(1, 9),
        parameter: true,
        pieces: vec![piece(0, Storage::Behind { key: 5, offset: 16 })],
    });
    debug.position(Position {
        at: at(2, 9),
        scope: block,
    });
    debug
}

fn with(debug: DebugInfo) -> Result<CodegenArtifact, String> {
    let artifact = build(|parts| parts.debug = Some(debug));
    artifact.map_err(|error| format!("{} {error}", error.code()))
}

#[test]
fn debug_information_comes_back_from_bytes_and_from_json() {
    let artifact = with(sample()).unwrap();
    let read = CodegenArtifact::decode(artifact.bytes()).unwrap();
    assert_eq!(read.debug(), Some(&sample()));
    let json = artifact.to_json().unwrap();
    let again = CodegenArtifact::from_json(json.as_bytes()).unwrap();
    assert_eq!(again.bytes(), artifact.bytes());
    let misspelled = json.replace("\"directory\"", "\"folder\"");
    let error = CodegenArtifact::from_json(misspelled.as_bytes()).unwrap_err();
    assert_eq!(error.code(), "E5004", "{error}");
}

#[test]
fn without_debug_information_there_is_no_section() {
    let artifact = build(|_| ()).unwrap();
    assert_eq!(artifact.debug(), None);
    let tag = artifact.bytes().windows(4).any(|four| four == b"DBUG");
    assert!(!tag);
    assert!(!artifact.to_json().unwrap().contains("debug\":"));
}

#[test]
fn a_dump_shows_every_table() {
    let text = with(sample()).unwrap().to_string();
    let (_, text) = text.split_once("\ndebug ").unwrap();
    let expected = "\
language 0xbe5d, producer test 1
file0 = \"src/list.bd\" in \"/home/somebody\"
type0 = i64 Signed, 8 bytes
type1 = Node struct [0 value: type0] [8 next: type2], 16 bytes
type2 = pointer to type1, 8 bytes
type3 = Option variants [0 : type2] | None = 0 | Some [0 value: type2], 8 bytes
type4 = array of 3 type3 each 8, 24 bytes
type5 = Link alias of type2, 8 bytes
type6 = subroutine(type3) -> type0, 0 bytes
type7 = pointer to type6, 8 bytes
scope0 = function s0 List::main -> type0 at file0:1:5
scope1 = block in scope0
variable node: type1 in scope1 at file0:2:9 [0..8 label 3] [8..16 slot 4]
variable count: type0 at file0:9:1 [0..8 s2]
parameter boxed: type0 in scope0 at file0:1:9 [0..8 behind slot 5 + 16]
position0 = file0:2:9 in scope1
";
    assert_eq!(text, expected);
}

#[test]
fn debug_information_that_lies_is_refused_by_its_place() {
    type Lie = fn(&mut DebugInfo);
    let lies: &[(&str, Lie)] = &[
        ("producer: the text", |debug| debug.producer.push('\0')),
        ("file 0: its path is empty", |debug| {
            debug.files[0].path.clear()
        }),
        ("file 0: the text", |debug| {
            debug.files[0].directory.push('\0')
        }),
        ("type 0: no Signed has 3", |debug| debug.types[0].size = 3),
        ("type 2: its size is 4", |debug| debug.types[2].size = 4),
        ("type 2: type 99 does not exist", |debug| {
            debug.types[2].kind = TypeKind::Pointer { to: Some(99) };
        }),
        ("type 1: its part `next` is not inside", |debug| {
            debug.types[1].size = 9;
        }),
        ("type 1: its part `far` is not inside", |debug| {
            let fields = vec![field("far", u64::MAX, 0)];
            debug.types[1].kind = TypeKind::Struct { fields };
        }),
        ("type 3: it has several variants", |debug| {
            if let TypeKind::Variants { discriminant, .. } = &mut debug.types[3].kind {
                *discriminant = None;
            }
        }),
        ("type 3: its discriminant is neither", |debug| {
            if let TypeKind::Variants { discriminant, .. } = &mut debug.types[3].kind {
                *discriminant = Some(field("", 0, 5));
            }
        }),
        ("type 3: a second variant like `Some`", |debug| {
            if let TypeKind::Variants { variants, .. } = &mut debug.types[3].kind {
                variants[1].value = Some(0);
            }
        }),
        ("type 4: its elements of 8 bytes overlap", |debug| {
            if let TypeKind::Array { stride, .. } = &mut debug.types[4].kind {
                *stride = 7;
            }
        }),
        ("type 4: its size is beyond", |debug| {
            if let TypeKind::Array { count, .. } = &mut debug.types[4].kind {
                *count = Some(u64::MAX);
            }
        }),
        ("type 4: its size is 25", |debug| debug.types[4].size = 25),
        ("type 5: its size is 4", |debug| debug.types[5].size = 4),
        ("type 6: its size is 1", |debug| debug.types[6].size = 1),
        ("type 1: it contains itself", |debug| {
            let fields = vec![field("next", 0, 5)];
            debug.types[1].kind = TypeKind::Struct { fields };
            debug.types[5] = ty("Link", 16, TypeKind::Alias { of: 1 });
        }),
        ("scope 1: its parent 1 is not", |debug| {
            debug.scopes[1] = Scope::Block { parent: 1 };
        }),
        ("scope 1: a second one for the function", |debug| {
            debug.scopes[1] = debug.scopes[0].clone();
        }),
        ("scope 0: symbol 2 is not a function", |debug| {
            if let Scope::Function(function) = &mut debug.scopes[0] {
                function.symbol = Some(2);
            }
        }),
        ("scope 1024: it lies in 1024 others", |debug| {
            for parent in 1..2000 {
                debug.scope(Scope::Block { parent });
            }
        }),
        ("variable 0: type 99", |debug| debug.variables[0].ty = 99),
        ("variable 0: scope 2", |debug| {
            debug.variables[0].scope = Some(2)
        }),
        ("variable 0: file 1", |debug| {
            debug.variables[0].declared.file = 1
        }),
        ("variable 0: its piece of 9 bytes at 8", |debug| {
            debug.variables[0].pieces[1].size = 9;
        }),
        ("variable 0: its piece of 0 bytes at 0", |debug| {
            debug.variables[0].pieces[0].size = 0;
        }),
        ("variable 0: its piece of 8 bytes at 7", |debug| {
            debug.variables[0].pieces[1].offset = 7;
        }),
        ("variable 1: symbol 0 is not a data", |debug| {
            debug.variables[1].pieces[0].storage = Storage::Data(0);
        }),
        ("position 0: scope 2", |debug| debug.positions[0].scope = 2),
        ("position 0: file 1", |debug| debug.positions[0].at.file = 1),
    ];
    for (message, lie) in lies {
        let mut debug = sample();
        lie(&mut debug);
        let error = with(debug).unwrap_err();
        let expected = format!("E5007 invalid artifact, section `DBUG`, {message}");
        assert!(error.starts_with(&expected), "{error}\nnot {expected}");
    }
}

#[test]
fn a_table_of_types_that_is_long_and_deep_is_checked_in_its_length() {
    let mut debug = sample();
    let first = debug.types.len() as u32;
    for of in first..first + 100_000 {
        debug.ty(ty("", 0, TypeKind::Alias { of: of + 1 }));
    }
    debug.ty(ty("", 0, TypeKind::Struct { fields: vec![] }));
    assert!(with(debug.clone()).is_ok());
    debug.types.last_mut().unwrap().kind = TypeKind::Alias { of: first };
    assert!(with(debug).unwrap_err().contains("it contains itself"));
}

#[test]
fn symbols_get_other_numbers_or_go() {
    let mut debug = sample();
    debug.renumber(|symbol| symbol.checked_sub(1));
    let Scope::Function(function) = &debug.scopes[0] else {
        panic!("the first scope is a function");
    };
    assert_eq!(function.symbol, None);
    assert_eq!(debug.variables[1].pieces[0].storage, Storage::Data(1));
    debug.renumber(|_| None);
    assert!(debug.variables[1].pieces.is_empty());
    assert_eq!(debug.variables[0].pieces.len(), 2);
}

#[test]
fn a_position_holds_until_the_next_one() {
    let body = Body {
        positions: vec![(1, 7), (3, NO_POSITION), (4, 0)],
        ..Body::default()
    };
    let positions = (0..6).map(|instruction| body.position_of(instruction));
    let expected = [None, Some(7), Some(7), None, Some(0), Some(0)];
    assert!(positions.eq(expected));
}

#[test]
fn functions_of_scopes_are_found() {
    let debug = sample();
    assert_eq!(debug.owners()[..2], [Some(0), Some(0)]);
}

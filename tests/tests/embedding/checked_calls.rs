//! Functions by name and type: what is called is what the artifact says.

use beskid_host::embed::{Config, Engine, Function, Imports, Instance, Trap};

use crate::programs::{beskid, clif, engine};

/// A function of each scalar, which returns what it takes.
const ECHOES: &str = "\
function %i8(i8) -> i8 system_v {\nblock0(v0: i8):\n    return v0\n}\n\
function %i16(i16) -> i16 system_v {\nblock0(v0: i16):\n    return v0\n}\n\
function %i32(i32) -> i32 system_v {\nblock0(v0: i32):\n    return v0\n}\n\
function %i64(i64) -> i64 system_v {\nblock0(v0: i64):\n    return v0\n}\n\
function %f32(f32) -> f32 system_v {\nblock0(v0: f32):\n    return v0\n}\n\
function %f64(f64) -> f64 system_v {\nblock0(v0: f64):\n    return v0\n}\n\
function %nothing() system_v {\nblock0:\n    return\n}\n";

/// Digits of its eight arguments.
const EIGHT: &str = "\
function %eight(i8, f64, i16, f32, i32, f64, i64, i64) -> f64 system_v {
block0(v0: i8, v1: f64, v2: i16, v3: f32, v4: i32, v5: f64, v6: i64, v7: i64):
    v8 = fcvt_from_sint.f64 v0
    v9 = fadd v8, v1
    v10 = fcvt_from_sint.f64 v2
    v11 = fadd v9, v10
    v12 = fpromote.f64 v3
    v13 = fadd v11, v12
    v14 = fcvt_from_sint.f64 v4
    v15 = fadd v13, v14
    v16 = fadd v15, v5
    v17 = fcvt_from_sint.f64 v6
    v18 = fadd v16, v17
    v19 = fcvt_from_sint.f64 v7
    v20 = fadd v18, v19
    return v20
}
";

#[test]
fn scalars_cross_as_they_are() {
    let engine = engine();
    let instance = clif(&engine, ECHOES);
    macro_rules! echoes {
        ($($name:literal $ty:ty: $($value:expr),+;)+) => {$(
            let echo = instance.function::<($ty,), $ty>($name).unwrap();
            $(assert_eq!(echo.call(($value,)).unwrap(), $value, "{}", $name);)+
        )+};
    }
    echoes! {
        "i8" i8: 0, -1, i8::MIN, i8::MAX;
        "i8" u8: 0, 255;
        "i8" bool: true, false;
        "i16" i16: -1, i16::MIN;
        "i16" u16: u16::MAX;
        "i32" i32: -1, i32::MIN;
        "i32" u32: u32::MAX;
        "i64" i64: -1, i64::MIN;
        "i64" u64: u64::MAX;
        "f32" f32: 0.1, f32::MAX;
        "f64" f64: -0.1, f64::MIN_POSITIVE;
    }
    instance
        .function::<(), ()>("nothing")
        .unwrap()
        .call(())
        .unwrap();
}

#[test]
fn eight_arguments_of_all_kinds_arrive_in_order() {
    let engine = engine();
    let instance = clif(&engine, EIGHT);
    let eight = instance.function::<(i8, f64, i16, f32, i32, f64, i64, u64), f64>("eight");
    let sum = eight
        .unwrap()
        .call((-1, 0.5, -20, 0.25, -300, 4.0, 1 << 40, 7));
    assert_eq!(sum.unwrap(), (1_i64 << 40) as f64 - 309.25);
}

#[test]
fn names_and_types_that_the_program_has_not_are_refused() {
    let engine = engine();
    let text = "\
        ; data: %counter export writable align 8 zero 8\n\
        ; symbol: %own local\n\
        function %square(i64) -> i64 system_v {\nblock0(v0: i64):\n    v1 = imul v0, v0\n    return v1\n}\n\
        function %own() system_v {\nblock0:\n    return\n}\n\
        function %tail() tail {\nblock0:\n    return\n}\n";
    let instance = clif(&engine, text);
    let refused = |name| instance.function::<(i64,), i64>(name).unwrap_err();
    instance.function::<(i64,), i64>("square").unwrap();
    let unknown = refused("sqare");
    assert_eq!(unknown.code, "E4051", "{unknown}");
    assert!(unknown.help.unwrap().contains("`square`"));
    let far = refused("nothing_like_it");
    assert_eq!(far.code, "E4051");
    assert!(far.help.unwrap().contains("square"));
    let own = refused("own");
    assert_eq!(own.code, "E4051", "{own}");
    assert!(own.message.contains("not exported"), "{own}");
    let data = refused("counter");
    assert_eq!(data.code, "E4053", "{data}");
    let wrong = instance.function::<(i64, f64), ()>("square").unwrap_err();
    let message = "E4052: `square` is `(i64) -> i64`, and is asked for as `(i64, f64)`";
    assert_eq!(wrong.to_string(), message);
    let unsigned = instance.function::<(u64,), u64>("square").unwrap();
    assert_eq!(unsigned.call((1 << 20,)).unwrap(), 1 << 40);
    let shown = instance.function_type("square").unwrap().to_string();
    assert_eq!(shown, "(i64) -> i64");
}

#[test]
fn an_imported_function_is_not_the_programs() {
    let engine = engine();
    let text = "pub unit main() { panic(\"no\"); }\n";
    let instance = beskid(&engine, text);
    let imported = instance
        .artifact()
        .runtime_imports()
        .next()
        .unwrap()
        .to_owned();
    let error = instance.function::<(), ()>(&imported).unwrap_err();
    assert_eq!(error.code, "E4054", "{error}");
}

#[test]
fn a_program_of_several_files_and_the_core_library_is_compiled_from_memory() {
    let engine = engine();
    let files = [
        (
            "Main.bd",
            "use Shapes.Square;\n\n[Export(Abi: \"C\")]\npub i64 area(i64 side) { return Square.area(side); }\n",
        ),
        (
            "Shapes/Square.bd",
            "pub i64 area(i64 side) { return side * side; }\n",
        ),
    ];
    let artifact = engine.artifact_of_files(&files).unwrap();
    let instance = engine.compile(&artifact, Imports::new()).unwrap();
    let area = instance.function::<(i64,), i64>("area").unwrap();
    assert_eq!(area.call((12,)).unwrap(), 144);
    let again = engine.artifact_of_bytes(artifact.bytes()).unwrap();
    assert_eq!(again.digest(), artifact.digest());
}

#[test]
fn what_is_wrong_with_a_source_is_said_with_its_place() {
    let engine = engine();
    let text = "pub unit main() {\n    i64 x = true;\n    i64 y = unknown;\n}\n";
    let error = engine.artifact_of_source("wrong.bd", text).unwrap_err();
    assert_eq!(error.path.as_deref(), Some("wrong.bd:2:13"), "{error}");
    assert!(
        error
            .notes
            .iter()
            .any(|note| note.starts_with("wrong.bd:3:13: E"))
    );
    let error = engine.artifact_of_clif("function %f( {").unwrap_err();
    assert_eq!(error.code, "E0020");
    assert_eq!(engine.artifact_of_files(&[]).unwrap_err().code, "E4041");
    assert_eq!(engine.artifact_of_bytes(b"no").unwrap_err().code, "E5001");
}

#[test]
fn a_backend_or_an_option_that_is_not_there_is_refused_when_the_engine_is_made() {
    let refused = |config| Engine::new(config).unwrap_err().code;
    assert_eq!(refused(Config::new().backend("none")), "E5108");
    assert_eq!(refused(Config::new().option("no_such", "1")), "E4004");
    assert!(Engine::new(Config::new().option("cranelift.enable_verifier", "true")).is_ok());
}

#[test]
fn instances_have_their_own_data() {
    let engine = engine();
    let text = "\
        ; data: %counter local writable align 8 zero 8\n\
        function %next() -> i64 system_v {\n\
        \x20   gv0 = symbol colocated %counter\n\
        block0:\n    v0 = symbol_value.i64 gv0\n    v1 = load.i64 v0\n\
        \x20   v3 = iconst.i64 1\n    v2 = iadd v1, v3\n    store v2, v0\n    return v2\n}\n";
    let artifact = engine.artifact_of_clif(text).unwrap();
    let [first, second] = [(), ()].map(|()| engine.compile(&artifact, Imports::new()).unwrap());
    let next = |instance: &Instance| instance.function::<(), i64>("next").unwrap().call(());
    assert_eq!(
        [next(&first), next(&first), next(&second)],
        [Ok(1), Ok(2), Ok(1)]
    );
    let moved = std::thread::spawn(move || next(&first)).join().unwrap();
    assert_eq!(moved, Ok(3));
}

#[test]
fn types_go_to_other_threads_as_far_as_they_may() {
    const fn send<T: Send>() {}
    const fn sync<T: Sync>() {}
    send::<Engine>();
    sync::<Engine>();
    send::<Instance>();
    send::<Trap>();
    sync::<Trap>();
    // Each is ambiguous, and does not compile, for a type that goes farther.
    trait Unshared<A> {
        fn is_unshared() {}
    }
    impl<T> Unshared<()> for T {}
    impl<T: Sync> Unshared<u8> for T {}
    trait Unsent<A> {
        fn is_unsent() {}
    }
    impl<T> Unsent<()> for T {}
    impl<T: Send> Unsent<u8> for T {}
    <Instance as Unshared<_>>::is_unshared();
    <Function<'static, (), ()> as Unshared<_>>::is_unshared();
    <Function<'static, (), ()> as Unsent<_>>::is_unsent();
}

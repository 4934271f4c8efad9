//! Functions whose types are known only when the program runs.

use beskid_host::embed::{
    CallError, Caller, Config, Engine, FunctionType, Imports, TrapKind, Value,
};
use beskid_plugin_api::artifact::Type;

const PROGRAM: &str = "\
[Extern(Abi: \"C\", Library: \"host\")]
contract Host {
    f64 mix(i32 a, f64 b, u8 c);
    unit tell(i64 what);
}

[Export(Abi: \"C\")]
pub f64 mixed(i32 a, f64 b, u8 c) {
    Host.tell(7);
    return Host.mix(a, b, c);
}

[Export(Abi: \"C\")]
pub unit nothing() { }
";

#[test]
fn values_cross_by_words_in_both_directions() {
    let engine = Engine::new(Config::new().dynamic(true)).unwrap();
    let artifact = engine.artifact_of_source("mixed.bd", PROGRAM).unwrap();
    let mix = |caller: &mut Caller<'_, Vec<i64>>, arguments: &[Value]| match *arguments {
        [Value::I32(a), Value::F64(b), Value::I8(c)] => {
            caller.push(i64::from(a));
            match c {
                0 => Err("zero"),
                1 => Ok(Some(Value::I64(1))),
                _ => Ok(Some(Value::F64(f64::from(a) + b + f64::from(c)))),
            }
        }
        _ => Err("other arguments"),
    };
    let tell = |caller: &mut Caller<'_, Vec<i64>>, arguments: &[Value]| {
        caller.extend(arguments.iter().map(|value| value.word() as i64));
        Ok::<_, String>(None)
    };
    let types = |params: &[Type], results: &[Type]| FunctionType {
        params: params.to_vec(),
        results: results.to_vec(),
    };
    let of_mix = types(&[Type::I32, Type::F64, Type::I8], &[Type::F64]);
    let imports = Imports::with(Vec::new())
        .dynamic_function("mix", of_mix, mix)
        .dynamic_function("tell", types(&[Type::I64], &[]), tell);
    let instance = engine.compile(&artifact, imports).unwrap();
    let mixed = instance.dynamic_function("mixed").unwrap();
    assert_eq!(mixed.of_type().to_string(), "(i32, f64, i8) -> f64");
    let call = |c| mixed.call(&[Value::I32(-5), Value::F64(0.5), Value::I8(c)]);
    assert_eq!(call(20).unwrap(), Some(Value::F64(15.5)));
    let ended = |c| match call(c).unwrap_err() {
        CallError::Trap(trap) => (trap.kind(), trap.message().to_owned()),
        other => panic!("{other}"),
    };
    assert_eq!(ended(0), (TrapKind::HostError, "zero".to_owned()));
    let wrong = "a host function of `(i32, f64, i8) -> f64` returned an i64";
    assert_eq!(ended(1), (TrapKind::HostError, wrong.to_owned()));
    let wrong = mixed.call(&[Value::I32(1)]).unwrap_err();
    assert!(
        matches!(&wrong, CallError::Arguments(error) if error.code == "E4052"),
        "{wrong}"
    );
    let nothing = instance.dynamic_function("nothing").unwrap();
    assert_eq!(nothing.call(&[]).unwrap(), None);
    assert_eq!(instance.dynamic_function("none").unwrap_err().code, "E4051");
    assert_eq!(instance.into_state(), [7, -5, 7, -5, 7, -5]);
}

#[test]
fn an_engine_that_is_not_dynamic_says_so() {
    let engine = Engine::new(Config::new()).unwrap();
    let text = "[Export(Abi: \"C\")]\npub unit nothing() { }\n";
    let artifact = engine.artifact_of_source("nothing.bd", text).unwrap();
    let instance = engine.compile(&artifact, Imports::new()).unwrap();
    let error = instance.dynamic_function("nothing").unwrap_err();
    assert_eq!(error.code, "E4052", "{error}");
}

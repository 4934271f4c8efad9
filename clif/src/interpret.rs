//! A third opinion: Cranelift's interpreter, on functions that come out of an
//! artifact.

use beskid_plugin_api::artifact::CodegenArtifact;
use beskid_plugin_api::panics::contain_panic;
use cranelift_codegen::data_value::DataValue;
use cranelift_codegen::ir::{Function, LibCall, UserExternalName, UserFuncName};
use cranelift_codegen::isa::CallConv;
use cranelift_interpreter::environment::FunctionStore;
use cranelift_interpreter::interpreter::{Interpreter, InterpreterState, LibCallValues};
use cranelift_interpreter::step::{ControlFlow, CraneliftTrap};

use crate::decode::Decoder;
use crate::error::ClifError;

/// Most instructions that a call may take.
const FUEL: u64 = 100_000_000;

/// What became of a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Interpreted {
    /// It returned these.
    Returned(Vec<DataValue>),
    /// It trapped, as the interpreter says.
    Trapped(String),
    /// The interpreter does not know something, or gave up; why.
    GaveUp(String),
}

/// The functions of an artifact, to be interpreted.
#[derive(Debug)]
pub struct Interpretable(Vec<Function>);

impl Interpretable {
    /// Decodes them.
    ///
    /// # Errors
    /// As for [`Decoder::new`] and [`Decoder::function`].
    pub fn read(artifact: &CodegenArtifact) -> Result<Self, ClifError> {
        let decoder = Decoder::new(artifact, CallConv::SystemV)?;
        let functions = artifact.functions().iter();
        let functions = functions.map(|function| decoder.function(function, &name));
        functions.collect::<Result<_, _>>().map(Self)
    }

    /// Calls the function of this symbol.
    pub fn call(&self, symbol: u32, args: &[DataValue]) -> Interpreted {
        // The interpreter panics on what it does not know.
        match contain_panic(|| self.run(symbol, args)) {
            Ok(Ok(ControlFlow::Return(values))) => Interpreted::Returned(values.to_vec()),
            Ok(Ok(ControlFlow::Trap(trap))) => Interpreted::Trapped(trap.to_string()),
            Ok(Ok(other)) => Interpreted::GaveUp(format!("no return but {other:?}")),
            Ok(Err(reason)) => Interpreted::GaveUp(reason),
            Err(panic) => Interpreted::GaveUp(format!("that the interpreter gave up: {panic}")),
        }
    }

    fn run(&self, symbol: u32, args: &[DataValue]) -> Result<ControlFlow<'_>, String> {
        let mut store = FunctionStore::default();
        for function in &self.0 {
            store.add(function.name.to_string(), function);
        }
        let state = InterpreterState::default()
            .with_function_store(store)
            .with_libcall_handler(library_call);
        let callee = UserFuncName::User(name(symbol)).to_string();
        Interpreter::new(state)
            .with_fuel(Some(FUEL))
            .call_by_name(&callee, args)
            .map_err(|error| {
                let cause = std::error::Error::source(&error);
                cause.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
            })
    }
}

fn name(symbol: u32) -> UserExternalName {
    UserExternalName::new(0, symbol)
}

fn library_call(routine: LibCall, args: LibCallValues) -> Result<LibCallValues, CraneliftTrap> {
    use DataValue::{F32, F64};
    let single = |x: f32| F32(x.into());
    let double = |x: f64| F64(x.into());
    let result = match (routine, args.as_slice()) {
        (LibCall::CeilF32, [F32(x)]) => single(x.as_f32().ceil()),
        (LibCall::CeilF64, [F64(x)]) => double(x.as_f64().ceil()),
        (LibCall::FloorF32, [F32(x)]) => single(x.as_f32().floor()),
        (LibCall::FloorF64, [F64(x)]) => double(x.as_f64().floor()),
        (LibCall::TruncF32, [F32(x)]) => single(x.as_f32().trunc()),
        (LibCall::TruncF64, [F64(x)]) => double(x.as_f64().trunc()),
        (LibCall::NearestF32, [F32(x)]) => single(x.as_f32().round_ties_even()),
        (LibCall::NearestF64, [F64(x)]) => double(x.as_f64().round_ties_even()),
        (LibCall::FmaF32, [F32(x), F32(y), F32(z)]) => {
            single(x.as_f32().mul_add(y.as_f32(), z.as_f32()))
        }
        (LibCall::FmaF64, [F64(x), F64(y), F64(z)]) => {
            double(x.as_f64().mul_add(y.as_f64(), z.as_f64()))
        }
        _ => return Err(CraneliftTrap::UnreachableCodeReached),
    };
    Ok(LibCallValues::from_buf([result]))
}

//! The program being lowered, and what it has declared so far.

use std::collections::HashMap;
use std::rc::Rc;

use beskid_clif::ArtifactModule;
use cranelift_module::{DataId, FuncId, ModuleError};

use super::debug::tables::Tables;
use super::descriptors::{Descriptors, Shape};
use super::imports::ForeignImports;
use super::literals::Literals;
use super::machine::machine_type;
use super::plan::Plans;
use super::runtime::Runtime;
use super::statics::Statics;
use super::traced::Trace;
use crate::hir::{FunctionId, Program, Role};
use crate::types::{EnumId, Layout, Ty};

pub(super) type Lowered<T> = Result<T, ModuleError>;

/// The program being lowered.
pub(super) struct Unit<'p> {
    pub(super) program: &'p Program,
    pub(super) module: ArtifactModule,
    pub(super) functions: Vec<Declared>,
    /// Which of the program's functions are defined.
    pub(super) wanted: Vec<bool>,
    pub(super) plans: Plans,
    pub(super) literals: Literals,
    pub(super) runtime: Runtime,
    pub(super) foreign: ForeignImports,
    pub(super) descriptors: Descriptors,
    pub(super) statics: Statics,
    /// Whether C calls functions of the program, so that calls of foreign functions
    /// may come back.
    pub(super) called_back: bool,
    pub(super) layouts: HashMap<Shape, Rc<Layout>>,
    /// Whose methods are behind each of the contracts' methods.
    pub(super) targets: HashMap<u32, Vec<FunctionId>>,
    /// Functions that are of no source, and the order in which they were asked for.
    pub(super) made: HashMap<Made, FuncId>,
    pub(super) to_make: Vec<Made>,
    pub(super) trace: Trace,
    /// What debuggers are told, if they are.
    pub(super) debug: Option<Box<Tables>>,
}

/// A function of the program, in the module.
#[derive(Debug, Clone, Copy)]
pub(super) struct Declared {
    /// What the program calls.
    pub(super) id: FuncId,
    /// What others call, if that is another function.
    pub(super) outside: Option<FuncId>,
    /// Whether its first parameter is the context.
    pub(super) context: bool,
    /// Whether what others call names the table of functions for stacks that overflow.
    pub(super) names_functions: bool,
}

/// A function that is of no source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Made {
    /// A function as closures and contracts call it, with a context: of a closure
    /// if its object comes first.
    Thunk { function: FunctionId, closure: bool },
    /// Whether two values of a type are equal.
    Equal(Ty),
    /// Ends the program because of an index.
    OutOfBounds,
}

impl Unit<'_> {
    /// Where the parts of an object are.
    pub(super) fn layout(&mut self, shape: Shape) -> Rc<Layout> {
        if let Some(layout) = self.layouts.get(&shape) {
            return Rc::clone(layout);
        }
        let types = &self.program.types;
        let layout = Rc::new(match shape {
            Shape::Struct(id) => Layout::of_struct(types, id),
            Shape::Variant(id, variant) => {
                let variant = &types.enumeration(id).variants[variant as usize];
                Layout::of_variant(types, &variant.payload)
            }
            Shape::Closure(id) => {
                let captures = self.program.functions[id as usize].captured();
                Layout::of_closure(types, &captures)
            }
            Shape::Cell(of) => Layout::of_cell(types, of),
        });
        self.layouts.insert(shape, Rc::clone(&layout));
        layout
    }

    /// The descriptor of an object.
    pub(super) fn descriptor(&mut self, shape: Shape) -> Lowered<DataId> {
        if let Some(id) = self.descriptors.known(shape) {
            return Ok(id);
        }
        let layout = self.layout(shape);
        let mut methods = Vec::new();
        if let Shape::Struct(id) = shape {
            for (number, function) in &self.program.types.structure(id).methods {
                methods.push((*number, self.contract_code(*function as FunctionId)?));
            }
        }
        let module = &mut self.module;
        self.descriptors.define(module, shape, &layout, &methods)
    }

    /// The object of a variant without payload.
    pub(super) fn static_variant(&mut self, id: EnumId, variant: u32) -> Lowered<DataId> {
        if let Some(known) = self.statics.variants.get(&(id, variant)) {
            return Ok(*known);
        }
        let shape = Shape::Variant(id, variant);
        let layout = self.layout(shape);
        let descriptor = self.descriptor(shape)?;
        let module = &mut self.module;
        self.statics
            .define_variant(module, (id, variant), &layout, descriptor)
    }

    /// A function as contracts call it.
    fn contract_code(&mut self, function: FunctionId) -> Lowered<FuncId> {
        let declared = self.functions[function as usize];
        if declared.context {
            return Ok(declared.id);
        }
        self.thunk(function, false)
    }

    pub(super) fn machine_type(&self, ty: Ty) -> Option<cranelift_codegen::ir::Type> {
        machine_type(&self.program.types, ty)
    }
}

/// Whether a program has C call functions of its own.
pub(super) fn is_called_back(program: &Program) -> bool {
    program
        .functions
        .iter()
        .any(|function| function.role == Role::Foreign || function.symbol.is_some())
}

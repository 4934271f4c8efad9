//! The state of a run: calls, locals, and places that are stored to.

use std::cell::RefCell;
use std::rc::Rc;

use crate::wellformed::tree::{Body, Expr, Function, Lambda, Local, Program, Stmt, Width};
use crate::wellformed::value::{Object, Value};

use super::operators::element;
use super::stop::{Flow, Run, Stop, unfit};

pub struct Machine<'p> {
    pub program: &'p Program,
    pub output: String,
    pub steps: usize,
    pub depth: usize,
}

pub struct Frame<'p> {
    pub locals: Vec<Value<'p>>,
    pub this: Option<Value<'p>>,
}

impl<'p> Frame<'p> {
    pub fn set(&mut self, local: Local, value: Value<'p>) {
        if self.locals.len() <= local {
            self.locals.resize(local + 1, Value::Unit);
        }
        self.locals[local] = value;
    }
}

/// Where a value is stored.
pub enum Place<'p> {
    Local(Local),
    Field(Rc<Object<'p>>, usize),
    Element(Rc<RefCell<Vec<Value<'p>>>>, i64),
}

impl<'p> Machine<'p> {
    pub fn call(&mut self, function: usize, args: Vec<Value<'p>>) -> Run<'p, Value<'p>> {
        let program = self.program;
        self.enter(&program.functions[function], None, args)
    }

    pub fn enter(
        &mut self,
        function: &'p Function,
        this: Option<Value<'p>>,
        args: Vec<Value<'p>>,
    ) -> Run<'p, Value<'p>> {
        let mut frame = Frame {
            locals: Vec::new(),
            this,
        };
        for ((local, ..), arg) in function.params.iter().zip(args) {
            frame.set(*local, arg);
        }
        self.body(&mut frame, &function.body)
    }

    /// Runs a body as that of a function.
    pub fn body(&mut self, frame: &mut Frame<'p>, body: &'p Body) -> Run<'p, Value<'p>> {
        self.depth += 1;
        if self.depth > 100 {
            return unfit("deep");
        }
        let value = match body {
            Body::Value(value) => self.expr(frame, value),
            Body::Block(block) => self.block(frame, block).map(|flow| match flow {
                Flow::Return(value) => value,
                _ => Value::Unit,
            }),
        };
        let value = match value {
            Err(Stop::Leave(value)) => value,
            other => other?,
        };
        self.depth -= 1;
        Ok(value)
    }

    pub fn apply(&mut self, callee: &Value<'p>, args: Vec<Value<'p>>) -> Run<'p, Value<'p>> {
        match callee {
            Value::Function(at) => self.call(*at, args),
            Value::Closure(closure) => {
                let (locals, this) = (closure.locals.clone(), closure.this.clone());
                let mut frame = Frame { locals, this };
                let code: &'p Lambda = closure.code;
                for ((local, _), arg) in code.params.iter().zip(args) {
                    frame.set(*local, arg);
                }
                self.body(&mut frame, &code.body)
            }
            _ => unfit("called what is no function"),
        }
    }

    pub fn block(&mut self, frame: &mut Frame<'p>, block: &'p [Stmt]) -> Run<'p, Flow<'p>> {
        for stmt in block {
            match self.stmt(frame, stmt)? {
                Flow::On => {}
                other => return Ok(other),
            }
        }
        Ok(Flow::On)
    }

    pub fn step(&mut self) -> Run<'p, ()> {
        self.steps += 1;
        if self.steps > 60_000 || self.output.len() > 30_000 {
            return unfit("long");
        }
        Ok(())
    }

    pub fn say(&mut self, text: &str) {
        self.output.push_str(text);
        self.output.push('\n');
    }

    pub fn truth(&mut self, frame: &mut Frame<'p>, expr: &'p Expr) -> Run<'p, bool> {
        match self.expr(frame, expr)? {
            Value::Bool(value) => Ok(value),
            _ => unfit("no truth value"),
        }
    }

    pub fn number(&mut self, frame: &mut Frame<'p>, expr: &'p Expr) -> Run<'p, (Width, i64)> {
        match self.expr(frame, expr)? {
            Value::Int(width, value) => Ok((width, value)),
            _ => unfit("no integer"),
        }
    }

    pub fn object(&mut self, frame: &mut Frame<'p>, expr: &'p Expr) -> Run<'p, Rc<Object<'p>>> {
        match self.expr(frame, expr)? {
            Value::Struct(object) => Ok(object),
            _ => unfit("no struct"),
        }
    }

    /// Runs the body of a loop once; says how the loop ends, if it does.
    pub fn turn(&mut self, frame: &mut Frame<'p>, block: &'p [Stmt]) -> Run<'p, Option<Flow<'p>>> {
        self.step()?;
        Ok(match self.block(frame, block)? {
            Flow::On | Flow::Continue => None,
            Flow::Break => Some(Flow::On),
            Flow::Return(value) => Some(Flow::Return(value)),
        })
    }

    pub fn named(
        &mut self,
        object: &Rc<Object<'p>>,
        name: &str,
        args: Vec<Value<'p>>,
    ) -> Run<'p, Value<'p>> {
        let program = self.program;
        let method = program.structs[object.of]
            .methods
            .iter()
            .find(|method| method.name == name);
        match method {
            Some(method) => self.enter(method, Some(Value::Struct(Rc::clone(object))), args),
            None => unfit("no such method"),
        }
    }

    pub fn place(&mut self, frame: &mut Frame<'p>, place: &'p Expr) -> Run<'p, Place<'p>> {
        Ok(match place {
            Expr::Local(local) => Place::Local(*local),
            Expr::Field { object, field, .. } => Place::Field(self.object(frame, object)?, *field),
            Expr::Index(array, index) => {
                let Value::Array(items) = self.expr(frame, array)? else {
                    return unfit("no array");
                };
                Place::Element(items, self.number(frame, index)?.1)
            }
            _ => return unfit("no place"),
        })
    }

    pub fn load(&self, frame: &Frame<'p>, place: &Place<'p>) -> Run<'p, Value<'p>> {
        match place {
            Place::Local(local) => Ok(frame.locals[*local].clone()),
            Place::Field(object, field) => Ok(object.fields.borrow()[*field].clone()),
            Place::Element(items, at) => element(&items.borrow(), *at),
        }
    }

    pub fn store(&self, frame: &mut Frame<'p>, place: &Place<'p>, value: Value<'p>) -> Run<'p, ()> {
        match place {
            Place::Local(local) => frame.set(*local, value),
            Place::Field(object, field) => object.fields.borrow_mut()[*field] = value,
            Place::Element(items, at) => {
                element(&items.borrow(), *at)?;
                items.borrow_mut()[*at as usize] = value;
            }
        }
        Ok(())
    }

    pub fn assign(
        &mut self,
        frame: &mut Frame<'p>,
        place: &'p Expr,
        value: &'p Expr,
    ) -> Run<'p, Value<'p>> {
        let place = self.place(frame, place)?;
        let value = self.expr(frame, value)?;
        self.store(frame, &place, value.clone())?;
        Ok(value)
    }

    pub fn all(&mut self, frame: &mut Frame<'p>, exprs: &'p [Expr]) -> Run<'p, Vec<Value<'p>>> {
        exprs.iter().map(|expr| self.expr(frame, expr)).collect()
    }
}

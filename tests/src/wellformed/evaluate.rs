//! Runs a program on its own tree.

use std::cell::RefCell;
use std::rc::Rc;

use super::tree::{
    Body, Expr, Function, Lambda, Local, Match, Op, Pattern, Piece, Program, Stmt, Width,
};
use super::value::{Closure, Object, Value};

/// What a program does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What it prints.
    pub output: String,
    /// What `main` returns, or the message of the panic.
    pub end: Result<i64, String>,
}

/// Why evaluation of a part stops.
enum Stop<'p> {
    Panic(String),
    /// The function returns from within an expression.
    Leave(Value<'p>),
    /// Too long, too deep, too much; or the tree makes no sense.
    Unfit(&'static str),
}

enum Flow<'p> {
    On,
    Break,
    Continue,
    Return(Value<'p>),
}

type Run<'p, T> = Result<T, Stop<'p>>;

/// Runs `main`.
///
/// # Errors
/// Why the program is not fit for a test, in a word.
pub fn evaluate(program: &Program) -> Result<Outcome, &'static str> {
    let mut machine = Machine { program, output: String::new(), steps: 0, depth: 0 };
    let main = program.functions.len() - 1;
    let end = match machine.call(main, Vec::new()) {
        Ok(Value::Int(_, value)) => Ok(value),
        Ok(_) => return Err("main has no number"),
        Err(Stop::Panic(message)) => Err(message),
        Err(Stop::Leave(_)) => return Err("main has no number"),
        Err(Stop::Unfit(why)) => return Err(why),
    };
    Ok(Outcome { output: machine.output, end })
}

struct Machine<'p> {
    program: &'p Program,
    output: String,
    steps: usize,
    depth: usize,
}

struct Frame<'p> {
    locals: Vec<Value<'p>>,
    this: Option<Value<'p>>,
}

impl<'p> Frame<'p> {
    fn set(&mut self, local: Local, value: Value<'p>) {
        if self.locals.len() <= local {
            self.locals.resize(local + 1, Value::Unit);
        }
        self.locals[local] = value;
    }
}

fn unfit<'p, T>(why: &'static str) -> Run<'p, T> {
    Err(Stop::Unfit(why))
}

fn panics<'p, T>(message: impl Into<String>) -> Run<'p, T> {
    Err(Stop::Panic(message.into()))
}

/// Where a value is stored.
enum Place<'p> {
    Local(Local),
    Field(Rc<Object<'p>>, usize),
    Element(Rc<RefCell<Vec<Value<'p>>>>, i64),
}

impl<'p> Machine<'p> {
    fn call(&mut self, function: usize, args: Vec<Value<'p>>) -> Run<'p, Value<'p>> {
        let program = self.program;
        self.enter(&program.functions[function], None, args)
    }

    fn enter(
        &mut self,
        function: &'p Function,
        this: Option<Value<'p>>,
        args: Vec<Value<'p>>,
    ) -> Run<'p, Value<'p>> {
        let mut frame = Frame { locals: Vec::new(), this };
        for ((local, ..), arg) in function.params.iter().zip(args) {
            frame.set(*local, arg);
        }
        self.body(&mut frame, &function.body)
    }

    /// Runs a body as that of a function.
    fn body(&mut self, frame: &mut Frame<'p>, body: &'p Body) -> Run<'p, Value<'p>> {
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

    fn apply(&mut self, callee: &Value<'p>, args: Vec<Value<'p>>) -> Run<'p, Value<'p>> {
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

    fn block(&mut self, frame: &mut Frame<'p>, block: &'p [Stmt]) -> Run<'p, Flow<'p>> {
        for stmt in block {
            match self.stmt(frame, stmt)? {
                Flow::On => {}
                other => return Ok(other),
            }
        }
        Ok(Flow::On)
    }

    fn step(&mut self) -> Run<'p, ()> {
        self.steps += 1;
        if self.steps > 60_000 || self.output.len() > 30_000 {
            return unfit("long");
        }
        Ok(())
    }

    fn say(&mut self, text: &str) {
        self.output.push_str(text);
        self.output.push('\n');
    }

    fn truth(&mut self, frame: &mut Frame<'p>, expr: &'p Expr) -> Run<'p, bool> {
        match self.expr(frame, expr)? {
            Value::Bool(value) => Ok(value),
            _ => unfit("no truth value"),
        }
    }

    fn number(&mut self, frame: &mut Frame<'p>, expr: &'p Expr) -> Run<'p, (Width, i64)> {
        match self.expr(frame, expr)? {
            Value::Int(width, value) => Ok((width, value)),
            _ => unfit("no integer"),
        }
    }

    fn object(&mut self, frame: &mut Frame<'p>, expr: &'p Expr) -> Run<'p, Rc<Object<'p>>> {
        match self.expr(frame, expr)? {
            Value::Struct(object) => Ok(object),
            _ => unfit("no struct"),
        }
    }

    /// Runs the body of a loop once; says how the loop ends, if it does.
    fn turn(&mut self, frame: &mut Frame<'p>, block: &'p [Stmt]) -> Run<'p, Option<Flow<'p>>> {
        self.step()?;
        Ok(match self.block(frame, block)? {
            Flow::On | Flow::Continue => None,
            Flow::Break => Some(Flow::On),
            Flow::Return(value) => Some(Flow::Return(value)),
        })
    }

    fn stmt(&mut self, frame: &mut Frame<'p>, stmt: &'p Stmt) -> Run<'p, Flow<'p>> {
        self.step()?;
        match stmt {
            Stmt::Let { local, value, .. } => {
                let value = self.expr(frame, value)?;
                frame.set(*local, value);
            }
            Stmt::Assign(place, value) => {
                self.assign(frame, place, value)?;
            }
            Stmt::Compound(place, op, value) => {
                let place = self.place(frame, place)?;
                let before = self.load(frame, &place)?;
                let added = self.expr(frame, value)?;
                let after = match (self.operate(*op, &before, &added)?, &before) {
                    (Value::Int(_, after), Value::Int(width, _)) => {
                        Value::Int(*width, width.wrap(i128::from(after)))
                    }
                    (after, _) => after,
                };
                self.store(frame, &place, after)?;
            }
            // A match may end what is around it.
            Stmt::Expr(Expr::Match(of)) => {
                let body = self.arm(frame, of)?;
                match body {
                    Body::Block(block) => return self.block(frame, block),
                    Body::Value(value) => self.expr(frame, value).map(|_| ())?,
                }
            }
            Stmt::Expr(value) => self.expr(frame, value).map(|_| ())?,
            Stmt::Say(pieces) => {
                let text = self.pieces(frame, pieces)?;
                self.say(&text);
            }
            Stmt::If(chain, last) => {
                for (condition, block) in chain {
                    if self.truth(frame, condition)? {
                        return self.block(frame, block);
                    }
                }
                if let Some(block) = last {
                    return self.block(frame, block);
                }
            }
            Stmt::While(condition, block) => {
                while self.truth(frame, condition)? {
                    if let Some(end) = self.turn(frame, block)? {
                        return Ok(end);
                    }
                }
            }
            Stmt::Range(local, from, to, block) => {
                let (width, from) = self.number(frame, from)?;
                let (_, to) = self.number(frame, to)?;
                for at in from..to {
                    frame.set(*local, Value::Int(width, at));
                    if let Some(end) = self.turn(frame, block)? {
                        return Ok(end);
                    }
                }
            }
            Stmt::Each(local, of, block) => return self.each(frame, *local, of, block),
            Stmt::Break => return Ok(Flow::Break),
            Stmt::Continue => return Ok(Flow::Continue),
            Stmt::Return(None) => return Ok(Flow::Return(Value::Unit)),
            Stmt::Return(Some(value)) => return Ok(Flow::Return(self.expr(frame, value)?)),
            Stmt::Block(block) => return self.block(frame, block),
            Stmt::Subscribe { object, event, handler, add, of } => {
                let object = self.object(frame, object)?;
                let handler = self.expr(frame, handler)?;
                let capacity = self.program.structs[*of].events[*event].1.unwrap_or(8);
                let list = &mut object.handlers.borrow_mut()[*event];
                if *add {
                    if list.len() == capacity {
                        return panics("event capacity exceeded");
                    }
                    list.push(handler);
                } else if let Some(at) = list.iter().position(|one| one.is(&handler)) {
                    list.remove(at);
                }
            }
            Stmt::Raise { event, args, .. } => {
                let Some(Value::Struct(object)) = frame.this.clone() else {
                    return unfit("no `this`");
                };
                let args = self.all(frame, args)?;
                let handlers = object.handlers.borrow()[*event].clone();
                for handler in handlers {
                    self.apply(&handler, args.clone())?;
                }
            }
            Stmt::Panic(text) => match self.expr(frame, text)? {
                Value::Text(text) => return panics(&*text),
                _ => return unfit("a panic without text"),
            },
        }
        Ok(Flow::On)
    }

    fn each(
        &mut self,
        frame: &mut Frame<'p>,
        local: Local,
        of: &'p Expr,
        block: &'p [Stmt],
    ) -> Run<'p, Flow<'p>> {
        let of = self.expr(frame, of)?;
        let mut at = 0;
        let length = match &of {
            Value::Array(items) => items.borrow().len(),
            _ => usize::MAX,
        };
        while at < length {
            let item = match &of {
                Value::Array(items) => items.borrow()[at].clone(),
                Value::Struct(object) => match self.named(object, "Next", Vec::new())? {
                    Value::Variant(0, fields) => fields[0].clone(),
                    _ => break,
                },
                _ => return unfit("nothing to go over"),
            };
            at += 1;
            frame.set(local, item);
            if let Some(end) = self.turn(frame, block)? {
                return Ok(end);
            }
        }
        Ok(Flow::On)
    }

    fn named(&mut self, object: &Rc<Object<'p>>, name: &str, args: Vec<Value<'p>>) -> Run<'p, Value<'p>> {
        let program = self.program;
        let method = program.structs[object.of].methods.iter().find(|method| method.name == name);
        match method {
            Some(method) => self.enter(method, Some(Value::Struct(Rc::clone(object))), args),
            None => unfit("no such method"),
        }
    }

    fn place(&mut self, frame: &mut Frame<'p>, place: &'p Expr) -> Run<'p, Place<'p>> {
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

    fn load(&self, frame: &Frame<'p>, place: &Place<'p>) -> Run<'p, Value<'p>> {
        match place {
            Place::Local(local) => Ok(frame.locals[*local].clone()),
            Place::Field(object, field) => Ok(object.fields.borrow()[*field].clone()),
            Place::Element(items, at) => element(&items.borrow(), *at),
        }
    }

    fn store(&self, frame: &mut Frame<'p>, place: &Place<'p>, value: Value<'p>) -> Run<'p, ()> {
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

    fn assign(&mut self, frame: &mut Frame<'p>, place: &'p Expr, value: &'p Expr) -> Run<'p, Value<'p>> {
        let place = self.place(frame, place)?;
        let value = self.expr(frame, value)?;
        self.store(frame, &place, value.clone())?;
        Ok(value)
    }

    fn all(&mut self, frame: &mut Frame<'p>, exprs: &'p [Expr]) -> Run<'p, Vec<Value<'p>>> {
        exprs.iter().map(|expr| self.expr(frame, expr)).collect()
    }

    fn pieces(&mut self, frame: &mut Frame<'p>, pieces: &'p [Piece]) -> Run<'p, String> {
        let mut out = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Hole(value) => match self.expr(frame, value)?.text() {
                    Some(text) => out.push_str(&text),
                    None => return unfit("a hole without text"),
                },
            }
        }
        if out.len() > 2_000 {
            return unfit("long text");
        }
        Ok(out)
    }

    fn expr(&mut self, frame: &mut Frame<'p>, expr: &'p Expr) -> Run<'p, Value<'p>> {
        self.step()?;
        Ok(match expr {
            Expr::Int { value, width, .. } => Value::Int(*width, *value),
            Expr::Float(value) => Value::Float(*value),
            Expr::Bool(value) => Value::Bool(*value),
            Expr::Char(value) => Value::Char(*value),
            Expr::Text(text) => Value::Text(text.as_str().into()),
            Expr::Holes(pieces) => Value::Text(self.pieces(frame, pieces)?.into()),
            Expr::Local(local) => frame.locals[*local].clone(),
            Expr::This => match &frame.this {
                Some(this) => this.clone(),
                None => return unfit("no `this`"),
            },
            Expr::Field { .. } => {
                let place = self.place(frame, expr)?;
                self.load(frame, &place)?
            }
            Expr::Index(of, index) => {
                let of = self.expr(frame, of)?;
                let (_, index) = self.number(frame, index)?;
                match of {
                    Value::Array(items) => element(&items.borrow(), index)?,
                    Value::Text(text) => {
                        let byte = usize::try_from(index).ok();
                        match byte.and_then(|at| text.as_bytes().get(at)) {
                            Some(&byte) => Value::Int(Width::U8, i64::from(byte)),
                            None => return outside(text.len(), index),
                        }
                    }
                    _ => return unfit("nothing to index"),
                }
            }
            Expr::Length { of, .. } => match self.expr(frame, of)? {
                Value::Array(items) => Value::Int(Width::I64, items.borrow().len() as i64),
                Value::Text(text) => Value::Int(Width::I64, text.len() as i64),
                _ => return unfit("nothing with a length"),
            },
            Expr::Negate(of) => match self.expr(frame, of)? {
                Value::Int(width, value) => Value::Int(width, width.wrap(-i128::from(value))),
                Value::Float(value) => Value::Float(-value),
                _ => return unfit("nothing to negate"),
            },
            Expr::Not(of) => Value::Bool(!self.truth(frame, of)?),
            Expr::Binary(Op::And, left, right) => {
                Value::Bool(self.truth(frame, left)? && self.truth(frame, right)?)
            }
            Expr::Binary(Op::Or, left, right) => {
                Value::Bool(self.truth(frame, left)? || self.truth(frame, right)?)
            }
            Expr::Binary(op, left, right) => {
                let left = self.expr(frame, left)?;
                let right = self.expr(frame, right)?;
                self.operate(*op, &left, &right)?
            }
            Expr::Convert(width, of) => {
                let (_, value) = self.number(frame, of)?;
                Value::Int(*width, width.wrap(i128::from(value)))
            }
            Expr::Call { function, args, .. } => {
                let args = self.all(frame, args)?;
                self.call(*function, args)?
            }
            Expr::Method { object, of, method, args, .. } => {
                let object = self.object(frame, object)?;
                let args = self.all(frame, args)?;
                let program = self.program;
                let method = &program.structs[*of].methods[*method];
                self.enter(method, Some(Value::Struct(object)), args)?
            }
            Expr::Dispatch { object, contract, method, args } => {
                let object = self.object(frame, object)?;
                let args = self.all(frame, args)?;
                let program = self.program;
                self.named(&object, &program.contracts[*contract].methods[*method].0, args)?
            }
            Expr::CallValue(of, args) => {
                let callee = self.expr(frame, of)?;
                let args = self.all(frame, args)?;
                self.apply(&callee, args)?
            }
            Expr::New { of, fields, .. } => {
                let mut values = vec![Value::Unit; fields.len()];
                for (field, value) in fields {
                    values[*field] = self.expr(frame, value)?;
                }
                let events = self.program.structs[*of].events.len();
                Value::Struct(Rc::new(Object {
                    of: *of,
                    fields: RefCell::new(values),
                    handlers: RefCell::new(vec![Vec::new(); events]),
                }))
            }
            Expr::Variant { variant, args, .. } => {
                Value::Variant(*variant, Rc::new(self.all(frame, args)?))
            }
            Expr::Array(items) => Value::Array(Rc::new(RefCell::new(self.all(frame, items)?))),
            Expr::Lambda(code) => Value::Closure(Rc::new(Closure {
                code,
                locals: frame.locals.clone(),
                this: frame.this.clone(),
            })),
            Expr::Function(at) => Value::Function(*at),
            Expr::Match(of) => match self.arm(frame, of)? {
                Body::Value(value) => self.expr(frame, value)?,
                Body::Block(block) => match self.block(frame, block)? {
                    Flow::Return(value) => return Err(Stop::Leave(value)),
                    _ => return unfit("a block as a value"),
                },
            },
            Expr::Try(of) => match self.expr(frame, of)? {
                Value::Variant(0, fields) => fields[0].clone(),
                failure => return Err(Stop::Leave(failure)),
            },
            Expr::Assign(place, value) => self.assign(frame, place, value)?,
        })
    }

    /// The body of the arm that a match takes.
    fn arm(&mut self, frame: &mut Frame<'p>, of: &'p Match) -> Run<'p, &'p Body> {
        let value = self.expr(frame, &of.of)?;
        for arm in &of.arms {
            if !self.meets(frame, &arm.pattern, &value)? {
                continue;
            }
            let taken = match &arm.guard {
                Some(guard) => self.truth(frame, guard)?,
                None => true,
            };
            if taken {
                return Ok(&arm.body);
            }
        }
        unfit("a match without an arm")
    }

    fn meets(&mut self, frame: &mut Frame<'p>, pattern: &'p Pattern, value: &Value<'p>) -> Run<'p, bool> {
        Ok(match (pattern, value) {
            (Pattern::Any, _) => true,
            (Pattern::Bind(local), _) => {
                frame.set(*local, value.clone());
                true
            }
            (Pattern::Literal(literal), _) => self.expr(frame, literal)?.equals(value),
            (Pattern::Variant(_, wanted, patterns), Value::Variant(found, fields)) => {
                if wanted != found {
                    return Ok(false);
                }
                for (pattern, field) in patterns.iter().zip(fields.iter()) {
                    if !self.meets(frame, pattern, field)? {
                        return Ok(false);
                    }
                }
                true
            }
            _ => return unfit("a pattern of another type"),
        })
    }

    fn operate(&self, op: Op, left: &Value<'p>, right: &Value<'p>) -> Run<'p, Value<'p>> {
        Ok(match (op, left, right) {
            (Op::Equal, _, _) => Value::Bool(left.equals(right)),
            (Op::Unequal, _, _) => Value::Bool(!left.equals(right)),
            (Op::Same, _, _) => Value::Bool(left.is(right)),
            (Op::Other, _, _) => Value::Bool(!left.is(right)),
            (_, Value::Int(a, left), Value::Int(b, right)) => {
                return integers(op, (*a).max(*b), *left, *right);
            }
            (_, Value::Float(left), Value::Float(right)) => match op {
                Op::Add => Value::Float(left + right),
                Op::Sub => Value::Float(left - right),
                Op::Mul => Value::Float(left * right),
                Op::Div => Value::Float(left / right),
                Op::Rem => Value::Float(left % right),
                Op::Less => Value::Bool(left < right),
                Op::LessEqual => Value::Bool(left <= right),
                Op::More => Value::Bool(left > right),
                Op::MoreEqual => Value::Bool(left >= right),
                _ => return unfit("operator of floats"),
            },
            (_, Value::Char(left), Value::Char(right)) => match op {
                Op::Less => Value::Bool(left < right),
                Op::LessEqual => Value::Bool(left <= right),
                Op::More => Value::Bool(left > right),
                Op::MoreEqual => Value::Bool(left >= right),
                _ => return unfit("operator of characters"),
            },
            (Op::Add, Value::Text(left), Value::Text(right)) => {
                if left.len() + right.len() > 2_000 {
                    return unfit("long text");
                }
                Value::Text(format!("{left}{right}").into())
            }
            _ => return unfit("operands"),
        })
    }
}

fn integers<'p>(op: Op, width: Width, left: i64, right: i64) -> Run<'p, Value<'p>> {
    let (a, b) = (i128::from(left), i128::from(right));
    let number = match op {
        Op::Add => a + b,
        Op::Sub => a - b,
        Op::Mul => a * b,
        Op::Div | Op::Rem if b == 0 => return panics("division by zero"),
        Op::Div => a / b,
        Op::Rem => a % b,
        Op::Less => return Ok(Value::Bool(a < b)),
        Op::LessEqual => return Ok(Value::Bool(a <= b)),
        Op::More => return Ok(Value::Bool(a > b)),
        Op::MoreEqual => return Ok(Value::Bool(a >= b)),
        _ => return unfit("operator of integers"),
    };
    Ok(Value::Int(width, width.wrap(number)))
}

fn element<'p>(items: &[Value<'p>], at: i64) -> Run<'p, Value<'p>> {
    match usize::try_from(at).ok().and_then(|at| items.get(at)) {
        Some(item) => Ok(item.clone()),
        None => outside(items.len(), at),
    }
}

fn outside<'p, T>(length: usize, at: i64) -> Run<'p, T> {
    panics(format!(
        "index out of bounds: the length is {length} but the index is {at}"
    ))
}

//! Computes expressions.

use std::cell::RefCell;
use std::rc::Rc;

use crate::wellformed::tree::{Body, Expr, Match, Op, Pattern, Piece, Width};
use crate::wellformed::value::{Closure, Object, Value};

use super::machine::{Frame, Machine};
use super::operators::{element, operate, outside};
use super::stop::{Flow, Run, Stop, unfit};

impl<'p> Machine<'p> {
    pub fn pieces(&mut self, frame: &mut Frame<'p>, pieces: &'p [Piece]) -> Run<'p, String> {
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

    pub fn expr(&mut self, frame: &mut Frame<'p>, expr: &'p Expr) -> Run<'p, Value<'p>> {
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
                operate(*op, &left, &right)?
            }
            Expr::Convert(width, of) => {
                let (_, value) = self.number(frame, of)?;
                Value::Int(*width, width.wrap(i128::from(value)))
            }
            Expr::Call { function, args, .. } => {
                let args = self.all(frame, args)?;
                self.call(*function, args)?
            }
            Expr::Method {
                object,
                of,
                method,
                args,
                ..
            } => {
                let object = self.object(frame, object)?;
                let args = self.all(frame, args)?;
                let program = self.program;
                let method = &program.structs[*of].methods[*method];
                self.enter(method, Some(Value::Struct(object)), args)?
            }
            Expr::Dispatch {
                object,
                contract,
                method,
                args,
            } => {
                let object = self.object(frame, object)?;
                let args = self.all(frame, args)?;
                let program = self.program;
                self.named(
                    &object,
                    &program.contracts[*contract].methods[*method].0,
                    args,
                )?
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
    pub fn arm(&mut self, frame: &mut Frame<'p>, of: &'p Match) -> Run<'p, &'p Body> {
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

    pub fn meets(
        &mut self,
        frame: &mut Frame<'p>,
        pattern: &'p Pattern,
        value: &Value<'p>,
    ) -> Run<'p, bool> {
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
}

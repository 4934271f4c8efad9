//! Runs statements.

use crate::wellformed::tree::{Body, Expr, Local, Stmt};
use crate::wellformed::value::Value;

use super::machine::{Frame, Machine};
use super::operators::operate;
use super::stop::{Flow, Run, panics, unfit};

impl<'p> Machine<'p> {
    pub fn stmt(&mut self, frame: &mut Frame<'p>, stmt: &'p Stmt) -> Run<'p, Flow<'p>> {
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
                let after = match (operate(*op, &before, &added)?, &before) {
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
            Stmt::Subscribe {
                object,
                event,
                handler,
                add,
                of,
            } => {
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

    pub fn each(
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
}

//! What operators do.

use crate::wellformed::tree::{Op, Width};
use crate::wellformed::value::Value;

use super::stop::{Run, panics, unfit};

/// The value of two operands.
pub fn operate<'p>(op: Op, left: &Value<'p>, right: &Value<'p>) -> Run<'p, Value<'p>> {
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

/// An element of an array.
pub fn element<'p>(items: &[Value<'p>], at: i64) -> Run<'p, Value<'p>> {
    match usize::try_from(at).ok().and_then(|at| items.get(at)) {
        Some(item) => Ok(item.clone()),
        None => outside(items.len(), at),
    }
}

/// The panic of an index.
pub fn outside<'p, T>(length: usize, at: i64) -> Run<'p, T> {
    panics(format!(
        "index out of bounds: the length is {length} but the index is {at}"
    ))
}

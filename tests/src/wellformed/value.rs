//! Values of a running program.

use std::cell::RefCell;
use std::rc::Rc;

use super::tree::{Lambda, Width};

/// A value.
#[derive(Debug, Clone)]
pub enum Value<'p> {
    /// `()`.
    Unit,
    /// An integer.
    Int(Width, i64),
    /// A float.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// A character.
    Char(char),
    /// A text.
    Text(Rc<str>),
    /// An array, shared.
    Array(Rc<RefCell<Vec<Self>>>),
    /// A struct, shared.
    Struct(Rc<Object<'p>>),
    /// A variant and its payload.
    Variant(usize, Rc<Vec<Self>>),
    /// A closure.
    Closure(Rc<Closure<'p>>),
    /// A named function.
    Function(usize),
}

/// A struct of some type.
#[derive(Debug)]
pub struct Object<'p> {
    /// The struct.
    pub of: usize,
    /// Its fields.
    pub fields: RefCell<Vec<Value<'p>>>,
    /// The handlers of its events.
    pub handlers: RefCell<Vec<Vec<Value<'p>>>>,
}

/// A closure with what it has captured.
#[derive(Debug)]
pub struct Closure<'p> {
    /// Its code.
    pub code: &'p Lambda,
    /// The locals of the moment when it was made.
    pub locals: Vec<Value<'p>>,
    /// `this` of that moment.
    pub this: Option<Value<'p>>,
}

impl<'p> Value<'p> {
    /// `==`.
    pub fn equals(&self, other: &Self) -> bool {
        let all = |a: &[Self], b: &[Self]| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.equals(b))
        };
        match (self, other) {
            (Self::Unit, Self::Unit) => true,
            (Self::Int(_, a), Self::Int(_, b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a == b,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Char(a), Self::Char(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Array(a), Self::Array(b)) => all(&a.borrow(), &b.borrow()),
            (Self::Struct(a), Self::Struct(b)) => all(&a.fields.borrow(), &b.fields.borrow()),
            (Self::Variant(a, fields), Self::Variant(b, others)) => a == b && all(fields, others),
            _ => false,
        }
    }

    /// `===`.
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Array(a), Self::Array(b)) => Rc::ptr_eq(a, b),
            (Self::Struct(a), Self::Struct(b)) => Rc::ptr_eq(a, b),
            (Self::Closure(a), Self::Closure(b)) => Rc::ptr_eq(a, b),
            (Self::Function(a), Self::Function(b)) => a == b,
            _ => false,
        }
    }

    /// What an interpolation shows.
    pub fn text(&self) -> Option<String> {
        Some(match self {
            Self::Int(_, value) => value.to_string(),
            Self::Float(value) if value.is_nan() => "NaN".to_owned(),
            Self::Float(value) if value.is_infinite() => value.to_string(),
            Self::Float(value) => {
                let text = value.to_string();
                if text.contains('.') {
                    text
                } else {
                    text + ".0"
                }
            }
            Self::Bool(value) => value.to_string(),
            Self::Char(value) => value.to_string(),
            Self::Text(text) => text.to_string(),
            _ => return None,
        })
    }
}

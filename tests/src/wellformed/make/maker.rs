//! What making a program remembers, and the locals of the function that is being made.

use crate::wellformed::random::Random;
use crate::wellformed::tree::{Expr, Local, Program, Type};

/// What the place of an expression wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Nothing: the expression has its type by itself.
    Free,
    /// The type, without conversions.
    Exact,
    /// The type; integers may be converted.
    Typed,
}

/// A local that can be named.
#[derive(Debug, Clone)]
pub struct Known {
    pub local: Local,
    pub ty: Type,
    pub mutable: bool,
    pub block: usize,
}

/// Makes one program.
#[derive(Debug)]
pub struct Maker {
    pub random: Random,
    pub program: Program,
    /// For each function, whether its first parameter bounds its depth.
    pub bounded: Vec<bool>,
    /// The structs that can be gone over.
    pub iterators: Vec<usize>,
    /// How many statements may still be made.
    pub room: usize,
    /// How many evaluations say that they happen.
    pub marks: i64,
    /// Of the function that is being made.
    pub here: Here,
}

/// The function that is being made.
#[derive(Debug, Clone, Default)]
pub struct Here {
    pub names: Vec<String>,
    pub known: Vec<Known>,
    pub block: usize,
    pub loops: usize,
    /// Locals before this one are captured.
    pub captured: usize,
    pub generics: usize,
    pub result: Option<Type>,
    pub this: Option<usize>,
    /// How many methods of `this` can be called.
    pub methods: usize,
    /// The function that is being made, if others see it already.
    pub making: Option<usize>,
    /// The function itself, if it may call itself.
    pub itself: Option<usize>,
}

const WORDS: &[&str] = &[
    "alpha", "beta", "count", "delta", "edge", "first", "gain", "half", "item", "jump", "key",
    "left", "mark", "note", "open", "part", "quota", "rate", "sum", "turn",
];

impl Maker {
    /// Starts a program.
    pub fn new(seed: u64) -> Self {
        Self {
            random: Random::new(seed),
            program: Program::default(),
            bounded: Vec::new(),
            iterators: Vec::new(),
            room: 0,
            marks: 0,
            here: Here::default(),
        }
    }

    /// A new name.
    fn name(&mut self) -> String {
        let word = WORDS[self.random.below(WORDS.len())];
        match self
            .here
            .names
            .iter()
            .filter(|name| name.starts_with(word))
            .count()
        {
            0 => word.to_owned(),
            count => format!("{word}{}", count + 1),
        }
    }

    /// The name of a local of a block around, at times, which is shadowed then.
    fn shadowing(&mut self) -> Option<String> {
        let block = self.here.block;
        let known = self.here.known.iter();
        let known = known.filter(|one| one.block < block && !one.ty.is_open() && one.local > 0);
        let outer: Vec<_> = known.map(|one| one.local).collect();
        if self.random.percent(85) {
            return None;
        }
        let name = self.here.names[*self.random.pick(&outer)?].clone();
        let mut inner = self.here.known.iter().filter(|one| one.block >= block);
        inner
            .all(|one| self.here.names[one.local] != name)
            .then_some(name)
    }

    /// A new local in this block.
    pub fn declare(&mut self, ty: Type, mutable: bool) -> Local {
        let local = self.reserve();
        self.reveal(local, ty, mutable);
        local
    }

    /// A new local at the head of this block, before anything else in it.
    pub fn declare_head(&mut self, ty: Type) -> Local {
        let shadowing = self.shadowing();
        let local = self.declare(ty, false);
        if let Some(name) = shadowing {
            self.here.names[local] = name;
        }
        local
    }

    /// A new local that nothing can name yet.
    pub fn reserve(&mut self) -> Local {
        let name = self.name();
        self.here.names.push(name);
        self.here.names.len() - 1
    }

    /// Makes a reserved local known.
    pub fn reveal(&mut self, local: Local, ty: Type, mutable: bool) {
        let block = self.here.block;
        self.here.known.push(Known {
            local,
            ty,
            mutable,
            block,
        });
    }

    /// The locals that nothing shadows, of types that a test takes.
    pub fn locals(&self, wanted: impl Fn(&Known) -> bool) -> Vec<Known> {
        let known = &self.here.known;
        let names = &self.here.names;
        let shadowed = |at: usize, one: &Known| {
            known[at + 1..]
                .iter()
                .any(|later| names[later.local] == names[one.local])
        };
        let all = known.iter().enumerate();
        all.filter(|(at, one)| wanted(one) && !shadowed(*at, one))
            .map(|(at, one)| Known {
                mutable: one.mutable && at >= self.here.captured,
                ..one.clone()
            })
            .collect()
    }

    /// One local of a type.
    pub fn local(&mut self, ty: &Type) -> Option<Expr> {
        let locals = self.locals(|one| one.ty == *ty);
        self.random.pick(&locals).map(|one| Expr::Local(one.local))
    }

    /// Makes something in a block of its own.
    pub fn inside<R>(&mut self, make: impl FnOnce(&mut Self) -> R) -> R {
        let known = self.here.known.len();
        self.here.block += 1;
        let made = make(self);
        self.here.block -= 1;
        self.here.known.truncate(known);
        made
    }

    /// The type of `this`.
    pub fn this(&self) -> Option<Type> {
        let of = self.here.this?;
        let generics = self.program.structs[of].generics;
        Some(Type::Struct(of, (0..generics).map(Type::Param).collect()))
    }
}

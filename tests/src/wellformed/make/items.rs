//! The items of a program.

use crate::wellformed::tree::{
    Body, Contract, Enum, Expr, Function, Op, Stmt, Struct, Type, Width,
};

use super::maker::{Here, Maker, Place};

const NAMES: &[&str] = &[
    "Amber", "Birch", "Cedar", "Dune", "Elm", "Fern", "Grove", "Heath", "Iris", "Jade", "Kelp",
    "Larch",
];
const VARIANTS: &[&str] = &["Red", "Green", "Blue", "Dark", "Pale"];
const FIELDS: &[&str] = &["width", "height", "label", "extra", "tail"];

impl Maker {
    /// Every item.
    pub fn items(&mut self) {
        for _ in 0..self.random.below(3) {
            let name = ["North", "South"][self.program.modules.len()];
            self.program.modules.push(name.to_owned());
        }
        self.prelude();
        for _ in 0..self.random.below(3) {
            self.enumeration();
        }
        for _ in 0..self.random.below(3) {
            self.contract();
        }
        for _ in 0..1 + self.random.below(3) {
            self.structure();
        }
        if self.random.percent(50) {
            self.iterator();
        }
        for _ in 0..1 + self.random.below(4) {
            let room = 2 + self.random.below(8);
            self.room = room;
            self.function();
        }
        self.room = 10 + self.random.below(20);
        self.main();
    }

    fn module(&mut self) -> Option<usize> {
        let count = self.program.modules.len();
        (count > 0 && self.random.percent(35)).then(|| self.random.below(count))
    }

    fn prelude(&mut self) {
        let variant = |name: &str, fields: Vec<Type>| (name.to_owned(), fields);
        self.program.enums = vec![
            Enum {
                name: "Option".to_owned(),
                module: None,
                generics: 1,
                variants: vec![
                    variant("Some", vec![Type::Param(0)]),
                    variant("None", Vec::new()),
                ],
            },
            Enum {
                name: "Result".to_owned(),
                module: None,
                generics: 2,
                variants: vec![
                    variant("Ok", vec![Type::Param(0)]),
                    variant("Error", vec![Type::Param(1)]),
                ],
            },
        ];
        let mark = vec![
            crate::wellformed::tree::Piece::Text("#".to_owned()),
            crate::wellformed::tree::Piece::Hole(Expr::Local(0)),
        ];
        self.program.functions.push(Function {
            name: "Seen".to_owned(),
            module: None,
            generics: 1,
            params: vec![
                (0, Type::Int(Width::I32), false),
                (1, Type::Param(0), false),
            ],
            result: Type::Param(0),
            body: Body::Block(vec![Stmt::Say(mark), Stmt::Return(Some(Expr::Local(1)))]),
            locals: vec!["mark".to_owned(), "value".to_owned()],
        });
        self.bounded.push(false);
    }

    fn enumeration(&mut self) {
        let at = self.program.enums.len();
        let generics = self.random.below(4) / 2;
        self.here = Here {
            generics,
            ..Here::default()
        };
        let own = Type::Enum(at, (0..generics).map(Type::Param).collect());
        let count = 1 + self.random.below(4);
        let variants = (0..count).map(|one| {
            let fields =
                (0..self.random.below(3)).map(|_| match one > 0 && self.random.percent(15) {
                    true => own.clone(),
                    false => self.data_type(1),
                });
            (VARIANTS[one].to_owned(), fields.collect())
        });
        let variants = variants.collect();
        let module = self.module();
        let name = format!("{}Kind", NAMES[at]);
        self.program.enums.push(Enum {
            name,
            module,
            generics,
            variants,
        });
    }

    fn contract(&mut self) {
        self.here = Here::default();
        let at = self.program.contracts.len();
        let embeds = (at > 0 && self.random.percent(50)).then(|| self.random.below(at));
        let mut methods =
            embeds.map_or(Vec::new(), |at| self.program.contracts[at].methods.clone());
        for one in 0..1 + self.random.below(2) {
            let params = (0..self.random.below(3))
                .map(|_| self.data_type(1))
                .collect();
            let result = if self.random.percent(25) {
                Type::Unit
            } else {
                self.data_type(1)
            };
            methods.push((format!("Do{}{one}", NAMES[at]), params, result));
        }
        let name = format!("{}Like", NAMES[at]);
        self.program.contracts.push(Contract {
            name,
            embeds,
            methods,
        });
    }

    fn structure(&mut self) {
        let at = self.program.structs.len();
        let generics = usize::from(self.random.percent(30));
        self.here = Here {
            generics,
            ..Here::default()
        };
        let mut fields: Vec<_> = (0..generics)
            .map(|param| ("inner".to_owned(), Type::Param(param)))
            .collect();
        for field in FIELDS.iter().take(1 + self.random.below(4)) {
            let ty = if self.random.percent(50) {
                self.plain_type()
            } else {
                self.any_type(2)
            };
            fields.push(((*field).to_owned(), ty));
        }
        let mut events = Vec::new();
        if self.random.percent(40) {
            let capacity = self.random.percent(60).then(|| 1 + self.random.below(4));
            let params = (0..self.random.below(3))
                .map(|_| self.plain_type())
                .collect();
            events.push(("Changed".to_owned(), capacity, params));
        }
        let count = self.program.contracts.len();
        let conforms = generics == 0 && count > 0 && self.random.percent(60);
        let contracts: Vec<_> = conforms
            .then(|| self.random.below(count))
            .into_iter()
            .collect();
        let module = self.module();
        self.program.structs.push(Struct {
            name: NAMES[at].to_owned(),
            module,
            generics,
            fields,
            events,
            methods: Vec::new(),
            apart: self.random.percent(50),
            contracts: Vec::new(),
        });
        for &contract in &contracts {
            for (name, params, result) in self.program.contracts[contract].methods.clone() {
                self.method_of(at, name, &params, result);
            }
        }
        self.program.structs[at].contracts = contracts;
        for one in 0..1 + self.random.below(2) {
            self.here = Here {
                generics,
                ..Here::default()
            };
            let params: Vec<_> = (0..self.random.below(3))
                .map(|_| self.any_type(1))
                .collect();
            let result = if self.random.percent(45) {
                Type::Unit
            } else {
                self.data_type(1)
            };
            let name = format!("{}{one}", ["Grow", "Turn", "Read"][self.random.below(3)]);
            self.method_of(at, name, &params, result);
        }
    }

    fn method_of(&mut self, at: usize, name: String, params: &[Type], result: Type) {
        let one = &self.program.structs[at];
        self.here = Here {
            this: Some(at),
            methods: one.methods.len(),
            generics: one.generics,
            result: Some(result.clone()),
            ..Here::default()
        };
        let params: Vec<_> = params.iter().map(|ty| self.parameter(ty)).collect();
        self.room = 1 + self.random.below(4);
        let body = self.function_body(&result, 3);
        let locals = std::mem::take(&mut self.here.names);
        let function = Function {
            name,
            module: None,
            generics: 0,
            params,
            result,
            body,
            locals,
        };
        self.program.structs[at].methods.push(function);
    }

    fn parameter(&mut self, ty: &Type) -> (usize, Type, bool) {
        let mutable = self.random.percent(25);
        (self.declare(ty.clone(), mutable), ty.clone(), mutable)
    }

    fn function_body(&mut self, result: &Type, count: usize) -> Body {
        if *result != Type::Unit && self.random.percent(25) {
            return Body::Value(self.expr(result, Place::Typed, 3));
        }
        let count = 1 + self.random.below(count);
        Body::Block(self.function_block(count, 2))
    }

    fn iterator(&mut self) {
        let at = self.program.structs.len();
        let module = self.module();
        let int = Type::Int(Width::I32);
        let number = |value| Expr::Int {
            value,
            width: Width::I32,
            bare: true,
        };
        let field = |field| Expr::Field {
            object: Box::new(Expr::This),
            of: at,
            field,
            bare: field == 1,
        };
        let option = |variant, args| {
            let value = Expr::Variant {
                of: 0,
                types: Vec::new(),
                variant,
                args,
            };
            Stmt::Return(Some(value))
        };
        let spent = Expr::Binary(Op::LessEqual, Box::new(field(0)), Box::new(number(0)));
        let product = Expr::Binary(Op::Mul, Box::new(field(0)), Box::new(field(1)));
        let body = vec![
            Stmt::If(vec![(spent, vec![option(1, Vec::new())])], None),
            Stmt::Compound(field(0), Op::Sub, number(1)),
            option(0, vec![product]),
        ];
        let next = Function {
            name: "Next".to_owned(),
            module: None,
            generics: 0,
            params: Vec::new(),
            result: Type::Enum(0, vec![int.clone()]),
            body: Body::Block(body),
            locals: Vec::new(),
        };
        self.program.structs.push(Struct {
            name: "Countdown".to_owned(),
            module,
            generics: 0,
            fields: vec![("rest".to_owned(), int.clone()), ("step".to_owned(), int)],
            events: Vec::new(),
            methods: vec![next],
            apart: false,
            contracts: Vec::new(),
        });
        self.iterators.push(at);
    }

    fn function(&mut self) {
        let at = self.program.functions.len();
        let generics = [0, 0, 0, 1, 1, 2][self.random.below(6)];
        let module = self.module();
        self.here = Here {
            generics,
            ..Here::default()
        };
        let bounded = self.random.percent(30);
        let mut types = Vec::new();
        if bounded {
            types.push(Type::Int(Width::I32));
        }
        types.extend((0..generics).map(Type::Param));
        for _ in 0..self.random.below(3) {
            types.push(self.any_type(2));
        }
        let result = match self.random.below(10) {
            0 | 1 => Type::Unit,
            2 | 3 => {
                let value = self.plain_type();
                let error = if self.random.percent(60) {
                    Type::Text
                } else {
                    self.plain_type()
                };
                Type::Enum(1, vec![value, error])
            }
            4 => self.any_type(2),
            _ => self.data_type(2),
        };
        let mut params: Vec<_> = types.iter().map(|ty| self.parameter(ty)).collect();
        if bounded {
            params[0].2 = false;
            self.here.known[0].mutable = false;
        }
        self.here.result = Some(result.clone());
        let name = format!(
            "{}{at}",
            ["Make", "Find", "Mix", "Step"][self.random.below(4)]
        );
        let signature = Function {
            name,
            module,
            generics,
            params,
            result: result.clone(),
            body: Body::Block(Vec::new()),
            locals: Vec::new(),
        };
        let body = if bounded {
            let end = Expr::Binary(
                Op::LessEqual,
                Box::new(Expr::Local(0)),
                Box::new(Expr::Int {
                    value: 0,
                    width: Width::I32,
                    bare: true,
                }),
            );
            let value = (result != Type::Unit).then(|| self.expr(&result, Place::Typed, 1));
            let first = Stmt::If(vec![(end, vec![Stmt::Return(value)])], None);
            self.program.functions.push(signature.clone());
            self.bounded.push(true);
            self.here.making = Some(at);
            self.here.itself = Some(at);
            let count = 2 + self.random.below(3);
            let mut block = self.function_block(count, 2);
            block.insert(0, first);
            self.program.functions.pop();
            self.bounded.pop();
            Body::Block(block)
        } else {
            self.function_body(&result, 5)
        };
        let locals = std::mem::take(&mut self.here.names);
        self.program.functions.push(Function {
            body,
            locals,
            ..signature
        });
        self.bounded.push(bounded);
    }

    fn main(&mut self) {
        let result = Type::Int(Width::I64);
        self.here = Here {
            result: Some(result.clone()),
            ..Here::default()
        };
        let count = 8 + self.random.below(14);
        let mut block = self.statements(count, 3);
        for one in self.locals(|_| true) {
            let say = self.say_local(one.local, &one.ty);
            block.push(say);
        }
        let value = self.expr(&result, Place::Typed, 2);
        block.push(Stmt::Return(Some(value)));
        let locals = std::mem::take(&mut self.here.names);
        self.program.functions.push(Function {
            name: "main".to_owned(),
            module: None,
            generics: 0,
            params: Vec::new(),
            result,
            body: Body::Block(block),
            locals,
        });
        self.bounded.push(false);
    }
}

//! The structs of the matrix, and the signatures that they are in.

use crate::values::{Kind, Numbers, Value};

/// Signatures in each direction.
const COUNT: usize = 240;
/// Structs of random fields, besides the chosen ones.
const RANDOM_SHAPES: usize = 40;
/// Widest alignment that the boundary takes.
const WIDEST: u64 = 16;

/// A struct.
pub struct Shape {
    pub name: String,
    /// Names and kinds of the fields.
    pub fields: Vec<(String, Kind)>,
    /// `Align` of its `CLayout`.
    pub align: Option<u64>,
    /// Whether the language knows it already.
    pub is_view: bool,
}

/// A value of a parameter or a result.
#[derive(Clone)]
pub enum Arg {
    Scalar(Value),
    /// A struct, by its index, and the values of its fields.
    Struct(usize, Vec<Value>),
}

/// A call, and what it returns; nothing is unit.
pub struct Case {
    pub args: Vec<Arg>,
    pub result: Option<Arg>,
}

/// Everything that is generated.
pub struct Matrix {
    pub shapes: Vec<Shape>,
    pub cases: Vec<Case>,
}

/// Shapes of every class in every place, and with every kind of padding.
fn chosen() -> Vec<(Vec<Kind>, Option<u64>)> {
    use Kind::{Bool, F64, I32, I64, U8};
    vec![
        (vec![U8], None),
        (vec![I64], None),
        (vec![F64], None),
        (vec![I64, I64], None),
        (vec![F64, F64], None),
        (vec![U8, F64], None),
        (vec![F64, I32], None),
        (vec![I64, I64, I64], None),
        (vec![F64, F64, F64], None),
        (vec![I64], Some(16)),
        (vec![F64], Some(16)),
        (vec![I64, F64], Some(16)),
        (vec![F64, I64, U8], Some(16)),
        (vec![I32], None),
        (vec![Bool], None),
        (vec![I32, F64], None),
        (vec![I32, I32, U8], None),
        (vec![Bool; 8], None),
        (vec![U8, I32, U8], None),
        (vec![Bool], Some(16)),
        (vec![U8], Some(2)),
        (vec![U8, U8, U8], Some(4)),
        (vec![I32], Some(8)),
        (vec![I64, I64], Some(8)),
        (vec![I64; 8], None),
        (vec![F64; 8], Some(16)),
    ]
}

/// How many of the chosen shapes follow each number of used registers.
const DIRECTED: usize = 13;

fn shapes(numbers: &mut Numbers) -> Vec<Shape> {
    let random = (0..RANDOM_SHAPES).map(|index| {
        let fields = (0..=index % 8).map(|_| numbers.of(&Kind::PRIMITIVES));
        let fields = fields.collect::<Vec<_>>();
        let natural = fields.iter().map(|kind| kind.size()).max().unwrap();
        let mut align = Some(natural << (numbers.next() % 5));
        align.take_if(|align| *align > WIDEST);
        (fields, align)
    });
    let declared = chosen().into_iter().chain(random).enumerate();
    let declared = declared.map(|(index, (fields, align))| {
        let fields = fields.into_iter().enumerate();
        Shape {
            name: format!("S{index}"),
            fields: fields.map(|(n, kind)| (format!("f{n}"), kind)).collect(),
            align,
            is_view: false,
        }
    });
    let views = [("CStringView", 2), ("CBuffer", 2), ("CArrayView", 3)];
    let fields = [("ptr", Kind::Ref), ("len", Kind::I64), ("cap", Kind::I64)];
    let views = views.map(|(name, count)| Shape {
        name: name.to_owned(),
        fields: fields[..count]
            .iter()
            .map(|(name, kind)| ((*name).to_owned(), *kind))
            .collect(),
        align: None,
        is_view: true,
    });
    declared.chain(views).collect()
}

/// The matrix, the same in every run.
pub fn matrix() -> Matrix {
    let mut numbers = Numbers(7);
    let shapes = shapes(&mut numbers);
    let mut draw = Draw {
        numbers,
        shapes: &shapes,
    };
    let cases = (0..COUNT).map(|index| Case {
        args: if index.is_multiple_of(2) {
            draw.directed(index / 2)
        } else {
            let count = draw.numbers.next() % 13;
            (0..count).map(|_| draw.any()).collect()
        },
        result: match index % 9 {
            0 => None,
            1..=3 => Some(draw.any()),
            _ => Some(draw.of_shape(index % shapes.len())),
        },
    });
    let cases = cases.collect();
    Matrix { shapes, cases }
}

struct Draw<'a> {
    numbers: Numbers,
    shapes: &'a [Shape],
}

impl Draw<'_> {
    fn of_kind(&mut self, kind: Kind) -> Arg {
        Arg::Scalar(self.numbers.value(kind))
    }

    fn of_shape(&mut self, index: usize) -> Arg {
        let fields = self.shapes[index].fields.iter();
        let values = fields.map(|(_, kind)| self.numbers.value(*kind));
        Arg::Struct(index, values.collect())
    }

    fn any(&mut self) -> Arg {
        match self.numbers.next() % 7 {
            0 => self.of_kind(Kind::Ref),
            1..=2 => Arg::Scalar(self.numbers.primitive()),
            3 => self.of_kind(Kind::F64),
            _ => {
                let index = self.numbers.next() as usize % self.shapes.len();
                self.of_shape(index)
            }
        }
    }

    /// A chosen struct after every number of integer registers, few or most of
    /// the float registers, and up to one word on the stack; then what shows
    /// which registers are left.
    fn directed(&mut self, index: usize) -> Vec<Arg> {
        let integers = index % 9;
        let floats = [0, 6, 7, 9][index / 9 % 4];
        let mut args = Vec::new();
        for _ in 0..integers {
            let kind = self
                .numbers
                .of(&[Kind::I64, Kind::Ref, Kind::U8, Kind::I32]);
            args.push(self.of_kind(kind));
        }
        for _ in 0..floats {
            args.push(self.of_kind(Kind::F64));
        }
        args.push(self.of_shape(index % DIRECTED));
        for kind in [Kind::I32, Kind::F64, Kind::Bool] {
            args.push(self.of_kind(kind));
        }
        let last = self.numbers.next() as usize % chosen().len();
        args.push(self.of_shape(last));
        args.push(self.of_kind(Kind::I64));
        args
    }
}

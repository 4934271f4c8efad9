//! Which values no arm matches: the usual matrix of patterns, one column split at a
//! time.

use rustc_hash::FxHashSet;

use super::state::Checker;
use crate::hir::{Pattern, PatternId};
use crate::types::{Kind, Ty};

/// Most rows that are looked at for one arm: one that asks for more is taken for one that may
/// be reached.
const MOST_FOR_ARM: u32 = 200_000;
/// Most rows that are looked at for what a match does not cover.
const MOST_FOR_MATCH: u32 = 1_000_000;

/// What the arms of a match leave.
pub(super) enum Missing {
    Nothing,
    /// A value, as it would be written.
    Value(String),
    /// That would take too long to find out.
    Unknown,
}

/// A cell of the matrix: a pattern, or anything.
type Cell = Option<PatternId>;

/// How one value of a column looks.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Shape {
    Variant(u32),
    Scalar(i64),
    Float(u64),
    Text(u32),
}

/// What two patterns that match the same value have alike, unless one matches anything.
#[derive(PartialEq, Eq, Hash)]
pub(super) enum Head {
    Variant(u32),
    Scalar(i64),
    Float(u64),
    Text(Box<str>),
}

impl Checker<'_> {
    /// What is outermost in a pattern; `None` if it matches anything.
    pub(super) fn pattern_head(&self, pattern: PatternId) -> Option<Head> {
        Some(match self.shape(Some(pattern))? {
            Shape::Variant(index) => Head::Variant(index),
            Shape::Scalar(value) => Head::Scalar(value),
            Shape::Float(bits) => Head::Float(bits),
            Shape::Text(text) => {
                let texts = self.frames.last().map(|frame| &frame.body.texts)?;
                Head::Text(texts.get(text as usize)?.as_str().into())
            }
        })
    }

    /// Whether values of a type look in more ways than there can be patterns for.
    pub(super) fn is_endless(&mut self, ty: Ty) -> bool {
        self.every_shape(ty).is_none()
    }

    /// Whether a pattern matches something that the rows before do not.
    pub(super) fn is_useful(&mut self, rows: &[PatternId], pattern: PatternId, ty: Ty) -> bool {
        let rows = rows.iter().map(|row| vec![Some(*row)]).collect::<Vec<_>>();
        let mut left = MOST_FOR_ARM;
        self.uncovered(&rows, &[Some(pattern)], &[ty], &mut left)
            .is_some()
            || left == 0
    }

    /// A value that no row matches.
    pub(super) fn missing(&mut self, rows: &[PatternId], ty: Ty) -> Missing {
        let rows = rows.iter().map(|row| vec![Some(*row)]).collect::<Vec<_>>();
        let mut left = MOST_FOR_MATCH;
        let found = self.uncovered(&rows, &[None], &[ty], &mut left);
        if left == 0 {
            return Missing::Unknown;
        }
        let Some(found) = found.and_then(|found| found.into_iter().next()) else {
            return Missing::Nothing;
        };
        // Where none is covered, the first is missing.
        let first = self.every_shape(ty).and_then(|all| all.first().copied());
        match first.filter(|_| found == "_") {
            Some(first) => Missing::Value(self.written(ty, first, &[])),
            None => Missing::Value(found),
        }
    }

    /// Values, one for each column, that the query matches and no row does.
    fn uncovered(
        &mut self,
        rows: &[Vec<Cell>],
        query: &[Cell],
        types: &[Ty],
        left: &mut u32,
    ) -> Option<Vec<String>> {
        *left = left.saturating_sub(1 + rows.len() as u32);
        if *left == 0 {
            return None;
        }
        let (Some(ty), Some(first)) = (types.first().copied(), query.first().copied()) else {
            return rows.is_empty().then(Vec::new);
        };
        if let Some(shape) = self.shape(first) {
            return self.split(rows, query, types, shape, left);
        }
        if let Some(all) = self.every_shape(ty) {
            let cells = rows.iter().filter_map(|row| row.first().copied());
            let shapes = cells.filter_map(|cell| self.shape(cell));
            let shapes = shapes.collect::<FxHashSet<_>>();
            let absent = all.iter().find(|shape| !shapes.contains(shape)).copied();
            if shapes.is_empty() || absent.is_some() {
                let rest = self.default_rows(rows);
                let mut found = self.uncovered(&rest, &query[1..], &types[1..], left)?;
                let name = match absent.filter(|_| !shapes.is_empty()) {
                    Some(absent) => self.written(ty, absent, &[]),
                    None => "_".to_owned(),
                };
                found.insert(0, name);
                return Some(found);
            }
            return all
                .into_iter()
                .find_map(|shape| self.split(rows, query, types, shape, left));
        }
        // Of infinitely many values, one is always another one.
        let rest = self.default_rows(rows);
        let mut found = self.uncovered(&rest, &query[1..], &types[1..], left)?;
        found.insert(0, "_".to_owned());
        Some(found)
    }

    /// Goes on with the rows whose first value has a shape, its parts in front.
    fn split(
        &mut self,
        rows: &[Vec<Cell>],
        query: &[Cell],
        types: &[Ty],
        shape: Shape,
        left: &mut u32,
    ) -> Option<Vec<String>> {
        let parts = self.parts(types[0], shape);
        let rows = rows
            .iter()
            .filter_map(|row| self.specialised(row, shape, parts.len()));
        let rows = rows.collect::<Vec<_>>();
        let query = self.specialised(query, shape, parts.len())?;
        let ty = types[0];
        let types = parts.iter().chain(&types[1..]).copied().collect::<Vec<_>>();
        let mut found = self.uncovered(&rows, &query, &types, left)?;
        let inner = found.drain(..parts.len()).collect::<Vec<_>>();
        let name = self.written(ty, shape, &inner);
        found.insert(0, name);
        Some(found)
    }

    fn default_rows(&self, rows: &[Vec<Cell>]) -> Vec<Vec<Cell>> {
        let rows = rows.iter().filter(|row| {
            let first = row.first().copied().flatten();
            self.shape(first).is_none()
        });
        rows.map(|row| row[1..].to_vec()).collect()
    }

    /// A row with the parts of its first value in front, if that can have the shape.
    fn specialised(&self, row: &[Cell], shape: Shape, parts: usize) -> Option<Vec<Cell>> {
        let first = row.first().copied().flatten();
        let mut new = match self.shape(first) {
            None => vec![None; parts],
            Some(own) if !self.equal(own, shape) => return None,
            Some(_) => match first.map(|first| self.pattern_of(first)) {
                Some(Pattern::Variant(_, list)) => {
                    let body = self.frames.last().map(|frame| &frame.body);
                    let inner = body.map(|body| body.patterns(list)).unwrap_or_default();
                    inner.iter().map(|pattern| Some(*pattern)).collect()
                }
                _ => Vec::new(),
            },
        };
        new.extend_from_slice(&row[1..]);
        Some(new)
    }

    fn pattern_of(&self, id: PatternId) -> Pattern {
        let body = self.frames.last().map(|frame| &frame.body);
        body.map_or(Pattern::Any, |body| body.pattern(id))
    }

    fn shape(&self, cell: Cell) -> Option<Shape> {
        match self.pattern_of(cell?) {
            Pattern::Any | Pattern::Bind(_) => None,
            Pattern::Scalar(value) => Some(Shape::Scalar(value)),
            // `0.0` and `-0.0` are equal.
            Pattern::Float(bits) => Some(Shape::Float((f64::from_bits(bits) + 0.0).to_bits())),
            Pattern::Text(text) => Some(Shape::Text(text)),
            Pattern::Variant(index, _) => Some(Shape::Variant(index)),
        }
    }

    fn equal(&self, left: Shape, right: Shape) -> bool {
        match (left, right) {
            (Shape::Text(left), Shape::Text(right)) => {
                let texts = self.frames.last().map(|frame| &frame.body.texts);
                texts.is_some_and(|texts| texts[left as usize] == texts[right as usize])
            }
            _ => left == right,
        }
    }

    /// Every shape that values of a type have, if they are few.
    fn every_shape(&mut self, ty: Ty) -> Option<Vec<Shape>> {
        self.fill(ty);
        match self.types.kind(ty) {
            Kind::Bool => Some(vec![Shape::Scalar(0), Shape::Scalar(1)]),
            Kind::Enum(id) => {
                let count = self.types.enumeration(id).variants.len() as u32;
                Some((0..count).map(Shape::Variant).collect())
            }
            Kind::Never => Some(Vec::new()),
            _ => None,
        }
    }

    /// The types of the parts of a value.
    fn parts(&mut self, ty: Ty, shape: Shape) -> Vec<Ty> {
        self.fill(ty);
        match (self.types.kind(ty), shape) {
            (Kind::Enum(id), Shape::Variant(index)) => {
                let variants = &self.types.enumeration(id).variants;
                let variant = variants.get(index as usize);
                variant
                    .map(|variant| variant.payload.clone())
                    .unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    /// A value of a shape, as a pattern; `_` for parts that are not given.
    fn written(&mut self, ty: Ty, shape: Shape, inner: &[String]) -> String {
        match (self.types.kind(ty), shape) {
            (Kind::Enum(id), Shape::Variant(index)) => {
                let of = self.types.enumeration(id);
                let name = self.names.item(of.item).name;
                let Some(variant) = of.variants.get(index as usize) else {
                    return "_".to_owned();
                };
                let parts = variant.payload.len();
                let inner = match inner.len() {
                    0 => vec!["_".to_owned(); parts],
                    _ => inner.to_vec(),
                };
                match parts {
                    0 => format!("{name}::{}", variant.name),
                    _ => format!("{name}::{}({})", variant.name, inner.join(", ")),
                }
            }
            (Kind::Bool, Shape::Scalar(value)) => (value != 0).to_string(),
            (_, Shape::Scalar(value)) => value.to_string(),
            _ => "_".to_owned(),
        }
    }
}

//! Where variables are, while the program is somewhere.

use beskid_plugin_api::artifact::debug::{Piece, Storage, Variable};
use beskid_plugin_api::artifact::{Symbol, SymbolId, SymbolKind};
use cranelift_codegen::gimli::Register;
use cranelift_codegen::gimli::write::{AttributeValue, Expression, Location, LocationList};

use super::draft::Draft;
use super::places::{Places, Span, Spot};

/// Most steps that a variable's list is worth.
const MOST_STEPS: usize = 1 << 16;

/// Where part of a variable is.
#[derive(Clone, Copy)]
enum Place<'p> {
    Data(SymbolId),
    Always(Spot),
    Sometimes(&'p [Span]),
    /// So many bytes from the address that is there.
    Behind(Spot, u32),
}

/// The place of a variable in a function's code, or of one that is seen everywhere;
/// `None` if it is nowhere.
pub(super) fn of(
    draft: &mut Draft<'_>,
    variable: &Variable,
    code: Option<(usize, &Places)>,
) -> Option<AttributeValue> {
    let places = code.map(|(_, places)| places);
    let pieces = variable.pieces.iter();
    let pieces = pieces.filter_map(|piece| Some((piece, place(draft, piece, places)?)));
    let pieces = pieces.collect::<Vec<_>>();
    let size = draft.info.types.get(variable.ty as usize)?.size;
    let moves = pieces.iter().filter_map(|(_, place)| match place {
        Place::Sometimes(spans) => Some(*spans),
        _ => None,
    });
    let moves = moves.flatten().collect::<Vec<_>>();
    if moves.is_empty() {
        let expression = expression(draft, size, &pieces, 0)?;
        return Some(AttributeValue::Exprloc(expression));
    }
    let (frame, _) = code?;
    let mut edges = moves
        .iter()
        .flat_map(|span| [span.start, span.end])
        .collect::<Vec<_>>();
    edges.sort_unstable();
    edges.dedup();
    if edges.len().saturating_mul(moves.len()) > MOST_STEPS {
        return None;
    }
    let mut list = vec![Location::BaseAddress {
        address: Draft::code(frame, 0),
    }];
    for edge in edges.windows(2) {
        if let [begin, end] = *edge
            && let Some(data) = expression(draft, size, &pieces, begin)
        {
            list.push(Location::OffsetPair {
                begin: begin.into(),
                end: end.into(),
                data,
            });
        }
    }
    let list = draft.dwarf.unit.locations.add(LocationList(list));
    Some(AttributeValue::LocationListRef(list))
}

fn place<'p>(draft: &Draft<'_>, piece: &Piece, places: Option<&'p Places>) -> Option<Place<'p>> {
    match piece.storage {
        Storage::Data(symbol) => {
            let symbols = &draft.artifact.module().symbols;
            let symbol_is_here = symbols
                .get(symbol as usize)
                .is_some_and(|symbol| symbol.linkage.is_definition() && !is_thread_local(symbol));
            symbol_is_here.then_some(Place::Data(symbol))
        }
        Storage::Slot(key) => Some(Place::Always(slot(places?, key)?)),
        Storage::Behind { key, offset } => Some(Place::Behind(slot(places?, key)?, offset)),
        Storage::Label(label) => {
            let labels = &places?.labels;
            let at = labels.partition_point(|found| found.label < label);
            let found = labels.get(at).filter(|found| found.label == label)?;
            Some(Place::Sometimes(&found.spans))
        }
    }
}

fn slot(places: &Places, key: u64) -> Option<Spot> {
    let at = places.slots.partition_point(|slot| slot.key < key);
    let slot = places.slots.get(at).filter(|slot| slot.key == key)?;
    Some(Spot::Frame(slot.offset))
}

/// Where the parts are at an offset of the code; `None` if none is anywhere.
fn expression(
    draft: &Draft<'_>,
    size: u64,
    pieces: &[(&Piece, Place<'_>)],
    at: u32,
) -> Option<Expression> {
    let mut expression = Expression::new();
    let mut end = 0;
    let is_whole = match pieces {
        [(piece, _)] => piece.offset == 0 && u64::from(piece.size) >= size,
        _ => false,
    };
    let mut is_anywhere = false;
    for (piece, place) in pieces {
        let spot = match place {
            Place::Sometimes(spans) => match spans
                .iter()
                .rev()
                .find(|span| (span.start..span.end).contains(&at))
            {
                None => continue,
                Some(span) => Some(span.spot),
            },
            Place::Always(spot) | Place::Behind(spot, _) => Some(*spot),
            Place::Data(_) => None,
        };
        if piece.offset > end {
            expression.op_piece((piece.offset - end).into());
        }
        match (spot, place) {
            (Some(Spot::Register(register)), _) => expression.op_reg(Register(register)),
            (Some(Spot::Frame(offset)), _) => expression.op_fbreg(offset),
            (None, Place::Data(symbol)) => expression.op_addr(draft.data(*symbol)),
            (None, _) => continue,
        }
        if let Place::Behind(_, offset) = place {
            expression.op_deref();
            expression.op_plus_uconst((*offset).into());
        }
        is_anywhere = true;
        if !is_whole {
            expression.op_piece(piece.size.into());
        }
        end = piece.offset.saturating_add(piece.size);
    }
    is_anywhere.then_some(expression)
}

/// Each thread has its own, at no address that is known here.
const fn is_thread_local(symbol: &Symbol) -> bool {
    matches!(symbol.kind, SymbolKind::Data { tls: true, .. })
}

//! Functions, blocks in them, and variables.

use std::collections::BTreeMap;

use beskid_plugin_api::artifact::Linkage;
use beskid_plugin_api::artifact::debug::{FunctionScope, Scope};
use cranelift_codegen::gimli::constants::{
    DW_AT_abstract_origin, DW_AT_call_column, DW_AT_call_file, DW_AT_call_line, DW_AT_external,
    DW_AT_frame_base, DW_AT_high_pc, DW_AT_inline, DW_AT_location, DW_AT_low_pc, DW_AT_name,
    DW_AT_prototyped, DW_AT_ranges, DW_AT_type, DW_INL_inlined, DW_OP_call_frame_cfa,
    DW_TAG_formal_parameter, DW_TAG_inlined_subroutine, DW_TAG_lexical_block, DW_TAG_subprogram,
    DW_TAG_variable,
};
use cranelift_codegen::gimli::write::{AttributeValue, Expression, Range, RangeList, UnitEntryId};

use super::draft::Draft;
use super::locations;
use super::places::Places;
use super::scopes::{Key, Ranges, Tree, outer};

/// Adds everything that has code, and the variables that are seen everywhere.
pub(super) fn describe(draft: &mut Draft<'_>) {
    let frames = draft.frames;
    let inlined = inlined(draft);
    let mut all = Vec::new();
    for (number, frame) in frames.iter().enumerate() {
        let Some(places) = &frame.places else {
            continue;
        };
        if !places.rows.is_empty() || places.scope.is_some() {
            all.push(Range::StartLength {
                begin: Draft::code(number, 0),
                length: frame.length.into(),
            });
        }
        if let Some(scope) = places.scope {
            function(draft, number, places, scope, &inlined);
        }
    }
    let root = draft.dwarf.unit.root();
    ranges(draft, root, all);
    let info = draft.info;
    for (number, variable) in (0..).zip(&info.variables) {
        if variable.scope.is_none() {
            self::variable(draft, root, number, None);
        }
    }
}

/// The functions that took the place of calls, which others refer to.
fn inlined(draft: &mut Draft<'_>) -> BTreeMap<u32, UnitEntryId> {
    let mut inlined = BTreeMap::new();
    let root = draft.dwarf.unit.root();
    let info = draft.info;
    let places = draft
        .frames
        .iter()
        .filter_map(|frame| frame.places.as_ref());
    for places in places {
        let Some(own) = places.scope else { continue };
        for row in &places.rows {
            let position = info.positions.get(row.position as usize);
            let scope = position.and_then(|at| draft.owner(at.scope));
            let Some(scope) = scope.filter(|scope| *scope != own) else {
                continue;
            };
            if let Some(Scope::Function(function)) = info.scopes.get(scope as usize)
                && !inlined.contains_key(&scope)
            {
                let entry = draft.dwarf.unit.add(root, DW_TAG_subprogram);
                inlined.insert(scope, entry);
                attributes(draft, entry, function);
                draft.set(entry, DW_AT_inline, AttributeValue::Inline(DW_INL_inlined));
            }
        }
    }
    inlined
}

fn attributes(draft: &mut Draft<'_>, entry: UnitEntryId, function: &FunctionScope) {
    // A linker's name beside it would hide it from users of C's debuggers.
    draft.text(entry, DW_AT_name, &function.name);
    let artifact = draft.artifact;
    let symbol = function.symbol.map(|symbol| symbol as usize);
    let symbol = symbol.and_then(|symbol| artifact.module().symbols.get(symbol));
    let linkage = symbol.map(|symbol| &symbol.linkage);
    if linkage.is_some_and(|linkage| linkage.is_definition() && *linkage != Linkage::Local) {
        draft.set(entry, DW_AT_external, AttributeValue::FlagPresent);
    }
    draft.declared(entry, function.declared);
    draft.set(entry, DW_AT_prototyped, AttributeValue::FlagPresent);
    if let Some(result) = function.result {
        draft.ty(entry, DW_AT_type, result);
    }
}

fn function(
    draft: &mut Draft<'_>,
    frame: usize,
    places: &Places,
    own: u32,
    inlined: &BTreeMap<u32, UnitEntryId>,
) {
    let info = draft.info;
    let Some(Scope::Function(function)) = info.scopes.get(own as usize) else {
        return;
    };
    let root = draft.dwarf.unit.root();
    let entry = draft.add(root, DW_TAG_subprogram);
    match inlined.get(&own) {
        Some(origin) => draft.set(
            entry,
            DW_AT_abstract_origin,
            AttributeValue::UnitRef(*origin),
        ),
        None => attributes(draft, entry, function),
    }
    let begin = AttributeValue::Address(Draft::code(frame, 0));
    draft.set(entry, DW_AT_low_pc, begin);
    let length = draft.frames.get(frame).map_or(0, |frame| frame.length);
    draft.number(entry, DW_AT_high_pc, length.into());
    let mut base = Expression::new();
    base.op(DW_OP_call_frame_cfa);
    draft.set(entry, DW_AT_frame_base, AttributeValue::Exprloc(base));

    let mut tree = Tree::of(draft, places, own);
    let whole = Key {
        inside: None,
        scope: own,
    };
    tree.scopes.insert(whole, vec![(0, length)]);
    let mut entries = BTreeMap::<Key, UnitEntryId>::new();
    for (key, ranges) in &tree.scopes {
        let entry = match outer(draft, *key, own).and_then(|outer| entries.get(&outer).copied()) {
            None => entry,
            Some(parent) => match inlined.get(&key.scope) {
                Some(origin) => {
                    let entry = draft.add(parent, DW_TAG_inlined_subroutine);
                    let origin = AttributeValue::UnitRef(*origin);
                    draft.set(entry, DW_AT_abstract_origin, origin);
                    called(draft, entry, &tree, *key);
                    pieces(draft, entry, frame, ranges);
                    entry
                }
                None => {
                    let entry = draft.add(parent, DW_TAG_lexical_block);
                    pieces(draft, entry, frame, ranges);
                    entry
                }
            },
        };
        entries.insert(*key, entry);
        let variables = draft.variables.get(key.scope as usize);
        for number in variables.cloned().unwrap_or_default() {
            variable(draft, entry, number, Some((frame, places)));
        }
    }
}

/// Says where a call was that a function took the place of.
fn called(draft: &mut Draft<'_>, entry: UnitEntryId, tree: &Tree, key: Key) {
    let Some(at) = tree.calls.get(&key).filter(|at| at.line > 0) else {
        return;
    };
    if let Some(file) = draft.file(at.file) {
        let file = AttributeValue::FileIndex(Some(file));
        draft.set(entry, DW_AT_call_file, file);
        draft.number(entry, DW_AT_call_line, at.line.into());
        if at.column > 0 {
            draft.number(entry, DW_AT_call_column, at.column.into());
        }
    }
}

/// Says which code of a function an entry has.
fn pieces(draft: &mut Draft<'_>, entry: UnitEntryId, frame: usize, pieces: &Ranges) {
    if let [(start, end)] = pieces.as_slice() {
        let begin = AttributeValue::Address(Draft::code(frame, *start));
        draft.set(entry, DW_AT_low_pc, begin);
        draft.number(entry, DW_AT_high_pc, (end - start).into());
        return;
    }
    let list = pieces.iter().map(|(start, end)| Range::StartLength {
        begin: Draft::code(frame, *start),
        length: (end - start).into(),
    });
    let list = list.collect();
    ranges(draft, entry, list);
}

fn ranges(draft: &mut Draft<'_>, entry: UnitEntryId, list: Vec<Range>) {
    if !list.is_empty() {
        let list = draft.dwarf.unit.ranges.add(RangeList(list));
        draft.set(entry, DW_AT_ranges, AttributeValue::RangeListRef(list));
    }
}

fn variable(
    draft: &mut Draft<'_>,
    parent: UnitEntryId,
    number: u32,
    code: Option<(usize, &Places)>,
) {
    let info = draft.info;
    let Some(variable) = info.variables.get(number as usize) else {
        return;
    };
    let tag = match variable.parameter {
        true => DW_TAG_formal_parameter,
        false => DW_TAG_variable,
    };
    let entry = draft.add(parent, tag);
    draft.text(entry, DW_AT_name, &variable.name);
    draft.declared(entry, variable.declared);
    draft.ty(entry, DW_AT_type, variable.ty);
    if let Some(location) = locations::of(draft, variable, code) {
        draft.set(entry, DW_AT_location, location);
    }
}

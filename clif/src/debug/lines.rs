//! Which line each instruction comes from.

use beskid_plugin_api::artifact::debug::{Location, Scope};

use super::draft::Draft;
use super::places::{Places, Row};

/// Adds a sequence for each function of the program.
pub(super) fn describe(draft: &mut Draft<'_>) {
    let frames = draft.frames;
    for (number, frame) in frames.iter().enumerate() {
        if let Some(places) = &frame.places {
            sequence(draft, number, frame.length, places);
        }
    }
}

fn sequence(draft: &mut Draft<'_>, frame: usize, length: u32, places: &Places) {
    let info = draft.info;
    let mut rows = Vec::new();
    // Of a function without any position, its begin is known at least.
    if let Some(declared) = declared(draft, places)
        && places.rows.first().is_none_or(|row| row.start > 0)
    {
        rows.push((0, declared));
    }
    let prologue = rows.len();
    rows.extend(places.rows.iter().filter_map(|row: &Row| {
        let position = info.positions.get(row.position as usize)?;
        Some((row.start, position.at))
    }));
    rows.dedup_by(|next, row| next.1 == row.1);
    // A debugger that skips the prologue goes on to the next row: that is the first line
    // behind it, if there is another than the function's own.
    let first = rows.first().map(|(_, at)| (at.file, at.line));
    let other = rows
        .iter()
        .position(|(_, at)| Some((at.file, at.line)) != first);
    if let Some(other) = other.filter(|other| prologue > 0 && *other > prologue) {
        rows.drain(prologue..other);
    }
    // Where all is in one place, what is behind the prologue has a row all the same.
    if let ([(0, at)], Some(row)) = (rows.as_slice(), places.rows.first())
        && row.start > 0
    {
        rows.push((row.start, *at));
    }
    if rows.is_empty() {
        return;
    }
    let located = rows
        .into_iter()
        .enumerate()
        .filter_map(|(index, (start, at))| {
            let file = draft.file(at.file)?;
            Some((index, start, file, at))
        });
    let located = located.collect::<Vec<_>>();
    let program = &mut draft.dwarf.unit.line_program;
    program.begin_sequence(Some(Draft::code(frame, 0)));
    for (index, start, file, at) in located {
        let row = program.row();
        row.address_offset = start.into();
        row.file = file;
        row.line = at.line.into();
        row.column = at.column.into();
        row.prologue_end = index == prologue;
        program.generate_row();
    }
    program.end_sequence(length.into());
}

fn declared(draft: &Draft<'_>, places: &Places) -> Option<Location> {
    match draft.info.scopes.get(places.scope? as usize)? {
        Scope::Function(function) if function.declared.line > 0 => Some(function.declared),
        _ => None,
    }
}

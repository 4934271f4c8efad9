//! Mutations of the body section that keep its lengths and counts right, so
//! that the fuzzer's changes reach what lies behind them.

use beskid_plugin_api::artifact::{Body, OperandKind};

use crate::dice::Dice;
use crate::shells::{Shell, shells};

/// libFuzzer's own mutation: the bytes, how many there are, how many there may be.
pub type Mutate = fn(&mut [u8], usize, usize) -> usize;

/// How much one mutation may add to a part.
const GROWTH: usize = 64;

/// Mutates the input of a target whose part is the bodies: mostly one function's,
/// sometimes any byte.
pub fn mutated_bodies(
    data: &mut [u8],
    size: usize,
    max_size: usize,
    seed: u32,
    mutate: Mutate,
) -> usize {
    let shells = shells();
    let changed = match data.get(..size) {
        Some([shell, _, bodies @ ..]) if !seed.is_multiple_of(4) => {
            let shell = &shells[usize::from(*shell) % shells.len()];
            Bodies::read(bodies).and_then(|bodies| bodies.mutated(shell, seed / 4, mutate))
        }
        _ => None,
    };
    match changed {
        Some(bodies) if bodies.len() + 2 <= max_size => {
            data[2..bodies.len() + 2].copy_from_slice(&bodies);
            bodies.len() + 2
        }
        _ => mutate(data, size, max_size),
    }
}

/// The body section, taken apart as far as its lengths go.
#[derive(Debug)]
pub struct Bodies {
    functions: Vec<Parts>,
}

#[derive(Debug)]
struct Parts {
    body: Vec<u8>,
    stream: Vec<u8>,
}

impl Bodies {
    /// Reads a section; `None` if its lengths do not add up.
    pub fn read(mut section: &[u8]) -> Option<Self> {
        let count = integer(&mut section)?;
        let mut functions = Vec::new();
        for _ in 0..count {
            let mut function = counted(&mut section)?;
            let body = counted(&mut function)?.to_vec();
            let stream = function.to_vec();
            functions.push(Parts { body, stream });
        }
        Some(Self { functions })
    }

    /// The section with one function changed: in its entities, in its stream,
    /// or in one of its instructions. Then the numbers of its instructions and
    /// values are made right.
    pub fn mutated(mut self, shell: &Shell, seed: u32, mutate: Mutate) -> Option<Vec<u8>> {
        let mut dice = Dice(seed);
        let chosen = dice.below(self.functions.len())?;
        let parts = &mut self.functions[chosen];
        match dice.below(6)? {
            0 => parts.body = mutated(&parts.body, mutate),
            1 => parts.stream = mutated(&parts.stream, mutate),
            _ => edit(&mut parts.stream, shell, &mut dice, mutate)?,
        }
        repair(parts, shell);
        let mut section = Vec::new();
        put_integer(self.functions.len(), &mut section);
        for Parts { body, stream } in &self.functions {
            let mut function = Vec::new();
            put_integer(body.len(), &mut function);
            function.extend(body);
            function.extend(stream);
            put_integer(function.len(), &mut section);
            section.extend(function);
        }
        Some(section)
    }
}

fn mutated(bytes: &[u8], mutate: Mutate) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    changed.resize(bytes.len() + GROWTH, 0);
    let length = changed.len();
    let used = mutate(&mut changed, bytes.len(), length);
    changed.truncate(used);
    changed
}

/// Drops, repeats, moves or changes one instruction, or gives it another form
/// with the same operands.
fn edit(stream: &mut Vec<u8>, shell: &Shell, dice: &mut Dice, mutate: Mutate) -> Option<()> {
    let instructions = walk(stream, shell);
    let at = &instructions[dice.below(instructions.len())?];
    let bytes = stream[at.start..at.end].to_vec();
    let elsewhere = instructions[dice.below(instructions.len())?].start;
    match dice.below(6)? {
        0 => drop(stream.drain(at.start..at.end)),
        1 => drop(stream.splice(elsewhere..elsewhere, bytes)),
        2 => drop(stream.splice(at.start..at.end, mutated(&bytes, mutate))),
        3 => {
            // One operand byte; the form stays.
            let operands = stream.get_mut(at.operands..at.end)?;
            let index = dice.below(operands.len())?;
            operands[index] = dice.below(128)? as u8;
        }
        _ => {
            let operands = &shell.forms[at.form].operands;
            let alike = shell.forms.iter().enumerate();
            let alike = alike.filter(|(_, form)| form.operands == *operands);
            let alike = alike.map(|(index, _)| index).collect::<Vec<_>>();
            let mut form = Vec::new();
            put_integer(alike[dice.below(alike.len())?], &mut form);
            if dice.below(2)? == 0 {
                stream.splice(at.start..at.operands, form);
            } else {
                form.extend(&stream[at.operands..at.end]);
                stream.splice(elsewhere..elsewhere, form);
            }
        }
    }
    Some(())
}

struct Instruction {
    start: usize,
    operands: usize,
    end: usize,
    form: usize,
}

/// The instructions of a stream, up to the first that cannot be one.
fn walk(stream: &[u8], shell: &Shell) -> Vec<Instruction> {
    let mut found = Vec::new();
    let mut rest = stream;
    while !rest.is_empty() {
        let start = stream.len() - rest.len();
        let Some(form) = integer(&mut rest).filter(|form| *form < shell.forms.len()) else {
            break;
        };
        let operands = stream.len() - rest.len();
        let kinds = &shell.forms[form].operands;
        if kinds
            .iter()
            .any(|kind| skip_operand(*kind, &mut rest).is_none())
        {
            break;
        }
        let end = stream.len() - rest.len();
        found.push(Instruction {
            start,
            operands,
            end,
            form,
        });
    }
    found
}

fn skip_operand(kind: OperandKind, rest: &mut &[u8]) -> Option<()> {
    let count = match kind {
        OperandKind::ValueList => integer(rest)?,
        OperandKind::BlockCall => {
            integer(rest)?;
            integer(rest)?
        }
        _ => 1,
    };
    (0..count).try_for_each(|_| integer(rest).map(drop))
}

/// Makes the numbers of instructions and values what the stream has.
fn repair(parts: &mut Parts, shell: &Shell) {
    let Ok(mut body) = postcard::from_bytes::<Body>(&parts.body) else {
        return;
    };
    let instructions = walk(&parts.stream, shell);
    let mut left = u32::try_from(instructions.len()).unwrap_or(u32::MAX);
    let blocks = body.blocks.len();
    for (index, block) in (1..).zip(&mut body.blocks) {
        block.instructions = match index == blocks {
            true => left,
            false => block.instructions.min(left),
        };
        left -= block.instructions;
    }
    let params = body.blocks.iter().map(|block| block.params.len());
    let results = instructions
        .iter()
        .map(|instruction| shell.forms[instruction.form].results.len());
    body.values = params
        .chain(results)
        .fold(0_u32, |sum, count| sum.saturating_add(count as u32));
    if let Ok(body) = postcard::to_stdvec(&body) {
        parts.body = body;
    }
}

fn integer(bytes: &mut &[u8]) -> Option<usize> {
    let mut value = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f).checked_shl(shift)?;
        if *byte < 0x80 {
            return usize::try_from(value).ok();
        }
    }
    None
}

fn counted<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = integer(bytes)?;
    let (found, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(found)
}

fn put_integer(value: usize, to: &mut Vec<u8>) {
    let mut value = value;
    while value >= 0x80 {
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shells::shells;

    #[test]
    fn what_no_mutation_changed_comes_back() {
        let nothing: Mutate = |_, size, _| size;
        for shell in shells() {
            let section = &shell.payloads[3];
            let functions = Bodies::read(section).map_or(0, |bodies| bodies.functions.len());
            // Seeds whose choice leads to libFuzzer's mutation, which is idle here.
            let same = (0..64)
                .filter_map(|seed| Bodies::read(section)?.mutated(shell, seed, nothing))
                .filter(|mutated| mutated == section);
            assert_eq!(same.count() > 0, functions > 0, "{}", shell.name);
        }
    }

    #[test]
    fn a_repeated_instruction_is_counted() {
        let shell = &shells()[0];
        let mut parts = Bodies::read(&shell.payloads[3])
            .unwrap()
            .functions
            .remove(0);
        let before: Body = postcard::from_bytes(&parts.body).unwrap();
        let first = walk(&parts.stream, shell).remove(0);
        let repeated = parts.stream[..first.end].to_vec();
        parts.stream.splice(0..0, repeated);
        repair(&mut parts, shell);
        let after: Body = postcard::from_bytes(&parts.body).unwrap();
        let count = |body: &Body| {
            body.blocks
                .iter()
                .map(|block| block.instructions)
                .sum::<u32>()
        };
        assert_eq!(count(&after), count(&before) + 1);
        let results = shell.forms[first.form].results.len() as u32;
        assert_eq!(after.values, before.values + results);
    }
}

//! The instruction stream: writing and reading operands.
//!
//! Integers are LEB128; signed ones are zigzag-coded first. A value is written
//! as the distance from the next value number to it, so that most operands
//! take one byte.

use thiserror::Error;

use super::body::{BlockArg, BlockCall};
use super::form::FormId;

/// Writes the instructions of one function.
///
/// Begin each block with [`define_values`](Self::define_values) for its
/// parameters. For each instruction write its [`form`](Self::form), the operands
/// in the form's order, each by the method that
/// [`OperandKind`](super::OperandKind) names (`unsigned` for every width), and
/// then define the values of its results. The writer checks nothing;
/// [`ArtifactBuilder::finish`](super::ArtifactBuilder::finish) does.
#[derive(Debug, Default)]
pub struct InstructionWriter {
    bytes: Vec<u8>,
    next_value: u32,
}

impl InstructionWriter {
    /// Says that `count` further values exist: the parameters of a block, or
    /// the results of the instruction just written.
    pub fn define_values(&mut self, count: u32) {
        self.next_value = self.next_value.saturating_add(count);
    }

    /// Number of values defined so far.
    pub const fn values(&self) -> u32 {
        self.next_value
    }

    /// Begins an instruction; its operands follow in the form's order.
    pub fn form(&mut self, form: FormId) {
        self.unsigned(form.into());
    }

    /// A value, by its number; it may be defined later in the stream.
    pub fn value(&mut self, value: u32) {
        self.unsigned(zigzag(i64::from(self.next_value) - i64::from(value)));
    }

    /// A counted list of values, by their numbers.
    pub fn value_list(&mut self, values: impl ExactSizeIterator<Item = u32>) {
        self.unsigned(values.len() as u64);
        values.for_each(|value| self.value(value));
    }

    /// A branch target: a block by its number, and an argument for each of its
    /// parameters.
    pub fn block_call(&mut self, block: u32, args: impl ExactSizeIterator<Item = BlockArg>) {
        self.unsigned(block.into());
        self.unsigned(args.len() as u64);
        for arg in args {
            self.unsigned(match arg {
                BlockArg::Value(value) => {
                    zigzag(i64::from(self.next_value) - i64::from(value)) << 2
                }
                BlockArg::CallResult(index) => u64::from(index) << 2 | 1,
                BlockArg::ExceptionPayload(index) => u64::from(index) << 2 | 2,
            });
        }
    }

    /// An unsigned operand: an index, a code, packed flags, the bits of a float.
    #[inline]
    pub fn unsigned(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    /// A signed operand: an immediate or an offset.
    pub fn signed(&mut self, value: i64) {
        self.unsigned(zigzag(value));
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// Why an operand could not be read: offset in the stream, and the reason.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{reason} (stream offset {offset})")]
pub struct StreamError {
    /// Byte offset in the function's stream.
    pub offset: usize,
    /// What is wrong.
    pub reason: &'static str,
}

type Result<T> = std::result::Result<T, StreamError>;

/// Reads the instructions of one function; begins at
/// [`Function::instructions`](super::Function::instructions). Each method
/// consumes one operand.
///
/// Call [`define_values`](Self::define_values) where the writer did: for the
/// parameters of a block before its first instruction, and for the results of an
/// instruction after its operands. Otherwise every value that is read later is
/// another one.
///
/// In a decoded artifact the right calls never fail. The errors are there for
/// readers that ask for the wrong kind of operand: each is a [`StreamError`]
/// that says what does not fit.
#[derive(Debug, Clone)]
pub struct InstructionReader<'a> {
    bytes: &'a [u8],
    offset: usize,
    next_value: u32,
}

impl<'a> InstructionReader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self::at(bytes, 0)
    }

    /// Reads from `offset` on; no values are defined yet.
    pub(super) const fn at(bytes: &'a [u8], offset: usize) -> Self {
        Self {
            bytes,
            offset,
            next_value: 0,
        }
    }

    /// Byte offset of what is read next.
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// Whether everything has been read.
    pub const fn is_at_end(&self) -> bool {
        self.offset == self.bytes.len()
    }

    /// Number of bytes that are not read yet.
    pub const fn remaining(&self) -> usize {
        self.bytes.len() - self.offset
    }

    /// Says that `count` further values exist, as
    /// [`InstructionWriter::define_values`].
    pub fn define_values(&mut self, count: u32) {
        self.next_value = self.next_value.saturating_add(count);
    }

    /// Number of values defined so far.
    pub const fn values(&self) -> u32 {
        self.next_value
    }

    /// Begins an instruction: its form, an index into
    /// [`Outline::forms`](super::Outline::forms).
    #[inline]
    pub fn form(&mut self) -> Result<FormId> {
        self.unsigned32()
    }

    /// The number of a value.
    #[inline]
    pub fn value(&mut self) -> Result<u32> {
        let distance = self.unsigned()?;
        self.resolve(distance)
    }

    /// A counted list of values, appended to `into`.
    pub fn value_list(&mut self, into: &mut Vec<u32>) -> Result<()> {
        let count = self.count()?;
        for _ in 0..count {
            into.push(self.value()?);
        }
        Ok(())
    }

    /// A branch target.
    pub fn block_call(&mut self) -> Result<BlockCall> {
        let mut args = Vec::new();
        let block = self.block_call_into(&mut args)?;
        Ok(BlockCall { block, args })
    }

    /// A branch target: its block, and its arguments, appended to `into`.
    pub fn block_call_into(&mut self, into: &mut Vec<BlockArg>) -> Result<u32> {
        let (block, count) = self.block_call_head()?;
        into.reserve(count);
        for _ in 0..count {
            into.push(self.block_arg()?);
        }
        Ok(block)
    }

    /// The begin of a branch target: its block, and the number of arguments, which
    /// [`Self::block_arg`] reads.
    #[inline]
    pub fn block_call_head(&mut self) -> Result<(u32, usize)> {
        Ok((self.unsigned32()?, self.count()?))
    }

    /// An argument of a branch target.
    #[inline]
    pub fn block_arg(&mut self) -> Result<BlockArg> {
        let word = self.unsigned()?;
        let index =
            || u32::try_from(word >> 2).map_err(|_| self.error("block argument index too large"));
        Ok(match word & 3 {
            0 => BlockArg::Value(self.resolve(word >> 2)?),
            1 => BlockArg::CallResult(index()?),
            2 => BlockArg::ExceptionPayload(index()?),
            _ => return Err(self.error("block argument of unknown kind")),
        })
    }

    /// An unsigned operand of up to 64 bits.
    #[inline]
    pub fn unsigned(&mut self) -> Result<u64> {
        // Nearly all operands take one byte.
        match self.bytes.get(self.offset) {
            Some(&byte) if byte < 0x80 => {
                self.offset += 1;
                Ok(byte.into())
            }
            _ => self.long(),
        }
    }

    fn long(&mut self) -> Result<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let Some(&byte) = self.bytes.get(self.offset) else {
                return Err(self.error("the stream ends inside an operand"));
            };
            self.offset += 1;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return Err(self.error("integer does not fit 64 bits"));
            }
            value |= bits << shift;
            if byte < 0x80 {
                if byte == 0 && shift > 0 {
                    return Err(self.error("integer is longer than it needs to be"));
                }
                return Ok(value);
            }
        }
        Err(self.error("integer does not fit 64 bits"))
    }

    /// An unsigned operand of up to 32 bits.
    #[inline]
    pub fn unsigned32(&mut self) -> Result<u32> {
        let value = self.unsigned()?;
        u32::try_from(value).map_err(|_| self.error("integer does not fit 32 bits"))
    }

    /// An unsigned operand of up to 8 bits.
    pub fn unsigned8(&mut self) -> Result<u8> {
        let value = self.unsigned()?;
        u8::try_from(value).map_err(|_| self.error("integer does not fit 8 bits"))
    }

    /// A signed operand of up to 64 bits.
    #[inline]
    pub fn signed(&mut self) -> Result<i64> {
        Ok(unzigzag(self.unsigned()?))
    }

    /// A signed operand of up to 32 bits.
    pub fn signed32(&mut self) -> Result<i32> {
        let value = self.signed()?;
        i32::try_from(value).map_err(|_| self.error("integer does not fit 32 bits"))
    }

    fn count(&mut self) -> Result<usize> {
        let count = self.unsigned32()? as usize;
        if count > self.bytes.len() - self.offset {
            return Err(self.error("list is longer than the stream"));
        }
        Ok(count)
    }

    #[inline]
    fn resolve(&self, distance: u64) -> Result<u32> {
        i64::from(self.next_value)
            .checked_sub(unzigzag(distance))
            .and_then(|value| u32::try_from(value).ok())
            .ok_or_else(|| self.error("value number out of range"))
    }

    const fn error(&self, reason: &'static str) -> StreamError {
        StreamError {
            offset: self.offset,
            reason,
        }
    }
}

const fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63) as u64
}

const fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_survive_at_their_limits() {
        let unsigned = [0, 1, 127, 128, u64::from(u32::MAX), u64::MAX];
        let signed = [0, -1, 1, i64::from(i32::MIN), i64::MIN, i64::MAX];
        let mut writer = InstructionWriter::default();
        unsigned.iter().for_each(|v| writer.unsigned(*v));
        signed.iter().for_each(|v| writer.signed(*v));
        let bytes = writer.into_bytes();
        let mut reader = InstructionReader::new(&bytes);
        for value in unsigned {
            assert_eq!(reader.unsigned(), Ok(value));
        }
        for value in signed {
            assert_eq!(reader.signed(), Ok(value));
        }
        assert!(reader.is_at_end());
    }

    #[test]
    fn an_integer_has_one_spelling() {
        assert!(InstructionReader::new(&[0x80, 0x00]).unsigned().is_err());
        assert!(InstructionReader::new(&[0xff; 10]).unsigned().is_err());
        assert!(InstructionReader::new(&[0x80]).unsigned().is_err());
    }

    #[test]
    fn values_may_be_used_before_their_number_comes_up() {
        let mut writer = InstructionWriter::default();
        writer.define_values(2);
        writer.value(1);
        writer.value(9);
        writer.block_call(3, [BlockArg::Value(7), BlockArg::CallResult(4)].into_iter());
        let bytes = writer.into_bytes();
        let mut reader = InstructionReader::new(&bytes);
        reader.define_values(2);
        assert_eq!(reader.value(), Ok(1));
        assert_eq!(reader.value(), Ok(9));
        let call = reader.block_call().unwrap();
        assert_eq!((call.block, call.args.len()), (3, 2));
        assert_eq!(call.args, [BlockArg::Value(7), BlockArg::CallResult(4)]);
    }

    #[test]
    fn a_list_cannot_be_longer_than_the_stream() {
        let mut writer = InstructionWriter::default();
        writer.unsigned(1_000_000);
        let bytes = writer.into_bytes();
        let mut values = Vec::new();
        let error = InstructionReader::new(&bytes).value_list(&mut values);
        assert_eq!(error.unwrap_err().reason, "list is longer than the stream");
    }
}

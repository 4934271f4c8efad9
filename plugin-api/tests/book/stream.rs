//! The instruction stream, as text in the spelling of the crate's dump.

use std::fmt::Write;

use super::bytes::{Bytes, unzigzag};
use super::schema::{Body, Form, OperandKind, Type};

const INT: &str = "eq ne slt sge sgt sle ult uge ugt ule";
const FLOAT: &str = "ord uno eq ne one ueq lt le gt ge ult ule ugt uge";
const ATOMIC: &str = "add sub and nand or xor xchg umin umax smin smax";

/// The blocks of a function, a line for each block and each instruction.
pub fn text(body: &Body, forms: &[Form], bytes: Bytes<'_>) -> String {
    let mut stream = Stream { bytes, next: 0 };
    let mut text = String::new();
    for (index, block) in body.blocks.iter().enumerate() {
        let params = stream.define(&block.params);
        let cold = if block.cold { " cold" } else { "" };
        writeln!(text, "block{index}({params}){cold}:").unwrap();
        for _ in 0..block.instructions {
            let form = &forms[stream.bytes.leb128() as usize];
            let operands = form.operands.iter().map(|kind| stream.operand(kind));
            let operands = operands.collect::<Vec<_>>().join(", ");
            let results = stream.define(&form.results);
            let equals = if results.is_empty() { "" } else { " = " };
            let space = if operands.is_empty() { "" } else { " " };
            let mnemonic = &form.mnemonic;
            writeln!(text, "    {results}{equals}{mnemonic}{space}{operands}").unwrap();
        }
    }
    assert!(stream.bytes.is_at_end(), "the stream takes the rest");
    assert_eq!(stream.next, i64::from(body.values), "number of values");
    text
}

struct Stream<'a> {
    bytes: Bytes<'a>,
    next: i64,
}

impl Stream<'_> {
    /// The next values, with their types.
    fn define(&mut self, types: &[Type]) -> String {
        let first = self.next;
        self.next += types.len() as i64;
        let values = (first..).zip(types).map(|(v, ty)| format!("v{v}: {ty:?}"));
        values.collect::<Vec<_>>().join(", ")
    }

    fn value(&mut self) -> String {
        format!("v{}", self.next - self.bytes.zigzag())
    }

    fn index(&mut self, of: &str) -> String {
        format!("{of}{}", self.bytes.leb128())
    }

    fn name(&mut self, of: &str) -> String {
        let index = self.bytes.leb128() as usize;
        of.split(' ').nth(index).expect("a name").to_owned()
    }

    fn operand(&mut self, kind: &OperandKind) -> String {
        match kind {
            OperandKind::Value => self.value(),
            OperandKind::ValueList => {
                let count = self.bytes.leb128();
                let values = (0..count).map(|_| self.value()).collect::<Vec<_>>();
                format!("({})", values.join(", "))
            }
            OperandKind::BlockCall => {
                let block = self.index("block");
                let count = self.bytes.leb128();
                let args = (0..count).map(|_| self.block_arg()).collect::<Vec<_>>();
                format!("{block}({})", args.join(", "))
            }
            OperandKind::Imm64 | OperandKind::Offset32 => self.bytes.zigzag().to_string(),
            OperandKind::Ieee16 | OperandKind::Ieee32 => format!("{:#x}", self.bytes.leb128()),
            OperandKind::Ieee64 => {
                let bits = self.bytes.leb128();
                format!("{bits:#x} ({})", f64::from_bits(bits))
            }
            OperandKind::IntCondition => self.name(INT),
            OperandKind::FloatCondition => self.name(FLOAT),
            OperandKind::AtomicOperation => self.name(ATOMIC),
            OperandKind::Block => self.index("block"),
            OperandKind::Imm8 => self.index(""),
            OperandKind::TrapCode => self.index("trap "),
            OperandKind::MemoryFlags => self.index("flags "),
            OperandKind::Callee => self.index("fn"),
            OperandKind::Signature => self.index("sig"),
            OperandKind::GlobalValue => self.index("gv"),
            OperandKind::StackSlot => self.index("ss"),
            OperandKind::DynamicStackSlot => self.index("dss"),
            OperandKind::JumpTable => self.index("jt"),
            OperandKind::ExceptionTable => self.index("et"),
            OperandKind::Constant => self.index("const"),
            OperandKind::Immediate => self.index("imm"),
        }
    }

    fn block_arg(&mut self) -> String {
        let word = self.bytes.leb128();
        match (word & 3, word >> 2) {
            (0, distance) => format!("v{}", self.next - unzigzag(distance)),
            (1, index) => format!("ret{index}"),
            (2, index) => format!("exn{index}"),
            (kind, _) => panic!("{kind} is no kind of block argument"),
        }
    }
}

//! From a function's stream to its instructions.

use super::function::{BlockTree, FunctionTree};
use super::instruction::{Instruction, Operation};
use super::operands::{Operands, Reason, absent};
use super::operations::{AtomicOperation, CallOp, FloatCondition, IntCondition, SpecialOp};
use super::shape::Shape;
use crate::artifact::{Body, CodegenArtifact, Form, Function, Outline};
use crate::codes::Code;
use crate::diagnostic::Diagnostic;

/// What reads the functions of one artifact.
#[derive(Debug)]
pub struct Trees<'a> {
    outline: &'a Outline,
    shapes: Vec<Shape>,
}

impl<'a> Trees<'a> {
    /// A reader of this artifact's functions.
    ///
    /// # Errors
    /// E5007 if the artifact spells a mnemonic of CLIF with other operands or results than
    /// CLIF gives it.
    pub fn new(outline: &'a Outline) -> Result<Self, Diagnostic> {
        let shapes = outline.forms().iter().map(Shape::of);
        Ok(Self {
            outline,
            shapes: shapes.collect::<Result<_, _>>()?,
        })
    }

    /// Reads every function, in the order of their symbols.
    ///
    /// # Errors
    /// As for [`Self::new`] and [`Self::function`].
    pub fn of(artifact: &'a CodegenArtifact) -> Result<Vec<FunctionTree<'a>>, Diagnostic> {
        let trees = Self::new(artifact)?;
        let functions = artifact.functions().iter();
        functions.map(|function| trees.function(function)).collect()
    }

    /// Reads a function of the artifact.
    ///
    /// # Errors
    /// E5007 if a block does not end with a branch, a return or a trap, or goes on after one;
    /// or if the function is of another artifact.
    pub fn function(&self, function: &'a Function) -> Result<FunctionTree<'a>, Diagnostic> {
        let place = || {
            let symbols = &self.outline.module().symbols;
            let symbol = symbols.get(function.body.symbol as usize);
            let name = symbol.and_then(|symbol| symbol.name.as_deref());
            name.map_or_else(|| format!("s{}", function.body.symbol), str::to_owned)
        };
        let read = Reading {
            trees: self,
            body: &function.body,
            code: Operands::of(self.outline, function),
            instructions: 0,
        };
        let blocks = read.blocks().map_err(|reason| {
            Diagnostic::new(Code::E5007, format!("function `{}`: {reason}", place()))
        })?;
        Ok(FunctionTree { function, blocks })
    }
}

struct Reading<'t, 'a> {
    trees: &'t Trees<'a>,
    body: &'a Body,
    code: Operands<'a>,
    instructions: u32,
}

impl<'a> Reading<'_, 'a> {
    fn blocks(mut self) -> Result<Vec<BlockTree<'a>>, Reason> {
        let body = self.body;
        let blocks = body.blocks.iter().enumerate();
        let blocks = blocks.map(|(index, block)| {
            let params = self.code.define(block.params.len());
            let mut instructions = Vec::with_capacity(block.instructions as usize);
            for number in 1..=block.instructions {
                let instruction = self.instruction()?;
                let is_last = number == block.instructions;
                let ends = instruction.operation.is_terminator();
                let is_known = !matches!(instruction.operation, Operation::Other { .. });
                match (is_last, ends) {
                    (false, true) => return Err(format!("block{index} goes on after its end")),
                    (true, false) if is_known => {
                        return Err(format!("block{index} ends without a branch"));
                    }
                    _ => instructions.push(instruction),
                }
            }
            if instructions.is_empty() {
                return Err(format!("block{index} is empty"));
            }
            Ok(BlockTree {
                params,
                cold: block.cold,
                instructions,
            })
        });
        blocks.collect()
    }

    fn instruction(&mut self) -> Result<Instruction<'a>, Reason> {
        let index = self.code.form()?;
        let forms = self.trees.outline.forms();
        let form = forms.get(index).ok_or_else(absent("a form"))?;
        let shape = *self.trees.shapes.get(index).ok_or_else(absent("a form"))?;
        let operation = self.operation(shape, form)?;
        let instruction = Instruction {
            number: self.instructions,
            operation,
            results: self.code.define(form.results.len()),
        };
        self.instructions += 1;
        Ok(instruction)
    }

    fn operation(&mut self, shape: Shape, form: &'a Form) -> Result<Operation<'a>, Reason> {
        Ok(match shape {
            Shape::Nullary(op) => Operation::Nullary(op),
            Shape::Unary(op) => Operation::Unary(op, self.code.value()?),
            Shape::Binary(op) => Operation::Binary(op, self.code.values()?),
            Shape::Ternary(op) => Operation::Ternary(op, self.code.values()?),
            Shape::Load(op) => Operation::Load {
                op,
                flags: self.code.flags()?,
                address: self.code.value()?,
                offset: self.code.offset()?,
            },
            Shape::Store(op) => Operation::Store {
                op,
                flags: self.code.flags()?,
                value: self.code.value()?,
                address: self.code.value()?,
                offset: self.code.offset()?,
            },
            Shape::Special(op) => self.special(op)?,
            Shape::Call(op) => self.call(op)?,
            Shape::Other => {
                let operands = form.operands.iter().map(|kind| self.code.operand(*kind));
                let operands = operands.collect::<Result<_, _>>()?;
                Operation::Other { form, operands }
            }
        })
    }

    fn special(&mut self, op: SpecialOp) -> Result<Operation<'a>, Reason> {
        let body = self.body;
        Ok(match op {
            SpecialOp::Jump => Operation::Jump(self.code.target()?),
            SpecialOp::Brif => Operation::Branch {
                value: self.code.value()?,
                nonzero: self.code.target()?,
                zero: self.code.target()?,
            },
            SpecialOp::BrTable => Operation::BranchTable {
                index: self.code.value()?,
                table: self.code.entity(&body.jump_tables, "a jump table")?,
            },
            SpecialOp::Trap => Operation::Trap(self.code.byte()?),
            SpecialOp::Trapz | SpecialOp::Trapnz => Operation::TrapIf {
                is_zero: op == SpecialOp::Trapz,
                value: self.code.value()?,
                trap: self.code.byte()?,
            },
            SpecialOp::Return => Operation::Return(self.code.list()?),
            SpecialOp::FuncAddr => {
                Operation::FunctionAddress(self.code.entity(&body.callees, "a callee")?)
            }
            SpecialOp::Insertlane => Operation::InsertLane {
                vector: self.code.value()?,
                value: self.code.value()?,
                lane: self.code.byte()?,
            },
            SpecialOp::Extractlane => Operation::ExtractLane {
                vector: self.code.value()?,
                lane: self.code.byte()?,
            },
            SpecialOp::ExtractVector => Operation::ExtractVector {
                vector: self.code.value()?,
                index: self.code.byte()?,
            },
            SpecialOp::StackAddr => Operation::StackAddress {
                slot: self.code.index()?,
                offset: self.code.offset()?,
            },
            SpecialOp::DynamicStackAddr => Operation::DynamicStackAddress {
                slot: self.code.index()?,
            },
            SpecialOp::SymbolValue => Operation::GlobalValue(self.code.index()?),
            SpecialOp::TlsValue => Operation::ThreadLocal(self.code.index()?),
            SpecialOp::GetExceptionHandlerAddress => Operation::ExceptionHandlerAddress {
                block: self.code.index()?,
                index: self.code.signed()?,
            },
            SpecialOp::Iconst => Operation::Integer(self.code.signed()?),
            SpecialOp::F16const => {
                let bits = u16::try_from(self.code.index()?);
                Operation::Float16(bits.map_err(|_| "a float of 16 bits has more".to_owned())?)
            }
            SpecialOp::F32const => Operation::Float32(self.code.index()?),
            SpecialOp::F64const => Operation::Float64(self.code.unsigned()?),
            SpecialOp::F128const => {
                Operation::Float128(self.code.entity(&body.constants, "a constant")?)
            }
            SpecialOp::Vconst => {
                Operation::Vector(self.code.entity(&body.constants, "a constant")?)
            }
            SpecialOp::Shuffle => Operation::Shuffle {
                values: self.code.values()?,
                mask: self.code.entity(&body.immediates, "an immediate")?,
            },
            SpecialOp::Icmp => {
                let condition = IntCondition::of_code(self.code.index()?);
                let condition = condition.ok_or_else(absent("a condition"))?;
                Operation::CompareIntegers(condition, self.code.values()?)
            }
            SpecialOp::Fcmp => {
                let condition = FloatCondition::of_code(self.code.index()?);
                let condition = condition.ok_or_else(absent("a condition"))?;
                Operation::CompareFloats(condition, self.code.values()?)
            }
            SpecialOp::UaddOverflowTrap => Operation::AddOrTrap {
                values: self.code.values()?,
                trap: self.code.byte()?,
            },
            SpecialOp::Bitcast => Operation::Bitcast {
                flags: self.code.flags()?,
                value: self.code.value()?,
            },
            SpecialOp::AtomicLoad => Operation::AtomicLoad {
                flags: self.code.flags()?,
                address: self.code.value()?,
            },
            SpecialOp::AtomicStore => Operation::AtomicStore {
                flags: self.code.flags()?,
                value: self.code.value()?,
                address: self.code.value()?,
            },
            SpecialOp::AtomicRmw => {
                let flags = self.code.flags()?;
                let operation = AtomicOperation::of_code(self.code.index()?);
                let [address, value] = self.code.values()?;
                Operation::AtomicUpdate {
                    flags,
                    operation: operation.ok_or_else(absent("an atomic operation"))?,
                    address,
                    value,
                }
            }
            SpecialOp::AtomicCas => {
                let flags = self.code.flags()?;
                let [address, expected, replacement] = self.code.values()?;
                Operation::AtomicCompareExchange {
                    flags,
                    address,
                    expected,
                    replacement,
                }
            }
        })
    }

    fn call(&mut self, op: CallOp) -> Result<Operation<'a>, Reason> {
        let body = self.body;
        Ok(match op {
            CallOp::Call | CallOp::ReturnCall | CallOp::TryCall => {
                let callee = self.code.entity(&body.callees, "a callee")?;
                let signature = self.code.signature(callee.signature)?;
                let arguments = self.code.list()?;
                match op {
                    CallOp::Call => Operation::Call {
                        callee,
                        signature,
                        arguments,
                    },
                    CallOp::ReturnCall => Operation::ReturnCall {
                        callee,
                        signature,
                        arguments,
                    },
                    _ => {
                        let table = self
                            .code
                            .entity(&body.exception_tables, "an exception table")?;
                        Operation::TryCall {
                            callee,
                            signature,
                            arguments,
                            table,
                        }
                    }
                }
            }
            CallOp::CallIndirect | CallOp::ReturnCallIndirect => {
                let index = self.code.index()?;
                let signature = self.code.signature(index)?;
                let (address, arguments) = self.code.address()?;
                match op {
                    CallOp::CallIndirect => Operation::CallIndirect {
                        address,
                        signature,
                        arguments,
                    },
                    _ => Operation::ReturnCallIndirect {
                        address,
                        signature,
                        arguments,
                    },
                }
            }
            CallOp::TryCallIndirect => {
                let (address, arguments) = self.code.address()?;
                let table = self
                    .code
                    .entity(&body.exception_tables, "an exception table")?;
                let signature = self.code.signature(table.signature)?;
                Operation::TryCallIndirect {
                    address,
                    signature,
                    arguments,
                    table,
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::{
        AbiParam, ArtifactBuilder, Block, BlockArg, BlockCall, CallConv, Header, InstructionWriter,
        Linkage, OperandKind, Signature, Symbol, SymbolKind, Type,
    };
    use crate::tree::instruction::Operand;

    /// The artifact of a function of these blocks, each with so many instructions.
    fn artifact(
        forms: &[(&str, &[OperandKind], &[Type])],
        blocks: &[u32],
        code: InstructionWriter,
    ) -> CodegenArtifact {
        let mut builder = ArtifactBuilder::new(Header::new("test", "1"));
        let signature = builder.signature(&Signature {
            call_conv: CallConv::Platform,
            params: vec![AbiParam::new(Type::I64)],
            returns: Vec::new(),
        });
        let symbol = builder.add_symbol(Symbol {
            name: Some("f".to_owned()),
            kind: SymbolKind::Function { signature },
            linkage: Linkage::Export,
        });
        for (mnemonic, operands, results) in forms {
            builder.form(Form {
                mnemonic: (*mnemonic).to_owned(),
                operands: operands.to_vec(),
                results: results.to_vec(),
            });
        }
        let blocks = blocks
            .iter()
            .enumerate()
            .map(|(index, instructions)| Block {
                params: vec![Type::I64; usize::from(index == 0)],
                cold: false,
                instructions: *instructions,
            });
        let body = Body {
            symbol,
            blocks: blocks.collect(),
            ..Body::default()
        };
        builder.add_function(body, code);
        builder.finish().unwrap()
    }

    const NEGATE: (&str, &[OperandKind], &[Type]) = ("ineg", &[OperandKind::Value], &[Type::I64]);
    const RETURN: (&str, &[OperandKind], &[Type]) = ("return", &[OperandKind::ValueList], &[]);

    #[test]
    fn what_no_clif_has_is_read_by_the_kinds_of_its_operands() {
        let kinds = [
            OperandKind::Value,
            OperandKind::ValueList,
            OperandKind::Offset32,
            OperandKind::TrapCode,
            OperandKind::BlockCall,
        ];
        let mut code = InstructionWriter::default();
        code.define_values(1);
        code.form(0);
        code.value(0);
        code.value_list([0, 0].into_iter());
        code.signed(-8);
        code.unsigned(7);
        code.block_call(1, [].into_iter());
        code.form(1);
        code.value_list([].into_iter());
        let artifact = artifact(&[("leap", &kinds, &[]), RETURN], &[1, 1], code);
        let functions = Trees::of(&artifact).unwrap();
        let leap = &functions[0].blocks[0].instructions[0];
        let Operation::Other { form, operands } = &leap.operation else {
            panic!("{leap:?}");
        };
        assert_eq!(
            (form.mnemonic.as_str(), leap.operation.mnemonic()),
            ("leap", "leap")
        );
        let target = BlockCall {
            block: 1,
            args: Vec::new(),
        };
        let expected = [
            Operand::Value(0),
            Operand::Values(vec![0, 0]),
            Operand::Signed(-8),
            Operand::Unsigned(OperandKind::TrapCode, 7),
            Operand::BlockCall(target),
        ];
        assert_eq!(operands[..], expected);
        assert_eq!(leap.operation.uses(), [0, 0, 0]);
        assert_eq!(functions[0].blocks[0].successors(), [1]);
    }

    #[test]
    fn a_block_ends_with_its_last_instruction_and_with_nothing_else() {
        let code = |forms: &[u64]| {
            let mut code = InstructionWriter::default();
            code.define_values(1);
            for form in forms {
                code.unsigned(*form);
                match form {
                    0 => code.value(0),
                    _ => code.value_list([].into_iter()),
                }
                code.define_values(u32::from(*form == 0));
            }
            code
        };
        let forms = [NEGATE, RETURN];
        let read = |instructions: &[u64], blocks: &[u32]| {
            let artifact = artifact(&forms, blocks, code(instructions));
            let functions = Trees::of(&artifact).map(|functions| functions[0].blocks.len());
            functions.map_err(|error| (error.code, error.message))
        };
        assert_eq!(read(&[0, 0, 1], &[3]), Ok(1));
        for (instructions, blocks, reason) in [
            (&[0, 0][..], &[2][..], "block0 ends without a branch"),
            (&[1, 0], &[2], "block0 goes on after its end"),
            (&[1], &[1, 0], "block1 is empty"),
        ] {
            let (code, message) = read(instructions, blocks).unwrap_err();
            assert_eq!(
                (code, message),
                (Code::E5007, format!("function `f`: {reason}"))
            );
        }
    }

    #[test]
    fn arguments_of_a_branch_are_uses() {
        let jump = ("jump", &[OperandKind::BlockCall][..], &[][..]);
        let mut code = InstructionWriter::default();
        code.define_values(1);
        code.form(0);
        code.block_call(0, [BlockArg::Value(0)].into_iter());
        let artifact = artifact(&[jump], &[1], code);
        let functions = Trees::of(&artifact).unwrap();
        assert_eq!(functions[0].blocks[0].instructions[0].operation.uses(), [0]);
    }
}

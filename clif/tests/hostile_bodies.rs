//! Bodies that verification lets pass, and on which Cranelift would panic:
//! decoding refuses them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use beskid_clif::ClifError;
use beskid_clif::decode::Decoder;
use beskid_plugin_api::artifact::*;
use cranelift_codegen::ir::{Function, UserExternalName};
use cranelift_codegen::isa::CallConv as ClifCallConv;

const I128: Type = Type::scalar(Lane::I128);

/// A program of one function, whose instructions a test writes.
struct Program {
    builder: ArtifactBuilder,
    params: Vec<Type>,
    returns: Vec<Type>,
    body: Body,
    code: InstructionWriter,
    instructions: u32,
}

impl Program {
    /// A function with these parameters and results.
    fn new(params: &[Type], returns: &[Type]) -> Self {
        let mut code = InstructionWriter::default();
        code.define_values(params.len() as u32);
        Self {
            builder: ArtifactBuilder::new(Header::new("test", "1")),
            params: params.to_vec(),
            returns: returns.to_vec(),
            body: Body::default(),
            code,
            instructions: 0,
        }
    }

    /// Begins an instruction; `operands` writes what its form says.
    fn instruction(
        &mut self,
        mnemonic: &str,
        operands: &[OperandKind],
        results: &[Type],
        write: impl FnOnce(&mut InstructionWriter),
    ) {
        let form = self.builder.form(Form {
            mnemonic: mnemonic.to_owned(),
            operands: operands.to_vec(),
            results: results.to_vec(),
        });
        self.code.form(form);
        write(&mut self.code);
        self.code.define_values(results.len() as u32);
        self.instructions += 1;
    }

    fn returning(&mut self, value: u32) {
        self.instruction("return", &[OperandKind::ValueList], &[], |code| {
            code.value_list([value].into_iter());
        });
    }

    fn signature(&mut self, params: &[Type], returns: &[Type]) -> SignatureId {
        let list = |types: &[Type]| types.iter().map(|ty| AbiParam::new(*ty)).collect();
        self.builder.signature(&Signature {
            call_conv: CallConv::Platform,
            params: list(params),
            returns: list(returns),
        })
    }

    /// Writes the artifact, which verification accepts, and decodes the function.
    fn decode(mut self) -> Result<Function, ClifError> {
        let (params, returns) = (self.params.clone(), self.returns.clone());
        let signature = self.signature(&params, &returns);
        let kind = SymbolKind::Function { signature };
        self.body.symbol = self.builder.add_symbol(Symbol {
            name: Some("f".to_owned()),
            kind,
            linkage: Linkage::Export,
        });
        let entry = Block {
            params,
            cold: false,
            instructions: self.instructions,
        };
        self.body.blocks.insert(0, entry);
        self.builder.add_function(self.body, self.code);
        let artifact = self.builder.finish().unwrap();
        let decoder = Decoder::new(&artifact, ClifCallConv::SystemV)?;
        let external = |symbol| UserExternalName::new(0, symbol);
        decoder.function(&artifact.functions()[0], &external)
    }

    #[track_caller]
    fn refused(self, reason: &str) {
        let message = self.decode().map(|func| func.to_string());
        let message = message.expect_err(reason).to_string();
        assert!(message.contains(reason), "`{reason}` in `{message}`");
    }
}

#[test]
fn an_instruction_of_a_type_that_it_does_not_have_is_refused() {
    let value = [OperandKind::Value];
    let mut halves = Program::new(&[Type::I8], &[Type::I8]);
    halves.instruction("isplit", &value, &[Type::I8; 2], |code| code.value(0));
    halves.returning(0);
    halves.refused("`isplit` has no form for i8");

    let mut wide = Program::new(&[I128], &[I128]);
    wide.instruction("iconcat", &[OperandKind::Value; 2], &[I128], |code| {
        code.value(0);
        code.value(0);
    });
    wide.returning(0);
    wide.refused("`iconcat` has no form for i128");

    let operands = [OperandKind::Value, OperandKind::Imm8];
    let mut fixed = Program::new(&[Type::I8], &[Type::I8]);
    fixed.instruction("extract_vector", &operands, &[Type::I8], |code| {
        code.value(0);
        code.unsigned(0);
    });
    fixed.returning(0);
    fixed.refused("`extract_vector` has no form for i8");
}

#[test]
fn a_scalable_scalar_is_no_type() {
    let scalar = Type::vector(Lane::I8, 0, true).unwrap();
    let mut program = Program::new(&[scalar], &[scalar]);
    program.returning(0);
    program.refused("signature 0 has no counterpart");
}

#[test]
fn equal_constants_keep_the_numbers_of_those_behind_them() {
    let vector = Type::vector(Lane::I8, 4, false).unwrap();
    let mut program = Program::new(&[], &[vector]);
    program.body.constants = vec![vec![1; 16], vec![1; 16], vec![2; 16]];
    program.instruction("vconst", &[OperandKind::Constant], &[vector], |code| {
        code.unsigned(2);
    });
    program.returning(0);
    let text = program.decode().unwrap().to_string();
    let second = format!("= 0x{}", "02".repeat(16));
    let (name, _) = text.split_once(&second).unwrap();
    let name = name.split_whitespace().next_back().unwrap();
    assert!(text.contains(&format!("vconst.i8x16 {name}")), "{text}");
}

#[test]
fn a_block_argument_beyond_what_cranelift_can_hold_is_refused() {
    let mut program = Program::new(&[], &[]);
    let signature = program.signature(&[], &[]);
    let callee = program.builder.add_symbol(Symbol {
        name: Some("callee".to_owned()),
        kind: SymbolKind::Function { signature },
        linkage: Linkage::Import(ImportSource::Plain),
    });
    program.body.signatures = vec![signature];
    program.body.callees = vec![Callee {
        target: NameRef::Symbol(callee),
        signature: 0,
        colocated: false,
        patchable: false,
    }];
    let call = |args: &[BlockArg]| BlockCall {
        block: 1,
        args: args.to_vec(),
    };
    program.body.exception_tables = vec![ExceptionTable {
        signature: 0,
        normal: call(&[BlockArg::ExceptionPayload(0)]),
        items: vec![ExceptionItem::Default(call(&[BlockArg::ExceptionPayload(
            1 << 30,
        )]))],
    }];
    let operands = [
        OperandKind::Callee,
        OperandKind::ValueList,
        OperandKind::ExceptionTable,
    ];
    program.instruction("try_call", &operands, &[], |code| {
        code.unsigned(0);
        code.value_list([].into_iter());
        code.unsigned(0);
    });
    program.body.blocks = vec![Block {
        params: vec![Type::I64],
        cold: false,
        instructions: 0,
    }];
    program.code.define_values(1);
    program.refused("is too large");
}

#[test]
fn a_stack_map_belongs_to_a_call() {
    let mut program = Program::new(&[Type::I64], &[Type::I64]);
    program.returning(0);
    program.body.stack_slots = vec![StackSlot {
        size: 8,
        align_shift: 3,
        key: None,
    }];
    program.body.stack_maps = vec![StackMapEntry {
        instruction: 0,
        ty: Type::I64,
        slot: 0,
        offset: 0,
    }];
    program.refused("`return` cannot have a stack map");
}

#[test]
fn more_parameters_or_results_than_cranelift_numbers_are_refused() {
    let many = vec![Type::I8; (1 << 16) + 1];
    let mut program = Program::new(&many, &[Type::I8]);
    program.returning(0);
    program.refused("block 0 has too many parameters");

    let mut program = Program::new(&[Type::I8], &[Type::I8]);
    program.signature(&[], &many);
    program.returning(0);
    program.refused("signature 0 has no counterpart");
}

/// Cranelift follows the bases by recursion; the stack would not last.
#[test]
fn a_stack_limit_behind_many_global_values_is_refused() {
    let mut program = Program::new(&[Type::I64], &[Type::I64]);
    program.returning(0);
    let load = |base| GlobalValue::Load {
        base,
        offset: 0,
        ty: Type::I64,
        flags: 0,
    };
    program.body.global_values = vec![GlobalValue::VmContext];
    program.body.global_values.extend((0..100_000).map(load));
    program.body.stack_limit = Some(100_000);
    program.refused("the stack limit hangs on too many global values");
}

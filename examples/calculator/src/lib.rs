//! A compiler of arithmetic expressions, written for any
//! `cranelift_module::Module`: with a `JITModule` it calculates at once, with
//! a `beskid_clif::ArtifactModule` it writes an artifact. Nothing else changes.
#![forbid(unsafe_code)]

use cranelift_codegen::Context;
use cranelift_codegen::ir::{AbiParam, InstBuilder, Value, types};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use cranelift_module::{FuncId, Linkage, Module, ModuleError};

/// Why an expression was not compiled.
#[derive(Debug)]
pub enum Error {
    /// Byte offset of what is not understood.
    Syntax(usize),
    /// What the module says.
    Module(Box<ModuleError>),
}

impl From<ModuleError> for Error {
    fn from(error: ModuleError) -> Self {
        Self::Module(Box::new(error))
    }
}

/// Compiles an expression of 64-bit integers with `+ - * ( )` into the
/// function `name`, which takes nothing and returns the value.
///
/// # Errors
/// [`Error::Syntax`] with the offset, or what the module says.
pub fn compile(module: &mut impl Module, name: &str, expression: &str) -> Result<FuncId, Error> {
    let mut context: Context = module.make_context();
    context
        .func
        .signature
        .returns
        .push(AbiParam::new(types::I64));
    let id = module.declare_function(name, Linkage::Export, &context.func.signature)?;
    let mut frontend = FunctionBuilderContext::new();
    let mut parser = Parser {
        text: expression.as_bytes(),
        offset: 0,
        builder: FunctionBuilder::new(&mut context.func, &mut frontend),
    };
    let entry = parser.builder.create_block();
    parser.builder.switch_to_block(entry);
    let value = parser.sum()?;
    if parser.peek().is_some() {
        return Err(Error::Syntax(parser.offset));
    }
    let mut builder = parser.builder;
    builder.ins().return_(&[value]);
    builder.seal_all_blocks();
    builder.finalize(module.target_config());
    module.define_function(id, &mut context)?;
    Ok(id)
}

struct Parser<'t, 'f> {
    text: &'t [u8],
    offset: usize,
    builder: FunctionBuilder<'f>,
}

impl Parser<'_, '_> {
    fn peek(&mut self) -> Option<u8> {
        while self.text.get(self.offset) == Some(&b' ') {
            self.offset += 1;
        }
        self.text.get(self.offset).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.offset += usize::from(found);
        found
    }

    fn sum(&mut self) -> Result<Value, Error> {
        let mut left = self.product()?;
        loop {
            if self.eat(b'+') {
                let right = self.product()?;
                left = self.builder.ins().iadd(left, right);
            } else if self.eat(b'-') {
                let right = self.product()?;
                left = self.builder.ins().isub(left, right);
            } else {
                return Ok(left);
            }
        }
    }

    fn product(&mut self) -> Result<Value, Error> {
        let mut left = self.atom()?;
        while self.eat(b'*') {
            let right = self.atom()?;
            left = self.builder.ins().imul(left, right);
        }
        Ok(left)
    }

    fn atom(&mut self) -> Result<Value, Error> {
        if self.eat(b'(') {
            let value = self.sum()?;
            return if self.eat(b')') {
                Ok(value)
            } else {
                Err(Error::Syntax(self.offset))
            };
        }
        self.peek();
        let rest = &self.text[self.offset..];
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let number = std::str::from_utf8(&rest[..digits]).ok();
        let number = number.and_then(|digits| digits.parse::<i64>().ok());
        let number = number.ok_or(Error::Syntax(self.offset))?;
        self.offset += digits;
        Ok(self.builder.ins().iconst(types::I64, number))
    }
}

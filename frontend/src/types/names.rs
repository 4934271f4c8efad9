//! What types are called in messages and in symbols.

use super::declared::Signature;
use super::kind::{Kind, Ty};
use super::table::Types;

/// Most characters of a name with its type arguments; of a longer one the begin and a
/// number are kept.
const LONGEST: usize = 1000;

impl Types {
    /// The name of a type, as a program would write it.
    pub(crate) fn name(&self, ty: Ty) -> String {
        let mut name = String::new();
        self.write(ty, &mut name);
        name
    }

    /// The name of a function type.
    pub(crate) fn signature_name(&self, signature: &Signature) -> String {
        let mut name = String::new();
        self.write_signature(signature, &mut name);
        name
    }

    /// A declared name with its type arguments.
    pub(crate) fn applied(&self, name: &str, args: &[Ty]) -> String {
        let mut whole = name.to_owned();
        if !args.is_empty() {
            whole.push('<');
            self.write_list(args, &mut whole);
            whole.push('>');
        }
        match whole.char_indices().nth(LONGEST) {
            // Type arguments may double with each type: names do not.
            Some((end, _)) => {
                whole.truncate(end);
                whole.push_str(&format!("…{}", self.kinds()));
                whole
            }
            None => whole,
        }
    }

    fn write(&self, ty: Ty, name: &mut String) {
        match self.kind(ty) {
            Kind::Never => name.push_str("never"),
            Kind::Error => name.push('?'),
            Kind::RefU8 => name.push_str("ref u8"),
            Kind::Cell(of) | Kind::Out(of) => {
                let is_out = matches!(self.kind(ty), Kind::Out(_));
                name.push_str(if is_out { "out " } else { "ref " });
                self.write(of, name);
            }
            Kind::Array(of) => {
                self.write(of, name);
                name.push_str("[]");
            }
            Kind::Struct(id) => name.push_str(&self.structure(id).name),
            Kind::Enum(id) => name.push_str(&self.enumeration(id).name),
            Kind::Contract(id) => name.push_str(&self.contract(id).name),
            Kind::Function(id) | Kind::Code(id) => self.write_signature(self.signature(id), name),
            Kind::Param(number) => name.push_str(&self.params[number as usize]),
            _ => {
                let known = Ty::NAMED.iter().find(|(_, known)| *known == ty);
                name.push_str(known.map_or("?", |(text, _)| text));
            }
        }
    }

    fn write_signature(&self, signature: &Signature, name: &mut String) {
        self.write(signature.result, name);
        name.push('(');
        self.write_list(&signature.params, name);
        name.push(')');
    }

    fn write_list(&self, types: &[Ty], name: &mut String) {
        for (index, ty) in types.iter().enumerate() {
            if index > 0 {
                name.push_str(", ");
            }
            self.write(*ty, name);
        }
    }
}

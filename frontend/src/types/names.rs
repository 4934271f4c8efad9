//! What types are called in messages and in symbols.

use super::declared::Signature;
use super::kind::{Kind, Ty};
use super::table::Types;

/// Most characters of a name with its type arguments; of a longer one the begin and a
/// number are kept.
const LONGEST: usize = 1000;

/// What an item is called.
type Called<'c> = &'c dyn Fn(u32) -> String;

impl Types {
    /// The name of a type, as a program would write it.
    pub(crate) fn name(&self, ty: Ty) -> String {
        let mut name = String::new();
        self.write(ty, None, &mut name);
        name
    }

    /// The name of a type in which every item is called as `called` says.
    pub(crate) fn name_by(&self, ty: Ty, called: Called<'_>) -> String {
        let mut name = String::new();
        self.write(ty, Some(called), &mut name);
        name
    }

    /// The name of a function type.
    pub(crate) fn signature_name(&self, signature: &Signature) -> String {
        let mut name = String::new();
        self.write_signature(signature, None, &mut name);
        name
    }

    /// A declared name with its type arguments.
    pub(crate) fn applied(&self, name: &str, args: &[Ty]) -> String {
        let mut whole = name.to_owned();
        if !args.is_empty() {
            whole.push('<');
            self.write_list(args, None, &mut whole);
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

    fn write(&self, ty: Ty, called: Option<Called<'_>>, name: &mut String) {
        if called.is_some() && name.len() > LONGEST {
            return;
        }
        match self.kind(ty) {
            Kind::Never => name.push_str("never"),
            Kind::Error => name.push('?'),
            Kind::RefU8 => name.push_str("ref u8"),
            Kind::Cell(of) | Kind::Out(of) => {
                let is_out = matches!(self.kind(ty), Kind::Out(_));
                name.push_str(if is_out { "out " } else { "ref " });
                self.write(of, called, name);
            }
            Kind::Array(of) => {
                self.write(of, called, name);
                name.push_str("[]");
            }
            Kind::Struct(id) => {
                let of = self.structure(id);
                match called.zip(of.item) {
                    Some((called, item)) => self.write_applied(item, &of.args, called, name),
                    None => name.push_str(&of.name),
                }
            }
            Kind::Enum(id) => {
                let of = self.enumeration(id);
                match called {
                    Some(called) => self.write_applied(of.item, &of.args, called, name),
                    None => name.push_str(&of.name),
                }
            }
            Kind::Contract(id) => match called {
                Some(called) => name.push_str(&called(self.contract(id).item)),
                None => name.push_str(&self.contract(id).name),
            },
            Kind::Function(id) | Kind::Code(id) => {
                self.write_signature(self.signature(id), called, name);
            }
            Kind::Param(number) => name.push_str(&self.params[number as usize]),
            _ => {
                let known = Ty::NAMED.iter().find(|(_, known)| *known == ty);
                name.push_str(known.map_or("?", |(text, _)| text));
            }
        }
    }

    fn write_applied(&self, item: u32, args: &[Ty], called: Called<'_>, name: &mut String) {
        name.push_str(&called(item));
        if !args.is_empty() {
            name.push('<');
            self.write_list(args, Some(called), name);
            name.push('>');
        }
    }

    fn write_signature(
        &self,
        signature: &Signature,
        called: Option<Called<'_>>,
        name: &mut String,
    ) {
        self.write(signature.result, called, name);
        name.push('(');
        self.write_list(&signature.params, called, name);
        name.push(')');
    }

    fn write_list(&self, types: &[Ty], called: Option<Called<'_>>, name: &mut String) {
        for (index, ty) in types.iter().enumerate() {
            if index > 0 {
                name.push_str(", ");
            }
            self.write(*ty, called, name);
        }
    }
}

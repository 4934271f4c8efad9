//! A reader of artifacts, written by `docs/artifact-format.md` alone: it uses
//! nothing of the crate. It trusts what it reads and panics at damage.

mod bytes;
pub mod schema;
mod stream;

pub use bytes::Bytes;

use bytes::Read;
use schema::{Body, Form, Header, Module};

/// What an artifact says.
pub struct Artifact {
    pub digest: String,
    pub header: Header,
    pub module: Module,
    pub forms: Vec<Form>,
    pub functions: Vec<Function>,
}

/// One entry of `BODY`.
pub struct Function {
    pub body: Body,
    /// The instructions as text, a line each.
    pub text: String,
}

/// Reads a whole file.
pub fn read(file: &[u8]) -> Artifact {
    let mut container = Bytes::of(file);
    assert_eq!(container.take(4), b"BSKA");
    assert_eq!(u32_le(&mut container), 1, "format version");
    let (contents, digest) = file.split_at(file.len() - 32);
    let actual = blake3::hash(contents);
    assert_eq!(actual.as_bytes(), digest, "the artifact's digest");
    let count = u32_le(&mut container);
    let mut sections = Vec::new();
    for _ in 0..count {
        let tag = container.take(4);
        let required = container.take(1)[0] & 1 != 0;
        let length = u64::from_le_bytes(container.take(8).try_into().unwrap());
        sections.push((tag, required, container.take(length as usize)));
    }
    assert_eq!(container.at, contents.len(), "sections end at the digest");
    let section = |wanted: &[u8; 4]| {
        let mut found = sections.iter().filter(|(tag, ..)| tag == wanted);
        let (_, required, payload) = found.next().expect("the section is there");
        assert!(*required && found.next().is_none());
        Bytes::of(payload)
    };
    let forms = whole::<Vec<Form>>(section(b"FORM"));
    Artifact {
        digest: actual.to_string(),
        header: whole(section(b"HEAD")),
        module: whole(section(b"MODU")),
        functions: functions(section(b"BODY"), &forms),
        forms,
    }
}

fn u32_le(bytes: &mut Bytes<'_>) -> u32 {
    u32::from_le_bytes(bytes.take(4).try_into().unwrap())
}

/// A structure that takes all the bytes.
fn whole<T: Read>(mut bytes: Bytes<'_>) -> T {
    let value = T::read(&mut bytes);
    assert!(bytes.is_at_end());
    value
}

fn functions(mut section: Bytes<'_>, forms: &[Form]) -> Vec<Function> {
    let count = section.leb128();
    let functions = (0..count).map(|_| {
        let length = section.leb128();
        let mut function = Bytes::of(section.take(length as usize));
        let length = function.leb128();
        let body = whole::<Body>(Bytes::of(function.take(length as usize)));
        let text = stream::text(&body, forms, function);
        Function { body, text }
    });
    let functions = functions.collect();
    assert!(section.is_at_end());
    functions
}

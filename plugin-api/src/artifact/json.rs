//! Artifacts as JSON: all that is in one, for tools and for writers in other
//! languages.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::body::{BlockCall, Body};
use super::builder::write;
use super::container::FORMAT_VERSION;
use super::debug::DebugInfo;
use super::error::{ArtifactError, Result};
use super::form::{Form, OperandKind};
use super::header::Header;
use super::module::Module;
use super::outline::Contents;
use super::settings::Setting;
use super::stream::{InstructionReader, InstructionWriter, StreamError};
use super::{CodegenArtifact, Function};

/// What is read of any version.
#[derive(Deserialize)]
#[serde(rename = "artifact")]
struct Version {
    format: u32,
}

/// What [`CodegenArtifact::to_json`] writes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename = "artifact")]
struct Written {
    #[serde(rename = "format")]
    _format: u32,
    header: Header,
    module: Module,
    forms: Vec<Form>,
    settings: Vec<String>,
    #[serde(default)]
    debug: Option<DebugInfo>,
    functions: Vec<WrittenFunction>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename = "function")]
struct WrittenFunction {
    body: Body,
    /// The number of a form, and its operands.
    instructions: Vec<Vec<Value>>,
}

impl CodegenArtifact {
    /// The artifact as JSON, complete: [`from_json`](Self::from_json) gives the same
    /// bytes again. Structures are as in `docs/artifact-format.md`, a structure as an
    /// object, an enum with fields as an object of one; the instructions of a function
    /// are arrays of the form's number and the operands, values by their numbers. Each
    /// instruction and each form is a line.
    ///
    /// # Errors
    /// E5007 if a stream does not follow its forms, which decoding rules out.
    pub fn to_json(&self) -> Result<String> {
        let mut text = String::new();
        let Contents {
            header,
            module,
            forms,
            settings,
            debug,
        } = &self.outline.contents;
        let settings = settings.iter().map(|setting| setting.name());
        let settings = settings.collect::<Vec<_>>();
        let (header, module) = (json(header)?, json(module)?);
        let settings = json(&settings)?;
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "{{\n\"format\": {FORMAT_VERSION},\n\"header\": {header},\n\"module\": {module},\n\
             \"settings\": {settings},\n\"forms\": "
        );
        list(&mut text, forms.iter().map(json))?;
        text += ",\n\"functions\": ";
        let functions = self.functions.iter().enumerate();
        let functions = functions.map(|(index, function)| {
            let mut text = format!("{{\"body\": {},\n\"instructions\": ", json(&function.body)?);
            let instructions = instructions(function, forms);
            let instructions =
                instructions.map_err(|error| invalid(index, error.reason.to_string()))?;
            list(&mut text, instructions.into_iter().map(Ok))?;
            text.push('}');
            Ok(text)
        });
        list(&mut text, functions)?;
        if let Some(debug) = debug {
            let _ = write!(text, ",\n\"debug\": {}", json(debug)?);
        }
        text += "\n}\n";
        Ok(text)
    }

    /// The artifact that JSON describes. It is verified as by
    /// [`decode`](Self::decode).
    ///
    /// # Errors
    /// E5002 for another format, E5004 if the text is not what
    /// [`to_json`](Self::to_json) writes, and whatever decoding refuses.
    pub fn from_json(text: &[u8]) -> Result<Self> {
        let Version { format } = read_text(text)?;
        if format != FORMAT_VERSION {
            return Err(ArtifactError::Version {
                found: format,
                supported: FORMAT_VERSION,
            });
        }
        let written = read_text::<Written>(text)?;
        written.check_fields(&read_text(text)?)?;
        let setting = |name: String| {
            let known = Setting::ALL.into_iter().find(|known| known.name() == name);
            known.ok_or(ArtifactError::UnknownSetting { name })
        };
        let forms = written.forms;
        let functions = written.functions.into_iter().enumerate();
        let functions = functions.map(|(index, function)| function.stream(index, &forms));
        let functions = functions.collect::<Result<Vec<_>>>()?;
        let settings = written.settings.into_iter().map(setting);
        let contents = Contents {
            header: written.header,
            module: written.module,
            settings: settings.collect::<Result<_>>()?,
            forms,
            debug: written.debug,
        };
        let (bytes, _) = write(&contents, &functions)?;
        Self::decode(bytes)
    }
}

impl Written {
    /// Refuses fields that nothing knows, and those that are left out: a misspelled one
    /// would make another program.
    fn check_fields(&self, given: &Value) -> Result<()> {
        same("header", &given["header"], &to_value(&self.header)?)?;
        same("module", &given["module"], &to_value(&self.module)?)?;
        same("forms", &given["forms"], &to_value(&self.forms)?)?;
        if let Some(debug) = &self.debug {
            same("debug", &given["debug"], &to_value(debug)?)?;
        }
        for (index, function) in self.functions.iter().enumerate() {
            let body = &given["functions"][index]["body"];
            let place = format!("functions[{index}].body");
            same(&place, body, &to_value(&function.body)?)?;
        }
        Ok(())
    }
}

/// Refuses the first field that one of both has and the other one has not.
fn same(place: &str, given: &Value, meant: &Value) -> Result<()> {
    let malformed = |field: &String, reason: &str| {
        Err(ArtifactError::Malformed {
            section: "JSON",
            offset: 0,
            field: format!("{place}.{field}"),
            reason: reason.to_owned(),
        })
    };
    match (given, meant) {
        (Value::Object(given), Value::Object(meant)) => {
            if let Some(unknown) = given.keys().find(|key| !meant.contains_key(*key)) {
                return malformed(unknown, "nothing has this field");
            }
            for (field, meant) in meant {
                match given.get(field) {
                    Some(given) => same(&format!("{place}.{field}"), given, meant)?,
                    None => return malformed(field, "it is missing; without a value it is `null`"),
                }
            }
        }
        (Value::Array(given), Value::Array(meant)) => {
            for (index, (given, meant)) in given.iter().zip(meant).enumerate() {
                // Bytes have no fields.
                if !meant.is_number() {
                    same(&format!("{place}[{index}]"), given, meant)?;
                }
            }
        }
        _ => {}
    }
    Ok(())
}

impl WrittenFunction {
    /// With the instructions as a stream.
    fn stream(self, index: usize, forms: &[Form]) -> Result<Function> {
        let mut writer = InstructionWriter::default();
        let mut rows = self.instructions.iter().enumerate();
        for block in &self.body.blocks {
            writer.define_values(count(block.params.len()));
            for (at, row) in rows.by_ref().take(block.instructions as usize) {
                instruction(&mut writer, row, forms)
                    .map_err(|reason| invalid_at(index, at, reason))?;
            }
        }
        if let Some((at, _)) = rows.next() {
            let reason = "the blocks have fewer instructions".to_owned();
            return Err(invalid_at(index, at, reason));
        }
        Ok(Function {
            body: self.body,
            stream: writer.into_bytes(),
            types: Vec::new(),
        })
    }
}

/// The instructions of a function, each as an array.
fn instructions(
    function: &Function,
    forms: &[Form],
) -> std::result::Result<Vec<String>, StreamError> {
    let mut reader = function.instructions();
    let mut rows = Vec::new();
    for block in &function.body.blocks {
        reader.define_values(count(block.params.len()));
        for _ in 0..block.instructions {
            let id = reader.form()?;
            let mut row = format!("[{id}");
            let form = forms.get(id as usize);
            for kind in form.iter().flat_map(|form| &form.operands) {
                // Writing to a string cannot fail.
                let _ = write!(row, ", {}", operand(&mut reader, *kind)?);
            }
            row.push(']');
            rows.push(row);
            reader.define_values(form.map_or(0, |form| count(form.results.len())));
        }
    }
    Ok(rows)
}

fn operand(
    reader: &mut InstructionReader<'_>,
    kind: OperandKind,
) -> std::result::Result<Value, StreamError> {
    Ok(match kind {
        OperandKind::Value => reader.value()?.into(),
        OperandKind::ValueList => {
            let mut values = Vec::new();
            reader.value_list(&mut values)?;
            values.into()
        }
        OperandKind::BlockCall => {
            let call = reader.block_call()?;
            serde_json::to_value(&call).unwrap_or_default()
        }
        OperandKind::Imm64 | OperandKind::Offset32 => reader.signed()?.into(),
        _ => reader.unsigned()?.into(),
    })
}

/// Writes an instruction: the number of its form, and its operands.
fn instruction(
    writer: &mut InstructionWriter,
    row: &[Value],
    forms: &[Form],
) -> std::result::Result<(), String> {
    let Some((id, operands)) = row.split_first() else {
        return Err("it has no form".to_owned());
    };
    let id = read::<u32>(id)?;
    let form = forms
        .get(id as usize)
        .ok_or_else(|| format!("there is no form {id}"))?;
    let (found, expected) = (operands.len(), form.operands.len());
    if found != expected {
        let mnemonic = &form.mnemonic;
        return Err(format!("`{mnemonic}` has {expected} operands, not {found}"));
    }
    writer.form(id);
    for (operand, kind) in operands.iter().zip(&form.operands) {
        match kind {
            OperandKind::Value => writer.value(read(operand)?),
            OperandKind::ValueList => writer.value_list(read::<Vec<u32>>(operand)?.into_iter()),
            OperandKind::BlockCall => {
                let call = read::<BlockCall>(operand)?;
                writer.block_call(call.block, call.args.into_iter());
            }
            OperandKind::Imm64 | OperandKind::Offset32 => writer.signed(read(operand)?),
            _ => writer.unsigned(read(operand)?),
        }
    }
    writer.define_values(count(form.results.len()));
    Ok(())
}

fn read<T: for<'de> Deserialize<'de>>(value: &Value) -> std::result::Result<T, String> {
    T::deserialize(value).map_err(|error| error.to_string())
}

/// What is verified to fit: a stream of more is no artifact.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| unwritable(&error))
}

fn to_value<T: Serialize>(value: &T) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| unwritable(&error))
}

/// No type of an artifact causes it.
fn unwritable(error: &serde_json::Error) -> ArtifactError {
    ArtifactError::Invalid {
        section: "JSON",
        place: "contents".to_owned(),
        reason: error.to_string(),
    }
}

fn read_text<T: for<'de> Deserialize<'de>>(text: &[u8]) -> Result<T> {
    serde_json::from_slice(text).map_err(|error| ArtifactError::Malformed {
        section: "JSON",
        offset: offset_of(text, &error),
        field: format!("line {}", error.line()),
        reason: error.to_string(),
    })
}

/// An array with an item a line.
fn list(text: &mut String, items: impl Iterator<Item = Result<String>>) -> Result<()> {
    text.push('[');
    for (index, item) in items.enumerate() {
        text.push_str(if index == 0 { "\n" } else { ",\n" });
        text.push_str(&item?);
    }
    text.push(']');
    Ok(())
}

/// Where reading stopped: the error knows the line and the column.
fn offset_of(text: &[u8], error: &serde_json::Error) -> usize {
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    let before = lines.take(error.line().saturating_sub(1));
    before.map(<[u8]>::len).sum::<usize>() + error.column()
}

fn invalid(function: usize, reason: String) -> ArtifactError {
    ArtifactError::Invalid {
        section: "BODY",
        place: format!("function {function}"),
        reason,
    }
}

fn invalid_at(function: usize, instruction: usize, reason: String) -> ArtifactError {
    ArtifactError::Invalid {
        section: "BODY",
        place: format!("function {function}, instruction {instruction}"),
        reason,
    }
}

//! Verification of what an artifact tells debuggers.

use std::collections::HashSet;

use super::info::DebugInfo;
use super::places::Location;
use super::scopes::{MAX_SCOPE_DEPTH, Scope, Storage, Variable};
use super::types::{DebugType, Encoding, Field, TypeKind};
use crate::artifact::error::{ArtifactError, Result};
use crate::artifact::header::Header;
use crate::artifact::module::{Module, SymbolId, SymbolKind};

type Checked = std::result::Result<(), String>;

/// Checks all tables.
pub(in crate::artifact) fn check(info: &DebugInfo, header: &Header, module: &Module) -> Result<()> {
    let tables = Tables {
        info,
        module,
        pointer: u64::from(header.pointer_width / 8),
    };
    let text = |text| without_nul(text).map_err(|reason| invalid("producer", reason));
    text(&info.producer)?;
    each("file", &info.files, |file| {
        if file.path.is_empty() {
            return Err("its path is empty".to_owned());
        }
        without_nul(&file.path)?;
        without_nul(&file.directory)
    })?;
    each("type", &info.types, |ty| tables.ty(ty))?;
    if let Some(ty) = contains_itself(&info.types) {
        let reason = "it contains itself, and not through a pointer".to_owned();
        return Err(invalid(&format!("type {ty}"), reason));
    }
    let mut depths = Vec::with_capacity(info.scopes.len());
    let mut functions = HashSet::new();
    each("scope", &info.scopes, |scope| {
        depths.push(tables.scope(scope, &depths, &mut functions)?);
        Ok(())
    })?;
    each("variable", &info.variables, |variable| {
        tables.variable(variable)
    })?;
    each("position", &info.positions, |position| {
        tables.location(position.at)?;
        exists("scope", position.scope, info.scopes.len())
    })
}

struct Tables<'a> {
    info: &'a DebugInfo,
    module: &'a Module,
    /// Bytes of an address.
    pointer: u64,
}

impl Tables<'_> {
    fn ty(&self, ty: &DebugType) -> Checked {
        without_nul(&ty.name)?;
        let size = ty.size;
        match &ty.kind {
            TypeKind::Base(encoding) => check_base(*encoding, size),
            TypeKind::Pointer { to } => {
                self.is_size(size, self.pointer)?;
                self.optional_type(*to)
            }
            TypeKind::Struct { fields } => {
                fields.iter().try_for_each(|field| self.field(field, size))
            }
            TypeKind::Variants {
                discriminant,
                variants,
            } => {
                match discriminant {
                    Some(field) => self.discriminant(field, size)?,
                    None if variants.len() > 1 => {
                        return Err("it has several variants but no discriminant".to_owned());
                    }
                    None => {}
                }
                let mut values = HashSet::new();
                variants.iter().try_for_each(|variant| {
                    without_nul(&variant.name)?;
                    if !values.insert(variant.value) {
                        return Err(format!("a second variant like `{}`", variant.name));
                    }
                    let mut fields = variant.fields.iter();
                    fields.try_for_each(|field| self.field(field, size))
                })
            }
            TypeKind::Array {
                element,
                count,
                stride,
            } => {
                let element = self.lookup(*element)?;
                if *stride < element.size {
                    return Err(format!("its elements of {} bytes overlap", element.size));
                }
                match count.unwrap_or(0).checked_mul(*stride) {
                    Some(all) => self.is_size(size, all),
                    None => Err("its size is beyond 64 bits".to_owned()),
                }
            }
            TypeKind::Alias { of } => self.is_size(size, self.lookup(*of)?.size),
            TypeKind::Subroutine { params, result } => {
                self.is_size(size, 0)?;
                let mut params = params.iter();
                params.try_for_each(|param| self.optional_type(Some(*param)))?;
                self.optional_type(*result)
            }
        }
    }

    fn is_size(&self, found: u64, expected: u64) -> Checked {
        if found == expected {
            Ok(())
        } else {
            Err(format!("its size is {found} bytes and not {expected}"))
        }
    }

    fn lookup(&self, ty: u32) -> std::result::Result<&DebugType, String> {
        let found = self.info.types.get(ty as usize);
        found.ok_or_else(|| format!("type {ty} does not exist"))
    }

    fn optional_type(&self, ty: Option<u32>) -> Checked {
        ty.map_or(Ok(()), |ty| self.lookup(ty).map(drop))
    }

    fn field(&self, field: &Field, size: u64) -> Checked {
        without_nul(&field.name)?;
        let ty = self.lookup(field.ty)?;
        match field.offset.checked_add(ty.size) {
            Some(end) if end <= size => Ok(()),
            _ => Err(format!("its part `{}` is not inside of it", field.name)),
        }
    }

    fn discriminant(&self, field: &Field, size: u64) -> Checked {
        self.field(field, size)?;
        match &self.lookup(field.ty)?.kind {
            TypeKind::Base(Encoding::Float) => {}
            TypeKind::Base(_) | TypeKind::Pointer { .. } => return Ok(()),
            _ => {}
        }
        Err("its discriminant is neither an integer nor a pointer".to_owned())
    }

    /// How deep the scope lies in others.
    fn scope(
        &self,
        scope: &Scope,
        earlier: &[usize],
        functions: &mut HashSet<SymbolId>,
    ) -> std::result::Result<usize, String> {
        match scope {
            Scope::Function(function) => {
                without_nul(&function.name)?;
                self.location(function.declared)?;
                self.optional_type(function.result)?;
                if let Some(symbol) = function.symbol {
                    self.definition(symbol, true)?;
                    if !functions.insert(symbol) {
                        return Err(format!("a second one for the function of symbol {symbol}"));
                    }
                }
                Ok(1)
            }
            Scope::Block { parent } => match earlier.get(*parent as usize) {
                None => Err(format!("its parent {parent} is not an earlier scope")),
                Some(depth) if *depth < MAX_SCOPE_DEPTH => Ok(depth + 1),
                Some(_) => Err(format!(
                    "it lies in {MAX_SCOPE_DEPTH} others, more than one may"
                )),
            },
        }
    }

    fn variable(&self, variable: &Variable) -> Checked {
        without_nul(&variable.name)?;
        self.location(variable.declared)?;
        let size = self.lookup(variable.ty)?.size;
        if let Some(scope) = variable.scope {
            exists("scope", scope, self.info.scopes.len())?;
        }
        let mut from = 0;
        for piece in &variable.pieces {
            let (offset, length) = (u64::from(piece.offset), u64::from(piece.size));
            if length == 0 || offset < from || offset + length > size {
                return Err(format!(
                    "its piece of {length} bytes at {offset} is empty, not behind the one \
                     before, or not inside of its {size} bytes"
                ));
            }
            from = offset + length;
            if let Storage::Data(symbol) = piece.storage {
                self.definition(symbol, false)?;
            }
        }
        Ok(())
    }

    fn location(&self, at: Location) -> Checked {
        exists("file", at.file, self.info.files.len())
    }

    fn definition(&self, symbol: SymbolId, function: bool) -> Checked {
        let found = self.module.symbols.get(symbol as usize);
        let fits = found.is_some_and(|found| {
            found.linkage.is_definition()
                && function == matches!(found.kind, SymbolKind::Function { .. })
        });
        let what = if function { "function" } else { "data" };
        if fits {
            Ok(())
        } else {
            Err(format!("symbol {symbol} is not a {what} definition"))
        }
    }
}

fn check_base(encoding: Encoding, size: u64) -> Checked {
    let sizes: &[u64] = match encoding {
        Encoding::Byte => &[1],
        Encoding::Char => &[1, 2, 4],
        Encoding::Float => &[2, 4, 8, 16],
        Encoding::Bool | Encoding::Signed | Encoding::Unsigned => &[1, 2, 4, 8, 16],
    };
    if sizes.contains(&size) {
        Ok(())
    } else {
        Err(format!("no {encoding:?} has {size} bytes"))
    }
}

/// The types that a type has inside of it.
fn parts(ty: &DebugType) -> Vec<u32> {
    let of = |fields: &[Field]| fields.iter().map(|field| field.ty).collect::<Vec<_>>();
    match &ty.kind {
        TypeKind::Struct { fields } => of(fields),
        TypeKind::Variants { variants, .. } => variants
            .iter()
            .flat_map(|variant| of(&variant.fields))
            .collect(),
        TypeKind::Array { element, .. } => vec![*element],
        TypeKind::Alias { of } => vec![*of],
        TypeKind::Base(_) | TypeKind::Pointer { .. } | TypeKind::Subroutine { .. } => Vec::new(),
    }
}

/// A type on a circle of parts: one is left when all types went whose parts went before.
fn contains_itself(types: &[DebugType]) -> Option<usize> {
    let mut missing = vec![0_usize; types.len()];
    let mut users = vec![Vec::new(); types.len()];
    for (user, ty) in types.iter().enumerate() {
        for part in parts(ty) {
            missing[user] += 1;
            users[part as usize].push(user);
        }
    }
    let mut ready: Vec<_> = (0..types.len()).filter(|ty| missing[*ty] == 0).collect();
    while let Some(part) = ready.pop() {
        for user in std::mem::take(&mut users[part]) {
            missing[user] -= 1;
            if missing[user] == 0 {
                ready.push(user);
            }
        }
    }
    missing.iter().position(|missing| *missing > 0)
}

fn exists(what: &str, index: u32, count: usize) -> Checked {
    if (index as usize) < count {
        Ok(())
    } else {
        Err(format!("{what} {index} does not exist"))
    }
}

fn without_nul(text: &str) -> Checked {
    if text.contains('\0') {
        Err(format!("the text {text:?} contains NUL"))
    } else {
        Ok(())
    }
}

fn each<T>(what: &str, table: &[T], mut check: impl FnMut(&T) -> Checked) -> Result<()> {
    for (index, entry) in table.iter().enumerate() {
        check(entry).map_err(|reason| invalid(&format!("{what} {index}"), reason))?;
    }
    Ok(())
}

fn invalid(place: &str, reason: String) -> ArtifactError {
    ArtifactError::Invalid {
        section: "DBUG",
        place: place.to_owned(),
        reason,
    }
}

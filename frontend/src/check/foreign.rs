//! Foreign contracts: what they may say, and what their functions mean (FFI-1…FFI-5).

use beskid_plugin_api::runtime_abi::is_runtime_symbol;
use beskid_syntax::views::{self, ContractMethod};
use beskid_syntax::{Node, NodeKind};
use rustc_hash::FxHashMap;

use super::callable::Param;
use super::foreign_table::Target;
use super::known::{Known, has};
use super::part::Part;
use super::shared::Shared;
use super::state::{At, Checker};
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{Callback, ExprId, ExprKind, ForeignFunction, ForeignId};
use crate::resolve::{ItemId, ItemKind};
use crate::span::Span;
use crate::symbols::{ABI, DEFAULT_ENTRYPOINT as MAIN, PRIVATE};
use crate::types::{Kind, Signature, Ty};

/// Where a type stands in a foreign signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Of a function that C calls.
    Param,
    /// Of a function of C, which may take functions to call back.
    ForeignParam,
    Result,
}

/// Prefix of the names that the host defines in outputs.
const HOST_PREFIX: &str = "beskid_";

/// Prefix of names that users never see (EXT-006).
const INTEROP_PREFIX: &str = "__interop_";

/// Most bytes that the arguments of a foreign function take.
const MOST_BYTES: u64 = 1 << 16;

/// Size of a machine word in bytes.
const WORD: u64 = 8;

/// Whether a symbol is not for programs: it is the runtime's, the program's start, or
/// in a namespace of the compiler.
pub(super) fn is_reserved(symbol: &str) -> bool {
    let prefixes = [HOST_PREFIX, INTEROP_PREFIX, PRIVATE];
    is_runtime_symbol(symbol)
        || symbol == MAIN
        || prefixes.iter().any(|prefix| symbol.starts_with(prefix))
}

/// Whether a text can name a library: a path may have spaces in it.
fn is_library(text: &str) -> bool {
    !text.trim().is_empty() && !text.contains(char::is_control)
}

/// Why a text cannot name a symbol.
pub(super) fn wrong_symbol(text: &str, span: Span) -> Option<SourceDiagnostic> {
    if text.contains('@') {
        let message = format!("the symbol {text:?} has a version");
        let diagnostic = SourceDiagnostic::new(codes::VERSIONED_SYMBOL, message, span, "");
        return Some(
            diagnostic.help("leave out `@` and what follows: linkers read it as a version"),
        );
    }
    let is_symbol = is_library(text) && !text.contains(char::is_whitespace);
    let message = || format!("{text:?} is no symbol");
    (!is_symbol).then(|| SourceDiagnostic::new(codes::BAD_FOREIGN_NAME, message(), span, ""))
}

impl<'t> Checker<'t> {
    /// The functions of every foreign contract.
    pub(super) fn declare_foreign(&mut self) {
        for id in 0..self.names.items.len() as ItemId {
            let item = self.names.item(id);
            if item.kind != ItemKind::Foreign {
                continue;
            }
            let (node, name_span) = (item.node, item.span);
            self.at = At {
                module: item.module,
                base: item.base,
                ..At::default()
            };
            let callbacks = self.known_attribute(node, "Callback");
            let library = match &callbacks {
                Some(attribute) => {
                    self.declare_callbacks(attribute, name_span);
                    String::new()
                }
                None => match self.known_attribute(node, "Extern") {
                    Some(attribute) => self.library(&attribute),
                    None => String::new(),
                },
            };
            let mut methods = FxHashMap::<&str, (Target, Span)>::default();
            let members = views::Contract::cast(node).into_iter();
            for member in members.flat_map(views::Contract::members) {
                let Some(method) = ContractMethod::cast(member) else {
                    continue;
                };
                let Some(name) = method.name() else { continue };
                let span = self.placed(name.span());
                if let Some((_, first)) = methods.get(name.text()) {
                    let message = format!("a second method `{}`", name.text());
                    let code = codes::DUPLICATE_METHOD;
                    let again = SourceDiagnostic::new(code, message, span, "again here");
                    self.report(again.related(*first, "first here"));
                    continue;
                }
                let target = match &callbacks {
                    Some(_) => self.callback(method, name.text(), span),
                    None => self.foreign_method(method, name.text(), span, &library),
                };
                methods.insert(name.text(), (target, span));
            }
            self.foreign.contracts.insert(id, methods);
        }
    }

    /// FFI-5: a host registers one table.
    fn declare_callbacks(&mut self, attribute: &Known<'t>, span: Span) {
        let found = self.known_texts(attribute, &["Abi"]);
        self.check_abi(attribute, found[0].as_ref());
        if let Some(first) = self.foreign.callback_contract {
            let message = "a second contract with `Callback`";
            let again = SourceDiagnostic::new(codes::DUPLICATE, message, span, "again here");
            let again = again.help("put all functions of the host into one contract");
            self.report(again.related(first, "first here"));
        } else {
            self.foreign.callback_contract = Some(span);
        }
    }

    fn callback(&mut self, method: ContractMethod<'t>, name: &str, span: Span) -> Target {
        if let Some(attribute) = self.known_attribute(method.node(), "Extern") {
            let message = "a callback has no symbol";
            let diagnostic = SourceDiagnostic::new(codes::MISPLACED, message, attribute.span, "");
            self.report(diagnostic.help("the host registers callbacks in their order"));
        }
        let signature = self.foreign_signature(method, Place::Param, span);
        self.foreign.callbacks.push(Callback {
            name: name.to_owned(),
            signature,
        });
        Target::Callback(self.foreign.callbacks.len() as u32 - 1)
    }

    fn foreign_method(
        &mut self,
        method: ContractMethod<'t>,
        name: &str,
        span: Span,
        library: &str,
    ) -> Target {
        let named = self.symbol(method, name, span);
        let signature = self.foreign_signature(method, Place::ForeignParam, span);
        let id = self.foreign.functions.len() as ForeignId;
        // Calls of a method that was reported are checked by what it says.
        let symbol = match named {
            None => name.to_owned(),
            Some((symbol, span)) => {
                if let Some((known_id, first)) = self.foreign.declared.get(&symbol) {
                    let known = &self.foreign.functions[*known_id as usize];
                    if (known.library.as_str(), &known.signature) == (library, &signature) {
                        return Target::Foreign(*known_id);
                    }
                    let first = *first;
                    let message = format!("`{symbol}` is declared in two different ways");
                    let code = codes::CONFLICTING_FOREIGN;
                    let again = SourceDiagnostic::new(code, message, span, "again here");
                    self.report(again.related(first, "first here"));
                } else {
                    self.foreign.declared.insert(symbol.clone(), (id, span));
                }
                symbol
            }
        };
        self.foreign.functions.push(ForeignFunction {
            symbol,
            library: library.to_owned(),
            signature,
        });
        Target::Foreign(id)
    }

    fn foreign_signature(
        &mut self,
        method: ContractMethod<'t>,
        place: Place,
        span: Span,
    ) -> Signature {
        let params = method.params().into_iter().flat_map(views::Params::params);
        let params = params.filter_map(|param| Some(self.foreign_type(param.ty()?, place)));
        let params = params.collect();
        let result = method.ty();
        let result = result.map_or(Ty::ERROR, |ty| self.foreign_type(ty, Place::Result));
        let signature = Signature { params, result };
        self.check_size(&signature, span);
        signature
    }

    /// The type of a value that crosses the boundary (FFI-3, FFI-4).
    pub(super) fn foreign_type(&mut self, node: Node<'t>, place: Place) -> Ty {
        let span = self.span(node);
        let (what, help) = match node.kind() {
            NodeKind::ArrayType => ("an array".to_owned(), "pass a CArrayView or a CBuffer"),
            NodeKind::RefType if place == Place::ForeignParam && is_function_of_u8(node) => {
                let ty = self.foreign_function(node);
                return ty.unwrap_or(Ty::ERROR);
            }
            NodeKind::RefType if !is_u8(node) => {
                let what = "a reference to anything but u8".to_owned();
                (what, "pass a `ref u8` or an i64")
            }
            NodeKind::FunctionType | NodeKind::ArrowType if place == Place::ForeignParam => {
                let ty = self.foreign_function(node);
                return ty.unwrap_or(Ty::ERROR);
            }
            NodeKind::FunctionType | NodeKind::ArrowType => {
                let help = "declare the functions of the host in a contract with `Callback`";
                ("a closure".to_owned(), help)
            }
            NodeKind::NamedType | NodeKind::RefType => {
                let ty = self.ty(node);
                let help = match ty {
                    Ty::BOOL | Ty::U8 | Ty::I32 | Ty::I64 | Ty::F64 => return ty,
                    Ty::REF_U8 | Ty::ERROR => return ty,
                    Ty::UNIT if place == Place::Result => return ty,
                    Ty::STR => "pass a CStringView, or the `ref u8` of a text that ends with `\\0`",
                    ty => match self.types.kind(ty) {
                        Kind::Struct(_) if self.crosses(ty) => return ty,
                        Kind::Struct(_) => "give the type the attribute `CLayout`",
                        _ => "bool, u8, i32, i64, f64 and `ref u8` can; a result may be unit",
                    },
                };
                (self.with_article(ty), help)
            }
            _ => return Ty::ERROR,
        };
        let message = format!("{what} cannot cross the boundary to foreign code");
        let diagnostic = SourceDiagnostic::new(codes::NOT_FOREIGN_TYPE, message, span, "");
        self.report(diagnostic.help(help));
        Ty::ERROR
    }

    /// Whether C knows a struct. Puts in its parts.
    fn crosses(&mut self, ty: Ty) -> bool {
        self.fill(ty);
        match self.types.kind(ty) {
            Kind::Struct(id) => self.types.structure(id).crosses(),
            _ => false,
        }
    }

    fn foreign_function(&mut self, node: Node<'t>) -> Option<Ty> {
        let mut children = node.children();
        if node.kind() == NodeKind::RefType {
            // `ref u8(P)`: what it returns is a reference.
            let params = children.next()?.children().nth(1)?;
            return Some(self.foreign_code(Ty::REF_U8, params, node));
        }
        let (first, second) = (children.next()?, children.next()?);
        let (result, params) = match node.kind() {
            NodeKind::FunctionType => (first, second),
            _ => (second, first),
        };
        let result = self.foreign_type(result, Place::Result);
        Some(self.foreign_code(result, params, node))
    }

    fn foreign_code(&mut self, result: Ty, params: Node<'t>, node: Node<'t>) -> Ty {
        let params = params.children();
        let params = params.map(|param| self.foreign_type(param, Place::Param));
        let params = params.collect();
        let signature = Signature { params, result };
        let span = self.span(node);
        self.check_size(&signature, span);
        let id = self.types.signature_id(signature);
        self.types.of(Kind::Code(id))
    }

    /// Refuses a function whose arguments would fill the stack: C's compilers copy
    /// them there for every call.
    pub(super) fn check_size(&mut self, signature: &Signature, span: Span) {
        let mut size = 0;
        for ty in &signature.params {
            size += match self.types.kind(*ty) {
                Kind::Struct(id) => self.c_size(id).next_multiple_of(WORD),
                _ => WORD,
            };
        }
        if size > MOST_BYTES {
            let message = format!("the arguments have {size} bytes, more than {MOST_BYTES}");
            let diagnostic = SourceDiagnostic::new(codes::NOT_FOREIGN_TYPE, message, span, "");
            self.report(diagnostic.help("pass the addresses of large values"));
        }
    }

    /// FFI-1, FFI-5: the ABI is named, and it is C's.
    pub(super) fn check_abi(&mut self, attribute: &Known<'t>, abi: Option<&(String, Span)>) {
        let (message, span, help) = match abi {
            Some((abi, _)) if abi == ABI => return,
            Some((abi, span)) => {
                let message = format!("the ABI `{abi}` is not supported");
                (message, *span, "the only ABI is `C`")
            }
            None if has(attribute, "Abi") => return,
            None => {
                let message = format!("`{}` names its ABI", attribute.name);
                (message, attribute.span, "add `Abi: \"C\"`")
            }
        };
        self.report(SourceDiagnostic::new(codes::BAD_ABI, message, span, "").help(help));
    }

    /// FFI-1: only `C`, and the library has a name.
    fn library(&mut self, attribute: &Known<'t>) -> String {
        let found = self.known_texts(attribute, &["Abi", "Library"]);
        self.check_abi(attribute, found[0].as_ref());
        match &found[1] {
            Some((library, _)) if is_library(library) => library.clone(),
            None if has(attribute, "Library") => String::new(),
            other => {
                let span = other.as_ref().map_or(attribute.span, |(_, span)| *span);
                let message = "a foreign contract names its library";
                let diagnostic = SourceDiagnostic::new(codes::BAD_FOREIGN_NAME, message, span, "");
                self.report(diagnostic.help("add one, such as `Library: \"libc.so.6\"`"));
                String::new()
            }
        }
    }

    /// The link symbol of a method, and where it stands.
    fn symbol(
        &mut self,
        method: ContractMethod<'t>,
        name: &str,
        span: Span,
    ) -> Option<(String, Span)> {
        let named = self.known_attribute(method.node(), "Extern");
        let named = named.and_then(|attribute| {
            let mut found = self.known_texts(&attribute, &["Symbol"]);
            found.pop().flatten()
        });
        let (symbol, span) = named.unwrap_or_else(|| (name.to_owned(), span));
        if let Some(wrong) = wrong_symbol(&symbol, span) {
            self.report(wrong);
            return None;
        }
        if is_reserved(&symbol) {
            let message = format!("`{symbol}` is a name of the runtime");
            let diagnostic = SourceDiagnostic::new(codes::RESERVED_FOREIGN, message, span, "");
            self.report(diagnostic.help("the runtime's functions are not foreign"));
            return None;
        }
        Some((symbol, span))
    }

    /// Calls a foreign function, or one that the host registers.
    pub(super) fn call_foreign(
        &mut self,
        target: Target,
        nodes: &[Node<'t>],
        call: Node<'t>,
        span: Span,
    ) -> Part<'t> {
        let signature = self.foreign.signature(target);
        if signature.params.len() != nodes.len() {
            self.arity("the function", signature.params.len(), nodes.len(), call);
            return self.unknown_call(call);
        }
        let mut args = Vec::with_capacity(nodes.len());
        for (node, ty) in nodes.iter().zip(&signature.params) {
            let arg = match self.types.kind(*ty) {
                Kind::Code(id) => {
                    let wanted = self.types.signature(id).clone();
                    self.code(*node, &wanted, *ty)
                }
                _ => {
                    let param = Param::of(*ty, span);
                    self.argument(*node, &param)
                }
            };
            args.push(arg);
        }
        let list = self.frame().body.add_list(&args);
        let kind = match target {
            Target::Foreign(id) => ExprKind::Foreign(id, list),
            Target::Callback(index) => ExprKind::Callback(index, list),
        };
        Part::Value(self.add(kind, signature.result, span))
    }

    /// The name of an exported function, for C to call (FFI-5).
    fn code(&mut self, node: Node<'t>, wanted: &Signature, ty: Ty) -> ExprId {
        let span = self.span(node);
        let wanted_name = self.types.signature_name(wanted);
        let (base, suffixes) = super::part::split(node);
        let part = match node.kind() {
            NodeKind::Name | NodeKind::Postfix => self.part(base, &suffixes, None),
            _ => Part::Value(self.expr(node, None)),
        };
        let Part::Function(id, None) = part else {
            let broken = match part {
                Part::Value(value) => self.type_of(value) == Ty::ERROR,
                Part::Broken => true,
                _ => false,
            };
            if !broken {
                let message = format!("expected a function, {wanted_name}");
                let code = codes::NOT_CALLABLE_FROM_C;
                let diagnostic = SourceDiagnostic::new(code, message, span, "");
                self.report(diagnostic.help("name a function with the attribute `Export`"));
            }
            return self.broken(span);
        };
        let callable = &self.callables[id as usize];
        let (declared, foreign) = (callable.span, callable.foreign);
        let params = callable.takes.iter().map(|param| param.ty).collect();
        let found = Signature {
            params,
            result: callable.result,
        };
        if !foreign {
            let message = "C cannot call this function";
            let code = codes::NOT_CALLABLE_FROM_C;
            let diagnostic = SourceDiagnostic::new(code, message, span, "");
            let diagnostic = diagnostic.related(declared, "declared here");
            self.report(diagnostic.help("write `[Export(Abi: \"C\")] pub` before it"));
            return self.broken(span);
        }
        let known = |of: &Signature| of.result != Ty::ERROR && !of.params.contains(&Ty::ERROR);
        if !known(&found) || !known(wanted) {
            return self.broken(span);
        }
        if found != *wanted {
            let found = self.types.signature_name(&found);
            let message = format!("expected {wanted_name}, found {found}");
            let diagnostic = SourceDiagnostic::new(codes::BAD_ARGUMENT_TYPE, message, span, "");
            self.report(diagnostic.related(declared, "declared here"));
        }
        let function = self.instance(id, Shared::default(), span);
        self.add(ExprKind::Code(function), ty, span)
    }
}

/// Whether a type is written `ref u8(P)`.
fn is_function_of_u8(node: Node<'_>) -> bool {
    let inner = node.children().next();
    let inner = inner.filter(|inner| inner.kind() == NodeKind::FunctionType);
    let result = inner.and_then(|inner| inner.children().next());
    result.is_some_and(|result| result.text() == "u8")
}

/// Whether a type is written `ref u8`.
fn is_u8(node: Node<'_>) -> bool {
    let inner = node.children().next();
    inner.is_some_and(|inner| inner.text() == "u8")
}

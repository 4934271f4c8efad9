//! Bodies of functions, and functions with type arguments (GEN-2, GEN-3).

use std::rc::Rc;

use beskid_syntax::views;
use beskid_syntax::{Node, NodeKind};

use super::callable::{CallableId, Mode};
use super::few::Few;
use super::frame::{FrameKind, LocalInfo, LocalKind, Wanted};
use super::shared::Shared;
use super::state::{At, Chain, Checker, Pending};
use crate::builtins::PLACE;
use crate::codes;
use crate::diagnostic::SourceDiagnostic;
use crate::hir::{ExprId, ExprKind, Function, FunctionId, Role};
use crate::packages::PackageId;
use crate::span::Span;
use crate::types::Ty;

/// Longest chain of instances, each of which is there for the one before (GEN-3).
const DEEPEST: u32 = 64;
/// From this length on a chain is followed to its end before others, which may be very many
/// where each instance asks for several.
const LONG: u32 = 8;

impl<'t> Checker<'t> {
    /// The function of a callable with type arguments, for who is at `span`.
    pub(super) fn instance(
        &mut self,
        callable: CallableId,
        args: Shared<Ty>,
        span: Span,
    ) -> FunctionId {
        if args.is_empty() {
            return self.plain(callable);
        }
        if args
            .iter()
            .any(|arg| self.is_open(*arg) || *arg == Ty::ERROR)
        {
            return 0;
        }
        let key = (callable, args);
        if let Some(known) = self.instances.get(&key) {
            return *known;
        }
        let of = &self.callables[callable as usize];
        if of.broken || self.trying {
            return 0;
        }
        let depth = self.instance.as_ref().map_or(0, |chain| chain.depth) + 1;
        if depth > DEEPEST {
            let name = short(&self.instance_name(callable, &key.1));
            let message = format!("the type arguments never end: `{name}`");
            let diagnostic = SourceDiagnostic::new(codes::ENDLESS, message, span, "");
            self.report(diagnostic);
            self.endless = true;
            return 0;
        }
        let chain = Rc::new(Chain {
            name: short(&self.instance_name(callable, &key.1)),
            span,
            depth,
            from: self.instance.clone(),
        });
        let function = self.new_function();
        self.instances.insert(key.clone(), function);
        self.pending.push_back(Pending {
            function,
            callable,
            args: key.1,
            chain,
        });
        function
    }

    /// The function of a callable without type parameters.
    fn plain(&mut self, callable: CallableId) -> FunctionId {
        let of = &self.callables[callable as usize];
        if let Some(known) = of.function {
            return known;
        }
        if of.broken || self.trying {
            return 0;
        }
        let function = self.new_function();
        self.callables[callable as usize].function = Some(function);
        function
    }

    /// The name of a function in the program.
    pub(super) fn instance_name(&self, callable: CallableId, args: &[Ty]) -> String {
        let of = &self.callables[callable as usize];
        let own = match of.owner {
            Some(super::owner::Owner::Item(item)) => {
                format!("{}.{}", self.names.qualified(item), of.name)
            }
            Some(super::owner::Owner::Primitive(ty)) => format!("{}.{}", self.name(ty), of.name),
            None => match self.names.module(of.module).path.as_str() {
                // The functions of the first file are known by their own names.
                _ if of.base == 0 && !self.names.module(of.module).inline => of.name.to_owned(),
                "" => of.name.to_owned(),
                path => format!("{path}.{}", of.name),
            },
        };
        let several = of
            .owner
            .and_then(|owner| self.methods.get(&(owner, of.name)));
        let several = several.and_then(|all| all.iter().position(|id| *id == callable));
        let own = match several {
            Some(index) if index > 0 => format!("{own}.{index}"),
            _ => own,
        };
        self.types.applied(&own, args)
    }

    /// Checks every function: those without type parameters, which are the program;
    /// the others for themselves.
    pub(super) fn check_bodies(&mut self) {
        for id in 0..self.callables.len() as CallableId {
            let of = &self.callables[id as usize];
            if of.params.is_empty() {
                let function = self.plain(id);
                self.check_function(function, id, &Shared::default());
            } else {
                let params = of.params.clone();
                let before = self.diagnostics.len();
                self.open = true;
                self.body(id, &params);
                self.open = false;
                let mut found = self.diagnostics[before..].iter();
                self.callables[id as usize].broken = found.any(|found| !found.is_warning());
            }
        }
        while let Some(pending) = self.next_instance() {
            self.instance = Some(pending.chain);
            self.check_function(pending.function, pending.callable, &pending.args);
            self.instance = None;
        }
    }

    /// The next function with type arguments to be checked. None where a chain never ends: that
    /// was told, and what else is in the others is told of their bodies.
    fn next_instance(&mut self) -> Option<Pending> {
        if self.endless {
            return None;
        }
        match self.pending.back() {
            Some(last) if last.chain.depth >= LONG => self.pending.pop_back(),
            _ => self.pending.pop_front(),
        }
    }

    fn check_function(&mut self, id: FunctionId, callable: CallableId, args: &Shared<Ty>) {
        if self.callables[callable as usize].broken {
            return;
        }
        let Some(mut function) = self.body(callable, args) else {
            return;
        };
        function.name = self.instance_name(callable, args);
        let generic = !args.is_empty();
        let again = generic && !self.instance_names.insert(function.name.clone());
        if again || function.name.contains('…') {
            // Types of other modules have the same names, and what was cut off may have
            // told it from others.
            function.name.push_str(&format!(".{id}"));
        }
        self.functions[id as usize] = function;
    }

    /// Checks the body of a callable with these type arguments; the function, if it is
    /// kept.
    fn body(&mut self, id: CallableId, args: &Shared<Ty>) -> Option<Function> {
        let of = &self.callables[id as usize];
        let (node, base, module, owner) = (of.node, of.base, of.module, of.owner);
        let params = of.params.clone();
        let names = of.param_names.clone();
        let (takes, result, this) = (of.takes.clone(), of.result, of.this);
        let placed = of.placed;
        let span = of.span;
        let is_library = self.names.module(module).package != PackageId::ENTRY;
        let named = names.iter().map(|(name, ty)| {
            let index = params.iter().position(|param| param == ty);
            (*name, index.map_or(*ty, |index| args[index]))
        });
        self.at = At {
            module,
            base,
            params: named.collect(),
            owner,
        };
        let result = self.substituted(result, &params, args);
        let kind = match node.kind() {
            NodeKind::Test => FrameKind::Test,
            _ => FrameKind::Function,
        };
        let mut frame = self.open_frame(kind, Wanted::Known(result));
        let mut ids = Few::new();
        if let Some(this) = this {
            let ty = self.substituted(this, &params, args);
            let info = LocalInfo {
                name: "this",
                span,
                kind: LocalKind::This,
            };
            let local = frame.local(ty, info);
            frame.scopes.bind("this", local);
            frame.this = Some(local);
            ids.push(local);
        }
        for param in takes.iter() {
            let mut ty = self.passed(param);
            ty = self.substituted(ty, &params, args);
            let info = LocalInfo {
                name: param.name,
                span: param.span,
                kind: match param.mode {
                    Mode::Value if param.borrowed => LocalKind::RefParam,
                    Mode::Value | Mode::Mutable if ty == Ty::REF_U8 => LocalKind::RefParam,
                    Mode::Value => LocalKind::Param,
                    Mode::Mutable => LocalKind::Mutable,
                    Mode::Ref => LocalKind::RefParam,
                    Mode::Out => LocalKind::OutParam,
                },
            };
            let local = frame.local(ty, info);
            frame.scopes.bind(param.name, local);
            ids.push(local);
        }
        if let Some(span) = placed {
            let info = LocalInfo {
                name: PLACE,
                span,
                kind: LocalKind::Param,
            };
            let local = frame.local(Ty::STR, info);
            frame.scopes.bind(PLACE, local);
            frame.place = Some(local);
            ids.push(local);
        }
        self.frames.push(frame);
        if self.instance.is_none() {
            for param in takes.iter() {
                self.warn_of_hidden(param.name, param.span);
            }
        }
        let root = self.function_body(node, result);
        let frame = self.frames.pop().unwrap_or_default();
        if takes.iter().any(|param| param.mode == Mode::Out) {
            self.check_assigned(&frame, root, node);
        }
        let kept = self.close_frame(frame)?;
        let of = &self.callables[id as usize];
        Some(Function {
            name: String::new(),
            symbol: of.symbol.clone(),
            role: if of.foreign {
                Role::Foreign
            } else {
                Role::Plain
            },
            span,
            is_item: args.is_empty() && node.kind() != NodeKind::Test && !is_library,
            params: ids.to_vec(),
            placed: placed.is_some(),
            result,
            locals: kept.locals,
            named: kept.named,
            body: kept.body,
            root,
        })
    }

    fn function_body(&mut self, node: Node<'t>, result: Ty) -> ExprId {
        let span = self.span(node);
        if node.kind() == NodeKind::Test {
            let parts = views::Test::cast(node).into_iter();
            let parts = parts
                .flat_map(views::Test::parts)
                .filter(|part| !matches!(part.kind(), NodeKind::Meta | NodeKind::Skip));
            self.frame().blocks.push(node);
            let body = self.sequence(parts, None, node);
            self.frame().blocks.pop();
            return body;
        }
        let body = views::Function::cast(node).and_then(|view| view.body());
        let Some(body) = body else {
            return self.broken(span);
        };
        if body.kind() == NodeKind::Block {
            let block = self.body_block(body);
            let ty = match self.ends_broken(block) {
                true => Ty::ERROR,
                false => self.type_of(block),
            };
            self.check_end(ty, result, body);
            return block;
        }
        // FUN-2.
        let value = body.children().next();
        let Some(value) = value else {
            return self.broken(span);
        };
        let place = self.span(value);
        if result == Ty::UNIT {
            let value = match value.kind() {
                NodeKind::Assign => self.assignment(value, false),
                NodeKind::Match => self.match_expression(value, None, false),
                _ => self.expr(value, None),
            };
            let list = self.frame().body.add_list(&[value]);
            return self.add(ExprKind::Block(list), Ty::UNIT, place);
        }
        let value = self.expect(value, result, codes::BAD_RESULT);
        self.add(ExprKind::Return(Some(value)), Ty::NEVER, place)
    }
}

/// A name that fits a message.
fn short(name: &str) -> String {
    const MOST: usize = 120;
    match name.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

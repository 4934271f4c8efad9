//! Functions, blocks in them, and variables.

use beskid_plugin_api::artifact::debug::{FunctionScope, Piece, Scope, Storage, Variable};

use super::{Debug, Table, column, is_global, quoted};

/// Bits of a byte.
const BYTE: u64 = 8;

impl Debug<'_> {
    /// The node of a scope.
    pub(super) fn scope_node(&self, id: u32, scope: &Scope) -> String {
        match scope {
            Scope::Function(function) => self.function(id, function),
            Scope::Block { parent } => {
                let owner = self.owner(id);
                let owner = owner.and_then(|owner| self.info.scopes.get(owner as usize));
                let file = match owner {
                    Some(Scope::Function(function)) => function.declared.file,
                    _ => 0,
                };
                let (parent, file) = (self.scope(*parent), self.file(file));
                format!("distinct !DILexicalBlock(scope: !{parent}, file: !{file})")
            }
        }
    }

    /// A linker's name beside its own would hide it from users of C's debuggers.
    fn function(&self, id: u32, function: &FunctionScope) -> String {
        let own = self.variables.get(&id).into_iter().flatten();
        let own = own.filter_map(|&variable| self.info.variables.get(variable));
        let params = own.filter(|one| one.parameter).map(|one| one.ty);
        let types = self.signature(function.result, params);
        let ty = self.add(format_args!("!DISubroutineType(types: !{types})"));
        let (name, line) = (quoted(&function.name), function.declared.line);
        let (file, unit) = (self.file(function.declared.file), self.unit());
        let optimized = if self.optimized {
            " | DISPFlagOptimized"
        } else {
            ""
        };
        format!(
            "distinct !DISubprogram(name: {name}, scope: !{file}, file: !{file}, \
             line: {line}, type: !{ty}, scopeLine: {line}, flags: DIFlagPrototyped, \
             spFlags: DISPFlagDefinition{optimized}, unit: !{unit})"
        )
    }

    /// The node of a variable, and which parameter it is, from 1, if it is one.
    pub(super) fn variable_node(&self, variable: &Variable, count: u32) -> String {
        let (name, ty) = (quoted(&variable.name), self.ty(variable.ty));
        let (file, line) = (self.file(variable.declared.file), variable.declared.line);
        let scope = variable
            .scope
            .map_or_else(|| self.unit(), |scope| self.scope(scope));
        let common =
            format!("name: {name}, scope: !{scope}, file: !{file}, line: {line}, type: !{ty}");
        if is_global(variable) || variable.scope.is_none() {
            return format!(
                "distinct !DIGlobalVariable({common}, isLocal: true, isDefinition: true)"
            );
        }
        if !variable.parameter {
            return format!("!DILocalVariable({common})");
        }
        format!("!DILocalVariable({common}, arg: {count})")
    }

    /// Where a part of a variable is, seen from what has it.
    pub(super) fn expression(&self, variable: &Variable, piece: &Piece) -> String {
        let mut steps = Vec::new();
        if let Storage::Behind { offset, .. } = piece.storage {
            steps.push(format!("DW_OP_deref, DW_OP_plus_uconst, {offset}"));
        }
        let size = self.info.types.get(variable.ty as usize);
        let size = size.map_or(0, |ty| ty.size);
        if piece.offset > 0 || u64::from(piece.size) < size {
            let (offset, size) = (u64::from(piece.offset) * BYTE, u64::from(piece.size) * BYTE);
            steps.push(format!("DW_OP_LLVM_fragment, {offset}, {size}"));
        }
        format!("!DIExpression({})", steps.join(", "))
    }

    /// The node of a position in a function whose scope is `own`; one that no line of the
    /// source stands for, where there is none.
    ///
    /// `around` is the last position of the function's own.
    pub(super) fn place(&self, own: u32, position: u32, around: &mut Option<u32>) -> usize {
        let nowhere = || {
            let scope = self.scope(own);
            self.add(format_args!("!DILocation(line: 0, scope: !{scope})"))
        };
        let Some(found) = self.info.positions.get(position as usize) else {
            return nowhere();
        };
        if self.owner(found.scope) == Some(own) {
            *around = Some(position);
            return self.node(Table::Position, position as usize);
        }
        // It came from another function, which was put in place of a call.
        let call = match around.and_then(|call| self.info.positions.get(call as usize)) {
            Some(call) => format!(
                "distinct !DILocation(line: {}, column: {}, scope: !{})",
                call.at.line,
                column(call.at.column),
                self.scope(call.scope)
            ),
            None => format!("distinct !DILocation(line: 0, scope: !{})", self.scope(own)),
        };
        let call = self.add(call);
        let (line, column) = (found.at.line, column(found.at.column));
        let scope = self.scope(found.scope);
        self.add(format_args!(
            "!DILocation(line: {line}, column: {column}, scope: !{scope}, inlinedAt: !{call})"
        ))
    }
}

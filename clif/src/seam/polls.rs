//! Where a program looks whether it is to stop: at the begin of each function and each
//! loop.

use beskid_plugin_api::artifact::SymbolId;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::flowgraph::ControlFlowGraph;
use cranelift_codegen::ir::{
    AbiParam, Block, Function, GlobalValue, InstBuilder, MemFlagsData, SigRef, Signature, types,
};
use cranelift_codegen::isa::CallConv;

use super::WORD;
use super::written::table_of;

/// Adds the polls to a function.
pub(super) fn add(func: &mut Function, table: SymbolId, platform: CallConv) {
    let heads = heads(func);
    let table = table_of(func, table);
    let mut signature = Signature::new(platform);
    signature.params.push(AbiParam::new(types::I64));
    let signature = func.import_signature(signature);
    for head in heads {
        add_to(func, head, table, signature);
    }
}

/// The entry, and every block to which a walk from there comes back while it is inside:
/// each circle has one.
fn heads(func: &Function) -> Vec<Block> {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        Inside,
        Done,
    }
    let Some(entry) = func.layout.entry_block() else {
        return Vec::new();
    };
    let graph = ControlFlowGraph::with_function(func);
    let mut seen = std::collections::HashMap::from([(entry, Seen::Inside)]);
    let mut heads = vec![entry];
    let mut path = vec![(entry, graph.succ_iter(entry))];
    while let Some((block, next)) = path.last_mut() {
        let Some(successor) = next.next() else {
            seen.insert(*block, Seen::Done);
            path.pop();
            continue;
        };
        match seen.get(&successor) {
            None => {
                seen.insert(successor, Seen::Inside);
                path.push((successor, graph.succ_iter(successor)));
            }
            Some(Seen::Inside) if !heads.contains(&successor) => heads.push(successor),
            Some(_) => {}
        }
    }
    heads
}

fn add_to(func: &mut Function, head: Block, table: GlobalValue, signature: SigRef) {
    let Some(first) = func.layout.first_inst(head) else {
        return;
    };
    let position = func.srcloc(first);
    let rest = func.dfg.make_block();
    func.layout.split_block(rest, first);
    let stop = func.dfg.make_block();
    func.layout.append_block(stop);
    func.layout.set_cold(stop);
    let flags = MemFlagsData::trusted();
    let at = FuncCursor::new(func).at_bottom(head);
    let mut at = at.with_srcloc(position);
    let address = at.ins().symbol_value(types::I64, table);
    // Another thread writes it: no load before this one counts.
    let flag = at.ins().atomic_load(types::I64, flags, address);
    at.ins().brif(flag, stop, &[], rest, &[]);
    at.goto_bottom(stop);
    let code = at.ins().load(types::I64, flags, address, WORD as i32);
    at.ins().call_indirect(signature, code, &[address]);
    at.ins().jump(rest, &[]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_circle_of_blocks_has_a_head_and_nothing_else_has() {
        let text = "function %f(i64) system_v {\n\
            block0(v0: i64):\n    brif v0, block1, block2\n\
            block1:\n    brif v0, block2, block3\n\
            block2:\n    brif v0, block1, block4\n\
            block3:\n    jump block3\n\
            block4:\n    return\n}\n";
        let mut functions = cranelift_reader::parse_functions(text).unwrap();
        let mut func = functions.remove(0);
        let found = heads(&func)
            .iter()
            .map(|block| block.as_u32())
            .collect::<Vec<_>>();
        // The circle of 1 and 2 has two entries; one head is enough for it.
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found.contains(&0) && found.contains(&3), "{found:?}");
        assert!(found.contains(&1) || found.contains(&2), "{found:?}");
        add(&mut func, 9, CallConv::SystemV);
        let text = func.display().to_string();
        assert_eq!(text.matches("atomic_load").count(), 3, "{text}");
        assert_eq!(text.matches("call_indirect").count(), 3, "{text}");
    }
}

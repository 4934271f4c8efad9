//! The views find the parts of their nodes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests"
)]

use beskid_syntax::views::{
    Arm, AttributeDeclaration, Chain, Contract, ContractMethod, Embedding, Entry, Enum, EnumValue,
    Event, Field, For, Function, If, Impl, Lambda, Local, Match, Member, Module, ModuleDeclaration,
    Postfix, StructValue, Test, Type, Unary, Use, VariantPattern, While,
};
use beskid_syntax::{Node, NodeKind, Tree, parse};

fn program(name: &str) -> Tree {
    let text = match name {
        "modules" => include_str!("programs/modules.bd"),
        "types" => include_str!("programs/types.bd"),
        _ => include_str!("programs/expressions.bd"),
    };
    parse(text)
}

/// The nodes of a kind, in the order of the text.
fn all(tree: &Tree, kind: NodeKind) -> Vec<Node<'_>> {
    fn walk<'t>(node: Node<'t>, kind: NodeKind, found: &mut Vec<Node<'t>>) {
        if node.kind() == kind {
            found.push(node);
        }
        for child in node.children() {
            walk(child, kind, found);
        }
    }
    let mut found = Vec::new();
    walk(tree.root(), kind, &mut found);
    found
}

fn texts<'t>(tokens: impl Iterator<Item = beskid_syntax::Token<'t>>) -> Vec<&'t str> {
    tokens.map(|token| token.text()).collect()
}

#[test]
fn modules_imports_and_tests() {
    let tree = program("modules");
    let of = |kind| all(&tree, kind);
    let declared = ModuleDeclaration::cast(of(NodeKind::ModuleDeclaration)[0]).unwrap();
    assert_eq!(
        texts(declared.path().unwrap().names()),
        ["Harbour", "Ledger"]
    );
    let uses = of(NodeKind::Use);
    let imports = uses.iter().map(|node| {
        let import = Use::cast(*node).unwrap();
        let alias = import.alias().map(|alias| alias.text());
        (
            node.is_public(),
            import.path().unwrap().node().text(),
            alias,
        )
    });
    assert_eq!(
        imports.collect::<Vec<_>>(),
        [
            (false, "Collections.List", None),
            (false, "Core.Results", Some("R")),
            (true, "Core.Options.Option", None),
        ]
    );
    let module = Module::cast(of(NodeKind::Module)[0]).unwrap();
    assert_eq!(module.name().text(), "Rounding");
    let items = module.items().map(|item| item.kind());
    assert_eq!(
        items.collect::<Vec<_>>(),
        [NodeKind::Function, NodeKind::Test]
    );
    let test = Test::cast(of(NodeKind::Test)[0]).unwrap();
    assert_eq!(test.name().text(), "RoundsUp");
    let parts = test.parts().map(|part| part.kind()).collect::<Vec<_>>();
    assert_eq!(
        parts,
        [
            NodeKind::Meta,
            NodeKind::ExpressionStatement,
            NodeKind::Skip
        ]
    );
    let entry = Entry::cast(of(NodeKind::Entry)[1]).unwrap();
    assert_eq!(
        (entry.key().text(), entry.value().unwrap().text()),
        ("group", "\"ledger.rounding\"")
    );
}

#[test]
fn types_and_their_members() {
    let tree = program("types");
    let of = |kind| all(&tree, kind);
    let pair = Type::cast(of(NodeKind::Type)[0]).unwrap();
    assert_eq!(pair.name().text(), "Pair");
    assert!(pair.node().is_public());
    assert_eq!(texts(pair.generics().unwrap().names()), ["A", "B"]);
    let contracts = pair.contracts().map(|path| path.node().text());
    assert_eq!(contracts.collect::<Vec<_>>(), ["Named", "Other.Counted"]);
    assert_eq!(pair.members().count(), 10);
    assert_eq!(pair.node().attributes().count(), 2);
    let fields = pair.members().filter_map(Field::cast);
    let names = fields.map(|field| field.name().unwrap().text());
    assert_eq!(
        names.collect::<Vec<_>>(),
        ["first", "second", "handler", "handlers", "bytes"]
    );
    let events = pair.members().filter_map(Event::cast).map(|event| {
        let capacity = event.capacity().map(|capacity| capacity.text());
        let count = event.params().unwrap().params().count();
        (event.name().unwrap().text(), capacity, count)
    });
    assert_eq!(
        events.collect::<Vec<_>>(),
        [("Changed", None, 2), ("Gone", Some("2"), 0)]
    );
    let methods = pair.members().filter_map(Function::cast).map(|method| {
        let name = method.name().unwrap().text();
        (
            name,
            method.ty().unwrap().text(),
            method.generics().is_some(),
            method.body().unwrap().kind(),
        )
    });
    assert_eq!(
        methods.collect::<Vec<_>>(),
        [
            ("Name", "string", false, NodeKind::ExpressionBody),
            ("Swapped", "Pair<B, A>", false, NodeKind::Block),
            ("Select", "R", true, NodeKind::Block),
        ]
    );
    let methods = Impl::cast(of(NodeKind::Impl)[0]).unwrap();
    assert_eq!(methods.ty().unwrap().text(), "Pair");
    let reset = methods.methods().next().unwrap();
    let param = reset.params().unwrap().params().next().unwrap();
    assert_eq!(param.modifier().unwrap().text(), "mut");
    assert_eq!(
        (param.ty().unwrap().text(), param.name().unwrap().text()),
        ("A", "other")
    );
    let shape = Enum::cast(of(NodeKind::Enum)[1]).unwrap();
    assert_eq!(shape.name().text(), "Shape");
    assert!(shape.generics().is_none());
    let variants = shape.variants().map(|variant| {
        let fields = variant
            .fields()
            .map(|field| field.name().map(|name| name.text()));
        (variant.name().text(), fields.collect::<Vec<_>>())
    });
    assert_eq!(
        variants.collect::<Vec<_>>(),
        [
            ("Dot", vec![]),
            ("Circle", vec![Some("radius")]),
            ("Box", vec![None, None]),
            ("Many", vec![Some("parts")]),
        ]
    );
    let counted = Contract::cast(of(NodeKind::Contract)[1]).unwrap();
    assert_eq!(counted.name().text(), "Counted");
    let embedded = counted.members().filter_map(Embedding::cast);
    let embedded = embedded.map(|embedded| embedded.path().unwrap().node().text());
    assert_eq!(
        embedded.collect::<Vec<_>>(),
        ["Named", "Other.Module.Contract"]
    );
    let count = counted.members().find_map(ContractMethod::cast).unwrap();
    assert_eq!(count.name().unwrap().text(), "Count");
    assert_eq!(count.params().unwrap().params().count(), 2);
    let note = AttributeDeclaration::cast(of(NodeKind::AttributeDeclaration)[0]).unwrap();
    assert_eq!(
        texts(note.targets().unwrap()),
        ["TypeDeclaration", "FieldDeclaration"]
    );
    let params = note.params().map(|param| {
        let default = param.default().map(|default| default.text());
        (param.name().text(), param.ty().unwrap().text(), default)
    });
    assert_eq!(
        params.collect::<Vec<_>>(),
        [("text", "string", None), ("times", "i32", Some("-1"))]
    );
}

#[test]
fn statements_and_expressions() {
    let tree = program("expressions");
    let of = |kind| all(&tree, kind);
    let locals = of(NodeKind::Local).into_iter().take(5).map(|node| {
        let local = Local::cast(node).unwrap();
        let ty = local.ty().map(|ty| ty.text());
        let name = local.name().unwrap().text();
        (ty, name, local.is_mutable(), local.value().unwrap().text())
    });
    assert_eq!(
        locals.collect::<Vec<_>>(),
        [
            (None, "a", false, "1_000"),
            (None, "b", true, "a"),
            (Some("i32"), "c", true, "2"),
            (Some("i32"), "d", true, "3"),
            (Some("Other.Pair<i32, Option<i64>>[]"), "e", false, "[]"),
        ]
    );
    let branch = If::cast(of(NodeKind::If)[0]).unwrap();
    assert_eq!(branch.arms().count(), 2);
    assert_eq!(branch.otherwise().unwrap().text(), "{ b -= -1; }");
    let repeat = While::cast(of(NodeKind::While)[0]).unwrap();
    assert_eq!(repeat.condition().unwrap().text(), "list[0] != pair.first");
    assert_eq!(repeat.body().unwrap().children().count(), 2);
    let each = For::cast(of(NodeKind::For)[0]).unwrap();
    assert_eq!(each.variable().text(), "item");
    let countdown = each.iterated().and_then(StructValue::cast).unwrap();
    assert_eq!(
        countdown.path().unwrap().single().unwrap().text(),
        "Countdown"
    );
    let field = countdown.fields().next().unwrap();
    assert_eq!(
        (field.name().text(), field.value().unwrap().text()),
        ("left", "4")
    );
    assert_eq!(each.body().unwrap().children().count(), 1);
    let chain = Chain::cast(of(NodeKind::Chain)[2]).unwrap();
    let first = chain.first().unwrap().text();
    let rest = chain
        .rest()
        .map(|(operator, operand)| (operator.text(), operand.text()));
    assert_eq!(
        (first, rest.collect::<Vec<_>>()),
        ("a < b && c > d", vec![("||", "!true")])
    );
    let negated = Unary::cast(of(NodeKind::Unary)[0]).unwrap();
    assert_eq!(
        (negated.operator().text(), negated.operand().unwrap().text()),
        ("!", "true")
    );
    let lambda = Lambda::cast(of(NodeKind::Lambda)[1]).unwrap();
    let param = lambda.params().next().unwrap();
    assert_eq!(
        (param.ty().unwrap().text(), param.name().text()),
        ("i32", "x")
    );
    assert_eq!(lambda.body().unwrap().kind(), NodeKind::Block);
    let call = of(NodeKind::Postfix).into_iter().filter_map(Postfix::cast);
    let mut call = call.filter(|call| call.base().unwrap().text() == "table");
    let call = call.next().unwrap();
    let suffixes = call.suffixes().map(|suffix| suffix.kind());
    assert_eq!(
        suffixes.collect::<Vec<_>>(),
        [
            NodeKind::Index,
            NodeKind::Arguments,
            NodeKind::Arguments,
            NodeKind::Try,
            NodeKind::Member,
            NodeKind::Member,
            NodeKind::Arguments,
            NodeKind::Index,
        ]
    );
    let member = call.suffixes().filter_map(Member::cast).nth(1).unwrap();
    assert_eq!(member.name().text(), "other");
    let value = EnumValue::cast(of(NodeKind::EnumValue)[0]).unwrap();
    assert_eq!(value.path().unwrap().node().text(), "M.Option<i32>");
    assert_eq!(value.variant().unwrap().text(), "Some");
    assert_eq!(value.arguments().unwrap().text(), "(5)");
}

#[test]
fn matches() {
    let tree = program("expressions");
    let matches = all(&tree, NodeKind::Match);
    let describe = Match::cast(matches[1]).unwrap();
    assert_eq!(describe.scrutinee().unwrap().text(), "shape");
    let arms = describe.arms().collect::<Vec<Arm<'_>>>();
    assert_eq!(arms.len(), 11);
    assert_eq!(arms[1].guard().unwrap().text(), "r > 100.0 && ok(r)");
    assert_eq!(arms[1].body().unwrap().text(), "\"huge\"");
    assert!(arms[0].guard().is_none());
    let nested = arms[3].pattern().and_then(VariantPattern::cast).unwrap();
    assert_eq!(nested.path().unwrap().node().text(), "M.Shape<i32>");
    assert_eq!(nested.variant().text(), "Box");
    let patterns = nested.patterns().map(|pattern| pattern.kind());
    assert_eq!(
        patterns.collect::<Vec<_>>(),
        [NodeKind::NamePattern, NodeKind::VariantPattern]
    );
    let innermost = tree.node_at(tree.text().find("100.0").unwrap() as u32);
    assert_eq!(innermost.kind(), NodeKind::Literal);
}

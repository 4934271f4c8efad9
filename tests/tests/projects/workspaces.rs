//! `Workspace.proj`: its members, overrides and registries.

use beskid_tests::site::{Site, manifest};

/// A workspace of two programs, which return 1 and 2, the second in a folder of the
/// first.
fn site(workspace: &str) -> Site {
    Site::new(&[
        ("Workspace.proj", workspace),
        ("one/Project.proj", &manifest("One", "")),
        ("one/Src/Main.bd", "i32 main() { return 1; }\n"),
        ("one/two/Project.proj", &manifest("Two", "")),
        ("one/two/Src/Main.bd", "i32 main() { return 2; }\n"),
    ])
}

const HEAD: &str = "workspace {\n  name = \"All\"\n  resolver = v1\n}\n";
const MEMBERS: &str =
    "member \"one\" {\n  path = \"one\"\n}\nmember \"two\" {\n  path = \"one/two\"\n}\n";

#[test]
fn wsp_1_a_workspace_has_a_name_a_resolver_and_labels_that_differ() {
    let good = format!("{HEAD}{MEMBERS}");
    assert_eq!(site(&good).run("run").succeeds(), "1\n");
    let plain = good.replace("  resolver = v1\n", "");
    assert_eq!(site(&plain).run("run").succeeds(), "1\n");
    let with = |more: &str| format!("{good}{more}\n");
    let overridden = "override \"Net\" {\n version = \"1\"\n}\n";
    let registry = "registry \"Main\" {\n url = \"x\"\n}\n";
    for (text, expected) in [
        (
            good.replace("  name = \"All\"\n", ""),
            "`workspace`: `name` is missing",
        ),
        (good.replace("v1", "v2"), "no `resolver` `v2`"),
        (
            good.replace("\"two\"", "\"one\""),
            "member `one` is there twice",
        ),
        (
            good.replace("  path = \"one\"\n", ""),
            "member `one`: `path` is missing",
        ),
        (
            good.replace("path = \"one\"\n", "path = \"\"\n"),
            "member `one`: `path` is empty",
        ),
        (
            with(&format!("{overridden}{}", overridden.replace("Net", "NET"))),
            "override `NET` is there twice",
        ),
        (
            with(&format!("{registry}{}", registry.replace("Main", "main"))),
            "registry `main` is there twice",
        ),
        (
            with(&overridden.replace(" version = \"1\"\n", "")),
            "override `Net`: `version` is missing",
        ),
        (
            with(&registry.replace(" url = \"x\"\n", "")),
            "registry `Main`: `url` is missing",
        ),
        (with(HEAD), "`workspace` is there twice"),
        (MEMBERS.to_owned(), "no block `workspace`"),
    ] {
        let message = site(&text)
            .run("--message-format plain run")
            .fails_with("E3004");
        assert!(message.contains(expected), "{expected}: {message}");
    }
    let message = site(&with("target \"x\" {\n}"))
        .run("run")
        .fails_with("E3003");
    assert!(
        message.contains("no block `target` in a workspace"),
        "{message}"
    );
}

#[test]
fn wsp_2_members_lie_below_the_workspace() {
    for path in ["../one", "/one", "one/../one"] {
        let text = format!("{HEAD}member \"one\" {{\n  path = \"{path}\"\n}}\n");
        let message = site(&text).run("run").fails_with("E3004");
        assert!(
            message.contains("`path` leads out of its folder"),
            "{message}"
        );
    }
}

#[test]
fn wsp_3_a_member_is_named_or_around_the_input_or_the_first() {
    let site = site(&format!("{HEAD}{MEMBERS}"));
    assert_eq!(site.run("run").succeeds(), "1\n");
    assert_eq!(site.run("run --workspace-member two").succeeds(), "2\n");
    assert_eq!(site.run("run --project Workspace.proj").succeeds(), "1\n");
    // From within another member, too.
    let ended = site.run_in("one/Src", "run --workspace-member two");
    assert_eq!(ended.succeeds(), "2\n");
    let message = site.run("run --workspace-member three").fails_with("E3004");
    assert!(message.contains("no member `three`"), "{message}");
    assert!(message.contains("`one`, `two`"), "{message}");
    // The deepest member that contains the file is the one whose modules it sees.
    for (folder, number) in [("one", 10), ("one/two", 20)] {
        site.write(
            &format!("{folder}/Src/Own.bd"),
            &format!("pub i32 Number() => {number};\n"),
        );
        site.write(
            &format!("{folder}/Src/Try.bd"),
            "i32 main() { return Own.Number(); }\n",
        );
        let ended = site.run(&format!("run --project . {folder}/Src/Try.bd"));
        assert_eq!(ended.succeeds(), format!("{number}\n"));
    }
    std::fs::remove_file(site.path("one/two/Project.proj")).unwrap();
    let message = site.run("run --workspace-member two").fails_with("E3001");
    assert!(
        message.contains("the member `two` has no `Project.proj`"),
        "{message}"
    );
    site.write("Workspace.proj", HEAD);
    site.run("run").fails_with("E3004");
    let alone = Site::new(&[("Project.proj", &manifest("A", "")), ("Src/Main.bd", "")]);
    alone.run("run --workspace-member x").fails_with("E3001");
}

#[test]
fn wsp_4_reserved_keys_are_refused_and_those_of_others_are_warnings() {
    for key in ["allowMetaInHostProjects", "enableHostMeta", "defaultMember"] {
        let text =
            format!("{HEAD}{MEMBERS}").replace("resolver", &format!("{key} = \"x\"\n  resolver"));
        let message = site(&text).run("run").fails_with("E3004");
        assert!(message.contains(&format!("`{key}`")), "{message}");
        assert!(message.contains("1 error"), "{message}");
    }
    let text = format!("{HEAD}{MEMBERS}")
        .replace(
            "resolver",
            "schema = \"2\"\n  defaultTestMember = \"two\"\n  resolver",
        )
        .replace(
            "path = \"one\"\n",
            "path = \"one\"\n  category = \"x\"\n  tags = [\"a\", \"b\"]\n",
        );
    let ended = site(&text).run("run");
    assert!(ended.stderr.contains("4 warnings"), "{ended:#?}");
    assert_eq!(ended.succeeds(), "1\n");
}

#[test]
fn wsp_5_overrides_and_aliases_are_those_of_registries_only() {
    let registered =
        "dependency \"Net\" {\n source = registry\n version = \"1.0\"\n registry = \"MAIN\"\n}\n";
    let with = |more: &str| {
        let site = site(&format!("{HEAD}{MEMBERS}{more}"));
        site.write("one/Project.proj", &manifest("One", registered));
        site
    };
    let message = with("").run("run").fails_with("E3004");
    assert!(
        message.contains("no registry has the alias `MAIN`"),
        "{message}"
    );
    let registry = "registry \"Main\" {\n  url = \"https://registry.invalid\"\n}\n";
    let message = with(registry).run_in("one", "run").fails_with("E3011");
    assert!(message.contains("`registry` (1.0)"), "{message}");
    let overridden = format!("{registry}override \"net\" {{\n  version = \"2.0\"\n}}\n");
    let message = with(&overridden).run_in("one", "run").fails_with("E3011");
    assert!(
        message.contains("`registry` (2.0, by the workspace)"),
        "{message}"
    );
    // A project that is no member has nothing of the workspace.
    let outside = with(registry);
    outside.write("other/Project.proj", &manifest("Other", registered));
    outside.write("other/Src/Main.bd", "");
    outside.run_in("other", "run").fails_with("E3004");
}

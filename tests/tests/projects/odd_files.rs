//! Manifests that are hardly ones: each is one clear error.

use std::fs;
use std::os::unix::fs::symlink;

use beskid_tests::site::{Site, depends, manifest};

fn site() -> Site {
    Site::new(&[
        ("Project.proj", &manifest("A", "")),
        ("Src/Main.bd", "unit main() { }\n"),
    ])
}

/// The code of the only error.
fn only(site: &Site) -> String {
    let ended = site.run("--message-format json run");
    assert_eq!((ended.status, &*ended.stdout), (Some(1), ""), "{ended:#?}");
    assert_eq!(ended.stderr.lines().count(), 1, "{ended:#?}");
    let message = serde_json::from_str::<serde_json::Value>(&ended.stderr).unwrap();
    assert!(message["path"].is_string(), "{message}");
    message["code"].as_str().unwrap().to_owned()
}

#[test]
fn prj_5_a_manifest_that_cannot_be_read_is_one_error() {
    let site = site();
    let path = site.path("Project.proj");
    let put = |bytes: &[u8]| fs::write(&path, bytes).unwrap();
    put(b"project {\n  name = \"\xff\"\n}\n");
    assert_eq!(only(&site), "E3002");
    put(&vec![b'/'; 10 << 20]);
    assert_eq!(only(&site), "E3002");
    fs::remove_file(&path).unwrap();
    symlink("Project.proj", &path).unwrap();
    assert_eq!(only(&site), "E3002");
    fs::remove_file(&path).unwrap();
    symlink("none", &path).unwrap();
    assert_eq!(only(&site), "E3002");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(only(&site), "E3002");
}

#[test]
fn prj_3_a_manifest_of_anything_is_one_error() {
    let site = site();
    let path = site.path("Project.proj");
    for text in [
        &b"\0"[..],
        b"project {\n  name = \"A\0\"\n",
        b"\x7fELF\x02\x01\x01\0\0",
        b"{\"name\": \"A\"}",
        b"[package]\nname = \"a\"\n",
        &[b'\0'; 1 << 20],
        &"{\n".repeat(1 << 18).into_bytes(),
    ] {
        fs::write(&path, text).unwrap();
        assert_eq!(only(&site), "E3003");
    }
}

#[test]
fn many_blocks_and_long_chains_take_little_time() {
    let mut text = manifest("A", "");
    for at in 0..20_000 {
        text.push_str(&format!(
            "target \"t{at}\" {{\nkind = App\nentry = \"Main.bd\"\n}}\n"
        ));
    }
    text.truncate(1 << 20);
    let end = text.rfind("target").unwrap();
    text.truncate(end);
    let large = Site::new(&[
        ("Project.proj", &text),
        ("Src/Main.bd", "unit main() { }\n"),
    ]);
    assert_eq!(large.run("run").succeeds(), "ok\n");
    let chain = site();
    let name = |at: usize| format!("p{at}");
    for at in 0..3000 {
        let text = manifest(&name(at), &depends("Next", &format!("../{}", name(at + 1))));
        chain.write(&format!("{}/Project.proj", name(at)), &text);
    }
    chain.write("p0/Src/Main.bd", "unit main() { }\n");
    chain.write("p3000/Project.proj", &manifest("p3000", ""));
    assert_eq!(chain.run("run --project p0").succeeds(), "ok\n");
    assert_eq!(chain.read("p0/Project.lock").lines().count(), 3004);
}

#[test]
fn e3001_a_folder_of_no_project_has_one_error() {
    let site = Site::new(&[("x/y", "")]);
    let message = site.run_in("x", "build").fails_with("E3001");
    assert!(message.contains("no `Project.proj` here"), "{message}");
}

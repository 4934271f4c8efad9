//! Caches that are damaged, cannot be written, or are used by many at once: a build goes
//! on as if there were none.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Stdio;

use super::workplace::{PHASES, Workplace, done};

/// What becomes of a file.
type Damage = fn(&[u8]) -> Vec<u8>;

#[test]
fn what_is_damaged_is_made_again() {
    let place = Workplace::new();
    place.build("");
    let whole = fs::read(place.site.path("a/almanac")).unwrap();
    let kept = place.kept();
    assert_eq!(kept.len(), 5, "{kept:?}");
    let damages: [Damage; 4] = [
        |_| Vec::new(),
        |bytes| bytes[..bytes.len() / 2].to_vec(),
        |bytes| {
            let mut bytes = bytes.to_vec();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0x20;
            bytes
        },
        // Of another version.
        |bytes| [b"beskid build 0\r\n", &bytes[16..]].concat(),
    ];
    for damage in damages {
        for file in &kept {
            fs::write(file, damage(&fs::read(file).unwrap())).unwrap();
        }
        fs::remove_file(place.site.path("a/almanac")).unwrap();
        let phases = place.build("");
        assert_eq!(done(&phases), PHASES);
        assert_eq!(fs::read(place.site.path("a/almanac")).unwrap(), whole);
        assert_eq!(done(&place.build("")), ["workspace.materialize"]);
    }
}

#[test]
fn each_file_alone_may_be_lost() {
    let place = Workplace::new();
    place.build("");
    let whole = fs::read(place.site.path("a/almanac")).unwrap();
    for file in place.kept() {
        fs::remove_file(&file).unwrap();
        fs::remove_file(place.site.path("a/almanac")).unwrap();
        place.build("");
        assert_eq!(fs::read(place.site.path("a/almanac")).unwrap(), whole);
    }
}

#[test]
fn a_cache_that_cannot_be_written_stops_nothing() {
    let place = Workplace::new();
    fs::create_dir_all(place.site.path("cache/beskid")).unwrap();
    fs::write(place.site.path("cache/beskid/builds"), "a file").unwrap();
    let ended = place.run("build --plain");
    assert_eq!(ended.status, Some(0), "{ended:#?}");
    assert_eq!(place.printed(), "hello 28\n");
    // A full disk: `/dev/full` takes no byte.
    fs::remove_file(place.site.path("cache/beskid/builds")).unwrap();
    place.build("");
    for file in place.kept() {
        fs::remove_file(&file).unwrap();
        symlink("/dev/full", &file).unwrap();
    }
    assert_eq!(done(&place.build("")), PHASES);
    assert_eq!(done(&place.build("")), ["workspace.materialize"]);
}

#[test]
fn many_at_once_lose_nothing() {
    let place = Workplace::new();
    let outputs = (0..8).map(|number| format!("out{number}"));
    let outputs = outputs.collect::<Vec<_>>();
    let running = outputs.iter().map(|output| {
        let mut command = place.beskid();
        command.args(["build", "-o", output]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    });
    for mut child in running.collect::<Vec<_>>() {
        assert!(child.wait().unwrap().success());
    }
    place.build("");
    for output in &outputs {
        let made = fs::read(place.site.path("a").join(output)).unwrap();
        assert!(!made.is_empty());
        let mut program = std::process::Command::new(place.site.path("a").join(output));
        let printed = beskid_tests::command::end(&mut program).succeeds();
        assert_eq!(printed, "hello 28\n");
    }
    assert_eq!(done(&place.build("")), ["workspace.materialize"]);
    let left = place.kept();
    let whole = left.iter().all(|file| file.extension().is_some());
    assert!(whole, "{left:?}");
}

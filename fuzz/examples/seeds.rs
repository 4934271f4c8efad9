//! Fills `corpus/` with an input for each target from every shell.
#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::{fs, io};

use beskid_fuzz::compile::REQUESTS;
use beskid_fuzz::container::join;
use beskid_fuzz::shells::shells;

/// Folders of programs in the language.
const SOURCES: [&str; 3] = ["../examples", "../syntax/tests/programs", "../tests/cases"];

fn main() -> io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut count = 0;
    for (index, shell) in (0..).zip(shells()) {
        let [head, module, forms, bodies] = &shell.payloads;
        let mut write = |target: &str, variant: u8, input: &[u8]| {
            let folder = corpus.join(target);
            fs::create_dir_all(&folder)?;
            count += 1;
            fs::write(folder.join(format!("seed-{index:02}-{variant}")), input)
        };
        let debug = shell.debug.as_deref();
        write("container", 0, &join([head, module, forms, bodies], debug))?;
        for choice in 0..REQUESTS {
            write("module", choice, &[&[index, choice], &module[..]].concat())?;
            let input = [&[index, choice], &bodies[..]].concat();
            write("function_body", choice, &input)?;
            write("agreement", choice, &input)?;
        }
    }
    let mut sources = Vec::new();
    for folder in SOURCES {
        find_sources(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join(folder),
            &mut sources,
        )?;
    }
    for target in ["syntax", "check", "lower"] {
        let folder = corpus.join(target);
        fs::create_dir_all(&folder)?;
        for (index, source) in sources.iter().enumerate() {
            count += 1;
            fs::copy(source, folder.join(format!("seed-{index:03}")))?;
        }
    }
    println!("{count} inputs in {}", corpus.display());
    Ok(())
}

/// The programs of a folder and of those in it.
fn find_sources(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut entries = entries.collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    for path in entries {
        if path.is_dir() {
            find_sources(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "bd") {
            found.push(path);
        }
    }
    Ok(())
}

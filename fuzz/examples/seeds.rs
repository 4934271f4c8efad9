//! Fills `corpus/` with an input for each target from every shell.
#![forbid(unsafe_code)]

use std::path::Path;
use std::{fs, io};

use beskid_fuzz::compile::REQUESTS;
use beskid_fuzz::container::join;
use beskid_fuzz::shells::shells;

/// Folders of programs in the language.
const SOURCES: [&str; 4] = [
    "../examples",
    "../syntax/tests/programs",
    "../tests/cases/run",
    "../tests/cases/rejected",
];

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
        write("container", 0, &join([head, module, forms, bodies]))?;
        for choice in 0..REQUESTS {
            write("module", choice, &[&[index, choice], &module[..]].concat())?;
            let input = [&[index, choice], &bodies[..]].concat();
            write("function_body", choice, &input)?;
            write("agreement", choice, &input)?;
        }
    }
    let folder = corpus.join("syntax");
    fs::create_dir_all(&folder)?;
    for source in SOURCES {
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(source))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "bd") {
                count += 1;
                fs::copy(&path, folder.join(format!("seed-{count}")))?;
            }
        }
    }
    println!("{count} inputs in {}", corpus.display());
    Ok(())
}

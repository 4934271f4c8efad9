//! Pages whose programs and commands a reader copies, and a test runs.
//!
//! A code block whose first line is a language and a file name is that file. A
//! block of the language `console` has commands after `$ `, each followed by
//! what it prints; a line `...` stands for any lines, `[..]` for any text.

/// A block of code of a page.
#[derive(Debug, PartialEq, Eq)]
pub enum Block {
    /// A file, with its contents.
    File {
        /// Its name, relative to the reader's folder.
        name: String,
        /// What is in it.
        contents: String,
    },
    /// A command, and what it prints.
    Command {
        /// Line in the page, from 1.
        line: usize,
        /// For a shell.
        command: String,
        /// On standard output and standard error.
        output: String,
    },
}

/// The files and commands of a page, in order.
pub fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((_, line)) = lines.next() {
        let Some(opening) = line.strip_prefix("```") else {
            continue;
        };
        let body = lines.by_ref().take_while(|(_, line)| *line != "```");
        let body = body.collect::<Vec<_>>();
        let mut words = opening.split_whitespace();
        match (words.next(), words.next()) {
            (Some("console"), None) => blocks.extend(commands(&body)),
            (Some(_), Some(name)) => blocks.push(Block::File {
                name: name.to_owned(),
                contents: body.iter().map(|(_, line)| format!("{line}\n")).collect(),
            }),
            _ => {}
        }
    }
    blocks
}

fn commands(body: &[(usize, &str)]) -> Vec<Block> {
    let mut commands = Vec::new();
    for (index, text) in body {
        if let Some(command) = text.strip_prefix("$ ") {
            commands.push(Block::Command {
                line: index + 1,
                command: command.to_owned(),
                output: String::new(),
            });
        } else if let Some(Block::Command { output, .. }) = commands.last_mut() {
            output.push_str(text);
            output.push('\n');
        }
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_its_files_and_commands_in_order() {
        let page = "text\n```c a.c\nint x;\n```\n```text\nno\n```\n```console\n$ a b\nout\n...\n$ c\n```\n";
        let file = Block::File {
            name: "a.c".to_owned(),
            contents: "int x;\n".to_owned(),
        };
        let command = |line, command: &str, output: &str| Block::Command {
            line,
            command: command.to_owned(),
            output: output.to_owned(),
        };
        let expected = [file, command(9, "a b", "out\n...\n"), command(12, "c", "")];
        assert_eq!(blocks(page), expected);
    }
}

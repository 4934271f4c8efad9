//! What a plan may not hold. All of it is looked through before the first step.

use std::path::Path;

use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{LinkPlan, LinkRequest, LinkStep, ToolCall};

use crate::tools::{self, Chosen};

/// Options whose value, in the next argument or behind the option in the same one,
/// is a file that a linker writes.
const OUTPUTS: [&str; 6] = ["-o", "--output", "--output=", "/OUT:", "/out:", "-out:"];

/// Looks through a plan.
///
/// # Errors
/// E5203 names the strategy, the step and what is wrong with it.
pub(crate) fn check(
    plan: &LinkPlan,
    request: &LinkRequest,
    strategy: &str,
) -> Result<(), Diagnostic> {
    let mut known = Vec::new();
    let mut names_output = false;
    for (index, step) in plan.steps.iter().enumerate() {
        let checked = match step {
            LinkStep::WriteFile { path, .. } => check_file(path, request),
            LinkStep::Run(call) | LinkStep::Drive(call) => check_call(call, request, &known),
            LinkStep::Query(query) => check_call(&query.call, request, &known).and_then(|()| {
                check_name(&query.name, &known)?;
                let placeholder = query.placeholder();
                check_placeholder(&placeholder, request)?;
                known.push(query.name.as_str());
                Ok(())
            }),
            LinkStep::Callback { .. } => Ok(()),
            _ => Err("is one that this host does not know".to_owned()),
        };
        checked.map_err(|reason| refused(strategy, &format!("step {} {reason}", index + 1)))?;
        names_output |= may_write(step, &request.output);
    }
    match names_output {
        true => Ok(()),
        false => Err(refused(strategy, "no step names the output")),
    }
}

/// E5203 for a plan.
pub(super) fn refused(strategy: &str, reason: &str) -> Diagnostic {
    let message = format!("the link plan of `{strategy}` is refused: {reason}");
    Diagnostic::new(Code::E5203, message)
        .plugin(strategy)
        .note("`--print-link-plan` cannot show it either")
        .help("report this to the author of the strategy")
}

/// The files that a link reads.
pub(super) fn inputs(request: &LinkRequest) -> impl Iterator<Item = &String> {
    let objects = request.objects.iter().chain(&request.runtime_objects);
    objects.chain(&request.runtime_archive)
}

fn may_write(step: &LinkStep, output: &str) -> bool {
    let in_call = |call: &ToolCall| {
        let texts = call.args.iter().chain(call.env.values());
        texts.into_iter().any(|text| text.contains(output))
    };
    match step {
        LinkStep::WriteFile { path, contents } => path == output || contents.contains(output),
        LinkStep::Run(call) | LinkStep::Drive(call) => in_call(call),
        LinkStep::Query(query) => in_call(&query.call),
        _ => true,
    }
}

fn check_file(path: &str, request: &LinkRequest) -> Result<(), String> {
    let written = Path::new(path);
    let in_scratch = written.parent() == Some(Path::new(&request.scratch));
    let is_named = written.file_name().is_some() && !path.contains('\0');
    if path != request.output && !(in_scratch && is_named) {
        let scratch = &request.scratch;
        return Err(format!(
            "writes `{}`, which is not directly in `{scratch}`",
            path.escape_default()
        ));
    }
    check_input(path, request)
}

fn check_input(path: &str, request: &LinkRequest) -> Result<(), String> {
    match inputs(request).any(|input| Path::new(input) == Path::new(path)) {
        true => Err(format!("writes over the input `{path}`")),
        false => Ok(()),
    }
}

fn check_call(call: &ToolCall, request: &LinkRequest, known: &[&str]) -> Result<(), String> {
    tools::check(call, chosen(call, request))?;
    let mut args = call.args.iter();
    while let Some(arg) = args.next() {
        let Some(rest) = OUTPUTS.iter().find_map(|option| arg.strip_prefix(option)) else {
            continue;
        };
        match rest {
            "" => {
                if let Some(value) = args.next() {
                    check_input(value, request)?;
                }
            }
            value => check_input(value, request)?,
        }
    }
    let texts = call.args.iter().chain(call.env.values());
    for placeholder in texts.flat_map(|text| placeholders(text)) {
        let is_known = known.contains(&placeholder);
        let written = format!("@{{{placeholder}}}");
        if !is_known && !texts_of(request).any(|text| text.contains(&written)) {
            return Err(format!(
                "needs the answer `{written}`, which no earlier step asks for"
            ));
        }
    }
    Ok(())
}

/// Whether a call's program is one that the user named, with the arguments that
/// were named with it.
fn chosen(call: &ToolCall, request: &LinkRequest) -> Chosen {
    let is_named = |words: Vec<String>| {
        words.first() == Some(&call.program) && call.args.starts_with(&words[1..])
    };
    let mut named = request.tools.keys().filter_map(|role| request.tool(role));
    match named.any(is_named) {
        true => Chosen::ByUser,
        false => Chosen::ByPlugin,
    }
}

fn check_name(name: &str, known: &[&str]) -> Result<(), String> {
    if !is_name(name) {
        return Err(format!(
            "calls an answer `{}`: letters, digits, `-`, `_` and `.` make a name",
            name.escape_default()
        ));
    }
    match known.contains(&name) {
        true => Err(format!("asks for `{name}` again")),
        false => Ok(()),
    }
}

fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.is_empty() && name.chars().all(plain)
}

fn check_placeholder(placeholder: &str, request: &LinkRequest) -> Result<(), String> {
    match texts_of(request).find(|text| text.contains(placeholder)) {
        Some(text) => Err(format!(
            "cannot write an answer as `{placeholder}`: `{text}` has it"
        )),
        None => Ok(()),
    }
}

/// The names that a text has between `@{` and `}`.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    let names = text.split("@{").skip(1);
    let names = names.filter_map(|rest| rest.split_once('}'));
    names.map(|(name, _)| name).filter(|name| is_name(name))
}

/// What a plan may repeat of a request.
fn texts_of(request: &LinkRequest) -> impl Iterator<Item = &String> {
    let texts = inputs(request).chain([&request.output, &request.output_name, &request.scratch]);
    let texts = texts.chain(&request.libraries).chain(&request.search);
    let texts = texts.chain(&request.rpath).chain(&request.link_args);
    texts.chain(request.tools.values())
}

#[cfg(test)]
mod tests {
    use super::*;
    use beskid_plugin_api::linker::{OutputKind, Query};

    fn request() -> LinkRequest {
        let mut request = LinkRequest::new("t", OutputKind::Exe, "/s/output/p", "/s");
        request.objects = vec!["/s/p.o".to_owned()];
        request.runtime_archive = Some("/r/lib.a".to_owned());
        request.tools = [("cc".to_owned(), "./my-cc --flag".to_owned())].into();
        request
    }

    fn run(program: &str, args: &[&str]) -> LinkStep {
        LinkStep::Run(ToolCall::new("tool", [program], args.iter().copied()))
    }

    fn ask(name: &str) -> LinkStep {
        LinkStep::Query(Query::new(name, ToolCall::new("tool", ["cc"], ["-v"])))
    }

    fn write(path: &str) -> LinkStep {
        let (path, contents) = (path.to_owned(), String::new());
        LinkStep::WriteFile { path, contents }
    }

    const LINK: [&str; 2] = ["-o", "/s/output/p"];

    fn checked(steps: &[LinkStep]) -> Result<(), Diagnostic> {
        check(&LinkPlan::new(steps.to_vec()), &request(), "mine")
    }

    #[test]
    fn lk_1_a_plan_that_is_no_plan_is_refused_before_its_first_step() {
        let link = run("ld", &LINK);
        for (steps, reason) in [
            (vec![], "no step names the output"),
            (
                vec![run("ld", &["-o", "/s/other"])],
                "no step names the output",
            ),
            (vec![link.clone(), run("", &[])], "step 2 has no program"),
            (
                vec![link.clone(), run("tools/ld", &[])],
                "step 2 runs `tools/ld`",
            ),
            (
                vec![link.clone(), run("sh", &["-c", "x"])],
                "step 2 has the shell",
            ),
            (
                vec![link.clone(), run("./my-cc", &["-v"])],
                "step 2 runs `./my-cc`",
            ),
            (
                vec![write("/tmp/x"), link.clone()],
                "step 1 writes `/tmp/x`",
            ),
            (vec![write("/s/../x"), link.clone()], "not directly in `/s`"),
            (vec![write("/s/.."), link.clone()], "not directly in `/s`"),
            (
                vec![write("/s/p.o"), link.clone()],
                "writes over the input `/s/p.o`",
            ),
            (
                vec![link.clone(), run("ld", &["-o", "/s//p.o"])],
                "writes over the input",
            ),
            (
                vec![link.clone(), run("ld", &["-o/s/p.o"])],
                "writes over the input",
            ),
            (
                vec![link.clone(), run("ld", &["/OUT:/r/lib.a"])],
                "the input `/r/lib.a`",
            ),
            (vec![ask(""), link.clone()], "calls an answer ``"),
            (vec![ask("a b"), link.clone()], "calls an answer `a b`"),
            (vec![ask("a"), ask("a"), link.clone()], "asks for `a` again"),
            (
                vec![run("ld", &["@{a}", LINK[1]]), ask("a")],
                "no earlier step asks for",
            ),
        ] {
            let error = checked(&steps).unwrap_err();
            assert_eq!(error.code, "E5203");
            assert!(error.message.contains(reason), "{reason}: {error}");
            assert!(error.message.contains("`mine`"), "{error}");
            assert_eq!(error.plugin.as_deref(), Some("mine"));
        }
    }

    #[test]
    fn lk_1_a_sound_plan_passes() {
        let mut with_user = vec!["--flag"];
        with_user.extend(LINK);
        for steps in [
            vec![run("/usr/bin/ld", &LINK)],
            vec![run("./my-cc", &with_user)],
            vec![write("/s/script"), ask("a"), run("ld", &["@{a}", LINK[1]])],
            vec![write("/s/output/p")],
            vec![run("ar", &["qc", "/s/output/p", "/s/p.o"])],
            vec![LinkStep::Callback {
                step: 1,
                purpose: String::new(),
            }],
        ] {
            checked(&steps).unwrap();
        }
    }

    #[test]
    fn a_path_that_looks_like_an_answer_stays_a_path() {
        let mut request = request();
        request.objects = vec!["/s/@{a}.o".to_owned()];
        let link = run("ld", &["/s/@{a}.o", LINK[1]]);
        check(&LinkPlan::new([link.clone()]), &request, "mine").unwrap();
        let error = check(&LinkPlan::new([ask("a"), link]), &request, "mine").unwrap_err();
        assert!(error.message.contains("`/s/@{a}.o` has it"), "{error}");
    }
}

//! `beskid build`.

use std::path::{Path, PathBuf};

use beskid_frontend::DEFAULT_ENTRYPOINT;
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{LinkMode, LinkStep, OutputKind, Strip, ToolCall};
use beskid_plugin_api::manifest::TARGET;
use beskid_plugin_api::target::Target;

use serde_json::json;

use super::args::MessageFormat;
use super::build_args::{BuildArgs, KindArg, StripArg};
use super::environment::Environment;
use super::inputs;
use super::render;
use crate::build::{BuildRequest, build as build_output, print_plan};
use crate::config::{Config, OptLevel};
use crate::exports::ExportPolicy;
use crate::failure::Failure;
use crate::lower::outline;
use crate::output;
use crate::runtime_archive::{PrebuiltRuntime, RuntimeChoice, SharedRuntime};
use crate::target;

/// Backend of `build` if none is chosen.
const DEFAULT_BACKEND: &str = "aot";

/// Builds a program and says where the output is.
pub(super) fn build(environment: &Environment, args: &BuildArgs) -> Result<(), Failure> {
    let program = inputs::program(environment, &args.program)?;
    let kind = match args.kind {
        None => program.output_kind(),
        Some(KindArg::Exe) => OutputKind::Exe,
        Some(KindArg::Shared) => OutputKind::Shared,
        Some(KindArg::Static) => OutputKind::Static,
        Some(KindArg::Object) => OutputKind::Object,
    };
    check_entrypoint(&args.entrypoint, kind)?;
    check_link_choices(args, kind)?;
    let extra = program.linked_with(args.link.extra());
    let source = program.source;
    let target = match &args.target_triple {
        Some(written) => target::triple(written)?,
        None => TARGET.to_owned(),
    };
    let output = match &args.output {
        Some(output) => output.clone(),
        None => PathBuf::from(Target::of(&target).file_name(source.stem()?, kind)),
    };
    check_outputs(args, &output)?;
    if kind != OutputKind::Object {
        output::refuse_stdout(&output, &format!("the linked {kind}"))?;
    }
    if let Some(object) = &args.object_output {
        output::refuse_stdout(object, "the object beside the output")?;
    }
    let is_stdout = output::is_stdout(&output);
    let entrypoint = Some(args.entrypoint.as_str()).filter(|name| *name != DEFAULT_ENTRYPOINT);
    let level = match args.release {
        true => OptLevel::Speed,
        false => environment.config.optimize,
    };
    let told = args.debug.at_unless(level, args.strip != StripArg::None);
    let source = source.with_debug_info(told);
    let known_as = environment.cache().and_then(|cache| cache.program(&source));
    let (artifact, found) = outline(
        source,
        entrypoint,
        &args.lints.lints()?,
        environment.cache(),
    )?;
    render::findings(&found, environment.format);
    let request = BuildRequest {
        kind,
        target,
        output,
        object_output: args.object_output.clone(),
        runtime: runtime(args),
        exports: match (args.export.as_slice(), args.export_all) {
            (_, true) => ExportPolicy::All,
            ([], false) => ExportPolicy::Public,
            (names, false) => ExportPolicy::Only(names.to_vec()),
        },
        mode: match (args.prefer_static, args.prefer_dynamic) {
            (true, _) => LinkMode::PreferStatic,
            (_, true) => LinkMode::PreferDynamic,
            _ => LinkMode::Auto,
        },
        extra,
        link_args: args.link_arg.clone(),
        strip: match args.strip {
            StripArg::None => Strip::None,
            StripArg::Debug => Strip::Debug,
            StripArg::Symbols => Strip::Symbols,
        },
        debug: args.debug.is_asked(),
    };
    let mut tools = environment.toolchain(DEFAULT_BACKEND)?;
    tools.program = known_as;
    let config = Config {
        optimize: level,
        ..tools.config.clone()
    };
    tools.config = &config;
    if args.print_link_plan {
        let plan = print_plan(tools, &artifact, &request)?;
        return Ok(show_plan(&plan.steps, environment.format)?);
    }
    let mut commands = Vec::new();
    let mut keep = |command: &str| commands.push(command.to_owned());
    let show: Option<&mut dyn FnMut(&str)> = if args.verbose_link {
        Some(&mut keep)
    } else {
        None
    };
    let strategy = build_output(tools, &artifact, &request, show)?;
    if is_stdout {
        return Ok(());
    }
    let strategy = strategy.map(|entry| (entry.manifest().id.clone(), entry.origin()));
    let value = json!({
        "kind": kind.to_string(),
        "output": request.output.display().to_string(),
        "object": request.object_output.as_ref().map(|path| path.display().to_string()),
        "linker": strategy.as_ref().map(|(id, _)| id),
        "origin": strategy.as_ref().map(|(_, origin)| origin.to_string()),
        "commands": commands,
    });
    render::value(environment.format, &value, || {
        let label = if kind == OutputKind::Object {
            "object"
        } else {
            "output"
        };
        let mut lines = commands.clone();
        if let Some(path) = &request.object_output {
            lines.push(format!("object: {}", path.display()));
        }
        lines.push(format!("{label}: {}", request.output.display()));
        if let Some((id, origin)) = &strategy {
            lines.push(format!(
                "link: {id} ({})",
                render::escape_line(&origin.to_string())
            ));
        }
        lines.join("\n")
    })?;
    Ok(())
}

/// Two outputs do not fit one file.
fn check_outputs(args: &BuildArgs, output: &Path) -> Result<(), Diagnostic> {
    let object = args.object_output.as_deref();
    if !object.is_some_and(|object| output::is_same(object, output)) {
        return Ok(());
    }
    let message = format!("`{}` would be written twice", output.display());
    Err(Diagnostic::new(Code::E4041, message)
        .help("choose another path with `--output` or `--object-output`"))
}

/// An object file is not linked, and nothing of what is asked of links would be done.
fn check_link_choices(args: &BuildArgs, kind: OutputKind) -> Result<(), Diagnostic> {
    let option = match (kind, args.link_arg.as_slice(), args.strip) {
        (OutputKind::Object, [_, ..], _) => "--link-arg",
        (OutputKind::Object, [], StripArg::Debug | StripArg::Symbols) => "--strip",
        _ => return Ok(()),
    };
    let message = format!("an object file is not linked: `{option}` means nothing");
    Err(Diagnostic::new(Code::E4041, message).help(format!("leave out `{option}`")))
}

/// Flags that choose a runtime exclude one another.
fn runtime(args: &BuildArgs) -> RuntimeChoice {
    if args.standalone {
        RuntimeChoice::Standalone
    } else if let Some(path) = args.runtime_library.clone() {
        RuntimeChoice::Shared(SharedRuntime { path })
    } else if let Some(path) = args.runtime_archive.clone() {
        let version = args.runtime_abi_version;
        RuntimeChoice::Prebuilt(PrebuiltRuntime { path, version })
    } else {
        RuntimeChoice::Embedded
    }
}

/// BK-6: the C runtime starts an executable at `main`.
fn check_entrypoint(name: &str, kind: OutputKind) -> Result<(), Diagnostic> {
    if kind != OutputKind::Exe {
        return Ok(());
    }
    if name.trim().is_empty() {
        return Err(Diagnostic::new(Code::E4041, "entrypoint must not be empty")
            .help("leave out `--entrypoint`"));
    }
    if name != DEFAULT_ENTRYPOINT {
        let message = format!("an executable starts at `main`, not at `{name}`");
        return Err(Diagnostic::new(Code::E4023, message)
            .help("rename the function, or use `run --entrypoint`"));
    }
    Ok(())
}

fn shown(call: &ToolCall) -> String {
    let env = call.env.iter();
    let env = env.map(|(name, value)| format!("{name}={value} "));
    let (env, args) = (env.collect::<String>(), call.args.join(" "));
    format!("{}: {env}{} {args}", call.role, call.program)
}

fn show_plan(steps: &[LinkStep], format: MessageFormat) -> Result<(), Diagnostic> {
    for step in steps {
        render::value(format, step, || {
            let text = match step {
                LinkStep::WriteFile { path, contents } => format!("write {path}\n{contents}"),
                LinkStep::Run(call) | LinkStep::Drive(call) => format!("run {}", shown(call)),
                LinkStep::Query(query) => {
                    format!("ask {}\nfor {}", shown(&query.call), query.placeholder())
                }
                LinkStep::Callback { step, purpose } => format!("callback {step}: {purpose}"),
                step => format!("{step:?}"),
            };
            text.trim_end().to_owned()
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bk_6_an_executable_starts_at_main() {
        assert_eq!(
            check_entrypoint("foo", OutputKind::Exe).unwrap_err().code,
            "E4023"
        );
        assert_eq!(
            check_entrypoint(" ", OutputKind::Exe).unwrap_err().code,
            "E4041"
        );
        assert!(check_entrypoint("main", OutputKind::Exe).is_ok());
        assert!(check_entrypoint("foo", OutputKind::Shared).is_ok());
    }
}

//! The plan of a static library: `libtool`, then `ranlib`.

use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{LinkPlan, LinkRequest, LinkStep, ResponseFile, ToolCall};
use beskid_plugin_api::target::Target;

/// Plans a static library.
pub(crate) fn plan(request: &LinkRequest) -> Result<LinkPlan, Diagnostic> {
    request.refuse_link_choices()?;
    // Elsewhere than on a Mac, programs of these names are for other files.
    let (libtool, ranlib) = if Target::host().is_apple() {
        ("libtool", "ranlib")
    } else {
        ("llvm-libtool-darwin", "llvm-ranlib")
    };
    let tool = |key: &str, default: &str, args: Vec<String>| {
        let words = request.tool(key);
        ToolCall::new(key, words.unwrap_or_else(|| vec![default.to_owned()]), args)
    };
    let mut args = ["-static", "-D", "-o"].map(str::to_owned).to_vec();
    args.push(request.output.clone());
    args.extend(request.objects.iter().cloned());
    args.extend(request.runtime_objects.iter().cloned());
    let merge = tool("libtool", libtool, args).with_response_file(ResponseFile::Gnu);
    // Apple's `ranlib` reads no arguments from files, and there is but one.
    let index = tool("ranlib", ranlib, vec![request.output.clone()]);
    let index = index.with_env("ZERO_AR_DATE", "1");
    Ok(LinkPlan::new([LinkStep::Run(merge), LinkStep::Run(index)]))
}

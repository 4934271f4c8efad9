//! The plan of a static library: `libtool`, then `ranlib`.

use beskid_plugin_api::linker::{LinkPlan, LinkRequest, LinkStep, ResponseFile};
use beskid_plugin_api::target::Target;

/// Plans a static library.
pub(crate) fn plan(request: &LinkRequest) -> LinkPlan {
    // Elsewhere than on a Mac, programs of these names are for other files.
    let (libtool, ranlib) = if Target::host().is_apple() {
        ("libtool", "ranlib")
    } else {
        ("llvm-libtool-darwin", "llvm-ranlib")
    };
    let tool = |key: &str, default: &str, args: Vec<String>| {
        let words = request.tool(key);
        let mut words = words
            .unwrap_or_else(|| vec![default.to_owned()])
            .into_iter();
        let program = words.next().unwrap_or_default();
        (program, words.chain(args).collect())
    };
    let mut args = ["-static", "-D", "-o"].map(str::to_owned).to_vec();
    args.push(request.output.clone());
    args.extend(request.objects.iter().cloned());
    args.extend(request.runtime_objects.iter().cloned());
    let (program, args) = tool("libtool", libtool, args);
    let merge = LinkStep::Run {
        role: "libtool".to_owned(),
        program,
        args,
        response_file: Some(ResponseFile::Gnu),
    };
    let (program, args) = tool("ranlib", ranlib, vec![request.output.clone()]);
    let index = LinkStep::Run {
        role: "ranlib".to_owned(),
        program,
        args,
        // Apple's reads none, and there is but one argument.
        response_file: None,
    };
    LinkPlan {
        steps: vec![merge, index],
    }
}

//! The plan of a static library: `libtool`, then `ranlib`.

use beskid_plugin_api::linker::{LinkPlan, LinkRequest, LinkStep, ResponseFile};

/// Plans a static library.
pub(crate) fn plan(request: &LinkRequest) -> LinkPlan {
    let tool = |name: &str| {
        let chosen = request.tools.get(name).map(String::as_str);
        chosen.unwrap_or(name).to_owned()
    };
    let mut args = ["-static", "-D", "-o"].map(str::to_owned).to_vec();
    args.push(request.output.clone());
    args.extend(request.objects.iter().cloned());
    args.extend(request.runtime_archive.clone());
    let merge = LinkStep::Run {
        role: "libtool".to_owned(),
        program: tool("libtool"),
        args,
        response_file: Some(ResponseFile::Gnu),
    };
    let index = LinkStep::Run {
        role: "ranlib".to_owned(),
        program: tool("ranlib"),
        args: vec![request.output.clone()],
        // Apple's reads none, and there is but one argument.
        response_file: None,
    };
    LinkPlan {
        steps: vec![merge, index],
    }
}

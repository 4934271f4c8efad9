//! The plan of a static library: one archive with the program's objects and
//! the members of the runtime's archive (LK-2).

use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{LinkPlan, LinkRequest, ResponseFile};

use crate::tools::{Tool, run};

/// Plans a static library: the archiver, then the indexer.
pub(crate) fn plan(request: &LinkRequest) -> Result<LinkPlan, Diagnostic> {
    request.refuse_link_choices()?;
    // q: append; c: create; D: no times, owners or modes; S: no index, which
    // the next step makes.
    let mut args = vec!["qcDS".to_owned(), request.output.clone()];
    args.extend(request.objects.iter().cloned());
    args.extend(request.runtime_objects.iter().cloned());
    let index = vec!["-D".to_owned(), request.output.clone()];
    Ok(LinkPlan::new([
        run(request, Tool::Archiver, args, Some(ResponseFile::Gnu))?,
        run(request, Tool::Indexer, index, None)?,
    ]))
}

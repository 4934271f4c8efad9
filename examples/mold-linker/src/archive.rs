//! Static libraries: the program's objects and the runtime's in one archive.

use beskid_plugin_api::diagnostic::Diagnostic;
use beskid_plugin_api::linker::{LinkPlan, LinkRequest, ResponseFile};

use crate::programs::{Linker, Program, run};

pub(crate) fn plan(request: &LinkRequest) -> Result<LinkPlan, Diagnostic> {
    // No linker is called, but a wrong choice is wrong for every output.
    Linker::chosen(request)?;
    request.refuse_link_choices()?;
    // q: append; c: create silently; D: no times, owners or modes; S: no
    // index, because `ranlib` is the one that makes it.
    let members = request.objects.iter().chain(&request.runtime_objects);
    let args = ["qcDS".to_owned(), request.output.clone()];
    let args = args.into_iter().chain(members.cloned()).collect();
    let index = vec!["-D".to_owned(), request.output.clone()];
    Ok(LinkPlan::new([
        run(request, Program::Archiver, args, Some(ResponseFile::Gnu))?,
        run(request, Program::Indexer, index, None)?,
    ]))
}

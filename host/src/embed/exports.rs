//! What a program exports, by name and type, as embedders ask for it.

use beskid_plugin_api::artifact::{Linkage, Outline, Symbol, SymbolKind};
use beskid_plugin_api::codes::Code;
use beskid_plugin_api::diagnostic::Diagnostic;

use super::signature::FunctionType;

/// Most names that a message lists.
const MOST_LISTED: usize = 8;

/// The type of an exported function.
///
/// # Errors
/// E4051 if nothing of the name is exported, E4053 if it is data, E4054 if it is
/// imported, E4052 if Rust cannot call it.
pub(super) fn function(artifact: &Outline, name: &str) -> Result<FunctionType, Diagnostic> {
    let symbol = exported(artifact, name)?;
    let SymbolKind::Function { signature } = symbol.kind else {
        let message = format!("`{name}` is data, not a function");
        return Err(Diagnostic::new(Code::E4053, message)
            .help("ask for it by `Instance::data`, or name a function"));
    };
    let signatures = &artifact.module().signatures;
    let why = match signatures.get(signature as usize).map(FunctionType::of) {
        Some(Ok(found)) => return Ok(found),
        Some(Err(why)) => why,
        None => "it has no signature".to_owned(),
    };
    let message = format!("`{name}` cannot be called from here: {why}");
    Err(Diagnostic::new(Code::E4052, message)
        .help("export a function of C's convention that takes and returns scalars"))
}

/// The exported functions that Rust can call, with their types.
pub(super) fn functions(artifact: &Outline) -> impl Iterator<Item = (&str, FunctionType)> {
    artifact
        .exports()
        .filter_map(|name| Some((name, function(artifact, name).ok()?)))
}

/// Checks that an exported function has a type.
///
/// # Errors
/// As for [`function`]; E4052 with both types if it has another.
pub(super) fn check(
    artifact: &Outline,
    name: &str,
    wanted: &FunctionType,
) -> Result<(), Diagnostic> {
    let found = function(artifact, name)?;
    if found == *wanted {
        return Ok(());
    }
    let message = format!("`{name}` is `{found}`, and is asked for as `{wanted}`");
    Err(Diagnostic::new(Code::E4052, message)
        .help("ask for the type that the program gives it; addresses are i64"))
}

/// Exported data that all threads share, in symbol order.
pub(super) fn all_data(artifact: &Outline) -> impl Iterator<Item = &Symbol> {
    let symbols = artifact.module().symbols.iter();
    symbols.filter(|symbol| {
        matches!(symbol.kind, SymbolKind::Data { tls: false, .. })
            && matches!(symbol.linkage, Linkage::Export | Linkage::Preemptible)
    })
}

/// Exported data.
pub(super) struct DataSymbol {
    /// Its place among [`all_data`].
    pub(super) index: usize,
    pub(super) len: usize,
    pub(super) is_writable: bool,
}

/// Exported data by name.
///
/// # Errors
/// E4051 if nothing of the name is exported, E4053 if it is a function or each thread has
/// its own, E4054 if it is imported.
pub(super) fn data(artifact: &Outline, name: &str) -> Result<DataSymbol, Diagnostic> {
    let symbol = exported(artifact, name)?;
    let what = match symbol.kind {
        SymbolKind::Function { .. } => "a function, not data",
        SymbolKind::Data { tls: true, .. } => "data of which each thread has its own",
        SymbolKind::Data { writable, .. } => {
            let module = artifact.module();
            let mut all = (0..).zip(&module.symbols);
            let id = all.find(|(_, other)| std::ptr::eq(*other, symbol));
            let mut contents = module.data.iter();
            let contents = contents.find(|data| id.is_some_and(|(id, _)| data.symbol == id));
            return Ok(DataSymbol {
                index: all_data(artifact)
                    .take_while(|other| !std::ptr::eq(*other, symbol))
                    .count(),
                len: contents.map_or(0, |data| data.init.len() as usize),
                is_writable: writable,
            });
        }
    };
    let message = format!("`{name}` is {what}");
    Err(Diagnostic::new(Code::E4053, message)
        .help("ask for functions by `Instance::function`, for data that all threads share by `Instance::data`"))
}

/// The symbol of an exported definition.
fn exported<'a>(artifact: &'a Outline, name: &str) -> Result<&'a Symbol, Diagnostic> {
    let mut symbols = artifact.module().symbols.iter();
    let symbol = symbols.find(|symbol| symbol.name.as_deref() == Some(name));
    match symbol.map(|symbol| &symbol.linkage) {
        Some(Linkage::Export | Linkage::Preemptible) => {
            symbol.ok_or_else(|| unknown(artifact, name))
        }
        Some(Linkage::Import(_)) => {
            let message = format!("the program imports `{name}`, and does not define it");
            Err(Diagnostic::new(Code::E4054, message)
                .help("name a function that the program exports"))
        }
        Some(_) => {
            let message = format!("`{name}` is the program's own, and not exported");
            Err(Diagnostic::new(Code::E4051, message)
                .help("export it: `pub` with `[Export(Abi: \"C\")]` in Beskid"))
        }
        None => Err(unknown(artifact, name)),
    }
}

fn unknown(artifact: &Outline, name: &str) -> Diagnostic {
    let message = format!("the program exports no `{name}`");
    let near = artifact
        .exports()
        .map(|known| (strsim::damerau_levenshtein(known, name), known))
        .filter(|(distance, _)| *distance * 2 <= name.len())
        .min();
    let mut names = artifact.exports().take(MOST_LISTED).collect::<Vec<_>>();
    names.sort_unstable();
    let help = match near {
        Some((_, near)) => format!("the nearest that it exports is `{near}`"),
        None if names.is_empty() => {
            "it exports nothing; in Beskid, `[Export(Abi: \"C\")]` exports a `pub` function"
                .to_owned()
        }
        None => format!("it exports, among others: {}", names.join(", ")),
    };
    Diagnostic::new(Code::E4051, message).help(help)
}

//! What crosses, as C sees it. `include/beskid_plugin.h` is written from this file by
//! `cargo xtask bless -p xtask c_header`.

use std::ffi::c_void;

use abi_stable::StableAbi;

/// Name of the symbol that a plugin in C exports: its table, `beskid_backend` or
/// `beskid_linker` as its manifest says.
pub const C_ROOT_SYMBOL: &str = "beskid_plugin";

/// Bytes that somebody else owns, and that stay as they are during a call. `data` may
/// be null where `len` is 0.
#[repr(C)]
#[derive(StableAbi, Debug, Clone, Copy)]
pub struct CBytes {
    /// The first byte.
    pub data: *const u8,
    /// How many they are.
    pub len: usize,
}

/// An answer. Whoever receives it copies what it needs, and then calls `release` with
/// `owner`, once; a null `release` means that nothing has to be freed.
#[repr(C)]
#[derive(StableAbi, Debug, Clone, Copy)]
pub struct CReply {
    /// JSON of `{"Ok": value}` or `{"Err": diagnostic}`.
    pub message: CBytes,
    /// Bytes that would be wasteful as JSON, such as an object file.
    pub payload: CBytes,
    /// Frees what the answer holds.
    pub release: Option<unsafe extern "C" fn(*mut c_void)>,
    /// What `release` is called with.
    pub owner: *mut c_void,
}

/// What the host offers while a backend compiles: any thread may call it until the
/// call returns to which it was passed. Each function takes `context` first.
#[repr(C)]
#[derive(StableAbi, Debug, Clone, Copy)]
pub struct CServices {
    /// Bytes of this struct.
    pub size: usize,
    /// What each function is called with.
    pub context: *const c_void,
    /// A message of one line for the log: 1 error, 2 warning, 3 information, 4 debug.
    pub log: Option<unsafe extern "C" fn(*const c_void, u8, CBytes)>,
    /// So many of so many units of work are done.
    pub progress: Option<unsafe extern "C" fn(*const c_void, u64, u64)>,
    /// Whether the user wants to stop.
    pub cancelled: Option<unsafe extern "C" fn(*const c_void) -> bool>,
    /// Path of a folder that goes when the call returns: a text.
    pub scratch: Option<unsafe extern "C" fn(*const c_void) -> CReply>,
    /// Runs a tool: a ToolCall; answers a ToolOutput.
    pub run: Option<unsafe extern "C" fn(*const c_void, CBytes) -> CReply>,
}

/// What a backend exports as `beskid_plugin`. Any thread may call any function, also
/// while another one does.
#[repr(C)]
#[derive(StableAbi, Debug, Clone, Copy)]
pub struct CBackend {
    /// Bytes of this struct.
    pub size: usize,
    /// Answers a BackendDescription.
    pub describe: Option<unsafe extern "C" fn() -> CReply>,
    /// The artifact's bytes and a CompileRequest; answers a CompileReply. The payload is
    /// the object, unless a session was made.
    pub compile: Option<unsafe extern "C" fn(CBytes, CBytes, *const CServices) -> CReply>,
    /// A session and the name of a symbol; answers its address, or null. Only of
    /// backends that execute, as the next two.
    pub session_symbol: Option<unsafe extern "C" fn(u64, CBytes) -> CReply>,
    /// Runs the entrypoint of a session; answers its value as a number.
    pub session_run: Option<unsafe extern "C" fn(u64) -> CReply>,
    /// Frees a session; answers null.
    pub session_close: Option<unsafe extern "C" fn(u64) -> CReply>,
    /// Answers the OptionDescriptions; without it the plugin takes every option.
    pub options: Option<unsafe extern "C" fn() -> CReply>,
}

/// What a linker strategy exports as `beskid_plugin`. Any thread may call any function,
/// also while another one does.
#[repr(C)]
#[derive(StableAbi, Debug, Clone, Copy)]
pub struct CLinker {
    /// Bytes of this struct.
    pub size: usize,
    /// Answers a LinkerDescription.
    pub describe: Option<unsafe extern "C" fn() -> CReply>,
    /// A SupportQuery; answers null, or why not.
    pub supports: Option<unsafe extern "C" fn(CBytes) -> CReply>,
    /// A LinkRequest; answers a LinkPlan.
    pub plan: Option<unsafe extern "C" fn(CBytes) -> CReply>,
    /// A LinkRequest and the number of a step; answers null. Only of strategies whose
    /// plans have such steps.
    pub callback: Option<unsafe extern "C" fn(CBytes, u32) -> CReply>,
}

//! The tables of functions that cross the boundary. What they are made of is part of
//! the contract: see `interface`.

use abi_stable::StableAbi;
use abi_stable::library::RootModule;
use abi_stable::sabi_types::VersionStrings;
use abi_stable::std_types::RSlice;

use super::reply::Reply;

/// Of the interface, and not of this crate: abi_stable refuses what differs in the
/// first number.
const VERSION: VersionStrings = VersionStrings::new("1.0.0");

/// What a backend plugin exports. Requests and replies are JSON.
#[repr(C)]
#[derive(StableAbi)]
#[sabi(kind(Prefix(prefix_ref = BackendModuleRef)))]
#[sabi(missing_field(option))]
pub struct BackendModule {
    /// `() -> BackendDescription`.
    pub describe: extern "C" fn() -> Reply,
    /// `(artifact, CompileRequest) -> CompileReply`; an object is the payload.
    ///
    /// # Safety
    /// The addresses of the imports are what
    /// [`CompileRequest::with_imports`](crate::backend::CompileRequest::with_imports)
    /// says.
    pub compile: unsafe extern "C" fn(RSlice<'_, u8>, RSlice<'_, u8>, ServicesRef) -> Reply,
    /// `(session, name) -> Option<u64>`.
    pub session_symbol: extern "C" fn(u64, RSlice<'_, u8>) -> Reply,
    /// `(session) -> u64`.
    pub session_run: extern "C" fn(u64) -> Reply,
    /// `(session) -> ()`.
    #[sabi(last_prefix_field)]
    pub session_close: extern "C" fn(u64) -> Reply,
    /// `() -> [OptionDescription]`.
    pub options: extern "C" fn() -> Reply,
}

impl RootModule for BackendModuleRef {
    abi_stable::declare_root_module_statics! {BackendModuleRef}
    const BASE_NAME: &'static str = "beskid_backend";
    const NAME: &'static str = "beskid_backend";
    const VERSION_STRINGS: VersionStrings = VERSION;
}

/// What a linker-strategy plugin exports. Requests and replies are JSON.
#[repr(C)]
#[derive(StableAbi)]
#[sabi(kind(Prefix(prefix_ref = LinkerModuleRef)))]
#[sabi(missing_field(option))]
pub struct LinkerModule {
    /// `() -> LinkerDescription`.
    pub describe: extern "C" fn() -> Reply,
    /// `SupportQuery -> ()`.
    pub supports: extern "C" fn(RSlice<'_, u8>) -> Reply,
    /// `LinkRequest -> LinkPlan`.
    pub plan: extern "C" fn(RSlice<'_, u8>) -> Reply,
    /// `(LinkRequest, step) -> ()`.
    #[sabi(last_prefix_field)]
    pub callback: extern "C" fn(RSlice<'_, u8>, u32) -> Reply,
}

impl RootModule for LinkerModuleRef {
    abi_stable::declare_root_module_statics! {LinkerModuleRef}
    const BASE_NAME: &'static str = "beskid_linker";
    const NAME: &'static str = "beskid_linker";
    const VERSION_STRINGS: VersionStrings = VERSION;
}

/// What the host offers while a plugin works.
#[repr(C)]
#[derive(StableAbi)]
#[sabi(kind(Prefix(prefix_ref = ServicesRef)))]
#[sabi(missing_field(option))]
pub struct ServicesTable {
    /// `(level, message)`.
    pub log: extern "C" fn(u8, RSlice<'_, u8>),
    /// `(done, total)`.
    pub progress: extern "C" fn(u64, u64),
    /// Whether the user wants to stop.
    #[sabi(last_prefix_field)]
    pub cancelled: extern "C" fn() -> bool,
    /// `() -> String`, the path of a scratch folder.
    pub scratch: extern "C" fn() -> Reply,
    /// `ToolCall -> ToolOutput`.
    pub run: extern "C" fn(RSlice<'_, u8>) -> Reply,
}

//! Tables grow at their end: a plugin with fewer functions and one with more work
//! with this host, and so does a host with more services. Whatever else differs is
//! refused.

use abi_stable::StableAbi;
use abi_stable::library::{
    __call_root_module_loader, CheckTypeLayout, LibHeader, RootModule, RootModuleResult,
};
use abi_stable::prefix_type::{PrefixTypeTrait, WithMetadata};
use abi_stable::sabi_types::VersionStrings;
use abi_stable::std_types::RSlice;

use crate::abi::client::{BackendClient, LinkerClient, Silent, services_table};
use crate::abi::load;
use crate::abi::messages::{CompileReply, pack};
use crate::abi::reply::Reply;
use crate::backend::{BackendDescription, CompileRequest, Compiled};
use crate::digest::Digest;
use crate::linker::LinkerDescription;

/// The tables of another version of the interface, which have the names of ours:
/// abi_stable goes by these. Whatever a table has behind `|` is in a later version.
macro_rules! tables {
    (
        $module:ident,
        backend: { $($backend:ident: $backend_type:ty,)* },
        linker: { $($linker:ident: $linker_type:ty,)* },
        services: { $($service:ident: $service_type:ty,)* },
    ) => {
        #[allow(dead_code, reason = "a table is known by its layout")]
        mod $module {
            use super::*;

            #[repr(C)]
            #[derive(StableAbi)]
            #[sabi(kind(Prefix(prefix_ref = BackendModuleRef)))]
            #[sabi(missing_field(option))]
            pub struct BackendModule {
                pub describe: extern "C" fn() -> Reply,
                pub compile:
                    unsafe extern "C" fn(RSlice<'_, u8>, RSlice<'_, u8>, ServicesRef) -> Reply,
                pub session_symbol: extern "C" fn(u64, RSlice<'_, u8>) -> Reply,
                pub session_run: extern "C" fn(u64) -> Reply,
                #[sabi(last_prefix_field)]
                pub session_close: extern "C" fn(u64) -> Reply,
                $(pub $backend: $backend_type,)*
            }

            #[repr(C)]
            #[derive(StableAbi)]
            #[sabi(kind(Prefix(prefix_ref = LinkerModuleRef)))]
            #[sabi(missing_field(option))]
            pub struct LinkerModule {
                pub describe: extern "C" fn() -> Reply,
                pub supports: extern "C" fn(RSlice<'_, u8>) -> Reply,
                pub plan: extern "C" fn(RSlice<'_, u8>) -> Reply,
                #[sabi(last_prefix_field)]
                pub callback: extern "C" fn(RSlice<'_, u8>, u32) -> Reply,
                $(pub $linker: $linker_type,)*
            }

            #[repr(C)]
            #[derive(StableAbi)]
            #[sabi(kind(Prefix(prefix_ref = ServicesRef)))]
            #[sabi(missing_field(option))]
            pub struct ServicesTable {
                pub log: extern "C" fn(u8, RSlice<'_, u8>),
                pub progress: extern "C" fn(u64, u64),
                #[sabi(last_prefix_field)]
                pub cancelled: extern "C" fn() -> bool,
                $(pub $service: $service_type,)*
            }

            impl RootModule for BackendModuleRef {
                abi_stable::declare_root_module_statics! {BackendModuleRef}
                const BASE_NAME: &'static str = "beskid_backend";
                const NAME: &'static str = "beskid_backend";
                const VERSION_STRINGS: VersionStrings = VersionStrings::new("1.7.0");
            }

            impl RootModule for LinkerModuleRef {
                abi_stable::declare_root_module_statics! {LinkerModuleRef}
                const BASE_NAME: &'static str = "beskid_linker";
                const NAME: &'static str = "beskid_linker";
                const VERSION_STRINGS: VersionStrings = VersionStrings::new("1.7.0");
            }

            pub unsafe extern "C" fn compile(
                _: RSlice<'_, u8>,
                _: RSlice<'_, u8>,
                services: ServicesRef,
            ) -> Reply {
                services.log()(4, b"compiling".as_slice().into());
                compiled(services.cancelled()())
            }
        }
    };
}

tables! {
    earlier,
    backend: {},
    linker: {},
    services: {},
}

tables! {
    later,
    backend: { options: extern "C" fn() -> Reply, brand_new: extern "C" fn(u64) -> Reply, },
    linker: { brand_new: extern "C" fn(u64) -> Reply, },
    services: {
        scratch: extern "C" fn() -> Reply,
        run: extern "C" fn(RSlice<'_, u8>) -> Reply,
        brand_new: extern "C" fn(u64) -> Reply,
    },
}

tables! {
    changed,
    backend: { options: extern "C" fn(u64) -> Reply, },
    linker: { callback_again: u64, },
    services: { scratch: extern "C" fn(u64) -> Reply, },
}

fn compiled(cancelled: bool) -> Reply {
    let digest = Digest::of(b"");
    let session = None;
    pack(Ok((
        CompileReply { digest, session },
        vec![u8::from(cancelled)],
    )))
}

extern "C" fn describe_backend() -> Reply {
    let described = BackendDescription::new("other", "1.0.0", "of another version");
    pack(Ok((described, Vec::new())))
}

extern "C" fn describe_linker() -> Reply {
    let described = LinkerDescription::new("other", "1.0.0", "of another version");
    pack(Ok((described, Vec::new())))
}

extern "C" fn nothing() -> Reply {
    pack(Ok(((), Vec::new())))
}
extern "C" fn no_options() -> Reply {
    pack(Ok((Vec::<String>::new(), Vec::new())))
}
extern "C" fn of_number(_: u64) -> Reply {
    nothing()
}
extern "C" fn of_bytes(_: RSlice<'_, u8>) -> Reply {
    nothing()
}
extern "C" fn of_both(_: u64, _: RSlice<'_, u8>) -> Reply {
    nothing()
}
extern "C" fn of_callback(_: RSlice<'_, u8>, _: u32) -> Reply {
    nothing()
}

macro_rules! backend {
    ($module:ident, $($more:tt)*) => {{
        extern "C" fn module() -> RootModuleResult {
            __call_root_module_loader(|| {
                $module::BackendModule {
                    describe: describe_backend,
                    compile: $module::compile,
                    session_symbol: of_both,
                    session_run: of_number,
                    session_close: of_number,
                    $($more)*
                }
                .leak_into_prefix()
            })
        }
        root::<$module::BackendModuleRef>(module)
    }};
}

macro_rules! linker {
    ($module:ident, $($more:tt)*) => {{
        extern "C" fn module() -> RootModuleResult {
            __call_root_module_loader(|| {
                $module::LinkerModule {
                    describe: describe_linker,
                    supports: of_bytes,
                    plan: of_bytes,
                    callback: of_callback,
                    $($more)*
                }
                .leak_into_prefix()
            })
        }
        root::<$module::LinkerModuleRef>(module)
    }};
}

/// The root symbol of a library with this table.
fn root<M: RootModule>(module: extern "C" fn() -> RootModuleResult) -> *const () {
    // SAFETY: `module` gives the table that `M` is the type of.
    let header = unsafe { LibHeader::from_constructor::<M>(module, CheckTypeLayout::Yes) };
    std::ptr::from_ref(Box::leak(Box::new(header))).cast()
}

fn backend(root: *const ()) -> Result<BackendClient, String> {
    // SAFETY: it leads to a table that is never freed.
    unsafe { load::backend(root) }.map_err(|error| error.code.to_string())
}

fn linker(root: *const ()) -> Result<LinkerClient, String> {
    // SAFETY: as above.
    unsafe { load::linker(root) }.map_err(|error| error.code.to_string())
}

#[track_caller]
fn works(backend: BackendClient) {
    assert_eq!(backend.describe().unwrap().id, "other");
    let request = CompileRequest::object(None);
    let compiled = backend.compile(b"", &request, services_table::<Silent>());
    let Ok(Compiled::Object { object, .. }) = compiled else {
        panic!("an object was asked for");
    };
    assert_eq!(object, [0], "the services answered");
}

#[test]
fn a_backend_of_an_earlier_version_works_and_what_it_lacks_is_not_asked() {
    let backend = backend(backend!(earlier,)).unwrap();
    works(backend);
    assert_eq!(backend.options(), Ok(None));
}

#[test]
fn a_backend_of_a_later_version_works() {
    let root = backend!(later, options: no_options, brand_new: of_number,);
    let backend = backend(root).unwrap();
    works(backend);
    assert_eq!(backend.options(), Ok(Some(Vec::new())));
}

#[test]
fn a_strategy_of_an_earlier_or_a_later_version_works() {
    for root in [linker!(earlier,), linker!(later, brand_new: of_number,)] {
        let linker = linker(root).unwrap();
        assert_eq!(linker.describe().unwrap().id, "other");
        assert_eq!(linker.describe().unwrap().tools, []);
    }
}

#[test]
fn a_table_that_differs_in_what_both_have_is_refused() {
    let root = backend!(changed, options: of_number,);
    assert_eq!(backend(root).err().as_deref(), Some("E5110"));
    let root = linker!(earlier,);
    assert_eq!(
        backend(root).err().as_deref(),
        Some("E5110"),
        "another kind"
    );
}

/// A plugin that was built for more services than this host has sees that they are
/// not there.
#[test]
fn services_of_an_earlier_host_lack_what_came_later() {
    extern "C" fn log(_: u8, _: RSlice<'_, u8>) {}
    extern "C" fn progress(_: u64, _: u64) {}
    extern "C" fn cancelled() -> bool {
        true
    }
    static EARLIER: &WithMetadata<earlier::ServicesTable> =
        &WithMetadata::new(earlier::ServicesTable {
            log,
            progress,
            cancelled,
        });
    let earlier = earlier::ServicesRef(EARLIER.static_as_prefix());
    // SAFETY: a reference to a table is one pointer, whatever the table has; each
    // function behind the first three is read only where the table says it is.
    let services =
        unsafe { std::mem::transmute::<earlier::ServicesRef, crate::abi::ServicesRef>(earlier) };
    let services = crate::services::Services::from_table(services);
    assert!(services.is_cancelled());
    assert_eq!(services.scratch().unwrap_err().code, "E5181");
    let call = crate::tools::ToolCall::new("assembler", ["as"], [""; 0]);
    let refused = services.run(&call).unwrap_err();
    assert_eq!(refused.code, "E5181");
    assert!(refused.message.contains("assembler"), "{refused}");
}

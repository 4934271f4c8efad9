//! The macros that make a plugin out of a type.

/// Makes a backend plugin of a type that implements
/// [`Backend`](crate::backend::Backend): a module with its function table and
/// its manifest, and its registration as a built-in.
///
/// - `id`: the name by which users choose it: 1 to 64 lowercase letters, digits
///   and `-`.
/// - `capabilities`: `"execute"`, `"object"` or `"execute,object"`, as the
///   description says.
/// - `backend`: the backend, an expression of its type, seen from inside the
///   module. It is evaluated for each call, so it should be a constant or name a
///   static.
///
/// The module has `root_module()`, the table for a
/// [`BackendClient`](crate::abi::BackendClient), `BUILTIN`, a
/// [`BuiltinPlugin`](crate::sdk::BuiltinPlugin), and is what
/// [`export_plugin!`](crate::export_plugin) takes. [`backend`](crate::backend) has
/// an example.
#[macro_export]
macro_rules! backend_plugin {
    ($vis:vis mod $name:ident, id = $id:literal, capabilities = $capabilities:literal, backend = $backend:expr) => {
        #[doc = concat!("The backend plugin `", $id, "`.")]
        $vis mod $name {
            use $crate::sdk::export::*;

            $crate::__plugin_manifest!("backend", $id, $capabilities);

            static SESSIONS: $crate::sdk::Sessions = $crate::sdk::Sessions::new();

            extern "C" fn describe() -> Reply {
                $crate::sdk::backend_describe(&$backend)
            }
            extern "C" fn options() -> Reply {
                $crate::sdk::backend_options(&$backend)
            }
            unsafe extern "C" fn compile(
                artifact: RSlice<'_, u8>,
                request: RSlice<'_, u8>,
                services: ServicesRef,
            ) -> Reply {
                let (artifact, request) = (artifact.as_slice(), request.as_slice());
                // SAFETY: the caller's promise.
                unsafe {
                    $crate::sdk::backend_compile(&$backend, &SESSIONS, artifact, request, services)
                }
            }
            extern "C" fn session_symbol(session: u64, name: RSlice<'_, u8>) -> Reply {
                $crate::sdk::session_symbol(&SESSIONS, session, name.as_slice())
            }
            extern "C" fn session_run(session: u64) -> Reply {
                $crate::sdk::session_run(&SESSIONS, session)
            }
            extern "C" fn session_close(session: u64) -> Reply {
                $crate::sdk::session_close(&SESSIONS, session)
            }

            /// The plugin's function table, always the same one.
            pub fn root_module() -> BackendModuleRef {
                static MODULE: ::std::sync::OnceLock<BackendModuleRef> =
                    ::std::sync::OnceLock::new();
                *MODULE.get_or_init(|| {
                    BackendModule {
                        describe,
                        compile,
                        session_symbol,
                        session_run,
                        session_close,
                        options,
                    }
                    .leak_into_prefix()
                })
            }

            /// The type of the table.
            pub type Module = BackendModuleRef;

            /// The plugin, for programs that it is linked into.
            pub const BUILTIN: $crate::sdk::BuiltinPlugin = $crate::sdk::BuiltinPlugin {
                manifest: &MANIFEST,
                table: $crate::sdk::Builtin::Backend(root_module),
            };

            inventory::submit! { BUILTIN }
        }
    };
}

/// Makes a linker plugin of a type that implements
/// [`LinkerStrategy`](crate::linker::LinkerStrategy): a module with its
/// function table and its manifest, and its registration as a built-in.
///
/// `id` and `strategy` are as `id` and `backend` of
/// [`backend_plugin!`](crate::backend_plugin). The module has `root_module()`, the
/// table for a [`LinkerClient`](crate::abi::LinkerClient), `BUILTIN`, a
/// [`BuiltinPlugin`](crate::sdk::BuiltinPlugin), and is what
/// [`export_plugin!`](crate::export_plugin) takes. [`linker`](crate::linker) has
/// an example.
#[macro_export]
macro_rules! linker_plugin {
    ($vis:vis mod $name:ident, id = $id:literal, strategy = $strategy:expr) => {
        #[doc = concat!("The linker plugin `", $id, "`.")]
        $vis mod $name {
            use $crate::sdk::export::*;

            $crate::__plugin_manifest!("linker", $id, "");

            extern "C" fn describe() -> Reply {
                $crate::sdk::linker_describe(&$strategy)
            }
            extern "C" fn supports(query: RSlice<'_, u8>) -> Reply {
                $crate::sdk::linker_supports(&$strategy, query.as_slice())
            }
            extern "C" fn plan(request: RSlice<'_, u8>) -> Reply {
                $crate::sdk::linker_plan(&$strategy, request.as_slice())
            }
            extern "C" fn callback(request: RSlice<'_, u8>, step: u32) -> Reply {
                $crate::sdk::linker_callback(&$strategy, request.as_slice(), step)
            }

            /// The plugin's function table, always the same one.
            pub fn root_module() -> LinkerModuleRef {
                static MODULE: ::std::sync::OnceLock<LinkerModuleRef> =
                    ::std::sync::OnceLock::new();
                *MODULE.get_or_init(|| {
                    LinkerModule {
                        describe,
                        supports,
                        plan,
                        callback,
                    }
                    .leak_into_prefix()
                })
            }

            /// The type of the table.
            pub type Module = LinkerModuleRef;

            /// The plugin, for programs that it is linked into.
            pub const BUILTIN: $crate::sdk::BuiltinPlugin = $crate::sdk::BuiltinPlugin {
                manifest: &MANIFEST,
                table: $crate::sdk::Builtin::Linker(root_module),
            };

            inventory::submit! { BUILTIN }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __plugin_manifest {
    ($kind:literal, $id:literal, $capabilities:literal) => {
        const PARTS: &[&str] = &[
            concat!(
                "kind=",
                $kind,
                "\nid=",
                $id,
                "\nversion=",
                env!("CARGO_PKG_VERSION")
            ),
            "\napi=",
            PLUGIN_API_VERSION_TEXT,
            "\ntarget=",
            TARGET,
            "\ntoolchain=",
            TOOLCHAIN,
            "\ncontract=",
            CONTRACT,
            "\npanic=",
            if cfg!(panic = "unwind") {
                "unwind"
            } else {
                "abort"
            },
            concat!("\ncapabilities=", $capabilities, "\n"),
        ];
        /// Length of the manifest's text.
        pub const MANIFEST_LEN: usize = text_len(PARTS);
        /// The manifest's text.
        pub static MANIFEST: [u8; MANIFEST_LEN] = TEXT;
        /// The manifest's text, for use in constants.
        pub const TEXT: [u8; MANIFEST_LEN] = text(PARTS);
    };
}

/// Exports a plugin module from a crate of type `cdylib`: the root symbol that
/// the host calls, and the manifest note that it reads first. It takes the path
/// of the module, such as `crate::plugin` or `my_plugin::plugin`; a crate exports
/// one plugin. [`sdk`](crate::sdk) has an example.
#[macro_export]
macro_rules! export_plugin {
    ($($module:tt)+) => {
        const _: () = {
            use $($module)+ as plugin;
            use $crate::sdk::export::*;

            const NOTE_LEN: usize = note_len(plugin::MANIFEST_LEN);

            #[used]
            #[cfg_attr(
                not(target_vendor = "apple"),
                unsafe(link_section = ".note.beskid")
            )]
            #[cfg_attr(
                target_vendor = "apple",
                unsafe(link_section = "__DATA,__beskid")
            )]
            static NOTE: Aligned<[u8; NOTE_LEN]> = Aligned(note(&plugin::TEXT));

            extern "C" fn erased_module() -> RootModuleResult {
                __call_root_module_loader(plugin::root_module)
            }

            #[unsafe(no_mangle)]
            pub static _1as_0lib_1header_0root_bmodule_bloader: LibHeader = {
                // SAFETY: `erased_module` returns the erased form of exactly
                // this module type.
                unsafe {
                    LibHeader::from_constructor::<plugin::Module>(
                        erased_module,
                        CheckTypeLayout::Yes,
                    )
                }
            };
        };
    };
}

//! The codes of the language: sources, `.clif` files, types, foreign functions.

use super::code::{Code, Meaning, Section, codes};

codes! {
    LANGUAGE = "The language";

    /// The source is not UTF-8.
    ///
    /// Save the file as UTF-8.
    E0001;

    /// The source is larger than 64 MiB.
    ///
    /// Split the program.
    E0002;

    /// A character starts no token.
    ///
    /// Remove it.
    E0003;

    /// A comment or a string does not end.
    ///
    /// Close it.
    E0004;

    /// An escape does not exist.
    ///
    /// The escapes are `\"` `\'` `\\` `\$` `\n` `\t` `\r` `\0`.
    E0005;

    /// A number or character literal is not well-formed.
    E0006;

    /// Another token than the grammar wants.
    ///
    /// The label says what was expected.
    E0010;

    /// Blocks or expressions are nested more than 256 levels deep.
    ///
    /// Move inner parts out.
    E0011;

    /// A construct of the language that is not supported yet.
    E0012;

    /// A `.clif` file, or one of its directives, is not well-formed; the line is shown.
    E0020;

    /// A symbol name has an `@`, which linkers read as the begin of a version.
    ///
    /// Leave it out.
    E0021;

    /// Nothing has this name.
    ///
    /// The help names the nearest one.
    E1001;

    /// No type has this name.
    E1002;

    /// A function or a parameter is declared twice.
    E1003;

    /// A value has another type than is wanted.
    ///
    /// Only i32 becomes i64 by itself.
    E1004;

    /// A call has the wrong number of arguments.
    E1005;

    /// An operator does not work between these types.
    E1006;

    /// A function may end without returning its result.
    ///
    /// Return on every path.
    E1007;

    /// A local changes that is not `mut`.
    E1008;

    /// `break` or `continue` stands outside a loop.
    E1009;

    /// `main` has parameters, or returns something other than unit, i32 or i64.
    E1010;

    /// A literal does not fit its type.
    E1011;

    /// A `pub` function has a name that the runtime owns.
    ///
    /// Rename it, or leave out `pub`.
    E1012;

    /// Something other than a local is assigned to.
    E1013;

    /// A local or parameter would have type unit.
    E1014;

    /// A literal of a type leaves out fields.
    ///
    /// Give each a value.
    E1015;

    /// `Extern` stands before something that is no contract.
    ///
    /// Declare the foreign function in a contract.
    E1510;

    /// A foreign contract has another ABI than `C`, or none.
    E1511;

    /// A foreign contract, or an artifact's foreign function, names no library, or a name in it
    /// is empty.
    E1512;

    /// A type does not cross the boundary to foreign functions.
    ///
    /// `bool`, `u8`, `i32`, `i64`, `f64`, `ref u8`, the views and `CLayout` types do, and
    /// `unit` as a result; all arguments of a call together have at most 65536 bytes.
    E1513;

    /// A foreign function has a name of the runtime, in a source or in an artifact.
    E1514;

    /// One foreign symbol is declared in two different ways, or is exported too.
    E1515;

    /// The attribute has no such argument.
    E1516;

    /// `Export` stands before something that is no `pub` function.
    E1517;

    /// `CLayout` stands before something that is no type, or `Callback` before something that
    /// is no contract.
    E1518;

    /// A `CLayout` type has a field that is no primitive (a nested struct, an enum, a string),
    /// or an alignment that C could not give it, or more than 4096 bytes.
    ///
    /// Make the field bool, u8, i32, i64 or f64; leave out `Align`.
    E1519;

    /// C wants a function to call, and gets something else than the name of an exported
    /// function.
    ///
    /// Write `[Export(Abi: "C")] pub` before the function.
    E1520;

    /// `ref` of something that has no address, or outside of a call.
    ///
    /// Pass `ref x`, for a local `u8 mut x`.
    E1521;
}

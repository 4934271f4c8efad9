//! The names by which the frontend calls the codes of the language.

use beskid_plugin_api::codes::Code;

/// The source is not UTF-8.
pub const NOT_UTF8: Code = Code::E0001;
/// The source is too large.
pub const TOO_LARGE: Code = Code::E0002;
/// A character that starts no token.
pub const BAD_CHARACTER: Code = Code::E0003;
/// A comment, string or character literal that does not end.
pub const UNTERMINATED: Code = Code::E0004;
/// An escape sequence that does not exist.
pub const BAD_ESCAPE: Code = Code::E0005;
/// A number or character literal that is not well-formed.
pub const BAD_LITERAL: Code = Code::E0006;
/// Another token than the grammar wants.
pub const UNEXPECTED: Code = Code::E0010;
/// Nested too deeply.
pub const TOO_DEEP: Code = Code::E0011;
/// A construct of the language that is not supported yet.
pub const UNSUPPORTED: Code = Code::E0012;
/// A symbol with the `@` of a version.
pub const VERSIONED_SYMBOL: Code = Code::E0021;
/// A name that nothing declares.
pub const UNKNOWN_NAME: Code = Code::E1001;
/// A type that does not exist.
pub const UNKNOWN_TYPE: Code = Code::E1002;
/// A name declared twice.
pub const DUPLICATE: Code = Code::E1003;
/// A value of another type than is wanted.
pub const TYPE_MISMATCH: Code = Code::E1004;
/// A call with the wrong number of arguments.
pub const WRONG_ARITY: Code = Code::E1005;
/// An operator that the types do not have.
pub const BAD_OPERAND: Code = Code::E1006;
/// A function that may end without returning its result.
pub const MISSING_RETURN: Code = Code::E1007;
/// Assignment to a local that is not `mut`.
pub const NOT_MUTABLE: Code = Code::E1008;
/// `break` or `continue` outside a loop.
pub const OUTSIDE_LOOP: Code = Code::E1009;
/// A `main` with parameters or another result than unit, i32 or i64.
pub const BAD_MAIN: Code = Code::E1010;
/// A literal that does not fit its type.
pub const OUT_OF_RANGE: Code = Code::E1011;
/// A `pub` function whose name the runtime or the host uses.
pub const RESERVED_EXPORT: Code = Code::E1012;
/// Something that is no place is assigned to.
pub const NOT_A_PLACE: Code = Code::E1013;
/// A local of type unit.
pub const UNIT_LOCAL: Code = Code::E1014;
/// A literal of a type that does not give each of its fields a value.
pub const MISSING_FIELD: Code = Code::E1015;
/// `Extern` on something that is no contract.
pub const MISPLACED_EXTERN: Code = Code::E1510;
/// A foreign interface of another ABI than C.
pub const BAD_ABI: Code = Code::E1511;
/// A foreign interface without a library, or with an empty name in it.
pub const BAD_FOREIGN_NAME: Code = Code::E1512;
/// A type that does not cross the boundary to foreign functions.
pub const NOT_FOREIGN_TYPE: Code = Code::E1513;
/// A foreign function with the name of a runtime builtin.
pub const RESERVED_FOREIGN: Code = Code::E1514;
/// A foreign symbol declared twice, in different ways.
pub const CONFLICTING_FOREIGN: Code = Code::E1515;
/// An argument that the attribute does not have.
pub const BAD_ARGUMENT: Code = Code::E1516;
/// `Export` on something that is no `pub` function.
pub const MISPLACED_EXPORT: Code = Code::E1517;
/// `CLayout` or `Callback` on something else than they are for.
pub const MISPLACED_ATTRIBUTE: Code = Code::E1518;
/// A `CLayout` type that C could not lay out, or does in another way.
pub const BAD_LAYOUT: Code = Code::E1519;
/// Something else than an exported function where C wants one to call.
pub const NOT_CALLABLE_FROM_C: Code = Code::E1520;
/// `ref` of something that has no address, or outside of a call.
pub const BAD_REF: Code = Code::E1521;

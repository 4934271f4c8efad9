//! The names by which the frontend calls the codes of the language.

use beskid_plugin_api::codes::Code;

macro_rules! names {
    ($($(#[$meta:meta])* $name:ident = $code:ident,)+) => {$(
        $(#[$meta])*
        pub const $name: Code = Code::$code;
    )+};
}

names! {
    /// The source is not UTF-8.
    NOT_UTF8 = E0001,
    /// The source is too large.
    TOO_LARGE = E0002,
    /// A character that starts no token.
    BAD_CHARACTER = E0003,
    /// A comment, string or character literal that does not end.
    UNTERMINATED = E0004,
    /// An escape sequence that does not exist.
    BAD_ESCAPE = E0005,
    /// A number or character literal that is not well-formed.
    BAD_LITERAL = E0006,
    /// Another token than the grammar wants.
    UNEXPECTED = E0010,
    /// Nested too deeply.
    TOO_DEEP = E0011,
    /// A construct of later versions of the language.
    UNSUPPORTED = E0012,
    /// A `meta` block beside the items of a program.
    META_BLOCK = E1851,
    /// A symbol with the `@` of a version.
    VERSIONED_SYMBOL = E0021,
    /// A second type, enum or contract of a name.
    DUPLICATE_TYPE = E1001,
    /// A second variant of a name.
    DUPLICATE_VARIANT = E1002,
    /// A second method of a contract.
    DUPLICATE_METHOD = E1003,
    /// Embedded contracts that conflict.
    EMBEDDING = E1004,
    /// A type in a definition that does not exist.
    UNKNOWN_DEFINED_TYPE = E1005,
    /// A second function, test or attribute of a name.
    DUPLICATE_ITEM = E1006,
    /// A `main` with parameters or another result than unit, i32 or i64.
    BAD_MAIN = E1010,
    /// A literal that does not fit its type.
    OUT_OF_RANGE = E1011,
    /// A name that the runtime, the host or the compiler uses.
    RESERVED_NAME = E1012,
    /// Something that is no place is assigned to.
    NOT_A_PLACE = E1013,
    /// A local of type unit.
    UNIT_LOCAL = E1014,
    /// A name that nothing declares.
    UNKNOWN_NAME = E1101,
    /// A local, parameter or field declared twice.
    DUPLICATE = E1102,
    /// Shadowing.
    SHADOWING = W1103,
    /// A name that two imports bring.
    AMBIGUOUS = E1104,
    /// An import whose first name is unknown.
    UNKNOWN_IMPORT = E1105,
    /// A local that is used before its declaration.
    USED_EARLY = E1106,
    /// A private item that is reached by a path.
    PRIVATE = E1107,
    /// A module that does not exist.
    UNKNOWN_MODULE = E1108,
    /// A type that does not exist, or something that is no value.
    UNKNOWN_TYPE = E1201,
    /// A type that cannot be inferred.
    CANNOT_INFER = E1202,
    /// Type arguments are missing.
    NEEDS_TYPE_ARGUMENTS = E1203,
    /// An integer that loses bits.
    NARROWED = W1203,
    /// A wrong number of arguments.
    WRONG_ARITY = E1204,
    /// An argument of another type.
    BAD_ARGUMENT_TYPE = E1205,
    /// A value of another type than is wanted.
    TYPE_MISMATCH = E1206,
    /// A result of another type, or none.
    BAD_RESULT = E1207,
    /// A condition that is no bool.
    BAD_CONDITION = E1208,
    /// An operator that the types do not have.
    BAD_OPERANDS = E1209,
    /// An operator that the type does not have.
    BAD_OPERAND = E1210,
    /// A field that does not exist, or is given twice.
    UNKNOWN_FIELD = E1211,
    /// A struct value that does not give each field a value.
    MISSING_FIELD = E1212,
    /// A member of something that has none.
    NO_MEMBERS = E1213,
    /// Assignment to a local that is not `mut`.
    NOT_MUTABLE = E1214,
    /// `for` over something else.
    NOT_ITERABLE = E1215,
    /// `Next` with parameters.
    NEXT_TAKES = E1216,
    /// `Next` that returns no `Option`.
    NEXT_RETURNS = E1217,
    /// An `Option` of another form.
    NEXT_OPTION = E1218,
    /// An event raised outside of its type.
    RAISED_OUTSIDE = E1219,
    /// An event for nobody.
    BAD_CAPACITY = E1220,
    /// A handler of something that is no event.
    NOT_AN_EVENT = E1221,
    /// `?` after something that is no `Result`.
    NOT_A_RESULT = E1222,
    /// An `out` parameter without a value.
    OUT_UNASSIGNED = E1223,
    /// An `out` argument that cannot change.
    OUT_NOT_MUTABLE = E1224,
    /// A `ref` or `out` argument that is no place.
    OUT_NOT_A_PLACE = E1225,
    /// A lambda that captures a reference.
    CAPTURED_REFERENCE = E1226,
    /// Type arguments without end.
    ENDLESS = E1227,
    /// An enum or variant that does not exist.
    UNKNOWN_VARIANT = E1301,
    /// A wrong number of payload values.
    PAYLOAD_COUNT = E1302,
    /// A variant without its enum.
    BARE_VARIANT = E1303,
    /// A match that does not cover everything.
    NOT_EXHAUSTIVE = E1304,
    /// Arms of different types.
    ARM_TYPES = E1305,
    /// A pattern that binds a name twice.
    BOUND_TWICE = E1306,
    /// A wrong number of parts of a pattern.
    PATTERN_COUNT = E1307,
    /// A guard that is no bool.
    BAD_GUARD = E1308,
    /// `break` outside a loop.
    BREAK_OUTSIDE = E1401,
    /// `continue` outside a loop.
    CONTINUE_OUTSIDE = E1402,
    /// A name in a pattern that is a variant's, and binds.
    VARIANT_BINDS = W1309,
    /// Code that nothing reaches.
    UNREACHABLE = W1403,
    /// A statement that does nothing.
    NO_EFFECT = W1404,
    /// A value that should not be thrown away.
    DISCARDED = W1405,
    /// An import of something private.
    PRIVATE_IMPORT = E1501,
    /// A module without a file.
    NO_FILE = E1502,
    /// An import that is not used.
    UNUSED_IMPORT = W1503,
    /// A private item that is not used.
    UNUSED_ITEM = W1504,
    /// A file's module named late.
    LATE_MODULE = E1505,
    /// A file's module named twice.
    SECOND_MODULE = E1506,
    /// A module beside the file's name.
    OTHER_MODULE = E1507,
    /// An attribute's target twice.
    TARGET_TWICE = E1508,
    /// An attribute's target that does not exist.
    UNKNOWN_TARGET = E1509,
    /// An attribute where it is not for.
    MISPLACED = E1510,
    /// A foreign interface of another ABI than C.
    BAD_ABI = E1511,
    /// A foreign interface without a library, or with an empty name in it.
    BAD_FOREIGN_NAME = E1512,
    /// A type that does not cross the boundary to foreign functions.
    NOT_FOREIGN_TYPE = E1513,
    /// A foreign function with the name of a runtime builtin.
    RESERVED_FOREIGN = E1514,
    /// A foreign symbol declared twice, in different ways.
    CONFLICTING_FOREIGN = E1515,
    /// An argument that the attribute does not have.
    BAD_ARGUMENT = E1516,
    /// `Export` on something that is no `pub` function.
    MISPLACED_EXPORT = E1517,
    /// `CLayout` or `Callback` on something else than they are for.
    MISPLACED_ATTRIBUTE = E1518,
    /// A `CLayout` type that C could not lay out, or does in another way.
    BAD_LAYOUT = E1519,
    /// Something else than an exported function where C wants one to call.
    NOT_CALLABLE_FROM_C = E1520,
    /// `ref` of something that has no address, or outside of a call.
    BAD_REF = E1521,
    /// An attribute that does not exist.
    UNKNOWN_ATTRIBUTE = E1530,
    /// A parameter that an attribute does not have.
    UNKNOWN_ATTRIBUTE_PARAMETER = E1531,
    /// An argument that an attribute needs.
    MISSING_ATTRIBUTE_ARGUMENT = E1532,
    /// An attribute's argument twice.
    SECOND_ATTRIBUTE_ARGUMENT = E1533,
    /// An attribute's argument of another type.
    ATTRIBUTE_ARGUMENT_TYPE = E1534,
    /// A section of a test that is not well-formed.
    BAD_TEST_SECTION = E1540,
    /// A contract's method is missing.
    MISSING_METHOD = E1601,
    /// A contract's method differs.
    DIFFERENT_METHOD = E1602,
    /// Two methods fit.
    AMBIGUOUS_METHOD = E1603,
    /// Nothing that can be called.
    NOT_CALLABLE = E1606,
    /// No contract, or one that is not declared.
    NOT_A_CONTRACT = E1607,
    /// An argument in the documentation that does not exist.
    DOC_UNKNOWN_ARGUMENT = W1610,
    /// An argument twice in the documentation.
    DOC_SECOND_ARGUMENT = W1611,
    /// Arguments of what is not called.
    DOC_NOT_CALLABLE = W1612,
    /// The result of what returns none.
    DOC_UNIT_RESULT = W1613,
    /// An unknown directive.
    DOC_UNKNOWN_DIRECTIVE = W1614,
    /// A reference to nothing.
    DOC_UNKNOWN_REFERENCE = W1615,
    /// Variants of what is no enum.
    DOC_NOT_AN_ENUM = W1620,
    /// A variant that does not exist.
    DOC_UNKNOWN_VARIANT = W1621,
    /// A variant twice.
    DOC_SECOND_VARIANT = W1622,
    /// Type parameters of what has none.
    DOC_NOT_GENERIC = W1623,
    /// A type parameter that does not exist.
    DOC_UNKNOWN_PARAMETER = W1624,
    /// A type parameter twice.
    DOC_SECOND_PARAMETER = W1625,
    /// `?` with another error type.
    ERROR_TYPE = E1702,
    /// `?` that ends the program.
    UNHANDLED_ERROR = W1704,
}

/// Whether a code is about a name by which nothing is meant, or more than one thing, or
/// something that may not be.
pub(crate) fn is_about_unknown(code: &Code) -> bool {
    const UNKNOWN: [Code; 11] = [
        UNKNOWN_NAME,
        UNKNOWN_DEFINED_TYPE,
        UNKNOWN_TYPE,
        UNKNOWN_IMPORT,
        UNKNOWN_MODULE,
        UNKNOWN_FIELD,
        UNKNOWN_VARIANT,
        BARE_VARIANT,
        AMBIGUOUS,
        PRIVATE_IMPORT,
        NOT_CALLABLE,
    ];
    UNKNOWN.contains(code)
}

/// Whether a code is about documentation (DOC-4).
pub fn is_about_docs(code: &Code) -> bool {
    let code = code.as_str();
    matches!(code.as_bytes(), [b'W', b'1', b'6', b'1' | b'2', _])
}

//! The codes of the language's diagnostics.

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal;)+) => {
        $($(#[doc = $doc])+ pub const $name: &str = $code;)+
        /// Every code, for the test that they are unique.
        #[cfg(test)]
        pub(crate) const ALL: &[&str] = &[$($code),+];
    };
}

codes! {
    /// The source is not UTF-8.
    NOT_UTF8 = "E0001";
    /// The source is too large.
    TOO_LARGE = "E0002";
    /// A character that starts no token.
    BAD_CHARACTER = "E0003";
    /// A comment, string or character literal that does not end.
    UNTERMINATED = "E0004";
    /// An escape sequence that does not exist.
    BAD_ESCAPE = "E0005";
    /// A number or character literal that is not well-formed.
    BAD_LITERAL = "E0006";
    /// Another token than the grammar wants.
    UNEXPECTED = "E0010";
    /// Nested too deeply.
    TOO_DEEP = "E0011";
    /// A construct of the language that is not supported yet.
    UNSUPPORTED = "E0012";
    /// A symbol with the `@` of a version.
    VERSIONED_SYMBOL = "E0021";
    /// A name that nothing declares.
    UNKNOWN_NAME = "E1001";
    /// A type that does not exist.
    UNKNOWN_TYPE = "E1002";
    /// A name declared twice.
    DUPLICATE = "E1003";
    /// A value of another type than is wanted.
    TYPE_MISMATCH = "E1004";
    /// A call with the wrong number of arguments.
    WRONG_ARITY = "E1005";
    /// An operator that the types do not have.
    BAD_OPERAND = "E1006";
    /// A function that may end without returning its result.
    MISSING_RETURN = "E1007";
    /// Assignment to a local that is not `mut`.
    NOT_MUTABLE = "E1008";
    /// `break` or `continue` outside a loop.
    OUTSIDE_LOOP = "E1009";
    /// A `main` with parameters or another result than unit, i32 or i64.
    BAD_MAIN = "E1010";
    /// A literal that does not fit its type.
    OUT_OF_RANGE = "E1011";
    /// A `pub` function whose name the runtime or the host uses.
    RESERVED_EXPORT = "E1012";
    /// Something that is no place is assigned to.
    NOT_A_PLACE = "E1013";
    /// A local of type unit.
    UNIT_LOCAL = "E1014";
    /// A literal of a type that does not give each of its fields a value.
    MISSING_FIELD = "E1015";
    /// `Extern` on something that is no contract.
    MISPLACED_EXTERN = "E1510";
    /// A foreign interface of another ABI than C.
    BAD_ABI = "E1511";
    /// A foreign interface without a library, or with an empty name in it.
    BAD_EXTERN_NAME = "E1512";
    /// A type that does not cross the boundary to foreign functions.
    NOT_FOREIGN_TYPE = "E1513";
    /// A foreign function with the name of a runtime builtin.
    RESERVED_EXTERN = "E1514";
    /// A foreign symbol declared twice, in different ways.
    CONFLICTING_EXTERN = "E1515";
    /// An argument that the attribute does not have.
    BAD_ARGUMENT = "E1516";
    /// `Export` on something that is no `pub` function.
    MISPLACED_EXPORT = "E1517";
    /// `CLayout` or `Callback` on something else than they are for.
    MISPLACED_ATTRIBUTE = "E1518";
    /// A `CLayout` type that C could not lay out, or does in another way.
    BAD_LAYOUT = "E1519";
    /// Something else than an exported function where C wants one to call.
    NOT_CALLABLE_FROM_C = "E1520";
    /// `ref` of something that has no address, or outside of a call.
    BAD_REF = "E1521";
}

#[cfg(test)]
mod tests {
    #[test]
    fn codes_are_unique() {
        let unique = super::ALL.iter().collect::<std::collections::BTreeSet<_>>();
        assert_eq!(unique.len(), super::ALL.len());
    }
}

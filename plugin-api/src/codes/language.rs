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

    /// Two types, enums or contracts have one name.
    ///
    /// Rename one.
    E1001;

    /// An enum has two variants of one name.
    E1002;

    /// A contract has two methods of one name.
    E1003;

    /// Embedded contracts have methods of one name that differ, or embed one another in a
    /// circle.
    E1004;

    /// A field, a payload or a parameter has a type that does not exist.
    ///
    /// The help names the nearest one.
    E1005;

    /// Two functions, tests or attributes have one name.
    ///
    /// Rename one.
    E1006;

    /// `main` has parameters, or returns something other than unit, i32 or i64.
    E1010;

    /// A literal does not fit its type.
    E1011;

    /// A `pub` function has a name that the runtime owns, or a name begins with `__`.
    ///
    /// Rename it, or leave out `pub`.
    E1012;

    /// Something is assigned to that is no place: no local, field or element.
    E1013;

    /// A local, a parameter, a field, an element or a type argument would have type unit.
    E1014;

    /// Nothing has this name.
    ///
    /// The help names the nearest one.
    E1101;

    /// Two locals, parameters, fields or items of one scope have one name.
    ///
    /// Rename one.
    E1102;

    /// Two imports bring the same name.
    ///
    /// Rename one with `as`, or write the qualified name.
    E1104;

    /// An import leads nowhere: its first name is unknown.
    E1105;

    /// A local is used before its declaration.
    ///
    /// Move the declaration up.
    E1106;

    /// A path reaches an item that is private to another module.
    ///
    /// Write `pub` before the item.
    E1107;

    /// No module has this path.
    E1108;

    /// No type has this name, or something that is no value is used as one.
    E1201;

    /// A type cannot be inferred here.
    ///
    /// Write it.
    E1202;

    /// Type arguments are missing, and nothing determines them.
    ///
    /// Write them.
    E1203;

    /// The number of arguments, type arguments or parameters is wrong.
    E1204;

    /// An argument has another type than the parameter.
    E1205;

    /// A value has another type than is wanted.
    ///
    /// Integers become wider by themselves, nothing else does.
    E1206;

    /// A function returns another type than it says, or may end without returning a value.
    ///
    /// Return on every path.
    E1207;

    /// A condition is not a bool.
    E1208;

    /// An operator does not work between these types.
    E1209;

    /// An operator does not work on this type.
    E1210;

    /// A struct has no such field, or its value gives a field twice.
    E1211;

    /// A struct's value leaves out fields.
    ///
    /// Give each a value.
    E1212;

    /// Something that has no members is asked for one.
    E1213;

    /// A local or parameter changes that is not `mut`.
    ///
    /// Declare it with `mut`.
    E1214;

    /// `for` goes over something that is no range, no array, and has no method `Next`.
    E1215;

    /// The method `Next` of what `for` goes over takes parameters.
    E1216;

    /// The method `Next` of what `for` goes over does not return an `Option`.
    E1217;

    /// The `Option` that `Next` returns has not the variants `Some` with one value and `None`.
    E1218;

    /// An event is raised outside of its type's methods, or is that of another value than `this`.
    ///
    /// Raise it in a method.
    E1219;

    /// The capacity of an event is not positive.
    E1220;

    /// A handler is added to, or removed from, something that is no event.
    E1221;

    /// `?` stands after something that is no `Result` with `Ok` and `Error` of one value each.
    E1222;

    /// An `out` parameter is not assigned on every path, or read before it is.
    E1223;

    /// The argument of an `out` parameter cannot change.
    ///
    /// Declare it with `mut`.
    E1224;

    /// The argument of a `ref` or `out` parameter is no place, or lacks the word.
    ///
    /// Write `ref` or `out` where the parameter has it, and nowhere else.
    E1225;

    /// A lambda captures a `ref` or `out` parameter.
    ///
    /// Copy it into a local first.
    E1226;

    /// The type arguments of a function or type never end: each needs another of them.
    E1227;

    /// No enum, or no variant, has this name.
    E1301;

    /// The value of a variant has the wrong number of payload values.
    E1302;

    /// A variant is named without its enum.
    ///
    /// Write `Enum::Variant`.
    E1303;

    /// A match does not cover every value; a missing case is named.
    ///
    /// Add an arm, or `_`.
    E1304;

    /// The arms of a match have different types.
    E1305;

    /// A pattern binds one name twice.
    E1306;

    /// A pattern has the wrong number of parts for the variant.
    E1307;

    /// The guard of an arm is not a bool.
    E1308;

    /// `break` stands outside a loop.
    E1401;

    /// `continue` stands outside a loop.
    E1402;

    /// An import names an item that is private to another module.
    ///
    /// Write `pub` before the item.
    E1501;

    /// No file belongs to a declared module; the candidates are named.
    E1502;

    /// The name of a file's module stands after other items.
    ///
    /// Make it the first item.
    E1505;

    /// A file names its module twice.
    E1506;

    /// A file that names its module declares another one.
    E1507;

    /// An attribute names a target twice.
    E1508;

    /// An attribute names a target that does not exist.
    E1509;

    /// An attribute stands before something that it is not for, or `Extern` before something
    /// that is no contract.
    ///
    /// Declare foreign functions in a contract.
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
    /// Pass `ref x`, for a local `u8 mut x`, a field or an element.
    E1521;

    /// No attribute has this name.
    E1530;

    /// The attribute has no such parameter.
    E1531;

    /// The attribute needs an argument that is missing.
    E1532;

    /// An argument of an attribute is given twice.
    E1533;

    /// An argument of an attribute has another type than the parameter, or is no constant.
    E1534;

    /// A test's `meta` or `skip` has an unknown or doubled key, stands twice, or has a value of
    /// the wrong kind.
    E1540;

    /// A type lacks a method of a contract that it declares.
    E1601;

    /// A type's method differs from that of a contract that it declares.
    E1602;

    /// Two methods fit a call equally well.
    E1603;

    /// There is no such method, or nothing that can be called.
    E1606;

    /// A type declares something that is no contract, or a value's type does not declare the
    /// contract that is wanted.
    E1607;

    /// `?` passes on an error of another type than the function's.
    E1702;

    /// A `meta` block stands beside the items of a program.
    ///
    /// Remove it: `meta` belongs into a `test`.
    E1851;

    /// A local hides another one, or an item.
    W1103;

    /// An integer becomes a narrower one, and keeps its low bits.
    W1203;

    /// A name alone in a pattern is that of a variant: it binds, and matches everything.
    ///
    /// Write `Enum::Variant`.
    W1309;

    /// Nothing reaches this code, or this arm.
    W1403;

    /// A statement does nothing: its value is thrown away.
    ///
    /// Use the value, or remove it.
    W1404;

    /// A value is thrown away that may have an error in it, or that is all that a call made.
    ///
    /// Use `?` or `match`, or keep the value.
    W1405;

    /// An import is not used.
    W1503;

    /// A private item is not used.
    W1504;

    /// The documentation names an argument that does not exist.
    W1610;

    /// The documentation names an argument twice.
    W1611;

    /// The documentation of something that is not called names arguments or a result.
    W1612;

    /// The documentation names the result of something that returns unit.
    W1613;

    /// The documentation has an unknown directive.
    W1614;

    /// The documentation refers to something that does not exist.
    W1615;

    /// The documentation of something that is no enum names variants.
    W1620;

    /// The documentation names a variant that does not exist.
    W1621;

    /// The documentation names a variant twice.
    W1622;

    /// The documentation names a type parameter of something that has none.
    W1623;

    /// The documentation names a type parameter that does not exist.
    W1624;

    /// The documentation names a type parameter twice.
    W1625;

    /// `?` in a function that returns no `Result` ends the program on an error.
    W1704;
}

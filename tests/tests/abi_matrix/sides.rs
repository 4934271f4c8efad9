//! Both sides of the boundary: the same types, values and comparisons, in
//! Beskid and in C.

use std::fmt::Write;

use crate::signatures::{Arg, Case, Matrix, Shape};
use crate::values::{Value, list};

/// What every C file starts with. `byte` gives a reference to Beskid.
const HEAD: &str = "\
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
static uint8_t bytes[256];
static uint64_t sum;
static int wrong;
uint8_t *byte(int32_t value) { bytes[value] = value; return bytes + value; }
int64_t folded(void) { return sum >> 1; }
void fail(int32_t number) { wrong++; printf(\"arguments of g%d\\n\", number); }
__attribute__((constructor)) static void fill(void) { for (int i = 0; i < 256; i++) bytes[i] = i; }
";

/// The methods that Beskid needs of the C side in every program.
pub const COMMON: &str = "    ref u8 byte(i32 value);\n    unit fail(i32 number);\n";

impl Shape {
    fn beskid(&self) -> String {
        if self.is_view {
            return String::new();
        }
        let align = self.align.map(|align| format!("(Align: {align})"));
        let fields = list(&self.fields, |_, (name, kind)| {
            format!("{} {name}", kind.beskid())
        });
        let (align, name) = (align.unwrap_or_default(), &self.name);
        format!("[CLayout{align}]\ntype {name} {{ {fields} }}\n")
    }

    fn c(&self) -> String {
        let align = self
            .align
            .map(|align| format!("__attribute__((aligned({align})))"));
        let fields = self.fields.iter();
        let fields = fields.map(|(name, kind)| format!(" {} {name};", kind.c()));
        let (align, fields) = (align.unwrap_or_default(), fields.collect::<String>());
        let name = &self.name;
        format!("typedef struct {align} {name} {{{fields} }} {name};\n")
    }
}

impl Matrix {
    fn types(&self, arg: &Arg) -> (&str, &str) {
        match arg {
            Arg::Scalar(value) => (value.kind().beskid(), value.kind().c()),
            Arg::Struct(shape, _) => (&self.shapes[*shape].name, &self.shapes[*shape].name),
        }
    }

    /// The values in an argument, each with the suffix that reads it.
    fn parts(&self, arg: &Arg) -> Vec<(String, Value)> {
        match arg {
            Arg::Scalar(value) => vec![(String::new(), *value)],
            Arg::Struct(shape, values) => {
                let names = self.shapes[*shape].fields.iter();
                let names = names.map(|(name, _)| format!(".{name}"));
                names.zip(values.iter().copied()).collect()
            }
        }
    }

    pub fn beskid_types(&self) -> String {
        self.shapes.iter().map(Shape::beskid).collect()
    }

    fn beskid_result(&self, case: &Case) -> &str {
        case.result.as_ref().map_or("unit", |arg| self.types(arg).0)
    }

    fn c_result(&self, case: &Case) -> &str {
        case.result.as_ref().map_or("void", |arg| self.types(arg).1)
    }

    /// The parameters of a case, with or without names.
    fn beskid_params(&self, case: &Case) -> String {
        list(&case.args, |n, arg| format!("{} p{n}", self.types(arg).0))
    }

    fn c_params(&self, case: &Case) -> String {
        if case.args.is_empty() {
            return "void".to_owned();
        }
        list(&case.args, |n, arg| format!("{} p{n}", self.types(arg).1))
    }

    /// The declaration of the C function `NAMEn`, without its end.
    pub fn c_declaration(&self, name: &str, index: usize, case: &Case) -> String {
        let (result, params) = (self.c_result(case), self.c_params(case));
        format!("{result} {name}{index}({params})")
    }

    /// A value, as an argument or a result.
    fn beskid_value(&self, arg: &Arg) -> String {
        let value = |value: Value| match value {
            Value::Ref(value) => format!("C.byte({value})"),
            value => value.beskid(),
        };
        match arg {
            Arg::Scalar(scalar) => value(*scalar),
            Arg::Struct(shape, values) => {
                let shape = &self.shapes[*shape];
                let fields = list(values, |n, field| {
                    format!("{}: {}", shape.fields[n].0, value(*field))
                });
                format!("{} {{ {fields} }}", shape.name)
            }
        }
    }

    /// The condition that `name` is another value.
    fn beskid_differs(&self, name: &str, arg: &Arg) -> String {
        let parts = self.parts(arg).into_iter();
        let parts = parts.map(|(suffix, value)| format!("{name}{suffix} != {}", value.beskid()));
        parts.collect::<Vec<_>>().join(" || ")
    }

    /// A declaration of `name` with this value, and whatever in its padding.
    fn c_declared(&self, name: &str, arg: &Arg) -> String {
        let ty = self.types(arg).1;
        if let Arg::Scalar(value) = arg {
            return format!("{ty} {name} = {};", value.c());
        }
        let mut text = format!("{ty} {name}; memset(&{name}, 0xa5, sizeof {name});");
        for (suffix, value) in self.parts(arg) {
            write!(text, " {name}{suffix} = {};", value.c()).unwrap();
        }
        text
    }

    fn c_equals(&self, name: &str, arg: &Arg) -> String {
        let parts = self.parts(arg).into_iter();
        let parts = parts.map(|(suffix, value)| format!("{name}{suffix} == {}", value.c()));
        parts.collect::<Vec<_>>().join(" && ")
    }

    /// `fN` folds its arguments into a sum and returns its result; `hN` calls
    /// the function that it gets, and says whether that returned its result.
    pub fn c(&self) -> String {
        let mut c = HEAD.to_owned();
        c.extend(self.shapes.iter().map(Shape::c));
        for (index, case) in self.cases.iter().enumerate() {
            let (result, params) = (self.c_result(case), self.c_params(case));
            let mut body = String::new();
            for (number, arg) in case.args.iter().enumerate() {
                for (suffix, value) in self.parts(arg) {
                    let read = match value {
                        Value::F64(_) => format!("(p{number}{suffix} * 4)"),
                        Value::Ref(_) => format!("*p{number}{suffix}"),
                        _ => format!("p{number}{suffix}"),
                    };
                    write!(body, " sum = sum * 31 + (uint64_t)(int64_t){read};").unwrap();
                }
            }
            if let Some(result) = &case.result {
                let declared = self.c_declared("r", result);
                write!(body, " {declared} return r;").unwrap();
            }
            let declaration = self.c_declaration("f", index, case);
            writeln!(c, "{declaration} {{ sum = 17;{body} }}").unwrap();

            let declared = case.args.iter().enumerate();
            let declared = declared.map(|(n, arg)| self.c_declared(&format!("a{n}"), arg) + " ");
            let declared = declared.collect::<String>();
            let call = format!("g({})", list(&case.args, |n, _| format!("a{n}")));
            let checked = match &case.result {
                None => format!("{call}; return true;"),
                Some(arg) => format!("{result} r = {call}; return {};", self.c_equals("r", arg)),
            };
            writeln!(
                c,
                "bool h{index}({result} (*g)({params})) {{ {declared}{checked} }}"
            )
            .unwrap();
        }
        c
    }

    /// The methods `fN`.
    pub fn beskid_functions(&self) -> String {
        let cases = self.cases.iter().enumerate();
        let methods = cases.map(|(index, case)| {
            let (result, params) = (self.beskid_result(case), self.beskid_params(case));
            format!("    {result} f{index}({params});\n")
        });
        methods.collect()
    }

    /// The methods `hN`.
    pub fn beskid_callers(&self) -> String {
        let cases = self.cases.iter().enumerate();
        let methods = cases.map(|(index, case)| {
            let params = list(&case.args, |_, arg| self.types(arg).0.to_owned());
            let result = self.beskid_result(case);
            format!("    bool h{index}({result}({params}) g);\n")
        });
        methods.collect()
    }

    /// Exported functions `gN`, which compare their arguments.
    pub fn beskid_exports(&self) -> String {
        let mut text = String::new();
        for (index, case) in self.cases.iter().enumerate() {
            let (result, params) = (self.beskid_result(case), self.beskid_params(case));
            writeln!(
                text,
                "[Export(Abi: \"C\")]\npub {result} g{index}({params}) {{"
            )
            .unwrap();
            for (number, arg) in case.args.iter().enumerate() {
                let differs = self.beskid_differs(&format!("p{number}"), arg);
                writeln!(text, "    if {differs} {{ C.fail({index}); }}").unwrap();
            }
            if let Some(result) = &case.result {
                writeln!(text, "    return {};", self.beskid_value(result)).unwrap();
            }
            text.push_str("}\n");
        }
        text
    }

    /// Functions `NAMEn`, one for every `step` cases, each of which calls
    /// `CALLEEn` with its arguments and checks the result, and what C folded
    /// of the arguments.
    pub fn beskid_calls(&self, name: &str, callee: &str, folds: bool, step: usize) -> String {
        let mut text = String::new();
        for (index, case) in self.cases.iter().enumerate().step_by(step) {
            writeln!(text, "unit {name}{index}() {{").unwrap();
            let passed = list(&case.args, |number, arg| match arg {
                Arg::Scalar(Value::Ref(value)) => {
                    writeln!(text, "    u8 mut b{number} = {value};").unwrap();
                    format!("ref b{number}")
                }
                arg => self.beskid_value(arg),
            });
            match &case.result {
                None => writeln!(text, "    {callee}{index}({passed});"),
                Some(result) => writeln!(
                    text,
                    "    let r = {callee}{index}({passed});\n    \
                     if {} {{ __syscall_write(1, \"result of {callee}{index}\\n\"); }}",
                    self.beskid_differs("r", result),
                ),
            }
            .unwrap();
            if folds {
                let parts = case.args.iter().flat_map(|arg| self.parts(arg));
                let fold = |sum: u64, (_, value): (_, Value)| {
                    sum.wrapping_mul(31).wrapping_add(value.folded())
                };
                let folded = parts.fold(17, fold) >> 1;
                writeln!(
                    text,
                    "    if C.folded() != {folded} \
                     {{ __syscall_write(1, \"arguments of {callee}{index}\\n\"); }}",
                )
                .unwrap();
            }
            text.push_str("}\n");
        }
        text
    }
}

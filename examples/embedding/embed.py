"""A program in Python that compiles a Beskid program and calls it: `embed.py LIBRARY`."""

import ctypes
import sys
from ctypes import POINTER, byref, c_char_p, c_int64, c_size_t, c_uint32, c_void_p


class Of(ctypes.Union):
    _fields_ = [("integer", c_int64), ("f32", ctypes.c_float), ("f64", ctypes.c_double)]


class Value(ctypes.Structure):
    _fields_ = [("type", c_uint32), ("of", Of)]


I64, PANIC = 4, 2
library = ctypes.CDLL(sys.argv[1])
for name, result, arguments in [
    ("engine_new", c_void_p, [c_void_p, POINTER(c_void_p)]),
    ("compile_source", c_void_p, [c_void_p, c_char_p, c_char_p, c_void_p, POINTER(c_void_p)]),
    ("call", c_uint32, [c_void_p, c_char_p, POINTER(Value), c_size_t, POINTER(Value), POINTER(c_void_p)]),
    ("error_message", c_char_p, [c_void_p]),
    ("error_position", c_char_p, [c_void_p]),
    ("error_free", None, [c_void_p]),
    ("instance_free", None, [c_void_p]),
    ("engine_free", None, [c_void_p]),
]:
    function = getattr(library, "beskid_" + name)
    function.restype, function.argtypes = result, arguments

PROGRAM = b"""[Export(Abi: "C")]
pub i64 halve(i64 n) {
    if n % 2 != 0 { panic("not even"); }
    return n / 2;
}
"""

error = c_void_p()
engine = library.beskid_engine_new(None, byref(error))
instance = library.beskid_compile_source(engine, b"halve.bd", PROGRAM, None, byref(error))
for n in [42, 7, 8]:
    argument, result = Value(I64, Of(integer=n)), Value()
    status = library.beskid_call(instance, b"halve", byref(argument), 1, byref(result), byref(error))
    if status == PANIC:
        message = library.beskid_error_message(error).decode()
        position = library.beskid_error_position(error).decode()
        print(f"{n}: {message} at {position}")
        library.beskid_error_free(error)
    else:
        print(f"{n}: {result.of.integer}")
library.beskid_instance_free(instance)
library.beskid_engine_free(engine)

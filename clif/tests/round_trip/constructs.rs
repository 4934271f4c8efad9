//! One function for each part of CLIF, written as text.

use crate::trip::{parsed, survives};

const INTEGERS: &str = "
function u0:0(i8, i16, i32, i64, i128) -> i64 {
block0(v0: i8, v1: i16, v2: i32, v3: i64, v4: i128):
    v5 = iconst.i8 -1
    v6 = iadd v0, v5
    v7 = icmp slt v1, v1
    v8 = icmp eq v4, v4
    v9 = icmp ugt v2, v2
    v10, v11 = isplit v4
    v12 = uextend.i64 v2
    v13 = select v7, v3, v12
    v14 = popcnt v13
    v15, v16 = sadd_overflow v3, v14
    v17 = uadd_overflow_trap v3, v15, user1
    v18 = iconst.i64 0x7fff_ffff_ffff_ffff
    trapz v18, int_ovf
    trapnz v18, int_divz
    return v17
}";

const FLOATS: &str = "
function u0:0(f32, f64) -> f64 fast {
block0(v0: f32, v1: f64):
    v2 = f16const 0x1.8p1
    v3 = f32const 0x1.0p-3
    v4 = f64const -NaN:0x1
    v5 = fadd v0, v3
    v6 = fpromote.f64 v5
    v7 = fma v6, v1, v4
    v8 = fcmp ord v7, v1
    v9 = fcmp uge v0, v5
    v10 = fcmp one v0, v5
    v11 = select v8, v7, v1
    return v11
}";

const VECTORS: &str = "
function u0:0(i8x16, f64x2) -> i8x16 {
    const0 = 0x0f0e0d0c0b0a09080706050403020100
block0(v0: i8x16, v1: f64x2):
    v2 = vconst.i8x16 const0
    v3 = shuffle v0, v2, [16 1 18 3 20 5 22 7 24 9 26 11 28 13 30 15]
    v4 = extractlane v3, 3
    v5 = insertlane v2, v4, 15
    v6 = fcmp lt v1, v1
    return v5
}";

const MEMORY: &str = "
function u0:0(i64) -> i64 {
    ss0 = explicit_slot 16, align = 16
    ss1 = explicit_slot 8, key = 7
    gv0 = vmctx
    gv1 = symbol u1:0
    gv2 = load.i64 notrap aligned readonly gv0+16
    gv3 = iadd_imm.i64 gv2, -8
block0(v0: i64):
    v1 = load.i32 v0
    v2 = load.i64 notrap aligned v0+8
    v3 = load.i64 notrap aligned readonly can_move v0-8
    v4 = load.i64 little v0
    v5 = load.i64 big v0
    store v2, v0+2147483647
    store aligned v3, v0-2147483648
    v6 = uload8.i64 v0+1
    istore16 v6, v0
    v7 = stack_addr.i64 ss0+8
    v8 = symbol_value.i64 gv1
    v9 = load.i64 user3 v8
    v10 = symbol_value.i64 gv1
    return v10
}";

const ATOMICS: &str = "
function u0:0(i64, i32) -> i32 {
block0(v0: i64, v1: i32):
    v2 = atomic_load.i32 v0
    atomic_store v1, v0
    v3 = atomic_rmw.i32 add v0, v1
    v4 = atomic_rmw.i32 nand v0, v3
    v5 = atomic_rmw.i32 umin v0, v3
    v6 = atomic_rmw.i32 smax v0, v3
    v7 = atomic_rmw.i32 xchg v0, v3
    v8 = atomic_cas.i32 v0, v3, v7
    fence
    return v8
}";

const CONTROL: &str = "
function u0:0(i32) -> i32 {
block0(v0: i32):
    brif v0, block1(v0), block2

block1(v1: i32):
    v2 = iconst.i32 1
    v3 = iadd v1, v2
    br_table v3, block4(v3), [block1(v2), block3, block4(v0)]

block2 cold:
    trap heap_oob

block3:
    jump block4(v0)

block4(v4: i32):
    return v4
}";

const CALLS: &str = "
function u0:0(i32, i64) -> i32 tail {
    sig0 = (i32, i64) -> i32 tail
    sig1 = (i32 sext, i64 sret) -> i8 uext system_v
    sig2 = (i32, i64) -> i32 tail
    fn0 = u0:0 sig0
    fn1 = u0:1 sig1
    fn2 = %CeilF32 sig1
block0(v0: i32, v1: i64):
    v2 = call fn0(v0, v1)
    v3 = func_addr.i64 fn1
    v4 = call_indirect sig1, v3(v2, v1)
    brif v4, block1, block2

block1:
    return_call fn0(v2, v1)

block2:
    return_call_indirect sig2, v3(v2, v1)
}";

const EXCEPTIONS: &str = "
function u0:0(i32, i64) -> i32 tail {
    sig0 = (i32, i64) -> i32 tail
    fn0 = u0:0 sig0
block0(v0: i32, v1: i64):
    try_call fn0(v0, v1), sig0, block1(ret0), [ context v1, tag7: block2(exn0), default: block3(exn0, exn1) ]

block1(v2: i32):
    v3 = func_addr.i64 fn0
    try_call_indirect v3(v2, v1), sig0, block1(ret0), [ tag1: block2(exn1) ]

block2(v4: i64):
    v5 = get_exception_handler_address.i64 block2, 0
    v6 = ireduce.i32 v4
    return v6

block3(v7: i64, v8: i64):
    v9 = ireduce.i32 v8
    return v9
}";

const DYNAMIC: &str = "
function u0:0() {
    gv0 = dyn_scale_target_const.i32x4
    dt0 = i32x4*gv0
    dss0 = explicit_dynamic_slot dt0
block0:
    v0 = dynamic_stack_addr.i64 dss0
    nop
    return
}";

const POSITIONS: &str = "
function u0:0() -> i32 {
block0:
@0010 v0 = iconst.i32 1
@0010 v1 = iconst.i32 2
    v2 = iadd v0, v1
@0004 return v2
}";

#[test]
fn every_kind_of_construct_survives() {
    for clif in [
        INTEGERS, FLOATS, VECTORS, MEMORY, ATOMICS, CONTROL, CALLS, EXCEPTIONS, DYNAMIC, POSITIONS,
    ] {
        survives(&parsed(clif));
    }
}

#include "instructions.h"

#include <string.h>

#include "write.h"

const char *const INT_CONDITION_TEXTS[INT_CONDITIONS] = {
    "$a == $b",         "$a != $b",         "($S)$a < ($S)$b", "($S)$a >= ($S)$b",
    "($S)$a > ($S)$b",  "($S)$a <= ($S)$b", "$a < $b",         "$a >= $b",
    "$a > $b",          "$a <= $b"};

const char *const FLOAT_CONDITION_TEXTS[FLOAT_CONDITIONS] = {
    "$a == $a && $b == $b", "$a != $a || $b != $b", "$a == $b", "$a != $b",
    "$a < $b || $a > $b",   "!($a < $b || $a > $b)", "$a < $b", "$a <= $b",
    "$a > $b",              "$a >= $b",              "!($a >= $b)", "!($a > $b)",
    "!($a <= $b)",          "!($a < $b)"};

#define CHOOSE(TYPE, SIGN)                                                              \
    "{ $T y = __atomic_load_n(($T *)$a, 5); "                                           \
    "while (!__atomic_compare_exchange_n(($T *)$a, &y, (" TYPE ")y " SIGN " (" TYPE     \
    ")$b ? y : $b, 0, 5, 5)); $r = y; }"

/* 5 is C11's memory_order_seq_cst. */
const char *const ATOMIC_TEXTS[ATOMIC_OPERATIONS] = {
    "$r = __atomic_fetch_add(($T *)$a, $b, 5);",  "$r = __atomic_fetch_sub(($T *)$a, $b, 5);",
    "$r = __atomic_fetch_and(($T *)$a, $b, 5);",  "$r = __atomic_fetch_nand(($T *)$a, $b, 5);",
    "$r = __atomic_fetch_or(($T *)$a, $b, 5);",   "$r = __atomic_fetch_xor(($T *)$a, $b, 5);",
    "$r = __atomic_exchange_n(($T *)$a, $b, 5);", CHOOSE("$T", "<"), CHOOSE("$T", ">"),
    CHOOSE("$S", "<"), CHOOSE("$S", ">")};

static const rule RULES[] = {
    /* Constants. */
    {"iconst", "6>I", "$r = $w;", 0, 0},
    {"f32const", "4>x", "$r = f32_of($w);", 0, 0},
    {"f64const", "5>y", "$r = f64_of($w);", 0, 0},

    /* Integers: computed without a sign on 64 or 128 bits, and cut by the assignment, so
     * that C's own rules for narrow and for signed numbers never come into play. */
    {"iadd", "II>I", "$r = ($W)$a + ($W)$b;", 0, 0},
    {"isub", "II>I", "$r = ($W)$a - ($W)$b;", 0, 0},
    {"imul", "II>I", "$r = ($W)$a * ($W)$b;", 0, 0},
    {"ineg", "I>I", "$r = -($W)$a;", 0, 0},
    {"iabs", "I>I", "$r = ($S)$a < 0 ? -($W)$a : $a;", 0, 0},
    {"umulhi", "NN>N", "$r = (u128)$a * (u128)$b >> $n;", 0, 0},
    {"smulhi", "NN>N", "$r = (i128)($S)$a * (i128)($S)$b >> $n;", 0, 0},
    {"udiv", "II>I", "if (!$b) TRAP(); $r = $a / $b;", 0, 0},
    {"urem", "II>I", "if (!$b) TRAP(); $r = $a % $b;", 0, 0},
    {"sdiv", "II>I",
     "if (!$b || (($S)$b == -1 && $a == ($T)(($W)1 << $N))) TRAP(); $r = ($S)$a / ($S)$b;", 0, 0},
    {"srem", "II>I", "if (!$b) TRAP(); $r = ($S)$b == -1 ? 0 : ($S)$a % ($S)$b;", 0, 0},
    {"smin", "II>I", "$r = ($S)$a < ($S)$b ? $a : $b;", 0, 0},
    {"smax", "II>I", "$r = ($S)$a > ($S)$b ? $a : $b;", 0, 0},
    {"umin", "II>I", "$r = $a < $b ? $a : $b;", 0, 0},
    {"umax", "II>I", "$r = $a > $b ? $a : $b;", 0, 0},
    {"uadd_overflow", "II>Ib", "$q = __builtin_add_overflow($a, $b, &$r);", 0, 0},
    {"usub_overflow", "II>Ib", "$q = __builtin_sub_overflow($a, $b, &$r);", 0, 0},
    {"umul_overflow", "II>Ib", "$q = __builtin_mul_overflow($a, $b, &$r);", 0, 0},
    {"sadd_overflow", "II>Ib",
     "{ $S y; $q = __builtin_add_overflow(($S)$a, ($S)$b, &y); $r = y; }", 0, 0},
    {"ssub_overflow", "II>Ib",
     "{ $S y; $q = __builtin_sub_overflow(($S)$a, ($S)$b, &y); $r = y; }", 0, 0},
    {"smul_overflow", "II>Ib",
     "{ $S y; $q = __builtin_mul_overflow(($S)$a, ($S)$b, &y); $r = y; }", 0, 0},
    {"uadd_overflow_cin", "IIb>Ib",
     "{ $T y; $q = __builtin_add_overflow($a, $b, &y); "
     "$q |= __builtin_add_overflow(y, ($T)!!$c, &$r); }", 0, 0},
    {"usub_overflow_bin", "IIb>Ib",
     "{ $T y; $q = __builtin_sub_overflow($a, $b, &y); "
     "$q |= __builtin_sub_overflow(y, ($T)!!$c, &$r); }", 0, 0},
    /* Two overflows of signed numbers in a row undo one another. */
    {"sadd_overflow_cin", "IIb>Ib",
     "{ $S y, z; $q = __builtin_add_overflow(($S)$a, ($S)$b, &y); "
     "$q ^= __builtin_add_overflow(y, ($S)!!$c, &z); $r = z; }", 0, 0},
    {"ssub_overflow_bin", "IIb>Ib",
     "{ $S y, z; $q = __builtin_sub_overflow(($S)$a, ($S)$b, &y); "
     "$q ^= __builtin_sub_overflow(y, ($S)!!$c, &z); $r = z; }", 0, 0},
    {"uadd_overflow_trap", "IIt>I", "if (__builtin_add_overflow($a, $b, &$r)) TRAP();", 0, 0},
    {"icmp", "CII>b", "$r = $?;", 0, 0},

    /* Bits, of floats too. */
    {"band", "AA>A", "$r = $f($A & $B);", 0, 0},
    {"bor", "AA>A", "$r = $f($A | $B);", 0, 0},
    {"bxor", "AA>A", "$r = $f($A ^ $B);", 0, 0},
    {"bnot", "A>A", "$r = $f(~$A);", 0, 0},
    {"bitselect", "AAA>A", "$r = $f(($A & $B) | (~$A & $C));", 0, 0},
    {"ishl", "Ii>I", "$r = ($W)$a << ((u64)$b & $N);", 0, 0},
    {"ushr", "Ii>I", "$r = $a >> ((u64)$b & $N);", 0, 0},
    {"sshr", "Ii>I", "$r = ($S)$a >> ((u64)$b & $N);", 0, 0},
    {"rotl", "Ii>I",
     "{ u64 y = (u64)$b & $N; $r = ($W)$a << y | $a >> (($n - y) & $N); }", 0, 0},
    {"rotr", "Ii>I",
     "{ u64 y = (u64)$b & $N; $r = $a >> y | ($W)$a << (($n - y) & $N); }", 0, 0},
    {"clz", "I>I", "$r = clz($a, $n);", 0, 0},
    {"ctz", "I>I", "$r = ctz($a, $n);", 0, 0},
    {"cls", "I>I", "$r = clz(($T)($a ^ (($S)$a >> $N)), $n) - 1;", 0, 0},
    {"popcnt", "I>I", "$r = popcnt($a);", 0, 0},
    {"bitrev", "I>I", "$r = bitrev($a, $n);", 0, 0},
    {"bswap", "I>I", "$r = swap($a);", 0, 0},
    {"bmask", "i>I", "$r = $a ? -($W)1 : 0;", 0, 0},
    {"select", "iAA>A", "$r = $a ? $b : $c;", 0, 0},
    {"select_spectre_guard", "iAA>A", "$r = $a ? $b : $c;", 0, 0},

    /* Width. */
    {"uextend", "n>I", "$r = $a;", 0, 0},
    {"sextend", "n>I", "$r = ($S)($V)$a;", 0, 0},
    {"ireduce", "w>I", "$r = $a;", 0, 0},
    {"iconcat", "hh>I", "$r = ($W)$b << $m | $a;", 0, 0},
    {"isplit", "d>II", "$r = $a; $q = $a >> $n;", 0, 0},
    {"bitcast", "Me>A", "$r = $f($A);", 0, 0},

    /* Floats. */
    {"fadd", "FF>F", "$r = $a + $b;", 0, 0},
    {"fsub", "FF>F", "$r = $a - $b;", 0, 0},
    {"fmul", "FF>F", "$r = $a * $b;", 0, 0},
    {"fdiv", "FF>F", "$r = $a / $b;", 0, 0},
    {"sqrt", "F>F", "$r = sqrt_$T($a);", 0, 0},
    {"fma", "FFF>F", "$r = fma_$T($a, $b, $c);", 0, 0},
    {"fneg", "F>F", "$r = $f($A ^ $G);", 0, 0},
    {"fabs", "F>F", "$r = $f($A & ~$G);", 0, 0},
    {"fcopysign", "FF>F", "$r = $f(($A & ~$G) | ($B & $G));", 0, 0},
    {"fmin", "FF>F", "$r = min_$T($a, $b);", 0, 0},
    {"fmax", "FF>F", "$r = max_$T($a, $b);", 0, 0},
    {"ceil", "F>F", "$r = ceil_$T($a);", 0, 0},
    {"floor", "F>F", "$r = floor_$T($a);", 0, 0},
    {"trunc", "F>F", "$r = trunc_$T($a);", 0, 0},
    {"nearest", "F>F", "$r = nearest_$T($a);", 0, 0},
    {"fpromote", "n>F", "$r = $a;", 0, 0},
    {"fdemote", "w>F", "$r = $a;", 0, 0},
    {"fcvt_from_uint", "m>F", "$r = $a;", 0, 0},
    {"fcvt_from_sint", "m>F", "$r = ($V)$a;", 0, 0},
    {"fcvt_to_uint", "f>N",
     "{ $U y = trunc_$U($a); if (!(y >= 0 && y < 0x1p$n)) TRAP(); $r = ($T)y; }", 0, 0},
    {"fcvt_to_sint", "f>N",
     "{ $U y = trunc_$U($a); if (!(y >= -0x1p$N && y < 0x1p$N)) TRAP(); $r = ($S)y; }", 0, 0},
    {"fcvt_to_uint_sat", "f>N",
     "if (!($a >= 1)) $r = 0; else if ($a >= 0x1p$n) $r = -1; else $r = ($T)$a;", 0, 0},
    {"fcvt_to_sint_sat", "f>N",
     "if ($a != $a) $r = 0; else if ($a < -0x1p$N) $r = (u64)1 << $N; "
     "else if ($a >= 0x1p$N) $r = ((u64)1 << $N) - 1; else $r = ($S)$a;", 0, 0},
    {"fcmp", "DFF>b", "$r = $?;", 0, 0},

    /* Memory. */
    {"load", "Mpo>A", "$r = $f($e(*(m_$I *)($a + $o)));", 0, 0},
    {"uload8", "Mpo>I", "$r = *(m_u8 *)($a + $o);", 0, 0},
    {"uload16", "Mpo>I", "$r = (u16)$e(*(m_u16 *)($a + $o));", 0, 0},
    {"uload32", "Mpo>I", "$r = (u32)$e(*(m_u32 *)($a + $o));", 0, 0},
    {"sload8", "Mpo>I", "$r = ($S)(i8)*(m_u8 *)($a + $o);", 0, 0},
    {"sload16", "Mpo>I", "$r = ($S)(i16)$e(*(m_u16 *)($a + $o));", 0, 0},
    {"sload32", "Mpo>I", "$r = ($S)(i32)$e(*(m_u32 *)($a + $o));", 0, 0},
    {"store", "MApo>", "*(m_$I *)($b + $o) = $e($A);", 0, 0},
    {"istore8", "MIpo>", "*(m_u8 *)($b + $o) = $a;", 0, 0},
    {"istore16", "MIpo>", "*(m_u16 *)($b + $o) = $e((u16)$a);", 0, 0},
    {"istore32", "MIpo>", "*(m_u32 *)($b + $o) = $e((u32)$a);", 0, 0},
    {"stack_addr", "So>p", "$r = (u64)k$s + $o;", 0, 0},
    {"symbol_value", "G>A", 0, write_global_value, 0},
    {"func_addr", "k>p", "$r = $k;", 0, 0},
    {"atomic_load", "Mp>N", "$r = __atomic_load_n(($T *)$a, 5);", 0, 0},
    {"atomic_store", "MNp>", "__atomic_store_n(($T *)$b, $a, 5);", 0, 0},
    {"atomic_rmw", "MupN>N", "$u", 0, 0},
    {"atomic_cas", "MpNN>N",
     "{ $T y = $b; __atomic_compare_exchange_n(($T *)$a, &y, $c, 0, 5, 5); $r = y; }", 0, 0},
    {"fence", ">", "__atomic_thread_fence(5);", 0, 0},

    /* Control. */
    {"call", "kL>*", 0, write_call, 0},
    {"call_indirect", "sL>*", 0, write_call_indirect, 0},
    {"jump", "B>", 0, write_jump, true},
    {"brif", "iBB>", 0, write_branch, true},
    {"br_table", "cJ>", 0, write_branch_table, true},
    {"return", "L>", 0, write_return, true},
    {"trap", "t>", "TRAP();", 0, true},
    {"trapz", "it>", "if (!$a) TRAP();", 0, 0},
    {"trapnz", "it>", "if ($a) TRAP();", 0, 0},
    {"nop", ">", ";", 0, 0},
    {"sequence_point", ">", "__asm__ volatile(\"\" ::: \"memory\");", 0, 0},
    {"debugtrap", ">", "__asm__ volatile(\"int3\");", 0, 0},
    {"get_frame_pointer", ">p", "$r = (u64)__builtin_frame_address(0);", 0, 0},
    {"get_return_address", ">p", "$r = (u64)__builtin_return_address(0);", 0, 0},
};

const rule *rule_of(const form *f)
{
    for (size_t i = 0; i < sizeof RULES / sizeof *RULES; i++)
        if (is_text(f->mnemonic, RULES[i].mnemonic))
            return &RULES[i];
    return NULL;
}

/* The kind of operand that a letter of a shape stands for. */
static uint8_t kind_of(char letter)
{
    static const char letters[] = "LB6o45GSksJCDMtu";
    static const uint8_t kinds[] = {
        VALUE_LIST, BLOCK_CALL, IMM64,      OFFSET32,      IEEE32,          IEEE64,
        GLOBAL_VALUE, STACK_SLOT, CALLEE,   SIGNATURE,     JUMP_TABLE,      INT_CONDITION,
        FLOAT_CONDITION, MEMORY_FLAGS, TRAP_CODE, ATOMIC_OPERATION};
    const char *found = strchr(letters, letter);
    return found ? kinds[found - letters] : VALUE;
}

void check_form(call *call, const form *f)
{
    if (!f->rule)
        refuse(call, "E5006", "use another backend, or a producer that avoids it",
               "it does not know `%.100s`", f->mnemonic.data);
    const char *shape = f->rule->shape;
    uint32_t at = 0;
    while (at < f->operand_count && *shape != '>' && kind_of(*shape) == f->operands[at]) {
        shape++;
        at++;
    }
    bool fits = at == f->operand_count && *shape == '>';
    if (fits && shape[1] != '*')
        fits = strlen(shape + 1) == f->result_count;
    if (!fits)
        invalid(call, "`%s` has other operands or results than it takes", f->mnemonic.data);
}

#include "prelude.h"

/* Text of C as text. */
#define TEXT(...) #__VA_ARGS__ "\n"

/* Numbers have no sign unless an instruction says so. Memory has no types. */
static const char TYPES[] =
    TEXT(typedef unsigned char u8; typedef unsigned short u16; typedef unsigned int u32;)
    TEXT(typedef unsigned long u64; typedef unsigned __int128 u128;)
    TEXT(typedef signed char i8; typedef short i16; typedef int i32;)
    TEXT(typedef long i64; typedef __int128 i128; typedef float f32; typedef double f64;)
    "#define MEMORY(T) typedef T __attribute__((may_alias, aligned(1))) m_##T;\n"
    "MEMORY(u8) MEMORY(u16) MEMORY(u32) MEMORY(u64) MEMORY(u128) MEMORY(f32) MEMORY(f64)\n"
    "#define INLINE static inline __attribute__((always_inline, unused))\n"
    /* Of a trap nothing is moved past. */
    "#define TRAP() ({ __asm__ volatile(\"ud2\" ::: \"memory\"); __builtin_unreachable(); })\n"
    "#define swap(x) bswap(x, sizeof(x))\n";

static const char BITS[] =
    TEXT(INLINE f32 f32_of(u32 bits) { f32 x; __builtin_memcpy(&x, &bits, 4); return x; })
    TEXT(INLINE f64 f64_of(u64 bits) { f64 x; __builtin_memcpy(&x, &bits, 8); return x; })
    TEXT(INLINE u32 of_f32(f32 x) { u32 bits; __builtin_memcpy(&bits, &x, 4); return bits; })
    TEXT(INLINE u64 of_f64(f64 x) { u64 bits; __builtin_memcpy(&bits, &x, 8); return bits; })
    TEXT(INLINE u32 clz(u128 x, u32 bits) {
        u64 high = x >> 64, low = x;
        u32 zeroes = high ? __builtin_clzl(high) : low ? 64 + __builtin_clzl(low) : 128;
        return zeroes - (128 - bits);
    })
    TEXT(INLINE u32 ctz(u128 x, u32 bits) {
        u64 high = x >> 64, low = x;
        return low ? __builtin_ctzl(low) : high ? 64 + __builtin_ctzl(high) : bits;
    })
    TEXT(INLINE u32 popcnt(u128 x) {
        return __builtin_popcountl(x >> 64) + __builtin_popcountl(x);
    })
    TEXT(INLINE u128 bitrev(u128 x, u32 bits) {
        u128 y = 0;
        for (u32 i = 0; i < bits; i++, x >>= 1) y = y << 1 | (x & 1);
        return y;
    })
    TEXT(INLINE u128 bswap(u128 x, u32 bytes) {
        u128 y = 0;
        for (u32 i = 0; i < bytes; i++, x >>= 8) y = y << 8 | (x & 255);
        return y;
    });

static const char NANS[] =
    "#define nan_f32 f32_of(0x7fc00000u)\n"
    "#define nan_f64 f64_of(0x7ff8000000000000ul)\n";

/* A float of the size WHOLE or above has no fraction. `x + x` makes a quiet NaN of one. */
static const char FLOATS[] =
    "#define FLOAT(F, S, SIGN, WHOLE, ROOT, FMA)"
    TEXT(
        INLINE F copysign_##F(F x, F sign) {
            return F##_of((of_##F(x) & ~SIGN) | (of_##F(sign) & SIGN));
        }
        INLINE F abs_##F(F x) { return F##_of(of_##F(x) & ~SIGN); }
        INLINE F sqrt_##F(F x) { return ROOT(x); }
        extern F fma_##F(F, F, F) __asm__(FMA);
        INLINE F trunc_##F(F x) {
            if (!(abs_##F(x) < WHOLE)) return x != x ? x + x : x;
            return copysign_##F((F)(S)x, x);
        }
        INLINE F floor_##F(F x) {
            F y = trunc_##F(x);
            return y > x ? copysign_##F(y - 1, x) : y;
        }
        INLINE F ceil_##F(F x) {
            F y = trunc_##F(x);
            return y < x ? copysign_##F(y + 1, x) : y;
        }
        INLINE F nearest_##F(F x) {
            if (!(abs_##F(x) < WHOLE)) return x != x ? x + x : x;
            volatile F up = abs_##F(x) + WHOLE;
            return copysign_##F(up - WHOLE, x);
        }
        INLINE F min_##F(F x, F y) {
            if (x != x || y != y) return x + y;
            return x < y ? x : y < x ? y : F##_of(of_##F(x) | of_##F(y));
        }
        INLINE F max_##F(F x, F y) {
            if (x != x || y != y) return x + y;
            return x > y ? x : y > x ? y : F##_of(of_##F(x) & of_##F(y));
        })
    "FLOAT(f32, i32, 0x80000000u, 8388608.0f, __builtin_sqrtf, \"fmaf\")\n"
    "FLOAT(f64, i64, 0x8000000000000000ul, 4503599627370496.0, __builtin_sqrt, \"fma\")\n";

/* Routines that a program may call by the names that Cranelift has for them. */
static const char *const LIBCALLS[][2] = {
    {"CeilF32", "ceilf"},        {"CeilF64", "ceil"},          {"FloorF32", "floorf"},
    {"FloorF64", "floor"},       {"TruncF32", "truncf"},       {"TruncF64", "trunc"},
    {"NearestF32", "nearbyintf"}, {"NearestF64", "nearbyint"}, {"FmaF32", "fmaf"},
    {"FmaF64", "fma"},           {"Memcpy", "memcpy"},         {"Memset", "memset"},
    {"Memmove", "memmove"},      {"Memcmp", "memcmp"}};

bool emit_libcall(call *call, text name)
{
    for (size_t i = 0; i < sizeof LIBCALLS / sizeof *LIBCALLS; i++)
        if (is_text(name, LIBCALLS[i][0])) {
            emit(call, "(u64)&l_%s", LIBCALLS[i][0]);
            return true;
        }
    return false;
}

void emit_prelude(call *call)
{
    put(&call->text, TYPES);
    put(&call->text, BITS);
    put(&call->text, NANS);
    put(&call->text, FLOATS);
    for (size_t i = 0; i < sizeof LIBCALLS / sizeof *LIBCALLS; i++)
        emit(call, "extern void l_%s(void) __asm__(\"%s\");\n", LIBCALLS[i][0], LIBCALLS[i][1]);
}

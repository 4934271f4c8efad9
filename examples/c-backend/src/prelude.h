/* What the text of every artifact begins with. Numbers are unsigned unless an operation
   says otherwise; floats are what SSE makes of them. */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
typedef unsigned __int128 u128;
typedef signed char i8;
typedef short i16;
typedef int i32;
typedef long i64;
typedef __int128 i128;
typedef float f32;
typedef double f64;

/* Memory has no types. */
#define MEMORY(T) typedef T __attribute__((may_alias, aligned(1))) m_##T;
MEMORY(u8)
MEMORY(u16)
MEMORY(u32)
MEMORY(u64)
MEMORY(u128)
MEMORY(f32)
MEMORY(f64)

#define INLINE static inline __attribute__((always_inline, unused))
#define TRAP() __builtin_trap()

INLINE f32 f32_of(u32 bits) { f32 x; __builtin_memcpy(&x, &bits, 4); return x; }
INLINE f64 f64_of(u64 bits) { f64 x; __builtin_memcpy(&x, &bits, 8); return x; }
INLINE u32 of_f32(f32 x) { u32 bits; __builtin_memcpy(&bits, &x, 4); return bits; }
INLINE u64 of_f64(f64 x) { u64 bits; __builtin_memcpy(&bits, &x, 8); return bits; }

INLINE u32 clz(u128 x, u32 bits) {
    u64 high = x >> 64, low = x;
    u32 zeroes = high ? __builtin_clzl(high) : low ? 64 + __builtin_clzl(low) : 128;
    return zeroes - (128 - bits);
}
INLINE u32 ctz(u128 x, u32 bits) {
    u64 high = x >> 64, low = x;
    return low ? __builtin_ctzl(low) : high ? 64 + __builtin_ctzl(high) : bits;
}
INLINE u32 popcnt(u128 x) { return __builtin_popcountl(x >> 64) + __builtin_popcountl(x); }
INLINE u128 bitrev(u128 x, u32 bits) {
    u128 y = 0;
    for (u32 i = 0; i < bits; i++, x >>= 1) y = y << 1 | (x & 1);
    return y;
}
INLINE u128 bswap(u128 x, u32 bytes) {
    u128 y = 0;
    for (u32 i = 0; i < bytes; i++, x >>= 8) y = y << 8 | (x & 255);
    return y;
}

/* Rounding: a float of this size or above has no fraction. */
#define ROUND(F, S, BITS, TO, FROM, SIGN, WHOLE) \
    INLINE F copysign_##F(F x, F sign) { return TO((FROM(x) & ~SIGN) | (FROM(sign) & SIGN)); } \
    INLINE F abs_##F(F x) { return TO(FROM(x) & ~SIGN); } \
    INLINE F trunc_##F(F x) { \
        if (!(abs_##F(x) < WHOLE)) return x != x ? x + x : x; \
        return copysign_##F((F)(S)x, x); \
    } \
    INLINE F floor_##F(F x) { F t = trunc_##F(x); return t > x ? copysign_##F(t - 1, x) : t; } \
    INLINE F ceil_##F(F x) { F t = trunc_##F(x); return t < x ? copysign_##F(t + 1, x) : t; } \
    INLINE F nearest_##F(F x) { \
        if (!(abs_##F(x) < WHOLE)) return x != x ? x + x : x; \
        volatile F up = abs_##F(x) + WHOLE; \
        return copysign_##F(up - WHOLE, x); \
    } \
    INLINE F min_##F(F x, F y) { \
        if (x != x || y != y) return x + y; \
        return x < y ? x : y < x ? y : TO(FROM(x) | FROM(y)); \
    } \
    INLINE F max_##F(F x, F y) { \
        if (x != x || y != y) return x + y; \
        return x > y ? x : y > x ? y : TO(FROM(x) & FROM(y)); \
    }
ROUND(f32, i32, u32, f32_of, of_f32, 0x80000000u, 8388608.0f)
ROUND(f64, i64, u64, f64_of, of_f64, 0x8000000000000000ul, 4503599627370496.0)

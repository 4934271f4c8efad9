//! The mnemonics of CLIF, by what they take.

/// An enumeration of mnemonics, and how many values each of them gives.
macro_rules! mnemonics {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident $mnemonic:literal $results:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(
                #[doc = concat!("`", $mnemonic, "`")]
                $(#[$each])*
                $variant,
            )+
        }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// As CLIF's text and the artifact's forms spell it.
            pub const fn mnemonic(self) -> &'static str {
                match self {
                    $(Self::$variant => $mnemonic,)+
                }
            }

            /// The one with this mnemonic.
            pub fn named(mnemonic: &str) -> Option<Self> {
                match mnemonic {
                    $($mnemonic => Some(Self::$variant),)+
                    _ => None,
                }
            }

            /// How many values it gives.
            pub const fn results(self) -> usize {
                match self {
                    $(Self::$variant => $results,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.mnemonic())
            }
        }
    };
}

/// An enumeration of the codes of an operand kind.
macro_rules! conditions {
    ($(#[$doc:meta])* $name:ident of $table:path { $($variant:ident,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $(#[allow(missing_docs, reason = "the table of spellings documents them")] $variant,)+
        }

        impl $name {
            /// All of them, in the order of their codes.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The one with this code, an index into the table of spellings.
            pub fn of_code(code: u32) -> Option<Self> {
                Self::ALL.get(code as usize).copied()
            }

            /// As CLIF's text spells it.
            pub const fn name(self) -> &'static str {
                $table[self as usize]
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

conditions! {
    /// How two integers are compared; spelled as in
    /// [`INT_CONDITIONS`](crate::artifact::INT_CONDITIONS).
    IntCondition of crate::artifact::INT_CONDITIONS {
        Equal,
        NotEqual,
        SignedLess,
        SignedGreaterOrEqual,
        SignedGreater,
        SignedLessOrEqual,
        UnsignedLess,
        UnsignedGreaterOrEqual,
        UnsignedGreater,
        UnsignedLessOrEqual,
    }
}

conditions! {
    /// How two floats are compared; spelled as in
    /// [`FLOAT_CONDITIONS`](crate::artifact::FLOAT_CONDITIONS), which says what holds of a NaN.
    FloatCondition of crate::artifact::FLOAT_CONDITIONS {
        Ordered,
        Unordered,
        Equal,
        NotEqual,
        OrderedNotEqual,
        UnorderedOrEqual,
        Less,
        LessOrEqual,
        Greater,
        GreaterOrEqual,
        UnorderedOrLess,
        UnorderedOrLessOrEqual,
        UnorderedOrGreater,
        UnorderedOrGreaterOrEqual,
    }
}

conditions! {
    /// What an atomic read-modify-write does; spelled as in
    /// [`ATOMIC_OPERATIONS`](crate::artifact::ATOMIC_OPERATIONS).
    AtomicOperation of crate::artifact::ATOMIC_OPERATIONS {
        Add,
        Sub,
        And,
        Nand,
        Or,
        Xor,
        Exchange,
        UnsignedMin,
        UnsignedMax,
        SignedMin,
        SignedMax,
    }
}

mnemonics! {
    /// Takes nothing.
    NullaryOp {
        Debugtrap "debugtrap" 0,
        GetPinnedReg "get_pinned_reg" 1,
        GetFramePointer "get_frame_pointer" 1,
        GetStackPointer "get_stack_pointer" 1,
        GetReturnAddress "get_return_address" 1,
        Nop "nop" 0,
        Fence "fence" 0,
        SequencePoint "sequence_point" 0,
    }
}

mnemonics! {
    /// Takes one value.
    UnaryOp {
        Splat "splat" 1,
        SetPinnedReg "set_pinned_reg" 0,
        VanyTrue "vany_true" 1,
        VallTrue "vall_true" 1,
        VhighBits "vhigh_bits" 1,
        Ineg "ineg" 1,
        Iabs "iabs" 1,
        Bnot "bnot" 1,
        Bitrev "bitrev" 1,
        Clz "clz" 1,
        Cls "cls" 1,
        Ctz "ctz" 1,
        Bswap "bswap" 1,
        Popcnt "popcnt" 1,
        Sqrt "sqrt" 1,
        Fneg "fneg" 1,
        Fabs "fabs" 1,
        Ceil "ceil" 1,
        Floor "floor" 1,
        Trunc "trunc" 1,
        Nearest "nearest" 1,
        ScalarToVector "scalar_to_vector" 1,
        Bmask "bmask" 1,
        Ireduce "ireduce" 1,
        SwidenLow "swiden_low" 1,
        SwidenHigh "swiden_high" 1,
        UwidenLow "uwiden_low" 1,
        UwidenHigh "uwiden_high" 1,
        Uextend "uextend" 1,
        Sextend "sextend" 1,
        Fpromote "fpromote" 1,
        Fdemote "fdemote" 1,
        Fvdemote "fvdemote" 1,
        FvpromoteLow "fvpromote_low" 1,
        FcvtToUint "fcvt_to_uint" 1,
        FcvtToSint "fcvt_to_sint" 1,
        FcvtToUintSat "fcvt_to_uint_sat" 1,
        FcvtToSintSat "fcvt_to_sint_sat" 1,
        X86Cvtt2dq "x86_cvtt2dq" 1,
        FcvtFromUint "fcvt_from_uint" 1,
        FcvtFromSint "fcvt_from_sint" 1,
        Isplit "isplit" 2,
    }
}

mnemonics! {
    /// Takes two values. Of those with two results the second says whether the first
    /// overflowed.
    BinaryOp {
        Swizzle "swizzle" 1,
        X86Pshufb "x86_pshufb" 1,
        Smin "smin" 1,
        Umin "umin" 1,
        Smax "smax" 1,
        Umax "umax" 1,
        AvgRound "avg_round" 1,
        UaddSat "uadd_sat" 1,
        SaddSat "sadd_sat" 1,
        UsubSat "usub_sat" 1,
        SsubSat "ssub_sat" 1,
        Iadd "iadd" 1,
        Isub "isub" 1,
        Imul "imul" 1,
        Umulhi "umulhi" 1,
        Smulhi "smulhi" 1,
        SqmulRoundSat "sqmul_round_sat" 1,
        X86Pmulhrsw "x86_pmulhrsw" 1,
        Udiv "udiv" 1,
        Sdiv "sdiv" 1,
        Urem "urem" 1,
        Srem "srem" 1,
        UaddOverflow "uadd_overflow" 2,
        SaddOverflow "sadd_overflow" 2,
        UsubOverflow "usub_overflow" 2,
        SsubOverflow "ssub_overflow" 2,
        UmulOverflow "umul_overflow" 2,
        SmulOverflow "smul_overflow" 2,
        Band "band" 1,
        Bor "bor" 1,
        Bxor "bxor" 1,
        Rotl "rotl" 1,
        Rotr "rotr" 1,
        Ishl "ishl" 1,
        Ushr "ushr" 1,
        Sshr "sshr" 1,
        Fadd "fadd" 1,
        Fsub "fsub" 1,
        Fmul "fmul" 1,
        Fdiv "fdiv" 1,
        Fcopysign "fcopysign" 1,
        Fmin "fmin" 1,
        Fmax "fmax" 1,
        Snarrow "snarrow" 1,
        Unarrow "unarrow" 1,
        Uunarrow "uunarrow" 1,
        IaddPairwise "iadd_pairwise" 1,
        X86Pmaddubsw "x86_pmaddubsw" 1,
        Iconcat "iconcat" 1,
    }
}

mnemonics! {
    /// Takes three values.
    TernaryOp {
        StackSwitch "stack_switch" 1,
        Select "select" 1,
        SelectSpectreGuard "select_spectre_guard" 1,
        Bitselect "bitselect" 1,
        Blendv "blendv" 1,
        SaddOverflowCin "sadd_overflow_cin" 2,
        UaddOverflowCin "uadd_overflow_cin" 2,
        SsubOverflowBin "ssub_overflow_bin" 2,
        UsubOverflowBin "usub_overflow_bin" 2,
        Fma "fma" 1,
    }
}

mnemonics! {
    /// Reads memory. Those other than `load` read fewer bits than their result has, and
    /// extend them.
    LoadOp {
        Load "load" 1,
        Uload8 "uload8" 1,
        Sload8 "sload8" 1,
        Uload16 "uload16" 1,
        Sload16 "sload16" 1,
        Uload32 "uload32" 1,
        Sload32 "sload32" 1,
        Uload8x8 "uload8x8" 1,
        Sload8x8 "sload8x8" 1,
        Uload16x4 "uload16x4" 1,
        Sload16x4 "sload16x4" 1,
        Uload32x2 "uload32x2" 1,
        Sload32x2 "sload32x2" 1,
    }
}

mnemonics! {
    /// Writes memory. Those other than `store` write the low bits of their value.
    StoreOp {
        Store "store" 0,
        Istore8 "istore8" 0,
        Istore16 "istore16" 0,
        Istore32 "istore32" 0,
    }
}

mnemonics! {
    /// What has a shape of its own.
    SpecialOp {
        Jump "jump" 0,
        Brif "brif" 0,
        BrTable "br_table" 0,
        Trap "trap" 0,
        Trapz "trapz" 0,
        Trapnz "trapnz" 0,
        Return "return" 0,
        FuncAddr "func_addr" 1,
        Insertlane "insertlane" 1,
        Extractlane "extractlane" 1,
        ExtractVector "extract_vector" 1,
        StackAddr "stack_addr" 1,
        DynamicStackAddr "dynamic_stack_addr" 1,
        SymbolValue "symbol_value" 1,
        TlsValue "tls_value" 1,
        GetExceptionHandlerAddress "get_exception_handler_address" 1,
        Iconst "iconst" 1,
        F16const "f16const" 1,
        F32const "f32const" 1,
        F64const "f64const" 1,
        F128const "f128const" 1,
        Vconst "vconst" 1,
        Shuffle "shuffle" 1,
        Icmp "icmp" 1,
        UaddOverflowTrap "uadd_overflow_trap" 1,
        Fcmp "fcmp" 1,
        Bitcast "bitcast" 1,
        AtomicLoad "atomic_load" 1,
        AtomicRmw "atomic_rmw" 1,
        AtomicCas "atomic_cas" 1,
        AtomicStore "atomic_store" 0,
    }
}

mnemonics! {
    /// A call; its results are those of its signature. Those of a call that may throw are
    /// passed to its blocks.
    CallOp {
        Call "call" 0,
        ReturnCall "return_call" 0,
        CallIndirect "call_indirect" 0,
        ReturnCallIndirect "return_call_indirect" 0,
        TryCall "try_call" 0,
        TryCallIndirect "try_call_indirect" 0,
    }
}

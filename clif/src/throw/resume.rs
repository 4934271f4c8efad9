//! Machine code that continues at a handler. Its arguments are the payloads, the frame
//! pointer, the stack pointer, the address, and for each register that functions give
//! back the place where its value is, or zero where it has it. The payloads go where a
//! handler expects them, in the first two result registers.

use target_lexicon::Architecture;

/// DWARF's numbers of the registers that functions of C's convention give back, but for
/// stack and frame pointer.
pub(super) fn registers(architecture: Architecture) -> Vec<u16> {
    match architecture {
        Architecture::X86_64 => vec![3, 12, 13, 14, 15],
        Architecture::Aarch64(_) => (19..=28).chain(72..=79).collect(),
        Architecture::Riscv64(_) => {
            let integers = std::iter::once(9).chain(18..=27);
            integers.chain([40, 41]).chain(50..=59).collect()
        }
        _ => Vec::new(),
    }
}

/// The code; `None` for a processor that it is not written for.
pub(super) fn code(architecture: Architecture) -> Option<Vec<u8>> {
    let registers = (0_u8..).zip(registers(architecture));
    let mut code = Vec::new();
    match architecture {
        Architecture::X86_64 => {
            for (index, register) in registers {
                let load = match register {
                    3 => [0x48, 0x8b, 0x18],
                    high => [0x4c, 0x8b, ((high as u8) & 7) << 3],
                };
                // r12's and r13's numbers ask for no other form as a target.
                code.extend([0x49, 0x8b, 0x41, index * 8]); // mov rax, [r9 + 8 * index]
                code.extend([0x48, 0x85, 0xc0]); // test rax, rax
                code.extend([0x74, 0x03]); // je over the next
                code.extend(load); // mov REGISTER, [rax]
            }
            code.extend([0x48, 0x89, 0xf8]); // mov rax, rdi
            code.extend([0x48, 0x89, 0xd5]); // mov rbp, rdx
            code.extend([0x48, 0x89, 0xcc]); // mov rsp, rcx
            code.extend([0x48, 0x89, 0xf2]); // mov rdx, rsi
            code.extend([0x41, 0xff, 0xe0]); // jmp r8
        }
        // The first arguments are the first results already.
        Architecture::Aarch64(_) => {
            for (index, register) in registers {
                let load = match register {
                    vector @ 64.. => 0xfd40_00c0 | u32::from(vector - 64),
                    register => 0xf940_00c0 | u32::from(register),
                };
                words(
                    &mut code,
                    &[
                        0xf940_00a6 | (u32::from(index) << 10), // ldr x6, [x5, 8 * index]
                        0xb400_0046,                            // cbz x6, over the next
                        load,                                   // ldr REGISTER, [x6]
                    ],
                );
            }
            words(
                &mut code,
                &[
                    0xaa02_03fd, // mov x29, x2
                    0x9100_007f, // mov sp, x3
                    0xd61f_0080, // br x4
                ],
            );
        }
        Architecture::Riscv64(_) => {
            for (index, register) in registers {
                let load = match register {
                    float @ 32.. => 0x0002_b007 | (u32::from(float - 32) << 7),
                    register => 0x0002_b003 | (u32::from(register) << 7),
                };
                words(
                    &mut code,
                    &[
                        0x0007_b283 | ((u32::from(index) * 8) << 20), // ld t0, 8 * index(a5)
                        0x0002_8463,                                  // beqz t0, over the next
                        load,                                         // ld REGISTER, 0(t0)
                    ],
                );
            }
            words(
                &mut code,
                &[
                    0x0006_0413, // mv s0, a2
                    0x0006_8113, // mv sp, a3
                    0x0007_0067, // jr a4
                ],
            );
        }
        _ => return None,
    }
    Some(code)
}

fn words(code: &mut Vec<u8>, words: &[u32]) {
    for word in words {
        code.extend(word.to_le_bytes());
    }
}

"""Writes CodegenArtifacts, by docs/artifact-format.md and docs/artifact-schema.json.

    python3 bska.py INPUT.json OUTPUT.bska

INPUT is what `beskid artifact dump --json` prints, or what another program makes: `gcd.py`
is one. Nothing but the standard library is used.
"""

import json
import struct
import sys
from pathlib import Path

SCHEMA = json.loads(
    (Path(__file__).resolve().parents[2] / "docs" / "artifact-schema.json").read_text("utf-8")
)
TYPES = SCHEMA["types"]
OPERANDS = SCHEMA["operands"]
# The flag of a section that no reader may skip.
REQUIRED = b"\1"


# ---- integers ----


def unsigned(value):
    """LEB128, in its shortest spelling."""
    if value < 0:
        raise ValueError(f"{value} is negative")
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def signed(value):
    """LEB128 of 0, -1, 1, -2 ... as 0, 1, 2, 3 ..."""
    return unsigned(value << 1 if value >= 0 else (-value << 1) - 1)


# ---- structures ----


def encode(schema, value):
    """A value of a type of the schema, as postcard writes it."""
    if isinstance(schema, str):
        return named(schema, value)
    (kind, inner), = schema.items()
    if kind == "option":
        return b"\0" if value is None else b"\1" + encode(inner, value)
    if kind == "sequence":
        return unsigned(len(value)) + b"".join(encode(inner, item) for item in value)
    if kind == "tuple":
        return b"".join(encode(part, item) for part, item in zip(inner, value, strict=True))
    if kind == "newtype":
        return encode(inner, value)
    if kind == "struct":
        return b"".join(encode(part, value[name]) for name, part in inner)
    if kind == "enum":
        name, contents = (value, None) if isinstance(value, str) else next(iter(value.items()))
        index = [variant for variant, _ in inner].index(name)
        fields = inner[index][1]
        return unsigned(index) + (encode(fields, contents) if fields is not None else b"")
    raise ValueError(f"the schema has {kind}")


def named(name, value):
    if name == "u8":
        return bytes([value])
    if name == "bool":
        return bytes([int(value)])
    if name in ("u16", "u32", "u64"):
        return unsigned(value)
    if name in ("i32", "i64"):
        return signed(value)
    if name == "string":
        text = value.encode("utf-8")
        return unsigned(len(text)) + text
    return encode(TYPES[name], value)


# ---- instructions ----


def operand(how, value, next_value):
    if how == "value":
        return signed(next_value - value)
    if how == "values":
        items = b"".join(signed(next_value - item) for item in value)
        return unsigned(len(value)) + items
    if how == "block call":
        out = unsigned(value["block"]) + unsigned(len(value["args"]))
        for argument in value["args"]:
            (kind, number), = argument.items()
            tag = ["Value", "CallResult", "ExceptionPayload"].index(kind)
            if tag == 0:
                distance = next_value - number
                number = distance << 1 if distance >= 0 else (-distance << 1) - 1
            out += unsigned(number << 2 | tag)
        return out
    return signed(value) if how == "signed" else unsigned(value)


def stream(function, forms):
    """The instructions of a function; values are counted as they are defined."""
    out = bytearray()
    rows = iter(function["instructions"])
    next_value = 0
    for block in function["body"]["blocks"]:
        next_value += len(block["params"])
        for _ in range(block["instructions"]):
            number, *operands = next(rows)
            form = forms[number]
            out += unsigned(number)
            for kind, value in zip(form["operands"], operands, strict=True):
                out += operand(OPERANDS[kind], value, next_value)
            next_value += len(form["results"])
    return bytes(out)


# ---- the container ----


def assemble(program):
    """The bytes of an artifact."""
    bodies = unsigned(len(program["functions"]))
    for function in program["functions"]:
        body = encode("Body", function["body"])
        contents = unsigned(len(body)) + body + stream(function, program["forms"])
        bodies += unsigned(len(contents)) + contents
    kinds = SCHEMA["sections"]
    sections = [
        (b"HEAD", REQUIRED, encode(kinds["HEAD"], program["header"])),
        (b"MODU", REQUIRED, encode(kinds["MODU"], program["module"])),
        (b"FORM", REQUIRED, encode(kinds["FORM"], program["forms"])),
        (b"BODY", REQUIRED, bodies),
    ]
    if program["settings"]:
        settings = encode(kinds["SETT"], sorted(program["settings"]))
        sections.append((b"SETT", REQUIRED, settings))
    if program.get("debug"):
        sections.append((b"DBUG", b"\0", encode(kinds["DBUG"], program["debug"])))
    out = b"BSKA" + struct.pack("<II", SCHEMA["format"], len(sections))
    for tag, flags, payload in sections:
        out += tag + flags + struct.pack("<Q", len(payload)) + payload
    return out + blake3(out)


# ---- BLAKE3 ----

START = [
    0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
    0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19,
]  # fmt: skip
ORDER = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8]
MIXED = [
    (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
    (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
]  # fmt: skip
FIRST, LAST, PARENT, ROOT = 1, 2, 4, 8
WORD = 0xFFFFFFFF


def compress(chain, block, counter, length, flags):
    """The sixteen words that a block makes of a chaining value."""
    words = list(struct.unpack("<16I", block.ljust(64, b"\0")))
    state = chain + START[:4] + [counter & WORD, counter >> 32, length, flags]
    for turn in range(7):
        for step, (a, b, c, d) in enumerate(MIXED):
            for word, (first, second) in ((words[2 * step], (16, 12)), (words[2 * step + 1], (8, 7))):
                state[a] = (state[a] + state[b] + word) & WORD
                state[d] = rotate(state[d] ^ state[a], first)
                state[c] = (state[c] + state[d]) & WORD
                state[b] = rotate(state[b] ^ state[c], second)
        if turn < 6:
            words = [words[index] for index in ORDER]
    return [state[i] ^ state[i + 8] for i in range(8)] + [state[i + 8] ^ chain[i] for i in range(8)]


def rotate(word, count):
    return (word >> count | word << (32 - count)) & WORD


def blake3(data):
    """The digest, 32 bytes."""
    chunks = [data[at : at + 1024] for at in range(0, len(data), 1024)] or [b""]
    root = ROOT if len(chunks) == 1 else 0
    level = [chunk(part, number, root) for number, part in enumerate(chunks)]
    while len(level) > 1:
        pairs = [level[at : at + 2] for at in range(0, len(level), 2)]
        flags = PARENT | (ROOT if len(pairs) == 1 else 0)
        level = [parent(pair, flags) if len(pair) == 2 else pair[0] for pair in pairs]
    return struct.pack("<8I", *level[0])


def chunk(data, number, root):
    chain = START
    blocks = [data[at : at + 64] for at in range(0, len(data), 64)] or [b""]
    for index, block in enumerate(blocks):
        is_last = index == len(blocks) - 1
        flags = (FIRST if index == 0 else 0) | (LAST | root if is_last else 0)
        chain = compress(chain, block, number, len(block), flags)[:8]
    return chain


def parent(pair, flags):
    return compress(START, struct.pack("<16I", *pair[0], *pair[1]), 0, 64, flags)[:8]


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    written = assemble(json.loads(Path(sys.argv[1]).read_text("utf-8")))
    Path(sys.argv[2]).write_bytes(written)

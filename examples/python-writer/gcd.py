"""A compiler in Python, as small as one can be: writes the greatest common divisor of two
numbers, as a loop, to the artifact that its argument names.

    python3 gcd.py 1071 462 gcd.bska
    beskid run gcd.bska
"""

import sys
from pathlib import Path

from bska import assemble

I64 = 4  # lane kind 4, one lane
NE = 1  # the second of the integer conditions
I8 = 1


def program(first, second):
    forms = [
        {"mnemonic": "iconst", "operands": ["Imm64"], "results": [I64]},
        {"mnemonic": "jump", "operands": ["BlockCall"], "results": []},
        {"mnemonic": "icmp", "operands": ["IntCondition", "Value", "Value"], "results": [I8]},
        {"mnemonic": "brif", "operands": ["Value", "BlockCall", "BlockCall"], "results": []},
        {"mnemonic": "urem", "operands": ["Value", "Value"], "results": [I64]},
        {"mnemonic": "return", "operands": ["ValueList"], "results": []},
    ]
    iconst, jump, icmp, brif, urem, back = range(len(forms))
    instructions = [
        # block0(): two constants
        [iconst, first],  # v0
        [iconst, second],  # v1
        [jump, to(1, 0, 1)],
        # block1(v2, v3): is there a remainder?
        [iconst, 0],  # v4
        [icmp, NE, 3, 4],  # v5
        [brif, 5, to(2), to(3)],
        # block2(): once more
        [urem, 2, 3],  # v6
        [jump, to(1, 3, 6)],
        # block3(): there is none
        [back, [2]],
    ]
    body = {
        "symbol": 0,
        "blocks": [block([], 3), block([I64, I64], 3), block([], 2), block([], 1)],
        "values": 7,
        "stack_limit": None,
    }
    tables = """signatures callees global_values alias_regions stack_slots dynamic_types
        dynamic_stack_slots constants immediates jump_tables exception_tables positions stack_maps
        debug_tags value_labels"""
    body.update({table: [] for table in tables.split()})
    result = {"ty": I64, "purpose": "Normal", "extension": "None"}
    return {
        "header": {
            "producer": {"name": "gcd.py", "version": "1"},
            "pointer_width": 64,
            "endianness": "Little",
            "runtime_abi": None,
            "entrypoint": {"symbol": 0, "name": "main", "result": "I64"},
            "features": [],
        },
        "module": {
            "signatures": [{"call_conv": "Platform", "params": [], "returns": [result]}],
            "symbols": [
                {"name": "gcd", "kind": {"Function": {"signature": 0}}, "linkage": "Export"}
            ],
            "data": [],
        },
        "settings": [],
        "forms": forms,
        "functions": [{"body": body, "instructions": instructions}],
    }


def block(params, instructions):
    return {"params": params, "cold": False, "instructions": instructions}


def to(target, *values):
    return {"block": target, "args": [{"Value": value} for value in values]}


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    written = assemble(program(int(sys.argv[1]), int(sys.argv[2])))
    Path(sys.argv[3]).write_bytes(written)

"""Documents of program code: a few small Python functions each."""

from __future__ import annotations

import random

from .words import words
from .writer import Writer

VARIABLES = words("count total index value result items data user name folder size key node buffer row")
FUNCTIONS = words("load_data save_file parse_line get_user sum_values sort_items find_node read_row update_key is_valid")
# Without those that English sentences have, too: for, in, is, while.
WORDS = frozenset(VARIABLES + FUNCTIONS + words("def return if None print try except raise ValueError KeyError item"))
BODIES = (
    "    {b} = {number}\n    for item in {a}:\n        {b} += item\n    return {b}\n",
    "    if {a} is None:\n        return {b}\n    return {a}[{b}]\n",
    "    while {a} < {number}:\n        {a} = {a} + {b}\n    print({a})\n    return {a}\n",
    "    try:\n        return {function}({a})\n    except ValueError:\n        raise KeyError({b})\n",
)


def write_functions(writer: Writer, chance: random.Random) -> None:
    for _ in range(chance.randint(2, 4)):
        a, b = chance.sample(VARIABLES, 2)
        writer.add(f"def {chance.choice(FUNCTIONS)}({a}, {b}):\n")
        before, number, after = chance.choice(BODIES).partition("{number}")
        other = chance.choice(FUNCTIONS)
        writer.add(before.format(a=a, b=b, function=other))
        if number:
            writer.add(str(chance.randint(0, 99)), "number")
        writer.add(after.format(a=a, b=b, function=other))

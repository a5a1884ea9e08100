"""How much a row of a capture takes on disk. Arithmetic alone; loads nothing heavy."""

from __future__ import annotations

from .schema import Dtype

SHARD_BYTES = 256 * 2**20
# What stands in the index of each row, and as what.
INDEX = {"sample": "<i8", "block": "<i8", "position": "<i4", "token": "<i4", "held_out": "|b1", "counted": "|b1"}
BYTES: dict[Dtype, int] = {"float32": 4, "float16": 2, "bfloat16": 2}
INDEX_BYTES = sum(int(kind[-1]) for kind in INDEX.values())


def row_bytes(widths: list[int], dtype: Dtype) -> int:
    return sum(widths) * BYTES[dtype] + INDEX_BYTES

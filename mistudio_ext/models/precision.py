"""The words for precisions, and how much memory a model's weights need in each. Arithmetic alone; loads nothing heavy."""

from __future__ import annotations

from typing import get_args

from ..contract.errors import BadRequest
from .schema import Precision, Weights

SHORT: dict[str, Precision] = {
    "fp32": "float32", "f32": "float32", "float": "float32",
    "fp16": "float16", "f16": "float16", "half": "float16",
    "bf16": "bfloat16",
    "8bit": "int8", "4bit": "nf4", "2bit": "hqq2",
}  # fmt: skip
QUANTIZED: tuple[Precision, ...] = ("int8", "nf4", "fp4", "hqq2")
SMALLER: dict[Precision, Precision] = {
    "float32": "bfloat16", "float16": "int8", "bfloat16": "int8", "int8": "nf4", "nf4": "hqq2", "fp4": "hqq2",
}  # fmt: skip

# bitsandbytes keeps a scale for 64 numbers, itself in 8 bits, with a scale of its own for 256.
FOUR_BIT_GROUP, FOUR_BIT_NESTED = 64, 256
# Smaller groups cost more for their scales than 2 bits save: at 16, hqq2 would be no smaller than nf4.
TWO_BIT_GROUP = 32


# The tables that belong to each matrix in 4 bits: 16 and 256 values and an offset.
FOUR_BIT_TABLES = 4 * (16 + 256 + 1)

# Families that compute with a matrix's numbers past the module that would unpack them. What is not listed is found out
# when it is tried.
NOT_IN: dict[str, tuple[Precision, ...]] = {"mamba": QUANTIZED, "falcon_mamba": QUANTIZED, "rwkv": ("hqq2",)}


def parse_precision(word: str) -> Precision:
    """The precision that this is the name or a usual short form of."""
    known: dict[str, Precision] = {**{each: each for each in get_args(Precision)}, **SHORT}
    try:
        return known[word.strip().lower()]
    except KeyError:
        names = ", ".join(get_args(Precision))
        raise BadRequest(f"There is no precision called {word}.", f"Choose one of {names}.", field="precision") from None


def smaller(precision: Precision) -> Precision | None:
    return SMALLER.get(precision)


def rest_of(precision: Precision, device: str) -> Precision:
    """What stays in floating point, and in what it is computed: embeddings, norms, the stream."""
    if precision == "hqq2":
        return "bfloat16"
    if precision in QUANTIZED:
        return "float32" if device == "cpu" else "bfloat16"
    return precision


def estimate_bytes(weights: Weights, precision: Precision, device: str = "cpu") -> int:
    """Of the weights alone, loaded in this precision onto a device of this kind (`cpu`, `cuda` …)."""
    width = 4 if rest_of(precision, device) == "float32" else 2
    packed = weights.quantizable if precision in QUANTIZED else 0
    return weights.buffers + (weights.parameters - packed) * width + _packed_bytes(weights, precision)


def _packed_bytes(weights: Weights, precision: Precision) -> int:
    if precision == "int8":
        return weights.quantizable + 4 * weights.rows
    if precision in ("nf4", "fp4"):
        scales = weights.quantizable / FOUR_BIT_GROUP
        return round(weights.quantizable / 2 + scales + 4 * scales / FOUR_BIT_NESTED) + FOUR_BIT_TABLES * weights.matrices
    if precision == "hqq2":
        # A scale and a zero of two bytes each for a group.
        return round(weights.quantizable / 4 + 4 * weights.quantizable / TWO_BIT_GROUP)
    return 0

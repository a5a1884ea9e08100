"""What a safetensors file holds, from its header alone. Nothing that the header says is believed before it adds up."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..contract.errors import MiStudioError, NotFound, Unreadable
from .reading import parse_object

MAX_HEADER = 100 * 2**20
MAX_DIMENSIONS, MAX_EXTENT = 16, 2**48
BITS = {
    "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F16": 16, "BF16": 16, "F32": 32, "F64": 64,
    "BOOL": 8, "I8": 8, "U8": 8, "I16": 16, "U16": 16, "I32": 32, "U32": 32, "I64": 64, "U64": 64, "C64": 64,
}  # fmt: skip


@dataclass(frozen=True)
class Tensor:
    kind: str
    shape: tuple[int, ...]
    start: int
    end: int

    @property
    def numbers(self) -> int:
        return math.prod(self.shape)

    @property
    def bytes(self) -> int:
        return self.end - self.start


def read_header(file: Path, model: str) -> dict[str, Tensor]:
    """The tensors of a file, by name."""
    require(file, model)
    try:
        with open(file, "rb") as stream:
            first = stream.read(8)
            size = file.stat().st_size
            length = struct.unpack("<Q", first)[0] if len(first) == 8 else size
            if length > min(MAX_HEADER, size - 8):
                raise _wrong(file, model, "it is cut off, or no safetensors file")
            header = parse_object(stream.read(length), f"The header of {file.name} of {model}")
    except OSError as error:
        raise Unreadable(f"{file.name} of {model} cannot be read: {error.strerror}.", "Look at its rights.") from None
    header.pop("__metadata__", None)
    tensors = {name: _tensor(file, model, name, about) for name, about in header.items()}
    _check_places(file, model, tensors, size - 8 - length)
    return tensors


def require(file: Path, model: str) -> None:
    if not file.is_file():
        raise NotFound(f"{file.name} of {model} is not there.", "Look whether all its parts are.", code="incomplete")


def _tensor(file: Path, model: str, name: str, about: Any) -> Tensor:
    try:
        kind, shape, (start, end) = about["dtype"], about["shape"], about["data_offsets"]
        good = (
            kind in BITS
            and len(shape) <= MAX_DIMENSIONS
            and all(type(each) is int and 0 <= each <= MAX_EXTENT for each in (*shape, start, end))
            and 8 * (end - start) == math.prod(shape) * BITS[kind]
        )
    except (KeyError, TypeError, ValueError):
        good = False
    if not good:
        raise _wrong(file, model, f"what it says of the tensor {ascii(name)[:100]} cannot be")
    return Tensor(kind, tuple(shape), start, end)


def _check_places(file: Path, model: str, tensors: dict[str, Tensor], size: int) -> None:
    """One after the other, without gap or overlap, up to the file's end."""
    place = 0
    for each in sorted(tensors.values(), key=lambda tensor: (tensor.start, tensor.end)):
        if each.start != place:
            raise _wrong(file, model, "its tensors lie over one another, or leave gaps")
        place = each.end
    if place > size:
        raise _wrong(file, model, f"it is cut off: {place:,} bytes of weights are announced, {size:,} are there")
    if place < size:
        raise _wrong(file, model, f"{size - place:,} bytes after its last tensor belong to nothing")


def _wrong(file: Path, model: str, what: str) -> MiStudioError:
    return Unreadable(f"{file.name} of {model} is damaged: {what}.", "Get it again from where it came.", code="damaged")

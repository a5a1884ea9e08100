"""A model's weights on disk: the files, and, without reading a single weight, what they hold."""

from __future__ import annotations

import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..contract.errors import MiStudioError, Unreadable
from .files import INDEXES, PICKLED_INDEX, SAFE, SAFE_INDEX
from .headers import BITS, Tensor, read_header, require
from .reading import MAX_INDEX, read_object

NAMES = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "F8_E4M3": "float8",
    "F8_E5M2": "float8",
    "I8": "int8",
    "U8": "uint8",
}
# How a pickle begins that torch wrote before it wrote zip files.
OLD_PICKLE = b"\x80\x02"
MAX_PARTS = 10_000


@dataclass(frozen=True)
class StoredWeights:
    """`numbers` is what the files hold in floating point; none where that is not known without reading a pickle."""

    files: list[Path]
    bytes: int
    stored_as: str
    numbers: int | None


def read_weights(folder: Path, entry: str, model: str) -> StoredWeights:
    if entry in INDEXES:
        index = parts_of(folder / entry, model)
        files = [folder / name for name in dict.fromkeys(index.values())]
    else:
        index, files = {}, [folder / entry]
    if entry not in (SAFE, SAFE_INDEX):
        return StoredWeights(files, sum(_pickle_size(file, model) for file in files), "unknown", None)
    tensors: dict[str, Tensor] = {}
    for file in files:
        tensors |= (found := read_header(file, model))
        missing = [name for name, place in index.items() if place == file.name and name not in found]
        if missing:
            raise _lies(folder / entry, model, f"{file.name} has no tensor {ascii(missing[0])[:100]}")
    if not tensors:
        raise Unreadable(f"{files[0].name} of {model} holds no weights.", "Get it again from where it came.", code="damaged")
    kinds: Counter[str] = Counter()
    for each in tensors.values():
        kinds[each.kind] += each.bytes
    kind = kinds.most_common(1)[0][0]
    floating = [each.numbers for each in tensors.values() if each.kind.lstrip("B").startswith("F") and BITS[each.kind] >= 16]
    return StoredWeights(files, sum(file.stat().st_size for file in files), NAMES.get(kind, kind.lower()), sum(floating))


def parts_of(index: Path, model: str) -> dict[str, str]:
    """For each tensor the file that it is in, as an index says."""
    places: Any = read_object(index, MAX_INDEX, model).get("weight_map")
    ending = ".bin" if index.name == PICKLED_INDEX else ".safetensors"
    if not isinstance(places, dict) or not places:
        raise _lies(index, model, "it has no weight_map")
    parts = set()
    for each in places.values():
        # A part is a file beside the index, and nothing else.
        if not isinstance(each, str) or "/" in each or "\\" in each or "\0" in each or not each.endswith(ending):
            raise _lies(index, model, f"a part is called {ascii(each)[:100]}")
        parts.add(each)
    if len(parts) > MAX_PARTS:
        raise _lies(index, model, f"it has {len(parts):,} parts")
    return places


def _pickle_size(file: Path, model: str) -> int:
    """Whether it can be what torch wrote: nothing of it is unpickled here."""
    require(file, model)
    try:
        with open(file, "rb") as stream:
            good = zipfile.is_zipfile(stream)
            stream.seek(0)
            good = good or stream.read(2) == OLD_PICKLE
        size = file.stat().st_size
    except OSError as error:
        raise Unreadable(f"{file.name} of {model} cannot be read: {error.strerror}.", "Look at its rights.") from None
    if not good:
        raise Unreadable(
            f"{file.name} of {model} is damaged: it is not what torch writes, or it is cut off.",
            "Get it again from where it came.",
            code="damaged",
        )
    return size


def _lies(index: Path, model: str, what: str) -> MiStudioError:
    return Unreadable(f"{index.name} of {model} is not right: {what}.", "Get it again from where it came.", code="damaged")

"""Tensors in a safetensors file: written part by part and synced, so that a full disk says so and memory holds them once."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from ..contract.errors import Unreadable
from ..workspace import atomic

if TYPE_CHECKING:
    from torch import Tensor

Tensors = dict[str, "Tensor"]
KINDS = {"float32": "F32", "float64": "F64", "int64": "I64", "uint8": "U8", "bool": "BOOL"}


def write_tensors(path: Path, tensors: Tensors) -> int:
    """The bytes that were written. Tensors lie on the CPU."""
    header: dict[str, object] = {}
    total = 0
    for name, tensor in tensors.items():
        size = tensor.numel() * tensor.element_size()
        kind = KINDS[str(tensor.dtype).removeprefix("torch.")]
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [total, total + size]}
        total += size
    text = json.dumps(header).encode()
    # Numbers begin at a multiple of eight.
    text += b" " * (-len(text) % 8)
    with atomic.whole_file(path, total) as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(tensor.contiguous().numpy().data.cast("B") if tensor.numel() else b"")
    return 8 + len(text) + total


def read_tensors(path: Path) -> Tensors:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        why = str(error).split("\n")[0][:200]
        raise Unreadable(f"{path} cannot be read: {why}.", "Restore the file, or use another one.") from None

"""A capture in files that other tools read: a file for each hook point, and the index beside them."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from ..jobs.context import JobContext
from ..workspace import atomic
from ..workspace.workspace import read_json
from .schema import ExportCapture, Exported
from .sizes import INDEX
from .vectors import Mapped, Stored, Vectors

# Rows that are in memory at once.
ROWS = 8192
IN_SAFETENSORS = {
    "float32": "F32", "float16": "F16", "bfloat16": "BF16",
    "<i8": "I64", "<i4": "I32", "|b1": "BOOL",
}  # fmt: skip


def file_names(hooks: list[str], format: str) -> list[str]:
    if format == "safetensors":
        return [f"{name}.safetensors" for name in (*hooks, "index")]
    return [f"{name}.npy" for name in (*hooks, *(f"index.{column}" for column in INDEX))]


def export_capture(job: JobContext, params: ExportCapture) -> Exported:
    stored = Stored(job.workspace.folder(job.object) / "data")
    folder = Path(params.folder)
    noted = job.scratch / "written.json"
    done: list[str] = read_json(noted)["files"] if noted.exists() else []
    names = file_names(list(stored.hooks), params.format)
    for number, name in enumerate(names):
        if name in done:
            continue
        columns = _columns(stored, name.rsplit(".", 1)[0])
        write = _write_safetensors if params.format == "safetensors" else _write_npy
        with atomic.whole_file(folder / name) as file:
            for part in write(file, columns):
                job.progress(number + part, len(names), "Writing", "files")
                if job.should_pause:
                    job.rest()
        done.append(name)
        atomic.write_json(noted, {"files": done})
    return Exported(folder=str(folder), files=names, bytes=sum((folder / name).stat().st_size for name in names))


def _columns(stored: Stored, name: str) -> dict[str, Mapped]:
    """What goes into the file of this name."""
    if name in stored.hooks:
        return {"vectors": stored[name]}
    return stored.index if name == "index" else {name.removeprefix("index."): stored.index[name.removeprefix("index.")]}


def _write_npy(file: IO[bytes], columns: dict[str, Mapped]) -> Iterator[float]:
    [column] = columns.values()
    width = [column.width] if isinstance(column, Vectors) else []
    widened = isinstance(column, Vectors) and column.dtype == "bfloat16"
    kind = np.dtype(np.float32) if widened else column.read(slice(0)).dtype
    header = {"descr": kind.str, "fortran_order": False, "shape": (len(column), *width)}
    np.lib.format.write_array_header_1_0(file, header)
    for start in range(0, len(column), ROWS):
        rows = slice(start, start + ROWS)
        file.write((column[rows] if widened else column.read(rows)).tobytes())
        yield start / len(column)


def _write_safetensors(file: IO[bytes], columns: dict[str, Mapped]) -> Iterator[float]:
    """The format is a length, a JSON header and the numbers; written here so that it need not all be in memory."""
    header: dict[str, Any] = {}
    total = 0
    for name, column in columns.items():
        shape = [len(column), column.width] if isinstance(column, Vectors) else [len(column)]
        kind = IN_SAFETENSORS[column.dtype if isinstance(column, Vectors) else INDEX[name]]
        size = len(column) * column.read(slice(0, 1)).nbytes
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [total, total + size]}
        total += size
    text = json.dumps(header).encode()
    # Numbers begin at a multiple of eight.
    text += b" " * (-len(text) % 8)
    file.write(struct.pack("<Q", len(text)) + text)
    for number, column in enumerate(columns.values()):
        for start in range(0, len(column), ROWS):
            file.write(column.read(slice(start, start + ROWS)).tobytes())
            yield (number + start / len(column)) / len(columns)

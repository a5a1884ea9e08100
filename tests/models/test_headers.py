"""Safetensors headers: as the library writes them, and every way in which one can lie."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from mistudio_ext.contract.errors import MiStudioError, Unreadable
from mistudio_ext.models.headers import read_header
from mistudio_ext.models.weights import read_weights

TENSORS = {
    "a": torch.zeros(3, 4),
    "b": torch.zeros(5, dtype=torch.bfloat16),
    "c": torch.tensor(7),
    "d": torch.zeros(0, 8),
    "e": torch.zeros(6, dtype=torch.float8_e4m3fn),
}


def written(folder: Path, header: Any, data: bytes = b"", *, length: int | None = None) -> Path:
    content = header if isinstance(header, bytes) else json.dumps(header).encode()
    file = folder / "model.safetensors"
    file.write_bytes(struct.pack("<Q", len(content) if length is None else length) + content + data)
    return file


def test_a_header_says_what_the_library_reads(tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    save_file(TENSORS, file, metadata={"format": "pt"})
    found = read_header(file, "tiny")
    read = load_file(file)
    assert {name: (each.shape, each.numbers, each.bytes) for name, each in found.items()} == {
        name: (tuple(each.shape), each.numel(), each.nbytes) for name, each in read.items()
    }
    stored = read_weights(tmp_path, "model.safetensors", "tiny")
    assert (stored.bytes, stored.stored_as) == (file.stat().st_size, "float32")
    assert stored.numbers == 12 + 5, "integers are no parameters, and packed ones cannot be counted"


def one(**changes: Any) -> dict[str, Any]:
    return {"x": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]} | changes}


@pytest.mark.parametrize(
    ("header", "data"),
    [
        (one(), b"1234567"),
        (one(), b"123456789"),
        (one(dtype="F33"), b"12345678"),
        (one(dtype=["F32"]), b"12345678"),
        (one(shape=[3]), b"12345678"),
        (one(shape=[-2]), b"12345678"),
        (one(shape=[True, 2]), b"12345678"),
        (one(shape="ab"), b"12345678"),
        (one(shape=[2**60, 2**60]), b"12345678"),
        (one(shape=[1] * 100), b"1234"),
        (one(data_offsets=[0, 8, 16]), b"12345678"),
        (one(data_offsets=[8, 0]), b"12345678"),
        (one(data_offsets=[0, 8.0]), b"12345678"),
        (one(data_offsets=[4, 12]), b"123456789012"),
        ({**one(), "y": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}, b"12345678"),
        ({"x": 5}, b""),
        ([1], b""),
        (b"not json", b""),
        (b'{"x": ' + b"[" * 100_000, b""),
        (b'{"\\ud800": {}}', b""),
    ],
)
def test_a_header_that_does_not_add_up_is_refused_with_the_files_name(tmp_path: Path, header: Any, data: bytes) -> None:
    file = written(tmp_path, header, data)
    with pytest.raises(Unreadable, match=r"model\.safetensors of tiny"):
        read_header(file, "tiny")


@pytest.mark.parametrize("length", [0, 3, 7, 100, 2**40, 2**64 - 1])
def test_a_header_of_another_length_is_refused(tmp_path: Path, length: int) -> None:
    with pytest.raises(Unreadable, match=r"model\.safetensors of tiny"):
        read_header(written(tmp_path, one(), b"12345678", length=length), "tiny")


def test_every_way_to_cut_a_file_off_is_told(tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    save_file(TENSORS, file)
    whole = file.read_bytes()
    for size in range(len(whole)):
        file.write_bytes(whole[:size])
        with pytest.raises(Unreadable, match=r"model\.safetensors of tiny"):
            read_header(file, "tiny")


def index(folder: Path, places: Any) -> None:
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": places}))


def test_an_index_is_held_to_its_parts(tmp_path: Path) -> None:
    save_file({"a": torch.zeros(3)}, tmp_path / "one.safetensors")
    save_file({"b": torch.zeros(4)}, tmp_path / "two.safetensors")
    entry = "model.safetensors.index.json"
    index(tmp_path, {"a": "one.safetensors", "b": "two.safetensors"})
    stored = read_weights(tmp_path, entry, "tiny")
    assert (stored.numbers, [file.name for file in stored.files]) == (7, ["one.safetensors", "two.safetensors"])
    for places, says in {
        json.dumps({"a": "one.safetensors", "b": "one.safetensors"}): "one.safetensors has no tensor 'b'",
        json.dumps({"a": "three.safetensors"}): "three.safetensors of tiny is not there",
        json.dumps({"a": "../one.safetensors"}): "is called '../one.safetensors'",
        json.dumps({"a": "one.bin"}): "is called 'one.bin'",
        json.dumps({"a": 5}): "is called 5",
        "5": "no weight_map",
        "{}": "no weight_map",
    }.items():
        index(tmp_path, json.loads(places))
        with pytest.raises(MiStudioError, match=says):
            read_weights(tmp_path, entry, "tiny")

"""Captures by real jobs in the test's own process, and the plainest way to say what must be in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from mistudio_ext.captures.operations import make_capture
from mistudio_ext.captures.schema import MakeCapture
from mistudio_ext.captures.vectors import Stored
from mistudio_ext.contract.models import checked
from mistudio_ext.datasets.tokenizer import Tokenizer
from mistudio_ext.jobs.schema import Job
from mistudio_ext.models.load import load_model
from mistudio_ext.workspace.workspace import Workspace
from tests.support import making, work
from tests.support.hand_hooks import direct

ROLES = ("template", "system", "user", "assistant", "tool")


def ask(ws: Workspace, model: str, tokenization: str, **options: Any) -> str:
    values = {"model": model, "tokenization": tokenization, "dtype": "float32"} | options
    return make_capture(ws, checked(MakeCapture, values)).object


def capture(ws: Workspace, model: str, tokenization: str, **options: Any) -> str:
    """Its id, once it is made."""
    id = ask(ws, model, tokenization, **options)
    job = work.do_next(ws, "gpu")
    assert job.state == "succeeded", job
    return id


def failed(ws: Workspace, model: str, tokenization: str, **options: Any) -> Job:
    ask(ws, model, tokenization, **options)
    job = work.do_next(ws, "gpu")
    assert job.state == "failed", job
    return job


def stored(ws: Workspace, id: str) -> Stored:
    return Stored(ws.folder(id) / "data")


def index_of(found: Stored) -> dict[tuple[int, int], dict[str, Any]]:
    """By block and position."""
    columns = {name: column.read(slice(None)).tolist() for name, column in found.index.items()}
    rows = [dict(zip(columns, each, strict=True)) for each in zip(*columns.values(), strict=True)]
    by_place = {(row["block"], row["position"]): row | {"row": number} for number, row in enumerate(rows)}
    assert len(by_place) == len(found), "a token was kept twice"
    return by_place


def expected_index(ws: Workspace, tokenization: str, **rules: Any) -> dict[tuple[int, int], dict[str, Any]]:
    """Token by token, by the rules as they are written, before `max_tokens` and `max_samples`."""
    drop_first, drop_special, role = rules.get("drop_first", 1), rules.get("drop_special", True), rules.get("role")
    folder = ws.folder_of(ws.catalog.get(tokenization))
    special = Tokenizer(folder / "tokenizer").special
    rows = making.rows(folder / "blocks")
    found = {}
    for block, ids in enumerate(rows["input_ids"]):
        first, length = rows["first"][block], rows["length"][block]
        for column in range(first, first + length):
            begun = [s for s, start in zip(rows["samples"][block], rows["starts"][block], strict=True) if start <= column]
            sample = begun[-1] if begun else rows["samples"][block][0]
            id, position = ids[column], column - first
            if position < drop_first or (drop_special and id in special):
                continue
            if role is not None and ROLES[rows["roles"][block][column]] != role:
                continue
            counted = position > 0 and id not in special
            found[block, position] = {
                "sample": sample, "block": block, "position": position, "token": id, "held_out": rows["held_out"][block],
                "counted": counted,
            }  # fmt: skip
    return found


def without_row(index: dict[tuple[int, int], dict[str, Any]]) -> dict[tuple[int, int], dict[str, Any]]:
    return {place: {name: value for name, value in row.items() if name != "row"} for place, row in index.items()}


def direct_vectors(folder: Path, family: str, ws: Workspace, tokenization: str) -> dict[tuple[int, int], dict[str, Any]]:
    """Of every token of every block that is no padding: each block by itself through the whole model, with hooks by hand."""
    model = load_model(folder, "float32")
    rows = making.rows(ws.folder_of(ws.catalog.get(tokenization)) / "blocks")
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for block, ids in enumerate(rows["input_ids"]):
        first, length = rows["first"][block], rows["length"][block]
        if not length:
            continue
        seen = direct(model, family, ids[first : first + length])
        for at in range(length):
            found[block, at] = {hook: tensor[at].numpy() for hook, tensor in seen.items()}
    return found


def all_rows(found: Stored) -> np.ndarray[Any, np.dtype[Any]]:
    """Index and vectors of all hook points side by side, a line a row, in an order that does not depend on how they came."""
    columns = [found.index[name].read(slice(None)).astype(np.float64)[:, None] for name in found.index]
    columns += [found[hook][:].astype(np.float64) for hook in found.hooks]
    lines = np.concatenate(columns, axis=1)
    return lines[np.lexsort((lines[:, 2], lines[:, 1]))]

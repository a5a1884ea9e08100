"""From a row of a capture back to its text: the token, and what stands around it in its block."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..contract.errors import NotFound
from ..datasets.live import tokenizer_in
from ..datasets.samples import list_shards, open_shard
from ..datasets.tokenizer import Tokenizer
from .vectors import Stored

AROUND = 24
Numbers = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Place:
    """Where a row is from: `sample` is a row of the dataset, `position` counts the tokens of its block, padding left out."""

    row: int
    sample: int
    block: int
    position: int
    held_out: bool
    counted: bool
    id: int
    token: str
    before: str
    after: str


@dataclass(frozen=True)
class Located(Place):
    """With all that the model was given: `context_ids[position]` is the token, `context` the text of the whole block."""

    context: str
    context_ids: list[int]


def locate(stored: Stored, row: int, tokenization: Path) -> Located:
    [place] = places(stored, np.array([row]), tokenization)
    ids = _Blocks(tokenization / "blocks").get(place.block)
    return Located(**asdict(place), context=_text(tokenizer_in(tokenization / "tokenizer"), ids), context_ids=ids)


def places(stored: Stored, rows: Numbers, tokenization: Path) -> list[Place]:
    index = {name: column.read(rows) for name, column in stored.index.items()}
    tokenizer = tokenizer_in(tokenization / "tokenizer")
    blocks = _Blocks(tokenization / "blocks")
    found = []
    for at, row in enumerate(rows.tolist()):
        block, position, id = (int(index[name][at]) for name in ("block", "position", "token"))
        ids = blocks.get(block)
        before = _text(tokenizer, ids[max(0, position - AROUND) : position])
        after = _text(tokenizer, ids[position + 1 : position + 1 + AROUND])
        found.append(
            Place(
                row, int(index["sample"][at]), block, position, bool(index["held_out"][at]), bool(index["counted"][at]), id,
                _text(tokenizer, [id]), before, after,
            )
        )  # fmt: skip
    return found


def _text(tokenizer: Tokenizer, ids: list[int]) -> str:
    """As a person reads it. Letters that are cut at the edges of what is shown come out as marks of doubt."""
    return str(tokenizer.inner.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False))


class _Blocks:
    """Blocks of a tokenization by their number."""

    def __init__(self, folder: Path):
        self._shards = list_shards(folder)
        self._edges = np.cumsum([0, *(rows for _, rows in self._shards)])
        self._tables: dict[int, Any] = {}
        self._last: tuple[int, list[int]] | None = None

    def get(self, number: int) -> list[int]:
        """Its ids, without padding."""
        if self._last is not None and self._last[0] == number:
            return self._last[1]
        if not 0 <= number < self._edges[-1]:
            raise NotFound(f"The tokenization has no block {number:,}.", "It is not the one that was captured.")
        shard = int(np.searchsorted(self._edges, number, "right")) - 1
        if shard not in self._tables:
            self._tables[shard] = open_shard(*self._shards[shard])
        stored = self._tables[shard].slice(number - int(self._edges[shard]), 1).to_pylist()[0]
        found: list[int] = stored["input_ids"][stored["first"] : stored["first"] + stored["length"]]
        self._last = number, found
        return found

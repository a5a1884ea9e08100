"""A text as it grows, with where the words of a concept are in it."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """Characters `start` to `end` (not included) of a text belong to the concept."""

    start: int
    end: int
    concept: str


class Writer:
    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.length = 0
        self._pieces: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def add(self, piece: str, concept: str | None = None) -> None:
        if concept is not None:
            self.spans.append(Span(self.length, self.length + len(piece), concept))
        self._pieces.append(piece)
        self.length += len(piece)

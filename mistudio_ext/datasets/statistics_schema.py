"""Statistics of a tokenization. Each number is defined in docs/metrics.md."""

from __future__ import annotations

from ..contract.models import Contract, option
from .tokenizing_schema import TokenPiece


class CountTokens(Contract):
    """There is nothing to choose."""


class Histogram(Contract):
    edges: list[int] = option(title="Edges", help="Bin i holds lengths from edge i up to, not including, edge i + 1.")
    counts: list[int]


class Lengths(Contract):
    """Tokens a sample, without what stands around and between samples."""

    mean: float | None
    min: int | None
    median: float | None
    max: int | None
    histogram: Histogram


class CountedToken(Contract):
    piece: TokenPiece
    count: int
    share: float = option(title="Share", help="Of all tokens.")


class SplitCount(Contract):
    split: str
    samples: int
    tokens: int


class Statistics(Contract):
    tokenization: str
    computed: float
    samples: int
    tokens: int
    lengths: Lengths
    unique_tokens: int
    vocabulary: int
    vocabulary_share: float | None = option(title="Share of the vocabulary", help="Unique tokens by the vocabulary's size.")
    top_tokens: list[CountedToken]
    splits: list[SplitCount]
    held_out: SplitCount

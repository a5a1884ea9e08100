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
    """Tokens a sample, whether or not they all fill a block, without what stands around and between samples."""

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
    tokens: int = option(title="Tokens", help="The samples' own, all their lengths together.")


class Statistics(Contract):
    tokenization: str
    computed: float
    samples: int = option(title="Samples", help="Those that have a token.")
    tokens: int = option(title="Tokens", help="In the blocks, with what stands around and between samples; padding not counted.")
    lengths: Lengths
    unique_tokens: int
    vocabulary: int
    vocabulary_share: float | None = option(title="Share of the vocabulary", help="Unique tokens by the vocabulary's size.")
    top_tokens: list[CountedToken]
    splits: list[SplitCount]
    held_out: SplitCount = option(
        title="Of these, held out", help="The samples kept apart for evaluation: a part of the splits, not one more of them."
    )

"""Tokenizations and tokens in words."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from ..datasets.statistics_schema import Statistics
from ..datasets.tokenizations import get_statistics
from ..datasets.tokenizing_schema import (
    ROLES,
    SampleTokens,
    Tokenization,
    TokenizationComparison,
    TokenizationList,
    TokenPreview,
    VocabularyCheck,
)
from ..display.text import count, visible, when
from ..jobs.schema import Started
from ..lanes.perform import perform
from .command import Call
from .shown import pairs, table, value_of
from .waiting import follow

BAR = 30
TOP_SHOWN = 20


def tokenizations(found: TokenizationList) -> str:
    rows = [
        (
            each.id,
            each.name,
            each.parent,
            each.state,
            count(each.facts.blocks if each.facts else None),
            count(each.facts.tokens if each.facts else None),
            when(each.created),
        )
        for each in found.tokenizations
    ]
    return table(("id", "name", "dataset", "state", "blocks", "tokens", "created"), rows, "There are no tokenizations.")


def about(found: Tokenization) -> dict[str, object]:
    return {
        "dataset": found.parent,
        "tokenizer": found.tokenizer.name,
        "layout": found.layout,
        "block length": count(found.max_length),
    }


def token_preview(found: TokenPreview) -> str:
    rows = [(each.id, visible(each.token), visible(each.text), each.kind) for each in found.tokens]
    figures = f"{count(found.count)} tokens, of a vocabulary of {count(found.vocabulary)}"
    return f"{table(('id', 'token', 'text', 'kind'), rows, '')}\n{figures}".lstrip("\n")


def sample_tokens(found: SampleTokens) -> str:
    roles = found.roles or [0] * len(found.tokens)
    rows = [
        (each.id, visible(each.token), visible(each.text), each.kind, ROLES[role] if found.roles else "")
        for each, role in zip(found.tokens, roles, strict=True)
    ]
    shown = table(("id", "token", "text", "kind", "role"), rows, "")
    return f"{shown}\n{count(len(found.tokens))} of {count(found.count)} tokens".lstrip("\n")


def comparison(found: TokenizationComparison) -> str:
    first, second = found.first, found.second
    names = [("id", first.id, second.id), ("name", first.name, second.name)]
    same = "Both were made of the same text." if found.same_text else "They were made of different texts."
    parts = [
        table(("", "first", "second"), names, ""),
        table(("parameter", "first", "second"), [_sides(each) for each in found.parameters], "Their parameters are equal."),
        table(("count", "first", "second"), [_sides(each) for each in found.counts], "They are not both ready."),
        same,
    ]
    return "\n\n".join(parts)


def _sides(each: Any) -> tuple[str, object, object]:
    return each.title, *("none" if side is None else value_of(side) for side in (each.first, each.second))


def fits(found: VocabularyCheck) -> str:
    return found.sentence


def count_them(call: Call) -> Statistics | Started:
    """Start the job if there is any to do, follow it, and bring what it found."""
    started: Started = call.perform()
    if call.given.no_wait:
        return started
    if started.job is not None:
        follow(call.ws, started.job)
    found: Statistics = perform(call.ws, get_statistics, started.object)
    return found


def statistics(found: Statistics | Started) -> str:
    if isinstance(found, Started):
        return pairs({"id": found.object, "job": found.job or "none: it was there already"})
    lengths = found.lengths
    share = "" if found.vocabulary_share is None else f" ({found.vocabulary_share:.1%} of {count(found.vocabulary)})"
    about = pairs(
        {
            "tokenization": found.tokenization, "computed": when(found.computed), "samples": count(found.samples),
            "tokens": count(found.tokens), "mean length": count(lengths.mean), "median length": count(lengths.median),
            "shortest": count(lengths.min), "longest": count(lengths.max), "unique tokens": count(found.unique_tokens) + share,
        }
    )  # fmt: skip
    highest = max(lengths.histogram.counts, default=1) or 1
    bins = [
        (f"{count(low)} to {count(high - 1)}", count(number), "█" * round(number / highest * BAR))
        for (low, high), number in zip(pairwise(lengths.histogram.edges), lengths.histogram.counts, strict=True)
    ]
    tops = [
        (each.piece.id, visible(each.piece.text), count(each.count), f"{each.share:.2%}") for each in found.top_tokens[:TOP_SHOWN]
    ]
    splits = [(each.split, count(each.samples), count(each.tokens)) for each in (*found.splits, found.held_out)]
    parts = [about, table(("length", "samples", ""), bins, ""), table(("id", "token", "count", "share"), tops, "")]
    return "\n\n".join([*parts, table(("split", "samples", "tokens"), splits, "")])

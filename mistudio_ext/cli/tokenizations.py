"""Tokenizations and tokens in words."""

from __future__ import annotations

from itertools import pairwise

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
from ..display.facts import fingerprint, of_comparison, options, side_by_side
from ..display.text import count, counted, marked, visible, when
from ..jobs.schema import Started
from ..lanes.perform import perform
from .command import Call
from .shown import pairs, table
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
    asked: dict[str, object] = {title.casefold(): value for title, value in options(found)}
    return {
        "dataset": found.parent,
        "tokenizer": found.tokenizer.name,
        "layout": found.layout,
        "block length": count(found.max_length),
        "fingerprint": fingerprint(found.fingerprint),
    } | asked


def token_preview(found: TokenPreview) -> str:
    rows = [(each.id, visible(each.token), marked(each.text), each.kind) for each in found.tokens]
    figures = f"{counted(found.count, 'token')}, of a vocabulary of {count(found.vocabulary)}"
    return f"{table(('id', 'token', 'text', 'kind'), rows, '')}\n{figures}".lstrip("\n")


def sample_tokens(found: SampleTokens) -> str:
    roles = found.roles or [0] * len(found.tokens)
    rows = [
        (each.id, visible(each.token), marked(each.text), each.kind, ROLES[role] if found.roles else "")
        for each, role in zip(found.tokens, roles, strict=True)
    ]
    shown = table(("id", "token", "text", "kind", "role"), rows, "")
    return f"{shown}\n{count(len(found.tokens))} of {counted(found.count, 'token')}".lstrip("\n")


def comparison(found: TokenizationComparison) -> str:
    first, second = found.first, found.second
    names = [("id", first.id, second.id), ("name", first.name, second.name)]
    parts = [
        table(("", "first", "second"), names, ""),
        table(("", "parameter", "first", "second"), side_by_side(found.parameters), ""),
        table(("", "count", "first", "second"), side_by_side(found.counts), ""),
        of_comparison(found),
    ]
    return "\n\n".join(each for each in parts if each)


def does_not_fit(found: VocabularyCheck) -> bool:
    return not found.fits


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
        (each.piece.id, marked(each.piece.text), count(each.count), f"{each.share:.2%}") for each in found.top_tokens[:TOP_SHOWN]
    ]
    named = [*((each.split, each) for each in found.splits), ("of these held out", found.held_out)]
    splits = [(name, count(each.samples), count(each.tokens)) for name, each in named]
    parts = [about, table(("length", "samples", ""), bins, ""), table(("id", "token", "count", "share"), tops, "")]
    return "\n\n".join([*parts, table(("split", "samples", "tokens"), splits, "")])

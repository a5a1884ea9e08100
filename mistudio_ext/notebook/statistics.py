"""Statistics of a tokenization, as they show themselves: figures, and bars with their numbers beside them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from ..datasets import statistics_schema
from ..datasets.statistics_schema import CountedToken, Histogram, SplitCount
from ..display.text import count, counted, marked, markup, plain
from . import cards

TOP_SHOWN = 20
BAR = f"display: inline-block; height: 8px; background-color: {cards.ACCENT}; border-radius: 2px"


class Statistics(statistics_schema.Statistics):
    """What counting found: `.samples`, `.tokens`, `.lengths`, `.unique_tokens`, `.top_tokens`, `.splits`, `.held_out`."""

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        pairs = self._pairs()
        width = max(len(key) for key, _ in pairs)
        lines = [f"  {key:{width}}  {plain(value)}" for key, value in pairs]
        tops = [f"{plain(marked(each.piece.text), 20)} {count(each.count)}" for each in self.top_tokens[:TOP_SHOWN]]
        printer.text("\n".join([f"Statistics of {self.tokenization}", *lines, f"  {'Top tokens':{width}}  {', '.join(tops)}"]))

    def __repr__(self) -> str:
        return f"<Statistics of {self.tokenization}: {counted(self.samples, 'sample')}, {counted(self.tokens, 'token')}>"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        parts = [_heading("Tokens a sample"), _histogram(self.lengths.histogram), _heading("Most frequent tokens")]
        parts += [_top(self.top_tokens[:TOP_SHOWN]), _heading("Splits"), _splits(self.splits, self.held_out)]
        return cards.card("statistics", self.tokenization, "Statistics", self._pairs(), "".join(parts))

    def _pairs(self) -> list[tuple[str, str]]:
        lengths = self.lengths
        share = (
            ""
            if self.vocabulary_share is None
            else f", {self.vocabulary_share:.1%} of the vocabulary of {count(self.vocabulary)}"
        )
        return [
            ("Samples", count(self.samples)),
            ("Tokens", count(self.tokens)),
            ("Tokens a sample", f"mean {count(lengths.mean)}, median {count(lengths.median)}"),
            ("Shortest and longest", f"{count(lengths.min)} and {count(lengths.max)}"),
            ("Unique tokens", f"{count(self.unique_tokens)}{share}"),
            (
                "Held out",
                f"{counted(self.held_out.samples, 'sample')}, {counted(self.held_out.tokens, 'token')}; the splits contain them",
            ),
        ]


def _histogram(histogram: Histogram) -> str:
    """Upright bars; each says its numbers when it is pointed at."""
    highest = max(histogram.counts, default=0)
    bars = ""
    for (low, high), number in zip(pairwise(histogram.edges), histogram.counts, strict=True):
        title = f"{count(low)} to {count(high - 1)} tokens: {counted(number, 'sample')}"
        height = 0 if not number else max(2, round(number / highest * 60))
        bars += (
            f'<div title="{cards.markup_attribute(title)}" style="flex: 1; align-self: flex-end; height: {height}px; '
            f'background-color: {cards.ACCENT}; margin-right: 1px"></div>'
        )
    words = f"0 to {count(histogram.edges[-1] - 1)} tokens; the highest bar is {counted(highest, 'sample')}"
    chart = (
        f'<div role="img" aria-label="{cards.markup_attribute("Histogram: " + words)}" '
        f'style="display: flex; height: 60px; max-width: 36em; border-bottom: {cards.LINE}">{bars}</div>'
    )
    return f'{chart}<div style="{cards.FAINT}">{markup(words)}</div>' if histogram.counts else ""


def _top(tokens: Sequence[CountedToken]) -> str:
    most = max((each.count for each in tokens), default=0) or 1
    rows = [
        (markup(marked(each.piece.text) or each.piece.token, 60), str(each.piece.id), count(each.count), f"{each.share:.2%}",
         _bar(each.count / most))
        for each in tokens
    ]  # fmt: skip
    return _table(("Token", "Id", "Count", "Share"), rows)


def _splits(splits: Sequence[SplitCount], held_out: SplitCount) -> str:
    most = max((each.tokens for each in splits), default=0) or 1
    rows = [
        (markup(name, 60), count(each.samples), count(each.tokens), _bar(each.tokens / most))
        for name, each in [*((each.split, each) for each in splits), ("of these held out", held_out)]
    ]
    return _table(("Split", "Samples", "Tokens"), rows)


def _heading(text: str) -> str:
    return f'<div style="{cards.FAINT}; margin-top: 6px">{markup(text)}</div>'


def _bar(part: float) -> str:
    return f'<span style="{BAR}; width: {round(part * 120)}px"></span>'


def _table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Cells are HTML already: a name, numbers, and a bar, which has no heading of its own."""
    styles = [cards.CELL, *[cards.NUMBERS] * (len(headers) - 1), cards.CELL]
    head = "".join(
        f'<th style="{style}; {cards.FAINT}">{markup(each)}</th>' for style, each in zip(styles, (*headers, ""), strict=True)
    )
    body = "".join(
        "<tr>" + "".join(f'<td style="{style}">{each}</td>' for style, each in zip(styles, row, strict=True)) + "</tr>"
        for row in rows
    )
    return f'<table style="border-collapse: collapse; margin: 2px 0"><tr>{head}</tr>{body}</table>'

"""Samples of a dataset, as they show themselves."""

from __future__ import annotations

from typing import Any

from ..datasets import schema, tokenizing_schema
from ..display.samples import HEADERS, beginning, in_words, summary
from ..display.text import count, counted, markup, plain, shortened, visible_lines
from . import cards
from .pieces import TokenPieces

SHOWN = 20_000
GOES_ON = "offset={} goes on"


class Sample(schema.Sample):
    """One whole sample: `.id`, `.text`, `.row`, `.split`, `.length`, `.other` (what else its row held); `.messages` are the
    turns of a conversation, else None."""

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        heading = f"Sample {self.row} ({plain(self.split, 40)}, {counted(self.length, 'character')})"
        printer.text(f"{heading}\n{visible_lines(shortened(self.text, SHOWN))}")

    def _repr_html_(self) -> str:
        pairs = [("Split", self.split), ("Characters", count(self.length))]
        if self.messages is not None:
            pairs.append(("Messages", count(len(self.messages))))
        pairs += [(key, str(value)) for key, value in self.other.items()]
        text = "".join(f"<p style='margin: 2px 0'>{markup(line)}</p>" for line in shortened(self.text, SHOWN).split("\n"))
        return cards.card("sample", self.id, f"Row {self.row}", pairs, text)


class Samples(list[schema.SampleHead]):
    """A page of samples, each with the beginning of its `.text`, or with the place around the first hit of a search.

    `.total` is how many there are in the dataset or the split, `.next` the row to go on from (None: there is nothing
    more), `.looked_through` how many rows were looked at for this page.
    """

    def __init__(self, page: schema.SamplePage):
        super().__init__(page.samples)
        self.total = page.total
        self.next = page.next
        self.looked_through = page.looked_through

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(in_words(self, self, GOES_ON))

    def _repr_html_(self) -> str:
        rows = [[str(each.row), beginning(each), each.split, count(each.length)] for each in self]
        return cards.table(HEADERS, rows, summary(len(self), self, GOES_ON))


class SampleTokens(TokenPieces):
    """A sample's tokens; `.roles` says for a conversation whose each is, `.count` how many the whole sample has."""

    def __init__(self, found: tokenizing_schema.SampleTokens):
        self.pieces = found.tokens
        self.roles = found.roles
        self.count = found.count

    def _figures(self) -> str:
        return f"{count(len(self.pieces))} of {counted(self.count, 'token')}"

"""Samples of a dataset, as they show themselves."""

from __future__ import annotations

from typing import Any

from ..datasets import schema
from ..display.text import count, markup, plain, visible
from . import cards

SHOWN = 20_000


class Sample(schema.Sample):
    """One whole sample: `.text`, `.row`, `.split`, `.length`, `.other` (what else its row held)."""

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        heading = f"Sample {self.row} ({plain(self.split, 40)}, {count(self.length)} characters)"
        printer.text(f"{heading}\n{plain(self.text, SHOWN, lines=True)}")

    def _repr_html_(self) -> str:
        pairs = [("Split", self.split), ("Characters", count(self.length))]
        pairs += [(key, str(value)) for key, value in self.other.items()]
        text = "".join(f"<p style='margin: 2px 0'>{markup(line)}</p>" for line in self.text[:SHOWN].split("\n"))
        return cards.card("sample", "", f"Row {self.row}", pairs, text)


class Samples(list[schema.SampleHead]):
    """A page of samples, each with the beginning of its `.text`; `.total` is how many the dataset has."""

    def __init__(self, samples: list[schema.SampleHead], total: int):
        super().__init__(samples)
        self.total = total

    def _note(self) -> str:
        return f"{count(len(self))} of {count(self.total)} samples"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        lines = [f"{each.row:>8}  {plain(visible(each.text), 100)}" for each in self]
        printer.text("\n".join([*lines, self._note()]))

    def _repr_html_(self) -> str:
        rows = [[str(each.row), each.text, each.split, count(each.length)] for each in self]
        return cards.table(["Row", "Text", "Split", "Characters"], rows, self._note())

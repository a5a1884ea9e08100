"""Pages of samples in words."""

from __future__ import annotations

from typing import Protocol

from ..datasets.schema import SampleHead
from .table import in_lines
from .text import count, counted, visible

HEADERS = ("Row", "Text", "Split", "Characters")
WIDEST = 120


class Page(Protocol):
    """As an answer has it, or a list with the same facts."""

    @property
    def total(self) -> int: ...
    @property
    def next(self) -> int | None: ...
    @property
    def looked_through(self) -> int: ...


def in_words(samples: list[SampleHead], page: Page, goes_on: str) -> str:
    """`goes_on` says how this face asks for what comes after, with {} for the row."""
    rows = [(each.row, visible(beginning(each)), each.split, count(each.length)) for each in samples]
    note = summary(len(samples), page, goes_on)
    return f"{in_lines(HEADERS, rows, WIDEST)}\n{note}" if rows else note


def beginning(sample: SampleHead) -> str:
    """Its text, with a mark where there is more of it; a search has set its own."""
    return sample.text if len(sample.text) >= sample.length or sample.text.endswith("…") else f"{sample.text}…"


def summary(shown: int, page: Page, goes_on: str) -> str:
    if page.looked_through > shown:
        found = f"{counted(shown, 'sample')} found in {count(page.looked_through)} looked through"
    else:
        found = f"{count(shown)} of {counted(page.total, 'sample')}"
    return found if page.next is None else f"{found}; {goes_on.format(page.next)}"

"""Two tokenizations side by side, as a table."""

from __future__ import annotations

from typing import Any

from ..datasets.tokenizing_schema import TokenizationComparison
from ..display.text import count, plain
from . import cards


class Comparison(TokenizationComparison):
    """`.parameters` that differ and `.counts`, each with `.title`, `.first` and `.second`; `.same_text`: of equal text."""

    def __repr__(self) -> str:
        lines = [f"Tokenizations {self.first.id} and {self.second.id}"]
        lines += [f"  {title}: {plain(first, 60)} | {plain(second, 60)}" for title, first, second in self._rows()]
        return "\n".join([*lines, f"  {self._note()}"])

    __str__ = __repr__

    def _repr_html_(self) -> str:
        return cards.table(["", self.first.name, self.second.name], self._rows(), self._note())

    def _rows(self) -> list[tuple[str, str, str]]:
        return [(each.title, _words(each.first), _words(each.second)) for each in (*self.parameters, *self.counts)]

    def _note(self) -> str:
        texts = "Both were made of equal text." if self.same_text else "They were made of different texts."
        return texts if self.parameters else f"{texts} No parameter differs."


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return count(value) if value is None or isinstance(value, int) else str(value)

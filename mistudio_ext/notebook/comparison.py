"""Two tokenizations side by side, and a tokenization beside a model."""

from __future__ import annotations

from typing import Any

from pydantic import PrivateAttr
from typing_extensions import Self

from ..contract.errors import Conflict
from ..contract.models import checked
from ..datasets import tokenizing_schema
from ..datasets.tokenizations import read_sample_tokens
from ..datasets.tokenizing_schema import Difference, ReadSampleTokens, Tokenization, TokenizationComparison
from ..display import facts
from ..display.text import markup, plain
from ..lanes.perform import perform
from ..workspace.workspace import Workspace as Core
from . import cards
from .samples import SampleTokens


class Comparison(TokenizationComparison):
    """`.parameters` that differ and `.counts`, each with `.title`, `.first` and `.second`; `.same_text`: of equal text.
    `.tokens(row)` is one sample under both. Where the two differ stands “≠”."""

    _core: Core | None = PrivateAttr(None)

    def on(self, core: Core) -> Self:
        self._core = core
        return self

    def tokens(self, row: int) -> SampleUnderBoth:
        """One sample's tokens under the first and under the second."""
        if self._core is None:
            raise Conflict("This comparison has no workspace to read from.", "tk.compare(other) makes one that has.")
        both = self.first, self.second
        return SampleUnderBoth(_tokens(self._core, both[0], row), _tokens(self._core, both[1], row), both)

    def __repr__(self) -> str:
        lines = [f"Tokenizations {self.first.id} and {self.second.id}"]
        lines += [
            f"{mark or ' '} {title}: {plain(first, 60)} | {plain(second, 60)}"
            for mark, title, first, second in facts.side_by_side([*self.parameters, *self.counts])
        ]
        return "\n".join([*lines, f"  {facts.of_comparison(self)}"])

    __str__ = __repr__

    def _repr_html_(self) -> str:
        parts = [(name, found) for name, found in (("Parameter", self.parameters), ("Count", self.counts)) if found]
        return "".join(self._table(*each) for each in parts) + cards.note(facts.of_comparison(self))

    def _table(self, name: str, found: list[Difference]) -> str:
        return cards.table(["", name, self.first.name, self.second.name], facts.side_by_side(found))


class SampleUnderBoth:
    """`.first` and `.second` are the sample's tokens."""

    def __init__(self, first: SampleTokens, second: SampleTokens, of: tuple[Tokenization, Tokenization]):
        self.first = first
        self.second = second
        self._of = of

    def __repr__(self) -> str:
        return "\n\n".join(f"{plain(of.name, 100)} ({of.id})\n{tokens!r}" for of, tokens in self._both())

    def _repr_html_(self) -> str:
        return "".join(
            f'<div style="{cards.FONT}"><b>{markup(of.name, 200)}</b></div>{tokens._repr_html_()}' for of, tokens in self._both()
        )

    def _both(self) -> list[tuple[Tokenization, SampleTokens]]:
        return list(zip(self._of, (self.first, self.second), strict=True))


class VocabularyCheck(tokenizing_schema.VocabularyCheck):
    """`.fits`, `.vocabulary`, `.largest_id`; `.sentence` says all of it. In an `if` it is true where it fits."""

    def __bool__(self) -> bool:
        return self.fits

    def __repr__(self) -> str:
        return plain(self.sentence)

    __str__ = __repr__

    def _repr_html_(self) -> str:
        return cards.note(self.sentence)


def _tokens(core: Core, of: Tokenization, row: int) -> SampleTokens:
    params: Any = checked(ReadSampleTokens, {"tokenization": of.id})
    return SampleTokens(perform(core, read_sample_tokens, of.parent, str(row), params))

"""What cleaning would do to a dataset, as it shows itself."""

from __future__ import annotations

from typing import Any

from ..datasets import deriving_schema
from ..display.facts import did
from ..display.text import count, counted, plain, visible
from . import cards


class CleaningPreview(deriving_schema.CleaningPreview):
    """`.looked_at`, `.changed`, `.dropped`; `.rules` counts what each did, `.samples` are some before and after."""

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        lines = [self._note(), *(f"  {each.rule}: {did(each)}" for each in self.rules)]
        for each in self.samples:
            after = "dropped" if each.after is None else plain(visible(each.after), 120)
            lines += [f"{each.row:>8}  {plain(visible(each.before), 120)}", f"       →  {after}"]
        printer.text("\n".join(lines))

    def __repr__(self) -> str:
        return f"<CleaningPreview: {self._note()}>"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        rules = cards.table(["Rule", "What it did"], [[each.rule, did(each)] for each in self.rules], self._note())
        rows = [
            [str(each.row), each.before, "dropped" if each.after is None else each.after, ", ".join(each.rules)]
            for each in self.samples
        ]
        return rules + (cards.table(["Row", "Before", "After", "Rules"], rows) if rows else "")

    def _note(self) -> str:
        return (
            f"Of {counted(self.looked_at, 'sample')} {count(self.changed)} would change, {count(self.dropped)} would be dropped."
        )

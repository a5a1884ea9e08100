"""Progress where the user looks: in the cell of a notebook, else on standard error."""

from __future__ import annotations

import sys
from typing import Any

from ..display.bar import Bar, bar_on
from ..display.follow import in_words, share
from ..display.text import plain
from ..jobs.schema import Job
from . import cards


class CellBar:
    """One display in the cell's output, updated in place."""

    def __init__(self) -> None:
        self._display: Any = None
        self._last: dict[str, str] = {}
        self._job: Job | None = None

    def show(self, job: Job) -> None:
        self._job = job
        self._draw(job, in_words(job))

    def leave(self, words: str) -> None:
        if self._job is not None:
            self._draw(self._job, words)

    def _draw(self, job: Job, words: str) -> None:
        data = {
            "text/html": cards.bar(job.label, words, share(job)),
            "text/plain": f"{plain(job.label, 100)} · {plain(words)}",
        }
        if data == self._last:
            return
        self._last = data
        if self._display is None:
            self._display = sys.modules["IPython"].display.display(data, raw=True, display_id=True)
        else:
            self._display.update(data, raw=True)


def bar_here() -> Bar:
    return CellBar() if _in_a_kernel() else bar_on(sys.stderr)


def _in_a_kernel() -> bool:
    # Never imported for this: where there is a kernel, it is loaded.
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None

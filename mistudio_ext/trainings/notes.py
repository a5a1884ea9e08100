"""The files in which the numbers of a run stand, step by step: of each SAE in training and in evaluation, and of the machine."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from typing_extensions import Self

from ..saes.matryoshka import prefix_widths
from . import evaluate, machine, unit
from .health import Row
from .metrics_file import MetricsWriter
from .paths import metrics_path
from .plan import PlannedSae
from .record_schema import Evaluation

# Told live.
LIVE = ("loss", "fvu", "l0", "dead", "learning_rate")


class Notes:
    """Rows up to the step `keep` stay; what a run that was cut short noted behind that is dropped."""

    def __init__(self, training: Path, saes: Sequence[PlannedSae], keep: int):
        def writer(of: str, number: int, columns: tuple[str, ...]) -> MetricsWriter:
            return MetricsWriter(metrics_path(training, of, number), columns, keep)

        # The same for all SAEs, as they stand in one table when they are downloaded.
        evaluated = (*evaluate.COLUMNS, *_of_prefixes(max(map(_prefixes, saes), default=0)))
        self._training = [writer("training", each.number, unit.COLUMNS) for each in saes]
        self._evaluation = [writer("evaluation", each.number, evaluated) for each in saes]
        self._machine = writer("machine", 0, machine.COLUMNS)
        self._latest: dict[int, Row] = {}
        self._speed: float | None = None

    def add(self, number: int, step: int, row: Row) -> None:
        self._training[number].add(step, row)
        self._latest[number] = row

    def evaluation(self, number: int, step: int, found: Evaluation) -> None:
        prefixes = dict(zip(_of_prefixes(len(found.prefix_fvu)), found.prefix_fvu, strict=True))
        self._evaluation[number].add(step, found.model_dump(include={*evaluate.COLUMNS}) | prefixes)

    def machine(self, step: int, row: Row) -> None:
        self._machine.add(step, row)
        self._speed = row["tokens_per_second"]

    def figures(self) -> dict[str, float | None]:
        """Of several SAEs the lowest and the highest: a mean over unlike ones says nothing."""
        found: dict[str, float | None] = {"tokens_per_second": self._speed}
        for name in LIVE:
            values = [value for row in self._latest.values() if (value := row[name]) is not None]
            if len(self._training) == 1:
                found[name] = values[0] if values else None
            elif values:
                found |= {f"{name}_lowest": min(values), f"{name}_highest": max(values)}
        return found

    def flush(self) -> None:
        for each in self._all:
            each.flush()

    def sync(self) -> None:
        for each in self._all:
            each.sync()

    def settle(self) -> None:
        for each in self._all:
            each.settle()

    @property
    def _all(self) -> list[MetricsWriter]:
        return [*self._training, *self._evaluation, self._machine]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._all:
            each.close()


def _prefixes(planned: PlannedSae) -> int:
    own = planned.options
    return len(prefix_widths(own, planned.width)) if own.architecture == "matryoshka" else 0


def _of_prefixes(count: int) -> list[str]:
    """Columns of the FVU of each prefix, the smallest first."""
    return [f"prefix_{number}_fvu" for number in range(1, count + 1)]

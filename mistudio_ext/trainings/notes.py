"""The files in which the numbers of a run stand, step by step: of each SAE in training and in evaluation, and of the machine."""

from __future__ import annotations

from pathlib import Path
from statistics import fmean

from typing_extensions import Self

from . import evaluate, machine, unit
from .health import Row
from .metrics_file import MetricsWriter
from .paths import metrics_path
from .record_schema import Evaluation

# Told live, of all SAEs together.
LIVE = ("loss", "fvu", "l0", "dead", "learning_rate")


class Notes:
    """Rows up to the step `keep` stay; what a run that was cut short noted behind that is dropped."""

    def __init__(self, training: Path, saes: int, keep: int):
        def writer(of: str, number: int, columns: tuple[str, ...]) -> MetricsWriter:
            return MetricsWriter(metrics_path(training, of, number), columns, keep)

        self._training = [writer("training", number, unit.COLUMNS) for number in range(saes)]
        self._evaluation = [writer("evaluation", number, evaluate.COLUMNS) for number in range(saes)]
        self._machine = writer("machine", 0, machine.COLUMNS)
        self._latest: dict[int, Row] = {}
        self._speed: float | None = None

    def add(self, number: int, step: int, row: Row) -> None:
        self._training[number].add(step, row)
        self._latest[number] = row

    def evaluation(self, number: int, step: int, found: Evaluation) -> None:
        self._evaluation[number].add(step, found.model_dump(include={*evaluate.COLUMNS}))

    def machine(self, step: int, row: Row) -> None:
        self._machine.add(step, row)
        self._speed = row["tokens_per_second"]

    def figures(self) -> dict[str, float | None]:
        """Means over the SAEs."""
        found: dict[str, float | None] = {}
        for name in LIVE:
            values = [value for row in self._latest.values() if (value := row[name]) is not None]
            found[name] = fmean(values) if values else None
        return found | {"tokens_per_second": self._speed}

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

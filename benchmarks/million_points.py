"""How long a chart's numbers take of a run with a million rows, and what it takes to hand out all of them; beside it, to read
the bare file once. `python benchmarks/million_points.py`"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from mistudio_ext.trainings.metrics_download import Table, as_csv, as_json
from mistudio_ext.trainings.metrics_file import MetricsWriter, read_metrics
from mistudio_ext.trainings.record_schema import MetricsPage
from mistudio_ext.trainings.unit import COLUMNS

ROWS, EVERY = 1_000_000, 10
# As the browser asks for charts of 600 pixels.
ASKED = ["loss", "fvu", "l0", "dead", "gradient_norm", "learning_rate"]
POINTS = 2 + 300 * len(ASKED) * 2


def fill(path: Path) -> None:
    writer = MetricsWriter(path, COLUMNS, 0)
    chance = np.random.default_rng(0)
    for begin in range(0, ROWS, 10_000):
        for number, row in enumerate(chance.normal(size=(10_000, len(COLUMNS))).tolist(), begin + 1):
            writer.add(number * EVERY, dict(zip(COLUMNS, row, strict=True)))
        writer.flush()
    writer.close()


def page(path: Path, first: int, last: int | None) -> int:
    found = read_metrics(path, ASKED, first, last, POINTS)
    return len(MetricsPage(steps=found.steps, columns=found.columns, rows=found.rows, last=found.last).model_dump_json())


def say(what: str, function: Callable[[], int], times: int = 7) -> None:
    wall, size = [], 0
    processor = time.process_time()
    for _ in range(times):
        begin = time.perf_counter()
        size = function()
        wall.append(time.perf_counter() - begin)
    processor = (time.process_time() - processor) / times
    print(f"{what:32} {1000 * statistics.median(wall):8.0f} ms, {1000 * processor:8.0f} ms CPU, {size / 1e6:8.2f} MB")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "training-0.bin"
        fill(path)
        half, tenth, little = ROWS * EVERY // 2, ROWS * EVERY // 10, 2000 * EVERY
        say("the bare file", lambda: len(path.read_bytes()))
        say("all steps, as charts show them", lambda: page(path, 0, None))
        say("a tenth of them", lambda: page(path, half, half + tenth))
        say("2,000 of them, whole", lambda: page(path, half, half + little))
        table = [Table(0, "k 8", path)]
        say("all as CSV", lambda: sum(map(len, as_csv(table))), 3)
        say("all as JSON", lambda: sum(map(len, as_json("tr_1", "training", table))), 3)


if __name__ == "__main__":
    main()

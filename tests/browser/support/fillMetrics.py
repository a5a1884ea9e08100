"""Gives a training that has ended the numbers of a run of ten million steps: `fillMetrics.py WORKSPACE TRAINING`."""

import math
import sys

from mistudio_ext.trainings.metrics_file import MetricsWriter
from mistudio_ext.trainings.paths import metrics_path
from mistudio_ext.trainings.unit import COLUMNS
from mistudio_ext.workspace.workspace import Workspace

ROWS, EVERY = 1_000_000, 10
# One row alone stands out.
SPIKE = 7_654_320


def row(step: int) -> dict[str, float]:
    share = step / (ROWS * EVERY)
    # Each step has a value of its own that can be told from its step alone.
    noise = math.sin(step * 12.9898)
    values = dict.fromkeys(COLUMNS, 0.1 + share)
    return values | {"loss": 50.0 if step == SPIKE else 1 / (1 + 9 * share) * (1 + 0.2 * noise), "l0": 8 + noise}


ws = Workspace.open(sys.argv[1])
training = sys.argv[2]
writer = MetricsWriter(metrics_path(ws.folder(training), "training", 0), COLUMNS, 0)
for number in range(1, ROWS + 1):
    writer.add(number * EVERY, row(number * EVERY))
    if number % 10_000 == 0:
        writer.flush()
writer.sync()
writer.close()
facts = ws.catalog.get(training)["facts"]
ws.catalog.update(training, {"facts": facts | {"step": ROWS * EVERY, "steps": ROWS * EVERY}})
ws.close()

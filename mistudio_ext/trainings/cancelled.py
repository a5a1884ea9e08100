"""What a cancelled job has made goes: at once where it ran, and where it rested, as soon as somebody looks."""

from __future__ import annotations

from pathlib import Path

from ..jobs.records import get_job
from ..workspace.workspace import Workspace
from .checkpoint import remove_checkpoint, steps_of
from .paths import metrics_folder
from .progress_file import NAME, read_progress


def drop_what_was_cancelled(ws: Workspace, training: Path) -> None:
    told = read_progress(training)
    if told is not None and get_job(ws, told["job"]).state == "cancelled":
        drop_after(training, told["begin"])


def drop_after(training: Path, step: int) -> None:
    """Checkpoints and numbers behind this step, and what the run told of itself."""
    from .metrics_file import cut

    for each in steps_of(training):
        if each > step:
            remove_checkpoint(training, each)
    for path in metrics_folder(training).glob("*.bin"):
        cut(path, step)
    (training / NAME).unlink(missing_ok=True)

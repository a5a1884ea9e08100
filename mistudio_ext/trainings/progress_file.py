"""What a run tells of itself while it goes on, in one small file beside its checkpoints: how far it is, and what was found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..workspace import atomic
from ..workspace.workspace import read_json

NAME = "run.json"


def write_progress(training: Path, data: dict[str, Any]) -> None:
    atomic.write_json(training / NAME, data)


def read_progress(training: Path) -> dict[str, Any] | None:
    """None where no run has begun."""
    return read_json(training / NAME) if (training / NAME).exists() else None

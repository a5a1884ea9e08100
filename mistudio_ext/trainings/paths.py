"""Where the files of a training lie in its folder."""

from __future__ import annotations

from pathlib import Path


def metrics_folder(training: Path) -> Path:
    return training / "metrics"


def metrics_path(training: Path, of: str, number: int) -> Path:
    return metrics_folder(training) / ("machine.bin" if of == "machine" else f"{of}-{number}.bin")

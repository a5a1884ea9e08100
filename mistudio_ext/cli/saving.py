"""Commands whose answer is a file: it is written to the folder that one is in."""

from __future__ import annotations

from pathlib import Path

from ..contract.errors import Conflict
from ..contract.models import Contract
from ..contract.operations import Download
from ..display.text import size
from ..workspace import atomic
from .command import Call


class Saved(Contract):
    path: str
    bytes: int


def save(call: Call) -> Saved:
    download: Download = call.perform()
    path = Path.cwd() / download.name
    if path.exists():
        raise Conflict(f"There is a file {path} already.", "Move it away, or go to another folder.", code="exists")
    with atomic.whole_file(path) as file:
        for piece in download.content:
            file.write(piece)
    return Saved(path=str(path), bytes=path.stat().st_size)


def saved(answer: Saved) -> str:
    return f"Wrote {answer.path} ({size(answer.bytes)})."

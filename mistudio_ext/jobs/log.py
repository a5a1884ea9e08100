"""A job's log: one JSON line each, appended by the lane that runs it, read by anybody."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from ..workspace.atomic import disk_full_says_so, private
from ..workspace.ids import collection_of
from ..workspace.redact import redact
from ..workspace.workspace import Workspace
from .records import get_job
from .schema import Log, LogLevel, LogLine, ReadLog

MAX_LINE = 20_000


def append_line(path: Path, level: LogLevel, text: str) -> None:
    line = json.dumps({"time": time.time(), "level": level, "text": redact(text)[:MAX_LINE]}, ensure_ascii=True) + "\n"
    with disk_full_says_so(path), open(path, "ab", opener=private) as file:
        # A crash may have left half a line; the next one must not be glued to it.
        if file.tell() and not _ends_whole(path):
            file.write(b"\n")
        file.write(line.encode())


def read_log(ws: Workspace, id: str, params: ReadLog) -> Log:
    """Lines of a job's log."""
    collection_of(id)
    get_job(ws, id)
    lines: list[LogLine] = []
    try:
        content = ws.job_log(id).read_bytes().split(b"\n")
    except FileNotFoundError:
        content = []
    for raw in content:
        try:
            lines.append(LogLine(number=len(lines), **json.loads(raw)))
        except ValueError:
            continue  # the half line of a crash
    return Log(lines=lines[params.since : params.since + params.limit], total=len(lines))


def _ends_whole(path: Path) -> bool:
    with open(path, "rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"

"""Progress on a terminal: a bar that redraws itself, or one line a stage where the output is no terminal."""

from __future__ import annotations

import shutil
import sys
from typing import Protocol, TextIO

from ..jobs.schema import Job
from .follow import AT_REST, in_words, share
from .text import plain, shortened

WIDTH = 20
LEAST_LABEL = 12
CLEAR = "\r\x1b[K"


class Bar(Protocol):
    def show(self, job: Job) -> None:
        """Draw a job as it is now."""

    def leave(self, words: str) -> None:
        """The waiting ends before the job does."""


class TerminalBar:
    def __init__(self, stream: TextIO):
        self._stream = stream
        self._last = ""

    def show(self, job: Job) -> None:
        part = share(job)
        drawn = "" if part is None else "█" * round(part * WIDTH) + "░" * (WIDTH - round(part * WIDTH)) + " "
        words, room = in_words(job), max(20, shutil.get_terminal_size().columns - 1)
        # A long name leaves its place to the figures.
        label = plain(job.label, min(60, max(LEAST_LABEL, room - len(drawn) - len(words) - 3)))
        line = shortened(f"{drawn}{label} · {words}", room)
        if line != self._last:
            self._write(CLEAR + line)
            self._last = line
        if job.state in AT_REST:
            self._write("\n")

    def leave(self, words: str) -> None:
        self._write(f"\n{words}\n" if self._last else f"{words}\n")

    def _write(self, text: str) -> None:
        write(self._stream, text)


class LineBar:
    def __init__(self, stream: TextIO):
        self._stream = stream
        self._last = ""

    def show(self, job: Job) -> None:
        stage = plain(job.progress.stage, 60) or "running" if job.state == "running" else job.state
        if stage != self._last:
            write(self._stream, f"{plain(job.label, 100)} · {stage}\n")
            self._last = stage

    def leave(self, words: str) -> None:
        write(self._stream, f"{words}\n")


def bar_on(stream: TextIO | None = None) -> Bar:
    stream = stream or sys.stderr
    return TerminalBar(stream) if stream.isatty() else LineBar(stream)


def write(stream: TextIO, text: str) -> None:
    """Characters that the stream's encoding lacks become question marks, not errors."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(text.encode(encoding, "replace").decode(encoding))
    stream.flush()

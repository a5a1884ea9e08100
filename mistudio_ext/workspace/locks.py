"""Locks that the operating system drops when a process dies: the only proof that somebody is alive.

`flock` locks belong to the open file, so two holders in one process exclude each other too. A lock file is never
removed while the thing it stands for exists: an unlinked lock can be held twice.
"""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from types import TracebackType
from typing import Any

from typing_extensions import Self


class Lock:
    """An exclusive lock on a file; `note` is what others can read in it while it is held."""

    def __init__(self, path: Path):
        self.path = path
        self._descriptor: int | None = None

    def try_acquire(self) -> bool:
        return self._acquire(fcntl.LOCK_EX | fcntl.LOCK_NB)

    def acquire(self) -> None:
        self._acquire(fcntl.LOCK_EX)

    def _acquire(self, how: int) -> bool:
        # Not inherited across exec: a child process must not keep its dead parent alive.
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, how)
        except BlockingIOError:
            os.close(descriptor)
            return False
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        return True

    @property
    def held(self) -> bool:
        return self._descriptor is not None

    def write_note(self, note: dict[str, Any]) -> None:
        assert self._descriptor is not None
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, json.dumps(note).encode(), 0)

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.release()


def is_held(path: Path) -> bool:
    """Whether somebody alive holds the lock. Looking takes it for a moment, so a holder-to-be must be ready to try again."""
    if not path.exists():
        return False
    lock = Lock(path)
    if not lock.try_acquire():
        return True
    lock.release()
    return False


def read_note(path: Path) -> dict[str, Any]:
    """What the holder wrote into its lock file; empty when there is nothing to read."""
    try:
        note = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}

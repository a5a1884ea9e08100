"""Locks that the operating system drops when a process dies: the only proof that somebody is alive.

`flock` locks belong to the open file, so two holders in one process exclude each other too. A lock file is never
removed while the thing it stands for exists: an unlinked lock can be held twice.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
import weakref
from pathlib import Path
from types import TracebackType
from typing import Any

from typing_extensions import Self

PAUSE = 0.01
NOTE = 1024
# All locks that this process holds, for the one moment at which that matters: when it forks.
_held: weakref.WeakSet[Lock] = weakref.WeakSet()


class Lock:
    """An exclusive lock on a file; its note is what others can read in it while it is held."""

    def __init__(self, path: Path):
        self.path = path
        self._descriptor: int | None = None

    def try_acquire(self, patience: float = 0.0) -> bool:
        """Take it if nobody has it. With a little patience, somebody who only looks is not mistaken for a holder."""
        deadline = time.monotonic() + patience
        while not self._acquire(fcntl.LOCK_EX | fcntl.LOCK_NB):
            if time.monotonic() >= deadline:
                return False
            time.sleep(PAUSE)
        return True

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
        _held.add(self)
        return True

    @property
    def held(self) -> bool:
        return self._descriptor is not None

    def write_note(self, note: dict[str, Any]) -> None:
        assert self._descriptor is not None
        # One write of always the same length: who reads meanwhile finds the old note or the new one.
        os.pwrite(self._descriptor, json.dumps(note).encode().ljust(NOTE), 0)

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            _held.discard(self)

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.release()


def is_held(path: Path) -> bool:
    """Whether somebody alive holds the lock.

    Those who look share it for a moment: they do not take each other for its holder, but a holder-to-be needs patience.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _let_go_in_child() -> None:
    """A forked child shares its parent's locks and would keep a dead parent alive. Closing its copy frees nothing else."""
    for lock in list(_held):
        lock.release()


os.register_at_fork(after_in_child=_let_go_in_child)


def read_note(path: Path) -> dict[str, Any]:
    """What the holder wrote into its lock file; empty when there is nothing to read."""
    try:
        note = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}

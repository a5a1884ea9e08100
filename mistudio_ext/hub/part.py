"""One file on its way: the bytes that are there, and a note of which these are, so that the next try asks for the others only.

`<content>.part` holds the bytes at their places, `<content>.got` says which places were written, a line each. Bytes go
first, the line after: a process killed in between fetches a little twice, and never believes in what is not there. After
a power cut that may fail; then the hash of the whole does not fit, and the file is fetched again.
"""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

from ..workspace.atomic import disk_full_says_so
from .ranges import Range, Ranges
from .schema import HubFile
from .trouble import Stopped

NOTE_EVERY = 2**20
READ = 2**20


class Part:
    def __init__(self, folder: Path, file: HubFile):
        self.file = file
        self.whole = folder / file.content
        self._path = folder / f"{file.content}.part"
        self._note = folder / f"{file.content}.got"
        self._lock = threading.Lock()
        self._ranges = Ranges()
        self._unnoted = Ranges()
        self._descriptor: int | None = None
        self._closed = False
        if self.whole.exists():
            self._ranges.add(0, file.size)
        else:
            self._read_note()

    @property
    def is_whole(self) -> bool:
        return self.whole.exists()

    @property
    def done(self) -> int:
        return self._ranges.total

    def missing(self, start: int, end: int) -> list[Range]:
        with self._lock:
            return self._ranges.missing(start, end)

    def write(self, offset: int, data: bytes) -> None:
        with self._lock:
            descriptor = self._open()
            with disk_full_says_so(self._path):
                position = offset
                view = memoryview(data)
                while view:
                    written = os.pwrite(descriptor, view, position)
                    position, view = position + written, view[written:]
            self._ranges.add(offset, position)
            self._unnoted.add(offset, position)
            if self._unnoted.total >= NOTE_EVERY:
                self._write_note()

    def start_over(self) -> None:
        """Forget everything: what is there is not what should be."""
        with self._lock:
            if self._closed:
                raise Stopped
            self._let_go()
            self._ranges.clear()
            self._unnoted.clear()
            self._note.unlink(missing_ok=True)
            self._path.unlink(missing_ok=True)

    def finish(self, stopped: threading.Event) -> bool:
        """Compare what lies on the disk with what the hub promised, and keep it as whole; false if it is something else."""
        with self._lock:
            # One of its own: reading and syncing take long, and `close` must not wait for them.
            descriptor = os.dup(self._open())
        try:
            if not self._fits(descriptor, stopped):
                return False
            with disk_full_says_so(self._path):
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        with self._lock, disk_full_says_so(self._path):
            if self._closed:
                raise Stopped
            os.replace(self._path, self.whole)
            self._note.unlink(missing_ok=True)
            self._let_go()
        return True

    def close(self) -> None:
        """Nothing is written after this, whoever may still want to: another job may take over."""
        with self._lock:
            if not self._closed:
                self._write_note()
                self._let_go()
                self._closed = True

    def _fits(self, descriptor: int, stopped: threading.Event) -> bool:
        if os.fstat(descriptor).st_size != self.file.size:
            return False
        if self.file.sha256 is not None:
            digest, expected = hashlib.sha256(), self.file.sha256
        else:
            # What git calls a blob: a header, then the file.
            digest, expected = hashlib.sha1(b"blob %d\0" % self.file.size, usedforsecurity=False), self.file.oid
        position = 0
        while position < self.file.size:
            if stopped.is_set():
                raise Stopped
            block = os.pread(descriptor, READ, position)
            if not block:
                return False
            digest.update(block)
            position += len(block)
        return digest.hexdigest() == expected

    def _open(self) -> int:
        if self._closed:
            raise Stopped
        if self._descriptor is None:
            with disk_full_says_so(self._path):
                self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        return self._descriptor

    def _let_go(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _write_note(self) -> None:
        if not self._unnoted.total:
            return
        lines = "".join(f"{start} {end}\n" for start, end in self._unnoted)
        with disk_full_says_so(self._note), open(self._note, "a", encoding="ascii") as file:
            file.write(lines)
        self._unnoted.clear()

    def _read_note(self) -> None:
        try:
            there = min(self._path.stat().st_size, self.file.size)
            lines = self._note.read_text(encoding="ascii", errors="replace").split("\n")[:-1]
        except FileNotFoundError:
            return
        for line in lines:
            words = line.split(" ")
            if len(words) == 2 and words[0].isdecimal() and words[1].isdecimal():
                self._ranges.add(int(words[0]), min(int(words[1]), there))

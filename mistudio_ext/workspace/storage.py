"""TinyDB on files that other processes write too: whole on disk at any moment, never stale in memory."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

from tinydb.storages import Storage
from tinydb.table import Document, Table

from ..contract.errors import Unreadable
from . import atomic

Tables = dict[str, dict[str, Any]]


class RecordTable(Table):
    """Records are keyed by our own string ids."""

    document_id_class = str  # type: ignore[assignment]

    def find(self, id: str) -> dict[str, Any] | None:
        """TinyDB's `get` by our kind of id, which its types do not know of."""
        document = super().get(doc_id=id)  # type: ignore[call-overload]
        return dict(document) if document is not None else None

    def change(self, id: str, changes: dict[str, Any]) -> None:
        super().update(changes, doc_ids=[id])  # type: ignore[list-item]

    def drop(self, ids: list[str]) -> None:
        super().remove(doc_ids=ids)  # type: ignore[arg-type]

    def add(self, id: str, record: dict[str, Any]) -> None:
        super().insert(Document(record, doc_id=id))  # type: ignore[arg-type]

    # The file may change under us between two queries; parsing is cached by the storage, which knows when it does.
    default_query_cache_capacity = 0


class SharedFile(Storage):
    """Reads the file again whenever it is another one than last time, and replaces it whole."""

    def __init__(self, path: Path):
        self.path = path
        self._mutex = threading.Lock()
        self._parsed: Tables | None = None
        self._signature: tuple[int, ...] | None = None
        # Kept open while its contents are cached: as long as it is, no new file can be given the same inode.
        self._descriptor: int | None = None

    def read(self) -> Tables | None:
        with self._mutex:
            try:
                descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                self._forget()
                return None
            except OSError as error:
                raise unreadable(self.path) from error
            stat = os.fstat(descriptor)
            # With the time of change too, which nobody can set back.
            signature = (stat.st_dev, stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size)
            if signature == self._signature:
                os.close(descriptor)
                return self._parsed
            self._forget()
            try:
                with open(descriptor, "rb", closefd=False) as file:
                    self._parsed = parse(file.read(), self.path)
            except (Unreadable, OSError):
                os.close(descriptor)
                raise
            self._signature, self._descriptor = signature, descriptor
            return self._parsed

    def read_for_change(self) -> Tables | None:
        """A copy of one's own: a change that fails half-way must not be seen by readers of the cached one."""
        try:
            return parse(self.path.read_bytes(), self.path)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise unreadable(self.path) from error

    def write(self, data: Tables) -> None:
        atomic.write_json(self.path, data)

    def close(self) -> None:
        with self._mutex:
            self._forget()

    def _forget(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._parsed = self._signature = self._descriptor = None


class ChangingFile(Storage):
    """The same file inside a change, under the catalog's lock."""

    def __init__(self, file: SharedFile):
        self.file = file

    def read(self) -> Tables | None:
        return self.file.read_for_change()

    def write(self, data: Tables) -> None:
        self.file.write(data)


def parse(content: bytes, path: Path) -> Tables:
    try:
        data = json.loads(content)
    except ValueError:
        data = None
    tables = data.values() if isinstance(data, dict) else [None]
    if not all(isinstance(table, dict) and all(isinstance(each, dict) for each in table.values()) for table in tables):
        raise unreadable(path)
    return data  # type: ignore[no-any-return]


def unreadable(path: Path) -> Unreadable:
    return Unreadable(
        f"{path} is not a readable catalog file.",
        "Put back a copy of it from a backup, or move it away to start that list anew.",
    )

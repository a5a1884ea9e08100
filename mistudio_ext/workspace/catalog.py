"""The catalog: small records, thousands of them, a TinyDB file for each kind of object."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ..contract.errors import MiStudioError, NotFound
from .ids import PREFIXES, collection_of
from .locks import Lock
from .storage import ChangingFile, RecordTable, SharedFile
from .undo import Undo

Record = dict[str, Any]


class Catalog:
    """Every operation is whole: one lock over all collections, held from the first read to the last write."""

    def __init__(self, folder: Path, on_change: Callable[[str, str, str], None]):
        self.folder = folder
        self._on_change = on_change
        self._files = {name: SharedFile(folder / f"{name}.json") for name in dict.fromkeys(PREFIXES.values())}
        self._mutex = threading.RLock()
        self._lock = Lock(folder / ".lock")
        self._depth = 0
        self._undo = Undo()

    def get(self, id: str) -> Record:
        record = self.find(id)
        if record is None:
            kind = collection_of(id).rstrip("s").replace("_", " ")
            raise NotFound(f"There is no {kind} {id}.", "It may have been deleted: look at the list.")
        return record

    def find(self, id: str) -> Record | None:
        return copy.deepcopy(self._reading(collection_of(id)).find(id))

    def all(self, collection: str, **fields: Any) -> list[Record]:
        """All records, oldest first; where fields are named, those alone that have these values in them."""
        found = self._reading(collection).all()
        return [copy.deepcopy(dict(each)) for each in found if all(each.get(name) == value for name, value in fields.items())]

    def insert(self, record: Record) -> None:
        id = record["id"]
        with self.change():
            self._changing(collection_of(id)).add(id, record)
            self._tell("created", id)

    def update(self, id: str, changes: Record) -> Record:
        with self.change():
            record = self.get(id) | changes
            self._changing(collection_of(id)).change(id, changes)
            self._tell("changed", id)
            return record

    def remove(self, ids: list[str]) -> None:
        with self.change():
            for collection in dict.fromkeys(map(collection_of, ids)):
                table = self._changing(collection)
                there = [id for id in ids if collection_of(id) == collection and table.find(id) is not None]
                table.drop(there)
                for id in there:
                    self._tell("deleted", id)

    @contextmanager
    def change(self) -> Iterator[None]:
        """Nobody else changes the catalog inside this block, in this process or another. Blocks may be nested.

        When the outermost ends with an error, all files are as they were before it.
        """
        with self._mutex:
            if self._depth == 0:
                self._lock.acquire()
            self._depth += 1
            try:
                yield
            except BaseException:
                if self._depth == 1:
                    self._take_back()
                raise
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._undo.forget()
                    self._lock.release()

    def close(self) -> None:
        for file in self._files.values():
            file.close()

    def _tell(self, change: str, id: str) -> None:
        self._undo.told.append(id)
        self._on_change(collection_of(id), change, id)

    def _take_back(self) -> None:
        told = self._undo.told
        self._undo.take_back()
        for id in dict.fromkeys(told):
            # Who heard of the change must hear that it is undone; where not even that can be written, nobody heard.
            with suppress(MiStudioError):
                self._on_change(collection_of(id), "changed" if self.find(id) else "deleted", id)

    def _file(self, collection: str) -> SharedFile:
        if collection not in self._files:
            raise ValueError(f"there is no collection {collection}")
        return self._files[collection]

    def _reading(self, collection: str) -> RecordTable:
        return RecordTable(self._file(collection), collection)

    def _changing(self, collection: str) -> RecordTable:
        file = self._file(collection)
        self._undo.keep(file.path)
        return RecordTable(ChangingFile(file), collection)

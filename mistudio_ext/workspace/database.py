"""The workspace's SQLite file: jobs and events, shared by every server, lane, notebook and terminal."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..contract.errors import Busy, Unreadable
from .atomic import no_space
from .redact import Discreet

SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, function TEXT NOT NULL, lane TEXT NOT NULL, label TEXT NOT NULL,
    object TEXT NOT NULL, uses TEXT NOT NULL, params TEXT NOT NULL, pausable INTEGER NOT NULL, stoppable INTEGER NOT NULL,
    state TEXT NOT NULL, request TEXT, place REAL NOT NULL, attempt INTEGER NOT NULL DEFAULT 0, retry_of TEXT,
    created REAL NOT NULL, started REAL, ended REAL, heartbeat REAL, worker TEXT, pid INTEGER, memory INTEGER,
    progress TEXT, error TEXT, result TEXT, reason TEXT, stopped_at_step INTEGER, log_lines INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, lane, place);
CREATE INDEX IF NOT EXISTS jobs_by_object ON jobs (object, created);
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, time REAL NOT NULL, type TEXT NOT NULL,
    object TEXT NOT NULL, data TEXT
);
CREATE INDEX IF NOT EXISTS events_by_object ON events (object, type);
CREATE TABLE IF NOT EXISTS lanes (name TEXT PRIMARY KEY, leave_at REAL);
"""
# A rollback journal, not WAL: hub homes are often on network disks, where WAL's shared memory does not work.
SETTINGS = "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL; PRAGMA busy_timeout=30000;"


class Database:
    """One connection a thread; `change` is one immediate transaction."""

    def __init__(self, path: Path):
        self.path = path
        self._local = threading.local()
        with self._errors(), self.change() as connection:
            for statement in SCHEMA.split(";"):
                connection.execute(statement)

    @property
    def connection(self) -> sqlite3.Connection:
        # A forked child must not touch its parent's connection.
        if getattr(self._local, "pid", None) != os.getpid():
            with self._errors():
                connection = sqlite3.connect(self.path, isolation_level=None, timeout=30, factory=Discreet)
                connection.row_factory = sqlite3.Row
                connection.executescript(SETTINGS)
            self._local.connection, self._local.pid = connection, os.getpid()
        return self._local.connection  # type: ignore[no-any-return]

    def rows(self, query: str, values: tuple[object, ...] | dict[str, object] = ()) -> list[sqlite3.Row]:
        with self._errors():
            return self.connection.execute(query, values).fetchall()

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        connection = self.connection
        with self._errors():
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        if getattr(self._local, "pid", None) == os.getpid():
            self._local.connection.close()
            self._local.pid = None

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """SQLite's troubles as sentences."""
        try:
            yield
        except sqlite3.OperationalError as error:
            text = str(error)
            if "full" in text:
                raise no_space(self.path) from error
            if "locked" in text:
                raise Busy("The workspace's job list is busy.", "Try again in a moment.") from error
            if "open" in text or "disk I/O" in text:
                raise Unreadable(f"{self.path} cannot be opened: {text}.", "Look at the disk and its rights.") from error
            raise
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
                raise
            raise Unreadable(
                f"{self.path} is not a readable job list ({error}).",
                "Move the file away to start a new list; datasets and models are not touched.",
            ) from error

"""The workspace's SQLite file: jobs and events, shared by every server, lane, notebook and terminal."""

from __future__ import annotations

import os
import shutil
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
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, function TEXT NOT NULL, lane TEXT NOT NULL, label TEXT NOT NULL,
    object TEXT NOT NULL, uses TEXT NOT NULL, params TEXT NOT NULL, pausable INTEGER NOT NULL, stoppable INTEGER NOT NULL,
    state TEXT NOT NULL, request TEXT, place REAL NOT NULL, attempt INTEGER NOT NULL DEFAULT 0, retry_of TEXT,
    created REAL NOT NULL, started REAL, ended REAL, heartbeat REAL, worker TEXT, pid INTEGER, memory INTEGER,
    progress TEXT, error TEXT, result TEXT, reason TEXT, stopped_at_step INTEGER, log_lines INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, lane, place);
CREATE INDEX IF NOT EXISTS jobs_by_object ON jobs (object, number);
CREATE TABLE IF NOT EXISTS follow_ups (job TEXT PRIMARY KEY, function TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS saves (job TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, time REAL NOT NULL, type TEXT NOT NULL,
    object TEXT NOT NULL, data TEXT
);
CREATE INDEX IF NOT EXISTS events_by_object ON events (object, type);
CREATE TABLE IF NOT EXISTS leave (one INTEGER PRIMARY KEY CHECK (one = 1), times INTEGER NOT NULL);
"""
# A rollback journal, not WAL: hub homes are often on network disks, where WAL's shared memory does not work.
SETTINGS = "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL; PRAGMA busy_timeout=30000;"
# What one transaction may need beside what it adds: its journal and a few pages.
ROOM = 64 * 1024


class _Own:
    """A thread's connection. It closes with its thread: left to itself, it would wait for the garbage collector."""

    def __init__(self, path: Path):
        self.process = os.getpid()
        # Its own thread alone uses it; another one may find itself closing it, when the program ends.
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False, factory=Discreet)
        self.connection.row_factory = sqlite3.Row
        self.connection.executescript(SETTINGS)

    def __del__(self) -> None:
        if self.process == os.getpid() and hasattr(self, "connection"):
            self.connection.close()


class Database:
    """One connection a thread; `change` is one immediate transaction."""

    def __init__(self, path: Path):
        self.path = path
        self._local = threading.local()
        self._inherited: list[_Own] = []
        # SQLite gives its journals the rights of the file that it finds.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        with self._errors(), self.change() as connection:
            for statement in SCHEMA.split(";"):
                connection.execute(statement)

    @property
    def connection(self) -> sqlite3.Connection:
        own: _Own | None = getattr(self._local, "own", None)
        if own is not None and own.process != os.getpid():
            # A forked child must not touch its parent's connection, nor drop it: closing it would undo what the parent does.
            self._inherited.append(own)
            own = None
        if own is None:
            with self._errors():
                own = self._local.own = _Own(self.path)
        return own.connection

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
        """This thread's connection; the next query opens another."""
        own: _Own | None = getattr(self._local, "own", None)
        if own is not None and own.process == os.getpid():
            own.connection.close()
            self._local.own = None

    def _no_room(self, text: str) -> bool:
        """On a full disk SQLite may fail to make its journal, and then does not say why."""
        try:
            return ("open" in text or "disk I/O" in text) and shutil.disk_usage(self.path.parent).free < ROOM
        except OSError:
            return False

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """SQLite's troubles as sentences."""
        try:
            yield
        except sqlite3.OperationalError as error:
            text = str(error)
            if "full" in text or self._no_room(text):
                raise no_space(self.path, ROOM) from error
            if "locked" in text:
                raise Busy("The workspace's job list is busy.", "Try again in a moment.") from error
            if any(each in text for each in ("open", "disk I/O", "readonly")):
                raise Unreadable(f"{self.path} cannot be opened: {text}.", "Look at the disk and its rights.") from error
            raise
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
                raise
            raise Unreadable(
                f"{self.path} is not a readable job list ({error}).",
                "Move the file away to start a new list; datasets and models are not touched.",
            ) from error

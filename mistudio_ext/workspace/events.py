"""Events: what changed, in one growing number for the whole workspace, so that nobody misses or repeats anything."""

from __future__ import annotations

import json
import sqlite3
import time
from typing import Any

from .database import Database

Event = dict[str, Any]


def append(connection: sqlite3.Connection, topic: str, type: str, object: str, data: dict[str, Any] | None = None) -> None:
    """Add an event inside a transaction, so that it tells of what was really committed."""
    text = None if data is None else json.dumps(data, ensure_ascii=False, allow_nan=False)
    connection.execute(
        "INSERT INTO events (topic, time, type, object, data) VALUES (?, ?, ?, ?, ?)",
        (topic, time.time(), type, object, text),
    )


def since(database: Database, number: int, *, limit: int = 500) -> list[Event]:
    rows = database.rows("SELECT * FROM events WHERE id > ? ORDER BY id LIMIT ?", (number, limit))
    return [dict(row) | {"data": json.loads(row["data"]) if row["data"] else None} for row in rows]


def last_number(database: Database) -> int:
    # The sequence, not max(id): it stands even when the newest events were thinned.
    rows = database.rows("SELECT seq FROM sqlite_sequence WHERE name = 'events'")
    return int(rows[0]["seq"]) if rows else 0


def thin(database: Database, *, older_than: float) -> int:
    """Drop the progress of jobs that ended long ago; what they came to stays."""
    with database.change() as connection:
        return connection.execute(
            "DELETE FROM events WHERE type IN ('progress', 'log') AND time < ? AND object IN "
            "(SELECT id FROM jobs WHERE ended IS NOT NULL)",
            (time.time() - older_than,),
        ).rowcount

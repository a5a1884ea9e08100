"""What the faces can ask about jobs and events."""

from __future__ import annotations

from ..workspace import events
from ..workspace.workspace import Workspace
from .control import cancel_job, move_up_job, pause_job, resume_job, retry_job, stop_job
from .log import read_log
from .records import get_job, list_jobs
from .schema import Event, Events, EventsSince

__all__ = [
    "cancel_job",
    "events_since",
    "get_job",
    "list_jobs",
    "move_up_job",
    "pause_job",
    "read_log",
    "resume_job",
    "retry_job",
    "stop_job",
]


def events_since(ws: Workspace, params: EventsSince) -> Events:
    """Events after a number, oldest first: the way to follow without a websocket."""
    last = events.last_number(ws.database)
    found = events.since(ws.database, params.id, limit=params.limit)
    return Events(events=[Event(**each) for each in found], last=max([last, *(each["id"] for each in found)]))

"""Waiting for what other processes do, with a limit and a word about what did not come."""

from __future__ import annotations

import time
from collections.abc import Callable

from mistudio_ext.jobs.records import get_job
from mistudio_ext.jobs.schema import Job, JobState
from mistudio_ext.system.operations import get_system
from mistudio_ext.workspace.workspace import Workspace

AT_REST: tuple[JobState, ...] = ("succeeded", "failed", "cancelled", "paused", "interrupted")


def until(condition: Callable[[], object], what: str, *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.02)


def for_job(ws: Workspace, id: str, *states: JobState, seconds: float = 90) -> Job:
    """The job, once it is in one of these states, or at rest."""
    until(lambda: get_job(ws, id).state in (states or AT_REST), f"job {id} to be {states or 'at rest'}", seconds=seconds)
    return get_job(ws, id)


def lanes(ws: Workspace) -> list[int]:
    """Process ids of the lanes that are alive."""
    return [lane.pid for lane in get_system(ws).lanes if lane.pid is not None]

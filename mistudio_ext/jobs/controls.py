"""What can be done to a job in its present state; where something cannot, why not."""

from __future__ import annotations

from functools import cache

from .schema import FINAL, JobAction, JobState

ENDED = "The job has ended."


@cache
def controls(state: JobState, pausable: bool, stoppable: bool, next_in_line: bool = False) -> dict[JobAction, str | None]:
    """For each action null where it can be done now, else the reason why it cannot."""
    return {
        "pause": _pause(state) if pausable else "This kind of job cannot be paused.",
        "resume": _resume(state),
        "stop": _stop(state) if stoppable else "This kind of job has nothing to keep half-way; pause or cancel it.",
        "cancel": _cancel(state),
        "retry": _retry(state),
        "move_up": _move_up(state, next_in_line),
    }


def _pause(state: JobState) -> str | None:
    if state in ("queued", "running"):
        return None
    if state == "pausing":
        return "It is pausing already."
    return ENDED if state in FINAL else "It is not running."


def _resume(state: JobState) -> str | None:
    if state in ("paused", "interrupted", "pausing"):
        return None
    return "The job has ended; retry makes a new one." if state in FINAL else "It is not paused."


def _stop(state: JobState) -> str | None:
    if state in ("running", "pausing"):
        return None
    if state in FINAL:
        return ENDED
    return "It has not started." if state == "queued" else "It is not running."


def _cancel(state: JobState) -> str | None:
    if state == "cancelling":
        return "It is being cancelled."
    return ENDED if state in FINAL else None


def _retry(state: JobState) -> str | None:
    if state in ("failed", "cancelled"):
        return None
    if state in ("interrupted", "paused"):
        return "Resume goes on from what was saved."
    return "It has succeeded." if state == "succeeded" else "It has not ended."


def _move_up(state: JobState, next_in_line: bool) -> str | None:
    if state != "queued":
        return "Only a queued job has a place in the queue."
    return "It is the next one." if next_in_line else None

"""What an object shows of itself, derived from what it holds and its latest job."""

from __future__ import annotations

from typing import Literal

from .schema import ALIVE, Job

ObjectState = Literal["empty", "working", "ready", "failed"]


def state_of(has_facts: bool, job: Job | None) -> tuple[ObjectState, str | None]:
    """The state, and why it is so where that needs words."""
    if has_facts:
        return "ready", None
    if job is None:
        return "failed", "The job that should make it was lost. Delete it and start again."
    if job.state in (*ALIVE, "queued"):
        return "working", None
    if job.state in ("paused", "interrupted"):
        return "working", job.reason  # the work is not lost and not over: resume goes on with it
    if job.state == "failed" and job.error:
        return "failed", f"{job.error.message} {job.error.error.hint}".strip()
    if job.state == "cancelled":
        return "failed", "Its job was cancelled. Retry it, or delete this."
    return "failed", job.reason or f"Its job {job.state}."

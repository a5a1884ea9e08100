"""Following a job by reading it. Whoever follows owns nothing: a job goes on when nobody looks."""

from __future__ import annotations

import time
from collections.abc import Iterator

from ..contract.errors import Conflict, MiStudioError, error_from
from ..jobs.operations import get_job
from ..jobs.schema import FINAL, Job, JobState
from ..lanes.perform import perform
from ..workspace.workspace import Workspace
from .text import amount, duration, plain

AT_REST: tuple[JobState, ...] = (*FINAL, "paused", "interrupted")
# Short jobs answer at once, long ones cost next to nothing.
FIRST_PAUSE, LONGEST_PAUSE = 0.03, 0.2
WAKE_EVERY = 2.0


class Follower:
    """Looks at a job again and again; `pause` says how long to wait before the next look."""

    def __init__(self, ws: Workspace, id: str):
        self.ws = ws
        self.id = id
        self.pause = FIRST_PAUSE
        self._woken = time.monotonic()

    def look(self) -> Job:
        self.pause = min(self.pause * 1.3, LONGEST_PAUSE)
        job = get_job(self.ws, self.id)
        if job.state == "queued" and time.monotonic() - self._woken > WAKE_EVERY:
            # Its lane may have left between the request and now; asking through `perform` calls another.
            self._woken = time.monotonic()
            perform(self.ws, get_job, self.id)
        return job

    def __iter__(self) -> Iterator[Job]:
        while True:
            job = self.look()
            yield job
            if job.state in AT_REST:
                return
            time.sleep(self.pause)


def outcome(job: Job, *, resume: str, retry: str) -> MiStudioError | None:
    """The error that tells why a job at rest has no result; `resume` and `retry` are how this face does it."""
    label = plain(job.label, 100)
    if job.state == "failed":
        if job.error is not None:
            return error_from(job.error.model_dump())
        return Conflict(
            f"“{label}” failed: {plain(job.reason or 'no reason is known', 500)}", f"{retry} tries again.", code="failed"
        )
    if job.state == "cancelled":
        return Conflict(f"“{label}” was cancelled.", f"{retry} does it again.", code="cancelled")
    if job.state == "paused":
        return Conflict(f"“{label}” is paused.", f"{resume} goes on with it.", code="paused")
    if job.state == "interrupted":
        why = plain(job.reason or "Its worker ended before it did.", 500)
        return Conflict(f"“{label}” was interrupted. {why}", f"{resume} goes on from what was saved.", code="interrupted")
    return None


def share(job: Job) -> float | None:
    """How much is done, 0 to 1, where that can be known; less than 1 until all is written."""
    if job.state == "succeeded":
        return 1.0
    total = job.progress.total
    if not total:
        return None
    return max(0.0, min(job.progress.done / total, 0.99))


def in_words(job: Job) -> str:
    """A job's state and progress in one line, without its label."""
    if job.state == "queued":
        return f"waiting for {job.waits_for or 'a worker'}" + (f", place {job.place}" if job.place else "")
    if job.state != "running":
        return job.state
    progress = job.progress
    words = [plain(progress.stage, 30) or "running"]
    read, to_read = (progress.figures.get(name) for name in ("tokens_read", "tokens_to_read"))
    if read is not None and to_read is not None:
        words.append(f"{_bare(read, 'tokens')} of {amount(to_read, 'tokens')}")
    part = share(job)
    if part is not None:
        words.append(f"{part:.0%}")
    if job.stalled:
        words.append("stalled: nothing heard for long")
    # Where there is little room the end is cut off: what people wait for comes first.
    if progress.seconds_left is not None:
        words.append(f"{duration(progress.seconds_left)} left")
    if progress.rate:
        words.append(f"{amount(progress.rate, progress.unit)}/s")
    if progress.total is not None:
        words.append(f"{_bare(progress.done, progress.unit)} of {amount(progress.total, progress.unit)}")
    elif progress.done:
        words.append(amount(progress.done, progress.unit))
    return " · ".join(words)


def _bare(number: float, unit: str) -> str:
    return amount(number, unit if unit == "bytes" else "")

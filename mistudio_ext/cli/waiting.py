"""Commands that start work: they follow it with a bar on standard error. Ctrl-C ends the following, not the work."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ..captures.operations import get_capture
from ..datasets.operations import get_dataset
from ..datasets.tokenizations import get_tokenization
from ..display.bar import bar_on
from ..display.follow import Follower, outcome
from ..jobs.schema import Job, Started
from ..models.operations import get_model
from ..saes.operations import get_sae
from ..trainings.operations import get_training
from ..workspace.ids import is_id
from ..workspace.workspace import Workspace
from .command import Call

MADE: dict[str, Callable[[Workspace, str], Any]] = {
    "ds": get_dataset, "tk": get_tokenization, "md": get_model, "cp": get_capture, "sa": get_sae, "tr": get_training,
}  # fmt: skip


def work(call: Call) -> Any:
    """Start a job; the object that it made, or with `--no-wait` what was started."""
    started: Started = call.perform()
    if call.given.no_wait:
        return started
    if started.job is not None:
        follow(call.ws, started.job)
    return next(get(call.ws, started.object) for kind, get in MADE.items() if is_id(started.object, kind))


def wait_for_job(call: Call) -> Job:
    return follow(call.ws, call.arguments[0])


def follow(ws: Workspace, id: str) -> Job:
    follower = Follower(ws, id)
    job = follower.look()
    bar = bar_on(sys.stderr)
    try:
        with interrupts() as interrupted:
            for job in follower:
                bar.show(job)
                if interrupted():
                    raise KeyboardInterrupt
    except KeyboardInterrupt:
        bar.leave(
            f"No longer waiting; the job goes on. `mistudio job wait {id}` follows it again, `mistudio job cancel {id}` ends it."
        )
        raise
    if error := outcome(job, resume=f"`mistudio job resume {id}`", retry=f"`mistudio job retry {id}`"):
        raise error
    return job


@contextmanager
def interrupts() -> Iterator[Callable[[], bool]]:
    """Ctrl-C raises as ever, and is remembered too: what is raised while Python clears an object away, it drops."""
    noted = False

    def note(*_: object) -> None:
        nonlocal noted
        noted = True
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: noted
    finally:
        signal.signal(signal.SIGINT, before)

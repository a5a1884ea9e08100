"""Jobs in a notebook: look at one, wait for it, control it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Generator
from typing import Any

from ..contract.errors import MiStudioError, TimedOut, error_from
from ..contract.models import checked
from ..display.bar import Bar
from ..display.follow import AT_REST, Follower, in_words, outcome
from ..display.text import indented, plain, when
from ..jobs import operations, schema
from ..jobs.schema import FINAL, JobState, Progress, Started
from ..lanes.perform import perform
from ..workspace.ids import collection_of
from ..workspace.workspace import Workspace as Core
from . import cards
from .handle import Handle, HandleType
from .progress import bar_here


class Job(Handle):
    """Work in the background. It belongs to the workspace: it goes on when the kernel is restarted or gone."""

    _kind = "job"

    def _record(self) -> schema.Job:
        return operations.get_job(self._core, self._id)

    @property
    def state(self) -> JobState:
        """queued, running, pausing, paused, stopping, cancelling, interrupted, succeeded, failed or cancelled."""
        return self._record().state

    @property
    def progress(self) -> Progress:
        """How far it is: `.done`, `.total` (None where nobody can know yet), `.stage`, `.rate`, `.seconds_left`."""
        return self._record().progress

    @property
    def error(self) -> MiStudioError | None:
        """What went wrong, with what to do about it; None unless it failed."""
        error = self._record().error
        return None if error is None else error_from(error.model_dump())

    @property
    def reason(self) -> str | None:
        """Why it is in its state, where that needs words."""
        return self._record().reason

    @property
    def pid(self) -> int | None:
        """Process id of the worker while it runs."""
        return self._record().pid

    @property
    def label(self) -> str:
        """What it does, in words."""
        return self._record().label

    @property
    def kind(self) -> str:
        """What it does, as `object.verb`."""
        return self._record().kind

    @property
    def params(self) -> dict[str, Any]:
        """The parameters that it was started with."""
        return self._record().params

    @property
    def object(self) -> Handle:
        """What it works on: a dataset, a tokenization …"""
        return handle_of(self._core, self._record().object)

    def wait(self, timeout: float | None = None, *, progress: bool = True) -> Job:
        """Wait until it has ended. Interrupting stops the waiting, not the job. An error if it did not succeed.

        timeout: seconds to wait at the most.
        progress: show a progress bar meanwhile.
        """
        bar = bar_here() if progress else None
        until = None if timeout is None else time.monotonic() + timeout
        follower = Follower(self._core, self._id)
        record = follower.look()
        try:
            while self._goes_on(record, bar, until):
                time.sleep(follower.pause)
                record = follower.look()
        except KeyboardInterrupt:
            if bar is not None:
                bar.leave(f"No longer waiting; the job goes on. {self._code}.wait() waits again, {self._code}.cancel() ends it.")
            raise
        self._raise(record)
        return self

    def result(self, timeout: float | None = None) -> Handle:
        """Wait until it has ended; what it made, as a handle."""
        self.wait(timeout)
        return self.object

    def __await__(self) -> Generator[Any, None, Handle]:
        return self._awaited().__await__()

    async def _awaited(self) -> Handle:
        bar = bar_here()
        follower = Follower(self._core, self._id)
        record = follower.look()
        while self._goes_on(record, bar, None):
            await asyncio.sleep(follower.pause)
            record = follower.look()
        self._raise(record)
        return self.object

    def _goes_on(self, record: schema.Job, bar: Bar | None, until: float | None) -> bool:
        if bar is not None:
            bar.show(record)
        if record.state in AT_REST:
            return False
        if until is not None and time.monotonic() > until:
            raise TimedOut(f"“{plain(record.label, 100)}” is still {record.state}.", f"{self._code}.wait() waits again.")
        return True

    def _raise(self, record: schema.Job) -> None:
        if error := outcome(record, resume=f"{self._code}.resume()", retry=f"{self._code}.retry()"):
            raise error

    @property
    def _code(self) -> str:
        return f'ms.job("{self._id}")' if self.workspace.is_default else f'ms.open({str(self._core.root)!r}).job("{self._id}")'

    def pause(self) -> Job:
        """Let it rest: what it has done is kept, its worker is freed."""
        return self._ask(operations.pause_job)

    def resume(self) -> Job:
        """Go on after a pause or an interruption, from what was saved."""
        return self._ask(operations.resume_job)

    def stop(self) -> Job:
        """End it early and keep what it has made."""
        return self._ask(operations.stop_job)

    def cancel(self) -> Job:
        """End it and throw away what it has made."""
        return self._ask(operations.cancel_job)

    def move_up(self) -> Job:
        """Make it the next one of its queue."""
        return self._ask(operations.move_up_job)

    def retry(self) -> Job:
        """Do it again after it failed or was cancelled; the new job is returned."""
        return self._ask(operations.retry_job)

    def _ask(self, operation: Callable[[Core, str], schema.Job]) -> Job:
        record: schema.Job = perform(self._core, operation, self._id)
        return Job(self._core, record.id)

    def log(self, since: int = 0, limit: int = 1000) -> Log:
        """The lines of its log, from number `since` on."""
        params = checked(schema.ReadLog, {"since": since, "limit": limit})
        return Log(perform(self._core, operations.read_log, self._id, params).lines)

    def _shown(self) -> tuple[str, str, cards.Pairs]:
        record = self._record()
        words = in_words(record)
        pairs = [("State", words), ("Works on", record.object), ("Created", when(record.created))]
        if record.started:
            pairs.append(("Started", when(record.started)))
        if record.ended and record.state in FINAL:
            pairs.append(("Ended", when(record.ended)))
        if record.error:
            pairs.append(("Error", f"{record.error.message} {record.error.error.hint}"))
        elif record.reason:
            pairs.append(("Reason", record.reason))
        return record.label, words, pairs


class Log(list[schema.LogLine]):
    """Lines of a log, each with `.time`, `.level` and `.text`."""

    def __str__(self) -> str:
        return "\n".join(f"{when(each.time)}  {each.level:7}  {indented(each.text)}" for each in self)

    __repr__ = __str__

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(str(self) or "The log is empty.")

    def _repr_html_(self) -> str:
        rows = [[when(each.time), each.level, each.text] for each in self]
        return cards.table(["Time", "Level", "Text"], rows, "" if self else "The log is empty.")


def handle_of(core: Core, id: str) -> Handle:
    """The handle for an id of any kind."""
    from .capture import Capture
    from .dataset import Dataset
    from .model import Model
    from .sae import Sae
    from .tokenization import Tokenization
    from .training import Training

    kinds: dict[str, type[Handle]] = {
        "datasets": Dataset, "tokenizations": Tokenization, "models": Model, "captures": Capture, "saes": Sae,
        "trainings": Training, "jobs": Job,
    }  # fmt: skip
    return kinds[collection_of(id)](core, id)


def follow_up(core: Core, started: Started, made: HandleType, latest: str | None, *, wait: bool) -> HandleType | Job:
    """What a call that started work returns: the object once it is ready, or its job at once."""
    job = started.job or latest
    if not wait and job is not None:
        return Job(core, job)
    if wait and started.job is not None:
        Job(core, started.job).wait()
    return made

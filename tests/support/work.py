"""Doing queued jobs in the test's own process: the real queue, context and functions, without a lane."""

from __future__ import annotations

import os

from mistudio_ext.jobs import queue
from mistudio_ext.jobs.context import JobContext
from mistudio_ext.jobs.control import cancel_job, pause_job, save_job, stop_job
from mistudio_ext.jobs.queue import Claimed
from mistudio_ext.jobs.records import get_job
from mistudio_ext.jobs.schema import Job
from mistudio_ext.lanes.worker import outcome_of
from mistudio_ext.workspace.workspace import Workspace

ASKING = {"pause": pause_job, "cancel": cancel_job, "stop": stop_job, "save": save_job}


class AskedFor(JobContext):
    """A job of which something is asked when it has told of its progress so many times; "leave" is asked of its lane."""

    def __init__(self, ws: Workspace, claimed: Claimed, request: str | None, after: int):
        super().__init__(ws, claimed.id, claimed.attempt, claimed.object)
        self._wanted, self._after = request, after
        self.hear()

    def progress(self, *arguments: object, **figures: object) -> None:
        self._after -= 1
        if self._after < 0 and self._wanted and self.request is None:
            for each in self._wanted.split():
                if each == "leave":
                    self.leaving.set()
                else:
                    ASKING[each](self.workspace, self.id)
            self._wanted = None
            self.hear()
        super().progress(*arguments, **figures)  # type: ignore[arg-type]


def do_next(ws: Workspace, lane: str, *, request: str | None = None, after: int = 0) -> Job:
    """Do the first queued job of this kind of lane; `request`, one or several with spaces, is made of it after some progress."""
    claimed = queue.claim(ws, lane, "test", os.getpid())
    assert claimed is not None, f"no job is queued for {lane}"
    try:
        state, details = outcome_of(claimed, AskedFor(ws, claimed, request, after))
        queue.end(ws, claimed.id, state, **details)
    finally:
        claimed.lock.release()
    return get_job(ws, claimed.id)


def read(ws: Workspace, **values: object) -> str:
    """A dataset, read: its id."""
    from mistudio_ext.contract.models import checked
    from mistudio_ext.datasets.operations import add_dataset
    from mistudio_ext.datasets.schema import AddDataset

    started = add_dataset(ws, checked(AddDataset, dict(values)))
    job = do_next(ws, "io")
    assert job.state == "succeeded", job.error
    return started.object


def tokenized(ws: Workspace, dataset: str, tokenizer: object, **values: object) -> str:
    """A tokenization, done: its id."""
    from mistudio_ext.contract.models import checked
    from mistudio_ext.datasets.tokenizations import tokenize_dataset
    from mistudio_ext.datasets.tokenizing_schema import TokenizeDataset

    started = tokenize_dataset(ws, dataset, checked(TokenizeDataset, {"tokenizer": str(tokenizer)} | values))
    job = do_next(ws, "cpu")
    assert job.state == "succeeded", job.error
    return started.object

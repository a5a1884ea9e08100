"""Working in threads while the job stays awake: a pause or cancel is heard at once, even when a hub keeps silent."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from ..jobs.context import JobContext

TICK = 0.1
Answer = TypeVar("Answer")


def attend(job: JobContext, tasks: Sequence[Callable[[], None]], stopped: threading.Event, look: Callable[[], None]) -> None:
    """Run the tasks side by side; `look` is called all the while. What one of them raises ends the others.

    The threads are not waited for: one may sit in a read until its time-out. They find `stopped` set when they wake, and
    must not touch anything after that.
    """
    ended: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()

    def run(task: Callable[[], None]) -> None:
        try:
            task()
        except BaseException as error:
            ended.put(error)
        else:
            ended.put(None)

    try:
        for task in tasks:
            threading.Thread(target=run, args=(task,), name="hub", daemon=True).start()
        left = len(tasks)
        while left:
            job.check()
            if job.should_pause:
                job.rest()
            look()
            try:
                error = ended.get(timeout=TICK)
            except queue.Empty:
                continue
            if error is not None:
                raise error
            left -= 1
    finally:
        stopped.set()


def ask(job: JobContext, question: Callable[[], Answer], stopped: threading.Event, stage: str) -> Answer:
    """The answer to one question of a hub, however long that takes."""
    answers: list[Answer] = []
    attend(job, [lambda: answers.append(question())], stopped, lambda: job.progress(0, None, stage))
    return answers[0]

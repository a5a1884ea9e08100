"""What can be asked about the demo."""

from __future__ import annotations

from ..jobs import queue
from ..jobs.control import resume_job
from ..jobs.records import get_job, list_jobs
from ..jobs.schema import ListJobs
from ..workspace.workspace import Workspace
from .schema import Demo, DemoStep
from .steps import STEPS, Made, Step, numbers

# What a step's lane calls when the step is done.
GO_ON = "mistudio_ext.demo.jobs:go_on"


def make_demo(ws: Workspace) -> Demo:
    """Load the demo: a text, a model, its tokens and activations, an SAE, one after another. What is there is not made again."""
    made: Made = {}
    shown: list[DemoStep] = []
    for step in STEPS:
        if shown and shown[-1].state != "ready":
            shown.append(_waiting(step))
            continue
        shown.append(_begun(ws, step, made))
    if shown[-1].state != "ready":
        return Demo(steps=shown, ready=False, seconds=None, training=None, control=None)
    training, control = numbers(ws, made["training"])
    seconds = sum(each.seconds or 0.0 for each in shown)
    return Demo(steps=shown, ready=True, seconds=seconds, training=training, control=control)


def _begun(ws: Workspace, step: Step, made: Made) -> DemoStep:
    """A step that is done, or under way with what follows it in order."""
    started = step.begin(ws, made)
    made[step.name] = started.object
    about = {"name": step.name, "title": step.title, "object": started.object}
    if started.job is not None:
        if get_job(ws, started.job).state in ("paused", "interrupted"):
            resume_job(ws, started.job)
        if queue.then(ws, started.job, GO_ON):
            return DemoStep(**about, state="working", job=started.job, counts={}, seconds=None)
        if get_job(ws, started.job).state != "succeeded":
            return DemoStep(**about, state="failed", job=started.job, counts={}, seconds=None)
    counts = step.counts(ws, started.object)
    return DemoStep(**about, state="ready", job=None, counts=counts, seconds=_seconds(ws, started.object))


def _waiting(step: Step) -> DemoStep:
    return DemoStep(name=step.name, title=step.title, state="waiting", object=None, job=None, counts={}, seconds=None)


def _seconds(ws: Workspace, object: str) -> float | None:
    """Of the job that made it: the first that succeeded."""
    done = [each for each in list_jobs(ws, ListJobs(object=object)).jobs if each.state == "succeeded"]
    return done[-1].ended - done[-1].started if done and done[-1].ended and done[-1].started else None

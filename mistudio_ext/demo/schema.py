"""The demo as every face shows it."""

from __future__ import annotations

from typing import Literal

from ..contract.models import Contract, option


class DemoStep(Contract):
    name: str = option(title="Name", help="What is made: dataset, model …")
    title: str = option(title="Title", help="The same in words.")
    state: Literal["waiting", "working", "ready", "failed"]
    object: str | None = option(title="Object", help="Id of what is made; null while the step waits for the one before.")
    job: str | None = option(title="Job", help="The job that works on it, or failed; null where there is nothing to follow.")
    counts: dict[str, int] = option(title="Counts", help="What is in it, once it is ready.")
    seconds: float | None = option(title="Time", help="How long its job took; null before its end.", unit="s")


class Demo(Contract):
    """What the demo is made of, in the order of its making."""

    steps: list[DemoStep]
    ready: bool = option(title="Ready", help="Whether all of it is there.")

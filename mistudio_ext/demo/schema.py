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


class DemoNumbers(Contract):
    """Of an SAE on text that it was not trained on. Definitions: docs/metrics.md."""

    fvu: float | None = option(title="FVU", help="Share of the variance that is not explained.")
    l0: float | None = option(title="L0", help="Features that are on at a token.")
    dead_share: float | None = option(title="Dead", help="Share of features that fired on none of these tokens.")
    loss_recovered: float | None = option(
        title="Loss recovered", help="With the SAE in the model, of what zeros in its place cost; null where that is nothing."
    )


class Demo(Contract):
    """What the demo is made of, in the order of its making, and what came of it."""

    steps: list[DemoStep]
    ready: bool = option(title="Ready", help="Whether all of it is there.")
    seconds: float | None = option(title="Time", help="How long its jobs took in all; null before the end.", unit="s")
    training: DemoNumbers | None = option(title="The SAE", help="Null before the end, and where there was too little text.")
    control: DemoNumbers | None = option(title="Control", help="The same of an untrained SAE of the same shape.")

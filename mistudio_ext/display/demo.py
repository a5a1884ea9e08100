"""The demo in words."""

from __future__ import annotations

from ..demo.schema import Demo, DemoStep
from .facts import CONTROL
from .table import in_lines
from .text import count, duration, number, percent

HEADERS = ["Step", "Id", "State", "What is in it", "Took"]
FOUND = ["SAE", "FVU", "L0", "Dead", "Loss recovered"]


def to_follow(demo: Demo) -> str | None:
    """The job that must end before the demo can go on; None where all is there."""
    return next((each.job for each in demo.steps if each.state in ("working", "failed")), None)


def rows(demo: Demo) -> list[list[str]]:
    return [
        [
            each.title,
            each.object or "—",
            each.state,
            counts(each) or "—",
            "—" if each.seconds is None else duration(each.seconds),
        ]
        for each in demo.steps
    ]


def figures(demo: Demo) -> list[list[str]]:
    """What the SAE came to, beside its control."""
    return [
        [title, number(each.fvu), number(each.l0), percent(each.dead_share), percent(each.loss_recovered)]
        for title, each in (("trained", demo.training), (CONTROL, demo.control))
        if each is not None
    ]


def counts(step: DemoStep) -> str:
    return ", ".join(f"{count(number)} {noun}" for noun, number in step.counts.items())


def in_words(demo: Demo) -> str:
    shown = in_lines(HEADERS, rows(demo))
    if not demo.ready:
        return f"{shown}\n\nThe steps follow one another in the background; `mistudio demo` follows them."
    found = f"\n\nOn text that was held back:\n\n{in_lines(FOUND, figures(demo))}" if demo.training else ""
    return f"{shown}{found}\n\nThe demo is loaded. Its steps took {duration(demo.seconds or 0)} in all."

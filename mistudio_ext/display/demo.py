"""The demo in words."""

from __future__ import annotations

from ..demo.schema import Demo, DemoStep
from .table import in_lines
from .text import count, duration

HEADERS = ["Step", "Id", "State", "What is in it", "Took"]


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


def counts(step: DemoStep) -> str:
    return ", ".join(f"{count(number)} {noun}" for noun, number in step.counts.items())


def in_words(demo: Demo) -> str:
    shown = in_lines(HEADERS, rows(demo))
    if not demo.ready:
        return f"{shown}\n\nThe steps follow one another in the background; `mistudio demo` follows them."
    seconds = sum(each.seconds or 0 for each in demo.steps)
    return f"{shown}\n\nThe demo is loaded. Its steps took {duration(seconds)} in all."

"""Answers in words: tables for lists, lines for one thing. Nothing of a stranger's acts on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..contract.models import Contract
from ..display.facts import fingerprint
from ..display.follow import in_words
from ..display.table import in_lines
from ..display.text import count, counted, indented, plain, size, when
from ..jobs.schema import FINAL, Job, JobList, Log
from ..workspace.schema import Deleted

# Facts that say something even where they are 0.
ALWAYS = ("samples", "blocks", "tokens", "held_out_blocks", "held_out_samples")


def table(headers: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> str:
    rows = list(rows)
    return in_lines(headers, rows) if rows else empty


def pairs(values: dict[str, object]) -> str:
    shown = [(plain(key, 60), plain(value, 2000)) for key, value in values.items() if value not in (None, "", [])]
    width = max((len(key) for key, _ in shown), default=0)
    return "\n".join(f"{key:{width}}  {value}" for key, value in shown)


def facts(facts: Contract) -> dict[str, object]:
    """Whatever was found, by its name: a new fact shows without a change here. What did not occur is left out."""
    shown: dict[str, object] = {}
    for name, value in facts.model_dump().items():
        if name == "fingerprint":
            value = fingerprint(value)
        if value or name in ALWAYS:
            shown[name.replace("_", " ")] = size(value) if name == "bytes" else value_of(value)
    return shown


def value_of(value: Any) -> object:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {value_of(each)}" for key, each in value.items())
    if isinstance(value, list):
        return "; ".join(str(value_of(each)) for each in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return count(value) if isinstance(value, int | float) else value


def deleted(found: Deleted) -> str:
    return f"Deleted {', '.join(found.ids)}; {size(found.bytes)} freed."


def jobs(found: JobList) -> str:
    rows = [(each.id, each.label, in_words(each), when(each.created)) for each in found.jobs]
    more = f"\n{count(len(rows))} of {counted(found.total, 'job')}" if found.total > len(rows) else ""
    return table(("id", "job", "state", "created"), rows, "There are no jobs.") + more


def job(found: Job) -> str:
    about: dict[str, object] = {"id": found.id, "job": found.label, "state": in_words(found), "works on": found.object}
    about |= {"reason": found.reason, "worker": found.worker, "process": found.pid}
    if found.error is not None:
        about |= {"error": found.error.message, "what to do": found.error.error.hint}
    about |= {"created": when(found.created)}
    if found.started is not None:
        about |= {"started": when(found.started)}
    if found.ended is not None and found.state in FINAL:
        about |= {"ended": when(found.ended)}
    return pairs(about | {"retry of": found.retry_of})


def log(found: Log) -> str:
    lines = [f"{when(each.time)}  {each.level:7}  {indented(each.text)}" for each in found.lines]
    return "\n".join(lines) or "The log is empty."

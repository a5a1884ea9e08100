"""Captures in words."""

from __future__ import annotations

from ..captures.schema import Capture, CaptureEstimate, CaptureFacts, CaptureList, VectorPage
from ..display.text import count, duration, number, size, visible, when
from ..jobs.schema import Started
from .shown import pairs, table


def captures(found: CaptureList) -> str:
    rows = [
        (
            each.id,
            each.name,
            each.state,
            len(each.hooks),
            count(each.facts.tokens if each.facts else None),
            size(each.facts.bytes if each.facts else None),
            when(each.created),
        )
        for each in found.captures
    ]
    return table(("id", "name", "state", "hook points", "tokens", "size", "created"), rows, "There are no captures.")


def capture(found: Capture | Started) -> str:
    if isinstance(found, Started):
        return pairs({"id": found.object, "job": found.job or "none: it was there already"})
    about: dict[str, object] = {"id": found.id, "name": found.name, "state": found.state, "reason": found.reason}
    about |= {"model": found.model, "dataset": found.dataset, "tokenization": found.tokenization}
    about |= {"hook points": ", ".join(found.hooks), "stored as": found.dtype}
    if found.facts is not None:
        about |= _facts(found.facts)
    about |= {"tags": ", ".join(found.tags), "notes": found.notes, "created": when(found.created)}
    return pairs(about) + (f"\n\n{_statistics(found.facts)}" if found.facts else "")


def _facts(facts: CaptureFacts) -> dict[str, object]:
    return {
        "tokens": f"{count(facts.tokens)}, {count(facts.held_out_tokens)} of them held out",
        "samples": count(facts.samples),
        "size": size(facts.bytes),
        "took": duration(facts.seconds),
        "batch size": count(facts.batch_size),
        "precision": f"{facts.precision} on {facts.device}",
    }


def _statistics(facts: CaptureFacts) -> str:
    rows = [
        (
            each.hook,
            count(each.width),
            number(each.mean_norm),
            number(each.deviation),
            number(each.largest),
            len(each.outliers),
        )
        for each in facts.hooks
    ]
    return table(("hook point", "width", "mean norm", "deviation", "largest", "outlier dimensions"), rows, "")


def estimate(found: CaptureEstimate) -> str:
    hooks = f"{len(found.hooks)}: {', '.join(found.hooks[:8])}{' …' if len(found.hooks) > 8 else ''}"
    return pairs(
        {
            "hook points": hooks if found.hooks else None,
            "tokens": None if found.tokens is None else f"{count(found.tokens)} at the most",
            "disk": f"{size(found.disk)} of {size(found.disk_free)} that are free",
            "memory": f"{size(found.memory)} of {size(found.memory_free)} that are free ({found.device})",
            "precision": found.precision,
            "time": None if found.seconds is None else duration(found.seconds),
            "equal one": found.same,
            "problem": found.problem,
        }
    )


def rows(found: VectorPage) -> str:
    shown = [
        (count(each.row), each.sample, each.position, visible(each.token), *map(number, (each.norm, *each.values)))
        for each in found.rows
    ]
    values = [f"value {number}" for number in range(len(found.rows[0].values) if found.rows else 0)]
    headers = ("row", "sample", "position", "token", "norm", *values)
    return f"{table(headers, shown, 'There are no such rows.')}\n{found.hook}: {count(len(shown))} of {count(found.total)} rows"

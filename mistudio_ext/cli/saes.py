"""SAEs in words."""

from __future__ import annotations

from ..display.text import count, number, size, when
from ..jobs.schema import Started
from ..saes.schema import Sae, SaeFacts, SaeList
from .shown import pairs, table


def saes(found: SaeList) -> str:
    rows = [
        (
            each.id,
            each.name,
            each.state,
            each.facts.architecture if each.facts else "—",
            each.hook or "—",
            count(each.facts.width if each.facts else None),
            number(each.facts.l0 if each.facts else None),
            number(each.facts.fvu if each.facts else None),
            each.training or "—",
            when(each.created),
        )
        for each in found.saes
    ]
    headers = ("id", "name", "state", "architecture", "hook point", "width", "L0", "FVU", "training", "created")
    return table(headers, rows, "There are no SAEs.")


def sae(found: Sae | Started) -> str:
    if isinstance(found, Started):
        return pairs({"id": found.object, "job": found.job or "none: it was there already"})
    about: dict[str, object] = {"id": found.id, "name": found.name, "state": found.state, "reason": found.reason}
    about |= {
        "model": found.model or found.model_name,
        "reads at": found.hook,
        "writes at": found.out_hook,
        "from": f"{found.training} at step {count(found.step)}" if found.training else f"import ({found.format})",
    }
    if found.facts is not None:
        about |= _facts(found.facts)
    return pairs(about | {"tags": ", ".join(found.tags), "notes": found.notes, "created": when(found.created)})


def _facts(facts: SaeFacts) -> dict[str, object]:
    return {
        "architecture": facts.architecture,
        "target": facts.target,
        "input": count(facts.d_in),
        "output": count(facts.d_out),
        "width": count(facts.width),
        "k": count(facts.k),
        "normalization": facts.normalization,
        "FVU": number(facts.fvu),
        "L0": number(facts.l0),
        "checked on": f"{count(facts.checked_rows)} rows" if facts.checked_rows else "nothing that came along",
        "size": size(facts.bytes),
    }

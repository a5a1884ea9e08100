"""What the SAEs of a training came to on held-out text, as a table: the same in a notebook and in a terminal."""

from __future__ import annotations

from ..trainings.record_schema import Control, Evaluation, TrainingFacts
from .facts import CONTROL
from .text import count, number

NUMBERS = {
    "ce_increase": "CE increase", "loss_recovered": "loss recovered", "fvu": "FVU", "affine_fvu": "FVU of an affine map",
    "prefix_fvu": "FVU of prefixes", "l0": "L0", "dead": "silent",
}  # fmt: skip
# Of transcoders and of Matryoshka SAEs alone.
NOT_OF_ALL = ("affine_fvu", "prefix_fvu")


def table_of(facts: TrainingFacts) -> tuple[list[str], list[list[str]]]:
    """Its headers, and a row an SAE; below it one of what has learned nothing, where that was evaluated."""
    known = [each.evaluation for each in facts.saes if each.evaluation]
    names = [name for name in NUMBERS if name not in NOT_OF_ALL or any(getattr(each, name) for each in known)]
    rows: list[list[str]] = []
    for each in facts.saes:
        found = each.evaluation
        told = [_told(found, name) for name in names]
        over = count(found.tokens if found else None)
        rows.append([str(each.number), each.title, number(each.learning_rate), *told, over, count(each.best_step)])
        if found and found.control:
            rows.append(["", CONTROL, "", *(_told(found.control, name) for name in names), over, ""])
    return ["SAE", "what it is", "learning rate", *(NUMBERS[name] for name in names), "tokens", "best step"], rows


def _told(found: Evaluation | Control | None, name: str) -> str:
    if name != "prefix_fvu" or not isinstance(found, Evaluation):
        return number(getattr(found, name, None))
    # Records of earlier days do not say how many features each has.
    sizes = found.prefixes or range(1, len(found.prefix_fvu) + 1)
    return "; ".join(f"{count(size)}: {number(fvu)}" for size, fvu in zip(sizes, found.prefix_fvu, strict=False)) or "—"

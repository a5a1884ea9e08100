"""Which SAE each of a training starts from, by what is written beside its weights. Nothing heavy here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..contract.errors import BadRequest
from ..contract.models import checked
from ..jobs.objects import record_of
from ..saes.schema import SaeFacts, SaeOptions
from ..workspace.ids import is_id
from ..workspace.workspace import Workspace
from .checkpoint import read_state
from .places import parse_checkpoint
from .plan import PlannedSae, TrainingPlan
from .record_schema import Finding

PRESSURE = ("l1_coefficient", "l0_coefficient", "target_l0")


@dataclass(frozen=True)
class Start:
    """`number` is its own among those of a checkpoint. None of an imported SAE: nobody knows where it belongs."""

    number: int
    model: str | None
    hook: str | None
    out_hook: str | None
    d_in: int
    d_out: int
    width: int
    layer_norm: bool


def starts_of(ws: Workspace, start_from: str, plan: TrainingPlan) -> list[Start]:
    """For each SAE of the plan; what does not fit is refused."""
    if is_id(start_from, "sa"):
        found = [_of_sae(ws, start_from)] * len(plan.saes)
    else:
        training, step = parse_checkpoint(start_from)
        there = read_state(ws.folder(training), step)["saes"]
        model = record_of(ws, training, "trainings")["model"]
        found = [_of_checkpoint(there, _number(planned, there), model) for planned in plan.saes]
    for start, planned in zip(found, plan.saes, strict=True):
        _require_fit(start, planned, start_from)
    return found


def look_at_start(ws: Workspace, start_from: str | None, plan: TrainingPlan) -> list[Finding]:
    """What speaks against starting there, though it can be done."""
    if start_from is None:
        return []
    found = []
    for start, planned in zip(starts_of(ws, start_from, plan), plan.saes, strict=True):
        place = start.hook if start.hook == start.out_hook else f"{start.hook} → {start.out_hook}"
        if start.hook is not None and (start.hook, start.out_hook) != (planned.hook, planned.out_hook):
            text = f"{planned.title}: it starts from an SAE of another place, {place}."
            found.append(Finding(level="warning", text=text, remedy="Start from an SAE of the same hook point, or from none."))
        if start.model not in (None, plan.model):
            text = f"{planned.title}: it starts from an SAE of another model."
            found.append(Finding(level="warning", text=text, remedy="Start from an SAE of the same model, or from none."))
    return found


def _of_sae(ws: Workspace, id: str) -> Start:
    record = record_of(ws, id, "saes")
    facts = checked(SaeFacts, record["facts"])
    hook, out_hook, is_normed = record["hook"], record["out_hook"] or record["hook"], facts.normalization == "layer_norm"
    return Start(0, record["model"], hook, out_hook, facts.d_in, facts.d_out, facts.width, is_normed)


def _of_checkpoint(there: list[dict[str, Any]], number: int, model: str) -> Start:
    each = there[number]
    is_normed = each["options"]["normalization"] == "layer_norm"
    return Start(number, model, each["hook"], each["out_hook"], each["d_in"], each["d_out"], each["width"], is_normed)


def _number(planned: PlannedSae, there: list[dict[str, Any]]) -> int:
    """Of those at the same place with the same width and k, the one under the same pressure, else the one with the same number;
    if there are none, the one with the same number, else the first."""
    place = (planned.hook, planned.out_hook, planned.width, planned.k)
    alike = [number for number, each in enumerate(there) if (each["hook"], each["out_hook"], each["width"], each["k"]) == place]
    pressed = [
        number for number in alike if _pressure(checked(SaeOptions, there[number]["options"])) == _pressure(planned.options)
    ]
    for numbers in (pressed, alike, range(len(there))):
        if numbers:
            return planned.number if planned.number in numbers else numbers[0]
    return 0


def _pressure(options: SaeOptions) -> list[float | None]:
    return [getattr(options, name) for name in PRESSURE]


def _require_fit(start: Start, planned: PlannedSae, source: str) -> None:
    if (start.d_in, start.d_out, start.width) != (planned.d_in, planned.d_out, planned.width):
        raise BadRequest(
            f"The SAE of {source} has {start.width:,} features of {start.d_in:,} dimensions, and {planned.title} "
            f"{planned.width:,} of {planned.d_in:,}.",
            "Choose the same width and a hook point of the same size.",
            field="start_from",
        )
    if start.layer_norm != (planned.options.normalization == "layer_norm"):
        raise BadRequest(
            f"The SAE of {source} and {planned.title} differ in layer norm.",
            "Choose the same normalization: layer_norm stays a step of an SAE.",
            field="normalization",
        )

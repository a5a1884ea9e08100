"""The SAEs that a training starts from, where it does not start from chance: of a checkpoint, or one of the workspace."""

from __future__ import annotations

from ..contract.errors import BadRequest
from ..saes.files import read_sae
from ..saes.net import SparseAutoencoder
from ..workspace.ids import is_id
from ..workspace.workspace import Workspace
from .checkpoint import read_state
from .checkpoint_net import load_net
from .places import parse_checkpoint
from .plan import PlannedSae, TrainingPlan
from .record_schema import TrainingRecord


def nets_to_start_from(ws: Workspace, record: TrainingRecord, plan: TrainingPlan) -> list[SparseAutoencoder | None]:
    """For each SAE of the plan."""
    if record.start_from is None:
        return [None] * len(plan.saes)
    if is_id(record.start_from, "sa"):
        net = read_sae(ws.folder(record.start_from))
        return [_fitting(net, planned, record.start_from) for planned in plan.saes]
    training, step = parse_checkpoint(record.start_from)
    folder = ws.folder(training)
    there = read_state(folder, step)["saes"]
    return [_fitting(load_net(folder, step, _number(planned, there)), planned, record.start_from) for planned in plan.saes]


def _number(planned: PlannedSae, there: list[dict[str, object]]) -> int:
    """Of the one at the same place with the same width; else the one with the same number; else the only one."""
    for number, each in enumerate(there):
        if (each["hook"], each["out_hook"], each["width"], each["k"]) == (
            planned.hook, planned.out_hook, planned.width, planned.k,
        ):  # fmt: skip
            return number
    return planned.number if planned.number < len(there) else 0


def _fitting(net: SparseAutoencoder, planned: PlannedSae, source: str) -> SparseAutoencoder:
    shape = net.shape
    if (shape.d_in, shape.d_out, shape.width) != (planned.d_in, planned.d_out, planned.width):
        raise BadRequest(
            f"The SAE of {source} has {shape.width:,} features of {shape.d_in:,} dimensions, and {planned.title} "
            f"{planned.width:,} of {planned.d_in:,}.",
            "Choose the same width and a hook point of the same size.",
            field="start_from",
        )
    if net.form.layer_norm != (planned.options.normalization == "layer_norm"):
        raise BadRequest(
            f"The SAE of {source} and {planned.title} differ in layer norm.",
            "Choose the same normalization: layer_norm stays a step of an SAE.",
            field="normalization",
        )
    return net

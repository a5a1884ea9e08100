"""The SAEs that a training starts from, where it does not start from chance: of a checkpoint, or one of the workspace."""

from __future__ import annotations

from ..saes.files import read_sae
from ..saes.net import SparseAutoencoder
from ..workspace.ids import is_id
from ..workspace.workspace import Workspace
from .checkpoint_net import load_net
from .places import parse_checkpoint
from .plan import TrainingPlan
from .record_schema import TrainingRecord
from .start_choice import starts_of


def nets_to_start_from(ws: Workspace, record: TrainingRecord, plan: TrainingPlan) -> list[SparseAutoencoder | None]:
    """For each SAE of the plan."""
    if record.start_from is None:
        return [None] * len(plan.saes)
    starts = starts_of(ws, record.start_from, plan)
    if is_id(record.start_from, "sa"):
        return [read_sae(ws.folder(record.start_from))] * len(plan.saes)
    training, step = parse_checkpoint(record.start_from)
    return [load_net(ws.folder(training), step, each.number) for each in starts]
